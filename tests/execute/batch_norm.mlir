// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Normalised batches and two derivatives.

func.func @batch_norm(%x: tensor<4x3x2x${N}xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>, %p: tensor<4x3x2x${N}xf32>, %q: tensor<4x3x2x${N}xf32>, %r: tensor<3xf32>)
    -> (tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>) attributes {cases = [{
      inputs = ["normal 1", "uniform 2 0.5 1.5", "normal 3", "normal 7", "uniform 8 0.5 1.5", "normal 4", "normal 5", "normal 6"]}]} {
  %y, %m2, %v2 = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 0.1 momentum 0.9 : tensor<4x3x2x${N}xf32>, tensor<3xf32>
  %py = gan.mul %p, %y : tensor<4x3x2x${N}xf32>
  %gx, %gs, %gb = gan.grad %py wrt %x, %s, %b : tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>
  %qg = gan.mul %q, %gx : tensor<4x3x2x${N}xf32>
  %rg = gan.mul %r, %gs : tensor<3xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2, 3] : tensor<4x3x2x${N}xf32> -> tensor<f32>
  %c = gan.reduce_sum %rg dims [0] : tensor<3xf32> -> tensor<f32>
  %t = gan.add %a, %c : tensor<f32>
  %hx, %hs = gan.grad %t wrt %x, %s : tensor<f32>, tensor<4x3x2x${N}xf32>, tensor<3xf32> -> tensor<4x3x2x${N}xf32>, tensor<3xf32>
  return %y, %gx, %gs, %gb, %hx, %hs : tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>
}

func.func @batch_norm_unbiased(%x: tensor<4x3x2x${N}xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>, %p: tensor<4x3x2x${N}xf32>, %q: tensor<4x3x2x${N}xf32>, %r: tensor<3xf32>)
    -> (tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>) attributes {cases = [{
      inputs = ["normal 1", "uniform 2 0.5 1.5", "normal 3", "normal 7", "uniform 8 0.5 1.5", "normal 4", "normal 5", "normal 6"]}]} {
  %y, %m2, %v2 = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 0.1 momentum 0.9 unbiased : tensor<4x3x2x${N}xf32>, tensor<3xf32>
  %py = gan.mul %p, %y : tensor<4x3x2x${N}xf32>
  %gx, %gs, %gb = gan.grad %py wrt %x, %s, %b : tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>
  %qg = gan.mul %q, %gx : tensor<4x3x2x${N}xf32>
  %rg = gan.mul %r, %gs : tensor<3xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2, 3] : tensor<4x3x2x${N}xf32> -> tensor<f32>
  %c = gan.reduce_sum %rg dims [0] : tensor<3xf32> -> tensor<f32>
  %t = gan.add %a, %c : tensor<f32>
  %hx, %hs = gan.grad %t wrt %x, %s : tensor<f32>, tensor<4x3x2x${N}xf32>, tensor<3xf32> -> tensor<4x3x2x${N}xf32>, tensor<3xf32>
  return %y, %gx, %gs, %gb, %hx, %hs : tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>
}

func.func @batch_norm_running(%x: tensor<4x3x2x${N}xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>, %p: tensor<4x3x2x${N}xf32>, %q: tensor<4x3x2x${N}xf32>, %r: tensor<3xf32>)
    -> (tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>) attributes {cases = [{
      inputs = ["normal 1", "uniform 2 0.5 1.5", "normal 3", "normal 7", "uniform 8 0.5 1.5", "normal 4", "normal 5", "normal 6"]}]} {
  %y, %m2, %v2 = gan.batch_norm running %x, %s, %b, %m, %v epsilon 0.1 momentum 0.9 : tensor<4x3x2x${N}xf32>, tensor<3xf32>
  %py = gan.mul %p, %y : tensor<4x3x2x${N}xf32>
  %gx, %gs, %gb = gan.grad %py wrt %x, %s, %b : tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>
  %qg = gan.mul %q, %gx : tensor<4x3x2x${N}xf32>
  %rg = gan.mul %r, %gs : tensor<3xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2, 3] : tensor<4x3x2x${N}xf32> -> tensor<f32>
  %c = gan.reduce_sum %rg dims [0] : tensor<3xf32> -> tensor<f32>
  %t = gan.add %a, %c : tensor<f32>
  %hx, %hs = gan.grad %t wrt %x, %s : tensor<f32>, tensor<4x3x2x${N}xf32>, tensor<3xf32> -> tensor<4x3x2x${N}xf32>, tensor<3xf32>
  return %y, %gx, %gs, %gb, %hx, %hs : tensor<4x3x2x${N}xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x2x${N}xf32>, tensor<3xf32>
}

func.func @batch_norm_vectors(%x: tensor<5x${N}xf32>, %s: tensor<${N}xf32>, %b: tensor<${N}xf32>, %m: tensor<${N}xf32>, %v: tensor<${N}xf32>, %p: tensor<5x${N}xf32>, %q: tensor<5x${N}xf32>, %r: tensor<${N}xf32>)
    -> (tensor<5x${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32>, tensor<${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32>) attributes {cases = [{
      inputs = ["normal 1", "uniform 2 0.5 1.5", "normal 3", "normal 7", "uniform 8 0.5 1.5", "normal 4", "normal 5", "normal 6"]}]} {
  %y, %m2, %v2 = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 0.1 momentum 0.9 : tensor<5x${N}xf32>, tensor<${N}xf32>
  %py = gan.mul %p, %y : tensor<5x${N}xf32>
  %gx, %gs, %gb = gan.grad %py wrt %x, %s, %b : tensor<5x${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32>, tensor<${N}xf32> -> tensor<5x${N}xf32>, tensor<${N}xf32>, tensor<${N}xf32>
  %qg = gan.mul %q, %gx : tensor<5x${N}xf32>
  %rg = gan.mul %r, %gs : tensor<${N}xf32>
  %a = gan.reduce_sum %qg dims [0, 1] : tensor<5x${N}xf32> -> tensor<f32>
  %c = gan.reduce_sum %rg dims [0] : tensor<${N}xf32> -> tensor<f32>
  %t = gan.add %a, %c : tensor<f32>
  %hx, %hs = gan.grad %t wrt %x, %s : tensor<f32>, tensor<5x${N}xf32>, tensor<${N}xf32> -> tensor<5x${N}xf32>, tensor<${N}xf32>
  return %y, %gx, %gs, %gb, %hx, %hs : tensor<5x${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32>, tensor<${N}xf32>, tensor<5x${N}xf32>, tensor<${N}xf32>
}
