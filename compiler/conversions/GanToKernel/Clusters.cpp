//===- Clusters.cpp - which operations of a block share a kernel ----------===//

#include "compiler/conversions/GanToKernel/Clusters.h"
#include "dialects/kernel/Transforms/KernelCost.h"

using namespace mlir;
using namespace gan;
using kernel::bytesOf;
using kernel::elementsOf;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Booleans are dear: vectors of i1 do not go through memory.
static double storedBytes(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return type.getElementTypeBitWidth() == 1 ? 4.0 * elementsOf(type)
                                            : double(bytesOf(type));
}

/// A tensor that comes from the last step or the last iteration.
static bool isState(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return false;
  Operation *parent = argument.getOwner()->getParentOp();
  if (auto program = dyn_cast<ProgramOp>(parent))
    return !program.getArgumentState(argument.getArgNumber()).empty();
  return isa<RepeatOp>(parent);
}

//===----------------------------------------------------------------------===//
// Membership
//===----------------------------------------------------------------------===//

unsigned Clusters::addItem(Operation *op) {
  unsigned index = graph.addNode();
  Item &item = items.emplace_back();
  item.ops = {op};
  if (op->getNumResults() && isa<RankedTensorType>(op->getResult(0).getType()))
    item.shape = shapeOf(op->getResult(0));
  for (unsigned source : sourcesOf(op))
    graph.addEdge(source, index);
  graph.addDraws(index, op, kernels);
  owner[op] = index;
  return index;
}

/// The items that an operation reads from.
llvm::SmallSetVector<unsigned, 8> Clusters::sourcesOf(Operation *op) const {
  llvm::SmallSetVector<unsigned, 8> sources;
  auto add = [&](Value value) {
    // Operations that belong to nobody have one operand or none.
    while (Operation *definition = value.getDefiningOp()) {
      if (definition->getBlock() != &block)
        return;
      if (auto it = owner.find(definition); it != owner.end()) {
        sources.insert(it->second);
        return;
      }
      if (definition->getNumOperands() == 0)
        return;
      value = definition->getOperand(0);
    }
  };
  kernel::forEachRead(op, add);
  return sources;
}

/// One cluster of two, where the graph allows it.
void Clusters::merge(unsigned from, unsigned into) {
  if (!graph.merge(from, into))
    return;
  Item &gone = items[from], &item = items[into];
  for (Operation *op : gone.ops)
    owner[op] = into;
  SmallVector<Operation *> ops;
  std::merge(gone.ops.begin(), gone.ops.end(), item.ops.begin(), item.ops.end(),
             std::back_inserter(ops),
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  item.ops = std::move(ops);
  item.updates |= gone.updates;
  gone.ops.clear();
}

/// Whether an operation that stays, or another block, reads `value`.
bool Clusters::hasReaderInProgram(Value value) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    return user->getBlock() != &block || !user->hasTrait<PrimitiveTrait>();
  });
}

bool Clusters::joinable(unsigned index, Operation *op) const {
  const Item &item = items[index];
  if (item.stays || item.closed || item.ops.size() >= options.maxOperations ||
      graph.before(index).size() >= options.maxOperands)
    return false;
  return llvm::none_of(sourcesOf(op), [&](unsigned source) {
    return source != index && graph.reaches(index, source);
  });
}

void Clusters::placeElementwise(Operation *op) {
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  bool updates = llvm::any_of(op->getOperands(), isState);
  // Clusters of operands, the best one first.
  SmallVector<unsigned> candidates;
  for (Value operand : op->getOperands())
    if (auto it = owner.find(operand.getDefiningOp());
        operand.getDefiningOp() && it != owner.end() &&
        !items[it->second].stays && items[it->second].shape == shape &&
        shapeOf(operand) == shape &&
        !llvm::is_contained(candidates, it->second))
      candidates.push_back(it->second);
  llvm::sort(candidates, [&](unsigned a, unsigned b) {
    auto key = [&](unsigned index) {
      return std::make_tuple(items[index].updates, items[index].root != nullptr,
                             graph.level(index), index);
    };
    return key(a) > key(b);
  });

  auto target = llvm::find_if(candidates, [&](unsigned index) {
    return !(updates && items[index].root) && joinable(index, op);
  });
  if (target == candidates.end()) {
    items[addItem(op)].updates = updates;
    return;
  }
  unsigned index = *target;
  llvm::SmallSetVector<unsigned, 8> sources = sourcesOf(op);
  items[index].ops.push_back(op);
  items[index].updates |= updates;
  owner[op] = index;
  for (unsigned source : sources)
    graph.addEdge(source, index);

  for (unsigned other : candidates) {
    Item &item = items[other];
    if (other == index || item.root || item.closed ||
        item.ops.size() + items[index].ops.size() > options.maxOperations)
      continue;
    // An epilogue neither updates state nor feeds its own root.
    if (Operation *root = items[index].root)
      if (item.updates || sourcesOf(root).contains(other))
        continue;
    merge(other, index);
  }
}

void Clusters::place(Operation *op) {
  if (!op->hasTrait<PrimitiveTrait>()) {
    unsigned index = addItem(op);
    items[index].stays = true;
    graph.addEffects(index, op);
    return;
  }
  if (op->hasTrait<ElementwiseTrait>())
    return placeElementwise(op);
  bool program = llvm::any_of(op->getResults(), [&](Value result) {
    return hasReaderInProgram(result);
  });
  if (isa<ConstantOp, IotaOp, BroadcastOp, ReshapeOp>(op)) {
    if (!program)
      return;
    // The program wants the other shape of a cluster's value.
    if (auto reshape = dyn_cast<ReshapeOp>(op))
      if (Operation *definition = reshape.getInput().getDefiningOp())
        if (auto it = owner.find(definition);
            it != owner.end() && joinable(it->second, op)) {
          items[it->second].ops.push_back(op);
          owner[op] = it->second;
          return;
        }
  }
  // What takes elements by the places that a search finds stands behind it.
  if (auto gather = dyn_cast<GatherOp>(op); gather && gather.takesElements())
    if (Operation *search = gather.getIndex().getDefiningOp();
        isa_and_nonnull<WindowArgMaxOp, ArgMaxOp, ArgMinOp>(search))
      if (auto it = owner.find(search);
          it != owner.end() && joinable(it->second, op)) {
        unsigned index = it->second;
        for (unsigned source : sourcesOf(op))
          graph.addEdge(source, index);
        items[index].ops.push_back(op);
        owner[op] = index;
        return;
      }
  Item &item = items[addItem(op)];
  if (kernel::isRoot(op)) {
    item.root = op;
    // What is recorded or given must not be read before that.
    item.closed = isa<RandomOp, ScatterAddOp, CumsumOp, SortOp>(op);
  }
}

//===----------------------------------------------------------------------===//
// What is written
//===----------------------------------------------------------------------===//

/// How many elements of an operand its reader computes, if it does so on load.
double Clusters::evaluations(OpOperand &use) const {
  Operation *op = use.getOwner();
  double elements = elementsOf(use.get().getType());
  double results = elementsOf(op->getResult(0).getType());
  unsigned number = use.getOperandNumber();
  // A convolution packs an element once for every tap that meets it.
  auto perTap = [&](Value weight, GeometryAttr geometry, bool strided) {
    double taps = 1;
    for (int64_t length : shapeOf(weight).drop_front(2))
      taps *= length;
    if (strided)
      for (int64_t stride : geometry.getStride())
        taps /= stride;
    return elements * std::max(1.0, taps);
  };
  if (auto conv = dyn_cast<ConvOp>(op))
    return number == 0 ? options.dataLoads *
                             perTap(conv.getWeight(), conv.getGeometry(), true)
                       : options.weightLoads * elements;
  if (auto conv = dyn_cast<ConvGradInputOp>(op))
    return number == 1 ? options.dataLoads *
                             perTap(conv.getWeight(), conv.getGeometry(), false)
                       : options.weightLoads * elements;
  if (auto conv = dyn_cast<ConvGradWeightOp>(op))
    return options.gradientLoads *
           (number == 0 ? perTap(conv.getResult(), conv.getGeometry(), true)
                        : elements);
  if (isa<DotOp>(op))
    return elements * (number == 0 ? options.dataLoads : options.weightLoads);
  auto perWindow = [&](auto window) {
    for (int64_t length : window.getWindow())
      results *= length;
    return results;
  };
  if (auto window = dyn_cast<WindowSumOp>(op))
    return perWindow(window);
  if (auto window = dyn_cast<WindowArgMaxOp>(op))
    return perWindow(window);
  if (op->hasTrait<ElementwiseTrait>() ||
      isa<SliceOp, DynamicSliceOp, GatherOp>(op))
    return results;
  return elements;
}

/// The kernels that read `value`, each once, and whether the program does.
void Clusters::collectReaders(
    Value value, unsigned home, bool &program,
    llvm::MapVector<unsigned, double> &readers) const {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (user->getBlock() != &block) {
      program = true;
      continue;
    }
    auto it = owner.find(user);
    if (it == owner.end()) {
      for (Value result : user->getResults())
        collectReaders(result, home, program, readers);
    } else if (items[it->second].stays) {
      program = true;
    } else if (it->second != home) {
      readers[it->second] += evaluations(use);
    }
  }
}

/// What has to be computed to compute `value` again, and from what. False if
/// that is too much for another kernel: what is read at several places, by two
/// slices say, is computed for each of them, and so are its own operands.
bool Clusters::collectExpression(Value value, Expression &expression) const {
  struct Read {
    Value value;
    unsigned place; // elementwise operations keep it
  };
  SmallVector<Read> work = {{value, 0}};
  llvm::SmallDenseSet<std::pair<Operation *, unsigned>, 32> computed;
  unsigned places = 1;
  while (!work.empty()) {
    auto [next, place] = work.pop_back_val();
    Operation *op = next.getDefiningOp();
    bool isLeaf = !op || op->getBlock() != &block ||
                  !op->hasTrait<PrimitiveTrait>() || kernel::isRoot(op) ||
                  (next != value && written.contains(next));
    if (isLeaf) {
      expression.leaves.insert(next);
    } else if (computed.insert({op, place}).second) {
      expression.flop += kernel::flopPerElement(op);
      bool moves = !op->hasTrait<ElementwiseTrait>();
      for (Value operand : op->getOperands())
        work.push_back({operand, moves ? places : place});
      places += moves;
    }
    if (expression.leaves.size() > options.maxOperands / 2 ||
        computed.size() > options.maxOperations / 2)
      return false;
  }
  return true;
}

/// Whether an operation of `item` reads `leaf`, directly or on load.
bool Clusters::readsAnyway(unsigned item, Value leaf) const {
  if (alsoRead.contains({item, leaf}))
    return true;
  return llvm::any_of(leaf.getUsers(), [&](Operation *user) {
    if (user->getBlock() != &block)
      return false;
    auto it = owner.find(user);
    if (it != owner.end())
      return it->second == item;
    return llvm::any_of(user->getResults(), [&](Value result) {
      return readsAnyway(item, result);
    });
  });
}

/// Whether a float is compared for equality, as the derivative of a maximum
/// does. Then it has to be one number in all kernels, and what is computed
/// again is not where another backend does it.
bool Clusters::isMatched(Value value) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (auto compare = dyn_cast<CompareOp>(user))
      return compare.getComparison() == Comparison::eq &&
             isa<FloatType>(getElementTypeOrSelf(value.getType()));
    return user->getBlock() == &block && !owner.contains(user) &&
           llvm::any_of(user->getResults(),
                        [&](Value result) { return isMatched(result); });
  });
}

void Clusters::decide(Value value, unsigned home) {
  bool program = false;
  llvm::MapVector<unsigned, double> readers;
  collectReaders(value, home, program, readers);
  if (!program && readers.empty())
    return;
  auto write = [&](Value what) {
    written.insert(what);
    items[owner.lookup(what.getDefiningOp())].written = true;
  };
  Expression expression;
  if (program || kernel::isRoot(value.getDefiningOp()) || isMatched(value) ||
      !collectExpression(value, expression))
    return write(value);

  double flop = expression.flop, leafBytes = 0;
  for (Value leaf : expression.leaves)
    leafBytes += storedBytes(leaf);
  // Reading several tensors for one element takes instructions, too.
  double loads = std::max<double>(expression.leaves.size(), 1) - 1;
  double bytes = storedBytes(value), elements = elementsOf(value.getType());

  double again = 0, once = bytes;
  if (!items[home].written)
    once += kLaunchBytes + leafBytes + flop * elements / kFlopPerByte;
  for (auto [reader, evaluations] : readers) {
    once += std::min(bytes, evaluations * bytes / std::max(1.0, elements));
    // Something that no contraction may compute on load.
    if (evaluations == 0 && elements != 0)
      return write(value);
    again += (flop + loads) * evaluations / kFlopPerByte;
    for (Value leaf : expression.leaves)
      if (!readsAnyway(reader, leaf))
        again += storedBytes(leaf);
  }
  for (Value leaf : expression.leaves)
    if (isOwned(leaf) && !written.contains(leaf))
      again += storedBytes(leaf);
  if (once < again)
    return write(value);
  for (Value leaf : expression.leaves) {
    if (isOwned(leaf))
      write(leaf);
    for (auto [reader, evaluations] : readers)
      alsoRead.insert({reader, leaf});
  }
}

/// Whether a cluster of this block computes `value`.
bool Clusters::isOwned(Value value) const {
  Operation *op = value.getDefiningOp();
  auto it = op ? owner.find(op) : owner.end();
  return it != owner.end() && !items[it->second].stays;
}

SmallVector<unsigned> Clusters::kernelsByLevel() const {
  SmallVector<unsigned> indices;
  for (unsigned index = 0; index < items.size(); ++index)
    if (!items[index].stays && !graph.isMerged(index))
      indices.push_back(index);
  llvm::sort(indices, [&](unsigned a, unsigned b) {
    return std::pair(graph.level(a), a) < std::pair(graph.level(b), b);
  });
  return indices;
}

Clusters::Clusters(Block &block, const FusionOptions &options,
                   const SymbolTable &kernels)
    : block(block), options(options), kernels(kernels) {
  for (Operation &op : block)
    place(&op);

  SmallVector<unsigned> order = kernelsByLevel();
  // A kernel runs anyway if the program reads from it or it has a root.
  for (unsigned index : order)
    for (Operation *op : items[index].ops)
      items[index].written |= items[index].root != nullptr ||
                              llvm::any_of(op->getResults(), [&](Value value) {
                                return hasReaderInProgram(value);
                              });
  for (unsigned index : order)
    for (Operation *op : items[index].ops)
      for (Value value : op->getResults())
        decide(value, index);
}

SmallVector<Value> Clusters::results(const Item &item) const {
  SmallVector<Value> values;
  for (Operation *op : item.ops)
    for (Value value : op->getResults())
      if (written.contains(value))
        values.push_back(value);
  return values;
}

SmallVector<const Clusters::Item *> Clusters::order() const {
  DenseMap<Operation *, unsigned> position;
  for (auto [index, op] : llvm::enumerate(block))
    position[&op] = index;
  // A cluster runs where its last operation stood.
  SmallVector<unsigned> nodes = graph.order(
      [&](unsigned index) { return position.lookup(items[index].ops.back()); });
  SmallVector<const Item *> result;
  for (unsigned index : nodes)
    if (items[index].stays || !results(items[index]).empty())
      result.push_back(&items[index]);
  return result;
}
