//===- GameOps.h - declarations and statements of a game ------------------===//

#ifndef DIALECTS_GAME_IR_GAMEOPS_H
#define DIALECTS_GAME_IR_GAMEOPS_H

#include "dialects/game/IR/GameDialect.h"
#include "dialects/gan/IR/GanOps.h"

#include "dialects/game/IR/GameEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/game/IR/GameAttrs.h.inc"

#define GET_OP_CLASSES
#include "dialects/game/IR/GameOps.h.inc"

namespace gan::game {

/// Put by `link` on every operation of an inlined application: its number.
inline constexpr llvm::StringLiteral kApplicationName = "game.application";
/// On a gan.draw_data: it takes the first batch of the run and moves nothing.
inline constexpr llvm::StringLiteral kOfRunName = "game.of_run";

} // namespace gan::game

#endif // DIALECTS_GAME_IR_GAMEOPS_H
