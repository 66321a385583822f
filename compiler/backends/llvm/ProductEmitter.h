//===- ProductEmitter.h - the contraction engine --------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_PRODUCTEMITTER_H
#define COMPILER_BACKENDS_LLVM_PRODUCTEMITTER_H

#include "compiler/backends/llvm/Contraction.h"
#include "compiler/backends/llvm/KernelContext.h"

namespace gan::codegen {

/// How copies with a halo are cut.
struct HaloPlan {
  int64_t samples = 1;                         // of a block
  llvm::SmallVector<int64_t> extents, strides; // of its axes, in numbers
  // What a step along a digit of the row or of the sum moves, in numbers.
  llvm::SmallVector<int64_t> rowShifts, stepShifts;
  // Per digit of the row: of a tile, and how many tiles a block has; of a
  // weight gradient's channels, how many tiles a cell has at most.
  llvm::SmallVector<int64_t> tile, grid;
  unsigned lead = 0; // digits of the step that begin a sum of their own
  int64_t slots = 0; // tiles whose sums are kept
};

/// Tiles that tuning tries: those of the lowest estimates.
constexpr int64_t kTileVariants = 4;

/// How one product is cut into blocks. Everything that decides the order of
/// summation comes from shapes alone, never from the level; the tile and the
/// cells do not.
struct ProductPlan {
  /// Set: the left operand is copied with its halo. Else: packed, as follows.
  std::optional<HaloPlan> halo;
  // Registers: tileRows * tileVectors accumulators of sixteen lanes.
  int64_t tileRows = 6, tileVectors = 1;
  // Whether a packed block of the left operand lies row by row (along k), or
  // k by k (along rows).
  bool packsRows = true;
  int64_t rowBlock = 0; // rows of the left operand packed at a time
  // Steps of the sum packed at a time: `outerBlock` of the outer axis, each
  // with `piece` of the inner one (one of them is all there is, or the first is
  // 1).
  int64_t outerBlock = 0, piece = 0;
  bool keepsRight = true;                // pack the right operand only once
  int64_t rowCells = 1, columnCells = 1; // independent parts, one unit each
  // Numbers in each part of the workspace.
  int64_t leftSize = 0, rightSize = 0, sumSize = 0;
  // Estimate for everything, the same at every level: whatever decides the
  // order of summation may look at this.
  double cycles = 0;

  int64_t workspaceBytes() const {
    return 4 * (leftSize + rightSize + sumSize);
  }
};

/// All products of a kernel's root.
struct ProductsPlan {
  Sides sides = Sides::AsWritten;
  std::vector<ProductPlan> products;
  int64_t units = 0;
  int64_t workspaceBytes = 0;
  double cycles = 0;
};

/// Computes and stores the results that lie at a place of a product, from their
/// sums.
void emitResult(KernelContext &context, mlir::Operation *op,
                const Contraction &contraction, const Position &at,
                llvm::Value *sums, unsigned active);

/// Plans the root `op`. None if it is no contraction, or so small or narrow
/// that element loops do it better; `elementCycles` is what those take.
std::optional<ProductsPlan> planProducts(kernel::DefineOp kernel,
                                         mlir::Operation *op,
                                         const CpuTarget &target,
                                         double elementCycles);

/// Computes and stores this chunk's share.
void emitProducts(KernelContext &context, mlir::Operation *op,
                  const ProductsPlan &plan);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_PRODUCTEMITTER_H
