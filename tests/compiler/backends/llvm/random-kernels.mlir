// RUN: kernel-run %s --relative=1e-30
// Draws have the bits of ganrt/random.h, which the interpreter widens.

kernel.define @normal(%key: tensor<4xi32> {test.low = -2.0e9, test.high = 2.0e9}) -> tensor<9x100xf32> {
  %z = gan.random normal %key a 0.0 b 1.0 site 17 name "z" : tensor<9x100xf32>
  kernel.return %z : tensor<9x100xf32>
}
kernel.define @normal_affine(%key: tensor<4xi32> {test.low = -2.0e9, test.high = 2.0e9}) -> tensor<7xf32> {
  %z = gan.random normal %key a 0.3 b 0.02 site -5 name "z" : tensor<7xf32>
  kernel.return %z : tensor<7xf32>
}
kernel.define @uniform(%key: tensor<4xi32> {test.low = -2.0e9, test.high = 2.0e9}) -> tensor<3x4x33xf32> {
  %z = gan.random uniform %key a -0.7 b 1.1 site 3 name "z" : tensor<3x4x33xf32>
  kernel.return %z : tensor<3x4x33xf32>
}
kernel.define @bernoulli(%key: tensor<4xi32> {test.low = -2.0e9, test.high = 2.0e9}) -> tensor<100xf32> {
  %z = gan.random bernoulli %key a 0.3 b 0.0 site 3 name "z" : tensor<100xf32>
  kernel.return %z : tensor<100xf32>
}
kernel.define @integer(%key: tensor<4xi32> {test.low = -2.0e9, test.high = 2.0e9}) -> tensor<101xi32> {
  %z = gan.random integer %key a 10.0 b 0.0 site 3 name "z" : tensor<101xi32>
  kernel.return %z : tensor<101xi32>
}
kernel.define @one(%key: tensor<4xi32>) -> tensor<f32> {
  %z = gan.random normal %key a 0.0 b 1.0 site 17 name "z" : tensor<f32>
  kernel.return %z : tensor<f32>
}
