// RUN: kernel-run %s
// RUN: %if vulkan %{ kernel-run %s --device=vulkan %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda:sm_90a --ptxas=%ptxas %}
// Operations that move elements, alone and composed.

kernel.define @transpose(%x: tensor<17x5x3xf32>) -> tensor<3x17x5xf32> {
  %y = gan.transpose %x permutation [2, 0, 1] : tensor<17x5x3xf32> -> tensor<3x17x5xf32>
  kernel.return %y : tensor<3x17x5xf32>
}
kernel.define @reshape(%x: tensor<6x35xf32>) -> tensor<7x30xf32> {
  %y = gan.reshape %x : tensor<6x35xf32> -> tensor<7x30xf32>
  %z = gan.neg %y : tensor<7x30xf32>
  kernel.return %z : tensor<7x30xf32>
}
kernel.define @depth_to_space(%x: tensor<2x12x5x7xf32>) -> tensor<2x3x10x14xf32> {
  %a = gan.reshape %x : tensor<2x12x5x7xf32> -> tensor<2x3x2x2x5x7xf32>
  %b = gan.transpose %a permutation [0, 1, 4, 2, 5, 3] : tensor<2x3x2x2x5x7xf32> -> tensor<2x3x5x2x7x2xf32>
  %c = gan.reshape %b : tensor<2x3x5x2x7x2xf32> -> tensor<2x3x10x14xf32>
  kernel.return %c : tensor<2x3x10x14xf32>
}
kernel.define @reverse(%x: tensor<4x19xf32>) -> tensor<4x19xf32> {
  %y = gan.reverse %x dims [0, 1] : tensor<4x19xf32>
  kernel.return %y : tensor<4x19xf32>
}
kernel.define @slice(%x: tensor<8x40xf32>) -> tensor<3x13xf32> {
  %y = gan.slice %x start [1, 0] stop [7, 39] stride [2, 3] : tensor<8x40xf32> -> tensor<3x13xf32>
  kernel.return %y : tensor<3x13xf32>
}
kernel.define @pad(%x: tensor<3x21xf32>) -> tensor<6x44xf32> {
  %y = gan.pad %x low [1, 2] high [2, 1] interior [0, 1] : tensor<3x21xf32> -> tensor<6x44xf32>
  kernel.return %y : tensor<6x44xf32>
}
kernel.define @crop(%x: tensor<5x21xf32>) -> tensor<3x16xf32> {
  %y = gan.pad %x low [-1, -2] high [-1, -3] interior [0, 0] : tensor<5x21xf32> -> tensor<3x16xf32>
  kernel.return %y : tensor<3x16xf32>
}
kernel.define @pad_then_reshape(%x: tensor<3x5xf32>) -> tensor<2x14xf32> {
  %y = gan.pad %x low [1, 1] high [0, 1] interior [0, 0] : tensor<3x5xf32> -> tensor<4x7xf32>
  %z = gan.reshape %y : tensor<4x7xf32> -> tensor<2x14xf32>
  kernel.return %z : tensor<2x14xf32>
}
kernel.define @concat_outer(%x: tensor<2x33xf32>, %y: tensor<1x33xf32>, %z: tensor<3x33xf32>) -> tensor<6x33xf32> {
  %a = gan.concat %x, %y, %z dim 0 : tensor<2x33xf32>, tensor<1x33xf32>, tensor<3x33xf32> -> tensor<6x33xf32>
  kernel.return %a : tensor<6x33xf32>
}
kernel.define @concat_inner(%x: tensor<5x7xf32>, %y: tensor<5x18xf32>, %z: tensor<5x1xf32>) -> tensor<5x26xf32> {
  %e = gan.exp %y : tensor<5x18xf32>
  %a = gan.concat %x, %e, %z dim 1 : tensor<5x7xf32>, tensor<5x18xf32>, tensor<5x1xf32> -> tensor<5x26xf32>
  kernel.return %a : tensor<5x26xf32>
}
kernel.define @iota() -> (tensor<3x20xi32>, tensor<3x20xf32>, tensor<3x20xi64>) {
  %a = gan.iota dim 1 : tensor<3x20xi32>
  %b = gan.iota dim 0 : tensor<3x20xf32>
  %c = gan.iota dim 1 : tensor<3x20xi64>
  kernel.return %a, %b, %c : tensor<3x20xi32>, tensor<3x20xf32>, tensor<3x20xi64>
}
kernel.define @constants(%x: tensor<5x4xf32>) -> (tensor<5x4xf32>, tensor<20xi1>) {
  %w = gan.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %b = gan.broadcast %w dims [0] : tensor<4xf32> -> tensor<5x4xf32>
  %y = gan.mul %x, %b : tensor<5x4xf32>
  %m = gan.constant dense<[true, false, true, true, true, false, true, false, true, true, false, true, true, true, true, false, false, false, true, true]> : tensor<20xi1>
  kernel.return %y, %m : tensor<5x4xf32>, tensor<20xi1>
}
kernel.define @gather_rows(%x: tensor<5x40xf32>, %i: tensor<2x3xi32>) -> tensor<2x3x40xf32> {
  %y = gan.gather %x, %i dim 0 : tensor<5x40xf32>, tensor<2x3xi32> -> tensor<2x3x40xf32>
  kernel.return %y : tensor<2x3x40xf32>
}
kernel.define @gather_inner(%x: tensor<5x9xf32>, %i: tensor<37xi32>) -> tensor<5x37xf32> {
  %y = gan.gather %x, %i dim 1 : tensor<5x9xf32>, tensor<37xi32> -> tensor<5x37xf32>
  kernel.return %y : tensor<5x37xf32>
}
kernel.define @gather_pad_reflect(%x: tensor<2x3x6x18xf32>) -> tensor<2x3x6x22xf32> {
  %i = gan.constant dense<[2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 16, 15]> : tensor<22xi32>
  %y = gan.gather %x, %i dim 3 : tensor<2x3x6x18xf32>, tensor<22xi32> -> tensor<2x3x6x22xf32>
  kernel.return %y : tensor<2x3x6x22xf32>
}
kernel.define @upsample(%x: tensor<2x3x5x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<2x3x10x18xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %a = gan.broadcast %x dims [3, 5] : tensor<2x3x5x9xf32> -> tensor<2x3x5x2x9x2xf32>
  %b = gan.reshape %a : tensor<2x3x5x2x9x2xf32> -> tensor<2x3x10x18xf32>
  kernel.return %b : tensor<2x3x10x18xf32>
}

// Nothing is read of a tensor that holds nothing.
kernel.define @pad_of_nothing(%x: tensor<6xf32>) -> tensor<6xf32> {
  %0 = gan.slice %x start [5] stop [5] stride [1] : tensor<6xf32> -> tensor<0xf32>
  %1 = gan.pad %0 low [5] high [1] interior [0] : tensor<0xf32> -> tensor<6xf32>
  kernel.return %1 : tensor<6xf32>
}
