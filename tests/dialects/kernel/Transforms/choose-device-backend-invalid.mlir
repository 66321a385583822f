// RUN: %gan-opt --verify-diagnostics --kernel-choose-device-backend="devices=opencl,vulkan backend=" %s

// Everything that is missing is said at once.

// expected-error @below {{expected a backend that has code of this kernel for opencl; it computes neg, abs}}
// expected-error @below {{expected a backend that has code of this kernel for vulkan; it computes neg, abs}}
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %b = gan.neg %a : tensor<16xf32>
  %c = gan.abs %b : tensor<16xf32>
  %y = gan.neg %c : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
