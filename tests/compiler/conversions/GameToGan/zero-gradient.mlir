// RUN: %gan-opt %s --convert-game-to-gan --gan-differentiate | FileCheck %s
// A penalty on a slope alone: the critic's last bias is on the path to the
// slope's gradient, but not to its value. It stays where it is.

// CHECK-LABEL: gan.program @step(
// CHECK: %[[ZERO:.*]] = gan.constant dense<0.000000e+00> : tensor<1xf32>
// CHECK: gan.record "d/gradient/D/bias" %[[ZERO]]

gan.state "D/weight" parameter starts <fill a 1.0 : f64> site 0 : tensor<3x1xf32>
gan.state "D/bias" parameter starts <fill a 1.0 : f64> site 0 : tensor<1xf32>
game.data @x range -1.0 to 1.0 : tensor<2x3xf32>
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  game.update @d {
    %x = game.draw @x site 0 scope block name "x" : tensor<2x3xf32>
    %w = game.read "D/weight" : tensor<3x1xf32>
    %b = game.read "D/bias" : tensor<1xf32>
    %d = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x1xf32> -> tensor<2x1xf32>
    %c = gan.broadcast %b dims [0] : tensor<1xf32> -> tensor<2x1xf32>
    %y = gan.add %d, %c : tensor<2x1xf32>
    %g = gan.grad %y wrt %x : tensor<2x1xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
    %q = gan.mul %g, %g : tensor<2x3xf32>
    %s = gan.reduce_sum %q dims [0, 1] : tensor<2x3xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
}
