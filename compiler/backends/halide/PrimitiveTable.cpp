//===- PrimitiveTable.cpp - primitives as Halide expressions --------------===//

#include "compiler/backends/halide/PrimitiveTable.h"
#include "compiler/backends/halide/Formulas.h"
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

static ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}
static mlir::Type elementTypeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

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

/// Indices are small: Halide counts in 32 bits.
static Expr number(int64_t value) { return Expr(int32_t(value)); }
static Coordinate fixed(int64_t value) { return {number(value)}; }

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

static Expr divide(const Expr &x, const Expr &y) {
  if (x.type().is_float())
    return x / y;
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
  return cast(to, x[0]);
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

static Expr splat(ConstantOp op) {
  auto elements = llvm::cast<mlir::DenseElementsAttr>(op.getValue());
  mlir::Type type = elementTypeOf(op);
  if (type.isF32())
    return Expr(elements.getSplatValue<llvm::APFloat>().convertToFloat());
  llvm::APInt value = elements.getSplatValue<llvm::APInt>();
  return Halide::Internal::make_const(
      toHalide(type),
      type.isInteger(1) ? int64_t(value.getZExtValue()) : value.getSExtValue());
}

//===----------------------------------------------------------------------===//
// Convolutions and windows, written out tap by tap
//===----------------------------------------------------------------------===//

/// Calls `visit` for all numbers of a shape, in row-major order.
static void forEach(ArrayRef<int64_t> shape,
                    llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> at(shape.size(), 0);
  for (int64_t n : shape)
    if (n == 0)
      return;
  while (true) {
    visit(at);
    size_t axis = shape.size();
    while (axis > 0 && ++at[axis - 1] == shape[axis - 1])
      at[--axis] = 0;
    if (axis == 0)
      return;
  }
}

static void addTo(Expr &sum, const Expr &next) {
  sum = sum.defined() ? sum + next : next;
}

static Expr convolve(ElementEmitter &e, ConvOp op, IndexRef index) {
  ArrayRef<int64_t> x = shapeOf(op.getInput()), w = shapeOf(op.getWeight());
  GeometryAttr geometry = op.getGeometry();
  int64_t perGroup = w[0] / geometry.getGroups();
  Expr firstChannel = index[1].number / number(perGroup) * number(w[1]);
  Expr sum;
  forEach(w.drop_front(2), [&](ArrayRef<int64_t> tap) {
    Index from(index);
    SmallVector<Guard> guards;
    for (auto [axis, k] : llvm::enumerate(tap)) {
      int64_t shift =
          k * geometry.getDilation()[axis] - geometry.getLow()[axis];
      int64_t stride = geometry.getStride()[axis], size = x[2 + axis];
      Expr position = index[2 + axis].number * number(stride) + number(shift);
      int64_t last = (shapeOf(op)[2 + axis] - 1) * stride + shift;
      if (shift < 0 || last >= size)
        guards.push_back({2 + axis, size, shift < 0, last >= size});
      from[2 + axis] = {position};
    }
    for (int64_t channel = 0; channel < w[1]; ++channel) {
      from[1] = {Halide::Internal::simplify(firstChannel + number(channel))};
      Index weight{{index[1].number}, fixed(channel)};
      for (int64_t k : tap)
        weight.push_back(fixed(k));
      addTo(sum, e.atWhere(guards, op.getInput(), from) *
                     e.at(op.getWeight(), weight));
    }
  });
  return sum;
}

static Expr transposedConvolve(ElementEmitter &e, ConvGradInputOp op,
                               IndexRef index) {
  ArrayRef<int64_t> y = shapeOf(op.getOutput()), w = shapeOf(op.getWeight());
  GeometryAttr geometry = op.getGeometry();
  int64_t perGroup = w[0] / geometry.getGroups();
  Expr group = index[1].number / number(w[1]);
  Expr channel = Halide::Internal::simplify(index[1].number % number(w[1]));
  Expr sum;
  forEach(w.drop_front(2), [&](ArrayRef<int64_t> tap) {
    Index from(index);
    SmallVector<Guard> guards;
    for (auto [axis, k] : llvm::enumerate(tap)) {
      int64_t stride = geometry.getStride()[axis], size = y[2 + axis];
      int64_t shift =
          geometry.getLow()[axis] - k * geometry.getDilation()[axis];
      Expr position = index[2 + axis].number + number(shift);
      int64_t last = shapeOf(op)[2 + axis] - 1 + shift;
      Guard guard{2 + axis, size, shift < 0, last >= size * stride};
      if (stride > 1)
        guard.other = position % number(stride) == 0;
      if (guard.below || guard.above || guard.other.defined())
        guards.push_back(guard);
      from[2 + axis] = {position / number(stride)};
    }
    for (int64_t m = 0; m < perGroup; ++m) {
      Expr output =
          Halide::Internal::simplify(group * number(perGroup) + number(m));
      from[1] = {output};
      Index weight{{output}, {channel}};
      for (int64_t k : tap)
        weight.push_back(fixed(k));
      addTo(sum, e.atWhere(guards, op.getOutput(), from) *
                     e.at(op.getWeight(), weight));
    }
  });
  return sum;
}

static Expr windowSum(ElementEmitter &e, WindowSumOp op, IndexRef index) {
  Expr sum;
  forEach(op.getWindow(), [&](ArrayRef<int64_t> tap) {
    Index from(index);
    for (auto [axis, k] : llvm::enumerate(tap)) {
      int64_t stride = op.getStride()[axis];
      if (op.getWindow()[axis] == 1 && stride == 1)
        continue;
      from[axis] = {index[axis].number * number(stride) + number(k)};
    }
    addTo(sum, e.at(op.getInput(), from));
  });
  return sum;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static const llvm::StringMap<Row> &table() {
  using Halide::ceil;
  using Halide::floor;
  using Halide::round;
  using Halide::sqrt;
  using X = ArrayRef<Expr>;
  static const Row rows[] = {
      elementwise<AddOp>([](AddOp, X x) {
        return wrapping(x[0], x[1], [](auto a, auto b) { return a + b; });
      }),
      elementwise<MulOp>([](MulOp, X x) {
        return wrapping(x[0], x[1], [](auto a, auto b) { return a * b; });
      }),
      elementwise<DivOp>([](DivOp, X x) { return divide(x[0], x[1]); }),
      elementwise<NegOp>(negate),
      elementwise<ExpOp>(exponential),
      elementwise<LogOp>(logarithm),
      elementwise<Log1pOp>(logarithm1p),
      elementwise<SqrtOp>([](Expr x) { return sqrt(x); }),
      elementwise<RsqrtOp>([](Expr x) { return 1.0f / sqrt(x); }),
      elementwise<TanhOp>(tangent),
      elementwise<LogisticOp>(logistic),
      elementwise<SoftplusOp>(softplus),
      elementwise<ErfOp>(errorFunction),
      elementwise<AbsOp>(magnitude),
      elementwise<SignOp>(sign),
      elementwise<FloorOp>([](Expr x) { return floor(x); }),
      elementwise<CeilOp>([](Expr x) { return ceil(x); }),
      elementwise<RoundOp>([](Expr x) { return round(x); }),
      elementwise<PowOp>([](PowOp op, X x) {
        return integerPower(x[0], int(op.getExponent().convertToDouble()));
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
      indexed<IotaOp>([](ElementEmitter &, IotaOp op, IndexRef index) {
        return cast(toHalide(elementTypeOf(op)), index[op.getDim()].number);
      }),
      indexed<ConstantOp>(
          [](ElementEmitter &, ConstantOp op, IndexRef) { return splat(op); }),
      indexed<ConvOp>(convolve),
      indexed<ConvGradInputOp>(transposedConvolve),
      indexed<WindowSumOp>(windowSum),
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
  if (view != plan.views.end()) {
    element = load(view->second, elementTypeOf(value), index);
  } else {
    mlir::Operation *op = value.getDefiningOp();
    element = table().at(op->getName().getStringRef()).emit(*this, op, index);
  }
  scopes.back()[value].push_back({Index(index), element});
  return element;
}

/// By how much a number grows from one lane of a vector to the next.
std::optional<int64_t> ElementEmitter::laneStep(const Expr &e) const {
  const Halide::Var &variable = variables.front();
  Expr next = Halide::Internal::substitute(
      variable.name(), variable + number(plan.loops.front().period), e);
  return constantOf(next - e);
}

Expr ElementEmitter::atWhere(ArrayRef<Guard> guards, mlir::Value value,
                             Index index) {
  // One condition for each axis: Halide cuts each loop by its own.
  SmallVector<Expr> conditions;
  Expr outer = mask;
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
    bool isLikely = guard.isLikely && !skips;
    skipsElements |= skips;
    conditions.push_back(isLikely ? inside(likely) : plain);
    // Nothing in a mask is likely: Halide 21 takes the predicate of a load for
    // true where only the likely part of it is.
    if (!guard.isLikely || step == 1) {
      mask = mask.defined() ? mask && plain : plain;
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
  mask = outer;
  Expr zero = Halide::Internal::make_zero(element.type());
  for (const Expr &condition : llvm::reverse(conditions))
    element = select(condition, element, zero);
  return element;
}

Index ElementEmitter::resultIndex() const {
  Index index(plan.result.shape.size(), fixed(0));
  for (auto [loop, variable] : llvm::zip_equal(plan.loops, variables)) {
    Expr rest = variable;
    for (int64_t axis : llvm::reverse(loop.axes)) {
      Expr extent = number(plan.result.shape[axis]);
      bool isOutermost = axis == loop.axes.front();
      index[axis] = {isOutermost ? rest : rest % extent, axis};
      rest = rest / extent;
    }
  }
  return index;
}

Expr ElementEmitter::load(const View &view, mlir::Type elementType,
                          IndexRef index) {
  SmallVector<int64_t> strides = view.strides();
  Expr offset = number(0);
  // Axes of one loop lie side by side: its variable counts them all.
  llvm::SmallDenseSet<int64_t> counted;
  for (auto [loop, variable] : llvm::zip_equal(plan.loops, variables)) {
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
  for (auto [axis, part] : llvm::enumerate(index))
    if (view.shape[axis] != 1 && !counted.contains(axis))
      offset = offset + part.number * number(strides[axis]);
  mlir::Value input = plan.inputs[view.input];
  if (auto constant = input.getDefiningOp<ConstantOp>())
    if (elementType.isF32())
      if (std::optional<int64_t> place = constantOf(offset)) {
        auto elements =
            llvm::cast<mlir::DenseElementsAttr>(constant.getValue());
        return Expr(elements.getValues<float>()[*place]);
      }
  Expr element = inputs[view.input](offset);
  if (mask.defined())
    element = Halide::Internal::Call::make(
        element.type(), Halide::Internal::Call::if_then_else, {mask, element},
        Halide::Internal::Call::PureIntrinsic);
  return elementType.isInteger(1) ? element != Expr(uint8_t(0)) : element;
}
