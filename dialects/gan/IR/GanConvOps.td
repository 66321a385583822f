//===- GanConvOps.td - contractions ---------------------------------------===//
//
// With T(x, w, y) the sum of x * w * y over all index triples that the geometry
// ties together, conv = dT/dy, conv_grad_input = dT/dx, conv_grad_weight = dT/dw.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_IR_GANCONVOPS_TD
#define DIALECTS_GAN_IR_GANCONVOPS_TD

include "dialects/gan/IR/GanAttrs.td"

def Gan_DotOp : Gan_PrimitiveOp<"dot"> {
  let summary = "sum of products over contracted axes";
  let description = [{
    The result's axes are the batch axes, then the left operand's free axes, then
    the right operand's, each in their own order.

    C1. The four lists hold distinct axes of their operand; no axis is in two lists.
    C2. Paired axes have equal lengths.
    C3. The result's shape is batch, left free, right free.

    Example:
    ```mlir
    func.func @dot(%a: tensor<8x2x3xf32>, %b: tensor<8x3x4xf32>) -> tensor<8x2x4xf32> {
      %y = gan.dot %a, %b batch [0] [0] contract [2] [1] : tensor<8x2x3xf32>, tensor<8x3x4xf32> -> tensor<8x2x4xf32>
      return %y : tensor<8x2x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$lhs, Gan_FloatTensor:$rhs,
                       DenseI64ArrayAttr:$lhs_batch, DenseI64ArrayAttr:$rhs_batch,
                       DenseI64ArrayAttr:$lhs_contract,
                       DenseI64ArrayAttr:$rhs_contract);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `batch` $lhs_batch $rhs_batch `contract` $lhs_contract
    $rhs_contract attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs,
                                 "::llvm::ArrayRef<int64_t>":$lhsBatch,
                                 "::llvm::ArrayRef<int64_t>":$rhsBatch,
                                 "::llvm::ArrayRef<int64_t>":$lhsContract,
                                 "::llvm::ArrayRef<int64_t>":$rhsContract)>];
  let hasVerifier = 1;
}

class Gan_ConvFamilyOp<string mnemonic> : Gan_PrimitiveOp<mnemonic> {
  let results = (outs Gan_FloatTensor:$result);
  let hasVerifier = 1;
}

def Gan_ConvOp : Gan_ConvFamilyOp<"conv"> {
  let summary = "convolution (cross-correlation)";
  let description = [{
    `y[n, m, o] = sum over c, k of x[n, g*C/G + c, o*stride + k*dilation - low] * w[m, c, k]`
    with g the group of output channel m; outside the input x is zero.

    C1. x is [N, C, space…], w is [M, C/groups, kernel…], y is [N, M, space…], all
    with the geometry's number of space axes.
    C2. `groups` divides C and M.
    C3. Output size is `floor((in + low + high - (k - 1) * dilation - 1) / stride) + 1`
    and positive.

    Example:
    ```mlir
    func.func @conv(%x: tensor<1x3x8x8xf32>, %w: tensor<16x3x4x4xf32>) -> tensor<1x16x4x4xf32> {
      %y = gan.conv %x, %w geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<1x3x8x8xf32>, tensor<16x3x4x4xf32> -> tensor<1x16x4x4xf32>
      return %y : tensor<1x16x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, Gan_FloatTensor:$weight,
                       Gan_GeometryAttr:$geometry);
  let assemblyFormat = [{
    $input `,` $weight `geometry` $geometry attr-dict `:` type($input) `,`
    type($weight) `->` type($result)
  }];
}

def Gan_ConvGradInputOp : Gan_ConvFamilyOp<"conv_grad_input"> {
  let summary = "derivative of a convolution by its input (ConvTranspose)";
  let description = [{
    `x = dT/dx`: the adjoint of `gan.conv` in its input. ONNX ConvTranspose is this
    operation with its weight as it stands.

    C1. w is [M, C/groups, kernel…], y is [N, M, space…], the result is
    [N, C, space…], all with the geometry's number of space axes.
    C2. `groups` divides C and M.
    C3. `gan.conv` of the result's type with w gives the type of y.

    Example:
    ```mlir
    func.func @conv_grad_input(%w: tensor<16x3x4x4xf32>, %y: tensor<1x16x4x4xf32>) -> tensor<1x3x8x8xf32> {
      %x = gan.conv_grad_input %w, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<16x3x4x4xf32>, tensor<1x16x4x4xf32> -> tensor<1x3x8x8xf32>
      return %x : tensor<1x3x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$weight, Gan_FloatTensor:$output,
                       Gan_GeometryAttr:$geometry);
  let assemblyFormat = [{
    $weight `,` $output `geometry` $geometry attr-dict `:` type($weight) `,`
    type($output) `->` type($result)
  }];
}

def Gan_ConvGradWeightOp : Gan_ConvFamilyOp<"conv_grad_weight"> {
  let summary = "derivative of a convolution by its weight";
  let description = [{
    `w = dT/dw`: the adjoint of `gan.conv` in its weight.

    C1. x is [N, C, space…], y is [N, M, space…], the result is
    [M, C/groups, kernel…], all with the geometry's number of space axes.
    C2. `groups` divides C and M.
    C3. `gan.conv` of x with the result's type gives the type of y.

    Example:
    ```mlir
    func.func @conv_grad_weight(%x: tensor<1x3x8x8xf32>, %y: tensor<1x16x4x4xf32>) -> tensor<16x3x4x4xf32> {
      %w = gan.conv_grad_weight %x, %y geometry <stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1> : tensor<1x3x8x8xf32>, tensor<1x16x4x4xf32> -> tensor<16x3x4x4xf32>
      return %w : tensor<16x3x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, Gan_FloatTensor:$output,
                       Gan_GeometryAttr:$geometry);
  let assemblyFormat = [{
    $input `,` $output `geometry` $geometry attr-dict `:` type($input) `,`
    type($output) `->` type($result)
  }];
}

#endif // DIALECTS_GAN_IR_GANCONVOPS_TD
