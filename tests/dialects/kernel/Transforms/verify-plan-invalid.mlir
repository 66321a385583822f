// RUN: %gan-opt --split-input-file --verify-diagnostics --kernel-verify-plan %s

// A value is read after its place was written again.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @overwritten(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-note @below {{value defined here}}
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %b = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %c = kernel.call @k000_neg_f32(%b) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  // expected-error @below {{reads #kernel.place<arena, 0, 64> after it was overwritten}}
  %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// A part of it is enough.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @partly_overwritten(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-note @below {{value defined here}}
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 64, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %s = gan.draw_data "d" {kernel.places = [#kernel.place<arena, 0, 68>]} : tensor<17xf32>
  // expected-error @below {{reads #kernel.place<arena, 64, 64> after it was overwritten}}
  %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// The second iteration finds what the first has left.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @second_iteration(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %n = arith.constant 2.0 : f64
  // expected-note @below {{value defined here}}
  %o = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 64, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %i = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %y = gan.repeat %n carry (%c = %i) attributes {kernel.places = [#kernel.place<argument, 0, 64>]} : tensor<16xf32> {
    // expected-error @below {{reads #kernel.place<arena, 64, 64> after it was overwritten}}
    %a = kernel.call @k000_neg_f32(%o) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
    %b = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<arena, 64, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
    %z = kernel.call @k000_neg_f32(%b) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
    gan.yield %z : tensor<16xf32>
  }
  gan.yield %y : tensor<16xf32>
}

// -----

// A branch that overwrites spoils what comes after both.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @after_branches(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %true = arith.constant true
  // expected-note @below {{value defined here}}
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.if %true : () {
    %b = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
    gan.yield
  } else {
    gan.yield
  }
  // expected-error @below {{reads #kernel.place<arena, 0, 64> after it was overwritten}}
  %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// Only element-wise kernels work in place.
kernel.define @k001_transpose_f32(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = gan.transpose %a permutation [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  kernel.return %y : tensor<4x4xf32>
}
gan.program @not_in_place(%x: tensor<4x4xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %a = kernel.call @k001_transpose_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  // expected-error @below {{writes to #kernel.place<arena, 0, 64> while it reads there}}
  %b = kernel.call @k001_transpose_f32(%a) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %y = kernel.call @k001_transpose_f32(%b) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  gan.yield %y : tensor<4x4xf32>
}

// -----

// Two results of a call.
kernel.define @k002_neg_f32(%a: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) {
  %y = gan.neg %a : tensor<16xf32>
  %z = gan.abs %a : tensor<16xf32>
  kernel.return %y, %z : tensor<16xf32>, tensor<16xf32>
}
gan.program @two_results(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{writes two results to #kernel.place<argument, 0, 64>}}
  %y:2 = kernel.call @k002_neg_f32(%x) {kernel.places = [#kernel.place<argument, 0, 64>, #kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>)
  gan.yield %y#0 : tensor<16xf32>
}

// -----

// Constants are not written.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @constant(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{writes a constant}}
  %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<constant, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// Nor do parameters lie elsewhere.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @parameter(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{expected a constant's place, got #kernel.place<arena, 0, 64>}}
  %w = gan.parameter "w" parameter blob <"w", 0, 64, "00"> {kernel.places = [#kernel.place<arena, 0, 64>]} : tensor<16xf32>
  %y = kernel.call @k000_neg_f32(%w) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// Places have the size of their tensors.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @size(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{expected a place of 64 bytes, got #kernel.place<argument, 0, 32>}}
  %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<argument, 0, 32>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// Places are aligned.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @alignment(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{expected a place at a multiple of 64, got #kernel.place<arena, 32, 64>}}
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 32, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// Places lie in the arena.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @arena_end(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{expected a place in an arena of 128 bytes, got #kernel.place<arena, 128, 64>}}
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 128, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// Every tensor has a place.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @missing(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{expected a place for every tensor}}
  %y = kernel.call @k000_neg_f32(%x) : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}

// -----

// A carried value has one place.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @carried(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %n = arith.constant 2.0 : f64
  %i = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  // expected-error @below {{expected a value in #kernel.place<argument, 0, 64>, got #kernel.place<arena, 0, 64>}}
  %y = gan.repeat %n carry (%c = %i) attributes {kernel.places = [#kernel.place<argument, 0, 64>]} : tensor<16xf32> {
    gan.yield %c : tensor<16xf32>
  }
  gan.yield %y : tensor<16xf32>
}

// -----

// An output is what the caller gets.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @output(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  // expected-error @below {{expected result 0 in its output, got #kernel.place<arena, 0, 64>}}
  gan.yield %y : tensor<16xf32>
}

// -----

// A new state lies in the state.
module attributes {kernel.state_bytes = 64 : i64} {
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 {kernel.places = [#kernel.place<state, 0, 64>]} : tensor<16xf32>
gan.program @state(%x: tensor<16xf32>) arguments ["state p"] results ["state p"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<state, 0, 64>]} {
  %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<arena, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  // expected-error @below {{expected result 0 in its state, got #kernel.place<arena, 0, 64>}}
  gan.yield %y : tensor<16xf32>
}
}

// -----

// State without a new value stays.
module attributes {kernel.state_bytes = 64 : i64} {
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 {kernel.places = [#kernel.place<state, 0, 64>]} : tensor<16xf32>
// expected-note @below {{value defined here}}
gan.program @kept_state(%x: tensor<16xf32>) arguments ["state p"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<state, 0, 64>]} {
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<state, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  // expected-error @below {{reads #kernel.place<state, 0, 64> after it was overwritten}}
  gan.yield %y : tensor<16xf32>
}
}

// -----

// Inputs stay too.
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
// expected-note @below {{value defined here}}
gan.program @kept_input(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 128 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  %a = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<argument, 1, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  %y = kernel.call @k000_neg_f32(%a) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<16xf32>) -> tensor<16xf32>
  // expected-error @below {{reads #kernel.place<argument, 1, 64> after it was overwritten}}
  gan.yield %y : tensor<16xf32>
}

// -----

// A kernel would read what lies in another order.
kernel.define @k000_neg_f32(%a: tensor<2x8xf32> {kernel.layout = array<i64: 1, 0>}) -> tensor<2x8xf32> {
  %y = gan.neg %a : tensor<2x8xf32>
  kernel.return %y : tensor<2x8xf32>
}
gan.program @other_layout(%x: tensor<2x8xf32>) arguments ["input x"] results ["output y"] attributes {kernel.arena_bytes = 0 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]} {
  // expected-error @below {{expected the layout that 'k000_neg_f32' names, got #kernel.place<argument, 1, 64>}}
  %y = kernel.call @k000_neg_f32(%x) {kernel.places = [#kernel.place<argument, 0, 64>]} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  gan.yield %y : tensor<2x8xf32>
}

// -----

// The module says how much state there is.
// expected-error @below {{expected kernel.state_bytes = 64 for the places of this plan, got 16}}
module attributes {kernel.state_bytes = 16 : i64} {
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 {kernel.places = [#kernel.place<state, 0, 64>]} : tensor<16xf32>
}

// -----

// And how many weights, those that state starts with among them.
// expected-error @below {{expected kernel.constant_bytes = 128 for the places of this plan, got 0}}
module attributes {kernel.state_bytes = 64 : i64} {
gan.state "p" parameter starts <weights blob <"w", 0, 64, "00">> site 0 {kernel.places = [#kernel.place<state, 0, 64>, #kernel.place<constant, 64, 64>]} : tensor<16xf32>
}

// -----

// A state has a place of its own size.
// expected-error @below {{expected a place of its size for the state and for its weights}}
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 {kernel.places = [#kernel.place<state, 0, 32>]} : tensor<16xf32>

// -----

// An argument lies in the state that there is.
module attributes {kernel.state_bytes = 64 : i64} {
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 {kernel.places = [#kernel.place<state, 0, 64>]} : tensor<16xf32>
// expected-error @below {{expected a place in the state, got #kernel.place<state, 64, 64>}}
gan.program @beyond(%x: tensor<16xf32>) arguments ["state p"] results ["state p"] attributes {kernel.arena_bytes = 0 : i64, kernel.argument_places = [#kernel.place<state, 64, 64>]} {
  gan.yield %x : tensor<16xf32>
}
}
