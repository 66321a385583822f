// RUN: %gan-opt --split-input-file --kernel-plan-memory --kernel-verify-plan %s | FileCheck %s

// Where tensors lie, and which copies that takes.

// State lies in order of declaration at multiples of 64; a constant once.
// CHECK: module attributes {kernel.constant_bytes = 128 : i64, kernel.state_bytes = 192 : i64}
// CHECK: gan.state "a" {{.*}}{kernel.places = [#kernel.place<state, 0, 4>]}
// CHECK: gan.state "b" {{.*}}{kernel.places = [#kernel.place<state, 64, 80>]}
// CHECK-LABEL: gan.program @constants
// CHECK: gan.parameter {{.*}}{kernel.places = [#kernel.place<constant, 0, 80>]}
gan.state "a" variable starts <fill a 0.0 : f64> site 0 : tensor<f32>
gan.state "b" parameter starts <fill a 0.0 : f64> site 0 : tensor<20xf32>
gan.program @constants(%b: tensor<20xf32>) arguments ["state b"] results ["output y"] {
  %w = gan.parameter "w" parameter blob <"w.bin", 0, 80, "00"> : tensor<20xf32>
  %y = kernel.call @k000_add_f32(%b, %w) : (tensor<20xf32>, tensor<20xf32>) -> tensor<20xf32>
  gan.yield %y : tensor<20xf32>
}
kernel.define @k000_add_f32(%a: tensor<20xf32>, %b: tensor<20xf32>) -> tensor<20xf32> {
  %y = gan.add %a, %b : tensor<20xf32>
  kernel.return %y : tensor<20xf32>
}

// -----

// Outputs count before inputs; the last call writes to the caller.
// CHECK-LABEL: gan.program @caller
// CHECK-SAME: kernel.arena_bytes = 64 : i64, kernel.argument_places = [#kernel.place<argument, 1, 64>]
// CHECK: kernel.places = [#kernel.place<arena, 0, 64>]
// CHECK: kernel.places = [#kernel.place<argument, 0, 64>]
// CHECK-NOT: kernel.copy
gan.program @caller(%x: tensor<4x4xf32>) arguments ["input x"] results ["output y"] {
  %a = kernel.call @k000_transpose_f32(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %y = kernel.call @k000_transpose_f32(%a) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  gan.yield %y : tensor<4x4xf32>
}
kernel.define @k000_transpose_f32(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = gan.transpose %a permutation [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  kernel.return %y : tensor<4x4xf32>
}

// -----

// Values whose lives do not meet share the arena.
// CHECK-LABEL: gan.program @shares
// CHECK-SAME: kernel.arena_bytes = 128 : i64
// CHECK: kernel.call {{.*}}#kernel.place<arena, [[A:[0-9]+]], 64>
// CHECK: kernel.call {{.*}}#kernel.place<arena, {{[0-9]+}}, 64>
// CHECK: kernel.call {{.*}}#kernel.place<arena, [[A]], 64>
gan.program @shares(%x: tensor<4x4xf32>) arguments ["input x"] results ["output y"] {
  %a = kernel.call @k000_transpose_f32(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %b = kernel.call @k000_transpose_f32(%a) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %c = kernel.call @k000_transpose_f32(%b) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %y = kernel.call @k000_transpose_f32(%c) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  gan.yield %y : tensor<4x4xf32>
}
kernel.define @k000_transpose_f32(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = gan.transpose %a permutation [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  kernel.return %y : tensor<4x4xf32>
}

// -----

// An element-wise update lies over the old state, through both of its steps.
// CHECK-LABEL: gan.program @in_place
// CHECK-SAME: kernel.arena_bytes = 0 : i64
// CHECK-COUNT-2: kernel.call {{.*}}[#kernel.place<state, 0, 64>]
// CHECK-NOT: kernel.copy
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @in_place(%p: tensor<16xf32>, %g: tensor<16xf32>) arguments ["state p", "input g"] results ["state p"] {
  %q = kernel.call @k000_add_f32(%p, %g) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  %r = kernel.call @k000_add_f32(%q, %g) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  gan.yield %r : tensor<16xf32>
}
kernel.define @k000_add_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.add %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// -----

// A later reader of the old value: the new one moves in at the end.
// CHECK-LABEL: gan.program @later_reader
// CHECK: %[[N:.*]] = kernel.call @k000_neg_f32(%arg0) {kernel.places = [#kernel.place<arena, {{.*}}>]}
// CHECK: kernel.call @k000_neg_f32(%arg0)
// CHECK: %[[C:.*]] = kernel.copy %[[N]] {kernel.places = [#kernel.place<state, 0, 64>]}
// CHECK: gan.yield %[[C]],
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @later_reader(%p: tensor<16xf32>) arguments ["state p"] results ["state p", "output y"] {
  %n = kernel.call @k000_neg_f32(%p) : (tensor<16xf32>) -> tensor<16xf32>
  gan.record "n" %n : tensor<16xf32>
  %y = kernel.call @k000_neg_f32(%p) : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %n, %y : tensor<16xf32>, tensor<16xf32>
}
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// -----

// A kernel that reads other elements than it writes does not work in place.
// CHECK-LABEL: gan.program @not_in_place
// CHECK: kernel.call {{.*}}[#kernel.place<arena, 0, 64>]
// CHECK: kernel.copy {{.*}}[#kernel.place<state, 0, 64>]
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<4x4xf32>
gan.program @not_in_place(%p: tensor<4x4xf32>) arguments ["state p"] results ["state p"] {
  %n = kernel.call @k000_add_f32(%p) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  gan.yield %n : tensor<4x4xf32>
}
kernel.define @k000_add_f32(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %t = gan.transpose %a permutation [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  %y = gan.add %a, %t : tensor<4x4xf32>
  kernel.return %y : tensor<4x4xf32>
}

// -----

// Two states that change places: one of them steps aside.
// CHECK-LABEL: gan.program @exchange
// CHECK: %[[T:.*]] = kernel.copy %arg{{[01]}} {kernel.places = [#kernel.place<arena, 0, 64>]}
// CHECK: kernel.copy %arg{{[01]}} {kernel.places = [#kernel.place<state,
// CHECK: kernel.copy %[[T]] {kernel.places = [#kernel.place<state,
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.state "q" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @exchange(%p: tensor<16xf32>, %q: tensor<16xf32>) arguments ["state p", "state q"] results ["state p", "state q"] {
  gan.yield %q, %p : tensor<16xf32>, tensor<16xf32>
}

// -----

// State carried through a loop stays where it is; what is read from outside lives
// through the whole loop.
// CHECK-LABEL: gan.program @loop
// CHECK-SAME: kernel.arena_bytes = 128 : i64
// CHECK: %[[O:.*]] = kernel.call @k000_transpose_f32(%arg1) {kernel.places = [#kernel.place<arena, [[O:[0-9]+]], 64>]}
// CHECK: gan.repeat {{.*}} {kernel.places = [#kernel.place<state, 0, 64>]}
// CHECK: kernel.call @k000_transpose_f32({{.*}} {kernel.places = [#kernel.place<arena, {{[0-9]+}}, 64>]}
// CHECK: kernel.call @k001_add_f32({{.*}} {kernel.places = [#kernel.place<state, 0, 64>]}
// CHECK-NOT: kernel.copy
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<4x4xf32>
gan.program @loop(%p: tensor<4x4xf32>, %x: tensor<4x4xf32>) arguments ["state p", "input x"] results ["state p"] {
  %o = kernel.call @k000_transpose_f32(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %count = arith.constant 5.0 : f64
  %r = gan.repeat %count carry (%a = %p) : tensor<4x4xf32> {
    %t = kernel.call @k000_transpose_f32(%o) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %n = kernel.call @k001_add_f32(%a, %t) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    gan.yield %n : tensor<4x4xf32>
  }
  gan.yield %r : tensor<4x4xf32>
}
kernel.define @k000_transpose_f32(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = gan.transpose %a permutation [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  kernel.return %y : tensor<4x4xf32>
}
kernel.define @k001_add_f32(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = gan.add %a, %b : tensor<4x4xf32>
  kernel.return %y : tensor<4x4xf32>
}

// -----

// A loop that exchanges what it carries, and one that reads its initial value.
// CHECK-LABEL: gan.program @loop_copies
// CHECK: gan.repeat
// CHECK: %[[T:.*]] = kernel.copy
// CHECK-NEXT: kernel.copy
// CHECK-NEXT: kernel.copy %[[T]]
// CHECK: kernel.copy %arg0
// CHECK: gan.repeat
// CHECK: kernel.call @k000_add_f32({{.*}}, %arg0)
gan.program @loop_copies(%x: tensor<16xf32>, %y: tensor<16xf32>) arguments ["input x", "input y"] results ["output a", "output b", "output c"] {
  %count = arith.constant 5.0 : f64
  %r:2 = gan.repeat %count carry (%a = %x, %b = %y) : tensor<16xf32>, tensor<16xf32> {
    gan.yield %b, %a : tensor<16xf32>, tensor<16xf32>
  }
  %s = gan.repeat %count carry (%a = %x) : tensor<16xf32> {
    %n = kernel.call @k000_add_f32(%a, %x) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    gan.yield %n : tensor<16xf32>
  }
  gan.yield %r#0, %r#1, %s : tensor<16xf32>, tensor<16xf32>, tensor<16xf32>
}
kernel.define @k000_add_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.add %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// -----

// An update that only one branch makes works in place; the other leaves all as is.
// CHECK-LABEL: gan.program @branch
// CHECK: gan.if %{{.*}} {kernel.places = [#kernel.place<state, 0, 64>]}
// CHECK-NEXT: kernel.call @k000_add_f32(%arg0, %arg1) {kernel.places = [#kernel.place<state, 0, 64>]}
// CHECK-NEXT: gan.yield
// CHECK-NEXT: } else {
// CHECK-NEXT: gan.yield %arg0
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @branch(%p: tensor<16xf32>, %g: tensor<16xf32>) arguments ["state p", "input g"] results ["state p"] {
  %step = gan.clock step
  %zero = arith.constant 0.0 : f64
  %c = arith.cmpf ogt, %step, %zero : f64
  %r = gan.if %c : (tensor<16xf32>) {
    %q = kernel.call @k000_add_f32(%p, %g) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    gan.yield %q : tensor<16xf32>
  } else {
    gan.yield %p : tensor<16xf32>
  }
  gan.yield %r : tensor<16xf32>
}
kernel.define @k000_add_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.add %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}

// -----

// Rows of a batch work in place; a tensor that another row reads does not.
// CHECK-LABEL: gan.program @batch
// CHECK: kernel.batch {{.*}} {kernel.places = [#kernel.place<state, 0, 64>, #kernel.place<state, 64, 32>]}
// CHECK: kernel.batch {{.*}} {kernel.places = [#kernel.place<arena, {{[0-9]+}}, 64>, #kernel.place<argument, 0, 64>]}
gan.state "p" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.state "q" parameter starts <fill a 0.0 : f64> site 0 : tensor<8xf32>
gan.state "r" parameter starts <fill a 0.0 : f64> site 0 : tensor<16xf32>
gan.program @batch(%p: tensor<16xf32>, %q: tensor<8xf32>, %r: tensor<16xf32>, %g: tensor<16xf32>, %h: tensor<8xf32>) arguments ["state p", "state q", "state r", "input g", "input h"] results ["state p", "state q", "state r", "output y"] {
  %n:2 = kernel.batch @k000_add_f32 rows(%p, %g, %q, %h) : (tensor<16xf32>, tensor<16xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<16xf32>, tensor<8xf32>)
  %m:2 = kernel.batch @k000_add_f32 rows(%r, %g, %g, %r) : (tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>)
  gan.yield %n#0, %n#1, %m#0, %m#1 : tensor<16xf32>, tensor<8xf32>, tensor<16xf32>, tensor<16xf32>
}
kernel.define @k000_add_f32(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> attributes {columns = 2 : i64} {
  %y = gan.add %a, %b : tensor<?xf32>
  kernel.return %y : tensor<?xf32>
}

// -----

// A host expression reads state where its value is needed, not where it stands.
// CHECK-LABEL: gan.program @host_reads_late
// CHECK: %[[N:.*]] = kernel.call @k000_neg_f32(%arg0) {kernel.places = [#kernel.place<arena,
// CHECK: gan.repeat
// CHECK: kernel.copy %[[N]] {kernel.places = [#kernel.place<state, 0, 4>]}
gan.state "k" variable starts <fill a 0.0 : f64> site 0 : tensor<f32>
gan.program @host_reads_late(%k: tensor<f32>) arguments ["state k"] results ["state k"] {
  %count = gan.to_host %k
  %one = arith.constant 1.0 : f64
  %more = arith.addf %count, %one : f64
  %n = kernel.call @k000_neg_f32(%k) : (tensor<f32>) -> tensor<f32>
  gan.record "n" %n : tensor<f32>
  gan.repeat %more carry () {
    gan.report "loss" %n
    gan.yield
  }
  gan.yield %n : tensor<f32>
}
kernel.define @k000_neg_f32(%a: tensor<f32>) -> tensor<f32> {
  %y = gan.neg %a : tensor<f32>
  kernel.return %y : tensor<f32>
}

// -----

// A constant that a loop reads first lies there behind it, too.
// CHECK-LABEL: gan.program @constant_in_loop
// CHECK: gan.parameter {{.*}}{kernel.places = [#kernel.place<constant, 0, 64>]}
// CHECK: gan.parameter {{.*}}{kernel.places = [#kernel.place<constant, 0, 64>]}
gan.program @constant_in_loop(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] {
  %count = arith.constant 3.0 : f64
  %n = gan.repeat %count carry (%c = %x) : tensor<16xf32> {
    %w = gan.parameter "w" parameter blob <"w.bin", 0, 64, "00"> : tensor<16xf32>
    %m = kernel.call @k000_add_f32(%c, %w) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    gan.yield %m : tensor<16xf32>
  }
  %v = gan.parameter "w" parameter blob <"w.bin", 0, 64, "00"> : tensor<16xf32>
  %y = kernel.call @k000_add_f32(%n, %v) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
}
kernel.define @k000_add_f32(%a: tensor<16xf32>, %b: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.add %a, %b : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
