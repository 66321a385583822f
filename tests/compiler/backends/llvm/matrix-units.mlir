// RUN: split-file %s %t
// RUN: kernel-run %t/whole.mlir --device=emulated --numerics=tf32 --tolerance=0
// RUN: kernel-run %t/whole.mlir --device=emulated --numerics=bf16 --tolerance=0
// RUN: kernel-run %t/tiles.mlir --device=emulated --numerics=bf16 --tolerance=0 | FileCheck %s --check-prefix=TILES
// RUN: kernel-run %t/real.mlir --device=emulated --numerics=tf32 --tolerance=2e-3
// RUN: kernel-run %t/real.mlir --device=emulated --numerics=bf16 --tolerance=1.6e-2
// RUN: not kernel-run %t/real.mlir --device=emulated --numerics=bf16 --tolerance=1e-4
// RUN: kernel-run %t/real.mlir --device=emulated --tolerance=1e-5
// RUN: kernel-run %t/whole.mlir --device=cuda --numerics=tf32 --dump-code | FileCheck %s --check-prefix=TF32 --implicit-check-not=fma.rn.f32
// RUN: kernel-run %t/whole.mlir --device=cuda:sm_90a --numerics=bf16 --dump-code | FileCheck %s --check-prefix=BF16 --implicit-check-not=fma.rn.f32
// RUN: kernel-run %t/whole.mlir --device=cuda --numerics=fast --dump-code | FileCheck %s --check-prefix=FMA --implicit-check-not=mma.sync
// RUN: kernel-run %t/whole.mlir --device=cuda:sm_75 --numerics=bf16 --dump-code | FileCheck %s --check-prefix=FMA --implicit-check-not=mma.sync
// RUN: %if ptxas %{ kernel-run %t/whole.mlir --device=cuda --numerics=tf32 --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %t/whole.mlir --device=cuda --numerics=bf16 --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %t/tiles.mlir --device=cuda --numerics=tf32 --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %t/tiles.mlir --device=cuda:sm_90a --numerics=bf16 --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %t/real.mlir --device=cuda:sm_90a --numerics=tf32 --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %t/real.mlir --device=cuda:sm_90a --numerics=bf16 --ptxas=%ptxas %}
// Products by matrix units. Small whole numbers are themselves in every class,
// so that one factor in a wrong place is seen; real ones are rounded.

// TF32-COUNT-4: .visible .entry kernel(
// TF32: cvt.rna.tf32.f32
// TF32: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32
// BF16: .visible .entry kernel(
// BF16: mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
// FMA: fma.rn.f32
// TILES-COUNT-13: 67x1x1*

//--- whole.mlir
// Both operands lie along the sum, or across it; ends that fill no tile.
kernel.define @along_sum(%a: tensor<130x77xi32>, %b: tensor<140x77xi32>) -> tensor<130x140xf32> {
  %x = gan.cast %a : tensor<130x77xi32> -> tensor<130x77xf32>
  %w = gan.cast %b : tensor<140x77xi32> -> tensor<140x77xf32>
  %y = gan.dot %x, %w batch [] [] contract [1] [1] : tensor<130x77xf32>, tensor<140x77xf32> -> tensor<130x140xf32>
  kernel.return %y : tensor<130x140xf32>
}
kernel.define @across_sum(%a: tensor<77x130xi32>, %b: tensor<77x140xi32>) -> tensor<130x140xf32> {
  %x = gan.cast %a : tensor<77x130xi32> -> tensor<77x130xf32>
  %w = gan.cast %b : tensor<77x140xi32> -> tensor<77x140xf32>
  %y = gan.dot %x, %w batch [] [] contract [0] [0] : tensor<77x130xf32>, tensor<77x140xf32> -> tensor<130x140xf32>
  kernel.return %y : tensor<130x140xf32>
}
// A long sum in parts.
kernel.define @parts(%a: tensor<4100x48xi32>, %b: tensor<4100x64xi32>) -> tensor<48x64xf32> {
  %x = gan.cast %a : tensor<4100x48xi32> -> tensor<4100x48xf32>
  %w = gan.cast %b : tensor<4100x64xi32> -> tensor<4100x64xf32>
  %y = gan.dot %x, %w batch [] [] contract [0] [0] : tensor<4100x48xf32>, tensor<4100x64xf32> -> tensor<48x64xf32>
  kernel.return %y : tensor<48x64xf32>
}
// Polyphases in one launch.
kernel.define @polyphases(%g: tensor<4x32x12x12xi32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %k: tensor<32x32x4x4xi32>) -> (tensor<4x32x25x24xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.cast %g : tensor<4x32x12x12xi32> -> tensor<4x32x12x12xf32>
  %w = gan.cast %k : tensor<32x32x4x4xi32> -> tensor<32x32x4x4xf32>
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [0, 1], groups = 1> : tensor<32x32x4x4xf32>, tensor<4x32x12x12xf32> -> tensor<4x32x25x24xf32>
  kernel.return %x : tensor<4x32x25x24xf32>
}

//--- tiles.mlir
// Every tile that there is: one for each product.
kernel.define @tile_128_128(%a: tensor<67x128x17xi32>, %b: tensor<67x17x128xi32>) -> tensor<67x128x128xf32> {
  %x = gan.cast %a : tensor<67x128x17xi32> -> tensor<67x128x17xf32>
  %w = gan.cast %b : tensor<67x17x128xi32> -> tensor<67x17x128xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x128x17xf32>, tensor<67x17x128xf32> -> tensor<67x128x128xf32>
  kernel.return %y : tensor<67x128x128xf32>
}
kernel.define @tile_128_64(%a: tensor<67x128x17xi32>, %b: tensor<67x17x64xi32>) -> tensor<67x128x64xf32> {
  %x = gan.cast %a : tensor<67x128x17xi32> -> tensor<67x128x17xf32>
  %w = gan.cast %b : tensor<67x17x64xi32> -> tensor<67x17x64xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x128x17xf32>, tensor<67x17x64xf32> -> tensor<67x128x64xf32>
  kernel.return %y : tensor<67x128x64xf32>
}
kernel.define @tile_64_128(%a: tensor<67x64x17xi32>, %b: tensor<67x17x128xi32>) -> tensor<67x64x128xf32> {
  %x = gan.cast %a : tensor<67x64x17xi32> -> tensor<67x64x17xf32>
  %w = gan.cast %b : tensor<67x17x128xi32> -> tensor<67x17x128xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x64x17xf32>, tensor<67x17x128xf32> -> tensor<67x64x128xf32>
  kernel.return %y : tensor<67x64x128xf32>
}
kernel.define @tile_64_64(%a: tensor<67x64x17xi32>, %b: tensor<67x17x64xi32>) -> tensor<67x64x64xf32> {
  %x = gan.cast %a : tensor<67x64x17xi32> -> tensor<67x64x17xf32>
  %w = gan.cast %b : tensor<67x17x64xi32> -> tensor<67x17x64xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x64x17xf32>, tensor<67x17x64xf32> -> tensor<67x64x64xf32>
  kernel.return %y : tensor<67x64x64xf32>
}
kernel.define @tile_128_32(%a: tensor<67x128x17xi32>, %b: tensor<67x17x32xi32>) -> tensor<67x128x32xf32> {
  %x = gan.cast %a : tensor<67x128x17xi32> -> tensor<67x128x17xf32>
  %w = gan.cast %b : tensor<67x17x32xi32> -> tensor<67x17x32xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x128x17xf32>, tensor<67x17x32xf32> -> tensor<67x128x32xf32>
  kernel.return %y : tensor<67x128x32xf32>
}
kernel.define @tile_32_128(%a: tensor<67x32x17xi32>, %b: tensor<67x17x128xi32>) -> tensor<67x32x128xf32> {
  %x = gan.cast %a : tensor<67x32x17xi32> -> tensor<67x32x17xf32>
  %w = gan.cast %b : tensor<67x17x128xi32> -> tensor<67x17x128xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x32x17xf32>, tensor<67x17x128xf32> -> tensor<67x32x128xf32>
  kernel.return %y : tensor<67x32x128xf32>
}
kernel.define @tile_64_32(%a: tensor<67x64x17xi32>, %b: tensor<67x17x32xi32>) -> tensor<67x64x32xf32> {
  %x = gan.cast %a : tensor<67x64x17xi32> -> tensor<67x64x17xf32>
  %w = gan.cast %b : tensor<67x17x32xi32> -> tensor<67x17x32xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x64x17xf32>, tensor<67x17x32xf32> -> tensor<67x64x32xf32>
  kernel.return %y : tensor<67x64x32xf32>
}
kernel.define @tile_32_64(%a: tensor<67x32x17xi32>, %b: tensor<67x17x64xi32>) -> tensor<67x32x64xf32> {
  %x = gan.cast %a : tensor<67x32x17xi32> -> tensor<67x32x17xf32>
  %w = gan.cast %b : tensor<67x17x64xi32> -> tensor<67x17x64xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x32x17xf32>, tensor<67x17x64xf32> -> tensor<67x32x64xf32>
  kernel.return %y : tensor<67x32x64xf32>
}
kernel.define @tile_32_32(%a: tensor<67x32x17xi32>, %b: tensor<67x17x32xi32>) -> tensor<67x32x32xf32> {
  %x = gan.cast %a : tensor<67x32x17xi32> -> tensor<67x32x17xf32>
  %w = gan.cast %b : tensor<67x17x32xi32> -> tensor<67x17x32xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x32x17xf32>, tensor<67x17x32xf32> -> tensor<67x32x32xf32>
  kernel.return %y : tensor<67x32x32xf32>
}
kernel.define @tile_128_16(%a: tensor<67x128x17xi32>, %b: tensor<67x17x16xi32>) -> tensor<67x128x16xf32> {
  %x = gan.cast %a : tensor<67x128x17xi32> -> tensor<67x128x17xf32>
  %w = gan.cast %b : tensor<67x17x16xi32> -> tensor<67x17x16xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x128x17xf32>, tensor<67x17x16xf32> -> tensor<67x128x16xf32>
  kernel.return %y : tensor<67x128x16xf32>
}
kernel.define @tile_16_128(%a: tensor<67x16x17xi32>, %b: tensor<67x17x128xi32>) -> tensor<67x16x128xf32> {
  %x = gan.cast %a : tensor<67x16x17xi32> -> tensor<67x16x17xf32>
  %w = gan.cast %b : tensor<67x17x128xi32> -> tensor<67x17x128xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x16x17xf32>, tensor<67x17x128xf32> -> tensor<67x16x128xf32>
  kernel.return %y : tensor<67x16x128xf32>
}
kernel.define @tile_256_8(%a: tensor<67x256x17xi32>, %b: tensor<67x17x8xi32>) -> tensor<67x256x8xf32> {
  %x = gan.cast %a : tensor<67x256x17xi32> -> tensor<67x256x17xf32>
  %w = gan.cast %b : tensor<67x17x8xi32> -> tensor<67x17x8xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x256x17xf32>, tensor<67x17x8xf32> -> tensor<67x256x8xf32>
  kernel.return %y : tensor<67x256x8xf32>
}
kernel.define @tile_16_32(%a: tensor<67x16x17xi32>, %b: tensor<67x17x32xi32>) -> tensor<67x16x32xf32> {
  %x = gan.cast %a : tensor<67x16x17xi32> -> tensor<67x16x17xf32>
  %w = gan.cast %b : tensor<67x17x32xi32> -> tensor<67x17x32xf32>
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<67x16x17xf32>, tensor<67x17x32xf32> -> tensor<67x16x32xf32>
  kernel.return %y : tensor<67x16x32xf32>
}

//--- real.mlir
kernel.define @large(%a: tensor<256x200xf32>, %b: tensor<200x256xf32>, %c: tensor<256xf32>) -> tensor<256x256xf32> {
  %y = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<256x200xf32>, tensor<200x256xf32> -> tensor<256x256xf32>
  %d = gan.broadcast %c dims [0] : tensor<256xf32> -> tensor<256x256xf32>
  %z = gan.add %y, %d : tensor<256x256xf32>
  kernel.return %z : tensor<256x256xf32>
}
kernel.define @conv(%x: tensor<4x33x17x17xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<48x33x3x3xf32>) -> (tensor<4x48x17x17xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<4x33x17x17xf32>, tensor<48x33x3x3xf32> -> tensor<4x48x17x17xf32>
  kernel.return %y : tensor<4x48x17x17xf32>
}
kernel.define @grad_weight(%x: tensor<8x16x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %y: tensor<8x24x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<24x16x3x3xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<8x16x16x16xf32>, tensor<8x24x16x16xf32> -> tensor<24x16x3x3xf32>
  kernel.return %w : tensor<24x16x3x3xf32>
}
kernel.define @batched(%a: tensor<4x32x48xf32>, %b: tensor<4x40x48xf32>) -> tensor<4x32x40xf32> {
  %y = gan.dot %a, %b batch [0] [0] contract [2] [2] : tensor<4x32x48xf32>, tensor<4x40x48xf32> -> tensor<4x32x40xf32>
  kernel.return %y : tensor<4x32x40xf32>
}
