//===- GanNormOps.cpp - composites: normalisations ------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"

using namespace mlir;
using namespace gan;

/// (x - mean) * rsqrt(variance + epsilon), with the statistics constant along
/// `dims`.
static Value normalise(TensorBuilder &b, Value x, Value mean, Value variance,
                       double epsilon, ArrayRef<int64_t> dims) {
  auto shape = tensorType(x).getShape();
  Value inverse = b.rsqrt(b.shift(variance, epsilon));
  return b.mul(b.sub(x, b.broadcast(mean, dims, shape)),
               b.broadcast(inverse, dims, shape));
}

/// x * scale + bias, both constant along `dims`.
static Value affine(TensorBuilder &b, Value x, Value scale, Value bias,
                    ArrayRef<int64_t> dims) {
  auto shape = tensorType(x).getShape();
  return b.add(b.mul(x, b.broadcast(scale, dims, shape)),
               b.broadcast(bias, dims, shape));
}

//===----------------------------------------------------------------------===//
// batch_norm
//===----------------------------------------------------------------------===//

SmallVector<Value> BatchNormOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  auto type = tensorType(getInput());
  SmallVector<int64_t> dims = otherDims(type.getRank(), {1});
  double epsilon = getEpsilon().convertToDouble();
  if (getStatistics() == Statistics::running) {
    Value x = normalise(b, getInput(), getMean(), getVariance(), epsilon, dims);
    return {affine(b, x, getScale(), getBias(), dims), getMean(),
            getVariance()};
  }
  auto moments = MomentsOp::create(builder, getLoc(), getInput(), dims);
  Value mean = moments.getMean(), variance = moments.getVariance();
  Value x = normalise(b, getInput(), mean, variance, epsilon, dims);
  Value result = affine(b, x, getScale(), getBias(), dims);

  double count = 1, momentum = getMomentum().convertToDouble();
  for (int64_t dim : dims)
    count *= type.getDimSize(dim);
  Value current =
      getUnbiased() ? b.scale(variance, count / (count - 1)) : variance;
  auto blend = [&](Value old, Value now) {
    return b.add(b.scale(old, momentum), b.scale(now, 1 - momentum));
  };
  return {result, blend(getMean(), mean), blend(getVariance(), current)};
}

LogicalResult BatchNormOp::verify() {
  auto type = tensorType(getInput());
  if (type.getRank() < 2 ||
      tensorType(getScale()).getShape() != type.getShape().slice(1, 1))
    return emitOpError()
           << "expected rank 2 or more and vectors of its dimension 1 "
              "(C1), got "
           << type << " and " << getScale().getType();
  if (getUnbiased() && getStatistics() == Statistics::batch &&
      type.getNumElements() == type.getDimSize(1))
    return emitOpError() << "expected more than one element per channel for an "
                            "unbiased variance (C2)";
  return success();
}

//===----------------------------------------------------------------------===//
// instance_norm, layer_norm
//===----------------------------------------------------------------------===//

SmallVector<Value> InstanceNormOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  int64_t rank = tensorType(getInput()).getRank();
  SmallVector<int64_t> space = otherDims(rank, {0, 1});
  auto moments = MomentsOp::create(builder, getLoc(), getInput(), space);
  Value x = normalise(b, getInput(), moments.getMean(), moments.getVariance(),
                      getEpsilon().convertToDouble(), space);
  return {affine(b, x, getScale(), getBias(), otherDims(rank, {1}))};
}

LogicalResult InstanceNormOp::verify() {
  auto type = tensorType(getInput());
  if (type.getRank() < 3 ||
      tensorType(getScale()).getShape() != type.getShape().slice(1, 1))
    return emitOpError()
           << "expected rank 3 or more and vectors of its dimension 1 "
              "(C1), got "
           << type << " and " << getScale().getType();
  return success();
}

SmallVector<Value> LayerNormOp::expand(OpBuilder &builder) {
  TensorBuilder b(builder, getLoc());
  int64_t rank = tensorType(getInput()).getRank(), axis = getAxis();
  auto inner = llvm::to_vector(llvm::seq<int64_t>(axis, rank));
  auto outer = llvm::to_vector(llvm::seq<int64_t>(0, axis));
  auto moments = MomentsOp::create(builder, getLoc(), getInput(), inner);
  Value x = normalise(b, getInput(), moments.getMean(), moments.getVariance(),
                      getEpsilon().convertToDouble(), inner);
  return {affine(b, x, getScale(), getBias(), outer)};
}

LogicalResult LayerNormOp::verify() {
  auto type = tensorType(getInput());
  int64_t axis = getAxis();
  if (axis < 0 || axis >= type.getRank())
    return emitOpError() << "expected axis to be an axis of rank "
                         << type.getRank() << " (C1), got " << axis;
  if (tensorType(getScale()).getShape() != type.getShape().drop_front(axis))
    return emitOpError() << "expected scale and bias of shape ["
                         << type.getShape().drop_front(axis) << "] (C2), got "
                         << getScale().getType();
  return success();
}
