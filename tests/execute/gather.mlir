// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Slices chosen by index, some twice; its derivative and the derivative of that by the cotangent, which scatters.

func.func @gather(%x: tensor<5x${N}xf32>, %p: tensor<4x${N}xf32>, %q: tensor<5x${N}xf32>, %i: tensor<4xi32>)
    -> (tensor<4x${N}xf32>, tensor<5x${N}xf32>, tensor<4x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "integer 4 5"]}]} {
  %y = gan.gather %x, %i dim 0 : tensor<5x${N}xf32>, tensor<4xi32> -> tensor<4x${N}xf32>
  %py = gan.mul %p, %y : tensor<4x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<4x${N}xf32>, tensor<5x${N}xf32> -> tensor<5x${N}xf32>
  %qg = gan.mul %q, %g : tensor<5x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<5x${N}xf32>, tensor<4x${N}xf32> -> tensor<4x${N}xf32>
  return %y, %g, %h : tensor<4x${N}xf32>, tensor<5x${N}xf32>, tensor<4x${N}xf32>
}

func.func @gather_inner(%x: tensor<3x5xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3x5xf32>, %i: tensor<${N}xi32>)
    -> (tensor<3x${N}xf32>, tensor<3x5xf32>, tensor<3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "integer 4 5"]}]} {
  %y = gan.gather %x, %i dim 1 : tensor<3x5xf32>, tensor<${N}xi32> -> tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}xf32>, tensor<3x5xf32> -> tensor<3x5xf32>
  %qg = gan.mul %q, %g : tensor<3x5xf32>
  %h = gan.grad %qg wrt %p : tensor<3x5xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3x${N}xf32>, tensor<3x5xf32>, tensor<3x${N}xf32>
}

// Each row has indices of its own.
func.func @gather_batch(%x: tensor<3x5x${N}xf32>, %p: tensor<3x2x4x${N}xf32>, %q: tensor<3x5x${N}xf32>, %i: tensor<3x2x4xi32>)
    -> (tensor<3x2x4x${N}xf32>, tensor<3x5x${N}xf32>, tensor<3x2x4x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "integer 4 5"]}]} {
  %y = gan.gather %x, %i dim 1 batch 1 : tensor<3x5x${N}xf32>, tensor<3x2x4xi32> -> tensor<3x2x4x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x2x4x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x2x4x${N}xf32>, tensor<3x5x${N}xf32> -> tensor<3x5x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x5x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x5x${N}xf32>, tensor<3x2x4x${N}xf32> -> tensor<3x2x4x${N}xf32>
  return %y, %g, %h : tensor<3x2x4x${N}xf32>, tensor<3x5x${N}xf32>, tensor<3x2x4x${N}xf32>
}
