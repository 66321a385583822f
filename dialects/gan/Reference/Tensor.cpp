//===- Tensor.cpp - the numbers of the reference interpreter --------------===//

#include "dialects/gan/Reference/Tensor.h"

using namespace mlir;

namespace gan::reference {

int64_t countElements(ShapeRef shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

Shape stridesOf(ShapeRef shape) {
  Shape strides(shape.size(), 1);
  for (int64_t axis = static_cast<int64_t>(shape.size()) - 2; axis >= 0; --axis)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

Tensor view(const Tensor &from, ShapeRef shape, int64_t start,
            ShapeRef strides) {
  Tensor result(shape);
  const double *source = from.data();
  double *target = result.data();
  forEachOffset(shape, strides, start, [&](int64_t index, int64_t offset) {
    target[index] = source[offset];
  });
  return result;
}

Tensor transposed(const Tensor &from, ShapeRef permutation) {
  Shape all = stridesOf(from.shape), shape, strides;
  for (int64_t dim : permutation) {
    shape.push_back(from.shape[dim]);
    strides.push_back(all[dim]);
  }
  return view(from, shape, 0, strides);
}

Tensor fromElements(DenseElementsAttr elements) {
  Tensor result(elements.getType().getShape());
  int64_t index = 0;
  if (isa<FloatType>(elements.getElementType())) {
    for (APFloat value : elements.getValues<APFloat>()) {
      bool losesInfo;
      value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
      result.values[index++] = value.convertToDouble();
    }
  } else {
    bool isBoolean = elements.getElementType().isInteger(1);
    // As doubles, for a choice between the two integers is unsigned.
    for (const APInt &value : elements.getValues<APInt>())
      result.values[index++] = isBoolean ? double(value.getZExtValue())
                                         : double(value.getSExtValue());
  }
  return result;
}

} // namespace gan::reference
