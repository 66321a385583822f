// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Boolean functions.

func.func @logical_and(%a: tensor<3x${N}xi1>, %b: tensor<3x${N}xi1>) -> tensor<3x${N}xi1> attributes {cases = [{}]} {
  %y = gan.logical and %a, %b : tensor<3x${N}xi1>
  return %y : tensor<3x${N}xi1>
}

func.func @logical_or(%a: tensor<3x${N}xi1>, %b: tensor<3x${N}xi1>) -> tensor<3x${N}xi1> attributes {cases = [{}]} {
  %y = gan.logical or %a, %b : tensor<3x${N}xi1>
  return %y : tensor<3x${N}xi1>
}

func.func @logical_xor(%a: tensor<3x${N}xi1>, %b: tensor<3x${N}xi1>) -> tensor<3x${N}xi1> attributes {cases = [{}]} {
  %y = gan.logical xor %a, %b : tensor<3x${N}xi1>
  return %y : tensor<3x${N}xi1>
}
