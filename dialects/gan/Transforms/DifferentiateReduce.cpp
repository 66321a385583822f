//===- DifferentiateReduce.cpp - rules of reductions and windows ----------===//

#include "dialects/gan/Transforms/DifferentiateRules.h"

using namespace mlir;
using namespace gan;

static void sumRule(ReduceSumOp op, Cotangents &c) {
  auto shape = tensorType(op.getInput()).getShape();
  c.add(0, c.b.broadcast(c.ofResult(), op.getDims(), shape));
}

/// The elements that equal the result share its cotangent. Which they are is a
/// constant for derivatives. A NaN has no such element and makes NaN.
template <typename OpTy> static void extremeRule(OpTy op, Cotangents &c) {
  Value x = op.getInput(), y = op.getResult();
  auto dims = op.getDims();
  auto shape = tensorType(x).getShape();
  Value isWinner =
      c.b.compare(Comparison::eq, x, c.b.broadcast(y, dims, shape));
  Value mask = c.b.cast(isWinner, tensorType(x).getElementType());
  Value share = c.b.div(c.ofResult(), c.b.sum(mask, dims));
  c.add(0, c.b.mul(c.b.broadcast(share, dims, shape), mask));
}

/// mean/n + 2 variance (x - mean)/n.
static void momentsRule(MomentsOp op, Cotangents &c) {
  Value x = op.getInput();
  auto dims = op.getDims();
  auto shape = tensorType(x).getShape();
  double count = 1;
  for (int64_t dim : dims)
    count *= shape[dim];
  auto share = [&](Value cotangent, double n) {
    Value divided = c.b.div(cotangent, c.b.constantLike(cotangent, n));
    return c.b.broadcast(divided, dims, shape);
  };
  if (Value mean = c.of(op.getMean()))
    c.add(0, share(mean, count));
  if (Value variance = c.of(op.getVariance())) {
    Value centred = c.b.sub(x, c.b.broadcast(op.getMean(), dims, shape));
    c.add(0, c.b.mul(share(variance, count / 2), centred));
  }
}

/// Every element collects the windows that cover it: zeros between the strides
/// and a window sum of stride 1.
static void windowSumRule(WindowSumOp op, Cotangents &c) {
  auto from = tensorType(op.getInput()).getShape();
  auto to = tensorType(op.getResult()).getShape();
  SmallVector<int64_t> low, high, interior, ones(from.size(), 1);
  for (size_t i = 0; i < from.size(); ++i) {
    int64_t stride = op.getStride()[i], extent = (to[i] - 1) * stride + 1;
    low.push_back(op.getWindow()[i] - 1);
    high.push_back(from[i] - extent);
    interior.push_back(stride - 1);
  }
  Value spread = c.b.pad(c.ofResult(), low, high, interior);
  c.add(0, WindowSumOp::create(c.b.builder, c.b.loc, spread, op.getWindow(),
                               ones));
}

static void cumsumRule(CumsumOp op, Cotangents &c) {
  int64_t dim = op.getDim();
  Value y = c.b.reverse(c.ofResult(), {dim});
  y = CumsumOp::create(c.b.builder, c.b.loc, y.getType(), y, op.getDimAttr());
  c.add(0, c.b.reverse(y, {dim}));
}

void gan::addReductionRules(RuleTable &rules) {
  rules.add(sumRule);
  rules.add(extremeRule<ReduceMaxOp>);
  rules.add(extremeRule<ReduceMinOp>);
  rules.add(momentsRule);
  rules.add(windowSumRule);
  rules.add(cumsumRule);
}
