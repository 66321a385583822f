// RUN: %gan-opt --split-input-file --kernel-schedule %s | FileCheck %s

// Readers of an old value run before what overwrites it.

// CHECK-LABEL: gan.program @later_reader
// CHECK: %[[Y:.*]] = kernel.call @k001_exp_f32(%arg0)
// CHECK: %[[P:.*]] = kernel.call @k000_neg_f32(%arg0)
// CHECK: gan.yield %[[P]], %[[Y]]
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @later_reader(%p: tensor<16xf32>) arguments ["state p"] results ["state p", "output y"] {
  %n = kernel.call @k000_neg_f32(%p) : (tensor<16xf32>) -> tensor<16xf32>
  %y = kernel.call @k001_exp_f32(%p) : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %n, %y : tensor<16xf32>, tensor<16xf32>
}
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
kernel.define @k001_exp_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.exp %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// -----

// Every link of a chain of updates, and a loop as a reader.
// CHECK-LABEL: gan.program @chain
// CHECK: %[[Q:.*]] = kernel.call @k000_neg_f32(%arg0)
// CHECK: gan.repeat
// CHECK: kernel.call @k001_mul_f32(%{{.*}}, %[[Q]])
// CHECK: kernel.call @k000_neg_f32(%[[Q]])
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @chain(%p: tensor<16xf32>) arguments ["state p"] results ["state p", "output y"] {
  %q = kernel.call @k000_neg_f32(%p) : (tensor<16xf32>) -> tensor<16xf32>
  %r = kernel.call @k000_neg_f32(%q) : (tensor<16xf32>) -> tensor<16xf32>
  %count = arith.constant 5.0 : f64
  %y = gan.repeat %count carry (%c = %q) : tensor<16xf32> {
    %n = kernel.call @k001_mul_f32(%c, %q) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    gan.yield %n : tensor<16xf32>
  }
  gan.yield %r, %y : tensor<16xf32>, tensor<16xf32>
}
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
kernel.define @k001_mul_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.mul %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// -----

// What needs the new value cannot run before it.
// CHECK-LABEL: gan.program @needs_both
// CHECK: kernel.call @k000_neg_f32(%arg0)
// CHECK: kernel.call @k001_mul_f32
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @needs_both(%p: tensor<16xf32>) arguments ["state p"] results ["state p", "output y"] {
  %n = kernel.call @k000_neg_f32(%p) : (tensor<16xf32>) -> tensor<16xf32>
  %y = kernel.call @k001_mul_f32(%p, %n) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  gan.yield %n, %y : tensor<16xf32>, tensor<16xf32>
}
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
kernel.define @k001_mul_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.mul %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// -----

// Draws of one name stay in the order of the text, also those inside of a loop; the
// plan copies %p.
// CHECK-LABEL: gan.program @draws
// CHECK: gan.repeat
// CHECK: kernel.call @k000_random_f32
// CHECK: %[[U:.*]] = kernel.call @k000_random_f32
// CHECK: kernel.call @k001_mul_f32(%arg0, %[[U]])
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.state "k" variable starts <fill a 0.0 : f64> site 0 : tensor<4xi32>
gan.program @draws(%p: tensor<16xf32>, %k: tensor<4xi32>) arguments ["state p", "state k"] results ["state p", "output y"] {
  %count = arith.constant 5.0 : f64
  %n = gan.repeat %count carry (%c = %p) : tensor<16xf32> {
    %z = kernel.call @k000_random_f32(%k) : (tensor<4xi32>) -> tensor<16xf32>
    %m = kernel.call @k001_mul_f32(%c, %z) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    gan.yield %m : tensor<16xf32>
  }
  %u = kernel.call @k000_random_f32(%k) : (tensor<4xi32>) -> tensor<16xf32>
  %y = kernel.call @k001_mul_f32(%p, %u) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  gan.yield %n, %y : tensor<16xf32>, tensor<16xf32>
}
kernel.define @k000_random_f32(%k: tensor<4xi32>) -> tensor<16xf32> {
  %y = gan.random normal %k a 0.0 b 1.0 site 7 name "z" : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
kernel.define @k001_mul_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.mul %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
