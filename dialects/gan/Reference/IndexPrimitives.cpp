//===- IndexPrimitives.cpp - constants, indices, gather and scatter -------===//

#include "dialects/gan/Reference/Primitives.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace gan::reference {

static LogicalResult checkIndices(Operation *op, const Tensor &index,
                                  int64_t size) {
  for (double value : index.values)
    if (!(value >= 0 && value < size))
      return op->emitOpError() << "expected an index from 0 to " << size - 1
                               << ", got " << static_cast<int64_t>(value);
  return success();
}

static FailureOr<Results> gather(GatherOp op, const Tensor &x,
                                 const Tensor &index) {
  int64_t dim = op.getDim(), size = x.shape[dim];
  if (failed(checkIndices(op, index, size)))
    return failure();
  Tensor result(cast<RankedTensorType>(op.getType()).getShape());
  int64_t outer = countElements(ShapeRef(x.shape).take_front(dim));
  int64_t inner = countElements(ShapeRef(x.shape).drop_front(dim + 1));
  double *target = result.data();
  for (int64_t o = 0; o < outer; ++o)
    for (double i : index.values)
      target =
          std::copy_n(x.data() + (o * size + static_cast<int64_t>(i)) * inner,
                      inner, target);
  return Results{std::move(result)};
}

static FailureOr<Results> scatterAdd(ScatterAddOp op, const Tensor &base,
                                     const Tensor &index,
                                     const Tensor &updates) {
  int64_t dim = op.getDim(), size = base.shape[dim];
  if (failed(checkIndices(op, index, size)))
    return failure();
  Tensor result = base;
  int64_t outer = countElements(ShapeRef(base.shape).take_front(dim));
  int64_t inner = countElements(ShapeRef(base.shape).drop_front(dim + 1));
  const double *source = updates.data();
  for (int64_t o = 0; o < outer; ++o)
    for (double i : index.values) {
      double *target =
          result.data() + (o * size + static_cast<int64_t>(i)) * inner;
      for (int64_t j = 0; j < inner; ++j)
        target[j] += *source++;
    }
  return Results{std::move(result)};
}

static Tensor iota(IotaOp op) {
  Tensor result(cast<RankedTensorType>(op.getType()).getShape());
  int64_t dim = op.getDim(), inner = stridesOf(result.shape)[dim];
  for (int64_t i = 0; i < result.size(); ++i)
    result.values[i] = i / inner % result.shape[dim];
  return result;
}

static Tensor random(RandomOp op, const Tensor &words) {
  Key key;
  for (auto [word, value] : llvm::zip(key, words.values))
    word = static_cast<uint32_t>(static_cast<int64_t>(value));
  return drawRandom(op.getDistribution(), key, op.getSite(),
                    op.getA().convertToDouble(), op.getB().convertToDouble(),
                    cast<RankedTensorType>(op.getType()).getShape());
}

std::optional<FailureOr<Results>> evaluateIndexing(Operation *op,
                                                   Operands operands) {
  using Answer = std::optional<FailureOr<Results>>;
  return llvm::TypeSwitch<Operation *, Answer>(op)
      .Case([&](ConstantOp constant) -> Answer {
        auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
        if (!elements)
          return FailureOr<Results>(op->emitOpError()
                                    << "expected a dense literal");
        return FailureOr<Results>(Results{fromElements(elements)});
      })
      .Case([&](IotaOp op) { return FailureOr<Results>(Results{iota(op)}); })
      .Case([&](GatherOp op) { return gather(op, *operands[0], *operands[1]); })
      .Case([&](ScatterAddOp op) {
        return scatterAdd(op, *operands[0], *operands[1], *operands[2]);
      })
      .Case([&](RandomOp op) {
        return FailureOr<Results>(Results{random(op, *operands[0])});
      })
      .Default([](Operation *) { return std::nullopt; });
}

FailureOr<Results> evaluatePrimitive(Operation *op, Operands operands) {
  if (auto results = evaluateElementwise(op, operands))
    return *results;
  if (auto results = evaluateShape(op, operands))
    return *results;
  if (auto results = evaluateReduction(op, operands))
    return *results;
  if (auto results = evaluateContraction(op, operands))
    return *results;
  if (auto results = evaluateIndexing(op, operands))
    return *results;
  return op->emitOpError() << "is not a primitive of the reference interpreter";
}

} // namespace gan::reference
