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

/// `shape` with dimension `dim` replaced by the dimensions of `index` behind
/// the first `batch` ones.
static SmallVector<int64_t> gatheredShape(ArrayRef<int64_t> shape,
                                          ArrayRef<int64_t> index, int64_t dim,
                                          int64_t batch) {
  SmallVector<int64_t> result(shape.take_front(dim));
  result.append(index.begin() + batch, index.end());
  result.append(shape.begin() + dim + 1, shape.end());
  return result;
}

static LogicalResult verifyBatch(Operation *op, ArrayRef<int64_t> shape,
                                 ArrayRef<int64_t> index, int64_t dim,
                                 int64_t batch, StringRef constraint) {
  if (batch >= 0 && batch <= dim && size_t(batch) <= index.size() &&
      shape.take_front(batch) == index.take_front(batch))
    return success();
  return op->emitOpError() << "expected batch from 0 to dim, of axes that the "
                              "index has too ("
                           << constraint << "), got " << batch;
}

void GatherOp::build(OpBuilder &builder, OperationState &state, Value input,
                     Value index, int64_t dim, int64_t batch) {
  auto type = tensorType(input).clone(gatheredShape(
      tensorType(input).getShape(), tensorType(index).getShape(), dim, batch));
  build(builder, state, type, input, index, builder.getI64IntegerAttr(dim),
        builder.getI64IntegerAttr(batch));
}

LogicalResult GatherOp::verify() {
  auto from = tensorType(getInput()), index = tensorType(getIndex());
  if (failed(verifyAxis(*this, getDim(), from.getRank())) ||
      failed(verifyBatch(*this, from.getShape(), index.getShape(), getDim(),
                         getBatch(), "C3")))
    return failure();
  auto shape =
      gatheredShape(from.getShape(), index.getShape(), getDim(), getBatch());
  if (tensorType(getResult()).getShape() != ArrayRef(shape))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C2), got ["
                         << tensorType(getResult()).getShape() << "]";
  return success();
}

bool GatherOp::takesElements() {
  return getBatch() == getDim() &&
         int64_t(getDim()) == tensorType(getInput()).getRank() - 1;
}

void ScatterAddOp::build(OpBuilder &builder, OperationState &state, Value base,
                         Value index, Value updates, int64_t dim,
                         int64_t batch) {
  build(builder, state, base.getType(), base, index, updates,
        builder.getI64IntegerAttr(dim), builder.getI64IntegerAttr(batch));
}

LogicalResult ScatterAddOp::verify() {
  auto base = tensorType(getBase()), index = tensorType(getIndex());
  if (failed(verifyAxis(*this, getDim(), base.getRank())) ||
      failed(verifyBatch(*this, base.getShape(), index.getShape(), getDim(),
                         getBatch(), "C4")))
    return failure();
  auto shape =
      gatheredShape(base.getShape(), index.getShape(), getDim(), getBatch());
  if (tensorType(getUpdates()).getShape() != ArrayRef(shape))
    return emitOpError() << "expected updates of shape [" << shape
                         << "] (C2), got ["
                         << tensorType(getUpdates()).getShape() << "]";
  return success();
}

/// What is sliced: `part` from `whole`, at places that `start` says.
static LogicalResult verifyDynamicSlice(Operation *op, Value whole, Value part,
                                        Value start) {
  ArrayRef<int64_t> shape = tensorType(whole).getShape();
  ArrayRef<int64_t> starts = tensorType(start).getShape();
  if (starts.empty() || starts.size() - 1 > shape.size() ||
      size_t(starts.back()) > shape.size() - (starts.size() - 1) ||
      starts.drop_back() != shape.take_front(starts.size() - 1))
    return op->emitOpError()
           << "expected starts of the last axes for each position of the first "
              "ones (C1), got shape ["
           << starts << "]";
  ArrayRef<int64_t> own = tensorType(part).getShape();
  size_t kept = shape.size() - starts.back();
  bool fits = own.size() == shape.size() &&
              own.take_front(kept) == shape.take_front(kept);
  for (size_t axis = kept; fits && axis < shape.size(); ++axis)
    fits = own[axis] <= shape[axis];
  if (!fits)
    return op->emitOpError()
           << "expected a part no larger than [" << shape << "] along the last "
           << starts.back() << " axes (C2), got [" << own << "]";
  return success();
}

LogicalResult DynamicSliceOp::verify() {
  return verifyDynamicSlice(*this, getInput(), getResult(), getStart());
}

LogicalResult DynamicUpdateSliceOp::verify() {
  return verifyDynamicSlice(*this, getBase(), getUpdate(), getStart());
}
