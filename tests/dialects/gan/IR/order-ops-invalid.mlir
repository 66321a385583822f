// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanOrderOps.td.

func.func @arg_max_c1(%x: tensor<2x5xf32>) -> tensor<2xi32> {
  // expected-error@+1 {{'gan.arg_max' op expected dim to be an axis of rank 2 (C1), got 2}}
  %y = gan.arg_max %x dim 2 : tensor<2x5xf32> -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @arg_max_c2(%x: tensor<2x5xf32>) -> tensor<5xi32> {
  // expected-error@+1 {{'gan.arg_max' op expected result shape [2] (C2), got [5]}}
  %y = gan.arg_max %x dim 1 : tensor<2x5xf32> -> tensor<5xi32>
  return %y : tensor<5xi32>
}

// -----

func.func @arg_max_c3(%x: tensor<2x0xf32>) -> tensor<2xi32> {
  // expected-error@+1 {{'gan.arg_max' op expected at least one element (C3)}}
  %y = gan.arg_max %x dim 1 : tensor<2x0xf32> -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @arg_min_c1(%x: tensor<2x5xf32>) -> tensor<2xi32> {
  // expected-error@+1 {{'gan.arg_min' op expected dim to be an axis of rank 2 (C1), got 2}}
  %y = gan.arg_min %x dim 2 : tensor<2x5xf32> -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @arg_min_c2(%x: tensor<2x5xf32>) -> tensor<5xi32> {
  // expected-error@+1 {{'gan.arg_min' op expected result shape [2] (C2), got [5]}}
  %y = gan.arg_min %x dim 1 : tensor<2x5xf32> -> tensor<5xi32>
  return %y : tensor<5xi32>
}

// -----

func.func @arg_min_c3(%x: tensor<2x0xf32>) -> tensor<2xi32> {
  // expected-error@+1 {{'gan.arg_min' op expected at least one element (C3)}}
  %y = gan.arg_min %x dim 1 : tensor<2x0xf32> -> tensor<2xi32>
  return %y : tensor<2xi32>
}

// -----

func.func @sort_c1(%x: tensor<2x5xf32>) -> tensor<2x5xi32> {
  // expected-error@+1 {{'gan.sort' op expected dim to be an axis of rank 2 (C1), got -1}}
  %y = gan.sort %x dim -1 count 5 : tensor<2x5xf32> -> tensor<2x5xi32>
  return %y : tensor<2x5xi32>
}

// -----

func.func @sort_c2(%x: tensor<2x5xf32>) -> tensor<2x6xi32> {
  // expected-error@+1 {{'gan.sort' op expected count from 0 to 5 (C2), got 6}}
  %y = gan.sort %x dim 1 count 6 : tensor<2x5xf32> -> tensor<2x6xi32>
  return %y : tensor<2x6xi32>
}

// -----

func.func @sort_c3(%x: tensor<2x5xf32>) -> tensor<2x5xi32> {
  // expected-error@+1 {{'gan.sort' op expected result shape [2, 3] (C3), got [2, 5]}}
  %y = gan.sort %x dim 1 count 3 : tensor<2x5xf32> -> tensor<2x5xi32>
  return %y : tensor<2x5xi32>
}

// -----

func.func @window_arg_max_c1(%x: tensor<2x5xf32>) -> tensor<2x4xi32> {
  // expected-error@+1 {{'gan.window_arg_max' op expected one positive window, stride and dilation and one low and high of 0 or more for each of the last axes (C1)}}
  %y = gan.window_arg_max %x window [2] stride [0] dilation [1] low [0] high [0] : tensor<2x5xf32> -> tensor<2x4xi32>
  return %y : tensor<2x4xi32>
}

// -----

func.func @window_arg_max_c2(%x: tensor<2x5xf32>) -> tensor<2x5xi32> {
  // expected-error@+1 {{'gan.window_arg_max' op expected result shape [2, 4] (C2), got [2, 5]}}
  %y = gan.window_arg_max %x window [2] stride [1] dilation [1] low [0] high [0] : tensor<2x5xf32> -> tensor<2x5xi32>
  return %y : tensor<2x5xi32>
}

// -----

func.func @window_arg_max_c3(%x: tensor<2x5xf32>) -> tensor<2x6xi32> {
  // expected-error@+1 {{'gan.window_arg_max' op expected every window to meet an element (C3), window 0 does not}}
  %y = gan.window_arg_max %x window [2] stride [1] dilation [1] low [2] high [0] : tensor<2x5xf32> -> tensor<2x6xi32>
  return %y : tensor<2x6xi32>
}

// -----

func.func @window_arg_max_c3_behind(%x: tensor<2x5xf32>) -> tensor<2x6xi32> {
  // expected-error@+1 {{'gan.window_arg_max' op expected every window to meet an element (C3), window 5 does not}}
  %y = gan.window_arg_max %x window [2] stride [1] dilation [1] low [0] high [2] : tensor<2x5xf32> -> tensor<2x6xi32>
  return %y : tensor<2x6xi32>
}

// -----

func.func @window_arg_max_c4(%x: tensor<65536x65536xf32>) -> tensor<32768x32768xi32> {
  // expected-error@+1 {{'gan.window_arg_max' op expected less than 2^31 elements to choose from (C4)}}
  %y = gan.window_arg_max %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<65536x65536xf32> -> tensor<32768x32768xi32>
  return %y : tensor<32768x32768xi32>
}

// -----

func.func @max_pool_c1(%x: tensor<2x5xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.max_pool' op expected one positive window, stride and dilation and one low and high of 0 or more for each of the last axes (C1)}}
  %y = gan.max_pool %x window [2] stride [0] dilation [1] low [0] high [0] : tensor<2x5xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @max_pool_c2(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  // expected-error@+1 {{'gan.max_pool' op expected result shape [2, 4] (C2), got [2, 5]}}
  %y = gan.max_pool %x window [2] stride [1] dilation [1] low [0] high [0] : tensor<2x5xf32> -> tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// -----

func.func @max_pool_c3(%x: tensor<2x5xf32>) -> tensor<2x6xf32> {
  // expected-error@+1 {{'gan.max_pool' op expected every window to meet an element (C3), window 0 does not}}
  %y = gan.max_pool %x window [2] stride [1] dilation [1] low [2] high [0] : tensor<2x5xf32> -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// -----

func.func @max_pool_c3_behind(%x: tensor<2x5xf32>) -> tensor<2x6xf32> {
  // expected-error@+1 {{'gan.max_pool' op expected every window to meet an element (C3), window 5 does not}}
  %y = gan.max_pool %x window [2] stride [1] dilation [1] low [0] high [2] : tensor<2x5xf32> -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// -----

func.func @max_pool_c4(%x: tensor<65536x65536xf32>) -> tensor<32768x32768xf32> {
  // expected-error@+1 {{'gan.max_pool' op expected less than 2^31 elements to choose from (C4)}}
  %y = gan.max_pool %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<65536x65536xf32> -> tensor<32768x32768xf32>
  return %y : tensor<32768x32768xf32>
}
