//===- Reduction.h - reductions as partial results ------------------------===//
//
// A reduction walks its axes in one fixed order and has something to carry: a
// sum, an extreme, moments. What was found of one part of the walk can be
// combined with what was found of the next.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_REDUCTION_H
#define COMPILER_BACKENDS_LLVM_REDUCTION_H

#include "compiler/backends/llvm/RegionEmitter.h"

namespace gan::codegen {

/// Positions along the reduced axes, in memory order where that is known.
class ReductionWalk {
public:
  ReductionWalk(RegionEmitter &emitter, mlir::Value input,
                llvm::ArrayRef<int64_t> dims, IndexRef kept);

  /// The operand's element at a position.
  llvm::Value *element(const IndexExpression &position);
  /// What one step takes: a whole vector, or one element of every lane.
  int64_t steps() const {
    return usesLanes ? length / kLanes : llvm::divideCeil(length, stride);
  }
  int64_t tail() const { return usesLanes ? length % kLanes : 0; }
  IndexExpression position(const IndexExpression &step, int64_t active);

  RegionEmitter &emitter;
  mlir::Value input;
  llvm::ArrayRef<int64_t> dims;
  Index kept;
  llvm::SmallVector<int64_t> order, extents;
  int64_t length = 1;
  bool varies, usesLanes;
  /// Of a thread that shares the walk with others: it starts here, and every
  /// step moves by `stride`.
  IndexExpression first = 0;
  int64_t stride = 1;
};

class Reduction {
public:
  using Values = RegionEmitter::Values;

  virtual ~Reduction() = default;

  /// What reducing nothing gives. It combines with anything but itself.
  virtual Values identity() const = 0;
  virtual Values combine(llvm::ArrayRef<llvm::Value *> x,
                         llvm::ArrayRef<llvm::Value *> y) = 0;
  /// The results of the operation.
  virtual Values finish(llvm::ArrayRef<llvm::Value *> all) { return {all[0]}; }
  /// The steps from `low` to below `high`, of which there are some, but at most
  /// `most`: in blocks of blocks, so that errors grow with the logarithm of the
  /// length.
  Values reduce(llvm::Value *low, llvm::Value *high, int64_t most);

  ReductionWalk walk;

protected:
  Reduction(RegionEmitter &emitter, mlir::Operation *op, IndexRef kept,
            int64_t block);
  /// A short run of steps.
  virtual Values reduceBlock(llvm::Value *low, llvm::Value *high) = 0;
  /// The type of what is carried while lanes or threads go side by side.
  llvm::Type *carriedType(mlir::Type elementType);

  RegionEmitter &emitter;
  VectorBuilder &b;
  mlir::Operation *op;

private:
  Values reduce(llvm::Value *low, llvm::Value *high, int64_t most, int64_t size,
                bool mayBeShorter);
  int64_t block;
};

/// A count, a mean, and the sum of squared distances from it.
struct Moments {
  llvm::Value *count, *mean, *squares;
};
Moments mergeMoments(VectorBuilder &b, Moments x, Moments y);
/// x / y, of which one may be equal in all lanes.
llvm::Value *divideMoments(VectorBuilder &b, llvm::Value *x, llvm::Value *y);

/// Of a sum, a largest or smallest element, or of moments; else null.
std::unique_ptr<Reduction> makeReduction(RegionEmitter &emitter,
                                         mlir::Operation *op, IndexRef kept);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_REDUCTION_H
