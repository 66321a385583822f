// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanShapeOps.td.

func.func @reshape_c1(%x: tensor<2x6xf32>) -> tensor<3x5xf32> {
  // expected-error@+1 {{'gan.reshape' op expected the operand's number of elements in the result (C1), got 'tensor<2x6xf32>' and 'tensor<3x5xf32>'}}
  %y = gan.reshape %x : tensor<2x6xf32> -> tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// -----

func.func @transpose_c1(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // expected-error@+1 {{'gan.transpose' op expected a permutation of the operand's 2 axes (C1), got [1, 1]}}
  %y = gan.transpose %x permutation [1, 1] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

func.func @transpose_c2(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.transpose' op expected result shape [3, 2] (C2), got [2, 3]}}
  %y = gan.transpose %x permutation [1, 0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @reverse_c1(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.reverse' op expected dims to be distinct axes of rank 2 in increasing order (C1), got [1, 0]}}
  %y = gan.reverse %x dims [1, 0] : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @reverse_c2(%x: tensor<2x3xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.reverse' op requires the same type for all operands and results}}
  %y = "gan.reverse"(%x) <{dims = array<i64: 1>}> : (tensor<2x3xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @broadcast_c1(%x: tensor<3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.broadcast' op expected dims to be distinct axes of rank 2 in increasing order (C1), got [2]}}
  %y = gan.broadcast %x dims [2] : tensor<3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @broadcast_c2(%x: tensor<3xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.broadcast' op expected operand shape [4], the result's without dims (C2), got [3]}}
  %y = gan.broadcast %x dims [0] : tensor<3xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @concat_c1(%a: tensor<2x3xf32>, %b: tensor<2xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.concat' op expected operands of the result's rank and element type (C1), got 'tensor<2xf32>' and 'tensor<2x4xf32>'}}
  %y = gan.concat %a, %b dim 1 : tensor<2x3xf32>, tensor<2xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @concat_c1_without_operands() -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.concat' op expected at least one operand (C1)}}
  %y = "gan.concat"() <{dim = 1 : i64}> : () -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @concat_c2(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.concat' op expected dim to be an axis of rank 2 (C2), got 2}}
  %y = gan.concat %a dim 2 : tensor<2x3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @concat_c3(%a: tensor<2x3xf32>, %b: tensor<3x1xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'gan.concat' op expected equal dimensions beside 1 (C3), got 'tensor<3x1xf32>' and 'tensor<2x4xf32>'}}
  %y = gan.concat %a, %b dim 1 : tensor<2x3xf32>, tensor<3x1xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

func.func @concat_c3_sum(%a: tensor<2x3xf32>, %b: tensor<2x1xf32>) -> tensor<2x5xf32> {
  // expected-error@+1 {{'gan.concat' op expected dimension 1 of the result to be 4 (C3), got 5}}
  %y = gan.concat %a, %b dim 1 : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// -----

func.func @slice_c1(%x: tensor<4x6xf32>) -> tensor<2x6xf32> {
  // expected-error@+1 {{'gan.slice' op expected one start, stop and stride per axis of rank 2 (C1)}}
  %y = gan.slice %x start [1] stop [3] stride [1] : tensor<4x6xf32> -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// -----

func.func @slice_c2(%x: tensor<4x6xf32>) -> tensor<2x6xf32> {
  // expected-error@+1 {{'gan.slice' op expected 0 <= start <= stop <= 4 and a positive stride on axis 0 (C2), got 3, 5, 1}}
  %y = gan.slice %x start [3, 0] stop [5, 6] stride [1, 1] : tensor<4x6xf32> -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// -----

func.func @slice_c2_stride(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{and a positive stride on axis 0 (C2), got 0, 4, 0}}
  %y = gan.slice %x start [0] stop [4] stride [0] : tensor<4xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @slice_c3(%x: tensor<5xf32>) -> tensor<2xf32> {
  // expected-error@+1 {{'gan.slice' op expected result shape [3] (C3), got [2]}}
  %y = gan.slice %x start [0] stop [5] stride [2] : tensor<5xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @pad_c1(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{'gan.pad' op expected one low, high and non-negative interior per axis of rank 1 (C1)}}
  %y = gan.pad %x low [0] high [0] interior [-1] : tensor<3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @pad_c2(%x: tensor<3xf32>) -> tensor<6xf32> {
  // expected-error@+1 {{'gan.pad' op expected result dimension 0 to be 7 and not negative (C2), got 'tensor<6xf32>'}}
  %y = gan.pad %x low [1] high [1] interior [1] : tensor<3xf32> -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// -----

func.func @pad_c2_negative(%x: tensor<3xf32>) -> tensor<1xf32> {
  // expected-error@+1 {{'gan.pad' op expected result dimension 0 to be -1 and not negative (C2)}}
  %y = gan.pad %x low [-4] high [0] interior [0] : tensor<3xf32> -> tensor<1xf32>
  return %y : tensor<1xf32>
}
