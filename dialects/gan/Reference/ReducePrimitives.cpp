//===- ReducePrimitives.cpp - reductions, windows, running sums -----------===//

#include "dialects/gan/Reference/Primitives.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace gan::reference {

/// For every axis of `shape` how far the reduced result moves: 0 along `dims`.
static Shape reducedStrides(ShapeRef shape, ShapeRef dims) {
  Shape own = stridesOf(shapeWithout(shape, dims)), strides(shape.size(), 0);
  for (auto [from, to] : llvm::zip(own, otherDims(shape.size(), dims)))
    strides[to] = from;
  return strides;
}

template <typename Function>
static Tensor reduced(const Tensor &x, ShapeRef dims, double initial,
                      Function combine) {
  Tensor result(shapeWithout(x.shape, dims), initial);
  forEachOffset(x.shape, reducedStrides(x.shape, dims), 0,
                [&](int64_t index, int64_t offset) {
                  double &target = result.values[offset];
                  target = combine(target, x.values[index]);
                });
  return result;
}

static Tensor sum(const Tensor &x, ShapeRef dims) {
  return reduced(x, dims, 0.0, [](double a, double b) { return a + b; });
}

// A NaN anywhere makes the result NaN.
static double larger(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}
static double smaller(double a, double b) {
  return std::isnan(a) || a < b ? a : b;
}

static Results moments(const Tensor &x, ShapeRef dims) {
  double count = 1;
  for (int64_t dim : dims)
    count *= x.shape[dim];
  Tensor mean = sum(x, dims);
  for (double &value : mean.values)
    value /= count;
  Tensor variance(mean.shape);
  forEachOffset(x.shape, reducedStrides(x.shape, dims), 0,
                [&](int64_t index, int64_t offset) {
                  double centred = x.values[index] - mean.values[offset];
                  variance.values[offset] += centred * centred / count;
                });
  return {std::move(mean), std::move(variance)};
}

static Tensor windowSum(const Tensor &x, ShapeRef window, ShapeRef stride,
                        ShapeRef shape) {
  Tensor result(shape);
  Shape own = stridesOf(x.shape), steps(own);
  for (auto [step, by] : llvm::zip(steps, stride))
    step *= by;
  // One tap of the window after the other.
  forEachOffset(window, own, 0, [&](int64_t, int64_t tap) {
    forEachOffset(shape, steps, tap, [&](int64_t index, int64_t offset) {
      result.values[index] += x.values[offset];
    });
  });
  return result;
}

static Tensor cumulativeSum(const Tensor &x, int64_t dim) {
  Tensor result = x;
  int64_t inner = stridesOf(x.shape)[dim], run = inner * x.shape[dim];
  for (int64_t i = 0; i < x.size(); ++i)
    if (i % run >= inner)
      result.values[i] += result.values[i - inner];
  return result;
}

std::optional<Results> evaluateReduction(Operation *op, Operands operands) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return llvm::TypeSwitch<Operation *, std::optional<Results>>(op)
      .Case([&](ReduceSumOp reduce) {
        return Results{sum(*operands[0], reduce.getDims())};
      })
      .Case([&](ReduceMaxOp reduce) {
        return Results{
            reduced(*operands[0], reduce.getDims(), -infinity, larger)};
      })
      .Case([&](ReduceMinOp reduce) {
        return Results{
            reduced(*operands[0], reduce.getDims(), infinity, smaller)};
      })
      .Case([&](MomentsOp op) { return moments(*operands[0], op.getDims()); })
      .Case([&](WindowSumOp op) {
        return Results{
            windowSum(*operands[0], op.getWindow(), op.getStride(),
                      cast<RankedTensorType>(op.getType()).getShape())};
      })
      .Case([&](CumsumOp op) {
        return Results{cumulativeSum(*operands[0], op.getDim())};
      })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace gan::reference
