// RUN: %gan-opt %s --game-link-networks | FileCheck %s
// An orthogonal start is made of normal numbers, before parametrisations start from
// it, and averages from both.

// CHECK: gan.state "D/0.weight" parameter starts <normal a 0.0{{.*}} b 1.0{{.*}}> {{.*}} : tensor<3x2x2x2xf32>
// CHECK: gan.state "D/0.weight#u" buffer
// CHECK: game.start "weights" {
// CHECK: gan.reduce_sum
// CHECK: game.assign "D/0.weight"
// CHECK: game.repeat
// CHECK-NEXT: %[[W:.*]] = game.read "D/0.weight"
// CHECK-NEXT: %[[X:.*]] = gan.reshape %[[W]] : tensor<3x2x2x2xf32> -> tensor<3x8xf32>
// CHECK-NEXT: %[[S:.*]] = gan.dot %[[X]], %[[X]] batch [] [] contract [1] [1]
// CHECK-NEXT: gan.dot %[[S]], %[[X]] batch [] [] contract [1] [0]
// CHECK: game.assign "D/0.weight"
// CHECK: }
// CHECK: gan.constant dense<5.000000e-01>
// CHECK: game.assign "D/0.weight"
// CHECK: game.start "state" {
// CHECK: game.assign "D/0.weight#u"
// CHECK: game.repeat
// CHECK: game.assign "Ds/0.weight" %

gan.network @D.2(%x: tensor<2x2x2x2xf32> {gan.name = "x"}) -> (tensor<2x3x1x1xf32> {gan.name = "y"}) attributes {model = "D"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 96, "00"> : tensor<3x2x2x2xf32>
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x2x2x2xf32>, tensor<3x2x2x2xf32> -> tensor<2x3x1x1xf32>
  gan.return %y : tensor<2x3x1x1xf32>
}
game.network @D file "d.onnx" init [#game.init<orthogonal, 0.5 : f64, 0.0 : f64, "">] trainable [] constant [] parametrised [
  #game.parametrisation<spectral_norm, "*", 1.0e-12 : f64, 1, update>]
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.ema @Ds of @D {
  %d = arith.constant 0.999 : f64
  %from = arith.constant 0.0 : f64
  game.yield %d, %from : f64, f64
}
