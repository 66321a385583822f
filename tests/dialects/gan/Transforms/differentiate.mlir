// RUN: %gan-opt %s --gan-differentiate --split-input-file | FileCheck %s
// gan.grad of any order becomes primitives, and nothing dead stays.

// CHECK-LABEL: func.func @square
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[G:.*]] = gan.add %[[X]], %[[X]]
// CHECK-NEXT: return %[[G]]
func.func @square(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = gan.mul %x, %x : tensor<4xf32>
  %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// Only the path from wrt to the value gets cotangents: no gradient of %w.
// CHECK-LABEL: func.func @no_weight_gradient
// CHECK: gan.conv_grad_input
// CHECK-NOT: gan.conv_grad_weight
func.func @no_weight_gradient(%x: tensor<2x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<2x3x8x8xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x6x6xf32>
  %g = gan.grad %y wrt %x : tensor<2x4x6x6xf32>, tensor<2x3x8x8xf32> -> tensor<2x3x8x8xf32>
  return %g : tensor<2x3x8x8xf32>
}

// -----

// The forward value is dead when the penalty alone is minimised.
// CHECK-LABEL: func.func @second_order
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[SIX:.*]] = gan.add
// CHECK-NOT: gan.mul %[[X]], %[[X]]
func.func @second_order(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = gan.mul %x, %x : tensor<4xf32>
  %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %p = gan.mul %g, %g : tensor<4xf32>
  %h = gan.grad %p wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %h : tensor<4xf32>
}

// -----

// Composites are expanded where a gradient is, and only there.
// CHECK-LABEL: func.func @relu
// CHECK: gan.select
// CHECK-LABEL: func.func @kept
// CHECK: gan.relu
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = gan.relu %x : tensor<4xf32>
  %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}
func.func @kept(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = gan.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @zero_without_path
// CHECK: %[[ZERO:.*]] = gan.constant dense<0.0{{.*}}> : tensor<3xf32>
// CHECK: return %{{.*}}, %[[ZERO]]
func.func @zero_without_path(%x: tensor<4xf32>, %u: tensor<3xf32>) -> (tensor<4xf32>, tensor<3xf32>) {
  %y = gan.tanh %x : tensor<4xf32>
  %g:2 = gan.grad %y wrt %x, %u zero_without_path : tensor<4xf32>, tensor<4xf32>, tensor<3xf32> -> tensor<4xf32>, tensor<3xf32>
  return %g#0, %g#1 : tensor<4xf32>, tensor<3xf32>
}

// -----

// What stop and functions without derivative give is a constant.
// CHECK-LABEL: func.func @constants
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK-DAG: %[[S:.*]] = gan.stop %[[X]]
// CHECK-DAG: %[[F:.*]] = gan.floor %[[X]]
// CHECK: %[[G:.*]] = gan.mul %[[F]], %[[S]]
// CHECK-NEXT: return %[[G]]
func.func @constants(%x: tensor<4xf32>) -> tensor<4xf32> {
  %s = gan.stop %x : tensor<4xf32>
  %f = gan.floor %x : tensor<4xf32>
  %xs = gan.mul %x, %s : tensor<4xf32>
  %y = gan.mul %xs, %f : tensor<4xf32>
  %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// Two gradients that are one value stay two when one is differentiated by.
// CHECK-LABEL: func.func @differentiated_by_a_gradient
// CHECK: %[[H:.*]] = gan.constant dense<1.0
// CHECK: return %[[H]]
func.func @differentiated_by_a_gradient(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %y = gan.add %a, %b : tensor<4xf32>
  %g:2 = gan.grad %y wrt %a, %b : tensor<4xf32>, tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>, tensor<4xf32>
  %s = gan.add %g#0, %g#1 : tensor<4xf32>
  %h = gan.grad %s wrt %g#0 : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %h : tensor<4xf32>
}

// -----

// Inside a loop, with values from outside, as long as the path stays inside.
// CHECK-LABEL: func.func @inside_a_loop
// CHECK: gan.repeat
// CHECK: %[[E:.*]] = gan.exp
// CHECK: gan.yield %[[E]]
func.func @inside_a_loop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %n = arith.constant 5.0 : f64
  %y = gan.repeat %n carry (%a = %x) : tensor<4xf32> {
    %e = gan.exp %a : tensor<4xf32>
    %z = gan.add %e, %x : tensor<4xf32>
    %g = gan.grad %z wrt %a : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    gan.yield %g : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// Value and wrt outside, the gradient inside a choice.
// CHECK-LABEL: func.func @inside_a_choice
// CHECK: %[[E:.*]] = gan.exp
// CHECK: gan.if
// CHECK: gan.yield %[[E]]
func.func @inside_a_choice(%c: i1, %x: tensor<4xf32>) -> tensor<4xf32> {
  %e = gan.exp %x : tensor<4xf32>
  %y = gan.if %c : (tensor<4xf32>) {
    %g = gan.grad %e wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    gan.yield %g : tensor<4xf32>
  } else {
    gan.yield %x : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
