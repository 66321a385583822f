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

/// Most characters in the name of an export.
inline constexpr size_t kMostExportName = 64;
/// Whether an export may have this name: the start of a file's name.
bool isExportName(llvm::StringRef name);

} // namespace gan::game

#endif // DIALECTS_GAME_IR_GAMEOPS_H
