//===- GanStructureOps.td - networks, programs, state and the host --------===//
//
// What holds operations together: a network imported from a file, a program that
// is one pure region over state, and the numbers that the host computes in f64
// (with arith and math on f64 scalars).
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_IR_GANSTRUCTUREOPS_TD
#define DIALECTS_GAN_IR_GANSTRUCTUREOPS_TD

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "dialects/gan/IR/GanAttrs.td"

// Counts, keys, data cursors: what the host changes while a program runs.
def Gan_Host : Resource<"::gan::HostResource">;
// Reports and records: what the outside world sees.
def Gan_Outside : Resource<"::gan::OutsideResource">;

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

def Gan_NetworkOp : Gan_Op<"network", [IsolatedFromAbove, FunctionOpInterface,
    SingleBlockImplicitTerminator<"ReturnOp">]> {
  let summary = "one instance of a network, for fixed argument types";
  let description = [{
    Made by a frontend per (model, argument types). Instances of one model share
    parameters by name: `model` is the name that owns them. Argument and result
    names are the file's, in the attributes `gan.name` of arguments and results;
    `gan.batched` marks those whose axis 0 counts images, and `gan.indexes` an argument
    whose integers index an axis of that length.

    C1. The operands of `gan.return` have the function's result types.

    Example:
    ```mlir
    gan.network @G.2x3(%z: tensor<2x3xf32> {gan.name = "z"}) -> (tensor<2x4xf32> {gan.name = "image"}) attributes {model = "G"} {
      %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 48, "00"> : tensor<3x4xf32>
      %y = gan.dot %z, %w batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
      gan.return %y : tensor<2x4xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<FunctionType>:$function_type, StrAttr:$model,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    // The file's name of an argument or result; empty if it has none.
    ::llvm::StringRef getArgumentName(unsigned index);
    ::llvm::StringRef getResultName(unsigned index);
  }];
}

def Gan_ReturnOp : Gan_Op<"return", [Pure, Terminator, ReturnLike,
    HasParent<"NetworkOp">]> {
  let summary = "results of a network";
  let description = [{
    C1. The operand types are the network's result types.

    Example:
    ```mlir
    gan.network @Identity(%z: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {model = "Identity"} {
      gan.return %z : tensor<2x3xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Gan_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
  let hasVerifier = 1;
}

def Gan_ParameterOp : Gan_Op<"parameter", [Pure]> {
  let summary = "an initializer of a network";
  let description = [{
    The value that the file holds, or, once a game owns the network, the current
    value of the state `<model>/<name>`.

    C1. The blob's size is the type's.

    Example:
    ```mlir
    func.func @parameter() -> tensor<3x4xf32> {
      %w = gan.parameter "0.weight" parameter blob <"weights.bin", 0, 48, "00"> : tensor<3x4xf32>
      return %w : tensor<3x4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, Gan_RoleAttr:$role, Gan_BlobAttr:$blob);
  let results = (outs Gan_Tensor:$result);
  let assemblyFormat = "$name $role `blob` $blob attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Gan_UpdateBufferOp : Gan_Op<"update_buffer",
    [MemoryEffects<[MemWrite<Gan_Outside>]>]> {
  let summary = "new value of a buffer after this application";
  let description = [{
    Stands inside a network beside the operation that computes it (running
    statistics of `gan.batch_norm`). Which application's value becomes state is the
    game's business.

    No constraints.

    Example:
    ```mlir
    func.func @update_buffer(%m: tensor<3xf32>) {
      gan.update_buffer "0.running_mean" %m : tensor<3xf32>
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, Gan_Tensor:$value);
  let assemblyFormat = "$name $value attr-dict `:` type($value)";
}

//===----------------------------------------------------------------------===//
// Derivatives
//===----------------------------------------------------------------------===//

def Gan_GradOp : Gan_Op<"grad", [Pure]> {
  let summary = "gradient of the sum of a value";
  let description = [{
    One result for each `wrt`, of its type: the derivative of `sum(value)` by that
    SSA value. Gone after the phase `grad`. A `wrt` without a path to the value is
    an error, or with `zero_without_path` a gradient of zero.

    C1. The result types are those of `wrt`, one for one.
    C2. Every `wrt` is f32.

    Example:
    ```mlir
    func.func @grad(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = gan.mul %x, %x : tensor<4xf32>
      %g = gan.grad %y wrt %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
      return %g : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Gan_FloatTensor:$value, Variadic<Gan_FloatTensor>:$wrt,
                       UnitAttr:$zero_without_path);
  let results = (outs Variadic<Gan_FloatTensor>:$gradients);
  let assemblyFormat = [{
    $value `wrt` $wrt (`zero_without_path` $zero_without_path^)? attr-dict `:` type($value) `,` type($wrt) `->`
    type($gradients)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$value, "::mlir::ValueRange":$wrt,
                                 CArg<"bool", "false">:$zeroWithoutPath)>];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// State and programs
//===----------------------------------------------------------------------===//

def Gan_StateOp : Gan_Op<"state"> {
  let summary = "a tensor that survives steps";
  let description = [{
    Declares one tensor of the state block; programs name it among their
    arguments and results. Names: `G/0.weight`, `critic/D/0.weight@m`,
    `Gs/0.weight`, `state/k`. `site` keys a random start.

    C1. Names are unique in a module.

    Example:
    ```mlir
    gan.state "G/0.weight" parameter starts <normal a 0.0 : f64 b 2.0e-2 : f64> site 7 : tensor<3x4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, Gan_StateKindAttr:$kind,
                       Gan_InitializerAttr:$initializer, I32Attr:$site,
                       TypeAttr:$type);
  let assemblyFormat = [{
    $name $kind `starts` $initializer `site` $site attr-dict `:` $type
  }];
}

def Gan_ProgramOp : Gan_Op<"program", [IsolatedFromAbove, Symbol,
    SingleBlock]> {
  let summary = "one pure region over state";
  let description = [{
    The whole step, a view of the state (`show/NAME`), or one inference. The block's
    arguments are described by `arguments`, the operands of its `gan.yield` by
    `results`: `state NAME` is the tensor that `gan.state` declares, `input NAME` and
    `output NAME` belong to the caller. In front of these, `batched` says that axis 0
    counts images and `indexes N` that integers are from -N to N - 1. A result that is
    state is that tensor's new value; state that is not among the results stays.

    C1. There is one entry of `arguments` per block argument and one of `results`
    per operand of the terminator.
    C2. A state that occurs has the declared type, as argument and as result.

    Example:
    ```mlir
    gan.state "state/k" variable starts <fill a 0.0 : f64> site 0 : tensor<f32>
    gan.program @step(%k: tensor<f32>) arguments ["state state/k"] results ["state state/k"] {
      %n = gan.add %k, %k : tensor<f32>
      gan.yield %n : tensor<f32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$argument_names,
                       StrArrayAttr:$result_names);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    // The name behind `state `, or an empty string for inputs and outputs.
    ::llvm::StringRef getArgumentState(unsigned index);
    ::llvm::StringRef getResultState(unsigned index);
    ::gan::YieldOp getTerminator();
  }];
}

def Gan_YieldOp : Gan_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["ProgramOp", "RepeatOp", "IfOp"]>]> {
  let summary = "results of a program, one iteration or one branch";
  let description = [{
    C1. The operand types are what the parent expects.

    Example:
    ```mlir
    gan.program @double(%x: tensor<4xf32>) arguments ["input x"] results ["output y"] {
      %y = gan.add %x, %x : tensor<4xf32>
      gan.yield %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Gan_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
}

def Gan_RepeatOp : Gan_Op<"repeat", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "counted repetition that carries values";
  let description = [{
    Runs its block `floor(count)` times, not at all when that is negative. Block
    arguments and results are the carried values; without an iteration the results
    are the initial values.

    C1. Initial values, block arguments, the terminator's operands and results have
    the same types, one for one.

    Example:
    ```mlir
    func.func @repeat(%x: tensor<4xf32>) -> tensor<4xf32> {
      %n = arith.constant 5.0 : f64
      %y = gan.repeat %n carry (%a = %x) : tensor<4xf32> {
        %b = gan.add %a, %a : tensor<4xf32>
        gan.yield %b : tensor<4xf32>
      }
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins F64:$count, Variadic<Gan_Tensor>:$initial);
  let results = (outs Variadic<Gan_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Gan_IfOp : Gan_Op<"if", [RecursiveMemoryEffects]> {
  let summary = "choice between two blocks by a host condition";
  let description = [{
    C1. Both regions end in `gan.yield` of the result types.

    Example:
    ```mlir
    func.func @if(%c: i1, %x: tensor<4xf32>) -> tensor<4xf32> {
      %y = gan.if %c : (tensor<4xf32>) {
        %b = gan.add %x, %x : tensor<4xf32>
        gan.yield %b : tensor<4xf32>
      } else {
        gan.yield %x : tensor<4xf32>
      }
      return %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins I1:$condition);
  let results = (outs Variadic<Gan_Tensor>:$results);
  let regions = (region SizedRegion<1>:$then_region, SizedRegion<1>:$else_region);
  let assemblyFormat = [{
    $condition attr-dict `:` custom<TypeList>(type($results)) $then_region `else`
    $else_region
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// The host: clocks, keys, data, reports
//===----------------------------------------------------------------------===//

def Gan_ClockOp : Gan_Op<"clock", [MemoryEffects<[MemRead<Gan_Host>]>]> {
  let summary = "a count of the host";
  let description = [{
    `step`: finished steps. `images`: samples drawn from the first data stream so
    far. `epoch`: images divided by that stream's size, a real number.

    No constraints.

    Example:
    ```mlir
    func.func @clock() -> f64 {
      %s = gan.clock step
      return %s : f64
    }
    ```
  }];
  let arguments = (ins Gan_ClockKindAttr:$kind);
  let results = (outs F64:$result);
  let assemblyFormat = "$kind attr-dict";
}

def Gan_OptionOp : Gan_Op<"option", [Pure]> {
  let summary = "the value of an option of the program";
  let description = [{
    No constraints.

    Example:
    ```mlir
    func.func @option() -> f64 {
      %l = gan.option "lambda"
      return %l : f64
    }
    ```
  }];
  let arguments = (ins StrAttr:$name);
  let results = (outs F64:$result);
  let assemblyFormat = "$name attr-dict";
}

def Gan_UpdateCountOp : Gan_Op<"update_count", [MemoryEffects<[MemRead<Gan_Host>]>]> {
  let summary = "how many updates a player has made";
  let description = [{
    Counts `gan.count_update` of the same player so far, in this run.

    No constraints.

    Example:
    ```mlir
    func.func @update_count() -> f64 {
      %t = gan.update_count "critic"
      return %t : f64
    }
    ```
  }];
  let arguments = (ins StrAttr:$player);
  let results = (outs F64:$result);
  let assemblyFormat = "$player attr-dict";
}

def Gan_CountUpdateOp : Gan_Op<"count_update",
    [MemoryEffects<[MemWrite<Gan_Host>, MemRead<Gan_Host>]>]> {
  let summary = "one more update of a player";
  let description = [{
    No constraints.

    Example:
    ```mlir
    func.func @count_update() {
      gan.count_update "critic"
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$player);
  let assemblyFormat = "$player attr-dict";
}

def Gan_ToTensorOp : Gan_Op<"to_tensor", [Pure]> {
  let summary = "a host number as a tensor";
  let description = [{
    Rounds the f64 to f32.

    No constraints.

    Example:
    ```mlir
    func.func @to_tensor(%x: f64) -> tensor<f32> {
      %y = gan.to_tensor %x
      return %y : tensor<f32>
    }
    ```
  }];
  let arguments = (ins F64:$input);
  let results = (outs Gan_Scalar:$result);
  let assemblyFormat = "$input attr-dict";
}

def Gan_ToHostOp : Gan_Op<"to_host", [Pure]> {
  let summary = "a one-element tensor as a host number";
  let description = [{
    The host waits for the value: the plan says "synchronises".

    No constraints.

    Example:
    ```mlir
    func.func @to_host(%x: tensor<f32>) -> f64 {
      %y = gan.to_host %x
      return %y : f64
    }
    ```
  }];
  let arguments = (ins Gan_Scalar:$input);
  let results = (outs F64:$result);
  let assemblyFormat = "$input attr-dict";
}

def Gan_KeyOp : Gan_Op<"key",
    [MemoryEffects<[MemRead<Gan_Host>, MemWrite<Gan_Host>]>]> {
  let summary = "the random key of one instance of a block";
  let description = [{
    {seed low, seed high, iteration + 2^20 * (step div 2^32), step mod 2^32}.
    The iteration is how often the key of this block was made before in this step;
    scope `step` sets it to 0, scope `run` the step too. Stands once per block and
    scope, at its beginning.

    No constraints.

    Example:
    ```mlir
    func.func @key() -> tensor<4xi32> {
      %k = gan.key 0 scope block
      return %k : tensor<4xi32>
    }
    ```
  }];
  let arguments = (ins I32Attr:$block, Gan_ScopeAttr:$scope);
  let results = (outs Gan_Key:$result);
  let assemblyFormat = "$block `scope` $scope attr-dict";
}

def Gan_DrawDataOp : Gan_Op<"draw_data",
    [MemoryEffects<[MemRead<Gan_Host>, MemWrite<Gan_Host>]>]> {
  let summary = "the next batch of a data stream";
  let description = [{
    No constraints.

    Example:
    ```mlir
    func.func @draw_data() -> tensor<64x1x28x28xf32> {
      %x = gan.draw_data "x" : tensor<64x1x28x28xf32>
      return %x : tensor<64x1x28x28xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$stream);
  let results = (outs Gan_NumberTensor:$result);
  let assemblyFormat = "$stream attr-dict `:` type($result)";
}

def Gan_ReportOp : Gan_Op<"report", [MemoryEffects<[MemWrite<Gan_Outside>]>]> {
  let summary = "a number for log and statistics";
  let description = [{
    The mean over all executions since the last tick is what users see.

    No constraints.

    Example:
    ```mlir
    func.func @report(%x: tensor<f32>) {
      gan.report "Loss/critic" %x
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, Gan_Scalar:$value);
  let assemblyFormat = "$name $value attr-dict";
}

def Gan_RecordOp : Gan_Op<"record", [MemoryEffects<[MemWrite<Gan_Outside>]>]> {
  let summary = "a tensor that --record writes out";
  let description = [{
    Gradients and new parameters of an update. Costs nothing unless asked for.

    No constraints.

    Example:
    ```mlir
    func.func @record(%x: tensor<4xf32>) {
      gan.record "critic/gradient/D/0.weight" %x : tensor<4xf32>
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, Gan_Tensor:$value);
  let assemblyFormat = "$name $value attr-dict `:` type($value)";
}

#endif // DIALECTS_GAN_IR_GANSTRUCTUREOPS_TD
