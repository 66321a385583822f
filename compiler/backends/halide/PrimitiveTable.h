//===- PrimitiveTable.h - primitives as Halide expressions ----------------===//
//
// Code generation pulls, as in the llvm backend: `at(value, index)` is the
// element of a value at an index, and recurses over the region until it meets
// memory. One row of a table says how a primitive does that.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_PRIMITIVETABLE_H
#define COMPILER_BACKENDS_HALIDE_PRIMITIVETABLE_H

#include "compiler/backends/halide/KernelPlan.h"
#include <Halide.h>

namespace gan::halide {

/// The number of an element along one axis; `origin` is the axis of the result
/// that it stands for, or -1.
struct Coordinate {
  Halide::Expr number;
  int64_t origin = -1;
};
using Index = llvm::SmallVector<Coordinate, 6>;
using IndexRef = llvm::ArrayRef<Coordinate>;

/// The number along an axis must lie in 0 … extent - 1, and another condition
/// may have to hold.
struct Guard {
  size_t axis;
  int64_t extent;
  bool below = false, above = false; // whether it can leave on that side
  Halide::Expr other = {};           // undefined: none
  bool isLikely = true;              // loops are cut where the conditions hold
};

class ElementEmitter {
public:
  ElementEmitter(const KernelPlan &plan, std::vector<Halide::ImageParam> inputs,
                 std::vector<Halide::Var> variables)
      : plan(plan), inputs(std::move(inputs)), variables(std::move(variables)),
        scopes(1) {}

  /// The element of a value. Booleans have Halide's type of one bit.
  Halide::Expr at(mlir::Value value, IndexRef index);
  /// The element where all conditions on its index hold, else zero. Where they
  /// do not, memory is not read, or read at an index that is moved inside.
  Halide::Expr atWhere(llvm::ArrayRef<Guard> guards, mlir::Value value,
                       Index index);
  /// Whether a condition was about numbers that leave out elements from lane to
  /// lane. Then the loop of the lanes must not be cut: Halide 21 widens the
  /// loads of one part by what those of another part read, beyond the tensor.
  bool skipsGuardedElements() const { return skipsElements; }
  /// The index of a result's element, from the loops' variables.
  Index resultIndex() const;

private:
  struct Known {
    Index index;
    Halide::Expr number;
  };
  using Knowledge = llvm::DenseMap<mlir::Value, std::vector<Known>>;

  std::optional<int64_t> laneStep(const Halide::Expr &number) const;
  Halide::Expr load(const View &view, mlir::Type elementType, IndexRef index);

  const KernelPlan &plan;
  std::vector<Halide::ImageParam> inputs;
  std::vector<Halide::Var> variables; // of the loops, innermost first
  std::vector<Knowledge> scopes;      // one more for each condition around
  Halide::Expr mask;
  bool skipsElements = false;
};

Halide::Type toHalide(mlir::Type elementType);
/// As it lies in memory: booleans are bytes.
Halide::Type toMemory(mlir::Type elementType);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_PRIMITIVETABLE_H
