// RUN: %gan-opt %s --gan-safe-forms | FileCheck %s
// RUN: gan-run %s --all --passes=gan-safe-forms
// Every safe form, with each operation that moves elements between the
// probability and the logarithm. None leaves a logarithm, a division or a
// logistic that something reads; what they are worth stays.

// CHECK-LABEL: func.func @reshape
// CHECK-NOT: {{gan[.](log |log1p|div)}}
// CHECK: return
func.func @reshape(%t: tensor<2x3xf32>, %l: tensor<2x3xf32>, %a: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %one = gan.constant dense<1.0> : tensor<3x2xf32>
  %p = gan.logistic %t : tensor<2x3xf32>
  %m = gan.reshape %p : tensor<2x3xf32> -> tensor<3x2xf32>
  %n = gan.neg %m : tensor<3x2xf32>
  %q = gan.add %one, %n : tensor<3x2xf32>
  %lp = gan.log %m : tensor<3x2xf32>
  %lq = gan.log %q : tensor<3x2xf32>
  %nlq = gan.neg %lq : tensor<3x2xf32>
  %logit = gan.add %lp, %nlq : tensor<3x2xf32>
  %odds = gan.div %m, %q : tensor<3x2xf32>
  %na = gan.neg %a : tensor<3x2xf32>
  %rest = gan.add %one, %na : tensor<3x2xf32>
  %first = gan.mul %a, %lp : tensor<3x2xf32>
  %second = gan.mul %rest, %lq : tensor<3x2xf32>
  %entropy = gan.add %first, %second : tensor<3x2xf32>
  %s = gan.softmax %l dim 1 : tensor<2x3xf32>
  %ms = gan.reshape %s : tensor<2x3xf32> -> tensor<3x2xf32>
  %ls = gan.log %ms : tensor<3x2xf32>
  return %lp, %lq, %logit, %odds, %entropy, %ls : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}

// CHECK-LABEL: func.func @squeeze
// CHECK-NOT: {{gan[.](log |log1p|div)}}
// CHECK: return
func.func @squeeze(%t: tensor<2x3xf32>, %l: tensor<2x3xf32>, %a: tensor<2x1x3xf32>) -> (tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>) {
  %one = gan.constant dense<1.0> : tensor<2x1x3xf32>
  %p = gan.logistic %t : tensor<2x3xf32>
  %m = gan.reshape %p : tensor<2x3xf32> -> tensor<2x1x3xf32>
  %n = gan.neg %m : tensor<2x1x3xf32>
  %q = gan.add %one, %n : tensor<2x1x3xf32>
  %lp = gan.log %m : tensor<2x1x3xf32>
  %lq = gan.log %q : tensor<2x1x3xf32>
  %nlq = gan.neg %lq : tensor<2x1x3xf32>
  %logit = gan.add %lp, %nlq : tensor<2x1x3xf32>
  %odds = gan.div %m, %q : tensor<2x1x3xf32>
  %na = gan.neg %a : tensor<2x1x3xf32>
  %rest = gan.add %one, %na : tensor<2x1x3xf32>
  %first = gan.mul %a, %lp : tensor<2x1x3xf32>
  %second = gan.mul %rest, %lq : tensor<2x1x3xf32>
  %entropy = gan.add %first, %second : tensor<2x1x3xf32>
  %s = gan.softmax %l dim 1 : tensor<2x3xf32>
  %ms = gan.reshape %s : tensor<2x3xf32> -> tensor<2x1x3xf32>
  %ls = gan.log %ms : tensor<2x1x3xf32>
  return %lp, %lq, %logit, %odds, %entropy, %ls : tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>, tensor<2x1x3xf32>
}

// CHECK-LABEL: func.func @transpose
// CHECK-NOT: {{gan[.](log |log1p|div)}}
// CHECK: return
func.func @transpose(%t: tensor<2x3xf32>, %l: tensor<2x3xf32>, %a: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %one = gan.constant dense<1.0> : tensor<3x2xf32>
  %p = gan.logistic %t : tensor<2x3xf32>
  %m = gan.transpose %p permutation [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %n = gan.neg %m : tensor<3x2xf32>
  %q = gan.add %one, %n : tensor<3x2xf32>
  %lp = gan.log %m : tensor<3x2xf32>
  %lq = gan.log %q : tensor<3x2xf32>
  %nlq = gan.neg %lq : tensor<3x2xf32>
  %logit = gan.add %lp, %nlq : tensor<3x2xf32>
  %odds = gan.div %m, %q : tensor<3x2xf32>
  %na = gan.neg %a : tensor<3x2xf32>
  %rest = gan.add %one, %na : tensor<3x2xf32>
  %first = gan.mul %a, %lp : tensor<3x2xf32>
  %second = gan.mul %rest, %lq : tensor<3x2xf32>
  %entropy = gan.add %first, %second : tensor<3x2xf32>
  %s = gan.softmax %l dim 1 : tensor<2x3xf32>
  %ms = gan.transpose %s permutation [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %ls = gan.log %ms : tensor<3x2xf32>
  return %lp, %lq, %logit, %odds, %entropy, %ls : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}

// CHECK-LABEL: func.func @slice
// CHECK-NOT: {{gan[.](log |log1p|div)}}
// CHECK: return
func.func @slice(%t: tensor<2x3xf32>, %l: tensor<2x3xf32>, %a: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %one = gan.constant dense<1.0> : tensor<2x2xf32>
  %p = gan.logistic %t : tensor<2x3xf32>
  %m = gan.slice %p start [0, 1] stop [2, 3] stride [1, 1] : tensor<2x3xf32> -> tensor<2x2xf32>
  %n = gan.neg %m : tensor<2x2xf32>
  %q = gan.add %one, %n : tensor<2x2xf32>
  %lp = gan.log %m : tensor<2x2xf32>
  %lq = gan.log %q : tensor<2x2xf32>
  %nlq = gan.neg %lq : tensor<2x2xf32>
  %logit = gan.add %lp, %nlq : tensor<2x2xf32>
  %odds = gan.div %m, %q : tensor<2x2xf32>
  %na = gan.neg %a : tensor<2x2xf32>
  %rest = gan.add %one, %na : tensor<2x2xf32>
  %first = gan.mul %a, %lp : tensor<2x2xf32>
  %second = gan.mul %rest, %lq : tensor<2x2xf32>
  %entropy = gan.add %first, %second : tensor<2x2xf32>
  %s = gan.softmax %l dim 1 : tensor<2x3xf32>
  %ms = gan.slice %s start [0, 1] stop [2, 3] stride [1, 1] : tensor<2x3xf32> -> tensor<2x2xf32>
  %ls = gan.log %ms : tensor<2x2xf32>
  return %lp, %lq, %logit, %odds, %entropy, %ls : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// CHECK-LABEL: func.func @concat
// CHECK-NOT: {{gan[.](log |log1p|div)}}
// CHECK: return
func.func @concat(%t: tensor<2x3xf32>, %l: tensor<2x3xf32>, %a: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>) {
  %one = gan.constant dense<1.0> : tensor<4x3xf32>
  %p = gan.logistic %t : tensor<2x3xf32>
  %m = gan.concat %p, %p dim 0 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<4x3xf32>
  %n = gan.neg %m : tensor<4x3xf32>
  %q = gan.add %one, %n : tensor<4x3xf32>
  %lp = gan.log %m : tensor<4x3xf32>
  %lq = gan.log %q : tensor<4x3xf32>
  %nlq = gan.neg %lq : tensor<4x3xf32>
  %logit = gan.add %lp, %nlq : tensor<4x3xf32>
  %odds = gan.div %m, %q : tensor<4x3xf32>
  %na = gan.neg %a : tensor<4x3xf32>
  %rest = gan.add %one, %na : tensor<4x3xf32>
  %first = gan.mul %a, %lp : tensor<4x3xf32>
  %second = gan.mul %rest, %lq : tensor<4x3xf32>
  %entropy = gan.add %first, %second : tensor<4x3xf32>
  %s = gan.softmax %l dim 1 : tensor<2x3xf32>
  %ms = gan.concat %s, %s dim 0 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<4x3xf32>
  %ls = gan.log %ms : tensor<4x3xf32>
  return %lp, %lq, %logit, %odds, %entropy, %ls : tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>
}

// CHECK-LABEL: func.func @reverse
// CHECK-NOT: {{gan[.](log |log1p|div)}}
// CHECK: return
func.func @reverse(%t: tensor<2x3xf32>, %l: tensor<2x3xf32>, %a: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %one = gan.constant dense<1.0> : tensor<2x3xf32>
  %p = gan.logistic %t : tensor<2x3xf32>
  %m = gan.reverse %p dims [1] : tensor<2x3xf32>
  %n = gan.neg %m : tensor<2x3xf32>
  %q = gan.add %one, %n : tensor<2x3xf32>
  %lp = gan.log %m : tensor<2x3xf32>
  %lq = gan.log %q : tensor<2x3xf32>
  %nlq = gan.neg %lq : tensor<2x3xf32>
  %logit = gan.add %lp, %nlq : tensor<2x3xf32>
  %odds = gan.div %m, %q : tensor<2x3xf32>
  %na = gan.neg %a : tensor<2x3xf32>
  %rest = gan.add %one, %na : tensor<2x3xf32>
  %first = gan.mul %a, %lp : tensor<2x3xf32>
  %second = gan.mul %rest, %lq : tensor<2x3xf32>
  %entropy = gan.add %first, %second : tensor<2x3xf32>
  %s = gan.softmax %l dim 1 : tensor<2x3xf32>
  %ms = gan.reverse %s dims [1] : tensor<2x3xf32>
  %ls = gan.log %ms : tensor<2x3xf32>
  return %lp, %lq, %logit, %odds, %entropy, %ls : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @broadcast
// CHECK-NOT: {{gan[.](log |log1p|div)}}
// CHECK: return
func.func @broadcast(%t: tensor<2x3xf32>, %l: tensor<2x3xf32>, %a: tensor<4x2x3xf32>) -> (tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>) {
  %one = gan.constant dense<1.0> : tensor<4x2x3xf32>
  %p = gan.logistic %t : tensor<2x3xf32>
  %m = gan.broadcast %p dims [0] : tensor<2x3xf32> -> tensor<4x2x3xf32>
  %n = gan.neg %m : tensor<4x2x3xf32>
  %q = gan.add %one, %n : tensor<4x2x3xf32>
  %lp = gan.log %m : tensor<4x2x3xf32>
  %lq = gan.log %q : tensor<4x2x3xf32>
  %nlq = gan.neg %lq : tensor<4x2x3xf32>
  %logit = gan.add %lp, %nlq : tensor<4x2x3xf32>
  %odds = gan.div %m, %q : tensor<4x2x3xf32>
  %na = gan.neg %a : tensor<4x2x3xf32>
  %rest = gan.add %one, %na : tensor<4x2x3xf32>
  %first = gan.mul %a, %lp : tensor<4x2x3xf32>
  %second = gan.mul %rest, %lq : tensor<4x2x3xf32>
  %entropy = gan.add %first, %second : tensor<4x2x3xf32>
  %s = gan.softmax %l dim 1 : tensor<2x3xf32>
  %ms = gan.broadcast %s dims [0] : tensor<2x3xf32> -> tensor<4x2x3xf32>
  %ls = gan.log %ms : tensor<4x2x3xf32>
  return %lp, %lq, %logit, %odds, %entropy, %ls : tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>, tensor<4x2x3xf32>
}
