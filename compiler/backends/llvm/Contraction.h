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
#include <optional>

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

/// The left operand of a convolution as a block of memory in which rows and
/// steps of the sum only move: the place along each axis of the block is linear
/// in one digit of the row and one of the step.
struct Halo {
  llvm::SmallVector<int64_t> rows, steps; // extents of the digits, last fastest
  struct Axis {
    int row, step; // digits; -1: none
    int64_t rowStride, stepStride;
    int64_t origin; // the operand's index where the block begins
  };
  /// Samples come first, then space, then channels. Samples are the first digit
  /// of the rows or of the steps.
  llvm::SmallVector<Axis> axes;
  bool samplesAreRows = true;
  std::function<Access(const IndexExpression &group, IndexRef place)> read;

  int64_t samples() const { return samplesAreRows ? rows[0] : steps[0]; }
  int64_t channels() const {
    return axes.back().row >= 0 ? rows.back() : steps.back();
  }
};

struct Contraction {
  int64_t groups = 1, rows = 1, columns = 1, outer = 1, inner = 1;
  std::function<Access(const Position &)> left;  // group, row, outer, inner
  std::function<Access(const Position &)> right; // group, outer, inner, column
  std::function<Index(const Position &)> result; // group, row, column
  /// Some positions have no result; these guards say which have one.
  std::function<llvm::SmallVector<Guard, 4>(const Position &)> resultGuards;

  std::optional<Halo> halo;

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
std::vector<Contraction> makeContractions(mlir::Operation *op, Sides sides,
                                          IndexContext &indices);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_CONTRACTION_H
