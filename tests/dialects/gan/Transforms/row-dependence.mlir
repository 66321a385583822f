// RUN: %gan-opt %s --gan-network-to-program --split-input-file 2>%t.words | FileCheck %s
// RUN: FileCheck %s --check-prefix=WORDS --input-file=%t.words
// `batched`: axis 0 of a result counts the images of a run. `mixed`: the result
// is made from more than the image that it belongs to.

// Element by element, through merged and moved axes, and back.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output y"]
gan.network @G.kept(%x: tensor<4x6xf32> {gan.batched}) -> (tensor<4x2x3xf32> {gan.name = "y"}) attributes {model = "G"} {
  %a = gan.reshape %x : tensor<4x6xf32> -> tensor<4x2x3xf32>
  %b = gan.transpose %a permutation [2, 0, 1] : tensor<4x2x3xf32> -> tensor<3x4x2xf32>
  %c = gan.reshape %b : tensor<3x4x2xf32> -> tensor<3x8xf32>
  %d = gan.softmax %c dim 0 : tensor<3x8xf32>
  %e = gan.reshape %d : tensor<3x8xf32> -> tensor<3x4x2xf32>
  %y = gan.transpose %e permutation [1, 2, 0] : tensor<3x4x2xf32> -> tensor<4x2x3xf32>
  gan.return %y : tensor<4x2x3xf32>
}

// -----

// Heads of an attention lie beside the images in a merged axis.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output y"]
gan.network @G.attention(%x: tensor<4x2x5x3xf32> {gan.batched}) -> (tensor<4x2x5x5xf32> {gan.name = "y"}) attributes {model = "G"} {
  %a = gan.reshape %x : tensor<4x2x5x3xf32> -> tensor<8x5x3xf32>
  %s = gan.dot %a, %a batch [0] [0] contract [2] [2] : tensor<8x5x3xf32>, tensor<8x5x3xf32> -> tensor<8x5x5xf32>
  %p = gan.softmax %s dim 2 : tensor<8x5x5xf32>
  %y = gan.reshape %p : tensor<8x5x5xf32> -> tensor<4x2x5x5xf32>
  gan.return %y : tensor<4x2x5x5xf32>
}

// -----

// A group of channels for each image keeps images apart, as in StyleGAN.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output y"]
gan.network @G.groups(%x: tensor<2x3x5xf32> {gan.batched}, %w: tensor<2x4x3x3xf32> {gan.batched}) -> (tensor<2x4x3xf32> {gan.name = "y"}) attributes {model = "G"} {
  %a = gan.reshape %x : tensor<2x3x5xf32> -> tensor<1x6x5xf32>
  %v = gan.reshape %w : tensor<2x4x3x3xf32> -> tensor<8x3x3xf32>
  %b = gan.conv %a, %v geometry <stride = [1], dilation = [1], low = [0], high = [0], groups = 2> : tensor<1x6x5xf32>, tensor<8x3x3xf32> -> tensor<1x8x3xf32>
  %y = gan.reshape %b : tensor<1x8x3xf32> -> tensor<2x4x3xf32>
  gan.return %y : tensor<2x4x3xf32>
}

// -----

// Statistics of the batch reach every image.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched mixed output y", "mixed output mean"]
// WORDS: warning: mixes the images of a run: 'y' is not made image by image
// WORDS: note: export the network in evaluation mode for running statistics
gan.network @G.batch_norm(%x: tensor<4x3xf32> {gan.batched}) -> (tensor<4x3xf32> {gan.name = "y"}, tensor<3xf32> {gan.name = "mean"}) attributes {model = "G"} {
  %s = gan.parameter "scale" parameter blob <"weights.bin", 0, 12, "00"> : tensor<3xf32>
  %a, %mean, %variance = gan.batch_norm batch %x, %s, %s, %s, %s epsilon 1.0e-5 momentum 0.9 : tensor<4x3xf32>, tensor<3xf32>
  %y = gan.relu %a : tensor<4x3xf32>
  gan.return %y, %mean : tensor<4x3xf32>, tensor<3xf32>
}

// -----

// With running statistics it is one for each image.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output y"]
gan.network @G.running(%x: tensor<4x3xf32> {gan.batched}) -> (tensor<4x3xf32> {gan.name = "y"}) attributes {model = "G"} {
  %s = gan.parameter "scale" parameter blob <"weights.bin", 0, 12, "00"> : tensor<3xf32>
  %y, %mean, %variance = gan.batch_norm running %x, %s, %s, %s, %s epsilon 1.0e-5 momentum 0.9 : tensor<4x3xf32>, tensor<3xf32>
  gan.return %y : tensor<4x3xf32>
}

// -----

// The deviation within a group of images, as in ProGAN: an axis that is split
// counts no images any more.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched mixed output y"]
gan.network @G.deviation(%x: tensor<4x3xf32> {gan.batched}) -> (tensor<4x3xf32> {gan.name = "y"}) attributes {model = "G"} {
  %a = gan.reshape %x : tensor<4x3xf32> -> tensor<2x2x3xf32>
  %mean, %variance = gan.moments %a dims [0] : tensor<2x2x3xf32> -> tensor<2x3xf32>
  %b = gan.broadcast %variance dims [0] : tensor<2x3xf32> -> tensor<2x2x3xf32>
  %c = gan.reshape %b : tensor<2x2x3xf32> -> tensor<4x3xf32>
  %y = gan.add %x, %c : tensor<4x3xf32>
  gan.return %y : tensor<4x3xf32>
}

// -----

// Every image with every other; and what has no axis of images although its
// first is as long.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched mixed output gram", "mixed output turned", "mixed output sum"]
gan.network @G.gram(%x: tensor<4x4xf32> {gan.batched}) -> (tensor<4x4xf32> {gan.batched, gan.name = "gram"}, tensor<4x4xf32> {gan.batched, gan.name = "turned"}, tensor<4xf32> {gan.batched, gan.name = "sum"}) attributes {model = "G"} {
  %gram = gan.dot %x, %x batch [] [] contract [1] [1] : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  %turned = gan.transpose %x permutation [1, 0] : tensor<4x4xf32> -> tensor<4x4xf32>
  %sum = gan.reduce_sum %x dims [0] : tensor<4x4xf32> -> tensor<4xf32>
  gan.return %gram, %turned, %sum : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4xf32>
}

// -----

// Along the axis of images all of these mix.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["mixed output reverse", "mixed output cumsum", "mixed output slice", "mixed output concat", "mixed output pad", "mixed output window", "batched mixed output gather"]
gan.network @G.along(%x: tensor<4x3xf32> {gan.batched}, %i: tensor<4xi32> {gan.batched}) -> (tensor<4x3xf32> {gan.name = "reverse"}, tensor<4x3xf32> {gan.name = "cumsum"}, tensor<2x3xf32> {gan.name = "slice"}, tensor<8x3xf32> {gan.name = "concat"}, tensor<4x3xf32> {gan.name = "pad"}, tensor<3x3xf32> {gan.name = "window"}, tensor<4x3xf32> {gan.name = "gather"}) attributes {model = "G"} {
  %reverse = gan.reverse %x dims [0] : tensor<4x3xf32>
  %cumsum = gan.cumsum %x dim 0 : tensor<4x3xf32>
  %slice = gan.slice %x start [0, 0] stop [2, 3] stride [1, 1] : tensor<4x3xf32> -> tensor<2x3xf32>
  %concat = gan.concat %x, %x dim 0 : tensor<4x3xf32>, tensor<4x3xf32> -> tensor<8x3xf32>
  %pad = gan.pad %x low [1, 0] high [-1, 0] interior [0, 0] : tensor<4x3xf32> -> tensor<4x3xf32>
  %window = gan.window_sum %x window [2, 1] stride [1, 1] : tensor<4x3xf32> -> tensor<3x3xf32>
  %gather = gan.gather %x, %i dim 0 : tensor<4x3xf32>, tensor<4xi32> -> tensor<4x3xf32>
  gan.return %reverse, %cumsum, %slice, %concat, %pad, %window, %gather : tensor<4x3xf32>, tensor<4x3xf32>, tensor<2x3xf32>, tensor<8x3xf32>, tensor<4x3xf32>, tensor<3x3xf32>, tensor<4x3xf32>
}

// -----

// Along other axes none of them does, and nothing depends on what is constant.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output reverse", "batched output cumsum", "batched output slice", "batched output concat", "batched output pad", "batched output window", "batched output gather", "batched output scatter", "output constant"]
gan.network @G.beside(%x: tensor<4x3xf32> {gan.batched}, %i: tensor<4xi32> {gan.batched}) -> (tensor<4x3xf32> {gan.name = "reverse"}, tensor<4x3xf32> {gan.name = "cumsum"}, tensor<4x2xf32> {gan.name = "slice"}, tensor<4x6xf32> {gan.name = "concat"}, tensor<4x3xf32> {gan.name = "pad"}, tensor<4x2xf32> {gan.name = "window"}, tensor<4x3xf32> {gan.name = "gather"}, tensor<4x3xf32> {gan.name = "scatter"}, tensor<3xf32> {gan.name = "constant"}) attributes {model = "G"} {
  %t = gan.parameter "table" parameter blob <"weights.bin", 0, 60, "00"> : tensor<5x3xf32>
  %k = gan.constant dense<[0, 2]> : tensor<2xi32>
  %reverse = gan.reverse %x dims [1] : tensor<4x3xf32>
  %cumsum = gan.cumsum %x dim 1 : tensor<4x3xf32>
  %slice = gan.slice %x start [0, 1] stop [4, 3] stride [1, 1] : tensor<4x3xf32> -> tensor<4x2xf32>
  %concat = gan.concat %x, %x dim 1 : tensor<4x3xf32>, tensor<4x3xf32> -> tensor<4x6xf32>
  %pad = gan.pad %x low [0, 1] high [0, -1] interior [0, 0] : tensor<4x3xf32> -> tensor<4x3xf32>
  %window = gan.window_sum %x window [1, 2] stride [1, 1] : tensor<4x3xf32> -> tensor<4x2xf32>
  %gather = gan.gather %t, %i dim 0 : tensor<5x3xf32>, tensor<4xi32> -> tensor<4x3xf32>
  %scatter = gan.scatter_add %x, %k, %slice dim 1 : tensor<4x3xf32>, tensor<2xi32>, tensor<4x2xf32>
  %constant = gan.reduce_sum %t dims [0] : tensor<5x3xf32> -> tensor<3xf32>
  gan.return %reverse, %cumsum, %slice, %concat, %pad, %window, %gather, %scatter, %constant : tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x2xf32>, tensor<4x6xf32>, tensor<4x3xf32>, tensor<4x2xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<3xf32>
}

// -----

// Neither do searches, sorts and parts along the axis of images.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["mixed output arg_max", "mixed output sort", "mixed output max_pool", "mixed output dynamic_slice"]
gan.network @G.searches(%x: tensor<4x3xf32> {gan.batched}) -> (tensor<3xi32> {gan.name = "arg_max"}, tensor<4x3xi32> {gan.name = "sort"}, tensor<3x3xf32> {gan.name = "max_pool"}, tensor<2x3xf32> {gan.name = "dynamic_slice"}) attributes {model = "G"} {
  %k = gan.constant dense<1> : tensor<2xi32>
  %a = gan.arg_max %x dim 0 : tensor<4x3xf32> -> tensor<3xi32>
  %o = gan.sort %x dim 0 count 4 : tensor<4x3xf32> -> tensor<4x3xi32>
  %m = gan.max_pool %x window [2, 1] stride [1, 1] dilation [1, 1] low [0, 0] high [0, 0] : tensor<4x3xf32> -> tensor<3x3xf32>
  %d = gan.dynamic_slice %x, %k : tensor<4x3xf32>, tensor<2xi32> -> tensor<2x3xf32>
  gan.return %a, %o, %m, %d : tensor<3xi32>, tensor<4x3xi32>, tensor<3x3xf32>, tensor<2x3xf32>
}

// -----

// Along other axes they do not, nor what is read by places of each image's own.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output arg_max", "batched output sorted", "batched output max_pool", "batched output dynamic_slice", "batched output dynamic_update_slice", "batched output scatter"]
gan.network @G.searches_beside(%x: tensor<4x3xf32> {gan.batched}, %s: tensor<4x1xi32> {gan.batched}) -> (tensor<4xi32> {gan.name = "arg_max"}, tensor<4x2xf32> {gan.name = "sorted"}, tensor<4x2xf32> {gan.name = "max_pool"}, tensor<4x2xf32> {gan.name = "dynamic_slice"}, tensor<4x3xf32> {gan.name = "dynamic_update_slice"}, tensor<4x3xf32> {gan.name = "scatter"}) attributes {model = "G"} {
  %a = gan.arg_max %x dim 1 : tensor<4x3xf32> -> tensor<4xi32>
  %o = gan.sort %x dim 1 count 2 descending : tensor<4x3xf32> -> tensor<4x2xi32>
  %y = gan.gather %x, %o dim 1 batch 1 : tensor<4x3xf32>, tensor<4x2xi32> -> tensor<4x2xf32>
  %m = gan.max_pool %x window [2] stride [1] dilation [1] low [0] high [0] : tensor<4x3xf32> -> tensor<4x2xf32>
  %d = gan.dynamic_slice %x, %s : tensor<4x3xf32>, tensor<4x1xi32> -> tensor<4x2xf32>
  %u = gan.dynamic_update_slice %x, %d, %s : tensor<4x3xf32>, tensor<4x2xf32>, tensor<4x1xi32>
  %z = gan.scatter_add %x, %o, %y dim 1 batch 1 : tensor<4x3xf32>, tensor<4x2xi32>, tensor<4x2xf32>
  gan.return %a, %y, %m, %d, %u, %z : tensor<4xi32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x3xf32>, tensor<4x3xf32>
}

// -----

// One image is a full run, whatever it does along axis 0; a result without an
// axis of images is still one for the run.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output y", "mixed output sum"]
gan.network @G.one(%x: tensor<1x3xf32> {gan.batched}) -> (tensor<1x3xf32> {gan.batched, gan.name = "y"}, tensor<3xf32> {gan.name = "sum"}) attributes {model = "G"} {
  %y = gan.cumsum %x dim 0 : tensor<1x3xf32>
  %sum = gan.reduce_sum %x dims [0] : tensor<1x3xf32> -> tensor<3xf32>
  gan.return %y, %sum : tensor<1x3xf32>, tensor<3xf32>
}

// -----

// A constant that has a row for each image, wherever it meets the images, makes
// a result depend on the image's place in the run.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched mixed output sum", "batched mixed output beside", "batched mixed output chosen", "batched mixed output product", "batched mixed output places", "batched mixed output turned", "batched mixed output constant"]
// WORDS: warning: differs from place to place in a run: 'sum' is not made image by image
gan.network @G.places(%x: tensor<4x6xf32> {gan.batched}, %w: tensor<4x6xf32>) -> (tensor<4x6xf32> {gan.name = "sum"}, tensor<4x12xf32> {gan.name = "beside"}, tensor<4x6xf32> {gan.name = "chosen"}, tensor<4x3xf32> {gan.name = "product"}, tensor<4x6xi32> {gan.name = "places"}, tensor<4x6xf32> {gan.name = "turned"}, tensor<4x6xf32> {gan.batched, gan.name = "constant"}) attributes {model = "G"} {
  %c = gan.parameter "c" parameter blob <"weights.bin", 0, 96, "00"> : tensor<4x6xf32>
  %m = gan.parameter "m" parameter blob <"weights.bin", 0, 288, "00"> : tensor<4x6x3xf32>
  %v = gan.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %sum = gan.add %x, %c : tensor<4x6xf32>
  %beside = gan.concat %x, %w dim 1 : tensor<4x6xf32>, tensor<4x6xf32> -> tensor<4x12xf32>
  %p = gan.compare gt %c, %w : tensor<4x6xf32> -> tensor<4x6xi1>
  %chosen = gan.select %p, %x, %x : tensor<4x6xi1>, tensor<4x6xf32>
  %product = gan.dot %x, %m batch [0] [0] contract [1] [1] : tensor<4x6xf32>, tensor<4x6x3xf32> -> tensor<4x3xf32>
  %i = gan.iota dim 0 : tensor<4x6xi32>
  %a = gan.cast %x : tensor<4x6xf32> -> tensor<4x6xi32>
  %places = gan.add %a, %i : tensor<4x6xi32>
  %t = gan.transpose %x permutation [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
  %b = gan.broadcast %v dims [0] : tensor<4xf32> -> tensor<6x4xf32>
  %s = gan.mul %t, %b : tensor<6x4xf32>
  %turned = gan.transpose %s permutation [1, 0] : tensor<6x4xf32> -> tensor<4x6xf32>
  %constant = gan.relu %c : tensor<4x6xf32>
  gan.return %sum, %beside, %chosen, %product, %places, %turned, %constant : tensor<4x6xf32>, tensor<4x12xf32>, tensor<4x6xf32>, tensor<4x3xf32>, tensor<4x6xi32>, tensor<4x6xf32>, tensor<4x6xf32>
}

// -----

// One row for all of them does not, nor what is as long as the batch and meets
// another axis; weights of groups are of one image each.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched output sum", "batched output splat", "batched output channels", "batched output row", "batched output constant", "batched output table", "batched mixed output groups"]
gan.network @G.rows(%x: tensor<2x4x4xf32> {gan.batched}) -> (tensor<2x4x4xf32> {gan.name = "sum"}, tensor<2x4x4xf32> {gan.name = "splat"}, tensor<2x4x4xf32> {gan.name = "channels"}, tensor<2x4x4xf32> {gan.name = "row"}, tensor<2x4x4xf32> {gan.batched, gan.name = "constant"}, tensor<2x4x2xf32> {gan.name = "table"}, tensor<2x2x4xf32> {gan.name = "groups"}) attributes {model = "G"} {
  %c = gan.parameter "c" parameter blob <"weights.bin", 0, 64, "00"> : tensor<4x4xf32>
  %v = gan.parameter "v" parameter blob <"weights.bin", 0, 16, "00"> : tensor<4xf32>
  %w = gan.parameter "w" parameter blob <"weights.bin", 0, 192, "00"> : tensor<4x4x3xf32>
  %rows = gan.broadcast %c dims [0] : tensor<4x4xf32> -> tensor<2x4x4xf32>
  %squares = gan.softmax %rows dim 2 : tensor<2x4x4xf32>
  %sum = gan.add %x, %squares : tensor<2x4x4xf32>
  %one = gan.constant dense<2.0> : tensor<2x4x4xf32>
  %splat = gan.mul %x, %one : tensor<2x4x4xf32>
  %wide = gan.broadcast %v dims [0, 2] : tensor<4xf32> -> tensor<2x4x4xf32>
  %channels = gan.mul %x, %wide : tensor<2x4x4xf32>
  %equal = gan.constant dense<[[[1.0, 2.0, 3.0, 4.0]], [[1.0, 2.0, 3.0, 4.0]]]> : tensor<2x1x4xf32>
  %k = gan.reshape %equal : tensor<2x1x4xf32> -> tensor<2x4xf32>
  %kk = gan.broadcast %k dims [1] : tensor<2x4xf32> -> tensor<2x4x4xf32>
  %row = gan.add %x, %kk : tensor<2x4x4xf32>
  %i = gan.constant dense<[3, 1]> : tensor<2xi32>
  %table = gan.gather %x, %i dim 2 : tensor<2x4x4xf32>, tensor<2xi32> -> tensor<2x4x2xf32>
  %a = gan.reshape %x : tensor<2x4x4xf32> -> tensor<1x8x4xf32>
  %b = gan.conv %a, %w geometry <stride = [1], dilation = [1], low = [1], high = [1], groups = 2> : tensor<1x8x4xf32>, tensor<4x4x3xf32> -> tensor<1x4x4xf32>
  %groups = gan.reshape %b : tensor<1x4x4xf32> -> tensor<2x2x4xf32>
  gan.return %sum, %splat, %channels, %row, %squares, %table, %groups : tensor<2x4x4xf32>, tensor<2x4x4xf32>, tensor<2x4x4xf32>, tensor<2x4x4xf32>, tensor<2x4x4xf32>, tensor<2x4x2xf32>, tensor<2x2x4xf32>
}

// -----

// Numbers that an importer made from the count of images.
// CHECK-LABEL: gan.program @infer
// CHECK-SAME: results ["batched mixed output y"]
// WORDS: warning: uses the count of images in a run as a number: 'y' is not made image by image
gan.network @G.count(%x: tensor<4x3xf32> {gan.batched}) -> (tensor<4x3xf32> {gan.name = "y"}) attributes {model = "G"} {
  %n = gan.constant {gan.from_count} dense<4.0> : tensor<4x3xf32>
  %y = gan.div %x, %n : tensor<4x3xf32>
  gan.return %y : tensor<4x3xf32>
}
