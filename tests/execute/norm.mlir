// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Euclidean norms and two derivatives.

func.func @norm(%x: tensor<3x${N}xf32>, %p: tensor<3xf32>, %q: tensor<3x${N}xf32>) -> (tensor<3xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>)
    attributes {cases = [{inputs = ["uniform 1 0.5 2.0", "normal 2", "normal 3"]}]} {
  %y = gan.norm %x dims [1] : tensor<3x${N}xf32> -> tensor<3xf32>
  %py = gan.mul %p, %y : tensor<3xf32>
  %g = gan.grad %py wrt %x : tensor<3xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %x : tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>
}

func.func @norm_samples(%x: tensor<4x3x${N}x2xf32>, %p: tensor<4xf32>, %q: tensor<4x3x${N}x2xf32>) -> (tensor<4xf32>, tensor<4x3x${N}x2xf32>, tensor<4x3x${N}x2xf32>)
    attributes {cases = [{inputs = ["uniform 1 0.5 2.0", "normal 2", "normal 3"]}]} {
  %y = gan.norm %x dims [1, 2, 3] : tensor<4x3x${N}x2xf32> -> tensor<4xf32>
  %py = gan.mul %p, %y : tensor<4xf32>
  %g = gan.grad %py wrt %x : tensor<4xf32>, tensor<4x3x${N}x2xf32> -> tensor<4x3x${N}x2xf32>
  %qg = gan.mul %q, %g : tensor<4x3x${N}x2xf32>
  %h = gan.grad %qg wrt %x : tensor<4x3x${N}x2xf32>, tensor<4x3x${N}x2xf32> -> tensor<4x3x${N}x2xf32>
  return %y, %g, %h : tensor<4xf32>, tensor<4x3x${N}x2xf32>, tensor<4x3x${N}x2xf32>
}
