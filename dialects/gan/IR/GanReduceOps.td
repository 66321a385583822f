//===- GanReduceOps.td - reductions, windows and running sums -------------===//

#ifndef DIALECTS_GAN_IR_GANREDUCEOPS_TD
#define DIALECTS_GAN_IR_GANREDUCEOPS_TD

include "dialects/gan/IR/GanAttrs.td"

class Gan_ReduceOp<string mnemonic, string what>
    : Gan_PrimitiveOp<mnemonic, [AllElementTypesMatch<["input", "result"]>]> {
  let summary = what # " over axes";
  let description = [{
    The reduced axes disappear. The order of combination is fixed by the shape,
    never by the number of threads (N8).

    C1. `dims` are distinct axes of the operand, in increasing order.
    C2. The result has the operand's shape without `dims`.

    Example:
    ```mlir
    func.func @}] # mnemonic # [{(%x: tensor<2x3x4xf32>) -> tensor<3xf32> {
      %y = gan.}] # mnemonic # [{ %x dims [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
      return %y : tensor<3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_NumberTensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Gan_NumberTensor:$result);
  let assemblyFormat = [{
    $input `dims` $dims attr-dict `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
                                 "::llvm::ArrayRef<int64_t>":$dims)>];
  let hasVerifier = 1;
}

def Gan_ReduceSumOp : Gan_ReduceOp<"reduce_sum", "sum"> {
  let hasFolder = 1;
}
def Gan_ReduceMaxOp : Gan_ReduceOp<"reduce_max", "largest element">;
def Gan_ReduceMinOp : Gan_ReduceOp<"reduce_min", "smallest element">;

def Gan_MomentsOp : Gan_PrimitiveOp<"moments",
    [AllTypesMatch<["mean", "variance"]>]> {
  let summary = "mean and population variance over axes";
  let description = [{
    One pass over the operand; partial results are merged pairwise in a fixed
    order (Chan). `variance` is the mean of `(x - mean)^2`.

    C1. `dims` are distinct axes of the operand, in increasing order.
    C2. Both results have the operand's shape without `dims`.
    C3. At least one element is reduced.

    Example:
    ```mlir
    func.func @moments(%x: tensor<8x3x4xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
      %mean, %variance = gan.moments %x dims [0, 2] : tensor<8x3x4xf32> -> tensor<3xf32>
      return %mean, %variance : tensor<3xf32>, tensor<3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Gan_FloatTensor:$mean, Gan_FloatTensor:$variance);
  let assemblyFormat = [{
    $input `dims` $dims attr-dict `:` type($input) `->` type($mean)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
                                 "::llvm::ArrayRef<int64_t>":$dims)>];
  let hasVerifier = 1;
}

def Gan_WindowSumOp : Gan_PrimitiveOp<"window_sum",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "sum over a sliding window";
  let description = [{
    Result index o of an axis sums the operand's `o * stride + k` for `k` below
    `window`. Padding is a `gan.pad` before it.

    C1. `window` and `stride` have one positive number per axis.
    C2. Result dimension is `floor((d - window) / stride) + 1`, and `d >= window`.

    Example:
    ```mlir
    func.func @window_sum(%x: tensor<2x7xf32>) -> tensor<2x3xf32> {
      %y = gan.window_sum %x window [1, 3] stride [1, 2] : tensor<2x7xf32> -> tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$stride);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $input `window` $window `stride` $stride attr-dict `:` type($input) `->`
    type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
                                 "::llvm::ArrayRef<int64_t>":$window,
                                 "::llvm::ArrayRef<int64_t>":$stride)>];
  let hasVerifier = 1;
}

def Gan_CumsumOp : Gan_PrimitiveOp<"cumsum", [SameOperandsAndResultType]> {
  let summary = "running sum along an axis";
  let description = [{
    Element i of axis `dim` is the sum of elements 0 … i, in that order.

    C1. `dim` is an axis of the operand.
    C2. The result type equals the operand type.

    Example:
    ```mlir
    func.func @cumsum(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
      %y = gan.cumsum %x dim 1 : tensor<2x5xf32>
      return %y : tensor<2x5xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, I64Attr:$dim);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = "$input `dim` $dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANREDUCEOPS_TD
