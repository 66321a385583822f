// RUN: %gan-opt %s --game-link-networks --split-input-file --verify-diagnostics
// What a trained network's file leaves open is asked for; what init cannot do is refused.

gan.network @D.2x4(%x: tensor<2x4xf32> {gan.name = "x"}) -> (tensor<2x4xf32> {gan.name = "score"}) attributes {model = "D"} {
  %w = gan.parameter "scale" undecided blob <"weights.bin", 0, 32, "00"> : tensor<2x4xf32>
  %y = gan.mul %x, %w : tensor<2x4xf32>
  gan.return %y : tensor<2x4xf32>
}
// expected-error @+2 {{network 'D' is trained, but the file does not say whether these initializers are parameters: scale}}
// expected-note @+1 {{claim each by trainable "pattern" or constant "pattern"}}
game.network @D file "d.onnx" init [] trainable [] constant []
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}

// -----

gan.network @D.2x4(%x: tensor<2x4xf32> {gan.name = "x"}) -> (tensor<2x4xf32> {gan.name = "score"}) attributes {model = "D"} {
  %w = gan.parameter "scale" undecided blob <"weights.bin", 0, 32, "00"> : tensor<2x4xf32>
  %y = gan.mul %x, %w : tensor<2x4xf32>
  gan.return %y : tensor<2x4xf32>
}
// expected-error @+1 {{init of 'scale' expected the weight of a contraction}}
game.network @D file "d.onnx" init [#game.init<xavier, 1.0 : f64, 0.0 : f64, "scale">] trainable ["scale"] constant []
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}

// -----

gan.network @D.2x4(%x: tensor<2x4xf32> {gan.name = "x"}) -> (tensor<2x1xf32> {gan.name = "score"}) attributes {model = "D"} {
  %w = gan.parameter "weight" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4x1xf32>
  %b = gan.parameter "bias" parameter blob <"weights.bin", 0, 8, "00"> : tensor<2x1xf32>
  %h = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<2x4xf32>, tensor<4x1xf32> -> tensor<2x1xf32>
  %y = gan.add %h, %b : tensor<2x1xf32>
  gan.return %y : tensor<2x1xf32>
}
// expected-error @+1 {{init of 'bias' expected the weight of a contraction}}
game.network @D file "d.onnx" init [#game.init<orthogonal, 1.0 : f64, 0.0 : f64, "*">] trainable [] constant []
game.player @d trains ["D"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 1.0e-4 : f64
  game.yield %lr : f64
}

// -----

// expected-error @+1 {{'game.ema' op expected 'Q' to be a network}}
game.ema @Gs of @Q {
  %d = arith.constant 0.999 : f64
  %from = arith.constant 0.0 : f64
  game.yield %d, %from : f64, f64
}
