// RUN: %gan-opt %s --split-input-file --verify-diagnostics
//
// Constraints of the operations in GameOps.td.

// option_c1
// expected-error@+1 {{'game.option' op expected a value from 0.000000e+00 to 1.000000e+00 (C1), got 2.000000e+00}}
game.option @option_c1 = 2.0 in 0.0 to 1.0 help ""

// -----

// expected-error@+1 {{'game.player' op expected its region to yield 1 f64 (C1)}}
game.player @player_c1 trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  game.yield
}

// -----

// expected-error@+1 {{'game.player' op expected its region to yield 1 f64 (C1)}}
"game.player"() <{sym_name = "player_c1_empty", trains = ["D"], optimiser = #game<optimiser_kind sgd>, argument_names = ["lr"], then = [], lazy = 1 : i64}> ({
^bb0:
}) : () -> ()

// -----

game.network @G file "g.onnx" init [] trainable [] constant []
func.func @apply_c1(%z: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error@+1 {{'game.apply' op expected 'G.2x3' to be an instance of a network (C1)}}
  %x = game.apply @G instance @G.2x3(%z) application 0 statistics batch : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %x : tensor<2x3xf32>
}

// -----

gan.network @G.2x3(%z: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {model = "G"} {
  gan.return %z : tensor<2x3xf32>
}
game.network @G file "g.onnx" init [] trainable [] constant []
func.func @apply_c1_types(%z: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // expected-error@+1 {{'game.apply' op expected the types of 'G.2x3', '(tensor<2x3xf32>) -> tensor<2x3xf32>' (C1)}}
  %x = game.apply @G instance @G.2x3(%z) application 0 statistics batch : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %x : tensor<2x4xf32>
}

// -----

// expected-error@+1 {{'game.export' op expected the start of a file's name (C2), got '../G'}}
game.export @export_c2 as "../G"

// -----

// expected-error@+1 {{'game.export' op expected one offset per state (C1), got 2 for 1}}
game.export @export_c1 as "g" template <"weights.bin", 0, 2000, "00"> states ["Gs/w"] offsets [400, 500]

// -----

module @accumulate_c1 {
  game.step {
    // expected-error@+1 {{'game.accumulate' op expected at least one pass (C1), got 0}}
    game.accumulate 0 {
    }
  }
}

// -----

module @accumulate_c2 {
  game.step {
    game.accumulate 2 {
      game.update @p {
        %w = game.read "w/value" : tensor<f32>
        game.objective %w : tensor<f32>
      }
      // expected-error@+1 {{'game.update' op expected one update of 'p' in an accumulation (C2)}}
      game.update @p {
        %w = game.read "w/value" : tensor<f32>
        game.objective %w : tensor<f32>
      }
    }
  }
}

// -----

module @accumulate_c3 {
  game.step {
    game.accumulate 2 {
      // expected-error@+1 {{'game.accumulate' op expected not to stand in an accumulation (C3)}}
      game.accumulate 2 {
      }
    }
  }
}
