//===- random_kernels_test.cc - kernels of random programs ----------------===//
//
// Random programs, and first and second derivatives of some, are simplified,
// which leaves their numbers as they are, and fused; then every kernel that
// they call is compiled by every backend that can, and gives in f32 what the
// interpreter gives for the same operands. GANC_RANDOM_PROGRAMS=N in the
// environment runs more of them.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/BackendRegistry.h"
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
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using gan::reference::Tensor;

/// All states after one step of the module's program.
static FailureOr<reference::State> runStep(ModuleOp module,
                                           reference::Host &host) {
  host.seed = 7;
  reference::Interpreter interpreter(host);
  auto state = interpreter.startState(module);
  Tensor x({4, 6});
  for (auto [index, value] : llvm::enumerate(x.values))
    value = 0.1 * index - 1;
  auto program = *module.getOps<ProgramOp>().begin();
  if (failed(state) || failed(interpreter.runProgram(program, *state, {x})))
    return failure();
  return state;
}

static LogicalResult
runPasses(ModuleOp module,
          std::initializer_list<std::unique_ptr<Pass> (*)()> creators) {
  PassManager passes(module.getContext());
  for (auto create : creators)
    passes.addPass(create());
  return passes.run(module);
}

/// Constants are folded in f32.
static void expectSame(const reference::State &got,
                       const reference::State &want) {
  for (auto &entry : want) {
    const Tensor &w = entry.getValue();
    const Tensor g = got.lookup(entry.getKey());
    double difference = 0, scale = 1e-3;
    for (int64_t i = 0; i < w.size(); ++i) {
      difference += std::fabs(g.values[i] - w.values[i]);
      scale += std::fabs(w.values[i]);
    }
    EXPECT_LE(difference, 1e-5 * scale) << entry.getKey().str();
  }
}

static void runPrograms(bool withDerivatives) {
  const char *wanted = std::getenv("GANC_RANDOM_PROGRAMS");
  unsigned programs = wanted ? std::atoi(wanted) : 8, count = 0;
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<GanDialect, kernel::KernelDialect, arith::ArithDialect>();
  // What artefacts carry: AVX2 everywhere, and what this machine has.
  auto targets = makeCpuTargets("all", Numerics::Exact);
  ASSERT_TRUE(bool(targets));
  auto backends = createBackends();
  for (unsigned seed = 0; seed < programs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    OwningOpRef<ModuleOp> module =
        ProgramWriter(context, seed).write(withDerivatives);
    ASSERT_TRUE(succeeded(runPasses(*module, {createDifferentiatePass})));
    reference::Host plain;
    auto before = runStep(*module, plain);
    ASSERT_TRUE(
        succeeded(runPasses(*module, {createSimplifyPass, createCSEPass,
                                      createSimplifyPass, createCSEPass})));
    reference::Host again;
    auto simplified = runStep(*module, again);
    ASSERT_TRUE(succeeded(before) && succeeded(simplified));
    expectSame(*simplified, *before);

    ASSERT_TRUE(succeeded(runPasses(
        *module, {createConvertGanToKernelPass, kernel::createJoinCallsPass})));
    KernelChecks checks(*module, (*targets)[seed % targets->size()], backends,
                        /*tolerance=*/1e-5);
    checks.rounding = 1e-6; // numbers are about 1
    reference::Host host;
    host.foreign = [&](Operation *op, reference::Operands operands) {
      return checks.run(op, operands);
    };
    EXPECT_TRUE(succeeded(runStep(*module, host)));
    count += checks.counts.front();
  }
  EXPECT_GT(count, programs);
  std::printf("%u results of kernels\n", count);
}

TEST(RandomPrograms, CompileToWhatTheyMean) { runPrograms(false); }

TEST(RandomPrograms, HaveDerivativesThatDo) { runPrograms(true); }
