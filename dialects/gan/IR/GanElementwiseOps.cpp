//===- GanElementwiseOps.cpp - element-wise primitives --------------------===//
//
// Folds touch splat constants and neutral elements only. They run in
// canonicalisation, which no pass does before the phase `grad` is over.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/GanOps.h"
#include "mlir/IR/Matchers.h"
#include <cmath>

using namespace mlir;
using namespace gan;

/// The one value of a float splat constant.
static std::optional<double> floatSplat(Attribute attribute) {
  auto elements = dyn_cast_or_null<DenseElementsAttr>(attribute);
  if (!elements || !elements.isSplat() ||
      !isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  return elements.getSplatValue<APFloat>().convertToDouble();
}

static Attribute makeSplat(Type type, double value) {
  auto shaped = cast<ShapedType>(type);
  if (!shaped.hasStaticShape())
    return {};
  // Rounded to the element type as the operation itself would.
  return DenseElementsAttr::get(shaped, ArrayRef<Attribute>(FloatAttr::get(
                                            shaped.getElementType(), value)));
}

template <typename Function>
static OpFoldResult foldUnary(Type type, Attribute operand, Function function) {
  if (auto value = floatSplat(operand))
    return makeSplat(type, function(*value));
  return {};
}

template <typename Function>
static OpFoldResult foldBinary(Type type, Attribute lhs, Attribute rhs,
                               Function function) {
  auto a = floatSplat(lhs), b = floatSplat(rhs);
  if (a && b)
    return makeSplat(type, function(*a, *b));
  return {};
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + -0 is x for every x; +0 would turn -0 into +0.
  auto b = floatSplat(adaptor.getRhs());
  if (b && *b == 0 && std::signbit(*b))
    return getLhs();
  return foldBinary(getType(), adaptor.getLhs(), adaptor.getRhs(),
                    [](double a, double b) { return a + b; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (floatSplat(adaptor.getRhs()) == 1.0)
    return getLhs();
  if (floatSplat(adaptor.getLhs()) == 1.0)
    return getRhs();
  return foldBinary(getType(), adaptor.getLhs(), adaptor.getRhs(),
                    [](double a, double b) { return a * b; });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (floatSplat(adaptor.getRhs()) == 1.0)
    return getLhs();
  return foldBinary(getType(), adaptor.getLhs(), adaptor.getRhs(),
                    [](double a, double b) { return a / b; });
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getInput().getDefiningOp<NegOp>())
    return inner.getInput();
  return foldUnary(getType(), adaptor.getInput(), [](double x) { return -x; });
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  double exponent = getExponent().convertToDouble();
  if (exponent == 1.0)
    return getInput();
  return foldUnary(getType(), adaptor.getInput(),
                   [&](double x) { return std::pow(x, exponent); });
}

OpFoldResult SignOp::fold(FoldAdaptor adaptor) {
  return foldUnary(getType(), adaptor.getInput(), [](double x) {
    return std::isnan(x) ? x : double((x > 0) - (x < 0));
  });
}

OpFoldResult SoftplusOp::fold(FoldAdaptor adaptor) {
  return foldUnary(getType(), adaptor.getInput(), [](double x) {
    return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
  });
}

#define GAN_FOLD_UNARY(OP, EXPRESSION)                                         \
  OpFoldResult OP::fold(FoldAdaptor adaptor) {                                 \
    return foldUnary(getType(), adaptor.getInput(),                            \
                     [](double x) { return EXPRESSION; });                     \
  }
GAN_FOLD_UNARY(ExpOp, std::exp(x))
GAN_FOLD_UNARY(LogOp, std::log(x))
GAN_FOLD_UNARY(Log1pOp, std::log1p(x))
GAN_FOLD_UNARY(SqrtOp, std::sqrt(x))
GAN_FOLD_UNARY(RsqrtOp, 1.0 / std::sqrt(x))
GAN_FOLD_UNARY(TanhOp, std::tanh(x))
GAN_FOLD_UNARY(LogisticOp, 1.0 / (1.0 + std::exp(-x)))
GAN_FOLD_UNARY(SinOp, std::sin(x))
GAN_FOLD_UNARY(CosOp, std::cos(x))
GAN_FOLD_UNARY(ErfOp, std::erf(x))
GAN_FOLD_UNARY(AbsOp, std::fabs(x))
GAN_FOLD_UNARY(FloorOp, std::floor(x))
GAN_FOLD_UNARY(CeilOp, std::ceil(x))
GAN_FOLD_UNARY(RoundOp, std::nearbyint(x))
#undef GAN_FOLD_UNARY

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getOnTrue() == getOnFalse())
    return getOnTrue();
  auto condition = dyn_cast_or_null<DenseElementsAttr>(adaptor.getCondition());
  if (condition && condition.isSplat())
    return condition.getSplatValue<bool>() ? getOnTrue() : getOnFalse();
  return {};
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return {};
}
