//===- random_programs_test.cc - fusion and plan keep what a program means ===//
//
// Random programs with state, loops and branches are run by the reference
// interpreter as they are, and once more after they were fused, joined,
// scheduled, planned, verified and put together again. All numbers have to be
// equal: no pass changes the arithmetic of an element.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GanToKernel/Passes.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "dialects/gan/Reference/Interpreter.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"
#include <cstring>
#include <random>

using namespace mlir;
using namespace gan;
using gan::reference::Tensor;

namespace {

constexpr unsigned programs = 400;

const SmallVector<SmallVector<int64_t>> shapes = {
    {}, {6}, {4}, {4, 6}, {6, 4}, {2, 4, 6}, {2, 2, 6, 6}};

class ProgramWriter {
public:
  ProgramWriter(MLIRContext &context, unsigned seed)
      : engine(seed), builder(&context) {}

  OwningOpRef<ModuleOp> write();

private:
  std::mt19937 engine;
  OpBuilder builder;
  std::optional<TensorBuilder> b;
  Location loc = builder.getUnknownLoc();
  SmallVector<Value> pool;
  unsigned numReports = 0;

  int64_t below(int64_t n) { return engine() % n; }
  RankedTensorType type(ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, builder.getF32Type());
  }
  Value any() { return pool[below(pool.size())]; }
  /// A value of `shape`, made from any other if there is none.
  Value anyOf(ArrayRef<int64_t> shape) {
    SmallVector<Value> fitting;
    for (Value value : pool)
      if (tensorType(value).getShape() == shape)
        fitting.push_back(value);
    if (!fitting.empty() && below(8))
      return fitting[below(fitting.size())];
    Value sum = b->sumAll(b->tanh(any()));
    return shape.empty() ? sum : b->splat(sum, shape);
  }

  Value elementwise(Value x);
  Value moved(Value x);
  Value reduced(Value x);
  void addOperations(unsigned count, unsigned depth);
  void addLoop(unsigned depth);
  void addBranch(unsigned depth);
};

Value ProgramWriter::elementwise(Value x) {
  Value y = anyOf(tensorType(x).getShape());
  switch (below(9)) {
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
  default:
    return b->logistic(x);
  }
}

Value ProgramWriter::moved(Value x) {
  RankedTensorType from = tensorType(x);
  int64_t rank = from.getRank();
  if (rank == 0)
    return b->splat(x, {4, 6});
  int64_t axis = below(rank);
  SmallVector<int64_t> zero(rank, 0), one(rank, 1), shape(from.getShape());
  switch (below(8)) {
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

Value ProgramWriter::reduced(Value x) {
  RankedTensorType from = tensorType(x);
  int64_t rank = from.getRank();
  if (rank == 0)
    return b->neg(x);
  int64_t axis = below(rank);
  switch (below(6)) {
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
    if (from == type(shapes.back())) {
      Value weight = b->splat(anyOf({}), {3, 2, 3, 3});
      SmallVector<int64_t> ones = {1, 1};
      auto geometry =
          GeometryAttr::get(builder.getContext(), ones, ones, ones, ones, 1);
      return ConvOp::create(builder, loc, type({2, 3, 6, 6}), b->tanh(x),
                            weight, geometry);
    }
    [[fallthrough]];
  default:
    if (rank == 2) {
      Value y = anyOf({from.getDimSize(1), from.getDimSize(0)});
      return b->dot(b->tanh(x), b->tanh(y), {}, {}, {1}, {0});
    }
    return b->sumAll(b->tanh(x));
  }
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
    int64_t kind = below(20);
    if (kind < 9)
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

OwningOpRef<ModuleOp> ProgramWriter::write() {
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
  addOperations(10 + below(30), 0);
  SmallVector<Value> yielded;
  for (Attribute name : results) {
    StringRef state = cast<StringAttr>(name).getValue();
    if (state.consume_front("state s"))
      yielded.push_back(anyOf(shapes[state[0] - '0']));
    else
      yielded.push_back(any());
  }
  YieldOp::create(builder, loc, yielded);
  return module;
}

/// Everything that can be seen of two steps of a program.
struct Seen {
  std::vector<std::pair<std::string, double>> reports;
  std::vector<std::vector<double>> tensors;
};

Seen run(ModuleOp module) {
  Seen seen;
  reference::Host host;
  host.seed = 7;
  host.report = [&](StringRef name, double value) {
    seen.reports.push_back({name.str(), value});
  };
  host.record = [&](StringRef, const Tensor &tensor) {
    seen.tensors.push_back(tensor.values);
  };
  reference::Interpreter interpreter(host);
  auto state = interpreter.startState(module);
  EXPECT_TRUE(succeeded(state));
  auto program = *module.getOps<ProgramOp>().begin();
  for (unsigned step = 0; step < 2; ++step) {
    Tensor x({4, 6});
    for (auto [index, value] : llvm::enumerate(x.values))
      value = 0.1 * index - 1 + step;
    auto outputs = interpreter.runProgram(program, *state, {x});
    EXPECT_TRUE(succeeded(outputs));
    for (const Tensor &output : *outputs)
      seen.tensors.push_back(output.values);
    host.finishStep();
  }
  for (unsigned index = 0; index < shapes.size(); ++index)
    seen.tensors.push_back((*state)["s" + std::to_string(index)].values);
  return seen;
}

bool areSame(const std::vector<double> &a, const std::vector<double> &b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
           return x == y || (x != x && y != y);
         });
}

TEST(RandomPrograms, MeanTheSameAfterFusionAndPlan) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<GanDialect, kernel::KernelDialect, arith::ArithDialect>();
  for (unsigned seed = 0; seed < programs; ++seed) {
    OwningOpRef<ModuleOp> module = ProgramWriter(context, seed).write();
    ASSERT_TRUE(succeeded(verify(*module)));
    OwningOpRef<ModuleOp> fused = module->clone();
    PassManager passes(&context);
    passes.addPass(createConvertGanToKernelPass());
    passes.addPass(kernel::createJoinCallsPass());
    passes.addPass(kernel::createSchedulePass());
    passes.addPass(kernel::createChooseBackendPass());
    passes.addPass(kernel::createPlanMemoryPass());
    passes.addPass(kernel::createVerifyPlanPass());
    passes.addPass(kernel::createInlinePass());
    auto shown = [&] {
      std::string text = "seed " + std::to_string(seed) + "\n";
      llvm::raw_string_ostream(text) << *module;
      return text;
    };
    ASSERT_TRUE(succeeded(passes.run(*fused))) << shown();
    Seen before = run(*module), after = run(*fused);
    ASSERT_EQ(before.reports.size(), after.reports.size()) << shown();
    for (auto [a, b] : llvm::zip(before.reports, after.reports)) {
      ASSERT_EQ(a.first, b.first) << shown();
      ASSERT_TRUE(areSame({a.second}, {b.second})) << shown();
    }
    ASSERT_EQ(before.tensors.size(), after.tensors.size()) << shown();
    for (auto [a, b] : llvm::zip(before.tensors, after.tensors))
      ASSERT_TRUE(areSame(a, b)) << shown();
  }
}

} // namespace
