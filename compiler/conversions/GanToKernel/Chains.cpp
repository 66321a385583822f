//===- Chains.cpp - kernels of several filters behind one another ---------===//
//
// A value that one kernel writes and others read is not written any more: each
// reader computes what it reads of it, a tile at a time. Earlier values first,
// until nothing changes: zeros and crops are joined to a chain, not to a
// filter.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GanToKernel/Clusters.h"
#include "dialects/kernel/Transforms/KernelCost.h"

using namespace mlir;
using namespace gan;
using kernel::bytesOf;

/// Made of what a chain may hold.
bool Clusters::isLink(const Item &item) const {
  return !item.stays && !item.closed && !item.updates &&
         llvm::all_of(item.ops, [](Operation *op) {
           return op->hasTrait<ElementwiseTrait>() ||
                  kernel::movesElements(op) || kernel::isStencil(op);
         });
}

/// The kernels that read `value`, also to compute again what is not written.
void Clusters::collectKernels(Value value,
                              llvm::SmallSetVector<unsigned, 4> &kernels,
                              bool &program) const {
  llvm::SmallSetVector<Value, 8> reached;
  reached.insert(value);
  for (size_t i = 0; i < reached.size(); ++i)
    for (Operation *user : reached[i].getUsers()) {
      auto it = owner.find(user);
      if (user->getBlock() != &block ||
          (it != owner.end() && items[it->second].stays)) {
        program = true;
        continue;
      }
      for (Value result : user->getResults())
        if (written.contains(result))
          kernels.insert(it->second);
        else
          reached.insert(result);
    }
}

/// How much of a value is computed more than once where tiles of what a filter
/// makes of it meet.
static double repeatedShare(Operation *reader) {
  constexpr double tile = 64;
  double share = 0;
  auto add = [&](ArrayRef<int64_t> support) {
    for (int64_t extent : support)
      share += double(extent - 1) / tile;
  };
  if (!reader)
    return 0;
  if (auto window = dyn_cast<WindowSumOp>(reader))
    add(window.getWindow());
  else if (isa<ConvOp, ConvGradInputOp>(reader))
    add(cast<RankedTensorType>(
            reader->getOperand(isa<ConvOp>(reader) ? 1 : 0).getType())
            .getShape()
            .drop_front(2));
  return share;
}

/// Whether it costs less if each reader computes `value` than if it is written
/// once and read by all of them.
bool Clusters::savesByRepeating(Value value, unsigned home,
                                ArrayRef<unsigned> readers) const {
  llvm::SmallSetVector<Value, 16> needed;
  needed.insert(value);
  double flop = 0;
  SmallVector<Value> leaves;
  for (size_t i = 0; i < needed.size(); ++i) {
    Value next = needed[i];
    Operation *op = next.getDefiningOp();
    if (!op || op->getBlock() != &block || !op->hasTrait<PrimitiveTrait>() ||
        (next != value && written.contains(next))) {
      leaves.push_back(next);
      continue;
    }
    flop += kernel::flopOf(op);
    needed.insert(op->operand_begin(), op->operand_end());
  }
  if (needed.size() > options.maxOperations ||
      leaves.size() > options.maxOperands)
    return false;
  auto leafBytes = [&](auto isNew) {
    double bytes = 0;
    for (Value leaf : leaves)
      if (isNew(leaf))
        bytes += bytesOf(leaf.getType());
    return bytes;
  };
  double once = double(bytesOf(value.getType())) * double(1 + readers.size());
  // The kernel runs no more if nothing else of it is read.
  if (results(items[home]).size() == 1)
    once += kLaunchBytes + flop / kFlopPerByte +
            leafBytes([](Value) { return true; });
  double again = 0;
  for (unsigned reader : readers)
    again += flop / kFlopPerByte * (1 + repeatedShare(items[reader].root)) +
             leafBytes([&](Value leaf) { return !readsAnyway(reader, leaf); });
  return again < once;
}

bool Clusters::joinReaders(Value value, unsigned home,
                           llvm::function_ref<bool(const Item &)> accepts) {
  if (hasReaderInProgram(value) || isMatched(value))
    return false;
  bool program = false;
  llvm::SmallSetVector<unsigned, 4> readers;
  collectKernels(value, readers, program);
  readers.remove(home);
  bool hasStencil =
      isa_and_nonnull<WindowSumOp, ConvOp, ConvGradInputOp>(items[home].root);
  for (unsigned reader : readers) {
    hasStencil |= isa_and_nonnull<WindowSumOp, ConvOp, ConvGradInputOp>(
        items[reader].root);
    if (!isLink(items[reader]))
      return false;
  }
  if (program || readers.empty() || !hasStencil || !isLink(items[home]) ||
      !savesByRepeating(value, home, readers.getArrayRef()))
    return false;
  written.erase(value);
  if (llvm::all_of(readers,
                   [&](unsigned reader) { return accepts(items[reader]); }))
    return true;
  written.insert(value);
  return false;
}

void Clusters::formChains(llvm::function_ref<bool(const Item &)> accepts) {
  SmallVector<unsigned> order = kernelsByLevel();
  bool changes = true;
  while (changes) {
    changes = false;
    for (unsigned index : order)
      for (Value value : results(items[index]))
        changes |= joinReaders(value, index, accepts);
  }
}
