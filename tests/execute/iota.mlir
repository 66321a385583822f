// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Indices along axes.

func.func @iota() -> (tensor<3x${N}xi32>, tensor<3x${N}xf32>) attributes {cases = [{}]} {
  %a = gan.iota dim 1 : tensor<3x${N}xi32>
  %b = gan.iota dim 0 : tensor<3x${N}xf32>
  return %a, %b : tensor<3x${N}xi32>, tensor<3x${N}xf32>
}
