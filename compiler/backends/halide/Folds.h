//===- Folds.h - what takes many elements for one -------------------------===//
//
// A reduction, search, window or contraction as a state that takes one element
// after the other: the rest of the pipeline does not know which it is.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_FOLDS_H
#define COMPILER_BACKENDS_HALIDE_FOLDS_H

#include "compiler/backends/halide/PrimitiveTable.h"

namespace gan::halide {

struct Fold {
  using State = std::vector<Halide::Expr>;
  using Element = std::function<Halide::Expr(IndexRef)>;
  /// Which element is taken: its index along the axes of the fold, and the
  /// condition under which it counts, if there is one. `first` makes what is
  /// made of an index from that of the first element of the block.
  struct Taps {
    Index index;
    Halide::Expr counts;
    std::function<Halide::Expr(const Element &)> first;
  };

  /// Before the first element of a block, and after one more.
  State identity;
  std::function<State(const State &, const Taps &)> step;
  /// A block as part of the whole; the same state where there is none.
  std::function<State(const State &, const Taps &)> close;
  /// Parts that follow each other.
  State none;
  std::function<State(const State &, const State &)> merge;
  /// The results of the operation.
  std::function<State(const State &)> finish;
  /// Elements of a block; 0: one block. Errors grow with the length of blocks.
  int64_t blockElements = 0;
  /// Or a block is the way along the innermost loop.
  bool hasInnerBlock = false;
};

/// One part after the other, from its identity on.
Fold withoutBlocks(Fold::State identity);

/// `x` where an optional condition holds.
Halide::Expr where(const Halide::Expr &condition, const Halide::Expr &x,
                   const Halide::Expr &otherwise);

/// Of what goes from element to element; for devices.
Fold foldSort(ElementEmitter &e, SortOp op);
Fold foldPermutation(ElementEmitter &e, RandomOp op);
Fold foldRunningSum(ElementEmitter &e, CumsumOp op);
Fold foldScatter(ElementEmitter &e, ScatterAddOp op);

/// The fold of a plan. Its elements are those of the emitter's current code.
Fold makeFold(ElementEmitter &e);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_FOLDS_H
