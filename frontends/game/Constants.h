//===- Constants.h - numbers that are known when compiling ----------------===//

#ifndef FRONTENDS_GAME_CONSTANTS_H
#define FRONTENDS_GAME_CONSTANTS_H

#include "frontends/game/Ast.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <functional>

namespace gan::gamelang {

/// Values of the command line that replace those of the file.
struct Overrides {
  /// `-D NAME=VALUE`
  llvm::StringMap<double> constants;
  /// `--batch=STREAM:SIZE`
  llvm::StringMap<int64_t> batches;
};

/// The value of a scalar function of the language on numbers; none if it is no
/// function of so many numbers.
std::optional<double> evaluateFunction(llvm::StringRef name,
                                       llvm::ArrayRef<double> arguments);

/// The value of an operator on numbers; none for a division by zero.
std::optional<double> evaluateOperator(BinaryOperator op, double a, double b);

/// What is wrong with arguments of a function that are numbers, whatever the
/// others are; empty if nothing is.
std::string wrongNumbers(llvm::StringRef name,
                         llvm::ArrayRef<std::optional<double>> arguments);

/// Why `B` is no number in a game of so many streams.
std::string manyBatches(size_t streams);

/// The consts of a game, and the batch `B` of its only stream. Values come from
/// the file or from the command line.
class Constants {
public:
  Constants(const Overrides &overrides, Diagnostics &diagnostics)
      : overrides(overrides), diagnostics(diagnostics) {}

  /// Defines each const from those before it, and `B` behind its stream;
  /// reports why it can't, and is silent where a refused one is used.
  void define(const Game &game);
  bool isDefined(llvm::StringRef name) const { return values.contains(name); }
  std::optional<double> find(llvm::StringRef name) const;

  /// The value of an expression of numbers and consts; reports the first part
  /// that is neither.
  std::optional<double> evaluate(const Expression &expression);
  /// The same for a whole number between the bounds, both included.
  std::optional<int64_t> integer(const Expression &expression, int64_t low,
                                 int64_t high, const llvm::Twine &what);

  /// Whether a name stands for something else at the place of an expression, so
  /// that `B` is no batch there; nothing does if it is not set.
  std::function<bool(llvm::StringRef)> isHidden;

private:
  void define(const ConstItem &item);
  std::optional<double> evaluateName(const NameExpression &name);
  std::optional<double> evaluateBatch(const NameExpression &name);
  std::optional<double> evaluateCall(const CallExpression &call);
  std::optional<double> evaluateBinary(const BinaryExpression &binary);

  const Overrides &overrides;
  Diagnostics &diagnostics;
  llvm::StringMap<double> values;
  llvm::StringSet<> refused;
  /// Streams with a batch of their own, and how far the text was read.
  llvm::SmallVector<const DataItem *> streams;
  bool isBehindStream = false, isBehindConsts = false, isReadingBatch = false;
};

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_CONSTANTS_H
