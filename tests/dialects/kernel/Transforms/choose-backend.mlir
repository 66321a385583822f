// RUN: %gan-opt --kernel-choose-backend=backend=halide %s | FileCheck %s

// Chunks follow from the size of a kernel.

kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
kernel.define @k001_neg_f32(%a: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %y = gan.neg %a : tensor<1024x1024xf32>
  kernel.return %y : tensor<1024x1024xf32>
}
kernel.define @k002_neg_f32(%a: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 1 : i64} {
  %y = gan.neg %a : tensor<?xf32>
  kernel.return %y : tensor<?xf32>
}

// CHECK-LABEL: gan.program @sizes
// CHECK: kernel.call @k000_neg_f32(%{{.*}}) {backend = "halide", chunks = 1 : i64, workspace = 0 : i64}
// CHECK: kernel.call @k001_neg_f32(%{{.*}}) {backend = "halide", chunks = 32 : i64, workspace = 0 : i64}
// CHECK: kernel.batch @k002_neg_f32 {{.*}}{backend = "halide", workspace = 0 : i64}
gan.program @sizes(%x: tensor<16xf32>, %y: tensor<1024x1024xf32>) arguments ["input x", "input y"] results ["output a", "output b", "output c"] {
  %a = kernel.call @k000_neg_f32(%x) : (tensor<16xf32>) -> tensor<16xf32>
  %b = kernel.call @k001_neg_f32(%y) : (tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
  %c = kernel.batch @k002_neg_f32 rows(%x) : (tensor<16xf32>) -> (tensor<16xf32>)
  gan.yield %a, %b, %c : tensor<16xf32>, tensor<1024x1024xf32>, tensor<16xf32>
}
