//===- Contraction.cpp - every contraction as one matrix product ----------===//

#include "compiler/backends/llvm/Contraction.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>
#include <optional>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;

static int64_t product(ArrayRef<int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), int64_t(1),
                         std::multiplies<>());
}

static SmallVector<int64_t> extentsOf(ArrayRef<int64_t> shape,
                                      ArrayRef<int64_t> axes) {
  SmallVector<int64_t> extents;
  for (int64_t axis : axes)
    extents.push_back(shape[axis]);
  return extents;
}

/// Swaps the operands: rows become columns.
static Contraction exchanged(Contraction c) {
  std::swap(c.rows, c.columns);
  auto turned = [](auto function) {
    return [function](const Position &at) {
      Position other = at;
      std::swap(other.row, other.column);
      return function(other);
    };
  };
  std::swap(c.left, c.right);
  c.left = turned(c.left);
  c.right = turned(c.right);
  c.result = turned(c.result);
  if (c.resultGuards)
    c.resultGuards = turned(c.resultGuards);
  c.halo = std::nullopt; // it was the other operand's
  return c;
}

//===----------------------------------------------------------------------===//
// dot
//===----------------------------------------------------------------------===//

/// How the axes of `value` lie in memory, as far as one argument or result of
/// the kernel decides that; else row-major.
static SmallVector<int64_t> memoryOrder(mlir::Value value, bool isResult) {
  auto kernel = value.getParentRegion()->getParentOfType<kernel::DefineOp>();
  while (true) {
    if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value))
      return kernel.getArgumentLayout(argument.getArgNumber());
    mlir::Value next;
    if (isResult) {
      for (mlir::OpOperand &use : value.getUses()) {
        if (llvm::isa<kernel::ReturnOp>(use.getOwner()))
          return kernel.getResultLayout(use.getOperandNumber());
        if (use.getOwner()->hasTrait<ElementwiseTrait>())
          next = use.getOwner()->getResult(0);
      }
    } else if (mlir::Operation *op = value.getDefiningOp();
               op->hasTrait<ElementwiseTrait>()) {
      next = op->getOperand(0);
    }
    if (!next)
      return llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(value).size()));
    value = next;
  }
}

/// Which of `axes` lies first in memory, second, and so on.
static SmallVector<size_t> placesInMemory(ArrayRef<int64_t> axes,
                                          mlir::Value value, bool isResult) {
  SmallVector<int64_t> order = memoryOrder(value, isResult);
  auto places = llvm::to_vector(llvm::seq<size_t>(0, axes.size()));
  llvm::sort(places, [&](size_t a, size_t b) {
    return llvm::find(order, axes[a]) < llvm::find(order, axes[b]);
  });
  return places;
}

static SmallVector<int64_t> permuted(ArrayRef<int64_t> axes,
                                     ArrayRef<size_t> places) {
  return llvm::map_to_vector(places, [&](size_t place) { return axes[place]; });
}

/// Axes go in the order of the tensor that is not row-major, if there is one:
/// its innermost axis then runs through the other at a constant stride.
static Contraction makeDot(DotOp op, IndexContext &indices) {
  struct Operand {
    mlir::Value value;
    SmallVector<int64_t> batch, contract, free, freeExtents;
    SmallVector<int64_t> inResult; // of the free axes, the result's
  };
  auto makeOperand = [](mlir::Value value, ArrayRef<int64_t> batch,
                        ArrayRef<int64_t> contract) {
    Operand operand{
        value, llvm::to_vector(batch), llvm::to_vector(contract), {}, {}, {}};
    for (int64_t axis = 0, rank = shapeOf(value).size(); axis < rank; ++axis)
      if (!llvm::is_contained(batch, axis) &&
          !llvm::is_contained(contract, axis))
        operand.free.push_back(axis);
    return operand;
  };
  Operand left =
      makeOperand(op.getLhs(), op.getLhsBatch(), op.getLhsContract());
  Operand right =
      makeOperand(op.getRhs(), op.getRhsBatch(), op.getRhsContract());
  auto isRowMajor = [](mlir::Value value, bool isResult) {
    return llvm::is_sorted(memoryOrder(value, isResult));
  };
  bool alongRight = isRowMajor(left.value, /*isResult=*/false);
  Operand &leading = alongRight ? right : left;
  Operand &following = alongRight ? left : right;
  following.contract = permuted(
      following.contract,
      placesInMemory(leading.contract, leading.value, /*isResult=*/false));
  leading.contract =
      permuted(leading.contract, placesInMemory(leading.contract, leading.value,
                                                /*isResult=*/false));
  int64_t firstAxis = left.batch.size();
  for (Operand *operand : {&left, &right}) {
    int64_t end = firstAxis + operand->free.size();
    operand->inResult = llvm::to_vector(llvm::seq(firstAxis, end));
    firstAxis = end;
    SmallVector<size_t> places =
        isRowMajor(op, /*isResult=*/true)
            ? placesInMemory(operand->free, operand->value, /*isResult=*/false)
            : placesInMemory(operand->inResult, op, /*isResult=*/true);
    operand->free = permuted(operand->free, places);
    operand->inResult = permuted(operand->inResult, places);
    operand->freeExtents = extentsOf(shapeOf(operand->value), operand->free);
  }
  SmallVector<int64_t> batch = extentsOf(shapeOf(left.value), left.batch);
  SmallVector<int64_t> summed = extentsOf(shapeOf(left.value), left.contract);

  Contraction c;
  c.groups = product(batch);
  c.rows = product(left.freeExtents);
  c.columns = product(right.freeExtents);
  c.inner = product(summed);
  auto access = [batch, summed, &indices](const Operand &operand,
                                          const Position &at,
                                          const IndexExpression &free) {
    Index index(shapeOf(operand.value).size());
    auto spread = [&](ArrayRef<int64_t> axes, const IndexExpression &position,
                      ArrayRef<int64_t> extents) {
      for (auto [axis, part] :
           llvm::zip_equal(axes, indices.delinearise(position, extents)))
        index[axis] = part;
    };
    spread(operand.batch, at.group, batch);
    spread(operand.contract, at.inner, summed);
    spread(operand.free, free, operand.freeExtents);
    return Access{operand.value, index, {}};
  };
  c.left = [=](const Position &at) { return access(left, at, at.row); };
  c.right = [=](const Position &at) { return access(right, at, at.column); };
  c.result = [=, &indices](const Position &at) {
    Index index = indices.delinearise(at.group, batch);
    index.resize(batch.size() + left.free.size() + right.free.size());
    auto spread = [&](const Operand &operand, const IndexExpression &position) {
      for (auto [axis, part] :
           llvm::zip_equal(operand.inResult,
                           indices.delinearise(position, operand.freeExtents)))
        index[axis] = part;
    };
    spread(left, at.row);
    spread(right, at.column);
    return index;
  };
  return c;
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace {
/// The sizes that tie x [N, C, in…], w [M, C/groups, kernel…] and
/// y [N, M, out…] together.
struct Convolution {
  mlir::Value x, w, y; // the result's own value is not read
  GeometryAttr geometry;
  int64_t batch, channels, features; // of one group
  SmallVector<int64_t> in, kernel, out;

  Convolution(mlir::Value x, mlir::Value w, mlir::Value y,
              GeometryAttr geometry)
      : x(x), w(w), y(y), geometry(geometry), batch(shapeOf(x)[0]),
        channels(shapeOf(w)[1]), features(shapeOf(w)[0] / geometry.getGroups()),
        in(shapeOf(x).drop_front(2)), kernel(shapeOf(w).drop_front(2)),
        out(shapeOf(y).drop_front(2)) {}

  size_t rank() const { return in.size(); }
  int64_t groups() const { return geometry.getGroups(); }

  /// The row of the input that an output and a tap meet.
  IndexExpression meet(size_t axis, const IndexExpression &output,
                       const IndexExpression &tap) const {
    return output * geometry.getStride()[axis] +
           tap * geometry.getDilation()[axis] - geometry.getLow()[axis];
  }
  Access readInput(const IndexExpression &sample,
                   const IndexExpression &channel, IndexRef space) const {
    return read(x, sample, channel, space, in);
  }
  Access readOutput(const IndexExpression &sample,
                    const IndexExpression &feature, IndexRef space) const {
    return read(y, sample, feature, space, out);
  }

private:
  static Access read(mlir::Value value, const IndexExpression &sample,
                     const IndexExpression &channel, IndexRef space,
                     ArrayRef<int64_t> extents) {
    Access access{value, {sample, channel}, {}};
    for (auto [part, extent] : llvm::zip_equal(space, extents)) {
      access.index.push_back(part);
      access.guards.push_back({part, {0, extent - 1}});
    }
    return access;
  }
};
} // namespace

/// Images are a group of their own where columns are pixels, so that no vector
/// crosses an image.
static Contraction makeConv(const Convolution &v, bool pixelsAreColumns,
                            IndexContext &indices) {
  Contraction c;
  c.groups = v.groups() * (pixelsAreColumns ? v.batch : 1);
  c.rows = product(v.out) * (pixelsAreColumns ? 1 : v.batch);
  c.columns = v.features;
  c.outer = product(v.kernel);
  c.inner = v.channels;
  struct Place {
    IndexExpression group, sample;
    Index pixel;
  };
  auto place = [=, &indices](const Position &at) {
    Place place{at.group, 0, {}};
    IndexExpression pixel = at.row;
    if (pixelsAreColumns) {
      place.group = indices.remainder(at.group, v.groups());
      place.sample = indices.quotient(at.group, v.groups());
    } else {
      place.sample = indices.quotient(at.row, product(v.out));
      pixel = indices.remainder(at.row, product(v.out));
    }
    place.pixel = indices.delinearise(pixel, v.out);
    return place;
  };
  c.left = [=, &indices](const Position &at) {
    Place own = place(at);
    Index tap = indices.delinearise(at.outer, v.kernel), space;
    for (size_t axis = 0; axis < v.rank(); ++axis)
      space.push_back(v.meet(axis, own.pixel[axis], tap[axis]));
    return v.readInput(own.sample, own.group * v.channels + at.inner, space);
  };
  c.halo = Halo{{v.batch}, {}, {{0, -1, 1, 0, 0}}, true, {}};
  c.halo->rows.append(v.out.begin(), v.out.end());
  c.halo->steps.append(v.kernel.begin(), v.kernel.end());
  c.halo->steps.push_back(v.channels);
  for (int axis = 0, rank = v.rank(); axis < rank; ++axis)
    c.halo->axes.push_back({axis + 1, axis, v.geometry.getStride()[axis],
                            v.geometry.getDilation()[axis],
                            -v.geometry.getLow()[axis]});
  c.halo->axes.push_back({-1, int(v.rank()), 0, 1, 0});
  c.halo->read = [=](const IndexExpression &group, IndexRef place) {
    return v.readInput(place.front(), group * v.channels + place.back(),
                       place.drop_front().drop_back());
  };
  c.right = [=, &indices](const Position &at) {
    IndexExpression group =
        pixelsAreColumns ? indices.remainder(at.group, v.groups()) : at.group;
    Access access{v.w, {group * v.features + at.column, at.inner}, {}};
    access.index.append(indices.delinearise(at.outer, v.kernel));
    return access;
  };
  c.result = [=](const Position &at) {
    Place own = place(at);
    Index index{own.sample, own.group * v.features + at.column};
    index.append(own.pixel);
    return index;
  };
  return c;
}

namespace {
/// Along one axis, the outputs of a transposed convolution that use the same
/// taps: i + low = stride * u + residue for u from `first` on. They meet output
/// rows o = u + shift - step * j with taps k = tap + tapStep * j.
struct Polyphase {
  int64_t residue, first, count, tap, tapStep, taps, shift, step;
};
} // namespace

static SmallVector<Polyphase> polyphasesOf(const Convolution &v, size_t axis) {
  int64_t stride = v.geometry.getStride()[axis],
          dilation = v.geometry.getDilation()[axis],
          low = v.geometry.getLow()[axis];
  int64_t common = std::gcd(stride, dilation);
  SmallVector<Polyphase> phases;
  for (int64_t residue = 0; residue < stride; ++residue) {
    Polyphase phase{residue, 0, 0, 0, stride / common, 0, 0, dilation / common};
    phase.first = llvm::divideCeilSigned(low - residue, stride);
    int64_t last =
        llvm::divideFloorSigned(v.in[axis] - 1 + low - residue, stride);
    phase.count = last - phase.first + 1;
    // Taps k with k * dilation = residue modulo stride.
    int64_t tap = 0;
    while (tap < v.kernel[axis] && (tap * dilation - residue) % stride != 0)
      ++tap;
    if (tap < v.kernel[axis]) {
      phase.tap = tap;
      phase.taps = (v.kernel[axis] - tap + phase.tapStep - 1) / phase.tapStep;
      phase.shift = (residue - tap * dilation) / stride;
    }
    if (phase.count > 0)
      phases.push_back(phase);
  }
  return phases;
}

/// One product for given polyphases of all axes. Without taps the result is
/// zero, which a sum over nothing gives.
static Contraction makePolyphase(const Convolution &v,
                                 SmallVector<Polyphase> phases,
                                 bool pixelsAreColumns, IndexContext &indices) {
  SmallVector<int64_t> counts, taps;
  int64_t allTaps = 1;
  for (const Polyphase &phase : phases) {
    counts.push_back(phase.count);
    allTaps *= phase.taps;
    // A place among no taps is never read, but has to be written down.
    taps.push_back(std::max<int64_t>(phase.taps, 1));
  }
  Contraction c;
  c.groups = v.groups() * (pixelsAreColumns ? v.batch : 1);
  c.rows = product(counts) * (pixelsAreColumns ? 1 : v.batch);
  c.columns = v.channels;
  c.outer = allTaps;
  c.inner = v.features;
  struct Place {
    IndexExpression group, sample;
    Index anchor;
  };
  auto place = [=, &indices](const Position &at) {
    Place place{at.group, 0, {}};
    IndexExpression pixel = at.row;
    if (pixelsAreColumns) {
      place.group = indices.remainder(at.group, v.groups());
      place.sample = indices.quotient(at.group, v.groups());
    } else {
      place.sample = indices.quotient(at.row, product(counts));
      pixel = indices.remainder(at.row, product(counts));
    }
    place.anchor = indices.delinearise(pixel, counts);
    return place;
  };
  // The last tap comes first: it meets the first row.
  auto tapsOf = [=, &indices](const Position &at) {
    Index tap = indices.delinearise(at.outer, taps);
    for (auto [own, count] : llvm::zip_equal(tap, taps))
      own = IndexExpression(count - 1) - own;
    return tap;
  };
  c.left = [=](const Position &at) {
    Place own = place(at);
    Index tap = tapsOf(at), space;
    for (size_t axis = 0; axis < v.rank(); ++axis) {
      const Polyphase &phase = phases[axis];
      space.push_back(own.anchor[axis] + (phase.first + phase.shift) -
                      tap[axis] * phase.step);
    }
    return v.readOutput(own.sample, own.group * v.features + at.inner, space);
  };
  if (c.sum() > 0) {
    c.halo = Halo{{v.batch}, {}, {{0, -1, 1, 0, 0}}, true, {}};
    c.halo->rows.append(counts);
    c.halo->steps.append(taps);
    c.halo->steps.push_back(v.features);
    for (auto [axis, phase] : llvm::enumerate(phases))
      c.halo->axes.push_back(
          {int(axis) + 1, int(axis), 1, phase.step,
           phase.first + phase.shift - (phase.taps - 1) * phase.step});
    c.halo->axes.push_back({-1, int(v.rank()), 0, 1, 0});
    c.halo->read = [=](const IndexExpression &group, IndexRef place) {
      return v.readOutput(place.front(), group * v.features + place.back(),
                          place.drop_front().drop_back());
    };
  }
  c.right = [=, &indices](const Position &at) {
    IndexExpression group =
        pixelsAreColumns ? indices.remainder(at.group, v.groups()) : at.group;
    Index tap = tapsOf(at);
    Access access{v.w, {group * v.features + at.inner, at.column}, {}};
    for (size_t axis = 0; axis < v.rank(); ++axis)
      access.index.push_back(tap[axis] * phases[axis].tapStep +
                             phases[axis].tap);
    return access;
  };
  c.result = [=](const Position &at) {
    Place own = place(at);
    Index index{own.sample, own.group * v.channels + at.column};
    for (size_t axis = 0; axis < v.rank(); ++axis) {
      const Polyphase &phase = phases[axis];
      int64_t stride = v.geometry.getStride()[axis];
      index.push_back(
          own.anchor[axis] * stride +
          (phase.first * stride + phase.residue - v.geometry.getLow()[axis]));
    }
    return index;
  };
  return c;
}

/// All polyphases as one product, where no tap is skipped by a dilation. Output
/// i = stride * u + e meets y at o = anchor - j with tap k = (e + low) mod
/// stride
/// + stride * j, and its anchor u + (e + low) div stride is the row. At the
/// ends some rows have no result for some e.
static std::optional<Contraction> makeStacked(const Convolution &v,
                                              IndexContext &indices) {
  struct Axis {
    int64_t stride, low, first, in;
  };
  SmallVector<Axis> axes;
  SmallVector<int64_t> anchors, taps, lanes;
  for (size_t axis = 0; axis < v.rank(); ++axis) {
    int64_t stride = v.geometry.getStride()[axis],
            low = v.geometry.getLow()[axis], in = v.in[axis];
    if (v.geometry.getDilation()[axis] != 1)
      return std::nullopt;
    int64_t first = llvm::divideFloorSigned(low, stride), last = first;
    for (int64_t e = 0; e < std::min(stride, in); ++e)
      last = std::max(last, (in - 1 - e) / stride +
                                llvm::divideFloorSigned(e + low, stride));
    axes.push_back({stride, low, first, in});
    anchors.push_back(last - first + 1);
    taps.push_back(llvm::divideCeil(v.kernel[axis], stride));
    lanes.push_back(stride);
  }
  if (product(lanes) == 1)
    return std::nullopt;
  lanes.push_back(v.channels);
  Contraction c;
  c.groups = v.groups();
  c.rows = product(anchors) * v.batch;
  c.columns = product(lanes);
  c.outer = product(taps);
  c.inner = v.features;
  auto anchorsOf = [=, &indices](const Position &at) {
    return indices.delinearise(indices.remainder(at.row, product(anchors)),
                               anchors);
  };
  auto sampleOf = [=, &indices](const Position &at) {
    return indices.quotient(at.row, product(anchors));
  };
  // The last tap comes first: it meets the first row.
  auto tapsOf = [=, &indices](const Position &at) {
    Index tap = indices.delinearise(at.outer, taps);
    for (auto [own, count] : llvm::zip_equal(tap, taps))
      own = IndexExpression(count - 1) - own;
    return tap;
  };
  c.left = [=](const Position &at) {
    Index anchor = anchorsOf(at), tap = tapsOf(at), space;
    for (auto [axis, own] : llvm::enumerate(axes))
      space.push_back(anchor[axis] + own.first - tap[axis]);
    return v.readOutput(sampleOf(at), at.group * v.features + at.inner, space);
  };
  c.halo = Halo{{v.batch}, {}, {{0, -1, 1, 0, 0}}, true, {}};
  c.halo->rows.append(anchors);
  c.halo->steps.append(taps);
  c.halo->steps.push_back(v.features);
  for (auto [axis, own] : llvm::enumerate(axes))
    c.halo->axes.push_back(
        {int(axis) + 1, int(axis), 1, 1, own.first - (taps[axis] - 1)});
  c.halo->axes.push_back({-1, int(v.rank()), 0, 1, 0});
  c.halo->read = [=](const IndexExpression &group, IndexRef place) {
    return v.readOutput(place.front(), group * v.features + place.back(),
                        place.drop_front().drop_back());
  };
  c.right = [=, &indices](const Position &at) {
    Index lane = indices.delinearise(at.column, lanes), tap = tapsOf(at);
    Access access{v.w, {at.group * v.features + at.inner, lane.back()}, {}};
    for (auto [axis, own] : llvm::enumerate(axes)) {
      IndexExpression k = indices.remainder(lane[axis] + own.low, own.stride) +
                          tap[axis] * own.stride;
      access.index.push_back(k);
      access.guards.push_back({k, {0, v.kernel[axis] - 1}});
    }
    return access;
  };
  auto outputs = [=, &indices](const Position &at) {
    Index anchor = anchorsOf(at), lane = indices.delinearise(at.column, lanes),
          space;
    for (auto [axis, own] : llvm::enumerate(axes)) {
      IndexExpression u = anchor[axis] + own.first -
                          indices.quotient(lane[axis] + own.low, own.stride);
      space.push_back(u * own.stride + lane[axis]);
    }
    return std::make_pair(lane.back(), space);
  };
  c.result = [=](const Position &at) {
    auto [channel, space] = outputs(at);
    Index index{sampleOf(at), at.group * v.channels + channel};
    index.append(space);
    return index;
  };
  c.resultGuards = [=](const Position &at) {
    SmallVector<Guard, 4> guards;
    for (auto [own, place] : llvm::zip_equal(axes, outputs(at).second))
      guards.push_back({place, {0, own.in - 1}});
    return guards;
  };
  return c;
}

static std::vector<Contraction> makeConvGradInput(const Convolution &v,
                                                  bool pixelsAreColumns,
                                                  IndexContext &indices) {
  SmallVector<SmallVector<Polyphase>> all(1);
  for (size_t axis = 0; axis < v.rank(); ++axis) {
    SmallVector<SmallVector<Polyphase>> longer;
    for (const SmallVector<Polyphase> &head : all)
      for (const Polyphase &phase : polyphasesOf(v, axis)) {
        longer.push_back(head);
        longer.back().push_back(phase);
      }
    all = std::move(longer);
  }
  std::vector<Contraction> result;
  for (SmallVector<Polyphase> &phases : all)
    result.push_back(makePolyphase(v, phases, pixelsAreColumns, indices));
  return result;
}

/// Columns are the features y has (as written), or the channels of x; the taps
/// go with the channels.
static Contraction makeConvGradWeight(const Convolution &v,
                                      IndexContext &indices) {
  Contraction c;
  c.groups = v.groups();
  c.rows = product(v.kernel) * v.channels;
  c.columns = v.features;
  // The last space axis is the inner one.
  c.inner = v.out.empty() ? 1 : v.out.back();
  c.outer = v.batch * product(v.out) / c.inner;
  SmallVector<int64_t> outerExtents{v.batch};
  if (!v.out.empty())
    outerExtents.append(v.out.begin(), v.out.end() - 1);
  auto pixel = [=, &indices](const Position &at) {
    Index parts = indices.delinearise(at.outer, outerExtents);
    if (!v.out.empty())
      parts.push_back(at.inner);
    return parts; // the sample first
  };
  c.left = [=, &indices](const Position &at) {
    Index own = pixel(at);
    Index tap =
        indices.delinearise(indices.quotient(at.row, v.channels), v.kernel);
    IndexExpression channel = indices.remainder(at.row, v.channels);
    Index space;
    for (size_t axis = 0; axis < v.rank(); ++axis)
      space.push_back(v.meet(axis, own[axis + 1], tap[axis]));
    return v.readInput(own[0], at.group * v.channels + channel, space);
  };
  c.halo = Halo{{}, {v.batch}, {{-1, 0, 0, 1, 0}}, false, {}};
  c.halo->rows.append(v.kernel.begin(), v.kernel.end());
  c.halo->rows.push_back(v.channels);
  c.halo->steps.append(v.out.begin(), v.out.end());
  for (int axis = 0, rank = v.rank(); axis < rank; ++axis)
    c.halo->axes.push_back({axis, axis + 1, v.geometry.getDilation()[axis],
                            v.geometry.getStride()[axis],
                            -v.geometry.getLow()[axis]});
  c.halo->axes.push_back({int(v.rank()), -1, 1, 0, 0});
  c.halo->read = [=](const IndexExpression &group, IndexRef place) {
    return v.readInput(place.front(), group * v.channels + place.back(),
                       place.drop_front().drop_back());
  };
  c.right = [=](const Position &at) {
    Index own = pixel(at);
    Access access{v.y, {own[0], at.group * v.features + at.column}, {}};
    access.index.append(own.begin() + 1, own.end());
    return access;
  };
  c.result = [=, &indices](const Position &at) {
    Index index{at.group * v.features + at.column,
                indices.remainder(at.row, v.channels)};
    index.append(
        indices.delinearise(indices.quotient(at.row, v.channels), v.kernel));
    return index;
  };
  return c;
}

std::vector<Contraction> gan::codegen::makeContractions(mlir::Operation *op,
                                                        Sides sides,
                                                        IndexContext &indices) {
  bool isExchanged = sides == Sides::Exchanged;
  if (sides == Sides::Stacked && !llvm::isa<ConvGradInputOp>(op))
    return {};
  std::vector<Contraction> made =
      llvm::TypeSwitch<mlir::Operation *, std::vector<Contraction>>(op)
          .Case([&](DotOp dot) {
            return std::vector<Contraction>{makeDot(dot, indices)};
          })
          .Case([&](ConvOp conv) {
            Convolution v(conv.getInput(), conv.getWeight(), conv.getResult(),
                          conv.getGeometry());
            return std::vector<Contraction>{makeConv(v, isExchanged, indices)};
          })
          .Case([&](ConvGradInputOp grad) {
            Convolution v(grad.getResult(), grad.getWeight(), grad.getOutput(),
                          grad.getGeometry());
            if (sides != Sides::Stacked)
              return makeConvGradInput(v, isExchanged, indices);
            std::vector<Contraction> one;
            if (std::optional<Contraction> stacked = makeStacked(v, indices))
              one.push_back(std::move(*stacked));
            return one;
          })
          .Case([&](ConvGradWeightOp grad) {
            Convolution v(grad.getInput(), grad.getResult(), grad.getOutput(),
                          grad.getGeometry());
            return std::vector<Contraction>{makeConvGradWeight(v, indices)};
          })
          .Default(
              [](mlir::Operation *) { return std::vector<Contraction>(); });
  if (isExchanged)
    for (Contraction &contraction : made)
      contraction = exchanged(std::move(contraction));
  return made;
}
