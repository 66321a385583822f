// RUN: %gan-opt --split-input-file --verify-diagnostics --convert-gan-to-kernel %s

gan.program @composite(%x: tensor<8xf32>) arguments ["input x"] results ["output y"] {
  // expected-error @below {{expected only primitives when kernels are formed}}
  %y = gan.relu %x : tensor<8xf32>
  gan.yield %y : tensor<8xf32>
}

// -----

gan.program @unknown_length(%x: tensor<?xf32>) arguments ["input x"] results ["output y"] {
  // expected-error @below {{expected a shape of numbers, got 'tensor<?xf32>'}}
  %y = gan.neg %x : tensor<?xf32>
  gan.yield %y : tensor<?xf32>
}
