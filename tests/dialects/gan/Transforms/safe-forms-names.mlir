// RUN: %gan-opt %s --gan-safe-forms | FileCheck %s
// A name keeps its value, the logarithm takes the logits.

// CHECK-LABEL: func.func @through_a_name
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>)
// CHECK: %[[P:.*]] = gan.logistic %[[T]]
// CHECK: %[[NAMED:.*]] = game.let "p" %[[P]]
// CHECK: gan.softplus
// CHECK-NOT: gan.log %
// CHECK: return %[[NAMED]]
func.func @through_a_name(%t: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %p = gan.logistic %t : tensor<4xf32>
  %named = game.let "p" %p : tensor<4xf32>
  %y = gan.log %named : tensor<4xf32>
  return %named, %y : tensor<4xf32>, tensor<4xf32>
}
