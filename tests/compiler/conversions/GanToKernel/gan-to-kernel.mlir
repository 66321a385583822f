// RUN: %gan-opt --split-input-file --convert-gan-to-kernel %s | FileCheck %s

// Which operations share a kernel, and which values are written.

// What follows a contraction runs in its epilogue.
// CHECK-LABEL: kernel.define @k000_dot_tanh_f32
// CHECK: gan.dot
// CHECK: gan.broadcast
// CHECK: gan.add
// CHECK: %[[Y:.*]] = gan.tanh
// CHECK: kernel.return %[[Y]] :
// CHECK: gan.program @epilogue
// CHECK-NEXT: kernel.call @k000_dot_tanh_f32(%arg0, %arg1, %arg2)
// CHECK-NEXT: gan.yield
gan.program @epilogue(%x: tensor<64x32xf32>, %w: tensor<32x16xf32>, %bias: tensor<16xf32>) arguments ["input x", "input w", "input b"] results ["output y"] {
  %product = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<64x32xf32>, tensor<32x16xf32> -> tensor<64x16xf32>
  %b = gan.broadcast %bias dims [0] : tensor<16xf32> -> tensor<64x16xf32>
  %sum = gan.add %product, %b : tensor<64x16xf32>
  %y = gan.tanh %sum : tensor<64x16xf32>
  gan.yield %y : tensor<64x16xf32>
}

// -----

// A value that others need leaves the epilogue beside the last one.
// CHECK-LABEL: kernel.define @k000_dot_exp_f32
// CHECK: %[[D:.*]] = gan.dot
// CHECK: %[[E:.*]] = gan.exp %[[D]]
// CHECK: kernel.return %[[D]], %[[E]]
gan.program @two_results(%x: tensor<64x32xf32>, %w: tensor<32x16xf32>) arguments ["input x", "input w"] results ["output d", "output y"] {
  %d = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<64x32xf32>, tensor<32x16xf32> -> tensor<64x16xf32>
  %y = gan.exp %d : tensor<64x16xf32>
  gan.yield %d, %y : tensor<64x16xf32>, tensor<64x16xf32>
}

// -----

// A chain with one reader is computed where it is read.
// CHECK-LABEL: kernel.define @k000_reduce_sum_f32(%arg0: tensor<64x64xf32>)
// CHECK: gan.mul
// CHECK: gan.transpose
// CHECK: gan.reduce_sum
// CHECK-NOT: kernel.define
gan.program @on_load(%x: tensor<64x64xf32>) arguments ["input x"] results ["output y"] {
  %square = gan.mul %x, %x : tensor<64x64xf32>
  %t = gan.transpose %square permutation [1, 0] : tensor<64x64xf32> -> tensor<64x64xf32>
  %y = gan.reduce_sum %t dims [1] : tensor<64x64xf32> -> tensor<64xf32>
  gan.yield %y : tensor<64xf32>
}

// -----

// A function is not computed again for every reader of a broadcast.
// CHECK-LABEL: kernel.define @k000_exp_f32(%arg0: tensor<1024xf32>)
// CHECK: kernel.define @k001_mul_f32(%arg0: tensor<512x1024xf32>, %arg1: tensor<1024xf32>)
gan.program @keeps_dear_vectors(%x: tensor<512x1024xf32>, %s: tensor<1024xf32>) arguments ["input x", "input s"] results ["output y"] {
  %e = gan.exp %s : tensor<1024xf32>
  %b = gan.broadcast %e dims [0] : tensor<1024xf32> -> tensor<512x1024xf32>
  %y = gan.mul %x, %b : tensor<512x1024xf32>
  gan.yield %y : tensor<512x1024xf32>
}

// -----

// What depends on a root through another kernel is not in its epilogue.
// CHECK-LABEL: gan.program @normalise
// CHECK: %[[D:.*]] = kernel.call @k000_dot_f32
// CHECK: %[[M:.*]]:2 = kernel.call @k001_moments_neg_f32(%[[D]])
// CHECK: kernel.call @k002_mul_f32(%[[D]], %[[M]]#1, %[[M]]#0)
gan.program @normalise(%x: tensor<512x256xf32>, %w: tensor<256x128xf32>) arguments ["input x", "input w"] results ["output y"] {
  %d = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<512x256xf32>, tensor<256x128xf32> -> tensor<512x128xf32>
  %mean, %variance = gan.moments %d dims [0] : tensor<512x128xf32> -> tensor<128xf32>
  %epsilon = gan.constant dense<1.0e-5> : tensor<128xf32>
  %v = gan.add %variance, %epsilon : tensor<128xf32>
  %r = gan.rsqrt %v : tensor<128xf32>
  %negative = gan.neg %mean : tensor<128xf32>
  %m = gan.broadcast %negative dims [0] : tensor<128xf32> -> tensor<512x128xf32>
  %centred = gan.add %d, %m : tensor<512x128xf32>
  %scale = gan.broadcast %r dims [0] : tensor<128xf32> -> tensor<512x128xf32>
  %y = gan.mul %centred, %scale : tensor<512x128xf32>
  gan.yield %y : tensor<512x128xf32>
}

// -----

// Equal bodies are one kernel.
// CHECK-LABEL: kernel.define @k000_neg_f32
// CHECK-NOT: kernel.define
// CHECK: gan.program @defined_once
// CHECK: kernel.call @k000_neg_f32(%arg0)
// CHECK: kernel.call @k000_neg_f32(%arg1)
gan.program @defined_once(%a: tensor<8xf32>, %b: tensor<8xf32>) arguments ["input a", "input b"] results ["output a", "output b"] {
  %x = gan.neg %a : tensor<8xf32>
  %y = gan.neg %b : tensor<8xf32>
  gan.yield %x, %y : tensor<8xf32>, tensor<8xf32>
}

// -----

// Nothing is computed from a draw before it can be recorded and given.
// CHECK-LABEL: kernel.define @k000_random_f32(%arg0: tensor<4xi32>) -> tensor<1024xf32>
// CHECK-NEXT: gan.random
// CHECK-NEXT: kernel.return
// CHECK: kernel.define @k001_mul_f32
gan.program @draw(%key: tensor<4xi32>) arguments ["input key"] results ["output y"] {
  %z = gan.random normal %key a 0.0 b 1.0 site 3 name "z" : tensor<1024xf32>
  %y = gan.mul %z, %z : tensor<1024xf32>
  gan.yield %y : tensor<1024xf32>
}

// -----

// An update of state is a kernel of its own, not an epilogue of the gradient.
// CHECK-LABEL: kernel.define @k000_dot_mul_f32
// CHECK: kernel.define @k001_add_f32
// CHECK: gan.program @update
// CHECK: %[[G:.*]] = kernel.call @k000_dot_mul_f32
// CHECK: kernel.call @k001_add_f32(%arg0, %[[G]])
gan.state "w" parameter starts <fill a 0.0 : f64> site 1 : tensor<64x64xf32>
gan.program @update(%w: tensor<64x64xf32>, %x: tensor<32x64xf32>, %dy: tensor<32x64xf32>) arguments ["state w", "input x", "input dy"] results ["state w"] {
  %g = gan.dot %x, %dy batch [] [] contract [0] [0] : tensor<32x64xf32>, tensor<32x64xf32> -> tensor<64x64xf32>
  %rate = gan.constant dense<-0.1> : tensor<64x64xf32>
  %step = gan.mul %g, %rate : tensor<64x64xf32>
  %next = gan.add %w, %step : tensor<64x64xf32>
  gan.yield %next : tensor<64x64xf32>
}

// -----

// The mask of a rectifier is read off its result, so the operand is not kept.
// CHECK-LABEL: kernel.define @k000_dot_select_f32
// CHECK: kernel.return %{{[0-9]+}} :
// CHECK: kernel.define @k001_dot_select_f32
// CHECK: gan.compare le %arg0,
gan.program @mask(%x: tensor<512x256xf32>, %w: tensor<256x256xf32>, %w2: tensor<256x256xf32>) arguments ["input x", "input w", "input w2"] results ["output a", "output g"] {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<512x256xf32>, tensor<256x256xf32> -> tensor<512x256xf32>
  %zero = gan.constant dense<0.0> : tensor<512x256xf32>
  %slope = gan.constant dense<0.2> : tensor<512x256xf32>
  %m = gan.compare le %y, %zero : tensor<512x256xf32> -> tensor<512x256xi1>
  %s = gan.mul %y, %slope : tensor<512x256xf32>
  %a = gan.select %m, %s, %y : tensor<512x256xi1>, tensor<512x256xf32>
  %da = gan.dot %a, %w2 batch [] [] contract [1] [0] : tensor<512x256xf32>, tensor<256x256xf32> -> tensor<512x256xf32>
  %sda = gan.mul %da, %slope : tensor<512x256xf32>
  %dy = gan.select %m, %sda, %da : tensor<512x256xi1>, tensor<512x256xf32>
  gan.yield %a, %dy : tensor<512x256xf32>, tensor<512x256xf32>
}

// -----

// The program's own reshape of a root's value is the kernel's result.
// CHECK-LABEL: kernel.define @k000_dot_reshape_f32
// CHECK: %[[R:.*]] = gan.reshape
// CHECK: kernel.return %[[R]] : tensor<2x32x16xf32>
gan.program @reshaped_result(%x: tensor<64x32xf32>, %w: tensor<32x16xf32>) arguments ["input x", "input w"] results ["output y"] {
  %d = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<64x32xf32>, tensor<32x16xf32> -> tensor<64x16xf32>
  %y = gan.reshape %d : tensor<64x16xf32> -> tensor<2x32x16xf32>
  gan.yield %y : tensor<2x32x16xf32>
}

// -----

// Blocks are fused by themselves; constants move to where they are read, reports
// keep their order.
// CHECK-LABEL: gan.program @blocks
// CHECK: gan.repeat %{{.*}} carry (%[[A:.*]] = %arg0) : tensor<16xf32> {
// CHECK-NEXT: kernel.call @k000_mul_f32(%[[A]]) : (tensor<16xf32>)
// CHECK-NEXT: %[[S:.*]] = kernel.call @k001_reduce_sum_f32
// CHECK-NEXT: gan.report "first" %[[S]]
// CHECK-NEXT: gan.yield
// CHECK: gan.report "second"
gan.program @blocks(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] {
  %two = gan.constant dense<2.0> : tensor<16xf32>
  %count = arith.constant 3.0 : f64
  %y = gan.repeat %count carry (%a = %x) : tensor<16xf32> {
    %next = gan.mul %a, %two : tensor<16xf32>
    %sum = gan.reduce_sum %next dims [0] : tensor<16xf32> -> tensor<f32>
    gan.report "first" %sum
    gan.yield %next : tensor<16xf32>
  }
  %total = gan.reduce_sum %y dims [0] : tensor<16xf32> -> tensor<f32>
  gan.report "second" %total
  gan.yield %y : tensor<16xf32>
}

// -----

// A contraction computes cheap data on load rather than have it stored.
// CHECK-LABEL: kernel.define @k000_conv_f32(%arg0: tensor<16x64x32x32xf32>, %arg1: tensor<64xf32>
// CHECK: gan.mul
// CHECK: gan.conv
// CHECK-NOT: kernel.define
gan.program @scaled_data(%x: tensor<16x64x32x32xf32>, %s: tensor<64xf32>, %w: tensor<64x64x3x3xf32>) arguments ["input x", "input s", "input w"] results ["output y"] {
  %b = gan.broadcast %s dims [0, 2, 3] : tensor<64xf32> -> tensor<16x64x32x32xf32>
  %scaled = gan.mul %x, %b : tensor<16x64x32x32xf32>
  %y = gan.conv %scaled, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x64x32x32xf32>, tensor<64x64x3x3xf32> -> tensor<16x64x32x32xf32>
  gan.yield %y : tensor<16x64x32x32xf32>
}

// -----

// But not a dear function.
// CHECK-LABEL: kernel.define @k000_tanh_f32
// CHECK: kernel.define @k001_conv_f32
gan.program @dear_data(%x: tensor<16x64x32x32xf32>, %w: tensor<64x64x3x3xf32>) arguments ["input x", "input w"] results ["output y"] {
  %t = gan.tanh %x : tensor<16x64x32x32xf32>
  %u = gan.tanh %t : tensor<16x64x32x32xf32>
  %y = gan.conv %u, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x64x32x32xf32>, tensor<64x64x3x3xf32> -> tensor<16x64x32x32xf32>
  gan.yield %y : tensor<16x64x32x32xf32>
}

// -----

// What is compared for equality is written, and so the same number in all kernels:
// computed again, by another backend, no element might equal the maximum.
// CHECK-LABEL: kernel.define @k000_mul_f32
// CHECK: kernel.define @k001_reduce_max_f32(%arg0: tensor<64x33xf32>)
// CHECK-NEXT: gan.reduce_max %arg0
// CHECK: kernel.define @k002_cast_f32(%arg0: tensor<64x33xf32>, %arg1: tensor<64xf32>)
gan.program @matched(%a: tensor<64x33xf32>) arguments ["input a"] results ["output mask"] {
  %x = gan.mul %a, %a : tensor<64x33xf32>
  %y = gan.reduce_max %x dims [1] : tensor<64x33xf32> -> tensor<64xf32>
  %ys = gan.broadcast %y dims [1] : tensor<64xf32> -> tensor<64x33xf32>
  %is = gan.compare eq %x, %ys : tensor<64x33xf32> -> tensor<64x33xi1>
  %mask = gan.cast %is : tensor<64x33xi1> -> tensor<64x33xf32>
  gan.yield %mask : tensor<64x33xf32>
}

// -----

// Draws of one name stay in the order of the text. The loop waits for a kernel that
// ends behind the second draw.
// CHECK-LABEL: gan.program @draws
// CHECK-NOT: kernel.call @k{{[0-9]+}}_random
// CHECK: gan.repeat
// CHECK: kernel.call @k{{[0-9]+}}_random
// CHECK: gan.yield
// CHECK: kernel.call @k{{[0-9]+}}_random
gan.program @draws(%p: tensor<16xf32>, %k: tensor<4xi32>) arguments ["input p", "input k"] results ["output n", "output u", "output b"] {
  %count = arith.constant 5.0 : f64
  %a = gan.mul %p, %p : tensor<16xf32>
  %n = gan.repeat %count carry (%c = %a) : tensor<16xf32> {
    %z = gan.random normal %k a 0.0 b 1.0 site 7 name "z" : tensor<16xf32>
    %m = gan.mul %c, %z : tensor<16xf32>
    gan.yield %m : tensor<16xf32>
  }
  %u = gan.random normal %k a 0.0 b 1.0 site 8 name "z" : tensor<16xf32>
  %b = gan.add %a, %p : tensor<16xf32>
  gan.yield %n, %u, %b : tensor<16xf32>, tensor<16xf32>, tensor<16xf32>
}

// -----

// What two slices read is computed twice, and so is all behind it: a kernel ends
// before that doubles too often.
// CHECK: kernel.define @k000_mul_f32(%arg0: tensor<12xf32>)
// CHECK-COUNT-10: gan.slice
// CHECK: kernel.return
// CHECK: kernel.define @k001_mul_f32
// CHECK-NOT: kernel.define
gan.program @doubling(%x0: tensor<12xf32>) arguments ["input x"] results ["output y"] {
  %a0 = gan.slice %x0 start [0] stop [11] stride [1] : tensor<12xf32> -> tensor<11xf32>
  %b0 = gan.slice %x0 start [1] stop [12] stride [1] : tensor<12xf32> -> tensor<11xf32>
  %x1 = gan.mul %a0, %b0 : tensor<11xf32>
  %a1 = gan.slice %x1 start [0] stop [10] stride [1] : tensor<11xf32> -> tensor<10xf32>
  %b1 = gan.slice %x1 start [1] stop [11] stride [1] : tensor<11xf32> -> tensor<10xf32>
  %x2 = gan.mul %a1, %b1 : tensor<10xf32>
  %a2 = gan.slice %x2 start [0] stop [9] stride [1] : tensor<10xf32> -> tensor<9xf32>
  %b2 = gan.slice %x2 start [1] stop [10] stride [1] : tensor<10xf32> -> tensor<9xf32>
  %x3 = gan.mul %a2, %b2 : tensor<9xf32>
  %a3 = gan.slice %x3 start [0] stop [8] stride [1] : tensor<9xf32> -> tensor<8xf32>
  %b3 = gan.slice %x3 start [1] stop [9] stride [1] : tensor<9xf32> -> tensor<8xf32>
  %x4 = gan.mul %a3, %b3 : tensor<8xf32>
  %a4 = gan.slice %x4 start [0] stop [7] stride [1] : tensor<8xf32> -> tensor<7xf32>
  %b4 = gan.slice %x4 start [1] stop [8] stride [1] : tensor<8xf32> -> tensor<7xf32>
  %x5 = gan.mul %a4, %b4 : tensor<7xf32>
  %a5 = gan.slice %x5 start [0] stop [6] stride [1] : tensor<7xf32> -> tensor<6xf32>
  %b5 = gan.slice %x5 start [1] stop [7] stride [1] : tensor<7xf32> -> tensor<6xf32>
  %x6 = gan.mul %a5, %b5 : tensor<6xf32>
  %a6 = gan.slice %x6 start [0] stop [5] stride [1] : tensor<6xf32> -> tensor<5xf32>
  %b6 = gan.slice %x6 start [1] stop [6] stride [1] : tensor<6xf32> -> tensor<5xf32>
  %x7 = gan.mul %a6, %b6 : tensor<5xf32>
  %a7 = gan.slice %x7 start [0] stop [4] stride [1] : tensor<5xf32> -> tensor<4xf32>
  %b7 = gan.slice %x7 start [1] stop [5] stride [1] : tensor<5xf32> -> tensor<4xf32>
  %x8 = gan.mul %a7, %b7 : tensor<4xf32>
  gan.yield %x8 : tensor<4xf32>
}
