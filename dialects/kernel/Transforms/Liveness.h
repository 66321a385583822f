//===- Liveness.h - when the tensors of a program are needed --------------===//
//
// Time counts through a program as it is written; an operation with regions has
// a start, its regions, and an end. A value is live from the write of its
// definition to its last reader: through the whole of a loop that reads it from
// outside, and only through the branch that reads it.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_KERNEL_TRANSFORMS_LIVENESS_H
#define DIALECTS_KERNEL_TRANSFORMS_LIVENESS_H

#include "dialects/gan/IR/GanOps.h"
#include "mlir/IR/SymbolTable.h"

namespace gan::kernel {

class Liveness {
public:
  /// First and last moment, both included. Operation t reads at 2t and writes
  /// at 2t + 1; what it reads stays until 2t + 1.
  using Segment = std::pair<unsigned, unsigned>;
  using Segments = llvm::SmallVector<Segment, 2>;

  explicit Liveness(ProgramOp program);

  const Segments &segmentsOf(mlir::Value value) const;
  /// Whether two values may not share memory. Where one is computed from the
  /// other by an operation that may work in place, they may.
  bool interferes(mlir::Value a, mlir::Value b) const;
  /// Whether the operation that defines `result` may write it over `operand`.
  bool mayWorkInPlace(mlir::Value operand, mlir::Value result) const;
  /// All tensors, in order of definition.
  llvm::ArrayRef<mlir::Value> values() const { return ordered; }

private:
  ProgramOp program;
  mlir::SymbolTable symbols;
  llvm::DenseMap<mlir::Operation *, Segment> times;     // start, end
  llvm::DenseMap<mlir::Region *, unsigned> regionStart; // a moment
  llvm::DenseMap<mlir::Value, Segments> segments;
  llvm::SmallVector<mlir::Value> ordered;

  void count(mlir::Block &block, unsigned &time);
  void addUse(mlir::Value value, mlir::Operation *user, Segments &into) const;
};

/// The operations at which a tensor is read. A host expression that reads one
/// is evaluated where a loop, a branch or a tensor needs its value.
llvm::SmallVector<mlir::Operation *> readersOf(mlir::Value value);

/// Whether two lists of segments have a moment in common.
bool meet(const Liveness::Segments &a, const Liveness::Segments &b);

} // namespace gan::kernel

#endif // DIALECTS_KERNEL_TRANSFORMS_LIVENESS_H
