//===- GanOrderOps.cpp - places of elements by their size, max pooling ----===//

#include "dialects/gan/IR/TensorBuilder.h"

using namespace mlir;
using namespace gan;

static LogicalResult verifyAxis(Operation *op, int64_t dim, int64_t rank) {
  if (dim < 0 || dim >= rank)
    return op->emitOpError() << "expected dim to be an axis of rank " << rank
                             << " (C1), got " << dim;
  return success();
}

static LogicalResult verifyShape(Operation *op, ArrayRef<int64_t> shape,
                                 StringRef constraint) {
  ArrayRef<int64_t> own = tensorType(op->getResult(0)).getShape();
  if (own != shape)
    return op->emitOpError() << "expected result shape [" << shape << "] ("
                             << constraint << "), got [" << own << "]";
  return success();
}

static RankedTensorType indexType(OpBuilder &builder, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, builder.getI32Type());
}

//===----------------------------------------------------------------------===//
// arg_max, arg_min, sort
//===----------------------------------------------------------------------===//

static LogicalResult verifyArgExtreme(Operation *op, Value input, int64_t dim) {
  auto from = tensorType(input);
  if (failed(verifyAxis(op, dim, from.getRank())) ||
      failed(verifyShape(op, shapeWithout(from.getShape(), {dim}), "C2")))
    return failure();
  if (from.getDimSize(dim) == 0)
    return op->emitOpError() << "expected at least one element (C3)";
  return success();
}

#define GAN_ARG_EXTREME(OP)                                                    \
  void OP::build(OpBuilder &builder, OperationState &state, Value input,       \
                 int64_t dim) {                                                \
    build(                                                                     \
        builder, state,                                                        \
        indexType(builder, shapeWithout(tensorType(input).getShape(), {dim})), \
        input, builder.getI64IntegerAttr(dim));                                \
  }                                                                            \
  LogicalResult OP::verify() {                                                 \
    return verifyArgExtreme(*this, getInput(), getDim());                      \
  }
GAN_ARG_EXTREME(ArgMaxOp)
GAN_ARG_EXTREME(ArgMinOp)
#undef GAN_ARG_EXTREME

void SortOp::build(OpBuilder &builder, OperationState &state, Value input,
                   int64_t dim, int64_t count, bool descending) {
  SmallVector<int64_t> shape(tensorType(input).getShape());
  shape[dim] = count;
  build(builder, state, indexType(builder, shape), input,
        builder.getI64IntegerAttr(dim), builder.getI64IntegerAttr(count),
        descending ? builder.getUnitAttr() : UnitAttr());
}

LogicalResult SortOp::verify() {
  auto from = tensorType(getInput());
  int64_t dim = getDim(), count = getCount();
  if (failed(verifyAxis(*this, dim, from.getRank())))
    return failure();
  if (count < 0 || count > from.getDimSize(dim))
    return emitOpError() << "expected count from 0 to " << from.getDimSize(dim)
                         << " (C2), got " << count;
  SmallVector<int64_t> shape(from.getShape());
  shape[dim] = count;
  return verifyShape(*this, shape, "C3");
}

//===----------------------------------------------------------------------===//
// window_arg_max, max_pool
//===----------------------------------------------------------------------===//

namespace {
/// One axis that windows slide over.
struct WindowAxis {
  int64_t extent, window, stride, dilation, low, high;

  int64_t results() const {
    int64_t rest = extent + low + high - (window - 1) * dilation - 1;
    return rest < 0 ? 0 : rest / stride + 1;
  }
  /// The first window that meets no element.
  std::optional<int64_t> findEmpty() const {
    for (int64_t result = 0; result < results(); ++result) {
      int64_t start = result * stride - low;
      // Later ones start later still, down to the last one.
      if (start >= 0)
        return (results() - 1) * stride - low < extent
                   ? std::nullopt
                   : std::optional(results() - 1);
      int64_t first = (-start + dilation - 1) / dilation;
      if (first >= window || start + first * dilation >= extent)
        return result;
    }
    return std::nullopt;
  }
};
} // namespace

/// The axes of a well-formed operation.
template <typename OpTy> static SmallVector<WindowAxis> windowAxes(OpTy op) {
  ArrayRef<int64_t> extents =
      tensorType(op.getInput()).getShape().take_back(op.getWindow().size());
  SmallVector<WindowAxis> axes;
  for (auto [i, extent] : llvm::enumerate(extents))
    axes.push_back({extent, op.getWindow()[i], op.getStride()[i],
                    op.getDilation()[i], op.getLow()[i], op.getHigh()[i]});
  return axes;
}

static SmallVector<int64_t> windowedShape(ArrayRef<int64_t> shape,
                                          ArrayRef<WindowAxis> axes) {
  SmallVector<int64_t> result(shape.drop_back(axes.size()));
  for (const WindowAxis &axis : axes)
    result.push_back(axis.results());
  return result;
}

template <typename OpTy> static LogicalResult verifyWindow(OpTy op) {
  size_t count = op.getWindow().size();
  auto isAtLeast = [&](int64_t least) {
    return [least](int64_t n) { return n >= least; };
  };
  bool isWellFormed =
      count >= 1 && count <= size_t(tensorType(op.getInput()).getRank());
  for (ArrayRef<int64_t> list :
       {op.getWindow(), op.getStride(), op.getDilation()})
    isWellFormed &= list.size() == count && llvm::all_of(list, isAtLeast(1));
  for (ArrayRef<int64_t> list : {op.getLow(), op.getHigh()})
    isWellFormed &= list.size() == count && llvm::all_of(list, isAtLeast(0));
  if (!isWellFormed)
    return op.emitOpError() << "expected one positive window, stride and "
                               "dilation and one low and high of 0 or more "
                               "for each of the last axes (C1)";
  SmallVector<WindowAxis> axes = windowAxes(op);
  ArrayRef<int64_t> shape = tensorType(op.getInput()).getShape();
  if (failed(verifyShape(op, windowedShape(shape, axes), "C2")))
    return failure();
  int64_t places = 1;
  for (const WindowAxis &axis : axes) {
    if (std::optional<int64_t> result = axis.findEmpty())
      return op.emitOpError() << "expected every window to meet an element "
                                 "(C3), window "
                              << *result << " does not";
    if (axis.extent > INT32_MAX / std::max<int64_t>(places, 1))
      return op.emitOpError()
             << "expected less than 2^31 elements to choose from (C4)";
    places *= axis.extent;
  }
  return success();
}

static SmallVector<int64_t> windowedShape(Value input, ArrayRef<int64_t> window,
                                          ArrayRef<int64_t> stride,
                                          ArrayRef<int64_t> dilation,
                                          ArrayRef<int64_t> low,
                                          ArrayRef<int64_t> high) {
  ArrayRef<int64_t> shape = tensorType(input).getShape();
  SmallVector<WindowAxis> axes;
  for (auto [i, extent] : llvm::enumerate(shape.take_back(window.size())))
    axes.push_back(
        {extent, window[i], stride[i], dilation[i], low[i], high[i]});
  return windowedShape(shape, axes);
}

void WindowArgMaxOp::build(OpBuilder &builder, OperationState &state,
                           Value input, ArrayRef<int64_t> window,
                           ArrayRef<int64_t> stride, ArrayRef<int64_t> dilation,
                           ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  build(builder, state,
        indexType(builder,
                  windowedShape(input, window, stride, dilation, low, high)),
        input, window, stride, dilation, low, high);
}

LogicalResult WindowArgMaxOp::verify() { return verifyWindow(*this); }

void MaxPoolOp::build(OpBuilder &builder, OperationState &state, Value input,
                      ArrayRef<int64_t> window, ArrayRef<int64_t> stride,
                      ArrayRef<int64_t> dilation, ArrayRef<int64_t> low,
                      ArrayRef<int64_t> high) {
  build(builder, state,
        tensorType(input).clone(
            windowedShape(input, window, stride, dilation, low, high)),
        input, window, stride, dilation, low, high);
}

LogicalResult MaxPoolOp::verify() { return verifyWindow(*this); }

SmallVector<Value> MaxPoolOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  Value x = getInput();
  Value places =
      WindowArgMaxOp::create(builder, getLoc(), x, getWindow(), getStride(),
                             getDilation(), getLow(), getHigh());
  int64_t outer = tensorType(x).getRank() - getWindow().size();
  return {b.gather(b.flatten(x, outer), places, outer, outer)};
}
