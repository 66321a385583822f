//===- GanElementwiseOps.td - element-wise primitives ---------------------===//

#ifndef DIALECTS_GAN_IR_GANELEMENTWISEOPS_TD
#define DIALECTS_GAN_IR_GANELEMENTWISEOPS_TD

include "dialects/gan/IR/GanAttrs.td"

class Gan_UnaryOp<string mnemonic, list<Trait> traits = []>
    : Gan_PrimitiveOp<mnemonic,
        traits # [Gan_Elementwise, SameOperandsAndResultType]> {
  let arguments = (ins Gan_FloatTensor:$input);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

class Gan_BinaryOp<string mnemonic, list<Trait> traits = []>
    : Gan_PrimitiveOp<mnemonic,
        traits # [Gan_Elementwise, SameOperandsAndResultType]> {
  let arguments = (ins Gan_NumberTensor:$lhs, Gan_NumberTensor:$rhs);
  let results = (outs Gan_NumberTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

def Gan_AddOp : Gan_BinaryOp<"add", [Commutative]> {
  let summary = "element-wise sum";
  let description = [{
    Computes `lhs + rhs` for every element.

    C1. Operands and result have one type.

    Example:
    ```mlir
    func.func @add(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.add %a, %b : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_MulOp : Gan_BinaryOp<"mul", [Commutative]> {
  let summary = "element-wise product";
  let description = [{
    Computes `lhs * rhs` for every element.

    C1. Operands and result have one type.

    Example:
    ```mlir
    func.func @mul(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.mul %a, %b : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_DivOp : Gan_BinaryOp<"div", []> {
  let summary = "element-wise quotient";
  let description = [{
    Computes `lhs / rhs; integers round towards zero` for every element.

    C1. Operands and result have one type.

    Example:
    ```mlir
    func.func @div(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.div %a, %b : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_NegOp : Gan_UnaryOp<"neg"> {
  let summary = "negation";
  let description = [{
    Computes `-x` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @neg(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.neg %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_ExpOp : Gan_UnaryOp<"exp"> {
  let summary = "exponential";
  let description = [{
    Computes `exp(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @exp(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.exp %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_LogOp : Gan_UnaryOp<"log"> {
  let summary = "natural logarithm";
  let description = [{
    Computes `log(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @log(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.log %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_Log1pOp : Gan_UnaryOp<"log1p"> {
  let summary = "logarithm of one plus x, exact near 0";
  let description = [{
    Computes `log(1 + x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @log1p(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.log1p %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_SqrtOp : Gan_UnaryOp<"sqrt"> {
  let summary = "square root";
  let description = [{
    Computes `sqrt(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @sqrt(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.sqrt %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_RsqrtOp : Gan_UnaryOp<"rsqrt"> {
  let summary = "reciprocal square root";
  let description = [{
    Computes `1 / sqrt(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @rsqrt(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.rsqrt %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_TanhOp : Gan_UnaryOp<"tanh"> {
  let summary = "hyperbolic tangent";
  let description = [{
    Computes `tanh(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @tanh(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.tanh %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_LogisticOp : Gan_UnaryOp<"logistic"> {
  let summary = "logistic function (Sigmoid)";
  let description = [{
    Computes `1 / (1 + exp(-x))` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @logistic(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.logistic %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_SoftplusOp : Gan_UnaryOp<"softplus"> {
  let summary = "softplus, kept whole until code generation (N4)";
  let description = [{
    Computes `log(1 + exp(x)), computed as max(x, 0) + log1p(exp(-abs(x)))` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @softplus(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.softplus %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_SinOp : Gan_UnaryOp<"sin"> {
  let summary = "sine";
  let description = [{
    Computes `sin(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @sin(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.sin %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_CosOp : Gan_UnaryOp<"cos"> {
  let summary = "cosine";
  let description = [{
    Computes `cos(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @cos(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.cos %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_ErfOp : Gan_UnaryOp<"erf"> {
  let summary = "error function";
  let description = [{
    Computes `erf(x)` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @erf(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.erf %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_AbsOp : Gan_UnaryOp<"abs"> {
  let summary = "absolute value";
  let description = [{
    Computes `abs(x); the derivative at 0 is 0` for every element.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @abs(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.abs %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_SignOp : Gan_UnaryOp<"sign", [Gan_NoDerivative]> {
  let summary = "sign";
  let description = [{
    Computes `-1, 0 or 1; NaN stays NaN` for every element. Piecewise constant: derivative zero.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @sign(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.sign %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_FloorOp : Gan_UnaryOp<"floor", [Gan_NoDerivative]> {
  let summary = "largest integer not above x";
  let description = [{
    Computes `floor(x)` for every element. Piecewise constant: derivative zero.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @floor(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.floor %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_CeilOp : Gan_UnaryOp<"ceil", [Gan_NoDerivative]> {
  let summary = "smallest integer not below x";
  let description = [{
    Computes `ceil(x)` for every element. Piecewise constant: derivative zero.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @ceil(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.ceil %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_RoundOp : Gan_UnaryOp<"round", [Gan_NoDerivative]> {
  let summary = "nearest integer, ties to even";
  let description = [{
    Computes `roundeven(x)` for every element. Piecewise constant: derivative zero.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @round(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.round %x : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let hasFolder = 1;
}

def Gan_PowOp : Gan_UnaryOp<"pow"> {
  let summary = "power with a constant exponent";
  let description = [{
    Computes `x ^ exponent` for every element. An integer exponent keeps the
    sign of x; any other makes a negative x NaN.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @pow(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = gan.pow %x to 3.0 : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, F64Attr:$exponent);
  let assemblyFormat = "$input `to` $exponent attr-dict `:` type($result)";
  let hasFolder = 1;
}

def Gan_CompareOp : Gan_PrimitiveOp<"compare",
    [Gan_Elementwise, Gan_NoDerivative, SameTypeOperands,
     SameOperandsAndResultShape]> {
  let summary = "element-wise comparison";
  let description = [{
    Every comparison with NaN is false but `ne`, which is true.

    C1. The operands have one type; the result has their shape and i1 elements.

    Example:
    ```mlir
    func.func @compare(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xi1> {
      %m = gan.compare le %a, %b : tensor<4xf32> -> tensor<4xi1>
      return %m : tensor<4xi1>
    }
    ```
  }];
  let arguments = (ins Gan_ComparisonAttr:$comparison, Gan_NumberTensor:$lhs,
                       Gan_NumberTensor:$rhs);
  let results = (outs Gan_BoolTensor:$result);
  let assemblyFormat = [{
    $comparison $lhs `,` $rhs attr-dict `:` type($lhs) `->` type($result)
  }];
}

def Gan_LogicalOp : Gan_PrimitiveOp<"logical",
    [Gan_Elementwise, Gan_NoDerivative, SameOperandsAndResultType]> {
  let summary = "element-wise boolean function";
  let description = [{
    `and`, `or` or `xor` of two boolean tensors. Not is `xor` with true.

    C1. Operands and result have one type.

    Example:
    ```mlir
    func.func @logical(%a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<4xi1> {
      %m = gan.logical and %a, %b : tensor<4xi1>
      return %m : tensor<4xi1>
    }
    ```
  }];
  let arguments = (ins Gan_LogicalKindAttr:$kind, Gan_BoolTensor:$lhs,
                       Gan_BoolTensor:$rhs);
  let results = (outs Gan_BoolTensor:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` type($result)";
}

def Gan_SelectOp : Gan_PrimitiveOp<"select", [Gan_Elementwise,
    AllTypesMatch<["on_true", "on_false", "result"]>,
    SameOperandsAndResultShape]> {
  let summary = "element-wise choice";
  let description = [{
    `on_true` where `condition` holds, else `on_false`. Both branches must be
    finite wherever a derivative is taken (operator set, N2).

    C1. Both branches and the result have one type.
    C2. The condition has their shape.

    Example:
    ```mlir
    func.func @select(%m: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
      %y = gan.select %m, %a, %b : tensor<4xi1>, tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_BoolTensor:$condition, Gan_Tensor:$on_true,
                       Gan_Tensor:$on_false);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = [{
    $condition `,` $on_true `,` $on_false attr-dict `:` type($condition) `,`
    type($result)
  }];
  let hasFolder = 1;
}

def Gan_CastOp : Gan_PrimitiveOp<"cast",
    [Gan_Elementwise, SameOperandsAndResultShape]> {
  let summary = "conversion of the element type";
  let description = [{
    Float to integer rounds towards zero and saturates, NaN becomes 0; number to
    boolean is `x != 0`; boolean to number is 0 or 1.

    C1. The result has the operand's shape.

    Example:
    ```mlir
    func.func @cast(%x: tensor<4xi32>) -> tensor<4xf32> {
      %y = gan.cast %x : tensor<4xi32> -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Gan_StopOp : Gan_PrimitiveOp<"stop",
    [Gan_Elementwise, SameOperandsAndResultType]> {
  let summary = "identity without a derivative";
  let description = [{
    The operand; a constant for `gan.grad`.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @stop(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = gan.stop %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_Tensor:$input);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Gan_ReverseGradientOp : Gan_UnaryOp<"reverse_gradient"> {
  let summary = "identity whose derivative is negated and scaled";
  let description = [{
    The operand; its cotangent is `-factor` times the result's (arXiv
    1409.7495). Not a true derivative: finite differences must skip it.

    C1. The result type equals the operand type.

    Example:
    ```mlir
    func.func @reverse_gradient(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = gan.reverse_gradient %x by 1.0 : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$input, F64Attr:$factor);
  let assemblyFormat = "$input `by` $factor attr-dict `:` type($result)";
}

#endif // DIALECTS_GAN_IR_GANELEMENTWISEOPS_TD
