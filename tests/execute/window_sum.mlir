// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Sums over windows; its derivative and the derivative of that by the cotangent.

func.func @window_sum(%x: tensor<2x${2*N+1}xf32>, %p: tensor<2x${N}xf32>, %q: tensor<2x${2*N+1}xf32>)
    -> (tensor<2x${N}xf32>, tensor<2x${2*N+1}xf32>, tensor<2x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.window_sum %x window [1, 3] stride [1, 2] : tensor<2x${2*N+1}xf32> -> tensor<2x${N}xf32>
  %py = gan.mul %p, %y : tensor<2x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<2x${N}xf32>, tensor<2x${2*N+1}xf32> -> tensor<2x${2*N+1}xf32>
  %qg = gan.mul %q, %g : tensor<2x${2*N+1}xf32>
  %h = gan.grad %qg wrt %p : tensor<2x${2*N+1}xf32>, tensor<2x${N}xf32> -> tensor<2x${N}xf32>
  return %y, %g, %h : tensor<2x${N}xf32>, tensor<2x${2*N+1}xf32>, tensor<2x${N}xf32>
}

func.func @window_sum_overlapping(%x: tensor<2x3x4x${N+1}xf32>, %p: tensor<2x3x3x${N}xf32>, %q: tensor<2x3x4x${N+1}xf32>)
    -> (tensor<2x3x3x${N}xf32>, tensor<2x3x4x${N+1}xf32>, tensor<2x3x3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.window_sum %x window [1, 1, 2, 2] stride [1, 1, 1, 1] : tensor<2x3x4x${N+1}xf32> -> tensor<2x3x3x${N}xf32>
  %py = gan.mul %p, %y : tensor<2x3x3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<2x3x3x${N}xf32>, tensor<2x3x4x${N+1}xf32> -> tensor<2x3x4x${N+1}xf32>
  %qg = gan.mul %q, %g : tensor<2x3x4x${N+1}xf32>
  %h = gan.grad %qg wrt %p : tensor<2x3x4x${N+1}xf32>, tensor<2x3x3x${N}xf32> -> tensor<2x3x3x${N}xf32>
  return %y, %g, %h : tensor<2x3x3x${N}xf32>, tensor<2x3x4x${N+1}xf32>, tensor<2x3x3x${N}xf32>
}
