// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Nearest integers, halves to even.

func.func @round(%x: tensor<3x${N}xf32>) -> tensor<3x${N}xf32> attributes {cases = [{inputs = ["normal 1 0 3"]}]} {
  %y = gan.round %x : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}

func.func @round_halves(%i: tensor<3x${N}xi32>) -> tensor<3x${N}xf32>
    attributes {cases = [{inputs = ["integer 1 9"]}]} {
  %x = gan.cast %i : tensor<3x${N}xi32> -> tensor<3x${N}xf32>
  %half = gan.constant dense<0.5> : tensor<3x${N}xf32>
  %z = gan.mul %x, %half : tensor<3x${N}xf32>
  %y = gan.round %z : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}
