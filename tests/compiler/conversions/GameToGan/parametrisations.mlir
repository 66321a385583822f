// RUN: %gan-opt %s --convert-game-to-gan | FileCheck %s
// What follows a parameter stands behind the update that changes it and reads the
// new value; what starts a run and what a written file holds are programs.

// CHECK-LABEL: gan.program @step
// CHECK: %[[G:.*]] = gan.grad
// CHECK: gan.count_update "d"
// CHECK: %[[NEW:.*]] = gan.stop
// CHECK: %[[U:.*]] = gan.mul %{{.*}}, %[[NEW]]
// CHECK: %[[KEPT:.*]] = gan.stop %[[U]]
// CHECK: gan.yield %[[NEW]], %[[KEPT]]
// CHECK-LABEL: gan.program @"start/state"({{.*}}) arguments ["state D/w"] results ["state D/w#u"]
// CHECK-LABEL: gan.program @"export/D"({{.*}}) arguments ["state D/w", "state D/w#u"] results ["output D/w"]
// CHECK-NOT: game.follow
// CHECK-NOT: game.start
// CHECK-NOT: game.folded

gan.state "D/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<f32>
gan.state "D/w#u" buffer starts <fill a 0.0 : f64> site 0 : tensor<f32>
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  game.update @d {
    %w = game.read "D/w" : tensor<f32>
    %u = game.read "D/w#u" : tensor<f32>
    %s = gan.stop %u : tensor<f32>
    %l = gan.mul %w, %s : tensor<f32>
    game.objective %l : tensor<f32>
  }
}
game.follow "D/w" {
  %w = game.read "D/w" : tensor<f32>
  %u = game.read "D/w#u" : tensor<f32>
  %n = gan.mul %u, %w : tensor<f32>
  game.assign "D/w#u" %n : tensor<f32>
}
game.start "state" {
  %w = game.read "D/w" : tensor<f32>
  game.assign "D/w#u" %w : tensor<f32>
}
game.folded "D" ["D/w"] {
  %w = game.read "D/w" : tensor<f32>
  %u = game.read "D/w#u" : tensor<f32>
  %n = gan.div %w, %u : tensor<f32>
  game.yield %n : tensor<f32>
}
