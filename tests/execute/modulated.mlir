// RUN: gan-run %s
// RUN: gan-run %s --backend=llvm --level=x86-64-v3
// RUN: sed 's/equals = @scaled/equals = @scaled, tolerance = 2.0e-15 : f64/' %s > %t.mlir && gan-run %t.mlir
// A modulated convolution as a product of groups, one for each sample with weights of its
// own, and with scaled activations: y = conv(x s, w) d, d = rsqrt(s^2 (sum of w^2) + epsilon).
// Values and derivatives of first and second order are the same, in f64 but for rounding.

func.func @grouped(%x: tensor<2x3x5x5xf32>, %w: tensor<4x3x3x3xf32>, %s: tensor<2x3xf32>, %p: tensor<2x4x5x5xf32>, %q: tensor<2x3x5x5xf32>) -> (tensor<2x4x5x5xf32>, tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32>) attributes {cases = [{
      inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"], equals = @scaled}]} {
  %ww = gan.broadcast %w dims [0] : tensor<4x3x3x3xf32> -> tensor<2x4x3x3x3xf32>
  %ss = gan.broadcast %s dims [1, 3, 4] : tensor<2x3xf32> -> tensor<2x4x3x3x3xf32>
  %ws = gan.mul %ww, %ss : tensor<2x4x3x3x3xf32>
  %squares = gan.mul %ws, %ws : tensor<2x4x3x3x3xf32>
  %size = gan.reduce_sum %squares dims [2, 3, 4] : tensor<2x4x3x3x3xf32> -> tensor<2x4xf32>
  %epsilon = gan.constant dense<0.125> : tensor<2x4xf32>
  %shifted = gan.add %size, %epsilon : tensor<2x4xf32>
  %d = gan.rsqrt %shifted : tensor<2x4xf32>
  %ds = gan.broadcast %d dims [2, 3, 4] : tensor<2x4xf32> -> tensor<2x4x3x3x3xf32>
  %v = gan.mul %ws, %ds : tensor<2x4x3x3x3xf32>
  %vs = gan.reshape %v : tensor<2x4x3x3x3xf32> -> tensor<8x3x3x3xf32>
  %row = gan.reshape %x : tensor<2x3x5x5xf32> -> tensor<1x6x5x5xf32>
  %product = gan.conv %row, %vs geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 2> : tensor<1x6x5x5xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x5x5xf32>
  %y = gan.reshape %product : tensor<1x8x5x5xf32> -> tensor<2x4x5x5xf32>
  %py = gan.mul %p, %y : tensor<2x4x5x5xf32>
  %gx, %gw, %gs = gan.grad %py wrt %x, %w, %s : tensor<2x4x5x5xf32>, tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32> -> tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>
  %qg = gan.mul %q, %gx : tensor<2x3x5x5xf32>
  %hw, %hs, %hp = gan.grad %qg wrt %w, %s, %p : tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32> -> tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32>
  return %y, %gx, %gw, %gs, %hw, %hs, %hp : tensor<2x4x5x5xf32>, tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32>
}

func.func @scaled(%x: tensor<2x3x5x5xf32>, %w: tensor<4x3x3x3xf32>, %s: tensor<2x3xf32>, %p: tensor<2x4x5x5xf32>, %q: tensor<2x3x5x5xf32>) -> (tensor<2x4x5x5xf32>, tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32>) {
  %ss = gan.broadcast %s dims [2, 3] : tensor<2x3xf32> -> tensor<2x3x5x5xf32>
  %xs = gan.mul %x, %ss : tensor<2x3x5x5xf32>
  %product = gan.conv %xs, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x5x5xf32>
  %squares = gan.mul %w, %w : tensor<4x3x3x3xf32>
  %taps = gan.reduce_sum %squares dims [2, 3] : tensor<4x3x3x3xf32> -> tensor<4x3xf32>
  %s2 = gan.mul %s, %s : tensor<2x3xf32>
  %size = gan.dot %s2, %taps batch [] [] contract [1] [1] : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  %epsilon = gan.constant dense<0.125> : tensor<2x4xf32>
  %shifted = gan.add %size, %epsilon : tensor<2x4xf32>
  %d = gan.rsqrt %shifted : tensor<2x4xf32>
  %ds = gan.broadcast %d dims [2, 3] : tensor<2x4xf32> -> tensor<2x4x5x5xf32>
  %y = gan.mul %product, %ds : tensor<2x4x5x5xf32>
  %py = gan.mul %p, %y : tensor<2x4x5x5xf32>
  %gx, %gw, %gs = gan.grad %py wrt %x, %w, %s : tensor<2x4x5x5xf32>, tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32> -> tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>
  %qg = gan.mul %q, %gx : tensor<2x3x5x5xf32>
  %hw, %hs, %hp = gan.grad %qg wrt %w, %s, %p : tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32> -> tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32>
  return %y, %gx, %gw, %gs, %hw, %hs, %hp : tensor<2x4x5x5xf32>, tensor<2x3x5x5xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<4x3x3x3xf32>, tensor<2x3xf32>, tensor<2x4x5x5xf32>
}
