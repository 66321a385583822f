// RUN: kernel-run %s
// RUN: kernel-run %s --numerics=portable
// RUN: %if vulkan %{ kernel-run %s --device=vulkan %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda:sm_90a --ptxas=%ptxas %}
// Chains of element-wise operations at lengths around the vector's width.

kernel.define @one(%x: tensor<1xf32>, %y: tensor<1xf32>) -> tensor<1xf32> {
  %a = gan.add %x, %y : tensor<1xf32>
  kernel.return %a : tensor<1xf32>
}
kernel.define @below_width(%x: tensor<3x5xf32>, %y: tensor<3x5xf32>) -> tensor<3x5xf32> {
  %a = gan.mul %x, %y : tensor<3x5xf32>
  kernel.return %a : tensor<3x5xf32>
}
kernel.define @width(%x: tensor<16xf32>) -> tensor<16xf32> {
  %a = gan.neg %x : tensor<16xf32>
  kernel.return %a : tensor<16xf32>
}
kernel.define @above_width(%x: tensor<17xf32>) -> tensor<17xf32> {
  %a = gan.abs %x : tensor<17xf32>
  kernel.return %a : tensor<17xf32>
}
kernel.define @scalar(%x: tensor<f32>) -> tensor<f32> {
  %a = gan.exp %x : tensor<f32>
  kernel.return %a : tensor<f32>
}
kernel.define @empty(%x: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %a = gan.exp %x : tensor<0x3xf32>
  kernel.return %a : tensor<0x3xf32>
}

// A batch normalisation with leaky relu, row-major and channels last.
kernel.define @normalise(%x: tensor<2x5x7x3xf32>, %scale: tensor<5xf32>, %shift: tensor<5xf32>) -> tensor<2x5x7x3xf32> {
  %s = gan.broadcast %scale dims [0, 2, 3] : tensor<5xf32> -> tensor<2x5x7x3xf32>
  %t = gan.broadcast %shift dims [0, 2, 3] : tensor<5xf32> -> tensor<2x5x7x3xf32>
  %a = gan.mul %x, %s : tensor<2x5x7x3xf32>
  %b = gan.add %a, %t : tensor<2x5x7x3xf32>
  %zero = gan.constant dense<0.0> : tensor<2x5x7x3xf32>
  %slope = gan.constant dense<0.2> : tensor<2x5x7x3xf32>
  %c = gan.mul %b, %slope : tensor<2x5x7x3xf32>
  %m = gan.compare le %b, %zero : tensor<2x5x7x3xf32> -> tensor<2x5x7x3xi1>
  %y = gan.select %m, %c, %b : tensor<2x5x7x3xi1>, tensor<2x5x7x3xf32>
  kernel.return %y : tensor<2x5x7x3xf32>
}
kernel.define @channels_last(%x: tensor<2x32x7x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %scale: tensor<32xf32>)
    -> (tensor<2x32x7x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %s = gan.broadcast %scale dims [0, 2, 3] : tensor<32xf32> -> tensor<2x32x7x3xf32>
  %a = gan.mul %x, %s : tensor<2x32x7x3xf32>
  kernel.return %a : tensor<2x32x7x3xf32>
}
kernel.define @channels_last_narrow(%x: tensor<4x3x7x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %scale: tensor<3xf32>)
    -> (tensor<4x3x7x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %s = gan.broadcast %scale dims [0, 2, 3] : tensor<3xf32> -> tensor<4x3x7x9xf32>
  %a = gan.mul %x, %s : tensor<4x3x7x9xf32>
  kernel.return %a : tensor<4x3x7x9xf32>
}
kernel.define @two_layouts(%x: tensor<2x19x5x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>})
    -> (tensor<2x19x5x4xf32>, tensor<2x19x20xf32>) {
  %a = gan.neg %x : tensor<2x19x5x4xf32>
  %b = gan.reshape %a : tensor<2x19x5x4xf32> -> tensor<2x19x20xf32>
  kernel.return %a, %b : tensor<2x19x5x4xf32>, tensor<2x19x20xf32>
}

kernel.define @integers(%x: tensor<35xi32>, %y: tensor<35xi32>, %u: tensor<35xi64>)
    -> (tensor<35xi32>, tensor<35xi32>, tensor<35xi64>, tensor<35xf32>, tensor<35xi1>) {
  %a = gan.mul %x, %y : tensor<35xi32>
  %b = gan.div %a, %y : tensor<35xi32>
  %c = gan.cast %b : tensor<35xi32> -> tensor<35xi64>
  %d = gan.add %c, %u : tensor<35xi64>
  %e = gan.cast %u : tensor<35xi64> -> tensor<35xf32>
  %f = gan.compare lt %x, %y : tensor<35xi32> -> tensor<35xi1>
  kernel.return %a, %b, %d, %e, %f : tensor<35xi32>, tensor<35xi32>, tensor<35xi64>, tensor<35xf32>, tensor<35xi1>
}
kernel.define @booleans(%x: tensor<35xi1>, %y: tensor<35xi1>, %z: tensor<35xf32> {test.special})
    -> (tensor<35xi1>, tensor<35xi1>, tensor<35xi1>, tensor<35xf32>, tensor<35xi1>, tensor<35xi32>) {
  %a = gan.logical and %x, %y : tensor<35xi1>
  %b = gan.logical or %x, %y : tensor<35xi1>
  %c = gan.logical xor %x, %y : tensor<35xi1>
  %d = gan.cast %c : tensor<35xi1> -> tensor<35xf32>
  %e = gan.cast %z : tensor<35xf32> -> tensor<35xi1>
  %f = gan.cast %z : tensor<35xf32> -> tensor<35xi32>
  kernel.return %a, %b, %c, %d, %e, %f : tensor<35xi1>, tensor<35xi1>, tensor<35xi1>, tensor<35xf32>, tensor<35xi1>, tensor<35xi32>
}
kernel.define @comparisons(%x: tensor<40xf32> {test.special}, %y: tensor<40xf32> {test.special})
    -> (tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>) {
  %a = gan.compare eq %x, %y : tensor<40xf32> -> tensor<40xi1>
  %b = gan.compare ne %x, %y : tensor<40xf32> -> tensor<40xi1>
  %c = gan.compare lt %x, %y : tensor<40xf32> -> tensor<40xi1>
  %d = gan.compare le %x, %y : tensor<40xf32> -> tensor<40xi1>
  %e = gan.compare gt %x, %y : tensor<40xf32> -> tensor<40xi1>
  %f = gan.compare ge %x, %y : tensor<40xf32> -> tensor<40xi1>
  kernel.return %a, %b, %c, %d, %e, %f : tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>
}
kernel.define @rounding(%x: tensor<50xf32> {test.special}) -> (tensor<50xf32>, tensor<50xf32>, tensor<50xf32>, tensor<50xf32>) {
  %a = gan.floor %x : tensor<50xf32>
  %b = gan.ceil %x : tensor<50xf32>
  %c = gan.round %x : tensor<50xf32>
  %d = gan.sign %x : tensor<50xf32>
  kernel.return %a, %b, %c, %d : tensor<50xf32>, tensor<50xf32>, tensor<50xf32>, tensor<50xf32>
}
