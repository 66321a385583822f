// RUN: %gan-opt %s --game-link-networks | FileCheck %s
// What is shared is declared once, by the network that owns it; an average has
// tensors of its own.

// CHECK: gan.state "A/trunk.weight" parameter
// CHECK-NOT: gan.state "B/body.weight"
// CHECK: gan.state "B/head.weight" parameter
// CHECK: gan.state "Bs/body.weight" average starts <copy source "A/trunk.weight">
// CHECK: game.share @A "trunk.*" as @B "body.*" pairs ["body.weight"] ["A/trunk.weight"]
// CHECK-LABEL: game.step
// CHECK: game.read "A/trunk.weight"
// CHECK: game.read "A/trunk.weight"
// CHECK: game.read "B/head.weight"
// CHECK-LABEL: game.show
// CHECK: game.read "Bs/body.weight"

gan.network @A.2(%x: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {model = "A"} {
  %w = gan.parameter "trunk.weight" parameter blob <"weights.bin", 0, 36, "00"> : tensor<3x3xf32>
  %y = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x3xf32> -> tensor<2x3xf32>
  gan.return %y : tensor<2x3xf32>
}
gan.network @B.2(%x: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {model = "B"} {
  %w = gan.parameter "body.weight" parameter blob <"weights.bin", 0, 36, "00"> : tensor<3x3xf32>
  %v = gan.parameter "head.weight" parameter blob <"weights.bin", 0, 36, "00"> : tensor<3x3xf32>
  %h = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x3xf32> -> tensor<2x3xf32>
  %y = gan.dot %h, %v batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x3xf32> -> tensor<2x3xf32>
  gan.return %y : tensor<2x3xf32>
}
game.network @A file "a.onnx" init [] trainable [] constant []
game.network @B file "b.onnx" init [] trainable [] constant []
game.share @A "trunk.*" as @B "body.*"
game.sample @x normal 0.0, 1.0 : tensor<2x3xf32>
game.player @p trains ["A", "B"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.ema @Bs of @B {
  %d = arith.constant 0.999 : f64
  %from = arith.constant 0.0 : f64
  game.yield %d, %from : f64, f64
}
game.step {
  %x = game.draw @x site 0 scope block name "x" : tensor<2x3xf32>
  game.update @p {
    %a = game.apply @A instance @A.2(%x) application 0 statistics batch : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %b = game.apply @B instance @B.2(%a) application 1 statistics batch : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %l = gan.reduce_sum %b dims [0, 1] : tensor<2x3xf32> -> tensor<f32>
    game.objective %l : tensor<f32>
  }
}
game.show @view {
  %x = game.draw @x site 5 scope run name "x" : tensor<2x3xf32>
  %y = game.apply @Bs instance @B.2(%x) application 2 statistics running : (tensor<2x3xf32>) -> tensor<2x3xf32>
  game.yield %y : tensor<2x3xf32>
}
