// RUN: %gan-opt %s --gan-differentiate --split-input-file --verify-diagnostics
// What has no derivative is an error with the whole path.

// expected-note @below {{this has no effect on the value}}
func.func @no_path(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'gan.grad' op expected a path to the value from wrt 0, got none}}
  %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// expected-note @below {{this has no effect on the value}}
func.func @only_through_stop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = gan.stop %x : tensor<4xf32>
  // expected-error @below {{'gan.grad' op expected a path to the value from wrt 0, got none}}
  %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// expected-note @below {{path, step 0: block argument}}
func.func @through_a_loop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %n = arith.constant 5.0 : f64
  // expected-note @below {{path, step 1: 'gan.repeat', where no derivative is defined}}
  %y = gan.repeat %n carry (%a = %x) : tensor<4xf32> {
    %b = gan.add %a, %x : tensor<4xf32>
    gan.yield %b : tensor<4xf32>
  }
  // expected-note @below {{path, step 2: 'gan.mul'}}
  %z = gan.mul %y, %y : tensor<4xf32>
  // expected-error @below {{'gan.grad' op has no derivative through 'gan.repeat', which lies on the path from wrt to the value}}
  %g = gan.grad %z wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// expected-note @below {{path, step 0: block argument}}
func.func @into_a_loop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %n = arith.constant 5.0 : f64
  // expected-note @below {{path, step 1: block argument, where no derivative is defined}}
  %y = gan.repeat %n carry (%a = %x) : tensor<4xf32> {
    // expected-note @below {{path, step 2: 'gan.exp'}}
    %b = gan.exp %a : tensor<4xf32>
    // expected-error @below {{'gan.grad' op has no derivative through 'gan.repeat', which lies on the path from wrt to the value}}
    %g = gan.grad %b wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    gan.yield %g : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// expected-note @below {{path, step 0: block argument}}
func.func @through_the_host(%x: tensor<f32>) -> tensor<f32> {
  // expected-note @below {{path, step 1: 'gan.to_host'}}
  %h = gan.to_host %x
  // expected-note @below {{path, step 2: 'gan.to_tensor', where no derivative is defined}}
  %y = gan.to_tensor %h
  // expected-error @below {{'gan.grad' op has no derivative through 'gan.to_tensor', which lies on the path from wrt to the value}}
  %g = gan.grad %y wrt %x : tensor<f32>, tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}
