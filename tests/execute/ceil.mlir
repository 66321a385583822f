// RUN: gan-run %s --backend=llvm --sizes=1,3,7,9,15,17,37
// Smallest integers not below.

func.func @ceil(%x: tensor<3x${N}xf32>) -> tensor<3x${N}xf32> attributes {cases = [{inputs = ["normal 1 0 3"]}]} {
  %y = gan.ceil %x : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}
