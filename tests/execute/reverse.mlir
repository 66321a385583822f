// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Axes backwards; its derivative and the derivative of that by the cotangent.

func.func @reverse(%x: tensor<3x${N}xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3x${N}xf32>)
    -> (tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.reverse %x dims [1] : tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>
}

func.func @reverse_both(%x: tensor<${N}x5xf32>, %p: tensor<${N}x5xf32>, %q: tensor<${N}x5xf32>)
    -> (tensor<${N}x5xf32>, tensor<${N}x5xf32>, tensor<${N}x5xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.reverse %x dims [0, 1] : tensor<${N}x5xf32>
  %py = gan.mul %p, %y : tensor<${N}x5xf32>
  %g = gan.grad %py wrt %x : tensor<${N}x5xf32>, tensor<${N}x5xf32> -> tensor<${N}x5xf32>
  %qg = gan.mul %q, %g : tensor<${N}x5xf32>
  %h = gan.grad %qg wrt %p : tensor<${N}x5xf32>, tensor<${N}x5xf32> -> tensor<${N}x5xf32>
  return %y, %g, %h : tensor<${N}x5xf32>, tensor<${N}x5xf32>, tensor<${N}x5xf32>
}
