//===- ChainSchedule.cpp - how a chain of filters runs --------------------===//
//
//   for the axes that filters leave alone
//     for tile
//       for number along the sliding axis
//         what is new of each stage, in vectors
//         the results of these numbers
//
// All sizes but those along the sliding axis are fixed: the last part of a tile
// that is smaller is computed, and not read.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/ChainBuilder.h"
#include "llvm/Support/MathExtras.h"

using namespace gan;
using namespace gan::halide;
using Halide::Func;
using Halide::LoopLevel;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

namespace {
/// The loops of the result, innermost first.
struct ResultLoops {
  std::vector<VarOrRVar> inner; // within which stages only are read
  std::vector<VarOrRVar> outer; // the first one computes the stages
};
} // namespace

static ResultLoops splitLoops(Pipeline &pipeline, const KernelPlan &plan) {
  const Chain &chain = *plan.chain;
  Func &result = pipeline.result;
  ResultLoops loops;
  std::vector<VarOrRVar> unrolled, within, tiles, alone;
  for (auto [i, loop] : llvm::enumerate(plan.loops)) {
    Var variable = pipeline.variables[i];
    auto split = [&](const char *name, int64_t size) {
      Var inner(variable.name() + name);
      result.split(variable, variable, inner, int32_t(size),
                   TailStrategy::GuardWithIf);
      return inner;
    };
    if (loop.period > 1) {
      unrolled.emplace_back(split("_phase", loop.period));
      result.unroll(unrolled.back());
    }
    if (chain.tiles[i]) {
      Var own = split("_own", chain.tiles[i]);
      tiles.emplace_back(variable);
      variable = own;
    }
    if (i == 0 && chain.lanes > 1) {
      Var lane = split("_lanes", chain.lanes);
      result.vectorize(lane);
      loops.inner.emplace_back(lane);
    }
    if (chain.tiles[i])
      within.emplace_back(variable);
    else if (i == chain.slidingLoop)
      loops.outer.emplace_back(variable);
    else
      alone.emplace_back(variable);
  }
  for (const auto &more : {unrolled, within})
    loops.inner.insert(loops.inner.end(), more.begin(), more.end());
  for (const auto &more : {tiles, alone})
    loops.outer.insert(loops.outer.end(), more.begin(), more.end());
  return loops;
}

namespace {
/// The numbers of a function that a tile needs, by variables.
struct Part {
  struct Numbers {
    int64_t first = std::numeric_limits<int64_t>::max();
    int64_t last = std::numeric_limits<int64_t>::min();
  };
  std::vector<Numbers> numbers;

  void add(const Pipeline::StageRead &read, const Part &reader) {
    numbers.resize(read.numbers.size());
    for (auto [own, by, other] :
         llvm::zip_equal(numbers, read.numbers, reader.numbers)) {
      own.first = std::min(own.first, other.first * by.scale + by.first);
      own.last = std::max(own.last, other.last * by.scale + by.last);
    }
  }
};
} // namespace

/// The loop that goes along each variable of a stage.
static std::vector<std::optional<size_t>> loopsOf(const KernelPlan &plan) {
  std::vector<std::optional<size_t>> places;
  for (int64_t axis : llvm::reverse(plan.orders.front())) {
    const auto *loop = llvm::find_if(plan.loops, [&](const Loop &loop) {
      return llvm::is_contained(loop.axes, axis);
    });
    places.push_back(loop == plan.loops.end()
                         ? std::nullopt
                         : std::optional<size_t>(loop - plan.loops.begin()));
  }
  return places;
}

/// Whole vectors along the lanes; `part` becomes what is then computed.
static void scheduleStage(Pipeline::StageFunction &stage, Part &part,
                          const KernelPlan &plan) {
  const Chain &chain = *plan.chain;
  Func &function = stage.function;
  for (auto [variable, own, loop] :
       llvm::zip_equal(stage.variables, part.numbers, loopsOf(plan))) {
    int64_t extent = own.last - own.first + 1;
    if (loop && loop == chain.slidingLoop) {
      // What no later number reads makes room.
      function.fold_storage(variable, int32_t(llvm::PowerOf2Ceil(extent)));
      continue;
    }
    bool isInLanes = loop == 0 && chain.lanes > 1;
    if (isInLanes)
      extent = llvm::alignTo(extent, chain.lanes);
    own.last = own.first + extent - 1;
    function.bound_extent(variable, int32_t(extent));
    if (!isInLanes)
      continue;
    Var lane(variable.name() + "_lanes");
    function
        .split(variable, variable, lane, int32_t(chain.lanes),
               TailStrategy::RoundUp)
        .vectorize(lane);
  }
}

void gan::halide::scheduleChain(Pipeline &pipeline, const KernelPlan &plan) {
  ResultLoops loops = splitLoops(pipeline, plan);
  std::vector<VarOrRVar> order(loops.inner);
  order.insert(order.end(), loops.outer.begin(), loops.outer.end());
  if (order.size() > 1)
    pipeline.result.reorder(order);
  for (auto &[table, channel] : pipeline.channelTables) {
    auto lanes = int32_t(plan.chain->lanes);
    table.compute_at(LoopLevel(pipeline.result, loops.outer[1]))
        .bound_extent(channel, lanes)
        .store_in(Halide::MemoryType::Stack);
    if (lanes > 1)
      table.vectorize(channel);
  }
  // Readers come behind what they read.
  std::vector<Part> parts(pipeline.stages.size());
  Part tile;
  for (std::optional<size_t> loop : loopsOf(plan)) {
    int64_t count = loop && plan.chain->tiles[*loop] ? plan.chain->tiles[*loop]
                    : loop == 0                      ? plan.chain->lanes
                                                     : 1;
    tile.numbers.push_back({0, count - 1});
  }
  for (const Pipeline::StageRead &read : pipeline.stageReads)
    parts[read.function].add(read, tile);
  for (size_t i = pipeline.stages.size(); i-- > 0;) {
    Pipeline::StageFunction &stage = pipeline.stages[i];
    scheduleStage(stage, parts[i], plan);
    for (const Pipeline::StageRead &read : stage.reads)
      parts[read.function].add(read, parts[i]);
    // KernelWrapper makes of the heap the thread's workspace.
    stage.function.compute_at(LoopLevel(pipeline.result, loops.outer.front()))
        .store_in(Halide::MemoryType::Heap);
    if (!plan.chain->slidingLoop)
      continue;
    if (loops.outer.size() > 1)
      stage.function.store_at(LoopLevel(pipeline.result, loops.outer[1]));
    else
      stage.function.store_root();
  }
}
