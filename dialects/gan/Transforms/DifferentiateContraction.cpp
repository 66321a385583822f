//===- DifferentiateContraction.cpp - rules of dot and convolutions -------===//

#include "dialects/gan/Transforms/DifferentiateRules.h"

using namespace mlir;
using namespace gan;

//===----------------------------------------------------------------------===//
// dot
//===----------------------------------------------------------------------===//

/// Axes of an operand that are neither batch nor contracted.
static SmallVector<int64_t> freeDims(Value value, ArrayRef<int64_t> batch,
                                     ArrayRef<int64_t> contract) {
  SmallVector<int64_t> used(batch);
  used.append(contract.begin(), contract.end());
  return otherDims(tensorType(value).getRank(), used);
}

static SmallVector<int64_t> range(int64_t begin, int64_t count) {
  return llvm::to_vector(llvm::seq<int64_t>(begin, begin + count));
}

/// Axis i of `value` is the operand's axis `places[i]`; puts them in order.
static Value restoreOrder(TensorBuilder &b, Value value,
                          ArrayRef<int64_t> places) {
  if (llvm::is_sorted(places))
    return value;
  return b.transpose(value, invertPermutation(places));
}

static void dotRule(DotOp op, Cotangents &c) {
  Value lhs = op.getLhs(), rhs = op.getRhs(), y = c.ofResult();
  auto lhsBatch = op.getLhsBatch(), rhsBatch = op.getRhsBatch();
  auto lhsContract = op.getLhsContract(), rhsContract = op.getRhsContract();
  auto lhsFree = freeDims(lhs, lhsBatch, lhsContract);
  auto rhsFree = freeDims(rhs, rhsBatch, rhsContract);
  // The result's axes: batch, left free, right free.
  int64_t batches = lhsBatch.size(), lefts = lhsFree.size();
  auto batch = range(0, batches), left = range(batches, lefts);
  auto right = range(batches + lefts, rhsFree.size());

  /// The contracted axes of `mine` in the order in which the product leaves
  /// them: the order of the other operand's axes `theirs`.
  auto contractOrder = [](ArrayRef<int64_t> mine, ArrayRef<int64_t> theirs) {
    SmallVector<std::pair<int64_t, int64_t>> pairs;
    for (auto [a, b] : llvm::zip_equal(theirs, mine))
      pairs.push_back({a, b});
    llvm::sort(pairs);
    return llvm::map_to_vector(pairs, [](auto pair) { return pair.second; });
  };
  auto placesOf = [](ArrayRef<int64_t> a, ArrayRef<int64_t> b,
                     ArrayRef<int64_t> c) {
    SmallVector<int64_t> places(a);
    places.append(b.begin(), b.end());
    places.append(c.begin(), c.end());
    return places;
  };
  if (c.wants(0)) {
    // [batch, left, right] times [batch, right, contract].
    Value x = c.b.dot(y, rhs, batch, rhsBatch, right, rhsFree);
    auto order = contractOrder(lhsContract, rhsContract);
    c.add(0, restoreOrder(c.b, x, placesOf(lhsBatch, lhsFree, order)));
  }
  if (c.wants(1)) {
    // [batch, contract, left] times [batch, left, right].
    Value x = c.b.dot(lhs, y, lhsBatch, batch, lhsFree, left);
    auto order = contractOrder(rhsContract, lhsContract);
    c.add(1, restoreOrder(c.b, x, placesOf(rhsBatch, order, rhsFree)));
  }
}

//===----------------------------------------------------------------------===//
// The convolution family: the three derivatives of T(x, w, y)
//===----------------------------------------------------------------------===//

static Value conv(Cotangents &c, Type type, Value x, Value w,
                  GeometryAttr geometry) {
  return ConvOp::create(c.b.builder, c.b.loc, type, x, w, geometry);
}
static Value convGradInput(Cotangents &c, Type type, Value w, Value y,
                           GeometryAttr geometry) {
  return ConvGradInputOp::create(c.b.builder, c.b.loc, type, w, y, geometry);
}
static Value convGradWeight(Cotangents &c, Type type, Value x, Value y,
                            GeometryAttr geometry) {
  return ConvGradWeightOp::create(c.b.builder, c.b.loc, type, x, y, geometry);
}

static void convRule(ConvOp op, Cotangents &c) {
  Value x = op.getInput(), w = op.getWeight(), y = c.ofResult();
  if (c.wants(0))
    c.add(0, convGradInput(c, x.getType(), w, y, op.getGeometry()));
  if (c.wants(1))
    c.add(1, convGradWeight(c, w.getType(), x, y, op.getGeometry()));
}

static void convGradInputRule(ConvGradInputOp op, Cotangents &c) {
  Value w = op.getWeight(), y = op.getOutput(), x = c.ofResult();
  if (c.wants(0))
    c.add(0, convGradWeight(c, w.getType(), x, y, op.getGeometry()));
  if (c.wants(1))
    c.add(1, conv(c, y.getType(), x, w, op.getGeometry()));
}

static void convGradWeightRule(ConvGradWeightOp op, Cotangents &c) {
  Value x = op.getInput(), y = op.getOutput(), w = c.ofResult();
  if (c.wants(0))
    c.add(0, convGradInput(c, x.getType(), w, y, op.getGeometry()));
  if (c.wants(1))
    c.add(1, conv(c, y.getType(), x, w, op.getGeometry()));
}

void gan::addContractionRules(RuleTable &rules) {
  rules.add(dotRule);
  rules.add(convRule);
  rules.add(convGradInputRule);
  rules.add(convGradWeightRule);
}
