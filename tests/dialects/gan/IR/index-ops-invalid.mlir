// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanIndexOps.td.

func.func @iota_c1() -> tensor<2x3xi32> {
  // expected-error@+1 {{'gan.iota' op expected dim to be an axis of rank 2 (C1), got -1}}
  %y = gan.iota dim -1 : tensor<2x3xi32>
  return %y : tensor<2x3xi32>
}

// -----

func.func @gather_c1(%x: tensor<5x3xf32>, %i: tensor<4xi32>) -> tensor<5x4xf32> {
  // expected-error@+1 {{'gan.gather' op expected dim to be an axis of rank 2 (C1), got 2}}
  %y = gan.gather %x, %i dim 2 : tensor<5x3xf32>, tensor<4xi32> -> tensor<5x4xf32>
  return %y : tensor<5x4xf32>
}

// -----

func.func @gather_c2(%x: tensor<5x3xf32>, %i: tensor<4xi32>) -> tensor<3x4xf32> {
  // expected-error@+1 {{'gan.gather' op expected result shape [4, 3] (C2), got [3, 4]}}
  %y = gan.gather %x, %i dim 0 : tensor<5x3xf32>, tensor<4xi32> -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// -----

func.func @scatter_add_c1(%x: tensor<5x3xf32>, %i: tensor<4xi32>, %u: tensor<4x3xf32>) -> tensor<5x3xf32> {
  // expected-error@+1 {{'gan.scatter_add' op expected dim to be an axis of rank 2 (C1), got 5}}
  %y = gan.scatter_add %x, %i, %u dim 5 : tensor<5x3xf32>, tensor<4xi32>, tensor<4x3xf32>
  return %y : tensor<5x3xf32>
}

// -----

func.func @scatter_add_c2(%x: tensor<5x3xf32>, %i: tensor<4xi32>, %u: tensor<3x4xf32>) -> tensor<5x3xf32> {
  // expected-error@+1 {{'gan.scatter_add' op expected updates of shape [4, 3] (C2), got [3, 4]}}
  %y = gan.scatter_add %x, %i, %u dim 0 : tensor<5x3xf32>, tensor<4xi32>, tensor<3x4xf32>
  return %y : tensor<5x3xf32>
}

// -----

func.func @scatter_add_c3(%x: tensor<5x3xf32>, %i: tensor<4xi32>, %u: tensor<4x3xf32>) -> tensor<6x3xf32> {
  // expected-error@+1 {{'gan.scatter_add' op failed to verify that all of {base, result} have same type}}
  %y = "gan.scatter_add"(%x, %i, %u) <{dim = 0 : i64}> : (tensor<5x3xf32>, tensor<4xi32>, tensor<4x3xf32>) -> tensor<6x3xf32>
  return %y : tensor<6x3xf32>
}

// -----

func.func @gather_c3(%x: tensor<5x3xf32>, %i: tensor<4x2xi32>) -> tensor<5x2xf32> {
  // expected-error@+1 {{'gan.gather' op expected batch from 0 to dim, of axes that the index has too (C3), got 1}}
  %y = gan.gather %x, %i dim 1 batch 1 : tensor<5x3xf32>, tensor<4x2xi32> -> tensor<5x2xf32>
  return %y : tensor<5x2xf32>
}

// -----

func.func @gather_c3_behind(%x: tensor<5x3xf32>, %i: tensor<5x2xi32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.gather' op expected batch from 0 to dim, of axes that the index has too (C3), got 1}}
  %y = gan.gather %x, %i dim 0 batch 1 : tensor<5x3xf32>, tensor<5x2xi32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @scatter_add_c4(%x: tensor<5x3xf32>, %i: tensor<4x2xi32>, %u: tensor<5x2xf32>) -> tensor<5x3xf32> {
  // expected-error@+1 {{'gan.scatter_add' op expected batch from 0 to dim, of axes that the index has too (C4), got 1}}
  %y = gan.scatter_add %x, %i, %u dim 1 batch 1 : tensor<5x3xf32>, tensor<4x2xi32>, tensor<5x2xf32>
  return %y : tensor<5x3xf32>
}

// -----

func.func @dynamic_slice_c1(%x: tensor<4x6xf32>, %s: tensor<3x1xi32>) -> tensor<4x5xf32> {
  // expected-error@+1 {{'gan.dynamic_slice' op expected starts of the last axes for each position of the first ones (C1), got shape [3, 1]}}
  %y = gan.dynamic_slice %x, %s : tensor<4x6xf32>, tensor<3x1xi32> -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----

func.func @dynamic_slice_c1_many(%x: tensor<4x6xf32>, %s: tensor<4x2xi32>) -> tensor<4x5xf32> {
  // expected-error@+1 {{'gan.dynamic_slice' op expected starts of the last axes for each position of the first ones (C1), got shape [4, 2]}}
  %y = gan.dynamic_slice %x, %s : tensor<4x6xf32>, tensor<4x2xi32> -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----

func.func @dynamic_slice_c2(%x: tensor<4x6xf32>, %s: tensor<1xi32>) -> tensor<3x5xf32> {
  // expected-error@+1 {{'gan.dynamic_slice' op expected a part no larger than [4, 6] along the last 1 axes (C2), got [3, 5]}}
  %y = gan.dynamic_slice %x, %s : tensor<4x6xf32>, tensor<1xi32> -> tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// -----

func.func @dynamic_update_slice_c1(%x: tensor<4x6xf32>, %u: tensor<4x5xf32>, %s: tensor<i32>) -> tensor<4x6xf32> {
  // expected-error@+1 {{'gan.dynamic_update_slice' op expected starts of the last axes for each position of the first ones (C1), got shape []}}
  %y = gan.dynamic_update_slice %x, %u, %s : tensor<4x6xf32>, tensor<4x5xf32>, tensor<i32>
  return %y : tensor<4x6xf32>
}

// -----

func.func @dynamic_update_slice_c2(%x: tensor<4x6xf32>, %u: tensor<4x7xf32>, %s: tensor<1xi32>) -> tensor<4x6xf32> {
  // expected-error@+1 {{'gan.dynamic_update_slice' op expected a part no larger than [4, 6] along the last 1 axes (C2), got [4, 7]}}
  %y = gan.dynamic_update_slice %x, %u, %s : tensor<4x6xf32>, tensor<4x7xf32>, tensor<1xi32>
  return %y : tensor<4x6xf32>
}

// -----

func.func @dynamic_update_slice_c3(%x: tensor<4x6xf32>, %u: tensor<4x5xf32>, %s: tensor<1xi32>) -> tensor<4x7xf32> {
  // expected-error@+1 {{'gan.dynamic_update_slice' op failed to verify that all of {base, result} have same type}}
  %y = "gan.dynamic_update_slice"(%x, %u, %s) : (tensor<4x6xf32>, tensor<4x5xf32>, tensor<1xi32>) -> tensor<4x7xf32>
  return %y : tensor<4x7xf32>
}
