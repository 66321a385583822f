//===- OrderPrimitives.cpp - places of elements by their size -------------===//

#include "dialects/gan/Reference/Primitives.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <numeric>

using namespace mlir;

namespace gan::reference {

/// Whether `a` stands before `b` where the smallest comes first; NaN is larger
/// than every number.
static bool isSmaller(double a, double b) {
  return !std::isnan(a) && (std::isnan(b) || a < b);
}

/// Whether `a` wins over `b`, which comes before it; NaN over every number.
static bool wins(double a, double b, bool largest) {
  return !std::isnan(b) && (std::isnan(a) || (largest ? a > b : a < b));
}

/// Calls `visit(line, start)` for all lines along an axis: where they begin.
template <typename Visitor>
static void forEachLine(const Tensor &x, int64_t dim, Visitor visit) {
  int64_t inner = stridesOf(x.shape)[dim], run = inner * x.shape[dim];
  int64_t line = 0;
  for (int64_t outer = 0; outer < x.size(); outer += run)
    for (int64_t i = 0; i < inner; ++i)
      visit(line++, outer + i);
}

static Tensor argExtreme(const Tensor &x, int64_t dim, bool largest) {
  Tensor result(shapeWithout(x.shape, {dim}));
  int64_t inner = stridesOf(x.shape)[dim];
  forEachLine(x, dim, [&](int64_t line, int64_t start) {
    int64_t best = 0;
    for (int64_t i = 1; i < x.shape[dim]; ++i)
      if (wins(x.values[start + i * inner], x.values[start + best * inner],
               largest))
        best = i;
    result.values[line] = best;
  });
  return result;
}

static Tensor sorted(const Tensor &x, SortOp op) {
  int64_t dim = op.getDim(), count = op.getCount();
  Tensor result(cast<RankedTensorType>(op.getType()).getShape());
  int64_t inner = stridesOf(x.shape)[dim];
  std::vector<int64_t> order(x.shape[dim]);
  forEachLine(x, dim, [&](int64_t line, int64_t start) {
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](int64_t a, int64_t b) {
      double first = x.values[start + a * inner];
      double second = x.values[start + b * inner];
      if (op.getDescending())
        std::swap(first, second);
      if (isSmaller(first, second) || isSmaller(second, first))
        return isSmaller(first, second);
      return a < b;
    });
    int64_t target = line / inner * inner * count + line % inner;
    for (int64_t j = 0; j < count; ++j)
      result.values[target + j * inner] = order[j];
  });
  return result;
}

static Tensor windowArgMax(const Tensor &x, WindowArgMaxOp op) {
  size_t axes = op.getWindow().size();
  ShapeRef space = ShapeRef(x.shape).take_back(axes);
  Tensor result(cast<RankedTensorType>(op.getType()).getShape());
  Shape windows(ShapeRef(result.shape).take_back(axes));
  Shape strides = stridesOf(space), unit(axes, 0);
  int64_t places = countElements(space), count = countElements(windows);
  for (int64_t i = 0; i < result.size(); ++i) {
    const double *plane = x.data() + i / count * places;
    int64_t best = -1;
    forEachOffset(op.getWindow(), unit, 0, [&](int64_t tap, int64_t) {
      int64_t place = 0;
      int64_t windowRest = i % count, tapRest = tap;
      for (size_t axis = axes; axis-- > 0;) {
        int64_t at = windowRest % windows[axis] * op.getStride()[axis] +
                     tapRest % op.getWindow()[axis] * op.getDilation()[axis] -
                     op.getLow()[axis];
        if (at < 0 || at >= space[axis])
          return;
        place += at * strides[axis];
        windowRest /= windows[axis];
        tapRest /= op.getWindow()[axis];
      }
      if (best < 0 || wins(plane[place], plane[best], /*largest=*/true))
        best = place;
    });
    result.values[i] = best;
  }
  return result;
}

std::optional<Results> evaluateOrder(Operation *op, Operands operands) {
  return llvm::TypeSwitch<Operation *, std::optional<Results>>(op)
      .Case([&](ArgMaxOp op) {
        return Results{argExtreme(*operands[0], op.getDim(), true)};
      })
      .Case([&](ArgMinOp op) {
        return Results{argExtreme(*operands[0], op.getDim(), false)};
      })
      .Case([&](SortOp op) { return Results{sorted(*operands[0], op)}; })
      .Case([&](WindowArgMaxOp op) {
        return Results{windowArgMax(*operands[0], op)};
      })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace gan::reference
