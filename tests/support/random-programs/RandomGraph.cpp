//===- RandomGraph.cpp - graphs of sampled operations, and derivatives ----===//

#include "tests/support/random-programs/RandomGraph.h"
#include "dialects/gan/Reference/Interpreter.h"
#include "dialects/gan/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using gan::reference::Tensor;

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

/// Each node has a wire from the one before it, and maybe others.
static Graph drawGraph(Dice &dice, size_t count,
                       llvm::function_ref<size_t(size_t index)> drawRow) {
  Graph graph(count);
  for (size_t index = 0; index < count; ++index) {
    GraphNode &node = graph[index];
    node.row = drawRow(index);
    node.seed = dice.engine();
    auto wire = [&](size_t source) {
      node.wires.push_back(
          {source, unsigned(dice.between(0, 2)), uint32_t(dice.engine())});
    };
    if (index > 0)
      wire(index - 1);
    while (index > 0 && dice.between(0, 1))
      wire(dice.between(0, index - 1));
  }
  return graph;
}

static size_t chainRow() { return operationSamples().size(); }

static const SampleRow &rowOf(const GraphNode &node) {
  return node.row == chainRow() ? chainSamples() : operationSamples()[node.row];
}

Graph gan::testing::randomGraph(uint32_t seed) {
  Dice dice{std::mt19937(seed)};
  size_t count = dice.between(2, 12);
  return drawGraph(dice, count,
                   [&](size_t) { return dice.between(0, chainRow() - 1); });
}

Graph gan::testing::randomChains(uint32_t seed) {
  Dice dice{std::mt19937(seed)};
  size_t count = dice.between(1, 3);
  return drawGraph(dice, count, [&](size_t index) -> size_t {
    bool isChain = dice.between(0, 2) || index + 1 == count;
    return isChain ? chainRow() : dice.between(0, chainRow() - 1);
  });
}

std::string gan::testing::print(const Graph &graph) {
  std::string text;
  llvm::raw_string_ostream out(text);
  for (auto [index, node] : llvm::enumerate(graph)) {
    out << "  " << index << ": " << rowOf(node).operation << ", row "
        << node.row << ", seed " << node.seed;
    for (const Wire &wire : node.wires)
      out << ", operand " << wire.operand << " from " << wire.source << " by "
          << wire.seed;
    out << "\n";
  }
  return text;
}

/// Without one node; who read it reads nothing in its place.
static Graph without(const Graph &graph, size_t removed) {
  Graph result;
  for (auto [index, node] : llvm::enumerate(graph)) {
    if (index == removed)
      continue;
    GraphNode copy = node;
    copy.wires.clear();
    for (Wire wire : node.wires) {
      if (wire.source == removed)
        continue;
      wire.source -= wire.source > removed;
      copy.wires.push_back(wire);
    }
    result.push_back(copy);
  }
  return result;
}

Graph gan::testing::shrink(Graph graph,
                           llvm::function_ref<bool(const Graph &)> fails) {
  for (bool isSmaller = true; isSmaller;) {
    isSmaller = false;
    auto attempt = [&](Graph smaller) {
      if (smaller.empty() || !fails(smaller))
        return false;
      graph = std::move(smaller);
      return isSmaller = true;
    };
    for (size_t i = graph.size(); i-- > 0;)
      attempt(without(graph, i));
    for (size_t i = 0; i < graph.size(); ++i)
      for (size_t j = graph[i].wires.size(); j-- > 0;) {
        Graph smaller = graph;
        smaller[i].wires.erase(smaller[i].wires.begin() + j);
        attempt(smaller);
      }
  }
  return graph;
}

//===----------------------------------------------------------------------===//
// As a function
//===----------------------------------------------------------------------===//

/// Any number of elements as those of another shape.
static Value fit(TensorBuilder &b, Value value, ArrayRef<int64_t> shape,
                 Dice &dice) {
  int64_t have = tensorType(value).getNumElements();
  int64_t want = reference::countElements(shape);
  Value flat = b.reshape(value, {have});
  if (dice.between(0, 3) == 0) {
    SmallVector<int32_t> places(want);
    for (int32_t &place : places)
      place = dice.between(0, have - 1);
    flat = b.gather(flat, indices(b, {want}, places), 0);
  } else if (have > want) {
    int64_t start = dice.between(0, have - want);
    flat = b.slice(flat, {start}, {start + want}, {1});
  } else if (have < want) {
    int64_t low = dice.between(0, want - have);
    flat = b.pad(flat, {low}, {want - have - low}, {0});
  }
  return b.reshape(b.scale(flat, dice.real(0.25, 0.75)), shape);
}

namespace {
/// `f` of the points, all p and all q that returns s0, s1, …, and the numbers
/// to call it with.
struct Function {
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
  SmallVector<Tensor> arguments;
  SmallVector<unsigned> points;
  /// For each order the arguments that are directions, one for every point.
  SmallVector<SmallVector<unsigned>> directions;
};

class GraphFunction {
public:
  GraphFunction(MLIRContext &context, const Graph &graph, unsigned orders);

  Function result;

private:
  Value argument(Tensor tensor);
  /// <values, p> for new arguments p.
  Value project(ValueRange values, SmallVector<unsigned> &numbers);
  Value node(const GraphNode &node);

  OpBuilder builder;
  TensorBuilder b;
  Dice dice;
  SmallVector<Value> nodes;
};
} // namespace

Value GraphFunction::argument(Tensor tensor) {
  auto type = RankedTensorType::get(tensor.shape, builder.getF32Type());
  result.arguments.push_back(std::move(tensor));
  return result.function.getBody().front().addArgument(type, b.loc);
}

Value GraphFunction::project(ValueRange values,
                             SmallVector<unsigned> &numbers) {
  Value total;
  for (Value value : values) {
    numbers.push_back(result.arguments.size());
    Value p = argument(dice.tensor(tensorType(value).getShape(), -1, 1));
    Value term = b.sumAll(b.mul(value, p));
    total = total ? b.add(total, term) : term;
  }
  return total;
}

Value GraphFunction::node(const GraphNode &node) {
  Dice own{std::mt19937(node.seed)};
  Sample sample = rowOf(node).generate(own);
  SmallVector<Value> operands;
  for (Tensor &point : sample.inputs) {
    result.points.push_back(result.arguments.size());
    operands.push_back(argument(std::move(point)));
  }
  for (const Wire &wire : node.wires) {
    Value &operand = operands[wire.operand % operands.size()];
    Value source = nodes[wire.source];
    if (tensorType(source).getNumElements() == 0)
      continue;
    Dice fitting{std::mt19937(wire.seed)};
    Value value = fit(b, source, tensorType(operand).getShape(), fitting);
    operand = b.add(operand, b.sub(value, b.stop(value)));
  }
  return sample.build(b, operands);
}

GraphFunction::GraphFunction(MLIRContext &context, const Graph &graph,
                             unsigned orders)
    : builder(&context), b(builder, builder.getUnknownLoc()),
      dice{std::mt19937(graph.back().seed)} {
  result.module = ModuleOp::create(b.loc);
  builder.setInsertionPointToEnd(result.module->getBody());
  result.function = func::FuncOp::create(builder, b.loc, "f",
                                         builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(result.function.addEntryBlock());
  for (const GraphNode &description : graph)
    nodes.push_back(node(description));
  Block &block = result.function.getBody().front();
  SmallVector<Value> points;
  for (unsigned number : result.points)
    points.push_back(block.getArgument(number));
  SmallVector<unsigned> projections;
  SmallVector<Value> values = {project(nodes, projections)};
  for (unsigned order = 0; order < orders; ++order) {
    auto grad = GradOp::create(builder, b.loc, values.back(), points,
                               /*zeroWithoutPath=*/true);
    values.push_back(
        project(grad.getGradients(), result.directions.emplace_back()));
  }
  func::ReturnOp::create(builder, b.loc, values);
  result.function.setFunctionType(builder.getFunctionType(
      block.getArgumentTypes(), ValueRange(values).getTypes()));
}

//===----------------------------------------------------------------------===//
// The check
//===----------------------------------------------------------------------===//

namespace {
/// Calls a function at a point and near it.
class Evaluation {
public:
  explicit Evaluation(const Function &function) : function(function) {}

  /// Remembers what is stopped.
  std::optional<SmallVector<double>> here();
  /// Value `order` a step along the direction `order`, what is stopped being as
  /// it was.
  double near(double distance, unsigned order);

private:
  std::optional<SmallVector<double>> run(ArrayRef<Tensor> arguments,
                                         reference::Host &host);

  const Function &function;
  std::vector<Tensor> stopped;
};
} // namespace

std::optional<SmallVector<double>> Evaluation::run(ArrayRef<Tensor> arguments,
                                                   reference::Host &host) {
  Operation *op = function.function;
  auto results = reference::Interpreter(host).call(
      cast<FunctionOpInterface>(op), arguments);
  if (failed(results))
    return std::nullopt;
  SmallVector<double> values;
  for (const Tensor &tensor : *results)
    values.push_back(tensor.values[0]);
  return values;
}

std::optional<SmallVector<double>> Evaluation::here() {
  reference::Host host;
  host.stop = [&](StopOp, const Tensor &value) {
    stopped.push_back(value);
    return value;
  };
  return run(function.arguments, host);
}

double Evaluation::near(double distance, unsigned order) {
  SmallVector<Tensor> moved(function.arguments);
  for (auto [point, direction] :
       llvm::zip_equal(function.points, function.directions[order]))
    for (int64_t i = 0; i < moved[point].size(); ++i)
      moved[point].values[i] +=
          distance * function.arguments[direction].values[i];
  reference::Host host;
  size_t next = 0;
  host.stop = [&](StopOp, const Tensor &) { return stopped[next++]; };
  auto values = run(moved, host);
  return values ? (*values)[order] : std::nan("");
}

/// Constants of the IR are f32: a relative error of 6e-8 each.
static bool isNear(double got, double want, double scale) {
  return std::fabs(got - want) <= 1e-6 * std::fmax(1, scale);
}

std::string gan::testing::checkDerivatives(MLIRContext &context,
                                           const Graph &graph,
                                           unsigned orders) {
  GraphFunction writer(context, graph, orders);
  Function &function = writer.result;
  PassManager differentiate(&context), simplify(&context);
  differentiate.addPass(createDifferentiatePass());
  simplify.addPass(createSimplifyPass());
  simplify.addPass(createCSEPass());
  simplify.addPass(createSimplifyPass());
  if (failed(differentiate.run(*function.module)))
    return "cannot be differentiated";
  Evaluation evaluation(function);
  auto values = evaluation.here();
  if (!values)
    return "cannot be evaluated";
  for (unsigned order = 0; order < orders; ++order) {
    double got = (*values)[order + 1], want;
    bool agrees = false;
    // What the larger step loses to curvature, the smaller one does not.
    for (double step : {1e-5, 1e-6, 1e-7}) {
      want = (evaluation.near(step, order) - evaluation.near(-step, order)) /
             (2 * step);
      // 1e-16 of the value, divided by the step.
      double noise = 1e-4 * std::fabs((*values)[order]);
      agrees = isNear(got, want, std::fabs(want) + noise);
      if (agrees)
        break;
    }
    if (!agrees)
      return llvm::formatv("order {0}: expected {1:e9}, got {2:e9}", order + 1,
                           want, got);
  }
  if (failed(simplify.run(*function.module)))
    return "cannot be simplified";
  auto simplified = evaluation.here();
  for (unsigned order = 0; order <= orders; ++order)
    if (!simplified || !isNear((*simplified)[order], (*values)[order],
                               10 * std::fabs((*values)[order])))
      return llvm::formatv("simplified, order {0}: expected {1:e9}, got {2:e9}",
                           order, (*values)[order],
                           simplified ? (*simplified)[order] : std::nan(""));
  return "";
}

//===----------------------------------------------------------------------===//
// As a program
//===----------------------------------------------------------------------===//

FailureOr<GraphProgram> gan::testing::makeProgram(MLIRContext &context,
                                                  const Graph &graph,
                                                  unsigned orders) {
  GraphFunction writer(context, graph, orders);
  func::FuncOp function = writer.result.function;
  PassManager passes(&context);
  passes.addPass(createDifferentiatePass());
  if (failed(passes.run(*writer.result.module)))
    return failure();
  OpBuilder builder(function);
  auto names = [&](StringRef kind, size_t count) {
    SmallVector<Attribute> list;
    for (size_t i = 0; i < count; ++i)
      list.push_back(builder.getStringAttr(kind + Twine(i)));
    return builder.getArrayAttr(list);
  };
  auto program = ProgramOp::create(builder, function.getLoc(), "infer",
                                   names("input x", function.getNumArguments()),
                                   names("output s", orders + 1));
  program.getBody().takeBody(function.getBody());
  Operation *last = program.getBody().front().getTerminator();
  builder.setInsertionPoint(last);
  YieldOp::create(builder, last->getLoc(), last->getOperands());
  last->erase();
  function.erase();
  return GraphProgram{std::move(writer.result.module),
                      std::move(writer.result.arguments)};
}
