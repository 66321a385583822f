//===- DifferentiateElementwise.cpp - rules of element-wise primitives ----===//

#include "dialects/gan/Transforms/DifferentiateRules.h"
#include <cmath>

using namespace mlir;
using namespace gan;

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

static void addRule(AddOp, Cotangents &c) {
  c.add(0, c.ofResult());
  c.add(1, c.ofResult());
}

static void negRule(NegOp, Cotangents &c) { c.add(0, c.b.neg(c.ofResult())); }

static void mulRule(MulOp op, Cotangents &c) {
  Value y = c.ofResult();
  if (op.getLhs() == op.getRhs()) {
    Value half = c.b.mul(y, op.getLhs());
    return c.add(0, c.b.add(half, half));
  }
  if (c.wants(0))
    c.add(0, c.b.mul(y, op.getRhs()));
  if (c.wants(1))
    c.add(1, c.b.mul(y, op.getLhs()));
}

static void divRule(DivOp op, Cotangents &c) {
  Value quotient = c.b.div(c.ofResult(), op.getRhs());
  c.add(0, quotient);
  if (c.wants(1))
    c.add(1, c.b.neg(c.b.mul(quotient, op.getResult())));
}

//===----------------------------------------------------------------------===//
// Smooth functions
//===----------------------------------------------------------------------===//

static void expRule(ExpOp op, Cotangents &c) {
  c.add(0, c.b.mul(c.ofResult(), op.getResult()));
}

static void logRule(LogOp op, Cotangents &c) {
  c.add(0, c.b.div(c.ofResult(), op.getInput()));
}

static void log1pRule(Log1pOp op, Cotangents &c) {
  c.add(0, c.b.div(c.ofResult(), c.b.shift(op.getInput(), 1)));
}

static void sqrtRule(SqrtOp op, Cotangents &c) {
  c.add(0, c.b.div(c.b.scale(c.ofResult(), 0.5), op.getResult()));
}

static void rsqrtRule(RsqrtOp op, Cotangents &c) {
  Value y = op.getResult(), cube = c.b.mul(c.b.square(y), y);
  c.add(0, c.b.mul(c.b.scale(c.ofResult(), -0.5), cube));
}

static void powRule(PowOp op, Cotangents &c) {
  double p = op.getExponent().convertToDouble();
  Value x = op.getInput(), y = c.ofResult();
  if (p == 0) // Constant: the cotangent is zero.
    return;
  Value factor;
  if (p == 1)
    return c.add(0, y);
  if (p == 2)
    factor = x;
  else if (p == 3)
    factor = c.b.square(x);
  else
    factor = c.b.pow(x, p - 1);
  c.add(0, c.b.mul(c.b.scale(y, p), factor));
}

static void tanhRule(TanhOp op, Cotangents &c) {
  Value rest = c.b.shift(c.b.neg(c.b.square(op.getResult())), 1);
  c.add(0, c.b.mul(c.ofResult(), rest));
}

static void logisticRule(LogisticOp op, Cotangents &c) {
  Value y = op.getResult(), rest = c.b.shift(c.b.neg(y), 1);
  c.add(0, c.b.mul(c.ofResult(), c.b.mul(y, rest)));
}

/// Exact at 0, where the derivative of the stable form is not (N4).
static void softplusRule(SoftplusOp op, Cotangents &c) {
  c.add(0, c.b.mul(c.ofResult(), c.b.logistic(op.getInput())));
}

static void sinRule(SinOp op, Cotangents &c) {
  c.add(0, c.b.mul(c.ofResult(), c.b.unary<CosOp>(op.getInput())));
}

static void cosRule(CosOp op, Cotangents &c) {
  Value sine = c.b.unary<SinOp>(op.getInput());
  c.add(0, c.b.neg(c.b.mul(c.ofResult(), sine)));
}

static void erfRule(ErfOp op, Cotangents &c) {
  const double factor = 2 / std::sqrt(3.14159265358979323846);
  Value bell = c.b.exp(c.b.neg(c.b.square(op.getInput())));
  c.add(0, c.b.mul(c.b.scale(c.ofResult(), factor), bell));
}

//===----------------------------------------------------------------------===//
// Kinks, choice, identity
//===----------------------------------------------------------------------===//

static void absRule(AbsOp op, Cotangents &c) {
  c.add(0, c.b.mul(c.ofResult(), c.b.sign(op.getInput())));
}

static void selectRule(SelectOp op, Cotangents &c) {
  Value m = op.getCondition(), y = c.ofResult(), zero = c.b.constantLike(y, 0);
  if (c.wants(1))
    c.add(1, c.b.select(m, y, zero));
  if (c.wants(2))
    c.add(2, c.b.select(m, zero, y));
}

static void castRule(CastOp op, Cotangents &c) {
  c.add(0, c.b.cast(c.ofResult(), tensorType(op.getInput()).getElementType()));
}

static void reverseGradientRule(ReverseGradientOp op, Cotangents &c) {
  c.add(0, c.b.scale(c.ofResult(), -op.getFactor().convertToDouble()));
}

void gan::addElementwiseRules(RuleTable &rules) {
  rules.add(addRule);
  rules.add(negRule);
  rules.add(mulRule);
  rules.add(divRule);
  rules.add(expRule);
  rules.add(logRule);
  rules.add(log1pRule);
  rules.add(sqrtRule);
  rules.add(rsqrtRule);
  rules.add(powRule);
  rules.add(tanhRule);
  rules.add(logisticRule);
  rules.add(softplusRule);
  rules.add(sinRule);
  rules.add(cosRule);
  rules.add(erfRule);
  rules.add(absRule);
  rules.add(selectRule);
  rules.add(castRule);
  rules.add(reverseGradientRule);
}
