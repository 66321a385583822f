// RUN: %gan-opt --kernel-choose-device-backend="devices=opencl,cuda:sm_90 backend=halide" %s | FileCheck %s
// RUN: %gan-opt --kernel-choose-device-backend %s | FileCheck %s --check-prefix=NONE

// Without devices nothing changes.

// CHECK: module attributes {kernel.devices = ["opencl", "cuda:sm_90"]}
// CHECK: kernel.define @k000_neg_f32
// CHECK-SAME: kernel.device_backends = {"cuda:sm_90" = "halide", opencl = "halide"}
// CHECK: kernel.define @k001_neg_f32
// CHECK-SAME: kernel.device_backends = {"cuda:sm_90" = "halide", opencl = "halide"}
// NONE-NOT: kernel.device
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
kernel.define @k001_neg_f32(%a: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 1 : i64} {
  %y = gan.neg %a : tensor<?xf32>
  kernel.return %y : tensor<?xf32>
}
