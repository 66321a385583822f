// RUN: %gan-opt %s --gan-network-to-program | FileCheck %s
// A network without a game runs in the mode that its file has.

// CHECK-LABEL: gan.program @infer(%{{.*}}: tensor<2x4xf32>)
// CHECK-SAME: arguments ["batched input z"] results ["batched output image"]
gan.network @G.2x4(%z: tensor<2x4xf32> {gan.batched, gan.name = "z"}) -> (tensor<2x4xf32> {gan.name = "image"}) attributes {model = "G"} {
  %s = gan.parameter "scale" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  %m = gan.parameter "mean" buffer blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  // CHECK: %[[Y:.*]], %{{.*}}, %{{.*}} = gan.batch_norm running
  // CHECK-NOT: gan.update_buffer
  // CHECK-NOT: gan.dropout
  %y, %new_mean, %new_variance = gan.batch_norm running %z, %s, %s, %m, %m epsilon 1.0e-5 momentum 0.9 : tensor<2x4xf32>, tensor<4xf32>
  gan.update_buffer "mean" %new_mean : tensor<4xf32>
  %d = gan.dropout %y ratio 0.5 : tensor<2x4xf32>
  // CHECK: gan.yield %[[Y]]
  gan.return %d : tensor<2x4xf32>
}

// What an index may be is known to the program's caller.
// CHECK-LABEL: gan.program @infer.1
// CHECK-SAME: arguments ["batched indexes 3 input y"] results ["batched output image"]
gan.network @E.2(%y: tensor<2xi32> {gan.batched, gan.indexes = 3 : i64, gan.name = "y"}) -> (tensor<2x4xf32> {gan.name = "image"}) attributes {model = "E"} {
  %t = gan.parameter "table" parameter blob <"weights.bin", 0, 48, "00"> : tensor<3x4xf32>
  %r = gan.gather %t, %y dim 0 : tensor<3x4xf32>, tensor<2xi32> -> tensor<2x4xf32>
  gan.return %r : tensor<2x4xf32>
}

// Noise is an input, too.
// CHECK-LABEL: gan.program @infer.2
// CHECK-SAME: arguments ["batched input z", "batched input n", "batched uniform input u"] results ["batched output y"]
gan.network @N.2x4(%z: tensor<2x4xf32> {gan.batched, gan.name = "z"}, %n: tensor<2x4xf32> {gan.batched, gan.name = "n", gan.noise = #gan<distribution normal>}, %u: tensor<2x4xf32> {gan.batched, gan.name = "u", gan.noise = #gan<distribution uniform>}) -> (tensor<2x4xf32> {gan.name = "y"}) attributes {model = "N"} {
  %a = gan.add %z, %n : tensor<2x4xf32>
  %y = gan.mul %a, %u : tensor<2x4xf32>
  gan.return %y : tensor<2x4xf32>
}
