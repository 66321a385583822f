// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Sums into places chosen by index, some twice; its derivative and the derivative of that by the cotangent, which gathers.

func.func @scatter_add(%x: tensor<4x${N}xf32>, %p: tensor<5x${N}xf32>, %q: tensor<4x${N}xf32>, %i: tensor<4xi32>, %b: tensor<5x${N}xf32>)
    -> (tensor<5x${N}xf32>, tensor<4x${N}xf32>, tensor<5x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "integer 4 5", "normal 5"]}]} {
  %y = gan.scatter_add %b, %i, %x dim 0 : tensor<5x${N}xf32>, tensor<4xi32>, tensor<4x${N}xf32>
  %py = gan.mul %p, %y : tensor<5x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<5x${N}xf32>, tensor<4x${N}xf32> -> tensor<4x${N}xf32>
  %qg = gan.mul %q, %g : tensor<4x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<4x${N}xf32>, tensor<5x${N}xf32> -> tensor<5x${N}xf32>
  return %y, %g, %h : tensor<5x${N}xf32>, tensor<4x${N}xf32>, tensor<5x${N}xf32>
}

func.func @scatter_add_inner(%x: tensor<3x${N}xf32>, %p: tensor<3x5xf32>, %q: tensor<3x${N}xf32>, %i: tensor<${N}xi32>, %b: tensor<3x5xf32>)
    -> (tensor<3x5xf32>, tensor<3x${N}xf32>, tensor<3x5xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "integer 4 5", "normal 5"]}]} {
  %y = gan.scatter_add %b, %i, %x dim 1 : tensor<3x5xf32>, tensor<${N}xi32>, tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x5xf32>
  %g = gan.grad %py wrt %x : tensor<3x5xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N}xf32>, tensor<3x5xf32> -> tensor<3x5xf32>
  return %y, %g, %h : tensor<3x5xf32>, tensor<3x${N}xf32>, tensor<3x5xf32>
}

// Each row has indices of its own: along the innermost axis, and across it.
func.func @scatter_add_rows(%b: tensor<${N}x19xf32>, %x: tensor<${N}x7xf32>, %i: tensor<${N}x7xi32>) -> tensor<${N}x19xf32>
    attributes {cases = [{inputs = ["normal 1", "normal 2", "integer 4 19"]}]} {
  %y = gan.scatter_add %b, %i, %x dim 1 batch 1 : tensor<${N}x19xf32>, tensor<${N}x7xi32>, tensor<${N}x7xf32>
  return %y : tensor<${N}x19xf32>
}

func.func @scatter_add_columns(%b: tensor<5x${N}xf32>, %x: tensor<7x${N}xf32>, %i: tensor<7x${N}xi32>) -> tensor<5x${N}xf32>
    attributes {cases = [{inputs = ["normal 1", "normal 2", "integer 4 5"]}]} {
  %bt = gan.transpose %b permutation [1, 0] : tensor<5x${N}xf32> -> tensor<${N}x5xf32>
  %xt = gan.transpose %x permutation [1, 0] : tensor<7x${N}xf32> -> tensor<${N}x7xf32>
  %it = gan.transpose %i permutation [1, 0] : tensor<7x${N}xi32> -> tensor<${N}x7xi32>
  %yt = gan.scatter_add %bt, %it, %xt dim 1 batch 1 : tensor<${N}x5xf32>, tensor<${N}x7xi32>, tensor<${N}x7xf32>
  %y = gan.transpose %yt permutation [1, 0] : tensor<${N}x5xf32> -> tensor<5x${N}xf32>
  return %y : tensor<5x${N}xf32>
}
