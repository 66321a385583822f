// RUN: kernel-run %s
// RUN: %if vulkan %{ kernel-run %s --device=vulkan --skips=1 %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda:sm_90a --ptxas=%ptxas %}
//
// Searches and what is read by the places they find, in either layout; sorts; parts
// that start where numbers say; lanes a few elements apart.

kernel.define @max_pool(%x: tensor<3x5x12x28xf32>) -> tensor<3x5x6x14xf32> {
  %i = gan.window_arg_max %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<3x5x12x28xf32> -> tensor<3x5x6x14xi32>
  %f = gan.reshape %x : tensor<3x5x12x28xf32> -> tensor<3x5x336xf32>
  %y = gan.gather %f, %i dim 2 batch 2 : tensor<3x5x336xf32>, tensor<3x5x6x14xi32> -> tensor<3x5x6x14xf32>
  kernel.return %y : tensor<3x5x6x14xf32>
}

kernel.define @max_pool_channels_last(%x: tensor<2x37x9x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>, test.special})
    -> (tensor<2x37x5x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, tensor<2x37x5x4xi32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %i = gan.window_arg_max %x window [3, 3] stride [2, 2] dilation [1, 1] low [1, 1] high [1, 1] : tensor<2x37x9x7xf32> -> tensor<2x37x5x4xi32>
  %f = gan.reshape %x : tensor<2x37x9x7xf32> -> tensor<2x37x63xf32>
  %y = gan.gather %f, %i dim 2 batch 2 : tensor<2x37x63xf32>, tensor<2x37x5x4xi32> -> tensor<2x37x5x4xf32>
  kernel.return %y, %i : tensor<2x37x5x4xf32>, tensor<2x37x5x4xi32>
}

kernel.define @window_arg_max(%x: tensor<2x3x19x41xf32> {test.special}) -> tensor<2x3x19x41xi32> {
  %i = gan.window_arg_max %x window [3, 5] stride [1, 1] dilation [1, 1] low [1, 2] high [1, 2] : tensor<2x3x19x41xf32> -> tensor<2x3x19x41xi32>
  kernel.return %i : tensor<2x3x19x41xi32>
}

// Another tensor is read by the places: this is no search's own gather.
kernel.define @elsewhere(%x: tensor<3x4x10xf32>, %z: tensor<3x4x10xf32>) -> tensor<3x4x5xf32> {
  %i = gan.window_arg_max %x window [2] stride [2] dilation [1] low [0] high [0] : tensor<3x4x10xf32> -> tensor<3x4x5xi32>
  %y = gan.gather %z, %i dim 2 batch 2 : tensor<3x4x10xf32>, tensor<3x4x5xi32> -> tensor<3x4x5xf32>
  kernel.return %y : tensor<3x4x5xf32>
}

kernel.define @arg_max(%x: tensor<7x103xf32> {test.special}) -> (tensor<7xi32>, tensor<7xf32>) {
  %i = gan.arg_max %x dim 1 : tensor<7x103xf32> -> tensor<7xi32>
  %y = gan.gather %x, %i dim 1 batch 1 : tensor<7x103xf32>, tensor<7xi32> -> tensor<7xf32>
  kernel.return %i, %y : tensor<7xi32>, tensor<7xf32>
}

kernel.define @arg_min(%x: tensor<9x103x5xi64>) -> tensor<9x5xi32> {
  %i = gan.arg_min %x dim 1 : tensor<9x103x5xi64> -> tensor<9x5xi32>
  kernel.return %i : tensor<9x5xi32>
}

kernel.define @scatter_rows(%i: tensor<6x5x11xi32>, %u: tensor<6x5x11xf32>) -> tensor<6x5x37xf32> {
  %z = gan.constant dense<0.0> : tensor<6x5x37xf32>
  %y = gan.scatter_add %z, %i, %u dim 2 batch 2 : tensor<6x5x37xf32>, tensor<6x5x11xi32>, tensor<6x5x11xf32>
  kernel.return %y : tensor<6x5x37xf32>
}

kernel.define @scatter_channels_last(%i: tensor<2x21x4x3xi32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %u: tensor<2x21x4x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>})
    -> (tensor<2x21x19xf32> {kernel.layout = array<i64: 0, 2, 1>}) {
  %z = gan.constant dense<0.0> : tensor<2x21x19xf32>
  %y = gan.scatter_add %z, %i, %u dim 2 batch 2 : tensor<2x21x19xf32>, tensor<2x21x4x3xi32>, tensor<2x21x4x3xf32>
  kernel.return %y : tensor<2x21x19xf32>
}

kernel.define @sort(%x: tensor<3x1009x2xf32> {test.special}) -> tensor<3x1009x2xi32> {
  %i = gan.sort %x dim 1 count 1009 : tensor<3x1009x2xf32> -> tensor<3x1009x2xi32>
  kernel.return %i : tensor<3x1009x2xi32>
}

kernel.define @largest(%x: tensor<5x300xf32> {test.special}) -> tensor<5x7xi32> {
  %i = gan.sort %x dim 1 count 7 descending : tensor<5x300xf32> -> tensor<5x7xi32>
  kernel.return %i : tensor<5x7xi32>
}

kernel.define @sort_wide(%x: tensor<40x33xi64>) -> tensor<40x33xi32> {
  %i = gan.sort %x dim 1 count 33 descending : tensor<40x33xi64> -> tensor<40x33xi32>
  kernel.return %i : tensor<40x33xi32>
}

kernel.define @crop(%x: tensor<4x3x20x50xf32>, %s: tensor<4x2xi32> {test.low = -3.0, test.high = 30.0}) -> tensor<4x3x17x37xf32> {
  %y = gan.dynamic_slice %x, %s : tensor<4x3x20x50xf32>, tensor<4x2xi32> -> tensor<4x3x17x37xf32>
  kernel.return %y : tensor<4x3x17x37xf32>
}

kernel.define @replace(%x: tensor<4x3x20x50xf32>, %u: tensor<4x3x17x37xf32>, %s: tensor<4x2xi32> {test.low = -3.0, test.high = 30.0}) -> tensor<4x3x20x50xf32> {
  %y = gan.dynamic_update_slice %x, %u, %s : tensor<4x3x20x50xf32>, tensor<4x3x17x37xf32>, tensor<4x2xi32>
  kernel.return %y : tensor<4x3x20x50xf32>
}

kernel.define @every_second(%x: tensor<3x77xf32>) -> tensor<3x39xf32> {
  %y = gan.slice %x start [0, 0] stop [3, 77] stride [1, 2] : tensor<3x77xf32> -> tensor<3x39xf32>
  kernel.return %y : tensor<3x39xf32>
}

kernel.define @every_third(%x: tensor<3x97xi32>) -> tensor<3x32xi32> {
  %y = gan.slice %x start [0, 1] stop [3, 97] stride [1, 3] : tensor<3x97xi32> -> tensor<3x32xi32>
  kernel.return %y : tensor<3x32xi32>
}

kernel.define @every_fourth(%x: tensor<3x77xf32>) -> tensor<3x19xf32> {
  %y = gan.slice %x start [0, 3] stop [3, 77] stride [1, 4] : tensor<3x77xf32> -> tensor<3x19xf32>
  kernel.return %y : tensor<3x19xf32>
}

kernel.define @permutation(%k: tensor<4xi32>) -> tensor<1000xi32> {
  %p = gan.random permutation %k a 0.0 b 0.0 site 3 name "p" : tensor<1000xi32>
  kernel.return %p : tensor<1000xi32>
}
