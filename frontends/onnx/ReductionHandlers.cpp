//===- ReductionHandlers.cpp - sums, means, extremes, norms along axes ----===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

using Reduction = Value (*)(TensorBuilder &, Value, ArrayRef<int64_t>);

// Axes are an attribute in old versions and an input since `inputSince`.
static void importReduction(OnnxNode &node, int inputSince, Reduction reduce) {
  bool isInput = node.version() >= inputSince;
  SmallVector<int64_t> given;
  if (!isInput)
    given = node.integers("axes");
  bool keep = node.flag("keepdims", true);
  bool noop = isInput && node.flag("noop_with_empty_axes", false);
  if (!node.ready())
    return;
  if (isInput && node.hasInput(1)) {
    auto axes = node.constants(1);
    if (!axes)
      return;
    given = *axes;
  }
  auto dims = node.axes(given, node.rank(0));
  if (!dims)
    return;
  Value x = node.input(0);
  if (dims->empty() && noop) {
    // Nothing is reduced: what is done to each element is done.
    SmallVector<int64_t> shape(node.shape(0));
    shape.push_back(1);
    if (node.fits(shape))
      node.set(
          0, reduce(node.build, node.build.reshape(x, shape), {node.rank(0)}));
    return;
  }
  if (dims->empty())
    *dims = otherDims(node.rank(0), {});
  Value y = reduce(node.build, x, *dims);
  if (keep) {
    SmallVector<int64_t> shape(node.shape(0));
    for (int64_t dim : *dims)
      shape[dim] = 1;
    y = node.build.reshape(y, shape);
  }
  node.set(0, y);
}

static void importReduceSum(OnnxNode &node) {
  importReduction(node, 13,
                  [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
                    return build.sum(x, dims);
                  });
}

static void importReduceMean(OnnxNode &node) {
  importReduction(node, 18,
                  [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
                    return build.mean(x, dims);
                  });
}

static void importReduceL2(OnnxNode &node) {
  importReduction(
      node, 18,
      [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) -> Value {
        return NormOp::create(build.builder, build.loc, x, dims);
      });
}

static void importReduceL1(OnnxNode &node) {
  importReduction(node, 18,
                  [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
                    return build.sum(build.abs(x), dims);
                  });
}

static void importReduceSumSquare(OnnxNode &node) {
  importReduction(node, 18,
                  [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
                    return build.sum(build.square(x), dims);
                  });
}

static void importReduceLogSum(OnnxNode &node) {
  importReduction(node, 18,
                  [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
                    return build.log(build.sum(x, dims));
                  });
}

/// The axes as one, behind the others.
static Value mergeLast(TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
  ArrayRef<int64_t> shape = tensorType(x).getShape();
  SmallVector<int64_t> order = otherDims(shape.size(), dims), merged;
  for (int64_t dim : order)
    merged.push_back(shape[dim]);
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= shape[dim];
  merged.push_back(count);
  llvm::append_range(order, dims);
  return build.reshape(build.transpose(x, order), merged);
}

static void importReduceLogSumExp(OnnxNode &node) {
  importReduction(
      node, 18,
      [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) -> Value {
        x = mergeLast(build, x, dims);
        return LogSumExpOp::create(build.builder, build.loc, x,
                                   tensorType(x).getRank() - 1);
      });
}

static void importReduceProd(OnnxNode &node) {
  importReduction(node, 18,
                  [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
                    return build.product(x, dims);
                  });
}

// Booleans are reduced as numbers.
template <typename OpTy> static void importReduceExtreme(OnnxNode &node) {
  importReduction(
      node, 18,
      [](TensorBuilder &build, Value x, ArrayRef<int64_t> dims) -> Value {
        Type element = tensorType(x).getElementType();
        if (element.isInteger(1))
          x = build.cast(x, build.builder.getI32Type());
        Value y = OpTy::create(build.builder, build.loc, x, dims);
        return build.cast(y, element);
      });
}

static void importCumSum(OnnxNode &node) {
  bool exclusive = node.flag("exclusive", false);
  bool backwards = node.flag("reverse", false);
  if (!node.ready())
    return;
  auto given = node.constants(1);
  if (!given)
    return;
  if (given->size() != 1)
    return node.reject("input 'axis' expected one number, got " +
                       Twine(given->size()));
  auto axis = node.axis(given->front(), node.rank(0));
  if (!axis)
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  if (backwards)
    x = build.reverse(x, {*axis});
  if (exclusive && node.shape(0)[*axis] > 0) {
    // Each element's sum is that of the elements before it.
    SmallVector<int64_t> low(node.rank(0), 0), high(low);
    low[*axis] = 1;
    high[*axis] = -1;
    x = build.pad(x, low, high, SmallVector<int64_t>(node.rank(0), 0));
  }
  Value sums = CumsumOp::create(build.builder, build.loc, x, *axis);
  node.set(0, backwards ? build.reverse(sums, {*axis}) : sums);
}

void onnximport::addReductionOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"CumSum", {11, 14}, 2, 2, kFloat, importCumSum, "", {{1, "axis"}}},
      {"ReduceL1",
       {11, 13, 18},
       1,
       2,
       kFloat,
       importReduceL1,
       "",
       {{1, "axes"}}},
      {"ReduceL2",
       {11, 13, 18},
       1,
       2,
       kFloat,
       importReduceL2,
       "",
       {{1, "axes"}}},
      {"ReduceLogSum",
       {11, 13, 18},
       1,
       2,
       kFloat,
       importReduceLogSum,
       "",
       {{1, "axes"}}},
      {"ReduceLogSumExp",
       {11, 13, 18},
       1,
       2,
       kFloat,
       importReduceLogSumExp,
       "",
       {{1, "axes"}}},
      {"ReduceMax",
       {11, 12, 13, 18, 20},
       1,
       2,
       kAny,
       importReduceExtreme<ReduceMaxOp>,
       "",
       {{1, "axes"}}},
      {"ReduceMean",
       {11, 13, 18},
       1,
       2,
       kFloat,
       importReduceMean,
       "",
       {{1, "axes"}}},
      {"ReduceMin",
       {11, 12, 13, 18, 20},
       1,
       2,
       kAny,
       importReduceExtreme<ReduceMinOp>,
       "",
       {{1, "axes"}}},
      {"ReduceProd",
       {11, 13, 18},
       1,
       2,
       kNumber,
       importReduceProd,
       "",
       {{1, "axes"}}},
      {"ReduceSum",
       {11, 13},
       1,
       2,
       kNumber,
       importReduceSum,
       "",
       {{1, "axes"}}},
      {"ReduceSumSquare",
       {11, 13, 18},
       1,
       2,
       kFloat,
       importReduceSumSquare,
       "",
       {{1, "axes"}}},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
