// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanStructureOps.td.

gan.network @return_c1(%z: tensor<2x3xf32>) -> tensor<2x4xf32> attributes {model = "G"} {
  // expected-error@+1 {{'gan.return' op expected the network's result types ('tensor<2x4xf32>') (C1), got ('tensor<2x3xf32>')}}
  gan.return %z : tensor<2x3xf32>
}

// -----

func.func @parameter_c1() -> tensor<3x4xf32> {
  // expected-error@+1 {{'gan.parameter' op expected a blob of the type's size (C1), got 44 bytes for 'tensor<3x4xf32>'}}
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 44, "00"> : tensor<3x4xf32>
  return %w : tensor<3x4xf32>
}

// -----

func.func @grad_c1(%x: tensor<4xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{'gan.grad' op expected results of the types of wrt (C1)}}
  %g = gan.grad %x wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// -----

func.func @grad_c2(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xi32> {
  // expected-error@+1 {{'gan.grad' op operand #1 must be}}
  %g = gan.grad %x wrt %i : tensor<4xf32>, tensor<4xi32> -> tensor<4xi32>
  return %g : tensor<4xi32>
}

// -----

gan.state "state/k" variable starts <fill a 0.0 : f64> site 0 : tensor<f32>
// expected-error@+1 {{'gan.program' op expected a name for every argument and result (C1)}}
gan.program @program_c1(%k: tensor<f32>) arguments ["state state/k"] results [] {
  gan.yield %k : tensor<f32>
}

// -----

// expected-error@+1 {{'gan.program' op expected state 'state/k' to be declared (C2)}}
gan.program @program_c2(%k: tensor<f32>) arguments ["state state/k"] results ["output y"] {
  gan.yield %k : tensor<f32>
}

// -----

gan.state "state/k" variable starts <fill a 0.0 : f64> site 0 : tensor<2xf32>
// expected-error@+1 {{'gan.program' op expected state 'state/k' of type 'tensor<2xf32>' (C2), got 'tensor<f32>'}}
gan.program @program_c2_type(%k: tensor<f32>) arguments ["state state/k"] results ["output y"] {
  gan.yield %k : tensor<f32>
}

// -----

func.func @repeat_c1(%n: f64, %x: tensor<4xf32>, %z: tensor<3xf32>) {
  // expected-error@+1 {{'gan.repeat' op expected one list of types for initial values, arguments, yield and results (C1)}}
  %y = gan.repeat %n carry (%a = %x) : tensor<4xf32> {
    gan.yield %z : tensor<3xf32>
  }
  return
}

// -----

func.func @repeat_type_list(%n: f64, %x: tensor<4xf32>) {
  // expected-error@+1 {{expected one type per carried value, got 2 for 1}}
  %y = gan.repeat %n carry (%a = %x) : tensor<4xf32>, tensor<4xf32> {
    gan.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @if_c1(%c: i1, %x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{'gan.if' op expected both regions to yield the result types (C1)}}
  %y = gan.if %c : (tensor<4xf32>) {
    gan.yield %x : tensor<4xf32>
  } else {
    gan.yield
  }
  return %y : tensor<4xf32>
}

// -----

func.func @if_c1_empty(%c: i1) {
  // expected-error@+1 {{'gan.if' op expected both regions to yield the result types (C1)}}
  "gan.if"(%c) ({
  ^bb0:
  }, {
  ^bb0:
  }) : (i1) -> ()
  return
}
