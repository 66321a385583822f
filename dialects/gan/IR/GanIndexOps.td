//===- GanIndexOps.td - constants, indices, gather and scatter ------------===//

#ifndef DIALECTS_GAN_IR_GANINDEXOPS_TD
#define DIALECTS_GAN_IR_GANINDEXOPS_TD

include "dialects/gan/IR/GanAttrs.td"

def Gan_ConstantOp : Gan_PrimitiveOp<"constant",
    [ConstantLike, Gan_NoDerivative, AllTypesMatch<["value", "result"]>]> {
  let summary = "small literal tensor";
  let description = [{
    For literals and folded indices; weights are `gan.parameter`.

    C1. The value's type is the result type.

    Example:
    ```mlir
    func.func @constant() -> tensor<2xf32> {
      %y = gan.constant dense<[1.0, 2.0]> : tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let builders = [
    // A splat of a number, converted to the element type.
    OpBuilder<(ins "::mlir::RankedTensorType":$type, "double":$splat)>
  ];
  let hasFolder = 1;
}

def Gan_IotaOp : Gan_PrimitiveOp<"iota", [Gan_NoDerivative]> {
  let summary = "index along an axis";
  let description = [{
    Every element is its own index along axis `dim`.

    C1. `dim` is an axis of the result.

    Example:
    ```mlir
    func.func @iota() -> tensor<2x3xi32> {
      %y = gan.iota dim 1 : tensor<2x3xi32>
      return %y : tensor<2x3xi32>
    }
    ```
  }];
  let arguments = (ins I64Attr:$dim);
  let results = (outs Gan_NumberTensor:$result);
  let assemblyFormat = "`dim` $dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Gan_GatherOp : Gan_PrimitiveOp<"gather",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "slices of an axis chosen by index";
  let description = [{
    Axis `dim` of the operand is replaced by the axes of `index`; every index is
    in `[0, d)`, which the importer or the checker has made sure of. The first
    `batch` axes of operand and index are the same: each of their positions has
    indices of its own.

    C1. `dim` is an axis of the operand.
    C2. The result's shape is the operand's with dimension `dim` replaced by the
    shape of `index` behind its first `batch` axes.
    C3. `batch` is from 0 to `dim`, and the first `batch` dimensions of operand and
    `index` are equal.

    Example:
    ```mlir
    func.func @gather(%x: tensor<5x3xf32>, %i: tensor<2x4xi32>) -> tensor<2x4x3xf32> {
      %y = gan.gather %x, %i dim 0 : tensor<5x3xf32>, tensor<2x4xi32> -> tensor<2x4x3xf32>
      return %y : tensor<2x4x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, Gan_IndexTensor:$index, I64Attr:$dim,
                       DefaultValuedAttr<I64Attr, "0">:$batch);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $index `dim` $dim (`batch` $batch^)? attr-dict `:` type($input) `,`
    type($index) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$index,
                                 "int64_t":$dim, CArg<"int64_t", "0">:$batch)>];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    // Whether every index takes one element, which stands where the index stood.
    bool takesElements();
  }];
}

def Gan_ScatterAddOp : Gan_PrimitiveOp<"scatter_add",
    [AllTypesMatch<["base", "result"]>,
     AllElementTypesMatch<["base", "updates"]>]> {
  let summary = "sum of slices into chosen places of an axis";
  let description = [{
    The base plus, for every index, the slice of `updates` at the place that
    `gan.gather` would read. Duplicates are added in index order.

    C1. `dim` is an axis of the base.
    C2. The shape of `updates` is the base's with dimension `dim` replaced by the
    shape of `index` behind its first `batch` axes.
    C3. The result type equals the type of the base.
    C4. `batch` is from 0 to `dim`, and the first `batch` dimensions of base and
    `index` are equal.

    Example:
    ```mlir
    func.func @scatter_add(%x: tensor<5x3xf32>, %i: tensor<4xi32>, %u: tensor<4x3xf32>) -> tensor<5x3xf32> {
      %y = gan.scatter_add %x, %i, %u dim 0 : tensor<5x3xf32>, tensor<4xi32>, tensor<4x3xf32>
      return %y : tensor<5x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$base, Gan_IndexTensor:$index,
                       Gan_FloatTensor:$updates, I64Attr:$dim,
                       DefaultValuedAttr<I64Attr, "0">:$batch);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $base `,` $index `,` $updates `dim` $dim (`batch` $batch^)? attr-dict `:`
    type($base) `,` type($index) `,` type($updates)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$base, "::mlir::Value":$index,
                                 "::mlir::Value":$updates, "int64_t":$dim,
                                 CArg<"int64_t", "0">:$batch)>];
  let hasVerifier = 1;
}

def Gan_DynamicSliceOp : Gan_PrimitiveOp<"dynamic_slice",
    [AllElementTypesMatch<["input", "result"]>]> {
  let summary = "part of a tensor that starts where numbers say";
  let description = [{
    The last axis of `start` has a number for each of the operand's last axes: where
    the part starts, moved into the range in which it fits. The axes of `start` before
    it are the first ones of the operand: each of their positions starts elsewhere.

    C1. `start` has one axis or more, its last dimension is not larger than the number of
    the operand's other axes, and the dimensions before it are the operand's first.
    C2. The result has the operand's shape but for the sliced axes, where it is not
    larger.

    Example:
    ```mlir
    func.func @dynamic_slice(%x: tensor<4x3x8x8xf32>, %s: tensor<4x2xi32>) -> tensor<4x3x5x6xf32> {
      %y = gan.dynamic_slice %x, %s : tensor<4x3x8x8xf32>, tensor<4x2xi32> -> tensor<4x3x5x6xf32>
      return %y : tensor<4x3x5x6xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, Gan_IndexTensor:$start);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $start attr-dict `:` type($input) `,` type($start) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Gan_DynamicUpdateSliceOp : Gan_PrimitiveOp<"dynamic_update_slice",
    [AllTypesMatch<["base", "result"]>,
     AllElementTypesMatch<["base", "update"]>]> {
  let summary = "a tensor with a part replaced where numbers say";
  let description = [{
    The base with `update` in the place that `gan.dynamic_slice` would read.

    C1. `start` has one axis or more, its last dimension is not larger than the number of
    the base's other axes, and the dimensions before it are the base's first.
    C2. `update` has the base's shape but for the sliced axes, where it is not larger.
    C3. The result type equals the type of the base.

    Example:
    ```mlir
    func.func @dynamic_update_slice(%x: tensor<4x3x8x8xf32>, %u: tensor<4x3x5x6xf32>, %s: tensor<4x2xi32>) -> tensor<4x3x8x8xf32> {
      %y = gan.dynamic_update_slice %x, %u, %s : tensor<4x3x8x8xf32>, tensor<4x3x5x6xf32>, tensor<4x2xi32>
      return %y : tensor<4x3x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$base, Gan_Tensor:$update, Gan_IndexTensor:$start);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $base `,` $update `,` $start attr-dict `:` type($base) `,` type($update) `,`
    type($start)
  }];
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANINDEXOPS_TD
