//===- ProductWriter.cpp - what both ways to compute a product share ------===//

#include "compiler/backends/llvm/ProductWriter.h"

using namespace gan;
using namespace gan::codegen;
using llvm::Value;

ProductWriter::ProductWriter(KernelContext &context, mlir::Operation *root,
                             const Contraction &contraction,
                             const ProductPlan &plan, Value *workspace)
    : context(context), b(context.b), indices(context.indices),
      region(context.region), root(root), c(contraction), plan(plan),
      panelWidth(plan.tileVectors * kLanes),
      panels(llvm::divideCeil(c.columns, panelWidth)), left(workspace),
      right(offset(left, b.getInt64(plan.leftSize))),
      sums(offset(right, b.getInt64(plan.rightSize))) {}

void ProductWriter::loop(Value *low, Value *high, int64_t extent, Body body) {
  b.loop(low, high, 1, [&](Value *variable) {
    RegionEmitter::Scope scope(region);
    body(indices.makeVariable(extent, variable));
  });
}

/// Vectors low … high - 1 of an axis.
void ProductWriter::loopVectors(Value *low, Value *high, int64_t extent,
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

//===----------------------------------------------------------------------===//
// The right operand
//===----------------------------------------------------------------------===//

/// All steps of a block, and their place in it. The outer axis runs within:
/// taps of one weight lie side by side.
void ProductWriter::loopSteps(
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

/// Where a vector of columns begins in the packed panels of `steps` steps each.
Value *ProductWriter::panelPlace(const Lanes &column, int64_t stepsInPanel) {
  IndexExpression vector = indices.quotient(column.start, kLanes);
  Value *panel = b.CreateSub(
      b.evaluate(indices.quotient(vector, plan.tileVectors)), firstPanel);
  return b.CreateAdd(
      b.CreateMul(panel, b.getInt64(stepsInPanel * panelWidth)),
      b.evaluate(indices.remainder(vector, plan.tileVectors) * kLanes));
}

/// The vectors of columns in a range of panels.
std::pair<Value *, Value *> ProductWriter::vectorsOf(Value *first,
                                                     Value *last) {
  Value *high = b.CreateMul(last, b.getInt64(plan.tileVectors));
  if (plan.tileVectors > 1)
    high = minimum(high, b.getInt64(llvm::divideCeil(c.columns, kLanes)));
  return {b.CreateMul(first, b.getInt64(plan.tileVectors)), high};
}

/// Panels of `panelWidth` columns, step by step.
void ProductWriter::packRight(const SumBlock &block, int64_t stepsInPanel) {
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
// Sums and units
//===----------------------------------------------------------------------===//

void ProductWriter::clearSums(Value *count) {
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

void ProductWriter::emitRowResults(
    const IndexExpression &row, Value *first, Value *last,
    llvm::function_ref<Value *(Value *)> sumsOf) {
  auto [low, high] = vectorsOf(first, last);
  loopVectors(low, high, c.columns, [&](const Lanes &column) {
    IndexExpression vector = indices.quotient(column.start, kLanes);
    Value *base =
        sumsOf(b.evaluate(indices.quotient(vector, plan.tileVectors)));
    Value *place =
        b.evaluate(indices.remainder(vector, plan.tileVectors) * kLanes);
    Value *sum = b.CreateAlignedLoad(b.toVector(b.getFloatTy()),
                                     offset(base, place), llvm::Align(4));
    emitResult(context, root, c, {group, row, column.index, 0, 0}, sum,
               column.active);
  });
}

std::pair<Value *, Value *> ProductWriter::partOf(Value *number, int64_t parts,
                                                  int64_t total) {
  auto boundary = [&](Value *part) {
    return b.CreateUDiv(times(part, total), b.getInt64(parts));
  };
  return {boundary(number), boundary(b.CreateAdd(number, b.getInt64(1)))};
}

void ProductWriter::emitUnit(Value *unit) {
  IndexExpression number = indices.makeVariable(units(), unit);
  IndexExpression rest = indices.quotient(number, plan.columnCells);
  std::tie(firstPanel, lastPanel) =
      partOf(b.evaluate(indices.remainder(number, plan.columnCells)),
             plan.columnCells, panels);
  group = indices.quotient(rest, plan.rowCells);
  emitCell(b.evaluate(indices.remainder(rest, plan.rowCells)));
}

void gan::codegen::emitProducts(KernelContext &context, mlir::Operation *op,
                                const ProductsPlan &plan) {
  VectorBuilder &b = context.b;
  std::vector<Contraction> contractions =
      makeContractions(op, plan.sides, context.indices);
  std::pair<Value *, Value *> share = context.shareOf(plan.units);
  Value *workspace = context.getWorkspace();
  int64_t first = 0;
  for (auto [contraction, product] :
       llvm::zip_equal(contractions, plan.products)) {
    std::unique_ptr<ProductWriter> writer =
        (product.halo ? createHaloWriter : createPackedWriter)(
            context, op, contraction, product, workspace);
    int64_t last = first + writer->units();
    auto clamped = [&](Value *unit) {
      unit = b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, unit,
                                     b.getInt64(first));
      unit = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, unit,
                                     b.getInt64(last));
      return b.CreateSub(unit, b.getInt64(first));
    };
    b.loop(clamped(share.first), clamped(share.second), 1, [&](Value *unit) {
      RegionEmitter::Scope scope(context.region);
      writer->emitUnit(unit);
    });
    first = last;
  }
}
