// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Other shapes of the same elements; its derivative and the derivative of that by the cotangent.

func.func @reshape(%x: tensor<6x${N}xf32>, %p: tensor<2x${3*N}xf32>, %q: tensor<6x${N}xf32>)
    -> (tensor<2x${3*N}xf32>, tensor<6x${N}xf32>, tensor<2x${3*N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.reshape %x : tensor<6x${N}xf32> -> tensor<2x${3*N}xf32>
  %py = gan.mul %p, %y : tensor<2x${3*N}xf32>
  %g = gan.grad %py wrt %x : tensor<2x${3*N}xf32>, tensor<6x${N}xf32> -> tensor<6x${N}xf32>
  %qg = gan.mul %q, %g : tensor<6x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<6x${N}xf32>, tensor<2x${3*N}xf32> -> tensor<2x${3*N}xf32>
  return %y, %g, %h : tensor<2x${3*N}xf32>, tensor<6x${N}xf32>, tensor<2x${3*N}xf32>
}

func.func @reshape_flat(%x: tensor<2x${N}x3xf32>, %p: tensor<${6*N}xf32>, %q: tensor<2x${N}x3xf32>)
    -> (tensor<${6*N}xf32>, tensor<2x${N}x3xf32>, tensor<${6*N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.reshape %x : tensor<2x${N}x3xf32> -> tensor<${6*N}xf32>
  %py = gan.mul %p, %y : tensor<${6*N}xf32>
  %g = gan.grad %py wrt %x : tensor<${6*N}xf32>, tensor<2x${N}x3xf32> -> tensor<2x${N}x3xf32>
  %qg = gan.mul %q, %g : tensor<2x${N}x3xf32>
  %h = gan.grad %qg wrt %p : tensor<2x${N}x3xf32>, tensor<${6*N}xf32> -> tensor<${6*N}xf32>
  return %y, %g, %h : tensor<${6*N}xf32>, tensor<2x${N}x3xf32>, tensor<${6*N}xf32>
}
