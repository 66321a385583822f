//===- random_programs_test.cc - fusion and plan keep what a program means ===//
//
// Random programs with state, loops and branches are run by the reference
// interpreter as they are, and once more after they were fused, joined,
// scheduled, planned, verified and put together again. All numbers have to be
// equal: no pass changes the arithmetic of an element.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GanToKernel/Passes.h"
#include "dialects/gan/Reference/Interpreter.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "tests/support/random-programs/ProgramWriter.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using gan::reference::Tensor;

namespace {

constexpr unsigned programs = 400;

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
  for (unsigned index = 0; index < randomProgramShapes().size(); ++index)
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
