//===- GanNormOps.td - composites: normalisations -------------------------===//

#ifndef DIALECTS_GAN_IR_GANNORMOPS_TD
#define DIALECTS_GAN_IR_GANNORMOPS_TD

include "dialects/gan/IR/GanAttrs.td"

def Gan_BatchNormOp : Gan_CompositeOp<"batch_norm",
    [AllTypesMatch<["input", "result"]>,
     AllTypesMatch<["scale", "bias", "mean", "variance", "new_mean",
                    "new_variance"]>]> {
  let summary = "batch normalisation";
  let description = [{
    `(x - m) * rsqrt(v + epsilon) * scale + bias` per channel (axis 1). With
    `batch` statistics m and v are the batch's mean and population variance over all
    other axes, and the new running values are `momentum * old + (1 - momentum) * current`;
    `unbiased` takes N/(N-1) times the population variance there, as PyTorch does.
    With `running` statistics m and v are the operands and pass through unchanged.

    C1. The operand has rank 2 or more; the vectors have its dimension 1.
    C2. With `unbiased` and `batch`, more than one element is normalised.

    Example:
    ```mlir
    func.func @batch_norm(%x: tensor<8x3x4x4xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>) -> tensor<8x3x4x4xf32> {
      %y, %new_mean, %new_variance = gan.batch_norm batch %x, %s, %b, %m, %v epsilon 1.0e-5 momentum 0.9 : tensor<8x3x4x4xf32>, tensor<3xf32>
      return %y : tensor<8x3x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_StatisticsAttr:$statistics, Gan_FloatTensor:$input,
                       Gan_FloatTensor:$scale, Gan_FloatTensor:$bias,
                       Gan_FloatTensor:$mean, Gan_FloatTensor:$variance,
                       F64Attr:$epsilon, F64Attr:$momentum, UnitAttr:$unbiased);
  let results = (outs Gan_FloatTensor:$result, Gan_FloatTensor:$new_mean,
                      Gan_FloatTensor:$new_variance);
  let assemblyFormat = [{
    $statistics $input `,` $scale `,` $bias `,` $mean `,` $variance `epsilon`
    $epsilon `momentum` $momentum (`unbiased` $unbiased^)? attr-dict `:`
    type($input) `,` type($scale)
  }];
  let hasVerifier = 1;
}

def Gan_InstanceNormOp : Gan_CompositeOp<"instance_norm",
    [AllTypesMatch<["input", "result"]>, AllTypesMatch<["scale", "bias"]>]> {
  let summary = "instance normalisation";
  let description = [{
    Mean and population variance of every sample and channel over space;
    `(x - m) * rsqrt(v + epsilon) * scale + bias`, the last two per channel.

    C1. The operand has rank 3 or more; scale and bias have its dimension 1.

    Example:
    ```mlir
    func.func @instance_norm(%x: tensor<8x3x4x4xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<8x3x4x4xf32> {
      %y = gan.instance_norm %x, %s, %b epsilon 1.0e-5 : tensor<8x3x4x4xf32>, tensor<3xf32>
      return %y : tensor<8x3x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, Gan_FloatTensor:$scale,
                       Gan_FloatTensor:$bias, F64Attr:$epsilon);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `epsilon` $epsilon attr-dict `:` type($input) `,`
    type($scale)
  }];
  let hasVerifier = 1;
}

def Gan_LayerNormOp : Gan_CompositeOp<"layer_norm",
    [AllTypesMatch<["input", "result"]>, AllTypesMatch<["scale", "bias"]>]> {
  let summary = "layer normalisation";
  let description = [{
    Mean and population variance over the axes from `axis` on;
    `(x - m) * rsqrt(v + epsilon) * scale + bias`.

    C1. `axis` is an axis of the operand.
    C2. Scale and bias have the operand's shape from `axis` on.

    Example:
    ```mlir
    func.func @layer_norm(%x: tensor<8x5x6xf32>, %s: tensor<6xf32>, %b: tensor<6xf32>) -> tensor<8x5x6xf32> {
      %y = gan.layer_norm %x, %s, %b axis 2 epsilon 1.0e-5 : tensor<8x5x6xf32>, tensor<6xf32>
      return %y : tensor<8x5x6xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, Gan_FloatTensor:$scale,
                       Gan_FloatTensor:$bias, I64Attr:$axis, F64Attr:$epsilon);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `axis` $axis `epsilon` $epsilon attr-dict `:`
    type($input) `,` type($scale)
  }];
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANNORMOPS_TD
