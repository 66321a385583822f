//===- PrimitiveTable.h - primitives as Halide expressions ----------------===//
//
// Code generation pulls, as in the llvm backend: `at(value, index)` is the
// element of a value at an index, and recurses over the region until it meets
// memory. One row of a table says how a primitive does that.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_PRIMITIVETABLE_H
#define COMPILER_BACKENDS_HALIDE_PRIMITIVETABLE_H

#include "compiler/backends/halide/Formulas.h"
#include "compiler/backends/halide/KernelPlan.h"

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

/// How elements are read and calculated on a target.
struct ElementOptions {
  Products products;
  /// Vectors read under a mask; else every index is moved inside.
  bool hasMasks = true;
  /// Constants of several numbers lie in memory; else they stand in the code.
  bool hasMemoryOfConstants = true;
  /// Loops are cut where conditions on indices begin to hold.
  bool cutsLoops = true;
};

class ElementEmitter {
public:
  ElementEmitter(const KernelPlan &plan, std::vector<Halide::ImageParam> inputs,
                 ElementOptions options)
      : formulas(std::move(options.products)), plan(plan),
        options(std::move(options)), inputs(std::move(inputs)), scopes(1) {}

  /// The element of a value. Booleans have Halide's type of one bit.
  Halide::Expr at(mlir::Value value, IndexRef index);
  /// The element where all conditions on its index hold, else zero. Where they
  /// do not, memory is not read, or read at an index that is moved inside.
  Halide::Expr atWhere(llvm::ArrayRef<Guard> guards, mlir::Value value,
                       Index index);
  /// An element of a stage that was computed before; undefined where it has to
  /// be computed here.
  std::function<Halide::Expr(mlir::Value value, IndexRef index)> readStage;
  /// The stage that is being computed.
  mlir::Value ownStage;
  /// Makes the element of a value known.
  void bind(mlir::Value value, IndexRef index, Halide::Expr element) {
    scopes.back()[value].push_back({Index(index), std::move(element)});
  }
  /// Whether a condition was about numbers that leave out elements from lane to
  /// lane. Then the loop of the lanes must not be cut: Halide 21 widens the
  /// loads of one part by what those of another part read, beyond the tensor.
  bool skipsGuardedElements() const { return skipsElements; }
  /// The index of a result's element, and that along the axes of the fold, from
  /// the numbers of the loops.
  Index resultIndex() const;
  Index foldIndex() const;
  /// The place of an element in memory that is seen like this.
  Halide::Expr offsetOf(const View &view, IndexRef index) const;

  /// The code around the elements: what the loops count, which of their
  /// variables lies in the lanes and how far its lanes lie apart, and the
  /// condition under which lanes count, if there is one.
  struct Surroundings {
    std::vector<Halide::Expr> loops, foldLoops; // innermost first
    std::string lane;
    int64_t laneStep = 1;
    Halide::Expr mask;
  };
  /// Elements are made in other code until `leave`; what was known counts no
  /// more there.
  void enter(Surroundings other);
  void leave();

  const Formulas formulas;
  const KernelPlan &plan;

private:
  struct Known {
    Index index;
    Halide::Expr number;
  };
  using Knowledge = llvm::DenseMap<mlir::Value, std::vector<Known>>;
  struct Frame {
    Surroundings surroundings;
    std::vector<Knowledge> scopes;
  };

  Halide::Expr atStageWhere(llvm::ArrayRef<Guard> guards, mlir::Value value,
                            IndexRef index);
  std::optional<int64_t> laneStep(const Halide::Expr &number) const;
  Halide::Expr load(const View &view, mlir::Type elementType, IndexRef index);

  ElementOptions options;
  std::vector<Halide::ImageParam> inputs;
  Surroundings code;
  std::vector<Knowledge> scopes; // one more for each condition around
  std::vector<Frame> outside;
  bool skipsElements = false;
};

/// Calls `visit` for all numbers of a shape, in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

/// Indices are small: Halide counts in 32 bits.
inline Halide::Expr number(int64_t value) {
  return Halide::Expr(int32_t(value));
}
inline Coordinate fixed(int64_t value) { return {number(value)}; }

Halide::Type toHalide(mlir::Type elementType);
/// As it lies in memory: booleans are bytes.
Halide::Type toMemory(mlir::Type elementType);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_PRIMITIVETABLE_H
