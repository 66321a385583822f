//===- derivatives_test.cc - derivatives against finite differences -------===//
//
// Every rule by itself, to the third order, and rules composed to random
// graphs, to the second. A graph that fails is shrunk, and says how to see it
// again: GANC_GRAPH=SEED runs this one only, GANC_GRAPHS=N other numbers of
// them.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/GanDialect.h"
#include "dialects/gan/Transforms/DifferentiateRules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tests/support/random-programs/RandomGraph.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace gan;
using namespace gan::testing;

namespace {

struct Context : MLIRContext {
  Context() : MLIRContext(Threading::DISABLED) {
    loadDialect<GanDialect, func::FuncDialect>();
  }
};

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

class DerivativeRule : public ::testing::TestWithParam<size_t> {};

TEST_P(DerivativeRule, AgreesWithDifferences) {
  constexpr unsigned configurations = 20;
  Context context;
  for (unsigned seed = 1; seed <= configurations; ++seed)
    EXPECT_EQ(checkDerivatives(context, {{GetParam(), seed, {}}}, 3), "")
        << "configuration " << seed;
}

INSTANTIATE_TEST_SUITE_P(Rows, DerivativeRule,
                         ::testing::Range<size_t>(0, operationSamples().size()),
                         [](const ::testing::TestParamInfo<size_t> &info) {
                           std::string name =
                               operationSamples()[info.param].operation.substr(
                                   4);
                           return name + "_" + std::to_string(info.param);
                         });

static bool isSampled(StringRef operation) {
  return llvm::any_of(operationSamples(), [&](const SampleRow &row) {
    return operation == row.operation;
  });
}

/// A primitive either has a rule and a sample, or has no derivative.
TEST(DerivativeRules, CoverAllPrimitives) {
  Context context;
  for (RegisteredOperationName name :
       context.getRegisteredOperationsByDialect("gan")) {
    if (!name.hasTrait<PrimitiveTrait>())
      continue;
    StringRef text = name.getStringRef();
    bool hasRule = derivativeRules().contains(name);
    // stop is a constant for derivatives; reverse_gradient is no derivative.
    if (text == "gan.stop" || text == "gan.reverse_gradient") {
      EXPECT_EQ(hasRule, text == "gan.reverse_gradient");
      continue;
    }
    EXPECT_NE(hasRule, name.hasTrait<NoDerivativeTrait>()) << text.str();
    EXPECT_EQ(hasRule, isSampled(text)) << text.str();
  }
}

/// Compiled code is compared with the interpreter by one file for every
/// primitive and composite, which is named by it and uses it; an expansion has
/// a sample.
TEST(Operations, AreExecuted) {
  Context context;
  for (RegisteredOperationName name :
       context.getRegisteredOperationsByDialect("gan")) {
    bool isComposite = name.hasInterface<CompositeOpInterface>();
    if (!isComposite && !name.hasTrait<PrimitiveTrait>())
      continue;
    if (isComposite)
      EXPECT_TRUE(isSampled(name.getStringRef())) << name.getStringRef().str();
    std::string mnemonic = name.stripDialect().str();
    auto file = llvm::MemoryBuffer::getFile(GANC_EXECUTE_TESTS "/" + mnemonic +
                                            ".mlir");
    ASSERT_TRUE(file) << "no tests/execute/" << mnemonic << ".mlir";
    StringRef text = (*file)->getBuffer();
    EXPECT_TRUE(text.contains("gan." + mnemonic + " ")) << mnemonic;
    EXPECT_TRUE(text.contains("--backend=llvm")) << mnemonic;
  }
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

static unsigned number(const char *variable, unsigned otherwise) {
  const char *text = std::getenv(variable);
  return text ? std::strtoul(text, nullptr, 10) : otherwise;
}

static void compareAll(Graph (*draw)(uint32_t seed), unsigned usual) {
  unsigned first = number("GANC_GRAPH", 0);
  unsigned count = number("GANC_GRAPHS", std::getenv("GANC_GRAPH") ? 1 : usual);
  Context context;
  size_t nodes = 0;
  for (unsigned seed = first;
       seed < first + count && !::testing::Test::HasFailure(); ++seed) {
    Graph graph = draw(seed);
    nodes += graph.size();
    std::string problem = checkDerivatives(context, graph, 2);
    if (problem.empty())
      continue;
    Graph small = shrink(graph, [&](const Graph &smaller) {
      return !checkDerivatives(context, smaller, 2).empty();
    });
    ADD_FAILURE()
        << "seed " << seed << ", " << checkDerivatives(context, small, 2)
        << ", of " << graph.size() << " nodes these are left:\n"
        << print(small) << "again: GANC_GRAPH=" << seed
        << " derivatives_test --gtest_filter=RandomGraphs."
        << ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  std::printf("seeds %u to %u, %zu nodes\n", first, first + count - 1, nodes);
}

TEST(RandomGraphs, AgreeWithDifferences) { compareAll(randomGraph, 2000); }

TEST(RandomGraphs, OfChainsAgreeWithDifferences) {
  compareAll(randomChains, 100);
}

/// Keeps what makes it fail: here two nodes with a wire.
TEST(RandomGraphs, Shrink) {
  Graph graph = randomGraph(3);
  ASSERT_GT(graph.size(), 2u);
  Graph small = shrink(graph, [](const Graph &smaller) {
    return llvm::any_of(
        smaller, [](const GraphNode &node) { return !node.wires.empty(); });
  });
  ASSERT_EQ(small.size(), 2u);
  EXPECT_EQ(small[1].wires.size(), 1u);
  EXPECT_EQ(small[1].wires[0].source, 0u);
}

} // namespace
