//===- GanShapeOps.cpp - primitives that move elements --------------------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace gan;

static Attribute reshapeSplat(Attribute attribute, Type type) {
  auto elements = dyn_cast_or_null<DenseElementsAttr>(attribute);
  auto shaped = cast<ShapedType>(type);
  if (!elements || !elements.isSplat() || !shaped.hasStaticShape())
    return {};
  return elements.resizeSplat(shaped);
}

//===----------------------------------------------------------------------===//
// reshape
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  auto from = tensorType(getInput()), to = tensorType(getResult());
  if (!from.hasStaticShape() || !to.hasStaticShape() ||
      from.getNumElements() != to.getNumElements())
    return emitOpError() << "expected the operand's number of elements in the "
                            "result (C1), got "
                         << from << " and " << to;
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  if (auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return elements.reshape(cast<ShapedType>(getType()));
  return {};
}

//===----------------------------------------------------------------------===//
// transpose, reverse
//===----------------------------------------------------------------------===//

void TransposeOp::build(OpBuilder &builder, OperationState &state, Value input,
                        ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> shape;
  for (int64_t dim : permutation)
    shape.push_back(tensorType(input).getDimSize(dim));
  build(builder, state, tensorType(input).clone(shape), input, permutation);
}

LogicalResult TransposeOp::verify() {
  auto from = tensorType(getInput()), to = tensorType(getResult());
  ArrayRef<int64_t> permutation = getPermutation();
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, from.getRank())))
    return emitOpError() << "expected a permutation of the operand's "
                         << from.getRank() << " axes (C1), got [" << permutation
                         << "]";
  SmallVector<int64_t> shape;
  for (int64_t dim : permutation)
    shape.push_back(from.getDimSize(dim));
  if (to.getShape() != ArrayRef(shape))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C2), got [" << to.getShape() << "]";
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::equal(getPermutation(),
                  llvm::seq<int64_t>(0, getPermutation().size())))
    return getInput();
  if (auto inner = getInput().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> both;
    for (int64_t dim : getPermutation())
      both.push_back(inner.getPermutation()[dim]);
    setPermutation(both);
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

LogicalResult ReverseOp::verify() {
  return verifyDims(*this, getDims(), tensorType(getInput()).getRank());
}

//===----------------------------------------------------------------------===//
// broadcast, concat
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  auto from = tensorType(getInput()), to = tensorType(getResult());
  if (failed(verifyDims(*this, getDims(), to.getRank())))
    return failure();
  SmallVector<int64_t> rest = shapeWithout(to.getShape(), getDims());
  if (from.getShape() != ArrayRef(rest))
    return emitOpError() << "expected operand shape [" << rest
                         << "], the result's without dims (C2), got ["
                         << from.getShape() << "]";
  return success();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getDims().empty())
    return getInput();
  if (auto inner = getInput().getDefiningOp<BroadcastOp>()) {
    // The inner result's axes, as axes of this result.
    SmallVector<int64_t> kept =
        otherDims(tensorType(getResult()).getRank(), getDims());
    SmallVector<int64_t> dims(getDims());
    for (int64_t dim : inner.getDims())
      dims.push_back(kept[dim]);
    llvm::sort(dims);
    setDims(dims);
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

void ConcatOp::build(OpBuilder &builder, OperationState &state,
                     ValueRange inputs, int64_t dim) {
  SmallVector<int64_t> shape(tensorType(inputs.front()).getShape());
  shape[dim] = 0;
  for (Value input : inputs)
    shape[dim] += tensorType(input).getDimSize(dim);
  build(builder, state, tensorType(inputs.front()).clone(shape), inputs,
        builder.getI64IntegerAttr(dim));
}

LogicalResult ConcatOp::verify() {
  auto to = tensorType(getResult());
  int64_t dim = getDim(), length = 0;
  if (getInputs().empty())
    return emitOpError() << "expected at least one operand (C1)";
  if (dim < 0 || dim >= to.getRank())
    return emitOpError() << "expected dim to be an axis of rank "
                         << to.getRank() << " (C2), got " << dim;
  for (Value input : getInputs()) {
    auto from = tensorType(input);
    if (from.getRank() != to.getRank() ||
        from.getElementType() != to.getElementType())
      return emitOpError() << "expected operands of the result's rank and "
                              "element type (C1), got "
                           << from << " and " << to;
    length += from.getDimSize(dim);
    if (shapeWithout(from.getShape(), {dim}) !=
        shapeWithout(to.getShape(), {dim}))
      return emitOpError() << "expected equal dimensions beside " << dim
                           << " (C3), got " << from << " and " << to;
  }
  if (length != to.getDimSize(dim))
    return emitOpError() << "expected dimension " << dim
                         << " of the result to be " << length << " (C3), got "
                         << to.getDimSize(dim);
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? getInputs().front() : Value();
}

//===----------------------------------------------------------------------===//
// slice, pad
//===----------------------------------------------------------------------===//

void SliceOp::build(OpBuilder &builder, OperationState &state, Value input,
                    ArrayRef<int64_t> start, ArrayRef<int64_t> stop,
                    ArrayRef<int64_t> stride) {
  SmallVector<int64_t> shape;
  for (auto [from, to, by] : llvm::zip_equal(start, stop, stride))
    shape.push_back((to - from + by - 1) / by);
  build(builder, state, tensorType(input).clone(shape), input, start, stop,
        stride);
}

LogicalResult SliceOp::verify() {
  auto from = tensorType(getInput()), to = tensorType(getResult());
  size_t rank = from.getRank();
  if (getStart().size() != rank || getStop().size() != rank ||
      getStride().size() != rank)
    return emitOpError()
           << "expected one start, stop and stride per axis of rank " << rank
           << " (C1)";
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < rank; ++i) {
    int64_t start = getStart()[i], stop = getStop()[i], stride = getStride()[i];
    if (start < 0 || start > stop || stop > from.getDimSize(i) || stride < 1)
      return emitOpError() << "expected 0 <= start <= stop <= "
                           << from.getDimSize(i)
                           << " and a positive stride on axis " << i
                           << " (C2), got " << start << ", " << stop << ", "
                           << stride;
    shape.push_back((stop - start + stride - 1) / stride);
  }
  if (to.getShape() != ArrayRef(shape))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C3), got [" << to.getShape() << "]";
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return reshapeSplat(adaptor.getInput(), getType());
}

void PadOp::build(OpBuilder &builder, OperationState &state, Value input,
                  ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                  ArrayRef<int64_t> interior) {
  SmallVector<int64_t> shape;
  for (auto [size, before, after, between] :
       llvm::zip_equal(tensorType(input).getShape(), low, high, interior))
    shape.push_back(before + after + size +
                    std::max<int64_t>(size - 1, 0) * between);
  build(builder, state, tensorType(input).clone(shape), input, low, high,
        interior);
}

LogicalResult PadOp::verify() {
  auto from = tensorType(getInput()), to = tensorType(getResult());
  size_t rank = from.getRank();
  if (getLow().size() != rank || getHigh().size() != rank ||
      getInterior().size() != rank ||
      llvm::any_of(getInterior(), [](int64_t n) { return n < 0; }))
    return emitOpError() << "expected one low, high and non-negative interior "
                            "per axis of rank "
                         << rank << " (C1)";
  for (size_t i = 0; i < rank; ++i) {
    int64_t size = from.getDimSize(i);
    int64_t expected = getLow()[i] + getHigh()[i] + size +
                       std::max<int64_t>(size - 1, 0) * getInterior()[i];
    if (expected < 0 || to.getRank() != from.getRank() ||
        to.getDimSize(i) != expected)
      return emitOpError() << "expected result dimension " << i << " to be "
                           << expected << " and not negative (C2), got " << to;
  }
  return success();
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  auto zero = [](int64_t n) { return n == 0; };
  if (llvm::all_of(getLow(), zero) && llvm::all_of(getHigh(), zero) &&
      getInput().getType() == getType())
    return getInput();
  return {};
}
