//===- random_kernels_test.cc - kernels of random programs ----------------===//
//
// Random programs are simplified and fused; then every kernel that they call is
// compiled and gives in f32 what the interpreter gives for the same operands.
// GANC_RANDOM_PROGRAMS=N in the environment runs more of them.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/conversions/GanToKernel/Passes.h"
#include "dialects/gan/Transforms/Passes.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "tests/support/kernel-jit/KernelChecks.h"
#include "tests/support/random-programs/ProgramWriter.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using gan::reference::Tensor;

static LogicalResult runStep(ModuleOp module, const CpuTarget &target,
                             unsigned &count) {
  KernelChecks checks(module, target, /*tolerance=*/1e-5);
  reference::Host host;
  host.seed = 7;
  host.foreign = [&](Operation *op, reference::Operands operands) {
    return checks.run(op, operands);
  };
  reference::Interpreter interpreter(host);
  auto state = interpreter.startState(module);
  Tensor x({4, 6});
  for (auto [index, value] : llvm::enumerate(x.values))
    value = 0.1 * index - 1;
  auto program = *module.getOps<ProgramOp>().begin();
  if (failed(state) || failed(interpreter.runProgram(program, *state, {x})))
    return failure();
  count += checks.count;
  return success();
}

TEST(RandomPrograms, CompileToWhatTheyMean) {
  const char *wanted = std::getenv("GANC_RANDOM_PROGRAMS");
  unsigned programs = wanted ? std::atoi(wanted) : 12, count = 0;
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<GanDialect, kernel::KernelDialect, arith::ArithDialect>();
  auto target = makeCpuTarget("native", Numerics::Exact);
  ASSERT_TRUE(bool(target));
  for (unsigned seed = 0; seed < programs; ++seed) {
    OwningOpRef<ModuleOp> module = ProgramWriter(context, seed).write();
    PassManager passes(&context);
    passes.addPass(createSimplifyPass());
    passes.addPass(createCSEPass());
    passes.addPass(createConvertGanToKernelPass());
    passes.addPass(kernel::createJoinCallsPass());
    ASSERT_TRUE(succeeded(passes.run(*module))) << "seed " << seed;
    EXPECT_TRUE(succeeded(runStep(*module, *target, count))) << "seed " << seed;
  }
  EXPECT_GT(count, programs);
  std::printf("%u results of kernels\n", count);
}
