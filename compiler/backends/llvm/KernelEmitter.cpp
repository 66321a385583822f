//===- KernelEmitter.cpp - one function for one kernel --------------------===//

#include "compiler/backends/llvm/KernelEmitter.h"
#include "compiler/backends/llvm/KernelCost.h"
#include "compiler/backends/llvm/LineLoops.h"
#include "compiler/backends/llvm/ProductEmitter.h"

using namespace gan;
using namespace gan::codegen;

namespace {
/// How a kernel is done: the same answer for its description and its code.
struct Strategy {
  bool isEmpty = false;
  Walk walk;
  WalkBody body;
  WalkCost cost;
  mlir::Operation *root = nullptr;
  int64_t workspaceBytes = 0;
  std::optional<ProductsPlan> products;
};
} // namespace

static Strategy chooseStrategy(kernel::DefineOp kernel,
                               const CpuTarget &target) {
  Strategy strategy;
  for (mlir::Type type : kernel.getResultTypes())
    strategy.isEmpty |= countElements(type) == 0;
  strategy.isEmpty |= kernel.getResultTypes().empty();
  if (strategy.isEmpty || kernel.isBatched())
    return strategy;
  llvm::LLVMContext context;
  llvm::Module module("plans", context);
  if (std::optional<Lines> lines = findLines(kernel)) {
    strategy.walk = lines->walk;
    strategy.body = lines->body;
    strategy.workspaceBytes = lines->workspaceBytes;
    if (lines->isScalar)
      return strategy;
  } else {
    strategy.walk = walkOfResults(kernel);
    strategy.body = storeResults(kernel);
  }
  strategy.cost =
      chooseInner(strategy.walk, strategy.body, kernel, target, module);
  strategy.root = findContraction(kernel);
  if (strategy.root)
    strategy.products =
        planProducts(kernel, strategy.root, target,
                     strategy.cost.index * countProducts(strategy.root));
  return strategy;
}

/// Only line by line; nothing else has code for it.
static bool isSortedElsewhere(kernel::DefineOp kernel) {
  bool sorts = false;
  for (mlir::Operation &op : kernel.getBody().front())
    sorts |= llvm::isa<SortOp>(op);
  return sorts && !findLines(kernel);
}

std::optional<KernelDescription>
gan::codegen::describeKernel(kernel::DefineOp kernel, const CpuTarget &target) {
  if (isSortedElsewhere(kernel))
    return std::nullopt;
  KernelDescription description;
  description.flop = countFlop(kernel);
  description.bytes = countBytes(kernel);
  Strategy strategy = chooseStrategy(kernel, target);
  description.cost = estimateSeconds(kernel, strategy.cost.accesses,
                                     /*hasLanes=*/strategy.walk.inner > 0);
  description.workspaceBytes = strategy.workspaceBytes;
  if (strategy.products) {
    description.cost = strategy.products->cycles / 3e9;
    description.workspaceBytes = strategy.products->workspaceBytes;
    description.chunks = std::min<int64_t>(strategy.products->units, 16);
    description.variants = kTileVariants;
  } else if (!kernel.isBatched()) {
    // A chunk of less than ten microseconds is not worth handing over; memory
    // may be far away.
    double seconds = description.cost + description.bytes / 8e9;
    description.chunks = std::clamp<int64_t>(int64_t(seconds / 10e-6), 1, 16);
  }
  return description;
}

void gan::codegen::emitKernel(kernel::DefineOp kernel, llvm::StringRef symbol,
                              const CpuTarget &target, llvm::Module &module) {
  Strategy strategy = chooseStrategy(kernel, target);
  KernelContext context(kernel, symbol, target, module);
  if (kernel.isBatched())
    emitRow(context);
  else if (strategy.products)
    emitProducts(context, strategy.root, *strategy.products);
  else if (!strategy.isEmpty)
    emitWalk(context, strategy.walk, strategy.body);
  context.b.CreateRetVoid();
}
