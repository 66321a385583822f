//===- GanDialect.td - the gan dialect and its base classes ---------------===//
//
// Tensors in, tensors out, value semantics. Primitives are closed under
// differentiation; composites know their expansion into primitives.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_IR_GANDIALECT_TD
#define DIALECTS_GAN_IR_GANDIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/gan/IR/GanInterfaces.td"

def Gan_Dialect : Dialect {
  let name = "gan";
  let cppNamespace = "::gan";
  let summary = "Tensor operations of GANs, closed under differentiation";
  let description = [{
    Networks, the primitives they are made of, and the adversarial step once it
    is one pure region. All tensors are ranked; every shape is a number, but for
    the `?` of batched kernels.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Gan_Tensor : RankedTensorOf<[F32, I32, I64, I1]>;
def Gan_FloatTensor : RankedTensorOf<[F32]>;
def Gan_BoolTensor : RankedTensorOf<[I1]>;
def Gan_IndexTensor : RankedTensorOf<[I32]>;
def Gan_NumberTensor : RankedTensorOf<[F32, I32, I64]>;
def Gan_Scalar : Type<
    And<[0DTensorOf<[F32]>.predicate]>, "tensor of one f32 without axes",
    "::mlir::RankedTensorType">,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getF32Type())">;
def Gan_Key : Type<
    CPred<"$_self == ::mlir::RankedTensorType::get({4}, ::mlir::IntegerType::get($_self.getContext(), 32))">,
    "random key, tensor<4xi32>", "::mlir::RankedTensorType">,
    BuildableType<"::mlir::RankedTensorType::get({4}, $_builder.getI32Type())">;

//===----------------------------------------------------------------------===//
// Traits and interfaces
//===----------------------------------------------------------------------===//

// Members of the closed set. Rules for derivatives, the reference interpreter and
// the backends know these and nothing else.
def Gan_Primitive : NativeOpTrait<"PrimitiveTrait"> {
  let cppNamespace = "::gan";
}

// Result element [i] depends on operand elements [i] only.
def Gan_Elementwise : NativeOpTrait<"ElementwiseTrait"> {
  let cppNamespace = "::gan";
}

// Results are integers or booleans, or piecewise constant: the derivative is zero
// and never blocks a path (operator set, N7).
def Gan_NoDerivative : NativeOpTrait<"NoDerivativeTrait"> {
  let cppNamespace = "::gan";
}

// The result is the operand: a name or a mark on a value.
def Gan_Identity : NativeOpTrait<"IdentityTrait"> {
  let cppNamespace = "::gan";
}

//===----------------------------------------------------------------------===//
// Base classes
//===----------------------------------------------------------------------===//

class Gan_Op<string mnemonic, list<Trait> traits = []>
    : Op<Gan_Dialect, mnemonic, traits>;

class Gan_PrimitiveOp<string mnemonic, list<Trait> traits = []>
    : Gan_Op<mnemonic, traits # [Pure, Gan_Primitive]>;

class Gan_CompositeOp<string mnemonic, list<Trait> traits = []>
    : Gan_Op<mnemonic, traits # [Pure,
        DeclareOpInterfaceMethods<Gan_CompositeInterface>]>;

// A composite of one float operand whose result has the operand's type.
class Gan_CompositeUnaryOp<string mnemonic, list<Trait> traits = []>
    : Gan_CompositeOp<mnemonic, traits # [SameOperandsAndResultType]> {
  let arguments = (ins Gan_FloatTensor:$input);
  let results = (outs Gan_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

#endif // DIALECTS_GAN_IR_GANDIALECT_TD
