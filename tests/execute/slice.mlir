// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Strided windows; its derivative and the derivative of that by the cotangent: zeros around and between.

func.func @slice(%x: tensor<3x${N+2}xf32>, %p: tensor<2x${(N+1)/2}xf32>, %q: tensor<3x${N+2}xf32>)
    -> (tensor<2x${(N+1)/2}xf32>, tensor<3x${N+2}xf32>, tensor<2x${(N+1)/2}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.slice %x start [1, 1] stop [3, ${N+1}] stride [1, 2] : tensor<3x${N+2}xf32> -> tensor<2x${(N+1)/2}xf32>
  %py = gan.mul %p, %y : tensor<2x${(N+1)/2}xf32>
  %g = gan.grad %py wrt %x : tensor<2x${(N+1)/2}xf32>, tensor<3x${N+2}xf32> -> tensor<3x${N+2}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N+2}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N+2}xf32>, tensor<2x${(N+1)/2}xf32> -> tensor<2x${(N+1)/2}xf32>
  return %y, %g, %h : tensor<2x${(N+1)/2}xf32>, tensor<3x${N+2}xf32>, tensor<2x${(N+1)/2}xf32>
}

func.func @slice_outer(%x: tensor<${N+1}x5xf32>, %p: tensor<${N}x3xf32>, %q: tensor<${N+1}x5xf32>)
    -> (tensor<${N}x3xf32>, tensor<${N+1}x5xf32>, tensor<${N}x3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.slice %x start [1, 0] stop [${N+1}, 5] stride [1, 2] : tensor<${N+1}x5xf32> -> tensor<${N}x3xf32>
  %py = gan.mul %p, %y : tensor<${N}x3xf32>
  %g = gan.grad %py wrt %x : tensor<${N}x3xf32>, tensor<${N+1}x5xf32> -> tensor<${N+1}x5xf32>
  %qg = gan.mul %q, %g : tensor<${N+1}x5xf32>
  %h = gan.grad %qg wrt %p : tensor<${N+1}x5xf32>, tensor<${N}x3xf32> -> tensor<${N}x3xf32>
  return %y, %g, %h : tensor<${N}x3xf32>, tensor<${N+1}x5xf32>, tensor<${N}x3xf32>
}
