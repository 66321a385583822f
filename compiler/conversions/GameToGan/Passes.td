//===- Passes.td - from the game dialect to gan ---------------------------===//

#ifndef COMPILER_CONVERSIONS_GAMETOGAN_PASSES_TD
#define COMPILER_CONVERSIONS_GAMETOGAN_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertGameToGan : Pass<"convert-game-to-gan", "::mlir::ModuleOp"> {
  let summary = "turn the step and the views of a game into programs";
  let description = [{
    One `gan.program @step` and one `@"show/NAME"` per view; `@"start/state"` for what
    runs once, and `@"export/NAME"` for the weights of a written network. State enters as arguments
    and leaves as results; an update becomes `gan.grad` of its objective and the
    element-wise arithmetic of its optimiser; `game.repeat` carries what it changes.
    Differentiating a value whose path reads a state that has changed since is an
    error that names both places. Declarations of the game stay.

    IR before:
    ```mlir
    game.step {
      game.update @critic {
        %w = game.read "D/w" : tensor<f32>
        game.objective %w : tensor<f32>
      }
    }
    ```
    ==>
    ```mlir
    gan.program @step(%w: tensor<f32>) arguments ["state D/w"] results ["state D/w"] {
      gan.report "Loss/critic" %w
      %g = gan.grad %w wrt %w : tensor<f32>, tensor<f32> -> tensor<f32>
      …
      gan.yield %new : tensor<f32>
    }
    ```
  }];
  let dependentDialects = ["::gan::GanDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

#endif // COMPILER_CONVERSIONS_GAMETOGAN_PASSES_TD
