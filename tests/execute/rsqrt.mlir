// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// The reciprocal square root and two derivatives.

func.func @rsqrt(%x: tensor<3x${N}xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3x${N}xf32>)
    -> (tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>)
    attributes {cases = [{inputs = ["uniform 1 0.2 4", "normal 2", "normal 3"]}]} {
  %y = gan.rsqrt %x : tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %x : tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>
}
