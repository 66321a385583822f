// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Comparisons of numbers, some of them equal.

func.func @compare_eq(%a: tensor<3x${N}xi32>, %b: tensor<3x${N}xi32>) -> (tensor<3x${N}xi1>, tensor<3x${N}xi1>)
    attributes {cases = [{inputs = ["integer 1 3", "integer 2 3"]}]} {
  %i = gan.compare eq %a, %b : tensor<3x${N}xi32> -> tensor<3x${N}xi1>
  %x = gan.cast %a : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %y = gan.cast %b : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %f = gan.compare eq %x, %y : tensor<3x${N}xf32> -> tensor<3x${N}xi1>
  return %i, %f : tensor<3x${N}xi1>, tensor<3x${N}xi1>
}

func.func @compare_ne(%a: tensor<3x${N}xi32>, %b: tensor<3x${N}xi32>) -> (tensor<3x${N}xi1>, tensor<3x${N}xi1>)
    attributes {cases = [{inputs = ["integer 1 3", "integer 2 3"]}]} {
  %i = gan.compare ne %a, %b : tensor<3x${N}xi32> -> tensor<3x${N}xi1>
  %x = gan.cast %a : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %y = gan.cast %b : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %f = gan.compare ne %x, %y : tensor<3x${N}xf32> -> tensor<3x${N}xi1>
  return %i, %f : tensor<3x${N}xi1>, tensor<3x${N}xi1>
}

func.func @compare_lt(%a: tensor<3x${N}xi32>, %b: tensor<3x${N}xi32>) -> (tensor<3x${N}xi1>, tensor<3x${N}xi1>)
    attributes {cases = [{inputs = ["integer 1 3", "integer 2 3"]}]} {
  %i = gan.compare lt %a, %b : tensor<3x${N}xi32> -> tensor<3x${N}xi1>
  %x = gan.cast %a : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %y = gan.cast %b : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %f = gan.compare lt %x, %y : tensor<3x${N}xf32> -> tensor<3x${N}xi1>
  return %i, %f : tensor<3x${N}xi1>, tensor<3x${N}xi1>
}

func.func @compare_le(%a: tensor<3x${N}xi32>, %b: tensor<3x${N}xi32>) -> (tensor<3x${N}xi1>, tensor<3x${N}xi1>)
    attributes {cases = [{inputs = ["integer 1 3", "integer 2 3"]}]} {
  %i = gan.compare le %a, %b : tensor<3x${N}xi32> -> tensor<3x${N}xi1>
  %x = gan.cast %a : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %y = gan.cast %b : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %f = gan.compare le %x, %y : tensor<3x${N}xf32> -> tensor<3x${N}xi1>
  return %i, %f : tensor<3x${N}xi1>, tensor<3x${N}xi1>
}

func.func @compare_gt(%a: tensor<3x${N}xi32>, %b: tensor<3x${N}xi32>) -> (tensor<3x${N}xi1>, tensor<3x${N}xi1>)
    attributes {cases = [{inputs = ["integer 1 3", "integer 2 3"]}]} {
  %i = gan.compare gt %a, %b : tensor<3x${N}xi32> -> tensor<3x${N}xi1>
  %x = gan.cast %a : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %y = gan.cast %b : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %f = gan.compare gt %x, %y : tensor<3x${N}xf32> -> tensor<3x${N}xi1>
  return %i, %f : tensor<3x${N}xi1>, tensor<3x${N}xi1>
}

func.func @compare_ge(%a: tensor<3x${N}xi32>, %b: tensor<3x${N}xi32>) -> (tensor<3x${N}xi1>, tensor<3x${N}xi1>)
    attributes {cases = [{inputs = ["integer 1 3", "integer 2 3"]}]} {
  %i = gan.compare ge %a, %b : tensor<3x${N}xi32> -> tensor<3x${N}xi1>
  %x = gan.cast %a : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %y = gan.cast %b : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %f = gan.compare ge %x, %y : tensor<3x${N}xf32> -> tensor<3x${N}xi1>
  return %i, %f : tensor<3x${N}xi1>, tensor<3x${N}xi1>
}
