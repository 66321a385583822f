//===- Constants.cpp - numbers that are known when compiling --------------===//

#include "frontends/game/Constants.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/StringSwitch.h"

#include <algorithm>
#include <cmath>

using namespace gan::gamelang;
using llvm::StringRef;
using llvm::Twine;

std::optional<double>
gan::gamelang::evaluateFunction(StringRef name, llvm::ArrayRef<double> given) {
  if (given.size() == 1) {
    double v = given[0];
    using Unary = double (*)(double);
    Unary function =
        llvm::StringSwitch<Unary>(name)
            .Case("log", [](double x) { return std::log(x); })
            .Case("exp", [](double x) { return std::exp(x); })
            .Case("sqrt", [](double x) { return std::sqrt(x); })
            .Case("abs", [](double x) { return std::abs(x); })
            .Case("floor", [](double x) { return std::floor(x); })
            .Case("tanh", [](double x) { return std::tanh(x); })
            .Case("sign", [](double x) { return double(x > 0) - (x < 0); })
            .Case("relu", [](double x) { return x > 0 ? x : 0.0; })
            .Case("sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); })
            .Case("logit",
                  [](double x) { return std::log(x) - std::log1p(-x); })
            .Case("softplus",
                  [](double x) {
                    return std::max(x, 0.0) +
                           std::log1p(std::exp(-std::abs(x)));
                  })
            .Default(nullptr);
    if (function)
      return function(v);
  }
  if (given.size() == 2) {
    if (name == "max")
      return std::max(given[0], given[1]);
    if (name == "min")
      return std::min(given[0], given[1]);
  }
  if (given.size() == 3) {
    if (name == "clip")
      return std::min(std::max(given[0], given[1]), given[2]);
    if (name == "lerp")
      return given[0] + given[2] * (given[1] - given[0]);
  }
  return std::nullopt;
}

std::string
gan::gamelang::wrongNumbers(StringRef name,
                            llvm::ArrayRef<std::optional<double>> arguments) {
  if (name == "clip" && arguments.size() == 3 && arguments[1] && arguments[2] &&
      *arguments[1] > *arguments[2])
    return "the lower bound of 'clip' is above the upper one";
  // At that step a ramp would divide 0 by 0.
  bool isSchedule = name == "ramp" || name == "cosine";
  if (isSchedule && arguments.size() == 2 && arguments[0] && arguments[1] &&
      *arguments[0] == *arguments[1])
    return ("'" + name + "' begins where it ends").str();
  return "";
}

std::string gan::gamelang::manyBatches(size_t streams) {
  return "'B' is a number where there is one data stream, not where there "
         "are " +
         std::to_string(streams);
}

void Constants::define(const Game &game) {
  for (const ItemPtr &item : game.items)
    if (const auto *data = llvm::dyn_cast<DataItem>(item.get());
        data && !data->pairs)
      streams.push_back(data);
  for (const ItemPtr &item : game.items) {
    if (const auto *constant = llvm::dyn_cast<ConstItem>(item.get()))
      define(*constant);
    isBehindStream |= !streams.empty() && item.get() == streams.front();
  }
  isBehindConsts = true;
}

void Constants::define(const ConstItem &item) {
  std::optional<double> value = evaluate(*item.value);
  if (auto given = overrides.constants.find(item.name.text);
      given != overrides.constants.end())
    value = given->second;
  if (value)
    values[item.name.text] = *value;
  else
    refused.insert(item.name.text);
}

std::optional<double> Constants::find(StringRef name) const {
  auto found = values.find(name);
  if (found == values.end())
    return std::nullopt;
  return found->second;
}

std::optional<double> gan::gamelang::evaluateOperator(BinaryOperator op,
                                                      double a, double b) {
  switch (op) {
  case BinaryOperator::Or:
    return a != 0 || b != 0;
  case BinaryOperator::And:
    return a != 0 && b != 0;
  case BinaryOperator::Less:
    return a < b;
  case BinaryOperator::LessEqual:
    return a <= b;
  case BinaryOperator::Greater:
    return a > b;
  case BinaryOperator::GreaterEqual:
    return a >= b;
  case BinaryOperator::Equal:
    return a == b;
  case BinaryOperator::NotEqual:
    return a != b;
  case BinaryOperator::Add:
    return a + b;
  case BinaryOperator::Subtract:
    return a - b;
  case BinaryOperator::Multiply:
    return a * b;
  case BinaryOperator::Divide:
    return b == 0 ? std::nullopt : std::optional<double>(a / b);
  case BinaryOperator::Remainder:
    return b == 0 ? std::nullopt
                  : std::optional<double>(a - b * std::floor(a / b));
  case BinaryOperator::Power:
    return std::pow(a, b);
  }
  return std::nullopt;
}

std::optional<double> Constants::evaluateName(const NameExpression &name) {
  std::optional<double> value = find(name.name);
  if (value || refused.contains(name.name))
    return value;
  if (name.name == "B" && !streams.empty() && !(isHidden && isHidden("B")))
    return evaluateBatch(name);
  diagnostics.error(name.range, quoted(name.name) +
                                    " is not a const declared before; only "
                                    "numbers and consts are fixed when "
                                    "compiling");
  return std::nullopt;
}

/// `B`, from the declaration of its stream on.
std::optional<double> Constants::evaluateBatch(const NameExpression &name) {
  if (streams.size() > 1) {
    diagnostics.error(name.range, manyBatches(streams.size()));
    return std::nullopt;
  }
  const DataItem &stream = *streams.front();
  auto given = overrides.batches.find(stream.name.text);
  bool isGiven = given != overrides.batches.end();
  const auto *size = llvm::dyn_cast_or_null<NameExpression>(stream.batch.get());
  bool isKnown = isGiven || isBehindConsts || !size || find(size->name) ||
                 refused.contains(size->name);
  if (!isBehindStream || !isKnown || isReadingBatch) {
    diagnostics
        .error(name.range, "'B' is not known here; it is a number behind data "
                           "stream " +
                               quoted(stream.name.text) + " and its batch")
        .note(stream.name.range,
              quoted(stream.name.text) + " is declared here");
    return std::nullopt;
  }
  if (isGiven)
    return given->second;
  // That there is none is said where the stream is checked.
  if (!stream.batch)
    return std::nullopt;
  isReadingBatch = true;
  std::optional<int64_t> batch =
      integer(*stream.batch, 1, INT32_MAX, "a batch size");
  isReadingBatch = false;
  return batch;
}

std::optional<double>
Constants::evaluateBinary(const BinaryExpression &binary) {
  std::optional<double> left = evaluate(*binary.left);
  std::optional<double> right = evaluate(*binary.right);
  if (!left || !right)
    return std::nullopt;
  std::optional<double> value = evaluateOperator(binary.op, *left, *right);
  if (!value)
    diagnostics.error(binary.range, "division by zero");
  return value;
}

std::optional<double> Constants::evaluateCall(const CallExpression &call) {
  const auto *callee = llvm::dyn_cast<NameExpression>(call.callee.get());
  llvm::SmallVector<double, 3> given;
  for (const Argument &argument : call.arguments) {
    if (argument.name || argument.list)
      break;
    std::optional<double> value = evaluate(*argument.value);
    if (!value)
      return std::nullopt;
    given.push_back(*value);
  }
  if (callee && given.size() == call.arguments.size()) {
    llvm::SmallVector<std::optional<double>, 3> known(given.begin(),
                                                      given.end());
    if (std::string wrong = wrongNumbers(callee->name, known); !wrong.empty()) {
      diagnostics.error(call.range, wrong);
      return std::nullopt;
    }
    if (std::optional<double> value = evaluateFunction(callee->name, given))
      return value;
  }
  diagnostics.error(call.range,
                    "expected a function of numbers in an expression that is "
                    "fixed when compiling");
  return std::nullopt;
}

std::optional<double> Constants::evaluate(const Expression &expression) {
  using Kind = Expression::Kind;
  std::optional<double> value;
  switch (expression.kind) {
  case Kind::Number:
    return llvm::cast<NumberExpression>(expression).value;
  case Kind::Boolean:
    return llvm::cast<BooleanExpression>(expression).value;
  case Kind::Name:
    return evaluateName(llvm::cast<NameExpression>(expression));
  case Kind::Unary: {
    const auto &unary = llvm::cast<UnaryExpression>(expression);
    value = evaluate(*unary.operand);
    if (!value)
      return value;
    return unary.op == UnaryOperator::Not ? double(*value == 0) : -*value;
  }
  case Kind::Binary:
    value = evaluateBinary(llvm::cast<BinaryExpression>(expression));
    break;
  case Kind::Conditional: {
    const auto &conditional = llvm::cast<ConditionalExpression>(expression);
    value = evaluate(*conditional.condition);
    if (!value)
      return value;
    return evaluate(*value != 0 ? *conditional.whenTrue
                                : *conditional.whenFalse);
  }
  case Kind::Call:
    value = evaluateCall(llvm::cast<CallExpression>(expression));
    break;
  default:
    diagnostics.error(expression.range,
                      "expected numbers and consts in an expression that is "
                      "fixed when compiling");
    return std::nullopt;
  }
  if (value && !std::isfinite(*value)) {
    diagnostics.error(expression.range, "this is no finite number");
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> Constants::integer(const Expression &expression,
                                          int64_t low, int64_t high,
                                          const Twine &what) {
  std::optional<double> value = evaluate(expression);
  if (!value)
    return std::nullopt;
  if (*value != std::floor(*value) || *value < double(low) ||
      *value > double(high)) {
    diagnostics.error(expression.range, "expected a whole number from " +
                                            Twine(low) + " to " + Twine(high) +
                                            " as " + what);
    return std::nullopt;
  }
  return static_cast<int64_t>(*value);
}
