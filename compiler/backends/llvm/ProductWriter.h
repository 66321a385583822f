//===- ProductWriter.h - what both ways to compute a product share --------===//

#ifndef COMPILER_BACKENDS_LLVM_PRODUCTWRITER_H
#define COMPILER_BACKENDS_LLVM_PRODUCTWRITER_H

#include "compiler/backends/llvm/ProductEmitter.h"

namespace gan::codegen {

/// Loops, packing of the right operand, and the parts of the workspace: the
/// left operand, the right one, the sums. One unit of work at a time.
class ProductWriter {
public:
  ProductWriter(KernelContext &context, mlir::Operation *root,
                const Contraction &contraction, const ProductPlan &plan,
                llvm::Value *workspace);
  virtual ~ProductWriter() = default;

  int64_t units() const { return c.groups * plan.rowCells * plan.columnCells; }
  void emitUnit(llvm::Value *unit);

protected:
  /// Computes the unit's cell: part `cell` of the rows, panels firstPanel …
  /// lastPanel - 1, of `group`.
  virtual void emitCell(llvm::Value *cell) = 0;

  using Body = llvm::function_ref<void(const IndexExpression &)>;
  llvm::Value *offset(llvm::Value *base, llvm::Value *numbers) {
    return b.CreateGEP(b.getFloatTy(), base, numbers);
  }
  llvm::Value *minimum(llvm::Value *x, llvm::Value *y) {
    return b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, x, y);
  }
  llvm::Value *times(llvm::Value *x, int64_t factor) {
    return b.CreateMul(x, b.getInt64(factor));
  }
  /// low … high - 1, which lie below `extent`.
  void loop(llvm::Value *low, llvm::Value *high, int64_t extent, Body body);
  void loopFrom(llvm::Value *first, llvm::Value *count, int64_t extent,
                Body body) {
    loop(first, b.CreateAdd(first, count), extent, body);
  }
  void forPanels(llvm::function_ref<void(llvm::Value *)> body) {
    b.loop(firstPanel, lastPanel, 1, body);
  }
  /// Part `number` of `parts` equal parts of `total`.
  std::pair<llvm::Value *, llvm::Value *> partOf(llvm::Value *number,
                                                 int64_t parts, int64_t total);

  /// Sixteen neighbours along an axis, or the last few of it.
  struct Lanes {
    IndexExpression index, start;
    int64_t active;
  };
  void loopVectors(llvm::Value *low, llvm::Value *high, int64_t extent,
                   llvm::function_ref<void(const Lanes &)> body);
  llvm::Value *emitAccess(const Access &access) {
    return b.splat(
        region.emitGuarded(access.guards, access.value, access.index));
  }
  void storeVector(llvm::Value *vector, llvm::Value *base, llvm::Value *place) {
    b.CreateAlignedStore(vector, offset(base, place), llvm::Align(4));
  }

  /// A block of the sum: where it begins and how many steps it has.
  struct SumBlock {
    llvm::Value *outer, *inner, *outerCount, *innerCount, *steps;
  };
  void
  loopSteps(const SumBlock &block,
            llvm::function_ref<void(const IndexExpression &,
                                    const IndexExpression &, llvm::Value *)>
                body);
  std::pair<llvm::Value *, llvm::Value *> vectorsOf(llvm::Value *firstPanel,
                                                    llvm::Value *lastPanel);
  llvm::Value *panelPlace(const Lanes &column, int64_t stepsInPanel);
  void packRight(const SumBlock &block, int64_t stepsInPanel);
  void clearSums(llvm::Value *count);
  /// All results of one row in a range of panels; `sumsOf` gives where the sums
  /// of the row in a panel lie.
  void emitRowResults(const IndexExpression &row, llvm::Value *firstPanel,
                      llvm::Value *lastPanel,
                      llvm::function_ref<llvm::Value *(llvm::Value *)> sumsOf);

  KernelContext &context;
  VectorBuilder &b;
  IndexContext &indices;
  RegionEmitter &region;
  mlir::Operation *root;
  const Contraction &c;
  const ProductPlan &plan;
  int64_t panelWidth, panels;
  llvm::Value *left, *right, *sums;
  // Of the current unit.
  IndexExpression group;
  llvm::Value *firstPanel = nullptr, *lastPanel = nullptr;
};

/// Packs blocks of the left operand, one step of the sum beside the other.
std::unique_ptr<ProductWriter>
createPackedWriter(KernelContext &context, mlir::Operation *root,
                   const Contraction &contraction, const ProductPlan &plan,
                   llvm::Value *workspace);
/// Copies blocks of the left operand with a halo, as they lie.
std::unique_ptr<ProductWriter> createHaloWriter(KernelContext &context,
                                                mlir::Operation *root,
                                                const Contraction &contraction,
                                                const ProductPlan &plan,
                                                llvm::Value *workspace);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_PRODUCTWRITER_H
