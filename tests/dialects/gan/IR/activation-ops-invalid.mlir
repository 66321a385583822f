// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanActivationOps.td.

func.func @softmax_c1(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
  // expected-error@+1 {{'gan.softmax' op expected dim to be an axis of rank 2 (C1), got 2}}
  %y = gan.softmax %x dim 2 : tensor<2x10xf32>
  return %y : tensor<2x10xf32>
}

// -----

func.func @softmax_c2(%x: tensor<2x10xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.softmax' op requires the same type for all operands and results}}
  %y = "gan.softmax"(%x) <{dim = 1 : i64}> : (tensor<2x10xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @log_softmax_c1(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
  // expected-error@+1 {{'gan.log_softmax' op expected dim to be an axis of rank 2 (C1), got -1}}
  %y = gan.log_softmax %x dim -1 : tensor<2x10xf32>
  return %y : tensor<2x10xf32>
}

// -----

func.func @log_softmax_c2(%x: tensor<2x10xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.log_softmax' op requires the same type for all operands and results}}
  %y = "gan.log_softmax"(%x) <{dim = 1 : i64}> : (tensor<2x10xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @log_sum_exp_c1(%x: tensor<2x10xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.log_sum_exp' op expected dim to be an axis of rank 2 (C1), got 3}}
  %y = gan.log_sum_exp %x dim 3 : tensor<2x10xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @log_sum_exp_c2(%x: tensor<2x10xf32>) -> tensor<10xf32> {
  // expected-error@+1 {{'gan.log_sum_exp' op expected result shape [2] (C2), got [10]}}
  %y = gan.log_sum_exp %x dim 1 : tensor<2x10xf32> -> tensor<10xf32>
  return %y : tensor<10xf32>
}

// -----

func.func @norm_c1(%x: tensor<2x3x4xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.norm' op expected dims to be distinct axes of rank 3 in increasing order (C1), got [2, 1]}}
  %y = gan.norm %x dims [2, 1] : tensor<2x3x4xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @norm_c2(%x: tensor<2x3x4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'gan.norm' op expected result shape [2] (C2), got [4]}}
  %y = gan.norm %x dims [1, 2] : tensor<2x3x4xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @dropout_c1(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.dropout' op expected 0 <= ratio < 1 (C1), got 1}}
  %y = gan.dropout %x ratio 1.0 : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @dropout_c2(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // expected-error@+1 {{'gan.dropout' op requires the same type for all operands and results}}
  %y = "gan.dropout"(%x) <{ratio = 0.5 : f64}> : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
