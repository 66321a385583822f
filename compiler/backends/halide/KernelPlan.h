//===- KernelPlan.h - how a kernel becomes one Halide pipeline ------------===//
//
// Everything the description and the code of a kernel have in common, found
// without Halide: what lies in memory, the loop nest, and where it is cut into
// chunks.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_KERNELPLAN_H
#define COMPILER_BACKENDS_HALIDE_KERNELPLAN_H

#include "compiler/backends/Backend.h"

namespace gan::halide {

/// Lanes of a vector, on every machine: LLVM splits them, the bits stay.
constexpr int64_t kLanes = 16;

/// A tensor that lies in memory, seen in the shape in which it is used: the
/// reshapes between memory and its use are none where memory is row-major.
struct View {
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> order; // of axes in memory, outermost first
  unsigned input = 0;               // number of the memory it lies in

  llvm::SmallVector<int64_t> strides() const;
};

/// One loop over axes of the result that lie side by side in all memory, so
/// that they count as one.
struct Loop {
  llvm::SmallVector<int64_t> axes; // outermost first; empty: one iteration
  int64_t extent = 1;
  /// The code of iterations with equal remainders is the same: what zeros
  /// between elements and repeated elements bring along.
  int64_t period = 1;
};

struct KernelPlan {
  /// What is stored: the kernel's results without reshapes of row-major memory.
  llvm::SmallVector<mlir::Value> results;
  View result; // of them all
  llvm::DenseMap<mlir::Value, View> views;
  /// Memory that is read: the kernel's arguments, then its constants.
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<Loop> loops; // innermost first
  /// The outermost loop is cut into chunks at multiples of this.
  int64_t chunkUnit = 1;
  /// A result may lie in the place of an argument.
  bool mayShare = false;

  int64_t countUnits() const {
    return (loops.back().extent + chunkUnit - 1) / chunkUnit;
  }
};

/// None if the kernel is not one for this backend.
std::optional<KernelPlan> planKernel(kernel::DefineOp kernel);

/// Axes of two shapes of one number of elements that stand for each other, in
/// order; axes of one element are in none.
struct ReshapeGroup {
  llvm::SmallVector<int64_t> from, to;
};
llvm::SmallVector<ReshapeGroup> groupAxes(llvm::ArrayRef<int64_t> from,
                                          llvm::ArrayRef<int64_t> to);

/// Whether an operation has a row in the table of primitives.
bool isSupported(mlir::Operation &op);

/// Products in an element of a convolution's or window's result that are
/// written out; more are not for this backend.
constexpr int64_t kMaxTaps = 64;

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_KERNELPLAN_H
