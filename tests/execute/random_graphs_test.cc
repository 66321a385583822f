//===- random_graphs_test.cc - what backends make of random graphs --------===//
//
// Random graphs of sampled operations, a third with first and a third with
// second derivatives, are simplified and fused; every kernel is compiled by
// every backend that has code for it and gives in f32 what the interpreter
// gives for the same operands. What fails is made smaller first.
//
// Graphs of filters behind one another become chains as the compiler forms
// them; half of them lie channels last where that is planned.
//
// GANC_GRAPHS=N in the environment runs more of them, GANC_GRAPH=SEED one. A
// graph has ten kernels or so, which take seconds to compile.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/BackendRegistry.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/pipelines/Pipelines.h"
#include "dialects/gan/Transforms/Passes.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "tests/support/kernel-jit/KernelChecks.h"
#include "tests/support/random-programs/RandomGraph.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace gan;
using namespace gan::testing;

namespace {

class RandomGraphs : public ::testing::Test {
protected:
  RandomGraphs() {
    context.loadDialect<GanDialect, kernel::KernelDialect, arith::ArithDialect,
                        func::FuncDialect>();
    // What artefacts carry: AVX2 everywhere, and what this machine has.
    targets = llvm::cantFail(makeCpuTargets("all", Numerics::Exact));
    results.resize(backends.size());
  }

  /// What is wrong, or nothing.
  std::string check(const Graph &graph, unsigned seed);
  void compareAll(Graph (*draw)(uint32_t seed), unsigned usual);

  MLIRContext context{MLIRContext::Threading::DISABLED};
  CpuTargets targets;
  std::vector<std::unique_ptr<Backend>> backends = createBackends();
  std::vector<unsigned> results; // compared, for each backend
  bool formsChains = false;
  unsigned chains = 0;
};

std::string RandomGraphs::check(const Graph &graph, unsigned seed) {
  std::string said;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    said += (said.empty() ? "" : "; ") + diagnostic.str();
    return success();
  });
  auto made = makeProgram(context, graph, seed % 3);
  if (failed(made))
    return "cannot be differentiated: " + said;
  PassManager passes(&context);
  passes.addPass(createExpandCompositesPass());
  passes.addPass(createSimplifyPass());
  passes.addPass(createCSEPass());
  PipelineOptions options;
  for (const std::unique_ptr<Backend> &backend : backends)
    options.backends.push_back(backend.get());
  options.targets = {targets[seed % targets.size()]};
  options.chains = formsChains;
  addPhase(passes, Phase::Fuse, options);
  if (formsChains && seed % 2)
    passes.addPass(kernel::createPlanLayoutPass());
  if (failed(passes.run(*made->module)))
    return "cannot be fused: " + said;
  chains +=
      llvm::count_if(made->module->getOps<kernel::DefineOp>(), kernel::isChain);
  KernelChecks checks(*made->module, targets[seed % targets.size()], backends,
                      /*tolerance=*/1e-5);
  checks.rounding = 2e-6; // numbers are about 1
  // A sum of a hundred numbers rounds a hundred times, and may cancel.
  checks.conditioning = 30;
  reference::Host host;
  host.seed = seed;
  host.foreign = [&](Operation *op, reference::Operands operands) {
    return checks.run(op, operands);
  };
  reference::State state;
  auto program = *made->module->getOps<ProgramOp>().begin();
  if (failed(reference::Interpreter(host).runProgram(program, state,
                                                     made->inputs)))
    return said.empty() ? "cannot be run" : said;
  for (auto [sum, count] : llvm::zip_equal(results, checks.counts))
    sum += count;
  return "";
}

unsigned number(const char *variable, unsigned otherwise) {
  const char *text = std::getenv(variable);
  return text ? std::strtoul(text, nullptr, 10) : otherwise;
}

void RandomGraphs::compareAll(Graph (*draw)(uint32_t seed), unsigned usual) {
  unsigned first = number("GANC_GRAPH", 0);
  unsigned count = number("GANC_GRAPHS", std::getenv("GANC_GRAPH") ? 1 : usual);
  for (unsigned seed = first; seed < first + count && !HasFailure(); ++seed) {
    Graph graph = draw(seed);
    if (check(graph, seed).empty())
      continue;
    Graph small = shrink(graph, [&](const Graph &smaller) {
      return !check(smaller, seed).empty();
    });
    ADD_FAILURE()
        << "seed " << seed << ", " << check(small, seed) << "; of "
        << graph.size() << " nodes these are left:\n"
        << print(small) << "again: GANC_GRAPH=" << seed
        << " random_graphs_test --gtest_filter=RandomGraphs."
        << ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  std::printf("seeds %u to %u", first, first + count - 1);
  for (auto [backend, sum] : llvm::zip_equal(backends, results)) {
    std::printf(", %u results by %s", sum, backend->getName().str().c_str());
    if (count >= usual)
      EXPECT_GT(sum, 0u);
  }
  std::printf(", %u chains\n", chains);
}

TEST_F(RandomGraphs, CompileToWhatTheyMean) { compareAll(randomGraph, 8); }

TEST_F(RandomGraphs, FormChains) {
  formsChains = true;
  compareAll(randomChains, 4);
  // One graph may have filters that do not follow each other.
  if (!std::getenv("GANC_GRAPH"))
    EXPECT_GT(chains, 0u);
}

} // namespace
