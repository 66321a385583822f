//===- Schedules.cpp - how a kernel's pipeline runs -----------------------===//

#include "compiler/backends/halide/Schedules.h"
#include "compiler/backends/halide/ChainBuilder.h"

using namespace gan;
using namespace gan::halide;
using Halide::Func;
using Halide::RVar;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

//===----------------------------------------------------------------------===//
// Without a fold
//===----------------------------------------------------------------------===//

/// Whether a border would be asked for at each of several taps.
static bool hasTaps(const KernelPlan &plan) {
  mlir::Value result = plan.results.front();
  return llvm::any_of(*result.getParentBlock(), [](mlir::Operation &op) {
    return llvm::isa<ConvOp, ConvGradInputOp, WindowSumOp>(op);
  });
}

/// Vectors along the innermost loop, copies of the body for every remainder of
/// a period: conditions on it are then decided when compiling. Borders have
/// code of their own along the innermost loop; along others, where each loop
/// takes three times the code, only if there are taps to gain from it.
static void scheduleElements(Pipeline &pipeline, const KernelPlan &plan) {
  Func &func = pipeline.result;
  auto lanes = int32_t(plan.elementLanes());
  for (auto [dim, loop] : llvm::enumerate(plan.loops)) {
    Var &variable = pipeline.variables[dim];
    if (loop.period > 1 && loop.extent > loop.period) {
      Var remainder(variable.name() + "_remainder");
      func.split(variable, variable, remainder, int32_t(loop.period),
                 TailStrategy::GuardWithIf)
          .unroll(remainder);
    }
    if (dim > 0) {
      if (!hasTaps(plan))
        func.partition(variable, Halide::Partition::Never);
      continue;
    }
    if (!pipeline.canCut)
      func.partition(variable, Halide::Partition::Never);
    if (lanes == 1)
      continue;
    Var inner(variable.name() + "_lanes");
    func.split(variable, variable, inner, lanes, TailStrategy::GuardWithIf)
        .vectorize(inner);
  }
  if (!pipeline.together.defined())
    return;
  // Of one vector at a time.
  Var &innermost = pipeline.variables.front();
  pipeline.together.compute_at(func, innermost)
      .bound_extent(innermost, lanes)
      .store_in(Halide::MemoryType::Stack);
  if (lanes > 1)
    pipeline.together.vectorize(innermost);
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

namespace {
/// The loops of a tile, innermost first, and what goes over tiles.
struct Tiled {
  std::vector<VarOrRVar> inner, outer;
};
} // namespace

/// Takes a function by tiles that are written out.
static Tiled takeTiles(Stage stage, const Pipeline &pipeline,
                       const KernelPlan &plan, bool isResult) {
  Tiled order;
  auto tail = [&](size_t i) {
    return isResult && plan.loops[i].extent % plan.tileOf(i) != 0
               ? TailStrategy::GuardWithIf
               : TailStrategy::RoundUp;
  };
  const Tile &tile = plan.tile;
  std::vector<VarOrRVar> rows;
  for (auto [i, loop] : llvm::enumerate(plan.loops)) {
    Var variable = pipeline.variables[i];
    int64_t size = plan.tileOf(i);
    if (size == 1) {
      order.outer.emplace_back(variable);
      continue;
    }
    Var outer(variable.name() + "_tile"), inner(variable.name() + "_own");
    stage.split(variable, outer, inner, int32_t(size), tail(i));
    order.outer.emplace_back(outer);
    if (i != tile.lanesLoop) {
      stage.unroll(inner);
      rows.emplace_back(inner);
      continue;
    }
    if (tile.vectors > 1) {
      Var lanes(variable.name() + "_lanes");
      stage.split(inner, inner, lanes, int32_t(tile.lanes)).unroll(inner);
      stage.vectorize(lanes);
      order.inner.emplace_back(lanes);
    } else {
      stage.vectorize(inner);
    }
    order.inner.emplace_back(inner);
  }
  order.inner.insert(order.inner.end(), rows.begin(), rows.end());
  return order;
}

static void reorder(Stage stage, std::vector<VarOrRVar> order,
                    const std::vector<VarOrRVar> &outer) {
  order.insert(order.end(), outer.begin(), outer.end());
  if (order.size() > 1)
    stage.reorder(order);
}

std::vector<VarOrRVar> gan::halide::variablesOf(const Halide::RDom &domain) {
  std::vector<VarOrRVar> variables;
  for (int i = 0; domain.defined() && i < domain.dimensions(); ++i)
    variables.emplace_back(RVar(domain[i]));
  return variables;
}

/// Whole tiles are computed, and what only fills up the last one is not stored.
static void fixSize(Func &func, const Pipeline &pipeline,
                    const KernelPlan &plan) {
  for (size_t i = 0; i < plan.loops.size(); ++i)
    func.bound_extent(pipeline.variables[i], int32_t(plan.tileOf(i)));
  func.store_in(Halide::MemoryType::Stack);
}

/// One tile is folded at a time, element after element.
static void scheduleTile(Func &func, const Halide::RDom &domain,
                         const Pipeline &pipeline, const KernelPlan &plan) {
  fixSize(func, pipeline, plan);
  if (pipeline.usesLane) {
    func.vectorize(pipeline.lane);
    std::vector<VarOrRVar> order{pipeline.lane};
    reorder(func.update().vectorize(pipeline.lane), order, variablesOf(domain));
    return;
  }
  takeTiles(Stage(func), pipeline, plan, /*isResult=*/false);
  Stage update = func.update();
  Tiled order = takeTiles(update, pipeline, plan, /*isResult=*/false);
  for (VarOrRVar &step : variablesOf(domain))
    update.partition(step, Halide::Partition::Never);
  // The way of the fold goes around the elements of a tile.
  std::vector<VarOrRVar> whole = order.inner;
  std::vector<VarOrRVar> steps = variablesOf(domain);
  whole.insert(whole.end(), steps.begin(), steps.end());
  reorder(update, whole, order.outer);
}

static void scheduleFold(Pipeline &pipeline, const KernelPlan &plan) {
  Func &result = pipeline.result;
  Tiled order = takeTiles(Stage(result), pipeline, plan, /*isResult=*/true);
  for (VarOrRVar &loop : order.outer)
    Stage(result).partition(loop, Halide::Partition::Never);
  reorder(Stage(result), order.inner, order.outer);
  Halide::LoopLevel level(result, order.outer.front());
  if (pipeline.together.defined()) {
    takeTiles(Stage(pipeline.together), pipeline, plan, /*isResult=*/false);
    fixSize(pipeline.together, pipeline, plan);
    pipeline.together.compute_at(level);
  }
  scheduleTile(pipeline.total,
               pipeline.block.defined() ? pipeline.totalDomain
                                        : pipeline.blockDomain,
               pipeline, plan);
  pipeline.total.compute_at(level);
  if (pipeline.block.defined()) {
    scheduleTile(pipeline.block, pipeline.blockDomain, pipeline, plan);
    if (pipeline.totalDomain.defined())
      pipeline.block.compute_at(pipeline.total, RVar(pipeline.totalDomain[0]));
    else
      pipeline.block.compute_at(level);
  }
  for (Func &half : pipeline.halves)
    half.compute_at(level)
        .store_in(Halide::MemoryType::Stack)
        .vectorize(pipeline.lane);
}

void gan::halide::scheduleForHost(Pipeline &pipeline, const KernelPlan &plan) {
  if (plan.chain)
    scheduleChain(pipeline, plan);
  else if (plan.fold)
    scheduleFold(pipeline, plan);
  else
    scheduleElements(pipeline, plan);
}
