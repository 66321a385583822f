//===- ChainPlan.h - filters behind one another in one kernel -------------===//
//
// What a filter of a chain reads is a stage: it is computed a part at a time
// just before it is read, so that it stays in the cache.
//
// A stage has `rate` elements for one of the result along an axis, where
// enlargements multiply and reductions divide. Its elements of equal remainders
// by a number of phases, one for each element of the result and its phases, lie
// side by side: number q of a phase is read by numbers q + constant of the
// phases of its readers. So zeros between elements are phases that are nowhere
// computed, elements that are thrown away are phases that nobody reads, and all
// vectors are dense.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_CHAINPLAN_H
#define COMPILER_BACKENDS_HALIDE_CHAINPLAN_H

#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace gan::halide {

struct KernelPlan;

struct ChainStage {
  mlir::Value value;
  /// By axes.
  llvm::SmallVector<int64_t> phases;
  /// Numbers of one phase that are read for one number of the result.
  llvm::SmallVector<int64_t> spread;
  /// It is read beyond its ends, where it is zero.
  llvm::SmallVector<bool> isPadded;
  /// Made of memory alone: beyond its ends nothing may be read.
  bool readsMemory = false;
};

struct Chain {
  llvm::SmallVector<int64_t> phases;    // of the result, by axes
  llvm::SmallVector<ChainStage> stages; // each before those that read it
  /// Whether a value is a stage or made of one, and which stage it is.
  llvm::DenseMap<mlir::Value, std::optional<size_t>> made;
  /// By loops of the plan. Stages are computed for each iteration of one loop,
  /// and keep what the next one reads, too; along the others that stages spread
  /// over they are computed for so many numbers, else (0) for each.
  std::optional<size_t> slidingLoop;
  llvm::SmallVector<int64_t> tiles;
  int64_t lanes = 1;
  /// What all stages take at most; they lie in the thread's workspace.
  int64_t workspaceBytes = 0;

  /// Whether stages have several numbers for one of the result.
  bool spreads(int64_t axis) const;
  const ChainStage *stageOf(mlir::Value value) const {
    auto found = made.find(value);
    return found == made.end() || !found->second ? nullptr
                                                 : &stages[*found->second];
  }
};

/// Fills in the loops and the chain of a plan whose memory is known. False if
/// the kernel is no such chain.
bool planChain(KernelPlan &plan, mlir::Block &body);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_CHAINPLAN_H
