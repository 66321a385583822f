//===- Schedule.cpp - readers of a state before what overwrites it --------===//
//
//  1. From each yielded value its chain is followed backwards: the call that
//     computes it, the operand that call may overwrite, the call that computes
//     that one, up to the old value of the state.
//  2. Each reader of a link has to run before the call that computes the next
//     link, unless data forbids it; then the plan will copy.
//  3. The block is put into such an order.
//
//===----------------------------------------------------------------------===//

#include "dialects/kernel/Transforms/DependenceGraph.h"
#include "dialects/kernel/Transforms/Liveness.h"
#include "dialects/kernel/Transforms/Passes.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_SCHEDULEPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

/// The value that `result` should overwrite; null if there is none.
Value overwritten(OpResult result, const Liveness &liveness) {
  Operation *op = result.getOwner();
  if (auto loop = dyn_cast<RepeatOp>(op))
    return loop.getInitial()[result.getResultNumber()];
  if (!isa<CallOp, BatchOp>(op))
    return {};
  // A value from before the block is what state looks like from within.
  Value best;
  for (Value operand : op->getOperands())
    if (liveness.mayWorkInPlace(operand, result) &&
        (!best || operand.getParentBlock() != op->getBlock() ||
         isa<BlockArgument>(operand)))
      best = operand;
  return best;
}

void schedule(Block &block, const Liveness &liveness,
              const SymbolTable &kernels) {
  BlockGraph order(block, kernels);
  for (Value value : block.getTerminator()->getOperands()) {
    while (auto result = dyn_cast<OpResult>(value)) {
      Operation *writer = result.getOwner();
      if (writer->getBlock() != &block)
        break;
      Value old = overwritten(result, liveness);
      if (!old)
        break;
      unsigned node = order.indexOf.lookup(writer);
      for (Operation *op : readersOf(old)) {
        Operation *reader = block.findAncestorOpInBlock(*op);
        if (!reader || reader == writer)
          continue;
        unsigned index = order.indexOf.lookup(reader);
        if (!order.graph.reaches(node, index))
          order.graph.addEdge(index, node);
      }
      value = old;
    }
  }
  order.reorder();
  for (Operation &op : block)
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        schedule(inner, liveness, kernels);
}

class SchedulePass final
    : public gan::kernel::impl::SchedulePassBase<SchedulePass> {
public:
  using Base::Base;

  void runOnOperation() override {
    SymbolTable kernels(getOperation());
    for (auto program : getOperation().getOps<ProgramOp>())
      schedule(program.getBody().front(), Liveness(program), kernels);
  }
};

} // namespace
