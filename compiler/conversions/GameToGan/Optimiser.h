//===- Optimiser.h - updates as element-wise arithmetic -------------------===//

#ifndef COMPILER_CONVERSIONS_GAMETOGAN_OPTIMISER_H
#define COMPILER_CONVERSIONS_GAMETOGAN_OPTIMISER_H

#include "dialects/game/IR/GameOps.h"
#include "dialects/gan/IR/TensorBuilder.h"

namespace gan {

/// Names of the moments an optimiser keeps for each parameter: "m", "v".
llvm::SmallVector<llvm::StringRef> momentNames(game::PlayerOp player);

/// One parameter on its way through an update.
struct ParameterUpdate {
  mlir::Value parameter;
  mlir::Value gradient;
  llvm::SmallVector<mlir::Value> moments; // in the order of momentNames
};

/// Emits gradient post-processing, moments, step and projection for all
/// parameters of one update, after the player's count went up. `numbers` are
/// the arguments of the optimiser at this place, host numbers in the order of
/// their names. Replaces parameters and moments by their new values.
///
/// sgd: p - lr g. momentum: v = momentum v + g; p - lr v (nesterov: g +
/// momentum v). rmsprop: v = alpha v + (1 - alpha) g^2; p - lr g / (sqrt(v) +
/// epsilon). adam (arXiv 1412.6980, as PyTorch states it): m, v with bias
/// corrections; p - lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + epsilon),
/// without the two divisors if the player is uncorrected. adamw (arXiv
/// 1711.05101): p (1 - lr decay) first. A root_epsilon is added to what stands
/// under the root.
mlir::LogicalResult
emitOptimiser(mlir::OpBuilder &builder, game::PlayerOp player,
              mlir::ValueRange numbers,
              llvm::MutableArrayRef<ParameterUpdate> updates);

} // namespace gan

#endif // COMPILER_CONVERSIONS_GAMETOGAN_OPTIMISER_H
