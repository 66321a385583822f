// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Literals: one number everywhere, and a number for each element.

func.func @constant(%x: tensor<3x${N}xf32>) -> (tensor<3x${N}xf32>, tensor<3x${N}xf32>) attributes {cases = [{}]} {
  %a = gan.constant dense<0.1> : tensor<3x${N}xf32>
  %w = gan.constant dense<[1.0, -2.0, 3.0]> : tensor<3xf32>
  %b = gan.broadcast %w dims [1] : tensor<3xf32> -> tensor<3x${N}xf32>
  %y = gan.mul %x, %b : tensor<3x${N}xf32>
  return %a, %y : tensor<3x${N}xf32>, tensor<3x${N}xf32>
}

func.func @negative() -> (tensor<3xi32>, tensor<2xi64>) attributes {cases = [{inputs = []}]} {
  %a = gan.constant dense<[-3, 0, 2]> : tensor<3xi32>
  %b = gan.constant dense<[-1, -3000000000]> : tensor<2xi64>
  return %a, %b : tensor<3xi32>, tensor<2xi64>
}
