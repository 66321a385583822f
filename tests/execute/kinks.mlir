// RUN: gan-run %s
// RUN: gan-run %s --backend=llvm --level=x86-64-v3
// RUN: gan-run %s --backend=llvm --level=native
// Values and derivatives at kinks and far away, as the operator set fixes them
// (N1 to N5, N10).

// N1: 0 at 0, from either side of the sign of zero.
func.func @relu(%x: tensor<7xf32>) -> (tensor<7xf32>, tensor<7xf32>, tensor<7xf32>)
    attributes {cases = [{inputs = [dense<[-100.0, -1.0, -0.0, 0.0, 1.0, 100.0, 1.0e-30]> : tensor<7xf32>],
      results = [dense<[0.0, 0.0, 0.0, 0.0, 1.0, 100.0, 1.0e-30]> : tensor<7xf64>,
                 dense<[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]> : tensor<7xf64>,
                 dense<0.0> : tensor<7xf64>]}]} {
  %y = gan.relu %x : tensor<7xf32>
  %g = gan.grad %y wrt %x : tensor<7xf32>, tensor<7xf32> -> tensor<7xf32>
  %h = gan.grad %g wrt %x zero_without_path : tensor<7xf32>, tensor<7xf32> -> tensor<7xf32>
  return %y, %g, %h : tensor<7xf32>, tensor<7xf32>, tensor<7xf32>
}

// N1: the slope of the negative side at 0.
func.func @leaky_relu(%x: tensor<5xf32>) -> (tensor<5xf32>, tensor<5xf32>, tensor<5xf32>)
    attributes {cases = [{inputs = [dense<[-100.0, -0.0, 0.0, 1.0, 100.0]> : tensor<5xf32>],
      results = [dense<[-25.0, 0.0, 0.0, 1.0, 100.0]> : tensor<5xf64>,
                 dense<[0.25, 0.25, 0.25, 1.0, 1.0]> : tensor<5xf64>,
                 dense<0.0> : tensor<5xf64>]}]} {
  %y = gan.leaky_relu %x slope 0.25 : tensor<5xf32>
  %g = gan.grad %y wrt %x : tensor<5xf32>, tensor<5xf32> -> tensor<5xf32>
  %h = gan.grad %g wrt %x zero_without_path : tensor<5xf32>, tensor<5xf32> -> tensor<5xf32>
  return %y, %g, %h : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>
}

func.func @abs(%x: tensor<5xf32>) -> (tensor<5xf32>, tensor<5xf32>, tensor<5xf32>)
    attributes {cases = [{inputs = [dense<[-100.0, -0.0, 0.0, 1.0, 100.0]> : tensor<5xf32>],
      results = [dense<[100.0, 0.0, 0.0, 1.0, 100.0]> : tensor<5xf64>,
                 dense<[-1.0, 0.0, 0.0, 1.0, 1.0]> : tensor<5xf64>,
                 dense<0.0> : tensor<5xf64>]}]} {
  %y = gan.abs %x : tensor<5xf32>
  %g = gan.grad %y wrt %x : tensor<5xf32>, tensor<5xf32> -> tensor<5xf32>
  %h = gan.grad %g wrt %x zero_without_path : tensor<5xf32>, tensor<5xf32> -> tensor<5xf32>
  return %y, %g, %h : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>
}

// N1: 0 at both edges.
func.func @clip(%x: tensor<5xf32>) -> (tensor<5xf32>, tensor<5xf32>)
    attributes {cases = [{inputs = [dense<[-100.0, -1.0, 0.5, 2.0, 100.0]> : tensor<5xf32>],
      results = [dense<[-1.0, -1.0, 0.5, 2.0, 2.0]> : tensor<5xf64>,
                 dense<[0.0, 0.0, 1.0, 0.0, 0.0]> : tensor<5xf64>]}]} {
  %y = gan.clip %x low -1.0 high 2.0 : tensor<5xf32>
  %g = gan.grad %y wrt %x : tensor<5xf32>, tensor<5xf32> -> tensor<5xf32>
  return %y, %g : tensor<5xf32>, tensor<5xf32>
}

// N1: half each at a tie.
func.func @maximum(%x: tensor<3xf32>, %z: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
    attributes {cases = [{inputs = [dense<[1.0, 2.0, 0.0]> : tensor<3xf32>, dense<[1.0, 3.0, -1.0]> : tensor<3xf32>],
      results = [dense<[1.0, 3.0, 0.0]> : tensor<3xf64>,
                 dense<[0.5, 0.0, 1.0]> : tensor<3xf64>,
                 dense<[0.5, 1.0, 0.0]> : tensor<3xf64>]}]} {
  %y = gan.maximum %x, %z : tensor<3xf32>
  %gx, %gz = gan.grad %y wrt %x, %z : tensor<3xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>, tensor<3xf32>
  return %y, %gx, %gz : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

func.func @minimum(%x: tensor<3xf32>, %z: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
    attributes {cases = [{inputs = [dense<[1.0, 2.0, 0.0]> : tensor<3xf32>, dense<[1.0, 3.0, -1.0]> : tensor<3xf32>],
      results = [dense<[1.0, 2.0, -1.0]> : tensor<3xf64>,
                 dense<[0.5, 1.0, 0.0]> : tensor<3xf64>,
                 dense<[0.5, 0.0, 1.0]> : tensor<3xf64>]}]} {
  %y = gan.minimum %x, %z : tensor<3xf32>
  %gx, %gz = gan.grad %y wrt %x, %z : tensor<3xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>, tensor<3xf32>
  return %y, %gx, %gz : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// N1: ties share equally.
func.func @reduce_max(%x: tensor<3x4xf32>) -> (tensor<3xf32>, tensor<3x4xf32>)
    attributes {cases = [{inputs = [dense<[[1.0, 3.0, 3.0, 2.0], [5.0, 5.0, 5.0, 5.0], [0.0, -1.0, -2.0, -0.0]]> : tensor<3x4xf32>],
      results = [dense<[3.0, 5.0, 0.0]> : tensor<3xf64>,
                 dense<[[0.0, 0.5, 0.5, 0.0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.0, 0.0, 0.5]]> : tensor<3x4xf64>]}]} {
  %y = gan.reduce_max %x dims [1] : tensor<3x4xf32> -> tensor<3xf32>
  %g = gan.grad %y wrt %x : tensor<3xf32>, tensor<3x4xf32> -> tensor<3x4xf32>
  return %y, %g : tensor<3xf32>, tensor<3x4xf32>
}

func.func @reduce_min(%x: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2x4xf32>)
    attributes {cases = [{inputs = [dense<[[4.0, 3.0, 3.0, 5.0], [5.0, 5.0, 5.0, 5.0]]> : tensor<2x4xf32>],
      results = [dense<[3.0, 5.0]> : tensor<2xf64>,
                 dense<[[0.0, 0.5, 0.5, 0.0], [0.25, 0.25, 0.25, 0.25]]> : tensor<2x4xf64>]}]} {
  %y = gan.reduce_min %x dims [1] : tensor<2x4xf32> -> tensor<2xf32>
  %g = gan.grad %y wrt %x : tensor<2xf32>, tensor<2x4xf32> -> tensor<2x4xf32>
  return %y, %g : tensor<2xf32>, tensor<2x4xf32>
}

// N1: the first of equal elements has the whole derivative; what pads never wins.
func.func @max_pool(%x: tensor<1x1x3x4xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x3x4xf32>)
    attributes {cases = [{inputs = [dense<[[[[1.0, 3.0, -2.0, -2.0], [3.0, 3.0, -2.0, -5.0], [-1.0, -1.0, 0.0, -0.0]]]]> : tensor<1x1x3x4xf32>],
      results = [dense<[[[[3.0, -2.0], [-1.0, 0.0]]]]> : tensor<1x1x2x2xf64>,
                 dense<[[[[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0]]]]> : tensor<1x1x3x4xf64>]}]} {
  %y = gan.max_pool %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [1, 0] : tensor<1x1x3x4xf32> -> tensor<1x1x2x2xf32>
  %g = gan.grad %y wrt %x : tensor<1x1x2x2xf32>, tensor<1x1x3x4xf32> -> tensor<1x1x3x4xf32>
  return %y, %g : tensor<1x1x2x2xf32>, tensor<1x1x3x4xf32>
}

// N1, N10: the first NaN wins; among infinities an element wins over what pads.
func.func @window_arg_max(%x: tensor<1x9xf32>) -> (tensor<1x4xi32>, tensor<1x4xf32>)
    attributes {cases = [{inputs = [dense<[[0xFF800000, 0xFF800000, 1.0, 0x7FC00000, 0x7FC00000, 5.0, 0x7F800000, 0x7F800000, 2.0]]> : tensor<1x9xf32>],
      results = [dense<[[0, 3, 3, 6]]> : tensor<1x4xi64>,
                 dense<[[0xFFF0000000000000, 0x7FF8000000000000, 0x7FF8000000000000, 0x7FF0000000000000]]> : tensor<1x4xf64>]}]} {
  %i = gan.window_arg_max %x window [3] stride [2] dilation [1] low [1] high [0] : tensor<1x9xf32> -> tensor<1x4xi32>
  %y = gan.max_pool %x window [3] stride [2] dilation [1] low [1] high [0] : tensor<1x9xf32> -> tensor<1x4xf32>
  return %i, %y : tensor<1x4xi32>, tensor<1x4xf32>
}

// N10: NaN counts as larger than every number, zeros of both signs are equal.
func.func @order(%x: tensor<7xf32>) -> (tensor<i32>, tensor<i32>, tensor<7xi32>, tensor<7xi32>)
    attributes {cases = [{inputs = [dense<[0.0, 0x7FC00000, -0.0, 0xFF800000, 0x7FC00000, -1.0, 0x7F800000]> : tensor<7xf32>],
      results = [dense<1> : tensor<i64>, dense<1> : tensor<i64>,
                 dense<[3, 5, 0, 2, 6, 1, 4]> : tensor<7xi64>, dense<[1, 4, 6, 0, 2, 5, 3]> : tensor<7xi64>]}]} {
  %a = gan.arg_max %x dim 0 : tensor<7xf32> -> tensor<i32>
  %b = gan.arg_min %x dim 0 : tensor<7xf32> -> tensor<i32>
  %s = gan.sort %x dim 0 count 7 : tensor<7xf32> -> tensor<7xi32>
  %d = gan.sort %x dim 0 count 7 descending : tensor<7xf32> -> tensor<7xi32>
  return %a, %b, %s, %d : tensor<i32>, tensor<i32>, tensor<7xi32>, tensor<7xi32>
}

// N2: the branch not taken overflows without its guard, which makes NaN of 0.
func.func @guarded_exponential(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    attributes {cases = [{inputs = [dense<[100.0, 0.0, -0.0, -100.0]> : tensor<4xf32>],
      results = [dense<[100.0, 0.0, 0.0, -1.0]> : tensor<4xf64>,
                 dense<[1.0, 1.0, 1.0, 0.0]> : tensor<4xf64>,
                 dense<[0.0, 1.0, 1.0, 0.0]> : tensor<4xf64>]}]} {
  %zero = gan.constant dense<0.0> : tensor<4xf32>
  %minus = gan.constant dense<-1.0> : tensor<4xf32>
  %m = gan.compare gt %x, %zero : tensor<4xf32> -> tensor<4xi1>
  %safe = gan.select %m, %zero, %x : tensor<4xi1>, tensor<4xf32>
  %e = gan.exp %safe : tensor<4xf32>
  %f = gan.add %e, %minus : tensor<4xf32>
  %y = gan.select %m, %x, %f : tensor<4xi1>, tensor<4xf32>
  %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %h = gan.grad %g wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %y, %g, %h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// N3: derivative 0 of every order for a vector of zeros.
func.func @norm(%x: tensor<3x2xf32>) -> (tensor<3xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>)
    attributes {cases = [{inputs = [dense<[[3.0, 4.0], [0.0, 0.0], [100.0, 0.0]]> : tensor<3x2xf32>],
      results = [dense<[5.0, 0.0, 100.0]> : tensor<3xf64>,
                 dense<[[0.6, 0.8], [0.0, 0.0], [1.0, 0.0]]> : tensor<3x2xf64>,
                 dense<[[0.032, -0.024], [0.0, 0.0], [0.0, 0.01]]> : tensor<3x2xf64>,
                 dense<[[-0.01888, 0.01216], [0.0, 0.0], [-0.0001, -0.0002]]> : tensor<3x2xf64>]}]} {
  %y = gan.norm %x dims [1] : tensor<3x2xf32> -> tensor<3xf32>
  %g = gan.grad %y wrt %x : tensor<3xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  %h = gan.grad %g wrt %x : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  %t = gan.grad %h wrt %x : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  return %y, %g, %h, %t : tensor<3xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}

// N4: one half at 0, where the stable form would say 0.
func.func @softplus(%x: tensor<5xf32>) -> (tensor<5xf32>, tensor<5xf32>, tensor<5xf32>)
    attributes {cases = [{inputs = [dense<[-100.0, -0.0, 0.0, 100.0, 1000.0]> : tensor<5xf32>],
      results = [dense<[0.0, 0.69314718055994531, 0.69314718055994531, 100.0, 1000.0]> : tensor<5xf64>,
                 dense<[0.0, 0.5, 0.5, 1.0, 1.0]> : tensor<5xf64>,
                 dense<[0.0, 0.25, 0.25, 0.0, 0.0]> : tensor<5xf64>]}]} {
  %y = gan.softplus %x : tensor<5xf32>
  %g = gan.grad %y wrt %x : tensor<5xf32>, tensor<5xf32> -> tensor<5xf32>
  %h = gan.grad %g wrt %x : tensor<5xf32>, tensor<5xf32> -> tensor<5xf32>
  return %y, %g, %h : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>
}

// Saturated, not NaN.
func.func @saturated(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    attributes {cases = [{inputs = [dense<[-1000.0, -100.0, 100.0, 1000.0]> : tensor<4xf32>],
      results = [dense<[0.0, 0.0, 1.0, 1.0]> : tensor<4xf64>, dense<0.0> : tensor<4xf64>,
                 dense<[-1.0, -1.0, 1.0, 1.0]> : tensor<4xf64>, dense<0.0> : tensor<4xf64>]}]} {
  %l = gan.logistic %x : tensor<4xf32>
  %gl = gan.grad %l wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %t = gan.tanh %x : tensor<4xf32>
  %gt = gan.grad %t wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %l, %gl, %t, %gt : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// N5: shifted by the largest element; a row of -inf is not.
func.func @log_sum_exp(%x: tensor<3x2xf32>) -> (tensor<3xf32>, tensor<3x2xf32>)
    attributes {cases = [{inputs = [dense<[[1000.0, 1000.0], [-1000.0, 0.0], [2.0, 2.0]]> : tensor<3x2xf32>],
      results = [dense<[1000.6931471805599, 0.0, 2.6931471805599453]> : tensor<3xf64>,
                 dense<[[0.5, 0.5], [0.0, 1.0], [0.5, 0.5]]> : tensor<3x2xf64>]}]} {
  %y = gan.log_sum_exp %x dim 1 : tensor<3x2xf32> -> tensor<3xf32>
  %g = gan.grad %y wrt %x : tensor<3xf32>, tensor<3x2xf32> -> tensor<3x2xf32>
  return %y, %g : tensor<3xf32>, tensor<3x2xf32>
}

func.func @log_sum_exp_of_nothing(%x: tensor<1x2xf32>) -> tensor<1xf32>
    attributes {cases = [{inputs = [dense<0xFF800000> : tensor<1x2xf32>], results = [dense<0xFFF0000000000000> : tensor<1xf64>]}]} {
  %y = gan.log_sum_exp %x dim 1 : tensor<1x2xf32> -> tensor<1xf32>
  return %y : tensor<1xf32>
}

// N10: NaN goes through.
func.func @nan(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>)
    attributes {cases = [{inputs = [dense<[0x7FC00000, 1.0]> : tensor<2xf32>],
      results = [dense<[0x7FF8000000000000, 1.0]> : tensor<2xf64>, dense<[0x7FF8000000000000, 1.0]> : tensor<2xf64>,
                 dense<[0x7FF8000000000000, 0.5]> : tensor<2xf64>, dense<[0x7FF8000000000000, 1.0]> : tensor<2xf64>,
                 dense<0x7FF8000000000000> : tensor<f64>]}]} {
  %r = gan.relu %x : tensor<2xf32>
  %l = gan.leaky_relu %x slope 0.25 : tensor<2xf32>
  %c = gan.clip %x low -0.5 high 0.5 : tensor<2xf32>
  %m = gan.maximum %x, %c : tensor<2xf32>
  %y = gan.reduce_max %x dims [0] : tensor<2xf32> -> tensor<f32>
  return %r, %l, %c, %m, %y : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<f32>
}
