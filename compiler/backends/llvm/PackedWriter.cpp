//===- PackedWriter.cpp - products from packed blocks ---------------------===//
//
//   for each unit (group, range of row blocks, range of column panels)
//     [pack the right operand's panels for all of the sum]
//     for row block, for block of the sum
//       pack the left operand: producers and padding are evaluated here, once
//       [pack the right operand's panels for this block]
//       for panel, for tile of the row block
//         registers = sum of products over the block
//         add them to the sums in the workspace
//     for row, for panel: the result from its sum, through the epilogue, stored
//
// A block of the left operand stays in the second cache, a panel of the right
// one in the first. Blocks of the sum start from zero and are added in order,
// so the bits depend on shapes only. Rows and columns beyond the end are
// computed from whatever lies in the workspace and never stored.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/ProductWriter.h"
#include <numeric>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

constexpr unsigned kLanesLog = 4;

namespace {
class PackedWriter final : public ProductWriter {
public:
  PackedWriter(KernelContext &context, mlir::Operation *root,
               const Contraction &contraction, const ProductPlan &plan,
               Value *workspace)
      : ProductWriter(context, root, contraction, plan, workspace),
        rowBlocks(llvm::divideCeil(c.rows, plan.rowBlock)),
        steps(plan.outerBlock * plan.piece) {}

private:
  void emitCell(Value *cell) override;
  void loopSumBlocks(llvm::function_ref<void(const SumBlock &)> body);
  std::pair<Value *, Value *> rowsOf(Value *rowBlock);
  void packLeft(const SumBlock &block, Value *rowBlock);
  void packLeftRows(const SumBlock &block, Value *rowBlock);
  void packLeftSteps(const SumBlock &block, Value *rowBlock);
  void emitTiles(const SumBlock &block, Value *rowBlock, Value *panel);
  void emitTile(Value *leftBase, Value *rightBase, Value *sumBase,
                Value *stepCount);
  void emitEpilogue(Value *rowBlock, Value *firstPanel, Value *lastPanel);
  Value *sumPlace(Value *rowBlock, Value *panel);
  bool hasManyBlocks() const {
    return c.inner > plan.piece || c.outer > plan.outerBlock;
  }
  /// Numbers from a packed row to the next.
  int64_t leftRowStride() const { return plan.packsRows ? steps + kLanes : 1; }

  int64_t rowBlocks, steps; // steps of a block
  // Of the current unit.
  Value *firstRowBlock = nullptr, *lastRowBlock = nullptr;
};
} // namespace

void PackedWriter::loopSumBlocks(
    llvm::function_ref<void(const SumBlock &)> body) {
  auto clipped = [&](Value *first, int64_t size, int64_t extent) -> Value * {
    if (extent % size == 0)
      return b.getInt64(size);
    return minimum(b.getInt64(size), b.CreateSub(b.getInt64(extent), first));
  };
  b.loop(
      b.getInt64(0), b.getInt64(c.outer), plan.outerBlock, [&](Value *outer) {
        b.loop(b.getInt64(0), b.getInt64(c.inner), plan.piece,
               [&](Value *inner) {
                 RegionEmitter::Scope scope(region);
                 SumBlock block{outer, inner,
                                clipped(outer, plan.outerBlock, c.outer),
                                clipped(inner, plan.piece, c.inner), nullptr};
                 block.steps = b.CreateMul(block.outerCount, block.innerCount);
                 body(block);
               });
      });
}

/// Rows of a block: from the first to below the second.
std::pair<Value *, Value *> PackedWriter::rowsOf(Value *rowBlock) {
  Value *first = b.CreateMul(rowBlock, b.getInt64(plan.rowBlock));
  Value *last = b.CreateAdd(first, b.getInt64(plan.rowBlock));
  if (c.rows % plan.rowBlock != 0)
    last = minimum(last, b.getInt64(c.rows));
  return {first, last};
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

/// Row by row: vectors along the sum's inner axis. A run's last vector may
/// reach into the next run, which is written later, or into the gap behind the
/// row.
void PackedWriter::packLeftRows(const SumBlock &block, Value *rowBlock) {
  auto [firstRow, lastRow] = rowsOf(rowBlock);
  Value *low = b.CreateLShr(block.inner, b.getInt64(kLanesLog));
  Value *high = b.CreateAdd(
      low, b.CreateLShr(b.CreateAdd(block.innerCount, b.getInt64(kLanes - 1)),
                        b.getInt64(kLanesLog)));
  loop(firstRow, lastRow, c.rows,
       [&, first = firstRow](const IndexExpression &row) {
         Value *rowBase =
             offset(left, b.CreateMul(b.CreateSub(b.evaluate(row), first),
                                      b.getInt64(leftRowStride())));
         loopFrom(block.outer, block.outerCount, c.outer,
                  [&](const IndexExpression &outer) {
                    Value *run = b.CreateSub(
                        b.CreateMul(b.CreateSub(b.evaluate(outer), block.outer),
                                    b.getInt64(c.inner)),
                        block.inner);
                    loopVectors(low, high, c.inner, [&](const Lanes &inner) {
                      Position at{group, row, 0, outer, inner.index};
                      storeVector(emitAccess(c.left(at)), rowBase,
                                  b.CreateAdd(run, b.evaluate(inner.start)));
                    });
                  });
       });
}

/// Step by step of the sum: vectors along the rows.
void PackedWriter::packLeftSteps(const SumBlock &block, Value *rowBlock) {
  int64_t vectors = plan.rowBlock / kLanes;
  Value *low = b.CreateMul(rowBlock, b.getInt64(vectors));
  Value *high = minimum(b.CreateAdd(low, b.getInt64(vectors)),
                        b.getInt64(llvm::divideCeil(c.rows, kLanes)));
  Value *firstRow = b.CreateMul(rowBlock, b.getInt64(plan.rowBlock));
  loopSteps(block, [&](const IndexExpression &outer,
                       const IndexExpression &inner, Value *step) {
    Value *place =
        b.CreateSub(b.CreateMul(step, b.getInt64(plan.rowBlock)), firstRow);
    loopVectors(low, high, c.rows, [&](const Lanes &row) {
      Position at{group, row.index, 0, outer, inner};
      storeVector(emitAccess(c.left(at)), left,
                  b.CreateAdd(place, b.evaluate(row.start)));
    });
  });
}

void PackedWriter::packLeft(const SumBlock &block, Value *rowBlock) {
  if (plan.packsRows)
    packLeftRows(block, rowBlock);
  else
    packLeftSteps(block, rowBlock);
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Registers over one block of the sum. One base pointer for each operand and
/// constant displacements from it.
void PackedWriter::emitTile(Value *leftBase, Value *rightBase, Value *sumBase,
                            Value *stepCount) {
  int64_t rowStride = leftRowStride();
  int64_t stepStride = plan.packsRows ? 1 : plan.rowBlock;
  // All possible numbers of steps are multiples of this.
  int64_t unroll = 4;
  for (int64_t count :
       {plan.piece * plan.outerBlock, (c.inner % plan.piece) * plan.outerBlock,
        (c.outer % plan.outerBlock) * plan.piece})
    unroll = std::gcd(unroll, count);
  llvm::VectorType *type = b.toVector(b.getFloatTy());
  SmallVector<Value *> zeros(plan.tileRows * plan.tileVectors,
                             llvm::Constant::getNullValue(type));
  auto load = [&](llvm::Type *type, Value *base, Value *step, int64_t scale,
                  int64_t displacement) -> Value * {
    Value *at =
        b.CreateGEP(b.getFloatTy(), base, b.CreateMul(step, b.getInt64(scale)));
    return b.CreateAlignedLoad(
        type, b.CreateConstGEP1_64(b.getFloatTy(), at, displacement),
        llvm::Align(4));
  };
  SmallVector<Value *> products =
      b.loop(b.getInt64(0), stepCount, unroll, zeros,
             [&](Value *step, ArrayRef<Value *> carried) {
               SmallVector<Value *> next(carried);
               for (int64_t u = 0; u < unroll; ++u) {
                 SmallVector<Value *> vectors;
                 for (int64_t v = 0; v < plan.tileVectors; ++v)
                   vectors.push_back(load(type, rightBase, step, panelWidth,
                                          u * panelWidth + v * kLanes));
                 for (int64_t row = 0; row < plan.tileRows; ++row) {
                   Value *factor =
                       b.splat(load(b.getFloatTy(), leftBase, step, stepStride,
                                    row * rowStride + u * stepStride));
                   for (int64_t v = 0; v < plan.tileVectors; ++v) {
                     Value *&sum = next[row * plan.tileVectors + v];
                     sum = b.multiplyAdd(factor, vectors[v], sum);
                   }
                 }
               }
               return next;
             });
  for (auto [i, product] : llvm::enumerate(products)) {
    Value *place = b.CreateConstGEP1_64(b.getFloatTy(), sumBase, i * kLanes);
    if (hasManyBlocks())
      product = b.CreateFAdd(product,
                             b.CreateAlignedLoad(type, place, llvm::Align(4)));
    b.CreateAlignedStore(product, place, llvm::Align(4));
  }
}

/// The sums of a panel: of one row block, or of all of the unit's.
Value *PackedWriter::sumPlace(Value *rowBlock, Value *panel) {
  if (!hasManyBlocks())
    return sums;
  Value *place = b.CreateSub(panel, firstPanel);
  if (!plan.keepsRight) {
    Value *count = b.CreateSub(lastRowBlock, firstRowBlock);
    place = b.CreateAdd(b.CreateMul(place, count),
                        b.CreateSub(rowBlock, firstRowBlock));
  }
  return offset(sums,
                b.CreateMul(place, b.getInt64(plan.rowBlock * panelWidth)));
}

void PackedWriter::emitTiles(const SumBlock &block, Value *rowBlock,
                             Value *panel) {
  int64_t stepsInPanel = plan.keepsRight ? c.sum() : steps;
  Value *place = b.CreateMul(b.CreateSub(panel, firstPanel),
                             b.getInt64(stepsInPanel * panelWidth));
  if (plan.keepsRight) {
    Value *step =
        b.CreateAdd(b.CreateMul(block.outer, b.getInt64(c.inner)), block.inner);
    place = b.CreateAdd(place, b.CreateMul(step, b.getInt64(panelWidth)));
  }
  Value *rightBase = offset(right, place);
  Value *sumBase = sumPlace(rowBlock, panel);
  auto [firstRow, lastRow] = rowsOf(rowBlock);
  b.loop(b.getInt64(0), b.CreateSub(lastRow, firstRow), plan.tileRows,
         [&](Value *row) {
           emitTile(offset(left, b.CreateMul(row, b.getInt64(leftRowStride()))),
                    rightBase,
                    offset(sumBase, b.CreateMul(row, b.getInt64(panelWidth))),
                    block.steps);
         });
}

/// Every result from its sum.
void PackedWriter::emitEpilogue(Value *rowBlock, Value *first, Value *last) {
  auto [firstRow, lastRow] = rowsOf(rowBlock);
  loop(firstRow, lastRow, c.rows,
       [&, firstRow = firstRow](const IndexExpression &row) {
         Value *localRow =
             times(b.CreateSub(b.evaluate(row), firstRow), panelWidth);
         emitRowResults(row, first, last, [&](Value *panel) {
           return offset(sumPlace(rowBlock, panel), localRow);
         });
       });
}

//===----------------------------------------------------------------------===//
// Units
//===----------------------------------------------------------------------===//

void PackedWriter::emitCell(Value *cell) {
  std::tie(firstRowBlock, lastRowBlock) =
      partOf(cell, plan.rowCells, rowBlocks);
  auto forRowBlocks = [&](llvm::function_ref<void(Value *)> body) {
    b.loop(firstRowBlock, lastRowBlock, 1, body);
  };
  Value *blockSums = b.CreateMul(b.CreateSub(lastPanel, firstPanel),
                                 b.getInt64(plan.rowBlock * panelWidth));
  if (c.sum() == 0) {
    clearSums(b.getInt64(plan.rowBlock * panelWidth));
    forRowBlocks([&](Value *rowBlock) {
      emitEpilogue(rowBlock, firstPanel, lastPanel);
    });
    return;
  }
  if (plan.keepsRight) {
    packRight({b.getInt64(0), b.getInt64(0), b.getInt64(c.outer),
               b.getInt64(c.inner), b.getInt64(c.sum())},
              c.sum());
    forRowBlocks([&](Value *rowBlock) {
      if (hasManyBlocks())
        clearSums(blockSums);
      loopSumBlocks([&](const SumBlock &block) {
        packLeft(block, rowBlock);
        forPanels([&](Value *panel) {
          emitTiles(block, rowBlock, panel);
          if (!hasManyBlocks())
            emitEpilogue(rowBlock, panel, b.CreateAdd(panel, b.getInt64(1)));
        });
      });
      if (hasManyBlocks())
        emitEpilogue(rowBlock, firstPanel, lastPanel);
    });
    return;
  }
  clearSums(b.CreateMul(blockSums, b.CreateSub(lastRowBlock, firstRowBlock)));
  loopSumBlocks([&](const SumBlock &block) {
    packRight(block, steps);
    forRowBlocks([&](Value *rowBlock) {
      packLeft(block, rowBlock);
      forPanels([&](Value *panel) { emitTiles(block, rowBlock, panel); });
    });
  });
  forRowBlocks(
      [&](Value *rowBlock) { emitEpilogue(rowBlock, firstPanel, lastPanel); });
}

std::unique_ptr<ProductWriter>
gan::codegen::createPackedWriter(KernelContext &context, mlir::Operation *root,
                                 const Contraction &contraction,
                                 const ProductPlan &plan, Value *workspace) {
  return std::make_unique<PackedWriter>(context, root, contraction, plan,
                                        workspace);
}
