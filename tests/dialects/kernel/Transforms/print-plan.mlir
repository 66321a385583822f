// RUN: %gan-opt --kernel-choose-backend --kernel-plan-memory --kernel-print-plan %s | FileCheck %s

// A line for every call, indented by block; sums below.

kernel.define @k000_dot_tanh_f32(%a: tensor<64x32xf32>, %b: tensor<32x32xf32>) -> tensor<64x32xf32> {
  %d = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<64x32xf32>, tensor<32x32xf32> -> tensor<64x32xf32>
  %y = gan.tanh %d : tensor<64x32xf32>
  kernel.return %y : tensor<64x32xf32>
}
kernel.define @k001_add_batch_f32(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 2 : i64} {
  %y = gan.add %a, %b : tensor<?xf32>
  kernel.return %y : tensor<?xf32>
}
kernel.define @k002_reduce_sum_f32(%a: tensor<64x32xf32>) -> tensor<f32> {
  %y = gan.reduce_sum %a dims [0, 1] : tensor<64x32xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
gan.state "w" parameter starts <fill a 0.0 : f64> site 0 : tensor<32x32xf32>
gan.state "v" parameter starts <fill a 0.0 : f64> site 0 : tensor<32xf32>

// CHECK:      program step
// CHECK-NEXT:   kernel root ops FLOP bytes chunks backend
// CHECK-NEXT:   draw x 8.19 kB
// CHECK-NEXT:   repeat
// CHECK-NEXT:     k000_dot_tanh_f32 dot 2 180 k 20.5 kB 1 llvm
// CHECK-NEXT:     k001_add_batch_f32 add 1 1.06 k 12.7 kB 2 rows llvm
// CHECK-NEXT:     k002_reduce_sum_f32 reduce_sum 1 2.05 k 8.20 kB 1 llvm
// CHECK-NEXT:     report loss
// CHECK-NEXT:     to host: synchronises
// CHECK-NEXT:   if
// CHECK-NEXT:     copy 256 B
// CHECK-NEXT:   else
// CHECK-NEXT:     copy 256 B
// CHECK-NEXT:   3 calls, 2 copies, 183 k FLOP, 41.9 kB, arena 16.4 kB
// CHECK:      state 4.22 kB
// CHECK-NEXT: constant 0 B
gan.program @step(%w: tensor<32x32xf32>, %v: tensor<32xf32>) arguments ["state w", "state v"] results ["state w", "state v", "output o"] {
  %x = gan.draw_data "x" : tensor<64x32xf32>
  %count = arith.constant 2.0 : f64
  %n:2 = gan.repeat %count carry (%a = %w, %b = %v) : tensor<32x32xf32>, tensor<32xf32> {
    %y = kernel.call @k000_dot_tanh_f32(%x, %a) : (tensor<64x32xf32>, tensor<32x32xf32>) -> tensor<64x32xf32>
    %m:2 = kernel.batch @k001_add_batch_f32 rows(%a, %a, %b, %b) : (tensor<32x32xf32>, tensor<32x32xf32>, tensor<32xf32>, tensor<32xf32>) -> (tensor<32x32xf32>, tensor<32xf32>)
    %s = kernel.call @k002_reduce_sum_f32(%y) : (tensor<64x32xf32>) -> tensor<f32>
    gan.report "loss" %s
    %h = gan.to_host %s
    gan.yield %m#0, %m#1 : tensor<32x32xf32>, tensor<32xf32>
  }
  %true = arith.constant true
  %o = gan.if %true : (tensor<32xf32>) {
    gan.yield %n#1 : tensor<32xf32>
  } else {
    gan.yield %n#1 : tensor<32xf32>
  }
  gan.yield %n#0, %n#1, %o : tensor<32x32xf32>, tensor<32xf32>, tensor<32xf32>
}
