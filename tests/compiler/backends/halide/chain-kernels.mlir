// RUN: kernel-run %s --backend=halide
// RUN: kernel-run %s --backend=halide --numerics=fast
// RUN: kernel-run %s --backend=halide --numerics=portable
// RUN: %python %tests/compiler/backends/halide/random_chains.py 1 10 > %t.mlir
// RUN: env HL_DEBUG_CODEGEN=1 kernel-run %t.mlir --backend=halide > %t.txt 2>&1
// RUN: FileCheck %s --input-file=%t.txt
// Halide warns of a check that is not there; this is seen when debugging only.
// CHECK: Warning: This pipeline is guaranteed to fail an assertion
// Filters behind one another: what lies between them is never in memory.

kernel.define @small(%x: tensor<1x2x9x13xf32>, %b: tensor<2xf32>, %u: tensor<2x1x1x4xf32>, %v: tensor<2x1x4x1xf32>, %d: tensor<2x1x1x4xf32>, %e: tensor<2x1x4x1xf32>) -> tensor<1x2x9x13xf32> {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<2xf32> -> tensor<1x2x9x13xf32>
  %v2 = gan.add %x, %v1 : tensor<1x2x9x13xf32>
  %v3 = gan.pad %v2 low [0, 0, 3, 3] high [0, 0, 3, 3] interior [0, 0, 1, 1] : tensor<1x2x9x13xf32> -> tensor<1x2x23x31xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x23x31xf32>, tensor<2x1x1x4xf32> -> tensor<1x2x23x28xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x23x28xf32>, tensor<2x1x4x1xf32> -> tensor<1x2x20x28xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<1x2x20x28xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<1x2x20x28xf32> -> tensor<1x2x20x28xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<1x2x20x28xf32>
  %v9 = gan.mul %v5, %v8 : tensor<1x2x20x28xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<1x2x20x28xi1>, tensor<1x2x20x28xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<1x2x20x28xf32>
  %v12 = gan.mul %v10, %v11 : tensor<1x2x20x28xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x20x28xf32>, tensor<2x1x1x4xf32> -> tensor<1x2x20x25xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x20x25xf32>, tensor<2x1x4x1xf32> -> tensor<1x2x17x25xf32>
  %v15 = gan.slice %v14 start [0, 0, 0, 0] stop [1, 2, 17, 25] stride [1, 1, 2, 2] : tensor<1x2x17x25xf32> -> tensor<1x2x9x13xf32>
  kernel.return %v15 : tensor<1x2x9x13xf32>
}
kernel.define @odd(%x: tensor<2x3x17x37xf32>, %b: tensor<3xf32>, %u: tensor<3x1x1x6xf32>, %v: tensor<3x1x6x1xf32>, %d: tensor<3x1x1x6xf32>, %e: tensor<3x1x6x1xf32>) -> tensor<2x3x17x37xf32> {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<3xf32> -> tensor<2x3x17x37xf32>
  %v2 = gan.add %x, %v1 : tensor<2x3x17x37xf32>
  %v3 = gan.pad %v2 low [0, 0, 5, 5] high [0, 0, 5, 5] interior [0, 0, 1, 1] : tensor<2x3x17x37xf32> -> tensor<2x3x43x83xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<2x3x43x83xf32>, tensor<3x1x1x6xf32> -> tensor<2x3x43x78xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<2x3x43x78xf32>, tensor<3x1x6x1xf32> -> tensor<2x3x38x78xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<2x3x38x78xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<2x3x38x78xf32> -> tensor<2x3x38x78xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<2x3x38x78xf32>
  %v9 = gan.mul %v5, %v8 : tensor<2x3x38x78xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<2x3x38x78xi1>, tensor<2x3x38x78xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<2x3x38x78xf32>
  %v12 = gan.mul %v10, %v11 : tensor<2x3x38x78xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<2x3x38x78xf32>, tensor<3x1x1x6xf32> -> tensor<2x3x38x73xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<2x3x38x73xf32>, tensor<3x1x6x1xf32> -> tensor<2x3x33x73xf32>
  %v15 = gan.slice %v14 start [0, 0, 0, 0] stop [2, 3, 33, 73] stride [1, 1, 2, 2] : tensor<2x3x33x73xf32> -> tensor<2x3x17x37xf32>
  kernel.return %v15 : tensor<2x3x17x37xf32>
}
kernel.define @last(%x: tensor<2x16x9x13xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %b: tensor<16xf32>, %u: tensor<16x1x1x6xf32>, %v: tensor<16x1x6x1xf32>, %d: tensor<16x1x1x6xf32>, %e: tensor<16x1x6x1xf32>) -> (tensor<2x16x9x13xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<16xf32> -> tensor<2x16x9x13xf32>
  %v2 = gan.add %x, %v1 : tensor<2x16x9x13xf32>
  %v3 = gan.pad %v2 low [0, 0, 5, 5] high [0, 0, 5, 5] interior [0, 0, 1, 1] : tensor<2x16x9x13xf32> -> tensor<2x16x27x35xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 16> : tensor<2x16x27x35xf32>, tensor<16x1x1x6xf32> -> tensor<2x16x27x30xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 16> : tensor<2x16x27x30xf32>, tensor<16x1x6x1xf32> -> tensor<2x16x22x30xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<2x16x22x30xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<2x16x22x30xf32> -> tensor<2x16x22x30xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<2x16x22x30xf32>
  %v9 = gan.mul %v5, %v8 : tensor<2x16x22x30xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<2x16x22x30xi1>, tensor<2x16x22x30xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<2x16x22x30xf32>
  %v12 = gan.mul %v10, %v11 : tensor<2x16x22x30xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 16> : tensor<2x16x22x30xf32>, tensor<16x1x1x6xf32> -> tensor<2x16x22x25xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 16> : tensor<2x16x22x25xf32>, tensor<16x1x6x1xf32> -> tensor<2x16x17x25xf32>
  %v15 = gan.slice %v14 start [0, 0, 0, 0] stop [2, 16, 17, 25] stride [1, 1, 2, 2] : tensor<2x16x17x25xf32> -> tensor<2x16x9x13xf32>
  kernel.return %v15 : tensor<2x16x9x13xf32>
}
kernel.define @last24(%x: tensor<1x24x9x13xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %b: tensor<24xf32>, %u: tensor<24x1x1x6xf32>, %v: tensor<24x1x6x1xf32>, %d: tensor<24x1x1x6xf32>, %e: tensor<24x1x6x1xf32>) -> (tensor<1x24x9x13xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<24xf32> -> tensor<1x24x9x13xf32>
  %v2 = gan.add %x, %v1 : tensor<1x24x9x13xf32>
  %v3 = gan.pad %v2 low [0, 0, 5, 5] high [0, 0, 5, 5] interior [0, 0, 1, 1] : tensor<1x24x9x13xf32> -> tensor<1x24x27x35xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 24> : tensor<1x24x27x35xf32>, tensor<24x1x1x6xf32> -> tensor<1x24x27x30xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 24> : tensor<1x24x27x30xf32>, tensor<24x1x6x1xf32> -> tensor<1x24x22x30xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<1x24x22x30xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<1x24x22x30xf32> -> tensor<1x24x22x30xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<1x24x22x30xf32>
  %v9 = gan.mul %v5, %v8 : tensor<1x24x22x30xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<1x24x22x30xi1>, tensor<1x24x22x30xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<1x24x22x30xf32>
  %v12 = gan.mul %v10, %v11 : tensor<1x24x22x30xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 24> : tensor<1x24x22x30xf32>, tensor<24x1x1x6xf32> -> tensor<1x24x22x25xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 24> : tensor<1x24x22x25xf32>, tensor<24x1x6x1xf32> -> tensor<1x24x17x25xf32>
  %v15 = gan.slice %v14 start [0, 0, 0, 0] stop [1, 24, 17, 25] stride [1, 1, 2, 2] : tensor<1x24x17x25xf32> -> tensor<1x24x9x13xf32>
  kernel.return %v15 : tensor<1x24x9x13xf32>
}
kernel.define @last3(%x: tensor<1x3x9x13xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %b: tensor<3xf32>, %u: tensor<3x1x1x4xf32>, %v: tensor<3x1x4x1xf32>, %d: tensor<3x1x1x4xf32>, %e: tensor<3x1x4x1xf32>) -> (tensor<1x3x9x13xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<3xf32> -> tensor<1x3x9x13xf32>
  %v2 = gan.add %x, %v1 : tensor<1x3x9x13xf32>
  %v3 = gan.pad %v2 low [0, 0, 3, 3] high [0, 0, 3, 3] interior [0, 0, 1, 1] : tensor<1x3x9x13xf32> -> tensor<1x3x23x31xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<1x3x23x31xf32>, tensor<3x1x1x4xf32> -> tensor<1x3x23x28xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<1x3x23x28xf32>, tensor<3x1x4x1xf32> -> tensor<1x3x20x28xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<1x3x20x28xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<1x3x20x28xf32> -> tensor<1x3x20x28xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<1x3x20x28xf32>
  %v9 = gan.mul %v5, %v8 : tensor<1x3x20x28xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<1x3x20x28xi1>, tensor<1x3x20x28xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<1x3x20x28xf32>
  %v12 = gan.mul %v10, %v11 : tensor<1x3x20x28xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<1x3x20x28xf32>, tensor<3x1x1x4xf32> -> tensor<1x3x20x25xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 3> : tensor<1x3x20x25xf32>, tensor<3x1x4x1xf32> -> tensor<1x3x17x25xf32>
  %v15 = gan.slice %v14 start [0, 0, 0, 0] stop [1, 3, 17, 25] stride [1, 1, 2, 2] : tensor<1x3x17x25xf32> -> tensor<1x3x9x13xf32>
  kernel.return %v15 : tensor<1x3x9x13xf32>
}
kernel.define @up4(%x: tensor<1x2x9x21xf32>, %b: tensor<2xf32>, %u: tensor<2x1x1x8xf32>, %v: tensor<2x1x8x1xf32>, %d: tensor<2x1x1x8xf32>, %e: tensor<2x1x8x1xf32>) -> tensor<1x2x18x42xf32> {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<2xf32> -> tensor<1x2x9x21xf32>
  %v2 = gan.add %x, %v1 : tensor<1x2x9x21xf32>
  %v3 = gan.pad %v2 low [0, 0, 7, 7] high [0, 0, 9, 9] interior [0, 0, 3, 3] : tensor<1x2x9x21xf32> -> tensor<1x2x49x97xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x49x97xf32>, tensor<2x1x1x8xf32> -> tensor<1x2x49x90xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x49x90xf32>, tensor<2x1x8x1xf32> -> tensor<1x2x42x90xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<1x2x42x90xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<1x2x42x90xf32> -> tensor<1x2x42x90xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<1x2x42x90xf32>
  %v9 = gan.mul %v5, %v8 : tensor<1x2x42x90xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<1x2x42x90xi1>, tensor<1x2x42x90xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<1x2x42x90xf32>
  %v12 = gan.mul %v10, %v11 : tensor<1x2x42x90xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x42x90xf32>, tensor<2x1x1x8xf32> -> tensor<1x2x42x83xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x42x83xf32>, tensor<2x1x8x1xf32> -> tensor<1x2x35x83xf32>
  %v15 = gan.slice %v14 start [0, 0, 0, 0] stop [1, 2, 35, 83] stride [1, 1, 2, 2] : tensor<1x2x35x83xf32> -> tensor<1x2x18x42xf32>
  kernel.return %v15 : tensor<1x2x18x42xf32>
}
kernel.define @up2(%x: tensor<1x2x9x21xf32>, %b: tensor<2xf32>, %u: tensor<2x1x1x6xf32>, %v: tensor<2x1x6x1xf32>, %d: tensor<2x1x1x6xf32>, %e: tensor<2x1x6x1xf32>) -> tensor<1x2x18x42xf32> {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<2xf32> -> tensor<1x2x9x21xf32>
  %v2 = gan.add %x, %v1 : tensor<1x2x9x21xf32>
  %v3 = gan.pad %v2 low [0, 0, 5, 5] high [0, 0, 6, 6] interior [0, 0, 1, 1] : tensor<1x2x9x21xf32> -> tensor<1x2x28x52xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x28x52xf32>, tensor<2x1x1x6xf32> -> tensor<1x2x28x47xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x28x47xf32>, tensor<2x1x6x1xf32> -> tensor<1x2x23x47xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<1x2x23x47xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<1x2x23x47xf32> -> tensor<1x2x23x47xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<1x2x23x47xf32>
  %v9 = gan.mul %v5, %v8 : tensor<1x2x23x47xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<1x2x23x47xi1>, tensor<1x2x23x47xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<1x2x23x47xf32>
  %v12 = gan.mul %v10, %v11 : tensor<1x2x23x47xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x23x47xf32>, tensor<2x1x1x6xf32> -> tensor<1x2x23x42xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x23x42xf32>, tensor<2x1x6x1xf32> -> tensor<1x2x18x42xf32>
  kernel.return %v14 : tensor<1x2x18x42xf32>
}
kernel.define @up1(%x: tensor<1x2x19x41xf32>, %b: tensor<2xf32>, %u: tensor<2x1x1x5xf32>, %v: tensor<2x1x5x1xf32>, %d: tensor<2x1x1x5xf32>, %e: tensor<2x1x5x1xf32>) -> tensor<1x2x19x41xf32> {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<2xf32> -> tensor<1x2x19x41xf32>
  %v2 = gan.add %x, %v1 : tensor<1x2x19x41xf32>
  %v3 = gan.pad %v2 low [0, 0, 4, 4] high [0, 0, 4, 4] interior [0, 0, 0, 0] : tensor<1x2x19x41xf32> -> tensor<1x2x27x49xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x27x49xf32>, tensor<2x1x1x5xf32> -> tensor<1x2x27x45xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x27x45xf32>, tensor<2x1x5x1xf32> -> tensor<1x2x23x45xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<1x2x23x45xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<1x2x23x45xf32> -> tensor<1x2x23x45xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<1x2x23x45xf32>
  %v9 = gan.mul %v5, %v8 : tensor<1x2x23x45xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<1x2x23x45xi1>, tensor<1x2x23x45xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<1x2x23x45xf32>
  %v12 = gan.mul %v10, %v11 : tensor<1x2x23x45xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x23x45xf32>, tensor<2x1x1x5xf32> -> tensor<1x2x23x41xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x23x41xf32>, tensor<2x1x5x1xf32> -> tensor<1x2x19x41xf32>
  kernel.return %v14 : tensor<1x2x19x41xf32>
}
kernel.define @down2(%x: tensor<1x2x39x81xf32>, %b: tensor<2xf32>, %u: tensor<2x1x1x6xf32>, %v: tensor<2x1x6x1xf32>, %d: tensor<2x1x1x6xf32>, %e: tensor<2x1x6x1xf32>) -> tensor<1x2x19x40xf32> {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<2xf32> -> tensor<1x2x39x81xf32>
  %v2 = gan.add %x, %v1 : tensor<1x2x39x81xf32>
  %v3 = gan.pad %v2 low [0, 0, 5, 5] high [0, 0, 4, 4] interior [0, 0, 0, 0] : tensor<1x2x39x81xf32> -> tensor<1x2x48x90xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x48x90xf32>, tensor<2x1x1x6xf32> -> tensor<1x2x48x85xf32>
  %v5 = gan.conv %v4, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x48x85xf32>, tensor<2x1x6x1xf32> -> tensor<1x2x43x85xf32>
  %v6 = gan.constant dense<0.000000e+00> : tensor<1x2x43x85xf32>
  %v7 = gan.compare le %v5, %v6 : tensor<1x2x43x85xf32> -> tensor<1x2x43x85xi1>
  %v8 = gan.constant dense<2.000000e-01> : tensor<1x2x43x85xf32>
  %v9 = gan.mul %v5, %v8 : tensor<1x2x43x85xf32>
  %v10 = gan.select %v7, %v9, %v5 : tensor<1x2x43x85xi1>, tensor<1x2x43x85xf32>
  %v11 = gan.constant dense<1.414214e+00> : tensor<1x2x43x85xf32>
  %v12 = gan.mul %v10, %v11 : tensor<1x2x43x85xf32>
  %v13 = gan.conv %v12, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x43x85xf32>, tensor<2x1x1x6xf32> -> tensor<1x2x43x80xf32>
  %v14 = gan.conv %v13, %e geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x43x80xf32>, tensor<2x1x6x1xf32> -> tensor<1x2x38x80xf32>
  %v15 = gan.slice %v14 start [0, 0, 0, 0] stop [1, 2, 38, 80] stride [1, 1, 2, 2] : tensor<1x2x38x80xf32> -> tensor<1x2x19x40xf32>
  kernel.return %v15 : tensor<1x2x19x40xf32>
}
kernel.define @square(%x: tensor<1x2x19x33xf32>, %b: tensor<2xf32>, %u: tensor<2x1x6x6xf32>, %d: tensor<2x1x6x6xf32>) -> tensor<1x2x19x33xf32> {
  %v1 = gan.broadcast %b dims [0, 2, 3] : tensor<2xf32> -> tensor<1x2x19x33xf32>
  %v2 = gan.add %x, %v1 : tensor<1x2x19x33xf32>
  %v3 = gan.pad %v2 low [0, 0, 5, 5] high [0, 0, 5, 5] interior [0, 0, 1, 1] : tensor<1x2x19x33xf32> -> tensor<1x2x47x75xf32>
  %v4 = gan.conv %v3, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x47x75xf32>, tensor<2x1x6x6xf32> -> tensor<1x2x42x70xf32>
  %v5 = gan.constant dense<0.000000e+00> : tensor<1x2x42x70xf32>
  %v6 = gan.compare le %v4, %v5 : tensor<1x2x42x70xf32> -> tensor<1x2x42x70xi1>
  %v7 = gan.constant dense<2.000000e-01> : tensor<1x2x42x70xf32>
  %v8 = gan.mul %v4, %v7 : tensor<1x2x42x70xf32>
  %v9 = gan.select %v6, %v8, %v4 : tensor<1x2x42x70xi1>, tensor<1x2x42x70xf32>
  %v10 = gan.constant dense<1.414214e+00> : tensor<1x2x42x70xf32>
  %v11 = gan.mul %v9, %v10 : tensor<1x2x42x70xf32>
  %v12 = gan.conv %v11, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x42x70xf32>, tensor<2x1x6x6xf32> -> tensor<1x2x37x65xf32>
  %v13 = gan.slice %v12 start [0, 0, 0, 0] stop [1, 2, 37, 65] stride [1, 1, 2, 2] : tensor<1x2x37x65xf32> -> tensor<1x2x19x33xf32>
  kernel.return %v13 : tensor<1x2x19x33xf32>
}
// A formula takes its operand many times: six of them behind one another are no
// more code than that.
kernel.define @formulas(%x: tensor<1x2x6x15xf32>) -> tensor<1x2x3x13xf32> {
  %a = gan.window_sum %x window [1, 1, 1, 3] stride [1, 1, 1, 1] : tensor<1x2x6x15xf32> -> tensor<1x2x6x13xf32>
  %b = gan.sin %a : tensor<1x2x6x13xf32>
  %c = gan.cos %b : tensor<1x2x6x13xf32>
  %d = gan.sin %c : tensor<1x2x6x13xf32>
  %e = gan.cos %d : tensor<1x2x6x13xf32>
  %f = gan.sin %e : tensor<1x2x6x13xf32>
  %g = gan.cos %f : tensor<1x2x6x13xf32>
  %h = gan.slice %g start [0, 0, 0, 0] stop [1, 2, 6, 13] stride [1, 1, 2, 1] : tensor<1x2x6x13xf32> -> tensor<1x2x3x13xf32>
  kernel.return %h : tensor<1x2x3x13xf32>
}
// A pass takes a condition out of a loop here, so that what stages lie in is
// allocated at two places, of which one is reached: they share the workspace.
kernel.define @unswitched(%arg0: tensor<1x2x10x9xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}, %arg1: tensor<2x1x4x1xf32>, %arg2: tensor<2x1x4x4xf32>, %arg3: tensor<1x2x15x25xf32>) -> (tensor<1x2x15x25xf32> {kernel.layout = array<i64: 0, 2, 3, 1>}) {
  %0 = gan.slice %arg0 start [0, 0, 2, 2] stop [1, 2, 10, 7] stride [1, 1, 2, 2] : tensor<1x2x10x9xf32> -> tensor<1x2x4x3xf32>
  %1 = gan.pad %0 low [0, 0, 1, -1] high [0, 0, 4, 4] interior [0, 0, 0, 2] : tensor<1x2x4x3xf32> -> tensor<1x2x9x10xf32>
  %2 = gan.broadcast %1 dims [3, 5] : tensor<1x2x9x10xf32> -> tensor<1x2x9x2x10x2xf32>
  %3 = gan.reshape %2 : tensor<1x2x9x2x10x2xf32> -> tensor<1x2x18x20xf32>
  %4 = gan.conv %3, %arg1 geometry <stride = [1, 1], dilation = [1, 1], low = [0, 1], high = [1, 2], groups = 2> : tensor<1x2x18x20xf32>, tensor<2x1x4x1xf32> -> tensor<1x2x16x23xf32>
  %5 = gan.conv %4, %arg2 geometry <stride = [1, 1], dilation = [1, 1], low = [1, 2], high = [1, 3], groups = 2> : tensor<1x2x16x23xf32>, tensor<2x1x4x4xf32> -> tensor<1x2x15x25xf32>
  %6 = gan.mul %5, %arg3 : tensor<1x2x15x25xf32>
  kernel.return %6 : tensor<1x2x15x25xf32>
}
// More than 64 products of a filter are a fold where it stands alone.
kernel.define @long(%x: tensor<1x2x7x11xf32>, %u: tensor<2x1x6x11xf32>, %d: tensor<2x1x3x3xf32>) -> tensor<1x2x16x19xf32> {
  %a = gan.conv_grad_input %u, %x geometry <stride = [2, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<2x1x6x11xf32>, tensor<1x2x7x11xf32> -> tensor<1x2x18x21xf32>
  %z = gan.constant dense<0.000000e+00> : tensor<1x2x18x21xf32>
  %c = gan.compare le %a, %z : tensor<1x2x18x21xf32> -> tensor<1x2x18x21xi1>
  %r = gan.select %c, %z, %a : tensor<1x2x18x21xi1>, tensor<1x2x18x21xf32>
  %y = gan.conv %r, %d geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 2> : tensor<1x2x18x21xf32>, tensor<2x1x3x3xf32> -> tensor<1x2x16x19xf32>
  kernel.return %y : tensor<1x2x16x19xf32>
}
