// RUN: %gan-opt --split-input-file --kernel-plan-layout %s | FileCheck %s --enable-var-scope
// RUN: %gan-opt --split-input-file --kernel-plan-layout --kernel-plan-memory --kernel-verify-plan %s | FileCheck %s --check-prefix=PLACES

// Which tensors lie channels last.

// What stands between convolutions; input, weight and output keep their order.
// CHECK: kernel.define @k000_conv_f32(%arg0: tensor<2x9x8x8xf32>, %arg1: tensor<9x9x3x3xf32>) -> (tensor<2x9x6x6xf32> {kernel.layout = array<i64: 0, 2, 3, 1>})
// CHECK: kernel.define @k001_tanh_f32(%arg0: tensor<2x9x6x6xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<2x9x6x6xf32> {kernel.layout = array<i64: 0, 2, 3, 1>})
// CHECK: kernel.define @k002_conv_f32(%arg0: tensor<2x9x6x6xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %arg1: tensor<9x9x3x3xf32>) -> tensor<2x9x4x4xf32> {
// CHECK-LABEL: gan.program @between
// CHECK: kernel.call @k000_conv_f32
// CHECK: kernel.call @k001_tanh_f32
// CHECK: kernel.call @k002_conv_f32
// PLACES-LABEL: gan.program @between
// PLACES: #kernel.place<arena, 0, 2592, [0, 2, 3, 1]>
kernel.define @k000_conv_f32(%x: tensor<2x9x8x8xf32>, %w: tensor<9x9x3x3xf32>) -> tensor<2x9x6x6xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x9x8x8xf32>, tensor<9x9x3x3xf32> -> tensor<2x9x6x6xf32>
  kernel.return %y : tensor<2x9x6x6xf32>
}
kernel.define @k001_tanh_f32(%x: tensor<2x9x6x6xf32>) -> tensor<2x9x6x6xf32> {
  %y = gan.tanh %x : tensor<2x9x6x6xf32>
  kernel.return %y : tensor<2x9x6x6xf32>
}
kernel.define @k002_conv_f32(%x: tensor<2x9x6x6xf32>, %w: tensor<9x9x3x3xf32>) -> tensor<2x9x4x4xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x9x6x6xf32>, tensor<9x9x3x3xf32> -> tensor<2x9x4x4xf32>
  kernel.return %y : tensor<2x9x4x4xf32>
}
gan.program @between(%x: tensor<2x9x8x8xf32>, %w: tensor<9x9x3x3xf32>) arguments ["input x", "input w"] results ["output y"] {
  %a = kernel.call @k000_conv_f32(%x, %w) : (tensor<2x9x8x8xf32>, tensor<9x9x3x3xf32>) -> tensor<2x9x6x6xf32>
  %b = kernel.call @k001_tanh_f32(%a) : (tensor<2x9x6x6xf32>) -> tensor<2x9x6x6xf32>
  %y = kernel.call @k002_conv_f32(%b, %w) : (tensor<2x9x6x6xf32>, tensor<9x9x3x3xf32>) -> tensor<2x9x4x4xf32>
  gan.yield %y : tensor<2x9x4x4xf32>
}

// -----

// A kernel is copied for other layouts. Without a convolution all stay row-major;
// with one channel, or without space, that is the same.
// CHECK: kernel.define @k000_tanh_f32(%arg0: tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32> {
// CHECK-NOT: kernel.layout
// CHECK: kernel.define @k001_tanh_f32(%arg0: tensor<2x9x4x4xf32>) -> (tensor<2x9x4x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>})
// CHECK: kernel.define @k002_conv_f32(%arg0: tensor<2x9x4x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %arg1: tensor<1x9x3x3xf32>) -> tensor<2x1x2x2xf32> {
// CHECK: kernel.define @k003_conv_f32(%arg0: tensor<2x1x2x2xf32>, %arg1: tensor<5x1x2x2xf32>) -> tensor<2x5x1x1xf32> {
// CHECK: kernel.define @k004_neg_f32(%arg0: tensor<2x5x1x1xf32>) -> tensor<2x5x1x1xf32> {
// CHECK-NOT: kernel.define
kernel.define @k000_tanh_f32(%x: tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32> {
  %y = gan.tanh %x : tensor<2x9x4x4xf32>
  kernel.return %y : tensor<2x9x4x4xf32>
}
kernel.define @k001_conv_f32(%x: tensor<2x9x4x4xf32>, %w: tensor<1x9x3x3xf32>) -> tensor<2x1x2x2xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x9x4x4xf32>, tensor<1x9x3x3xf32> -> tensor<2x1x2x2xf32>
  kernel.return %y : tensor<2x1x2x2xf32>
}
kernel.define @k002_conv_f32(%x: tensor<2x1x2x2xf32>, %w: tensor<5x1x2x2xf32>) -> tensor<2x5x1x1xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x1x2x2xf32>, tensor<5x1x2x2xf32> -> tensor<2x5x1x1xf32>
  kernel.return %y : tensor<2x5x1x1xf32>
}
kernel.define @k003_neg_f32(%x: tensor<2x5x1x1xf32>) -> tensor<2x5x1x1xf32> {
  %y = gan.neg %x : tensor<2x5x1x1xf32>
  kernel.return %y : tensor<2x5x1x1xf32>
}
gan.program @copied(%x: tensor<2x9x4x4xf32>, %w: tensor<1x9x3x3xf32>, %v: tensor<5x1x2x2xf32>) arguments ["input x", "input w", "input v"] results ["output h", "output z"] {
  %h = kernel.call @k000_tanh_f32(%x) : (tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32>
  %g = kernel.call @k000_tanh_f32(%x) : (tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32>
  %a = kernel.call @k001_conv_f32(%g, %w) : (tensor<2x9x4x4xf32>, tensor<1x9x3x3xf32>) -> tensor<2x1x2x2xf32>
  %b = kernel.call @k002_conv_f32(%a, %v) : (tensor<2x1x2x2xf32>, tensor<5x1x2x2xf32>) -> tensor<2x5x1x1xf32>
  %z = kernel.call @k003_neg_f32(%b) : (tensor<2x5x1x1xf32>) -> tensor<2x5x1x1xf32>
  gan.yield %h, %z : tensor<2x9x4x4xf32>, tensor<2x5x1x1xf32>
}

// -----

// The carried value of a loop has one place, so one layout.
// CHECK: kernel.define @k000_tanh_f32(%arg0: tensor<2x9x4x4xf32>) -> (tensor<2x9x4x4xf32> {kernel.layout
// CHECK: kernel.define @k001_conv_f32(%arg0: tensor<2x9x4x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %arg1: tensor<9x9x1x1xf32>) -> (tensor<2x9x4x4xf32> {kernel.layout
// CHECK: kernel.define @k002_tanh_f32(%arg0: tensor<2x9x4x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<2x9x4x4xf32> {
// PLACES-LABEL: gan.program @loop
// PLACES: gan.repeat {{.*}}kernel.places = [#kernel.place<arena, {{[0-9]+}}, 1152, [0, 2, 3, 1]>]
kernel.define @k000_tanh_f32(%x: tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32> {
  %y = gan.tanh %x : tensor<2x9x4x4xf32>
  kernel.return %y : tensor<2x9x4x4xf32>
}
kernel.define @k001_conv_f32(%x: tensor<2x9x4x4xf32>, %w: tensor<9x9x1x1xf32>) -> tensor<2x9x4x4xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x9x4x4xf32>, tensor<9x9x1x1xf32> -> tensor<2x9x4x4xf32>
  kernel.return %y : tensor<2x9x4x4xf32>
}
gan.program @loop(%x: tensor<2x9x4x4xf32>, %w: tensor<9x9x1x1xf32>) arguments ["input x", "input w"] results ["output y"] {
  %n = arith.constant 2.0 : f64
  %a = kernel.call @k000_tanh_f32(%x) : (tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32>
  %b = gan.repeat %n carry (%c = %a) : tensor<2x9x4x4xf32> {
    %d = kernel.call @k001_conv_f32(%c, %w) : (tensor<2x9x4x4xf32>, tensor<9x9x1x1xf32>) -> tensor<2x9x4x4xf32>
    gan.yield %d : tensor<2x9x4x4xf32>
  }
  %y = kernel.call @k000_tanh_f32(%b) : (tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32>
  gan.yield %y : tensor<2x9x4x4xf32>
}

// -----

// A constant that only convolutions read as weight has their columns last:
// features forward, channels backward. Others stay as they are in the file.
// CHECK: kernel.define @k000_conv_f32({{.*}}, %arg1: tensor<9x8x3x3xf32> {kernel.layout = array<i64: 2, 3, 1, 0>})
// CHECK: kernel.define @k001_conv_grad_input_f32(%arg0: tensor<9x8x3x3xf32> {kernel.layout = array<i64: 2, 3, 0, 1>}
// CHECK: kernel.define @k002_neg_f32(%arg0: tensor<9x8x3x3xf32>) ->
// CHECK-LABEL: gan.program @weights
// PLACES-LABEL: gan.program @weights
// PLACES: gan.parameter "a" {{.*}} {kernel.layout = array<i64: 2, 3, 1, 0>, kernel.places = [#kernel.place<constant, 0, 2592, [2, 3, 1, 0]>]}
// PLACES: gan.parameter "b" {{.*}} {kernel.layout = array<i64: 2, 3, 0, 1>, kernel.places = [#kernel.place<constant, 2624, 2592, [2, 3, 0, 1]>]}
// PLACES: gan.parameter "c" {{.*}} {kernel.places = [#kernel.place<constant, 5248, 2592>]}
kernel.define @k000_conv_f32(%x: tensor<2x8x8x8xf32>, %w: tensor<9x8x3x3xf32>) -> tensor<2x9x6x6xf32> {
  %h = gan.tanh %w : tensor<9x8x3x3xf32>
  %y = gan.conv %x, %h geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x8x8x8xf32>, tensor<9x8x3x3xf32> -> tensor<2x9x6x6xf32>
  kernel.return %y : tensor<2x9x6x6xf32>
}
kernel.define @k001_conv_grad_input_f32(%w: tensor<9x8x3x3xf32>, %y: tensor<2x9x6x6xf32>) -> tensor<2x8x8x8xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<9x8x3x3xf32>, tensor<2x9x6x6xf32> -> tensor<2x8x8x8xf32>
  kernel.return %x : tensor<2x8x8x8xf32>
}
kernel.define @k002_neg_f32(%w: tensor<9x8x3x3xf32>) -> tensor<9x8x3x3xf32> {
  %y = gan.neg %w : tensor<9x8x3x3xf32>
  kernel.return %y : tensor<9x8x3x3xf32>
}
gan.program @weights(%x: tensor<2x8x8x8xf32>) arguments ["input x"] results ["output x", "output w"] {
  %a = gan.parameter "a" parameter blob <"weights.bin", 0, 2592, "00112233445566778899aabbccddeeff"> : tensor<9x8x3x3xf32>
  %b = gan.parameter "b" parameter blob <"weights.bin", 0, 2592, "00112233445566778899aabbccddeeff"> : tensor<9x8x3x3xf32>
  %c = gan.parameter "c" parameter blob <"weights.bin", 0, 2592, "00112233445566778899aabbccddeeff"> : tensor<9x8x3x3xf32>
  %y = kernel.call @k000_conv_f32(%x, %a) : (tensor<2x8x8x8xf32>, tensor<9x8x3x3xf32>) -> tensor<2x9x6x6xf32>
  %z = kernel.call @k001_conv_grad_input_f32(%b, %y) : (tensor<9x8x3x3xf32>, tensor<2x9x6x6xf32>) -> tensor<2x8x8x8xf32>
  %n = kernel.call @k002_neg_f32(%c) : (tensor<9x8x3x3xf32>) -> tensor<9x8x3x3xf32>
  gan.yield %z, %n : tensor<2x8x8x8xf32>, tensor<9x8x3x3xf32>
}

// -----

// A draw is recorded and given as it lies in memory, whoever reads it.
// CHECK: kernel.define @k000_random_f32(%arg0: tensor<4xi32>) -> tensor<2x9x4x4xf32> {
// CHECK: kernel.define @k001_conv_f32(%arg0: tensor<2x9x4x4xf32>, %arg1: tensor<9x9x1x1xf32>) -> (tensor<2x9x4x4xf32> {kernel.layout
kernel.define @k000_random_f32(%k: tensor<4xi32>) -> tensor<2x9x4x4xf32> {
  %u = gan.random uniform %k a 0.0 b 1.0 site 7 name "u" : tensor<2x9x4x4xf32>
  kernel.return %u : tensor<2x9x4x4xf32>
}
kernel.define @k001_conv_f32(%x: tensor<2x9x4x4xf32>, %w: tensor<9x9x1x1xf32>) -> tensor<2x9x4x4xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x9x4x4xf32>, tensor<9x9x1x1xf32> -> tensor<2x9x4x4xf32>
  kernel.return %y : tensor<2x9x4x4xf32>
}
kernel.define @k002_tanh_f32(%x: tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32> {
  %y = gan.tanh %x : tensor<2x9x4x4xf32>
  kernel.return %y : tensor<2x9x4x4xf32>
}
gan.program @draws(%k: tensor<4xi32>, %w: tensor<9x9x1x1xf32>) arguments ["input k", "input w"] results ["output y"] {
  %u = kernel.call @k000_random_f32(%k) : (tensor<4xi32>) -> tensor<2x9x4x4xf32>
  %a = kernel.call @k001_conv_f32(%u, %w) : (tensor<2x9x4x4xf32>, tensor<9x9x1x1xf32>) -> tensor<2x9x4x4xf32>
  %y = kernel.call @k002_tanh_f32(%a) : (tensor<2x9x4x4xf32>) -> tensor<2x9x4x4xf32>
  gan.yield %y : tensor<2x9x4x4xf32>
}
