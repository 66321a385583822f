//===- TensorBuilder.cpp - writes tensor arithmetic as it is said ---------===//

#include "dialects/gan/IR/TensorBuilder.h"

using namespace mlir;
using namespace gan;

Value TensorBuilder::constant(RankedTensorType type, double value) {
  return ConstantOp::create(builder, loc, type, value);
}

Value TensorBuilder::add(Value a, Value b) {
  return AddOp::create(builder, loc, a.getType(), a, b);
}
Value TensorBuilder::mul(Value a, Value b) {
  return MulOp::create(builder, loc, a.getType(), a, b);
}
Value TensorBuilder::div(Value a, Value b) {
  return DivOp::create(builder, loc, a.getType(), a, b);
}
Value TensorBuilder::neg(Value a) { return unary<NegOp>(a); }
Value TensorBuilder::pow(Value a, double exponent) {
  return PowOp::create(builder, loc, a.getType(), a,
                       builder.getF64FloatAttr(exponent));
}
Value TensorBuilder::exp(Value a) { return unary<ExpOp>(a); }
Value TensorBuilder::log(Value a) { return unary<LogOp>(a); }
Value TensorBuilder::log1p(Value a) { return unary<Log1pOp>(a); }
Value TensorBuilder::sqrt(Value a) { return unary<SqrtOp>(a); }
Value TensorBuilder::rsqrt(Value a) { return unary<RsqrtOp>(a); }
Value TensorBuilder::tanh(Value a) { return unary<TanhOp>(a); }
Value TensorBuilder::logistic(Value a) { return unary<LogisticOp>(a); }
Value TensorBuilder::softplus(Value a) { return unary<SoftplusOp>(a); }
Value TensorBuilder::abs(Value a) { return unary<AbsOp>(a); }
Value TensorBuilder::sign(Value a) { return unary<SignOp>(a); }
Value TensorBuilder::stop(Value a) { return unary<StopOp>(a); }

Value TensorBuilder::compare(Comparison comparison, Value a, Value b) {
  auto type = tensorType(a).clone(builder.getI1Type());
  return CompareOp::create(builder, loc, type, comparison, a, b);
}
Value TensorBuilder::select(Value condition, Value onTrue, Value onFalse) {
  return SelectOp::create(builder, loc, onTrue.getType(), condition, onTrue,
                          onFalse);
}
Value TensorBuilder::cast(Value a, Type elementType) {
  if (tensorType(a).getElementType() == elementType)
    return a;
  return CastOp::create(builder, loc, tensorType(a).clone(elementType), a);
}

Value TensorBuilder::reshape(Value a, Dims shape) {
  if (tensorType(a).getShape() == shape)
    return a;
  return ReshapeOp::create(builder, loc, tensorType(a).clone(shape), a);
}
Value TensorBuilder::flatten(Value a, int64_t first) {
  SmallVector<int64_t> shape(tensorType(a).getShape());
  int64_t elements = 1;
  for (int64_t extent : ArrayRef(shape).drop_front(first))
    elements *= extent;
  shape.truncate(first);
  shape.push_back(elements);
  return reshape(a, shape);
}
Value TensorBuilder::transpose(Value a, Dims permutation) {
  return TransposeOp::create(builder, loc, a, permutation);
}
Value TensorBuilder::reverse(Value a, Dims dims) {
  return ReverseOp::create(builder, loc, a.getType(), a, dims);
}
Value TensorBuilder::broadcast(Value a, Dims dims, Dims shape) {
  if (dims.empty())
    return a;
  return BroadcastOp::create(builder, loc, tensorType(a).clone(shape), a, dims);
}
Value TensorBuilder::splat(Value scalar, Dims shape) {
  return broadcast(scalar, otherDims(shape.size(), {}), shape);
}
Value TensorBuilder::alongAxis(Value vector, int64_t axis, Dims shape) {
  return broadcast(vector, otherDims(shape.size(), {axis}), shape);
}
Value TensorBuilder::concat(ValueRange values, int64_t dim) {
  return ConcatOp::create(builder, loc, values, dim);
}
Value TensorBuilder::slice(Value a, Dims start, Dims stop, Dims stride) {
  return SliceOp::create(builder, loc, a, start, stop, stride);
}
Value TensorBuilder::pad(Value a, Dims low, Dims high, Dims interior) {
  return PadOp::create(builder, loc, a, low, high, interior);
}

Value TensorBuilder::sum(Value a, Dims dims) {
  return ReduceSumOp::create(builder, loc, a, dims);
}
Value TensorBuilder::sumAll(Value a) {
  return sum(a, otherDims(tensorType(a).getRank(), {}));
}
Value TensorBuilder::product(Value a, Dims dims) {
  // The reduced axes last and as one.
  auto type = tensorType(a);
  SmallVector<int64_t> order = otherDims(type.getRank(), dims), shape;
  int64_t kept = order.size();
  order.append(dims.begin(), dims.end());
  if (!llvm::is_sorted(order))
    a = transpose(a, order);
  a = flatten(a, kept);
  int64_t length = tensorType(a).getDimSize(kept);
  auto part = [&](int64_t from, int64_t to) {
    SmallVector<int64_t> start(kept + 1, 0), ones(kept + 1, 1);
    SmallVector<int64_t> stop(tensorType(a).getShape());
    start[kept] = from;
    stop[kept] = to;
    return slice(a, start, stop, ones);
  };
  while (length > 1) {
    int64_t half = length / 2;
    Value rest = length % 2 ? part(2 * half, length) : Value();
    Value products = mul(part(0, half), part(half, 2 * half));
    a = rest ? concat({products, rest}, kept) : products;
    length = half + length % 2;
  }
  auto result = type.clone(shapeWithout(type.getShape(), dims));
  return length == 0 ? constant(result, 1) : reshape(a, result.getShape());
}
Value TensorBuilder::mean(Value a, Dims dims) {
  double count = 1;
  for (int64_t dim : dims)
    count *= tensorType(a).getDimSize(dim);
  // Divided: unlike its reciprocal, the count is exact.
  Value total = sum(a, dims);
  return div(total, constantLike(total, count));
}
Value TensorBuilder::max(Value a, Dims dims) {
  return ReduceMaxOp::create(builder, loc, a, dims);
}
Value TensorBuilder::min(Value a, Dims dims) {
  return ReduceMinOp::create(builder, loc, a, dims);
}

Value TensorBuilder::dot(Value a, Value b, Dims aBatch, Dims bBatch,
                         Dims aContract, Dims bContract) {
  return DotOp::create(builder, loc, a, b, aBatch, bBatch, aContract,
                       bContract);
}
Value TensorBuilder::transform(Value a, Value matrix, int64_t axis) {
  int64_t rank = tensorType(a).getRank();
  // The new axis comes out last.
  Value product = dot(a, matrix, {}, {}, {axis}, {1});
  SmallVector<int64_t> places = otherDims(rank, {axis});
  places.push_back(axis);
  return axis == rank - 1 ? product
                          : transpose(product, invertPermutation(places));
}
Value TensorBuilder::gather(Value a, Value index, int64_t dim, int64_t batch) {
  return GatherOp::create(builder, loc, a, index, dim, batch);
}
Value TensorBuilder::iota(RankedTensorType type, int64_t dim) {
  return IotaOp::create(builder, loc, type, dim);
}
