// RUN: kernel-run %s
// RUN: %if vulkan %{ kernel-run %s --device=vulkan %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda --ptxas=%ptxas %}
// RUN: %if ptxas %{ kernel-run %s --device=cuda:sm_90a --ptxas=%ptxas %}
// One region over rows of several lengths, in chunks of 33 elements.

kernel.define @scale(%a: tensor<?xf32>, %s: tensor<f32>) -> tensor<?xf32> attributes {columns = 1 : i64} {
  %b = gan.broadcast %s dims [0] : tensor<f32> -> tensor<?xf32>
  %y = gan.mul %a, %b : tensor<?xf32>
  kernel.return %y : tensor<?xf32>
}
kernel.define @adam(%p: tensor<?xf32>, %g: tensor<?xf32>, %m: tensor<?xf32>, %v: tensor<?xf32> {test.low = 0.0, test.high = 1.0}, %rate: tensor<1xf32>)
    -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) attributes {columns = 4 : i64} {
  %r0 = gan.reshape %rate : tensor<1xf32> -> tensor<f32>
  %r = gan.broadcast %r0 dims [0] : tensor<f32> -> tensor<?xf32>
  %m1 = gan.add %m, %g : tensor<?xf32>
  %g2 = gan.mul %g, %g : tensor<?xf32>
  %v1 = gan.add %v, %g2 : tensor<?xf32>
  %root = gan.sqrt %v1 : tensor<?xf32>
  %q = gan.div %m1, %root : tensor<?xf32>
  %step = gan.mul %q, %r : tensor<?xf32>
  %n = gan.neg %step : tensor<?xf32>
  %p1 = gan.add %p, %n : tensor<?xf32>
  kernel.return %p1, %m1, %v1 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}
