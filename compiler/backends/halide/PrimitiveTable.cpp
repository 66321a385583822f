//===- PrimitiveTable.cpp - primitives as Halide expressions --------------===//

#include "compiler/backends/halide/PrimitiveTable.h"
#include "compiler/backends/halide/RandomFormulas.h"
#include "compiler/backends/halide/WrittenTaps.h"
#include "llvm/ADT/StringMap.h"

using namespace gan;
using namespace gan::halide;
using Halide::cast;
using Halide::Expr;
using Halide::likely;
using Halide::reinterpret;
using Halide::select;
using llvm::ArrayRef;
using llvm::SmallVector;

Halide::Type gan::halide::toHalide(mlir::Type elementType) {
  if (elementType.isF32())
    return Halide::Float(32);
  if (elementType.isInteger(1))
    return Halide::Bool();
  return Halide::Int(elementType.getIntOrFloatBitWidth());
}

Halide::Type gan::halide::toMemory(mlir::Type elementType) {
  return elementType.isInteger(1) ? Halide::UInt(8) : toHalide(elementType);
}

static std::optional<int64_t> constantOf(const Expr &e) {
  return Halide::Internal::as_const_int(Halide::Internal::simplify(e));
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

namespace {
struct Row {
  llvm::StringRef name;
  std::function<Expr(ElementEmitter &, mlir::Operation *, IndexRef)> emit;
};

/// A row of an operation that says what its element at an index is.
template <typename Op, typename F> Row indexed(F f) {
  return {Op::getOperationName(),
          [f](ElementEmitter &e, mlir::Operation *op, IndexRef index) -> Expr {
            return f(e, llvm::cast<Op>(op), index);
          }};
}

/// A row of an element-wise operation on x, of its attributes if it wants them.
template <typename Op, typename F> Row elementwise(F f) {
  return {Op::getOperationName(),
          [f](ElementEmitter &e, mlir::Operation *op, IndexRef index) -> Expr {
            SmallVector<Expr, 3> x;
            for (mlir::Value operand : op->getOperands())
              x.push_back(e.at(operand, index));
            if constexpr (std::is_invocable_v<F, Op, ArrayRef<Expr>>)
              return f(llvm::cast<Op>(op), ArrayRef<Expr>(x));
            else
              return std::apply(f, std::tuple(x[0]));
          }};
}

/// A row of one of the formulas.
template <typename Op> Row formula(Expr (Formulas::*f)(Expr) const) {
  return indexed<Op>([f](ElementEmitter &e, Op op, IndexRef index) {
    return (e.formulas.*f)(e.at(op.getInput(), index));
  });
}
} // namespace

//===----------------------------------------------------------------------===//
// Element-wise
//===----------------------------------------------------------------------===//

/// Sums and products of integers wrap.
template <typename F> static Expr wrapping(const Expr &x, const Expr &y, F f) {
  if (x.type().is_float())
    return f(x, y);
  Halide::Type word = x.type().with_code(Halide::Type::UInt);
  return reinterpret(x.type(), f(reinterpret(word, x), reinterpret(word, y)));
}

static Expr divide(const Formulas &formulas, const Expr &x, const Expr &y) {
  if (x.type().is_float())
    return formulas.divide(x, y);
  // Neither zero nor the overflow of min / -1 may trap.
  Expr zero = Halide::Internal::make_zero(x.type());
  Expr one = Halide::Internal::make_one(x.type());
  Expr divisor = select(y == zero || y == -one, one, y);
  Expr quotient = Halide::div_round_to_zero(x, divisor);
  Expr negative = wrapping(zero, x, [](auto a, auto b) { return a - b; });
  return select(y == zero, zero, select(y == -one, negative, quotient));
}

static Expr negate(const Expr &x) {
  return reinterpret<float>(reinterpret<uint32_t>(x) ^ Expr(0x80000000u));
}

static Expr compare(CompareOp op, ArrayRef<Expr> x) {
  switch (op.getComparison()) {
  case Comparison::eq:
    return x[0] == x[1];
  case Comparison::ne:
    return x[0] != x[1];
  case Comparison::lt:
    return x[0] < x[1];
  case Comparison::le: // not !(b < a), which holds for NaN
    return x[0] < x[1] || x[0] == x[1];
  case Comparison::gt:
    return x[1] < x[0];
  case Comparison::ge:
    return x[1] < x[0] || x[0] == x[1];
  }
  llvm_unreachable("all comparisons are handled");
}

static Expr combine(LogicalOp op, ArrayRef<Expr> x) {
  switch (op.getKind()) {
  case LogicalKind::conjunction:
    return x[0] && x[1];
  case LogicalKind::disjunction:
    return x[0] || x[1];
  case LogicalKind::exclusive:
    return (cast<uint8_t>(x[0]) ^ cast<uint8_t>(x[1])) != Expr(uint8_t(0));
  }
  llvm_unreachable("all kinds are handled");
}

/// To the nearest integer towards zero; what is beyond becomes the last one.
static Expr truncate(const Expr &x, Halide::Type type) {
  float limit = std::ldexp(1.0f, type.bits() - 1);
  // Only forms that are false for NaN.
  Expr inside = x < limit && (-limit < x || x == -limit);
  Expr whole = cast(type, select(inside, x, 0.0f));
  Expr outside = select(0.0f < x, type.max(), x < 0.0f, type.min(),
                        Halide::Internal::make_zero(type));
  return select(inside, whole, outside);
}

static Expr convert(CastOp op, ArrayRef<Expr> x) {
  Halide::Type from = x[0].type(), to = toHalide(elementTypeOf(op));
  if (from == to)
    return x[0];
  if (to.is_bool())
    return x[0] != Halide::Internal::make_zero(from);
  if (from.is_bool())
    return select(x[0], Halide::Internal::make_one(to),
                  Halide::Internal::make_zero(to));
  if (from.is_float())
    return truncate(x[0], to);
  if (!from.is_int() || from.bits() >= to.bits())
    return cast(to, x[0]);
  // Not by one operation: Mesa 22.3 loses the sign of a number that SPIR-V
  // extends and then compares with a constant.
  Expr sign = Halide::Internal::make_const(to, int64_t(1) << (from.bits() - 1));
  return (cast(to, reinterpret(from.with_code(Halide::Type::UInt), x[0])) ^
          sign) -
         sign;
}

static Expr sign(const Expr &x) {
  return select(x < 0.0f, -1.0f, select(0.0f < x, 1.0f, x));
}

//===----------------------------------------------------------------------===//
// Shape
//===----------------------------------------------------------------------===//

static Expr reshape(ElementEmitter &e, ReshapeOp op, IndexRef index) {
  ArrayRef<int64_t> from = shapeOf(op.getInput()), to = shapeOf(op);
  Index inner(from.size(), fixed(0));
  for (const ReshapeGroup &group : groupAxes(from, to)) {
    if (group.from.size() == 1 && group.to.size() == 1) {
      inner[group.from[0]] = index[group.to[0]];
      continue;
    }
    Expr position = number(0);
    for (int64_t axis : group.to)
      position = position * number(to[axis]) + index[axis].number;
    position = Halide::Internal::simplify(position);
    for (int64_t axis : llvm::reverse(group.from)) {
      bool isFirst = axis == group.from.front();
      inner[axis] = {isFirst ? position : position % number(from[axis])};
      position = position / number(from[axis]);
    }
  }
  return e.at(op.getInput(), inner);
}

static Expr pad(ElementEmitter &e, PadOp op, IndexRef index) {
  Index inner(index);
  SmallVector<Guard> guards;
  for (auto [axis, part] : llvm::enumerate(inner)) {
    int64_t low = op.getLow()[axis], high = op.getHigh()[axis];
    int64_t step = op.getInterior()[axis] + 1;
    if (!low && !high && step == 1)
      continue;
    Expr position = part.number - number(low);
    Guard guard{axis, shapeOf(op.getInput())[axis], low > 0, high > 0};
    if (step > 1)
      guard.other = position % number(step) == 0;
    guards.push_back(guard);
    part = {position / number(step)};
  }
  return e.atWhere(guards, op.getInput(), inner);
}

static Expr concat(ElementEmitter &e, ConcatOp op, IndexRef index) {
  int64_t dim = op.getDim(), start = 0;
  Expr result;
  for (mlir::Value input : op.getInputs()) {
    int64_t extent = shapeOf(input)[dim];
    if (extent == 0)
      continue;
    Index inner(index);
    inner[dim] = {index[dim].number - number(start)};
    Expr inside = inner[dim].number >= 0 && inner[dim].number < number(extent);
    Guard guard{size_t(dim), extent, true, true};
    guard.isLikely = false;
    Expr piece = e.atWhere(guard, input, inner);
    result = result.defined() ? select(inside, piece, result) : piece;
    start += extent;
  }
  return result;
}

static Expr gather(ElementEmitter &e, GatherOp op, IndexRef index) {
  int64_t dim = op.getDim(), batch = op.getBatch();
  int64_t rank = shapeOf(op.getIndex()).size() - batch;
  Index inner(index.take_front(dim)), chosen(index.take_front(batch));
  chosen.append(index.begin() + dim, index.begin() + dim + rank);
  Expr place = cast<int32_t>(e.at(op.getIndex(), chosen));
  inner.push_back({Halide::unsafe_promise_clamped(
      place, 0, number(shapeOf(op.getInput())[dim] - 1))});
  inner.append(index.begin() + dim + rank, index.end());
  return e.at(op.getInput(), inner);
}

static int64_t countElements(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getNumElements();
}

static Expr elementOf(ConstantOp op, int64_t place) {
  auto elements = llvm::cast<mlir::DenseElementsAttr>(op.getValue());
  mlir::Type type = elementTypeOf(op);
  if (type.isF32())
    return Expr(elements.getValues<float>()[place]);
  llvm::APInt value = elements.getValues<llvm::APInt>()[place];
  return Halide::Internal::make_const(
      toHalide(type),
      type.isInteger(1) ? int64_t(value.getZExtValue()) : value.getSExtValue());
}

/// One of the elements first … first + count - 1, in the code itself.
static Expr chooseElement(ConstantOp op, const Expr &place, int64_t first,
                          int64_t count) {
  if (count == 1)
    return elementOf(op, first);
  int64_t half = count / 2;
  return select(place < number(first + half),
                chooseElement(op, place, first, half),
                chooseElement(op, place, first + half, count - half));
}

/// Number `number` of the starts at an index, from 0 to `most`.
static Expr startAt(ElementEmitter &e, mlir::Value start, int64_t place,
                    int64_t most, IndexRef index) {
  if (most == 0)
    return number(0);
  Index own(index.take_front(shapeOf(start).size() - 1));
  own.push_back(fixed(place));
  return clamp(cast<int32_t>(e.at(start, own)), 0, number(most));
}

static Expr dynamicSlice(ElementEmitter &e, DynamicSliceOp op, IndexRef index) {
  ArrayRef<int64_t> whole = shapeOf(op.getInput()), part = shapeOf(op);
  int64_t sliced = shapeOf(op.getStart()).back();
  Index inner(index);
  for (int64_t i = 0; i < sliced; ++i) {
    size_t axis = whole.size() - sliced + i;
    if (whole[axis] != part[axis])
      inner[axis] = {inner[axis].number + startAt(e, op.getStart(), i,
                                                  whole[axis] - part[axis],
                                                  index)};
  }
  return e.at(op.getInput(), inner);
}

static Expr dynamicUpdateSlice(ElementEmitter &e, DynamicUpdateSliceOp op,
                               IndexRef index) {
  ArrayRef<int64_t> whole = shapeOf(op), part = shapeOf(op.getUpdate());
  int64_t sliced = shapeOf(op.getStart()).back();
  Index inner(index);
  SmallVector<Guard> guards;
  Expr inside;
  for (int64_t i = 0; i < sliced; ++i) {
    size_t axis = whole.size() - sliced + i;
    if (whole[axis] == part[axis])
      continue;
    inner[axis] = {inner[axis].number - startAt(e, op.getStart(), i,
                                                whole[axis] - part[axis],
                                                index)};
    Guard guard{axis, part[axis], true, true};
    guard.isLikely = false;
    guards.push_back(guard);
    Expr own =
        inner[axis].number >= 0 && inner[axis].number < number(part[axis]);
    inside = inside.defined() ? inside && own : own;
  }
  Expr update = e.atWhere(guards, op.getUpdate(), inner);
  return inside.defined() ? select(inside, update, e.at(op.getBase(), index))
                          : update;
}

static Expr draw(ElementEmitter &e, RandomOp op, IndexRef index) {
  std::array<Expr, 4> key;
  for (auto [i, part] : llvm::enumerate(key))
    part = reinterpret<uint32_t>(e.at(op.getKey(), {fixed(int64_t(i))}));
  View rows{llvm::to_vector(shapeOf(op)),
            llvm::to_vector(llvm::seq<int64_t>(0, index.size()))};
  return drawElement(op, e.offsetOf(rows, index), key, e.formulas.products);
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static const llvm::StringMap<Row> &table() {
  using Halide::floor;
  using Halide::sqrt;
  using X = ArrayRef<Expr>;
  static const Row rows[] = {
      elementwise<AddOp>([](AddOp, X x) {
        return wrapping(x[0], x[1], [](auto a, auto b) { return a + b; });
      }),
      elementwise<MulOp>([](MulOp, X x) {
        return wrapping(x[0], x[1], [](auto a, auto b) { return a * b; });
      }),
      indexed<DivOp>([](ElementEmitter &e, DivOp op, IndexRef index) {
        return divide(e.formulas, e.at(op.getLhs(), index),
                      e.at(op.getRhs(), index));
      }),
      elementwise<NegOp>(negate),
      formula<ExpOp>(&Formulas::exponential),
      formula<LogOp>(&Formulas::logarithm),
      formula<Log1pOp>(&Formulas::logarithm1p),
      elementwise<SqrtOp>([](Expr x) { return sqrt(x); }),
      indexed<RsqrtOp>([](ElementEmitter &e, RsqrtOp op, IndexRef index) {
        return e.formulas.divide(1.0f, sqrt(e.at(op.getInput(), index)));
      }),
      formula<TanhOp>(&Formulas::tangent),
      formula<LogisticOp>(&Formulas::logistic),
      formula<SoftplusOp>(&Formulas::softplus),
      formula<SinOp>(&Formulas::sine),
      formula<CosOp>(&Formulas::cosine),
      formula<ErfOp>(&Formulas::errorFunction),
      elementwise<AbsOp>(magnitude),
      elementwise<SignOp>(sign),
      elementwise<FloorOp>([](Expr x) { return floor(x); }),
      // Halide's ceil is a call into the C library where it is no vector.
      elementwise<CeilOp>([](Expr x) { return negate(floor(negate(x))); }),
      elementwise<RoundOp>(roundToEven),
      indexed<PowOp>([](ElementEmitter &e, PowOp op, IndexRef index) {
        return e.formulas.power(e.at(op.getInput(), index),
                                op.getExponent().convertToDouble());
      }),
      elementwise<CompareOp>(compare),
      elementwise<LogicalOp>(combine),
      elementwise<SelectOp>(
          [](SelectOp, X x) { return select(x[0], x[1], x[2]); }),
      elementwise<CastOp>(convert),
      elementwise<StopOp>([](Expr x) { return x; }),
      elementwise<ReverseGradientOp>([](Expr x) { return x; }),

      indexed<ReshapeOp>(reshape),
      indexed<TransposeOp>([](ElementEmitter &e, TransposeOp op,
                              IndexRef index) {
        Index inner(index);
        for (auto [part, axis] : llvm::zip_equal(index, op.getPermutation()))
          inner[axis] = part;
        return e.at(op.getInput(), inner);
      }),
      indexed<ReverseOp>([](ElementEmitter &e, ReverseOp op, IndexRef index) {
        Index inner(index);
        for (int64_t dim : op.getDims())
          inner[dim] = {number(shapeOf(op)[dim] - 1) - index[dim].number};
        return e.at(op.getInput(), inner);
      }),
      indexed<BroadcastOp>(
          [](ElementEmitter &e, BroadcastOp op, IndexRef index) {
            Index inner;
            for (auto [axis, part] : llvm::enumerate(index))
              if (!llvm::is_contained(op.getDims(), int64_t(axis)))
                inner.push_back(part);
            return e.at(op.getInput(), inner);
          }),
      indexed<SliceOp>([](ElementEmitter &e, SliceOp op, IndexRef index) {
        Index inner(index);
        for (auto [axis, part] : llvm::enumerate(inner))
          if (shapeOf(op)[axis] != shapeOf(op.getInput())[axis])
            part = {part.number * number(op.getStride()[axis]) +
                    number(op.getStart()[axis])};
        return e.at(op.getInput(), inner);
      }),
      indexed<PadOp>(pad),
      indexed<ConcatOp>(concat),
      indexed<GatherOp>(gather),
      indexed<DynamicSliceOp>(dynamicSlice),
      indexed<DynamicUpdateSliceOp>(dynamicUpdateSlice),
      indexed<RandomOp>(draw),
      indexed<IotaOp>([](ElementEmitter &, IotaOp op, IndexRef index) {
        return cast(toHalide(elementTypeOf(op)), index[op.getDim()].number);
      }),
      indexed<ConstantOp>([](ElementEmitter &, ConstantOp op, IndexRef) {
        return elementOf(op, 0); // the same everywhere
      }),
      indexed<ConvOp>(writeConvolution),
      indexed<ConvGradInputOp>(writeTransposedConvolution),
      indexed<WindowSumOp>(writeWindowSum),
  };
  static const llvm::StringMap<Row> byName = [] {
    llvm::StringMap<Row> map;
    for (const Row &row : rows)
      map[row.name] = row;
    return map;
  }();
  return byName;
}

//===----------------------------------------------------------------------===//
// Values and memory
//===----------------------------------------------------------------------===//

static bool isSame(IndexRef a, IndexRef b) {
  return llvm::equal(a, b, [](const Coordinate &a, const Coordinate &b) {
    return Halide::Internal::equal(a.number, b.number);
  });
}

Expr ElementEmitter::at(mlir::Value value, IndexRef index) {
  for (const Knowledge &scope : llvm::reverse(scopes)) {
    auto found = scope.find(value);
    if (found != scope.end())
      for (const Known &known : found->second)
        if (isSame(known.index, index))
          return known.number;
  }
  auto view = plan.views.find(value);
  Expr element;
  if (readStage)
    element = readStage(value, index);
  if (element.defined()) {
    // It lies in the cache.
  } else if (view != plan.views.end()) {
    element = load(view->second, elementTypeOf(value), index);
  } else {
    mlir::Operation *op = value.getDefiningOp();
    element = table().at(op->getName().getStringRef()).emit(*this, op, index);
  }
  scopes.back()[value].push_back({Index(index), element});
  return element;
}

void ElementEmitter::enter(Surroundings other) {
  outside.push_back({std::move(code), std::move(scopes)});
  code = std::move(other);
  scopes.assign(1, Knowledge());
}

void ElementEmitter::leave() {
  code = std::move(outside.back().surroundings);
  scopes = std::move(outside.back().scopes);
  outside.pop_back();
}

/// By how much a number grows from one lane of a vector to the next.
std::optional<int64_t> ElementEmitter::laneStep(const Expr &e) const {
  if (code.lane.empty())
    return std::nullopt;
  Halide::Var variable(code.lane);
  Expr next = Halide::Internal::substitute(code.lane,
                                           variable + number(code.laneStep), e);
  return constantOf(next - e);
}

/// Beyond its ends a stage is zero, and what is made of stages may be computed.
Expr ElementEmitter::atStageWhere(ArrayRef<Guard> guards, mlir::Value value,
                                  IndexRef index) {
  Expr condition = Halide::Internal::const_true();
  bool isStage = plan.chain->stageOf(value) != nullptr;
  for (const Guard &guard : guards) {
    const Expr &position = index[guard.axis].number;
    if (guard.other.defined())
      condition = condition && guard.other;
    if (!isStage && guard.below)
      condition = condition && position >= 0;
    if (!isStage && guard.above)
      condition = condition && position <= number(guard.extent - 1);
  }
  condition = Halide::Internal::simplify(condition);
  Expr zero = Halide::Internal::make_zero(toHalide(elementTypeOf(value)));
  if (Halide::Internal::is_const_zero(condition))
    return zero;
  Expr element = at(value, index);
  return Halide::Internal::is_const_one(condition)
             ? element
             : select(condition, element, zero);
}

Expr ElementEmitter::atWhere(ArrayRef<Guard> guards, mlir::Value value,
                             Index index) {
  if (readStage && plan.chain->made.contains(value) && value != ownStage)
    return atStageWhere(guards, value, index);
  // One condition for each axis: Halide cuts each loop by its own.
  SmallVector<Expr> conditions;
  Expr outer = code.mask;
  for (const Guard &guard : guards) {
    Expr &position = index[guard.axis].number;
    Expr last = number(guard.extent - 1);
    auto inside = [&](auto mark) {
      Expr all = guard.other;
      auto require = [&](const Expr &condition) {
        all = all.defined() ? all && mark(condition) : mark(condition);
      };
      if (guard.below)
        require(position >= 0);
      if (guard.above)
        require(position <= last);
      return all;
    };
    Expr plain = inside([](const Expr &e) { return e; });
    if (!plain.defined())
      continue;
    std::optional<int64_t> step = laneStep(position);
    bool skips = step && step != 0 && step != 1;
    bool isLikely = guard.isLikely && options.cutsLoops && !skips;
    skipsElements |= skips;
    conditions.push_back(isLikely ? inside(likely) : plain);
    // Nothing in a mask is likely: Halide 21 takes the predicate of a load for
    // true where only the likely part of it is.
    if (options.hasMasks && (!guard.isLikely || step == 1)) {
      code.mask = code.mask.defined() ? code.mask && plain : plain;
      continue;
    }
    auto mark = [&](const Expr &e) { return isLikely ? likely(e) : e; };
    if (guard.below)
      position = max(mark(position), 0);
    if (guard.above)
      position = min(mark(position), last);
  }
  scopes.emplace_back();
  Expr element = at(value, index);
  scopes.pop_back();
  code.mask = outer;
  Expr zero = Halide::Internal::make_zero(element.type());
  for (const Expr &condition : llvm::reverse(conditions))
    element = select(condition, element, zero);
  return element;
}

/// Adds the axes of a loop to an index, whose first axis is `first`.
static void addLoop(Index &index, const Loop &loop, Expr rest, size_t first,
                    llvm::function_ref<int64_t(int64_t)> extentOf) {
  for (int64_t axis : llvm::reverse(loop.axes)) {
    Expr extent = number(extentOf(axis));
    bool isOutermost = axis == loop.axes.front();
    Expr part = isOutermost ? rest : rest % extent;
    if (loop.scale != 1)
      part = part * number(loop.scale);
    Coordinate &own = index[axis - first];
    own = {own.origin < 0 ? part : own.number + part, axis};
    rest = rest / extent;
  }
}

Index ElementEmitter::resultIndex() const {
  Index index(plan.shape.size(), fixed(0));
  for (auto [loop, variable] : llvm::zip_equal(plan.loops, code.loops))
    addLoop(index, loop, variable, 0,
            [&](int64_t axis) { return plan.shape[axis]; });
  return index;
}

Index ElementEmitter::foldIndex() const {
  Index index(plan.foldExtents.size(), fixed(0));
  size_t first = plan.shape.size();
  for (auto [loop, variable] : llvm::zip_equal(plan.foldLoops, code.foldLoops))
    addLoop(index, loop, variable, first,
            [&](int64_t axis) { return plan.foldExtents[axis - first]; });
  return index;
}

Expr ElementEmitter::offsetOf(const View &view, IndexRef index) const {
  SmallVector<int64_t> strides = view.strides();
  Expr offset = number(0);
  // Axes of one loop lie side by side: its variable counts them all.
  llvm::SmallDenseSet<int64_t> counted;
  auto addJoined = [&](ArrayRef<Loop> loops, ArrayRef<Expr> variables) {
    for (auto [loop, variable] : llvm::zip(loops, variables)) {
      if (loop.axes.size() < 2)
        continue;
      for (auto [axis, part] : llvm::enumerate(index)) {
        if (part.origin < 0 || !llvm::is_contained(loop.axes, part.origin))
          continue;
        counted.insert(axis);
        if (part.origin == loop.axes.back())
          offset = offset + variable * number(strides[axis]);
      }
    }
  };
  addJoined(plan.loops, code.loops);
  addJoined(plan.foldLoops, code.foldLoops);
  for (auto [axis, part] : llvm::enumerate(index))
    if (view.shape[axis] != 1 && !counted.contains(axis))
      offset = offset + part.number * number(strides[axis]);
  return offset;
}

Expr ElementEmitter::load(const View &view, mlir::Type elementType,
                          IndexRef index) {
  Expr offset = offsetOf(view, index);
  mlir::Value input = plan.inputs[view.input];
  if (auto constant = input.getDefiningOp<ConstantOp>()) {
    // A place outside is one that a guard leaves out.
    if (std::optional<int64_t> place = constantOf(offset))
      return elementOf(constant, std::clamp<int64_t>(
                                     *place, 0, countElements(constant) - 1));
    if (!options.hasMemoryOfConstants)
      return chooseElement(constant, offset, 0, countElements(constant));
  }
  // Lanes that a mask leaves out lie anywhere: Halide shall not know where.
  if (const Expr &zero = formulas.products.zero;
      code.mask.defined() && zero.defined())
    offset = offset + reinterpret<int32_t>(zero);
  Expr element = inputs[view.input](offset);
  if (code.mask.defined())
    element = Halide::Internal::Call::make(
        element.type(), Halide::Internal::Call::if_then_else,
        {code.mask, element}, Halide::Internal::Call::PureIntrinsic);
  return elementType.isInteger(1) ? element != Expr(uint8_t(0)) : element;
}
