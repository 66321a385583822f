//===- ChainPlan.cpp - filters behind one another in one kernel -----------===//
//
//  1. Go from the results to memory: the rate of every value along every axis,
//     and which of its numbers are read. A value that is reached at two rates
//     ends it.
//  2. What filters read, without the zeros and crops before them, are stages;
//     and so is memory that a stage is made of beside other stages.
//  3. One loop for each axis. The outermost over which stages spread slides,
//     the others are cut into tiles, so that all stages fit into the second
//     cache. What they take at most is the workspace of a thread.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/ChainPlan.h"
#include "compiler/backends/halide/KernelPlan.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace gan;
using namespace gan::halide;
using llvm::ArrayRef;
using llvm::SmallVector;

bool Chain::spreads(int64_t axis) const {
  return phases[axis] > 1 || llvm::any_of(stages, [&](const ChainStage &stage) {
           return stage.spread[axis] > 1 || stage.phases[axis] > 1;
         });
}

namespace {
/// How a value lies along an axis: `up` of its elements for `down` of the
/// result, and the numbers that are read, also those beyond its ends.
struct Reach {
  int64_t up = 1, down = 1, first = 0, last = 0;

  /// Of what is read at n * stride + least … n * stride + most.
  Reach strided(int64_t stride, int64_t least, int64_t most) const {
    return reduced(up * stride, down, first * stride + least,
                   last * stride + most);
  }
  /// Of what is read at (n + least) / step … (n + most) / step.
  Reach divided(int64_t step, int64_t least, int64_t most) const {
    return reduced(up, down * step,
                   llvm::divideFloorSigned(first + least, step),
                   llvm::divideFloorSigned(last + most, step));
  }
  static Reach reduced(int64_t up, int64_t down, int64_t first, int64_t last) {
    int64_t common = std::gcd(up, down);
    return {up / common, down / common, first, last};
  }
};
using Reaches = SmallVector<Reach>;

class ChainAnalysis {
public:
  ChainAnalysis(KernelPlan &plan, mlir::Block &body) : plan(plan), body(body) {}
  bool run();

private:
  bool findFiltered();
  void addCalculated(mlir::Operation &op);
  void findStages();
  bool findReaches(ArrayRef<int64_t> phases);
  bool follow(mlir::Operation *op, const Reaches &reaches);
  bool reach(mlir::Value value, Reaches reaches);
  bool choosePhases();
  bool describeStages();
  void findLoops();
  int64_t bytesOf(const ChainStage &stage, int64_t behind) const;
  int64_t bytesOfStages() const;
  int64_t workspaceBytes() const;
  void chooseTiles();

  bool isMemory(mlir::Value value) const { return plan.views.contains(value); }
  mlir::Value data(mlir::Operation *stencil) const {
    return stencil->getOperand(llvm::isa<ConvGradInputOp>(stencil) ? 1 : 0);
  }
  bool varies(mlir::Value value) const;

  KernelPlan &plan;
  mlir::Block &body;
  Chain chain;
  llvm::DenseSet<int64_t> calculated; // axes that filters, zeros, crops change
  llvm::DenseSet<mlir::Value> filtered; // made by a stencil
  llvm::SetVector<mlir::Value> staged;
  llvm::DenseMap<mlir::Value, Reaches> reached;
};
} // namespace

/// Filters have weights of their own, and nothing else but element-wise
/// operations, zeros and crops stands between them.
bool ChainAnalysis::findFiltered() {
  for (mlir::Operation &op : body.without_terminator()) {
    bool isStencil = kernel::isStencil(&op);
    if (kernel::isRoot(&op) && !isStencil)
      return false;
    bool isBehind = llvm::any_of(op.getOperands(), [&](mlir::Value operand) {
      return filtered.contains(operand);
    });
    if (isBehind && !isStencil && !op.hasTrait<ElementwiseTrait>() &&
        !llvm::isa<PadOp, SliceOp>(op))
      return false;
    if (isStencil)
      for (mlir::Value operand : op.getOperands())
        if (operand != data(&op) && filtered.contains(operand))
          return false;
    if (isBehind || isStencil) {
      filtered.insert(op.result_begin(), op.result_end());
      addCalculated(op);
    }
  }
  return true;
}

void ChainAnalysis::addCalculated(mlir::Operation &op) {
  for (auto [axis, extent] : llvm::enumerate(shapeOf(op.getResult(0)))) {
    bool isChanged = llvm::isa<ConvOp, ConvGradInputOp>(op) && axis >= 2;
    if (auto window = llvm::dyn_cast<WindowSumOp>(op))
      isChanged = window.getWindow()[axis] > 1 || window.getStride()[axis] > 1;
    if (llvm::isa<PadOp, SliceOp>(op))
      isChanged = shapeOf(op.getOperand(0))[axis] != extent;
    if (isChanged)
      calculated.insert(axis);
  }
}

/// Whether elements differ along an axis that is calculated with.
bool ChainAnalysis::varies(mlir::Value value) const {
  auto isLong = [&](int64_t axis) {
    return axis < int64_t(shapeOf(value).size()) && shapeOf(value)[axis] > 1;
  };
  if (isMemory(value))
    return llvm::any_of(calculated, isLong);
  mlir::Operation *op = value.getDefiningOp();
  if (auto broadcast = llvm::dyn_cast<BroadcastOp>(op))
    return llvm::any_of(calculated, [&](int64_t axis) {
      return isLong(axis) && !llvm::is_contained(broadcast.getDims(), axis);
    });
  if (op->hasTrait<ElementwiseTrait>())
    return llvm::any_of(op->getOperands(),
                        [&](mlir::Value operand) { return varies(operand); });
  return !llvm::isa<ConstantOp>(op);
}

void ChainAnalysis::findStages() {
  auto isSplat = [](mlir::Value value) {
    return value.getDefiningOp<ConstantOp>() != nullptr;
  };
  for (mlir::Operation &op : body.without_terminator()) {
    if (!kernel::isStencil(&op))
      continue;
    mlir::Value base = data(&op);
    while (!isMemory(base) && base.getDefiningOp() &&
           llvm::isa<PadOp, SliceOp>(base.getDefiningOp())) {
      chain.made.try_emplace(base, std::nullopt);
      base = base.getDefiningOp()->getOperand(0);
    }
    if (isMemory(base) || !isSplat(base))
      staged.insert(base);
  }
  // What stages are made of, besides what is the same for all their numbers.
  for (size_t i = 0; i < staged.size(); ++i) {
    SmallVector<mlir::Value> work{staged[i]};
    while (!work.empty()) {
      mlir::Value value = work.pop_back_val();
      if (!filtered.contains(value))
        continue;
      mlir::Operation *op = value.getDefiningOp();
      if (kernel::isStencil(op))
        continue; // it reads a stage
      for (mlir::Value operand : op->getOperands()) {
        if (filtered.contains(operand))
          work.push_back(operand);
        else if (varies(operand))
          staged.insert(operand);
      }
    }
  }
}

bool ChainAnalysis::reach(mlir::Value value, Reaches reaches) {
  if (isMemory(value) && !staged.contains(value))
    return true;
  auto [known, isNew] = reached.try_emplace(value, reaches);
  if (isNew)
    return true;
  for (auto [own, other] : llvm::zip_equal(known->second, reaches)) {
    if (own.up != other.up || own.down != other.down)
      return false;
    own.first = std::min(own.first, other.first);
    own.last = std::max(own.last, other.last);
  }
  return true;
}

bool ChainAnalysis::follow(mlir::Operation *op, const Reaches &reaches) {
  Reaches inner;
  auto spatial = [&](GeometryAttr geometry, mlir::Value weight, auto along) {
    inner.assign(reaches.begin(), reaches.begin() + 2);
    for (size_t i = 0; i + 2 < reaches.size(); ++i)
      inner.push_back(
          along(reaches[2 + i], i,
                (shapeOf(weight)[2 + i] - 1) * geometry.getDilation()[i]));
  };
  if (op->hasTrait<ElementwiseTrait>()) {
    for (mlir::Value operand : op->getOperands())
      if (!reach(operand, reaches))
        return false;
    return true;
  }
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](PadOp op) {
        for (auto [axis, own] : llvm::enumerate(reaches))
          inner.push_back(own.divided(op.getInterior()[axis] + 1,
                                      -op.getLow()[axis], -op.getLow()[axis]));
        return reach(op.getInput(), inner);
      })
      .Case([&](SliceOp op) {
        for (auto [axis, own] : llvm::enumerate(reaches))
          inner.push_back(own.strided(op.getStride()[axis], op.getStart()[axis],
                                      op.getStart()[axis]));
        return reach(op.getInput(), inner);
      })
      .Case([&](ConvOp op) {
        GeometryAttr geometry = op.getGeometry();
        spatial(geometry, op.getWeight(),
                [&](const Reach &own, size_t i, int64_t length) {
                  int64_t low = geometry.getLow()[i];
                  return own.strided(geometry.getStride()[i], -low,
                                     length - low);
                });
        return reach(op.getInput(), inner);
      })
      .Case([&](ConvGradInputOp op) {
        GeometryAttr geometry = op.getGeometry();
        spatial(geometry, op.getWeight(),
                [&](const Reach &own, size_t i, int64_t length) {
                  int64_t low = geometry.getLow()[i];
                  return own.divided(geometry.getStride()[i], low - length,
                                     low);
                });
        return reach(op.getOutput(), inner);
      })
      .Case([&](WindowSumOp op) {
        for (auto [axis, own] : llvm::enumerate(reaches))
          inner.push_back(
              own.strided(op.getStride()[axis], 0, op.getWindow()[axis] - 1));
        return reach(op.getInput(), inner);
      })
      .Default([](mlir::Operation *) { return true; });
}

/// From the results, of which whole phases are computed, to memory.
bool ChainAnalysis::findReaches(ArrayRef<int64_t> phases) {
  reached.clear();
  Reaches all;
  for (auto [extent, count] : llvm::zip_equal(plan.shape, phases))
    all.push_back({1, 1, 0, int64_t(llvm::alignTo(extent, count)) - 1});
  for (mlir::Value result : plan.results)
    if (!reach(result, all))
      return false;
  for (mlir::Operation &op : llvm::reverse(body.without_terminator())) {
    auto found = reached.find(op.getResult(0));
    if (found == reached.end() || isMemory(op.getResult(0)))
      continue;
    Reaches reaches = found->second;
    if (!follow(&op, reaches))
      return false;
  }
  return true;
}

/// The fewest phases of the result that leave all values a whole number.
bool ChainAnalysis::choosePhases() {
  chain.phases.assign(plan.shape.size(), 1);
  if (!findReaches(chain.phases))
    return false;
  for (const auto &[value, reaches] : reached)
    for (auto [count, own] : llvm::zip_equal(chain.phases, reaches))
      count = std::lcm(count, own.down);
  // Halide does not see that half of a last group of phases needs no more than
  // a whole one.
  for (auto [extent, count] : llvm::zip_equal(plan.shape, chain.phases))
    if (extent % count != 0)
      return false;
  return findReaches(chain.phases);
}

bool ChainAnalysis::describeStages() {
  constexpr int64_t most = 16;
  auto areFew = [](ArrayRef<int64_t> phases) {
    int64_t count = 1;
    for (int64_t own : phases)
      count *= own;
    return count <= most;
  };
  SmallVector<mlir::Value> order;
  for (mlir::Value argument : body.getArguments())
    if (staged.contains(argument))
      order.push_back(argument);
  for (mlir::Operation &op : body.without_terminator())
    if (staged.contains(op.getResult(0)))
      order.push_back(op.getResult(0));
  for (mlir::Value value : order) {
    auto found = reached.find(value);
    if (found == reached.end())
      continue; // nothing of it counts
    ChainStage stage;
    stage.value = value;
    stage.readsMemory = !filtered.contains(value);
    for (auto [axis, own] : llvm::enumerate(found->second)) {
      int64_t phases = own.up * chain.phases[axis] / own.down;
      int64_t count = llvm::divideCeil(plan.shape[axis], chain.phases[axis]);
      stage.phases.push_back(phases);
      stage.spread.push_back(llvm::divideFloorSigned(own.last, phases) -
                             llvm::divideFloorSigned(own.first, phases) + 2 -
                             count);
      stage.isPadded.push_back(own.first < 0 ||
                               own.last >= shapeOf(value)[axis]);
    }
    if (!areFew(stage.phases))
      return false;
    chain.made[value] = chain.stages.size();
    chain.stages.push_back(std::move(stage));
  }
  for (mlir::Value value : filtered)
    chain.made.try_emplace(value, std::nullopt);
  return areFew(chain.phases) && !chain.stages.empty();
}

void ChainAnalysis::findLoops() {
  for (int64_t axis : llvm::reverse(plan.orders.front()))
    if (plan.shape[axis] > 1 || chain.spreads(axis)) {
      Loop loop{{axis}, plan.shape[axis]};
      loop.period = chain.phases[axis];
      plan.loops.push_back(loop);
    }
  if (plan.loops.empty())
    plan.loops.emplace_back();
  plan.chunkUnit = plan.loops.back().period;
}

/// Of all phases of a stage. Along the lanes, whole vectors are computed of it
/// and of `behind` functions for which it is computed.
int64_t ChainAnalysis::bytesOf(const ChainStage &stage, int64_t behind) const {
  int64_t bytes =
      llvm::divideCeil(elementTypeOf(stage.value).getIntOrFloatBitWidth(), 8);
  for (auto [axis, spread] : llvm::enumerate(stage.spread)) {
    int64_t numbers = spread;
    for (auto [i, loop] : llvm::enumerate(plan.loops)) {
      if (!llvm::is_contained(loop.axes, int64_t(axis)))
        continue;
      if (i == chain.slidingLoop)
        numbers = llvm::PowerOf2Ceil(spread + 1);
      else if (chain.tiles[i])
        numbers = chain.tiles[i] + spread - 1;
      if (i == 0)
        numbers =
            llvm::alignTo(numbers + behind * (chain.lanes - 1), chain.lanes);
    }
    bytes *= numbers * stage.phases[axis];
  }
  return bytes;
}

/// Bytes of all stages at once.
int64_t ChainAnalysis::bytesOfStages() const {
  int64_t bytes = 0;
  for (const ChainStage &stage : chain.stages)
    bytes += bytesOf(stage, 0);
  return bytes;
}

/// No less than what the code takes: a stage of memory that is parted along the
/// lanes is copied first, and each function starts at a multiple of 64 bytes,
/// with as many behind its end.
int64_t ChainAnalysis::workspaceBytes() const {
  int64_t bytes = 0;
  ArrayRef<int64_t> inLanes = plan.loops.front().axes;
  for (auto [i, stage] : llvm::enumerate(chain.stages)) {
    bool isCopied = stage.readsMemory && !inLanes.empty() &&
                    stage.phases[inLanes.front()] > 1;
    int64_t times = isCopied ? 2 : 1, functions = times;
    for (int64_t phases : stage.phases)
      functions *= phases;
    int64_t behind = int64_t(chain.stages.size() - 1 - i);
    bytes += times * bytesOf(stage, behind) + functions * 128;
  }
  return bytes;
}

void ChainAnalysis::chooseTiles() {
  constexpr int64_t room = 256 << 10, longest = 512;
  chain.lanes = plan.elementLanes();
  chain.tiles.assign(plan.loops.size(), 0);
  if (plan.loops.front().axes.empty())
    return;
  // Weights of channels side by side are read in whole vectors.
  if (!chain.spreads(plan.loops.front().axes.front()))
    while (plan.loops.front().extent % chain.lanes != 0)
      chain.lanes /= 2;
  SmallVector<size_t> wide;
  for (auto [i, loop] : llvm::enumerate(plan.loops))
    if (chain.spreads(loop.axes.front()))
      wide.push_back(i);
  if (!wide.empty() && wide.back() != 0) {
    chain.slidingLoop = wide.back();
    wide.pop_back();
  }
  auto numbersOf = [&](size_t i) {
    return int64_t(
        llvm::divideCeil(plan.loops[i].extent, plan.loops[i].period));
  };
  for (size_t i : wide)
    chain.tiles[i] = std::min(numbersOf(i), i == 0 ? longest : longest / 4);
  while (bytesOfStages() > room) {
    auto longestTile = llvm::max_element(chain.tiles);
    if (longestTile == chain.tiles.end() || *longestTile <= 16)
      break;
    *longestTile = (*longestTile + 1) / 2;
  }
  // Tiles of one size, and the first loop's of whole vectors.
  for (size_t i : wide) {
    int64_t count = llvm::divideCeil(numbersOf(i), chain.tiles[i]);
    chain.tiles[i] = llvm::divideCeil(numbersOf(i), count);
    if (i == 0)
      chain.tiles[i] = llvm::alignTo(chain.tiles[i], chain.lanes);
  }
}

bool ChainAnalysis::run() {
  if (!findFiltered())
    return false;
  findStages();
  if (!choosePhases() || !describeStages())
    return false;
  findLoops();
  chooseTiles();
  chain.workspaceBytes = workspaceBytes();
  plan.chain = std::move(chain);
  return true;
}

bool gan::halide::planChain(KernelPlan &plan, mlir::Block &body) {
  return ChainAnalysis(plan, body).run();
}
