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

double gan::codegen::countBytes(kernel::DefineOp kernel) {
  double bytes = 0;
  for (mlir::Type type : llvm::concat<const mlir::Type>(
           kernel.getArgumentTypes(), kernel.getResultTypes())) {
    unsigned bits =
        llvm::cast<mlir::RankedTensorType>(type).getElementTypeBitWidth();
    bytes += double(countElements(type)) * ((bits + 7) / 8);
  }
  return bytes;
}

double gan::codegen::estimateSeconds(kernel::DefineOp kernel) {
  double seconds = countBytes(kernel) / 8e9;
  for (mlir::Operation &op : kernel.getBody().front()) {
    double flop = flopOf(op);
    if (llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op))
      seconds += flop / 60e9;
    else if (llvm::isa<ExpOp, LogOp, Log1pOp, TanhOp, LogisticOp, SoftplusOp,
                       SinOp, CosOp, ErfOp, PowOp>(op))
      seconds += flop / 1e9;
    else if (llvm::isa<RandomOp>(op))
      seconds += countElements(op.getResult(0).getType()) / 2e8;
    else
      seconds += flop / 10e9;
  }
  return seconds;
}
