// Networks that stand in for ONNX files: G makes f32[4, 3] of f32[4, 2], D gives
// one probability for f32[4, 3], C logits of a critic with batch statistics, P two
// outputs, R a role that the game must decide.
gan.network @G.4x2(%z: tensor<4x2xf32> {gan.name = "z"}) -> (tensor<4x3xf32> {gan.name = "image"}) attributes {model = "G"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 24, "00"> : tensor<2x3xf32>
  %h = gan.dot %z, %w batch [] [] contract [1] [0] : tensor<4x2xf32>, tensor<2x3xf32> -> tensor<4x3xf32>
  %y = gan.tanh %h : tensor<4x3xf32>
  gan.return %y : tensor<4x3xf32>
}
gan.network @D.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x1xf32> {gan.name = "score"}) attributes {model = "D"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 64, 12, "01"> : tensor<3x1xf32>
  %h = gan.dot %x, %w batch [] [] contract [1] [0] {test.tensor = "/dot"} : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  %y = gan.logistic %h : tensor<4x1xf32>
  gan.return %y : tensor<4x1xf32>
}
gan.network @C.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x1xf32> {gan.name = "value"}) attributes {model = "C"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 128, 12, "02"> : tensor<3x1xf32>
  %s = gan.parameter "1.weight" parameter blob <"weights.bin", 192, 12, "03"> : tensor<3xf32>
  %b = gan.parameter "1.bias" parameter blob <"weights.bin", 256, 12, "04"> : tensor<3xf32>
  %m = gan.parameter "1.running_mean" buffer blob <"weights.bin", 320, 12, "05"> : tensor<3xf32>
  %v = gan.parameter "1.running_var" buffer blob <"weights.bin", 384, 12, "06"> : tensor<3xf32>
  %n, %nm, %nv = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 1.0e-5 momentum 0.9 : tensor<4x3xf32>, tensor<3xf32>
  %h = gan.dot %n, %w batch [] [] contract [1] [0] : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  gan.return %h : tensor<4x1xf32>
}
gan.network @P.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x1xf32> {gan.name = "logit"}, tensor<4x3xf32> {gan.name = "class"}) attributes {model = "P"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 448, 12, "07"> : tensor<3x1xf32>
  %h = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  %y = gan.softmax %x dim 1 {test.tensor = "/softmax"} : tensor<4x3xf32>
  gan.return %h, %y : tensor<4x1xf32>, tensor<4x3xf32>
}
gan.network @Q.4x3.4(%x: tensor<4x3xf32> {gan.name = "image"}, %l: tensor<4xi32> {gan.name = "label"}) -> (tensor<4x1xf32> {gan.name = "logit"}) attributes {model = "Q"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 512, 12, "08"> : tensor<3x1xf32>
  %h = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  gan.return %h : tensor<4x1xf32>
}
gan.network @R.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x3xf32> {gan.name = "moved"}) attributes {model = "R"} {
  %w = gan.parameter "shift" undecided blob <"weights.bin", 576, 48, "09"> : tensor<4x3xf32>
  %h = gan.add %x, %w : tensor<4x3xf32>
  gan.return %h : tensor<4x3xf32>
}
// The weight of W is reshaped on its way.
gan.network @W.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x1xf32> {gan.name = "score"}) attributes {model = "W"} {
  %w = gan.parameter "flat" parameter blob <"weights.bin", 640, 12, "0a"> : tensor<1x3x1xf32>
  %m = gan.reshape %w : tensor<1x3x1xf32> -> tensor<3x1xf32>
  %h = gan.dot %x, %m batch [] [] contract [1] [0] : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  gan.return %h : tensor<4x1xf32>
}
// Like C, for what two files have in common.
gan.network @C2.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x1xf32> {gan.name = "value"}) attributes {model = "C2"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 128, 12, "02"> : tensor<3x1xf32>
  %s = gan.parameter "1.weight" parameter blob <"weights.bin", 192, 12, "03"> : tensor<3xf32>
  %b = gan.parameter "1.bias" parameter blob <"weights.bin", 256, 12, "04"> : tensor<3xf32>
  %m = gan.parameter "1.running_mean" buffer blob <"weights.bin", 320, 12, "05"> : tensor<3xf32>
  %v = gan.parameter "1.running_var" buffer blob <"weights.bin", 384, 12, "06"> : tensor<3xf32>
  %n, %nm, %nv = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 1.0e-5 momentum 0.9 : tensor<4x3xf32>, tensor<3xf32>
  %h = gan.dot %n, %w batch [] [] contract [1] [0] : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  gan.return %h : tensor<4x1xf32>
}
// What an exporter left of a critic with dropout and a spectral norm.
gan.network @L.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x1xf32> {gan.name = "score"}) attributes {model = "L", gan.lost = ["the dropout '/1/Identity'", "the spectral norm of '0.weight_orig'"]} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 704, 12, "0b"> : tensor<3x1xf32>
  %h = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  gan.return %h : tensor<4x1xf32>
}
// A weight with a bias of one element.
gan.network @S.4x3(%x: tensor<4x3xf32> {gan.name = "image"}) -> (tensor<4x1xf32> {gan.name = "score"}) attributes {model = "S"} {
  %w = gan.parameter "0.weight" parameter blob <"weights.bin", 768, 12, "0c"> : tensor<3x1xf32>
  %b = gan.parameter "0.bias" parameter blob <"weights.bin", 832, 4, "0d"> : tensor<1xf32>
  %h = gan.dot %x, %w batch [] [] contract [1] [0] : tensor<4x3xf32>, tensor<3x1xf32> -> tensor<4x1xf32>
  %c = gan.broadcast %b dims [0] : tensor<1xf32> -> tensor<4x1xf32>
  %y = gan.add %h, %c : tensor<4x1xf32>
  gan.return %y : tensor<4x1xf32>
}
