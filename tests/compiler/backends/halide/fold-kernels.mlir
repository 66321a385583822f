// RUN: kernel-run %s --backend=halide
// RUN: kernel-run %s --backend=halide --numerics=portable
// What takes many elements for one, along every kind of axis: in the lanes of
// the result or of the fold, whole vectors or not, several results.

kernel.define @sum_inner(%x: tensor<5x100xf32>) -> tensor<5xf32> {
  %y = gan.reduce_sum %x dims [1] : tensor<5x100xf32> -> tensor<5xf32>
  kernel.return %y : tensor<5xf32>
}
kernel.define @sum_outer(%x: tensor<50x100xf32>) -> tensor<100xf32> {
  %y = gan.reduce_sum %x dims [0] : tensor<50x100xf32> -> tensor<100xf32>
  kernel.return %y : tensor<100xf32>
}
kernel.define @sum_all(%x: tensor<50x1001xf32>) -> tensor<f32> {
  %a = gan.exp %x : tensor<50x1001xf32>
  %y = gan.reduce_sum %a dims [0, 1] : tensor<50x1001xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @moments(%x: tensor<4x6x7x9xf32>) -> (tensor<6xf32>, tensor<6xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<4x6x7x9xf32> -> tensor<6xf32>
  kernel.return %m, %v : tensor<6xf32>, tensor<6xf32>
}
kernel.define @arg(%x: tensor<4x60xf32>) -> tensor<4xi32> {
  %m = gan.arg_max %x dim 1 : tensor<4x60xf32> -> tensor<4xi32>
  kernel.return %m : tensor<4xi32>
}
// Blocks of one element and of many.
kernel.define @dot(%x: tensor<37x50xf32>, %w: tensor<50x40xf32>, %b: tensor<40xf32>) -> tensor<37x40xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<37x50xf32>, tensor<50x40xf32> -> tensor<37x40xf32>
  %c = gan.broadcast %b dims [0] : tensor<40xf32> -> tensor<37x40xf32>
  %z = gan.add %y, %c : tensor<37x40xf32>
  kernel.return %z : tensor<37x40xf32>
}
kernel.define @moments_inner(%x: tensor<4x100xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %m, %v = gan.moments %x dims [1] : tensor<4x100xf32> -> tensor<4xf32>
  kernel.return %m, %v : tensor<4xf32>, tensor<4xf32>
}
kernel.define @moments_of_blocks(%x: tensor<4x1600xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %m, %v = gan.moments %x dims [1] : tensor<4x1600xf32> -> tensor<4xf32>
  kernel.return %m, %v : tensor<4xf32>, tensor<4xf32>
}
kernel.define @moments_outer(%x: tensor<40x32xf32>) -> (tensor<32xf32>, tensor<32xf32>) {
  %m, %v = gan.moments %x dims [0] : tensor<40x32xf32> -> tensor<32xf32>
  kernel.return %m, %v : tensor<32xf32>, tensor<32xf32>
}
kernel.define @largest_of_special(%x: tensor<7x33xf32> {test.special}) -> (tensor<7xf32>) {
  %y = gan.reduce_max %x dims [1] : tensor<7x33xf32> -> tensor<7xf32>
  kernel.return %y : tensor<7xf32>
}
kernel.define @search_of_special(%x: tensor<7x33xf32> {test.special}) -> tensor<33xi32> {
  %y = gan.arg_min %x dim 0 : tensor<7x33xf32> -> tensor<33xi32>
  kernel.return %y : tensor<33xi32>
}
kernel.define @pool(%x: tensor<2x5x9x11xf32> {test.special}) -> (tensor<2x5x5x6xi32>, tensor<2x5x5x6xf32>) {
  %i = gan.window_arg_max %x window [3, 3] stride [2, 2] dilation [1, 1] low [1, 1] high [1, 1] : tensor<2x5x9x11xf32> -> tensor<2x5x5x6xi32>
  %f = gan.reshape %x : tensor<2x5x9x11xf32> -> tensor<2x5x99xf32>
  %y = gan.gather %f, %i dim 2 batch 2 : tensor<2x5x99xf32>, tensor<2x5x5x6xi32> -> tensor<2x5x5x6xf32>
  kernel.return %i, %y : tensor<2x5x5x6xi32>, tensor<2x5x5x6xf32>
}
kernel.define @of_nothing_read() -> tensor<3xf32> {
  %c = gan.constant dense<2.0> : tensor<3x8xf32>
  %y = gan.reduce_sum %c dims [1] : tensor<3x8xf32> -> tensor<3xf32>
  kernel.return %y : tensor<3xf32>
}
kernel.define @large_window(%x: tensor<3x40x40xf32>) -> tensor<3x4x4xf32> {
  %y = gan.window_sum %x window [1, 9, 9] stride [1, 10, 10] : tensor<3x40x40xf32> -> tensor<3x4x4xf32>
  kernel.return %y : tensor<3x4x4xf32>
}
