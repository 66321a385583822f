//===- KernelPlan.cpp - how a kernel becomes one Halide pipeline ----------===//
//
//  1. Look through reshapes at what lies in memory.
//  2. Follow every axis of the result, and every axis of a fold, through the
//     region to memory (AxisAnalysis).
//  3. Join axes that nothing calculates with and that lie side by side in all
//     memory: what remains are the loops.
//     A chain of filters has a plan of its own (ChainPlan).
//  4. Of a fold, choose the loop that goes along the lanes by what its memory
//     looks like from there, and a tile of elements that share what they read.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/KernelPlan.h"
#include "compiler/backends/halide/AxisAnalysis.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <numeric>

using namespace gan;
using namespace gan::halide;
using llvm::ArrayRef;
using llvm::SmallVector;

static int64_t product(ArrayRef<int64_t> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), int64_t(1),
                         std::multiplies<>());
}

SmallVector<int64_t> View::strides() const {
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (int64_t axis : llvm::reverse(order)) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

int64_t KernelPlan::countFolded() const { return product(foldExtents); }

int64_t KernelPlan::elementLanes() const {
  int64_t lanes = kLanes;
  while (lanes > 1 && lanes > loops.front().extent / loops.front().period)
    lanes /= 2;
  return lanes < kFewestLanes ? 1 : lanes;
}

int64_t KernelPlan::tileOf(size_t loop) const {
  if (loop == tile.lanesLoop)
    return tile.lanes * tile.vectors;
  return loop == tile.rowsLoop ? tile.rows : 1;
}

int64_t KernelPlan::resultStride(size_t result, const Loop &loop) const {
  if (loop.axes.empty())
    return 1;
  View view{shape, orders[result]};
  return view.strides()[loop.axes.back()] * loop.scale;
}

//===----------------------------------------------------------------------===//
// What is supported
//===----------------------------------------------------------------------===//

/// The extents that one element of the result goes over, and between how many
/// of a result an element that is read is shared.
static SmallVector<int64_t> tapsOf(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, SmallVector<int64_t>>(op)
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp, MomentsOp>([](auto op) {
        SmallVector<int64_t> extents;
        for (int64_t dim : op.getDims())
          extents.push_back(shapeOf(op.getInput())[dim]);
        return extents;
      })
      .Case<ArgMaxOp, ArgMinOp>([](auto op) {
        return SmallVector<int64_t>{shapeOf(op.getInput())[op.getDim()]};
      })
      .Case([](DotOp op) {
        SmallVector<int64_t> extents;
        for (int64_t axis : op.getLhsContract())
          extents.push_back(shapeOf(op.getLhs())[axis]);
        return extents;
      })
      .Case([](ConvOp op) {
        return llvm::to_vector(shapeOf(op.getWeight()).drop_front());
      })
      .Case([](ConvGradInputOp op) {
        // Every stride-th tap along an axis meets an element.
        ArrayRef<int64_t> weight = shapeOf(op.getWeight());
        GeometryAttr geometry = op.getGeometry();
        SmallVector<int64_t> extents{weight[0] / geometry.getGroups()};
        for (auto [i, taps] : llvm::enumerate(weight.drop_front(2))) {
          int64_t stride = geometry.getStride()[i];
          int64_t every = stride / std::gcd(stride, geometry.getDilation()[i]);
          extents.push_back((taps + every - 1) / every);
        }
        return extents;
      })
      .Case([](ConvGradWeightOp op) {
        SmallVector<int64_t> extents{shapeOf(op.getOutput())[0]};
        llvm::append_range(extents, shapeOf(op.getOutput()).drop_front(2));
        return extents;
      })
      .Case([](CumsumOp op) {
        return SmallVector<int64_t>{shapeOf(op)[op.getDim()]};
      })
      .Case([](ScatterAddOp op) {
        return llvm::to_vector(
            shapeOf(op.getIndex()).drop_front(op.getBatch()));
      })
      .Case([](SortOp op) {
        int64_t extent = shapeOf(op.getInput())[op.getDim()];
        return SmallVector<int64_t>{extent, extent};
      })
      .Case([](RandomOp) { return SmallVector<int64_t>{kPermutationTries}; })
      .Case<WindowSumOp, WindowArgMaxOp>(
          [](auto op) { return llvm::to_vector(op.getWindow()); });
}

SmallVector<int64_t> gan::halide::foldExtentsOf(mlir::Operation *op) {
  return tapsOf(op);
}

bool gan::halide::isFold(mlir::Operation *op) {
  // Few channels share what a filter reads; more make it a contraction.
  constexpr int64_t fewChannels = 8;
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp, MomentsOp, ArgMaxOp,
            ArgMinOp, WindowArgMaxOp, CumsumOp, ScatterAddOp, SortOp, DotOp,
            ConvGradWeightOp>([](auto) { return true; })
      .Case([&](ConvOp op) {
        return product(tapsOf(op)) > kMaxTaps ||
               shapeOf(op)[1] / op.getGeometry().getGroups() > fewChannels;
      })
      .Case([&](ConvGradInputOp op) {
        ArrayRef<int64_t> weight = shapeOf(op.getWeight());
        int64_t written = weight[0] / op.getGeometry().getGroups() *
                          product(weight.drop_front(2));
        return written > kMaxTaps || weight[1] > fewChannels;
      })
      // A permutation looks for its element until it finds one.
      .Case([](RandomOp op) {
        return op.getDistribution() == Distribution::permutation;
      })
      .Case([](WindowSumOp op) { return product(op.getWindow()) > kMaxTaps; })
      .Default([](mlir::Operation *) { return false; });
}

bool gan::halide::isSupported(mlir::Operation &op, bool inThreads) {
  return llvm::TypeSwitch<mlir::Operation *, bool>(&op)
      .Case<AddOp, MulOp, DivOp, NegOp, ExpOp, LogOp, Log1pOp, SqrtOp, RsqrtOp,
            TanhOp, LogisticOp, SoftplusOp, SinOp, CosOp, ErfOp, PowOp, AbsOp,
            SignOp, FloorOp, CeilOp, RoundOp, CompareOp, LogicalOp, SelectOp,
            CastOp, StopOp, ReverseGradientOp>([](auto) { return true; })
      .Case<ReshapeOp, TransposeOp, ReverseOp, BroadcastOp, SliceOp, PadOp,
            ConcatOp, GatherOp, DynamicSliceOp, DynamicUpdateSliceOp, IotaOp,
            ConstantOp>([](auto) { return true; })
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp, MomentsOp, ArgMaxOp,
            ArgMinOp, DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp,
            WindowSumOp, WindowArgMaxOp>([](auto) { return true; })
      .Case<CumsumOp, ScatterAddOp, SortOp>([&](auto) { return inThreads; })
      .Case([&](RandomOp op) { return inThreads || !isFold(op); })
      .Default(
          [](mlir::Operation *op) { return llvm::isa<kernel::ReturnOp>(op); });
}

SmallVector<ReshapeGroup> gan::halide::groupAxes(ArrayRef<int64_t> from,
                                                 ArrayRef<int64_t> to) {
  SmallVector<ReshapeGroup> groups;
  size_t i = 0, j = 0;
  while (true) {
    while (i < from.size() && from[i] == 1)
      ++i;
    while (j < to.size() && to[j] == 1)
      ++j;
    if (i == from.size() || j == to.size())
      return groups;
    ReshapeGroup &group = groups.emplace_back();
    int64_t own = 1, other = 1;
    auto take = [](int64_t &product, size_t &axis, ArrayRef<int64_t> shape,
                   SmallVector<int64_t> &axes) {
      product *= shape[axis];
      if (shape[axis] != 1)
        axes.push_back(axis);
      ++axis;
    };
    do {
      if (own <= other)
        take(own, i, from, group.from);
      else
        take(other, j, to, group.to);
    } while (own != other);
  }
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static bool isRowMajor(ArrayRef<int64_t> order) {
  return llvm::is_sorted(order);
}

static SmallVector<int64_t> rowMajor(size_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

/// Sees `value` and its reshapes as memory.
static void addViews(KernelPlan &plan, mlir::Value value, View view) {
  for (mlir::Operation *user : value.getUsers())
    if (auto reshape = llvm::dyn_cast<ReshapeOp>(user))
      if (isRowMajor(view.order))
        addViews(plan, reshape,
                 {llvm::to_vector(shapeOf(reshape)),
                  rowMajor(shapeOf(reshape).size()), view.input});
  plan.views[value] = std::move(view);
}

/// Finds the results in memory: they have one shape.
static bool findResults(KernelPlan &plan, kernel::DefineOp kernel) {
  for (auto [i, value] : llvm::enumerate(kernel.getTerminator().getValues())) {
    SmallVector<int64_t> order = kernel.getResultLayout(i);
    if (isRowMajor(order))
      while (auto reshape = value.getDefiningOp<ReshapeOp>())
        value = reshape.getInput();
    SmallVector<int64_t> shape = llvm::to_vector(shapeOf(value));
    if (isRowMajor(order))
      order = rowMajor(shape.size());
    if (i > 0 && shape != plan.shape)
      return false;
    plan.shape = std::move(shape);
    plan.orders.push_back(std::move(order));
    plan.results.push_back(value);
  }
  return !plan.results.empty();
}

static void findInputs(KernelPlan &plan, kernel::DefineOp kernel) {
  auto addInput = [&](mlir::Value value, ArrayRef<int64_t> order) {
    addViews(plan, value,
             {llvm::to_vector(shapeOf(value)), llvm::to_vector(order),
              unsigned(plan.inputs.size())});
    plan.inputs.push_back(value);
  };
  for (auto [i, argument] : llvm::enumerate(kernel.getBody().getArguments()))
    addInput(argument, kernel.getArgumentLayout(i));
  for (auto constant : kernel.getBody().getOps<ConstantOp>())
    if (!llvm::cast<mlir::DenseElementsAttr>(constant.getValue()).isSplat())
      addInput(constant, rowMajor(shapeOf(constant).size()));
}

/// Whether only element-wise operations and reshapes stand between some
/// argument and all results.
static bool findSharing(kernel::DefineOp kernel) {
  return llvm::any_of(
      kernel.getBody().getArguments(), [](mlir::Value argument) {
        llvm::SetVector<mlir::Value> reached;
        reached.insert(argument);
        for (size_t i = 0; i < reached.size(); ++i)
          for (mlir::Operation *user : reached[i].getUsers()) {
            if (!user->hasTrait<ElementwiseTrait>() &&
                !llvm::isa<ReshapeOp, kernel::ReturnOp>(user))
              return false;
            reached.insert(user->result_begin(), user->result_end());
          }
        return true;
      });
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

static void joinAxes(SmallVector<Loop> &loops, ArrayRef<int64_t> inwards,
                     llvm::function_ref<int64_t(int64_t)> extentOf,
                     const AxisAnalysis &analysis) {
  for (int64_t axis : inwards) {
    if (extentOf(axis) == 1)
      continue;
    if (!loops.empty() &&
        analysis.areSideBySide(axis, loops.back().axes.front())) {
      Loop &loop = loops.back();
      loop.axes.insert(loop.axes.begin(), axis);
      loop.extent *= extentOf(axis);
      continue;
    }
    loops.push_back({{axis}, extentOf(axis), analysis.periods[axis]});
  }
  if (loops.empty())
    loops.emplace_back();
}

/// The axes of a fold, innermost first: as they lie in the memory that it reads
/// with the smallest steps.
static SmallVector<int64_t> foldAxes(const KernelPlan &plan,
                                     const AxisAnalysis &analysis) {
  auto axes = llvm::to_vector(llvm::seq<int64_t>(
      plan.shape.size(), plan.shape.size() + plan.foldExtents.size()));
  auto steps = [&](int64_t axis) {
    double least = INFINITY;
    for (const MemoryAccess &access : analysis.accesses)
      if (double stride = std::fabs(access.strides.lookup(axis)))
        least = std::min(least, stride);
    return least;
  };
  llvm::sort(axes, [&](int64_t a, int64_t b) {
    return std::make_pair(steps(a), -a) < std::make_pair(steps(b), -b);
  });
  return axes;
}

static void findLoops(KernelPlan &plan, const AxisAnalysis &analysis) {
  joinAxes(
      plan.loops, llvm::to_vector(llvm::reverse(plan.orders.front())),
      [&](int64_t axis) { return plan.shape[axis]; }, analysis);
  Loop &outermost = plan.loops.back();
  plan.chunkUnit = outermost.period;
  if (plan.loops.size() == 1)
    plan.chunkUnit = std::lcm(outermost.period, 4 * kLanes);
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

/// A loop with a period becomes one over equal remainders and, outside of it,
/// one over remainders: along the lanes of the first all is alike.
static void splitPeriods(KernelPlan &plan) {
  Loop &inner = plan.loops.front();
  int64_t period = inner.period;
  if (period == 1 || inner.extent % period != 0 || inner.axes.size() != 1)
    return;
  Loop remainders{inner.axes, period};
  inner.extent /= period;
  inner.scale = period;
  inner.period = 1;
  plan.loops.insert(plan.loops.begin() + 1, remainders);
}

/// What a step along a loop takes in all memory that the fold reads, for one
/// lane: one vector, a number for all lanes, or one number each.
static double lanesCost(const Loop &loop, const AxisAnalysis &analysis) {
  double cost = 0;
  for (const MemoryAccess &access :
       ArrayRef(analysis.accesses).drop_front(analysis.plan.orders.size())) {
    double stride =
        access.strides.lookup(loop.axes.back()) * double(loop.scale);
    cost += !access.isKnown ? 6 : stride == 0 ? 0.3 : stride == 1 ? 1 : 12;
  }
  int64_t vectors = (loop.extent + kLanes - 1) / kLanes;
  return cost * double(vectors * kLanes) / double(loop.extent);
}

/// The largest divisor of a number up to a limit, or the limit where that is
/// much smaller.
static int64_t tileFor(int64_t extent, int64_t most) {
  for (int64_t size = std::min(extent, most); 2 * size > most; --size)
    if (extent % size == 0)
      return size;
  return std::min(extent, most);
}

static void chooseTile(KernelPlan &plan, const AxisAnalysis &analysis) {
  Tile &tile = plan.tile;
  const Loop &folded = plan.foldLoops.front();
  double best = INFINITY;
  for (auto [i, loop] : llvm::enumerate(plan.loops)) {
    if (loop.axes.empty() || loop.extent < 2 || loop.period > 1)
      continue;
    // What is stored one by one costs once for all that is folded.
    bool isDense = llvm::all_of(llvm::seq<size_t>(0, plan.results.size()),
                                [&, &loop = loop](size_t result) {
                                  return plan.resultStride(result, loop) == 1;
                                });
    double cost = lanesCost(loop, analysis) +
                  (isDense ? 1.0 : 16.0) / double(plan.countFolded());
    if (cost < best) {
      best = cost;
      tile.lanesLoop = i;
    }
  }
  // In the end lanes have to be combined.
  if (!folded.axes.empty() && folded.extent >= kLanes &&
      lanesCost(folded, analysis) + 24.0 / double(plan.countFolded()) < best) {
    tile.lanesLoop = std::nullopt;
    tile.lanes = kLanes;
    return;
  }
  if (!tile.lanesLoop)
    return;
  const Loop &lanes = plan.loops[*tile.lanesLoop];
  tile.lanes = std::clamp<int64_t>(llvm::PowerOf2Ceil(lanes.extent),
                                   kFewestLanes, kLanes);
  // Rows share what goes along the lanes, vectors what goes along the rows.
  if (!llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(plan.fold))
    return;
  auto isRead = [&](const MemoryAccess &access, const Loop &loop) {
    return access.strides.lookup(loop.axes.back()) != 0;
  };
  size_t mostShared = 0;
  for (auto [i, loop] : llvm::enumerate(plan.loops)) {
    if (i == tile.lanesLoop || loop.axes.empty() || loop.extent < 2)
      continue;
    size_t shared = llvm::count_if(
        ArrayRef(analysis.accesses).drop_front(plan.orders.size()),
        [&, &loop = loop](const MemoryAccess &access) {
          return isRead(access, lanes) && !isRead(access, loop);
        });
    if (shared > mostShared) {
      mostShared = shared;
      tile.rowsLoop = i;
    }
  }
  if (tile.rowsLoop)
    tile.rows = tileFor(plan.loops[*tile.rowsLoop].extent, 8);
  if (lanes.extent >= 2 * tile.lanes)
    tile.vectors = tileFor((lanes.extent + kLanes - 1) / kLanes, 2);
}

/// On a device a thread takes a tile of elements that share what they read.
/// Where there are few elements a group takes one of them; its threads are the
/// lanes of the fold.
static void chooseThreads(KernelPlan &plan, const AxisAnalysis &analysis) {
  constexpr int64_t fewElements = 4096, enoughElements = 1 << 18;
  constexpr int64_t team = 64, largeTeam = 256;
  chooseTile(plan, analysis);
  Tile &tile = plan.tile;
  int64_t elements = product(plan.shape);
  auto *longLoop = llvm::find_if(
      plan.foldLoops, [](const Loop &loop) { return loop.extent >= team; });
  // What sorts or permutes takes its steps one after the other.
  if (elements <= fewElements && longLoop != plan.foldLoops.end() &&
      !llvm::isa<SortOp, RandomOp>(plan.fold)) {
    bool isLarge = elements <= team && longLoop->extent >= 4 * largeTeam;
    std::rotate(plan.foldLoops.begin(), longLoop, longLoop + 1);
    tile = Tile();
    tile.lanes = isLarge ? largeTeam : team;
    return;
  }
  bool isShared = tile.lanesLoop && tile.rowsLoop && elements > fewElements;
  if (!tile.lanesLoop)
    tile.lanesLoop = 0;
  auto sizeOf = [&](size_t loop) {
    return tileFor(plan.loops[loop].extent, 4);
  };
  tile.lanes = 1;
  tile.vectors =
      isShared && elements >= enoughElements ? sizeOf(*tile.lanesLoop) : 1;
  tile.rows = isShared ? sizeOf(*tile.rowsLoop) : 1;
}

static void planFold(KernelPlan &plan, const AxisAnalysis &analysis,
                     bool inThreads) {
  joinAxes(
      plan.foldLoops, foldAxes(plan, analysis),
      [&](int64_t axis) { return plan.foldExtents[axis - plan.shape.size()]; },
      analysis);
  if (inThreads)
    return chooseThreads(plan, analysis);
  splitPeriods(plan);
  chooseTile(plan, analysis);
  plan.chunkUnit = plan.tileOf(plan.loops.size() - 1);
}

/// What stands in the code of each thread, and what threads do instead of one
/// loop, has limits.
static bool fitsThreads(const KernelPlan &plan) {
  constexpr int64_t mostConstants = 1024, mostSteps = int64_t(1) << 36;
  bool isOrdered =
      llvm::isa_and_present<CumsumOp, ScatterAddOp, SortOp>(plan.fold);
  return (!isOrdered ||
          double(product(plan.shape)) * double(product(plan.foldExtents)) <=
              double(mostSteps)) &&
         llvm::all_of(plan.inputs, [](mlir::Value input) {
           return !input.getDefiningOp<ConstantOp>() ||
                  product(shapeOf(input)) <= mostConstants;
         });
}

static std::optional<KernelPlan> makePlan(kernel::DefineOp kernel,
                                          std::optional<int64_t> rowElements,
                                          bool inThreads) {
  if (kernel.getBody().empty())
    return std::nullopt;
  KernelPlan plan;
  constexpr int64_t longRow = 1 << 24;
  if (kernel.isBatched()) {
    plan.isBatched = !rowElements;
    plan.copy = kernel::cloneForRows(kernel, rowElements.value_or(longRow));
    kernel = *plan.copy;
  }
  bool isChain = kernel::isChain(kernel);
  for (mlir::Operation &op : kernel.getBody().front()) {
    if (!isSupported(op, inThreads))
      return std::nullopt;
    if (!isFold(&op) || (isChain && kernel::isStencil(&op)))
      continue;
    if (plan.fold)
      return std::nullopt;
    plan.fold = &op;
    plan.foldExtents = foldExtentsOf(&op);
  }
  findInputs(plan, kernel);
  if (!findResults(plan, kernel))
    return std::nullopt;
  // The elements of a fold are those of the results.
  if (plan.fold && shapeOf(plan.fold->getResult(0)) != ArrayRef(plan.shape))
    return std::nullopt;
  // Halide counts in 32 bits; what is empty has no loop.
  constexpr int64_t most = std::numeric_limits<int32_t>::max() / 8;
  auto fits = [](ArrayRef<int64_t> shape) {
    return product(shape) > 0 && product(shape) <= most;
  };
  for (mlir::Operation &op : kernel.getBody().front())
    for (mlir::Value value : op.getResults())
      if (!fits(shapeOf(value)))
        return std::nullopt;
  for (mlir::Value value : kernel.getBody().getArguments())
    if (!fits(shapeOf(value)))
      return std::nullopt;
  if (plan.fold && !fits(plan.foldExtents))
    return std::nullopt;
  if (isChain) {
    if (plan.fold || plan.isBatched || inThreads ||
        !planChain(plan, kernel.getBody().front()))
      return std::nullopt;
    return plan;
  }
  if (inThreads && !fitsThreads(plan))
    return std::nullopt;
  plan.mayShare = findSharing(kernel);
  AxisAnalysis analysis(plan);
  findLoops(plan, analysis);
  if (plan.fold)
    planFold(plan, analysis, inThreads);
  // A vector with a period is stored before the next one is read.
  if (!inThreads && plan.mayShare && plan.results.size() > 1 &&
      plan.loops.front().period != 1)
    return std::nullopt;
  // A row is cut anywhere.
  if (plan.isBatched &&
      (plan.fold || plan.loops.size() != 1 || plan.loops.front().period != 1))
    return std::nullopt;
  return plan;
}

std::optional<KernelPlan> gan::halide::planKernel(kernel::DefineOp kernel) {
  return makePlan(kernel, std::nullopt, /*inThreads=*/false);
}

std::optional<KernelPlan>
gan::halide::planForDevice(kernel::DefineOp kernel,
                           std::optional<int64_t> rowElements) {
  return makePlan(kernel, rowElements, /*inThreads=*/true);
}

bool gan::halide::needsDoubles(const KernelPlan &plan) {
  bool needs = false;
  mlir::Value result = plan.results.front();
  result.getParentRegion()->walk([&](PowOp op) {
    double exponent = std::fabs(op.getExponent().convertToDouble());
    needs |= exponent != std::floor(exponent) || exponent > 4;
  });
  return needs;
}
