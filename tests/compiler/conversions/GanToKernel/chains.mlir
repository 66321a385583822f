// RUN: %gan-opt --split-input-file --convert-gan-to-kernel=chains=true %s | FileCheck %s
// RUN: %gan-opt --split-input-file --convert-gan-to-kernel %s | FileCheck %s --check-prefix=ALONE

// Filters behind one another are one kernel, if there is code for it.

// Enlarged, filtered along both axes, rectified, filtered and reduced.
// CHECK-LABEL: kernel.define @k000
// CHECK: gan.pad
// CHECK: gan.conv
// CHECK: gan.conv
// CHECK: gan.select
// CHECK: gan.conv
// CHECK: gan.slice
// CHECK-NEXT: kernel.return
// CHECK: gan.program @filtered
// CHECK-NEXT: kernel.call @k000{{.*}}-> tensor<1x4x31x31xf32>
// CHECK-NEXT: gan.yield
// Else the enlarged values are written.
// ALONE: gan.program @filtered
// ALONE: kernel.call @k000{{.*}}-> tensor<1x4x67x64xf32>
// ALONE: kernel.call @k001{{.*}}-> tensor<1x4x64x64xf32>
gan.program @filtered(%x: tensor<1x4x32x32xf32>, %u: tensor<4x1x1x4xf32>, %v: tensor<4x1x4x1xf32>, %w: tensor<4x1x4x4xf32>) arguments ["input x", "input u", "input v", "input w"] results ["output y"] {
  %p = gan.pad %x low [0, 0, 2, 2] high [0, 0, 2, 2] interior [0, 0, 1, 1] : tensor<1x4x32x32xf32> -> tensor<1x4x67x67xf32>
  %a = gan.conv %p, %u geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 4> : tensor<1x4x67x67xf32>, tensor<4x1x1x4xf32> -> tensor<1x4x67x64xf32>
  %b = gan.conv %a, %v geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 4> : tensor<1x4x67x64xf32>, tensor<4x1x4x1xf32> -> tensor<1x4x64x64xf32>
  %zero = gan.constant dense<0.0> : tensor<1x4x64x64xf32>
  %slope = gan.constant dense<0.2> : tensor<1x4x64x64xf32>
  %m = gan.compare le %b, %zero : tensor<1x4x64x64xf32> -> tensor<1x4x64x64xi1>
  %s = gan.mul %b, %slope : tensor<1x4x64x64xf32>
  %r = gan.select %m, %s, %b : tensor<1x4x64x64xi1>, tensor<1x4x64x64xf32>
  %d = gan.conv %r, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 4> : tensor<1x4x64x64xf32>, tensor<4x1x4x4xf32> -> tensor<1x4x61x61xf32>
  %y = gan.slice %d start [0, 0, 0, 0] stop [1, 4, 61, 61] stride [1, 1, 2, 2] : tensor<1x4x61x61xf32> -> tensor<1x4x31x31xf32>
  gan.yield %y : tensor<1x4x31x31xf32>
}

// -----

// What two filters read is computed by each of them.
// CHECK-LABEL: kernel.define @k000
// CHECK: gan.conv
// CHECK-NEXT: gan.conv
// CHECK-LABEL: kernel.define @k001
// CHECK: gan.conv
// CHECK-NEXT: gan.window_sum
// CHECK: gan.program @two_readers
// CHECK-NEXT: kernel.call
// CHECK-NEXT: kernel.call
// CHECK-NEXT: gan.yield
gan.program @two_readers(%x: tensor<1x4x64x64xf32>, %u: tensor<4x1x3x3xf32>, %v: tensor<4x1x3x3xf32>) arguments ["input x", "input u", "input v"] results ["output y", "output z"] {
  %a = gan.conv %x, %u geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 4> : tensor<1x4x64x64xf32>, tensor<4x1x3x3xf32> -> tensor<1x4x64x64xf32>
  %y = gan.conv %a, %v geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 4> : tensor<1x4x64x64xf32>, tensor<4x1x3x3xf32> -> tensor<1x4x64x64xf32>
  %z = gan.window_sum %a window [1, 1, 2, 2] stride [1, 1, 2, 2] : tensor<1x4x64x64xf32> -> tensor<1x4x32x32xf32>
  gan.yield %y, %z : tensor<1x4x64x64xf32>, tensor<1x4x32x32xf32>
}

// -----

// What the program reads, too, is written.
// CHECK: gan.program @tapped
// CHECK-NEXT: kernel.call
// CHECK-NEXT: kernel.call
gan.program @tapped(%x: tensor<1x4x64x64xf32>, %u: tensor<4x1x3x3xf32>) arguments ["input x", "input u"] results ["output a", "output y"] {
  %a = gan.conv %x, %u geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 4> : tensor<1x4x64x64xf32>, tensor<4x1x3x3xf32> -> tensor<1x4x64x64xf32>
  %y = gan.conv %a, %u geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 4> : tensor<1x4x64x64xf32>, tensor<4x1x3x3xf32> -> tensor<1x4x64x64xf32>
  gan.yield %a, %y : tensor<1x4x64x64xf32>, tensor<1x4x64x64xf32>
}

// -----

// A convolution of all channels is no filter.
// CHECK: gan.program @dense
// CHECK-NEXT: kernel.call
// CHECK-NEXT: kernel.call
gan.program @dense(%x: tensor<1x4x64x64xf32>, %u: tensor<4x1x3x3xf32>, %w: tensor<4x4x3x3xf32>) arguments ["input x", "input u", "input w"] results ["output y"] {
  %a = gan.conv %x, %u geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 4> : tensor<1x4x64x64xf32>, tensor<4x1x3x3xf32> -> tensor<1x4x64x64xf32>
  %y = gan.conv %a, %w geometry <stride = [1, 1], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<1x4x64x64xf32>, tensor<4x4x3x3xf32> -> tensor<1x4x64x64xf32>
  gan.yield %y : tensor<1x4x64x64xf32>
}
