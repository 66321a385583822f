// RUN: %gan-opt --kernel-choose-backend --kernel-choose-device-backend=devices=vulkan,opencl --kernel-plan-memory=device-block=1048576 --kernel-print-plan %s | FileCheck %s

// A column tells who writes the code for which device.

kernel.define @k000_neg_f32(%a: tensor<8xf32>) -> tensor<8xf32> {
  %y = gan.neg %a : tensor<8xf32>
  kernel.return %y : tensor<8xf32>
}
// CHECK:      program infer
// CHECK-NEXT:   kernel root ops FLOP bytes chunks backend devices
// CHECK-NEXT:   k000_neg_f32 neg 1 8 64 B 1 llvm opencl llvm, vulkan llvm
// CHECK:      constant 0 B
// CHECK-NEXT: devices vulkan, opencl, blocks of 1.05 MB
gan.program @infer(%x: tensor<8xf32>) arguments ["input x"] results ["output y"] {
  %y = kernel.call @k000_neg_f32(%x) : (tensor<8xf32>) -> tensor<8xf32>
  gan.yield %y : tensor<8xf32>
}
