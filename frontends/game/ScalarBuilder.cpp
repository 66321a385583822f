//===- ScalarBuilder.cpp - numbers that the host computes -----------------===//

#include "frontends/game/ScalarBuilder.h"
#include "dialects/gan/IR/GanOps.h"
#include "frontends/game/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace gan::gamelang;
using namespace mlir;

Value ScalarBuilder::constant(double number) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF64FloatAttr(number));
}

Value ScalarBuilder::number(const ImportedValue &value) {
  switch (value.kind) {
  case ImportedValue::Kind::Constant:
    return constant(value.number);
  case ImportedValue::Kind::Condition:
    return arith::UIToFPOp::create(builder, loc, builder.getF64Type(),
                                   value.value);
  default:
    return value.value;
  }
}

Value ScalarBuilder::condition(const ImportedValue &value) {
  switch (value.kind) {
  case ImportedValue::Kind::Constant:
    return arith::ConstantOp::create(builder, loc,
                                     builder.getBoolAttr(value.number != 0));
  case ImportedValue::Kind::Condition:
    return value.value;
  default:
    return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNE,
                                 value.value, constant(0));
  }
}

/// The value with what it is in the first step, where that is known of all that
/// it is made of.
static ImportedValue
withFirst(ImportedValue value, ArrayRef<ImportedValue> operands,
          llvm::function_ref<double(ArrayRef<double>)> function) {
  SmallVector<double, 3> numbers;
  for (const ImportedValue &operand : operands) {
    std::optional<double> number = operand.atFirst();
    if (!number)
      return value;
    numbers.push_back(*number);
  }
  value.first = function(numbers);
  return value;
}

ImportedValue ScalarBuilder::negate(const ImportedValue &operand) {
  if (operand.isConstant())
    return ImportedValue::constant(-operand.number);
  return withFirst(
      ImportedValue::host(arith::NegFOp::create(builder, loc, number(operand))),
      {operand}, [](ArrayRef<double> v) { return -v[0]; });
}

ImportedValue ScalarBuilder::invert(const ImportedValue &operand) {
  if (operand.isConstant())
    return ImportedValue::constant(operand.number == 0);
  Value one =
      arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true));
  return withFirst(ImportedValue::condition(arith::XOrIOp::create(
                       builder, loc, condition(operand), one)),
                   {operand}, [](ArrayRef<double> v) { return v[0] == 0; });
}

static std::optional<arith::CmpFPredicate> predicateOf(BinaryOperator op) {
  switch (op) {
  case BinaryOperator::Less:
    return arith::CmpFPredicate::OLT;
  case BinaryOperator::LessEqual:
    return arith::CmpFPredicate::OLE;
  case BinaryOperator::Greater:
    return arith::CmpFPredicate::OGT;
  case BinaryOperator::GreaterEqual:
    return arith::CmpFPredicate::OGE;
  case BinaryOperator::Equal:
    return arith::CmpFPredicate::OEQ;
  case BinaryOperator::NotEqual:
    return arith::CmpFPredicate::UNE;
  default:
    return std::nullopt;
  }
}

ImportedValue ScalarBuilder::binary(BinaryOperator op,
                                    const ImportedValue &left,
                                    const ImportedValue &right) {
  if (left.isConstant() && right.isConstant())
    if (std::optional<double> folded =
            evaluateOperator(op, left.number, right.number))
      return ImportedValue::constant(*folded);
  return withFirst(
      makeBinary(op, left, right), {left, right}, [&](ArrayRef<double> v) {
        double endless =
            op == BinaryOperator::Divide ? v[0] / v[1] : std::nan("");
        return evaluateOperator(op, v[0], v[1]).value_or(endless);
      });
}

ImportedValue ScalarBuilder::makeBinary(BinaryOperator op,
                                        const ImportedValue &left,
                                        const ImportedValue &right) {
  if (op == BinaryOperator::And || op == BinaryOperator::Or) {
    Value a = condition(left), b = condition(right);
    return ImportedValue::condition(
        op == BinaryOperator::And
            ? arith::AndIOp::create(builder, loc, a, b).getResult()
            : arith::OrIOp::create(builder, loc, a, b).getResult());
  }
  Value a = number(left), b = number(right);
  if (std::optional<arith::CmpFPredicate> predicate = predicateOf(op))
    return ImportedValue::condition(
        arith::CmpFOp::create(builder, loc, *predicate, a, b));
  switch (op) {
  case BinaryOperator::Add:
    return ImportedValue::host(arith::AddFOp::create(builder, loc, a, b));
  case BinaryOperator::Subtract:
    return ImportedValue::host(arith::SubFOp::create(builder, loc, a, b));
  case BinaryOperator::Multiply:
    return ImportedValue::host(arith::MulFOp::create(builder, loc, a, b));
  case BinaryOperator::Divide:
    return ImportedValue::host(arith::DivFOp::create(builder, loc, a, b));
  case BinaryOperator::Remainder: {
    // a - b floor(a / b): the remainder has the sign of b.
    Value quotient = arith::DivFOp::create(builder, loc, a, b);
    Value whole = math::FloorOp::create(builder, loc, quotient);
    Value product = arith::MulFOp::create(builder, loc, b, whole);
    return ImportedValue::host(arith::SubFOp::create(builder, loc, a, product));
  }
  default:
    return ImportedValue::host(math::PowFOp::create(builder, loc, a, b));
  }
}

ImportedValue ScalarBuilder::choose(const ImportedValue &test,
                                    const ImportedValue &whenTrue,
                                    const ImportedValue &whenFalse) {
  if (test.isConstant())
    return test.number != 0 ? whenTrue : whenFalse;
  Value chosen = arith::SelectOp::create(builder, loc, condition(test),
                                         number(whenTrue), number(whenFalse));
  std::optional<double> isTrue = test.atFirst();
  return ImportedValue::host(chosen, !isTrue        ? std::nullopt
                                     : *isTrue != 0 ? whenTrue.atFirst()
                                                    : whenFalse.atFirst());
}

ImportedValue ScalarBuilder::call(StringRef name,
                                  ArrayRef<ImportedValue> arguments) {
  SmallVector<double> known;
  for (const ImportedValue &argument : arguments)
    if (argument.isConstant())
      known.push_back(argument.number);
  if (known.size() == arguments.size())
    if (std::optional<double> folded = evaluateFunction(name, known))
      return ImportedValue::constant(*folded);
  ImportedValue value = makeCall(name, arguments);
  if (!value)
    return value;
  return withFirst(std::move(value), arguments, [&](ArrayRef<double> v) {
    bool isNan = llvm::any_of(v, [](double x) { return std::isnan(x); });
    return isNan ? std::nan("")
                 : evaluateFunction(name, v).value_or(std::nan(""));
  });
}

ImportedValue ScalarBuilder::makeCall(StringRef name,
                                      ArrayRef<ImportedValue> arguments) {
  auto one = ImportedValue::constant(1);
  auto zero = ImportedValue::constant(0);
  auto host = [](Value value) { return ImportedValue::host(value); };
  auto a = [&](unsigned i) { return number(arguments[i]); };
  if (name == "max")
    return host(arith::MaximumFOp::create(builder, loc, a(0), a(1)));
  if (name == "min")
    return host(arith::MinimumFOp::create(builder, loc, a(0), a(1)));
  if (name == "relu")
    return call("max", {arguments[0], zero});
  if (name == "clip")
    return call("min",
                {call("max", {arguments[0], arguments[1]}), arguments[2]});
  if (name == "lerp")
    return binary(
        BinaryOperator::Add, arguments[0],
        binary(BinaryOperator::Multiply, arguments[2],
               binary(BinaryOperator::Subtract, arguments[1], arguments[0])));
  if (name == "exp")
    return host(math::ExpOp::create(builder, loc, a(0)));
  if (name == "log")
    return host(math::LogOp::create(builder, loc, a(0)));
  if (name == "sqrt")
    return host(math::SqrtOp::create(builder, loc, a(0)));
  if (name == "abs")
    return host(math::AbsFOp::create(builder, loc, a(0)));
  // The host has exp and log; of these are made what it has not.
  if (name == "tanh") {
    auto two = ImportedValue::constant(2);
    ImportedValue half =
        call("sigmoid", {binary(BinaryOperator::Multiply, two, arguments[0])});
    return binary(BinaryOperator::Subtract,
                  binary(BinaryOperator::Multiply, two, half), one);
  }
  if (name == "floor")
    return host(math::FloorOp::create(builder, loc, a(0)));
  if (name == "sign")
    return binary(BinaryOperator::Subtract,
                  binary(BinaryOperator::Greater, arguments[0], zero),
                  binary(BinaryOperator::Less, arguments[0], zero));
  if (name == "sigmoid")
    return binary(
        BinaryOperator::Divide, one,
        binary(BinaryOperator::Add, one, call("exp", {negate(arguments[0])})));
  if (name == "logit")
    return call("log",
                {binary(BinaryOperator::Divide, arguments[0],
                        binary(BinaryOperator::Subtract, one, arguments[0]))});
  if (name == "softplus") {
    ImportedValue tail = call("exp", {negate(call("abs", {arguments[0]}))});
    return binary(BinaryOperator::Add, call("relu", {arguments[0]}),
                  call("log", {binary(BinaryOperator::Add, one, tail)}));
  }
  return {};
}

/// (step - from) / (to - from), clipped to 0 … 1.
ImportedValue ScalarBuilder::ramp(const ImportedValue &from,
                                  const ImportedValue &to) {
  ImportedValue step = ImportedValue::host(
      gan::ClockOp::create(builder, loc, gan::ClockKind::step), 0);
  ImportedValue done = binary(BinaryOperator::Divide,
                              binary(BinaryOperator::Subtract, step, from),
                              binary(BinaryOperator::Subtract, to, from));
  return call("clip",
              {done, ImportedValue::constant(0), ImportedValue::constant(1)});
}

/// ½ (1 + cos(π ramp)): 1 at `from`, 0 at `to`.
ImportedValue ScalarBuilder::cosine(const ImportedValue &from,
                                    const ImportedValue &to) {
  ImportedValue part = ramp(from, to);
  Value angle =
      arith::MulFOp::create(builder, loc, number(part), constant(M_PI));
  ImportedValue wave = withFirst(
      ImportedValue::host(math::CosOp::create(builder, loc, angle)), {part},
      [](ArrayRef<double> v) { return std::cos(M_PI * v[0]); });
  return binary(BinaryOperator::Multiply, ImportedValue::constant(0.5),
                binary(BinaryOperator::Add, ImportedValue::constant(1), wave));
}
