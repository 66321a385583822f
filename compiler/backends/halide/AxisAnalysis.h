//===- AxisAnalysis.h - from the axes of a result to memory ---------------===//
//
// Follows every axis of a kernel's results, and every axis that its fold goes
// over, through the region to memory. An axis whose number is calculated with
// on the way (padded, sliced, reversed, …) stands for itself.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_AXISANALYSIS_H
#define COMPILER_BACKENDS_HALIDE_AXISANALYSIS_H

#include "compiler/backends/halide/KernelPlan.h"
#include <set>
#include <tuple>

namespace gan::halide {

/// What the number of an element along one axis is made of.
struct Origin {
  /// The axis whose number it is; -1 where it is calculated.
  int64_t axis = -1;
  /// By how much it grows with an axis.
  struct Step {
    int64_t axis;
    double size;
    bool operator<(const Step &other) const {
      return std::tie(axis, size) < std::tie(other.axis, other.size);
    }
  };
  llvm::SmallVector<Step, 2> steps;
  bool isKnown = true; // whether the steps say all

  static Origin of(int64_t axis) { return {axis, {{axis, 1}}, true}; }
  static Origin unknown() { return {-1, {}, false}; }
  /// As part of a calculation, each step that much longer.
  Origin scaled(double factor) const;
  Origin plus(const Origin &other) const;
};
using Origins = llvm::SmallVector<Origin>;
using OriginsRef = llvm::ArrayRef<Origin>;

/// How memory is read.
struct MemoryAccess {
  llvm::SmallVector<int64_t> axes; // in the order of memory, by their origins
  llvm::DenseMap<int64_t, double> strides; // from one number to the next
  bool isKnown = true;
};

class AxisAnalysis {
public:
  explicit AxisAnalysis(const KernelPlan &plan);

  bool areSideBySide(int64_t outer, int64_t inner) const;

  const KernelPlan &plan;
  llvm::SmallVector<bool> isCalculated; // the axes of the fold come last
  llvm::SmallVector<int64_t> periods;
  std::vector<MemoryAccess> accesses; // the results first

private:
  void follow(mlir::Value value, OriginsRef origins);
  void followFold(mlir::Operation *op, OriginsRef origins);
  void followReshape(ReshapeOp op, OriginsRef origins);
  void calculate(const Origin &origin, int64_t period = 1);
  void addAccess(const View &view, OriginsRef origins);
  Origin summed(size_t place) const;

  using Key = std::pair<void *, std::vector<Origin::Step>>;
  std::set<Key> seen;
};

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_AXISANALYSIS_H
