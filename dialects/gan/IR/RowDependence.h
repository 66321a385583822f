//===- RowDependence.h - where the rows of a batch are in a value ---------===//
//
// A batch counts rows: axis 0 of a network's inputs. The analysis follows that
// axis through the operations, one question for each: where does it go, and is
// an element still made from its own row alone. What is not known mixes.
//
// Neither the place of a row nor the number of rows means anything: constants
// that differ from row to row mix where they meet rows, and so does a number
// that the importer made from the count.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_IR_ROWDEPENDENCE_H
#define DIALECTS_GAN_IR_ROWDEPENDENCE_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace gan {

/// An axis along which the rows lie: index i of axis `dim` belongs to row
/// `i / inner % batch`. Merged axes so remain rows.
struct RowAxis {
  int64_t dim;
  int64_t inner = 1;
  bool operator==(const RowAxis &other) const {
    return dim == other.dim && inner == other.inner;
  }
};

/// How a value depends on the rows of the batch.
struct Rows {
  bool depends = false; // on any row
  bool mixes = false;   // an element depends on other rows than its own
  bool byPlace = false; // mixes since it depends on the place of its row
  std::optional<RowAxis> axis = {}; // none: no element has a row of its own
  // Of what depends on no row: the axes along which it would differ from row to
  // row if the rows lay there.
  llvm::SmallVector<RowAxis, 0> places = {};
};

class RowDependence {
public:
  explicit RowDependence(int64_t batch) : batch(batch) {}

  Rows of(mlir::Value value) const { return rows.lookup(value); }
  void set(mlir::Value value, const Rows &known) { rows[value] = known; }
  /// Axis 0 of `value` counts the rows.
  void setBatched(mlir::Value value) {
    set(value, {.depends = true, .axis = RowAxis{0}});
  }
  /// `value` is the same in every run, and nothing else is known of it.
  void setConstant(mlir::Value value);
  /// Whether axis 0 of `value` counts the rows and nothing else.
  bool isBatched(mlir::Value value) const;
  /// Finds out about the results of an operation from its operands.
  void visit(mlir::Operation *op);

private:
  void visitComposite(mlir::Operation *op);
  Rows afterPrimitive(mlir::Operation *op) const;
  bool varies(mlir::Operation *op, RowAxis axis) const;

  int64_t batch;
  llvm::DenseMap<mlir::Value, Rows> rows;
};

} // namespace gan

#endif // DIALECTS_GAN_IR_ROWDEPENDENCE_H
