//===- Passes.td - passes from the game dialect to itself -----------------===//

#ifndef DIALECTS_GAME_TRANSFORMS_PASSES_TD
#define DIALECTS_GAME_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def LinkNetworks : Pass<"game-link-networks", "::mlir::ModuleOp"> {
  let summary = "inline applications and declare their state";
  let description = [{
    Settles the role of every initializer, declares a `gan.state` for each parameter
    and buffer of a network that a player trains or an average follows, and replaces
    every application by its network's body in the application's mode. Initializers
    of other networks stay constants. Dropout becomes a draw of its own sample. Where
    the game puts a parametrisation on a tensor, the weight is computed from it.

    IR before:
    ```mlir
    %x = game.apply @G instance @G.2x3(%z) application 0 statistics batch : (tensor<2x3xf32>) -> tensor<2x4xf32>
    ```
    ==>
    ```mlir
    %w = game.read "G/0.weight" : tensor<3x4xf32>
    %x = gan.dot %z, %w batch [] [] contract [1] [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
    ```
  }];
  let dependentDialects = ["::gan::GanDialect", "::mlir::arith::ArithDialect"];
}

#endif // DIALECTS_GAME_TRANSFORMS_PASSES_TD
