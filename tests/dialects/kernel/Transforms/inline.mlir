// RUN: %gan-opt --kernel-inline %s | FileCheck %s

// CHECK-NOT: kernel.
kernel.define @k000_neg_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %y = gan.neg %a : tensor<8xf32>
  kernel.return %y : tensor<8xf32>
}
kernel.define @k001_mul_batch_f32(%a: tensor<?xf32>, %s: tensor<f32>) -> tensor<?xf32> attributes {columns = 1 : i64} {
  %b = gan.broadcast %s dims [0] : tensor<f32> -> tensor<?xf32>
  %y = gan.mul %a, %b : tensor<?xf32>
  kernel.return %y : tensor<?xf32>
}

// Calls in blocks; copies and places go.
// CHECK-LABEL: gan.program @call(%arg0: tensor<8xf32>) arguments ["input x"] results ["output y"] {
// CHECK: gan.repeat
// CHECK-NEXT: %[[Y:.*]] = gan.neg %{{.*}} : tensor<8xf32>
// CHECK-NEXT: gan.yield %[[Y]]
gan.program @call(%x: tensor<8xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 64 : i64, kernel.argument_places = [#kernel.place<argument, 1, 32>]} {
  %n = arith.constant 2.0 : f64
  %c = kernel.copy %x {kernel.places = [#kernel.place<argument, 0, 32>]} : tensor<8xf32>
  %r = gan.repeat %n carry (%a = %c) attributes {kernel.places = [#kernel.place<argument, 0, 32>]} : tensor<8xf32> {
    %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 32>]} : (tensor<8xf32>) -> tensor<8xf32>
    gan.yield %y : tensor<8xf32>
  }
  gan.yield %r : tensor<8xf32>
}

// Rows get their shapes back.
// CHECK-LABEL: gan.program @batch
// CHECK: gan.reshape %arg0 : tensor<2x3xf32> -> tensor<6xf32>
// CHECK: gan.broadcast %arg2 dims [0] : tensor<f32> -> tensor<6xf32>
// CHECK: gan.mul {{.*}} : tensor<6xf32>
// CHECK: %[[A:.*]] = gan.reshape {{.*}} : tensor<6xf32> -> tensor<2x3xf32>
// CHECK: gan.mul {{.*}} : tensor<4xf32>
// CHECK: gan.yield %[[A]],
gan.program @batch(%a: tensor<2x3xf32>, %b: tensor<4xf32>, %s: tensor<f32>) arguments ["input a", "input b", "input s"] results ["output a", "output b"] {
  %y:2 = kernel.batch @k001_mul_batch_f32 rows(%a, %b) shared(%s : tensor<f32>) : (tensor<2x3xf32>, tensor<4xf32>) -> (tensor<2x3xf32>, tensor<4xf32>)
  gan.yield %y#0, %y#1 : tensor<2x3xf32>, tensor<4xf32>
}
