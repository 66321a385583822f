// RUN: gan-run %s
// RUN: gan-run %s --backend=llvm --level=x86-64-v3
// Derivatives of a normalisation as it is decomposed, and as textbooks write them:
//   dx = s r (p - mean(p) - n mean(p n)),  ds = sum(p n),  db = sum(p)
// for the cotangent p of the result, r = 1 / sqrt(variance + epsilon) and
// n = (x - mean) r; then the derivatives of <q, dx> of both.

func.func @decomposed(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %p: tensor<4x3x5xf32>, %q: tensor<4x3x5xf32>) -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32>) attributes {cases = [{
      inputs = ["normal 1", "uniform 2 0.5 1.5", "normal 3", "normal 4", "normal 5"], equals = @textbook}]} {
  %m = gan.constant dense<0.0> : tensor<3xf32>
  %v = gan.constant dense<1.0> : tensor<3xf32>
  %y, %m2, %v2 = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 0.125 momentum 0.9 : tensor<4x3x5xf32>, tensor<3xf32>
  %py = gan.mul %p, %y : tensor<4x3x5xf32>
  %gx, %gs, %gb = gan.grad %py wrt %x, %s, %b : tensor<4x3x5xf32>, tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32> -> tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>
  %qg = gan.mul %q, %gx : tensor<4x3x5xf32>
  %hx, %hs, %hp = gan.grad %qg wrt %x, %s, %p : tensor<4x3x5xf32>, tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32> -> tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32>
  return %gx, %gs, %gb, %hx, %hs, %hp : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32>
}

func.func @textbook(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %p: tensor<4x3x5xf32>, %q: tensor<4x3x5xf32>) -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32>) {
  %count = gan.constant dense<20.0> : tensor<3xf32>
  %epsilon = gan.constant dense<0.125> : tensor<3xf32>
  // Not by gan.moments, whose rule is what is judged.
  %total = gan.reduce_sum %x dims [0, 2] : tensor<4x3x5xf32> -> tensor<3xf32>
  %mean = gan.div %total, %count : tensor<3xf32>
  %means = gan.broadcast %mean dims [0, 2] : tensor<3xf32> -> tensor<4x3x5xf32>
  %minus = gan.neg %means : tensor<4x3x5xf32>
  %centred = gan.add %x, %minus : tensor<4x3x5xf32>
  %squares = gan.mul %centred, %centred : tensor<4x3x5xf32>
  %spread = gan.reduce_sum %squares dims [0, 2] : tensor<4x3x5xf32> -> tensor<3xf32>
  %variance = gan.div %spread, %count : tensor<3xf32>
  %shifted = gan.add %variance, %epsilon : tensor<3xf32>
  %r = gan.rsqrt %shifted : tensor<3xf32>
  %rs = gan.broadcast %r dims [0, 2] : tensor<3xf32> -> tensor<4x3x5xf32>
  %n = gan.mul %centred, %rs : tensor<4x3x5xf32>
  %pn = gan.mul %p, %n : tensor<4x3x5xf32>
  %gs = gan.reduce_sum %pn dims [0, 2] : tensor<4x3x5xf32> -> tensor<3xf32>
  %gb = gan.reduce_sum %p dims [0, 2] : tensor<4x3x5xf32> -> tensor<3xf32>
  %meanpn = gan.div %gs, %count : tensor<3xf32>
  %meanp = gan.div %gb, %count : tensor<3xf32>
  %meanpns = gan.broadcast %meanpn dims [0, 2] : tensor<3xf32> -> tensor<4x3x5xf32>
  %meanps = gan.broadcast %meanp dims [0, 2] : tensor<3xf32> -> tensor<4x3x5xf32>
  %npn = gan.mul %n, %meanpns : tensor<4x3x5xf32>
  %sum = gan.add %meanps, %npn : tensor<4x3x5xf32>
  %negated = gan.neg %sum : tensor<4x3x5xf32>
  %inner = gan.add %p, %negated : tensor<4x3x5xf32>
  %sr = gan.mul %s, %r : tensor<3xf32>
  %srs = gan.broadcast %sr dims [0, 2] : tensor<3xf32> -> tensor<4x3x5xf32>
  %gx = gan.mul %srs, %inner : tensor<4x3x5xf32>
  %qg = gan.mul %q, %gx : tensor<4x3x5xf32>
  %hx, %hs, %hp = gan.grad %qg wrt %x, %s, %p : tensor<4x3x5xf32>, tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32> -> tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32>
  return %gx, %gs, %gb, %hx, %hs, %hp : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x5xf32>, tensor<3xf32>, tensor<4x3x5xf32>
}
