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
