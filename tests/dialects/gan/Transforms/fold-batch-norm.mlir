// RUN: %gan-opt %s --gan-fold-batch-norm | FileCheck %s
// RUN: gan-run %s --all --passes=gan-fold-batch-norm
// Inference statistics move into the weights before them; numbers stay.

// CHECK-LABEL: func.func @conv
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x8x8xf32>)
// CHECK: %[[W:.*]] = gan.mul %{{.*}} : tensor<4x3x3x3xf32>
// CHECK: %[[Y:.*]] = gan.conv %[[X]], %[[W]]
// CHECK: %[[SUM:.*]] = gan.add %[[Y]]
// CHECK: return %[[SUM]]
func.func @conv(%x: tensor<2x3x8x8xf32>) -> tensor<2x4x6x6xf32> {
  %w = gan.parameter "w" parameter blob <"w.bin", 0, 432, "00"> : tensor<4x3x3x3xf32>
  %s = gan.parameter "s" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %b = gan.parameter "b" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %m = gan.parameter "m" buffer blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %v = gan.parameter "v" buffer blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %c = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32> -> tensor<2x4x6x6xf32>
  %y, %nm, %nv = gan.batch_norm running %c, %s, %b, %m, %v epsilon 1.0e-3 momentum 0.9 : tensor<2x4x6x6xf32>, tensor<4xf32>
  return %y : tensor<2x4x6x6xf32>
}

// A bias between them, and groups.
// CHECK-LABEL: func.func @transposed_conv_in_groups
// CHECK-NOT: gan.batch_norm
// CHECK: gan.conv_grad_input
// CHECK: gan.add %{{.*}} : tensor<2x4x6x6xf32>
// CHECK: return
func.func @transposed_conv_in_groups(%x: tensor<2x6x3x3xf32>) -> tensor<2x4x6x6xf32> {
  %w = gan.parameter "w" parameter blob <"w.bin", 0, 768, "00"> : tensor<6x2x4x4xf32>
  %bias = gan.parameter "bias" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %s = gan.parameter "s" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %b = gan.parameter "b" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %m = gan.parameter "m" buffer blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %v = gan.parameter "v" buffer blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %c = gan.conv_grad_input %w, %x geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 2> : tensor<6x2x4x4xf32>, tensor<2x6x3x3xf32> -> tensor<2x4x6x6xf32>
  %spread = gan.broadcast %bias dims [0, 2, 3] : tensor<4xf32> -> tensor<2x4x6x6xf32>
  %d = gan.add %c, %spread : tensor<2x4x6x6xf32>
  %y, %nm, %nv = gan.batch_norm running %d, %s, %b, %m, %v epsilon 1.0e-3 momentum 0.9 : tensor<2x4x6x6xf32>, tensor<4xf32>
  return %y : tensor<2x4x6x6xf32>
}

// The weight of a dot is the operand that the channels come from.
// CHECK-LABEL: func.func @dot
// CHECK-SAME: (%[[X:.*]]: tensor<5x3xf32>)
// CHECK: %[[W:.*]] = gan.mul %{{.*}} : tensor<4x3xf32>
// CHECK: gan.dot %[[X]], %[[W]]
// CHECK-NOT: gan.batch_norm
func.func @dot(%x: tensor<5x3xf32>) -> tensor<5x4xf32> {
  %w = gan.parameter "w" parameter blob <"w.bin", 0, 48, "00"> : tensor<4x3xf32>
  %s = gan.parameter "s" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %b = gan.parameter "b" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %m = gan.parameter "m" buffer blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %v = gan.parameter "v" buffer blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %c = gan.dot %x, %w batch [] [] contract [1] [1] : tensor<5x3xf32>, tensor<4x3xf32> -> tensor<5x4xf32>
  %y, %nm, %nv = gan.batch_norm running %c, %s, %b, %m, %v epsilon 1.0e-3 momentum 0.9 : tensor<5x4xf32>, tensor<4xf32>
  return %y : tensor<5x4xf32>
}

// Another user of the product would compute it twice.
// CHECK-LABEL: func.func @shared_product
// CHECK: gan.batch_norm
func.func @shared_product(%x: tensor<5x3xf32>) -> (tensor<5x4xf32>, tensor<5x4xf32>) {
  %w = gan.parameter "w" parameter blob <"w.bin", 0, 48, "00"> : tensor<4x3xf32>
  %s = gan.parameter "s" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %c = gan.dot %x, %w batch [] [] contract [1] [1] : tensor<5x3xf32>, tensor<4x3xf32> -> tensor<5x4xf32>
  %y, %nm, %nv = gan.batch_norm running %c, %s, %s, %s, %s epsilon 1.0e-3 momentum 0.9 : tensor<5x4xf32>, tensor<4xf32>
  return %y, %c : tensor<5x4xf32>, tensor<5x4xf32>
}

// A weight that is an input is not known at load.
// CHECK-LABEL: func.func @weight_from_outside
// CHECK: gan.batch_norm
func.func @weight_from_outside(%x: tensor<5x3xf32>, %w: tensor<4x3xf32>) -> tensor<5x4xf32> {
  %s = gan.parameter "s" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %c = gan.dot %x, %w batch [] [] contract [1] [1] : tensor<5x3xf32>, tensor<4x3xf32> -> tensor<5x4xf32>
  %y, %nm, %nv = gan.batch_norm running %c, %s, %s, %s, %s epsilon 1.0e-3 momentum 0.9 : tensor<5x4xf32>, tensor<4xf32>
  return %y : tensor<5x4xf32>
}

// CHECK-LABEL: func.func @batch_statistics
// CHECK: gan.batch_norm
func.func @batch_statistics(%x: tensor<5x3xf32>) -> tensor<5x4xf32> {
  %w = gan.parameter "w" parameter blob <"w.bin", 0, 48, "00"> : tensor<4x3xf32>
  %s = gan.parameter "s" parameter blob <"w.bin", 0, 16, "00"> : tensor<4xf32>
  %c = gan.dot %x, %w batch [] [] contract [1] [1] : tensor<5x3xf32>, tensor<4x3xf32> -> tensor<5x4xf32>
  %y, %nm, %nv = gan.batch_norm batch %c, %s, %s, %s, %s epsilon 1.0e-3 momentum 0.9 : tensor<5x4xf32>, tensor<4xf32>
  return %y : tensor<5x4xf32>
}
