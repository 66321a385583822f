//===- AxisAnalysis.cpp - from the axes of a result to memory -------------===//

#include "compiler/backends/halide/AxisAnalysis.h"
#include "llvm/ADT/TypeSwitch.h"
#include <numeric>

using namespace gan;
using namespace gan::halide;
using llvm::ArrayRef;
using llvm::SmallVector;

Origin Origin::scaled(double factor) const {
  Origin result{-1, steps, isKnown};
  for (Step &step : result.steps)
    step.size *= factor;
  return result;
}

Origin Origin::plus(const Origin &other) const {
  Origin result{-1, steps, isKnown && other.isKnown};
  for (const Step &step : other.steps) {
    auto own = llvm::find_if(
        result.steps, [&](const Step &s) { return s.axis == step.axis; });
    if (own == result.steps.end())
      result.steps.push_back(step);
    else
      own->size += step.size;
  }
  return result;
}

AxisAnalysis::AxisAnalysis(const KernelPlan &plan)
    : plan(plan),
      isCalculated(plan.shape.size() + plan.foldExtents.size(), false),
      periods(isCalculated.size(), 1) {
  // Axes of one element are left out: their number is 0.
  Origins all;
  for (auto [axis, extent] : llvm::enumerate(plan.shape))
    all.push_back(extent == 1 ? Origin() : Origin::of(axis));
  for (ArrayRef<int64_t> order : plan.orders)
    addAccess({plan.shape, llvm::to_vector(order)}, all);
  for (mlir::Value value : plan.results)
    follow(value, all);
}

/// The number along axis `place` of the fold.
Origin AxisAnalysis::summed(size_t place) const {
  return plan.foldExtents[place] == 1 ? Origin()
                                      : Origin::of(plan.shape.size() + place);
}

/// The axes of a number are calculated with.
void AxisAnalysis::calculate(const Origin &origin, int64_t period) {
  for (const Origin::Step &step : origin.steps) {
    isCalculated[step.axis] = true;
    if (origin.axis >= 0)
      periods[step.axis] = std::lcm(periods[step.axis], period);
  }
}

void AxisAnalysis::addAccess(const View &view, OriginsRef origins) {
  MemoryAccess access;
  SmallVector<int64_t> strides = view.strides();
  for (int64_t axis : view.order) {
    if (view.shape[axis] == 1)
      continue;
    access.axes.push_back(origins[axis].axis);
    access.isKnown &= origins[axis].isKnown;
    for (const Origin::Step &step : origins[axis].steps)
      access.strides[step.axis] += step.size * double(strides[axis]);
  }
  accesses.push_back(std::move(access));
}

void AxisAnalysis::followReshape(ReshapeOp op, OriginsRef origins) {
  ArrayRef<int64_t> from = shapeOf(op.getInput()), to = shapeOf(op);
  Origins inner(from.size());
  for (const ReshapeGroup &group : groupAxes(from, to)) {
    if (group.from.size() == 1 && group.to.size() == 1) {
      inner[group.from[0]] = origins[group.to[0]];
      continue;
    }
    // Elements that repeat along one axis, as in an enlargement, have a period.
    int64_t repeated = 1;
    for (int64_t axis : ArrayRef<int64_t>(group.from).drop_front())
      repeated *= from[axis];
    bool hasPeriod = group.to.size() == 1 && repeated <= 4;
    Origin whole;
    for (int64_t axis : group.to) {
      calculate(origins[axis], hasPeriod ? repeated : 1);
      whole = whole.scaled(double(to[axis])).plus(origins[axis]);
    }
    for (int64_t axis : group.from)
      inner[axis] = Origin::unknown();
    if (group.from.size() == 1)
      inner[group.from[0]] = whole.scaled(1);
    else if (hasPeriod) { // from one of equal remainders to the next
      for (int64_t axis : group.from)
        inner[axis] = Origin();
      inner[group.from[0]] = whole.scaled(1.0 / double(repeated));
    }
  }
  follow(op.getInput(), inner);
}

/// The axes of the operands of a fold: those of its result, and those over
/// which it goes.
void AxisAnalysis::followFold(mlir::Operation *op, OriginsRef origins) {
  auto spatial = [&](OriginsRef one, double step, OriginsRef other,
                     double otherStep) {
    Origins sum;
    for (auto [x, y] : llvm::zip_equal(one, other))
      sum.push_back(x.scaled(step).plus(y.scaled(otherStep)));
    return sum;
  };
  SmallVector<Origin> sums;
  for (size_t i = 0; i < plan.foldExtents.size(); ++i)
    sums.push_back(summed(i));
  OriginsRef folded(sums);
  auto calculateAll = [&](OriginsRef parts) {
    for (const Origin &part : parts)
      calculate(part);
  };
  auto reduce = [&](auto reduction, ArrayRef<int64_t> dims) {
    Origins inner(origins);
    for (auto [place, dim] : llvm::enumerate(dims))
      inner.insert(inner.begin() + dim, sums[place]);
    follow(reduction->getOperand(0), inner);
  };
  // Channels of a group: the group's number stands in another axis.
  auto inGroup = [&](const Origin &group, const Origin &channel,
                     int64_t groups) {
    if (groups == 1)
      return channel;
    calculate(group);
    calculate(channel);
    Origin sum = channel.scaled(1);
    sum.isKnown = false;
    return sum;
  };
  llvm::TypeSwitch<mlir::Operation *>(op)
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp, MomentsOp>(
          [&](auto op) { reduce(op, op.getDims()); })
      .Case<ArgMaxOp, ArgMinOp>([&](auto op) {
        calculate(sums[0]);
        reduce(op, {int64_t(op.getDim())});
      })
      .Case([&](CumsumOp op) {
        calculate(origins[op.getDim()]);
        calculate(sums[0]);
        Origins inner(origins);
        inner[op.getDim()] = sums[0].scaled(1);
        follow(op.getInput(), inner);
      })
      .Case([&](SortOp op) {
        calculate(origins[op.getDim()]);
        calculateAll(sums);
        Origins inner(origins);
        inner[op.getDim()] = sums[0].scaled(1);
        follow(op.getInput(), inner);
        inner[op.getDim()] = sums[1].scaled(1);
        follow(op.getInput(), inner);
      })
      .Case([&](RandomOp op) {
        calculateAll(origins);
        calculateAll(sums);
        follow(op.getKey(), {Origin()});
      })
      .Case([&](ScatterAddOp op) {
        int64_t dim = op.getDim(), batch = op.getBatch();
        calculate(origins[dim]);
        Origins place(origins.take_front(batch));
        llvm::append_range(place, sums);
        follow(op.getIndex(), place);
        Origins inner(origins.take_front(dim));
        llvm::append_range(inner, sums);
        inner.append(origins.begin() + dim + 1, origins.end());
        follow(op.getUpdates(), inner);
        follow(op.getBase(), origins);
      })
      .Case([&](DotOp op) {
        size_t next = op.getLhsBatch().size();
        auto operand = [&](mlir::Value value, ArrayRef<int64_t> batch,
                           ArrayRef<int64_t> contract) {
          Origins inner;
          for (int64_t axis = 0, rank = shapeOf(value).size(); axis < rank;
               ++axis) {
            const auto *b = llvm::find(batch, axis);
            const auto *c = llvm::find(contract, axis);
            inner.push_back(b != batch.end()      ? origins[b - batch.begin()]
                            : c != contract.end() ? sums[c - contract.begin()]
                                                  : origins[next++]);
          }
          follow(value, inner);
        };
        operand(op.getLhs(), op.getLhsBatch(), op.getLhsContract());
        operand(op.getRhs(), op.getRhsBatch(), op.getRhsContract());
      })
      .Case([&](ConvOp op) {
        GeometryAttr geometry = op.getGeometry();
        Origins x{origins[0],
                  inGroup(origins[1], sums[0], geometry.getGroups())};
        Origins w{origins[1], sums[0]};
        calculateAll(origins.drop_front(2));
        calculateAll(folded.drop_front());
        for (size_t i = 0; i + 2 < origins.size(); ++i) {
          x.append(spatial({origins[2 + i]}, double(geometry.getStride()[i]),
                           {sums[1 + i]}, double(geometry.getDilation()[i])));
          w.push_back(sums[1 + i]);
        }
        follow(op.getInput(), x);
        follow(op.getWeight(), w);
      })
      .Case([&](ConvGradInputOp op) {
        GeometryAttr geometry = op.getGeometry();
        bool isGrouped = geometry.getGroups() != 1;
        Origin m = inGroup(origins[1], sums[0], geometry.getGroups());
        Origin channel = isGrouped ? Origin::unknown() : origins[1];
        Origins y{origins[0], m}, w{m, channel};
        for (size_t i = 0; i + 2 < origins.size(); ++i) {
          int64_t stride = geometry.getStride()[i];
          calculate(origins[2 + i], stride);
          calculate(sums[1 + i]);
          y.append(spatial({origins[2 + i]}, 1.0 / double(stride),
                           {sums[1 + i]}, -1));
          w.push_back(sums[1 + i].scaled(double(stride)));
        }
        follow(op.getOutput(), y);
        follow(op.getWeight(), w);
      })
      .Case([&](ConvGradWeightOp op) {
        GeometryAttr geometry = op.getGeometry();
        Origins x{sums[0],
                  inGroup(origins[0], origins[1], geometry.getGroups())};
        Origins y{sums[0], origins[0]};
        calculateAll(origins.drop_front(2));
        calculateAll(folded.drop_front());
        for (size_t i = 0; i + 2 < origins.size(); ++i) {
          x.append(spatial({sums[1 + i]}, double(geometry.getStride()[i]),
                           {origins[2 + i]},
                           double(geometry.getDilation()[i])));
          y.push_back(sums[1 + i]);
        }
        follow(op.getInput(), x);
        follow(op.getOutput(), y);
      })
      .Case([&](WindowSumOp op) {
        calculateAll(origins);
        calculateAll(folded);
        Origins inner;
        for (size_t axis = 0; axis < origins.size(); ++axis)
          inner.append(spatial({origins[axis]}, double(op.getStride()[axis]),
                               {sums[axis]}, 1));
        follow(op.getInput(), inner);
      })
      .Case([&](WindowArgMaxOp op) {
        size_t outer = origins.size() - op.getWindow().size();
        Origins inner(origins.take_front(outer));
        calculateAll(origins.drop_front(outer));
        calculateAll(folded);
        for (size_t i = 0; i < op.getWindow().size(); ++i)
          inner.append(spatial({origins[outer + i]}, double(op.getStride()[i]),
                               {sums[i]}, double(op.getDilation()[i])));
        follow(op.getInput(), inner);
      });
}

void AxisAnalysis::follow(mlir::Value value, OriginsRef origins) {
  Key key{value.getAsOpaquePointer(), {}};
  for (const Origin &origin : origins) {
    key.second.push_back({origin.axis, origin.isKnown ? 1.0 : 0.0});
    llvm::append_range(key.second, origin.steps);
  }
  if (!seen.insert(std::move(key)).second)
    return;
  auto view = plan.views.find(value);
  if (view != plan.views.end())
    return addAccess(view->second, origins);
  mlir::Operation *op = value.getDefiningOp();
  if (op->hasTrait<ElementwiseTrait>()) {
    for (mlir::Value operand : op->getOperands())
      follow(operand, origins);
    return;
  }
  if (op == plan.fold)
    return followFold(op, origins);
  /// Keeps an axis whose numbers are those of the operand; the number along
  /// another is calculated by `number`.
  auto keepWhere = [&](mlir::Value operand, auto isKept, auto number) {
    Origins inner(origins);
    for (auto [axis, origin] : llvm::enumerate(inner))
      if (!isKept(axis)) {
        calculate(origin);
        origin = number(axis, origin);
      }
    follow(operand, inner);
  };
  auto calculateAll = [&] {
    for (const Origin &origin : origins)
      calculate(origin);
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
        keepWhere(
            op.getInput(),
            [&](int64_t axis) {
              return !llvm::is_contained(op.getDims(), axis);
            },
            [](size_t, const Origin &origin) { return origin.scaled(-1); });
      })
      .Case([&](SliceOp op) {
        keepWhere(
            op.getInput(),
            [&](int64_t axis) {
              return shapeOf(op)[axis] == shapeOf(op.getInput())[axis];
            },
            [&](size_t axis, const Origin &origin) {
              return origin.scaled(double(op.getStride()[axis]));
            });
      })
      .Case([&](PadOp op) {
        Origins inner(origins);
        for (auto [axis, origin] : llvm::enumerate(inner)) {
          if (!op.getLow()[axis] && !op.getHigh()[axis] &&
              !op.getInterior()[axis])
            continue;
          int64_t step = op.getInterior()[axis] + 1;
          calculate(origin, step);
          origin = origin.scaled(1.0 / double(step));
        }
        follow(op.getInput(), inner);
      })
      .Case([&](ConcatOp op) {
        for (mlir::Value input : op.getInputs())
          keepWhere(
              input, [&](int64_t axis) { return axis != int64_t(op.getDim()); },
              [](size_t, const Origin &origin) { return origin.scaled(1); });
      })
      .Case([&](GatherOp op) {
        int64_t dim = op.getDim(), batch = op.getBatch();
        int64_t rank = shapeOf(op.getIndex()).size() - batch;
        for (const Origin &origin : origins.slice(dim, rank))
          calculate(origin);
        Origins chosen(origins.take_front(batch));
        chosen.append(origins.begin() + dim, origins.begin() + dim + rank);
        follow(op.getIndex(), chosen);
        Origins inner(origins.take_front(dim));
        inner.push_back(Origin::unknown());
        inner.append(origins.begin() + dim + rank, origins.end());
        follow(op.getInput(), inner);
      })
      .Case<DynamicSliceOp, DynamicUpdateSliceOp>([&](auto op) {
        int64_t sliced = shapeOf(op.getStart()).back();
        int64_t kept = int64_t(origins.size()) - sliced;
        Origins start(origins.take_front(shapeOf(op.getStart()).size() - 1));
        start.push_back(Origin());
        follow(op.getStart(), start);
        keepWhere(
            op->getOperand(std::is_same_v<decltype(op), DynamicSliceOp> ? 0
                                                                        : 1),
            [&](int64_t axis) { return axis < kept; },
            [](size_t, const Origin &origin) { return origin.scaled(1); });
        if (auto update =
                llvm::dyn_cast<DynamicUpdateSliceOp>(op.getOperation()))
          follow(update.getBase(), origins);
      })
      .Case([&](WindowSumOp op) {
        keepWhere(
            op.getInput(),
            [&](int64_t axis) {
              return op.getWindow()[axis] == 1 && op.getStride()[axis] == 1;
            },
            [&](size_t axis, const Origin &origin) {
              return origin.scaled(double(op.getStride()[axis]));
            });
      })
      .Case([&](ConvOp op) {
        keepWhere(
            op.getInput(), [](int64_t axis) { return axis == 0; },
            [&](size_t axis, const Origin &origin) {
              return axis == 1 ? Origin::unknown()
                               : origin.scaled(double(
                                     op.getGeometry().getStride()[axis - 2]));
            });
        Origins weight(shapeOf(op.getWeight()).size());
        weight[0] = origins[1].scaled(1);
        follow(op.getWeight(), weight);
      })
      .Case([&](ConvGradInputOp op) {
        Origins inner(origins.size());
        inner[0] = origins[0];
        inner[1] = Origin::unknown();
        calculate(origins[1]);
        for (auto [i, stride] : llvm::enumerate(op.getGeometry().getStride())) {
          calculate(origins[2 + i], stride);
          inner[2 + i] = origins[2 + i].scaled(1.0 / double(stride));
        }
        follow(op.getOutput(), inner);
        Origins weight(shapeOf(op.getWeight()).size());
        weight[1] = origins[1].scaled(1);
        follow(op.getWeight(), weight);
      })
      .Case([&](RandomOp op) {
        // It counts its elements in row-major order.
        addAccess({llvm::to_vector(shapeOf(op)),
                   llvm::to_vector(llvm::seq<int64_t>(0, origins.size()))},
                  origins);
        follow(op.getKey(), {Origin()});
      })
      .Case([&](IotaOp op) { calculate(origins[op.getDim()]); })
      .Case([](ConstantOp) {}) // the same everywhere: the others are memory
      .Default([&](mlir::Operation *) { calculateAll(); });
}

bool AxisAnalysis::areSideBySide(int64_t outer, int64_t inner) const {
  if (isCalculated[outer] || isCalculated[inner])
    return false;
  return llvm::all_of(accesses, [&](const MemoryAccess &access) {
    const auto *place = llvm::find(access.axes, outer);
    if (place == access.axes.end())
      return !llvm::is_contained(access.axes, inner);
    return std::next(place) != access.axes.end() && *std::next(place) == inner;
  });
}
