//===- WeightUse.cpp - how contractions see a parameter -------------------===//

#include "dialects/game/Transforms/WeightUse.h"

using namespace mlir;
using namespace gan;
using namespace gan::game;

/// Axes of an operand of a dot that it neither contracts nor shares as a batch.
static SmallVector<int64_t> freeAxes(int64_t rank, ArrayRef<int64_t> contract) {
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(contract, axis))
      axes.push_back(axis);
  return axes;
}

static std::optional<WeightUse> useBy(OpOperand &use) {
  Operation *op = use.getOwner();
  auto type = cast<RankedTensorType>(use.get().getType());
  double elements = type.getNumElements();
  unsigned number = use.getOperandNumber();
  if (auto conv = dyn_cast<ConvOp>(op)) {
    if (number != 1)
      return std::nullopt;
    return WeightUse{false,
                     elements / type.getDimSize(0),
                     elements / type.getDimSize(1) /
                         conv.getGeometry().getGroups(),
                     {0}};
  }
  if (auto conv = dyn_cast<ConvGradInputOp>(op)) {
    if (number != 0)
      return std::nullopt;
    return WeightUse{false,
                     elements / type.getDimSize(1) /
                         conv.getGeometry().getGroups(),
                     elements / type.getDimSize(0),
                     {1}};
  }
  if (auto dot = dyn_cast<DotOp>(op)) {
    ArrayRef<int64_t> contract =
        number == 0 ? dot.getLhsContract() : dot.getRhsContract();
    bool hasBatch = !dot.getLhsBatch().empty();
    double in = 1;
    for (int64_t dim : contract)
      in *= type.getDimSize(dim);
    return WeightUse{false, in, elements / in,
                     hasBatch ? SmallVector<int64_t>()
                              : freeAxes(type.getRank(), contract)};
  }
  if (auto gather = dyn_cast<GatherOp>(op))
    if (number == 0)
      return WeightUse{true, 0, 0, {static_cast<int64_t>(gather.getDim())}};
  return std::nullopt;
}

static std::optional<WeightUse> useOf(Value value);

/// The use of a parameter that is seen through this operation.
static std::optional<WeightUse> useThrough(Operation *op) {
  if (!isa<ReshapeOp, TransposeOp>(op))
    return std::nullopt;
  auto use = useOf(op->getResult(0));
  if (!use)
    return std::nullopt;
  SmallVector<int64_t> outputs;
  if (auto transpose = dyn_cast<TransposeOp>(op))
    for (int64_t axis : use->outputs)
      outputs.push_back(transpose.getPermutation()[axis]);
  llvm::sort(outputs);
  use->outputs = std::move(outputs);
  return use;
}

static std::optional<WeightUse> useOf(Value value) {
  std::optional<WeightUse> table;
  for (OpOperand &operand : value.getUses()) {
    auto use = useBy(operand);
    if (!use)
      use = useThrough(operand.getOwner());
    if (use && !use->isTable)
      return use;
    if (use && !table)
      table = use;
  }
  return table;
}

std::optional<WeightUse> gan::game::weightUseOf(gan::ParameterOp parameter) {
  return useOf(parameter.getResult());
}
