//===- KernelCost.cpp - kinds of operations, and what a kernel costs ------===//

#include "dialects/kernel/Transforms/KernelCost.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

static bool isShapeOperation(Operation *op) {
  return isa<ReshapeOp, TransposeOp, ReverseOp, BroadcastOp, ConcatOp, SliceOp,
             PadOp, ConstantOp, IotaOp>(op);
}

/// Whether `value` is made of constants and iotas by at most `depth` operations
/// on each way.
static bool isMadeOfIndices(Value value, unsigned depth) {
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0 ||
      !(isShapeOperation(op) || op->hasTrait<ElementwiseTrait>()))
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return isMadeOfIndices(operand, depth - 1);
  });
}

bool kernel::movesElements(Operation *op) {
  if (auto gather = dyn_cast<GatherOp>(op))
    return isMadeOfIndices(gather.getIndex(), 6);
  return isShapeOperation(op) || isa<DynamicSliceOp, DynamicUpdateSliceOp>(op);
}

bool kernel::isRoot(Operation *op) {
  return op->hasTrait<PrimitiveTrait>() && !op->hasTrait<ElementwiseTrait>() &&
         !movesElements(op);
}

bool kernel::isContraction(Operation *op) {
  return isa<ConvOp, ConvGradInputOp, ConvGradWeightOp, DotOp>(op);
}

bool kernel::isStencil(Operation *op) {
  // Everything is written out: what is longer is a loop.
  constexpr int64_t most = 256;
  auto isSmall = [](ArrayRef<int64_t> support) {
    int64_t count = 1;
    for (int64_t extent : support)
      count *= extent;
    return count > 0 && count <= most;
  };
  auto shapeOf = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  };
  return TypeSwitch<Operation *, bool>(op)
      .Case<ConvOp, ConvGradInputOp>([&](auto conv) {
        ArrayRef<int64_t> weight = shapeOf(conv.getWeight());
        return weight[1] == 1 && weight[0] == conv.getGeometry().getGroups() &&
               isSmall(weight.drop_front(2));
      })
      .Case([&](WindowSumOp window) { return isSmall(window.getWindow()); })
      .Default([](Operation *) { return false; });
}

bool kernel::isChain(DefineOp kernel) {
  llvm::SmallDenseSet<Value> filtered;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    bool isBehind = llvm::any_of(op.getOperands(), [&](Value operand) {
      return filtered.contains(operand);
    });
    if (isBehind && !op.hasTrait<ElementwiseTrait>() && !isa<ReshapeOp>(op))
      return true;
    if (isBehind || isStencil(&op))
      filtered.insert(op.result_begin(), op.result_end());
  }
  return false;
}

double kernel::flopPerElement(Operation *op) {
  if (isRoot(op) ||
      isa<ConstantOp, ReshapeOp, BroadcastOp, StopOp, ReverseGradientOp>(op))
    return 0;
  return TypeSwitch<Operation *, double>(op)
      .Case<ExpOp, LogOp, Log1pOp, SinOp, CosOp>([](auto) { return 16; })
      .Case<TanhOp, LogisticOp, SoftplusOp, ErfOp>([](auto) { return 24; })
      .Case<PowOp>([](auto) { return 40; })
      .Case<DivOp, SqrtOp, RsqrtOp>([](auto) { return 6; })
      .Case<GatherOp>([](auto) { return 4; })
      .Default([](Operation *) { return 1; });
}

int64_t kernel::elementsOf(Type type) {
  int64_t count = 1;
  for (int64_t dim : cast<RankedTensorType>(type).getShape())
    count *= ShapedType::isDynamic(dim) ? 1 : dim;
  return count;
}

uint64_t kernel::bytesOf(Type type) {
  unsigned width = cast<RankedTensorType>(type).getElementTypeBitWidth();
  return static_cast<uint64_t>(elementsOf(type)) * std::max(1u, width / 8);
}

/// 2 for every index triple that the geometry ties together.
static double convolutionFlop(Value weight, Value output) {
  auto type = cast<RankedTensorType>(weight.getType());
  return 2.0 * elementsOf(output.getType()) * elementsOf(type) /
         std::max<int64_t>(1, type.getDimSize(0));
}

double kernel::flopOf(Operation *op) {
  double results =
      op->getNumResults() ? elementsOf(op->getResult(0).getType()) : 0;
  return TypeSwitch<Operation *, double>(op)
      .Case<ConvOp>([](ConvOp conv) {
        return convolutionFlop(conv.getWeight(), conv.getResult());
      })
      .Case<ConvGradInputOp>([](ConvGradInputOp conv) {
        return convolutionFlop(conv.getWeight(), conv.getOutput());
      })
      .Case<ConvGradWeightOp>([](ConvGradWeightOp conv) {
        return convolutionFlop(conv.getResult(), conv.getOutput());
      })
      .Case<DotOp>([&](DotOp dot) {
        double depth = 1;
        auto type = cast<RankedTensorType>(dot.getLhs().getType());
        for (int64_t dim : dot.getLhsContract())
          depth *= type.getDimSize(dim);
        return 2 * depth * results;
      })
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp>([](auto reduce) {
        return double(elementsOf(reduce.getInput().getType()));
      })
      .Case<MomentsOp>([](MomentsOp moments) {
        return 4.0 * elementsOf(moments.getInput().getType());
      })
      .Case<WindowSumOp>([&](WindowSumOp window) {
        double size = 1;
        for (int64_t length : window.getWindow())
          size *= length;
        return size * results;
      })
      .Case<WindowArgMaxOp>([&](WindowArgMaxOp search) {
        double size = 2;
        for (int64_t length : search.getWindow())
          size *= length;
        return size * results;
      })
      .Case<ArgMaxOp, ArgMinOp>([](auto search) {
        return 2.0 * elementsOf(search.getInput().getType());
      })
      .Case<SortOp>([](SortOp sort) {
        auto type = cast<RankedTensorType>(sort.getInput().getType());
        return 4 * std::log2(type.getDimSize(sort.getDim()) + 1.0) *
               elementsOf(type);
      })
      .Case<ScatterAddOp>([](ScatterAddOp scatter) {
        return double(elementsOf(scatter.getUpdates().getType()));
      })
      .Case<RandomOp>([&](auto) { return 40 * results; })
      .Case<CumsumOp, GatherOp>([&](auto) { return results; })
      .Default([&](Operation *) { return flopPerElement(op) * results; });
}

KernelCost kernel::costOf(DefineOp kernel) {
  KernelCost cost;
  for (Operation &op : kernel.getBody().front().without_terminator())
    cost.flop += flopOf(&op);
  for (Type type : kernel.getArgumentTypes())
    cost.bytes += bytesOf(type);
  for (Type type : kernel.getResultTypes())
    cost.bytes += bytesOf(type);
  return cost;
}

KernelCost kernel::costOfCall(Operation *op, DefineOp callee) {
  if (isa<CallOp>(op))
    return costOf(callee);
  KernelCost cost;
  auto batch = dyn_cast<BatchOp>(op);
  if (!batch)
    return cost;
  // Every row runs the region on its own number of elements.
  size_t results = callee.getResultTypes().size();
  double perElement = costOf(callee).flop;
  for (size_t row = 0; row < batch.getNumResults(); row += results)
    cost.flop += perElement * elementsOf(batch.getResult(row).getType());
  for (Type type : op->getOperandTypes())
    cost.bytes += bytesOf(type);
  for (Type type : op->getResultTypes())
    cost.bytes += bytesOf(type);
  return cost;
}

Operation *kernel::rootOf(DefineOp kernel) {
  Operation *last = nullptr;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (isRoot(&op))
      return &op;
    last = &op;
  }
  return last;
}

bool kernel::mayOverwrite(DefineOp kernel, unsigned result, unsigned argument) {
  SmallVector<int64_t> layout = kernel.getArgumentLayout(argument);
  if (bytesOf(kernel.getResultTypes()[result]) !=
          bytesOf(kernel.getArgumentTypes()[argument]) ||
      kernel.getResultLayout(result) != layout)
    return false;
  // Values that are read at another element than the one being computed.
  llvm::SmallDenseSet<Value> elsewhere;
  SmallVector<Value> work;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (isRoot(&op))
      return false;
    // Elements keep their number through a reshape only in row-major order.
    if (isa<ReshapeOp>(op) && !llvm::is_sorted(layout))
      return false;
    if (!op.hasTrait<ElementwiseTrait>() && !isa<ReshapeOp>(op))
      llvm::append_range(work, op.getOperands());
  }
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (!elsewhere.insert(value).second)
      continue;
    if (Operation *op = value.getDefiningOp())
      llvm::append_range(work, op->getOperands());
  }
  return !elsewhere.contains(kernel.getBody().getArgument(argument));
}
