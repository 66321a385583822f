//===- ImportedValue.h - what an expression is once it is imported --------===//

#ifndef FRONTENDS_GAME_IMPORTEDVALUE_H
#define FRONTENDS_GAME_IMPORTEDVALUE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>
#include <string>
#include <vector>

namespace gan::gamelang {

/// A number known now, a number or condition that the host computes, a tensor,
/// or a record: a list of values, or the outputs of a network with their names.
/// None after an error, which was reported.
struct ImportedValue {
  enum class Kind { None, Constant, Host, Condition, Tensor, Record };

  Kind kind = Kind::None;
  double number = 0;
  /// What the host computes in the first step, where that is known: there
  /// `step` is 0 and options have their defaults.
  std::optional<double> first;
  mlir::Value value;
  /// Of an application also that of a single output.
  std::vector<std::string> names;
  std::vector<ImportedValue> fields;
  /// Inner tensors of the network behind an application, reached by name only.
  std::vector<std::pair<std::string, mlir::Value>> taps;

  static ImportedValue constant(double number) {
    ImportedValue made;
    made.kind = Kind::Constant;
    made.number = number;
    return made;
  }
  static ImportedValue host(mlir::Value value,
                            std::optional<double> first = std::nullopt) {
    ImportedValue made = ofValue(Kind::Host, value);
    made.first = first;
    return made;
  }
  static ImportedValue condition(mlir::Value value) {
    return ofValue(Kind::Condition, value);
  }
  static ImportedValue tensor(mlir::Value value) {
    return ofValue(Kind::Tensor, value);
  }

  static ImportedValue record(std::vector<ImportedValue> fields,
                              std::vector<std::string> names = {}) {
    ImportedValue made;
    made.kind = Kind::Record;
    made.fields = std::move(fields);
    made.names = std::move(names);
    return made;
  }

  explicit operator bool() const { return kind != Kind::None; }
  bool isConstant() const { return kind == Kind::Constant; }
  std::optional<double> atFirst() const {
    return isConstant() ? std::optional(number) : first;
  }
  bool isTensor() const { return kind == Kind::Tensor; }
  bool isRecord() const { return kind == Kind::Record; }
  /// A number or condition that no device computes.
  bool isScalar() const {
    return kind == Kind::Constant || kind == Kind::Host ||
           kind == Kind::Condition;
  }
  mlir::RankedTensorType type() const {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  }
  llvm::ArrayRef<int64_t> shape() const { return type().getShape(); }
  bool isFloatTensor() const {
    return isTensor() && type().getElementType().isF32();
  }
  bool isBooleanTensor() const {
    return isTensor() && type().getElementType().isInteger(1);
  }

private:
  static ImportedValue ofValue(Kind kind, mlir::Value value) {
    ImportedValue made;
    made.kind = kind;
    made.value = value;
    return made;
  }
};

/// `f32[64, 1]`, as the language writes types.
std::string describeType(mlir::RankedTensorType type);
/// `a number`, `f32[64, 1]`, or the outputs of a record.
std::string describeValue(const ImportedValue &value);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_IMPORTEDVALUE_H
