// Kernels of every kind in two sizes: tests/performance/backends.py measures them.

// Element by element.
kernel.define @multiply_add_4k(%x: tensor<4096xf32>, %y: tensor<4096xf32>) -> tensor<4096xf32> {
  %a = gan.mul %x, %y : tensor<4096xf32>
  %b = gan.add %a, %x : tensor<4096xf32>
  kernel.return %b : tensor<4096xf32>
}
kernel.define @tanh_4k(%x: tensor<4096xf32>) -> tensor<4096xf32> {
  %a = gan.tanh %x : tensor<4096xf32>
  kernel.return %a : tensor<4096xf32>
}
kernel.define @exp_log_4k(%x: tensor<4096xf32>) -> tensor<4096xf32> {
  %a = gan.exp %x : tensor<4096xf32>
  %b = gan.log1p %a : tensor<4096xf32>
  kernel.return %b : tensor<4096xf32>
}
kernel.define @multiply_add_1m(%x: tensor<1048576xf32>, %y: tensor<1048576xf32>) -> tensor<1048576xf32> {
  %a = gan.mul %x, %y : tensor<1048576xf32>
  %b = gan.add %a, %x : tensor<1048576xf32>
  kernel.return %b : tensor<1048576xf32>
}
kernel.define @tanh_1m(%x: tensor<1048576xf32>) -> tensor<1048576xf32> {
  %a = gan.tanh %x : tensor<1048576xf32>
  kernel.return %a : tensor<1048576xf32>
}
kernel.define @exp_log_1m(%x: tensor<1048576xf32>) -> tensor<1048576xf32> {
  %a = gan.exp %x : tensor<1048576xf32>
  %b = gan.log1p %a : tensor<1048576xf32>
  kernel.return %b : tensor<1048576xf32>
}
kernel.define @scale_shift_relu(%x: tensor<16x64x32x32xf32>, %g: tensor<64xf32>, %b: tensor<64xf32>) -> tensor<16x64x32x32xf32> {
  %z = gan.constant dense<0.0> : tensor<16x64x32x32xf32>
  %h = gan.broadcast %g dims [0, 2, 3] : tensor<64xf32> -> tensor<16x64x32x32xf32>
  %m = gan.mul %x, %h : tensor<16x64x32x32xf32>
  %d = gan.broadcast %b dims [0, 2, 3] : tensor<64xf32> -> tensor<16x64x32x32xf32>
  %a = gan.add %m, %d : tensor<16x64x32x32xf32>
  %q = gan.compare gt %a, %z : tensor<16x64x32x32xf32> -> tensor<16x64x32x32xi1>
  %r = gan.select %q, %a, %z : tensor<16x64x32x32xi1>, tensor<16x64x32x32xf32>
  kernel.return %r : tensor<16x64x32x32xf32>
}
// What moves elements.
kernel.define @border_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x20x20xf32> {
  %y = gan.pad %x low [0, 0, 2, 2] high [0, 0, 2, 2] interior [0, 0, 0, 0] : tensor<4x16x16x16xf32> -> tensor<4x16x20x20xf32>
  kernel.return %y : tensor<4x16x20x20xf32>
}
kernel.define @reflected_border_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x20x20xf32> {
  %i = gan.constant dense<[2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 14, 13]> : tensor<20xi32>
  %a = gan.gather %x, %i dim 2 : tensor<4x16x16x16xf32>, tensor<20xi32> -> tensor<4x16x20x16xf32>
  %y = gan.gather %a, %i dim 3 : tensor<4x16x20x16xf32>, tensor<20xi32> -> tensor<4x16x20x20xf32>
  kernel.return %y : tensor<4x16x20x20xf32>
}
kernel.define @zeros_between_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x32x32xf32> {
  %y = gan.pad %x low [0, 0, 0, 0] high [0, 0, 1, 1] interior [0, 0, 1, 1] : tensor<4x16x16x16xf32> -> tensor<4x16x32x32xf32>
  kernel.return %y : tensor<4x16x32x32xf32>
}
kernel.define @repeat_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x32x32xf32> {
  %a = gan.broadcast %x dims [3, 5] : tensor<4x16x16x16xf32> -> tensor<4x16x16x2x16x2xf32>
  %y = gan.reshape %a : tensor<4x16x16x2x16x2xf32> -> tensor<4x16x32x32xf32>
  kernel.return %y : tensor<4x16x32x32xf32>
}
kernel.define @every_second_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x8x8xf32> {
  %y = gan.slice %x start [0, 0, 0, 0] stop [4, 16, 16, 16] stride [1, 1, 2, 2] : tensor<4x16x16x16xf32> -> tensor<4x16x8x8xf32>
  kernel.return %y : tensor<4x16x8x8xf32>
}
kernel.define @depth_to_space_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x4x32x32xf32> {
  %a = gan.reshape %x : tensor<4x16x16x16xf32> -> tensor<4x4x2x2x16x16xf32>
  %b = gan.transpose %a permutation [0, 1, 4, 2, 5, 3] : tensor<4x4x2x2x16x16xf32> -> tensor<4x4x16x2x16x2xf32>
  %y = gan.reshape %b : tensor<4x4x16x2x16x2xf32> -> tensor<4x4x32x32xf32>
  kernel.return %y : tensor<4x4x32x32xf32>
}
kernel.define @transpose_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x16x16xf32> {
  %y = gan.transpose %x permutation [0, 2, 3, 1] : tensor<4x16x16x16xf32> -> tensor<4x16x16x16xf32>
  kernel.return %y : tensor<4x16x16x16xf32>
}
kernel.define @border_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x64x36x36xf32> {
  %y = gan.pad %x low [0, 0, 2, 2] high [0, 0, 2, 2] interior [0, 0, 0, 0] : tensor<16x64x32x32xf32> -> tensor<16x64x36x36xf32>
  kernel.return %y : tensor<16x64x36x36xf32>
}
kernel.define @reflected_border_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x64x36x36xf32> {
  %i = gan.constant dense<[2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 30, 29]> : tensor<36xi32>
  %a = gan.gather %x, %i dim 2 : tensor<16x64x32x32xf32>, tensor<36xi32> -> tensor<16x64x36x32xf32>
  %y = gan.gather %a, %i dim 3 : tensor<16x64x36x32xf32>, tensor<36xi32> -> tensor<16x64x36x36xf32>
  kernel.return %y : tensor<16x64x36x36xf32>
}
kernel.define @zeros_between_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x64x64x64xf32> {
  %y = gan.pad %x low [0, 0, 0, 0] high [0, 0, 1, 1] interior [0, 0, 1, 1] : tensor<16x64x32x32xf32> -> tensor<16x64x64x64xf32>
  kernel.return %y : tensor<16x64x64x64xf32>
}
kernel.define @repeat_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x64x64x64xf32> {
  %a = gan.broadcast %x dims [3, 5] : tensor<16x64x32x32xf32> -> tensor<16x64x32x2x32x2xf32>
  %y = gan.reshape %a : tensor<16x64x32x2x32x2xf32> -> tensor<16x64x64x64xf32>
  kernel.return %y : tensor<16x64x64x64xf32>
}
kernel.define @every_second_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x64x16x16xf32> {
  %y = gan.slice %x start [0, 0, 0, 0] stop [16, 64, 32, 32] stride [1, 1, 2, 2] : tensor<16x64x32x32xf32> -> tensor<16x64x16x16xf32>
  kernel.return %y : tensor<16x64x16x16xf32>
}
kernel.define @depth_to_space_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x16x64x64xf32> {
  %a = gan.reshape %x : tensor<16x64x32x32xf32> -> tensor<16x16x2x2x32x32xf32>
  %b = gan.transpose %a permutation [0, 1, 4, 2, 5, 3] : tensor<16x16x2x2x32x32xf32> -> tensor<16x16x32x2x32x2xf32>
  %y = gan.reshape %b : tensor<16x16x32x2x32x2xf32> -> tensor<16x16x64x64xf32>
  kernel.return %y : tensor<16x16x64x64xf32>
}
kernel.define @transpose_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x32x32x64xf32> {
  %y = gan.transpose %x permutation [0, 2, 3, 1] : tensor<16x64x32x32xf32> -> tensor<16x32x32x64xf32>
  kernel.return %y : tensor<16x32x32x64xf32>
}
// Windows and filters.
kernel.define @average_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x8x8xf32> {
  %y = gan.window_sum %x window [1, 1, 2, 2] stride [1, 1, 2, 2] : tensor<4x16x16x16xf32> -> tensor<4x16x8x8xf32>
  %q = gan.constant dense<0.25> : tensor<4x16x8x8xf32>
  %z = gan.mul %y, %q : tensor<4x16x8x8xf32>
  kernel.return %z : tensor<4x16x8x8xf32>
}
kernel.define @largest_of_window_small(%x: tensor<4x16x16x16xf32>) -> tensor<4x16x8x8xi32> {
  %i = gan.window_arg_max %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<4x16x16x16xf32> -> tensor<4x16x8x8xi32>
  kernel.return %i : tensor<4x16x8x8xi32>
}
kernel.define @depthwise_3x3_small(%x: tensor<4x16x16x16xf32>, %w: tensor<16x1x3x3xf32>) -> tensor<4x16x16x16xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 16> : tensor<4x16x16x16xf32>, tensor<16x1x3x3xf32> -> tensor<4x16x16x16xf32>
  kernel.return %y : tensor<4x16x16x16xf32>
}
kernel.define @depthwise_4x4_small(%x: tensor<4x16x16x16xf32>, %w: tensor<16x1x4x4xf32>) -> tensor<4x16x16x16xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [2, 2], groups = 16> : tensor<4x16x16x16xf32>, tensor<16x1x4x4xf32> -> tensor<4x16x16x16xf32>
  kernel.return %y : tensor<4x16x16x16xf32>
}
kernel.define @filter_down_small(%x: tensor<4x16x16x16xf32>, %w: tensor<16x1x4x4xf32>) -> tensor<4x16x8x8xf32> {
  %y = gan.conv %x, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 16> : tensor<4x16x16x16xf32>, tensor<16x1x4x4xf32> -> tensor<4x16x8x8xf32>
  kernel.return %y : tensor<4x16x8x8xf32>
}
kernel.define @filter_up_small(%w: tensor<16x1x4x4xf32>, %x: tensor<4x16x16x16xf32>) -> tensor<4x16x32x32xf32> {
  %y = gan.conv_grad_input %w, %x geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 16> : tensor<16x1x4x4xf32>, tensor<4x16x16x16xf32> -> tensor<4x16x32x32xf32>
  kernel.return %y : tensor<4x16x32x32xf32>
}
kernel.define @average_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x64x16x16xf32> {
  %y = gan.window_sum %x window [1, 1, 2, 2] stride [1, 1, 2, 2] : tensor<16x64x32x32xf32> -> tensor<16x64x16x16xf32>
  %q = gan.constant dense<0.25> : tensor<16x64x16x16xf32>
  %z = gan.mul %y, %q : tensor<16x64x16x16xf32>
  kernel.return %z : tensor<16x64x16x16xf32>
}
kernel.define @largest_of_window_large(%x: tensor<16x64x32x32xf32>) -> tensor<16x64x16x16xi32> {
  %i = gan.window_arg_max %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<16x64x32x32xf32> -> tensor<16x64x16x16xi32>
  kernel.return %i : tensor<16x64x16x16xi32>
}
kernel.define @depthwise_3x3_large(%x: tensor<16x64x32x32xf32>, %w: tensor<64x1x3x3xf32>) -> tensor<16x64x32x32xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 64> : tensor<16x64x32x32xf32>, tensor<64x1x3x3xf32> -> tensor<16x64x32x32xf32>
  kernel.return %y : tensor<16x64x32x32xf32>
}
kernel.define @depthwise_4x4_large(%x: tensor<16x64x32x32xf32>, %w: tensor<64x1x4x4xf32>) -> tensor<16x64x32x32xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [2, 2], groups = 64> : tensor<16x64x32x32xf32>, tensor<64x1x4x4xf32> -> tensor<16x64x32x32xf32>
  kernel.return %y : tensor<16x64x32x32xf32>
}
kernel.define @filter_down_large(%x: tensor<16x64x32x32xf32>, %w: tensor<64x1x4x4xf32>) -> tensor<16x64x16x16xf32> {
  %y = gan.conv %x, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 64> : tensor<16x64x32x32xf32>, tensor<64x1x4x4xf32> -> tensor<16x64x16x16xf32>
  kernel.return %y : tensor<16x64x16x16xf32>
}
kernel.define @filter_up_large(%w: tensor<64x1x4x4xf32>, %x: tensor<16x64x32x32xf32>) -> tensor<16x64x64x64xf32> {
  %y = gan.conv_grad_input %w, %x geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 64> : tensor<64x1x4x4xf32>, tensor<16x64x32x32xf32> -> tensor<16x64x64x64xf32>
  kernel.return %y : tensor<16x64x64x64xf32>
}
// Reductions: along what lies side by side, across it, of everything.
kernel.define @sum_along_64x128(%x: tensor<64x128xf32>) -> tensor<64xf32> {
  %y = gan.reduce_sum %x dims [1] : tensor<64x128xf32> -> tensor<64xf32>
  kernel.return %y : tensor<64xf32>
}
kernel.define @moments_along_64x128(%x: tensor<64x128xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %m, %v = gan.moments %x dims [1] : tensor<64x128xf32> -> tensor<64xf32>
  kernel.return %m, %v : tensor<64xf32>, tensor<64xf32>
}
kernel.define @largest_along_64x128(%x: tensor<64x128xf32>) -> tensor<64xi32> {
  %y = gan.arg_max %x dim 1 : tensor<64x128xf32> -> tensor<64xi32>
  kernel.return %y : tensor<64xi32>
}
kernel.define @sum_all_64x128(%x: tensor<64x128xf32>) -> tensor<f32> {
  %y = gan.reduce_sum %x dims [0, 1] : tensor<64x128xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @sum_along_64x16384(%x: tensor<64x16384xf32>) -> tensor<64xf32> {
  %y = gan.reduce_sum %x dims [1] : tensor<64x16384xf32> -> tensor<64xf32>
  kernel.return %y : tensor<64xf32>
}
kernel.define @moments_along_64x16384(%x: tensor<64x16384xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %m, %v = gan.moments %x dims [1] : tensor<64x16384xf32> -> tensor<64xf32>
  kernel.return %m, %v : tensor<64xf32>, tensor<64xf32>
}
kernel.define @largest_along_64x16384(%x: tensor<64x16384xf32>) -> tensor<64xi32> {
  %y = gan.arg_max %x dim 1 : tensor<64x16384xf32> -> tensor<64xi32>
  kernel.return %y : tensor<64xi32>
}
kernel.define @sum_all_64x16384(%x: tensor<64x16384xf32>) -> tensor<f32> {
  %y = gan.reduce_sum %x dims [0, 1] : tensor<64x16384xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @sum_along_4096x64(%x: tensor<4096x64xf32>) -> tensor<4096xf32> {
  %y = gan.reduce_sum %x dims [1] : tensor<4096x64xf32> -> tensor<4096xf32>
  kernel.return %y : tensor<4096xf32>
}
kernel.define @moments_along_4096x64(%x: tensor<4096x64xf32>) -> (tensor<4096xf32>, tensor<4096xf32>) {
  %m, %v = gan.moments %x dims [1] : tensor<4096x64xf32> -> tensor<4096xf32>
  kernel.return %m, %v : tensor<4096xf32>, tensor<4096xf32>
}
kernel.define @largest_along_4096x64(%x: tensor<4096x64xf32>) -> tensor<4096xi32> {
  %y = gan.arg_max %x dim 1 : tensor<4096x64xf32> -> tensor<4096xi32>
  kernel.return %y : tensor<4096xi32>
}
kernel.define @sum_all_4096x64(%x: tensor<4096x64xf32>) -> tensor<f32> {
  %y = gan.reduce_sum %x dims [0, 1] : tensor<4096x64xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @sum_across_128x64(%x: tensor<128x64xf32>) -> tensor<64xf32> {
  %y = gan.reduce_sum %x dims [0] : tensor<128x64xf32> -> tensor<64xf32>
  kernel.return %y : tensor<64xf32>
}
kernel.define @moments_across_128x64(%x: tensor<128x64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %m, %v = gan.moments %x dims [0] : tensor<128x64xf32> -> tensor<64xf32>
  kernel.return %m, %v : tensor<64xf32>, tensor<64xf32>
}
kernel.define @sum_across_16384x64(%x: tensor<16384x64xf32>) -> tensor<64xf32> {
  %y = gan.reduce_sum %x dims [0] : tensor<16384x64xf32> -> tensor<64xf32>
  kernel.return %y : tensor<64xf32>
}
kernel.define @moments_across_16384x64(%x: tensor<16384x64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %m, %v = gan.moments %x dims [0] : tensor<16384x64xf32> -> tensor<64xf32>
  kernel.return %m, %v : tensor<64xf32>, tensor<64xf32>
}
kernel.define @sum_across_64x4096(%x: tensor<64x4096xf32>) -> tensor<4096xf32> {
  %y = gan.reduce_sum %x dims [0] : tensor<64x4096xf32> -> tensor<4096xf32>
  kernel.return %y : tensor<4096xf32>
}
kernel.define @moments_across_64x4096(%x: tensor<64x4096xf32>) -> (tensor<4096xf32>, tensor<4096xf32>) {
  %m, %v = gan.moments %x dims [0] : tensor<64x4096xf32> -> tensor<4096xf32>
  kernel.return %m, %v : tensor<4096xf32>, tensor<4096xf32>
}
kernel.define @moments_of_channels_64x64x14(%x: tensor<64x64x14x14xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<64x64x14x14xf32> -> tensor<64xf32>
  kernel.return %m, %v : tensor<64xf32>, tensor<64xf32>
}
kernel.define @moments_of_channels_last_64x64x14(%x: tensor<64x64x14x14xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<64xf32>, tensor<64xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<64x64x14x14xf32> -> tensor<64xf32>
  kernel.return %m, %v : tensor<64xf32>, tensor<64xf32>
}
kernel.define @moments_of_channels_16x128x8(%x: tensor<16x128x8x8xf32>) -> (tensor<128xf32>, tensor<128xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<16x128x8x8xf32> -> tensor<128xf32>
  kernel.return %m, %v : tensor<128xf32>, tensor<128xf32>
}
kernel.define @moments_of_channels_last_16x128x8(%x: tensor<16x128x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<128xf32>, tensor<128xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<16x128x8x8xf32> -> tensor<128xf32>
  kernel.return %m, %v : tensor<128xf32>, tensor<128xf32>
}
// Contractions.
kernel.define @dot_16x16x16(%x: tensor<16x16xf32>, %w: tensor<16x16xf32>) -> tensor<16x16xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<16x16xf32>, tensor<16x16xf32> -> tensor<16x16xf32>
  kernel.return %y : tensor<16x16xf32>
}
kernel.define @dot_64x128x1(%x: tensor<64x128xf32>, %w: tensor<128x1xf32>) -> tensor<64x1xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<64x128xf32>, tensor<128x1xf32> -> tensor<64x1xf32>
  kernel.return %y : tensor<64x1xf32>
}
kernel.define @dot_1x512x512(%x: tensor<1x512xf32>, %w: tensor<512x512xf32>) -> tensor<1x512xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<1x512xf32>, tensor<512x512xf32> -> tensor<1x512xf32>
  kernel.return %y : tensor<1x512xf32>
}
kernel.define @dot_64x100x64(%x: tensor<64x100xf32>, %w: tensor<100x64xf32>) -> tensor<64x64xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<64x100xf32>, tensor<100x64xf32> -> tensor<64x64xf32>
  kernel.return %y : tensor<64x64xf32>
}
kernel.define @dot_64x100x6272(%x: tensor<64x100xf32>, %w: tensor<100x6272xf32>) -> tensor<64x6272xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<64x100xf32>, tensor<100x6272xf32> -> tensor<64x6272xf32>
  kernel.return %y : tensor<64x6272xf32>
}
kernel.define @dot_256x256x256(%x: tensor<256x256xf32>, %w: tensor<256x256xf32>) -> tensor<256x256xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<256x256xf32>, tensor<256x256xf32> -> tensor<256x256xf32>
  kernel.return %y : tensor<256x256xf32>
}
kernel.define @dot_64x2048x1024(%x: tensor<64x2048xf32>, %w: tensor<2048x1024xf32>) -> tensor<64x1024xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<64x2048xf32>, tensor<2048x1024xf32> -> tensor<64x1024xf32>
  kernel.return %y : tensor<64x1024xf32>
}
kernel.define @dot_batch_32x16x16x16(%x: tensor<32x16x16xf32>, %w: tensor<32x16x16xf32>) -> tensor<32x16x16xf32> {
  %y = gan.dot %x, %w batch [0] [0] contract [2] [1] : tensor<32x16x16xf32>, tensor<32x16x16xf32> -> tensor<32x16x16xf32>
  kernel.return %y : tensor<32x16x16xf32>
}
kernel.define @conv_4x8x8x16_3x3(%x: tensor<4x8x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<8x8x3x3xf32> {kernel.layout = array<i64: 2, 3, 1, 0>}) -> (tensor<4x8x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<4x8x16x16xf32>, tensor<8x8x3x3xf32> -> tensor<4x8x16x16xf32>
  kernel.return %y : tensor<4x8x16x16xf32>
}
kernel.define @conv_16x3x32x32_3x3(%x: tensor<16x3x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<32x3x3x3xf32> {kernel.layout = array<i64: 2, 3, 1, 0>}) -> (tensor<16x32x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x3x32x32xf32>, tensor<32x3x3x3xf32> -> tensor<16x32x32x32xf32>
  kernel.return %y : tensor<16x32x32x32xf32>
}
kernel.define @conv_16x32x3x32_3x3(%x: tensor<16x32x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<3x32x3x3xf32> {kernel.layout = array<i64: 2, 3, 1, 0>}) -> (tensor<16x3x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x32x32x32xf32>, tensor<3x32x3x3xf32> -> tensor<16x3x32x32xf32>
  kernel.return %y : tensor<16x3x32x32xf32>
}
kernel.define @conv_16x64x64x16_3x3(%x: tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<64x64x3x3xf32> {kernel.layout = array<i64: 2, 3, 1, 0>}) -> (tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x64x16x16xf32>, tensor<64x64x3x3xf32> -> tensor<16x64x16x16xf32>
  kernel.return %y : tensor<16x64x16x16xf32>
}
kernel.define @conv_16x64x64x16_1x1(%x: tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<64x64x1x1xf32> {kernel.layout = array<i64: 2, 3, 1, 0>}) -> (tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<16x64x16x16xf32>, tensor<64x64x1x1xf32> -> tensor<16x64x16x16xf32>
  kernel.return %y : tensor<16x64x16x16xf32>
}
kernel.define @conv_4x4x3x32_3x3(%x: tensor<4x4x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<3x4x3x3xf32> {kernel.layout = array<i64: 2, 3, 1, 0>}) -> (tensor<4x3x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<4x4x32x32xf32>, tensor<3x4x3x3xf32> -> tensor<4x3x32x32xf32>
  kernel.return %y : tensor<4x3x32x32xf32>
}
kernel.define @transposed_conv_4x16x8x8(%w: tensor<16x8x4x4xf32>, %y: tensor<4x16x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<4x8x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x8x4x4xf32>, tensor<4x16x8x8xf32> -> tensor<4x8x16x16xf32>
  kernel.return %x : tensor<4x8x16x16xf32>
}
kernel.define @weight_gradient_4x16x8x8(%x: tensor<4x8x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %y: tensor<4x16x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<16x8x4x4xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<4x8x16x16xf32>, tensor<4x16x8x8xf32> -> tensor<16x8x4x4xf32>
  kernel.return %w : tensor<16x8x4x4xf32>
}
kernel.define @transposed_conv_16x64x3x16(%w: tensor<64x3x4x4xf32>, %y: tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<16x3x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<64x3x4x4xf32>, tensor<16x64x16x16xf32> -> tensor<16x3x32x32xf32>
  kernel.return %x : tensor<16x3x32x32xf32>
}
kernel.define @weight_gradient_16x64x3x16(%x: tensor<16x3x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %y: tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<64x3x4x4xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x3x32x32xf32>, tensor<16x64x16x16xf32> -> tensor<64x3x4x4xf32>
  kernel.return %w : tensor<64x3x4x4xf32>
}
kernel.define @transposed_conv_16x128x64x8(%w: tensor<128x64x4x4xf32>, %y: tensor<16x128x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<128x64x4x4xf32>, tensor<16x128x8x8xf32> -> tensor<16x64x16x16xf32>
  kernel.return %x : tensor<16x64x16x16xf32>
}
kernel.define @weight_gradient_16x128x64x8(%x: tensor<16x64x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %y: tensor<16x128x8x8xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<128x64x4x4xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x64x16x16xf32>, tensor<16x128x8x8xf32> -> tensor<128x64x4x4xf32>
  kernel.return %w : tensor<128x64x4x4xf32>
}
