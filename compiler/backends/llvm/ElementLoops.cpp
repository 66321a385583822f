//===- ElementLoops.cpp - kernels that go element by element --------------===//
//
// The elements of a tensor are cut into units: vectors of sixteen along the
// innermost axes in memory, or single elements. A chunk takes a run of units.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/ElementLoops.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include <cmath>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

/// The elements begin … end of a row: vectors, then one by one.
void gan::codegen::emitRow(KernelContext &context) {
  VectorBuilder &b = context.b;
  IndexContext &indices = context.indices;
  RegionEmitter &region = context.region;
  Value *begin = context.begin, *end = context.end;
  int64_t shape[] = {mlir::ShapedType::kDynamic};
  constexpr int64_t longest = int64_t(1) << 40;
  Value *vectors = b.CreateAnd(b.CreateSub(end, begin), b.getInt64(-16));
  Value *middle = b.CreateAdd(begin, vectors);
  b.loop(begin, middle, kLanes, [&](Value *variable) {
    RegionEmitter::Scope scope(region);
    context.emitResults({indices.makeVariable(Range{0, longest}, variable) +
                         indices.makeLane(kLanes)},
                        shape);
  });
  b.loop(middle, end, 1, [&](Value *variable) {
    RegionEmitter::Scope scope(region);
    context.emitResults({indices.makeVariable(Range{0, longest}, variable)},
                        shape);
  });
}

Walk gan::codegen::walkOfResults(kernel::DefineOp kernel) {
  Walk walk;
  walk.shape = llvm::to_vector(
      llvm::cast<mlir::RankedTensorType>(kernel.getResultTypes()[0])
          .getShape());
  walk.layout = kernel.getResultLayout(0);
  return walk;
}

WalkBody gan::codegen::storeResults(kernel::DefineOp kernel) {
  SmallVector<int64_t> shape = walkOfResults(kernel).shape;
  return [shape](KernelFunction &context, IndexRef index, unsigned active) {
    context.emitResults(index, shape, active);
  };
}

void gan::codegen::emitWalk(KernelContext &context, const Walk &walk,
                            const WalkBody &body) {
  VectorBuilder &b = context.b;
  IndexContext &indices = context.indices;
  RegionEmitter &region = context.region;
  int64_t outer = walk.count(false), inner = walk.count(true);
  int64_t full = walk.inner ? inner / kLanes : 1;
  int64_t tail = walk.inner ? inner % kLanes : 0;
  int64_t perRun = full + (tail != 0), units = outer * perRun;
  std::pair<Value *, Value *> share = context.shareOf(units);
  Value *low = share.first, *high = share.second;
  auto at = [&](const IndexExpression &run, const IndexExpression &position,
                unsigned active) {
    Index parts = indices.delinearise(run, walk.extents(false));
    parts.append(indices.delinearise(position, walk.extents(true)));
    Index index(walk.shape.size());
    for (auto [axis, part] : llvm::zip_equal(walk.layout, parts))
      index[axis] = part;
    body(context, index, active);
  };
  auto block = [&](const IndexExpression &run, const IndexExpression &number,
                   int64_t active) {
    if (walk.inner == 0 || inner == 1)
      return at(run, 0, kLanes);
    at(run, number * kLanes + indices.makeLane(active), active);
  };
  auto blocks = [&](const IndexExpression &run, Value *first, Value *last) {
    Value *end = last;
    if (tail)
      end = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, last,
                                    b.getInt64(full));
    if (full)
      b.loop(first, end, 1, [&](Value *variable) {
        RegionEmitter::Scope scope(region);
        block(run, indices.makeVariable(full, variable), kLanes);
      });
    if (tail)
      b.branch(b.CreateICmpSGT(last, b.getInt64(full)), [&] {
        RegionEmitter::Scope scope(region);
        block(run, full, tail);
      });
  };
  if (outer == 1)
    return blocks(0, low, high);
  if (perRun == 1) {
    b.loop(low, high, 1, [&](Value *variable) {
      RegionEmitter::Scope scope(region);
      IndexExpression run = indices.makeVariable(outer, variable);
      block(run, 0, tail ? tail : kLanes);
    });
    return;
  }
  // The share may begin and end within a run.
  Value *firstRun = b.CreateUDiv(low, b.getInt64(perRun));
  Value *lastRun = b.CreateUDiv(b.CreateAdd(high, b.getInt64(perRun - 1)),
                                b.getInt64(perRun));
  b.loop(firstRun, lastRun, 1, [&](Value *variable) {
    RegionEmitter::Scope scope(region);
    Value *start = b.CreateMul(variable, b.getInt64(perRun));
    Value *first = b.CreateBinaryIntrinsic(
        llvm::Intrinsic::smax, b.CreateSub(low, start), b.getInt64(0));
    Value *last = b.CreateBinaryIntrinsic(
        llvm::Intrinsic::smin, b.CreateSub(high, start), b.getInt64(perRun));
    blocks(indices.makeVariable(outer, variable), first, last);
  });
}

//===----------------------------------------------------------------------===//
// Which axis becomes the vector
//===----------------------------------------------------------------------===//

/// The accesses of one index. The code is made and thrown away.
static AccessCounts countAccesses(kernel::DefineOp kernel,
                                  const CpuTarget &target,
                                  llvm::LLVMContext &context, const Walk &walk,
                                  const WalkBody &body) {
  llvm::Module scratch("trial", context);
  KernelContext trial(kernel, "trial", target, scratch);
  emitWalk(trial, walk, body);
  return trial.b.accesses;
}

/// Relative time per index.
static double costOf(const AccessCounts &counts, const Walk &walk) {
  double cost =
      counts.contiguous + 12.0 * counts.scattered + 0.6 * counts.uniform;
  if (walk.inner == 0)
    return counts.contiguous + counts.scattered ? cost / kLanes : cost;
  int64_t inner = walk.count(true);
  // A tail was counted beside the loop.
  if (inner % kLanes != 0 && inner > kLanes)
    cost /= 2;
  return cost * llvm::divideCeil(inner, kLanes) / inner;
}

bool gan::codegen::hasNeighbours(kernel::DefineOp kernel, int64_t count) {
  llvm::LLVMContext context;
  Walk walk = walkOfResults(kernel);
  WalkBody body = storeResults(kernel);
  CpuTarget target = baselineTarget();
  for (walk.inner = 1; walk.inner <= walk.shape.size(); ++walk.inner)
    if (walk.count(true) % count == 0 &&
        countAccesses(kernel, target, context, walk, body).scattered == 0)
      return true;
  return false;
}

WalkCost gan::codegen::chooseInner(Walk &walk, const WalkBody &body,
                                   kernel::DefineOp kernel,
                                   const CpuTarget &target,
                                   llvm::Module &module) {
  unsigned best = 0;
  WalkCost lowest;
  lowest.index = INFINITY;
  for (unsigned inner = walk.shape.size() + 1; inner-- > 0;) {
    walk.inner = inner;
    AccessCounts counts =
        countAccesses(kernel, target, module.getContext(), walk, body);
    double found = costOf(counts, walk);
    if (found < lowest.index) {
      lowest = {found, counts};
      best = inner;
    }
  }
  walk.inner = best;
  return lowest;
}
