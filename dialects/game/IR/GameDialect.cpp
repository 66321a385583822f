//===- GameDialect.cpp - registration and attributes ----------------------===//

#include "dialects/game/IR/GameDialect.h"
#include "dialects/game/IR/GameOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gan::game;

#include "dialects/game/IR/GameDialect.cpp.inc"
#include "dialects/game/IR/GameEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/game/IR/GameAttrs.cpp.inc"

void GameDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/game/IR/GameAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/game/IR/GameOps.cpp.inc"
      >();
}
