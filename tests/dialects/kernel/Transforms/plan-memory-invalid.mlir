// RUN: %gan-opt --split-input-file --verify-diagnostics --kernel-plan-memory=device-block=1024 %s

// What is larger than a block of device memory has no place, wherever it comes
// from.

// expected-error @below {{expected a tensor of at most 1024 bytes, a block of device memory, got 1028 bytes; larger blocks: --device-block}}
gan.state "w" parameter starts <fill a 0.0 : f64> site 0 : tensor<257xf32>

// -----

// expected-error @below {{expected a tensor of at most 1024 bytes, a block of device memory, got 1028 bytes}}
gan.program @input(%x: tensor<257xf32>) arguments ["input x"] results [] {
  gan.yield
}

// -----

gan.program @value() arguments [] results [] {
  // expected-error @below {{expected a tensor of at most 1024 bytes, a block of device memory, got 1028 bytes}}
  %x = gan.draw_data "x" : tensor<257xf32>
  gan.yield
}
