// RUN: %gan-opt %s --split-input-file --verify-diagnostics --convert-game-to-gan
// What an update may differentiate.

gan.state "D/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<f32>
gan.state "state/k" variable starts <fill a 0.0 : f64> site 0 : tensor<f32>
// expected-note @below {{'critic' is declared here}}
game.player @critic trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  game.update @critic {
    %k = game.read "state/k" : tensor<f32>
    // expected-error @below {{objective of 'critic' does not depend on any parameter it trains}}
    game.objective %k : tensor<f32>
  }
}

// -----

gan.state "D/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<f32>
game.player @critic trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  %w = game.read "D/w" : tensor<f32>
  // expected-note @below {{computed here}}
  %s = gan.mul %w, %w : tensor<f32>
  // expected-note @below {{changed here}}
  game.update @critic {
    game.objective %s : tensor<f32>
  }
  // expected-error @below {{objective of 'critic' differentiates a value that was computed before 'D/w' changed}}
  game.update @critic {
    game.objective %s : tensor<f32>
  }
}
