// RUN: %gan-opt %s --convert-game-to-gan --gan-differentiate | gan-run -
// Three updates of every optimiser, of what comes before it and after it, and
// an average, in the numbers that PyTorch computes for them in float64. Each
// player descends on the square of its own parameters.

module attributes {gan.cases = {step = [{steps = 3, tolerance = 1.0e-7,
  start = {
    "sgd/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "momentum/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "rmsprop/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "adam/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "adamw/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "lazy/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "clip_norm/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "clip_value/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "decay/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "clip_weights/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "replace_nan/w" = dense<[1.0, -0.5]> : tensor<2xf32>,
    "replace_infinity/w" = dense<[1.0, -0.5]> : tensor<2xf32>},
  state = {
    "sgd/w" = dense<[0.421875, -0.2109375]> : tensor<2xf64>,
    "momentum/w" = dense<[0.171875, -0.0859375]> : tensor<2xf64>,
    "rmsprop/w" = dense<[0.4591442668542459, -0.05566248007515316]> : tensor<2xf64>,
    "adam/w" = dense<[0.6320352404602163, -0.14423444597465124]> : tensor<2xf64>,
    "adamw/w" = dense<[0.5550187942464356, -0.11398298727864015]> : tensor<2xf64>,
    "lazy/w" = dense<[0.7217193799595786, -0.22643331484035134]> : tensor<2xf64>,
    "clip_norm/w" = dense<[0.8322949016875156, -0.4161474508437578]> : tensor<2xf64>,
    "clip_value/w" = dense<[0.71875, -0.234375]> : tensor<2xf64>,
    "decay/w" = dense<[0.324951171875, -0.1624755859375]> : tensor<2xf64>,
    "clip_weights/w" = dense<[0.3515625, -0.2109375]> : tensor<2xf64>,
    "replace_nan/w" = dense<[0.421875, -0.5]> : tensor<2xf64>,
    // Gradients of 1e5 with the sign of the infinity.
    "replace_infinity/w" = dense<[-12499.0, -37500.5]> : tensor<2xf64>,
    // A copy before step 2, then a quarter of the way.
    "average/w" = dense<[0.52734375, -0.263671875]> : tensor<2xf64>}}]}} {

gan.state "sgd/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "momentum/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "rmsprop/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "adam/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "adamw/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "lazy/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "clip_norm/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "clip_value/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "decay/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "clip_weights/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "replace_nan/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "replace_infinity/w" parameter starts <fill a 1.0 : f64> site 0 : tensor<2xf32>
gan.state "average/w" average starts <copy source "sgd/w"> site 0 : tensor<2xf32>

game.player @sgd trains ["sgd"] by sgd arguments ["lr"] then [] lazy 1 {
  %lr = arith.constant 0.125 : f64
  game.yield %lr : f64
}
game.player @momentum trains ["momentum"] by momentum arguments ["lr", "momentum"] then [] lazy 1 {
  %lr = arith.constant 0.125 : f64
  %momentum = arith.constant 0.5 : f64
  game.yield %lr, %momentum : f64, f64
}
game.player @rmsprop trains ["rmsprop"] by rmsprop arguments ["lr", "alpha", "epsilon"] then [] lazy 1 {
  %lr = arith.constant 0.125 : f64
  %alpha = arith.constant 0.75 : f64
  %epsilon = arith.constant 1.0e-8 : f64
  game.yield %lr, %alpha, %epsilon : f64, f64, f64
}
game.player @adam trains ["adam"] by adam arguments ["lr", "beta1", "beta2", "epsilon"] then [] lazy 1 {
  %lr = arith.constant 0.125 : f64
  %beta1 = arith.constant 0.5 : f64
  %beta2 = arith.constant 0.75 : f64
  %epsilon = arith.constant 1.0e-8 : f64
  game.yield %lr, %beta1, %beta2, %epsilon : f64, f64, f64, f64
}
game.player @adamw trains ["adamw"] by adamw arguments ["lr", "beta1", "beta2", "epsilon", "decay"] then [] lazy 1 {
  %lr = arith.constant 0.125 : f64
  %beta1 = arith.constant 0.5 : f64
  %beta2 = arith.constant 0.75 : f64
  %epsilon = arith.constant 1.0e-8 : f64
  %decay = arith.constant 0.25 : f64
  game.yield %lr, %beta1, %beta2, %epsilon, %decay : f64, f64, f64, f64, f64
}
game.player @lazy trains ["lazy"] by adam arguments ["lr", "beta1", "beta2", "epsilon"] then [] lazy 3 {
  %lr = arith.constant 0.125 : f64
  %beta1 = arith.constant 0.5 : f64
  %beta2 = arith.constant 0.75 : f64
  %epsilon = arith.constant 1.0e-8 : f64
  game.yield %lr, %beta1, %beta2, %epsilon : f64, f64, f64, f64
}
game.player @clip_norm trains ["clip_norm"] by sgd arguments ["lr"] then [#game.post<clip_norm, 5.0e-1 : f64>] lazy 1 {
  %lr = arith.constant 0.125 : f64
  game.yield %lr : f64
}
game.player @clip_value trains ["clip_value"] by sgd arguments ["lr"] then [#game.post<clip_value, 7.5e-1 : f64>] lazy 1 {
  %lr = arith.constant 0.125 : f64
  game.yield %lr : f64
}
game.player @decay trains ["decay"] by sgd arguments ["lr"] then [#game.post<decay, 5.0e-1 : f64>] lazy 1 {
  %lr = arith.constant 0.125 : f64
  game.yield %lr : f64
}
game.player @clip_weights trains ["clip_weights"] by sgd arguments ["lr"] then [#game.post<clip_weights, 6.25e-1 : f64>] lazy 1 {
  %lr = arith.constant 0.125 : f64
  game.yield %lr : f64
}
game.player @replace_nan trains ["replace_nan"] by sgd arguments ["lr"] then [#game.post<replace_nan, 0.0 : f64>] lazy 1 {
  %lr = arith.constant 0.125 : f64
  game.yield %lr : f64
}
game.player @replace_infinity trains ["replace_infinity"] by sgd arguments ["lr"] then [#game.post<replace_nan, 0.0 : f64>] lazy 1 {
  %lr = arith.constant 0.125 : f64
  game.yield %lr : f64
}
game.ema @average of @sgd {
  %decay = arith.constant 0.75 : f64
  %from = arith.constant 2.0 : f64
  game.yield %decay, %from : f64, f64
}

game.step {
  game.update @sgd {
    %w = game.read "sgd/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @momentum {
    %w = game.read "momentum/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @rmsprop {
    %w = game.read "rmsprop/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @adam {
    %w = game.read "adam/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @adamw {
    %w = game.read "adamw/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @lazy {
    %w = game.read "lazy/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @clip_norm {
    %w = game.read "clip_norm/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @clip_value {
    %w = game.read "clip_value/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @decay {
    %w = game.read "decay/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @clip_weights {
    %w = game.read "clip_weights/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %s = gan.reduce_sum %q dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @replace_nan {
    %w = game.read "replace_nan/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %k = gan.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
    %n = gan.mul %q, %k : tensor<2xf32>
    %s = gan.reduce_sum %n dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
  game.update @replace_infinity {
    %w = game.read "replace_infinity/w" : tensor<2xf32>
    %q = gan.mul %w, %w : tensor<2xf32>
    %k = gan.constant dense<[0x7F800000, 0xFF800000]> : tensor<2xf32>
    %n = gan.mul %q, %k : tensor<2xf32>
    %s = gan.reduce_sum %n dims [0] : tensor<2xf32> -> tensor<f32>
    game.objective %s : tensor<f32>
  }
}
}
