//===- DeviceEmitter.cpp - kernels as launches on a device ----------------===//
//
// Any kernel has code this way: a thread for each element of the first result,
// or for each line, computes what the region says there and stores it.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/DeviceEmitter.h"
#include "compiler/backends/llvm/DeviceProducts.h"
#include "compiler/backends/llvm/DeviceReductions.h"
#include "compiler/backends/llvm/KernelCost.h"
#include "compiler/backends/llvm/LineLoops.h"
#include "dialects/kernel/Transforms/KernelCost.h"

using namespace gan;
using namespace gan::codegen;
using llvm::SmallVector;
using llvm::Value;

/// Every device takes groups of this size.
constexpr unsigned kGroupSize = 128;

namespace {
/// One thread for each position of a walk.
struct ThreadPlan {
  Walk walk;
  WalkBody body;
  int64_t count = 0;
  int64_t perThread = 1;      // positions that are neighbours
  int64_t wordsPerThread = 0; // of scratch memory, eight bytes each
};
} // namespace

/// Loads and stores of neighbours become one of sixteen bytes.
static bool hasWideAccesses(kernel::DefineOp kernel, int64_t count) {
  constexpr int64_t wide = 4, enough = 1 << 14;
  if (count % wide != 0 || count < enough)
    return false;
  for (mlir::Operation &op : kernel.getBody().front())
    if (kernel::isRoot(&op))
      return false;
  return kernel.isBatched() || hasNeighbours(kernel, wide);
}

static ThreadPlan planThreads(kernel::DefineOp kernel,
                              const DeviceTarget &target,
                              std::optional<int64_t> rowElements) {
  ThreadPlan plan;
  if (std::optional<Lines> lines = findLines(kernel)) {
    plan.walk = lines->walk;
    plan.body = lines->body;
    plan.wordsPerThread = lines->workspaceBytes / 8;
  } else {
    plan.walk = walkOfResults(kernel);
    plan.body = storeResults(kernel);
  }
  plan.count = rowElements.value_or(plan.walk.count(/*ofInner=*/false));
  // Vulkan's buffers are read number by number.
  if (target.api == DeviceApi::Cuda && hasWideAccesses(kernel, plan.count))
    plan.perThread = 4;
  return plan;
}

static bool hasNoElements(kernel::DefineOp kernel) {
  return kernel.getResultTypes().empty() ||
         llvm::any_of(kernel.getResultTypes(),
                      [](mlir::Type type) { return countElements(type) == 0; });
}

/// Indices are 32 bits wide.
static bool hasShortIndices(kernel::DefineOp kernel) {
  constexpr int64_t most = int64_t(1) << 30;
  auto isShort = [](mlir::Type type) { return countElements(type) <= most; };
  return llvm::all_of(kernel.getArgumentTypes(), isShort) &&
         llvm::all_of(kernel.getBody().front(), [&](mlir::Operation &op) {
           return llvm::all_of(op.getResultTypes(), isShort);
         });
}

/// A sort goes only line by line, and on words of twice the element, of which
/// Vulkan has none above 64 bits.
static bool isSortedElsewhere(kernel::DefineOp kernel,
                              const DeviceTarget &target) {
  unsigned widest = 0;
  for (mlir::Operation &op : kernel.getBody().front())
    if (auto sort = llvm::dyn_cast<SortOp>(op))
      widest = std::max(widest,
                        elementTypeOf(sort.getInput()).getIntOrFloatBitWidth());
  return widest && (!findLines(kernel) ||
                    (target.api == DeviceApi::Vulkan && widest > 32));
}

namespace {
/// How a kernel is done: the same answer for its description and its code.
struct Strategy {
  std::optional<TilesPlan> tiles;
  std::optional<TeamPlan> teams;
  ThreadPlan threads; // without the others
  double seconds = 0;
  int64_t scratchBytes = 0;
};
} // namespace

/// From shapes alone. Seconds are those of a device that computes 10 TFLOP/s,
/// moves 1 TB/s, and needs 3 us for a launch.
static Strategy chooseStrategy(kernel::DefineOp kernel,
                               const DeviceTarget &target,
                               std::optional<int64_t> rowElements) {
  Strategy strategy;
  double seconds =
      3e-6 + std::max(countBytes(kernel) / 1e12, countFlop(kernel) / 10e12);
  if (mlir::Operation *root = findContraction(kernel)) {
    strategy.tiles = planTiles(kernel, root, factorsFor(target));
    // A thread alone reads both factors of every product.
    strategy.seconds = 3e-6 + countFlop(kernel) / 1e12;
    if (strategy.tiles && strategy.tiles->seconds < strategy.seconds) {
      if (strategy.tiles->shape.usesMatrixUnits())
        seconds = 3e-6 + countBytes(kernel) / 1e12;
      strategy.seconds = std::max(seconds, strategy.tiles->seconds);
      strategy.scratchBytes = 4 * strategy.tiles->scratchNumbers;
      return strategy;
    }
    strategy.tiles = std::nullopt;
  } else {
    strategy.seconds = seconds;
    if (!rowElements)
      strategy.teams = planTeams(kernel);
    if (strategy.teams) {
      strategy.seconds += strategy.teams->parts > 1 ? 3e-6 : 0;
      return strategy;
    }
  }
  strategy.threads = planThreads(kernel, target, rowElements);
  strategy.scratchBytes =
      strategy.threads.count * strategy.threads.wordsPerThread * 8;
  return strategy;
}

/// A group asks for its rows and columns of the factors, a thread alone for
/// both factors of every product; all else is asked for once.
static double countTraffic(kernel::DefineOp kernel, const Strategy &strategy) {
  double bytes = countBytes(kernel);
  mlir::Operation *root = findContraction(kernel);
  if (!root)
    return bytes;
  for (mlir::Value factor : root->getOperands())
    bytes -= 4.0 * countElements(factor.getType());
  return std::max(bytes, 0.0) +
         (strategy.tiles ? strategy.tiles->traffic : 4 * countFlop(kernel));
}

std::optional<KernelDescription>
gan::codegen::describeForDevice(kernel::DefineOp kernel,
                                const DeviceTarget &target) {
  if (target.api == DeviceApi::OpenCL || !hasShortIndices(kernel) ||
      isSortedElsewhere(kernel, target))
    return std::nullopt;
  KernelDescription description;
  description.flop = countFlop(kernel);
  description.bytes = countBytes(kernel);
  if (hasNoElements(kernel))
    return description;
  // Of a batched kernel: one element.
  std::optional<int64_t> rowElements;
  if (kernel.isBatched())
    rowElements = 1;
  Strategy strategy = chooseStrategy(kernel, target, rowElements);
  // What scratch memory may be, whatever the device.
  if (strategy.scratchBytes > (int64_t(128) << 20))
    return std::nullopt;
  description.cost = strategy.seconds;
  description.traffic = countTraffic(kernel, strategy);
  description.workspaceBytes = strategy.scratchBytes;
  return description;
}

static llvm::FailureOr<DeviceKernel> emitThreads(kernel::DefineOp kernel,
                                                 llvm::StringRef symbol,
                                                 const DeviceTarget &target,
                                                 const ThreadPlan &plan) {
  SmallVector<Scratch> scratch;
  if (plan.wordsPerThread)
    scratch.push_back({mlir::IntegerType::get(kernel.getContext(), 64),
                       plan.count * plan.wordsPerThread});
  DeviceKernelWriter writer(kernel, symbol, target, scratch);
  int64_t units = plan.count / plan.perThread;
  auto body = [&](DeviceContext &context) {
    auto indexOf = [&](const IndexExpression &position) {
      Index index(plan.walk.shape.size());
      Index parts =
          context.indices.delinearise(position, plan.walk.extents(false));
      for (auto [axis, part] : llvm::zip_equal(plan.walk.layout, parts))
        index[axis] = part;
      return index;
    };
    forUnit(context, units, kGroupSize, [&](const IndexExpression &unit) {
      RegionEmitter::Scope scope(context.region);
      context.firstWord = context.b.evaluate(unit * plan.wordsPerThread);
      if (plan.perThread == 1)
        return plan.body(context, indexOf(unit), kLanes);
      SmallVector<Index, 4> neighbours;
      for (int64_t i = 0; i < plan.perThread; ++i)
        neighbours.push_back(indexOf(unit * plan.perThread + i));
      context.emitNeighbours(neighbours, plan.walk.shape);
    });
  };
  if (failed(writer.addLaunch(kGroupSize, gridFor(units, kGroupSize), body)))
    return llvm::failure();
  return writer.take();
}

llvm::FailureOr<DeviceKernel>
gan::codegen::emitForDevice(kernel::DefineOp kernel, llvm::StringRef symbol,
                            const DeviceTarget &target,
                            std::optional<int64_t> rowElements) {
  if (hasNoElements(kernel) || rowElements == 0)
    return DeviceKernel();
  Strategy strategy = chooseStrategy(kernel, target, rowElements);
  if (strategy.tiles)
    return emitTiles(kernel, findContraction(kernel), symbol, target,
                     *strategy.tiles);
  if (strategy.teams)
    return emitTeams(kernel, symbol, target, *strategy.teams);
  return emitThreads(kernel, symbol, target, strategy.threads);
}
