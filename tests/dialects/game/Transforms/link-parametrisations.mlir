// RUN: %gan-opt %s --game-link-networks | FileCheck %s
// Raw tensors keep their names, pieces stand beside them, applications and written
// files get effective weights.

// CHECK: gan.state "D/0.weight" parameter starts <weights
// CHECK: gan.state "D/0.weight#u" buffer starts <normal a 0.0{{.*}} b 1.0{{.*}}> {{.*}} : tensor<4xf32>
// CHECK: gan.state "D/0.weight#v" buffer starts <fill {{.*}} : tensor<18xf32>
// CHECK-NOT: gan.state "D/0.bias#
// CHECK: gan.state "D/1.weight#u" {{.*}} : tensor<3xf32>
// CHECK: gan.state "G/0.weight" parameter
// CHECK: gan.state "G/0.weight#g" parameter starts <fill {{.*}} : tensor<1x8x1x1xf32>
// CHECK: gan.state "Gs/0.weight#g" average starts <copy source "G/0.weight#g">

// The new u and v are those of this application, and are assigned before it reads.
// CHECK-LABEL: game.step
// CHECK: game.update @d
// CHECK: %[[W:.*]] = game.read "D/0.weight" {{.*}} : tensor<4x2x3x3xf32>
// CHECK: %[[M:.*]] = gan.reshape %[[W]] {{.*}} : tensor<4x2x3x3xf32> -> tensor<4x18xf32>
// CHECK: %[[U:.*]] = game.read "D/0.weight#u"
// CHECK: gan.dot %[[M]], %[[U]] batch [] [] contract [0] [0]
// CHECK: game.assign "D/0.weight#v"
// CHECK: game.assign "D/0.weight#u"
// CHECK: %[[RAW:.*]] = game.read "D/0.weight"
// CHECK: %[[READU:.*]] = game.read "D/0.weight#u"
// CHECK: %[[STOPPED:.*]] = gan.stop %[[READU]]
// CHECK: %[[SIGMA:.*]] = gan.dot %[[STOPPED]], {{.*}} -> tensor<f32>
// CHECK: %[[SPREAD:.*]] = gan.broadcast %[[SIGMA]]
// CHECK: %[[EFFECTIVE:.*]] = gan.div %[[RAW]], %[[SPREAD]]
// CHECK: gan.conv %{{.*}}, %[[EFFECTIVE]]
// Behind the update, not before the application.
// CHECK-NOT: game.assign "D/1.weight#u"
// A transposed convolution has its outputs in axis 1.
// CHECK-LABEL: game.show
// CHECK: game.read "Gs/0.weight#g"
// CHECK: gan.reduce_sum %{{.*}} dims [0, 2, 3] {{.*}} : tensor<3x8x4x4xf32>
// CHECK-LABEL: game.folded "generator" ["Gs/0.weight"] {
// CHECK: %[[SCALES:.*]] = gan.broadcast
// CHECK: %[[FOLDED:.*]] = gan.mul %{{.*}}, %[[SCALES]]
// CHECK: game.yield %[[FOLDED]]
// CHECK-LABEL: game.start "state" {
// CHECK: game.assign "D/0.weight#u"
// CHECK: game.repeat
// CHECK: game.assign "G/0.weight#g"
// CHECK: game.assign "Gs/0.weight#g"
// CHECK-NOT: game.follow "D/0.weight"
// CHECK: game.follow "D/1.weight" {
// CHECK: gan.transpose
// CHECK: game.assign "D/1.weight#v"
// CHECK: game.assign "D/1.weight#u"

gan.network @D.2(%x: tensor<2x2x3x3xf32> {gan.name = "x"}) -> (tensor<2x3xf32> {gan.name = "score"}) attributes {model = "D"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 288, "00"> : tensor<4x2x3x3xf32>
  %b = gan.parameter "0.bias" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  %v = gan.parameter "1.weight" parameter blob <"weights.bin", 0, 48, "00"> : tensor<4x3xf32>
  %y = gan.conv %x, %w geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<2x2x3x3xf32>, tensor<4x2x3x3xf32> -> tensor<2x4x1x1xf32>
  %f = gan.reshape %y : tensor<2x4x1x1xf32> -> tensor<2x4xf32>
  %bb = gan.broadcast %b dims [0] : tensor<4xf32> -> tensor<2x4xf32>
  %h = gan.add %f, %bb : tensor<2x4xf32>
  %s = gan.dot %h, %v batch [] [] contract [1] [0] : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
  gan.return %s : tensor<2x3xf32>
}
gan.network @G.2(%z: tensor<2x3x1x1xf32> {gan.name = "z"}) -> (tensor<2x8x4x4xf32> {gan.name = "image"}) attributes {model = "G"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 1536, "00"> : tensor<3x8x4x4xf32>
  %y = gan.conv_grad_input %w, %z geometry <stride = [1, 1], dilation = [1, 1], low = [0, 0], high = [0, 0], groups = 1> : tensor<3x8x4x4xf32>, tensor<2x3x1x1xf32> -> tensor<2x8x4x4xf32>
  gan.return %y : tensor<2x8x4x4xf32>
}
game.network @D file "d.onnx" init [] trainable [] constant [] parametrised [
  #game.parametrisation<spectral_norm, "0.*", 1.0e-12 : f64, 1, application>,
  #game.parametrisation<spectral_norm, "1.*", 1.0e-12 : f64, 1, update>]
game.network @G file "g.onnx" init [] trainable [] constant [] parametrised [
  #game.parametrisation<weight_norm, "*", 0.0 : f64, 1, update>]
game.sample @z normal 0.0, 1.0 : tensor<2x3x1x1xf32>
game.sample @x normal 0.0, 1.0 : tensor<2x2x3x3xf32>
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.player @g trains ["G"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.ema @Gs of @G {
  %d = arith.constant 0.999 : f64
  %from = arith.constant 0.0 : f64
  game.yield %d, %from : f64, f64
}
game.step {
  %x = game.draw @x site 0 scope block name "x" : tensor<2x2x3x3xf32>
  game.update @d {
    %a = game.apply @D instance @D.2(%x) application 0 statistics batch : (tensor<2x2x3x3xf32>) -> tensor<2x3xf32>
    %l = gan.reduce_sum %a dims [0, 1] : tensor<2x3xf32> -> tensor<f32>
    game.objective %l : tensor<f32>
  }
}
game.show @fakes {
  %z = game.draw @z site 5 scope run name "z" : tensor<2x3x1x1xf32>
  %x = game.apply @Gs instance @G.2(%z) application 1 statistics running : (tensor<2x3x1x1xf32>) -> tensor<2x8x4x4xf32>
  game.yield %x : tensor<2x8x4x4xf32>
}
game.export @Gs as "generator"
