//===- KernelPlan.h - how a kernel becomes one Halide pipeline ------------===//
//
// Everything the description and the code of a kernel have in common, found
// without Halide: what lies in memory, the loop nest, what is taken at a time,
// and where it is cut into chunks.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_KERNELPLAN_H
#define COMPILER_BACKENDS_HALIDE_KERNELPLAN_H

#include "compiler/backends/Backend.h"
#include "compiler/backends/halide/ChainPlan.h"

namespace gan::halide {

/// Lanes of a vector, on every machine: LLVM splits them, the bits stay.
constexpr int64_t kLanes = 16;
/// Halide 21 writes a vector of two numbers a and b as a ramp, whose second
/// element is a + (b - a): not b, and not a number where a is infinite.
constexpr int64_t kFewestLanes = 4;

/// A tensor that lies in memory, seen in the shape in which it is used: the
/// reshapes between memory and its use are none where memory is row-major.
struct View {
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> order; // of axes in memory, outermost first
  unsigned input = 0;               // number of the memory it lies in

  llvm::SmallVector<int64_t> strides() const;
};

/// One loop over axes that lie side by side in all memory, so that they count
/// as one.
struct Loop {
  llvm::SmallVector<int64_t> axes; // outermost first; empty: one iteration
  int64_t extent = 1;
  /// The code of iterations with equal remainders is the same: what zeros
  /// between elements and repeated elements bring along.
  int64_t period = 1;
  /// The axis goes on by this in an iteration. Where that is not one, another
  /// loop goes over the remainders.
  int64_t scale = 1;
};

/// What of a fold is taken at a time, in registers.
struct Tile {
  /// The loop whose iterations lie in the lanes; none: the innermost loop of
  /// the fold, whose lanes are combined at the end.
  std::optional<size_t> lanesLoop;
  int64_t lanes = 1, vectors = 1;
  std::optional<size_t> rowsLoop;
  int64_t rows = 1;
};

struct KernelPlan {
  /// What is stored: the kernel's results without reshapes of row-major memory.
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<int64_t> shape;                     // of them all
  llvm::SmallVector<llvm::SmallVector<int64_t>> orders; // in memory, of each
  llvm::DenseMap<mlir::Value, View> views;
  /// Memory that is read: the kernel's arguments, then its constants.
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<Loop> loops; // innermost first
  /// The outermost loop is cut into chunks at multiples of this.
  int64_t chunkUnit = 1;
  /// A result may lie in the place of an argument.
  bool mayShare = false;
  /// Of a batched kernel: rows of any length, seen as one that is long. The
  /// values are those of a copy whose types say so.
  bool isBatched = false;
  mlir::OwningOpRef<kernel::DefineOp> copy;

  /// The operation that takes many elements for one of its result, and the
  /// extents of the axes over which it goes. They are numbered behind those of
  /// the result.
  mlir::Operation *fold = nullptr;
  llvm::SmallVector<int64_t> foldExtents;
  llvm::SmallVector<Loop> foldLoops; // innermost first
  Tile tile;

  /// Instead of a fold: filters behind one another.
  std::optional<Chain> chain;

  int64_t countUnits() const {
    return (loops.back().extent + chunkUnit - 1) / chunkUnit;
  }
  /// Lanes of the innermost loop where there is no fold.
  int64_t elementLanes() const;
  /// Iterations of a loop, with those that only fill up its last tile.
  int64_t tileOf(size_t loop) const;
  /// Elements from one iteration of a loop to the next in the memory of a
  /// result.
  int64_t resultStride(size_t result, const Loop &loop) const;
  int64_t countFolded() const;
};

/// None if the kernel is not one for this backend.
std::optional<KernelPlan> planKernel(kernel::DefineOp kernel);

/// The same for a thread of a device. `rowElements`: of the row of a batched
/// kernel.
std::optional<KernelPlan> planForDevice(kernel::DefineOp kernel,
                                        std::optional<int64_t> rowElements);

/// Whether it has powers that are calculated in double precision.
bool needsDoubles(const KernelPlan &plan);

/// Axes of two shapes of one number of elements that stand for each other, in
/// order; axes of one element are in none.
struct ReshapeGroup {
  llvm::SmallVector<int64_t> from, to;
};
llvm::SmallVector<ReshapeGroup> groupAxes(llvm::ArrayRef<int64_t> from,
                                          llvm::ArrayRef<int64_t> to);

/// Whether an operation has a row in the table of primitives or is a fold.
/// Running sums, scatters and sorts are folds over all elements that might
/// count, permutations over all numbers that might be one: only for threads, of
/// which there are many.
bool isSupported(mlir::Operation &op, bool inThreads);

/// Whether an operation is one loop over many elements for each of its result.
/// Small filters and windows are not: their taps are written out.
bool isFold(mlir::Operation *op);

/// The extents of the axes over which a fold goes.
llvm::SmallVector<int64_t> foldExtentsOf(mlir::Operation *op);

/// Products or elements of one of a result that are written out.
constexpr int64_t kMaxTaps = 64;
/// A permutation tries again with a chance of less than a half.
constexpr int64_t kPermutationTries = 96;

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_KERNELPLAN_H
