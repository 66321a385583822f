// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Places in order, all and the first ones, from either end, with ties.

func.func @sort(%x: tensor<3x${N}xf32>) -> (tensor<3x${N}xi32>, tensor<3x${N}xi32>) attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.sort %x dim 1 count ${N} : tensor<3x${N}xf32> -> tensor<3x${N}xi32>
  %j = gan.sort %x dim 1 count ${N} descending : tensor<3x${N}xf32> -> tensor<3x${N}xi32>
  return %i, %j : tensor<3x${N}xi32>, tensor<3x${N}xi32>
}

func.func @sort_first(%x: tensor<2x${N+4}x3xf32>) -> (tensor<2x1x3xi32>, tensor<2x5x3xi32>, tensor<2x0x3xi32>) attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.sort %x dim 1 count 1 : tensor<2x${N+4}x3xf32> -> tensor<2x1x3xi32>
  %j = gan.sort %x dim 1 count 5 descending : tensor<2x${N+4}x3xf32> -> tensor<2x5x3xi32>
  %k = gan.sort %x dim 1 count 0 : tensor<2x${N+4}x3xf32> -> tensor<2x0x3xi32>
  return %i, %j, %k : tensor<2x1x3xi32>, tensor<2x5x3xi32>, tensor<2x0x3xi32>
}

func.func @sort_ties(%x: tensor<${3*N}x2xi32>) -> (tensor<${3*N}x2xi32>, tensor<${N}x2xi32>) attributes {cases = [{inputs = ["integer 1 4"]}]} {
  %f = gan.cast %x : tensor<${3*N}x2xi32> -> tensor<${3*N}x2xf32>
  %i = gan.sort %f dim 0 count ${3*N} : tensor<${3*N}x2xf32> -> tensor<${3*N}x2xi32>
  %j = gan.sort %x dim 0 count ${N} descending : tensor<${3*N}x2xi32> -> tensor<${N}x2xi32>
  return %i, %j : tensor<${3*N}x2xi32>, tensor<${N}x2xi32>
}

// The k largest, their derivative and the derivative of that by the cotangent.
func.func @largest(%x: tensor<3x${N+2}xf32>, %p: tensor<3x3xf32>, %q: tensor<3x${N+2}xf32>)
    -> (tensor<3x3xf32>, tensor<3x${N+2}xf32>, tensor<3x3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %i = gan.sort %x dim 1 count 3 descending : tensor<3x${N+2}xf32> -> tensor<3x3xi32>
  %y = gan.gather %x, %i dim 1 batch 1 : tensor<3x${N+2}xf32>, tensor<3x3xi32> -> tensor<3x3xf32>
  %py = gan.mul %p, %y : tensor<3x3xf32>
  %g = gan.grad %py wrt %x : tensor<3x3xf32>, tensor<3x${N+2}xf32> -> tensor<3x${N+2}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N+2}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N+2}xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  return %y, %g, %h : tensor<3x3xf32>, tensor<3x${N+2}xf32>, tensor<3x3xf32>
}
