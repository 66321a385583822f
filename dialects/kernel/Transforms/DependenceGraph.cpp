//===- DependenceGraph.cpp - what has to run before what ------------------===//

#include "dialects/kernel/Transforms/DependenceGraph.h"
#include "dialects/gan/IR/GanOps.h"
#include "dialects/kernel/IR/KernelOps.h"
#include <queue>
#include <utility>

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

unsigned DependenceGraph::addNode() {
  nodes.emplace_back();
  return nodes.size() - 1;
}

void DependenceGraph::addEdge(unsigned from, unsigned to) {
  if (from == to)
    return;
  nodes[from].after.insert(to);
  nodes[to].before.insert(from);
  SmallVector<unsigned> work = {from};
  while (!work.empty()) {
    unsigned node = work.pop_back_val();
    for (unsigned next : nodes[node].after)
      if (nodes[next].level <= nodes[node].level) {
        nodes[next].level = nodes[node].level + 1;
        work.push_back(next);
      }
  }
}

void DependenceGraph::addEffects(unsigned node, Operation *op) {
  auto effects = getEffectsRecursively(op);
  if (!effects)
    return;
  for (const MemoryEffects::EffectInstance &effect : *effects) {
    auto [it, isNew] = lastEffect.insert({effect.getResource(), node});
    if (!isNew)
      addEdge(it->second, node);
    it->second = node;
  }
}

void DependenceGraph::addDraws(unsigned node, Operation *op,
                               const SymbolTable &kernels) {
  op->walk([&](Operation *nested) {
    if (auto call = dyn_cast<CallOp>(nested))
      addDraws(node, kernels.lookup(call.getCallee()), kernels);
    auto draw = dyn_cast<RandomOp>(nested);
    if (!draw)
      return;
    auto [it, isNew] = lastDraw.insert({draw.getNameAttr(), node});
    if (!isNew)
      addEdge(std::exchange(it->second, node), node);
  });
}

bool DependenceGraph::reaches(unsigned from, unsigned to) const {
  if (from == to)
    return true;
  SmallVector<unsigned> work = {from};
  llvm::SmallDenseSet<unsigned> seen;
  while (!work.empty()) {
    unsigned node = work.pop_back_val();
    if (nodes[node].level >= nodes[to].level || !seen.insert(node).second)
      continue;
    for (unsigned next : nodes[node].after) {
      if (next == to)
        return true;
      work.push_back(next);
    }
  }
  return false;
}

bool DependenceGraph::reachesAround(unsigned from, unsigned to) const {
  return llvm::any_of(nodes[from].after, [&](unsigned next) {
    return next != to && reaches(next, to);
  });
}

bool DependenceGraph::merge(unsigned from, unsigned into) {
  if (from == into)
    return true;
  if (reachesAround(from, into) || reachesAround(into, from))
    return false;
  for (unsigned before : nodes[from].before)
    nodes[before].after.remove(from);
  for (unsigned after : nodes[from].after)
    nodes[after].before.remove(from);
  for (unsigned before : nodes[from].before)
    addEdge(before, into);
  for (unsigned after : nodes[from].after)
    addEdge(into, after);
  nodes[from] = Node();
  nodes[from].merged = true;
  auto follow = [&](auto &last) {
    for (auto &[key, node] : last)
      if (node == from)
        node = into;
  };
  follow(lastEffect);
  follow(lastDraw);
  return true;
}

SmallVector<unsigned>
DependenceGraph::order(llvm::function_ref<unsigned(unsigned)> rank) const {
  using Ready = std::pair<unsigned, unsigned>; // rank, node
  std::priority_queue<Ready, std::vector<Ready>, std::greater<Ready>> ready;
  SmallVector<unsigned> missing, result;
  for (unsigned node = 0; node < nodes.size(); ++node) {
    missing.push_back(nodes[node].before.size());
    if (!nodes[node].merged && missing[node] == 0)
      ready.push({rank(node), node});
  }
  while (!ready.empty()) {
    unsigned node = ready.top().second;
    ready.pop();
    result.push_back(node);
    for (unsigned next : nodes[node].after)
      if (--missing[next] == 0)
        ready.push({rank(next), next});
  }
  return result;
}

void kernel::forEachRead(Operation *op, llvm::function_ref<void(Value)> visit) {
  op->walk([&](Operation *nested) {
    for (Value operand : nested->getOperands())
      visit(operand);
  });
}

BlockGraph::BlockGraph(Block &block, const SymbolTable &kernels)
    : block(block) {
  for (Operation &op : block) {
    unsigned node = graph.addNode();
    ops.push_back(&op);
    indexOf[&op] = node;
    forEachRead(&op, [&](Value value) {
      if (Operation *definition = value.getDefiningOp())
        if (auto it = indexOf.find(definition); it != indexOf.end())
          graph.addEdge(it->second, node);
    });
    graph.addEffects(node, &op);
    graph.addDraws(node, &op, kernels);
    // Nothing comes after the terminator.
    if (op.hasTrait<OpTrait::IsTerminator>())
      for (unsigned earlier = 0; earlier < node; ++earlier)
        graph.addEdge(earlier, node);
  }
}

void BlockGraph::reorder() {
  for (unsigned node : graph.order([](unsigned node) { return node; }))
    ops[node]->moveBefore(&block, block.end());
}
