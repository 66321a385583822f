// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanConvOps.td and of their geometry.

func.func @dot_c1(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.dot' op expected distinct axes in batch and contract (C1)}}
  %y = gan.dot %a, %b batch [1] [0] contract [1] [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @dot_c2(%a: tensor<2x3xf32>, %b: tensor<5x4xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.dot' op expected paired axes of equal length (C2), got 'tensor<2x3xf32>' and 'tensor<5x4xf32>'}}
  %y = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<5x4xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @dot_c2_lists(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.dot' op expected paired axes of equal length (C2)}}
  %y = gan.dot %a, %b batch [] [] contract [1] [0, 1] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @dot_c3(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> tensor<4x2xf32> {
  // expected-error@+1 {{'gan.dot' op expected result shape [2, 4] (C3), got [4, 2]}}
  %y = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----

func.func @conv_c1(%x: tensor<1x3x8x8xf32>, %w: tensor<16x3x4xf32>) -> tensor<1x16x4x4xf32> {
  // expected-error@+1 {{'gan.conv' op expected weight of rank 4, two more than the geometry's axes (C1), got 'tensor<16x3x4xf32>'}}
  %y = gan.conv %x, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<1x3x8x8xf32>, tensor<16x3x4xf32> -> tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}

// -----

func.func @conv_c2(%x: tensor<1x3x8xf32>, %w: tensor<4x1x3xf32>) -> tensor<1x4x8xf32> {
  // expected-error@+1 {{'gan.conv' op expected channels that fit 2 groups (C2), got 'tensor<1x3x8xf32>', 'tensor<4x1x3xf32>' and 'tensor<1x4x8xf32>'}}
  %y = gan.conv %x, %w geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 2> : tensor<1x3x8xf32>, tensor<4x1x3xf32> -> tensor<1x4x8xf32>
  return %y : tensor<1x4x8xf32>
}

// -----

func.func @conv_c3(%x: tensor<1x3x8xf32>, %w: tensor<4x3x3xf32>) -> tensor<1x4x7xf32> {
  // expected-error@+1 {{'gan.conv' op expected output size 8, positive, on space axis 0 (C3), got 7}}
  %y = gan.conv %x, %w geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<1x3x8xf32>, tensor<4x3x3xf32> -> tensor<1x4x7xf32>
  return %y : tensor<1x4x7xf32>
}

// -----

func.func @conv_grad_input_c1(%w: tensor<4x3x3xf32>, %y: tensor<1x4xf32>) -> tensor<1x3x8xf32> {
  // expected-error@+1 {{'gan.conv_grad_input' op expected output of rank 3, two more than the geometry's axes (C1), got 'tensor<1x4xf32>'}}
  %x = gan.conv_grad_input %w, %y geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<4x3x3xf32>, tensor<1x4xf32> -> tensor<1x3x8xf32>
  return %x : tensor<1x3x8xf32>
}

// -----

func.func @conv_grad_input_c2(%w: tensor<4x3x3xf32>, %y: tensor<1x5x8xf32>) -> tensor<1x3x8xf32> {
  // expected-error@+1 {{'gan.conv_grad_input' op expected channels that fit 1 groups (C2), got 'tensor<1x3x8xf32>', 'tensor<4x3x3xf32>' and 'tensor<1x5x8xf32>'}}
  %x = gan.conv_grad_input %w, %y geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<4x3x3xf32>, tensor<1x5x8xf32> -> tensor<1x3x8xf32>
  return %x : tensor<1x3x8xf32>
}

// -----

func.func @conv_grad_input_c3(%w: tensor<4x3x4xf32>, %y: tensor<1x4x4xf32>) -> tensor<1x3x10xf32> {
  // expected-error@+1 {{'gan.conv_grad_input' op expected output size 5, positive, on space axis 0 (C3), got 4}}
  %x = gan.conv_grad_input %w, %y geometry <stride = [2], dilation = [1], low = [1], high = [1], groups = 1> : tensor<4x3x4xf32>, tensor<1x4x4xf32> -> tensor<1x3x10xf32>
  return %x : tensor<1x3x10xf32>
}

// -----

func.func @conv_grad_weight_c1(%x: tensor<1x3x8xf32>, %y: tensor<1x4x8xf32>) -> tensor<4x3xf32> {
  // expected-error@+1 {{'gan.conv_grad_weight' op expected weight of rank 3, two more than the geometry's axes (C1), got 'tensor<4x3xf32>'}}
  %w = gan.conv_grad_weight %x, %y geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<1x3x8xf32>, tensor<1x4x8xf32> -> tensor<4x3xf32>
  return %w : tensor<4x3xf32>
}

// -----

func.func @conv_grad_weight_c2(%x: tensor<2x3x8xf32>, %y: tensor<1x4x8xf32>) -> tensor<4x3x3xf32> {
  // expected-error@+1 {{'gan.conv_grad_weight' op expected channels that fit 1 groups (C2), got 'tensor<2x3x8xf32>', 'tensor<4x3x3xf32>' and 'tensor<1x4x8xf32>'}}
  %w = gan.conv_grad_weight %x, %y geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<2x3x8xf32>, tensor<1x4x8xf32> -> tensor<4x3x3xf32>
  return %w : tensor<4x3x3xf32>
}

// -----

func.func @conv_grad_weight_c3(%x: tensor<1x3x2xf32>, %y: tensor<1x4x1xf32>) -> tensor<4x3x3xf32> {
  // expected-error@+1 {{'gan.conv_grad_weight' op expected output size 0, positive, on space axis 0 (C3), got 1}}
  %w = gan.conv_grad_weight %x, %y geometry <stride = [1], dilation = [1], low = [0], high = [0], groups = 1> : tensor<1x3x2xf32>, tensor<1x4x1xf32> -> tensor<4x3x3xf32>
  return %w : tensor<4x3x3xf32>
}

// -----

func.func @geometry_lists(%x: tensor<1x3x8xf32>, %w: tensor<4x3x3xf32>) {
  // expected-error@+1 {{geometry expected one number per space axis (C1)}}
  %y = gan.conv %x, %w geometry <stride = [1], dilation = [1, 1], low = [1], high = [1], groups = 1> : tensor<1x3x8xf32>, tensor<4x3x3xf32> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @geometry_positive(%x: tensor<1x3x8xf32>, %w: tensor<4x3x3xf32>) {
  // expected-error@+1 {{geometry expected positive stride, dilation and groups (C2)}}
  %y = gan.conv %x, %w geometry <stride = [0], dilation = [1], low = [1], high = [1], groups = 1> : tensor<1x3x8xf32>, tensor<4x3x3xf32> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @geometry_not_negative(%x: tensor<1x3x8xf32>, %w: tensor<4x3x3xf32>) {
  // expected-error@+1 {{geometry expected low and high not negative (C2)}}
  %y = gan.conv %x, %w geometry <stride = [1], dilation = [1], low = [-1], high = [1], groups = 1> : tensor<1x3x8xf32>, tensor<4x3x3xf32> -> tensor<1x4x8xf32>
  return
}
