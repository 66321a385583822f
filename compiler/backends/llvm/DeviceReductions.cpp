//===- DeviceReductions.cpp - reductions by groups of threads -------------===//
//
//  1. The threads of a team take the positions of a walk in turn, so that
//     neighbours read neighbours. Each reduces its own.
//  2. What they found is combined in a tree through shared memory.
//  3. A long walk for few results is cut into parts, one group each; a second
//     launch combines these in order.
//
// Who reduces what depends on shapes only: every run gives the same bits.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/DeviceReductions.h"
#include "compiler/backends/llvm/KernelCost.h"
#include "compiler/backends/llvm/Reduction.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;
using Values = RegionEmitter::Values;

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

constexpr int64_t kThreads = 256; // of a group
constexpr int64_t kGroups = 264;  // that fill a large GPU

/// Which axis of `value` lies outermost in memory, and so on, as far as one
/// argument of the kernel decides that.
static SmallVector<int64_t> memoryOrder(kernel::DefineOp kernel,
                                        mlir::Value value) {
  while (mlir::Operation *op = value.getDefiningOp()) {
    if (!op->hasTrait<ElementwiseTrait>())
      return llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(value).size()));
    value = op->getOperand(0);
  }
  return kernel.getArgumentLayout(
      llvm::cast<mlir::BlockArgument>(value).getArgNumber());
}

static ArrayRef<int64_t> dimsOf(mlir::Operation *op) {
  return op->getAttrOfType<mlir::DenseI64ArrayAttr>("dims").asArrayRef();
}

std::optional<TeamPlan> gan::codegen::planTeams(kernel::DefineOp kernel) {
  TeamPlan plan;
  for (mlir::Operation &op : kernel.getBody().front())
    if (llvm::isa<ReduceSumOp, ReduceMaxOp, ReduceMinOp, MomentsOp>(op))
      plan.roots.push_back(&op);
  if (plan.roots.empty())
    return std::nullopt;
  mlir::Operation *root = plan.roots.front();
  for (mlir::Operation *other : plan.roots)
    if (dimsOf(other) != dimsOf(root) ||
        shapeOf(other->getOperand(0)) != shapeOf(root->getOperand(0)))
      return std::nullopt;
  plan.results = countElements(root->getResult(0).getType());
  for (mlir::Value value : kernel.getTerminator().getValues())
    if (countElements(value.getType()) != plan.results)
      return std::nullopt;
  int64_t elements = countElements(root->getOperand(0).getType());
  if (plan.results == 0 || elements == 0)
    return std::nullopt;
  plan.length = elements / plan.results;

  // The results' axes as the operand has them in memory.
  SmallVector<int64_t> order = memoryOrder(kernel, root->getOperand(0));
  SmallVector<int64_t> kept = llvm::to_vector(
      otherDims(shapeOf(root->getOperand(0)).size(), dimsOf(root)));
  for (int64_t axis : order)
    if (auto *found = llvm::find(kept, axis); found != kept.end())
      plan.order.push_back(found - kept.begin());
  bool innerIsKept = llvm::is_contained(kept, order.back());
  if (plan.length < 32 || (innerIsKept && plan.results >= 65536))
    return std::nullopt;

  int64_t wide = llvm::PowerOf2Ceil(std::min<int64_t>(plan.results, 32));
  plan.team = std::min<int64_t>(llvm::bit_floor(uint64_t(plan.length)),
                                innerIsKept ? kThreads / wide : kThreads);
  plan.across = kThreads / plan.team;
  int64_t groups = llvm::divideCeil(plan.results, plan.across);
  // At least sixteen steps for each thread of a part.
  while (plan.parts < 64 && 2 * plan.parts * groups <= kGroups &&
         plan.length >= 2 * plan.parts * plan.team * 16)
    plan.parts *= 2;
  return plan;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

namespace {
class TeamWriter {
public:
  TeamWriter(DeviceContext &context, const TeamPlan &plan)
      : context(context), b(context.b), indices(context.indices),
        region(context.region), plan(plan) {}

  /// Groups of one part are neighbours.
  int64_t units() const {
    return plan.parts * llvm::divideCeil(plan.results, plan.across);
  }
  void emitGroup(const IndexExpression &unit);
  /// Combines the parts of one result.
  void emitWhole(const IndexExpression &result);

private:
  Index indexOf(const IndexExpression &result);
  Values combine(ArrayRef<Value *> x, ArrayRef<Value *> y);
  Values reduceOwn();
  Values combineTeam(Values own);
  void store(ArrayRef<Value *> all);
  Buffer getParts(size_t number) {
    return context.getScratch(number, {plan.parts, plan.results});
  }

  DeviceContext &context;
  VectorBuilder &b;
  IndexContext &indices;
  RegionEmitter &region;
  const TeamPlan &plan;
  std::vector<std::unique_ptr<Reduction>> reductions;
  // Of the calling thread: its place in the team, its result's place in the
  // group.
  IndexExpression part, member, place;
  Index index; // of the result
};
} // namespace

Index TeamWriter::indexOf(const IndexExpression &result) {
  ArrayRef<int64_t> shape = shapeOf(plan.roots.front()->getResult(0));
  SmallVector<int64_t> extents;
  for (int64_t axis : plan.order)
    extents.push_back(shape[axis]);
  Index own(shape.size());
  for (auto [axis, coordinate] :
       llvm::zip_equal(plan.order, indices.delinearise(result, extents)))
    own[axis] = coordinate;
  return own;
}

/// What all roots carry, one behind the other.
Values TeamWriter::combine(ArrayRef<Value *> x, ArrayRef<Value *> y) {
  Values all;
  for (auto &reduction : reductions) {
    size_t count = reduction->identity().size();
    all.append(reduction->combine(x.slice(all.size(), count),
                                  y.slice(all.size(), count)));
  }
  return all;
}

Values TeamWriter::reduceOwn() {
  // Parts differ by one position at most.
  int64_t least = plan.length / plan.parts, more = plan.length % plan.parts;
  Value *number = b.evaluate(part);
  Value *begin = b.evaluate(part * least), *size = b.index(least);
  if (more) {
    Value *isLonger = b.CreateICmpULT(number, b.index(more));
    begin = b.CreateAdd(begin, b.CreateBinaryIntrinsic(llvm::Intrinsic::smin,
                                                       number, b.index(more)));
    size = b.CreateAdd(size, b.CreateZExt(isLonger, b.getIndexTy()));
  }
  IndexExpression first = indices.makeVariable(plan.length, begin) + member;
  if (plan.parts == 1)
    first = member;
  // Positions member, member + team, … of the part.
  Value *last = b.CreateSub(b.CreateSub(size, b.index(1)), b.evaluate(member));
  Value *steps =
      b.CreateAdd(b.CreateUDiv(last, b.index(plan.team)), b.index(1));
  int64_t most = llvm::divideCeil(least + (more != 0), plan.team);
  Values all;
  for (mlir::Operation *root : plan.roots) {
    reductions.push_back(makeReduction(region, root, index));
    ReductionWalk &walk = reductions.back()->walk;
    walk.first = first;
    walk.stride = plan.team;
    RegionEmitter::Scope scope(region);
    all.append(reductions.back()->reduce(b.index(0), steps, most));
  }
  return all;
}

/// A tree in which member i meets member i + distance.
Values TeamWriter::combineTeam(Values own) {
  SmallVector<Buffer> shared;
  for (mlir::Operation *root : plan.roots)
    for (size_t i = 0, n = llvm::isa<MomentsOp>(root) ? 3 : 1; i < n; ++i)
      shared.push_back(
          context.createShared(elementTypeOf(root->getResult(0)), kThreads));
  auto at = [&](const IndexExpression &who) {
    return who * plan.across + place;
  };
  for (int64_t distance = plan.team / 2; distance > 0; distance /= 2) {
    for (auto [buffer, value] : llvm::zip_equal(shared, own))
      b.store(value, buffer, at(member));
    context.emitBarrier();
    Value *takes = b.isWithin(member, {0, distance - 1});
    auto meet = [&] {
      Values other;
      for (const Buffer &buffer : shared)
        other.push_back(b.load(buffer, at(member + distance)));
      return combine(own, other);
    };
    own = b.branch(takes, meet, [&] { return own; });
    context.emitBarrier();
  }
  return own;
}

void TeamWriter::store(ArrayRef<Value *> all) {
  RegionEmitter::Scope scope(region);
  size_t next = 0;
  for (auto [root, reduction] : llvm::zip_equal(plan.roots, reductions)) {
    size_t count = reduction->identity().size();
    Values results = reduction->finish(all.slice(next, count));
    next += count;
    for (auto [result, value] : llvm::zip_equal(root->getResults(), results))
      region.bind(result, index, value);
  }
  context.emitResults(index, shapeOf(plan.roots.front()->getResult(0)));
}

void TeamWriter::emitGroup(const IndexExpression &unit) {
  int64_t groups = llvm::divideCeil(plan.results, plan.across);
  part = indices.quotient(unit, groups);
  IndexExpression thread = indices.makeVariable(kThreads, context.getThread());
  member = indices.quotient(thread, plan.across);
  place = indices.remainder(thread, plan.across);
  IndexExpression result =
      indices.remainder(unit, groups) * plan.across + place;
  Value *writes = b.isWithin(member, {0, 0});
  // Threads behind the last result compute that one for nothing.
  if (Value *inside = b.isWithin(result, {0, plan.results - 1})) {
    writes = writes ? b.CreateAnd(writes, inside) : inside;
    result = indices.makeVariable(
        plan.results,
        b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b.evaluate(result),
                                b.index(plan.results - 1)));
  }
  index = indexOf(result);
  Values all = combineTeam(reduceOwn());
  auto write = [&] {
    if (plan.parts == 1)
      return store(all);
    for (auto [number, value] : llvm::enumerate(all)) {
      Buffer parts = getParts(number);
      b.store(value, parts, parts.offset({part, result}));
    }
  };
  if (writes)
    b.branch(writes, write);
  else
    write();
}

void TeamWriter::emitWhole(const IndexExpression &result) {
  index = indexOf(result);
  size_t carried = 0;
  for (mlir::Operation *root : plan.roots) {
    reductions.push_back(makeReduction(region, root, index));
    carried += reductions.back()->identity().size();
  }
  auto read = [&](const IndexExpression &part) {
    Values values;
    for (size_t number = 0; number < carried; ++number) {
      Buffer parts = getParts(number);
      values.push_back(b.load(parts, parts.offset({part, result})));
    }
    return values;
  };
  store(b.loop(b.index(1), b.index(plan.parts), 1, read(0),
               [&](Value *part, ArrayRef<Value *> carried) {
                 return combine(carried,
                                read(indices.makeVariable(plan.parts, part)));
               }));
}

llvm::FailureOr<DeviceKernel>
gan::codegen::emitTeams(kernel::DefineOp kernel, llvm::StringRef symbol,
                        const DeviceTarget &target, const TeamPlan &plan) {
  SmallVector<Scratch> scratch;
  if (plan.parts > 1)
    for (mlir::Operation *root : plan.roots)
      for (size_t i = 0, n = llvm::isa<MomentsOp>(root) ? 3 : 1; i < n; ++i)
        scratch.push_back(
            {elementTypeOf(root->getResult(0)), plan.parts * plan.results});
  DeviceKernelWriter writer(kernel, symbol, target, scratch);
  int64_t units = plan.parts * llvm::divideCeil(plan.results, plan.across);
  if (failed(writer.addLaunch(
          kThreads, gridFor(units, 1), [&](DeviceContext &context) {
            TeamWriter teams(context, plan);
            forUnit(context, units, 1, [&](const IndexExpression &unit) {
              teams.emitGroup(unit);
            });
          })))
    return llvm::failure();
  if (plan.parts > 1 &&
      failed(writer.addLaunch(128, gridFor(plan.results, 128),
                              [&](DeviceContext &context) {
                                TeamWriter teams(context, plan);
                                forUnit(context, plan.results, 128,
                                        [&](const IndexExpression &result) {
                                          teams.emitWhole(result);
                                        });
                              })))
    return llvm::failure();
  return writer.take();
}
