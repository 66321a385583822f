// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Signs.

func.func @sign(%x: tensor<3x${N}xf32>) -> tensor<3x${N}xf32> attributes {cases = [{inputs = ["normal 1 0 3"]}]} {
  %y = gan.sign %x : tensor<3x${N}xf32>
  return %y : tensor<3x${N}xf32>
}
