//===- GameDialect.h - the game dialect -----------------------------------===//

#ifndef DIALECTS_GAME_IR_GAMEDIALECT_H
#define DIALECTS_GAME_IR_GAMEDIALECT_H

#include "dialects/gan/IR/GanDialect.h"
#include "mlir/IR/Dialect.h"

#include "dialects/game/IR/GameDialect.h.inc"

#endif // DIALECTS_GAME_IR_GAMEDIALECT_H
