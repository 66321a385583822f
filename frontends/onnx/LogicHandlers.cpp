//===- LogicHandlers.cpp - comparisons, booleans, choice ------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

template <Comparison comparison> static void importCompare(OnnxNode &node) {
  if (!node.ready())
    return;
  SmallVector<Value> values = node.stretchInputs();
  if (values.empty())
    return;
  TensorBuilder &build = node.build;
  // Booleans are equal unless exactly one of them holds.
  if (tensorType(values[0]).getElementType().isInteger(1)) {
    Value differ =
        LogicalOp::create(build.builder, build.loc, values[0].getType(),
                          LogicalKind::exclusive, values[0], values[1]);
    return node.set(0,
                    LogicalOp::create(build.builder, build.loc,
                                      differ.getType(), LogicalKind::exclusive,
                                      differ, build.constantLike(differ, 1))
                        .getResult());
  }
  node.set(0, build.compare(comparison, values[0], values[1]));
}

template <LogicalKind kind> static void importLogical(OnnxNode &node) {
  if (!node.ready())
    return;
  SmallVector<Value> values = node.stretchInputs();
  if (!values.empty())
    node.set(0,
             LogicalOp::create(node.build.builder, node.build.loc,
                               values[0].getType(), kind, values[0], values[1])
                 .getResult());
}

static void importNot(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  node.set(0, LogicalOp::create(build.builder, build.loc, x.getType(),
                                LogicalKind::exclusive, x,
                                build.constantLike(x, 1))
                  .getResult());
}

static void importWhere(OnnxNode &node) {
  if (!node.ready())
    return;
  SmallVector<Value> branches = node.stretchInputs(1);
  if (branches.empty())
    return;
  auto shape =
      node.broadcastShape(node.shape(0), tensorType(branches[0]).getShape());
  if (!shape)
    return;
  node.set(0, node.build.select(node.stretch(node.input(0), *shape),
                                node.stretch(branches[0], *shape),
                                node.stretch(branches[1], *shape)));
}

void onnximport::addLogicOperators(OnnxOperators &operators) {
  const StringRef zero = "derivative (it is zero)";
  OnnxOperators rows = {
      {"And", {7}, 2, 2, kBool, importLogical<LogicalKind::conjunction>, zero},
      {"Equal", {11, 13, 19}, 2, 2, kAny, importCompare<Comparison::eq>, zero},
      {"Greater", {9, 13}, 2, 2, kNumber, importCompare<Comparison::gt>, zero},
      {"GreaterOrEqual",
       {12, 16},
       2,
       2,
       kNumber,
       importCompare<Comparison::ge>,
       zero},
      {"Less", {9, 13}, 2, 2, kNumber, importCompare<Comparison::lt>, zero},
      {"LessOrEqual",
       {12, 16},
       2,
       2,
       kNumber,
       importCompare<Comparison::le>,
       zero},
      {"Not", {1}, 1, 1, kBool, importNot, zero},
      {"Or", {7}, 2, 2, kBool, importLogical<LogicalKind::disjunction>, zero},
      {"Where", {9, 16}, 3, 3, kBool, importWhere},
      {"Xor", {7}, 2, 2, kBool, importLogical<LogicalKind::exclusive>, zero},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
