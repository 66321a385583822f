//===- GanReduceOps.cpp - reductions, windows and running sums ------------===//

#include "dialects/gan/IR/TensorBuilder.h"

using namespace mlir;
using namespace gan;

static RankedTensorType reducedType(Value input, ArrayRef<int64_t> dims) {
  return tensorType(input).clone(
      shapeWithout(tensorType(input).getShape(), dims));
}

static LogicalResult verifyReduction(Operation *op, Value input, Value result,
                                     ArrayRef<int64_t> dims) {
  if (failed(verifyDims(op, dims, tensorType(input).getRank())))
    return failure();
  auto expected = reducedType(input, dims);
  // A partial result counts the root's slots with one more axis, in kernels
  // only.
  if (tensorType(result).getShape() != expected.getShape())
    return op->emitOpError() << "expected result shape [" << expected.getShape()
                             << "], the operand's without dims (C2), got ["
                             << tensorType(result).getShape() << "]";
  return success();
}

#define GAN_REDUCTION(OP)                                                      \
  void OP::build(OpBuilder &builder, OperationState &state, Value input,       \
                 ArrayRef<int64_t> dims) {                                     \
    build(builder, state, reducedType(input, dims), input, dims);              \
  }                                                                            \
  LogicalResult OP::verify() {                                                 \
    return verifyReduction(*this, getInput(), getResult(), getDims());         \
  }
GAN_REDUCTION(ReduceSumOp)
GAN_REDUCTION(ReduceMaxOp)
GAN_REDUCTION(ReduceMinOp)
#undef GAN_REDUCTION

OpFoldResult ReduceSumOp::fold(FoldAdaptor) {
  return getDims().empty() ? getInput() : Value();
}

void MomentsOp::build(OpBuilder &builder, OperationState &state, Value input,
                      ArrayRef<int64_t> dims) {
  Type type = reducedType(input, dims);
  build(builder, state, type, type, input, dims);
}

LogicalResult MomentsOp::verify() {
  if (failed(verifyReduction(*this, getInput(), getMean(), getDims())))
    return failure();
  for (int64_t dim : getDims())
    if (tensorType(getInput()).getDimSize(dim) == 0)
      return emitOpError() << "expected at least one element to reduce (C3)";
  return success();
}

static SmallVector<int64_t> windowedShape(ArrayRef<int64_t> shape,
                                          ArrayRef<int64_t> window,
                                          ArrayRef<int64_t> stride) {
  SmallVector<int64_t> result;
  for (auto [size, length, step] : llvm::zip_equal(shape, window, stride))
    result.push_back(size < length ? -1 : (size - length) / step + 1);
  return result;
}

void WindowSumOp::build(OpBuilder &builder, OperationState &state, Value input,
                        ArrayRef<int64_t> window, ArrayRef<int64_t> stride) {
  build(builder, state,
        tensorType(input).clone(
            windowedShape(tensorType(input).getShape(), window, stride)),
        input, window, stride);
}

LogicalResult WindowSumOp::verify() {
  auto from = tensorType(getInput()), to = tensorType(getResult());
  size_t rank = from.getRank();
  auto notPositive = [](int64_t n) { return n < 1; };
  if (getWindow().size() != rank || getStride().size() != rank ||
      llvm::any_of(getWindow(), notPositive) ||
      llvm::any_of(getStride(), notPositive))
    return emitOpError()
           << "expected one positive window and stride per axis of rank "
           << rank << " (C1)";
  auto shape = windowedShape(from.getShape(), getWindow(), getStride());
  if (to.getShape() != ArrayRef(shape) || llvm::is_contained(shape, -1))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C2), got [" << to.getShape() << "]";
  return success();
}

LogicalResult CumsumOp::verify() {
  int64_t rank = tensorType(getInput()).getRank(), dim = getDim();
  if (dim < 0 || dim >= rank)
    return emitOpError() << "expected dim to be an axis of rank " << rank
                         << " (C1), got " << dim;
  return success();
}
