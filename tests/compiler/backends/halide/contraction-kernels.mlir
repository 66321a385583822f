// RUN: kernel-run %s --backend=halide
// RUN: kernel-run %s --backend=halide --numerics=portable
// RUN: kernel-run %s --backend=halide --numerics=bf16
// Convolutions of many channels and their gradients, channels first and last,
// groups, strides that share no tap, dilation, borders.

kernel.define @conv(%x: tensor<2x9x11x13xf32>, %w: tensor<20x9x4x4xf32>, %b: tensor<20xf32>) -> tensor<2x20x5x6xf32> {
  %y = gan.conv %x, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x9x11x13xf32>, tensor<20x9x4x4xf32> -> tensor<2x20x5x6xf32>
  %c = gan.broadcast %b dims [0, 2, 3] : tensor<20xf32> -> tensor<2x20x5x6xf32>
  %z = gan.add %y, %c : tensor<2x20x5x6xf32>
  kernel.return %z : tensor<2x20x5x6xf32>
}
kernel.define @conv_channels_last(%x: tensor<2x9x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<32x9x3x3xf32> {kernel.layout = array<i64: 2, 3, 1, 0>}) -> (tensor<2x32x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x9x8x8xf32>, tensor<32x9x3x3xf32> -> tensor<2x32x8x8xf32>
  kernel.return %y : tensor<2x32x8x8xf32>
}
kernel.define @conv_grouped(%x: tensor<2x20x7x7xf32>, %w: tensor<20x10x3x3xf32>) -> tensor<2x20x5x5xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [2, 1], low = [1, 0], high = [1, 0], groups = 2> : tensor<2x20x7x7xf32>, tensor<20x10x3x3xf32> -> tensor<2x20x5x5xf32>
  kernel.return %y : tensor<2x20x5x5xf32>
}
kernel.define @transposed(%w: tensor<10x16x4x4xf32>, %y: tensor<2x10x4x5xf32>) -> tensor<2x16x8x10xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<10x16x4x4xf32>, tensor<2x10x4x5xf32> -> tensor<2x16x8x10xf32>
  kernel.return %x : tensor<2x16x8x10xf32>
}
kernel.define @transposed_dilated(%w: tensor<10x12x3x3xf32>, %y: tensor<2x10x4x5xf32>) -> tensor<2x12x9x13xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 3], dilation = [2, 2], low = [1, 2], high = [1, 2], groups = 1> : tensor<10x12x3x3xf32>, tensor<2x10x4x5xf32> -> tensor<2x12x9x13xf32>
  kernel.return %x : tensor<2x12x9x13xf32>
}
kernel.define @weight_gradient(%x: tensor<3x9x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %y: tensor<3x20x4x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<20x9x4x4xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<3x9x8x8xf32>, tensor<3x20x4x4xf32> -> tensor<20x9x4x4xf32>
  kernel.return %w : tensor<20x9x4x4xf32>
}
// Lanes beyond the row divide by what they did not read.
kernel.define @outer(%a: tensor<4xf32>, %b: tensor<36xf32>, %s: tensor<f32>) -> tensor<4x36xf32> {
  %d = gan.broadcast %s dims [0] : tensor<f32> -> tensor<36xf32>
  %q = gan.div %b, %d : tensor<36xf32>
  %y = gan.dot %a, %q batch [] [] contract [] [] : tensor<4xf32>, tensor<36xf32> -> tensor<4x36xf32>
  kernel.return %y : tensor<4x36xf32>
}
