//===- KernelCost.cpp - what a kernel takes in Halide's code --------------===//
//
// Seconds on the scale of the llvm backend's estimates, with which they are
// compared. Every number was fitted to measurements of both backends' kernels:
// docs/rationale/Rationale-Backends.md.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/KernelCost.h"
#include "compiler/backends/halide/AxisAnalysis.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace gan;
using namespace gan::halide;

static mlir::RankedTensorType typeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}
static double countElements(mlir::Value value) {
  return typeOf(value).getNumElements();
}
static double bytesOf(mlir::Value value) {
  unsigned bytes = (typeOf(value).getElementTypeBitWidth() + 7) / 8;
  return countElements(value) * bytes;
}

static bool isContraction(mlir::Operation *op) {
  return llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op);
}

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

namespace {
/// Products or sums of one element that are written out, and the seconds that
/// one takes in a lane.
struct Taps {
  double count = 1, seconds = 0;
};
} // namespace

static Taps tapsOf(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, Taps>(op)
      .Case([](ConvOp op) {
        auto weight = typeOf(op.getWeight());
        return Taps{double(weight.getNumElements() / weight.getDimSize(0)),
                    30e-12};
      })
      .Case([](ConvGradInputOp op) {
        // A remainder of the stride meets its own taps only.
        double count = countElements(op.getOutput()) *
                       typeOf(op.getWeight()).getNumElements() /
                       typeOf(op.getWeight()).getDimSize(0) / countElements(op);
        return Taps{count, 80e-12};
      })
      .Case([](WindowSumOp op) {
        double count = 1;
        for (int64_t extent : op.getWindow())
          count *= extent;
        return Taps{count, 30e-12};
      })
      .Case([](RandomOp) { return Taps{1, 6.3e-9}; })
      .Default([](mlir::Operation *op) {
        if (!op->hasTrait<ElementwiseTrait>())
          return Taps{};
        bool isFormula = llvm::isa<ExpOp, LogOp, Log1pOp, TanhOp, LogisticOp,
                                   SoftplusOp, ErfOp, SinOp, CosOp, PowOp>(op);
        return Taps{1, isFormula ? 450e-12 : 20e-12};
      });
}

/// What a lane takes for one look at what does not lie beside its neighbour's.
static double secondsOfSteps(const KernelPlan &plan,
                             const AxisAnalysis &analysis, bool hasTaps) {
  const Loop &loop = plan.loops.front();
  double most = 0;
  if (loop.axes.empty())
    return 0;
  for (const MemoryAccess &access :
       llvm::ArrayRef(analysis.accesses).drop_front(plan.orders.size())) {
    double step =
        std::fabs(access.strides.lookup(loop.axes.back())) * loop.scale;
    if (step <= 1)
      continue;
    // A guarded vector with gaps is read number by number.
    double seconds = step > 2 && access.isKnown ? 120e-12 : 30e-12;
    most = std::max(most, hasTaps && !access.isKnown ? 170e-12 : seconds);
  }
  return most;
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

namespace {
/// A fold is done tile by tile, and a tile in steps: elements that are folded,
/// or vectors of them where these lie in the lanes.
class FoldCost {
public:
  FoldCost(const KernelPlan &plan, const AxisAnalysis &analysis)
      : plan(plan), analysis(analysis), tile(plan.tile) {}

  double seconds() const {
    return countTiles() * (countSteps() * secondsOfStep() + secondsOfTile());
  }

private:
  double countTiles() const {
    double count = 1;
    for (auto [i, loop] : llvm::enumerate(plan.loops))
      count *= double((loop.extent + plan.tileOf(i) - 1) / plan.tileOf(i));
    return count;
  }
  double countSteps() const {
    double count = 1;
    for (auto [i, loop] : llvm::enumerate(plan.foldLoops))
      count *= i == 0 && !tile.lanesLoop
                   ? double((loop.extent + kLanes - 1) / kLanes)
                   : double(loop.extent);
    return count;
  }
  const Loop &lanesLoop() const {
    return tile.lanesLoop ? plan.loops[*tile.lanesLoop]
                          : plan.foldLoops.front();
  }
  static double stepOf(const MemoryAccess &access, const Loop &loop) {
    return loop.axes.empty()
               ? 0
               : std::fabs(access.strides.lookup(loop.axes.back())) *
                     loop.scale;
  }
  double secondsOfFolding() const;
  double secondsOfLane(const MemoryAccess &access, double step) const;
  double secondsOfStep() const;
  double secondsOfTile() const;

  const KernelPlan &plan;
  const AxisAnalysis &analysis;
  const Tile &tile;
};
} // namespace

/// Whether a product may meet nothing.
static bool hasBorders(mlir::Operation *op) {
  auto conv = llvm::dyn_cast<ConvOp>(op);
  if (!conv)
    return !llvm::isa<DotOp>(op);
  GeometryAttr geometry = conv.getGeometry();
  return llvm::any_of(
      llvm::concat<const int64_t>(geometry.getLow(), geometry.getHigh()),
      [](int64_t border) { return border > 0; });
}

/// What lies in vectors, or is one number for all lanes.
double FoldCost::secondsOfFolding() const {
  double vectors = double(tile.vectors), products = vectors * tile.rows;
  if (isContraction(plan.fold)) {
    // Borders cost masks; a vector alone waits for the one before it.
    return std::max(products * (hasBorders(plan.fold) ? 370e-12 : 280e-12),
                    vectors * 0.8e-9);
  }
  return llvm::TypeSwitch<mlir::Operation *, double>(plan.fold)
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
          [&](auto) { return vectors * 0.3e-9; })
      .Case([](MomentsOp) { return 0.5e-9; })
      .Case([](WindowArgMaxOp) { return 3.2e-9; })
      .Case([](WindowSumOp) { return 1e-9; })
      .Default([](mlir::Operation *) { return 4e-9; });
}

/// What each lane reads for itself: near numbers share lines, those that lie
/// multiples of four KiB apart throw each other out of the first cache.
double FoldCost::secondsOfLane(const MemoryAccess &access, double step) const {
  if (llvm::isa<WindowArgMaxOp>(plan.fold))
    return 50e-12;
  if (!access.isKnown)
    return 0.9e-9;
  if (step <= 4)
    return 100e-12;
  bool isAlongLine = stepOf(access, plan.foldLoops.front()) == 1;
  bool isAligned = std::fmod(step, 1024) == 0;
  if (step < 1024 || (isAlongLine && !isAligned))
    return 0.4e-9;
  return isAligned ? 1.6e-9 : 0.9e-9;
}

double FoldCost::secondsOfStep() const {
  double seconds = secondsOfFolding();
  double lanes = double(tile.lanes * tile.vectors);
  for (const MemoryAccess &access :
       llvm::ArrayRef(analysis.accesses).drop_front(plan.orders.size())) {
    double step = stepOf(access, lanesLoop());
    if (access.isKnown && (step == 0 || step == 1))
      continue;
    bool isOfRows =
        tile.rowsLoop && stepOf(access, plan.loops[*tile.rowsLoop]) != 0;
    seconds += lanes * secondsOfLane(access, step) *
               (isOfRows ? double(tile.rows) : 1.0);
  }
  // Rows inside of the lanes: Halide does them one by one.
  if (tile.rowsLoop && tile.lanesLoop && *tile.rowsLoop < *tile.lanesLoop)
    seconds += 16e-9 * double(tile.rows);
  return seconds;
}

double FoldCost::secondsOfTile() const {
  double lanes = double(tile.lanes * tile.vectors), rows = double(tile.rows);
  double seconds = llvm::isa<MomentsOp>(plan.fold) ? 4e-9 : 2e-9;
  if (isContraction(plan.fold))
    seconds += rows * double(tile.vectors) * 0.5e-9;
  else if (llvm::isa<ArgMaxOp, ArgMinOp>(plan.fold))
    seconds += 6e-9;
  // What is stored number by number.
  for (size_t i = 0; tile.lanesLoop && i < plan.results.size(); ++i)
    if (plan.resultStride(i, lanesLoop()) > 1)
      seconds += lanes * rows * 0.8e-9;
  // What all tiles of rows read again, if no cache holds it.
  constexpr double held = 4e6;
  double read = double(plan.countFolded()) * 4 *
                (tile.lanesLoop ? double(lanesLoop().extent) : 0);
  if (isContraction(plan.fold) && tile.rowsLoop && read > held)
    seconds += double(plan.countFolded()) * 4 * lanes / 8e9;
  return seconds;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

KernelDescription gan::halide::describeKernel(kernel::DefineOp kernel,
                                              const KernelPlan &plan) {
  KernelDescription description;
  if (plan.chain)
    description.workspaceBytes = plan.chain->workspaceBytes;
  mlir::Block &body =
      plan.copy ? plan.copy.get().getBody().front() : kernel.getBody().front();
  for (mlir::Value value : plan.inputs)
    if (llvm::isa<mlir::BlockArgument>(value))
      description.bytes += bytesOf(value);
  for (mlir::Value value : plan.results)
    description.bytes += bytesOf(value);

  // How often each value is calculated: whatever a tap reads is calculated for
  // every tap.
  llvm::DenseMap<mlir::Value, double> evaluations;
  for (mlir::Value value : plan.results)
    evaluations[value] = countElements(value);
  double seconds = 0, most = 0;
  bool hasTaps = false;
  for (mlir::Operation &op : llvm::reverse(body)) {
    if (op.getNumResults() == 0 || plan.views.contains(op.getResult(0)))
      continue;
    Taps taps = tapsOf(&op);
    if (&op == plan.fold)
      taps = {double(plan.countFolded()), 0};
    // One number is calculated once, and what lies in a tile.
    double elements = countElements(op.getResult(0));
    bool isKept =
        elements == 1 || (plan.chain && plan.chain->stageOf(op.getResult(0)));
    double wanted = isKept ? elements : evaluations.lookup(op.getResult(0));
    double times = wanted * taps.count;
    // A vector costs what it costs, however few of its lanes are of use.
    seconds +=
        times * taps.seconds * (plan.fold ? kLanes / plan.tile.lanes : 1);
    most = std::max(most, times);
    hasTaps |= taps.count > 1;
    for (mlir::Value operand : op.getOperands()) {
      double &own = evaluations[operand];
      own = std::max(own, times);
    }
    if (taps.seconds != 0 || &op == plan.fold)
      description.flop += times * (isContraction(&op) ? 2 : 1);
  }
  int64_t extent = plan.loops.front().extent / plan.loops.front().period;
  AxisAnalysis analysis(plan);
  if (plan.fold) {
    seconds += FoldCost(plan, analysis).seconds();
  } else {
    int64_t vectors = (extent + kLanes - 1) / kLanes;
    seconds *= double(vectors * kLanes) / std::max<int64_t>(extent, 1);
    seconds += most * secondsOfSteps(plan, analysis, hasTaps);
  }
  // What the llvm backend counts for products holds their memory already.
  if (!plan.fold || !isContraction(plan.fold))
    seconds += description.bytes / 80e9;
  // Kernels that take the same stay with llvm: Halide takes a tenth of a second
  // to compile one.
  description.cost = 1.15 * seconds + 0.5e-6;
  if (plan.isBatched) { // of one element
    for (double *part :
         {&description.flop, &description.bytes, &description.cost})
      *part /= double(extent);
    return description;
  }
  // A chunk of less than ten microseconds is not worth handing over; memory may
  // be far away.
  seconds += description.bytes / 8e9;
  description.chunks = std::clamp<int64_t>(
      int64_t(seconds / 10e-6), 1, std::min<int64_t>(16, plan.countUnits()));
  return description;
}

KernelDescription gan::halide::describeKernelFor(kernel::DefineOp kernel,
                                                 const KernelPlan &plan) {
  KernelDescription description = describeKernel(kernel, plan);
  description.chunks = 1;
  // A thread reads for itself what a fold takes; else the llvm backend's
  // threads do the same, and ties are theirs.
  double share = plan.fold ? 0.1 : 0.95;
  description.cost = 3e-6 + description.flop / (10e12 * share) +
                     description.bytes / (1e12 * share);
  return description;
}
