// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// A part that starts where numbers say, one for all and one for each sample; its derivative and the
// derivative of that by the cotangent.

func.func @dynamic_slice(%x: tensor<3x${N+4}xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3x${N+4}xf32>, %s: tensor<1xi32>)
    -> (tensor<3x${N}xf32>, tensor<3x${N+4}xf32>, tensor<3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "integer 4 5"]}]} {
  %y = gan.dynamic_slice %x, %s : tensor<3x${N+4}xf32>, tensor<1xi32> -> tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}xf32>, tensor<3x${N+4}xf32> -> tensor<3x${N+4}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N+4}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N+4}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3x${N}xf32>, tensor<3x${N+4}xf32>, tensor<3x${N}xf32>
}

func.func @dynamic_slice_samples(%x: tensor<5x2x6x${N+3}xf32>, %p: tensor<5x2x4x${N}xf32>, %q: tensor<5x2x6x${N+3}xf32>, %s: tensor<5x2xi32>)
    -> (tensor<5x2x4x${N}xf32>, tensor<5x2x6x${N+3}xf32>, tensor<5x2x4x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "integer 4 5"]}]} {
  %y = gan.dynamic_slice %x, %s : tensor<5x2x6x${N+3}xf32>, tensor<5x2xi32> -> tensor<5x2x4x${N}xf32>
  %py = gan.mul %p, %y : tensor<5x2x4x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<5x2x4x${N}xf32>, tensor<5x2x6x${N+3}xf32> -> tensor<5x2x6x${N+3}xf32>
  %qg = gan.mul %q, %g : tensor<5x2x6x${N+3}xf32>
  %h = gan.grad %qg wrt %p : tensor<5x2x6x${N+3}xf32>, tensor<5x2x4x${N}xf32> -> tensor<5x2x4x${N}xf32>
  return %y, %g, %h : tensor<5x2x4x${N}xf32>, tensor<5x2x6x${N+3}xf32>, tensor<5x2x4x${N}xf32>
}

// Starts that leave no room are moved.
func.func @dynamic_slice_outside(%x: tensor<2x5xf32>, %s: tensor<2x1xi32>) -> tensor<2x3xf32>
    attributes {cases = [{inputs = [dense<[[0.0, 1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0, 9.0]]> : tensor<2x5xf32>, dense<[[-7], [3]]> : tensor<2x1xi32>],
      results = [dense<[[0.0, 1.0, 2.0], [7.0, 8.0, 9.0]]> : tensor<2x3xf64>]}]} {
  %y = gan.dynamic_slice %x, %s : tensor<2x5xf32>, tensor<2x1xi32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
