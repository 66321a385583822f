// RUN: %gan-opt --verify-diagnostics --kernel-choose-backend=backend= %s

// expected-error @below {{expected a backend that compiles this kernel}}
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
