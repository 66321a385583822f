// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Permutations of axes; its derivative and the derivative of that by the cotangent.

func.func @transpose(%x: tensor<3x${N}xf32>, %p: tensor<${N}x3xf32>, %q: tensor<3x${N}xf32>)
    -> (tensor<${N}x3xf32>, tensor<3x${N}xf32>, tensor<${N}x3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.transpose %x permutation [1, 0] : tensor<3x${N}xf32> -> tensor<${N}x3xf32>
  %py = gan.mul %p, %y : tensor<${N}x3xf32>
  %g = gan.grad %py wrt %x : tensor<${N}x3xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N}xf32>, tensor<${N}x3xf32> -> tensor<${N}x3xf32>
  return %y, %g, %h : tensor<${N}x3xf32>, tensor<3x${N}xf32>, tensor<${N}x3xf32>
}

func.func @transpose_channels_last(%x: tensor<2x3x${N}x5xf32>, %p: tensor<2x${N}x5x3xf32>, %q: tensor<2x3x${N}x5xf32>)
    -> (tensor<2x${N}x5x3xf32>, tensor<2x3x${N}x5xf32>, tensor<2x${N}x5x3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.transpose %x permutation [0, 2, 3, 1] : tensor<2x3x${N}x5xf32> -> tensor<2x${N}x5x3xf32>
  %py = gan.mul %p, %y : tensor<2x${N}x5x3xf32>
  %g = gan.grad %py wrt %x : tensor<2x${N}x5x3xf32>, tensor<2x3x${N}x5xf32> -> tensor<2x3x${N}x5xf32>
  %qg = gan.mul %q, %g : tensor<2x3x${N}x5xf32>
  %h = gan.grad %qg wrt %p : tensor<2x3x${N}x5xf32>, tensor<2x${N}x5x3xf32> -> tensor<2x${N}x5x3xf32>
  return %y, %g, %h : tensor<2x${N}x5x3xf32>, tensor<2x3x${N}x5xf32>, tensor<2x${N}x5x3xf32>
}
