// RUN: %gan-opt --kernel-verify-plan %s | FileCheck %s

// Plans that keep every value until its last reader.
module attributes {kernel.constant_bytes = 64 : i64} {

kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// An element-wise kernel over its own operand, and over a dead one.
// CHECK-LABEL: gan.program @in_place
gan.program @in_place(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 64 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %b = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %c = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %y = kernel.call @k000_neg_f32(%b) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// Branches may use the same memory for different things.
// CHECK-LABEL: gan.program @branches
gan.program @branches(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 64 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %true = arith.constant true
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %y = gan.if %true {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) {
    %b = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
    %c = kernel.call @k000_neg_f32(%b) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
    gan.yield %c : tensor<16xf32>
  } else {
    %b = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
    gan.yield %b : tensor<16xf32>
  }
  gan.yield %y : tensor<16xf32>
}

// Weights with equal bytes share a place; neither overwrites the other.
kernel.define @k005_mul_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.mul %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @equal_weights() arguments [] results ["output y"] attributes {kernel.arena_bytes = 0 : i64, kernel.argument_places = []} {
  %v = gan.parameter "v" parameter blob <"w", 0, 64, "00"> {kernel.places = [#kernel.place<constant, 0, 64>]} : tensor<16xf32>
  %w = gan.parameter "w" parameter blob <"w", 0, 64, "00"> {kernel.places = [#kernel.place<constant, 0, 64>]} : tensor<16xf32>
  %y = kernel.call @k005_mul_f32(%v, %w) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// A tensor without elements takes no memory from what begins at its place.
kernel.define @k006_neg_f32(%a: tensor<0xf32>) -> tensor<0xf32> {
  %y = gan.neg %a : tensor<0xf32>
  kernel.return %y : tensor<0xf32>
}
// CHECK-LABEL: gan.program @without_elements
gan.program @without_elements(%x: tensor<16xf32>, %e: tensor<0xf32>) arguments ["input x", "input e"] results ["output y", "output f"] attributes {kernel.arena_bytes = 64 : i64, kernel.argument_places = [#kernel.place<argument, 2, 64>, #kernel.place<argument, 3, 0>]} {
  %a = kernel.call @k006_neg_f32(%e) {kernel.places = [#kernel.place<arena, 0, 0>]} : (tensor<0xf32>) -> tensor<0xf32>
  %b = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %f = kernel.call @k006_neg_f32(%a) {kernel.places = [#kernel.place<argument, 1, 0>]} : (tensor<0xf32>) -> tensor<0xf32>
  %y = kernel.call @k000_neg_f32(%b) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y, %f : tensor<16xf32>, tensor<0xf32>
}

}
