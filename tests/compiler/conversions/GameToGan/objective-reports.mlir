// RUN: %gan-opt %s --game-link-networks --convert-game-to-gan | FileCheck %s
// Each statement reports its own objective, the one to maximise as it is written.

// CHECK: %[[MEAN:.*]] = gan.reduce_sum
// CHECK: gan.report "Loss/d" %[[MEAN]]
// CHECK: gan.neg
// CHECK: gan.neg
// CHECK: %[[WRITTEN:.*]] = gan.reduce_sum
// CHECK-NEXT: %[[TURNED:.*]] = gan.neg %[[WRITTEN]]
// CHECK-NEXT: %[[BACK:.*]] = gan.neg %[[TURNED]]
// CHECK-NEXT: gan.report "Loss/d#1" %[[BACK]]
gan.network @D.2x4(%x: tensor<2x4xf32> {gan.name = "x"}) -> (tensor<2x1xf32> {gan.name = "score"}) attributes {model = "D"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4x1xf32>
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<2x4xf32>, tensor<4x1xf32> -> tensor<2x1xf32>
  gan.return %y : tensor<2x1xf32>
}
game.network @D file "d.onnx" init [] trainable [] constant []
game.data @x range -1.0 to 1.0 : tensor<2x4xf32>
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  %x = game.draw @x site 0 scope block name "x" : tensor<2x4xf32>
  game.update @d {
    %a = game.apply @D instance @D.2x4(%x) application 0 statistics batch : (tensor<2x4xf32>) -> tensor<2x1xf32>
    %l = gan.reduce_sum %a dims [0, 1] : tensor<2x1xf32> -> tensor<f32>
    game.objective %l : tensor<f32>
  }
  game.update @d {
    %a = game.apply @D instance @D.2x4(%x) application 1 statistics batch : (tensor<2x4xf32>) -> tensor<2x1xf32>
    %n = gan.neg %a : tensor<2x1xf32>
    %l = gan.reduce_sum %n dims [0, 1] : tensor<2x1xf32> -> tensor<f32>
    %turned = gan.neg %l : tensor<f32>
    game.objective %turned {sign = -1 : i64} : tensor<f32>
  }
}
