// RUN: %gan-opt %s --gan-simplify | FileCheck %s
// RUN: gan-run %s --all --passes=gan-simplify
// Algebra that keeps every number.

// CHECK-LABEL: func.func @join_selects
// CHECK-SAME: (%[[M:.*]]: tensor<4xi1>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[Y:.*]] = gan.select %[[M]], %[[A]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @join_selects(%m: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %zero = gan.constant dense<0.0> : tensor<4xf32>
  %x = gan.select %m, %zero, %b : tensor<4xi1>, tensor<4xf32>
  %y = gan.select %m, %a, %zero : tensor<4xi1>, tensor<4xf32>
  %z = gan.add %x, %y : tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func.func @flatten_select
// CHECK-SAME: (%[[M:.*]]: tensor<4xi1>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>, %[[C:.*]]: tensor<4xf32>)
// CHECK-NEXT: gan.select %[[M]], %[[A]], %[[C]]
// CHECK-NEXT: return
func.func @flatten_select(%m: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  %x = gan.select %m, %a, %b : tensor<4xi1>, tensor<4xf32>
  %y = gan.select %m, %x, %c : tensor<4xi1>, tensor<4xf32>
  return %y : tensor<4xf32>
}

// The derivative of a leaky rectifier: one choice.
// CHECK-LABEL: func.func @slope_of_select
// CHECK-SAME: (%[[M:.*]]: tensor<4xi1>, %[[A:.*]]: tensor<4xf32>)
// CHECK: %[[SLOPE:.*]] = gan.constant dense<2.000000e-01>
// CHECK-NEXT: %[[B:.*]] = gan.mul %[[A]], %[[SLOPE]]
// CHECK-NEXT: %[[Y:.*]] = gan.select %[[M]], %[[B]], %[[A]]
// CHECK-NEXT: return %[[Y]]
func.func @slope_of_select(%m: tensor<4xi1>, %a: tensor<4xf32>) -> tensor<4xf32> {
  %zero = gan.constant dense<0.0> : tensor<4xf32>
  %slope = gan.constant dense<0.2> : tensor<4xf32>
  %x = gan.select %m, %zero, %a : tensor<4xi1>, tensor<4xf32>
  %y = gan.select %m, %a, %zero : tensor<4xi1>, tensor<4xf32>
  %s = gan.mul %y, %slope : tensor<4xf32>
  %z = gan.add %x, %s : tensor<4xf32>
  return %z : tensor<4xf32>
}

// 0 times infinity is no number.
// CHECK-LABEL: func.func @infinite_factor
// CHECK: gan.mul
// CHECK-NEXT: return
func.func @infinite_factor(%m: tensor<4xi1>, %a: tensor<4xf32>) -> tensor<4xf32> {
  %zero = gan.constant dense<0.0> : tensor<4xf32>
  %factor = gan.constant dense<0x7F800000> : tensor<4xf32>
  %y = gan.select %m, %a, %zero : tensor<4xi1>, tensor<4xf32>
  %s = gan.mul %y, %factor : tensor<4xf32>
  return %s : tensor<4xf32>
}

// CHECK-LABEL: func.func @signs
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK-DAG: gan.mul %[[A]], %[[B]]
// CHECK-DAG: gan.neg %[[A]]
// CHECK-NEXT: return
func.func @signs(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %na = gan.neg %a : tensor<4xf32>
  %nb = gan.neg %b : tensor<4xf32>
  %x = gan.mul %na, %nb : tensor<4xf32>
  %minus = gan.constant dense<-1.0> : tensor<4xf32>
  %y = gan.mul %a, %minus : tensor<4xf32>
  return %x, %y : tensor<4xf32>, tensor<4xf32>
}

// A division by 3 is not a multiplication by a third, one by 8 is.
// CHECK-LABEL: func.func @division
// CHECK-DAG: %[[THREE:.*]] = gan.constant dense<3.0
// CHECK-DAG: %[[EIGHTH:.*]] = gan.constant dense<1.250000e-01>
// CHECK-DAG: gan.div %{{.*}}, %[[THREE]]
// CHECK-DAG: gan.mul %{{.*}}, %[[EIGHTH]]
func.func @division(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %three = gan.constant dense<3.0> : tensor<4xf32>
  %eight = gan.constant dense<8.0> : tensor<4xf32>
  %x = gan.div %a, %three : tensor<4xf32>
  %y = gan.div %a, %eight : tensor<4xf32>
  return %x, %y : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @powers
// CHECK-NOT: gan.pow %{{.*}} to 3
// CHECK: gan.pow %{{.*}} to 2.5
// CHECK-NOT: gan.pow
// CHECK: return
func.func @powers(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %b = gan.exp %a : tensor<4xf32>
  %x = gan.pow %a to 3.0 : tensor<4xf32>
  %y = gan.pow %b to 2.5 : tensor<4xf32>
  %z = gan.pow %b to -0.5 : tensor<4xf32>
  return %x, %y, %z : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// Zero times anything is not folded: the other factor may be infinite.
// CHECK-LABEL: func.func @zero_times
// CHECK: gan.mul
func.func @zero_times(%a: tensor<4xf32>) -> tensor<4xf32> {
  %zero = gan.constant dense<0.0> : tensor<4xf32>
  %y = gan.mul %a, %zero : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @compute_before_broadcast
// CHECK-SAME: (%[[A:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<3xf32>)
// CHECK: %[[P:.*]] = gan.mul %[[A]], %[[B]] : tensor<3xf32>
// CHECK: %[[S:.*]] = gan.add %[[P]], %{{.*}} : tensor<3xf32>
// CHECK: %[[Y:.*]] = gan.broadcast %[[S]] dims [0]
// CHECK: return %[[Y]]
func.func @compute_before_broadcast(%a: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %x = gan.broadcast %a dims [0] : tensor<3xf32> -> tensor<2x3xf32>
  %y = gan.broadcast %b dims [0] : tensor<3xf32> -> tensor<2x3xf32>
  %c = gan.constant dense<2.0> : tensor<2x3xf32>
  %p = gan.mul %x, %y : tensor<2x3xf32>
  %s = gan.add %p, %c : tensor<2x3xf32>
  return %s : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @sum_of_broadcast
// CHECK-SAME: (%[[A:.*]]: tensor<3x5xf32>)
// CHECK: %[[N:.*]] = gan.constant dense<2.0{{.*}}> : tensor<3xf32>
// CHECK: %[[S:.*]] = gan.reduce_sum %[[A]] dims [1]
// CHECK: %[[P:.*]] = gan.mul %[[S]], %[[N]]
// CHECK: %[[Y:.*]] = gan.broadcast %[[P]] dims [1]
// CHECK: return %[[Y]]
func.func @sum_of_broadcast(%a: tensor<3x5xf32>) -> tensor<3x4xf32> {
  %b = gan.broadcast %a dims [0, 2] : tensor<3x5xf32> -> tensor<2x3x4x5xf32>
  %s = gan.reduce_sum %b dims [0, 3] : tensor<2x3x4x5xf32> -> tensor<3x4xf32>
  return %s : tensor<3x4xf32>
}

// CHECK-LABEL: func.func @sum_of_sum
// CHECK: gan.reduce_sum %{{.*}} dims [0, 2, 3] : tensor<2x3x4x5xf32> -> tensor<3xf32>
// CHECK-NEXT: return
func.func @sum_of_sum(%a: tensor<2x3x4x5xf32>) -> tensor<3xf32> {
  %b = gan.reduce_sum %a dims [2] : tensor<2x3x4x5xf32> -> tensor<2x3x5xf32>
  %s = gan.reduce_sum %b dims [0, 2] : tensor<2x3x5xf32> -> tensor<3xf32>
  return %s : tensor<3xf32>
}

// Factors that are equal along the summed axes, and signs, are taken out.
// CHECK-LABEL: func.func @sum_of_scaled
// CHECK-SAME: (%[[A:.*]]: tensor<2x3x4xf32>, %[[F:.*]]: tensor<3xf32>, %[[G:.*]]: tensor<f32>)
// CHECK: %[[S:.*]] = gan.reduce_sum %[[A]] dims [0, 2]
// CHECK: %[[P:.*]] = gan.mul %[[S]], %[[F]]
// CHECK: %[[B:.*]] = gan.broadcast %[[G]] dims [0] : tensor<f32> -> tensor<3xf32>
// CHECK: %[[Q:.*]] = gan.mul %[[P]], %[[B]]
// CHECK: gan.neg %[[Q]]
// CHECK-NEXT: return
func.func @sum_of_scaled(%a: tensor<2x3x4xf32>, %f: tensor<3xf32>, %g: tensor<f32>) -> tensor<3xf32> {
  %fb = gan.broadcast %f dims [0, 2] : tensor<3xf32> -> tensor<2x3x4xf32>
  %gb = gan.broadcast %g dims [0, 1, 2] : tensor<f32> -> tensor<2x3x4xf32>
  %n = gan.neg %a : tensor<2x3x4xf32>
  %p = gan.mul %n, %fb : tensor<2x3x4xf32>
  %q = gan.mul %p, %gb : tensor<2x3x4xf32>
  %s = gan.reduce_sum %q dims [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
  return %s : tensor<3xf32>
}

// What stays is multiplied in one order, so one sum serves both.
// CHECK-LABEL: func.func @sums_of_one_product
// CHECK: %[[P:.*]] = gan.mul %arg0, %arg1
// CHECK: gan.reduce_sum %[[P]] dims [0]
// CHECK: %[[Q:.*]] = gan.mul %arg0, %arg1
// CHECK: gan.reduce_sum %[[Q]] dims [0]
func.func @sums_of_one_product(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>, %f: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %fb = gan.broadcast %f dims [0] : tensor<3xf32> -> tensor<2x3xf32>
  %af = gan.mul %a, %fb : tensor<2x3xf32>
  %p = gan.mul %af, %b : tensor<2x3xf32>
  %s = gan.reduce_sum %p dims [0] : tensor<2x3xf32> -> tensor<3xf32>
  %bf = gan.mul %b, %fb : tensor<2x3xf32>
  %q = gan.mul %bf, %a : tensor<2x3xf32>
  %t = gan.reduce_sum %q dims [0] : tensor<2x3xf32> -> tensor<3xf32>
  return %s, %t : tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: func.func @sum_of_transpose
// CHECK: %[[S:.*]] = gan.reduce_sum %{{.*}} dims [1] : tensor<2x3x4xf32> -> tensor<2x4xf32>
// CHECK: gan.transpose %[[S]] permutation [1, 0]
func.func @sum_of_transpose(%a: tensor<2x3x4xf32>) -> tensor<4x2xf32> {
  %b = gan.transpose %a permutation [2, 1, 0] : tensor<2x3x4xf32> -> tensor<4x3x2xf32>
  %s = gan.reduce_sum %b dims [1] : tensor<4x3x2xf32> -> tensor<4x2xf32>
  return %s : tensor<4x2xf32>
}

// Axes of length 1 make reshapes of transposes, broadcasts and sums.
// CHECK-LABEL: func.func @unit_axes
// CHECK-SAME: (%[[A:.*]]: tensor<2x1x3xf32>)
// CHECK-NEXT: %[[Y:.*]] = gan.reshape %[[A]] : tensor<2x1x3xf32> -> tensor<1x2x3xf32>
// CHECK-NEXT: return %[[Y]]
func.func @unit_axes(%a: tensor<2x1x3xf32>) -> tensor<1x2x3xf32> {
  %t = gan.transpose %a permutation [1, 0, 2] : tensor<2x1x3xf32> -> tensor<1x2x3xf32>
  %s = gan.reduce_sum %t dims [0] : tensor<1x2x3xf32> -> tensor<2x3xf32>
  %b = gan.broadcast %s dims [0] : tensor<2x3xf32> -> tensor<1x2x3xf32>
  return %b : tensor<1x2x3xf32>
}

// CHECK-LABEL: func.func @transpose_of_broadcast
// CHECK: %[[T:.*]] = gan.transpose %{{.*}} permutation [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
// CHECK: gan.broadcast %[[T]] dims [1] : tensor<3x2xf32> -> tensor<3x4x2xf32>
func.func @transpose_of_broadcast(%a: tensor<2x3xf32>) -> tensor<3x4x2xf32> {
  %b = gan.broadcast %a dims [0] : tensor<2x3xf32> -> tensor<4x2x3xf32>
  %t = gan.transpose %b permutation [2, 0, 1] : tensor<4x2x3xf32> -> tensor<3x4x2xf32>
  return %t : tensor<3x4x2xf32>
}

// CHECK-LABEL: func.func @reverse_twice
// CHECK-SAME: (%[[A:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: return %[[A]]
func.func @reverse_twice(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %b = gan.reverse %a dims [0, 1] : tensor<2x3xf32>
  %c = gan.reverse %b dims [0, 1] : tensor<2x3xf32>
  return %c : tensor<2x3xf32>
}

// What a pad put around is cut off again, also with zeros between.
// CHECK-LABEL: func.func @slice_of_pad
// CHECK-SAME: (%[[A:.*]]: tensor<3x4xf32>)
// CHECK-NEXT: return %[[A]]
func.func @slice_of_pad(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %b = gan.pad %a low [1, 2] high [0, 1] interior [1, 0] : tensor<3x4xf32> -> tensor<6x7xf32>
  %c = gan.slice %b start [1, 2] stop [6, 6] stride [2, 1] : tensor<6x7xf32> -> tensor<3x4xf32>
  return %c : tensor<3x4xf32>
}

// A step beside the elements is no slice of them.
// CHECK-LABEL: func.func @slice_beside
// CHECK: gan.pad
// CHECK: gan.slice
func.func @slice_beside(%a: tensor<3xf32>) -> tensor<2xf32> {
  %b = gan.pad %a low [1] high [0] interior [1] : tensor<3xf32> -> tensor<6xf32>
  %c = gan.slice %b start [2] stop [6] stride [2] : tensor<6xf32> -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// CHECK-LABEL: func.func @pad_of_pad
// CHECK: gan.pad %{{.*}} low [1, -1] high [4, 2] interior [1, 0]
// CHECK-NEXT: return
func.func @pad_of_pad(%a: tensor<3x4xf32>) -> tensor<10x5xf32> {
  %b = gan.pad %a low [0, 1] high [1, 1] interior [1, 0] : tensor<3x4xf32> -> tensor<6x6xf32>
  %c = gan.pad %b low [1, -2] high [3, 1] interior [0, 0] : tensor<6x6xf32> -> tensor<10x5xf32>
  return %c : tensor<10x5xf32>
}

// Zeros along a new axis, as upfirdn2d is exported, lie between elements.
// CHECK-LABEL: func.func @zeros_by_reshapes
// CHECK-NEXT: gan.pad %{{.*}} low [0, 0, 0, 1] high [0, 0, 1, 1] interior [0, 0, 1, 2] : tensor<1x1x3x4xf32> -> tensor<1x1x6x12xf32>
// CHECK-NEXT: return
func.func @zeros_by_reshapes(%a: tensor<1x1x3x4xf32>) -> tensor<1x1x6x12xf32> {
  %b = gan.reshape %a : tensor<1x1x3x4xf32> -> tensor<1x1x3x1x4x1xf32>
  %c = gan.pad %b low [0, 0, 0, 0, 0, 1] high [0, 0, 0, 1, 0, 1] interior [0, 0, 0, 0, 0, 0] : tensor<1x1x3x1x4x1xf32> -> tensor<1x1x3x2x4x3xf32>
  %d = gan.reshape %c : tensor<1x1x3x2x4x3xf32> -> tensor<1x1x6x12xf32>
  return %d : tensor<1x1x6x12xf32>
}

// Whole rows of zeros between are something else.
// CHECK-LABEL: func.func @zeros_of_rows
// CHECK: gan.reshape
// CHECK-NEXT: gan.pad %{{.*}} interior [0, 0]
// CHECK-NEXT: gan.reshape
func.func @zeros_of_rows(%a: tensor<12xf32>) -> tensor<20xf32> {
  %b = gan.reshape %a : tensor<12xf32> -> tensor<4x3xf32>
  %c = gan.pad %b low [0, 0] high [0, 2] interior [0, 0] : tensor<4x3xf32> -> tensor<4x5xf32>
  %d = gan.reshape %c : tensor<4x5xf32> -> tensor<20xf32>
  return %d : tensor<20xf32>
}

// And so does the derivative take every second element.
// CHECK-LABEL: func.func @steps_by_reshapes
// CHECK-NEXT: gan.slice %{{.*}} start [0, 0, 0, 1] stop [2, 1, 6, 12] stride [1, 1, 2, 3] : tensor<2x1x6x12xf32> -> tensor<2x1x3x4xf32>
// CHECK-NEXT: return
func.func @steps_by_reshapes(%a: tensor<2x1x6x12xf32>) -> tensor<2x1x3x4xf32> {
  %b = gan.reshape %a : tensor<2x1x6x12xf32> -> tensor<2x1x3x2x4x3xf32>
  %c = gan.slice %b start [0, 0, 0, 0, 0, 1] stop [2, 1, 3, 1, 4, 2] stride [1, 1, 1, 1, 1, 1] : tensor<2x1x3x2x4x3xf32> -> tensor<2x1x3x1x4x1xf32>
  %d = gan.reshape %c : tensor<2x1x3x1x4x1xf32> -> tensor<2x1x3x4xf32>
  return %d : tensor<2x1x3x4xf32>
}

// What a crop took away, a pad does not bring back.
// CHECK-LABEL: func.func @pad_of_crop
// CHECK: gan.slice
// CHECK: gan.pad
func.func @pad_of_crop(%a: tensor<4xf32>) -> tensor<4xf32> {
  %b = gan.pad %a low [-1] high [0] interior [0] : tensor<4xf32> -> tensor<3xf32>
  %c = gan.pad %b low [1] high [0] interior [0] : tensor<3xf32> -> tensor<4xf32>
  return %c : tensor<4xf32>
}

// CHECK-LABEL: func.func @slice_of_slice
// CHECK: gan.slice %{{.*}} start [3] stop [10] stride [6]
// CHECK-NEXT: return
func.func @slice_of_slice(%a: tensor<11xf32>) -> tensor<2xf32> {
  %b = gan.slice %a start [1] stop [11] stride [2] : tensor<11xf32> -> tensor<5xf32>
  %c = gan.slice %b start [1] stop [5] stride [3] : tensor<5xf32> -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// CHECK-LABEL: func.func @slice_of_concat
// CHECK-SAME: (%{{.*}}: tensor<2x3xf32>, %[[B:.*]]: tensor<2x4xf32>)
// CHECK-NEXT: gan.slice %[[B]] start [0, 1] stop [2, 3] stride [1, 1]
// CHECK-NEXT: return
func.func @slice_of_concat(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) -> tensor<2x2xf32> {
  %c = gan.concat %a, %b dim 1 : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<2x7xf32>
  %s = gan.slice %c start [0, 4] stop [2, 6] stride [1, 1] : tensor<2x7xf32> -> tensor<2x2xf32>
  return %s : tensor<2x2xf32>
}

// CHECK-LABEL: func.func @dot_of_transpose
// CHECK-SAME: (%[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<4x3xf32>)
// CHECK-NEXT: gan.dot %[[A]], %[[B]] batch [] [] contract [1] [1]
// CHECK-NEXT: return
func.func @dot_of_transpose(%a: tensor<2x3xf32>, %b: tensor<4x3xf32>) -> tensor<2x4xf32> {
  %t = gan.transpose %b permutation [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  %y = gan.dot %a, %t batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @transpose_of_dot
// CHECK-SAME: (%[[A:.*]]: tensor<7x2x3xf32>, %[[B:.*]]: tensor<7x3x4xf32>)
// CHECK-NEXT: gan.dot %[[B]], %[[A]] batch [0] [0] contract [1] [2]
// CHECK-NEXT: return
func.func @transpose_of_dot(%a: tensor<7x2x3xf32>, %b: tensor<7x3x4xf32>) -> tensor<7x4x2xf32> {
  %y = gan.dot %a, %b batch [0] [0] contract [2] [1] : tensor<7x2x3xf32>, tensor<7x3x4xf32> -> tensor<7x2x4xf32>
  %t = gan.transpose %y permutation [0, 2, 1] : tensor<7x2x4xf32> -> tensor<7x4x2xf32>
  return %t : tensor<7x4x2xf32>
}

// A filter as large as its input has one position.
// CHECK-LABEL: func.func @conv_of_one_position
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x5x7xf32>, %[[W:.*]]: tensor<4x3x5x7xf32>)
// CHECK-NEXT: %[[D:.*]] = gan.dot %[[X]], %[[W]] batch [] [] contract [1, 2, 3] [1, 2, 3]
// CHECK-NEXT: gan.reshape %[[D]] : tensor<2x4xf32> -> tensor<2x4x1x1xf32>
// CHECK-NEXT: return
func.func @conv_of_one_position(%x: tensor<2x3x5x7xf32>, %w: tensor<4x3x5x7xf32>) -> tensor<2x4x1x1xf32> {
  %y = gan.conv %x, %w geometry <stride = [1, 2], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x3x5x7xf32>, tensor<4x3x5x7xf32> -> tensor<2x4x1x1xf32>
  return %y : tensor<2x4x1x1xf32>
}

// Positions that are thrown away are not computed.
// CHECK-LABEL: func.func @slice_of_conv
// CHECK-NEXT: gan.conv {{.*}}stride = [2, 3], dilation = [1, 2], low = [1, 0], high = [0, 2]{{.*}}-> tensor<1x2x4x3xf32>
// CHECK-NEXT: return
func.func @slice_of_conv(%x: tensor<1x2x8x9xf32>, %w: tensor<2x1x3x3xf32>) -> tensor<1x2x4x3xf32> {
  %a = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 2], low = [1, 0], high = [0, 2], groups = 2> : tensor<1x2x8x9xf32>, tensor<2x1x3x3xf32> -> tensor<1x2x7x7xf32>
  %y = gan.slice %a start [0, 0, 0, 0] stop [1, 2, 7, 7] stride [1, 1, 2, 3] : tensor<1x2x7x7xf32> -> tensor<1x2x4x3xf32>
  return %y : tensor<1x2x4x3xf32>
}

// Ends lie in the padding.
// CHECK-LABEL: func.func @crop_of_conv
// CHECK-NEXT: gan.conv {{.*}}stride = [4, 1], dilation = [1, 1], low = [1, 0], high = [0, 1]{{.*}}-> tensor<1x2x2x7xf32>
// CHECK-NEXT: return
func.func @crop_of_conv(%x: tensor<1x2x8x8xf32>, %w: tensor<2x2x3x3xf32>) -> tensor<1x2x2x7xf32> {
  %a = gan.conv %x, %w geometry <stride = [2, 1], dilation = [1, 1], low = [3, 2], high = [2, 2], groups = 1> : tensor<1x2x8x8xf32>, tensor<2x2x3x3xf32> -> tensor<1x2x6x10xf32>
  %y = gan.slice %a start [0, 0, 1, 2] stop [1, 2, 5, 9] stride [1, 1, 2, 1] : tensor<1x2x6x10xf32> -> tensor<1x2x2x7xf32>
  return %y : tensor<1x2x2x7xf32>
}

// Elements of the input are left out, too.
// CHECK-LABEL: func.func @deep_crop_of_conv
// CHECK-NEXT: gan.conv
// CHECK-NEXT: gan.slice
func.func @deep_crop_of_conv(%x: tensor<1x2x8xf32>, %w: tensor<2x2x3xf32>) -> tensor<1x2x6xf32> {
  %a = gan.conv %x, %w geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<1x2x8xf32>, tensor<2x2x3xf32> -> tensor<1x2x8xf32>
  %y = gan.slice %a start [0, 0, 2] stop [1, 2, 8] stride [1, 1, 1] : tensor<1x2x8xf32> -> tensor<1x2x6xf32>
  return %y : tensor<1x2x6xf32>
}

// And the derivatives of such a slice.
// CHECK-LABEL: func.func @conv_grads_of_pad
// CHECK-NEXT: gan.conv_grad_input {{.*}}stride = [2], dilation = [1], low = [0], high = [1]{{.*}}tensor<1x2x4xf32> -> tensor<1x2x8xf32>
// CHECK-NEXT: gan.conv_grad_weight {{.*}}stride = [2], dilation = [1], low = [0], high = [1]{{.*}}tensor<1x2x4xf32> -> tensor<2x2x3xf32>
// CHECK-NEXT: return
func.func @conv_grads_of_pad(%x: tensor<1x2x8xf32>, %w: tensor<2x2x3xf32>, %y: tensor<1x2x4xf32>) -> (tensor<1x2x8xf32>, tensor<2x2x3xf32>) {
  %p = gan.pad %y low [0, 0, 1] high [0, 0, 0] interior [0, 0, 1] : tensor<1x2x4xf32> -> tensor<1x2x8xf32>
  %a = gan.conv_grad_input %w, %p geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<2x2x3xf32>, tensor<1x2x8xf32> -> tensor<1x2x8xf32>
  %b = gan.conv_grad_weight %x, %p geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 1> : tensor<1x2x8xf32>, tensor<1x2x8xf32> -> tensor<2x2x3xf32>
  return %a, %b : tensor<1x2x8xf32>, tensor<2x2x3xf32>
}

// The projection that starts a generator.
// CHECK-LABEL: func.func @conv_grad_input_of_one_position
// CHECK-SAME: (%[[W:.*]]: tensor<10x6x7x7xf32>, %[[Y:.*]]: tensor<3x10x1x1xf32>)
// CHECK-NEXT: %[[V:.*]] = gan.reshape %[[Y]] : tensor<3x10x1x1xf32> -> tensor<3x10xf32>
// CHECK-NEXT: gan.dot %[[V]], %[[W]] batch [] [] contract [1] [0] : {{.*}} -> tensor<3x6x7x7xf32>
// CHECK-NEXT: return
func.func @conv_grad_input_of_one_position(%w: tensor<10x6x7x7xf32>, %y: tensor<3x10x1x1xf32>) -> tensor<3x6x7x7xf32> {
  %x = gan.conv_grad_input %w, %y geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<10x6x7x7xf32>, tensor<3x10x1x1xf32> -> tensor<3x6x7x7xf32>
  return %x : tensor<3x6x7x7xf32>
}

// CHECK-LABEL: func.func @conv_grad_weight_of_one_position
// CHECK-SAME: (%[[X:.*]]: tensor<3x6x7xf32>, %[[Y:.*]]: tensor<3x10x1xf32>)
// CHECK-NEXT: %[[V:.*]] = gan.reshape %[[Y]] : tensor<3x10x1xf32> -> tensor<3x10xf32>
// CHECK-NEXT: gan.dot %[[V]], %[[X]] batch [] [] contract [0] [0] : {{.*}} -> tensor<10x6x7xf32>
// CHECK-NEXT: return
func.func @conv_grad_weight_of_one_position(%x: tensor<3x6x7xf32>, %y: tensor<3x10x1xf32>) -> tensor<10x6x7xf32> {
  %w = gan.conv_grad_weight %x, %y geometry <stride = [1], dilation = [1], low = [0], high = [0], groups = 1> : tensor<3x6x7xf32>, tensor<3x10x1xf32> -> tensor<10x6x7xf32>
  return %w : tensor<10x6x7xf32>
}

// Padding meets taps with nothing, groups share no channels.
// CHECK-LABEL: func.func @padded_or_grouped_conv
// CHECK-COUNT-2: gan.conv
func.func @padded_or_grouped_conv(%x: tensor<2x4x3xf32>, %w: tensor<4x4x4xf32>, %v: tensor<4x2x3xf32>) -> (tensor<2x4x1xf32>, tensor<2x4x1xf32>) {
  %y = gan.conv %x, %w geometry <stride = [1], dilation = [1], low = [1], high = [0], groups = 1> : tensor<2x4x3xf32>, tensor<4x4x4xf32> -> tensor<2x4x1xf32>
  %z = gan.conv %x, %v geometry <stride = [1], dilation = [1], low = [0], high = [0], groups = 2> : tensor<2x4x3xf32>, tensor<4x2x3xf32> -> tensor<2x4x1xf32>
  return %y, %z : tensor<2x4x1xf32>, tensor<2x4x1xf32>
}
