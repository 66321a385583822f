//===- Passes.td - passes from gan to gan ---------------------------------===//

#ifndef DIALECTS_GAN_TRANSFORMS_PASSES
#define DIALECTS_GAN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def DifferentiatePass : Pass<"gan-differentiate"> {
  let summary = "gan.grad becomes primitives";
  let description = [{
    Reverse mode, inner gradients first, so any order of derivative follows.
    Composites of functions that hold a `gan.grad` are expanded first. Only values
    on a path from `wrt` to the value get a cotangent; what a gradient leaves
    unused is removed. An error, with the whole path, where no derivative is
    defined; an error where there is no path and zero was not asked for.

    ```mlir
    %y = gan.mul %x, %x : tensor<4xf32>
    %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    ==>
    %g = gan.add %x, %x : tensor<4xf32>
    ```
  }];
  let statistics = [
    Statistic<"numGradients", "gradients", "gan.grad operations replaced">
  ];
  let dependentDialects = ["::gan::GanDialect"];
}

def ExpandCompositesPass : Pass<"gan-expand-composites"> {
  let summary = "composites become primitives";
  let description = [{
    Every operation that knows its expansion is replaced by it, until primitives
    alone are left.

    ```mlir
    %y = gan.relu %x : tensor<4xf32>
    ==>
    %zero = gan.constant dense<0.0> : tensor<4xf32>
    %m = gan.compare le %x, %zero : tensor<4xf32> -> tensor<4xi1>
    %y = gan.select %m, %zero, %x : tensor<4xi1>, tensor<4xf32>
    ```
  }];
  let statistics = [
    Statistic<"numComposites", "composites", "composites replaced">
  ];
  let dependentDialects = ["::gan::GanDialect"];
}

def NetworkToProgramPass : Pass<"gan-network-to-program", "::mlir::ModuleOp"> {
  let summary = "a network alone becomes an inference";
  let description = [{
    Where no game has taken the networks of a module, each becomes a program in
    the mode that its file has: dropout does nothing, and is refused where the
    file says that it is in training mode. Initializers stay constants.

    `batched` in the name of an argument or result says that axis 0 counts the images
    of a run; `mixed` says that a result depends on more images than the one it belongs
    to, or belongs to none: such a run can't be filled up with repetitions.

    ```mlir
    gan.network @G.2x3(%z: tensor<2x3xf32> {gan.name = "z"}) -> (tensor<2x3xf32> {gan.name = "image"}) attributes {model = "G"} {
      %y = gan.tanh %z : tensor<2x3xf32>
      gan.return %y : tensor<2x3xf32>
    }
    ==>
    gan.program @infer(%z: tensor<2x3xf32>) arguments ["input z"] results ["output image"] {
      %y = gan.tanh %z : tensor<2x3xf32>
      gan.yield %y : tensor<2x3xf32>
    }
    ```
  }];
  let dependentDialects = ["::gan::GanDialect"];
}

def SafeFormsPass : Pass<"gan-safe-forms"> {
  let summary = "logarithms of probabilities are computed from logits";
  let description = [{
    Runs before differentiation: afterwards the derivative of a logarithm of a
    logistic function is 0/0 already. With s the logistic function and sp softplus:

    - `log s(t)` is `-sp(-t)`, `log (1 - s(t))` is `-sp(t)`, their difference is t;
    - `a log s(t) + (1 - a) log (1 - s(t))` is `a t - sp(t)`;
    - `s(t) / (1 - s(t))` is `exp(t)`;
    - `log softmax(l)` is `log_softmax(l)`;
    - PyTorch's clamp of such a logarithm at -100 is left out.

    Looks through names, reshape, transpose, reverse, broadcast, slice, concat and
    gather, but not through a value that a gradient is taken by. An epsilon inside
    the logarithm and any other clamp are honoured. No other value changes.

    ```mlir
    %p = gan.logistic %t : tensor<4xf32>
    %y = gan.log %p : tensor<4xf32>
    ==>
    %n = gan.neg %t : tensor<4xf32>
    %s = gan.softplus %n : tensor<4xf32>
    %y = gan.neg %s : tensor<4xf32>
    ```
  }];
  let statistics = [
    Statistic<"numRewritten", "rewritten", "expressions replaced">
  ];
  let dependentDialects = ["::gan::GanDialect"];
}

def FoldBatchNormPass : Pass<"gan-fold-batch-norm"> {
  let summary = "inference statistics move into the weights before them";
  let description = [{
    A `gan.batch_norm` with running statistics becomes a factor of the weight of
    the conv, conv_grad_input or dot before it, and a new bias. What it multiplies
    must come from parameters and constants alone, so that it is computed once, at
    load; a product with another user is left as it is. Batch statistics stay.

    ```mlir
    %c = gan.conv %x, %w …
    %y, … = gan.batch_norm running %c, %scale, %bias, %mean, %variance …
    ==>
    %factor = scale * rsqrt(variance + epsilon)
    %c = gan.conv %x, (%w * %factor) …
    %y = gan.add %c, (bias - mean * factor)
    ```
  }];
  let statistics = [
    Statistic<"numFolded", "folded", "normalisations folded">
  ];
  let dependentDialects = ["::gan::GanDialect"];
}

def SimplifyPass : Pass<"gan-simplify"> {
  let summary = "algebra that keeps every number";
  let description = [{
    Folds constants, composes shape operations, moves broadcasts behind arithmetic
    and sums, takes factors out of sums along which they are equal, takes transposes
    into contractions, makes a dot of a convolution with one output position, and
    joins the selects that derivatives make. Results keep their values up to the
    sign of a zero and, for sums, rounding. Runs after the phase `grad`: before it,
    no value that a gradient could name may be merged or moved.

    ```mlir
    %b = gan.broadcast %x dims [0] : tensor<4xf32> -> tensor<8x4xf32>
    %s = gan.reduce_sum %b dims [0] : tensor<8x4xf32> -> tensor<4xf32>
    ==>
    %n = gan.constant dense<8.0> : tensor<4xf32>
    %s = gan.mul %x, %n : tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::gan::GanDialect"];
}

#endif // DIALECTS_GAN_TRANSFORMS_PASSES
