//===- WeightUse.h - how contractions see a parameter ---------------------===//

#ifndef DIALECTS_GAME_TRANSFORMS_WEIGHTUSE_H
#define DIALECTS_GAME_TRANSFORMS_WEIGHTUSE_H

#include "dialects/gan/IR/GanOps.h"
#include <optional>

namespace gan::game {

/// A weight of a contraction, or a table whose rows are gathered.
struct WeightUse {
  bool isTable = false;
  /// Of a contraction.
  double fanIn = 0, fanOut = 0;
  /// Axes of the parameter that index outputs (of a table: its rows), in
  /// ascending order; empty if a reshape or a batch hides them.
  llvm::SmallVector<int64_t> outputs;
};

/// The first such use, directly or through reshape and transpose, contractions
/// before tables; none if the parameter is no weight.
std::optional<WeightUse> weightUseOf(gan::ParameterOp parameter);

} // namespace gan::game

#endif // DIALECTS_GAME_TRANSFORMS_WEIGHTUSE_H
