//===- GameStepOps.td - statements of a game's step -----------------------===//

#ifndef DIALECTS_GAME_IR_GAMESTEPOPS_TD
#define DIALECTS_GAME_IR_GAMESTEPOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/gan/IR/GanAttrs.td"
include "dialects/game/IR/GameDialect.td"

def Game_StepOp : Game_Op<"step", [NoTerminator, SingleBlock]> {
  let summary = "what is repeated";
  let description = [{
    The whole step; one block of statements. See game-language, section 2.

    No constraints.

    Example:
    ```mlir
    game.step {
    }
    ```
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict-with-keyword $body";
}

class Game_BlockOp<string mnemonic, list<Trait> traits = []>
    : Game_Op<mnemonic, traits # [NoTerminator, SingleBlock]> {
  let regions = (region SizedRegion<1>:$body);
}

def Game_StartOp : Game_BlockOp<"start"> {
  let summary = "what runs once, before the first step of a new run";
  let description = [{
    Statements behind the starts that `gan.state` declares. Those called "weights" make
    a start of numbers that were drawn, before weights are read from a file; those
    called "state" make one state from another, behind that. A resumed run does without.

    No constraints.

    Example:
    ```mlir
    game.start "state" {
      %k = game.read "state/k" : tensor<f32>
      game.assign "state/m" %k : tensor<f32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name);
  let assemblyFormat = "$name attr-dict-with-keyword $body";
}

def Game_FollowOp : Game_BlockOp<"follow"> {
  let summary = "statements behind each update that changes a parameter";
  let description = [{
    No constraints.

    Example:
    ```mlir
    game.follow "D/0.weight" {
      %u = game.read "D/0.weight#u" : tensor<4xf32>
      game.assign "D/0.weight#u" %u : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$parameter);
  let assemblyFormat = "$parameter attr-dict-with-keyword $body";
}

def Game_ScopeOp : Game_BlockOp<"block"> {
  let summary = "a plain block: its draws are its own";
  let description = [{
    No constraints.

    Example:
    ```mlir
    game.step {
      game.block {
      }
    }
    ```
  }];
  let assemblyFormat = "attr-dict-with-keyword $body";
}

def Game_RepeatOp : Game_BlockOp<"repeat"> {
  let summary = "a block that runs `floor(count)` times";
  let description = [{
    No constraints.

    Example:
    ```mlir
    game.step {
      %n = arith.constant 5.0 : f64
      game.repeat %n {
      }
    }
    ```
  }];
  let arguments = (ins F64:$count);
  let assemblyFormat = "$count attr-dict-with-keyword $body";
}

def Game_WhenOp : Game_BlockOp<"when"> {
  let summary = "a block that runs if a host condition holds";
  let description = [{
    `every k` is `when step mod k == 0`, with `interval` k and `gain` g, which the
    importer has already multiplied into the objectives.

    No constraints.

    Example:
    ```mlir
    game.step {
      %c = arith.constant true
      game.when %c {
      }
    }
    ```
  }];
  let arguments = (ins I1:$condition, OptionalAttr<I64Attr>:$interval);
  let assemblyFormat = "$condition (`interval` $interval^)? attr-dict-with-keyword $body";
}

def Game_TogetherOp : Game_BlockOp<"together"> {
  let summary = "updates that all take gradients first, then all step";
  let description = [{
    No constraints.

    Example:
    ```mlir
    game.step {
      game.together {
      }
    }
    ```
  }];
  let assemblyFormat = "attr-dict-with-keyword $body";
}

def Game_AccumulateOp : Game_BlockOp<"accumulate"> {
  let summary = "passes whose gradients are averaged before anything is updated";
  let description = [{
    The block runs `passes` times, with draws of its own each time, and all passes see
    the parameters of the beginning. Each update takes the mean of its gradients over
    the passes and is applied once, after the last one, in text order. What a pass
    assigns, as a pool's samples, the next one reads.

    C1. There is at least one pass.
    C2. A player has at most one update in it.
    C3. It holds no repetition, no condition and no other `accumulate`.

    Example:
    ```mlir
    game.step {
      game.accumulate 8 {
      }
    }
    ```
  }];
  let arguments = (ins I64Attr:$passes);
  let assemblyFormat = "$passes attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Game_DrawOp : Game_Op<"draw"> {
  let summary = "one value of a data stream or a sample";
  let description = [{
    One value per instance of the innermost block in which the name is written.
    `site` keys a sample (CRC-32C of `name#k`); data ignores it. `name` is what
    `--given` and `--record` call it.

    C1. The result has the declared type.

    Example:
    ```mlir
    game.sample @z normal 0.0, 1.0 : tensor<64x100xf32>
    game.step {
      %z = game.draw @z site 12 scope block name "z" : tensor<64x100xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$source, I32Attr:$site,
                       Gan_ScopeAttr:$scope, StrAttr:$name);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $source `site` $site `scope` $scope `name` $name attr-dict `:` type($result)
  }];
}

def Game_LetOp : Game_Op<"let", [Pure, Gan_Identity, SameOperandsAndResultType]> {
  let summary = "a name for a value";
  let description = [{
    Opaque until the phase `grad`: the value that carries the name is the one that
    `gan.grad` differentiates by.

    No constraints.

    Example:
    ```mlir
    func.func @let(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = game.let "xf" %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, AnyRankedTensor:$value);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$name $value attr-dict `:` type($result)";
}

def Game_ReadOp : Game_Op<"read"> {
  let summary = "the value that a state has at this place";
  let description = [{
    `state/k`, or after `link` a parameter or buffer such as `G/0.weight`.

    No constraints.

    Example:
    ```mlir
    game.step {
      %k = game.read "state/k" : tensor<f32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
}

def Game_AssignOp : Game_Op<"assign"> {
  let summary = "a new value of a state, from here on";
  let description = [{
    No constraints.

    Example:
    ```mlir
    game.step {
      %k = game.read "state/k" : tensor<f32>
      game.assign "state/k" %k : tensor<f32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, AnyRankedTensor:$value);
  let assemblyFormat = "$name $value attr-dict `:` type($value)";
}

def Game_ApplyOp : Game_Op<"apply",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "an application of a network";
  let description = [{
    `instance` is a `gan.network`; `network` the game's network or an average of
    one, whose state gives the parameters. `application` numbers the applications of a
    game: one each time one is written. `statistics` and `dropout` are its mode (rule
    5), decided by the frontend: in a step, a network of which a player trains a
    parameter normalises with batch statistics and drops; all else infers.

    C1. Operands and results have the instance's types.

    Example:
    ```mlir
    gan.network @G.2x3(%z: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {model = "G"} {
      gan.return %z : tensor<2x3xf32>
    }
    game.network @G file "g.onnx" init [] trainable [] constant []
    func.func @apply(%z: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %x = game.apply @G instance @G.2x3(%z) application 0 statistics batch dropout : (tensor<2x3xf32>) -> tensor<2x3xf32>
      return %x : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$network, FlatSymbolRefAttr:$instance,
                       Variadic<AnyRankedTensor>:$operands, I64Attr:$application,
                       Gan_StatisticsAttr:$statistics, UnitAttr:$dropout);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $network `instance` $instance `(` $operands `)` `application` $application
    `statistics` $statistics (`dropout` $dropout^)? attr-dict `:`
    functional-type($operands, $results)
  }];
}

def Game_UpdateBufferOp : Game_Op<"update_buffer"> {
  let summary = "what a buffer becomes if this application advances it";
  let description = [{
    Left by `link` behind an inlined application in place of `gan.update_buffer`. The
    first update that differentiates through the application with respect to a
    parameter of its own network assigns it (rule 5).

    No constraints.

    Example:
    ```mlir
    func.func @update_buffer(%m: tensor<3xf32>) {
      game.update_buffer "G/0.running_mean" %m application 0 : tensor<3xf32>
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, AnyRankedTensor:$value, I64Attr:$application);
  let assemblyFormat = "$name $value `application` $application attr-dict `:` type($value)";
}

def Game_UpdateOp : Game_Op<"update", [SingleBlock]> {
  let summary = "one player's move";
  let description = [{
    The block computes the objective, which the player minimises (the importer negates
    what it maximises) with respect to the parameters it trains, as they are here.
    `track_all` advances also the applications that only the objective uses.

    No constraints.

    Example:
    ```mlir
    game.step {
      game.update @critic {
        %l = game.read "state/k" : tensor<f32>
        game.objective %l : tensor<f32>
      }
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$player, UnitAttr:$track_all);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$player (`track_all` $track_all^)? attr-dict-with-keyword $body";
}

def Game_ObjectiveOp : Game_Op<"objective", [Terminator, HasParent<"UpdateOp">]> {
  let summary = "what an update minimises";
  let description = [{
    A tensor without axes. `sign` is -1 where the file says `maximises`: the report
    shows `sign * value`.

    No constraints.

    Example:
    ```mlir
    game.step {
      game.update @generator {
        %l = game.read "state/k" : tensor<f32>
        game.objective %l {sign = -1 : i64} : tensor<f32>
      }
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$value,
                       DefaultValuedAttr<I64Attr, "1">:$sign);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Game_YieldOp : Game_Op<"yield", [Pure, Terminator,
    ParentOneOf<["PlayerOp", "EmaOp", "ShowOp", "FoldedOp"]>]> {
  let summary = "results of a declaration's region";
  let description = [{
    No constraints.

    Example:
    ```mlir
    game.show @level {
      %k = game.read "state/k" : tensor<f32>
      game.yield %k : tensor<f32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
}

#endif // DIALECTS_GAME_IR_GAMESTEPOPS_TD
