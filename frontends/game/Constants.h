//===- Constants.h - numbers that are known when compiling ----------------===//

#ifndef FRONTENDS_GAME_CONSTANTS_H
#define FRONTENDS_GAME_CONSTANTS_H

#include "frontends/game/Ast.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace gan::gamelang {

/// The value of a scalar function of the language on numbers; none if it is no
/// function of so many numbers.
std::optional<double> evaluateFunction(llvm::StringRef name,
                                       llvm::ArrayRef<double> arguments);

/// The value of an operator on numbers; none for a division by zero.
std::optional<double> evaluateOperator(BinaryOperator op, double a, double b);

/// The consts of a game. Values come from the file or from `-D NAME=VALUE`.
class Constants {
public:
  explicit Constants(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  void override(llvm::StringRef name, double value) { overrides[name] = value; }
  /// Defines a const from the consts before it; reports why it can't, and is
  /// silent where a refused one is used.
  void define(const ConstItem &item);
  bool isDefined(llvm::StringRef name) const { return values.contains(name); }
  std::optional<double> find(llvm::StringRef name) const;

  /// The value of an expression of numbers and consts; reports the first part
  /// that is neither.
  std::optional<double> evaluate(const Expression &expression);
  /// The same for a whole number between the bounds, both included.
  std::optional<int64_t> integer(const Expression &expression, int64_t low,
                                 int64_t high, const llvm::Twine &what);

private:
  std::optional<double> evaluateCall(const CallExpression &call);
  std::optional<double> evaluateBinary(const BinaryExpression &binary);

  Diagnostics &diagnostics;
  llvm::StringMap<double> overrides;
  llvm::StringMap<double> values;
  llvm::StringSet<> refused;
};

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_CONSTANTS_H
