// RUN: %gan-opt %s --convert-game-to-gan | FileCheck %s
// Arguments of optimisers and decays of averages may read state: the value that
// it has where the update is made.

// CHECK-LABEL: gan.program @step(
// CHECK-SAME: %[[K:[a-z0-9]+]]: tensor<f32>
// CHECK: gan.count_update "d"
// CHECK: %[[RATE:.*]] = gan.to_host %[[K]]
// CHECK: gan.to_tensor %[[RATE]]
// CHECK: %[[SQUARE:.*]] = gan.mul %[[K]], %[[K]]
// CHECK: %[[NEW:.*]] = gan.stop %[[SQUARE]]
// CHECK: gan.count_update "d"
// CHECK: %[[CHANGED:.*]] = gan.to_host %[[NEW]]
// CHECK: gan.to_tensor %[[CHANGED]]
// CHECK: %[[DECAY:.*]] = gan.to_host %[[NEW]]
// CHECK: arith.subf %{{.*}}, %[[DECAY]]
// CHECK-NOT: game.read

gan.state "state/k" variable starts <fill a 5.0e-1 : f64> site 0 : tensor<f32>
gan.state "D/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<f32>
gan.state "A/w" average starts <copy source "D/w"> site 0 : tensor<f32>
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %k = game.read "state/k" : tensor<f32>
  %lr = gan.to_host %k
  game.yield %lr : f64
}
game.ema @A of @D {
  %k = game.read "state/k" : tensor<f32>
  %decay = gan.to_host %k
  %from = arith.constant 0.0 : f64
  game.yield %decay, %from : f64, f64
}
game.step {
  game.update @d {
    %w = game.read "D/w" : tensor<f32>
    %s = gan.mul %w, %w : tensor<f32>
    game.objective %s : tensor<f32>
  }
  %k = game.read "state/k" : tensor<f32>
  %square = gan.mul %k, %k : tensor<f32>
  game.assign "state/k" %square : tensor<f32>
  game.update @d {
    %w = game.read "D/w" : tensor<f32>
    %s = gan.mul %w, %w : tensor<f32>
    game.objective %s : tensor<f32>
  }
}
