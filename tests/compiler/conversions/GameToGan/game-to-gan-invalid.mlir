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
// expected-note @below {{'critic' is declared here}}
game.player @critic trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  game.update @critic {
    %w = game.read "D/w" : tensor<f32>
    %s = gan.mul %w, %w : tensor<f32>
    // expected-note @below {{no derivative passes through 'gan.round'}}
    %r = gan.round %s : tensor<f32>
    %t = gan.tanh %r : tensor<f32>
    // expected-error @below {{objective of 'critic' does not depend on any parameter it trains}}
    game.objective %t : tensor<f32>
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

// -----

gan.state "w/value" parameter starts <fill a 1.0 : f64> site 0 : tensor<f32>
// expected-error @below {{'game.player' op expected parameters of two elements or more for unit_norm}}
game.player @p trains ["w"] by sgd arguments ["lr"] then [#game.post<unit_norm, 0.0 : f64>] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  game.update @p {
    %w = game.read "w/value" : tensor<f32>
    game.objective %w : tensor<f32>
  }
}

// -----

// An application outside of a loop would advance in each iteration.
gan.state "D/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<3xf32>
gan.state "D/m" buffer starts <fill a 0.0 : f64> site 0 : tensor<3xf32>
gan.state "D/v" buffer starts <fill a 1.0 : f64> site 0 : tensor<3xf32>
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}
game.step {
  %x = gan.constant dense<1.0> : tensor<2x3xf32>
  %w = game.read "D/w" : tensor<3xf32>
  %m = game.read "D/m" : tensor<3xf32>
  %v = game.read "D/v" : tensor<3xf32>
  // expected-note @below {{write this application in the block}}
  %y, %nm, %nv = gan.batch_norm batch %x, %w, %w, %m, %v epsilon 1.0e-5 momentum 0.9 {game.application = 0 : i64} : tensor<2x3xf32>, tensor<3xf32>
  game.update_buffer "D/m" %nm application 0 : tensor<3xf32>
  %f = gan.stop %y : tensor<2x3xf32>
  %n = arith.constant 2.0 : f64
  game.repeat %n {
    // expected-error @below {{'track all' in a block that may run several times or not at all would advance an application outside of it}}
    game.update @d track_all {
      %u = game.read "D/w" : tensor<3xf32>
      %g = gan.reduce_sum %f dims [0] : tensor<2x3xf32> -> tensor<3xf32>
      %p = gan.mul %u, %g : tensor<3xf32>
      %s = gan.reduce_sum %p dims [0] : tensor<3xf32> -> tensor<f32>
      game.objective %s : tensor<f32>
    }
  }
}
