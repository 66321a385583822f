//===- GameDialect.td - the game dialect ----------------------------------===//

#ifndef DIALECTS_GAME_IR_GAMEDIALECT_TD
#define DIALECTS_GAME_IR_GAMEDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Game_Dialect : Dialect {
  let name = "game";
  let cppNamespace = "::gan::game";
  let summary = "Players, draws, state and the step they repeat";
  let description = [{
    One module per game, as its file states it: declarations, then one `game.step`
    whose statements stand in the order of the text. Arithmetic inside is gan
    operations on tensors; schedules are arith and math on f64 scalars. The order of
    operations is the order of meaning: a `game.read` sees the value that its state
    has at that place.

    The phase `link` replaces every `game.apply` by the network's body; the phase
    `grad` turns the step into a `gan.program`. Declarations stay: the package reads
    names, help texts and ranges from them.
  }];
  // Its attributes and types occur in ours.
  let dependentDialects = ["::gan::GanDialect"];
  let useDefaultAttributePrinterParser = 1;
}

class Game_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::gan::game";
  let genSpecializedAttr = 0;
}
class Game_EnumAttr<EnumInfo info, string mnemonic>
    : EnumAttr<Game_Dialect, info, mnemonic>;

def Game_OptimiserKind : Game_Enum<"OptimiserKind", "rule that turns gradients into new parameters", [
  I32EnumAttrCase<"sgd", 0>, I32EnumAttrCase<"momentum", 1>,
  I32EnumAttrCase<"rmsprop", 2>, I32EnumAttrCase<"adam", 3>,
  I32EnumAttrCase<"adamw", 4>
]>;
def Game_OptimiserKindAttr : Game_EnumAttr<Game_OptimiserKind, "optimiser_kind">;

def Game_PostKind : Game_Enum<"PostKind", "what acts on gradients before, or on parameters after the step", [
  I32EnumAttrCase<"clip_weights", 0>, I32EnumAttrCase<"unit_norm", 1>,
  I32EnumAttrCase<"clip_norm", 2>, I32EnumAttrCase<"replace_nan", 3>,
  I32EnumAttrCase<"clip_value", 4>, I32EnumAttrCase<"decay", 5>,
  I32EnumAttrCase<"orthogonal", 6>
]>;

def Game_PostAttr : AttrDef<Game_Dialect, "Post"> {
  let mnemonic = "post";
  let summary = "one clause behind `then`";
  let description = [{
    Example: `#game.post<clip_weights, 1.0e-2 : f64>`
  }];
  let parameters = (ins EnumParameter<Game_PostKind>:$kind, "::mlir::FloatAttr":$value);
  let assemblyFormat = "`<` $kind `,` $value `>`";
}

def Game_InitKind : Game_Enum<"InitKind", "initial distribution of weights", [
  I32EnumAttrCase<"normal", 0>,     // mean a, standard deviation b
  I32EnumAttrCase<"uniform", 1>,    // a <= u < b
  I32EnumAttrCase<"xavier", 2>,     // Glorot uniform, gain a
  I32EnumAttrCase<"kaiming", 3>,    // He normal over the fan-in, gain a
  I32EnumAttrCase<"orthogonal", 4>, // gain a
  I32EnumAttrCase<"constant", 5>    // a
]>;

def Game_InitAttr : AttrDef<Game_Dialect, "Init"> {
  let mnemonic = "init";
  let summary = "one `init` clause of a network";
  let description = [{
    `pattern` is a glob over parameter names; empty: the weights of contractions
    (rule 12).

    Example: `#game.init<normal, 0.0 : f64, 2.0e-2 : f64, "">`
  }];
  let parameters = (ins EnumParameter<Game_InitKind>:$kind, "::mlir::FloatAttr":$a, "::mlir::FloatAttr":$b,
                        StringRefParameter<"glob">:$pattern);
  let assemblyFormat = "`<` $kind `,` $a `,` $b `,` $pattern `>`";
}

def Game_ParametrisationKind : Game_Enum<"ParametrisationKind", "formula between a trained tensor and a weight", [
  I32EnumAttrCase<"spectral_norm", 0>, // W / (u^T W v); value: epsilon
  I32EnumAttrCase<"weight_norm", 1>,   // g V / |V|
  I32EnumAttrCase<"equalised", 2>      // c W; value: gain
]>;

def Game_Advance : Game_Enum<"Advance", "when a power iteration is made", [
  I32EnumAttrCase<"update", 0>,     // behind each update that changes the weight
  I32EnumAttrCase<"application", 1> // before each application with batch statistics
]>;

def Game_ParametrisationAttr : AttrDef<Game_Dialect, "Parametrisation"> {
  let mnemonic = "parametrisation";
  let summary = "one `with` clause of a network";
  let description = [{
    `pattern` is a glob over parameter names; of those it matches, the weights of
    contractions, for `spectral_norm` also tables of `gan.gather`. `value` as the kind
    says; `iterations` and `advance` are those of spectral_norm.

    Example: `#game.parametrisation<spectral_norm, "*.weight", 1.0e-12 : f64, 1, update>`
  }];
  let parameters = (ins EnumParameter<Game_ParametrisationKind>:$kind,
                        StringRefParameter<"glob">:$pattern, "::mlir::FloatAttr":$value,
                        "int64_t":$iterations, EnumParameter<Game_Advance>:$advance);
  let assemblyFormat = "`<` $kind `,` $pattern `,` $value `,` $iterations `,` $advance `>`";
}

class Game_Op<string mnemonic, list<Trait> traits = []>
    : Op<Game_Dialect, mnemonic, traits>;

#endif // DIALECTS_GAME_IR_GAMEDIALECT_TD
