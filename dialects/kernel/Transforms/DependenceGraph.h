//===- DependenceGraph.h - what has to run before what --------------------===//
//
// Nodes are operations of one block, or groups of them. The graph never has a
// cycle; every node has a level above those of the nodes before it, so that a
// way is looked for only between its ends.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_KERNEL_TRANSFORMS_DEPENDENCEGRAPH_H
#define DIALECTS_KERNEL_TRANSFORMS_DEPENDENCEGRAPH_H

#include "mlir/IR/Block.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace gan::kernel {

class DependenceGraph {
public:
  unsigned addNode();
  /// `to` needs `from`; there must be no way back.
  void addEdge(unsigned from, unsigned to);
  /// `node` keeps its place among what touches the same resources.
  void addEffects(unsigned node, mlir::Operation *op);
  /// `node` keeps its place among draws of the names that `op`, its regions and
  /// the kernels they call draw: so they are recorded and given.
  void addDraws(unsigned node, mlir::Operation *op,
                const mlir::SymbolTable &kernels);
  /// Makes one node of two, if no way leads from one to the other through a
  /// third.
  bool merge(unsigned from, unsigned into);

  unsigned size() const { return nodes.size(); }
  unsigned level(unsigned node) const { return nodes[node].level; }
  bool isMerged(unsigned node) const { return nodes[node].merged; }
  const llvm::SmallSetVector<unsigned, 4> &before(unsigned node) const {
    return nodes[node].before;
  }
  /// Whether `to` is `from` or needs it, directly or not.
  bool reaches(unsigned from, unsigned to) const;

  /// All nodes in an order that respects the edges; of those that could come
  /// next, the one of the least rank.
  llvm::SmallVector<unsigned>
  order(llvm::function_ref<unsigned(unsigned)> rank) const;

private:
  struct Node {
    llvm::SmallSetVector<unsigned, 4> before, after;
    unsigned level = 0;
    bool merged = false;
  };
  std::vector<Node> nodes;
  llvm::SmallMapVector<mlir::SideEffects::Resource *, unsigned, 4> lastEffect;
  llvm::SmallMapVector<mlir::StringAttr, unsigned, 4> lastDraw;

  bool reachesAround(unsigned from, unsigned to) const;
};

/// The graph of a block, with its operations as nodes in their order.
struct BlockGraph {
  BlockGraph(mlir::Block &block, const mlir::SymbolTable &kernels);
  /// Puts the operations into an order that the graph allows, theirs where it
  /// can.
  void reorder();

  mlir::Block &block;
  DependenceGraph graph;
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, unsigned> indexOf;
};

/// Calls `visit` with every value that an operation or its regions read.
void forEachRead(mlir::Operation *op,
                 llvm::function_ref<void(mlir::Value)> visit);

} // namespace gan::kernel

#endif // DIALECTS_KERNEL_TRANSFORMS_DEPENDENCEGRAPH_H
