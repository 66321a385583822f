//===- GanOrderOps.td - places of elements by their size, max pooling -----===//
//
// Places are numbers that `gan.gather` takes: values come by it, and so does
// their derivative. NaN counts as larger than every number, so that it goes
// through (N10); of equal elements the first one in row-major order comes first.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_IR_GANORDEROPS_TD
#define DIALECTS_GAN_IR_GANORDEROPS_TD

include "dialects/gan/IR/GanAttrs.td"

class Gan_ArgExtremeOp<string mnemonic, string what>
    : Gan_PrimitiveOp<mnemonic, [Gan_NoDerivative]> {
  let summary = "place of the " # what # " element along an axis";
  let description = [{
    The axis disappears. The first of equal elements is taken; a NaN, the first
    one, comes before every number.

    C1. `dim` is an axis of the operand.
    C2. The result has the operand's shape without `dim`.
    C3. Axis `dim` is not empty.

    Example:
    ```mlir
    func.func @}] # mnemonic # [{(%x: tensor<2x5xf32>) -> tensor<2xi32> {
      %i = gan.}] # mnemonic # [{ %x dim 1 : tensor<2x5xf32> -> tensor<2xi32>
      return %i : tensor<2xi32>
    }
    ```
  }];
  let arguments = (ins Gan_NumberTensor:$input, I64Attr:$dim);
  let results = (outs Gan_IndexTensor:$result);
  let assemblyFormat = "$input `dim` $dim attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$dim)>];
  let hasVerifier = 1;
}
def Gan_ArgMaxOp : Gan_ArgExtremeOp<"arg_max", "largest">;
def Gan_ArgMinOp : Gan_ArgExtremeOp<"arg_min", "smallest">;

def Gan_SortOp : Gan_PrimitiveOp<"sort", [Gan_NoDerivative]> {
  let summary = "places of elements in the order of their size";
  let description = [{
    Element j of axis `dim` is the place of the operand's j-th smallest element
    along it, or with `descending` of the j-th largest, for j below `count`. The
    order is stable: of equal elements the one with the lower place comes first.
    NaN counts as larger than every number.

    C1. `dim` is an axis of the operand.
    C2. `count` is from 0 to dimension `dim`.
    C3. The result has the operand's shape with dimension `dim` replaced by `count`.

    Example:
    ```mlir
    func.func @sort(%x: tensor<2x5xf32>) -> tensor<2x3xi32> {
      %i = gan.sort %x dim 1 count 3 descending : tensor<2x5xf32> -> tensor<2x3xi32>
      return %i : tensor<2x3xi32>
    }
    ```
  }];
  let arguments = (ins Gan_NumberTensor:$input, I64Attr:$dim,
                       I64Attr:$count, UnitAttr:$descending);
  let results = (outs Gan_IndexTensor:$result);
  let assemblyFormat = [{
    $input `dim` $dim `count` $count (`descending` $descending^)? attr-dict `:`
    type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$dim,
                                 "int64_t":$count, "bool":$descending)>];
  let hasVerifier = 1;
}

// What slides over the last axes of the operand, one number for each of them.
defvar Gan_WindowArguments = (ins Gan_FloatTensor:$input,
    DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$stride,
    DenseI64ArrayAttr:$dilation, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
defvar Gan_WindowFormat = [{
  $input `window` $window `stride` $stride `dilation` $dilation `low` $low
  `high` $high attr-dict `:` type($input) `->` type($result)
}];
defvar Gan_WindowBuilders = [OpBuilder<(ins "::mlir::Value":$input,
    "::llvm::ArrayRef<int64_t>":$window, "::llvm::ArrayRef<int64_t>":$stride,
    "::llvm::ArrayRef<int64_t>":$dilation, "::llvm::ArrayRef<int64_t>":$low,
    "::llvm::ArrayRef<int64_t>":$high)>];

def Gan_WindowArgMaxOp : Gan_PrimitiveOp<"window_arg_max", [Gan_NoDerivative]> {
  let summary = "place of the largest element of a sliding window";
  let description = [{
    Windows slide over the last axes, of which the arrays have one number each.
    Result index o and tap k of an axis meet the operand's
    `o * stride + k * dilation - low`; what lies outside of it never wins. The place
    is the row-major position among these axes. The first of equal elements is
    taken; a NaN, the first one, comes before every number.

    C1. The arrays have one length, from 1 to the operand's rank; `window`, `stride`
    and `dilation` are positive, `low` and `high` are not negative.
    C2. Result dimension of a window axis is
    `floor((d + low + high - (window - 1) * dilation - 1) / stride) + 1`; the others
    are the operand's.
    C3. Every window meets an element.
    C4. The window axes have less than 2^31 elements.

    Example:
    ```mlir
    func.func @window_arg_max(%x: tensor<2x3x4x6xf32>) -> tensor<2x3x2x3xi32> {
      %i = gan.window_arg_max %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<2x3x4x6xf32> -> tensor<2x3x2x3xi32>
      return %i : tensor<2x3x2x3xi32>
    }
    ```
  }];
  let arguments = Gan_WindowArguments;
  let results = (outs Gan_IndexTensor:$result);
  let assemblyFormat = Gan_WindowFormat;
  let builders = Gan_WindowBuilders;
  let hasVerifier = 1;
}

def Gan_MaxPoolOp : Gan_CompositeOp<"max_pool",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "largest element of a sliding window";
  let description = [{
    The elements at the places of `gan.window_arg_max`; the whole derivative goes to
    the one that won.

    C1. The arrays have one length, from 1 to the operand's rank; `window`, `stride`
    and `dilation` are positive, `low` and `high` are not negative.
    C2. The result has the shape that `gan.window_arg_max` gives.
    C3. Every window meets an element.
    C4. The window axes have less than 2^31 elements.

    Example:
    ```mlir
    func.func @max_pool(%x: tensor<2x3x4x6xf32>) -> tensor<2x3x2x3xf32> {
      %y = gan.max_pool %x window [2, 2] stride [2, 2] dilation [1, 1] low [0, 0] high [0, 0] : tensor<2x3x4x6xf32> -> tensor<2x3x2x3xf32>
      return %y : tensor<2x3x2x3xf32>
    }
    ```
  }];
  let arguments = Gan_WindowArguments;
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = Gan_WindowFormat;
  let builders = Gan_WindowBuilders;
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANORDEROPS_TD
