//===- DifferentiateRules.h - one derivative rule per primitive -----------===//
//
// A rule gets the cotangents of an operation's results and gives those of its
// operands, written with primitives only, so that every order of derivative
// exists.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_TRANSFORMS_DIFFERENTIATERULES_H
#define DIALECTS_GAN_TRANSFORMS_DIFFERENTIATERULES_H

#include "dialects/gan/IR/TensorBuilder.h"
#include <functional>

namespace gan {

/// What a rule sees of the gradient around it.
class Cotangents {
public:
  using Values = llvm::DenseMap<mlir::Value, mlir::Value>;

  Cotangents(mlir::OpBuilder &builder, mlir::Operation *op, Values &values,
             llvm::function_ref<bool(mlir::OpOperand &)> isWanted)
      : b(builder, op->getLoc()), op(op), values(values), isWanted(isWanted) {}

  TensorBuilder b;

  /// The cotangent of a result, null where it is zero.
  mlir::Value of(mlir::Value result) const { return values.lookup(result); }
  /// The cotangent of the only result; never null inside a rule.
  mlir::Value ofResult() const { return of(op->getResult(0)); }

  /// Whether a path runs through this operand; a rule may skip it otherwise.
  bool wants(unsigned operand) const {
    return isWanted(op->getOpOperand(operand));
  }

  /// Adds to the cotangent of an operand. Ignored when it is not wanted.
  void add(unsigned operand, mlir::Value cotangent) {
    if (!wants(operand))
      return;
    mlir::Value &sum = values[op->getOperand(operand)];
    sum = sum ? b.add(sum, cotangent) : cotangent;
  }

private:
  mlir::Operation *op;
  Values &values;
  llvm::function_ref<bool(mlir::OpOperand &)> isWanted;
};

/// The rules, by operation.
class RuleTable {
public:
  template <typename OpTy> void add(void (*rule)(OpTy, Cotangents &)) {
    rules[mlir::TypeID::get<OpTy>()] = [rule](mlir::Operation *op,
                                              Cotangents &cotangents) {
      rule(mlir::cast<OpTy>(op), cotangents);
    };
  }
  bool contains(mlir::OperationName name) const {
    auto info = name.getRegisteredInfo();
    return info && rules.contains(info->getTypeID());
  }
  void apply(mlir::Operation *op, Cotangents &cotangents) const {
    rules.find(op->getRegisteredInfo()->getTypeID())->second(op, cotangents);
  }

private:
  llvm::DenseMap<mlir::TypeID,
                 std::function<void(mlir::Operation *, Cotangents &)>>
      rules;
};

// By family.
void addElementwiseRules(RuleTable &rules);
void addShapeRules(RuleTable &rules);
void addReductionRules(RuleTable &rules);
void addIndexRules(RuleTable &rules);
void addContractionRules(RuleTable &rules);

/// All rules.
const RuleTable &derivativeRules();

} // namespace gan

#endif // DIALECTS_GAN_TRANSFORMS_DIFFERENTIATERULES_H
