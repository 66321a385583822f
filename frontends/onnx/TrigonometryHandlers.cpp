//===- TrigonometryHandlers.cpp - what sin, exp and log are enough for ----===//
//
// Written so that f32 keeps its digits near zero and for large arguments, and
// so that the branch of a select that is not taken is finite.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/OpTable.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

// Beyond this x^2 + 1 is x^2 to every digit, and x^4 is still finite.
static constexpr double kLarge = 1e9;

static Value between(TensorBuilder &build, Value x, double low, double high) {
  return ClipOp::create(build.builder, build.loc, x.getType(), x,
                        build.builder.getF64FloatAttr(low),
                        build.builder.getF64FloatAttr(high));
}

static Value reciprocal(TensorBuilder &build, Value x) {
  return build.div(build.constantLike(x, 1), x);
}

// Odd functions by what they are from zero on.
template <typename Function>
static Value odd(TensorBuilder &build, Value x, Function f) {
  Value isNegative = build.compare(Comparison::lt, x, build.constantLike(x, 0));
  Value y = f(build.select(isNegative, build.neg(x), x));
  return build.select(isNegative, build.neg(y), y);
}

/// The arc tangent of x >= 0, for its value alone: 1/x above 1, half the angle,
/// then a polynomial (relative error 1e-12).
static Value atanValue(TensorBuilder &build, Value x) {
  static const double coefficients[] = {
      -0.0377016847767,  0.06977002118006, -0.08993216557275, 0.11103534832325,
      -0.14285391254382, 0.19999993188742, -0.33333333278383};
  Value one = build.constantLike(x, 1);
  Value isLarge = build.compare(Comparison::gt, x, one);
  Value part = build.select(
      isLarge, reciprocal(build, build.select(isLarge, x, one)), x);
  Value root = build.sqrt(build.shift(build.square(part), 1));
  Value half = build.div(part, build.shift(root, 1));
  Value square = build.square(half);
  Value sum = build.constantLike(x, coefficients[0]);
  for (double coefficient : llvm::drop_begin(coefficients))
    sum = build.shift(build.mul(sum, square), coefficient);
  Value angle = build.add(half, build.mul(build.mul(half, square), sum));
  angle = build.scale(angle, 2);
  return build.select(isLarge, build.shift(build.neg(angle), M_PI / 2), angle);
}

// The polynomial gives the value, and would give its own derivatives. Those of
// the arc tangent are in the second term, which is zero: with d = (x - a) /
// (1 + x a) it is atan(x) - atan(a), and a is x, held. Up to the sixth order
// they are exact.
static Value atan(TensorBuilder &build, Value x) {
  auto value = [&](Value size) { return atanValue(build, size); };
  Value near = between(build, x, -kLarge, kLarge);
  Value held = build.stop(near);
  Value d = build.div(build.add(near, build.neg(held)),
                      build.shift(build.mul(near, held), 1));
  Value square = build.square(d);
  Value sum = build.constantLike(x, 1.0 / 5);
  sum = build.shift(build.mul(sum, square), -1.0 / 3);
  Value rest = build.add(d, build.mul(build.mul(d, square), sum));
  return build.add(odd(build, build.stop(x), value), rest);
}

/// sqrt((1 - x) (1 + x)): 1 - x^2 without its rounding.
static Value otherLeg(TensorBuilder &build, Value x) {
  Value one = build.constantLike(x, 1);
  return build.sqrt(build.mul(build.add(one, build.neg(x)), build.add(one, x)));
}

static Value asin(TensorBuilder &build, Value x) {
  Value half = build.div(x, build.shift(otherLeg(build, x), 1));
  return build.scale(atan(build, half), 2);
}

static Value acos(TensorBuilder &build, Value x) {
  Value one = build.constantLike(x, 1);
  Value ratio = build.div(build.add(one, build.neg(x)), build.add(one, x));
  return build.scale(atan(build, build.sqrt(ratio)), 2);
}

static Value tan(TensorBuilder &build, Value x) {
  return build.div(build.unary<SinOp>(x), build.unary<CosOp>(x));
}

static Value cosh(TensorBuilder &build, Value x) {
  return build.scale(build.add(build.exp(x), build.exp(build.neg(x))), 0.5);
}

// The difference of exponentials has no digits near zero; tanh has them.
static Value sinh(TensorBuilder &build, Value x) {
  return build.mul(build.tanh(x), cosh(build, x));
}

/// log(x + root(x)), where root(x) is x to every digit beyond kLarge and `less`
/// gives it minus 1 from a smaller x.
template <typename Function>
static Value logarithm(TensorBuilder &build, Value x, Function less) {
  Value isLarge =
      build.compare(Comparison::gt, x, build.constantLike(x, kLarge));
  Value large = build.select(isLarge, x, build.constantLike(x, 1));
  return build.select(isLarge, build.shift(build.log(large), std::log(2)),
                      build.log1p(less(between(build, x, -kLarge, kLarge))));
}

static Value asinh(TensorBuilder &build, Value x) {
  return odd(build, x, [&](Value size) {
    return logarithm(build, size, [&](Value a) {
      Value square = build.square(a);
      Value root = build.sqrt(build.shift(square, 1));
      return build.add(a, build.div(square, build.shift(root, 1)));
    });
  });
}

static Value acosh(TensorBuilder &build, Value x) {
  return logarithm(build, x, [&](Value a) {
    Value t = build.shift(a, -1);
    Value root = build.sqrt(build.mul(t, build.shift(t, 2)));
    return build.add(t, root);
  });
}

static Value atanh(TensorBuilder &build, Value x) {
  Value difference =
      build.add(build.log1p(x), build.neg(build.log1p(build.neg(x))));
  return build.scale(difference, 0.5);
}

template <Value (*function)(TensorBuilder &, Value)>
static void importFunction(OnnxNode &node) {
  if (node.ready())
    node.set(0, function(node.build, node.input(0)));
}

void onnximport::addTrigonometryOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Acos", {7, 22}, 1, 1, kFloat, importFunction<acos>},
      {"Acosh", {9, 22}, 1, 1, kFloat, importFunction<acosh>},
      {"Asin", {7, 22}, 1, 1, kFloat, importFunction<asin>},
      {"Asinh", {9, 22}, 1, 1, kFloat, importFunction<asinh>},
      {"Atan", {7, 22}, 1, 1, kFloat, importFunction<atan>},
      {"Atanh", {9, 22}, 1, 1, kFloat, importFunction<atanh>},
      {"Cosh", {9, 22}, 1, 1, kFloat, importFunction<cosh>},
      {"Sinh", {9, 22}, 1, 1, kFloat, importFunction<sinh>},
      {"Tan", {7, 22}, 1, 1, kFloat, importFunction<tan>},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
