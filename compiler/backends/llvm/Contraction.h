//===- Contraction.h - every contraction as one matrix product ------------===//
//
// dot and the three convolutions are sums over the index triples that a
// geometry ties together. Each becomes one or more products
//     result[group, row, column] = sum over k of left[row, k] * right[k,
//     column]
// whose operands are read through index maps; nothing is moved to get there.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_CONTRACTION_H
#define COMPILER_BACKENDS_LLVM_CONTRACTION_H

#include "compiler/backends/llvm/RegionEmitter.h"
#include <functional>

namespace gan::codegen {

/// One element of an operand: zero where a guard fails.
struct Access {
  mlir::Value value;
  Index index;
  llvm::SmallVector<Guard, 4> guards;
};

/// Where in the product an element stands. `outer` and `inner` are the two axes
/// of the sum; the inner one runs over neighbours in memory where there are
/// any.
struct Position {
  IndexExpression group, row, column, outer, inner;
};

struct Contraction {
  int64_t groups = 1, rows = 1, columns = 1, outer = 1, inner = 1;
  std::function<Access(const Position &)> left;  // group, row, outer, inner
  std::function<Access(const Position &)> right; // group, outer, inner, column
  std::function<Index(const Position &)> result; // group, row, column
  /// Some positions have no result; these guards say which have one.
  std::function<llvm::SmallVector<Guard, 4>(const Position &)> resultGuards;

  int64_t sum() const { return outer * inner; }
};

/// What becomes the columns, that is, the lanes: one or the other operand's
/// free axes, or, for the transposed convolution, the channels of all
/// polyphases beside each other, which fills vectors that few channels would
/// not.
enum class Sides { AsWritten, Exchanged, Stacked };

/// The products that make up a dot or convolution; empty for operations that
/// cannot be written so.
/// As written, the columns are the channels of the result (for a dot, the right
/// operand's axes).
llvm::SmallVector<Contraction>
makeContractions(mlir::Operation *op, Sides sides, IndexContext &indices);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_CONTRACTION_H
