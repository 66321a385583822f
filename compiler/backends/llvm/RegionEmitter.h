//===- RegionEmitter.h - the value of a tensor at an index ----------------===//
//
// Code generation pulls: `emit(value, index)` gives the element of an SSA value
// at an index, and recurses over the region until it meets memory. Shape
// operations only rewrite the index, so every producer is computed on load and
// every consumer where its value is wanted. Any region has code this way;
// emitters for roots bind the root's value at the index they have computed.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_REGIONEMITTER_H
#define COMPILER_BACKENDS_LLVM_REGIONEMITTER_H

#include "compiler/backends/llvm/VectorBuilder.h"

namespace gan::codegen {

/// `expression` must lie in a range, and be a multiple of `divisor`.
struct Guard {
  IndexExpression expression;
  Range range;
  int64_t divisor = 1;
};

/// When guards hold: a condition equal in all lanes, one of each lane (null
/// where it always holds), or never.
struct Conditions {
  llvm::Value *uniform = nullptr, *varying = nullptr;
  bool isNever = false;
};

class RegionEmitter {
public:
  RegionEmitter(VectorBuilder &b, IndexContext &indices)
      : b(b), indices(indices), scopes(1) {}

  VectorBuilder &b;
  IndexContext &indices;

  void setBuffer(mlir::Value value, Buffer buffer) { buffers[value] = buffer; }
  const Buffer *getBuffer(mlir::Value value) const {
    auto found = buffers.find(value);
    return found == buffers.end() ? nullptr : &found->second;
  }
  /// Says that `value` has these numbers at an index, within the current scope.
  void bind(mlir::Value value, IndexRef index, llvm::Value *numbers);

  llvm::Value *emit(mlir::Value value, IndexRef index);
  /// The conditions count as varying in a thread that rather computes `guarded`
  /// for nothing than branches.
  Conditions emitConditions(llvm::ArrayRef<Guard> guards, mlir::Value guarded);
  /// The element where all guards hold, else zero.
  llvm::Value *emitGuarded(llvm::ArrayRef<Guard> guards, mlir::Value value,
                           IndexRef index);

  /// What is emitted within is forgotten afterwards, because it does not
  /// dominate what follows or holds under a narrower mask.
  class Scope {
  public:
    explicit Scope(RegionEmitter &emitter) : emitter(emitter) {
      emitter.scopes.emplace_back();
    }
    ~Scope() { emitter.scopes.pop_back(); }

  private:
    RegionEmitter &emitter;
  };
  /// Restricts the lanes in use; null leaves them.
  class MaskScope {
  public:
    MaskScope(RegionEmitter &emitter, llvm::Value *mask)
        : emitter(emitter), scope(emitter), outer(emitter.mask) {
      if (mask)
        emitter.mask = outer ? emitter.b.CreateAnd(outer, mask) : mask;
    }
    ~MaskScope() { emitter.mask = outer; }

  private:
    RegionEmitter &emitter;
    Scope scope;
    llvm::Value *outer;
  };

  /// Calls `body` for all positions 0 … extent - 1, in order, and carries
  /// values.
  using Values = llvm::SmallVector<llvm::Value *>;
  Values emitLoop(int64_t extent, llvm::ArrayRef<llvm::Value *> initial,
                  llvm::function_ref<Values(const IndexExpression &,
                                            llvm::ArrayRef<llvm::Value *>)>
                      body);

private:
  llvm::Value *lookUp(mlir::Value value, IndexRef index) const;
  Values emitOperation(mlir::Operation *op, IndexRef index);
  llvm::Value *emitElementwise(mlir::Operation *op,
                               llvm::ArrayRef<llvm::Value *> operands);
  llvm::Value *emitConcat(ConcatOp op, IndexRef index);
  llvm::Value *emitPad(PadOp op, IndexRef index);
  llvm::Value *emitGather(GatherOp op, IndexRef index);
  IndexExpression emitStart(mlir::Value start, int64_t number, int64_t most,
                            IndexRef index);
  llvm::Value *emitDynamicSlice(DynamicSliceOp op, IndexRef index);
  llvm::Value *emitDynamicUpdateSlice(DynamicUpdateSliceOp op, IndexRef index);
  llvm::Value *emitIndexValue(const IndexExpression &index, llvm::Type *type);
  llvm::Value *emitConstant(ConstantOp op, IndexRef index);
  llvm::Value *emitDraw(RandomOp op, IndexRef index);

  // RegionReductions.cpp
  using Step = llvm::function_ref<Values(const IndexExpression &,
                                         llvm::ArrayRef<llvm::Value *>)>;
  llvm::Value *emitReduction(mlir::Operation *op, IndexRef index);
  Values emitMoments(MomentsOp op, IndexRef index);
  llvm::Value *emitWindowSum(WindowSumOp op, IndexRef index);
  llvm::Value *emitRunningSum(CumsumOp op, IndexRef index);
  llvm::Value *emitScatter(ScatterAddOp op, IndexRef index);
  llvm::Value *emitArgExtreme(mlir::Operation *op, IndexRef index);

  // RegionSearches.cpp
  llvm::Value *emitWindowArgMax(WindowArgMaxOp op, IndexRef index);
  void bindFound(mlir::Operation *search, IndexRef index, llvm::Value *found);

  // RegionContractions.cpp
  llvm::Value *emitDot(DotOp op, IndexRef index);
  llvm::Value *emitConv(ConvOp op, IndexRef index);
  llvm::Value *emitConvGradInput(ConvGradInputOp op, IndexRef index);
  llvm::Value *emitConvGradWeight(ConvGradWeightOp op, IndexRef index);

  llvm::DenseMap<mlir::Value, Buffer> buffers;
  struct Known {
    Index index;
    llvm::Value *numbers;
  };
  using Knowledge = llvm::DenseMap<mlir::Value, llvm::SmallVector<Known, 2>>;
  llvm::SmallVector<Knowledge> scopes;
  llvm::Value *mask = nullptr;
};

/// Whether `y` wins over `x`, which comes before it: a NaN over every number.
llvm::Value *emitWins(VectorBuilder &b, bool isMax, llvm::Value *y,
                      llvm::Value *x);

/// The first memory that a value reads through element-wise operations only, or
/// null.
const Buffer *firstBuffer(const RegionEmitter &emitter, mlir::Value value);

/// The index of a reduction's operand, from one of its result and one along the
/// reduced axes.
Index insertReduced(IndexRef kept, IndexRef reduced,
                    llvm::ArrayRef<int64_t> dims);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_REGIONEMITTER_H
