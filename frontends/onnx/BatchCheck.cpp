//===- BatchCheck.cpp - what the batch is, and whether it may change ------===//
//
// A file may say `64` where it means the batch. Another number may stand there
// only if every operation treats the elements of axis 0 one by one: then the
// network means the same for every batch. The operations are those of the gan
// dialect, which are few.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "frontends/onnx/Importer.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

std::optional<int64_t> onnximport::fixedBatch(ArrayRef<OnnxPort> inputs) {
  for (const OnnxPort &port : inputs)
    if (!port.dimensions.empty() && !port.dimensions[0].size)
      return std::nullopt;
  for (const OnnxPort &port : inputs)
    if (port.dimensions.size() > 1)
      return port.dimensions[0].size;
  return std::nullopt;
}

bool onnximport::isBatched(const OnnxPort &port, RankedTensorType type,
                           int64_t batch, std::optional<int64_t> fileBatch) {
  // An empty axis counts nothing.
  if (type.getRank() == 0 || type.getDimSize(0) != batch || batch == 0)
    return false;
  if (port.dimensions.empty()) // not in the file
    return type.getRank() > 1;
  std::optional<int64_t> size = port.dimensions[0].size;
  return !size ||
         (fileBatch && size == fileBatch && (type.getRank() > 1 || *size > 1));
}

int64_t onnximport::batchOf(ArrayRef<OnnxPort> inputs,
                            ArrayRef<RankedTensorType> types) {
  std::optional<int64_t> fileBatch = fixedBatch(inputs);
  for (int64_t least : {2, 1})
    for (auto [port, type] : llvm::zip(inputs, types))
      if (type.getRank() >= least &&
          isBatched(port, type, type.getDimSize(0), fileBatch))
        return type.getDimSize(0);
  return 0;
}

// Whether the batch is axis 0 of the result when it is axis 0 of the operands
// for which `isBatched` holds (at least one).
static bool passes(Operation *operation,
                   llvm::function_ref<bool(Value)> isBatched) {
  int64_t batch = 0;
  for (Value operand : operation->getOperands())
    if (isBatched(operand))
      batch = tensorType(operand).getDimSize(0);
  auto starts = [&](Value value) {
    RankedTensorType type = tensorType(value);
    return type.getRank() > 0 && type.getDimSize(0) == batch;
  };
  auto onlyFirst = [&] {
    return llvm::none_of(operation->getOperands().drop_front(), isBatched);
  };
  return llvm::TypeSwitch<Operation *, bool>(operation)
      .Case<ReshapeOp>([&](auto op) { return starts(op.getResult()); })
      .Case([&](TransposeOp op) { return op.getPermutation()[0] == 0; })
      .Case([&](ReverseOp op) { return !llvm::is_contained(op.getDims(), 0); })
      .Case(
          [&](BroadcastOp op) { return !llvm::is_contained(op.getDims(), 0); })
      .Case([&](ConcatOp op) {
        return op.getDim() != 0 && llvm::all_of(op.getInputs(), starts);
      })
      .Case([&](SliceOp op) {
        return op.getStart()[0] == 0 && op.getStride()[0] == 1 &&
               starts(op.getResult());
      })
      .Case([&](PadOp op) {
        return op.getLow()[0] == 0 && op.getHigh()[0] == 0 &&
               op.getInterior()[0] == 0;
      })
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp, NormOp, MomentsOp>(
          [&](auto op) { return !llvm::is_contained(op.getDims(), 0); })
      .Case<SoftmaxOp, LogSoftmaxOp, LogSumExpOp, CumsumOp>(
          [&](auto op) { return op.getDim() != 0; })
      .Case([&](WindowSumOp op) {
        return op.getWindow()[0] == 1 && op.getStride()[0] == 1;
      })
      .Case([&](GatherOp op) {
        if (isBatched(op.getIndex()))
          return op.getDim() == 0 && !isBatched(op.getInput());
        return op.getDim() != 0;
      })
      .Case([&](DotOp op) {
        bool inBatch = !op.getLhsBatch().empty() && op.getLhsBatch()[0] == 0 &&
                       op.getRhsBatch()[0] == 0;
        if (inBatch)
          return true;
        return isBatched(op.getLhs()) && !isBatched(op.getRhs()) &&
               op.getLhsBatch().empty() &&
               !llvm::is_contained(op.getLhsContract(), 0);
      })
      .Case([&](ConvOp op) { return !isBatched(op.getWeight()); })
      .Case([&](ConvGradInputOp op) { return !isBatched(op.getWeight()); })
      .Case([&](LayerNormOp op) { return op.getAxis() != 0 && onlyFirst(); })
      .Case<BatchNormOp, InstanceNormOp>([&](auto) { return onlyFirst(); })
      .Case<ReluOp, LeakyReluOp, ClipOp, MaximumOp, MinimumOp, DropoutOp>(
          [](auto) { return true; })
      .Default([](Operation *op) { return op->hasTrait<ElementwiseTrait>(); });
}

LogicalResult onnximport::checkBatch(NetworkOp network,
                                     const std::vector<bool> &isRebatched,
                                     int64_t fileBatch, Reporter &reporter) {
  Block &body = network.getBody().front();
  llvm::DenseSet<Value> batched;
  for (BlockArgument argument : body.getArguments())
    if (isRebatched[argument.getArgNumber()])
      batched.insert(argument);
  auto isBatched = [&](Value value) { return batched.contains(value); };
  for (Operation &operation : body.without_terminator()) {
    if (llvm::none_of(operation.getOperands(), isBatched))
      continue;
    if (passes(&operation, isBatched)) {
      // Statistics of batch_norm have no batch.
      batched.insert(operation.getResult(0));
      continue;
    }
    auto name = dyn_cast<NameLoc>(operation.getLoc());
    reporter.error("node " +
                       quoted(name ? name.getName().getValue() : StringRef()) +
                       " mixes axis 0 with other elements, so the batch " +
                       Twine(fileBatch) +
                       " that the file has as a number cannot be replaced",
                   {"export the model with a dynamic batch axis"});
    return failure();
  }
  return success();
}
