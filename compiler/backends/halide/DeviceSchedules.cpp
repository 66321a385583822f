//===- DeviceSchedules.cpp - how a pipeline runs on a device --------------===//
//
// All loops of the result are one, which threads share by number: neighbours in
// memory are neighbours in a group. Whatever a result needs is computed by its
// own thread, or by all threads of its group where a fold uses lanes.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/Schedules.h"

using namespace gan;
using namespace gan::halide;
using Halide::DeviceAPI;
using Halide::Func;
using Halide::LoopLevel;
using Halide::MemoryType;
using Halide::RVar;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

constexpr int32_t kThreads = 64;
/// Along one axis of a grid, on every device.
constexpr int64_t kMostGroups = 65535;

/// The number of what is computed, and how many numbers there are. A tile is
/// one thing.
static std::pair<Var, int64_t> fuseLoops(Pipeline &pipeline,
                                         const KernelPlan &plan) {
  Func &result = pipeline.result;
  std::vector<VarOrRVar> order;
  std::vector<Var> outer;
  int64_t count = 1;
  for (auto [i, loop] : llvm::enumerate(plan.loops)) {
    outer.push_back(pipeline.variables[i]);
    auto tile = int32_t(plan.tileOf(i));
    count *= (loop.extent + tile - 1) / tile;
    if (tile == 1)
      continue;
    Var own(outer.back().name() + "_own"), tiles(outer.back().name() + "_tile");
    result.split(outer.back(), tiles, own, tile, TailStrategy::GuardWithIf)
        .unroll(own);
    order.emplace_back(own);
    outer.back() = tiles;
  }
  order.insert(order.end(), outer.begin(), outer.end());
  if (order.size() > 1)
    result.reorder(order);
  Var all = outer.front();
  for (const Var &next : llvm::drop_begin(outer)) {
    Var fused("all_to_" + next.name());
    result.fuse(all, next, fused);
    all = fused;
  }
  return {all, count};
}

/// Makes groups of a loop; their loop is the level at which a group computes.
static LoopLevel takeGroups(Func &result, Var group, int64_t count,
                            DeviceAPI api) {
  // No code of their own for those without a tail.
  result.partition(group, Halide::Partition::Never);
  if (count <= kMostGroups) {
    result.gpu_blocks(group, api);
    return LoopLevel(result, group);
  }
  Var row("group_row"), column("group_column");
  result.split(group, row, column, int32_t(kMostGroups),
               TailStrategy::GuardWithIf);
  result.partition(row, Halide::Partition::Never)
      .partition(column, Halide::Partition::Never);
  result.gpu_blocks(column, row, api);
  return LoopLevel(result, column);
}

/// A function of one tile, at a time.
static void computeTile(Func &func, const Pipeline &pipeline,
                        const KernelPlan &plan, const LoopLevel &level,
                        MemoryType memory) {
  for (size_t i = 0; i < plan.loops.size(); ++i) {
    auto size = int32_t(plan.tileOf(i));
    func.bound_extent(pipeline.variables[i], size);
    if (size > 1)
      func.unroll(pipeline.variables[i]);
  }
  func.compute_at(level).store_in(memory);
}

/// The steps of a fold go around its tile, and lanes around the steps.
static void orderSteps(Func &func, const Halide::RDom &domain,
                       const Pipeline &pipeline, const KernelPlan &plan,
                       bool isTotal) {
  std::vector<VarOrRVar> order;
  for (auto [i, variable] : llvm::enumerate(pipeline.variables))
    if (plan.tileOf(i) > 1) {
      func.update().unroll(variable);
      order.emplace_back(variable);
    }
  for (const VarOrRVar &step : variablesOf(domain))
    order.push_back(step);
  if (pipeline.usesLane && isTotal)
    order.emplace_back(pipeline.lane);
  if (order.size() > 1)
    func.update().reorder(order);
}

static void scheduleFold(Pipeline &pipeline, const KernelPlan &plan,
                         const LoopLevel &level, DeviceAPI api) {
  bool inGroup = pipeline.usesLane;
  Func &total = pipeline.total;
  computeTile(total, pipeline, plan, level,
              inGroup ? MemoryType::GPUShared : MemoryType::Stack);
  orderSteps(total,
             pipeline.block.defined() ? pipeline.totalDomain
                                      : pipeline.blockDomain,
             pipeline, plan, /*isTotal=*/true);
  if (inGroup) {
    total.gpu_threads(pipeline.lane, api);
    total.update().gpu_threads(pipeline.lane, api);
  }
  for (Func &half : pipeline.halves) {
    computeTile(half, pipeline, plan, level, MemoryType::GPUShared);
    half.gpu_threads(pipeline.lane, api);
  }
  if (!pipeline.block.defined())
    return;
  LoopLevel inTotal = level;
  if (pipeline.totalDomain.defined())
    inTotal = LoopLevel(total, RVar(pipeline.totalDomain[0]));
  else if (inGroup)
    inTotal = LoopLevel(total, pipeline.lane);
  computeTile(pipeline.block, pipeline, plan, inTotal, MemoryType::Stack);
  if (inGroup)
    pipeline.block.bound_extent(pipeline.lane, 1);
  orderSteps(pipeline.block, pipeline.blockDomain, pipeline, plan,
             /*isTotal=*/false);
}

void gan::halide::scheduleForDevice(Pipeline &pipeline, const KernelPlan &plan,
                                    DeviceAPI api) {
  auto [number, count] = fuseLoops(pipeline, plan);
  if (pipeline.usesLane)
    return scheduleFold(pipeline, plan,
                        takeGroups(pipeline.result, number, count, api), api);
  Var group("group"), thread("thread");
  pipeline.result.split(number, group, thread, kThreads,
                        TailStrategy::GuardWithIf);
  pipeline.result.gpu_threads(thread, api);
  takeGroups(pipeline.result, group, (count + kThreads - 1) / kThreads, api);
  LoopLevel level(pipeline.result, thread);
  if (pipeline.together.defined())
    computeTile(pipeline.together, pipeline, plan, level, MemoryType::Stack);
  if (pipeline.total.defined())
    scheduleFold(pipeline, plan, level, api);
}
