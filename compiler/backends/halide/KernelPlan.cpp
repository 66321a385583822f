//===- KernelPlan.cpp - how a kernel becomes one Halide pipeline ----------===//
//
//  1. Look through reshapes at what lies in memory.
//  2. Follow every axis of the result through the region to memory. An axis
//     whose number is calculated with on the way (padded, sliced, reversed, …)
//     stands for itself.
//  3. Join axes that nothing calculates with and that lie side by side in all
//     memory: what remains are the loops.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/KernelPlan.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <numeric>
#include <set>

using namespace gan;
using namespace gan::halide;
using llvm::ArrayRef;
using llvm::SmallVector;

static ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
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

//===----------------------------------------------------------------------===//
// What is supported
//===----------------------------------------------------------------------===//

static int64_t product(ArrayRef<int64_t> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), int64_t(1),
                         std::multiplies<>());
}

bool gan::halide::isSupported(mlir::Operation &op) {
  return llvm::TypeSwitch<mlir::Operation *, bool>(&op)
      .Case<AddOp, MulOp, DivOp, NegOp, ExpOp, LogOp, Log1pOp, SqrtOp, RsqrtOp,
            TanhOp, LogisticOp, SoftplusOp, ErfOp, AbsOp, SignOp, FloorOp,
            CeilOp, RoundOp, CompareOp, LogicalOp, SelectOp, CastOp, StopOp,
            ReverseGradientOp>([](auto) { return true; })
      .Case([](PowOp op) {
        double exponent = std::fabs(op.getExponent().convertToDouble());
        return exponent == std::floor(exponent) && exponent <= 4;
      })
      .Case<ReshapeOp, TransposeOp, ReverseOp, BroadcastOp, SliceOp, PadOp,
            ConcatOp, GatherOp, IotaOp, ConstantOp>([](auto) { return true; })
      .Case([](ConvOp op) {
        return product(shapeOf(op.getWeight()).drop_front()) <= kMaxTaps;
      })
      .Case([](ConvGradInputOp op) {
        ArrayRef<int64_t> weight = shapeOf(op.getWeight());
        int64_t groups = op.getGeometry().getGroups();
        return weight[0] / groups * product(weight.drop_front(2)) <= kMaxTaps;
      })
      .Case([](WindowSumOp op) { return product(op.getWindow()) <= kMaxTaps; })
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

static bool findMemory(KernelPlan &plan, kernel::DefineOp kernel) {
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
  for (auto [i, value] : llvm::enumerate(kernel.getTerminator().getValues())) {
    View view{{}, kernel.getResultLayout(i), 0};
    if (isRowMajor(view.order))
      while (auto reshape = value.getDefiningOp<ReshapeOp>())
        value = reshape.getInput();
    view.shape = llvm::to_vector(shapeOf(value));
    if (isRowMajor(view.order))
      view.order = rowMajor(view.shape.size());
    if (i > 0 &&
        (view.shape != plan.result.shape || view.order != plan.result.order))
      return false;
    plan.result = std::move(view);
    plan.results.push_back(value);
  }
  return !plan.results.empty();
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

namespace {
/// For every axis of a value, the axis of the result whose number is its own;
/// -1 where it is calculated.
using Origins = SmallVector<int64_t>;

class AxisAnalysis {
public:
  explicit AxisAnalysis(KernelPlan &plan)
      : plan(plan), isCalculated(plan.result.shape.size(), false),
        periods(plan.result.shape.size(), 1) {
    // Axes of one element are left out: their number is 0.
    Origins all;
    for (auto [axis, extent] : llvm::enumerate(plan.result.shape))
      all.push_back(extent == 1 ? -1 : int64_t(axis));
    for (mlir::Value value : plan.results)
      follow(value, all);
  }

  bool areSideBySide(int64_t outer, int64_t inner) const;

  KernelPlan &plan;
  SmallVector<bool> isCalculated;
  SmallVector<int64_t> periods;

private:
  void follow(mlir::Value value, const Origins &origins);
  void calculate(int64_t origin, int64_t period = 1) {
    if (origin < 0)
      return;
    isCalculated[origin] = true;
    periods[origin] = std::lcm(periods[origin], period);
  }
  void followReshape(ReshapeOp op, const Origins &origins);

  std::set<std::pair<void *, std::vector<int64_t>>> seen;
  std::vector<SmallVector<int64_t>> accesses; // origins in memory order
};
} // namespace

void AxisAnalysis::followReshape(ReshapeOp op, const Origins &origins) {
  ArrayRef<int64_t> from = shapeOf(op.getInput());
  Origins inner(from.size(), -1);
  for (const ReshapeGroup &group : groupAxes(from, shapeOf(op))) {
    if (group.from.size() == 1 && group.to.size() == 1) {
      inner[group.from[0]] = origins[group.to[0]];
      continue;
    }
    // Elements that repeat along one axis, as in an enlargement, have a period.
    int64_t repeated = 1;
    for (int64_t axis : ArrayRef<int64_t>(group.from).drop_front())
      repeated *= from[axis];
    for (int64_t axis : group.to)
      calculate(origins[axis],
                group.to.size() == 1 && repeated <= 4 ? repeated : 1);
  }
  follow(op.getInput(), inner);
}

void AxisAnalysis::follow(mlir::Value value, const Origins &origins) {
  if (!seen.insert(
               {value.getAsOpaquePointer(), {origins.begin(), origins.end()}})
           .second)
    return;
  auto view = plan.views.find(value);
  if (view != plan.views.end()) {
    SmallVector<int64_t> access;
    for (int64_t axis : view->second.order)
      if (view->second.shape[axis] != 1)
        access.push_back(origins[axis]);
    accesses.push_back(std::move(access));
    return;
  }
  mlir::Operation *op = value.getDefiningOp();
  if (op->hasTrait<ElementwiseTrait>()) {
    for (mlir::Value operand : op->getOperands())
      follow(operand, origins);
    return;
  }
  /// Keeps the origin of an axis whose numbers are those of the operand.
  auto keepWhere = [&](mlir::Value operand, auto isKept, int64_t period = 1) {
    Origins inner(origins);
    for (auto [axis, origin] : llvm::enumerate(inner))
      if (!isKept(axis)) {
        calculate(origin, period);
        origin = -1;
      }
    follow(operand, inner);
  };
  llvm::TypeSwitch<mlir::Operation *>(op)
      .Case([&](ReshapeOp op) { followReshape(op, origins); })
      .Case([&](TransposeOp op) {
        Origins inner(origins.size());
        for (auto [origin, axis] :
             llvm::zip_equal(origins, op.getPermutation()))
          inner[axis] = origin;
        follow(op.getInput(), inner);
      })
      .Case([&](BroadcastOp op) {
        Origins inner;
        for (auto [axis, origin] : llvm::enumerate(origins))
          if (!llvm::is_contained(op.getDims(), int64_t(axis)))
            inner.push_back(origin);
        follow(op.getInput(), inner);
      })
      .Case([&](ReverseOp op) {
        keepWhere(op.getInput(), [&](int64_t axis) {
          return !llvm::is_contained(op.getDims(), axis);
        });
      })
      .Case([&](SliceOp op) {
        keepWhere(op.getInput(), [&](int64_t axis) {
          return shapeOf(op)[axis] == shapeOf(op.getInput())[axis];
        });
      })
      .Case([&](PadOp op) {
        Origins inner(origins);
        for (auto [axis, origin] : llvm::enumerate(inner)) {
          if (!op.getLow()[axis] && !op.getHigh()[axis] &&
              !op.getInterior()[axis])
            continue;
          calculate(origin, op.getInterior()[axis] + 1);
          origin = -1;
        }
        follow(op.getInput(), inner);
      })
      .Case([&](ConcatOp op) {
        for (mlir::Value input : op.getInputs())
          keepWhere(input,
                    [&](int64_t axis) { return axis != int64_t(op.getDim()); });
      })
      .Case([&](GatherOp op) {
        int64_t dim = op.getDim(), batch = op.getBatch();
        int64_t rank = shapeOf(op.getIndex()).size() - batch;
        ArrayRef<int64_t> all(origins);
        for (int64_t origin : all.slice(dim, rank))
          calculate(origin);
        Origins chosen(all.take_front(batch));
        chosen.append(all.begin() + dim, all.begin() + dim + rank);
        follow(op.getIndex(), chosen);
        Origins inner(all.take_front(dim));
        inner.push_back(-1);
        inner.append(all.begin() + dim + rank, all.end());
        follow(op.getInput(), inner);
      })
      .Case([&](WindowSumOp op) {
        keepWhere(op.getInput(), [&](int64_t axis) {
          return op.getWindow()[axis] == 1 && op.getStride()[axis] == 1;
        });
      })
      .Case([&](ConvOp op) {
        keepWhere(op.getInput(), [](int64_t axis) { return axis == 0; });
        follow(op.getWeight(), Origins(shapeOf(op.getWeight()).size(), -1));
      })
      .Case([&](ConvGradInputOp op) {
        Origins inner(origins.size(), -1);
        inner[0] = origins[0];
        calculate(origins[1]);
        for (auto [origin, stride] :
             llvm::zip_equal(ArrayRef<int64_t>(origins).drop_front(2),
                             op.getGeometry().getStride()))
          calculate(origin, stride);
        follow(op.getOutput(), inner);
        follow(op.getWeight(), Origins(shapeOf(op.getWeight()).size(), -1));
      })
      .Case([&](IotaOp op) { calculate(origins[op.getDim()]); })
      .Case([](ConstantOp) {}) // the same everywhere: the others are memory
      .Default([&](mlir::Operation *) {
        for (int64_t origin : origins)
          calculate(origin);
      });
}

bool AxisAnalysis::areSideBySide(int64_t outer, int64_t inner) const {
  if (isCalculated[outer] || isCalculated[inner])
    return false;
  return llvm::all_of(accesses, [&](ArrayRef<int64_t> access) {
    auto place = llvm::find(access, outer);
    if (place == access.end())
      return !llvm::is_contained(access, inner);
    return std::next(place) != access.end() && *std::next(place) == inner;
  });
}

static void findLoops(KernelPlan &plan) {
  AxisAnalysis analysis(plan);
  const View &result = plan.result;
  for (int64_t axis : llvm::reverse(result.order)) {
    int64_t extent = result.shape[axis];
    if (extent == 1)
      continue;
    if (!plan.loops.empty() &&
        analysis.areSideBySide(axis, plan.loops.back().axes.front())) {
      Loop &loop = plan.loops.back();
      loop.axes.insert(loop.axes.begin(), axis);
      loop.extent *= extent;
      continue;
    }
    plan.loops.push_back({{axis}, extent, analysis.periods[axis]});
  }
  if (plan.loops.empty())
    plan.loops.emplace_back();
  Loop &outermost = plan.loops.back();
  plan.chunkUnit = outermost.period;
  if (plan.loops.size() == 1)
    plan.chunkUnit = std::lcm(outermost.period, 4 * kLanes);
}

std::optional<KernelPlan> gan::halide::planKernel(kernel::DefineOp kernel) {
  if (kernel.isBatched() || kernel.getBody().empty())
    return std::nullopt;
  for (mlir::Operation &op : kernel.getBody().front())
    if (!isSupported(op))
      return std::nullopt;
  KernelPlan plan;
  if (!findMemory(plan, kernel))
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
  plan.mayShare = findSharing(kernel);
  // Halide stores one result before it reads what another needs.
  if (plan.mayShare && plan.results.size() > 1)
    return std::nullopt;
  findLoops(plan);
  return plan;
}
