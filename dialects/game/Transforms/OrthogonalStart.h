//===- OrthogonalStart.h - weights with orthogonal rows or columns --------===//

#ifndef DIALECTS_GAME_TRANSFORMS_ORTHOGONALSTART_H
#define DIALECTS_GAME_TRANSFORMS_ORTHOGONALSTART_H

#include "dialects/game/IR/GameOps.h"

namespace gan::game {

/// Statements that make the state `name` orthogonal, which holds standard
/// normal numbers: the rows of [axis 0, the others], or the columns if there
/// are fewer of them, become orthogonal and of length `gain`, all directions as
/// likely.
void startOrthogonal(mlir::OpBuilder &builder, mlir::Location loc,
                     llvm::StringRef name, mlir::RankedTensorType type,
                     double gain);

} // namespace gan::game

#endif // DIALECTS_GAME_TRANSFORMS_ORTHOGONALSTART_H
