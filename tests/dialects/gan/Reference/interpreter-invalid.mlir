// RUN: gan-run %s --all --split-input-file --verify-diagnostics
// What the interpreter cannot run is a located error.

func.func @index_out_of_range(%x: tensor<3xf32>) -> tensor<2xf32> {
  %i = gan.constant dense<[0, 3]> : tensor<2xi32>
  // expected-error @+1 {{expected an index from 0 to 2, got 3}}
  %y = gan.gather %x, %i dim 0 : tensor<3xf32>, tensor<2xi32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// expected-error @+1 {{expected a body to run}}
func.func private @outside(tensor<3xf32>) -> tensor<3xf32>

// -----

func.func @not_a_primitive(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{is not a primitive of the reference interpreter}}
  %y = arith.addf %x, %x : tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @unknown_number(%x: tensor<f32>) -> tensor<f32> {
  %a = arith.constant 1.0 : f64
  // expected-error @+1 {{is not known to the reference interpreter}}
  %b = math.tan %a : f64
  %y = gan.to_tensor %b
  return %y : tensor<f32>
}

// -----

// expected-error @+1 {{needs weights, and none are given}}
gan.state "w" parameter starts <weights blob <"w.bin", 0, 12, "00">> site 0 : tensor<3xf32>
gan.program @step(%w: tensor<3xf32>) arguments ["state w"] results ["state w"] {
  gan.yield %w : tensor<3xf32>
}
