//===- ProductEmitter.cpp - the contraction engine ------------------------===//
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

#include "compiler/backends/llvm/ProductEmitter.h"
#include <numeric>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

constexpr unsigned kLanesLog = 4;

namespace {
class ProductEmitter {
public:
  ProductEmitter(KernelContext &context, mlir::Operation *root,
                 const Contraction &contraction, const ProductPlan &plan,
                 Value *workspace)
      : context(context), b(context.b), indices(context.indices),
        region(context.region), root(root), c(contraction), plan(plan),
        panelWidth(plan.tileVectors * kLanes),
        panels(llvm::divideCeil(c.columns, panelWidth)),
        rowBlocks(llvm::divideCeil(c.rows, plan.rowBlock)),
        steps(plan.outerBlock * plan.piece), left(workspace),
        right(offset(left, b.getInt64(plan.leftSize))),
        sums(offset(right, b.getInt64(plan.rightSize))) {}

  int64_t units() const { return c.groups * plan.rowCells * plan.columnCells; }
  void emitUnit(Value *unit);

private:
  using Body = llvm::function_ref<void(const IndexExpression &)>;
  Value *offset(Value *base, Value *numbers) {
    return b.CreateGEP(b.getFloatTy(), base, numbers);
  }
  Value *minimum(Value *x, Value *y) {
    return b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, x, y);
  }
  /// low … high - 1, which lie below `extent`.
  void loop(Value *low, Value *high, int64_t extent, Body body) {
    b.loop(low, high, 1, [&](Value *variable) {
      RegionEmitter::Scope scope(region);
      body(indices.makeVariable(extent, variable));
    });
  }
  void loopFrom(Value *first, Value *count, int64_t extent, Body body) {
    loop(first, b.CreateAdd(first, count), extent, body);
  }
  /// Sixteen neighbours along an axis, or the last few of it.
  struct Lanes {
    IndexExpression index, start;
    int64_t active;
  };
  void loopVectors(Value *low, Value *high, int64_t extent,
                   llvm::function_ref<void(const Lanes &)> body);

  Value *emitAccess(const Access &access) {
    return b.splat(
        region.emitGuarded(access.guards, access.value, access.index));
  }
  void storeVector(Value *vector, Value *base, Value *place) {
    b.CreateAlignedStore(vector, offset(base, place), llvm::Align(4));
  }

  /// A block of the sum: where it begins and how many steps it has.
  struct SumBlock {
    Value *outer, *inner, *outerCount, *innerCount, *steps;
  };
  void loopSumBlocks(llvm::function_ref<void(const SumBlock &)> body);
  void loopSteps(const SumBlock &block,
                 llvm::function_ref<void(const IndexExpression &,
                                         const IndexExpression &, Value *)>
                     body);
  std::pair<Value *, Value *> rowsOf(Value *rowBlock);
  std::pair<Value *, Value *> vectorsOf(Value *firstPanel, Value *lastPanel);
  Value *panelPlace(const Lanes &column, int64_t stepsInPanel);
  void packLeft(const SumBlock &block, Value *rowBlock);
  void packLeftRows(const SumBlock &block, Value *rowBlock);
  void packLeftSteps(const SumBlock &block, Value *rowBlock);
  void packRight(const SumBlock &block, int64_t stepsInPanel);
  void emitTiles(const SumBlock &block, Value *rowBlock, Value *panel);
  void emitTile(Value *leftBase, Value *rightBase, Value *sumBase,
                Value *stepCount);
  void emitEpilogue(Value *rowBlock, Value *firstPanel, Value *lastPanel);
  void clearSums(Value *count);
  Value *sumPlace(Value *rowBlock, Value *panel);
  bool hasManyBlocks() const {
    return c.inner > plan.piece || c.outer > plan.outerBlock;
  }
  /// Numbers from a packed row to the next.
  int64_t leftRowStride() const { return plan.packsRows ? steps + kLanes : 1; }

  KernelContext &context;
  VectorBuilder &b;
  IndexContext &indices;
  RegionEmitter &region;
  mlir::Operation *root;
  const Contraction &c;
  const ProductPlan &plan;
  int64_t panelWidth, panels, rowBlocks, steps; // steps of a block
  Value *left, *right, *sums;
  // Of the current unit.
  IndexExpression group;
  Value *firstRowBlock = nullptr, *lastRowBlock = nullptr;
  Value *firstPanel = nullptr, *lastPanel = nullptr;
};
} // namespace

/// Vectors low … high - 1 of an axis.
void ProductEmitter::loopVectors(Value *low, Value *high, int64_t extent,
                                 llvm::function_ref<void(const Lanes &)> body) {
  int64_t full = extent / kLanes, tail = extent % kLanes;
  if (full)
    loop(low, tail ? minimum(high, b.getInt64(full)) : high, full,
         [&](const IndexExpression &vector) {
           IndexExpression start = vector * kLanes;
           body({start + indices.makeLane(kLanes), start, kLanes});
         });
  if (tail)
    b.branch(b.CreateAnd(b.CreateICmpSLE(low, b.getInt64(full)),
                         b.CreateICmpSGT(high, b.getInt64(full))),
             [&] {
               RegionEmitter::MaskScope scope(region, b.prefixMask(tail));
               IndexExpression start = full * kLanes;
               body({start + indices.makeLane(tail), start, tail});
             });
}

void ProductEmitter::loopSumBlocks(
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
std::pair<Value *, Value *> ProductEmitter::rowsOf(Value *rowBlock) {
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
void ProductEmitter::packLeftRows(const SumBlock &block, Value *rowBlock) {
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
void ProductEmitter::packLeftSteps(const SumBlock &block, Value *rowBlock) {
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

/// All steps of a block, and their place in it. The outer axis runs within:
/// taps of one weight lie side by side.
void ProductEmitter::loopSteps(
    const SumBlock &block,
    llvm::function_ref<void(const IndexExpression &, const IndexExpression &,
                            Value *)>
        body) {
  loopFrom(block.inner, block.innerCount, c.inner,
           [&](const IndexExpression &inner) {
             Value *start = b.CreateSub(b.evaluate(inner), block.inner);
             loopFrom(block.outer, block.outerCount, c.outer,
                      [&](const IndexExpression &outer) {
                        Value *run = b.CreateMul(
                            b.CreateSub(b.evaluate(outer), block.outer),
                            b.getInt64(c.inner));
                        body(outer, inner, b.CreateAdd(run, start));
                      });
           });
}

void ProductEmitter::packLeft(const SumBlock &block, Value *rowBlock) {
  if (plan.packsRows)
    packLeftRows(block, rowBlock);
  else
    packLeftSteps(block, rowBlock);
}

/// Where a vector of columns begins in the packed panels of `steps` steps each.
Value *ProductEmitter::panelPlace(const Lanes &column, int64_t stepsInPanel) {
  IndexExpression vector = indices.quotient(column.start, kLanes);
  Value *panel = b.CreateSub(
      b.evaluate(indices.quotient(vector, plan.tileVectors)), firstPanel);
  return b.CreateAdd(
      b.CreateMul(panel, b.getInt64(stepsInPanel * panelWidth)),
      b.evaluate(indices.remainder(vector, plan.tileVectors) * kLanes));
}

/// The vectors of columns in a range of panels.
std::pair<Value *, Value *> ProductEmitter::vectorsOf(Value *first,
                                                      Value *last) {
  Value *high = b.CreateMul(last, b.getInt64(plan.tileVectors));
  if (plan.tileVectors > 1)
    high = minimum(high, b.getInt64(llvm::divideCeil(c.columns, kLanes)));
  return {b.CreateMul(first, b.getInt64(plan.tileVectors)), high};
}

/// Panels of `panelWidth` columns, step by step.
void ProductEmitter::packRight(const SumBlock &block, int64_t stepsInPanel) {
  auto [low, high] = vectorsOf(firstPanel, lastPanel);
  loopVectors(low, high, c.columns, [&](const Lanes &column) {
    Value *base = offset(right, panelPlace(column, stepsInPanel));
    loopSteps(block, [&](const IndexExpression &outer,
                         const IndexExpression &inner, Value *step) {
      Position at{group, 0, column.index, outer, inner};
      storeVector(emitAccess(c.right(at)), base,
                  b.CreateMul(step, b.getInt64(panelWidth)));
    });
  });
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Registers over one block of the sum. One base pointer for each operand and
/// constant displacements from it.
void ProductEmitter::emitTile(Value *leftBase, Value *rightBase, Value *sumBase,
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
Value *ProductEmitter::sumPlace(Value *rowBlock, Value *panel) {
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

void ProductEmitter::emitTiles(const SumBlock &block, Value *rowBlock,
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

void ProductEmitter::clearSums(Value *count) {
  b.loop(b.getInt64(0), count, kLanes, [&](Value *place) {
    storeVector(llvm::Constant::getNullValue(b.toVector(b.getFloatTy())), sums,
                place);
  });
}

void gan::codegen::emitResult(KernelContext &context, mlir::Operation *op,
                              const Contraction &c, const Position &at,
                              Value *sums, unsigned active) {
  VectorBuilder &b = context.b;
  mlir::Value result = op->getResult(0);
  Index index = c.result(at);
  context.region.bind(result, index, sums);
  Value *mask = nullptr;
  if (c.resultGuards)
    for (const Guard &guard : c.resultGuards(at))
      if (Value *within = b.isWithin(guard.expression, guard.range)) {
        within = b.splat(within);
        mask = mask ? b.CreateAnd(mask, within) : within;
      }
  if (!mask)
    return context.emitResults(index, shapeOf(result), active);
  if (active < kLanes)
    mask = b.CreateAnd(mask, b.prefixMask(active));
  context.emitResultsWhere(mask, index, shapeOf(result));
}

/// Every result from its sum.
void ProductEmitter::emitEpilogue(Value *rowBlock, Value *first, Value *last) {
  auto [firstRow, lastRow] = rowsOf(rowBlock);
  auto [low, high] = vectorsOf(first, last);
  loop(
      firstRow, lastRow, c.rows,
      [&, low = low, high = high,
       firstRow = firstRow](const IndexExpression &row) {
        Value *localRow = b.CreateMul(b.CreateSub(b.evaluate(row), firstRow),
                                      b.getInt64(panelWidth));
        loopVectors(low, high, c.columns, [&](const Lanes &column) {
          IndexExpression vector = indices.quotient(column.start, kLanes);
          Value *base = sumPlace(
              rowBlock, b.evaluate(indices.quotient(vector, plan.tileVectors)));
          Value *place = b.CreateAdd(
              localRow,
              b.evaluate(indices.remainder(vector, plan.tileVectors) * kLanes));
          Value *sum = b.CreateAlignedLoad(b.toVector(b.getFloatTy()),
                                           offset(base, place), llvm::Align(4));
          emitResult(context, root, c, {group, row, column.index, 0, 0}, sum,
                     column.active);
        });
      });
}

//===----------------------------------------------------------------------===//
// Units
//===----------------------------------------------------------------------===//

/// Part `number` of `parts` equal parts of `total`.
static std::pair<Value *, Value *> partOf(VectorBuilder &b, Value *number,
                                          int64_t parts, int64_t total) {
  auto boundary = [&](Value *part) {
    return b.CreateUDiv(b.CreateMul(part, b.getInt64(total)),
                        b.getInt64(parts));
  };
  return {boundary(number), boundary(b.CreateAdd(number, b.getInt64(1)))};
}

void ProductEmitter::emitUnit(Value *unit) {
  IndexExpression number = indices.makeVariable(units(), unit);
  IndexExpression rest = indices.quotient(number, plan.columnCells);
  std::tie(firstPanel, lastPanel) =
      partOf(b, b.evaluate(indices.remainder(number, plan.columnCells)),
             plan.columnCells, panels);
  std::tie(firstRowBlock, lastRowBlock) =
      partOf(b, b.evaluate(indices.remainder(rest, plan.rowCells)),
             plan.rowCells, rowBlocks);
  group = indices.quotient(rest, plan.rowCells);

  auto forPanels = [&](llvm::function_ref<void(Value *)> body) {
    b.loop(firstPanel, lastPanel, 1, body);
  };
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

void gan::codegen::emitProducts(KernelContext &context, mlir::Operation *op,
                                const ProductsPlan &plan) {
  VectorBuilder &b = context.b;
  SmallVector<Contraction> contractions =
      makeContractions(op, plan.sides, context.indices);
  std::pair<Value *, Value *> share = context.shareOf(plan.units);
  Value *workspace = context.getWorkspace();
  int64_t first = 0;
  for (auto [contraction, product] :
       llvm::zip_equal(contractions, plan.products)) {
    ProductEmitter emitter(context, op, contraction, product, workspace);
    int64_t last = first + emitter.units();
    auto clamped = [&](Value *unit) {
      unit = b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, unit,
                                     b.getInt64(first));
      unit = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, unit,
                                     b.getInt64(last));
      return b.CreateSub(unit, b.getInt64(first));
    };
    b.loop(clamped(share.first), clamped(share.second), 1, [&](Value *unit) {
      RegionEmitter::Scope scope(context.region);
      emitter.emitUnit(unit);
    });
    first = last;
  }
}
