//===- WrittenTaps.cpp - small filters and windows, written out -----------===//

#include "compiler/backends/halide/WrittenTaps.h"

using namespace gan;
using namespace gan::halide;
using Halide::Expr;
using llvm::ArrayRef;
using llvm::SmallVector;

void gan::halide::forEachIndex(
    ArrayRef<int64_t> shape,
    llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> at(shape.size(), 0);
  for (int64_t n : shape)
    if (n == 0)
      return;
  while (true) {
    visit(at);
    size_t axis = shape.size();
    while (axis > 0 && ++at[axis - 1] == shape[axis - 1])
      at[--axis] = 0;
    if (axis == 0)
      return;
  }
}

/// Zeros between elements are not multiplied.
static void addProduct(const ElementEmitter &e, Expr &sum, const Expr &x,
                       const Expr &y) {
  if (Halide::Internal::is_const_zero(x))
    return;
  sum = sum.defined() ? e.formulas.multiplyAdd(x, y, sum) : x * y;
}

static Expr orZero(const Expr &sum) { return sum.defined() ? sum : 0.0f; }

Expr gan::halide::writeConvolution(ElementEmitter &e, ConvOp op,
                                   IndexRef index) {
  ArrayRef<int64_t> x = shapeOf(op.getInput()), w = shapeOf(op.getWeight());
  GeometryAttr geometry = op.getGeometry();
  int64_t perGroup = w[0] / geometry.getGroups();
  Expr firstChannel = index[1].number / number(perGroup) * number(w[1]);
  Expr sum;
  forEachIndex(w.drop_front(2), [&](ArrayRef<int64_t> tap) {
    Index from(index);
    SmallVector<Guard> guards;
    for (auto [axis, k] : llvm::enumerate(tap)) {
      int64_t shift =
          k * geometry.getDilation()[axis] - geometry.getLow()[axis];
      int64_t stride = geometry.getStride()[axis], size = x[2 + axis];
      Expr position = index[2 + axis].number * number(stride) + number(shift);
      int64_t last = (shapeOf(op)[2 + axis] - 1) * stride + shift;
      if (shift < 0 || last >= size)
        guards.push_back({2 + axis, size, shift < 0, last >= size});
      from[2 + axis] = {position};
    }
    for (int64_t channel = 0; channel < w[1]; ++channel) {
      from[1] = {Halide::Internal::simplify(firstChannel + number(channel))};
      Index weight{{index[1].number}, fixed(channel)};
      for (int64_t k : tap)
        weight.push_back(fixed(k));
      addProduct(e, sum, e.atWhere(guards, op.getInput(), from),
                 e.at(op.getWeight(), weight));
    }
  });
  return orZero(sum);
}

Expr gan::halide::writeTransposedConvolution(ElementEmitter &e,
                                             ConvGradInputOp op,
                                             IndexRef index) {
  ArrayRef<int64_t> y = shapeOf(op.getOutput()), w = shapeOf(op.getWeight());
  GeometryAttr geometry = op.getGeometry();
  int64_t perGroup = w[0] / geometry.getGroups();
  Expr group = index[1].number / number(w[1]);
  Expr channel = Halide::Internal::simplify(index[1].number % number(w[1]));
  Expr sum;
  forEachIndex(w.drop_front(2), [&](ArrayRef<int64_t> tap) {
    Index from(index);
    SmallVector<Guard> guards;
    for (auto [axis, k] : llvm::enumerate(tap)) {
      int64_t stride = geometry.getStride()[axis], size = y[2 + axis];
      int64_t shift =
          geometry.getLow()[axis] - k * geometry.getDilation()[axis];
      Expr position = index[2 + axis].number + number(shift);
      int64_t last = shapeOf(op)[2 + axis] - 1 + shift;
      Guard guard{2 + axis, size, shift < 0, last >= size * stride};
      if (stride > 1)
        guard.other = position % number(stride) == 0;
      if (guard.below || guard.above || guard.other.defined())
        guards.push_back(guard);
      from[2 + axis] = {position / number(stride)};
    }
    for (int64_t m = 0; m < perGroup; ++m) {
      Expr output =
          Halide::Internal::simplify(group * number(perGroup) + number(m));
      from[1] = {output};
      Index weight{{output}, {channel}};
      for (int64_t k : tap)
        weight.push_back(fixed(k));
      addProduct(e, sum, e.atWhere(guards, op.getOutput(), from),
                 e.at(op.getWeight(), weight));
    }
  });
  return orZero(sum);
}

Expr gan::halide::writeWindowSum(ElementEmitter &e, WindowSumOp op,
                                 IndexRef index) {
  Expr sum;
  forEachIndex(op.getWindow(), [&](ArrayRef<int64_t> tap) {
    Index from(index);
    for (auto [axis, k] : llvm::enumerate(tap)) {
      int64_t stride = op.getStride()[axis];
      if (op.getWindow()[axis] == 1 && stride == 1)
        continue;
      from[axis] = {index[axis].number * number(stride) + number(k)};
    }
    Expr next = e.at(op.getInput(), from);
    if (Halide::Internal::is_const_zero(next))
      return;
    sum = sum.defined() ? sum + next : next;
  });
  return orZero(sum);
}
