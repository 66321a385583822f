//===- Clusters.h - which operations of a block share a kernel ------------===//
//
// Items are the nodes of a block's graph: a cluster of primitives that will be
// one kernel, or an operation that stays in the program. The graph never has a
// cycle.
//
//  1. Operations are taken in program order. A root starts a cluster. An
//     element-wise operation joins the cluster of an operand of its shape if no
//     way leads out of that cluster and back to it: first a cluster that
//     updates state, then one with a root (its epilogue), then the latest.
//     Other operands' clusters without a root are merged in where that makes no
//     cycle. An operation that moves elements starts a cluster. Constants,
//     iotas, broadcasts and reshapes belong to nobody: who reads them computes
//     them.
//  2. Each value that others read is either written or computed again by each
//     reader, whichever costs less:
//
//     written   its bytes once, and once more for each reading kernel; what its
//               kernel reads and a launch, if that one writes nothing else
//     again     for each reading kernel the bytes of what it is made of, unless
//               they are read there anyway, and its arithmetic times how often
//               that kernel evaluates it
//
//     Arithmetic costs 1 / kFlopPerByte, a launch kLaunchBytes. A contraction
//     packs its operands, an element for each tap that meets it
//     (FusionOptions). Booleans count as four bytes: better computed again than
//     stored.
//
//  3. Of what was written, the operand of a stencil or of what moves elements
//     behind one is computed again by its readers if that costs less: the
//     kernels become chains, of which some backend has to have code
//     (docs/rationale/Rationale-Chains.md). Arithmetic is repeated at the ends
//     of tiles only, once for each reader.
//
// Values that the program itself reads (state, outputs, reports, records, other
// blocks) are always written, and what a root computes, if anyone reads it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_CONVERSIONS_GANTOKERNEL_CLUSTERS_H
#define COMPILER_CONVERSIONS_GANTOKERNEL_CLUSTERS_H

#include "dialects/gan/IR/GanOps.h"
#include "dialects/kernel/Transforms/DependenceGraph.h"

namespace gan {

/// Arithmetic that takes as long as moving a byte.
inline constexpr double kFlopPerByte = 8;
/// Bytes that could be moved while a kernel is started.
inline constexpr double kLaunchBytes = 16384;

struct FusionOptions {
  /// How often a contraction packs an element of an operand, and so evaluates
  /// it if it is computed on load: data (for each tap that meets it), weights,
  /// operands of a weight gradient. 0: nothing is computed on load.
  double dataLoads = 1.5;
  double weightLoads = 4;
  double gradientLoads = 2;
  /// Limits of one kernel.
  unsigned maxOperations = 128;
  unsigned maxOperands = 24;
};

class Clusters {
public:
  struct Item {
    llvm::SmallVector<mlir::Operation *> ops; // in program order
    mlir::Operation *root = nullptr;
    llvm::ArrayRef<int64_t> shape;
    bool stays = false;   // an operation of the program
    bool closed = false;  // nothing joins
    bool updates = false; // reads state of its own shape
    bool written = false; // writes at least one value
  };

  /// Blocks inside of `block` are calls of `kernels` by now.
  Clusters(mlir::Block &block, const FusionOptions &options,
           const mlir::SymbolTable &kernels);

  /// Joins kernels to chains where `accepts` says that the longer kernel of an
  /// item has code.
  void formChains(llvm::function_ref<bool(const Item &)> accepts);

  /// Items in an order that respects all dependences, by program order where
  /// there is a choice. Clusters that write nothing are left out.
  llvm::SmallVector<const Item *> order() const;
  /// What the kernel of a cluster writes, in program order.
  llvm::SmallVector<mlir::Value> results(const Item &item) const;
  bool isWritten(mlir::Value value) const { return written.contains(value); }

private:
  mlir::Block &block;
  FusionOptions options;
  const mlir::SymbolTable &kernels;
  std::vector<Item> items; // by the nodes of the graph
  kernel::DependenceGraph graph;
  llvm::DenseMap<mlir::Operation *, unsigned> owner;
  llvm::DenseSet<mlir::Value> written;
  // Leaves that a kernel reads because a value is computed again in it.
  llvm::DenseSet<std::pair<unsigned, mlir::Value>> alsoRead;

  // 1. Membership.
  unsigned addItem(mlir::Operation *op);
  llvm::SmallSetVector<unsigned, 8> sourcesOf(mlir::Operation *op) const;
  void merge(unsigned from, unsigned into);
  bool isOwned(mlir::Value value) const;
  bool hasReaderInProgram(mlir::Value value) const;
  bool joinable(unsigned index, mlir::Operation *op) const;
  void place(mlir::Operation *op);
  void placeElementwise(mlir::Operation *op);

  /// What kernels are made of, those that others read first.
  llvm::SmallVector<unsigned> kernelsByLevel() const;

  // 2. What is written.
  struct Expression {
    double flop = 0; // for an element
    llvm::SmallSetVector<mlir::Value, 8> leaves;
  };
  // Reading kernel, and how many elements it would evaluate.
  void collectReaders(mlir::Value value, unsigned home, bool &program,
                      llvm::MapVector<unsigned, double> &readers) const;
  double evaluations(mlir::OpOperand &use) const;
  bool collectExpression(mlir::Value value, Expression &expression) const;
  bool readsAnyway(unsigned item, mlir::Value leaf) const;
  bool isMatched(mlir::Value value) const;
  void decide(mlir::Value value, unsigned home);

  // 3. Chains.
  bool isLink(const Item &item) const;
  void collectKernels(mlir::Value value,
                      llvm::SmallSetVector<unsigned, 4> &kernels,
                      bool &program) const;
  bool savesByRepeating(mlir::Value value, unsigned home,
                        llvm::ArrayRef<unsigned> readers) const;
  bool joinReaders(mlir::Value value, unsigned home,
                   llvm::function_ref<bool(const Item &)> accepts);
};

} // namespace gan

#endif // COMPILER_CONVERSIONS_GANTOKERNEL_CLUSTERS_H
