// RUN: kernel-run %s --backend=halide
// RUN: kernel-run %s --backend=halide --numerics=fast
// Borders, enlargements, windows and filters.

kernel.define @pad_and_crop(%x: tensor<2x3x21xf32>) -> tensor<2x5x18xf32> {
  %y = gan.pad %x low [0, 1, -2] high [0, 1, -1] interior [0, 0, 0] : tensor<2x3x21xf32> -> tensor<2x5x18xf32>
  kernel.return %y : tensor<2x5x18xf32>
}
// No vector in Halide: nothing may call the C library.
kernel.define @pad_of_functions(%x: tensor<2x3x21xf32>) -> tensor<2x5x23xf32> {
  %a = gan.ceil %x : tensor<2x3x21xf32>
  %b = gan.round %a : tensor<2x3x21xf32>
  %c = gan.floor %b : tensor<2x3x21xf32>
  %y = gan.pad %c low [0, 1, 1] high [0, 1, 1] interior [0, 0, 0] : tensor<2x3x21xf32> -> tensor<2x5x23xf32>
  kernel.return %y : tensor<2x5x23xf32>
}
kernel.define @zeros_between(%x: tensor<2x3x21xf32>) -> tensor<2x5x64xf32> {
  %y = gan.pad %x low [0, 0, 2] high [0, 0, 1] interior [0, 1, 2] : tensor<2x3x21xf32> -> tensor<2x5x64xf32>
  kernel.return %y : tensor<2x5x64xf32>
}
kernel.define @concat_of_pads(%x: tensor<3x33xf32>, %y: tensor<2x30xf32>) -> tensor<5x33xf32> {
  %p = gan.pad %y low [0, 1] high [0, 2] interior [0, 0] : tensor<2x30xf32> -> tensor<2x33xf32>
  %a = gan.concat %x, %p dim 0 : tensor<3x33xf32>, tensor<2x33xf32> -> tensor<5x33xf32>
  kernel.return %a : tensor<5x33xf32>
}
kernel.define @slice_reverse(%x: tensor<8x40xf32>) -> tensor<3x20xf32> {
  %y = gan.slice %x start [1, 0] stop [7, 39] stride [2, 2] : tensor<8x40xf32> -> tensor<3x20xf32>
  %z = gan.reverse %y dims [1] : tensor<3x20xf32>
  kernel.return %z : tensor<3x20xf32>
}
kernel.define @reflect(%x: tensor<2x6x18xf32>) -> tensor<2x6x22xf32> {
  %i = gan.constant dense<[2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 16, 15]> : tensor<22xi32>
  %y = gan.gather %x, %i dim 2 : tensor<2x6x18xf32>, tensor<22xi32> -> tensor<2x6x22xf32>
  kernel.return %y : tensor<2x6x22xf32>
}
kernel.define @enlarge(%x: tensor<2x3x5x9xf32>, %bias: tensor<3xf32>) -> tensor<2x3x10x18xf32> {
  %a = gan.broadcast %x dims [3, 5] : tensor<2x3x5x9xf32> -> tensor<2x3x5x2x9x2xf32>
  %b = gan.reshape %a : tensor<2x3x5x2x9x2xf32> -> tensor<2x3x10x18xf32>
  %c = gan.broadcast %bias dims [0, 2, 3] : tensor<3xf32> -> tensor<2x3x10x18xf32>
  %d = gan.add %b, %c : tensor<2x3x10x18xf32>
  kernel.return %d : tensor<2x3x10x18xf32>
}
kernel.define @depth_to_space(%x: tensor<2x12x5x7xf32>) -> tensor<2x3x10x14xf32> {
  %a = gan.reshape %x : tensor<2x12x5x7xf32> -> tensor<2x3x2x2x5x7xf32>
  %b = gan.transpose %a permutation [0, 1, 4, 2, 5, 3] : tensor<2x3x2x2x5x7xf32> -> tensor<2x3x5x2x7x2xf32>
  %c = gan.reshape %b : tensor<2x3x5x2x7x2xf32> -> tensor<2x3x10x14xf32>
  kernel.return %c : tensor<2x3x10x14xf32>
}
kernel.define @average(%x: tensor<2x3x9x37xf32>) -> tensor<2x3x4x18xf32> {
  %y = gan.window_sum %x window [1, 1, 2, 2] stride [1, 1, 2, 2] : tensor<2x3x9x37xf32> -> tensor<2x3x4x18xf32>
  %q = gan.constant dense<0.25> : tensor<2x3x4x18xf32>
  %z = gan.mul %y, %q : tensor<2x3x4x18xf32>
  kernel.return %z : tensor<2x3x4x18xf32>
}
kernel.define @filter_by_depth(%x: tensor<2x5x9x37xf32>, %w: tensor<5x1x4x4xf32>) -> tensor<2x5x8x36xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 5> : tensor<2x5x9x37xf32>, tensor<5x1x4x4xf32> -> tensor<2x5x8x36xf32>
  kernel.return %y : tensor<2x5x8x36xf32>
}
// A reduced picture after an activation: both are computed where they are read.
kernel.define @filter_down(%x: tensor<2x4x10x38xf32>, %w: tensor<4x1x4x4xf32>) -> tensor<2x4x5x19xf32> {
  %a = gan.tanh %x : tensor<2x4x10x38xf32>
  %y = gan.conv %a, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 4> : tensor<2x4x10x38xf32>, tensor<4x1x4x4xf32> -> tensor<2x4x5x19xf32>
  %z = gan.neg %y : tensor<2x4x5x19xf32>
  kernel.return %z : tensor<2x4x5x19xf32>
}
kernel.define @filter_up(%w: tensor<4x1x4x4xf32>, %y: tensor<2x4x5x19xf32>) -> tensor<2x4x10x38xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 4> : tensor<4x1x4x4xf32>, tensor<2x4x5x19xf32> -> tensor<2x4x10x38xf32>
  kernel.return %x : tensor<2x4x10x38xf32>
}
// The up-sampling filter of StyleGAN2, a constant.
kernel.define @upfirdn(%x: tensor<2x3x8x9xf32>) -> tensor<2x3x16x18xf32> {
  %p = gan.pad %x low [0, 0, 2, 2] high [0, 0, 2, 2] interior [0, 0, 1, 1] : tensor<2x3x8x9xf32> -> tensor<2x3x19x21xf32>
  %k = gan.constant dense<[[0.0625, 0.1875, 0.1875, 0.0625], [0.1875, 0.5625, 0.5625, 0.1875], [0.1875, 0.5625, 0.5625, 0.1875], [0.0625, 0.1875, 0.1875, 0.0625]]> : tensor<4x4xf32>
  %w = gan.broadcast %k dims [0, 1] : tensor<4x4xf32> -> tensor<3x1x4x4xf32>
  %y = gan.conv %p, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<2x3x19x21xf32>, tensor<3x1x4x4xf32> -> tensor<2x3x16x18xf32>
  kernel.return %y : tensor<2x3x16x18xf32>
}
kernel.define @dense(%x: tensor<2x4x7x19xf32>, %w: tensor<6x2x3x3xf32>) -> tensor<2x6x4x10xf32> {
  %y = gan.conv %x, %w geometry <stride = [2, 2], dilation = [1, 2], low = [1, 2], high = [1, 2], groups = 2> : tensor<2x4x7x19xf32>, tensor<6x2x3x3xf32> -> tensor<2x6x4x10xf32>
  kernel.return %y : tensor<2x6x4x10xf32>
}
kernel.define @channels_last(%x: tensor<2x33x6x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<33x1x3x3xf32>)
    -> (tensor<2x33x6x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 33> : tensor<2x33x6x7xf32>, tensor<33x1x3x3xf32> -> tensor<2x33x6x7xf32>
  kernel.return %y : tensor<2x33x6x7xf32>
}
// The first vector begins before the tensor; the loop must not be cut there.
kernel.define @filter_down_line(%x: tensor<38xf32>, %w: tensor<1x1x4xf32>) -> tensor<1x1x19xf32> {
  %r = gan.reshape %x : tensor<38xf32> -> tensor<1x1x38xf32>
  %a = gan.neg %r : tensor<1x1x38xf32>
  %y = gan.conv %a, %w geometry <stride = [2], dilation = [1], low = [1], high = [1], groups = 1> : tensor<1x1x38xf32>, tensor<1x1x4xf32> -> tensor<1x1x19xf32>
  kernel.return %y : tensor<1x1x19xf32>
}
// Taps below the first element, which vectors of five lanes share.
kernel.define @transposed_of_one_channel(%w: tensor<1x2x3x3xf32>, %y: tensor<1x1x3x3xf32>) -> tensor<1x2x5x5xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<1x2x3x3xf32>, tensor<1x1x3x3xf32> -> tensor<1x2x5x5xf32>
  kernel.return %x : tensor<1x2x5x5xf32>
}
// A condition on what a border masks, joined with the mask.
kernel.define @condition_on_a_masked_load(%arg0: tensor<5x4x4xf32>, %arg1: tensor<3xf32>) -> tensor<5x4x4xf32> {
  %0 = gan.constant dense<0.000000e+00> : tensor<3xf32>
  %1 = gan.compare  le %arg1, %0 : tensor<3xf32> -> tensor<3xi1>
  %2 = gan.select %1, %0, %arg1 : tensor<3xi1>, tensor<3xf32>
  %3 = gan.pad %2 low [30] high [47] interior [0] : tensor<3xf32> -> tensor<80xf32>
  %4 = gan.constant dense<0.694505453> : tensor<80xf32>
  %5 = gan.mul %3, %4 : tensor<80xf32>
  %6 = gan.reshape %5 : tensor<80xf32> -> tensor<5x4x4xf32>
  %7 = gan.stop %6 : tensor<5x4x4xf32>
  %8 = gan.neg %7 : tensor<5x4x4xf32>
  %9 = gan.add %6, %8 : tensor<5x4x4xf32>
  %10 = gan.add %arg0, %9 : tensor<5x4x4xf32>
  kernel.return %10 : tensor<5x4x4xf32>
}

// Two lanes would be a + (b - a), and here a is infinite.
kernel.define @lines_of_three(%x: tensor<2x3xf32>, %y: tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %n = gan.reshape %x : tensor<2x3xf32> -> tensor<6xf32>
  %p = gan.pad %n low [0] high [12] interior [0] : tensor<6xf32> -> tensor<18xf32>
  %q = gan.reshape %p : tensor<18xf32> -> tensor<3x3x2xf32>
  %k = gan.constant dense<1.000000e+00> : tensor<3x3x2xf32>
  %o = gan.add %q, %k : tensor<3x3x2xf32>
  %a = gan.reshape %o : tensor<3x3x2xf32> -> tensor<18xf32>
  %b = gan.slice %a start [2] stop [17] stride [1] : tensor<18xf32> -> tensor<15xf32>
  %c = gan.reshape %b : tensor<15xf32> -> tensor<5x3xf32>
  %m = gan.neg %c : tensor<5x3xf32>
  %d = gan.add %c, %m : tensor<5x3xf32>
  %e = gan.pow %d to -1.0 : tensor<5x3xf32>
  %f = gan.exp %y : tensor<5x3xf32>
  kernel.return %e, %f : tensor<5x3xf32>, tensor<5x3xf32>
}

// The place in the second operand is known: far in front of it, and of the constant.
kernel.define @in_front_of_a_constant(%x: tensor<7xf32>, %y: tensor<5000000xf32>) -> tensor<1xf32> {
  %i = gan.constant dense<[4, 2, 0]> : tensor<3xi32>
  %g = gan.gather %x, %i dim 0 : tensor<7xf32>, tensor<3xi32> -> tensor<3xf32>
  %c = gan.concat %y, %g dim 0 : tensor<5000000xf32>, tensor<3xf32> -> tensor<5000003xf32>
  %r = gan.slice %c start [1] stop [2] stride [1] : tensor<5000003xf32> -> tensor<1xf32>
  kernel.return %r : tensor<1xf32>
}
