// RUN: %gan-opt %s --convert-game-to-gan | FileCheck %s
// A shared parameter has one gradient, the sum over both networks, and one moment,
// whichever of the two networks a player says it trains.

// CHECK: gan.state "p/A/w@m" moment
// CHECK-NOT: gan.state "p/A/w@m"
// CHECK-LABEL: gan.program @step(%{{.*}}: tensor<f32>, %{{.*}}: tensor<f32>) arguments ["state A/w", "state p/A/w@m"]
// CHECK: gan.grad %{{.*}} wrt %{{[^ ]*}} {{.*}} : tensor<f32>, tensor<f32> -> tensor<f32>

gan.state "A/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<f32>
game.network @A file "a.onnx" init [] trainable [] constant []
game.network @B file "b.onnx" init [] trainable [] constant []
game.share @A "w" as @B "v" pairs ["v"] ["A/w"]
game.player @p trains ["B/v", "B"] by momentum arguments ["lr", "momentum"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr, %lr : f64, f64
}
game.step {
  game.update @p {
    %w = game.read "A/w" : tensor<f32>
    %v = game.read "A/w" : tensor<f32>
    %l = gan.mul %w, %v : tensor<f32>
    game.objective %l : tensor<f32>
  }
}
