// RUN: %gan-opt %s --game-link-networks | FileCheck %s
// An application becomes the network's body in its mode; trained networks' tensors
// become state.

// CHECK: gan.state "G/0.weight" parameter starts <normal a 0.000000e+00 : f64 b 2.000000e-02 : f64>
// CHECK: gan.state "G/1.bias" parameter starts <weights blob
// CHECK: gan.state "G/1.running_mean" buffer starts <weights blob
// CHECK: gan.state "Gs/1.running_var" average starts <copy source "G/1.running_var">
// A variable is a network of one parameter.
// CHECK: gan.state "w/value" parameter starts <uniform a -1.0{{.*}} b 1.0{{.*}}> site {{-?[1-9][0-9]*}} : tensor<1x3xf32>
// CHECK-NOT: gan.network
// CHECK-LABEL: game.step
// CHECK: %[[W:.*]] = game.read "G/0.weight"
// CHECK: gan.dot %{{.*}}, %[[W]]
// CHECK: %{{.*}}, %[[MEAN:.*]], %{{.*}} = gan.batch_norm batch
// CHECK: game.update_buffer "G/1.running_mean" %[[MEAN]] application 0
// CHECK: game.draw @"D#1/dropout#1" site {{.*}} scope block
// CHECK-LABEL: game.show @fakes
// CHECK: game.read "Gs/0.weight"
// CHECK: gan.batch_norm running
// CHECK-NOT: game.update_buffer
// What is drawn outside of the step stays for the run.
// CHECK-LABEL: game.show @dropped
// CHECK: game.draw @"D#6/dropout#1" site {{.*}} scope run

gan.network @G.2x3(%z: tensor<2x3xf32> {gan.name = "z"}) -> (tensor<2x4xf32> {gan.name = "image"}) attributes {model = "G"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 48, "00"> : tensor<3x4xf32>
  %s = gan.parameter "1.weight" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  %b = gan.parameter "1.bias" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  %m = gan.parameter "1.running_mean" buffer blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  %v = gan.parameter "1.running_var" buffer blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  %y = gan.dot %z, %w batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
  %n, %nm, %nv = gan.batch_norm running %y, %s, %b, %m, %v epsilon 1.0e-5 momentum 0.9 : tensor<2x4xf32>, tensor<4xf32>
  gan.update_buffer "1.running_mean" %nm : tensor<4xf32>
  gan.update_buffer "1.running_var" %nv : tensor<4xf32>
  gan.return %n : tensor<2x4xf32>
}
gan.network @D.2x4(%x: tensor<2x4xf32> {gan.name = "x"}) -> (tensor<2x1xf32> {gan.name = "score"}) attributes {model = "D"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4x1xf32>
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<2x4xf32>, tensor<4x1xf32> -> tensor<2x1xf32>
  %d = gan.dropout %y ratio 0.25 : tensor<2x1xf32>
  gan.return %d : tensor<2x1xf32>
}
game.network @G file "g.onnx" init [#game.init<normal, 0.0 : f64, 2.0e-2 : f64, "">] trainable [] constant []
game.network @D file "d.onnx" init [] trainable [] constant []
game.variable @w starts <uniform a -1.0 : f64 b 1.0 : f64> : tensor<1x3xf32>
game.data @x range -1.0 to 1.0 : tensor<2x4xf32>
game.sample @z normal 0.0, 1.0 : tensor<2x3xf32>
game.player @d trains ["D"] by adam arguments ["lr", "beta1", "beta2", "epsilon"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  %beta1 = arith.constant 0.0 : f64
  %beta2 = arith.constant 9.0e-1 : f64
  %epsilon = arith.constant 1.0e-8 : f64
  game.yield %lr, %beta1, %beta2, %epsilon : f64, f64, f64, f64
}
game.player @g trains ["G"] by sgd arguments ["lr"] then [#game.post<clip_weights, 1.0e-2 : f64>] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.ema @Gs of @G {
  %d = arith.constant 0.999 : f64
  %from = arith.constant 0.0 : f64
  game.yield %d, %from : f64, f64
}
game.step {
  %n = arith.constant 5.0 : f64
  game.repeat %n {
    %x = game.draw @x site 0 scope block name "x" : tensor<2x4xf32>
    %z = game.draw @z site 1 scope block name "z" : tensor<2x3xf32>
    %xf0 = game.apply @G instance @G.2x3(%z) application 0 statistics batch : (tensor<2x3xf32>) -> tensor<2x4xf32>
    %xf = game.let "xf" %xf0 : tensor<2x4xf32>
    game.update @d {
      %a = game.apply @D instance @D.2x4(%xf) application 1 statistics batch dropout : (tensor<2x4xf32>) -> tensor<2x1xf32>
      %b = game.apply @D instance @D.2x4(%x) application 2 statistics batch : (tensor<2x4xf32>) -> tensor<2x1xf32>
      %nb = gan.neg %b : tensor<2x1xf32>
      %s = gan.add %a, %nb : tensor<2x1xf32>
      %l = gan.reduce_sum %s dims [0, 1] : tensor<2x1xf32> -> tensor<f32>
      game.objective %l : tensor<f32>
    }
  }
  %z = game.draw @z site 2 scope block name "z" : tensor<2x3xf32>
  %xf0 = game.apply @G instance @G.2x3(%z) application 3 statistics batch : (tensor<2x3xf32>) -> tensor<2x4xf32>
  %xf = game.let "xf" %xf0 : tensor<2x4xf32>
  game.update @g {
    %a = game.apply @D instance @D.2x4(%xf) application 4 statistics batch : (tensor<2x4xf32>) -> tensor<2x1xf32>
    %na = gan.neg %a : tensor<2x1xf32>
    %l = gan.reduce_sum %na dims [0, 1] : tensor<2x1xf32> -> tensor<f32>
    game.objective %l : tensor<f32>
  }
}
game.show @fakes {
  %z = game.draw @z site 5 scope run name "z" : tensor<2x3xf32>
  %x = game.apply @Gs instance @G.2x3(%z) application 5 statistics running : (tensor<2x3xf32>) -> tensor<2x4xf32>
  game.yield %x : tensor<2x4xf32>
}
game.show @dropped {
  %x = game.draw @x site 6 scope run name "x" : tensor<2x4xf32>
  %y = game.apply @D instance @D.2x4(%x) application 6 statistics running dropout : (tensor<2x4xf32>) -> tensor<2x1xf32>
  game.yield %y : tensor<2x1xf32>
}
