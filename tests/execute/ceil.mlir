// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Smallest integers not below.

func.func @ceil(%x: tensor<3x${N}xf32>) -> tensor<3x${N}xf32> attributes {cases = [{inputs = ["normal 1 0 3"]}]} {
  %y = gan.ceil %x : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}
