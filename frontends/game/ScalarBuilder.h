//===- ScalarBuilder.h - numbers that the host computes -------------------===//
//
// Schedules and options are f64 on the host: arith and math operations, folded
// where all operands are known.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_GAME_SCALARBUILDER_H
#define FRONTENDS_GAME_SCALARBUILDER_H

#include "frontends/game/Ast.h"
#include "frontends/game/ImportedValue.h"

#include "mlir/IR/Builders.h"

namespace gan::gamelang {

class ScalarBuilder {
public:
  ScalarBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  /// The operand as f64, as i1.
  mlir::Value number(const ImportedValue &value);
  mlir::Value condition(const ImportedValue &value);

  ImportedValue negate(const ImportedValue &operand);
  ImportedValue invert(const ImportedValue &operand);
  ImportedValue binary(BinaryOperator op, const ImportedValue &left,
                       const ImportedValue &right);
  ImportedValue choose(const ImportedValue &condition,
                       const ImportedValue &whenTrue,
                       const ImportedValue &whenFalse);
  /// A function of the language on numbers; none if it has no such form.
  ImportedValue call(llvm::StringRef name,
                     llvm::ArrayRef<ImportedValue> arguments);
  /// `ramp` and `cosine` of the step.
  ImportedValue ramp(const ImportedValue &from, const ImportedValue &to);
  ImportedValue cosine(const ImportedValue &from, const ImportedValue &to);

private:
  mlir::Value constant(double number);
  ImportedValue makeBinary(BinaryOperator op, const ImportedValue &left,
                           const ImportedValue &right);
  ImportedValue makeCall(llvm::StringRef name,
                         llvm::ArrayRef<ImportedValue> arguments);

  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_SCALARBUILDER_H
