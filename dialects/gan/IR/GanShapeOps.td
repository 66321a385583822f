//===- GanShapeOps.td - primitives that move elements ---------------------===//

#ifndef DIALECTS_GAN_IR_GANSHAPEOPS_TD
#define DIALECTS_GAN_IR_GANSHAPEOPS_TD

include "dialects/gan/IR/GanAttrs.td"

def Gan_ReshapeOp : Gan_PrimitiveOp<"reshape",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "same elements in row-major order, another shape";
  let description = [{
    C1. Operand and result have the same number of elements.

    Example:
    ```mlir
    func.func @reshape(%x: tensor<2x6xf32>) -> tensor<3x4xf32> {
      %y = gan.reshape %x : tensor<2x6xf32> -> tensor<3x4xf32>
      return %y : tensor<3x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Gan_TransposeOp : Gan_PrimitiveOp<"transpose",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "permutation of the axes";
  let description = [{
    Axis i of the result is axis `permutation[i]` of the operand.

    C1. `permutation` is a permutation of the operand's axes.
    C2. Result dimension i is operand dimension `permutation[i]`.

    Example:
    ```mlir
    func.func @transpose(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
      %y = gan.transpose %x permutation [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
      return %y : tensor<4x2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $input `permutation` $permutation attr-dict `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
                                 "::llvm::ArrayRef<int64_t>":$permutation)>];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Gan_ReverseOp : Gan_PrimitiveOp<"reverse", [SameOperandsAndResultType]> {
  let summary = "reversal along axes";
  let description = [{
    C1. `dims` are distinct axes of the operand, in increasing order.
    C2. The result type equals the operand type.

    Example:
    ```mlir
    func.func @reverse(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.reverse %x dims [1] : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = "$input `dims` $dims attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Gan_BroadcastOp : Gan_PrimitiveOp<"broadcast",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "repetition along new axes";
  let description = [{
    The result has the axes `dims` beside the operand's, which keep their order;
    the value does not depend on the new axes. Dual of `gan.reduce_sum` over the
    same dims. An axis of length 1 is stretched by `gan.reshape` and this.

    C1. `dims` are distinct axes of the result, in increasing order.
    C2. The result without `dims` has the operand's shape.

    Example:
    ```mlir
    func.func @broadcast(%x: tensor<3xf32>) -> tensor<2x3x4xf32> {
      %y = gan.broadcast %x dims [0, 2] : tensor<3xf32> -> tensor<2x3x4xf32>
      return %y : tensor<2x3x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $input `dims` $dims attr-dict `:` type($input) `->` type($result)
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Gan_ConcatOp : Gan_PrimitiveOp<"concat"> {
  let summary = "tensors one after another along an axis";
  let description = [{
    C1. There is at least one operand; all have the result's rank and element type.
    C2. `dim` is an axis of the result.
    C3. Dimensions other than `dim` are equal; along `dim` they add up to the result's.

    Example:
    ```mlir
    func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x1xf32>) -> tensor<2x4xf32> {
      %y = gan.concat %a, %b dim 1 : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x4xf32>
      return %y : tensor<2x4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Gan_Tensor>:$inputs, I64Attr:$dim);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $inputs `dim` $dim attr-dict `:` type($inputs) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$inputs, "int64_t":$dim)>];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Gan_SliceOp : Gan_PrimitiveOp<"slice",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "strided window of a tensor";
  let description = [{
    Takes the indices `start, start + stride, …` below `stop` of every axis.

    C1. `start`, `stop` and `stride` have one number per axis.
    C2. `0 <= start <= stop <= dimension` and `stride >= 1`.
    C3. Result dimension is `ceil((stop - start) / stride)`.

    Example:
    ```mlir
    func.func @slice(%x: tensor<4x6xf32>) -> tensor<2x3xf32> {
      %y = gan.slice %x start [1, 0] stop [3, 6] stride [1, 2] : tensor<4x6xf32> -> tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, DenseI64ArrayAttr:$start,
                       DenseI64ArrayAttr:$stop, DenseI64ArrayAttr:$stride);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $input `start` $start `stop` $stop `stride` $stride attr-dict `:`
    type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
                                 "::llvm::ArrayRef<int64_t>":$start,
                                 "::llvm::ArrayRef<int64_t>":$stop,
                                 "::llvm::ArrayRef<int64_t>":$stride)>];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Gan_PadOp : Gan_PrimitiveOp<"pad",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "zeros around and between elements, or a crop";
  let description = [{
    Element i of an axis goes to `low + i * (interior + 1)`; the rest is zero.
    Negative `low` or `high` crops. Dual of `gan.slice`.

    C1. `low`, `high` and `interior` have one number per axis; `interior >= 0`.
    C2. Result dimension is `low + high + d + max(d - 1, 0) * interior`, and is
    not negative.

    Example:
    ```mlir
    func.func @pad(%x: tensor<2x3xf32>) -> tensor<4x4xf32> {
      %y = gan.pad %x low [1, 0] high [1, -1] interior [0, 1] : tensor<2x3xf32> -> tensor<4x4xf32>
      return %y : tensor<4x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, DenseI64ArrayAttr:$low,
                       DenseI64ArrayAttr:$high, DenseI64ArrayAttr:$interior);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $input `low` $low `high` $high `interior` $interior attr-dict `:`
    type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
                                 "::llvm::ArrayRef<int64_t>":$low,
                                 "::llvm::ArrayRef<int64_t>":$high,
                                 "::llvm::ArrayRef<int64_t>":$interior)>];
  let hasFolder = 1;
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANSHAPEOPS_TD
