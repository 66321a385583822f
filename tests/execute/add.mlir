// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Sums; its derivatives and theirs.

func.func @add(%x: tensor<3x${N}xf32>, %w: tensor<3x${N}xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3x${N}xf32>, %r: tensor<3x${N}xf32>)
    -> (tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.add %x, %w : tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>, tensor<3x${N}xf32>
  %qg = gan.mul %q, %gx : tensor<3x${N}xf32>
  %rg = gan.mul %r, %gw : tensor<3x${N}xf32>
  %a = gan.reduce_sum %qg dims [0, 1] : tensor<3x${N}xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1] : tensor<3x${N}xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>, tensor<3x${N}xf32>
}
