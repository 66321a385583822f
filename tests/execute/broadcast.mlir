// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Repetition along new axes; its derivative and the derivative of that by the cotangent, which sums.

func.func @broadcast(%x: tensor<${N}xf32>, %p: tensor<3x${N}x2xf32>, %q: tensor<${N}xf32>)
    -> (tensor<3x${N}x2xf32>, tensor<${N}xf32>, tensor<3x${N}x2xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.broadcast %x dims [0, 2] : tensor<${N}xf32> -> tensor<3x${N}x2xf32>
  %py = gan.mul %p, %y : tensor<3x${N}x2xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}x2xf32>, tensor<${N}xf32> -> tensor<${N}xf32>
  %qg = gan.mul %q, %g : tensor<${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<${N}xf32>, tensor<3x${N}x2xf32> -> tensor<3x${N}x2xf32>
  return %y, %g, %h : tensor<3x${N}x2xf32>, tensor<${N}xf32>, tensor<3x${N}x2xf32>
}

func.func @broadcast_innermost(%x: tensor<3xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3xf32>)
    -> (tensor<3x${N}xf32>, tensor<3xf32>, tensor<3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.broadcast %x dims [1] : tensor<3xf32> -> tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}xf32>, tensor<3xf32> -> tensor<3xf32>
  %qg = gan.mul %q, %g : tensor<3xf32>
  %h = gan.grad %qg wrt %p : tensor<3xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3x${N}xf32>, tensor<3xf32>, tensor<3x${N}xf32>
}
