// RUN: %gan-opt %s --convert-game-to-gan | FileCheck %s
// Passes are a loop that carries sums of gradients; the player moves once.

// CHECK-LABEL: gan.program @step(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<2xf32>
// CHECK: %[[ZERO:.*]] = gan.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK: %[[COUNT:.*]] = arith.constant 4.0{{.*}} : f64
// What no pass changes is not carried: neither parameters nor the sum of "v".
// CHECK: %[[SUM:.*]] = gan.repeat %[[COUNT]] carry (%[[SOFAR:.*]] = %[[ZERO]]) : tensor<2xf32> {
// CHECK: gan.key
// CHECK: gan.report "Loss/p"
// CHECK: %[[G:.*]] = gan.grad %{{.*}} wrt %[[W]]
// CHECK: %[[NEXT:.*]] = gan.add %[[SOFAR]], %[[G]]
// CHECK: gan.yield %[[NEXT]]
// CHECK: }
// CHECK: %[[STOPPED:.*]] = gan.stop %[[SUM]]
// CHECK: %[[QUARTER:.*]] = gan.constant dense<2.500000e-01>
// CHECK: gan.mul %[[STOPPED]], %[[QUARTER]]
// CHECK: gan.count_update "p"
// CHECK-NOT: gan.count_update

gan.state "w/value" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "v/value" parameter starts <fill a 1.0 : f64> site 0 : tensor<3xf32>
game.sample @c normal 0.0, 1.0 : tensor<2xf32>
game.player @p trains ["w", "v"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-1 : f64
  game.yield %lr : f64
}
game.step {
  game.accumulate 4 {
    %c = game.draw @c site 12 scope block name "c" : tensor<2xf32>
    game.update @p {
      %w = game.read "w/value" : tensor<2xf32>
      %q = gan.mul %w, %c : tensor<2xf32>
      %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
      game.objective %s : tensor<f32>
    }
  }
}
