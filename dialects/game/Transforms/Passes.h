//===- Passes.h - passes from the game dialect to itself ------------------===//

#ifndef DIALECTS_GAME_TRANSFORMS_PASSES_H
#define DIALECTS_GAME_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace gan::game {
#define GEN_PASS_DECL
#include "dialects/game/Transforms/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "dialects/game/Transforms/Passes.h.inc"
} // namespace gan::game

#endif // DIALECTS_GAME_TRANSFORMS_PASSES_H
