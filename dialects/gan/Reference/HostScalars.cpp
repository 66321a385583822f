//===- HostScalars.cpp - arith and math on the host's numbers -------------===//
//
// Rates, schedules, counts and conditions: f64, i64 and i1, each in a double.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/Reference/Interpreter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;

namespace gan::reference {

static bool holds(arith::CmpFPredicate predicate, double a, double b) {
  using P = arith::CmpFPredicate;
  bool unordered = std::isnan(a) || std::isnan(b);
  switch (predicate) {
  case P::AlwaysFalse:
    return false;
  case P::OEQ:
    return a == b;
  case P::OGT:
    return a > b;
  case P::OGE:
    return a >= b;
  case P::OLT:
    return a < b;
  case P::OLE:
    return a <= b;
  case P::ONE:
    return !unordered && a != b;
  case P::ORD:
    return !unordered;
  case P::UEQ:
    return unordered || a == b;
  case P::UGT:
    return !(a <= b);
  case P::UGE:
    return !(a < b);
  case P::ULT:
    return !(a >= b);
  case P::ULE:
    return !(a > b);
  case P::UNE:
    return a != b;
  case P::UNO:
    return unordered;
  case P::AlwaysTrue:
    return true;
  }
  return false;
}

/// Only signed comparisons: host integers are counts.
static std::optional<bool> holds(arith::CmpIPredicate predicate, double a,
                                 double b) {
  using P = arith::CmpIPredicate;
  switch (predicate) {
  case P::eq:
    return a == b;
  case P::ne:
    return a != b;
  case P::slt:
    return a < b;
  case P::sle:
    return a <= b;
  case P::sgt:
    return a > b;
  case P::sge:
    return a >= b;
  default:
    return std::nullopt;
  }
}

static FailureOr<double> constant(arith::ConstantOp op) {
  if (auto number = dyn_cast<FloatAttr>(op.getValue()))
    return number.getValueAsDouble();
  if (auto number = dyn_cast<IntegerAttr>(op.getValue()))
    return number.getType().isInteger(1)
               ? static_cast<double>(number.getValue().getZExtValue())
               : static_cast<double>(number.getInt());
  return failure();
}

FailureOr<double> evaluateScalar(Operation *op, ArrayRef<double> x) {
  using Answer = FailureOr<double>;
  return llvm::TypeSwitch<Operation *, Answer>(op)
      .Case([&](arith::ConstantOp op) { return constant(op); })
      .Case([&](arith::AddFOp) -> Answer { return x[0] + x[1]; })
      .Case([&](arith::SubFOp) -> Answer { return x[0] - x[1]; })
      .Case([&](arith::MulFOp) -> Answer { return x[0] * x[1]; })
      .Case([&](arith::DivFOp) -> Answer { return x[0] / x[1]; })
      .Case([&](arith::RemFOp) -> Answer { return std::fmod(x[0], x[1]); })
      .Case([&](arith::NegFOp) -> Answer { return -x[0]; })
      .Case([&](arith::MaximumFOp) -> Answer {
        return std::isnan(x[0]) || x[0] > x[1] ? x[0] : x[1];
      })
      .Case([&](arith::MinimumFOp) -> Answer {
        return std::isnan(x[0]) || x[0] < x[1] ? x[0] : x[1];
      })
      .Case([&](arith::MaxNumFOp) -> Answer { return std::fmax(x[0], x[1]); })
      .Case([&](arith::MinNumFOp) -> Answer { return std::fmin(x[0], x[1]); })
      .Case([&](arith::CmpFOp op) -> Answer {
        return double(holds(op.getPredicate(), x[0], x[1]));
      })
      .Case([&](arith::CmpIOp op) -> Answer {
        if (auto answer = holds(op.getPredicate(), x[0], x[1]))
          return double(*answer);
        return failure();
      })
      .Case([&](arith::SelectOp) -> Answer { return x[0] != 0 ? x[1] : x[2]; })
      // and, or, xor are for conditions.
      .Case([&](arith::AndIOp op) -> Answer {
        if (!op.getType().isInteger(1))
          return failure();
        return double(x[0] != 0 && x[1] != 0);
      })
      .Case([&](arith::OrIOp op) -> Answer {
        if (!op.getType().isInteger(1))
          return failure();
        return double(x[0] != 0 || x[1] != 0);
      })
      .Case([&](arith::XOrIOp op) -> Answer {
        if (!op.getType().isInteger(1))
          return failure();
        return double((x[0] != 0) != (x[1] != 0));
      })
      .Case([&](arith::AddIOp) -> Answer { return x[0] + x[1]; })
      .Case([&](arith::SubIOp) -> Answer { return x[0] - x[1]; })
      .Case([&](arith::MulIOp) -> Answer { return x[0] * x[1]; })
      .Case([&](arith::SIToFPOp op) -> Answer {
        // A signed i1 is 0 or -1.
        return op.getIn().getType().isInteger(1) ? -x[0] : x[0];
      })
      .Case([&](arith::UIToFPOp) -> Answer { return x[0]; })
      .Case([&](arith::FPToSIOp) -> Answer { return std::trunc(x[0]); })
      .Case([&](arith::ExtUIOp) -> Answer { return x[0]; })
      .Case([&](math::AbsFOp) -> Answer { return std::fabs(x[0]); })
      .Case([&](math::FloorOp) -> Answer { return std::floor(x[0]); })
      .Case([&](math::CeilOp) -> Answer { return std::ceil(x[0]); })
      .Case([&](math::RoundOp) -> Answer { return std::round(x[0]); })
      .Case([&](math::RoundEvenOp) -> Answer { return std::nearbyint(x[0]); })
      .Case([&](math::TruncOp) -> Answer { return std::trunc(x[0]); })
      .Case([&](math::SqrtOp) -> Answer { return std::sqrt(x[0]); })
      .Case([&](math::RsqrtOp) -> Answer { return 1 / std::sqrt(x[0]); })
      .Case([&](math::ExpOp) -> Answer { return std::exp(x[0]); })
      .Case([&](math::Exp2Op) -> Answer { return std::exp2(x[0]); })
      .Case([&](math::LogOp) -> Answer { return std::log(x[0]); })
      .Case([&](math::Log2Op) -> Answer { return std::log2(x[0]); })
      .Case([&](math::Log1pOp) -> Answer { return std::log1p(x[0]); })
      .Case([&](math::PowFOp) -> Answer { return std::pow(x[0], x[1]); })
      .Case([&](math::SinOp) -> Answer { return std::sin(x[0]); })
      .Case([&](math::CosOp) -> Answer { return std::cos(x[0]); })
      .Case([&](math::TanhOp) -> Answer { return std::tanh(x[0]); })
      .Default([](Operation *) -> Answer { return failure(); });
}

} // namespace gan::reference
