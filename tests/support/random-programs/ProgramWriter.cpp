//===- ProgramWriter.cpp - random programs with state, loops and branches -===//

#include "tests/support/random-programs/ProgramWriter.h"
#include "dialects/gan/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "tests/support/random-programs/OperationSamples.h"

using namespace mlir;
using namespace gan;
using namespace gan::testing;

static const SmallVector<SmallVector<int64_t>> shapes = {
    {},        {6},          {4},  {4, 6},  {6, 4},
    {2, 4, 6}, {2, 2, 6, 6}, {17}, {3, 19}, {1, 4, 7, 5}};

ArrayRef<SmallVector<int64_t>> gan::testing::randomProgramShapes() {
  return shapes;
}

Value ProgramWriter::elementwise(Value x) {
  Value y = anyOf(tensorType(x).getShape());
  switch (below(16)) {
  case 0:
    return b->add(x, y);
  case 1:
    return b->mul(b->tanh(x), y);
  case 2:
    return b->neg(x);
  case 3:
    return b->tanh(x);
  case 4:
    return b->scale(x, 0.5);
  case 5: {
    Value mask = b->compare(Comparison::le, x, b->constantLike(x, 0));
    Value leaky = b->select(mask, b->scale(x, 0.2), x);
    pool.push_back(leaky);
    return b->select(mask, y, leaky);
  }
  case 6:
    return b->exp(b->neg(b->abs(x)));
  case 7:
    return b->select(b->compare(Comparison::lt, x, y), x, y);
  case 8:
    return b->softplus(x);
  case 9:
    return b->log1p(b->abs(x));
  case 10:
    return b->div(x, b->shift(b->abs(y), 1));
  case 11:
    return b->mul(x, b->rsqrt(b->shift(b->square(x), 1)));
  case 12:
    return b->unary<SinOp>(x);
  case 13:
    return b->unary<ErfOp>(x);
  case 14:
    return b->sqrt(b->shift(b->abs(x), 0.5));
  default:
    return b->logistic(x);
  }
}

/// Numbers between -1 and 1 that differ.
Value ProgramWriter::pattern(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  Value index = b->iota(type({count}), 0);
  return b->reshape(b->unary<SinOp>(b->scale(index, 1 + 0.25 * below(8))),
                    shape);
}

/// `count` indices below `bound`, some of them equal.
Value ProgramWriter::indices(int64_t count, int64_t bound) {
  SmallVector<int32_t> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(below(bound));
  auto literal = RankedTensorType::get({count}, builder.getI32Type());
  return ConstantOp::create(
      builder, loc, literal,
      DenseIntElementsAttr::get(literal, ArrayRef<int32_t>(values)));
}

Value ProgramWriter::moved(Value x) {
  RankedTensorType from = tensorType(x);
  int64_t rank = from.getRank();
  if (rank == 0)
    return b->splat(x, {4, 6});
  int64_t axis = below(rank);
  SmallVector<int64_t> zero(rank, 0), one(rank, 1), shape(from.getShape());
  switch (below(13)) {
  case 0: {
    auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(permutation[axis], permutation[below(rank)]);
    return b->transpose(x, permutation);
  }
  case 1:
    return b->reverse(x, {axis});
  case 2: {
    SmallVector<int64_t> low = zero, high = zero;
    low[axis] = 1;
    high[axis] = -1;
    return b->pad(x, low, high, zero);
  }
  case 3: {
    SmallVector<int64_t> start = zero;
    start[axis] = shape[axis] / 2;
    Value back = b->slice(x, start, shape, one);
    SmallVector<int64_t> stop = shape;
    stop[axis] = shape[axis] / 2;
    return b->concat({back, b->slice(x, zero, stop, one)}, axis);
  }
  case 4:
    return from.getNumElements() == 24 ? b->reshape(x, {2, 3, 4})
                                       : b->reverse(x, {axis});
  case 5:
    return rank == 1 ? b->broadcast(x, {0}, {3, shape[0]}) : x;
  case 6: {
    auto index =
        b->iota(RankedTensorType::get({shape[axis]}, builder.getI32Type()), 0);
    return b->gather(x, index, axis);
  }
  case 7: { // Zeros between elements, then every second one.
    SmallVector<int64_t> interior = zero, stride = one, start = zero;
    interior[axis] = 1 + below(2);
    stride[axis] = 1 + below(3);
    Value spread = b->pad(x, zero, one, interior);
    SmallVector<int64_t> stop(tensorType(spread).getShape());
    start[axis] = below(stop[axis]);
    return b->slice(spread, start, stop, stride);
  }
  case 8:
    return b->gather(x, indices(1 + below(7), shape[axis]), axis);
  case 9: {
    shape[axis] = 1 + below(9);
    Value base = anyOf(shape);
    return ScatterAddOp::create(builder, loc, base,
                                indices(from.getDimSize(axis), shape[axis]),
                                b->tanh(x), axis);
  }
  case 10:
    if (from.getNumElements() > 200)
      return x;
    shape.insert(shape.begin() + axis, 1 + below(3));
    return b->broadcast(x, {axis}, shape);
  case 11:
    return b->reshape(x, {from.getNumElements()});
  default: {
    SmallVector<int64_t> window = one;
    window[axis] = 2;
    SmallVector<int64_t> high = zero;
    high[axis] = 1;
    return WindowSumOp::create(builder, loc, b->pad(x, zero, high, zero),
                               window, one);
  }
  }
}

/// One of the convolution family, with all that a geometry can say.
Value ProgramWriter::convolved(Value x) {
  ArrayRef<int64_t> from = tensorType(x).getShape();
  int64_t channels = from[1];
  int64_t groups = channels % 2 == 0 && below(3) == 0 ? 2 : 1;
  SmallVector<int64_t> kernel, stride, dilation, low, high;
  SmallVector<int64_t> to = {from[0], groups * (1 + below(3))};
  for (int64_t axis = 2; axis < 4; ++axis) {
    kernel.push_back(1 + below(3));
    stride.push_back(1 + below(2));
    dilation.push_back(1 + below(2));
    low.push_back(below(3));
    high.push_back(below(3));
    int64_t span = (kernel.back() - 1) * dilation.back() + 1;
    high.back() +=
        std::max<int64_t>(span - from[axis] - low.back() - high.back(), 0);
    to.push_back(
        (from[axis] + low.back() + high.back() - span) / stride.back() + 1);
  }
  auto geometry = GeometryAttr::get(builder.getContext(), stride, dilation, low,
                                    high, groups);
  SmallVector<int64_t> weight = {to[1], channels / groups, kernel[0],
                                 kernel[1]};
  switch (below(3)) {
  case 0:
    return ConvOp::create(builder, loc, type(to), b->tanh(x), pattern(weight),
                          geometry);
  case 1:
    return ConvGradInputOp::create(builder, loc, type(from), pattern(weight),
                                   pattern(to), geometry);
  default:
    return ConvGradWeightOp::create(builder, loc, type(weight), b->tanh(x),
                                    pattern(to), geometry);
  }
}

Value ProgramWriter::reduced(Value x) {
  RankedTensorType from = tensorType(x);
  int64_t rank = from.getRank();
  if (rank == 0)
    return b->neg(x);
  int64_t axis = below(rank);
  if (rank == 4 && below(2))
    return convolved(x);
  switch (below(8)) {
  case 0:
    return b->mean(x, {axis});
  case 1:
    return b->max(x, {axis});
  case 2: {
    auto moments = MomentsOp::create(builder, loc, x, ArrayRef{axis});
    pool.push_back(moments.getVariance());
    return moments.getMean();
  }
  case 3:
    return CumsumOp::create(builder, loc, b->tanh(x), axis);
  case 4:
    return b->mean(x, otherDims(rank, {axis}));
  case 5:
    return b->min(x, {axis});
  default:
    if (rank == 2) {
      Value y = anyOf({from.getDimSize(1), from.getDimSize(0)});
      return b->dot(b->tanh(x), b->tanh(y), {}, {}, {1}, {0});
    }
    return b->sumAll(b->tanh(x));
  }
}

/// Any operation that has a sample, near the points where that is smooth.
Value ProgramWriter::sampled() {
  const auto &rows = operationSamples();
  Dice dice{std::mt19937(engine())};
  Sample sample = rows[below(rows.size())].generate(dice);
  SmallVector<Value> operands;
  for (const reference::Tensor &point : sample.inputs) {
    SmallVector<float> values(point.values.begin(), point.values.end());
    Value near = b->scale(b->tanh(anyOf(point.shape)), 0.02);
    auto literal = DenseElementsAttr::get(type(point.shape), ArrayRef(values));
    operands.push_back(b->add(
        near, ConstantOp::create(builder, loc, near.getType(), literal)));
  }
  return b->tanh(sample.build(*b, operands));
}

void ProgramWriter::addLoop(unsigned depth) {
  SmallVector<Value> initial;
  for (int64_t count = 1 + below(3); count > 0; --count)
    initial.push_back(any());
  Value count = arith::ConstantOp::create(builder, loc,
                                          builder.getF64FloatAttr(below(4)));
  SmallVector<Type> types(ValueRange(initial).getTypes());
  auto loop = RepeatOp::create(builder, loc, types, count, initial);
  {
    OpBuilder::InsertionGuard guard(builder);
    SmallVector<Location> locations(types.size(), loc);
    Block *body = builder.createBlock(&loop.getBody(), {}, types, locations);
    SmallVector<Value> outside = pool;
    llvm::append_range(pool, body->getArguments());
    addOperations(1 + below(6), depth + 1);
    SmallVector<Value> next;
    for (Type type : types)
      next.push_back(anyOf(cast<RankedTensorType>(type).getShape()));
    YieldOp::create(builder, loc, next);
    pool = outside;
  }
  llvm::append_range(pool, loop.getResults());
}

void ProgramWriter::addBranch(unsigned depth) {
  SmallVector<Type> types;
  for (int64_t count = below(3); count > 0; --count)
    types.push_back(any().getType());
  Value condition =
      arith::ConstantOp::create(builder, loc, builder.getBoolAttr(below(2)));
  auto choice = IfOp::create(builder, loc, types, condition);
  for (Region &region : choice->getRegions()) {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&region);
    SmallVector<Value> outside = pool;
    addOperations(below(5), depth + 1);
    SmallVector<Value> results;
    for (Type type : types)
      results.push_back(anyOf(cast<RankedTensorType>(type).getShape()));
    YieldOp::create(builder, loc, results);
    pool = outside;
  }
  llvm::append_range(pool, choice.getResults());
}

void ProgramWriter::addOperations(unsigned count, unsigned depth) {
  for (; count > 0; --count) {
    int64_t kind = below(22);
    if (kind >= 20) // Terms of their derivatives cancel beyond f32.
      pool.push_back(depth < 2 ? sampled() : elementwise(any()));
    else if (kind < 9)
      pool.push_back(elementwise(any()));
    else if (kind < 13)
      pool.push_back(moved(any()));
    else if (kind < 16)
      pool.push_back(reduced(any()));
    else if (kind == 16 && depth < 2)
      addLoop(depth);
    else if (kind == 17 && depth < 2)
      addBranch(depth);
    else if (kind == 18)
      ReportOp::create(builder, loc, "r" + std::to_string(numReports++),
                       anyOf({}));
    else if (kind == 19 && depth == 0) {
      auto key = RankedTensorType::get({4}, builder.getI32Type());
      pool.push_back(RandomOp::create(
          builder, loc, type({4, 6}), Distribution::normal,
          KeyOp::create(builder, loc, key, numReports++, Scope::block),
          APFloat(0.0), APFloat(1.0), 3, "z"));
    } else if (kind == 19)
      RecordOp::create(builder, loc, "record", any());
  }
}

/// Of the sum of a few values: alternately the first and the second derivative
/// by each argument, the second one along the pattern of the first.
SmallVector<Value> ProgramWriter::derivatives(ValueRange arguments) {
  auto sumOf = [&](ValueRange values) {
    Value total;
    for (Value value : values) {
      auto shape = tensorType(value).getShape();
      Value term = b->sumAll(b->mul(b->tanh(value), pattern(shape)));
      total = total ? b->add(total, term) : term;
    }
    return total;
  };
  Value objective = sumOf({any(), any(), pool.back()});
  auto first = GradOp::create(builder, loc, objective, arguments,
                              /*zeroWithoutPath=*/true);
  auto second = GradOp::create(builder, loc, sumOf(first.getGradients()),
                               arguments, /*zeroWithoutPath=*/true);
  SmallVector<Value> results;
  for (size_t index = 0; index < arguments.size(); ++index)
    results.push_back((index % 2 ? second : first).getGradients()[index]);
  return results;
}

OwningOpRef<ModuleOp> ProgramWriter::write(bool withDerivatives) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  SmallVector<Attribute> arguments, results;
  SmallVector<Type> types;
  for (auto [index, shape] : llvm::enumerate(shapes)) {
    std::string name = "s" + std::to_string(index);
    auto initializer = InitializerAttr::get(
        builder.getContext(), InitializerKind::normal,
        builder.getF64FloatAttr(0), builder.getF64FloatAttr(1), {}, {});
    StateOp::create(builder, loc, name, StateKind::parameter, initializer,
                    index, type(shape));
    arguments.push_back(builder.getStringAttr("state " + name));
    types.push_back(type(shape));
  }
  arguments.push_back(builder.getStringAttr("input x"));
  types.push_back(type({4, 6}));

  results = SmallVector<Attribute>(ArrayRef(arguments).drop_back());
  // One state has no new value, one no old one.
  results.erase(results.begin() + 1);
  results.push_back(builder.getStringAttr("output y"));
  results.push_back(builder.getStringAttr("output z"));
  auto program =
      ProgramOp::create(builder, loc, "step", builder.getArrayAttr(arguments),
                        builder.getArrayAttr(results));
  SmallVector<Location> locations(types.size(), loc);
  builder.createBlock(&program.getBody(), {}, types, locations);
  b.emplace(builder, loc);
  pool.assign(program.getBody().args_begin(), program.getBody().args_end());
  addOperations(10 + below(withDerivatives ? 15 : 30), withDerivatives ? 2 : 0);
  SmallVector<Value> gradients, yielded;
  if (withDerivatives)
    gradients =
        derivatives(ValueRange(program.getBody().getArguments()).drop_back());
  for (Attribute name : results) {
    StringRef state = cast<StringAttr>(name).getValue();
    if (state.consume_front("state s"))
      yielded.push_back(withDerivatives ? gradients[state[0] - '0']
                                        : anyOf(shapes[state[0] - '0']));
    else
      yielded.push_back(any());
  }
  YieldOp::create(builder, loc, yielded);
  expandComposites(*module);
  return module;
}
