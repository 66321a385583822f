//===- GameOps.td - declarations of a game --------------------------------===//

#ifndef DIALECTS_GAME_IR_GAMEOPS_TD
#define DIALECTS_GAME_IR_GAMEOPS_TD

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/gan/IR/GanAttrs.td"
include "dialects/game/IR/GameDialect.td"
include "dialects/game/IR/GameStepOps.td"

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

def Game_OptionOp : Game_Op<"option", [Symbol]> {
  let summary = "a number that the trainer takes as a flag";
  let description = [{
    C1. With bounds, `low <= value <= high`.

    Example:
    ```mlir
    game.option @lambda = 1.0e+01 help "weight of the gradient penalty"
    game.option @gamma = 1.0e+01 in 0.0 to 1.0e+02 help ""
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, F64Attr:$value,
                       OptionalAttr<F64Attr>:$low, OptionalAttr<F64Attr>:$high,
                       StrAttr:$help);
  let assemblyFormat = [{
    $sym_name `=` $value (`in` $low^ `to` $high)? `help` $help attr-dict
  }];
  let hasVerifier = 1;
}

def Game_NetworkOp : Game_Op<"network", [Symbol]> {
  let summary = "a model and what the game says of it";
  let description = [{
    `file` is the ONNX file as the game names it. Instances are the `gan.network`
    operations whose `model` is this symbol. `trainable` and `constant` are globs
    over initializer names that settle undecided roles; `parametrised` are the
    formulas put between trained tensors and weights.

    No constraints.

    Example:
    ```mlir
    game.network @G file "generator.onnx" init [#game.init<normal, 0.0 : f64, 2.0e-2 : f64, "">] trainable [] constant []
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$file, ArrayAttr:$init,
                       StrArrayAttr:$trainable, StrArrayAttr:$constant,
                       OptionalAttr<ArrayAttr>:$parametrised,
                       UnitAttr:$frozen, UnitAttr:$unbiased);
  let assemblyFormat = [{
    $sym_name `file` $file `init` $init `trainable` $trainable `constant` $constant
    (`parametrised` $parametrised^)? (`frozen` $frozen^)? (`unbiased` $unbiased^)?
    attr-dict
  }];
}

def Game_ShareOp : Game_Op<"share"> {
  let summary = "tensors of one network that are also another's";
  let description = [{
    What `from_pattern` names in the network `from` is what `to_pattern` names in the
    network `to`, and has the state of `from`. Patterns are names, or have one `*`
    each, which stands for the same text in both. `link` leaves the pairs: `names[i]`
    of `to` is the state `states[i]`.

    No constraints.

    Example:
    ```mlir
    game.network @G1 file "g1.onnx" init [] trainable [] constant []
    game.network @G2 file "g2.onnx" init [] trainable [] constant []
    game.share @G1 "trunk.*" as @G2 "body.*"
    game.share @G1 "trunk.*" as @G2 "body.*" pairs ["body.weight"] ["G1/trunk.weight"]
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$from, StrAttr:$from_pattern,
                       FlatSymbolRefAttr:$to, StrAttr:$to_pattern,
                       OptionalAttr<StrArrayAttr>:$names,
                       OptionalAttr<StrArrayAttr>:$states);
  let assemblyFormat = [{
    $from $from_pattern `as` $to $to_pattern (`pairs` $names^ $states)? attr-dict
  }];
}

def Game_DataOp : Game_Op<"data", [Symbol]> {
  let summary = "a data stream";
  let description = [{
    Pixels 0 … 255 become `low … high`; `low = high`: as they are. The type has the
    batch first. `pairs` names the stream whose samples it belongs to; `classes` says
    that its integers lie in 0 … classes - 1, for they choose one of so many.

    No constraints.

    Example:
    ```mlir
    game.data @x range -1.0 to 1.0 : tensor<64x1x28x28xf32>
    game.data @y range 0.0 to 0.0 pairs @x classes 10 : tensor<64xi64>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, F64Attr:$low, F64Attr:$high,
                       OptionalAttr<FlatSymbolRefAttr>:$pairs,
                       OptionalAttr<I64Attr>:$classes, TypeAttr:$type);
  let assemblyFormat = [{
    $sym_name `range` $low `to` $high (`pairs` $pairs^)? (`classes` $classes^)?
    attr-dict `:` $type
  }];
}

def Game_SampleOp : Game_Op<"sample", [Symbol]> {
  let summary = "a distribution to draw from";
  let description = [{
    No constraints.

    Example:
    ```mlir
    game.sample @z normal 0.0, 1.0 : tensor<64x100xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Gan_DistributionAttr:$distribution,
                       F64Attr:$a, F64Attr:$b, TypeAttr:$type);
  let assemblyFormat = "$sym_name $distribution $a `,` $b attr-dict `:` $type";
  let extraClassDeclaration = [{
    // Of whole numbers, how many there are.
    std::optional<uint64_t> getClasses();
  }];
}

def Game_PoolOp : Game_Op<"pool", [Symbol]> {
  let summary = "samples that a game keeps to show them again";
  let description = [{
    Two states: `pool/NAME/samples`, of the type, whose first axis counts them, and
    `pool/NAME/count`, how many there are so far. Both start as zero.

    No constraints.

    Example:
    ```mlir
    game.pool @PA : tensor<50x3x64x64xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type);
  let assemblyFormat = "$sym_name attr-dict `:` $type";
}

def Game_StateOp : Game_Op<"state", [Symbol]> {
  let summary = "a tensor that a game keeps across steps";
  let description = [{
    Called `state/NAME` in checkpoints. Starts as `value` in every element.

    No constraints.

    Example:
    ```mlir
    game.state @k = 0.0 : tensor<f32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, F64Attr:$value, TypeAttr:$type);
  let assemblyFormat = "$sym_name `=` $value attr-dict `:` $type";
}

def Game_VariableOp : Game_Op<"variable", [Symbol]> {
  let summary = "a tensor that a player may train";
  let description = [{
    A network of one parameter and no operations: the state is called `NAME/value`,
    and a player trains it by `NAME`.

    No constraints.

    Example:
    ```mlir
    game.variable @w starts <fill a 0.0 : f64> : tensor<1x512xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Gan_InitializerAttr:$initializer,
                       TypeAttr:$type);
  let assemblyFormat = "$sym_name `starts` $initializer attr-dict `:` $type";
}

def Game_PlayerOp : Game_Op<"player", [Symbol]> {
  let summary = "a set of parameters and the rule that changes them";
  let description = [{
    `trains` holds `NETWORK` or `NETWORK/GLOB` strings. The arguments of the optimiser
    are results of the `game.optimiser` region of this player, since they may be
    schedules. `lazy` is the interval k of the lazy correction, 1 for none; `nesterov`
    belongs to momentum, `uncorrected` to an Adam without bias correction. A parameter
    may have several players if each is `shared`; moments and counts are each player's.

    C1. The region yields as many f64 as `argument_names` has entries.

    Example:
    ```mlir
    game.player @critic trains ["D"] by adam arguments ["lr", "beta1", "beta2", "epsilon"] then [] lazy 1 {
      %lr = arith.constant 1.0e-4 : f64
      %beta1 = arith.constant 0.0 : f64
      %beta2 = arith.constant 9.0e-1 : f64
      %epsilon = arith.constant 1.0e-8 : f64
      game.yield %lr, %beta1, %beta2, %epsilon : f64, f64, f64, f64
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$trains,
                       Game_OptimiserKindAttr:$optimiser,
                       StrArrayAttr:$argument_names, ArrayAttr:$then,
                       I64Attr:$lazy, UnitAttr:$nesterov, UnitAttr:$uncorrected,
                       UnitAttr:$shared);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `trains` $trains `by` $optimiser `arguments` $argument_names `then`
    $then `lazy` $lazy (`nesterov` $nesterov^)? (`uncorrected` $uncorrected^)?
    (`shared` $shared^)? attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
}

def Game_EmaOp : Game_Op<"ema", [Symbol]> {
  let summary = "an exponential moving average of a network";
  let description = [{
    Assigned once per step, after the last update: parameters `a + (1 - d)(p - a)`,
    buffers copied; before step `from` everything copied. The region yields d and
    `from`.

    No constraints.

    Example:
    ```mlir
    game.ema @Gs of @G {
      %d = arith.constant 0.999 : f64
      %from = arith.constant 0.0 : f64
      game.yield %d, %from : f64, f64
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$of);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `of` $of attr-dict-with-keyword $body";
}

def Game_ExportOp : Game_Op<"export"> {
  let summary = "a network that is written as ONNX at each snapshot";
  let description = [{
    `template_file` is the file with gaps, which the driver adds; byte `offsets[i]`
    of it is where the state `states[i]` begins.

    C1. There is one offset per state.
    C2. The name has 1 to 64 letters, digits, `.`, `_` and `-`, and begins with
    no `.`: a file's name begins with it.

    Example:
    ```mlir
    game.export @Gs as "generator"
    game.export @Gs as "generator" template <"weights.bin", 0, 2000, "00"> states ["Gs/0.weight"] offsets [400]
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$network, StrAttr:$name,
                       OptionalAttr<Gan_BlobAttr>:$template_file,
                       OptionalAttr<StrArrayAttr>:$states,
                       OptionalAttr<DenseI64ArrayAttr>:$offsets);
  let assemblyFormat = [{
    $network `as` $name
    (`template` $template_file^ `states` $states `offsets` $offsets)? attr-dict
  }];
  let hasVerifier = 1;
}

def Game_ShowOp : Game_Op<"show", [Symbol]> {
  let summary = "an image grid, drawn with fixed samples";
  let description = [{
    The region is in inference mode, its draws have scope run; it yields one tensor
    [N, C, H, W] with pixels in -1 … 1.

    No constraints.

    Example:
    ```mlir
    game.sample @z normal 0.0, 1.0 : tensor<64x1x8x8xf32>
    game.show @fakes {
      %z = game.draw @z site 5 scope run name "z" : tensor<64x1x8x8xf32>
      game.yield %z : tensor<64x1x8x8xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
}

def Game_FoldedOp : Game_Op<"folded", [SingleBlock]> {
  let summary = "weights of a written network that are not state as it stands";
  let description = [{
    Left by `link` beside the export `name`: for each of `states`, whose place in the
    written file is meant, the region yields what the network computes with.

    No constraints.

    Example:
    ```mlir
    game.folded "generator" ["G/0.weight"] {
      %w = game.read "G/0.weight" : tensor<3x4xf32>
      %c = gan.constant dense<0.5> : tensor<3x4xf32>
      %e = gan.mul %w, %c : tensor<3x4xf32>
      game.yield %e : tensor<3x4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, StrArrayAttr:$states);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$name $states attr-dict-with-keyword $body";
}

#endif // DIALECTS_GAME_IR_GAMEOPS_TD
