//===- GanActivationOps.cpp - composites: activations and softmax ---------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include <cmath>

using namespace mlir;
using namespace gan;

SmallVector<Value> ReluOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  Value x = getInput(), zero = b.constantLike(x, 0);
  // x <= 0 is false for NaN, which so goes through (N10).
  return {b.select(b.compare(Comparison::le, x, zero), zero, x)};
}

SmallVector<Value> LeakyReluOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  Value x = getInput(), zero = b.constantLike(x, 0);
  return {b.select(b.compare(Comparison::le, x, zero),
                   b.scale(x, getSlope().convertToDouble()), x)};
}

SmallVector<Value> ClipOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  Value x = getInput();
  double low = getLow().convertToDouble(), high = getHigh().convertToDouble();
  if (low != -INFINITY) {
    Value bound = b.constantLike(x, low);
    x = b.select(b.compare(Comparison::le, x, bound), bound, x);
  }
  if (high != INFINITY) {
    Value bound = b.constantLike(x, high);
    x = b.select(b.compare(Comparison::ge, x, bound), bound, x);
  }
  return {x};
}

/// The winner of `comparison`, and at a tie the mean, so that both share.
static Value expandTie(TensorBuilder &b, Comparison comparison, Value x,
                       Value y) {
  Value mean = b.add(b.scale(x, 0.5), b.scale(y, 0.5));
  // A NaN fails both comparisons and reaches the mean, which keeps it.
  return b.select(b.compare(comparison, x, y), x,
                  b.select(b.compare(comparison, y, x), y, mean));
}

SmallVector<Value> MaximumOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  return {expandTie(b, Comparison::gt, getLhs(), getRhs())};
}

SmallVector<Value> MinimumOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  return {expandTie(b, Comparison::lt, getLhs(), getRhs())};
}

//===----------------------------------------------------------------------===//
// softmax and its kin
//===----------------------------------------------------------------------===//

/// The largest element along `dim`, a constant for derivatives, 0 for a row of
/// -inf (N5). Without axis `dim`.
static Value rowMaximum(TensorBuilder &b, Value x, int64_t dim) {
  Value largest = b.stop(b.max(x, {dim}));
  Value lowest = b.constantLike(largest, -INFINITY);
  return b.select(b.compare(Comparison::eq, largest, lowest),
                  b.constantLike(largest, 0), largest);
}

static Value shiftedByMaximum(TensorBuilder &b, Value x, int64_t dim) {
  Value m = rowMaximum(b, x, dim);
  return b.sub(x, b.broadcast(m, {dim}, tensorType(x).getShape()));
}

SmallVector<Value> SoftmaxOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  int64_t dim = getDim();
  Value e = b.exp(shiftedByMaximum(b, getInput(), dim));
  Value total = b.broadcast(b.sum(e, {dim}), {dim}, tensorType(e).getShape());
  return {b.div(e, total)};
}

SmallVector<Value> LogSoftmaxOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  int64_t dim = getDim();
  Value x = shiftedByMaximum(b, getInput(), dim);
  Value total = b.log(b.sum(b.exp(x), {dim}));
  return {b.sub(x, b.broadcast(total, {dim}, tensorType(x).getShape()))};
}

SmallVector<Value> LogSumExpOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  int64_t dim = getDim();
  Value m = rowMaximum(b, getInput(), dim);
  Value x = b.sub(getInput(),
                  b.broadcast(m, {dim}, tensorType(getInput()).getShape()));
  return {b.add(m, b.log(b.sum(b.exp(x), {dim})))};
}

static LogicalResult verifyAxis(Operation *op, int64_t dim, int64_t rank) {
  if (dim < 0 || dim >= rank)
    return op->emitOpError() << "expected dim to be an axis of rank " << rank
                             << " (C1), got " << dim;
  return success();
}

LogicalResult SoftmaxOp::verify() {
  return verifyAxis(*this, getDim(), tensorType(getInput()).getRank());
}
LogicalResult LogSoftmaxOp::verify() {
  return verifyAxis(*this, getDim(), tensorType(getInput()).getRank());
}

void LogSumExpOp::build(OpBuilder &builder, OperationState &state, Value input,
                        int64_t dim) {
  auto type = tensorType(input);
  build(builder, state, type.clone(shapeWithout(type.getShape(), {dim})), input,
        builder.getI64IntegerAttr(dim));
}

LogicalResult LogSumExpOp::verify() {
  auto from = tensorType(getInput());
  if (failed(verifyAxis(*this, getDim(), from.getRank())))
    return failure();
  auto shape = shapeWithout(from.getShape(), {static_cast<int64_t>(getDim())});
  if (tensorType(getResult()).getShape() != ArrayRef(shape))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C2), got ["
                         << tensorType(getResult()).getShape() << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// norm, dropout
//===----------------------------------------------------------------------===//

void NormOp::build(OpBuilder &builder, OperationState &state, Value input,
                   ArrayRef<int64_t> dims) {
  auto type = tensorType(input);
  build(builder, state, type.clone(shapeWithout(type.getShape(), dims)), input,
        dims);
}

SmallVector<Value> NormOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  Value s = b.sum(b.square(getInput()), getDims());
  Value zero = b.constantLike(s, 0);
  // Written so that NaN takes the branch that keeps it.
  Value vanishes = b.compare(Comparison::le, s, zero);
  Value safe = b.select(vanishes, b.constantLike(s, 1), s);
  return {b.select(vanishes, zero, b.sqrt(safe))};
}

LogicalResult NormOp::verify() {
  auto from = tensorType(getInput());
  if (failed(verifyDims(*this, getDims(), from.getRank())))
    return failure();
  auto shape = shapeWithout(from.getShape(), getDims());
  if (tensorType(getResult()).getShape() != ArrayRef(shape))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C2), got ["
                         << tensorType(getResult()).getShape() << "]";
  return success();
}

LogicalResult DropoutOp::verify() {
  double ratio = getRatio().convertToDouble();
  if (!(ratio >= 0 && ratio < 1))
    return emitOpError() << "expected 0 <= ratio < 1 (C1), got " << ratio;
  return success();
}
