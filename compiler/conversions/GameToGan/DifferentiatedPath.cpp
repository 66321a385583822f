//===- DifferentiatedPath.cpp - what a derivative will walk through -------===//
//
//  1. Collect what the value depends on, backwards, in an order in which every
//     operation comes after those it uses.
//  2. Walk that order forwards from the sources.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GameToGan/DifferentiatedPath.h"

using namespace mlir;
using namespace gan;

bool DifferentiatedPath::passes(OpOperand &operand) {
  Operation *op = operand.getOwner();
  auto type = dyn_cast<RankedTensorType>(operand.get().getType());
  if (!type || !isa<FloatType>(type.getElementType()) ||
      op->hasTrait<NoDerivativeTrait>() || isa<StopOp>(op))
    return false;
  if (auto norm = dyn_cast<BatchNormOp>(op))
    if (norm.getStatistics() == Statistics::batch)
      return operand.getOperandNumber() < 3;
  return true;
}

/// What `value` is made of, operands first; `past` operations through which no
/// derivative passes, or not.
static SmallVector<Operation *> definitionsOf(Value value, bool past) {
  // Post-order, without recursion: graphs are deep.
  SmallVector<Operation *> order;
  DenseSet<Operation *> visited;
  SmallVector<std::pair<Operation *, unsigned>> stack;
  auto push = [&](Value operand) {
    Operation *definition = operand.getDefiningOp();
    if (definition && visited.insert(definition).second)
      stack.push_back({definition, 0});
  };
  push(value);
  while (!stack.empty()) {
    auto &[op, next] = stack.back();
    if (next < op->getNumOperands()) {
      OpOperand &operand = op->getOpOperand(next++);
      if (past || DifferentiatedPath::passes(operand))
        push(operand.get());
      continue;
    }
    order.push_back(op);
    stack.pop_back();
  }
  return order;
}

Operation *DifferentiatedPath::endOf(Value value, ArrayRef<Value> sources) {
  DenseSet<Value> dependent(sources.begin(), sources.end());
  for (Operation *op : definitionsOf(value, /*past=*/true))
    for (OpOperand &operand : op->getOpOperands()) {
      if (!dependent.contains(operand.get()))
        continue;
      if (!passes(operand))
        return op;
      dependent.insert(op->result_begin(), op->result_end());
    }
  return nullptr;
}

DifferentiatedPath::DifferentiatedPath(Value value, ArrayRef<Value> sources) {
  DenseSet<Value> dependent(sources.begin(), sources.end());
  for (Operation *op : definitionsOf(value, /*past=*/false))
    for (OpOperand &operand : op->getOpOperands())
      if (passes(operand) && dependent.contains(operand.get())) {
        operations.insert(op);
        dependent.insert(op->result_begin(), op->result_end());
      }
  for (Operation *op : operations)
    for (OpOperand &operand : op->getOpOperands())
      if (passes(operand))
        reached.insert(operand.get());
  reached.insert(value);
}
