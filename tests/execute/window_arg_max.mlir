// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Places of the largest elements of windows: bare, padded, dilated, over one axis to three, large.

func.func @window_arg_max(%x: tensor<2x3x4x${2*N}xf32>) -> tensor<2x3x2x${N}xi32> attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.window_arg_max %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<2x3x4x${2*N}xf32> -> tensor<2x3x2x${N}xi32>
  return %i : tensor<2x3x2x${N}xi32>
}

func.func @window_arg_max_padded(%x: tensor<2x2x5x${N}xf32>) -> tensor<2x2x3x${N}xi32> attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.window_arg_max %x window [3, 3] stride [2, 1] dilation [1, 1] low [1, 1] high [1, 1] : tensor<2x2x5x${N}xf32> -> tensor<2x2x3x${N}xi32>
  return %i : tensor<2x2x3x${N}xi32>
}

func.func @window_arg_max_dilated(%x: tensor<3x${N+2}xf32>) -> tensor<3x${N}xi32> attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.window_arg_max %x window [2] stride [1] dilation [3] low [1] high [0] : tensor<3x${N+2}xf32> -> tensor<3x${N}xi32>
  return %i : tensor<3x${N}xi32>
}

func.func @window_arg_max_space(%x: tensor<1x3x3x4x${N+1}xf32>) -> tensor<1x3x2x2x${N}xi32> attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.window_arg_max %x window [2, 2, 2] stride [1, 2, 1] dilation [1, 1, 1] low [0, 0, 0] high [0, 0, 0] : tensor<1x3x3x4x${N+1}xf32> -> tensor<1x3x2x2x${N}xi32>
  return %i : tensor<1x3x2x2x${N}xi32>
}

func.func @window_arg_max_large(%x: tensor<3x7x${N+6}xf32>) -> tensor<3x7x${N}xi32> attributes {cases = [{inputs = ["normal 1"]}]} {
  %i = gan.window_arg_max %x window [7, 7] stride [1, 1] dilation [1, 1] low [3, 0] high [3, 0] : tensor<3x7x${N+6}xf32> -> tensor<3x7x${N}xi32>
  return %i : tensor<3x7x${N}xi32>
}

// Three values, so that most windows have ties.
func.func @window_arg_max_ties(%x: tensor<2x4x${N}xi32>) -> tensor<2x4x${N}xi32> attributes {cases = [{inputs = ["integer 1 3"]}]} {
  %f = gan.cast %x : tensor<2x4x${N}xi32> -> tensor<2x4x${N}xf32>
  %i = gan.window_arg_max %f window [3, 3] stride [1, 1] dilation [1, 1] low [1, 1] high [1, 1] : tensor<2x4x${N}xf32> -> tensor<2x4x${N}xi32>
  return %i : tensor<2x4x${N}xi32>
}
