// RUN: %gan-opt --split-input-file --kernel-plan-memory=device-block=1024 --kernel-verify-plan %s | FileCheck %s

// For devices places lie at multiples of 256, and none in two blocks.

// CHECK: module attributes {kernel.constant_bytes = 1536 : i64, kernel.device_block_bytes = 1024 : i64, kernel.state_bytes = 2048 : i64}
// CHECK: gan.state "a" {{.*}}#kernel.place<state, 0, 4>
// CHECK: gan.state "b" {{.*}}#kernel.place<state, 256, 80>
// CHECK: gan.state "c" {{.*}}#kernel.place<state, 1024, 1024>
// CHECK-LABEL: gan.program @constants
// CHECK: gan.parameter "v" {{.*}}#kernel.place<constant, 0, 640>
// CHECK: gan.parameter "w" {{.*}}#kernel.place<constant, 1024, 320>
gan.state "a" variable starts <fill a 0.0 : f64> site 0 : tensor<f32>
gan.state "b" parameter starts <fill a 0.0 : f64> site 0 : tensor<20xf32>
gan.state "c" parameter starts <fill a 0.0 : f64> site 0 : tensor<256xf32>
gan.program @constants(%b: tensor<20xf32>) arguments ["state b"] results ["output y", "output z"] {
  %v = gan.parameter "v" parameter blob <"w.bin", 0, 640, "00"> : tensor<160xf32>
  %w = gan.parameter "w" parameter blob <"w.bin", 640, 320, "01"> : tensor<80xf32>
  %y = kernel.call @k000_neg_f32(%v) : (tensor<160xf32>) -> tensor<160xf32>
  %z = kernel.call @k001_neg_f32(%w) : (tensor<80xf32>) -> tensor<80xf32>
  gan.yield %y, %z : tensor<160xf32>, tensor<80xf32>
}
kernel.define @k000_neg_f32(%a: tensor<160xf32>) -> tensor<160xf32> {
  %y = gan.neg %a : tensor<160xf32>
  kernel.return %y : tensor<160xf32>
}
kernel.define @k001_neg_f32(%a: tensor<80xf32>) -> tensor<80xf32> {
  %y = gan.neg %a : tensor<80xf32>
  kernel.return %y : tensor<80xf32>
}

// -----

// In the arena the two largest have blocks of their own; small ones fill what is
// left of them.
// CHECK-LABEL: gan.program @arena
// CHECK-SAME: kernel.arena_bytes = 2048 : i64
// CHECK: kernel.call @k000_transpose_f32{{.*}}#kernel.place<arena, 0, 768>
// CHECK: kernel.call @k000_transpose_f32{{.*}}#kernel.place<arena, 1024, 768>
// CHECK: kernel.call @k001_transpose_f32{{.*}}#kernel.place<arena, {{768|1792}}, 64>
// CHECK: kernel.call @k001_transpose_f32{{.*}}#kernel.place<arena, {{768|1792}}, 64>
gan.program @arena(%x: tensor<4x48xf32>, %s: tensor<4x4xf32>) arguments ["input x", "input s"] results ["output a", "output b", "output c", "output d"] {
  %0 = kernel.call @k000_transpose_f32(%x) : (tensor<4x48xf32>) -> tensor<48x4xf32>
  %1 = kernel.call @k000_transpose_f32(%x) : (tensor<4x48xf32>) -> tensor<48x4xf32>
  %2 = kernel.call @k001_transpose_f32(%s) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = kernel.call @k001_transpose_f32(%s) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %a = kernel.call @k002_transpose_f32(%0) : (tensor<48x4xf32>) -> tensor<4x48xf32>
  %b = kernel.call @k002_transpose_f32(%1) : (tensor<48x4xf32>) -> tensor<4x48xf32>
  %c = kernel.call @k001_transpose_f32(%2) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %d = kernel.call @k001_transpose_f32(%3) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  gan.yield %a, %b, %c, %d : tensor<4x48xf32>, tensor<4x48xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}
kernel.define @k000_transpose_f32(%a: tensor<4x48xf32>) -> tensor<48x4xf32> {
  %y = gan.transpose %a permutation [1, 0] : tensor<4x48xf32> -> tensor<48x4xf32>
  kernel.return %y : tensor<48x4xf32>
}
kernel.define @k001_transpose_f32(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = gan.transpose %a permutation [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  kernel.return %y : tensor<4x4xf32>
}
kernel.define @k002_transpose_f32(%a: tensor<48x4xf32>) -> tensor<4x48xf32> {
  %y = gan.transpose %a permutation [1, 0] : tensor<48x4xf32> -> tensor<4x48xf32>
  kernel.return %y : tensor<4x48xf32>
}
