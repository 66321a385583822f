// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Zeros around and between elements, and crops; its derivative and the derivative of that by the cotangent.

func.func @pad(%x: tensor<3x${N}xf32>, %p: tensor<4x${2*N+2}xf32>, %q: tensor<3x${N}xf32>)
    -> (tensor<4x${2*N+2}xf32>, tensor<3x${N}xf32>, tensor<4x${2*N+2}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.pad %x low [1, 2] high [0, 1] interior [0, 1] : tensor<3x${N}xf32> -> tensor<4x${2*N+2}xf32>
  %py = gan.mul %p, %y : tensor<4x${2*N+2}xf32>
  %g = gan.grad %py wrt %x : tensor<4x${2*N+2}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N}xf32>, tensor<4x${2*N+2}xf32> -> tensor<4x${2*N+2}xf32>
  return %y, %g, %h : tensor<4x${2*N+2}xf32>, tensor<3x${N}xf32>, tensor<4x${2*N+2}xf32>
}

func.func @pad_crop(%x: tensor<3x${N+2}xf32>, %p: tensor<3x${N}xf32>, %q: tensor<3x${N+2}xf32>)
    -> (tensor<3x${N}xf32>, tensor<3x${N+2}xf32>, tensor<3x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3"]}]} {
  %y = gan.pad %x low [0, -1] high [0, -1] interior [0, 0] : tensor<3x${N+2}xf32> -> tensor<3x${N}xf32>
  %py = gan.mul %p, %y : tensor<3x${N}xf32>
  %g = gan.grad %py wrt %x : tensor<3x${N}xf32>, tensor<3x${N+2}xf32> -> tensor<3x${N+2}xf32>
  %qg = gan.mul %q, %g : tensor<3x${N+2}xf32>
  %h = gan.grad %qg wrt %p : tensor<3x${N+2}xf32>, tensor<3x${N}xf32> -> tensor<3x${N}xf32>
  return %y, %g, %h : tensor<3x${N}xf32>, tensor<3x${N+2}xf32>, tensor<3x${N}xf32>
}
