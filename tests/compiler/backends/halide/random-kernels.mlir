// RUN: kernel-run %s --backend=halide --tolerance=0
// RUN: kernel-run %s --backend=halide --numerics=portable --tolerance=0
// Draws are the interpreter's, bit for bit.

kernel.define @normal(%k: tensor<4xi32> {test.low = -2000000000.0, test.high = 2000000000.0}) -> tensor<5x37xf32> {
  %y = gan.random normal %k a 0.5 b 2.0 site 7 name "z" : tensor<5x37xf32>
  kernel.return %y : tensor<5x37xf32>
}
kernel.define @integer(%k: tensor<4xi32> {test.low = -2000000000.0, test.high = 2000000000.0}) -> tensor<77xi32> {
  %y = gan.random integer %k a 10.0 b 0.0 site 7 name "z" : tensor<77xi32>
  kernel.return %y : tensor<77xi32>
}
kernel.define @uniform_channels_last(%k: tensor<4xi32> {test.low = -2000000000.0, test.high = 2000000000.0}) -> (tensor<2x3x5x7xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %y = gan.random uniform %k a -1.0 b 1.0 site 9 name "z" : tensor<2x3x5x7xf32>
  kernel.return %y : tensor<2x3x5x7xf32>
}
