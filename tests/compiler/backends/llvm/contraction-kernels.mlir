// RUN: kernel-run %s
// RUN: kernel-run %s --numerics=portable
// RUN: %if vulkan %{ kernel-run %s --device=vulkan %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda:sm_90a --ptxas=%ptxas %}
// Contractions: groups, strides, dilations, one-sided padding, one to three axes.

kernel.define @dot(%a: tensor<17x23xf32>, %b: tensor<23x19xf32>) -> tensor<17x19xf32> {
  %y = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<17x23xf32>, tensor<23x19xf32> -> tensor<17x19xf32>
  kernel.return %y : tensor<17x19xf32>
}
kernel.define @dot_transposed(%a: tensor<23x17xf32>, %b: tensor<19x23xf32>) -> tensor<17x19xf32> {
  %y = gan.dot %a, %b batch [] [] contract [0] [1] : tensor<23x17xf32>, tensor<19x23xf32> -> tensor<17x19xf32>
  kernel.return %y : tensor<17x19xf32>
}
kernel.define @dot_bias_tanh(%a: tensor<5x300xf32>, %b: tensor<33x300xf32>, %c: tensor<33xf32>) -> tensor<5x33xf32> {
  %y = gan.dot %a, %b batch [] [] contract [1] [1] : tensor<5x300xf32>, tensor<33x300xf32> -> tensor<5x33xf32>
  %d = gan.broadcast %c dims [0] : tensor<33xf32> -> tensor<5x33xf32>
  %e = gan.add %y, %d : tensor<5x33xf32>
  %t = gan.tanh %e : tensor<5x33xf32>
  kernel.return %t : tensor<5x33xf32>
}
kernel.define @dot_batched(%a: tensor<3x4x7xf32>, %b: tensor<7x3x18xf32>) -> tensor<3x4x18xf32> {
  %y = gan.dot %a, %b batch [0] [1] contract [2] [0] : tensor<3x4x7xf32>, tensor<7x3x18xf32> -> tensor<3x4x18xf32>
  kernel.return %y : tensor<3x4x18xf32>
}
kernel.define @dot_two_axes(%a: tensor<3x4x7xf32>, %b: tensor<7x20x3xf32>) -> tensor<4x20xf32> {
  %y = gan.dot %a, %b batch [] [] contract [0, 2] [2, 0] : tensor<3x4x7xf32>, tensor<7x20x3xf32> -> tensor<4x20xf32>
  kernel.return %y : tensor<4x20xf32>
}
kernel.define @dot_vector(%a: tensor<300xf32>, %b: tensor<300x20xf32>) -> tensor<20xf32> {
  %y = gan.dot %a, %b batch [] [] contract [0] [0] : tensor<300xf32>, tensor<300x20xf32> -> tensor<20xf32>
  kernel.return %y : tensor<20xf32>
}
kernel.define @dot_inner(%a: tensor<37x301xf32>, %b: tensor<301xf32>) -> tensor<37xf32> {
  %y = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<37x301xf32>, tensor<301xf32> -> tensor<37xf32>
  kernel.return %y : tensor<37xf32>
}
kernel.define @dot_scalar(%a: tensor<1001xf32>, %b: tensor<1001xf32>) -> tensor<f32> {
  %y = gan.dot %a, %b batch [] [] contract [0] [0] : tensor<1001xf32>, tensor<1001xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @dot_outer(%a: tensor<19xf32>, %b: tensor<35xf32>) -> tensor<19x35xf32> {
  %y = gan.dot %a, %b batch [] [] contract [] [] : tensor<19xf32>, tensor<35xf32> -> tensor<19x35xf32>
  kernel.return %y : tensor<19x35xf32>
}

kernel.define @conv(%x: tensor<2x3x9x11xf32>, %w: tensor<5x3x3x3xf32>) -> tensor<2x5x9x11xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x3x9x11xf32>, tensor<5x3x3x3xf32> -> tensor<2x5x9x11xf32>
  kernel.return %y : tensor<2x5x9x11xf32>
}
kernel.define @conv_grouped(%x: tensor<2x6x9x11xf32>, %w: tensor<4x3x4x3xf32>) -> tensor<2x4x5x5xf32> {
  %y = gan.conv %x, %w geometry <stride = [2, 3], dilation = [1, 2], low = [1, 2], high = [2, 4], groups = 2> : tensor<2x6x9x11xf32>, tensor<4x3x4x3xf32> -> tensor<2x4x5x5xf32>
  kernel.return %y : tensor<2x4x5x5xf32>
}
kernel.define @conv_depthwise(%x: tensor<2x19x7x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<19x1x3x3xf32>) -> (tensor<2x19x7x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 19> : tensor<2x19x7x7xf32>, tensor<19x1x3x3xf32> -> tensor<2x19x7x7xf32>
  kernel.return %y : tensor<2x19x7x7xf32>
}
kernel.define @conv_stride_channels_last(%x: tensor<3x20x9x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<35x20x4x4xf32>) -> (tensor<3x35x4x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<3x20x9x9xf32>, tensor<35x20x4x4xf32> -> tensor<3x35x4x4xf32>
  kernel.return %y : tensor<3x35x4x4xf32>
}
kernel.define @conv_one_axis(%x: tensor<2x3x40xf32>, %w: tensor<5x3x7xf32>) -> tensor<2x5x18xf32> {
  %y = gan.conv %x, %w geometry <stride = [2], dilation = [1], low = [0], high = [1], groups = 1> : tensor<2x3x40xf32>, tensor<5x3x7xf32> -> tensor<2x5x18xf32>
  kernel.return %y : tensor<2x5x18xf32>
}
kernel.define @conv_three_axes(%x: tensor<1x2x4x5x6xf32>, %w: tensor<3x2x2x3x2xf32>) -> tensor<1x3x3x5x5xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1, 1], dilation = [1, 1, 1], low = [0, 1, 0], high = [0, 1, 0], groups = 1> : tensor<1x2x4x5x6xf32>, tensor<3x2x2x3x2xf32> -> tensor<1x3x3x5x5xf32>
  kernel.return %y : tensor<1x3x3x5x5xf32>
}
kernel.define @conv_fused(%x: tensor<2x20x9x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %s: tensor<20xf32>, %w: tensor<18x20x3x3xf32>, %b: tensor<18xf32>, %r: tensor<2x18x9x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>})
    -> (tensor<2x18x9x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %sb = gan.broadcast %s dims [0, 2, 3] : tensor<20xf32> -> tensor<2x20x9x9xf32>
  %xs = gan.mul %x, %sb : tensor<2x20x9x9xf32>
  %zero = gan.constant dense<0.0> : tensor<2x20x9x9xf32>
  %m = gan.compare le %xs, %zero : tensor<2x20x9x9xf32> -> tensor<2x20x9x9xi1>
  %xr = gan.select %m, %zero, %xs : tensor<2x20x9x9xi1>, tensor<2x20x9x9xf32>
  %y = gan.conv %xr, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x20x9x9xf32>, tensor<18x20x3x3xf32> -> tensor<2x18x9x9xf32>
  %bb = gan.broadcast %b dims [0, 2, 3] : tensor<18xf32> -> tensor<2x18x9x9xf32>
  %z = gan.add %y, %bb : tensor<2x18x9x9xf32>
  %t = gan.add %z, %r : tensor<2x18x9x9xf32>
  kernel.return %t : tensor<2x18x9x9xf32>
}

kernel.define @grad_input(%w: tensor<6x3x4x4xf32>, %y: tensor<2x6x5x7xf32>) -> tensor<2x3x10x14xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<6x3x4x4xf32>, tensor<2x6x5x7xf32> -> tensor<2x3x10x14xf32>
  %t = gan.tanh %x : tensor<2x3x10x14xf32>
  kernel.return %t : tensor<2x3x10x14xf32>
}
kernel.define @grad_input_channels_last(%w: tensor<18x20x4x4xf32>, %y: tensor<2x18x5x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<2x20x10x14xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<18x20x4x4xf32>, tensor<2x18x5x7xf32> -> tensor<2x20x10x14xf32>
  kernel.return %x : tensor<2x20x10x14xf32>
}
// Few channels: all polyphases beside each other, cut off at both ends.
kernel.define @grad_input_narrow(%w: tensor<20x3x4x4xf32>, %y: tensor<3x20x6x5xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %r: tensor<3x3x12x10xf32>) -> tensor<3x3x12x10xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<20x3x4x4xf32>, tensor<3x20x6x5xf32> -> tensor<3x3x12x10xf32>
  %t = gan.tanh %x : tensor<3x3x12x10xf32>
  %z = gan.add %t, %r : tensor<3x3x12x10xf32>
  kernel.return %z : tensor<3x3x12x10xf32>
}
kernel.define @grad_input_narrow_ragged(%w: tensor<20x1x3x5xf32>, %y: tensor<2x20x5x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<2x1x9x15xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 3], dilation = [1, 1], low = [1, 0], high = [1, 0], groups = 1> : tensor<20x1x3x5xf32>, tensor<2x20x5x4xf32> -> tensor<2x1x9x15xf32>
  kernel.return %x : tensor<2x1x9x15xf32>
}
kernel.define @grad_input_odd(%w: tensor<4x3x3x4xf32>, %y: tensor<2x4x4x5xf32>) -> tensor<2x6x9x13xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 3], dilation = [2, 1], low = [1, 2], high = [2, 1], groups = 2> : tensor<4x3x3x4xf32>, tensor<2x4x4x5xf32> -> tensor<2x6x9x13xf32>
  kernel.return %x : tensor<2x6x9x13xf32>
}
kernel.define @grad_input_gap(%w: tensor<4x3x2xf32>, %y: tensor<2x4x5xf32>) -> tensor<2x3x15xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [3], dilation = [1], low = [0], high = [0], groups = 1> : tensor<4x3x2xf32>, tensor<2x4x5xf32> -> tensor<2x3x15xf32>
  kernel.return %x : tensor<2x3x15xf32>
}
// No tap of a dilated window falls on the odd places: they are zero.
kernel.define @grad_input_holes(%w: tensor<12x8x3x3xf32>, %y: tensor<2x12x7x7xf32>) -> tensor<2x16x17x17xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [2, 2], low = [0, 0], high = [0, 0], groups = 2> : tensor<12x8x3x3xf32>, tensor<2x12x7x7xf32> -> tensor<2x16x17x17xf32>
  kernel.return %x : tensor<2x16x17x17xf32>
}
kernel.define @grad_input_first(%w: tensor<10x6x7x7xf32>, %y: tensor<3x10x1x1xf32>) -> tensor<3x6x7x7xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<10x6x7x7xf32>, tensor<3x10x1x1xf32> -> tensor<3x6x7x7xf32>
  kernel.return %x : tensor<3x6x7x7xf32>
}

kernel.define @grad_weight(%x: tensor<2x3x10x14xf32>, %y: tensor<2x6x5x7xf32>) -> tensor<6x3x4x4xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<2x3x10x14xf32>, tensor<2x6x5x7xf32> -> tensor<6x3x4x4xf32>
  kernel.return %w : tensor<6x3x4x4xf32>
}
kernel.define @grad_weight_channels_last(%x: tensor<4x20x10x14xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %y: tensor<4x18x5x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<18x20x4x4xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<4x20x10x14xf32>, tensor<4x18x5x7xf32> -> tensor<18x20x4x4xf32>
  kernel.return %w : tensor<18x20x4x4xf32>
}
kernel.define @grad_weight_grouped(%x: tensor<2x6x9x13xf32>, %y: tensor<2x4x4x5xf32>) -> tensor<4x3x3x4xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 3], dilation = [2, 1], low = [1, 2], high = [2, 1], groups = 2> : tensor<2x6x9x13xf32>, tensor<2x4x4x5xf32> -> tensor<4x3x3x4xf32>
  kernel.return %w : tensor<4x3x3x4xf32>
}

// Sums, rows and columns follow memory where it is not row-major.
kernel.define @dot_channels_last(%x: tensor<5x20x3x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<4x20x3x3xf32>) -> tensor<5x4xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1, 2, 3] [1, 2, 3] : tensor<5x20x3x3xf32>, tensor<4x20x3x3xf32> -> tensor<5x4xf32>
  kernel.return %y : tensor<5x4xf32>
}
kernel.define @dot_to_channels_last(%z: tensor<9x10xf32>, %w: tensor<10x20x3x3xf32>) -> (tensor<9x20x3x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.dot %z, %w batch [] [] contract [1] [0] : tensor<9x10xf32>, tensor<10x20x3x3xf32> -> tensor<9x20x3x3xf32>
  %y = gan.tanh %x : tensor<9x20x3x3xf32>
  kernel.return %y : tensor<9x20x3x3xf32>
}
kernel.define @dot_of_channels_last(%y: tensor<33x10xf32>, %x: tensor<33x20x3x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<10x20x3x3xf32> {
  %w = gan.dot %y, %x batch [] [] contract [0] [0] : tensor<33x10xf32>, tensor<33x20x3x3xf32> -> tensor<10x20x3x3xf32>
  kernel.return %w : tensor<10x20x3x3xf32>
}
kernel.define @dot_of_many_channels_last(%y: tensor<33x10xf32>, %x: tensor<33x32x3x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<10x32x3x3xf32> {
  %w = gan.dot %y, %x batch [] [] contract [0] [0] : tensor<33x10xf32>, tensor<33x32x3x3xf32> -> tensor<10x32x3x3xf32>
  kernel.return %w : tensor<10x32x3x3xf32>
}
