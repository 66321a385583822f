//===- ContractionHandlers.cpp - Gemm and MatMul --------------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

static void importGemm(OnnxNode &node) {
  double alpha = node.number("alpha", 1), beta = node.number("beta", 1);
  bool transA = node.flag("transA", false), transB = node.flag("transB", false);
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  if (node.rank(0) != 2 || node.rank(1) != 2)
    return node.reject("expected two matrices, got ranks " +
                       Twine(node.rank(0)) + " and " + Twine(node.rank(1)));
  int64_t inner = transA ? 0 : 1, innerB = transB ? 1 : 0;
  if (node.shape(0)[inner] != node.shape(1)[innerB])
    return node.reject("the inner sizes " + Twine(node.shape(0)[inner]) +
                       " and " + Twine(node.shape(1)[innerB]) + " differ");
  SmallVector<int64_t> shape = {node.shape(0)[1 - inner],
                                node.shape(1)[1 - innerB]};
  if (!node.fits(shape))
    return;
  Value y = build.dot(node.parameter(0, "weight"), node.parameter(1, "weight"),
                      {}, {}, {inner}, {innerB});
  if (alpha != 1)
    y = build.scale(y, alpha);
  if (node.hasInput(2) && beta != 0) {
    auto both = node.broadcastShape(node.shape(2), shape);
    if (!both || *both != shape)
      return node.failed() ? void()
                           : node.reject("input 2 is larger than the result");
    Value c = node.stretch(node.parameter(2, "bias"), shape);
    y = build.add(y, beta == 1 ? c : build.scale(c, beta));
  }
  node.set(0, y);
}

// numpy's rules: vectors are promoted to matrices, leading axes are broadcast.
static void importMatMul(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  SmallVector<int64_t> a(node.shape(0)), b(node.shape(1));
  if (a.empty() || b.empty())
    return node.reject("expected operands of rank 1 or more");
  bool isRow = a.size() == 1, isColumn = b.size() == 1;
  if (isRow)
    a.insert(a.begin(), 1);
  if (isColumn)
    b.push_back(1);
  int64_t rows = a[a.size() - 2], inner = a.back();
  int64_t innerB = b[b.size() - 2], columns = b.back();
  if (inner != innerB)
    return node.reject("the inner sizes " + Twine(inner) + " and " +
                       Twine(innerB) + " differ");
  ArrayRef<int64_t> leadA = ArrayRef(a).drop_back(2);
  ArrayRef<int64_t> leadB = ArrayRef(b).drop_back(2);
  auto lead = node.broadcastShape(leadA, leadB);
  if (!lead)
    return;
  SmallVector<int64_t> shape(*lead);
  shape.append({rows, columns});
  int64_t batch = lead->size();
  if (!node.fits(shape))
    return;

  Value x = build.reshape(node.parameter(0, "weight"), a);
  Value w = build.reshape(node.parameter(1, "weight"), b);
  Value y;
  if (leadB.empty()) {
    y = build.dot(x, w, {}, {}, {batch + 1}, {0});
  } else {
    SmallVector<int64_t> shapeA(*lead), shapeB(*lead), dims;
    shapeA.append({rows, inner});
    shapeB.append({inner, columns});
    if (!node.fits(shapeA) || !node.fits(shapeB))
      return;
    for (int64_t i = 0; i < batch; ++i)
      dims.push_back(i);
    y = build.dot(node.stretch(x, shapeA), node.stretch(w, shapeB), dims, dims,
                  {batch + 1}, {batch});
  }
  if (isColumn)
    shape.pop_back();
  if (isRow)
    shape.erase(shape.begin() + batch);
  node.set(0, build.reshape(y, shape));
}

void onnximport::addContractionOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Gemm", {11, 13}, 2, 3, kFloat, importGemm},
      {"MatMul", {9, 13}, 2, 2, kFloat, importMatMul},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
