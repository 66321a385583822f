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

/// Calls `visit(start, length)` for every slice that indices choose from axis
/// `dim`, in row-major order of the result.
template <typename Visitor>
static void forEachSlice(ShapeRef shape, const Tensor &index, int64_t dim,
                         int64_t batch, Visitor visit) {
  int64_t size = shape[dim];
  int64_t rows = countElements(shape.take_front(batch));
  int64_t outer = countElements(shape.take_front(dim).drop_front(batch));
  int64_t inner = countElements(shape.drop_front(dim + 1));
  int64_t chosen = rows ? index.size() / rows : 0;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t o = 0; o < outer; ++o)
      for (double i : llvm::ArrayRef(index.values).slice(row * chosen, chosen))
        visit(((row * outer + o) * size + static_cast<int64_t>(i)) * inner,
              inner);
}

static FailureOr<Results> gather(GatherOp op, const Tensor &x,
                                 const Tensor &index) {
  int64_t dim = op.getDim(), size = x.shape[dim];
  if (failed(checkIndices(op, index, size)))
    return failure();
  Tensor result(cast<RankedTensorType>(op.getType()).getShape());
  double *target = result.data();
  forEachSlice(x.shape, index, dim, op.getBatch(),
               [&](int64_t start, int64_t inner) {
                 target = std::copy_n(x.data() + start, inner, target);
               });
  return Results{std::move(result)};
}

static FailureOr<Results> scatterAdd(ScatterAddOp op, const Tensor &base,
                                     const Tensor &index,
                                     const Tensor &updates) {
  int64_t dim = op.getDim(), size = base.shape[dim];
  if (failed(checkIndices(op, index, size)))
    return failure();
  Tensor result = base;
  const double *source = updates.data();
  forEachSlice(base.shape, index, dim, op.getBatch(),
               [&](int64_t start, int64_t inner) {
                 for (int64_t j = 0; j < inner; ++j)
                   result.values[start + j] += *source++;
               });
  return Results{std::move(result)};
}

/// Calls `visit(place, i)` for every element of a part that starts where
/// numbers say: its place in the whole, and its own.
template <typename Visitor>
static void forEachInPart(ShapeRef whole, ShapeRef part, const Tensor &start,
                          Visitor visit) {
  size_t sliced = start.shape.back(), kept = whole.size() - sliced;
  Shape strides = stridesOf(whole);
  int64_t perRow = countElements(part.drop_front(start.rank() - 1));
  forEachOffset(part, strides, 0, [&](int64_t i, int64_t offset) {
    for (size_t axis = 0; axis < sliced; ++axis) {
      int64_t most = whole[kept + axis] - part[kept + axis];
      auto first =
          static_cast<int64_t>(start.values[i / perRow * sliced + axis]);
      offset += std::clamp<int64_t>(first, 0, most) * strides[kept + axis];
    }
    visit(offset, i);
  });
}

static Tensor dynamicSlice(DynamicSliceOp op, const Tensor &x,
                           const Tensor &start) {
  Tensor result(cast<RankedTensorType>(op.getType()).getShape());
  forEachInPart(x.shape, result.shape, start, [&](int64_t place, int64_t i) {
    result.values[i] = x.values[place];
  });
  return result;
}

static Tensor dynamicUpdateSlice(const Tensor &base, const Tensor &update,
                                 const Tensor &start) {
  Tensor result = base;
  forEachInPart(base.shape, update.shape, start, [&](int64_t place, int64_t i) {
    result.values[place] = update.values[i];
  });
  return result;
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
      .Case([&](DynamicSliceOp op) {
        return FailureOr<Results>(
            Results{dynamicSlice(op, *operands[0], *operands[1])});
      })
      .Case([&](DynamicUpdateSliceOp op) {
        return FailureOr<Results>(Results{
            dynamicUpdateSlice(*operands[0], *operands[1], *operands[2])});
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
  if (auto results = evaluateOrder(op, operands))
    return *results;
  if (auto results = evaluateContraction(op, operands))
    return *results;
  if (auto results = evaluateIndexing(op, operands))
    return *results;
  return op->emitOpError() << "is not a primitive of the reference interpreter";
}

} // namespace gan::reference
