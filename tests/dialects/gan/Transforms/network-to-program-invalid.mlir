// RUN: gan-opt %s --gan-network-to-program --split-input-file --verify-diagnostics
// What a file says of training mode is done or refused, and never forgotten.

gan.network @G.2x4(%z: tensor<2x4xf32>) -> (tensor<2x4xf32>) attributes {model = "G"} {
  // expected-error@+1 {{dropout in training mode is not supported without a game that trains the network}}
  %d = gan.dropout %z ratio 0.5 training : tensor<2x4xf32>
  gan.return %d : tensor<2x4xf32>
}

// -----

gan.network @G.2x4(%z: tensor<2x4xf32> {gan.batched}) -> (tensor<2x4xf32>) attributes {model = "G"} {
  %s = gan.parameter "scale" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  // expected-warning@+2 {{mixes the images of a run: '0' is not made image by image}}
  // expected-note@+1 {{export the network in evaluation mode for running statistics}}
  %n, %mean, %variance = gan.batch_norm batch %z, %s, %s, %s, %s epsilon 1.0e-5 momentum 0.9 : tensor<2x4xf32>, tensor<4xf32>
  %y = gan.relu %n : tensor<2x4xf32>
  gan.return %y : tensor<2x4xf32>
}
