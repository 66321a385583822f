// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// A part replaced where numbers say, one for all and one for each sample; its derivatives and the
// derivative of one by the cotangent.

func.func @dynamic_update_slice(%x: tensor<3x${N}xf32>, %b: tensor<3x${N+4}xf32>, %p: tensor<3x${N+4}xf32>, %q: tensor<3x${N}xf32>, %s: tensor<1xi32>)
    -> (tensor<3x${N+4}xf32>, tensor<3x${N}xf32>, tensor<3x${N+4}xf32>, tensor<3x${N+4}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "integer 4 5"]}]} {
  %y = gan.dynamic_update_slice %b, %x, %s : tensor<3x${N+4}xf32>, tensor<3x${N}xf32>, tensor<1xi32>
  %py = gan.mul %p, %y : tensor<3x${N+4}xf32>
  %gx, %gb = gan.grad %py wrt %x, %b : tensor<3x${N+4}xf32>, tensor<3x${N}xf32>, tensor<3x${N+4}xf32> -> tensor<3x${N}xf32>, tensor<3x${N+4}xf32>
  %qg = gan.mul %q, %gx : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N}xf32>, tensor<3x${N+4}xf32> -> tensor<3x${N+4}xf32>
  return %y, %gx, %gb, %h : tensor<3x${N+4}xf32>, tensor<3x${N}xf32>, tensor<3x${N+4}xf32>, tensor<3x${N+4}xf32>
}

func.func @dynamic_update_slice_samples(%x: tensor<5x2x4x${N}xf32>, %b: tensor<5x2x6x${N+3}xf32>, %s: tensor<5x2xi32>) -> tensor<5x2x6x${N+3}xf32>
    attributes {cases = [{inputs = ["normal 1", "normal 2", "integer 4 5"]}]} {
  %y = gan.dynamic_update_slice %b, %x, %s : tensor<5x2x6x${N+3}xf32>, tensor<5x2x4x${N}xf32>, tensor<5x2xi32>
  return %y : tensor<5x2x6x${N+3}xf32>
}
