//===- RandomGraph.h - graphs of sampled operations, and their derivatives ===//
//
// A graph is a list of nodes: each a row of samples, the seed of its numbers,
// and wires from earlier nodes. An operand of a node is
//     x = point + v - stop(v)
// for its sampled point and the wired value v, fitted to its shape. So at the
// point itself every operation sees what its row says, away from kinks, however
// the graph looks; and derivatives flow through all of it.
//
// For the sum s0 = <p, all y> of the nodes' results, random p and random
// directions q1, q2, …
//     s1 = <grad s0, q1>,   s2 = <grad s1, q2>,   …
// Then s[n] is the derivative of s[n-1] along q[n], which central differences
// in float64 give too, with all that is stopped left as it is.
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_RANDOM_PROGRAMS_RANDOMGRAPH_H
#define TESTS_SUPPORT_RANDOM_PROGRAMS_RANDOMGRAPH_H

#include "mlir/IR/BuiltinOps.h"
#include "tests/support/random-programs/OperationSamples.h"

namespace gan::testing {

struct Wire {
  /// An earlier node.
  size_t source;
  /// Which operand, modulo their number.
  unsigned operand;
  /// How the value is fitted to the operand.
  uint32_t seed;
};

struct GraphNode {
  /// Of operationSamples; the number behind them is a chain.
  size_t row;
  uint32_t seed;
  llvm::SmallVector<Wire> wires;
};

using Graph = llvm::SmallVector<GraphNode>;

/// 2 to 12 nodes of single operations, each with a wire from the one before it;
/// the same ones for the same seed.
Graph randomGraph(uint32_t seed);

/// 1 to 3 nodes, chains of filters most of them and the last one always.
Graph randomChains(uint32_t seed);

/// Compares s1, s2, … with differences, before and after
/// simplification; what disagrees, or nothing.
std::string checkDerivatives(mlir::MLIRContext &context, const Graph &graph,
                             unsigned orders);

/// A graph as a program `@infer` and the numbers to run it on; its outputs are
/// s0, s1, …
struct GraphProgram {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  llvm::SmallVector<reference::Tensor> inputs;
};
llvm::FailureOr<GraphProgram> makeProgram(mlir::MLIRContext &context,
                                          const Graph &graph, unsigned orders);

/// Leaves out nodes and wires for as long as `fails` says so.
Graph shrink(Graph graph, llvm::function_ref<bool(const Graph &)> fails);

/// Its operations and wires, a node a line.
std::string print(const Graph &graph);

} // namespace gan::testing

#endif // TESTS_SUPPORT_RANDOM_PROGRAMS_RANDOMGRAPH_H
