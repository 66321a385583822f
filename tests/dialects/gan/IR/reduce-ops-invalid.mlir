// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanReduceOps.td.

func.func @reduce_sum_c1(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.reduce_sum' op expected dims to be distinct axes of rank 2 in increasing order (C1), got [1, 1]}}
  %y = gan.reduce_sum %x dims [1, 1] : tensor<2x3xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @reduce_sum_c2(%x: tensor<2x3xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{'gan.reduce_sum' op expected result shape [2], the operand's without dims (C2), got [3]}}
  %y = gan.reduce_sum %x dims [1] : tensor<2x3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @reduce_max_c1(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.reduce_max' op expected dims to be distinct axes of rank 2 in increasing order (C1), got [2]}}
  %y = gan.reduce_max %x dims [2] : tensor<2x3xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @reduce_max_c2(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.reduce_max' op expected result shape [2], the operand's without dims (C2), got [2, 3]}}
  %y = gan.reduce_max %x dims [1] : tensor<2x3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @reduce_min_c1(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.reduce_min' op expected dims to be distinct axes of rank 2 in increasing order (C1), got [-1]}}
  %y = gan.reduce_min %x dims [-1] : tensor<2x3xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @reduce_min_c2(%x: tensor<2x3xf32>) -> tensor<f32> {
  // expected-error@+1 {{'gan.reduce_min' op expected result shape [2], the operand's without dims (C2), got []}}
  %y = gan.reduce_min %x dims [1] : tensor<2x3xf32> -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @moments_c1(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.moments' op expected dims to be distinct axes of rank 2 in increasing order (C1), got [1, 0]}}
  %m, %v = gan.moments %x dims [1, 0] : tensor<2x3xf32> -> tensor<2xf32>
  return %m : tensor<2xf32>
}

// -----

func.func @moments_c2(%x: tensor<2x3xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{'gan.moments' op expected result shape [2], the operand's without dims (C2), got [3]}}
  %m, %v = gan.moments %x dims [1] : tensor<2x3xf32> -> tensor<3xf32>
  return %m : tensor<3xf32>
}

// -----

func.func @moments_c3(%x: tensor<2x0xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.moments' op expected at least one element to reduce (C3)}}
  %m, %v = gan.moments %x dims [1] : tensor<2x0xf32> -> tensor<2xf32>
  return %m : tensor<2xf32>
}

// -----

func.func @window_sum_c1(%x: tensor<7xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{'gan.window_sum' op expected one positive window and stride per axis of rank 1 (C1)}}
  %y = gan.window_sum %x window [3] stride [0] : tensor<7xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @window_sum_c2(%x: tensor<7xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'gan.window_sum' op expected result shape [3] (C2), got [4]}}
  %y = gan.window_sum %x window [3] stride [2] : tensor<7xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @cumsum_c1(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  // expected-error@+1 {{'gan.cumsum' op expected dim to be an axis of rank 2 (C1), got 2}}
  %y = gan.cumsum %x dim 2 : tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// -----

func.func @cumsum_c2(%x: tensor<2x5xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.cumsum' op requires the same type for all operands and results}}
  %y = "gan.cumsum"(%x) <{dim = 1 : i64}> : (tensor<2x5xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}
