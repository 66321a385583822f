//===- GanIndexOps.cpp - constants, indices, gather and scatter -----------===//

#include "dialects/gan/IR/TensorBuilder.h"

using namespace mlir;
using namespace gan;

void ConstantOp::build(OpBuilder &builder, OperationState &state,
                       RankedTensorType type, double splat) {
  Attribute element;
  if (auto integer = dyn_cast<IntegerType>(type.getElementType()))
    element = IntegerAttr::get(integer, APInt(integer.getWidth(),
                                              static_cast<int64_t>(splat), true,
                                              /*implicitTrunc=*/true));
  else
    element = FloatAttr::get(type.getElementType(), splat);
  build(builder, state, type,
        cast<ElementsAttr>(Attribute(DenseElementsAttr::get(type, element))));
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

static LogicalResult verifyAxis(Operation *op, int64_t dim, int64_t rank) {
  if (dim < 0 || dim >= rank)
    return op->emitOpError() << "expected dim to be an axis of rank " << rank
                             << " (C1), got " << dim;
  return success();
}

LogicalResult IotaOp::verify() {
  return verifyAxis(*this, getDim(), tensorType(getResult()).getRank());
}

/// `shape` with dimension `dim` replaced by the dimensions of `index`.
static SmallVector<int64_t>
gatheredShape(ArrayRef<int64_t> shape, ArrayRef<int64_t> index, int64_t dim) {
  SmallVector<int64_t> result(shape.take_front(dim));
  result.append(index.begin(), index.end());
  result.append(shape.begin() + dim + 1, shape.end());
  return result;
}

void GatherOp::build(OpBuilder &builder, OperationState &state, Value input,
                     Value index, int64_t dim) {
  auto type = tensorType(input).clone(gatheredShape(
      tensorType(input).getShape(), tensorType(index).getShape(), dim));
  build(builder, state, type, input, index, builder.getI64IntegerAttr(dim));
}

LogicalResult GatherOp::verify() {
  auto from = tensorType(getInput());
  if (failed(verifyAxis(*this, getDim(), from.getRank())))
    return failure();
  auto shape = gatheredShape(from.getShape(), tensorType(getIndex()).getShape(),
                             getDim());
  if (tensorType(getResult()).getShape() != ArrayRef(shape))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C2), got ["
                         << tensorType(getResult()).getShape() << "]";
  return success();
}

LogicalResult ScatterAddOp::verify() {
  auto base = tensorType(getBase());
  if (failed(verifyAxis(*this, getDim(), base.getRank())))
    return failure();
  auto shape = gatheredShape(base.getShape(), tensorType(getIndex()).getShape(),
                             getDim());
  if (tensorType(getUpdates()).getShape() != ArrayRef(shape))
    return emitOpError() << "expected updates of shape [" << shape
                         << "] (C2), got ["
                         << tensorType(getUpdates()).getShape() << "]";
  return success();
}
