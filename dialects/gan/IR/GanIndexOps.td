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
    in `[0, d)`, which the importer or the checker has made sure of.

    C1. `dim` is an axis of the operand.
    C2. The result's shape is the operand's with dimension `dim` replaced by the
    shape of `index`.

    Example:
    ```mlir
    func.func @gather(%x: tensor<5x3xf32>, %i: tensor<2x4xi32>) -> tensor<2x4x3xf32> {
      %y = gan.gather %x, %i dim 0 : tensor<5x3xf32>, tensor<2x4xi32> -> tensor<2x4x3xf32>
      return %y : tensor<2x4x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input, Gan_IndexTensor:$index, I64Attr:$dim);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $index `dim` $dim attr-dict `:` type($input) `,` type($index) `->`
    type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$index,
                                 "int64_t":$dim)>];
  let hasVerifier = 1;
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
    shape of `index`.
    C3. The result type equals the type of the base.

    Example:
    ```mlir
    func.func @scatter_add(%x: tensor<5x3xf32>, %i: tensor<4xi32>, %u: tensor<4x3xf32>) -> tensor<5x3xf32> {
      %y = gan.scatter_add %x, %i, %u dim 0 : tensor<5x3xf32>, tensor<4xi32>, tensor<4x3xf32>
      return %y : tensor<5x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$base, Gan_IndexTensor:$index,
                       Gan_FloatTensor:$updates, I64Attr:$dim);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $base `,` $index `,` $updates `dim` $dim attr-dict `:` type($base) `,`
    type($index) `,` type($updates)
  }];
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANINDEXOPS_TD
