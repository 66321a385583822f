// RUN: gan-run %s
// RUN: gan-run %s --backend=llvm --level=x86-64-v3
// Operators that are linear in x, as the frontends write them: <A x, y> is <x, A' y> with the
// adjoint that the derivative is made of.

// roll: the end comes first.
func.func @roll(%x: tensor<5x7xf32>, %y: tensor<5x7xf32>) -> tensor<f32>
    attributes {cases = [{inputs = ["normal 1", "normal 2"], results = [dense<0.0> : tensor<f64>], tolerance = 1.0e-5}]} {
  %b = gan.slice %x start [3, 0] stop [5, 7] stride [1, 1] : tensor<5x7xf32> -> tensor<2x7xf32>
  %f = gan.slice %x start [0, 0] stop [3, 7] stride [1, 1] : tensor<5x7xf32> -> tensor<3x7xf32>
  %a = gan.concat %b, %f dim 0 : tensor<2x7xf32>, tensor<3x7xf32> -> tensor<5x7xf32>
  %ay = gan.mul %a, %y : tensor<5x7xf32>
  %left = gan.reduce_sum %ay dims [0, 1] : tensor<5x7xf32> -> tensor<f32>
  %g = gan.grad %left wrt %x : tensor<f32>, tensor<5x7xf32> -> tensor<5x7xf32>
  %xg = gan.mul %x, %g : tensor<5x7xf32>
  %right = gan.reduce_sum %xg dims [0, 1] : tensor<5x7xf32> -> tensor<f32>
  %minus = gan.neg %right : tensor<f32>
  %d = gan.add %left, %minus : tensor<f32>
  return %d : tensor<f32>
}

// shuffle: by a drawn permutation.
func.func @shuffle(%x: tensor<17x3xf32>, %y: tensor<17x3xf32>, %key: tensor<4xi32>) -> tensor<f32>
    attributes {cases = [{inputs = ["normal 1", "normal 2", "integer 3 1000000"], results = [dense<0.0> : tensor<f64>], tolerance = 1.0e-5}]} {
  %p = gan.random permutation %key a 0.0 b 0.0 site 3 name "shuffle" : tensor<17xi32>
  %a = gan.gather %x, %p dim 0 : tensor<17x3xf32>, tensor<17xi32> -> tensor<17x3xf32>
  %ay = gan.mul %a, %y : tensor<17x3xf32>
  %left = gan.reduce_sum %ay dims [0, 1] : tensor<17x3xf32> -> tensor<f32>
  %g = gan.grad %left wrt %x : tensor<f32>, tensor<17x3xf32> -> tensor<17x3xf32>
  %xg = gan.mul %x, %g : tensor<17x3xf32>
  %right = gan.reduce_sum %xg dims [0, 1] : tensor<17x3xf32> -> tensor<f32>
  %minus = gan.neg %right : tensor<f32>
  %d = gan.add %left, %minus : tensor<f32>
  return %d : tensor<f32>
}

// interpolate and linear Resize: a matrix along an axis.
func.func @interpolate(%x: tensor<2x3x4xf32>, %y: tensor<2x6x4xf32>) -> tensor<f32>
    attributes {cases = [{inputs = ["normal 1", "normal 2"], results = [dense<0.0> : tensor<f64>], tolerance = 1.0e-5}]} {
  %w = gan.constant dense<[[1.0, 0.0, 0.0], [0.75, 0.25, 0.0], [0.25, 0.75, 0.0], [0.0, 0.75, 0.25], [0.0, 0.25, 0.75], [0.0, 0.0, 1.0]]> : tensor<6x3xf32>
  %m = gan.dot %x, %w batch [] [] contract [1] [1] : tensor<2x3x4xf32>, tensor<6x3xf32> -> tensor<2x4x6xf32>
  %a = gan.transpose %m permutation [0, 2, 1] : tensor<2x4x6xf32> -> tensor<2x6x4xf32>
  %ay = gan.mul %a, %y : tensor<2x6x4xf32>
  %left = gan.reduce_sum %ay dims [0, 1, 2] : tensor<2x6x4xf32> -> tensor<f32>
  %g = gan.grad %left wrt %x : tensor<f32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  %xg = gan.mul %x, %g : tensor<2x3x4xf32>
  %right = gan.reduce_sum %xg dims [0, 1, 2] : tensor<2x3x4xf32> -> tensor<f32>
  %minus = gan.neg %right : tensor<f32>
  %d = gan.add %left, %minus : tensor<f32>
  return %d : tensor<f32>
}

// Pad, mode reflect: a gather with duplicates.
func.func @reflect(%x: tensor<2x5xf32>, %y: tensor<2x9xf32>) -> tensor<f32>
    attributes {cases = [{inputs = ["normal 1", "normal 2"], results = [dense<0.0> : tensor<f64>], tolerance = 1.0e-5}]} {
  %i = gan.constant dense<[2, 1, 0, 1, 2, 3, 4, 3, 2]> : tensor<9xi32>
  %a = gan.gather %x, %i dim 1 : tensor<2x5xf32>, tensor<9xi32> -> tensor<2x9xf32>
  %ay = gan.mul %a, %y : tensor<2x9xf32>
  %left = gan.reduce_sum %ay dims [0, 1] : tensor<2x9xf32> -> tensor<f32>
  %g = gan.grad %left wrt %x : tensor<f32>, tensor<2x5xf32> -> tensor<2x5xf32>
  %xg = gan.mul %x, %g : tensor<2x5xf32>
  %right = gan.reduce_sum %xg dims [0, 1] : tensor<2x5xf32> -> tensor<f32>
  %minus = gan.neg %right : tensor<f32>
  %d = gan.add %left, %minus : tensor<f32>
  return %d : tensor<f32>
}

// topk, where the order is that of other numbers.
func.func @largest(%x: tensor<3x19xf32>, %y: tensor<3x5xf32>, %k: tensor<3x19xf32>) -> tensor<f32>
    attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"], results = [dense<0.0> : tensor<f64>], tolerance = 1.0e-5}]} {
  %i = gan.sort %k dim 1 count 5 descending : tensor<3x19xf32> -> tensor<3x5xi32>
  %a = gan.gather %x, %i dim 1 batch 1 : tensor<3x19xf32>, tensor<3x5xi32> -> tensor<3x5xf32>
  %ay = gan.mul %a, %y : tensor<3x5xf32>
  %left = gan.reduce_sum %ay dims [0, 1] : tensor<3x5xf32> -> tensor<f32>
  %g = gan.grad %left wrt %x : tensor<f32>, tensor<3x19xf32> -> tensor<3x19xf32>
  %xg = gan.mul %x, %g : tensor<3x19xf32>
  %right = gan.reduce_sum %xg dims [0, 1] : tensor<3x19xf32> -> tensor<f32>
  %minus = gan.neg %right : tensor<f32>
  %d = gan.add %left, %minus : tensor<f32>
  return %d : tensor<f32>
}

// A crop at an offset of its own for each sample.
func.func @crop(%x: tensor<3x2x6x7xf32>, %y: tensor<3x2x4x4xf32>, %s: tensor<3x2xi32>) -> tensor<f32>
    attributes {cases = [{inputs = ["normal 1", "normal 2", "integer 3 4"], results = [dense<0.0> : tensor<f64>], tolerance = 1.0e-5}]} {
  %a = gan.dynamic_slice %x, %s : tensor<3x2x6x7xf32>, tensor<3x2xi32> -> tensor<3x2x4x4xf32>
  %ay = gan.mul %a, %y : tensor<3x2x4x4xf32>
  %left = gan.reduce_sum %ay dims [0, 1, 2, 3] : tensor<3x2x4x4xf32> -> tensor<f32>
  %g = gan.grad %left wrt %x : tensor<f32>, tensor<3x2x6x7xf32> -> tensor<3x2x6x7xf32>
  %xg = gan.mul %x, %g : tensor<3x2x6x7xf32>
  %right = gan.reduce_sum %xg dims [0, 1, 2, 3] : tensor<3x2x6x7xf32> -> tensor<f32>
  %minus = gan.neg %right : tensor<f32>
  %d = gan.add %left, %minus : tensor<f32>
  return %d : tensor<f32>
}

// A part replaced: what was there does not count.
func.func @replace(%x: tensor<2x4xf32>, %y: tensor<2x9xf32>, %s: tensor<1xi32>) -> tensor<f32>
    attributes {cases = [{inputs = ["normal 1", "normal 2", "integer 3 5"], results = [dense<0.0> : tensor<f64>], tolerance = 1.0e-5}]} {
  %z = gan.constant dense<0.0> : tensor<2x9xf32>
  %a = gan.dynamic_update_slice %z, %x, %s : tensor<2x9xf32>, tensor<2x4xf32>, tensor<1xi32>
  %ay = gan.mul %a, %y : tensor<2x9xf32>
  %left = gan.reduce_sum %ay dims [0, 1] : tensor<2x9xf32> -> tensor<f32>
  %g = gan.grad %left wrt %x : tensor<f32>, tensor<2x4xf32> -> tensor<2x4xf32>
  %xg = gan.mul %x, %g : tensor<2x4xf32>
  %right = gan.reduce_sum %xg dims [0, 1] : tensor<2x4xf32> -> tensor<f32>
  %minus = gan.neg %right : tensor<f32>
  %d = gan.add %left, %minus : tensor<f32>
  return %d : tensor<f32>
}
