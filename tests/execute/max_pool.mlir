// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Largest elements of windows; their derivative and the derivative of that by the cotangent, which gathers.

func.func @max_pool(%x: tensor<2x3x4x${2*N}xf32>, %p: tensor<2x3x2x${N}xf32>, %q: tensor<2x3x4x${2*N}xf32>)
    -> (tensor<2x3x2x${N}xf32>, tensor<2x3x4x${2*N}xf32>, tensor<2x3x2x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.max_pool %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<2x3x4x${2*N}xf32> -> tensor<2x3x2x${N}xf32>
  %py = gan.mul %p, %y : tensor<2x3x2x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<2x3x2x${N}xf32>, tensor<2x3x4x${2*N}xf32> -> tensor<2x3x4x${2*N}xf32>
  %qg = gan.mul %q, %g : tensor<2x3x4x${2*N}xf32>
  %h = gan.grad %qg wrt %p : tensor<2x3x4x${2*N}xf32>, tensor<2x3x2x${N}xf32> -> tensor<2x3x2x${N}xf32>
  return %y, %g, %h : tensor<2x3x2x${N}xf32>, tensor<2x3x4x${2*N}xf32>, tensor<2x3x2x${N}xf32>
}

// Windows overlap, so that an element may win several times.
func.func @max_pool_overlapping(%x: tensor<2x2x5x${N}xf32>, %p: tensor<2x2x3x${N}xf32>, %q: tensor<2x2x5x${N}xf32>)
    -> (tensor<2x2x3x${N}xf32>, tensor<2x2x5x${N}xf32>, tensor<2x2x3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.max_pool %x window [3, 3] stride [2, 1] dilation [1, 1] low [1, 1] high [1, 1] : tensor<2x2x5x${N}xf32> -> tensor<2x2x3x${N}xf32>
  %py = gan.mul %p, %y : tensor<2x2x3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<2x2x3x${N}xf32>, tensor<2x2x5x${N}xf32> -> tensor<2x2x5x${N}xf32>
  %qg = gan.mul %q, %g : tensor<2x2x5x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<2x2x5x${N}xf32>, tensor<2x2x3x${N}xf32> -> tensor<2x2x3x${N}xf32>
  return %y, %g, %h : tensor<2x2x3x${N}xf32>, tensor<2x2x5x${N}xf32>, tensor<2x2x3x${N}xf32>
}

// Between convolutions channels lie last.
func.func @max_pool_channels_last(%x: tensor<2x3x6x6xf32>, %w: tensor<${N}x3x3x3xf32>, %v: tensor<4x${N}x2x2xf32>)
    -> (tensor<2x4x1x1xf32>, tensor<2x3x6x6xf32>, tensor<${N}x3x3x3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %c = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x3x6x6xf32>, tensor<${N}x3x3x3xf32> -> tensor<2x${N}x4x4xf32>
  %t = gan.tanh %c : tensor<2x${N}x4x4xf32>
  %m = gan.max_pool %t window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<2x${N}x4x4xf32> -> tensor<2x${N}x2x2xf32>
  %y = gan.conv %m, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x${N}x2x2xf32>, tensor<4x${N}x2x2xf32> -> tensor<2x4x1x1xf32>
  %gx, %gw = gan.grad %y wrt %x, %w : tensor<2x4x1x1xf32>, tensor<2x3x6x6xf32>, tensor<${N}x3x3x3xf32> -> tensor<2x3x6x6xf32>, tensor<${N}x3x3x3xf32>
  return %y, %gx, %gw : tensor<2x4x1x1xf32>, tensor<2x3x6x6xf32>, tensor<${N}x3x3x3xf32>
}

// WGAN-GP: the penalty on the gradient of a critic that pools is differentiated by the critic's weights.
func.func @max_pool_penalty(%x: tensor<2x3x6x6xf32>, %w: tensor<${N}x3x3x3xf32>, %v: tensor<1x${N}x2x2xf32>)
    -> (tensor<2xf32>, tensor<${N}x3x3x3xf32>, tensor<1x${N}x2x2xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2 0.0 0.3", "normal 3 0.0 0.3"]}]} {
  %c = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x3x6x6xf32>, tensor<${N}x3x3x3xf32> -> tensor<2x${N}x4x4xf32>
  %t = gan.tanh %c : tensor<2x${N}x4x4xf32>
  %m = gan.max_pool %t window [3, 3] stride [2, 2] dilation [1, 1] low [1, 1] high [0, 0] : tensor<2x${N}x4x4xf32> -> tensor<2x${N}x2x2xf32>
  %y = gan.conv %m, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x${N}x2x2xf32>, tensor<1x${N}x2x2xf32> -> tensor<2x1x1x1xf32>
  %g = gan.grad %y wrt %x : tensor<2x1x1x1xf32>, tensor<2x3x6x6xf32> -> tensor<2x3x6x6xf32>
  %n = gan.norm %g dims [1, 2, 3] : tensor<2x3x6x6xf32> -> tensor<2xf32>
  %one = gan.constant dense<-1.0> : tensor<2xf32>
  %d = gan.add %n, %one : tensor<2xf32>
  %p = gan.mul %d, %d : tensor<2xf32>
  %gw, %gv = gan.grad %p wrt %w, %v : tensor<2xf32>, tensor<${N}x3x3x3xf32>, tensor<1x${N}x2x2xf32> -> tensor<${N}x3x3x3xf32>, tensor<1x${N}x2x2xf32>
  return %p, %gw, %gv : tensor<2xf32>, tensor<${N}x3x3x3xf32>, tensor<1x${N}x2x2xf32>
}
