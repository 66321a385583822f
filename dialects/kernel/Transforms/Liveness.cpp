//===- Liveness.cpp - when the tensors of a program are needed ------------===//

#include "dialects/kernel/Transforms/Liveness.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

static bool isTensor(Value value) {
  return isa<RankedTensorType>(value.getType());
}

void Liveness::count(Block &block, unsigned &time) {
  for (Operation &op : block) {
    unsigned start = time++;
    for (Region &region : op.getRegions()) {
      regionStart[&region] = 2 * time;
      for (Block &inner : region)
        count(inner, time);
    }
    unsigned end = start;
    if (op.getNumRegions())
      end = time++;
    times[&op] = {start, end};
  }
}

/// Adds the stretch from the definition of `value` to `user`.
void Liveness::addUse(Value value, Operation *user, Segments &into) const {
  Block *block = value.getParentBlock();
  unsigned from;
  if (Operation *op = value.getDefiningOp())
    from = 2 * times.lookup(op).second + 1;
  else if (isa<ProgramOp>(block->getParentOp()))
    from = 0;
  else
    from = 2 * times.lookup(block->getParentOp()).first + 1;
  while (true) {
    Operation *ancestor = block->findAncestorOpInBlock(*user);
    auto [start, end] = times.lookup(ancestor);
    if (ancestor == user) {
      into.push_back({from, 2 * start + 1});
      return;
    }
    if (isa<RepeatOp>(ancestor)) {
      // Every iteration may read it again.
      into.push_back({from, 2 * end + 1});
      return;
    }
    // Only the branch that reads it.
    into.push_back({from, 2 * start + 1});
    for (Region &region : ancestor->getRegions())
      if (region.isAncestor(user->getParentRegion())) {
        block = &region.front();
        from = regionStart.lookup(&region);
      }
  }
}

/// Sorts segments and joins those that touch.
static void normalise(Liveness::Segments &segments) {
  llvm::sort(segments);
  Liveness::Segments joined;
  for (auto segment : segments)
    if (!joined.empty() && segment.first <= joined.back().second + 1)
      joined.back().second = std::max(joined.back().second, segment.second);
    else
      joined.push_back(segment);
  segments = joined;
}

Liveness::Liveness(ProgramOp program)
    : program(program), symbols(program->getParentOp()) {
  unsigned time = 0;
  Block &body = program.getBody().front();
  count(body, time);
  auto add = [&](Value value) {
    if (!isTensor(value))
      return;
    Segments &list = segments[value];
    ordered.push_back(value);
    for (Operation *reader : readersOf(value))
      addUse(value, reader, list);
    if (Operation *op = value.getDefiningOp()) {
      unsigned moment = 2 * times.lookup(op).second + 1;
      list.push_back({moment, moment});
    } else if (auto loop =
                   dyn_cast<RepeatOp>(value.getParentBlock()->getParentOp())) {
      unsigned moment = 2 * times.lookup(loop).first + 1;
      list.push_back({moment, moment});
    }
    normalise(list);
  };
  llvm::StringSet<> newStates;
  for (unsigned index = 0; index < program.getResultNames().size(); ++index)
    newStates.insert(program.getResultState(index));
  for (BlockArgument argument : body.getArguments()) {
    add(argument);
    // A state without a new value survives the program.
    StringRef state = program.getArgumentState(argument.getArgNumber());
    if (!state.empty() && !newStates.contains(state))
      segments[argument] = {{0, 2 * time + 1}};
  }
  program.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op == program)
      return;
    if (!isa<RepeatOp, IfOp>(op))
      llvm::for_each(op->getResults(), add);
    for (Region &region : op->getRegions())
      llvm::for_each(region.getArguments(), add);
    if (isa<RepeatOp, IfOp>(op))
      llvm::for_each(op->getResults(), add);
  });
}

const Liveness::Segments &Liveness::segmentsOf(Value value) const {
  return segments.find(value)->second;
}

bool Liveness::mayWorkInPlace(Value operand, Value result) const {
  Operation *op = result.getDefiningOp();
  if (!op) {
    // The initial value of a carried one.
    auto argument = cast<BlockArgument>(result);
    auto loop = dyn_cast<RepeatOp>(argument.getOwner()->getParentOp());
    return loop && loop.getInitial()[argument.getArgNumber()] == operand &&
           llvm::count(loop.getInitial(), operand) == 1;
  }
  unsigned number = cast<OpResult>(result).getResultNumber();
  if (auto call = dyn_cast<CallOp>(op)) {
    auto callee = symbols.lookup<DefineOp>(call.getCallee());
    bool found = false;
    for (auto [index, value] : llvm::enumerate(call.getOperands()))
      if (value == operand) {
        found = true;
        if (!mayOverwrite(callee, number, index))
          return false;
      }
    return found;
  }
  if (auto batch = dyn_cast<BatchOp>(op)) {
    auto callee = symbols.lookup<DefineOp>(batch.getCallee());
    unsigned columns = *callee.getColumns();
    unsigned results = callee.getResultTypes().size();
    unsigned row = number / results;
    bool found = false;
    // Rows run side by side: no other may read it.
    for (auto [index, value] : llvm::enumerate(batch.getRowOperands()))
      if (value == operand) {
        found = true;
        if (index / columns != row ||
            !mayOverwrite(callee, number % results, index % columns))
          return false;
      }
    return found && !llvm::is_contained(batch.getShared(), operand);
  }
  return false;
}

SmallVector<Operation *> kernel::readersOf(Value value) {
  SmallVector<Operation *> readers, work(value.getUsers());
  llvm::SmallPtrSet<Operation *, 8> seen;
  while (!work.empty()) {
    Operation *op = work.pop_back_val();
    if (!seen.insert(op).second)
      continue;
    readers.push_back(op);
    bool isScalar = op->getNumRegions() == 0 && op->getNumResults() == 1 &&
                    !isTensor(op->getResult(0));
    if (isScalar)
      llvm::append_range(work, op->getResult(0).getUsers());
  }
  return readers;
}

bool kernel::meet(const Liveness::Segments &a, const Liveness::Segments &b) {
  for (auto [aFirst, aLast] : a)
    for (auto [bFirst, bLast] : b)
      if (std::max(aFirst, bFirst) <= std::min(aLast, bLast))
        return true;
  return false;
}

bool Liveness::interferes(Value a, Value b) const {
  for (auto [aFirst, aLast] : segmentsOf(a))
    for (auto [bFirst, bLast] : segmentsOf(b)) {
      unsigned first = std::max(aFirst, bFirst), last = std::min(aLast, bLast);
      if (first > last)
        continue;
      // At the very moment when one is computed from the other.
      bool aEnds = first == last && first == aLast && first == bFirst;
      bool bEnds = first == last && first == bLast && first == aFirst;
      if (!(aEnds && mayWorkInPlace(a, b)) && !(bEnds && mayWorkInPlace(b, a)))
        return true;
    }
  return false;
}
