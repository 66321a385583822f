//===- ElementwisePrimitives.cpp - element by element ---------------------===//

#include "dialects/gan/Reference/Primitives.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace gan::reference {

template <typename Function>
static Results mapUnary(const Tensor &x, Function function) {
  Tensor result(x.shape);
  for (int64_t i = 0; i < x.size(); ++i)
    result.values[i] = function(x.values[i]);
  return {std::move(result)};
}

template <typename Function>
static Results mapBinary(const Tensor &a, const Tensor &b, Function function) {
  Tensor result(a.shape);
  for (int64_t i = 0; i < a.size(); ++i)
    result.values[i] = function(a.values[i], b.values[i]);
  return {std::move(result)};
}

static Type elementType(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

/// Integers wrap around at the width of their type.
template <typename Function>
static Results mapArithmetic(Operation *op, Operands operands,
                             Function function) {
  Type type = elementType(op->getResult(0));
  if (isa<FloatType>(type))
    return mapBinary(*operands[0], *operands[1], function);
  bool isShort = type.isInteger(32);
  return mapBinary(*operands[0], *operands[1], [&](double a, double b) {
    int64_t exact = function(static_cast<int64_t>(a), static_cast<int64_t>(b));
    return static_cast<double>(isShort ? static_cast<int32_t>(exact) : exact);
  });
}

struct Sum {
  double operator()(double a, double b) const { return a + b; }
  int64_t operator()(int64_t a, int64_t b) const {
    return static_cast<int64_t>(static_cast<uint64_t>(a) +
                                static_cast<uint64_t>(b));
  }
};
struct Product {
  double operator()(double a, double b) const { return a * b; }
  int64_t operator()(int64_t a, int64_t b) const {
    return static_cast<int64_t>(static_cast<uint64_t>(a) *
                                static_cast<uint64_t>(b));
  }
};
/// An integer division by zero gives 0 here; its value is nowhere defined.
struct Quotient {
  double operator()(double a, double b) const { return a / b; }
  int64_t operator()(int64_t a, int64_t b) const {
    return b == 0 ? 0 : b == -1 ? Product()(a, b) : a / b;
  }
};

static double sign(double x) {
  return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0));
}

/// Overflows nowhere: exp is only taken of a number that is not positive.
static double logistic(double x) {
  double e = std::exp(-std::fabs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

static double softplus(double x) {
  return (x <= 0 ? 0 : x) + std::log1p(std::exp(-std::fabs(x)));
}

static bool holds(Comparison comparison, double a, double b) {
  switch (comparison) {
  case Comparison::eq:
    return a == b;
  case Comparison::ne:
    return a != b;
  case Comparison::lt:
    return a < b;
  case Comparison::le:
    return a <= b;
  case Comparison::gt:
    return a > b;
  case Comparison::ge:
    return a >= b;
  }
  return false;
}

static bool combine(LogicalKind kind, bool a, bool b) {
  switch (kind) {
  case LogicalKind::conjunction:
    return a && b;
  case LogicalKind::disjunction:
    return a || b;
  case LogicalKind::exclusive:
    return a != b;
  }
  return false;
}

static Results select(const Tensor &condition, const Tensor &onTrue,
                      const Tensor &onFalse) {
  Tensor result(onTrue.shape);
  for (int64_t i = 0; i < result.size(); ++i)
    result.values[i] =
        condition.values[i] != 0 ? onTrue.values[i] : onFalse.values[i];
  return {std::move(result)};
}

/// Towards zero, and to the nearest number of the type when out of range.
static double toInteger(double x, unsigned width) {
  if (std::isnan(x))
    return 0;
  double limit = std::ldexp(1.0, width - 1);
  // 2^63 - 1 is no double; the largest double below 2^63 stands for it.
  double largest = width < 54 ? limit - 1 : std::nextafter(limit, 0);
  return std::fmin(std::fmax(std::trunc(x), -limit), largest);
}

static Results convert(const Tensor &x, Type from, Type to) {
  if (to.isInteger(1))
    return mapUnary(x, [](double v) { return v != 0 ? 1.0 : 0.0; });
  if (isa<FloatType>(from) && isa<IntegerType>(to))
    return mapUnary(x, [width = to.getIntOrFloatBitWidth()](double v) {
      return toInteger(v, width);
    });
  if (from.isInteger(64) && to.isInteger(32))
    return mapUnary(x, [](double v) {
      return static_cast<double>(static_cast<int32_t>(static_cast<int64_t>(v)));
    });
  return {x};
}

std::optional<Results> evaluateElementwise(Operation *op, Operands operands) {
  auto unary = [&](auto function) -> std::optional<Results> {
    return mapUnary(*operands[0], function);
  };
  return llvm::TypeSwitch<Operation *, std::optional<Results>>(op)
      .Case([&](AddOp) { return mapArithmetic(op, operands, Sum()); })
      .Case([&](MulOp) { return mapArithmetic(op, operands, Product()); })
      .Case([&](DivOp) { return mapArithmetic(op, operands, Quotient()); })
      .Case([&](NegOp) { return unary([](double x) { return -x; }); })
      .Case([&](ExpOp) { return unary([](double x) { return std::exp(x); }); })
      .Case([&](LogOp) { return unary([](double x) { return std::log(x); }); })
      .Case([&](Log1pOp) {
        return unary([](double x) { return std::log1p(x); });
      })
      .Case(
          [&](SqrtOp) { return unary([](double x) { return std::sqrt(x); }); })
      .Case([&](RsqrtOp) {
        return unary([](double x) { return 1 / std::sqrt(x); });
      })
      .Case(
          [&](TanhOp) { return unary([](double x) { return std::tanh(x); }); })
      .Case([&](LogisticOp) { return unary(logistic); })
      .Case([&](SoftplusOp) { return unary(softplus); })
      .Case([&](SinOp) { return unary([](double x) { return std::sin(x); }); })
      .Case([&](CosOp) { return unary([](double x) { return std::cos(x); }); })
      .Case([&](ErfOp) { return unary([](double x) { return std::erf(x); }); })
      .Case([&](AbsOp) { return unary([](double x) { return std::fabs(x); }); })
      .Case([&](SignOp) { return unary(sign); })
      .Case([&](FloorOp) {
        return unary([](double x) { return std::floor(x); });
      })
      .Case(
          [&](CeilOp) { return unary([](double x) { return std::ceil(x); }); })
      .Case([&](RoundOp) {
        return unary([](double x) { return std::nearbyint(x); });
      })
      .Case([&](PowOp pow) {
        return unary([p = pow.getExponent().convertToDouble()](double x) {
          return std::pow(x, p);
        });
      })
      .Case([&](CompareOp compare) -> std::optional<Results> {
        return mapBinary(*operands[0], *operands[1],
                         [kind = compare.getComparison()](double a, double b) {
                           return holds(kind, a, b) ? 1.0 : 0.0;
                         });
      })
      .Case([&](LogicalOp logical) -> std::optional<Results> {
        return mapBinary(*operands[0], *operands[1],
                         [kind = logical.getKind()](double a, double b) {
                           return combine(kind, a != 0, b != 0) ? 1.0 : 0.0;
                         });
      })
      .Case([&](SelectOp) {
        return select(*operands[0], *operands[1], *operands[2]);
      })
      .Case([&](CastOp cast) {
        return convert(*operands[0], elementType(cast.getInput()),
                       elementType(cast.getResult()));
      })
      .Case<StopOp, ReverseGradientOp>(
          [&](auto) { return Results{*operands[0]}; })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace gan::reference
