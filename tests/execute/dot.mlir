// RUN: gan-run %s --backend=llvm --level=x86-64-v3 --sizes=1,7,15,17,37
// RUN: gan-run %s --backend=llvm --level=native --sizes=1,17
// Products of matrices, in batches, by vectors; its derivatives and theirs.

func.func @dot(%x: tensor<${N}x${N+1}xf32>, %w: tensor<${N+1}x5xf32>, %p: tensor<${N}x5xf32>, %q: tensor<${N}x${N+1}xf32>, %r: tensor<${N+1}x5xf32>)
    -> (tensor<${N}x5xf32>, tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32>, tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32>, tensor<${N}x5xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32> -> tensor<${N}x5xf32>
  %py = gan.mul %p, %y : tensor<${N}x5xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<${N}x5xf32>, tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32> -> tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32>
  %qg = gan.mul %q, %gx : tensor<${N}x${N+1}xf32>
  %rg = gan.mul %r, %gw : tensor<${N+1}x5xf32>
  %a = gan.reduce_sum %qg dims [0, 1] : tensor<${N}x${N+1}xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1] : tensor<${N+1}x5xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32>, tensor<${N}x5xf32> -> tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32>, tensor<${N}x5xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<${N}x5xf32>, tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32>, tensor<${N}x${N+1}xf32>, tensor<${N+1}x5xf32>, tensor<${N}x5xf32>
}

func.func @dot_rows(%x: tensor<5x3xf32>, %w: tensor<${N}x3xf32>, %p: tensor<5x${N}xf32>, %q: tensor<5x3xf32>, %r: tensor<${N}x3xf32>)
    -> (tensor<5x${N}xf32>, tensor<5x3xf32>, tensor<${N}x3xf32>, tensor<5x3xf32>, tensor<${N}x3xf32>, tensor<5x${N}xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.dot %x, %w batch [] [] contract [1] [1] : tensor<5x3xf32>, tensor<${N}x3xf32> -> tensor<5x${N}xf32>
  %py = gan.mul %p, %y : tensor<5x${N}xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<5x${N}xf32>, tensor<5x3xf32>, tensor<${N}x3xf32> -> tensor<5x3xf32>, tensor<${N}x3xf32>
  %qg = gan.mul %q, %gx : tensor<5x3xf32>
  %rg = gan.mul %r, %gw : tensor<${N}x3xf32>
  %a = gan.reduce_sum %qg dims [0, 1] : tensor<5x3xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1] : tensor<${N}x3xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<5x3xf32>, tensor<${N}x3xf32>, tensor<5x${N}xf32> -> tensor<5x3xf32>, tensor<${N}x3xf32>, tensor<5x${N}xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<5x${N}xf32>, tensor<5x3xf32>, tensor<${N}x3xf32>, tensor<5x3xf32>, tensor<${N}x3xf32>, tensor<5x${N}xf32>
}

func.func @dot_batched(%x: tensor<3x2x${N}xf32>, %w: tensor<${N}x3x2xf32>, %p: tensor<3x2x2xf32>, %q: tensor<3x2x${N}xf32>, %r: tensor<${N}x3x2xf32>)
    -> (tensor<3x2x2xf32>, tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32>, tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32>, tensor<3x2x2xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.dot %x, %w batch [0] [1] contract [2] [0] : tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32> -> tensor<3x2x2xf32>
  %py = gan.mul %p, %y : tensor<3x2x2xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<3x2x2xf32>, tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32> -> tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32>
  %qg = gan.mul %q, %gx : tensor<3x2x${N}xf32>
  %rg = gan.mul %r, %gw : tensor<${N}x3x2xf32>
  %a = gan.reduce_sum %qg dims [0, 1, 2] : tensor<3x2x${N}xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0, 1, 2] : tensor<${N}x3x2xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32>, tensor<3x2x2xf32> -> tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32>, tensor<3x2x2xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<3x2x2xf32>, tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32>, tensor<3x2x${N}xf32>, tensor<${N}x3x2xf32>, tensor<3x2x2xf32>
}

func.func @dot_vector(%x: tensor<3x${N}xf32>, %w: tensor<${N}xf32>, %p: tensor<3xf32>, %q: tensor<3x${N}xf32>, %r: tensor<${N}xf32>)
    -> (tensor<3xf32>, tensor<3x${N}xf32>, tensor<${N}xf32>, tensor<3x${N}xf32>, tensor<${N}xf32>, tensor<3xf32>) attributes {cases = [{inputs = ["normal 1", "normal 2", "normal 3", "normal 4", "normal 5"]}]} {
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<3x${N}xf32>, tensor<${N}xf32> -> tensor<3xf32>
  %py = gan.mul %p, %y : tensor<3xf32>
  %gx, %gw = gan.grad %py wrt %x, %w : tensor<3xf32>, tensor<3x${N}xf32>, tensor<${N}xf32> -> tensor<3x${N}xf32>, tensor<${N}xf32>
  %qg = gan.mul %q, %gx : tensor<3x${N}xf32>
  %rg = gan.mul %r, %gw : tensor<${N}xf32>
  %a = gan.reduce_sum %qg dims [0, 1] : tensor<3x${N}xf32> -> tensor<f32>
  %b = gan.reduce_sum %rg dims [0] : tensor<${N}xf32> -> tensor<f32>
  %s = gan.add %a, %b : tensor<f32>
  %hx, %hw, %hp = gan.grad %s wrt %x, %w, %p zero_without_path : tensor<f32>, tensor<3x${N}xf32>, tensor<${N}xf32>, tensor<3xf32> -> tensor<3x${N}xf32>, tensor<${N}xf32>, tensor<3xf32>
  return %y, %gx, %gw, %hx, %hw, %hp : tensor<3xf32>, tensor<3x${N}xf32>, tensor<${N}xf32>, tensor<3x${N}xf32>, tensor<${N}xf32>, tensor<3xf32>
}
