// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Means and variances over inner, outer and several axes, and two derivatives.

func.func @moments(%x: tensor<3x${N}xf32>, %p: tensor<3xf32>, %q: tensor<3xf32>, %r: tensor<3x${N}xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3xf32>) attributes {cases = [{}]} {
  %m, %v = gan.moments %x dims [1] : tensor<3x${N}xf32> -> tensor<3xf32>
  %e = gan.exp %m : tensor<3xf32>
  %pm = gan.mul %p, %e : tensor<3xf32>
  %qv = gan.mul %q, %v : tensor<3xf32>
  %s = gan.add %pm, %qv : tensor<3xf32>
  %g = gan.grad %s wrt %x : tensor<3xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %rg = gan.mul %r, %g : tensor<3x${N}xf32>
  %hx, %hq = gan.grad %rg wrt %x, %q : tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3xf32> -> tensor<3x${N}xf32>, tensor<3xf32>
  return %m, %v, %g, %hx, %hq : tensor<3xf32>, tensor<3xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3xf32>
}

func.func @moments_outer(%x: tensor<5x${N}xf32>, %p: tensor<${N}xf32>, %q: tensor<${N}xf32>, %r: tensor<5x${N}xf32>) -> (tensor<${N}xf32>, tensor<${N}xf32>, tensor<5x${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32>) attributes {cases = [{}]} {
  %m, %v = gan.moments %x dims [0] : tensor<5x${N}xf32> -> tensor<${N}xf32>
  %e = gan.exp %m : tensor<${N}xf32>
  %pm = gan.mul %p, %e : tensor<${N}xf32>
  %qv = gan.mul %q, %v : tensor<${N}xf32>
  %s = gan.add %pm, %qv : tensor<${N}xf32>
  %g = gan.grad %s wrt %x : tensor<${N}xf32>, tensor<5x${N}xf32> -> tensor<5x${N}xf32>
  %rg = gan.mul %r, %g : tensor<5x${N}xf32>
  %hx, %hq = gan.grad %rg wrt %x, %q : tensor<5x${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32> -> tensor<5x${N}xf32>, tensor<${N}xf32>
  return %m, %v, %g, %hx, %hq : tensor<${N}xf32>, tensor<${N}xf32>, tensor<5x${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32>
}

func.func @moments_channels(%x: tensor<4x3x2x${N}xf32>, %p: tensor<3xf32>, %q: tensor<3xf32>, %r: tensor<4x3x2x${N}xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>) attributes {cases = [{}]} {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<4x3x2x${N}xf32> -> tensor<3xf32>
  %e = gan.exp %m : tensor<3xf32>
  %pm = gan.mul %p, %e : tensor<3xf32>
  %qv = gan.mul %q, %v : tensor<3xf32>
  %s = gan.add %pm, %qv : tensor<3xf32>
  %g = gan.grad %s wrt %x : tensor<3xf32>, tensor<4x3x2x${N}xf32> -> tensor<4x3x2x${N}xf32>
  %rg = gan.mul %r, %g : tensor<4x3x2x${N}xf32>
  %hx, %hq = gan.grad %rg wrt %x, %q : tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32> -> tensor<4x3x2x${N}xf32>, tensor<3xf32>
  return %m, %v, %g, %hx, %hq : tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>
}
