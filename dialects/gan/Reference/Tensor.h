//===- Tensor.h - the numbers of the reference interpreter ----------------===//
//
// Every element is a double, whatever the element type in the IR: an f32 is not
// rounded, an integer is exact up to 2^53, a boolean is 0 or 1. Row-major.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_REFERENCE_TENSOR_H
#define DIALECTS_GAN_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include <vector>

namespace gan::reference {

using Shape = llvm::SmallVector<int64_t, 6>;
using ShapeRef = llvm::ArrayRef<int64_t>;

int64_t countElements(ShapeRef shape);

/// How far apart neighbours along each axis lie in row-major order.
Shape stridesOf(ShapeRef shape);

struct Tensor {
  Shape shape;
  std::vector<double> values;

  Tensor() = default;
  explicit Tensor(ShapeRef shape, double fill = 0.0)
      : shape(shape.begin(), shape.end()), values(countElements(shape), fill) {}
  Tensor(ShapeRef shape, std::vector<double> values)
      : shape(shape.begin(), shape.end()), values(std::move(values)) {}

  int64_t rank() const { return shape.size(); }
  int64_t size() const { return values.size(); }
  double *data() { return values.data(); }
  const double *data() const { return values.data(); }
};

/// Calls `visit(index, offset)` for every row-major index of `shape`, in order;
/// the offset moves by `strides[i]` per step along axis i, from `start` on.
template <typename Visitor>
void forEachOffset(ShapeRef shape, ShapeRef strides, int64_t start,
                   Visitor visit) {
  int64_t total = countElements(shape), rank = shape.size();
  if (total == 0)
    return;
  Shape position(rank, 0);
  int64_t inner = rank ? shape.back() : 1, step = rank ? strides.back() : 0;
  for (int64_t index = 0, offset = start; index < total;) {
    for (int64_t i = 0; i < inner; ++i)
      visit(index++, offset + i * step);
    // Carry into the outer axes.
    for (int64_t axis = rank - 2; axis >= 0; --axis) {
      offset += strides[axis];
      if (++position[axis] < shape[axis])
        break;
      offset -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
}

/// The tensor of `shape` whose element at an index is the element of `from` at
/// `start` plus the sum of index times `strides`. A stride may be 0 or
/// negative.
Tensor view(const Tensor &from, ShapeRef shape, int64_t start,
            ShapeRef strides);

/// The axes in the order of `permutation`.
Tensor transposed(const Tensor &from, ShapeRef permutation);

/// The elements of a literal, widened.
Tensor fromElements(mlir::DenseElementsAttr elements);

} // namespace gan::reference

#endif // DIALECTS_GAN_REFERENCE_TENSOR_H
