//===- FoldBatchNorm.cpp - inference statistics into weights --------------===//
//
//  1. For a batch_norm with running statistics find the contraction before it,
//     maybe with a bias between them.
//  2. Multiply the contraction's weight, along its output channels, by
//     scale * rsqrt(variance + epsilon).
//  3. Add what is left per channel as the new bias.
// Holds afterwards: the new arithmetic stands on parameters and constants only.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "dialects/gan/Transforms/Passes.h"

namespace gan {
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "dialects/gan/Transforms/Passes.h.inc"
} // namespace gan

using namespace mlir;
using namespace gan;

/// Whether a value is known before any input is.
static bool isFromParameters(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (isa<ParameterOp>(op))
    return true;
  return op->hasTrait<PrimitiveTrait>() && !isa<RandomOp>(op) &&
         llvm::all_of(op->getOperands(), isFromParameters);
}

/// A vector along axis 1 that is added to `value` by a broadcast.
static Value biasOf(AddOp sum, Value &value) {
  for (auto [x, y] : {std::pair{sum.getLhs(), sum.getRhs()},
                      std::pair{sum.getRhs(), sum.getLhs()}}) {
    auto broadcast = y.getDefiningOp<BroadcastOp>();
    if (!broadcast || !isFromParameters(broadcast.getInput()))
      continue;
    int64_t rank = tensorType(sum.getResult()).getRank();
    if (broadcast.getDims() != ArrayRef(otherDims(rank, {1})))
      continue;
    value = x;
    return broadcast.getInput();
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Weights times a factor per output channel
//===----------------------------------------------------------------------===//

/// `weight` has the output channels as axis 0.
static Value scaledConvWeight(TensorBuilder &b, ConvOp op, Value factor) {
  Value weight = op.getWeight();
  return b.mul(weight, b.alongAxis(factor, 0, tensorType(weight).getShape()));
}

/// `weight` is [G * M/G, C/G, kernel…], and the channels of the result are G
/// times C/G: with the groups as an axis of its own, the factor lies along two
/// axes.
static Value scaledConvGradInputWeight(TensorBuilder &b, ConvGradInputOp op,
                                       Value factor) {
  Value weight = op.getWeight();
  SmallVector<int64_t> shape(tensorType(weight).getShape());
  int64_t groups = op.getGeometry().getGroups();
  SmallVector<int64_t> grouped = {groups, shape[0] / groups};
  grouped.append(shape.begin() + 1, shape.end());
  Value perGroup = b.reshape(factor, {groups, shape[1]});
  Value spread =
      b.broadcast(perGroup, otherDims(grouped.size(), {0, 2}), grouped);
  return b.mul(weight, b.reshape(spread, shape));
}

/// The operand of a dot that axis 1 of its result comes from, and which of its
/// axes that is. Null when it is a batch axis, which both operands have.
static std::pair<OpOperand *, int64_t> channelOperand(DotOp op) {
  auto freeDims = [](Value value, ArrayRef<int64_t> batch,
                     ArrayRef<int64_t> contract) {
    SmallVector<int64_t> used(batch);
    used.append(contract.begin(), contract.end());
    return otherDims(tensorType(value).getRank(), used);
  };
  int64_t channel = 1 - static_cast<int64_t>(op.getLhsBatch().size());
  auto left = freeDims(op.getLhs(), op.getLhsBatch(), op.getLhsContract());
  auto right = freeDims(op.getRhs(), op.getRhsBatch(), op.getRhsContract());
  if (channel < 0)
    return {nullptr, 0};
  if (channel < static_cast<int64_t>(left.size()))
    return {&op.getLhsMutable(), left[channel]};
  channel -= left.size();
  if (channel < static_cast<int64_t>(right.size()))
    return {&op.getRhsMutable(), right[channel]};
  return {nullptr, 0};
}

/// The operand of a contraction that is its weight, or null.
static OpOperand *weightOperand(Operation *op) {
  OpOperand *operand = nullptr;
  if (auto conv = dyn_cast_or_null<ConvOp>(op))
    operand = &conv.getWeightMutable();
  else if (auto transposed = dyn_cast_or_null<ConvGradInputOp>(op))
    operand = &transposed.getWeightMutable();
  else if (auto dot = dyn_cast_or_null<DotOp>(op))
    operand = channelOperand(dot).first;
  return operand && isFromParameters(operand->get()) ? operand : nullptr;
}

static Value scaledWeight(TensorBuilder &b, Operation *op, Value factor) {
  if (auto conv = dyn_cast<ConvOp>(op))
    return scaledConvWeight(b, conv, factor);
  if (auto transposed = dyn_cast<ConvGradInputOp>(op))
    return scaledConvGradInputWeight(b, transposed, factor);
  auto [operand, axis] = channelOperand(cast<DotOp>(op));
  Value weight = operand->get();
  return b.mul(weight,
               b.alongAxis(factor, axis, tensorType(weight).getShape()));
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

static bool fold(BatchNormOp norm) {
  if (norm.getStatistics() != Statistics::running)
    return false;
  for (Value vector :
       {norm.getScale(), norm.getBias(), norm.getMean(), norm.getVariance()})
    if (!isFromParameters(vector))
      return false;
  Value product = norm.getInput(), bias;
  if (auto sum = product.getDefiningOp<AddOp>(); sum && product.hasOneUse())
    bias = biasOf(sum, product);
  Operation *contraction = product.getDefiningOp();
  OpOperand *weight = weightOperand(contraction);
  if (!weight || !product.hasOneUse())
    return false;

  OpBuilder builder(norm);
  TensorBuilder b(builder, norm.getLoc());
  Value root =
      b.rsqrt(b.shift(norm.getVariance(), norm.getEpsilon().convertToDouble()));
  Value factor = b.mul(norm.getScale(), root);
  Value offset = bias ? b.sub(bias, norm.getMean()) : b.neg(norm.getMean());
  offset = b.add(b.mul(offset, factor), norm.getBias());

  Value scaled = scaledWeight(b, contraction, factor);
  Operation *copy = builder.clone(*contraction);
  copy->setOperand(weight->getOperandNumber(), scaled);
  Value result = copy->getResult(0);
  result = b.add(result, b.alongAxis(offset, 1, tensorType(result).getShape()));
  norm.replaceAllUsesWith(
      ValueRange{result, norm.getMean(), norm.getVariance()});
  norm.erase();
  return true;
}

namespace {
struct FoldBatchNormPass : gan::impl::FoldBatchNormPassBase<FoldBatchNormPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<BatchNormOp> norms;
    getOperation()->walk([&](BatchNormOp norm) { norms.push_back(norm); });
    unsigned count = llvm::count_if(norms, fold);
    numFolded += count;
    if (count > 0)
      eraseDeadOperations(getOperation());
  }
};
} // namespace
