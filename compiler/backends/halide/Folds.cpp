//===- Folds.cpp - what takes many elements for one -----------------------===//

#include "compiler/backends/halide/Folds.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <numeric>

using namespace gan;
using namespace gan::halide;
using Halide::cast;
using Halide::Expr;
using Halide::select;
using llvm::ArrayRef;
using llvm::SmallVector;
using State = Fold::State;
using Taps = Fold::Taps;

/// Behind every place; Halide has to be able to count on from it.
constexpr int32_t kNowhere = 1 << 30;

Expr gan::halide::where(const Expr &condition, const Expr &x,
                        const Expr &otherwise) {
  return condition.defined() ? select(condition, x, otherwise) : x;
}

/// The index of an operand whose axes `dims` are folded.
static Index insertFolded(IndexRef kept, IndexRef folded,
                          ArrayRef<int64_t> dims) {
  Index index(kept);
  for (auto [dim, part] : llvm::zip_equal(dims, folded))
    index.insert(index.begin() + dim, part);
  return index;
}

Fold gan::halide::withoutBlocks(State identity) {
  Fold fold;
  fold.identity = fold.none = std::move(identity);
  fold.finish = [](const State &state) { return state; };
  return fold;
}

//===----------------------------------------------------------------------===//
// Sum, largest, smallest
//===----------------------------------------------------------------------===//

static Expr worstOf(Halide::Type type, bool isMax) {
  if (type.is_float())
    return isMax ? -INFINITY : INFINITY;
  return isMax ? type.min() : type.max();
}

static Fold foldReduction(ElementEmitter &e, mlir::Operation *op,
                          const SmallVector<int64_t> &dims) {
  mlir::Value input = op->getOperand(0);
  Halide::Type type = toHalide(elementTypeOf(input));
  bool isSum = llvm::isa<ReduceSumOp>(op), isMax = llvm::isa<ReduceMaxOp>(op);
  Expr identity =
      isSum ? Halide::Internal::make_zero(type) : worstOf(type, isMax);
  Fold fold = withoutBlocks({identity});
  fold.merge = [=](const State &a, const State &b) -> State {
    const Expr &x = a[0], &y = b[0];
    if (isSum)
      return {x + y};
    if (!type.is_float())
      return {isMax ? max(x, y) : min(x, y)};
    // A NaN on either side stays.
    Expr isBetter = isMax ? x < y : y < x;
    return {select(isBetter || isNaN(y), y, x)};
  };
  fold.step = [=, &e, merge = fold.merge](const State &state,
                                          const Taps &taps) {
    Expr element = e.at(input, insertFolded(e.resultIndex(), taps.index, dims));
    return merge(state, {where(taps.counts, element, identity)});
  };
  if (isSum)
    fold.blockElements = 64;
  return fold;
}

//===----------------------------------------------------------------------===//
// Moments
//===----------------------------------------------------------------------===//

/// Of a block: the sums of squared distances from its first element and of the
/// distances, which bounds what cancels by the block's length, and its length.
/// Of parts: the sum of squared distances from the mean, the mean, and the
/// length (Chan). All parts look at the length in the open: Halide 21 does not
/// see what a part of a tuple reads inside of strict arithmetic, and would
/// store another before.
static Fold foldMoments(ElementEmitter &e, MomentsOp op) {
  SmallVector<int64_t> dims(op.getDims());
  mlir::Value input = op.getInput();
  Fold::Element at = [=, &e](IndexRef index) {
    return e.at(input, insertFolded(e.resultIndex(), index, dims));
  };
  Fold fold = withoutBlocks({0.0f, 0.0f, 0});
  fold.step = [=, &e](const State &s, const Taps &taps) -> State {
    Expr distance =
        where(taps.counts, at(taps.index) - taps.first(at), Expr(0.0f));
    return {e.formulas.multiplyAdd(distance, distance, s[0]), s[1] + distance,
            s[2] + where(taps.counts, Expr(1), Expr(0))};
  };
  fold.close = [=](const State &s, const Taps &taps) -> State {
    Expr shift = s[1] / cast<float>(max(s[2], 1));
    Expr squares = s[0] - s[1] * shift;
    return {select(squares < 0.0f, 0.0f, squares), taps.first(at) + shift,
            s[2]};
  };
  fold.merge = [&e](const State &x, const State &y) -> State {
    Expr count = x[2] + y[2];
    Expr weight = cast<float>(y[2]) / cast<float>(count);
    Expr distance = y[1] - x[1];
    Expr mean = e.formulas.multiplyAdd(distance, weight, x[1]);
    Expr squares =
        x[0] + e.formulas.multiplyAdd(distance * distance,
                                      cast<float>(x[2]) * weight, y[0]);
    Expr isFirst = x[2] == 0, isNone = y[2] == 0;
    return {select(isFirst, y[0], isNone, x[0], squares),
            select(isFirst, y[1], isNone, x[1], mean), count};
  };
  fold.finish = [](const State &s) -> State {
    return {s[1], s[0] / cast<float>(s[2])};
  };
  fold.blockElements = 32;
  return fold;
}

//===----------------------------------------------------------------------===//
// Searches
//===----------------------------------------------------------------------===//

/// The better of two elements with their places: the first of equal ones, a NaN
/// before all numbers.
static State better(bool isMax, const State &x, const State &y) {
  auto wins = [&](const Expr &a, const Expr &b) {
    Expr isBetter = isMax ? b < a : a < b;
    return a.type().is_float() ? (isBetter || isNaN(a)) && !isNaN(b) : isBetter;
  };
  Expr takes = wins(y[0], x[0]) || (!wins(x[0], y[0]) && y[1] < x[1]);
  return {select(takes, y[0], x[0]), select(takes, y[1], x[1])};
}

static Fold foldSearch(bool isMax, Halide::Type type) {
  Fold fold = withoutBlocks({worstOf(type, isMax), Expr(kNowhere)});
  fold.merge = [isMax](const State &x, const State &y) {
    return better(isMax, x, y);
  };
  fold.finish = [](const State &s) -> State { return {s[1]}; };
  return fold;
}

static State candidateWhere(const Expr &condition, bool isMax, State found) {
  return {where(condition, found[0], worstOf(found[0].type(), isMax)),
          where(condition, found[1], Expr(kNowhere))};
}

static Fold foldArgExtreme(ElementEmitter &e, mlir::Operation *op,
                           int64_t dim) {
  mlir::Value input = op->getOperand(0);
  bool isMax = llvm::isa<ArgMaxOp>(op);
  Fold fold = foldSearch(isMax, toHalide(elementTypeOf(input)));
  fold.step = [=, &e, merge = fold.merge](const State &state,
                                          const Taps &taps) {
    Expr element =
        e.at(input, insertFolded(e.resultIndex(), taps.index, {dim}));
    return merge(state, candidateWhere(taps.counts, isMax,
                                       {element, taps.index[0].number}));
  };
  return fold;
}

/// The element that a tap of a window meets, and its place.
static State candidateOf(ElementEmitter &e, WindowArgMaxOp op, IndexRef index,
                         IndexRef tap) {
  size_t outer = index.size() - tap.size();
  Index inner(index);
  SmallVector<Guard> guards;
  Expr inside, place = number(0);
  for (size_t i = 0; i < tap.size(); ++i) {
    int64_t axis = outer + i, size = shapeOf(op.getInput())[axis];
    int64_t low = op.getLow()[i];
    int64_t last = (shapeOf(op)[axis] - 1) * op.getStride()[i] +
                   (op.getWindow()[i] - 1) * op.getDilation()[i] - low;
    Expr position = Halide::Internal::simplify(
        index[axis].number * number(op.getStride()[i]) +
        tap[i].number * number(op.getDilation()[i]) - number(low));
    inner[axis] = {position};
    place = place * number(size) + position;
    if (low == 0 && last < size)
      continue;
    guards.push_back({size_t(axis), size, low > 0, last >= size});
    Expr own = position >= 0 && position < number(size);
    inside = inside.defined() ? inside && own : own;
  }
  Expr element = e.atWhere(guards, op.getInput(), inner);
  return candidateWhere(inside, /*isMax=*/true, {element, place});
}

//===----------------------------------------------------------------------===//
// Windows and contractions
//===----------------------------------------------------------------------===//

static Fold foldWindowSum(ElementEmitter &e, WindowSumOp op) {
  Fold fold = withoutBlocks({0.0f});
  fold.merge = [](const State &x, const State &y) -> State {
    return {x[0] + y[0]};
  };
  fold.step = [=, &e](const State &state, const Taps &taps) mutable -> State {
    Index index = e.resultIndex();
    for (auto [axis, part] : llvm::enumerate(index)) {
      int64_t stride = op.getStride()[axis];
      if (op.getWindow()[axis] == 1 && stride == 1)
        continue;
      part = {part.number * number(stride) + taps.index[axis].number};
    }
    Expr element = e.at(op.getInput(), index);
    return {state[0] + where(taps.counts, element, 0.0f)};
  };
  return fold;
}

static Fold
foldProducts(ElementEmitter &e,
             std::function<std::pair<Expr, Expr>(IndexRef index, IndexRef taps)>
                 factors) {
  Fold fold = withoutBlocks({0.0f});
  fold.merge = [](const State &x, const State &y) -> State {
    return {x[0] + y[0]};
  };
  fold.step = [=, &e](const State &state, const Taps &taps) -> State {
    auto [x, y] = factors(e.resultIndex(), taps.index);
    return {e.formulas.multiplyAdd(where(taps.counts, x, 0.0f),
                                   where(taps.counts, y, 0.0f), state[0])};
  };
  return fold;
}

static Fold foldDot(ElementEmitter &e, DotOp op) {
  return foldProducts(e, [=, &e](IndexRef index, IndexRef taps) mutable {
    size_t next = op.getLhsBatch().size();
    auto element = [&](mlir::Value value, ArrayRef<int64_t> batch,
                       ArrayRef<int64_t> contract) {
      Index own;
      for (int64_t axis = 0, rank = shapeOf(value).size(); axis < rank;
           ++axis) {
        const auto *b = llvm::find(batch, axis);
        const auto *c = llvm::find(contract, axis);
        own.push_back(b != batch.end()      ? index[b - batch.begin()]
                      : c != contract.end() ? taps[c - contract.begin()]
                                            : index[next++]);
      }
      return e.at(value, own);
    };
    Expr left = element(op.getLhs(), op.getLhsBatch(), op.getLhsContract());
    return std::make_pair(
        left, element(op.getRhs(), op.getRhsBatch(), op.getRhsContract()));
  });
}

/// The channel of all groups; its origin where there is one group.
static Coordinate inGroup(const Expr &group, const Coordinate &channel,
                          int64_t channels, int64_t groups) {
  if (groups == 1)
    return channel;
  return {group * number(channels) + channel.number};
}

/// Where a convolution that goes along `out` meets its input at a tap.
static void meetInput(Index &x, SmallVector<Guard> &guards,
                      GeometryAttr geometry, size_t i, const Expr &out,
                      int64_t outs, const Expr &tap, int64_t taps,
                      int64_t size) {
  int64_t stride = geometry.getStride()[i], low = geometry.getLow()[i];
  int64_t dilation = geometry.getDilation()[i];
  x.push_back({out * number(stride) + tap * number(dilation) - number(low)});
  int64_t last = (outs - 1) * stride + (taps - 1) * dilation - low;
  if (low > 0 || last >= size)
    guards.push_back({2 + i, size, low > 0, last >= size});
}

static Fold foldConvolution(ElementEmitter &e, ConvOp op) {
  return foldProducts(e, [=, &e](IndexRef index, IndexRef taps) mutable {
    ArrayRef<int64_t> in = shapeOf(op.getInput()), w = shapeOf(op.getWeight());
    GeometryAttr geometry = op.getGeometry();
    int64_t groups = geometry.getGroups();
    Expr group = index[1].number / number(w[0] / groups);
    Index x{index[0], inGroup(group, taps[0], w[1], groups)};
    Index weight{index[1]};
    weight.append(taps.begin(), taps.end());
    SmallVector<Guard> guards;
    for (size_t i = 0; i + 2 < in.size(); ++i)
      meetInput(x, guards, geometry, i, index[2 + i].number, shapeOf(op)[2 + i],
                taps[1 + i].number, w[2 + i], in[2 + i]);
    return std::make_pair(e.atWhere(guards, op.getInput(), x),
                          e.at(op.getWeight(), weight));
  });
}

/// Only the taps whose places the stride meets are taken: those with one
/// remainder, which depends on the element.
static Fold foldTransposedConvolution(ElementEmitter &e, ConvGradInputOp op) {
  return foldProducts(e, [=, &e](IndexRef index, IndexRef taps) mutable {
    ArrayRef<int64_t> out = shapeOf(op.getOutput()),
                      w = shapeOf(op.getWeight());
    GeometryAttr geometry = op.getGeometry();
    int64_t groups = geometry.getGroups();
    Expr group = index[1].number / number(w[1]);
    Coordinate channel = index[1];
    if (groups > 1)
      channel = {index[1].number % number(w[1])};
    Coordinate m = inGroup(group, taps[0], w[0] / groups, groups);
    Index y{index[0], m}, weight{m, channel};
    SmallVector<Guard> guards, weightGuards;
    for (size_t i = 0; i + 2 < out.size(); ++i) {
      int64_t stride = geometry.getStride()[i];
      int64_t dilation = geometry.getDilation()[i];
      int64_t common = std::gcd(stride, dilation), every = stride / common;
      Expr place = index[2 + i].number + number(geometry.getLow()[i]);
      // dilation * k = place modulo stride
      int64_t inverse = 1;
      while (every > 1 && dilation / common * inverse % every != 1)
        ++inverse;
      Expr phase =
          every == 1
              ? number(0)
              : Halide::Internal::simplify(place / number(common) *
                                           number(inverse) % number(every));
      Expr tap = phase + taps[1 + i].number * number(every);
      weight.push_back({tap});
      if (w[2 + i] % every != 0)
        weightGuards.push_back({2 + i, w[2 + i], false, true});
      Guard guard{2 + i, out[2 + i], true, true};
      if (common > 1)
        guard.other = place % number(common) == 0;
      guards.push_back(guard);
      // Of one step each tap goes back by one element.
      Expr from =
          dilation == 1 || stride == 1
              ? place / number(stride) -
                    taps[1 + i].number * number(every * dilation / stride)
              : (place - tap * number(dilation)) / number(stride);
      y.push_back({Halide::Internal::simplify(from)});
    }
    return std::make_pair(e.atWhere(guards, op.getOutput(), y),
                          e.atWhere(weightGuards, op.getWeight(), weight));
  });
}

static Fold foldWeightGradient(ElementEmitter &e, ConvGradWeightOp op) {
  return foldProducts(e, [=, &e](IndexRef index, IndexRef taps) mutable {
    ArrayRef<int64_t> in = shapeOf(op.getInput()),
                      out = shapeOf(op.getOutput());
    GeometryAttr geometry = op.getGeometry();
    int64_t groups = geometry.getGroups();
    Expr group = index[0].number / number(out[1] / groups);
    Index x{taps[0], inGroup(group, index[1], in[1] / groups, groups)};
    Index y{taps[0], index[0]};
    SmallVector<Guard> guards;
    for (size_t i = 0; i + 2 < in.size(); ++i) {
      meetInput(x, guards, geometry, i, taps[1 + i].number, out[2 + i],
                index[2 + i].number, shapeOf(op)[2 + i], in[2 + i]);
      y.push_back(taps[1 + i]);
    }
    return std::make_pair(e.atWhere(guards, op.getInput(), x),
                          e.at(op.getOutput(), y));
  });
}

Fold gan::halide::makeFold(ElementEmitter &e) {
  return llvm::TypeSwitch<mlir::Operation *, Fold>(e.plan.fold)
      .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp>([&](auto op) {
        return foldReduction(e, op, SmallVector<int64_t>(op.getDims()));
      })
      .Case([&](MomentsOp op) { return foldMoments(e, op); })
      .Case<ArgMaxOp, ArgMinOp>(
          [&](auto op) { return foldArgExtreme(e, op, op.getDim()); })
      .Case([&](WindowArgMaxOp op) {
        Fold fold = foldSearch(/*isMax=*/true, Halide::Float(32));
        fold.step = [=, &e, merge = fold.merge](const State &state,
                                                const Taps &taps) {
          State next = candidateOf(e, op, e.resultIndex(), taps.index);
          return merge(state,
                       candidateWhere(taps.counts, /*isMax=*/true, next));
        };
        return fold;
      })
      .Case([&](WindowSumOp op) { return foldWindowSum(e, op); })
      .Case([&](CumsumOp op) { return foldRunningSum(e, op); })
      .Case([&](ScatterAddOp op) { return foldScatter(e, op); })
      .Case([&](SortOp op) { return foldSort(e, op); })
      .Case([&](RandomOp op) { return foldPermutation(e, op); })
      .Case([&](DotOp op) { return foldDot(e, op); })
      .Case([&](ConvOp op) { return foldConvolution(e, op); })
      .Case(
          [&](ConvGradInputOp op) { return foldTransposedConvolution(e, op); })
      .Case([&](ConvGradWeightOp op) { return foldWeightGradient(e, op); });
}
