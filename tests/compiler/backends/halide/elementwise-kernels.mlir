// RUN: kernel-run %s --backend=halide
// RUN: kernel-run %s --backend=halide --numerics=fast
// Chains of element-wise operations: one loop where nothing stands between. Where
// a kernel has several results its operands are reversed, so that none of them may
// lie where a result does.

kernel.define @below_width(%x: tensor<3x5xf32>, %y: tensor<3x5xf32>) -> tensor<3x5xf32> {
  %a = gan.mul %x, %y : tensor<3x5xf32>
  kernel.return %a : tensor<3x5xf32>
}
kernel.define @above_width(%x: tensor<17xf32>) -> tensor<17xf32> {
  %a = gan.abs %x : tensor<17xf32>
  kernel.return %a : tensor<17xf32>
}
kernel.define @scalar(%x: tensor<f32>) -> tensor<f32> {
  %a = gan.exp %x : tensor<f32>
  kernel.return %a : tensor<f32>
}
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
kernel.define @channels_last(%x: tensor<2x37x7x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %scale: tensor<37xf32>)
    -> (tensor<2x37x7x3xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %s = gan.broadcast %scale dims [0, 2, 3] : tensor<37xf32> -> tensor<2x37x7x3xf32>
  %a = gan.mul %x, %s : tensor<2x37x7x3xf32>
  kernel.return %a : tensor<2x37x7x3xf32>
}
kernel.define @reshaped(%x: tensor<3x35xf32>, %y: tensor<5x21xf32>) -> (tensor<105xf32>, tensor<7x15xf32>) {
  %xr = gan.reverse %x dims [0] : tensor<3x35xf32>
  %yr = gan.reverse %y dims [0] : tensor<5x21xf32>
  %a = gan.reshape %yr : tensor<5x21xf32> -> tensor<3x35xf32>
  %b = gan.add %xr, %a : tensor<3x35xf32>
  %c = gan.mul %xr, %a : tensor<3x35xf32>
  %d = gan.reshape %b : tensor<3x35xf32> -> tensor<105xf32>
  %e = gan.reshape %c : tensor<3x35xf32> -> tensor<7x15xf32>
  kernel.return %d, %e : tensor<105xf32>, tensor<7x15xf32>
}
kernel.define @integers(%x: tensor<35xi32>, %y: tensor<35xi32>, %u: tensor<35xi64>)
    -> (tensor<35xi32>, tensor<35xi32>, tensor<35xi64>, tensor<35xf32>, tensor<35xi1>) {
  %xr = gan.reverse %x dims [0] : tensor<35xi32>
  %yr = gan.reverse %y dims [0] : tensor<35xi32>
  %ur = gan.reverse %u dims [0] : tensor<35xi64>
  %a = gan.mul %xr, %yr : tensor<35xi32>
  %b = gan.div %a, %yr : tensor<35xi32>
  %c = gan.cast %b : tensor<35xi32> -> tensor<35xi64>
  %d = gan.add %c, %ur : tensor<35xi64>
  %e = gan.cast %ur : tensor<35xi64> -> tensor<35xf32>
  %f = gan.compare lt %xr, %yr : tensor<35xi32> -> tensor<35xi1>
  kernel.return %a, %b, %d, %e, %f : tensor<35xi32>, tensor<35xi32>, tensor<35xi64>, tensor<35xf32>, tensor<35xi1>
}
kernel.define @booleans(%x: tensor<35xi1>, %y: tensor<35xi1>, %z: tensor<35xf32> {test.special})
    -> (tensor<35xi1>, tensor<35xi1>, tensor<35xi1>, tensor<35xf32>, tensor<35xi1>, tensor<35xi32>) {
  %xr = gan.reverse %x dims [0] : tensor<35xi1>
  %yr = gan.reverse %y dims [0] : tensor<35xi1>
  %zr = gan.reverse %z dims [0] : tensor<35xf32>
  %a = gan.logical and %xr, %yr : tensor<35xi1>
  %b = gan.logical or %xr, %yr : tensor<35xi1>
  %c = gan.logical xor %xr, %yr : tensor<35xi1>
  %d = gan.cast %c : tensor<35xi1> -> tensor<35xf32>
  %e = gan.cast %zr : tensor<35xf32> -> tensor<35xi1>
  %f = gan.cast %zr : tensor<35xf32> -> tensor<35xi32>
  kernel.return %a, %b, %c, %d, %e, %f : tensor<35xi1>, tensor<35xi1>, tensor<35xi1>, tensor<35xf32>, tensor<35xi1>, tensor<35xi32>
}
// Halide must not turn one comparison into another that NaN answers otherwise.
kernel.define @comparisons(%x: tensor<40xf32> {test.special}, %y: tensor<40xf32> {test.special})
    -> (tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>) {
  %xr = gan.reverse %x dims [0] : tensor<40xf32>
  %yr = gan.reverse %y dims [0] : tensor<40xf32>
  %a = gan.compare eq %xr, %yr : tensor<40xf32> -> tensor<40xi1>
  %b = gan.compare ne %xr, %yr : tensor<40xf32> -> tensor<40xi1>
  %c = gan.compare lt %xr, %yr : tensor<40xf32> -> tensor<40xi1>
  %d = gan.compare le %xr, %yr : tensor<40xf32> -> tensor<40xi1>
  %e = gan.compare gt %xr, %yr : tensor<40xf32> -> tensor<40xi1>
  %f = gan.compare ge %xr, %yr : tensor<40xf32> -> tensor<40xi1>
  kernel.return %a, %b, %c, %d, %e, %f : tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>, tensor<40xi1>
}
kernel.define @relu_of_special(%x: tensor<200xf32> {test.special}) -> tensor<200xf32> {
  %zero = gan.constant dense<0.0> : tensor<200xf32>
  %m = gan.compare le %x, %zero : tensor<200xf32> -> tensor<200xi1>
  %y = gan.select %m, %zero, %x : tensor<200xi1>, tensor<200xf32>
  kernel.return %y : tensor<200xf32>
}
kernel.define @rounding(%x: tensor<50xf32> {test.special}) -> (tensor<50xf32>, tensor<50xf32>, tensor<50xf32>, tensor<50xf32>) {
  %xr = gan.reverse %x dims [0] : tensor<50xf32>
  %a = gan.floor %xr : tensor<50xf32>
  %b = gan.ceil %xr : tensor<50xf32>
  %c = gan.round %xr : tensor<50xf32>
  %d = gan.sign %xr : tensor<50xf32>
  kernel.return %a, %b, %c, %d : tensor<50xf32>, tensor<50xf32>, tensor<50xf32>, tensor<50xf32>
}
kernel.define @formulas(%x: tensor<2000xf32> {test.special, test.low = -90.0, test.high = 90.0})
    -> (tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>) {
  %xr = gan.reverse %x dims [0] : tensor<2000xf32>
  %a = gan.exp %xr : tensor<2000xf32>
  %b = gan.tanh %xr : tensor<2000xf32>
  %c = gan.logistic %xr : tensor<2000xf32>
  %d = gan.softplus %xr : tensor<2000xf32>
  %e = gan.erf %xr : tensor<2000xf32>
  kernel.return %a, %b, %c, %d, %e : tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>
}
kernel.define @roots(%x: tensor<2000xf32> {test.special, test.low = -1.0, test.high = 9.0})
    -> (tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>) {
  %xr = gan.reverse %x dims [0] : tensor<2000xf32>
  %a = gan.log %xr : tensor<2000xf32>
  %b = gan.log1p %xr : tensor<2000xf32>
  %c = gan.sqrt %xr : tensor<2000xf32>
  %d = gan.rsqrt %xr : tensor<2000xf32>
  %e = gan.pow %xr to -3.0 : tensor<2000xf32>
  kernel.return %a, %b, %c, %d, %e : tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>, tensor<2000xf32>
}
