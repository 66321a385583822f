//===- DifferentiatedPath.h - what a derivative will walk through ---------===//

#ifndef COMPILER_CONVERSIONS_GAMETOGAN_DIFFERENTIATEDPATH_H
#define COMPILER_CONVERSIONS_GAMETOGAN_DIFFERENTIATEDPATH_H

#include "dialects/gan/IR/GanOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace gan {

/// The operations between values that are differentiated by and the value that
/// is differentiated, before composites are expanded.
class DifferentiatedPath {
public:
  /// `value` depends on `sources`; `isSource` tells them apart.
  DifferentiatedPath(mlir::Value value, llvm::ArrayRef<mlir::Value> sources);

  /// In no particular order.
  llvm::ArrayRef<mlir::Operation *> getOperations() const {
    return operations.getArrayRef();
  }
  /// False if a source does not reach the value.
  bool reaches(mlir::Value source) const { return reached.contains(source); }

  /// Whether a derivative passes from operand to results. Running statistics do
  /// not act on a batch norm with batch statistics.
  static bool passes(mlir::OpOperand &operand);

  /// An operation through which `value` depends on `sources` and no derivative
  /// passes; null if there is none.
  static mlir::Operation *endOf(mlir::Value value,
                                llvm::ArrayRef<mlir::Value> sources);

private:
  llvm::SetVector<mlir::Operation *> operations;
  llvm::DenseSet<mlir::Value> reached;
};

} // namespace gan

#endif // COMPILER_CONVERSIONS_GAMETOGAN_DIFFERENTIATEDPATH_H
