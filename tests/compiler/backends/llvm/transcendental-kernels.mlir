// RUN: kernel-run %s --relative=4e-7
// RUN: kernel-run %s --relative=4e-7 --numerics=portable
// Own polynomials against double precision, with zeros, infinities and NaN.

kernel.define @exp(%x: tensor<20011xf32> {test.special, test.low = -87.0, test.high = 88.0}) -> tensor<20011xf32> {
  %y = gan.exp %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @log(%x: tensor<20011xf32> {test.special, test.low = -1.0, test.high = 1000.0}) -> tensor<20011xf32> {
  %y = gan.log %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @log_near_one(%x: tensor<20011xf32> {test.low = 0.7, test.high = 1.5}) -> tensor<20011xf32> {
  %y = gan.log %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @log1p(%x: tensor<20011xf32> {test.special, test.low = -1.5, test.high = 3.0}) -> tensor<20011xf32> {
  %y = gan.log1p %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @log1p_small(%x: tensor<20011xf32> {test.low = -1.0e-3, test.high = 1.0e-3}) -> tensor<20011xf32> {
  %y = gan.log1p %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @tanh(%x: tensor<20011xf32> {test.special, test.low = -10.0, test.high = 10.0}) -> tensor<20011xf32> {
  %y = gan.tanh %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @tanh_small(%x: tensor<20011xf32> {test.low = -1.0, test.high = 1.0}) -> tensor<20011xf32> {
  %y = gan.tanh %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @logistic(%x: tensor<20011xf32> {test.special, test.low = -80.0, test.high = 80.0}) -> tensor<20011xf32> {
  %y = gan.logistic %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @softplus(%x: tensor<20011xf32> {test.special, test.low = -80.0, test.high = 80.0}) -> tensor<20011xf32> {
  %y = gan.softplus %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @sin(%x: tensor<20011xf32> {test.special, test.low = -10.0, test.high = 10.0}) -> tensor<20011xf32> {
  %y = gan.sin %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @sin_large(%x: tensor<20011xf32> {test.low = -1.0e30, test.high = 1.0e30}) -> tensor<20011xf32> {
  %y = gan.sin %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @cos(%x: tensor<20011xf32> {test.special, test.low = -1000.0, test.high = 1000.0}) -> tensor<20011xf32> {
  %y = gan.cos %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @erf(%x: tensor<20011xf32> {test.special, test.low = -5.0, test.high = 5.0}) -> tensor<20011xf32> {
  %y = gan.erf %x : tensor<20011xf32>
  kernel.return %y : tensor<20011xf32>
}
kernel.define @roots(%x: tensor<20011xf32> {test.special, test.low = -1.0, test.high = 100.0}) -> (tensor<20011xf32>, tensor<20011xf32>) {
  %y = gan.sqrt %x : tensor<20011xf32>
  %z = gan.rsqrt %x : tensor<20011xf32>
  kernel.return %y, %z : tensor<20011xf32>, tensor<20011xf32>
}
kernel.define @powers(%x: tensor<20011xf32> {test.special, test.low = -9.0, test.high = 9.0})
    -> (tensor<20011xf32>, tensor<20011xf32>, tensor<20011xf32>, tensor<20011xf32>, tensor<20011xf32>) {
  %a = gan.pow %x to 3.0 : tensor<20011xf32>
  %b = gan.pow %x to -2.0 : tensor<20011xf32>
  %c = gan.pow %x to 0.75 : tensor<20011xf32>
  %d = gan.pow %x to -1.5 : tensor<20011xf32>
  %e = gan.pow %x to 7.0 : tensor<20011xf32>
  kernel.return %a, %b, %c, %d, %e : tensor<20011xf32>, tensor<20011xf32>, tensor<20011xf32>, tensor<20011xf32>, tensor<20011xf32>
}
