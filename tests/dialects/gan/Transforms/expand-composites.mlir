// RUN: %gan-opt %s --gan-expand-composites | FileCheck %s
// Composites become primitives.

// CHECK-LABEL: func.func @relu
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK-DAG: %[[ZERO:.*]] = gan.constant dense<0.0
// CHECK: %[[M:.*]] = gan.compare {{ *}}le %[[X]], %[[ZERO]]
// CHECK: gan.select %[[M]], %[[ZERO]], %[[X]]
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = gan.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @batch_norm
// CHECK: gan.moments %{{.*}} dims [0, 2, 3]
// CHECK-NOT: gan.batch_norm
func.func @batch_norm(%x: tensor<8x3x4x4xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>) -> tensor<8x3x4x4xf32> {
  %y, %new_mean, %new_variance = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 1.0e-5 momentum 0.9 : tensor<8x3x4x4xf32>, tensor<3xf32>
  return %y : tensor<8x3x4x4xf32>
}
