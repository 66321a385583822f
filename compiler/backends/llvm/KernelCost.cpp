//===- KernelCost.cpp - what a kernel computes, moves and takes -----------===//

#include "compiler/backends/llvm/KernelCost.h"
#include "compiler/backends/llvm/RegionEmitter.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace gan;
using namespace gan::codegen;

int64_t gan::codegen::countElements(mlir::Type type) {
  int64_t count = 1;
  for (int64_t extent : llvm::cast<mlir::RankedTensorType>(type).getShape())
    count *= mlir::ShapedType::isDynamic(extent) ? 1 : extent;
  return count;
}

mlir::Operation *gan::codegen::findContraction(kernel::DefineOp kernel) {
  for (mlir::Operation &op : kernel.getBody().front())
    if (llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op))
      return &op;
  return nullptr;
}

static double flopOf(mlir::Operation &op) {
  auto count = [](mlir::Value value) -> double {
    return countElements(value.getType());
  };
  return llvm::TypeSwitch<mlir::Operation *, double>(&op)
      .Case([&](DotOp op) {
        double summed = 1;
        for (int64_t axis : op.getLhsContract())
          summed *= shapeOf(op.getLhs())[axis];
        return 2 * summed * count(op);
      })
      .Case<ConvOp, ConvGradInputOp, ConvGradWeightOp>([&](auto op) {
        // Every output element meets every tap and channel of its group.
        mlir::Value output, weight;
        if constexpr (std::is_same_v<decltype(op), ConvOp>) {
          output = op.getResult();
          weight = op.getWeight();
        } else if constexpr (std::is_same_v<decltype(op), ConvGradInputOp>) {
          output = op.getOutput();
          weight = op.getWeight();
        } else {
          output = op.getOutput();
          weight = op.getResult();
        }
        return 2 * count(output) * count(weight) / shapeOf(weight)[0];
      })
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
          [&](auto op) { return count(op.getInput()); })
      .Case([&](MomentsOp op) { return 3 * count(op.getInput()); })
      .Case([&](WindowSumOp op) {
        double taps = 1;
        for (int64_t extent : op.getWindow())
          taps *= extent;
        return taps * count(op);
      })
      .Case([&](WindowArgMaxOp op) {
        double taps = 1;
        for (int64_t extent : op.getWindow())
          taps *= extent;
        return 2 * taps * count(op);
      })
      .Case<ArgMaxOp, ArgMinOp>(
          [&](auto op) { return 2 * count(op.getInput()); })
      .Case([&](SortOp op) {
        double depth = std::log2(shapeOf(op.getInput())[op.getDim()] + 1.0);
        return 4 * depth * count(op.getInput());
      })
      .Case([&](ScatterAddOp op) { return count(op.getUpdates()); })
      .Case([&](CumsumOp op) { return count(op); })
      .Default([&](mlir::Operation *op) -> double {
        if (!op->hasTrait<ElementwiseTrait>())
          return 0;
        return count(op->getResult(0));
      });
}

double gan::codegen::countFlop(kernel::DefineOp kernel) {
  double flop = 0;
  for (mlir::Operation &op : kernel.getBody().front())
    flop += flopOf(op);
  return flop;
}

/// Whether all rows of a batched kernel share a value.
static bool isShared(kernel::DefineOp kernel, mlir::Type type) {
  return kernel.isBatched() &&
         llvm::cast<mlir::RankedTensorType>(type).hasStaticShape();
}

double gan::codegen::countBytes(kernel::DefineOp kernel) {
  double bytes = 0;
  for (mlir::Type type : llvm::concat<const mlir::Type>(
           kernel.getArgumentTypes(), kernel.getResultTypes())) {
    if (isShared(kernel, type))
      continue;
    unsigned bits =
        llvm::cast<mlir::RankedTensorType>(type).getElementTypeBitWidth();
    bytes += double(countElements(type)) * ((bits + 7) / 8);
  }
  return bytes;
}

double gan::codegen::countProducts(mlir::Operation *contraction) {
  if (auto grad = llvm::dyn_cast<ConvGradInputOp>(contraction))
    return double(countElements(grad.getType())) *
           countElements(grad.getWeight().getType()) /
           shapeOf(grad.getWeight())[1] / grad.getGeometry().getGroups();
  return flopOf(*contraction) / 2;
}

namespace {
/// How often an operation looks at an element, and what one look takes.
struct Looks {
  double count = 0, seconds = 0;
};
} // namespace

/// Measured: docs/rationale/Rationale-Backends.md.
static Looks looksOf(mlir::Operation &op) {
  double flop = flopOf(op);
  return llvm::TypeSwitch<mlir::Operation *, Looks>(&op)
      .Case<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(
          [](auto op) { return Looks{countProducts(op), 60e-12}; })
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
          [&](auto) { return Looks{flop, 20e-12}; })
      .Case([&](MomentsOp) { return Looks{flop / 3, 30e-12}; })
      .Case<ArgMaxOp, ArgMinOp>([&](auto) { return Looks{flop / 2, 180e-12}; })
      .Case([&](WindowArgMaxOp) { return Looks{flop / 2, 100e-12}; })
      .Case([&](WindowSumOp) { return Looks{flop, 30e-12}; })
      .Case<ExpOp, LogOp, Log1pOp, TanhOp, LogisticOp, SoftplusOp, SinOp, CosOp,
            ErfOp, PowOp>([&](auto) { return Looks{flop, 450e-12}; })
      .Case([](RandomOp op) {
        return Looks{double(countElements(op.getType())), 5.5e-9};
      })
      .Case([](PadOp op) {
        return Looks{double(countElements(op.getType())), 40e-12};
      })
      .Case<SortOp, ScatterAddOp, CumsumOp>(
          [&](auto) { return Looks{flop, 1e-9}; })
      .Default([&](mlir::Operation *op) -> Looks {
        if (op->getNumResults() == 0)
          return {};
        double count = countElements(op->getResult(0).getType());
        return {count, op->hasTrait<ElementwiseTrait>() ? 20e-12 : 0};
      });
}

double gan::codegen::estimateSeconds(kernel::DefineOp kernel,
                                     const AccessCounts &accesses,
                                     bool hasLanes) {
  double seconds = countBytes(kernel) / 80e9, most = 0;
  for (mlir::Operation &op : kernel.getBody().front()) {
    if (op.getNumResults() != 0 &&
        isShared(kernel, op.getResult(0).getType())) // calculated once
      continue;
    Looks looks = looksOf(op);
    seconds += looks.count * looks.seconds;
    most = std::max(most, looks.count);
  }
  // Every lane is read for itself, or there are none.
  seconds += most * accesses.scattered * 400e-12;
  if (!hasLanes && accesses.contiguous == 0 && !kernel.isBatched())
    seconds += most * 500e-12;
  return seconds;
}
