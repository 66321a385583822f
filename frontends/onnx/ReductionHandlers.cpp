//===- ReductionHandlers.cpp - sums, means, extremes, norms over axes -----===//

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
  if (dims->empty() && noop)
    return node.set(0, x);
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

void onnximport::addReductionOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"ReduceL2",
       {11, 13, 18},
       1,
       2,
       kFloat,
       importReduceL2,
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
      {"ReduceSum",
       {11, 13},
       1,
       2,
       kNumber,
       importReduceSum,
       "",
       {{1, "axes"}}},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
