// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in KernelOps.td.

kernel.define @define_c1(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'gan.softmax' op expected only gan primitives in a kernel (C1)}}
  %y = gan.softmax %a dim 1 : tensor<2x3xf32>
  kernel.return %y : tensor<2x3xf32>
}

// -----

// expected-error@+1 {{'kernel.define' op expected kernel.return of the result types ('tensor<4xf32>') (C1)}}
kernel.define @define_c1_result(%a: tensor<8xf32>) -> tensor<4xf32> {
  kernel.return %a : tensor<8xf32>
}

// -----

// expected-error@+1 {{'kernel.define' op expected shapes without ? in a kernel that is not batched (C2), got 'tensor<?xf32>'}}
kernel.define @define_c2(%a: tensor<?xf32>) -> tensor<?xf32> {
  kernel.return %a : tensor<?xf32>
}

// -----

// expected-error@+1 {{'kernel.define' op expected at most 1 columns (C2), got 2}}
kernel.define @define_c2_columns(%a: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 2 : i64} {
  kernel.return %a : tensor<?xf32>
}

// -----

// expected-error@+1 {{'kernel.define' op expected a layout that permutes the axes of 'tensor<2x3xf32>' (C3)}}
kernel.define @define_c3(%a: tensor<2x3xf32> {kernel.layout = array<i64: 1, 1>}) -> tensor<2x3xf32> {
  kernel.return %a : tensor<2x3xf32>
}

// -----

func.func @call_c1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{'kernel.call' op expected 'k000' to be a kernel without columns (C1)}}
  %y = kernel.call @k000(%x) : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

kernel.define @k000(%a: tensor<8xf32>) -> tensor<8xf32> {
  kernel.return %a : tensor<8xf32>
}
func.func @call_c1_types(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'kernel.call' op expected the types of 'k000', '(tensor<8xf32>) -> tensor<8xf32>' (C1)}}
  %y = kernel.call @k000(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

kernel.define @k000(%a: tensor<8xf32>) -> tensor<8xf32> {
  kernel.return %a : tensor<8xf32>
}
func.func @batch_c1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{'kernel.batch' op expected 'k000' to be a kernel with columns (C1)}}
  %y = kernel.batch @k000 rows(%x) : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

kernel.define @k000(%a: tensor<?xf32>, %s: tensor<f32>) -> tensor<?xf32> attributes {columns = 1 : i64} {
  kernel.return %a : tensor<?xf32>
}
func.func @batch_c1_shared(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{'kernel.batch' op expected shared operands of the kernel's last argument types (C1)}}
  %y = kernel.batch @k000 rows(%x) : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

kernel.define @k000(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 2 : i64} {
  kernel.return %a : tensor<?xf32>
}
func.func @batch_c2(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{'kernel.batch' op expected rows of 2 operands and 1 results (C2), got 1 and 1}}
  %y = kernel.batch @k000 rows(%x) : (tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

kernel.define @k000(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 2 : i64} {
  kernel.return %a : tensor<?xf32>
}
func.func @batch_c3(%x: tensor<8xf32>, %z: tensor<9xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{'kernel.batch' op expected tensors of one size in row 0 (C3)}}
  %y = kernel.batch @k000 rows(%x, %z) : (tensor<8xf32>, tensor<9xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

kernel.define @k000(%a: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) attributes {columns = 1 : i64} {
  kernel.return %a, %a : tensor<?xf32>, tensor<?xf32>
}
func.func @batch_c3_results(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{'kernel.batch' op expected results of one size in row 0 (C3)}}
  %y:2 = kernel.batch @k000 rows(%x) : (tensor<8xf32>) -> (tensor<8xf32>, tensor<9xf32>)
  return %y#0 : tensor<8xf32>
}
