// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GanRandomOps.td.

func.func @random_c1(%key: tensor<2xi32>) -> tensor<8xf32> {
  // expected-error@+1 {{'gan.random' op operand #0 must be}}
  %z = "gan.random"(%key) <{distribution = #gan<distribution normal>, a = 0.0 : f64, b = 1.0 : f64, site = 1 : i32, name = "z"}> : (tensor<2xi32>) -> tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

func.func @random_c2(%key: tensor<4xi32>) -> tensor<8xi32> {
  // expected-error@+1 {{'gan.random' op expected f32 elements (C2), got 'i32'}}
  %z = gan.random normal %key a 0.0 b 1.0 site 1 name "z" : tensor<8xi32>
  return %z : tensor<8xi32>
}

// -----

func.func @random_c2_integer(%key: tensor<4xi32>) -> tensor<8xf32> {
  // expected-error@+1 {{'gan.random' op expected i32 elements (C2), got 'f32'}}
  %z = gan.random integer %key a 10.0 b 0.0 site 1 name "z" : tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

func.func @random_c3(%key: tensor<4xi32>) -> tensor<8xf32> {
  // expected-error@+1 {{'gan.random' op expected numbers that fit the distribution (C3), got a 1}}
  %z = gan.random uniform %key a 1.0 b 1.0 site 1 name "z" : tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

func.func @random_c2_permutation(%key: tensor<4xi32>) -> tensor<8xf32> {
  // expected-error@+1 {{'gan.random' op expected i32 elements (C2), got 'f32'}}
  %z = gan.random permutation %key a 0.0 b 0.0 site 1 name "z" : tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

func.func @random_c4(%key: tensor<4xi32>) -> tensor<2x8xi32> {
  // expected-error@+1 {{'gan.random' op expected one axis (C4), got 2}}
  %z = gan.random permutation %key a 0.0 b 0.0 site 1 name "z" : tensor<2x8xi32>
  return %z : tensor<2x8xi32>
}
