// RUN: split-file %s %t
// RUN: kernel-run %t/neighbours.mlir --device=cuda --dump-code | FileCheck %t/neighbours.mlir
// RUN: kernel-run %t/tiles.mlir --device=cuda --dump-code | FileCheck %t/tiles.mlir
// RUN: %if spirv-tools %{ kernel-run %t/tiles.mlir --device=vulkan --dump-code > %t/tiles.spv %}
// RUN: %if spirv-tools %{ spirv-val --target-env vulkan1.2 %t/tiles.spv %}
// RUN: %if spirv-tools %{ spirv-dis %t/tiles.spv | FileCheck %t/tiles.mlir --check-prefix=SPIRV %}
// RUN: %if spirv-tools %{ kernel-run %t/bytes.mlir --device=vulkan --dump-code > %t/bytes.spv %}
// RUN: %if spirv-tools %{ spirv-val --target-env vulkan1.2 %t/bytes.spv %}
// RUN: %if spirv-tools %{ spirv-dis %t/bytes.spv | FileCheck %t/bytes.mlir %}
// RUN: %if vulkan %{ kernel-run %t/large.mlir --device=vulkan %}
// RUN: %if ptxas %{ kernel-run %t/large.mlir --device=cuda --ptxas=%ptxas | FileCheck %t/large.mlir %}
// RUN: %if ptxas %{ python3 %tests/performance/device_counts.py kernel-run %t/large.mlir %ptxas --arch=sm_90a | FileCheck %t/large.mlir --check-prefix=COUNTS %}
// RUN: %if ptxas %{ python3 %tests/performance/device_counts.py kernel-run %t/step.mlir %ptxas --arch=sm_90a --numerics=bf16 --roofline | FileCheck %t/step.mlir %}
// Code for devices: wide accesses, tiles in shared memory, parts of long sums.

//--- neighbours.mlir
// A thread computes four neighbours, reads and writes them at once.
// CHECK: .visible .entry kernel(
// CHECK: .reqntid 128
// CHECK-NOT: call
// CHECK: ld.global{{(.nc)?}}.v4
// CHECK: st.global.v4
// CHECK-NOT: st.global
kernel.define @scaled(%x: tensor<8x32x32x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %s: tensor<32xf32>) -> (tensor<8x32x32x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %b = gan.broadcast %s dims [0, 2, 3] : tensor<32xf32> -> tensor<8x32x32x16xf32>
  %y = gan.mul %x, %b : tensor<8x32x32x16xf32>
  kernel.return %y : tensor<8x32x32x16xf32>
}

//--- tiles.mlir
// CHECK: .visible .entry kernel(
// CHECK: .shared .align 16
// CHECK: bar
// CHECK: ld.shared{{.*}}v4
// CHECK: fma.rn.f32
// SPIRV: OpCapability SignedZeroInfNanPreserve
// SPIRV: OpEntryPoint GLCompute %main "main"
// SPIRV: OpExecutionMode %main SignedZeroInfNanPreserve 32
// SPIRV: OpExecutionMode %main LocalSize {{[0-9]+}} 1 1
// SPIRV: OpDecorate {{.*}} NoContraction
// SPIRV: %[[ORDER:.*]] = OpConstant %uint 264
// SPIRV: OpControlBarrier %uint_2 %uint_2 %[[ORDER]]
kernel.define @dot(%a: tensor<512x256xf32>, %b: tensor<256x512xf32>, %c: tensor<512xf32>) -> tensor<512x512xf32> {
  %y = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<512x256xf32>, tensor<256x512xf32> -> tensor<512x512xf32>
  %d = gan.broadcast %c dims [0] : tensor<512xf32> -> tensor<512x512xf32>
  %z = gan.add %y, %d : tensor<512x512xf32>
  kernel.return %z : tensor<512x512xf32>
}

//--- bytes.mlir
// CHECK: OpCapability StorageBuffer8BitAccess
// CHECK: OpFUnordNotEqual
kernel.define @is_number(%x: tensor<100xf32>, %m: tensor<100xi1>) -> tensor<100xi1> {
  %n = gan.compare eq %x, %x : tensor<100xf32> -> tensor<100xi1>
  %f = gan.cast %x : tensor<100xf32> -> tensor<100xi32>
  %b = gan.cast %f : tensor<100xi32> -> tensor<100xi1>
  %o = gan.logical or %b, %m : tensor<100xi1>
  %y = gan.logical and %n, %o : tensor<100xi1>
  kernel.return %y : tensor<100xi1>
}

//--- large.mlir
// CHECK: grad_weight: {{[0-9]+}}x1x1*128 {{[0-9]+}} registers {{[0-9]+}} shared {{[0-9]+}}x1x1*128 {{[0-9]+}} registers 0 shared
// CHECK: moments: {{[0-9]+}}x1x1*256 {{[0-9]+}} registers 3072 shared {{[0-9]+}}x1x1*128 {{[0-9]+}} registers 0 shared
// CHECK: stacked: {{[0-9]+}}x1x1*{{[0-9]+}} {{[0-9]+}} registers {{[1-9][0-9]+}} shared
// All polyphases of a transposed convolution go in one launch.
// CHECK: polyphases: {{[0-9]+}}x1x1*{{[0-9]+}} {{[0-9]+}} registers {{[1-9][0-9]+}} shared{{$}}
// CHECK: many_groups: 65535x2x1*128
// COUNTS: | kernel | groups | threads | registers | shared bytes | occupancy |
// COUNTS: | `grad_weight (1 of 2)` | {{[0-9]+}} | 128 | {{[0-9]+}} | {{[0-9]+}} | {{[0-9]+}}% |
// COUNTS: | `many_groups` | 131070 | 128 | {{[0-9]+}} | 0 | 100% |
kernel.define @grad_weight(%x: tensor<8x16x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %y: tensor<8x24x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> tensor<24x16x3x3xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<8x16x16x16xf32>, tensor<8x24x16x16xf32> -> tensor<24x16x3x3xf32>
  kernel.return %w : tensor<24x16x3x3xf32>
}
kernel.define @moments(%x: tensor<16x24x33x33xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) -> (tensor<24xf32>, tensor<24xf32>) {
  %m, %v = gan.moments %x dims [0, 2, 3] : tensor<16x24x33x33xf32> -> tensor<24xf32>
  kernel.return %m, %v : tensor<24xf32>, tensor<24xf32>
}
kernel.define @stacked(%y: tensor<8x32x16x16xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<32x3x4x4xf32>) -> (tensor<8x3x32x32xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<32x3x4x4xf32>, tensor<8x32x16x16xf32> -> tensor<8x3x32x32xf32>
  %t = gan.tanh %x : tensor<8x3x32x32xf32>
  kernel.return %t : tensor<8x3x32x32xf32>
}
kernel.define @polyphases(%y: tensor<4x16x12x12xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %w: tensor<16x32x4x4xf32>) -> (tensor<4x32x25x24xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [0, 1], groups = 1> : tensor<16x32x4x4xf32>, tensor<4x16x12x12xf32> -> tensor<4x32x25x24xf32>
  kernel.return %x : tensor<4x32x25x24xf32>
}
kernel.define @many_groups(%x: tensor<8388609xf32>) -> tensor<8388609xf32> {
  %y = gan.reverse %x dims [0] : tensor<8388609xf32>
  kernel.return %y : tensor<8388609xf32>
}

//--- step.mlir
// What a step computes and moves: 2 * 256^3 products and sums in each of two
// calls, three tensors of 256 KiB each; rows of 100 and 28 numbers.
// CHECK: | `dot`, 2 calls, units | {{[0-9]+}} x {{[0-9]+}} | {{[0-9]+}} | {{[0-9]+}}, {{[0-9]+}}% | 0.07 | 1.6, {{[0-9.]+}} | 0.4 |
// CHECK: | 1 others | | | | 0.00 | 0.0, 0.0 | 0.0 |
// CHECK: | all 2, 4 launches | | | | 0.07 | 1.6,
// CHECK: | bf16 | 0.1 | 2 | 0.000 | 0.000 | 0.000 | 0.008 | {{[0-9]+}} |
kernel.define @dot(%a: tensor<256x256xf32>, %b: tensor<256x256xf32>) -> tensor<256x256xf32> {
  %y = gan.dot %a, %b batch [] [] contract [1] [0] : tensor<256x256xf32>, tensor<256x256xf32> -> tensor<256x256xf32>
  kernel.return %y : tensor<256x256xf32>
}
kernel.define @scaled(%x: tensor<?xf32>, %s: tensor<f32>) -> tensor<?xf32> attributes {columns = 1 : i64} {
  %b = gan.broadcast %s dims [0] : tensor<f32> -> tensor<?xf32>
  %y = gan.mul %x, %b : tensor<?xf32>
  kernel.return %y : tensor<?xf32>
}
gan.program @step(%a: tensor<256x256xf32>, %p: tensor<100xf32>, %q: tensor<28xf32>, %s: tensor<f32>) arguments ["input a", "input p", "input q", "input s"] results ["output c", "output p", "output q"] {
  %b = kernel.call @dot(%a, %a) {backend = "llvm"} : (tensor<256x256xf32>, tensor<256x256xf32>) -> tensor<256x256xf32>
  %c = kernel.call @dot(%b, %a) {backend = "llvm"} : (tensor<256x256xf32>, tensor<256x256xf32>) -> tensor<256x256xf32>
  %r:2 = kernel.batch @scaled rows(%p, %q) shared(%s : tensor<f32>) {backend = "llvm"} : (tensor<100xf32>, tensor<28xf32>) -> (tensor<100xf32>, tensor<28xf32>)
  gan.yield %c, %r#0, %r#1 : tensor<256x256xf32>, tensor<100xf32>, tensor<28xf32>
}
