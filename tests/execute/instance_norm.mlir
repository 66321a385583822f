// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Normalised channels of each sample and two derivatives.

func.func @instance_norm(%x: tensor<2x3x3x${N}xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %p: tensor<2x3x3x${N}xf32>, %q: tensor<2x3x3x${N}xf32>, %r: tensor<3xf32>)
    -> (tensor<2x3x3x${N}xf32>, tensor<2x3x3x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3x3x${N}xf32>, tensor<3xf32>) attributes {cases = [{
      inputs = ["normal 1", "uniform 2 0.5 1.5", "normal 3", "normal 4", "normal 5", "normal 6"]}]} {
  %y = gan.instance_norm %x, %s, %b epsilon 0.1 : tensor<2x3x3x${N}xf32>, tensor<3xf32>
  %py = gan.mul %p, %y : tensor<2x3x3x${N}xf32>
  %gx, %gs, %gb = gan.grad %py wrt %x, %s, %b : tensor<2x3x3x${N}xf32>, tensor<2x3x3x${N}xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<2x3x3x${N}xf32>, tensor<3xf32>, tensor<3xf32>
  %qg = gan.mul %q, %gx : tensor<2x3x3x${N}xf32>
  %rg = gan.mul %r, %gs : tensor<3xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2, 3] : tensor<2x3x3x${N}xf32> -> tensor<f32>
  %c = gan.reduce_sum %rg dims [0] : tensor<3xf32> -> tensor<f32>
  %t = gan.add %a, %c : tensor<f32>
  %hx, %hs = gan.grad %t wrt %x, %s : tensor<f32>, tensor<2x3x3x${N}xf32>, tensor<3xf32> -> tensor<2x3x3x${N}xf32>, tensor<3xf32>
  return %y, %gx, %gs, %gb, %hx, %hs : tensor<2x3x3x${N}xf32>, tensor<2x3x3x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3x3x${N}xf32>, tensor<3xf32>
}
