// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Weight gradients of convolutions; its derivatives and theirs.

func.func @conv_grad_weight(%x: tensor<2x3x5x${N}xf32>, %w: tensor<2x4x5x${N}xf32>, %p: tensor<4x3x3x3xf32>, %q: tensor<2x3x5x${N}xf32>, %r: tensor<2x4x5x${N}xf32>)
    -> (tensor<4x3x3x3xf32>, tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32>, tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32>, tensor<4x3x3x3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.conv_grad_weight %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32> -> tensor<4x3x3x3xf32>
  %py = gan.mul %p, %y : tensor<4x3x3x3xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<4x3x3x3xf32>, tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32> -> tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32>
  %qg = gan.mul %q, %gx : tensor<2x3x5x${N}xf32>
  %rg = gan.mul %r, %gw : tensor<2x4x5x${N}xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2, 3] : tensor<2x3x5x${N}xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1, 2, 3] : tensor<2x4x5x${N}xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32>, tensor<4x3x3x3xf32> -> tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32>, tensor<4x3x3x3xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<4x3x3x3xf32>, tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32>, tensor<2x3x5x${N}xf32>, tensor<2x4x5x${N}xf32>, tensor<4x3x3x3xf32>
}

func.func @conv_grad_weight_strided(%x: tensor<2x2x8x${2*N}xf32>, %w: tensor<2x3x4x${N}xf32>, %p: tensor<3x2x4x4xf32>, %q: tensor<2x2x8x${2*N}xf32>, %r: tensor<2x3x4x${N}xf32>)
    -> (tensor<3x2x4x4xf32>, tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32>, tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32>, tensor<3x2x4x4xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.conv_grad_weight %x, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32> -> tensor<3x2x4x4xf32>
  %py = gan.mul %p, %y : tensor<3x2x4x4xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<3x2x4x4xf32>, tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32> -> tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32>
  %qg = gan.mul %q, %gx : tensor<2x2x8x${2*N}xf32>
  %rg = gan.mul %r, %gw : tensor<2x3x4x${N}xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2, 3] : tensor<2x2x8x${2*N}xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1, 2, 3] : tensor<2x3x4x${N}xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32>, tensor<3x2x4x4xf32> -> tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32>, tensor<3x2x4x4xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<3x2x4x4xf32>, tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32>, tensor<2x2x8x${2*N}xf32>, tensor<2x3x4x${N}xf32>, tensor<3x2x4x4xf32>
}

func.func @conv_grad_weight_grouped(%x: tensor<1x4x${2*N+3}xf32>, %w: tensor<1x6x${N}xf32>, %p: tensor<6x2x3xf32>, %q: tensor<1x4x${2*N+3}xf32>, %r: tensor<1x6x${N}xf32>)
    -> (tensor<6x2x3xf32>, tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32>, tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32>, tensor<6x2x3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.conv_grad_weight %x, %w geometry <stride = [2], dilation = [2], low = [1], high = [0], groups = 2> : tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32> -> tensor<6x2x3xf32>
  %py = gan.mul %p, %y : tensor<6x2x3xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<6x2x3xf32>, tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32> -> tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32>
  %qg = gan.mul %q, %gx : tensor<1x4x${2*N+3}xf32>
  %rg = gan.mul %r, %gw : tensor<1x6x${N}xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2] : tensor<1x4x${2*N+3}xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1, 2] : tensor<1x6x${N}xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32>, tensor<6x2x3xf32> -> tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32>, tensor<6x2x3xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<6x2x3xf32>, tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32>, tensor<1x4x${2*N+3}xf32>, tensor<1x6x${N}xf32>, tensor<6x2x3xf32>
}

func.func @conv_grad_weight_channels(%x: tensor<2x${N}x4x4xf32>, %w: tensor<2x${N+1}x3x3xf32>, %p: tensor<${N+1}x${N}x2x2xf32>, %q: tensor<2x${N}x4x4xf32>, %r: tensor<2x${N+1}x3x3xf32>)
    -> (tensor<${N+1}x${N}x2x2xf32>, tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32>, tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32>, tensor<${N+1}x${N}x2x2xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.conv_grad_weight %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32> -> tensor<${N+1}x${N}x2x2xf32>
  %py = gan.mul %p, %y : tensor<${N+1}x${N}x2x2xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<${N+1}x${N}x2x2xf32>, tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32> -> tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32>
  %qg = gan.mul %q, %gx : tensor<2x${N}x4x4xf32>
  %rg = gan.mul %r, %gw : tensor<2x${N+1}x3x3xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2, 3] : tensor<2x${N}x4x4xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1, 2, 3] : tensor<2x${N+1}x3x3xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32>, tensor<${N+1}x${N}x2x2xf32> -> tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32>, tensor<${N+1}x${N}x2x2xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<${N+1}x${N}x2x2xf32>, tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32>, tensor<2x${N}x4x4xf32>, tensor<2x${N+1}x3x3xf32>, tensor<${N+1}x${N}x2x2xf32>
}
