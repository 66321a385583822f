// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanNormOps.td.

func.func @batch_norm_c1(%x: tensor<8x3x4xf32>, %s: tensor<4xf32>) -> tensor<8x3x4xf32> {
  // expected-error@+1 {{'gan.batch_norm' op expected rank 2 or more and vectors of its dimension 1 (C1), got 'tensor<8x3x4xf32>' and 'tensor<4xf32>'}}
  %y, %m, %v = gan.batch_norm batch %x, %s, %s, %s, %s epsilon 1.0e-5 momentum 0.9 : tensor<8x3x4xf32>, tensor<4xf32>
  return %y : tensor<8x3x4xf32>
}

// -----

func.func @batch_norm_c1_rank(%x: tensor<8xf32>, %s: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{'gan.batch_norm' op expected rank 2 or more}}
  %y, %m, %v = gan.batch_norm running %x, %s, %s, %s, %s epsilon 1.0e-5 momentum 0.9 : tensor<8xf32>, tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

func.func @batch_norm_c2(%x: tensor<1x3xf32>, %s: tensor<3xf32>) -> tensor<1x3xf32> {
  // expected-error@+1 {{'gan.batch_norm' op expected more than one element per channel for an unbiased variance (C2)}}
  %y, %m, %v = "gan.batch_norm"(%x, %s, %s, %s, %s) <{statistics = #gan<statistics batch>, epsilon = 1.0e-5 : f64, momentum = 0.9 : f64, unbiased}> : (tensor<1x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<1x3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y : tensor<1x3xf32>
}

// -----

func.func @instance_norm_c1(%x: tensor<8x3xf32>, %s: tensor<3xf32>) -> tensor<8x3xf32> {
  // expected-error@+1 {{'gan.instance_norm' op expected rank 3 or more and vectors of its dimension 1 (C1), got 'tensor<8x3xf32>' and 'tensor<3xf32>'}}
  %y = gan.instance_norm %x, %s, %s epsilon 1.0e-5 : tensor<8x3xf32>, tensor<3xf32>
  return %y : tensor<8x3xf32>
}

// -----

func.func @layer_norm_c1(%x: tensor<8x6xf32>, %s: tensor<6xf32>) -> tensor<8x6xf32> {
  // expected-error@+1 {{'gan.layer_norm' op expected axis to be an axis of rank 2 (C1), got 2}}
  %y = gan.layer_norm %x, %s, %s axis 2 epsilon 1.0e-5 : tensor<8x6xf32>, tensor<6xf32>
  return %y : tensor<8x6xf32>
}

// -----

func.func @layer_norm_c2(%x: tensor<8x5x6xf32>, %s: tensor<6xf32>) -> tensor<8x5x6xf32> {
  // expected-error@+1 {{'gan.layer_norm' op expected scale and bias of shape [5, 6] (C2), got 'tensor<6xf32>'}}
  %y = gan.layer_norm %x, %s, %s axis 1 epsilon 1.0e-5 : tensor<8x5x6xf32>, tensor<6xf32>
  return %y : tensor<8x5x6xf32>
}
