//===- GanRandomOps.cpp - keys and draws ----------------------------------===//

#include "dialects/gan/IR/GanOps.h"

using namespace mlir;
using namespace gan;

LogicalResult RandomOp::verify() {
  double a = getA().convertToDouble(), b = getB().convertToDouble();
  Type element = cast<RankedTensorType>(getType()).getElementType();
  bool wantsInteger = getDistribution() == Distribution::integer ||
                      getDistribution() == Distribution::permutation;
  if (wantsInteger ? !element.isInteger(32) : !element.isF32())
    return emitOpError() << "expected " << (wantsInteger ? "i32" : "f32")
                         << " elements (C2), got " << element;
  bool fits = false;
  switch (getDistribution()) {
  case Distribution::normal:
    fits = b >= 0;
    break;
  case Distribution::uniform:
    fits = a < b;
    break;
  case Distribution::bernoulli:
    fits = a >= 0 && a <= 1;
    break;
  case Distribution::integer:
    fits = a >= 1 && a <= 2147483647.0;
    break;
  case Distribution::permutation:
    fits = true;
    break;
  }
  if (!fits)
    return emitOpError()
           << "expected numbers that fit the distribution (C3), got a " << a
           << " and b " << b;
  int64_t rank = cast<RankedTensorType>(getType()).getRank();
  if (getDistribution() == Distribution::permutation && rank != 1)
    return emitOpError() << "expected one axis (C4), got " << rank;
  return success();
}
