//===- DifferentiateShape.cpp - rules of primitives that move elements ----===//

#include "dialects/gan/Transforms/DifferentiateRules.h"

using namespace mlir;
using namespace gan;

static void reshapeRule(ReshapeOp op, Cotangents &c) {
  c.add(0, c.b.reshape(c.ofResult(), tensorType(op.getInput()).getShape()));
}

static void transposeRule(TransposeOp op, Cotangents &c) {
  c.add(0, c.b.transpose(c.ofResult(), invertPermutation(op.getPermutation())));
}

static void reverseRule(ReverseOp op, Cotangents &c) {
  c.add(0, c.b.reverse(c.ofResult(), op.getDims()));
}

static void broadcastRule(BroadcastOp op, Cotangents &c) {
  c.add(0, c.b.sum(c.ofResult(), op.getDims()));
}

static void concatRule(ConcatOp op, Cotangents &c) {
  Value y = c.ofResult();
  auto shape = tensorType(y).getShape();
  SmallVector<int64_t> start(shape.size(), 0), stop(shape),
      ones(start.size(), 1);
  int64_t dim = op.getDim(), begin = 0;
  for (auto [index, input] : llvm::enumerate(op.getInputs())) {
    start[dim] = begin;
    stop[dim] = begin += tensorType(input).getDimSize(dim);
    if (c.wants(index))
      c.add(index, c.b.slice(y, start, stop, ones));
  }
}

/// Where a slice took an element, its cotangent goes; the rest is zero.
static void sliceRule(SliceOp op, Cotangents &c) {
  auto from = tensorType(op.getInput()).getShape();
  auto to = tensorType(op.getResult()).getShape();
  SmallVector<int64_t> low(op.getStart()), high, interior;
  for (size_t i = 0; i < from.size(); ++i) {
    int64_t extent = to[i] ? (to[i] - 1) * op.getStride()[i] + 1 : 0;
    high.push_back(from[i] - low[i] - extent);
    interior.push_back(op.getStride()[i] - 1);
  }
  c.add(0, c.b.pad(c.ofResult(), low, high, interior));
}

/// Undoes low and high by a crop (a pad, where the pad was a crop), then takes
/// every element before interior zeros.
static void padRule(PadOp op, Cotangents &c) {
  Value y = c.ofResult();
  size_t rank = op.getLow().size();
  SmallVector<int64_t> low, high, none(rank, 0), start(rank, 0), stride;
  for (size_t i = 0; i < rank; ++i) {
    low.push_back(-op.getLow()[i]);
    high.push_back(-op.getHigh()[i]);
    stride.push_back(op.getInterior()[i] + 1);
  }
  bool isPlain = llvm::all_of(op.getInterior(), [](int64_t n) { return !n; });
  auto isCrop = [](int64_t n) { return n <= 0; };
  if (!isPlain && llvm::all_of(low, isCrop) && llvm::all_of(high, isCrop)) {
    SmallVector<int64_t> stop(tensorType(y).getShape());
    for (size_t i = 0; i < rank; ++i)
      stop[i] += high[i];
    return c.add(0, c.b.slice(y, op.getLow(), stop, stride));
  }
  Value whole = c.b.pad(y, low, high, none);
  if (!isPlain)
    whole = c.b.slice(whole, start, tensorType(whole).getShape(), stride);
  c.add(0, whole);
}

void gan::addShapeRules(RuleTable &rules) {
  rules.add(reshapeRule);
  rules.add(transposeRule);
  rules.add(reverseRule);
  rules.add(broadcastRule);
  rules.add(concatRule);
  rules.add(sliceRule);
  rules.add(padRule);
}
