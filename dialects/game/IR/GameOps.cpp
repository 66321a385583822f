//===- GameOps.cpp - declarations and statements of a game ----------------===//

#include "dialects/game/IR/GameOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace gan::game;

LogicalResult OptionOp::verify() {
  if (!getLow() || !getHigh())
    return success();
  double value = getValue().convertToDouble();
  double low = getLow()->convertToDouble(), high = getHigh()->convertToDouble();
  if (!(low <= value && value <= high))
    return emitOpError() << "expected a value from " << low << " to " << high
                         << " (C1), got " << value;
  return success();
}

std::optional<uint64_t> SampleOp::getClasses() {
  switch (getDistribution()) {
  case gan::Distribution::integer:
    return static_cast<uint64_t>(getA().convertToDouble());
  case gan::Distribution::permutation:
    return cast<RankedTensorType>(getType()).getDimSize(0);
  default:
    return std::nullopt;
  }
}

bool gan::game::isExportName(llvm::StringRef name) {
  return !name.empty() && name.size() <= kMostExportName &&
         name.front() != '.' && llvm::all_of(name, [](char c) {
           return llvm::isAlnum(c) || c == '.' || c == '_' || c == '-';
         });
}

LogicalResult ExportOp::verify() {
  if (!isExportName(getName()))
    return emitOpError() << "expected the start of a file's name (C2), got '"
                         << getName() << "'";
  size_t states = getStates() ? getStates()->size() : 0;
  size_t offsets = getOffsets() ? getOffsets()->size() : 0;
  if (states != offsets)
    return emitOpError() << "expected one offset per state (C1), got "
                         << offsets << " for " << states;
  return success();
}

LogicalResult PlayerOp::verify() {
  Block &block = getBody().front();
  auto yield =
      block.empty() ? game::YieldOp() : dyn_cast<game::YieldOp>(block.back());
  if (!yield || yield.getValues().size() != getArgumentNames().size() ||
      !llvm::all_of(yield.getValues().getTypes(),
                    [](Type type) { return type.isF64(); }))
    return emitOpError() << "expected its region to yield "
                         << getArgumentNames().size() << " f64 (C1)";
  return success();
}

LogicalResult AccumulateOp::verify() {
  if (static_cast<int64_t>(getPasses()) < 1)
    return emitOpError() << "expected at least one pass (C1), got "
                         << static_cast<int64_t>(getPasses());
  llvm::SmallDenseSet<Attribute> players;
  WalkResult result = getBody().walk([&](Operation *op) {
    if (auto update = dyn_cast<UpdateOp>(op))
      if (!players.insert(update.getPlayerAttr()).second) {
        update.emitOpError() << "expected one update of '" << update.getPlayer()
                             << "' in an accumulation (C2)";
        return WalkResult::interrupt();
      }
    if (!isa<RepeatOp, WhenOp, AccumulateOp>(op))
      return WalkResult::advance();
    op->emitOpError() << "expected not to stand in an accumulation (C3)";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult ApplyOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto instance =
      symbols.lookupNearestSymbolFrom<gan::NetworkOp>(*this, getInstanceAttr());
  if (!instance)
    return emitOpError() << "expected '" << getInstance()
                         << "' to be an instance of a network (C1)";
  if (getOperands().getTypes() != TypeRange(instance.getArgumentTypes()) ||
      getResultTypes() != TypeRange(instance.getResultTypes()))
    return emitOpError() << "expected the types of '" << getInstance() << "', "
                         << instance.getFunctionType() << " (C1)";
  return success();
}

#define GET_OP_CLASSES
#include "dialects/game/IR/GameOps.cpp.inc"
