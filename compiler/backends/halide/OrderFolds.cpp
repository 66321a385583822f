//===- OrderFolds.cpp - what goes from element to element -----------------===//
//
// On a CPU one loop does these, each step after the one before it. A device has
// as many threads as elements, and each goes the whole way for its own.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/Folds.h"
#include "compiler/backends/halide/RandomFormulas.h"

using namespace gan;
using namespace gan::halide;
using Halide::cast;
using Halide::Expr;
using Halide::select;
using State = Fold::State;
using Taps = Fold::Taps;

/// Whether one element stands before another in a sorted order: a NaN last, of
/// equal ones the lower place.
static Expr standsBefore(const Expr &x, const Expr &place, const Expr &y,
                         const Expr &other, bool descending) {
  auto isLess = [](const Expr &a, const Expr &b) {
    return a.type().is_float() ? (a < b || isNaN(b)) && !isNaN(a) : a < b;
  };
  Expr wins = descending ? isLess(y, x) : isLess(x, y);
  Expr loses = descending ? isLess(x, y) : isLess(y, x);
  return wins || (!loses && place < other);
}

static Fold sumWithoutBlocks(const Expr &zero) {
  Fold fold = withoutBlocks({zero});
  fold.merge = [](const State &x, const State &y) -> State {
    return {x[0] + y[0]};
  };
  return fold;
}

/// The element whose number of elements before it is the wanted place.
Fold gan::halide::foldSort(ElementEmitter &e, SortOp op) {
  auto at = [=, &e](const Coordinate &place) mutable {
    Index index = e.resultIndex();
    index[op.getDim()] = {place.number};
    return e.at(op.getInput(), index);
  };
  Fold fold = sumWithoutBlocks(0);
  fold.hasInnerBlock = true;
  fold.step = [=](const State &before, const Taps &taps) mutable -> State {
    const Coordinate &own = taps.index[0], &other = taps.index[1];
    return {before[0] + select(standsBefore(at(other), other.number, at(own),
                                            own.number, op.getDescending()),
                               1, 0)};
  };
  fold.close = [=, &e](const State &before, const Taps &taps) mutable -> State {
    Expr isOwn = before[0] == e.resultIndex()[op.getDim()].number;
    return {select(isOwn, taps.index[0].number, 0)};
  };
  return fold;
}

/// One number after the other until there is one.
Fold gan::halide::foldPermutation(ElementEmitter &e, RandomOp op) {
  auto size = uint32_t(op.getType().getDimSize(0));
  // Beyond all numbers: not begun yet.
  Fold fold = withoutBlocks({Expr(~0u)});
  fold.step = [=, &e](const State &state, const Taps &) mutable -> State {
    std::array<Expr, 4> key;
    for (auto [i, part] : llvm::enumerate(key))
      part =
          Halide::reinterpret<uint32_t>(e.at(op.getKey(), {fixed(int64_t(i))}));
    Expr start = Halide::reinterpret<uint32_t>(e.resultIndex()[0].number);
    Expr from = select(state[0] == Expr(~0u), start, state[0]);
    Expr next = permuteOnce(op, from, key, e.formulas.products);
    return {select(state[0] < Expr(size), state[0], next)};
  };
  fold.merge = [](const State &x, const State &) { return x; };
  fold.finish = [size](const State &state) -> State {
    return {size < 2 ? Expr(0) : Halide::reinterpret<int32_t>(state[0])};
  };
  return fold;
}

/// Every element before or at the place.
Fold gan::halide::foldRunningSum(ElementEmitter &e, CumsumOp op) {
  Fold fold = sumWithoutBlocks(0.0f);
  fold.step = [=, &e](const State &state, const Taps &taps) mutable -> State {
    Index index = e.resultIndex();
    Coordinate own = index[op.getDim()];
    index[op.getDim()] = {taps.index[0].number};
    Expr isBefore = taps.index[0].number <= own.number;
    Expr element = select(isBefore, e.at(op.getInput(), index), 0.0f);
    return {state[0] + where(taps.counts, element, 0.0f)};
  };
  return fold;
}

/// Every update whose index is the place; the base last.
Fold gan::halide::foldScatter(ElementEmitter &e, ScatterAddOp op) {
  Fold fold = sumWithoutBlocks(0.0f);
  fold.step = [=, &e](const State &state, const Taps &taps) mutable -> State {
    int64_t dim = op.getDim();
    Index index = e.resultIndex();
    Index place(IndexRef(index).take_front(op.getBatch()));
    place.append(taps.index.begin(), taps.index.end());
    Index from(IndexRef(index).take_front(dim));
    from.append(taps.index.begin(), taps.index.end());
    from.append(index.begin() + dim + 1, index.end());
    Expr isHere =
        cast<int32_t>(e.at(op.getIndex(), place)) == index[dim].number;
    Expr update = select(isHere, e.at(op.getUpdates(), from), 0.0f);
    return {state[0] + where(taps.counts, update, 0.0f)};
  };
  fold.finish = [=, &e](const State &state) mutable -> State {
    return {e.at(op.getBase(), e.resultIndex()) + state[0]};
  };
  return fold;
}
