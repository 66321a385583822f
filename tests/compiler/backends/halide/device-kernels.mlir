// RUN: %if opencl %{ kernel-run %s --backend=halide --device=opencl %}
// RUN: %if vulkan %{ kernel-run %s --backend=halide --device=vulkan %}
// RUN: %if ptxas %{ kernel-run %s --backend=halide --device=cuda --ptxas=%ptxas --skips=3 %}
// Threads for elements, tiles of elements for a thread, groups for sums; what
// only threads do; results in the place of operands.

kernel.define @elements(%x: tensor<5x37xf32>, %s: tensor<37xf32>) -> tensor<5x37xf32> {
  %b = gan.broadcast %s dims [0] : tensor<37xf32> -> tensor<5x37xf32>
  %a = gan.mul %x, %b : tensor<5x37xf32>
  %t = gan.tanh %a : tensor<5x37xf32>
  kernel.return %t : tensor<5x37xf32>
}
kernel.define @bytes(%x: tensor<3x7x5xf32>, %y: tensor<3x7x5xf32>) -> (tensor<3x7x5xi1>, tensor<3x7x5xf32>) {
  %c = gan.compare lt %x, %y : tensor<3x7x5xf32> -> tensor<3x7x5xi1>
  %s = gan.select %c, %y, %x : tensor<3x7x5xi1>, tensor<3x7x5xf32>
  kernel.return %c, %s : tensor<3x7x5xi1>, tensor<3x7x5xf32>
}
kernel.define @constants(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = gan.constant dense<[1.0, 3.0, 3.0, 1.0]> : tensor<4xf32>
  %y = gan.mul %x, %c : tensor<4xf32>
  kernel.return %y : tensor<4xf32>
}
kernel.define @group_of_one_sum(%x: tensor<31x1001xf32>) -> tensor<f32> {
  %y = gan.reduce_sum %x dims [0, 1] : tensor<31x1001xf32> -> tensor<f32>
  kernel.return %y : tensor<f32>
}
kernel.define @moments_of_channels(%x: tensor<8x5x9x9xf32>) -> (tensor<5xf32>, tensor<5xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<8x5x9x9xf32> -> tensor<5xf32>
  kernel.return %m, %v : tensor<5xf32>, tensor<5xf32>
}
kernel.define @rows(%x: tensor<70x50xf32>, %w: tensor<50x90xf32>) -> tensor<70x90xf32> {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<70x50xf32>, tensor<50x90xf32> -> tensor<70x90xf32>
  kernel.return %y : tensor<70x90xf32>
}
kernel.define @transposed(%w: tensor<10x16x4x4xf32>, %y: tensor<2x10x4x5xf32>) -> tensor<2x16x8x10xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<10x16x4x4xf32>, tensor<2x10x4x5xf32> -> tensor<2x16x8x10xf32>
  kernel.return %x : tensor<2x16x8x10xf32>
}
kernel.define @running(%x: tensor<3x17xf32>) -> tensor<3x17xf32> {
  %y = gan.cumsum %x dim 1 : tensor<3x17xf32>
  kernel.return %y : tensor<3x17xf32>
}
kernel.define @scatter(%i: tensor<11xi32>, %u: tensor<11x5xf32>) -> tensor<4x5xf32> {
  %z = gan.constant dense<0.0> : tensor<4x5xf32>
  %y = gan.scatter_add %z, %i, %u dim 0 : tensor<4x5xf32>, tensor<11xi32>, tensor<11x5xf32>
  kernel.return %y : tensor<4x5xf32>
}
kernel.define @sort(%x: tensor<3x41xf32> {test.special}) -> tensor<3x41xi32> {
  %i = gan.sort %x dim 1 count 41 descending : tensor<3x41xf32> -> tensor<3x41xi32>
  kernel.return %i : tensor<3x41xi32>
}
kernel.define @permutation(%k: tensor<4xi32>) -> tensor<100xi32> {
  %p = gan.random permutation %k a 0.0 b 0.0 site 3 name "p" : tensor<100xi32>
  kernel.return %p : tensor<100xi32>
}
kernel.define @normal(%k: tensor<4xi32>) -> tensor<5x37xf32> {
  %y = gan.random normal %k a 0.5 b 2.0 site 7 name "z" : tensor<5x37xf32>
  kernel.return %y : tensor<5x37xf32>
}
kernel.define @rows_of_any_length(%p: tensor<?xf32>, %m: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) attributes {columns = 2 : i64} {
  %a = gan.add %p, %m : tensor<?xf32>
  %b = gan.mul %p, %m : tensor<?xf32>
  kernel.return %a, %b : tensor<?xf32>, tensor<?xf32>
}
// Two results of a transposed convolution, one of which may lie in the place of
// an operand.
kernel.define @between(%w: tensor<16x1x4x4xf32>, %y: tensor<2x16x4x4xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %r: tensor<2x1x8x8xf32>) -> (tensor<2x1x8x8xf32>, tensor<2x1x8x8xf32>) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x1x4x4xf32>, tensor<2x16x4x4xf32> -> tensor<2x1x8x8xf32>
  %t = gan.tanh %x : tensor<2x1x8x8xf32>
  %d = gan.mul %t, %r : tensor<2x1x8x8xf32>
  kernel.return %t, %d : tensor<2x1x8x8xf32>, tensor<2x1x8x8xf32>
}
