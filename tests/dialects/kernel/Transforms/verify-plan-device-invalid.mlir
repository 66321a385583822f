// RUN: %gan-opt --split-input-file --verify-diagnostics --kernel-verify-plan %s

// Plans for devices have places of their own kind.

module attributes {kernel.device_block_bytes = 1024 : i64} {
  gan.program @alignment() arguments [] results [] attributes {kernel.arena_bytes = 4096 : i64, kernel.argument_places = []} {
    // expected-error @below {{expected a place at a multiple of 256, got #kernel.place<arena, 64, 64>}}
    %x = gan.draw_data "x" {kernel.places = [#kernel.place<arena, 64, 64>]} : tensor<16xf32>
    gan.yield
  }
}

// -----

module attributes {kernel.device_block_bytes = 1024 : i64} {
  gan.program @block() arguments [] results [] attributes {kernel.arena_bytes = 4096 : i64, kernel.argument_places = []} {
    // expected-error @below {{expected a place in one block of 1024 bytes, got #kernel.place<arena, 768, 320>}}
    %x = gan.draw_data "x" {kernel.places = [#kernel.place<arena, 768, 320>]} : tensor<80xf32>
    gan.yield
  }
}
