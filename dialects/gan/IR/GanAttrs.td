//===- GanAttrs.td - attributes of the gan dialect ------------------------===//

#ifndef DIALECTS_GAN_IR_GANATTRS_TD
#define DIALECTS_GAN_IR_GANATTRS_TD

include "dialects/gan/IR/GanDialect.td"

class Gan_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Gan_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Gan_BlobAttr : Gan_Attr<"Blob", "blob"> {
  let summary = "handle of weights that lie in a file";
  let description = [{
    Bytes `offset … offset + bytes` of `file`, little-endian, row-major. Weights
    never become text: `hash` (XXH3-128, hex) names them across dumps.

    Example: `#gan.blob<"weights.bin", 64, 1024, "0f3a…">`
  }];
  let parameters = (ins StringRefParameter<"path">:$file, "uint64_t":$offset,
                        "uint64_t":$bytes, StringRefParameter<"hex">:$hash);
  let assemblyFormat = "`<` $file `,` $offset `,` $bytes `,` $hash `>`";
}

def Gan_GeometryAttr : Gan_Attr<"Geometry", "geometry"> {
  let summary = "how a convolution ties input, weight and output indices";
  let description = [{
    One number per space axis: output index o and kernel tap k meet input index
    `o * stride + k * dilation - low`. The sizes of all three operands stand in
    their types, so the geometry is never ambiguous.

    C1. All arrays have the number of space axes as length.
    C2. `stride`, `dilation` and `groups` are positive; `low` and `high` are not
    negative.

    Example: `#gan.geometry<stride = [2, 2], dilation = [1, 1], low = [1, 1], high = [1, 1], groups = 1>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$stride,
                        ArrayRefParameter<"int64_t">:$dilation,
                        ArrayRefParameter<"int64_t">:$low,
                        ArrayRefParameter<"int64_t">:$high,
                        "int64_t":$groups);
  let assemblyFormat = [{
    `<` `stride` `=` `[` $stride `]` `,` `dilation` `=` `[` $dilation `]` `,`
        `low` `=` `[` $low `]` `,` `high` `=` `[` $high `]` `,`
        `groups` `=` $groups `>`
  }];
  let genVerifyDecl = 1;
}

class Gan_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::gan";
  let genSpecializedAttr = 0;
}
class Gan_EnumAttr<EnumInfo info, string mnemonic>
    : EnumAttr<Gan_Dialect, info, mnemonic>;

def Gan_Role : Gan_Enum<"Role", "what an initializer is to training", [
  I32EnumAttrCase<"parameter", 0>,
  I32EnumAttrCase<"buffer", 1>,
  I32EnumAttrCase<"constant", 2>,
  I32EnumAttrCase<"undecided", 3>
]>;
def Gan_RoleAttr : Gan_EnumAttr<Gan_Role, "role">;

def Gan_Comparison : Gan_Enum<"Comparison", "ordered comparison; unequal is true for NaN", [
  I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>,
  I32EnumAttrCase<"le", 3>, I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>
]>;
def Gan_ComparisonAttr : Gan_EnumAttr<Gan_Comparison, "comparison">;

def Gan_LogicalKind : Gan_Enum<"LogicalKind", "boolean function of two values", [
  I32EnumAttrCase<"conjunction", 0, "and">, I32EnumAttrCase<"disjunction", 1, "or">,
  I32EnumAttrCase<"exclusive", 2, "xor">
]>;
def Gan_LogicalKindAttr : Gan_EnumAttr<Gan_LogicalKind, "logical_kind">;

def Gan_Distribution : Gan_Enum<"Distribution", "distribution of a draw", [
  I32EnumAttrCase<"normal", 0>,    // mean a, standard deviation b
  I32EnumAttrCase<"uniform", 1>,   // a <= u < b
  I32EnumAttrCase<"bernoulli", 2>, // 1 with probability a, else 0
  I32EnumAttrCase<"integer", 3>,   // 0 <= n < a
  I32EnumAttrCase<"permutation", 8> // 0 … length - 1 in some order
]>;
def Gan_DistributionAttr : Gan_EnumAttr<Gan_Distribution, "distribution">;

def Gan_Scope : Gan_Enum<"Scope", "how long a draw lives", [
  I32EnumAttrCase<"block", 0>, I32EnumAttrCase<"step", 1>, I32EnumAttrCase<"run", 2>
]>;
def Gan_ScopeAttr : Gan_EnumAttr<Gan_Scope, "scope">;

def Gan_ClockKind : Gan_Enum<"ClockKind", "what the host counts", [
  I32EnumAttrCase<"step", 0>, I32EnumAttrCase<"images", 1>, I32EnumAttrCase<"epoch", 2>
]>;
def Gan_ClockKindAttr : Gan_EnumAttr<Gan_ClockKind, "clock_kind">;

def Gan_Statistics : Gan_Enum<"Statistics", "what batch_norm normalises with", [
  I32EnumAttrCase<"batch", 0>, I32EnumAttrCase<"running", 1>
]>;
def Gan_StatisticsAttr : Gan_EnumAttr<Gan_Statistics, "statistics">;

def Gan_StateKind : Gan_Enum<"StateKind", "what a state tensor is", [
  I32EnumAttrCase<"parameter", 0>, I32EnumAttrCase<"buffer", 1>,
  I32EnumAttrCase<"moment", 2>, I32EnumAttrCase<"average", 3>,
  I32EnumAttrCase<"variable", 4>
]>;
def Gan_StateKindAttr : Gan_EnumAttr<Gan_StateKind, "state_kind">;

def Gan_InitializerKind : Gan_Enum<"InitializerKind", "how a state tensor starts", [
  I32EnumAttrCase<"fill", 0>,    // the value a
  I32EnumAttrCase<"weights", 1>, // the bytes of `blob`
  I32EnumAttrCase<"copy", 2>,    // the start of the state named `source`
  I32EnumAttrCase<"normal", 3>,  // mean a, standard deviation b
  I32EnumAttrCase<"uniform", 4>  // a <= u < b
]>;

def Gan_InitializerAttr : Gan_Attr<"Initializer", "initializer"> {
  let summary = "how a state tensor starts";
  let description = [{
    `a` and `b` as the kind says. `blob` for weights, `source` for copy.

    Example: `#gan.initializer<normal a 0.0 : f64 b 2.0e-2 : f64>`
  }];
  let parameters = (ins EnumParameter<Gan_InitializerKind>:$kind,
                        OptionalParameter<"::mlir::FloatAttr">:$a,
                        OptionalParameter<"::mlir::FloatAttr">:$b,
                        OptionalParameter<"::gan::BlobAttr">:$blob,
                        OptionalParameter<"::mlir::StringAttr">:$source);
  let assemblyFormat = [{
    `<` $kind (`a` $a^)? (`b` $b^)? (`blob` $blob^)? (`source` $source^)? `>`
  }];
}

#endif // DIALECTS_GAN_IR_GANATTRS_TD
