//===- GanActivationOps.td - composites: activations and softmax ----------===//

#ifndef DIALECTS_GAN_IR_GANACTIVATIONOPS_TD
#define DIALECTS_GAN_IR_GANACTIVATIONOPS_TD

include "dialects/gan/IR/GanAttrs.td"

def Gan_ReluOp : Gan_CompositeUnaryOp<"relu"> {
  let summary = "rectified linear unit";
  let description = [{
    `x <= 0 ? 0 : x`; the derivative at 0 is 0 and NaN goes through.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @relu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.relu %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
}

def Gan_LeakyReluOp : Gan_CompositeUnaryOp<"leaky_relu"> {
  let summary = "leaky rectified linear unit";
  let description = [{
    `x <= 0 ? slope * x : x`; the derivative at 0 is the slope.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @leaky_relu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.leaky_relu %x slope 0.2 : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, F64Attr:$slope);
  let assemblyFormat = "$input `slope` $slope attr-dict `:` type($result)";
}

def Gan_ClipOp : Gan_CompositeUnaryOp<"clip"> {
  let summary = "clip to an interval";
  let description = [{
    `min(max(x, low), high)` with derivative 0 at the edges; `high` wins where
    `low > high`. An infinite bound is no bound.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @clip(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.clip %x low 0.0 high 6.0 : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, F64Attr:$low, F64Attr:$high);
  let assemblyFormat = "$input `low` $low `high` $high attr-dict `:` type($result)";
}

class Gan_TieOp<string mnemonic, string what, string sign>
    : Gan_CompositeOp<mnemonic, [SameOperandsAndResultType]> {
  let summary = "element-wise " # what # " of two tensors";
  let description = [{
    `lhs }] # sign # [{ rhs ? lhs : rhs`; at a tie each gets half of the derivative.

    C1. Operands and result have one type.

    Example:
    ```mlir
    func.func @}] # mnemonic # [{(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.}] # mnemonic # [{ %a, %b : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$lhs, Gan_FloatTensor:$rhs);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}
def Gan_MaximumOp : Gan_TieOp<"maximum", "larger", ">">;
def Gan_MinimumOp : Gan_TieOp<"minimum", "smaller", "<">;

class Gan_SoftmaxLikeOp<string mnemonic, string what, string formula>
    : Gan_CompositeUnaryOp<mnemonic> {
  let summary = what # " along an axis";
  let description = [{
    `}] # formula # [{` with m the largest element along `dim`, a constant for
    `gan.grad`; a row of -inf takes m = 0 (N5).

    C1. `dim` is an axis of the operand.
    C2. The result type equals the operand type.

    Example:
    ```mlir
    func.func @}] # mnemonic # [{(%x: tensor<2x10xf32>) -> tensor<2x10xf32> {
      %y = gan.}] # mnemonic # [{ %x dim 1 : tensor<2x10xf32>
      return %y : tensor<2x10xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, I64Attr:$dim);
  let assemblyFormat = "$input `dim` $dim attr-dict `:` type($result)";
  let hasVerifier = 1;
}
def Gan_SoftmaxOp : Gan_SoftmaxLikeOp<"softmax", "softmax", "exp(x - m) / sum(exp(x - m))">;
def Gan_LogSoftmaxOp : Gan_SoftmaxLikeOp<"log_softmax", "logarithm of softmax", "x - m - log(sum(exp(x - m)))">;

def Gan_LogSumExpOp : Gan_CompositeOp<"log_sum_exp"> {
  let summary = "logarithm of the sum of exponentials along an axis";
  let description = [{
    `m + log(sum(exp(x - m)))` with m the largest element along `dim` (N5). The
    axis disappears.

    C1. `dim` is an axis of the operand.
    C2. The result has the operand's shape without `dim`.

    Example:
    ```mlir
    func.func @log_sum_exp(%x: tensor<2x10xf32>) -> tensor<2xf32> {
      %y = gan.log_sum_exp %x dim 1 : tensor<2x10xf32> -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, I64Attr:$dim);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = "$input `dim` $dim attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$dim)>];
  let hasVerifier = 1;
}

def Gan_NormOp : Gan_CompositeOp<"norm"> {
  let summary = "Euclidean norm over axes";
  let description = [{
    `sqrt(sum(x^2))`, with derivative 0 at the zero vector, at every order (N3).

    C1. `dims` are distinct axes of the operand, in increasing order.
    C2. The result has the operand's shape without `dims`.

    Example:
    ```mlir
    func.func @norm(%x: tensor<2x3x4xf32>) -> tensor<2xf32> {
      %y = gan.norm %x dims [1, 2] : tensor<2x3x4xf32> -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $input `dims` $dims attr-dict `:` type($input) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input,
                                 "::llvm::ArrayRef<int64_t>":$dims)>];
  let hasVerifier = 1;
}

def Gan_DropoutOp : Gan_Op<"dropout", [Pure, SameOperandsAndResultType]> {
  let summary = "dropout as a network's file states it";
  let description = [{
    Exists only inside a network. An application in training mode becomes a draw,
    a comparison and `select(u < 1 - ratio, x / (1 - ratio), 0)`; one in inference
    mode becomes the operand. `training` says that the file itself has training
    mode, which matters where no game applies the network.

    C1. `0 <= ratio < 1`.
    C2. The result type equals the operand type.

    Example:
    ```mlir
    func.func @dropout(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.dropout %x ratio 0.5 : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, F64Attr:$ratio,
                       UnitAttr:$training);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $input `ratio` $ratio (`training` $training^)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

#endif // DIALECTS_GAN_IR_GANACTIVATIONOPS_TD
