// RUN: kernel-run %s
// RUN: kernel-run %s --numerics=portable
// RUN: %if vulkan %{ kernel-run %s --device=vulkan %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda:sm_90a --ptxas=%ptxas %}
// Reductions, windows, running sums and scatters along every kind of axis.

kernel.define @sum_all(%x: tensor<7x1013xf32>) -> tensor<f32> {
  %y = gan.reduce_sum %x dims [0, 1] : tensor<7x1013xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @sum_long(%x: tensor<300007xf32> {test.low = 0.0, test.high = 1.0}) -> tensor<f32> {
  %y = gan.reduce_sum %x dims [0] : tensor<300007xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @sum_inner(%x: tensor<5x3x50xf32>) -> tensor<5x3xf32> {
  %y = gan.reduce_sum %x dims [2] : tensor<5x3x50xf32> -> tensor<5x3xf32>
  kernel.return %y : tensor<5x3xf32>
}
kernel.define @sum_short(%x: tensor<50x3xf32>) -> tensor<50xf32> {
  %y = gan.reduce_sum %x dims [1] : tensor<50x3xf32> -> tensor<50xf32>
  kernel.return %y : tensor<50xf32>
}
kernel.define @sum_outer(%x: tensor<70x3x19xf32>) -> tensor<19xf32> {
  %y = gan.reduce_sum %x dims [0, 1] : tensor<70x3x19xf32> -> tensor<19xf32>
  kernel.return %y : tensor<19xf32>
}
kernel.define @bias_gradient(%x: tensor<6x5x7x3xf32>, %g: tensor<6x5x7x3xf32>) -> tensor<5xf32> {
  %p = gan.mul %x, %g : tensor<6x5x7x3xf32>
  %y = gan.reduce_sum %p dims [0, 2, 3] : tensor<6x5x7x3xf32> -> tensor<5xf32>
  %n = gan.neg %y : tensor<5xf32>
  kernel.return %n : tensor<5xf32>
}
kernel.define @sum_integers(%x: tensor<5x33xi32>) -> tensor<5xi32> {
  %y = gan.reduce_sum %x dims [1] : tensor<5x33xi32> -> tensor<5xi32>
  kernel.return %y : tensor<5xi32>
}
kernel.define @sum_one(%x: tensor<1x1xf32>) -> tensor<f32> {
  %y = gan.reduce_sum %x dims [0, 1] : tensor<1x1xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @sum_nothing(%x: tensor<3x0xf32>) -> tensor<3xf32> {
  %y = gan.reduce_sum %x dims [1] : tensor<3x0xf32> -> tensor<3xf32>
  kernel.return %y : tensor<3xf32>
}
kernel.define @largest(%x: tensor<9x35xf32>) -> tensor<9xf32> {
  %y = gan.reduce_max %x dims [1] : tensor<9x35xf32> -> tensor<9xf32>
  kernel.return %y : tensor<9xf32>
}
kernel.define @largest_nan(%x: tensor<9x20xf32> {test.special}) -> tensor<9xf32> {
  %y = gan.reduce_max %x dims [1] : tensor<9x20xf32> -> tensor<9xf32>
  kernel.return %y : tensor<9xf32>
}
kernel.define @smallest(%x: tensor<35x9xf32>, %i: tensor<4x18xi32>) -> tensor<9xf32> {
  %y = gan.reduce_min %x dims [0] : tensor<35x9xf32> -> tensor<9xf32>
  kernel.return %y : tensor<9xf32>
}
kernel.define @smallest_integers(%i: tensor<4x18xi32> {test.low = -90.0, test.high = 90.0}) -> tensor<4xi32> {
  %y = gan.reduce_min %i dims [1] : tensor<4x18xi32> -> tensor<4xi32>
  kernel.return %y : tensor<4xi32>
}

kernel.define @moments_batch(%x: tensor<6x5x7x3xf32> {test.low = 90.0, test.high = 110.0}) -> (tensor<5xf32>, tensor<5xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<6x5x7x3xf32> -> tensor<5xf32>
  kernel.return %m, %v : tensor<5xf32>, tensor<5xf32>
}
kernel.define @moments_channels_last(%x: tensor<16x20x9x11xf32> {kernel.layout = array<i64: 0, 2, 3, 1>, test.low = 90.0, test.high = 110.0}) -> (tensor<20xf32>, tensor<20xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<16x20x9x11xf32> -> tensor<20xf32>
  kernel.return %m, %v : tensor<20xf32>, tensor<20xf32>
}
kernel.define @moments_instance(%x: tensor<3x4x33x21xf32>, %e: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %m, %v = gan.moments %x dims [2, 3] : tensor<3x4x33x21xf32> -> tensor<3x4xf32>
  %s = gan.add %v, %e : tensor<3x4xf32>
  kernel.return %m, %s : tensor<3x4xf32>, tensor<3x4xf32>
}
kernel.define @moments_all(%x: tensor<40009xf32>) -> (tensor<f32>, tensor<f32>) {
  %m, %v = gan.moments %x dims [0] : tensor<40009xf32> -> tensor<f32>
  kernel.return %m, %v : tensor<f32>, tensor<f32>
}
kernel.define @moments_few(%x: tensor<9x3xf32>) -> (tensor<9xf32>, tensor<9xf32>) {
  %m, %v = gan.moments %x dims [1] : tensor<9x3xf32> -> tensor<9xf32>
  kernel.return %m, %v : tensor<9xf32>, tensor<9xf32>
}
kernel.define @moments_one(%x: tensor<9x1xf32>) -> (tensor<9xf32>, tensor<9xf32>) {
  %m, %v = gan.moments %x dims [1] : tensor<9x1xf32> -> tensor<9xf32>
  kernel.return %m, %v : tensor<9xf32>, tensor<9xf32>
}

kernel.define @window(%x: tensor<2x3x9x21xf32>) -> tensor<2x3x4x10xf32> {
  %y = gan.window_sum %x window [1, 1, 3, 2] stride [1, 1, 2, 2] : tensor<2x3x9x21xf32> -> tensor<2x3x4x10xf32>
  kernel.return %y : tensor<2x3x4x10xf32>
}
kernel.define @window_padded(%x: tensor<2x3x9x21xf32>) -> tensor<2x3x9x21xf32> {
  %p = gan.pad %x low [0, 0, 1, 1] high [0, 0, 1, 1] interior [0, 0, 0, 0] : tensor<2x3x9x21xf32> -> tensor<2x3x11x23xf32>
  %y = gan.window_sum %p window [1, 1, 3, 3] stride [1, 1, 1, 1] : tensor<2x3x11x23xf32> -> tensor<2x3x9x21xf32>
  %n = gan.neg %y : tensor<2x3x9x21xf32>
  kernel.return %n : tensor<2x3x9x21xf32>
}
kernel.define @running_inner(%x: tensor<5x33xf32>) -> tensor<5x33xf32> {
  %y = gan.cumsum %x dim 1 : tensor<5x33xf32>
  kernel.return %y : tensor<5x33xf32>
}
kernel.define @running_outer(%x: tensor<13x33xf32>) -> tensor<13x33xf32> {
  %e = gan.exp %x : tensor<13x33xf32>
  %y = gan.cumsum %e dim 0 : tensor<13x33xf32>
  %n = gan.neg %y : tensor<13x33xf32>
  kernel.return %n : tensor<13x33xf32>
}
kernel.define @scatter_rows(%b: tensor<5x33xf32>, %i: tensor<2x4xi32>, %u: tensor<2x4x33xf32>) -> tensor<5x33xf32> {
  %y = gan.scatter_add %b, %i, %u dim 0 : tensor<5x33xf32>, tensor<2x4xi32>, tensor<2x4x33xf32>
  kernel.return %y : tensor<5x33xf32>
}
kernel.define @scatter_inner(%b: tensor<3x7xf32>, %i: tensor<40xi32>, %u: tensor<3x40xf32>) -> tensor<3x7xf32> {
  %e = gan.neg %u : tensor<3x40xf32>
  %y = gan.scatter_add %b, %i, %e dim 1 : tensor<3x7xf32>, tensor<40xi32>, tensor<3x40xf32>
  kernel.return %y : tensor<3x7xf32>
}

// Lines along any axis, one or many, in any memory order.
kernel.define @running_sum_of_one_line(%x: tensor<1000xf32>) -> tensor<10x100xf32> {
  %y = gan.cumsum %x dim 0 : tensor<1000xf32>
  %r = gan.reshape %y : tensor<1000xf32> -> tensor<10x100xf32>
  kernel.return %r : tensor<10x100xf32>
}
kernel.define @running_sum_channels_last(%x: tensor<2x19x5x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<2x19x5x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %n = gan.neg %x : tensor<2x19x5x3xf32>
  %y = gan.cumsum %n dim 2 : tensor<2x19x5x3xf32>
  kernel.return %y : tensor<2x19x5x3xf32>
}
kernel.define @scatter_to_table(%x: tensor<23x37xf32>, %i: tensor<4x3xi32>, %u: tensor<4x3x37xf32>) -> tensor<23x37xf32> {
  %n = gan.neg %u : tensor<4x3x37xf32>
  %y = gan.scatter_add %x, %i, %n dim 0 : tensor<23x37xf32>, tensor<4x3xi32>, tensor<4x3x37xf32>
  kernel.return %y : tensor<23x37xf32>
}
kernel.define @scatter_to_histogram(%x: tensor<11xf32>, %i: tensor<300xi32>, %u: tensor<300xf32>) -> tensor<11x1xf32> {
  %y = gan.scatter_add %x, %i, %u dim 0 : tensor<11xf32>, tensor<300xi32>, tensor<300xf32>
  %r = gan.reshape %y : tensor<11xf32> -> tensor<11x1xf32>
  kernel.return %r : tensor<11x1xf32>
}
kernel.define @scatter_between(%x: tensor<3x7x18xf32>, %i: tensor<5xi32>, %u: tensor<3x5x18xf32>) -> (tensor<3x7x18xf32> {kernel.layout = array<i64: 2, 0, 1>}) {
  %y = gan.scatter_add %x, %i, %u dim 1 : tensor<3x7x18xf32>, tensor<5xi32>, tensor<3x5x18xf32>
  kernel.return %y : tensor<3x7x18xf32>
}
