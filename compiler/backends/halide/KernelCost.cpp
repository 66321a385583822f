//===- KernelCost.cpp - what a kernel takes in Halide's code --------------===//
//
// Seconds on the scale of the llvm backend's estimates, with which they are
// compared: its memory term, and times of single products that were measured
// against its kernels (docs/rationale/Rationale-Halide.md has the table).
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/KernelCost.h"
#include "llvm/ADT/TypeSwitch.h"

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

namespace {
/// Products or sums of one element, and the seconds that one takes.
struct Taps {
  double count = 0, seconds = 0;
};
} // namespace

static Taps tapsOf(mlir::Operation *op) {
  auto isAll = [](auto numbers, int64_t value) {
    return llvm::all_of(numbers, [&](int64_t n) { return n == value; });
  };
  return llvm::TypeSwitch<mlir::Operation *, Taps>(op)
      .Case([&](ConvOp op) {
        auto weight = typeOf(op.getWeight()).getShape();
        int64_t count = typeOf(op.getWeight()).getNumElements() / weight[0];
        // Every second number of memory, or none read twice, or neither.
        bool isStrided = !isAll(op.getGeometry().getStride(), 1);
        bool isPoint = isAll(weight.drop_front(2), 1);
        return Taps{double(count), isStrided ? 100e-12
                                   : isPoint ? 70e-12
                                             : 36e-12};
      })
      .Case([&](ConvGradInputOp op) {
        // A remainder of the stride meets its own taps only.
        double count = countElements(op.getOutput()) *
                       typeOf(op.getWeight()).getNumElements() /
                       typeOf(op.getWeight()).getDimSize(0) / countElements(op);
        bool isDense =
            typeOf(op.getWeight()).getDimSize(0) > op.getGeometry().getGroups();
        return Taps{count, isDense ? 130e-12 : 36e-12};
      })
      .Case([](WindowSumOp op) {
        double count = 1;
        for (int64_t extent : op.getWindow())
          count *= extent;
        return Taps{count, 30e-12};
      })
      .Case([](RandomOp) { return Taps{1, 6e-9}; })
      .Default([](mlir::Operation *op) {
        if (!op->hasTrait<ElementwiseTrait>())
          return Taps{1, 0};
        bool isFormula = llvm::isa<ExpOp, LogOp, Log1pOp, TanhOp, LogisticOp,
                                   SoftplusOp, ErfOp, SinOp, CosOp, PowOp>(op);
        return Taps{1, isFormula ? 450e-12 : 22e-12};
      });
}

/// Of a fold, every element that it goes over.
static Taps tapsOfFold(mlir::Operation *op, const KernelPlan &plan) {
  // Vectors and rows share what they read.
  double shared = 1 + double(plan.tile.rows * plan.tile.vectors) / 2;
  double lanes = double(plan.tile.lanes);
  double seconds = 0.35e-9 / lanes;
  if (llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op))
    seconds = 1.2e-9 / lanes * (1 + 4 / shared);
  if (llvm::isa<MomentsOp>(op))
    seconds *= 2;
  return {double(plan.countFolded()), seconds};
}

KernelDescription gan::halide::describeKernel(kernel::DefineOp kernel,
                                              const KernelPlan &plan) {
  KernelDescription description;
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
  double seconds = 0;
  bool hasProducts = false, movesElements = false;
  for (mlir::Operation &op : llvm::reverse(body)) {
    if (op.getNumResults() == 0 || plan.views.contains(op.getResult(0)))
      continue;
    Taps taps = isFold(&op) ? tapsOfFold(&op, plan) : tapsOf(&op);
    double times = evaluations.lookup(op.getResult(0)) * taps.count;
    seconds += times * taps.seconds;
    for (mlir::Value operand : op.getOperands()) {
      double &own = evaluations[operand];
      own = std::max(own, times);
    }
    if (llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op))
      hasProducts = true;
    if (llvm::isa<PadOp, SliceOp, GatherOp, ReshapeOp, WindowSumOp>(op))
      movesElements = true;
    if (taps.seconds != 0)
      description.flop +=
          times *
          (llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op) ? 2
                                                                           : 1);
  }
  // Lanes of the last vector that do nothing.
  int64_t extent = plan.loops.front().extent / plan.loops.front().period;
  int64_t vectors = (extent + kLanes - 1) / kLanes;
  if (!plan.fold)
    seconds *= double(vectors * kLanes) / std::max<int64_t>(extent, 1);
  // What the llvm backend counts for products holds their memory already. Where
  // elements only move it counts memory alone, and we are faster; the two tie
  // on element-wise kernels, which shall not change hands.
  double memory = description.bytes / 8e9;
  if (!hasProducts)
    seconds = movesElements && !plan.fold ? seconds + 0.7 * memory
                                          : 5 * seconds + 1.02 * memory;
  // Folds and batched kernels are for --backend=halide and for those that
  // --tune finds to win: no estimate of theirs has been measured yet.
  if (plan.fold || plan.isBatched)
    seconds *= 100;
  description.cost = seconds;
  if (plan.isBatched) { // of one element
    for (double *part :
         {&description.flop, &description.bytes, &description.cost})
      *part /= double(extent);
    return description;
  }
  // A chunk of less than ten microseconds is not worth handing over.
  description.chunks = std::clamp<int64_t>(
      int64_t(seconds / 10e-6), 1, std::min<int64_t>(16, plan.countUnits()));
  return description;
}

KernelDescription gan::halide::describeKernelFor(kernel::DefineOp kernel,
                                                 const KernelPlan &plan) {
  KernelDescription description = describeKernel(kernel, plan);
  description.chunks = 1;
  // A thread reads for itself what a fold takes.
  double share = plan.fold ? 0.1 : 1;
  description.cost = 3e-6 + description.flop / (10e12 * share) +
                     description.bytes / (1e12 * share);
  return description;
}
