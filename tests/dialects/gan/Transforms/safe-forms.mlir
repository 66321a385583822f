// RUN: %gan-opt %s --gan-safe-forms | FileCheck %s
// RUN: gan-run %s --all --passes=gan-safe-forms
// Logarithms of probabilities are computed from logits; values stay.

// CHECK-LABEL: func.func @log_of_logistic
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>)
// CHECK: %[[N:.*]] = gan.neg %[[T]]
// CHECK: %[[S:.*]] = gan.softplus %[[N]]
// CHECK: %[[Y:.*]] = gan.neg %[[S]]
// CHECK: return %[[Y]]
func.func @log_of_logistic(%t: tensor<4xf32>) -> tensor<4xf32> {
  %p = gan.logistic %t : tensor<4xf32>
  %y = gan.log %p : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @log_of_complement
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>)
// CHECK: %[[S:.*]] = gan.softplus %[[T]]
// CHECK: %[[Y:.*]] = gan.neg %[[S]]
// CHECK: return %[[Y]]
func.func @log_of_complement(%t: tensor<4xf32>) -> tensor<4xf32> {
  %one = gan.constant dense<1.0> : tensor<4xf32>
  %p = gan.logistic %t : tensor<4xf32>
  %n = gan.neg %p : tensor<4xf32>
  %q = gan.add %one, %n : tensor<4xf32>
  %y = gan.log %q : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @log1p_of_negated
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>)
// CHECK: gan.softplus %[[T]]
func.func @log1p_of_negated(%t: tensor<4xf32>) -> tensor<4xf32> {
  %p = gan.logistic %t : tensor<4xf32>
  %n = gan.neg %p : tensor<4xf32>
  %y = gan.log1p %n : tensor<4xf32>
  return %y : tensor<4xf32>
}

// The generator loss of a boundary-seeking GAN is ½E[d²].
// CHECK-LABEL: func.func @boundary_seeking
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>)
// CHECK: %[[Y:.*]] = gan.mul %[[T]], %[[T]]
// CHECK: return %[[Y]]
func.func @boundary_seeking(%t: tensor<4xf32>) -> tensor<4xf32> {
  %one = gan.constant dense<1.0> : tensor<4xf32>
  %p = gan.logistic %t : tensor<4xf32>
  %n = gan.neg %p : tensor<4xf32>
  %q = gan.add %one, %n : tensor<4xf32>
  %lp = gan.log %p : tensor<4xf32>
  %lq = gan.log %q : tensor<4xf32>
  %nlq = gan.neg %lq : tensor<4xf32>
  %d = gan.add %lp, %nlq : tensor<4xf32>
  %y = gan.mul %d, %d : tensor<4xf32>
  return %y : tensor<4xf32>
}

// a log p + (1 - a) log (1 - p), as exporters write it.
// CHECK-LABEL: func.func @binary_cross_entropy
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>, %[[A:.*]]: tensor<4xf32>)
// CHECK: %[[AT:.*]] = gan.mul %[[A]], %[[T]]
// CHECK: %[[S:.*]] = gan.softplus %[[T]]
// CHECK: %[[N:.*]] = gan.neg %[[S]]
// CHECK: %[[SUM:.*]] = gan.add %[[AT]], %[[N]]
// CHECK: gan.neg %[[SUM]]
func.func @binary_cross_entropy(%t: tensor<4xf32>, %a: tensor<4xf32>) -> tensor<4xf32> {
  %one = gan.constant dense<1.0> : tensor<4xf32>
  %p = gan.logistic %t : tensor<4xf32>
  %n = gan.neg %p : tensor<4xf32>
  %q = gan.add %one, %n : tensor<4xf32>
  %lp = gan.log %p : tensor<4xf32>
  %lq = gan.log %q : tensor<4xf32>
  %na = gan.neg %a : tensor<4xf32>
  %b = gan.add %one, %na : tensor<4xf32>
  %first = gan.mul %a, %lp : tensor<4xf32>
  %second = gan.mul %lq, %b : tensor<4xf32>
  %sum = gan.add %first, %second : tensor<4xf32>
  %y = gan.neg %sum : tensor<4xf32>
  return %y : tensor<4xf32>
}

// The loss as PyTorch decomposes it: both logarithms kept above -100, and a - 1.
// CHECK-LABEL: func.func @binary_cross_entropy_of_pytorch
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>, %[[A:.*]]: tensor<4xf32>)
// CHECK: %[[AT:.*]] = gan.mul %[[A]], %[[T]]
// CHECK: %[[S:.*]] = gan.softplus %[[T]]
// CHECK: %[[N:.*]] = gan.neg %[[AT]]
// CHECK: %[[SUM:.*]] = gan.add %[[S]], %[[N]]
// CHECK: return %[[SUM]]
func.func @binary_cross_entropy_of_pytorch(%t: tensor<4xf32>, %a: tensor<4xf32>) -> tensor<4xf32> {
  %one = gan.constant dense<1.0> : tensor<4xf32>
  %bound = gan.constant dense<-100.0> : tensor<4xf32>
  %p = gan.logistic %t : tensor<4xf32>
  %minus_one = gan.neg %one : tensor<4xf32>
  %a1 = gan.add %a, %minus_one : tensor<4xf32>
  %n = gan.neg %p : tensor<4xf32>
  %lq = gan.log1p %n : tensor<4xf32>
  %kept_q = gan.maximum %lq, %bound : tensor<4xf32>
  %lp = gan.log %p : tensor<4xf32>
  %kept_p = gan.maximum %lp, %bound : tensor<4xf32>
  %first = gan.mul %a1, %kept_q : tensor<4xf32>
  %second = gan.mul %a, %kept_p : tensor<4xf32>
  %minus = gan.neg %second : tensor<4xf32>
  %y = gan.add %first, %minus : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Weights that are no complements of one another stay.
// CHECK-LABEL: func.func @other_weights
// CHECK-COUNT-2: gan.softplus
func.func @other_weights(%t: tensor<4xf32>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %p = gan.logistic %t : tensor<4xf32>
  %n = gan.neg %p : tensor<4xf32>
  %lp = gan.log %p : tensor<4xf32>
  %lq = gan.log1p %n : tensor<4xf32>
  %first = gan.mul %a, %lp : tensor<4xf32>
  %second = gan.mul %b, %lq : tensor<4xf32>
  %y = gan.add %first, %second : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @odds
// CHECK-SAME: (%[[T:.*]]: tensor<4xf32>)
// CHECK: %[[Y:.*]] = gan.exp %[[T]]
// CHECK: return %[[Y]]
func.func @odds(%t: tensor<4xf32>) -> tensor<4xf32> {
  %one = gan.constant dense<1.0> : tensor<4xf32>
  %p = gan.logistic %t : tensor<4xf32>
  %n = gan.neg %p : tensor<4xf32>
  %q = gan.add %n, %one : tensor<4xf32>
  %y = gan.div %p, %q : tensor<4xf32>
  return %y : tensor<4xf32>
}

// PyTorch keeps its logarithms above -100; any other clamp is the author's.
// CHECK-LABEL: func.func @clamp_of_pytorch
// CHECK-NOT: gan.clip %{{.*}} low -1.0{{.*}}e+02
// CHECK: gan.clip %{{.*}} low -5.0
func.func @clamp_of_pytorch(%t: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %p = gan.logistic %t : tensor<4xf32>
  %l = gan.log %p : tensor<4xf32>
  %a = gan.clip %l low -100.0 high 0x7FF0000000000000 : tensor<4xf32>
  %b = gan.clip %l low -50.0 high 0x7FF0000000000000 : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @log_of_softmax
// CHECK-SAME: (%[[L:.*]]: tensor<2x5xf32>
// CHECK: %[[LS:.*]] = gan.log_softmax %[[L]] dim 1
// CHECK: %[[G:.*]] = gan.gather %[[LS]]
// CHECK: return %[[G]]
func.func @log_of_softmax(%l: tensor<2x5xf32>, %i: tensor<3xi32>) -> tensor<2x3xf32> {
  %p = gan.softmax %l dim 1 : tensor<2x5xf32>
  %g = gan.gather %p, %i dim 1 : tensor<2x5xf32>, tensor<3xi32> -> tensor<2x3xf32>
  %y = gan.log %g : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Through operations that move elements, on both sides of the complement.
// CHECK-LABEL: func.func @looks_through
// CHECK-NOT: gan.log %
// CHECK: return
func.func @looks_through(%a: tensor<2x3xf32>, %b: tensor<3x2xf32>) -> tensor<6xf32> {
  %pa = gan.logistic %a : tensor<2x3xf32>
  %pb = gan.logistic %b : tensor<3x2xf32>
  %ta = gan.transpose %pa permutation [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %c = gan.concat %ta, %pb dim 1 : tensor<3x2xf32>, tensor<3x2xf32> -> tensor<3x4xf32>
  %s = gan.slice %c start [0, 1] stop [3, 3] stride [1, 1] : tensor<3x4xf32> -> tensor<3x2xf32>
  %one = gan.constant dense<1.0> : tensor<3x2xf32>
  %n = gan.neg %s : tensor<3x2xf32>
  %q = gan.add %one, %n : tensor<3x2xf32>
  %r = gan.reshape %q : tensor<3x2xf32> -> tensor<6xf32>
  %y = gan.log %r : tensor<6xf32>
  return %y : tensor<6xf32>
}

// A Softmax of probabilities is what an author trained.
// CHECK-LABEL: func.func @softmax_of_softmax
// CHECK: gan.softmax
// CHECK: gan.log_softmax
func.func @softmax_of_softmax(%l: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %p = gan.softmax %l dim 1 : tensor<2x5xf32>
  %y = gan.log_softmax %p dim 1 : tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// An epsilon is honoured, and what is padded is no probability.
// CHECK-LABEL: func.func @honoured
// CHECK: gan.log
// CHECK: gan.log
func.func @honoured(%t: tensor<4xf32>) -> (tensor<4xf32>, tensor<6xf32>) {
  %epsilon = gan.constant dense<1.0e-8> : tensor<4xf32>
  %p = gan.logistic %t : tensor<4xf32>
  %e = gan.add %p, %epsilon : tensor<4xf32>
  %y = gan.log %e : tensor<4xf32>
  %w = gan.pad %p low [1] high [1] interior [0] : tensor<4xf32> -> tensor<6xf32>
  %z = gan.log %w : tensor<6xf32>
  return %y, %z : tensor<4xf32>, tensor<6xf32>
}

// The gradient by %p has to find %p under the logarithm.
// CHECK-LABEL: func.func @differentiated_by
// CHECK: gan.log %
func.func @differentiated_by(%t: tensor<4xf32>) -> tensor<4xf32> {
  %p = gan.logistic %t : tensor<4xf32>
  %y = gan.log %p : tensor<4xf32>
  %g = gan.grad %y wrt %p : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}
