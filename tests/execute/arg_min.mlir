// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Places of the smallest elements, ties and the gather of what was found included.

func.func @arg_min(%x: tensor<3x${N}xf32>) -> (tensor<3xi32>, tensor<3xf32>) attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.arg_min %x dim 1 : tensor<3x${N}xf32> -> tensor<3xi32>
  %y = gan.gather %x, %i dim 1 batch 1 : tensor<3x${N}xf32>, tensor<3xi32> -> tensor<3xf32>
  return %i, %y : tensor<3xi32>, tensor<3xf32>
}

func.func @arg_min_outer(%x: tensor<5x${N}xf32>) -> tensor<${N}xi32> attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.arg_min %x dim 0 : tensor<5x${N}xf32> -> tensor<${N}xi32>
  return %i : tensor<${N}xi32>
}

// Three values, so that most lines have ties.
func.func @arg_min_ties(%x: tensor<5x${3*N}xi32>) -> (tensor<5xi32>, tensor<${3*N}xi32>) attributes {cases = [{inputs = ["integer 1 3"]}]} {
  %i = gan.arg_min %x dim 1 : tensor<5x${3*N}xi32> -> tensor<5xi32>
  %j = gan.arg_min %x dim 0 : tensor<5x${3*N}xi32> -> tensor<${3*N}xi32>
  return %i, %j : tensor<5xi32>, tensor<${3*N}xi32>
}

func.func @arg_min_float_ties(%x: tensor<5x${3*N}xi32>) -> (tensor<5xi32>, tensor<5xf32>) attributes {cases = [{inputs = ["integer 1 3"]}]} {
  %f = gan.cast %x : tensor<5x${3*N}xi32> -> tensor<5x${3*N}xf32>
  %i = gan.arg_min %f dim 1 : tensor<5x${3*N}xf32> -> tensor<5xi32>
  %y = gan.gather %f, %i dim 1 batch 1 : tensor<5x${3*N}xf32>, tensor<5xi32> -> tensor<5xf32>
  return %i, %y : tensor<5xi32>, tensor<5xf32>
}
