//===- adjoint_test.cc - linear operations and their transposes -----------===//
//
// For an operation A that is linear in an operand x, and any y,
//     <A x, y> = <x, A' y>,
// where A' y is the gradient of the left side by x. Exact but for rounding, so
// an element that a transpose forgets, or takes twice, is seen. Operations and
// their attributes are those of operationSamples.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/GanDialect.h"
#include "dialects/gan/Reference/Interpreter.h"
#include "dialects/gan/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/PassManager.h"
#include "tests/support/random-programs/OperationSamples.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using gan::reference::Tensor;

namespace {

/// Linear in all operands together, or in each by itself.
enum class Linear { together, each };

struct LinearOperation {
  const char *name;
  Linear kind;
};

const LinearOperation linearOperations[] = {
    {"gan.add", Linear::together},
    {"gan.neg", Linear::together},
    {"gan.cast", Linear::together},
    {"gan.reshape", Linear::together},
    {"gan.transpose", Linear::together},
    {"gan.reverse", Linear::together},
    {"gan.broadcast", Linear::together},
    {"gan.concat", Linear::together},
    {"gan.slice", Linear::together},
    {"gan.pad", Linear::together},
    {"gan.reduce_sum", Linear::together},
    {"gan.window_sum", Linear::together},
    {"gan.cumsum", Linear::together},
    {"gan.gather", Linear::together},
    {"gan.scatter_add", Linear::together},
    {"gan.mul", Linear::each},
    {"gan.dot", Linear::each},
    {"gan.conv", Linear::each},
    {"gan.conv_grad_input", Linear::each},
    {"gan.conv_grad_weight", Linear::each},
};

/// The operation of a sample, alone, on the function's arguments; the last one
/// is y. Returns <A x, y> and its gradients by all x.
class Alone {
public:
  Alone(MLIRContext &context, StringRef name, const Sample &sample)
      : builder(&context) {
    module = ModuleOp::create(builder.getUnknownLoc());
    Operation *original = find(name, sample);
    builder.setInsertionPointToEnd(module->getBody());
    Location loc = builder.getUnknownLoc();
    function = func::FuncOp::create(builder, loc, "f",
                                    builder.getFunctionType({}, {}));
    Block *block = function.addEntryBlock();
    builder.setInsertionPointToStart(block);
    TensorBuilder b(builder, loc);
    Operation *copy = builder.clone(*original);
    for (OpOperand &operand : copy->getOpOperands()) {
      if (isa<FloatType>(tensorType(operand.get()).getElementType())) {
        x.push_back(block->addArgument(operand.get().getType(), loc));
        operand.set(x.back());
      } else { // an index
        Operation *index = operand.get().getDefiningOp()->clone();
        block->push_front(index);
        operand.set(index->getResult(0));
      }
    }
    Value result = copy->getResult(0);
    Value y = block->addArgument(result.getType(), loc);
    SmallVector<Value> values = {b.sumAll(b.mul(result, y))};
    auto grad = GradOp::create(builder, loc, values[0], x,
                               /*zeroWithoutPath=*/true);
    llvm::append_range(values, grad.getGradients());
    func::ReturnOp::create(builder, loc, values);
    function.setFunctionType(builder.getFunctionType(
        block->getArgumentTypes(), ValueRange(values).getTypes()));
    scratch.erase();
    PassManager manager(&context);
    manager.addPass(createDifferentiatePass());
    differentiated = succeeded(manager.run(*module));
  }

  SmallVector<Tensor> draw(Dice &dice) {
    SmallVector<Tensor> arguments;
    for (Type type : function.getArgumentTypes())
      arguments.push_back(
          dice.tensor(cast<RankedTensorType>(type).getShape(), -1, 1));
    return arguments;
  }

  FailureOr<reference::Results> run(ArrayRef<Tensor> arguments) {
    reference::Host host;
    Operation *op = function;
    return reference::Interpreter(host).call(cast<FunctionOpInterface>(op),
                                             arguments);
  }

  bool differentiated = false;
  SmallVector<Value> x;

private:
  Operation *find(StringRef name, const Sample &sample) {
    builder.setInsertionPointToEnd(module->getBody());
    scratch = func::FuncOp::create(builder, builder.getUnknownLoc(), "sample",
                                   builder.getFunctionType({}, {}));
    Block *block = scratch.addEntryBlock();
    builder.setInsertionPointToStart(block);
    SmallVector<Value> inputs;
    for (const Tensor &input : sample.inputs)
      inputs.push_back(block->addArgument(
          RankedTensorType::get(input.shape, builder.getF32Type()),
          builder.getUnknownLoc()));
    TensorBuilder b(builder, builder.getUnknownLoc());
    sample.build(b, inputs);
    for (Operation &op : *block)
      if (op.getName().getStringRef() == name)
        return &op;
    llvm::report_fatal_error("the sample of " + llvm::Twine(name) +
                             " does not hold it");
  }

  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function, scratch;
};

double innerProduct(const Tensor &a, const Tensor &b) {
  double sum = 0;
  for (auto [x, y] : llvm::zip_equal(a.values, b.values))
    sum += x * y;
  return sum;
}

class Adjoint : public ::testing::TestWithParam<LinearOperation> {};

TEST_P(Adjoint, IsTheGradient) {
  const LinearOperation &operation = GetParam();
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<GanDialect, func::FuncDialect>();
  unsigned count = 0;
  for (const SampleRow &row : operationSamples()) {
    if (row.operation != operation.name)
      continue;
    for (unsigned seed = 1; seed <= 50; ++seed, ++count) {
      Dice dice{std::mt19937(seed)};
      Alone alone(context, operation.name, row.generate(dice));
      ASSERT_TRUE(alone.differentiated);
      SmallVector<Tensor> arguments = alone.draw(dice);
      auto results = alone.run(arguments);
      ASSERT_TRUE(succeeded(results));
      double value = (*results)[0].values[0], total = 0;
      for (size_t i = 0; i < alone.x.size(); ++i) {
        double term = innerProduct((*results)[i + 1], arguments[i]);
        total += term;
        if (operation.kind == Linear::each)
          EXPECT_NEAR(term, value, 1e-12 * (1 + std::fabs(value)))
              << "operand " << i << ", seed " << seed;
      }
      if (operation.kind == Linear::each)
        continue;
      EXPECT_NEAR(total, value, 1e-12 * (1 + std::fabs(value)))
          << "seed " << seed;
      // The transpose of a matrix does not depend on where it is taken.
      SmallVector<Tensor> elsewhere = alone.draw(dice);
      elsewhere.back() = arguments.back();
      auto there = alone.run(elsewhere);
      ASSERT_TRUE(succeeded(there));
      for (size_t i = 1; i < there->size(); ++i)
        EXPECT_EQ((*there)[i].values, (*results)[i].values) << "seed " << seed;
    }
  }
  EXPECT_GT(count, 0u) << "no sample";
}

INSTANTIATE_TEST_SUITE_P(
    Operations, Adjoint, ::testing::ValuesIn(linearOperations),
    [](const ::testing::TestParamInfo<LinearOperation> &info) {
      return std::string(info.param.name + 4);
    });

} // namespace
