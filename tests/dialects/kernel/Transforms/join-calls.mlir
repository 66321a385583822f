// RUN: %gan-opt --split-input-file --convert-gan-to-kernel --kernel-join-calls %s | FileCheck %s

// Which calls become rows of one batch.

// Updates of tensors of any shape; the rate is shared, numbers become broadcasts.
// CHECK: kernel.define @k000_add_batch_f32(%arg0: tensor<?xf32>, %arg1: tensor<?xf32>, %arg2: tensor<f32>) -> tensor<?xf32> attributes {columns = 2 : i64}
// CHECK: %[[C:.*]] = gan.constant dense<5.000000e-01> : tensor<f32>
// CHECK: gan.broadcast %[[C]] dims [0] : tensor<f32> -> tensor<?xf32>
// CHECK: gan.broadcast %arg2 dims [0] : tensor<f32> -> tensor<?xf32>
// CHECK-NOT: kernel.define
// CHECK-LABEL: gan.program @updates
// CHECK: %[[N:.*]]:2 = kernel.batch @k000_add_batch_f32 rows(%arg0, %arg2, %arg1, %arg3) shared(%{{.*}} : tensor<f32>)
// CHECK: gan.yield %[[N]]#0, %[[N]]#1
gan.state "w" parameter starts <fill a 0.0 : f64> site 0 : tensor<512x256xf32>
gan.state "b" parameter starts <fill a 0.0 : f64> site 0 : tensor<256xf32>
gan.program @updates(%w: tensor<512x256xf32>, %b: tensor<256xf32>, %dw: tensor<512x256xf32>, %db: tensor<256xf32>) arguments ["state w", "state b", "input dw", "input db"] results ["state w", "state b"] {
  %number = arith.constant 1.0e-3 : f64
  %rate = gan.to_tensor %number
  %half = gan.constant dense<0.5> : tensor<512x256xf32>
  %rate_w = gan.broadcast %rate dims [0, 1] : tensor<f32> -> tensor<512x256xf32>
  %old_w = gan.mul %w, %half : tensor<512x256xf32>
  %step_w = gan.mul %dw, %rate_w : tensor<512x256xf32>
  %new_w = gan.add %old_w, %step_w : tensor<512x256xf32>
  %half_b = gan.constant dense<0.5> : tensor<256xf32>
  %rate_b = gan.broadcast %rate dims [0] : tensor<f32> -> tensor<256xf32>
  %old_b = gan.mul %b, %half_b : tensor<256xf32>
  %step_b = gan.mul %db, %rate_b : tensor<256xf32>
  %new_b = gan.add %old_b, %step_b : tensor<256xf32>
  gan.yield %new_w, %new_b : tensor<512x256xf32>, tensor<256xf32>
}

// -----

// Not one that needs the other's result, and not with another scalar.
// CHECK-LABEL: gan.program @apart
// CHECK-NOT: kernel.batch
// CHECK-COUNT-3: kernel.call
gan.program @apart(%a: tensor<256xf32>, %r: tensor<f32>, %s: tensor<f32>) arguments ["input a", "input r", "input s"] results ["output x", "output y", "output z"] {
  %rb = gan.broadcast %r dims [0] : tensor<f32> -> tensor<256xf32>
  %sb = gan.broadcast %s dims [0] : tensor<f32> -> tensor<256xf32>
  %x = gan.mul %a, %rb : tensor<256xf32>
  %t = gan.reduce_sum %x dims [0] : tensor<256xf32> -> tensor<f32>
  %tb = gan.broadcast %t dims [0] : tensor<f32> -> tensor<256xf32>
  %y = gan.mul %x, %tb : tensor<256xf32>
  %z = gan.mul %a, %sb : tensor<256xf32>
  gan.yield %x, %y, %z : tensor<256xf32>, tensor<256xf32>, tensor<256xf32>
}

// -----

// Large tensors that are no state are left where they are.
// CHECK-LABEL: gan.program @large
// CHECK-COUNT-2: kernel.call @k000_neg_f32
gan.program @large(%a: tensor<1024x1024xf32>, %b: tensor<1024x1024xf32>) arguments ["input a", "input b"] results ["output a", "output b"] {
  %x = gan.neg %a : tensor<1024x1024xf32>
  %y = gan.neg %b : tensor<1024x1024xf32>
  gan.yield %x, %y : tensor<1024x1024xf32>, tensor<1024x1024xf32>
}
