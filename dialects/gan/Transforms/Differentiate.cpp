//===- Differentiate.cpp - gan.grad becomes primitives --------------------===//
//
//  1. Expand composites where there is a gradient.
//  2. For every gan.grad in program order (so inner gradients come first):
//     a. mark all values that depend on a `wrt` (forward),
//     b. collect the operations between those and the value (backward); refuse
//        where no derivative is defined,
//     c. in reverse program order give each operation's rule its cotangents;
//     new
//        operations stand where the gan.grad stood,
//     d. fold what multiplies by the initial ones.
//  3. Erase what became dead.
// Holds afterwards: no gan.grad, and in functions that had one no composite.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "dialects/gan/Transforms/DifferentiateRules.h"
#include "dialects/gan/Transforms/Passes.h"
#include "mlir/IR/Iterators.h"
#include "llvm/ADT/SetVector.h"

namespace gan {
#define GEN_PASS_DEF_DIFFERENTIATEPASS
#include "dialects/gan/Transforms/Passes.h.inc"
} // namespace gan

using namespace mlir;
using namespace gan;

const RuleTable &gan::derivativeRules() {
  static const RuleTable table = [] {
    RuleTable rules;
    addElementwiseRules(rules);
    addShapeRules(rules);
    addReductionRules(rules);
    addIndexRules(rules);
    addContractionRules(rules);
    return rules;
  }();
  return table;
}

void gan::eraseDeadOperations(Operation *root) {
  root->walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != root && isOpTriviallyDead(op))
      op->erase();
  });
}

/// Whether small changes of this value can matter: floats, on the device or on
/// the host. Integers and booleans have derivative zero (N7).
static bool isContinuous(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType()));
}

/// Whether a cotangent flows from the operation's results to this operand.
static bool carriesDerivative(OpOperand &operand) {
  Operation *op = operand.getOwner();
  if (!isContinuous(operand.get()) || isa<StopOp, GradOp>(op))
    return false;
  if (op->hasTrait<NoDerivativeTrait>())
    return false;
  return !isa<CastOp>(op) || isContinuous(op->getResult(0));
}

namespace {
/// The derivative of the sum of one value by some others.
class Gradient {
public:
  explicit Gradient(GradOp grad) : grad(grad) {}

  LogicalResult replace() {
    markDependent();
    if (failed(collectOperations()) || failed(checkPaths()))
      return failure();
    propagate();
    return success();
  }

private:
  void markDependent();
  void markDependentOn(ArrayRef<Value> roots, Block *home);
  LogicalResult collectOperations();
  LogicalResult checkPaths();
  void propagate();
  void sortInProgramOrder();
  void foldNewOperations(ArrayRef<Operation *> created);

  /// Reports an operation without derivative, with the path through it.
  LogicalResult refuse(Operation *op, Value result);

  GradOp grad;
  /// Values that depend on a `wrt`, each with the value that made it so.
  DenseMap<Value, Value> cause;
  /// Values on a path, each with the value, one step nearer to the end, that it
  /// was reached from.
  DenseMap<Value, Value> effect;
  /// Operations on a path, in program order.
  SmallVector<Operation *> path;
};
} // namespace

//===----------------------------------------------------------------------===//
// Paths
//===----------------------------------------------------------------------===//

void Gradient::markDependent() {
  // A value of one iteration of a loop is not the same value in the next one,
  // so what a loop carries depends on values from outside the loop only.
  llvm::SetVector<Block *> homes;
  for (Value value : grad.getWrt())
    homes.insert(value.getParentBlock());
  for (Block *home : homes)
    markDependentOn(
        llvm::to_vector(llvm::make_filter_range(
            grad.getWrt(),
            [&](Value value) { return value.getParentBlock() == home; })),
        home);
}

void Gradient::markDependentOn(ArrayRef<Value> roots, Block *home) {
  DenseSet<Value> seen;
  SmallVector<Value> work;
  auto mark = [&](Value value, Value because) {
    if (!isContinuous(value) || !seen.insert(value).second)
      return;
    cause.try_emplace(value, because);
    work.push_back(value);
  };
  for (Value root : roots)
    mark(root, Value());
  while (!work.empty()) {
    Value value = work.pop_back_val();
    for (OpOperand &use : value.getUses()) {
      Operation *op = use.getOwner();
      if (!carriesDerivative(use))
        continue;
      unsigned number = use.getOperandNumber();
      if (auto repeat = dyn_cast<RepeatOp>(op); repeat && number > 0) {
        mark(repeat.getBody().getArgument(number - 1), value);
        mark(repeat.getResult(number - 1), value);
      } else if (isa<YieldOp>(op)) {
        Operation *parent = op->getParentOp();
        bool startsInside = parent->isProperAncestor(home->getParentOp()) ||
                            parent == home->getParentOp();
        if (startsInside || isa<ProgramOp>(parent))
          continue;
        mark(parent->getResult(number), value);
        if (auto repeat = dyn_cast<RepeatOp>(parent))
          mark(repeat.getBody().getArgument(number), value);
      } else {
        for (Value result : op->getResults())
          mark(result, value);
      }
    }
  }
}

LogicalResult Gradient::collectOperations() {
  llvm::SetVector<Operation *> found;
  SmallVector<Value> work;
  auto reach = [&](Value value, Value from) {
    if (cause.contains(value) && effect.try_emplace(value, from).second)
      work.push_back(value);
  };
  reach(grad.getValue(), Value());
  while (!work.empty()) {
    Value value = work.pop_back_val();
    Operation *op = value.getDefiningOp();
    bool isRoot = llvm::is_contained(grad.getWrt(), value);
    if (!op) {
      // Of the block arguments only what a loop carries depends on something.
      if (!isRoot)
        return refuse(value.getParentBlock()->getParentOp(), value);
      continue;
    }
    // A root may depend on another root.
    bool dependsFurther = llvm::any_of(op->getOpOperands(), [&](auto &use) {
      return carriesDerivative(use) && cause.contains(use.get());
    });
    if (isRoot && op->getNumRegions() == 0 && !dependsFurther)
      continue;
    if (!derivativeRules().contains(op->getName())) {
      if (isRoot && !cause.lookup(value))
        continue;
      return refuse(op, value);
    }
    found.insert(op);
    for (OpOperand &use : op->getOpOperands())
      if (carriesDerivative(use))
        reach(use.get(), value);
  }
  path = found.takeVector();
  sortInProgramOrder();
  return success();
}

/// All operations on a path lie in blocks around the gradient: outer blocks
/// come first, for what is in them precedes the operation that holds the inner
/// one.
void Gradient::sortInProgramOrder() {
  DenseMap<Block *, int> depth;
  for (Block *block = grad->getBlock(); block;
       block = block->getParentOp()->getBlock())
    depth.try_emplace(block, -static_cast<int>(depth.size()));
  llvm::sort(path, [&](Operation *a, Operation *b) {
    if (a->getBlock() != b->getBlock())
      return depth.lookup(a->getBlock()) < depth.lookup(b->getBlock());
    return a->isBeforeInBlock(b);
  });
}

LogicalResult Gradient::checkPaths() {
  if (grad.getZeroWithoutPath())
    return success();
  for (auto [index, value] : llvm::enumerate(grad.getWrt())) {
    if (effect.contains(value))
      continue;
    InFlightDiagnostic error = grad.emitOpError()
                               << "expected a path to the value from wrt "
                               << index << ", got none";
    error.attachNote(value.getLoc()) << "this has no effect on the value";
    return error;
  }
  return success();
}

LogicalResult Gradient::refuse(Operation *op, Value result) {
  InFlightDiagnostic error =
      grad.emitOpError() << "has no derivative through '" << op->getName()
                         << "', which lies on the path from wrt to the value";
  // From wrt to the operation, then on to the value.
  SmallVector<Value> steps;
  DenseSet<Value> seen;
  for (Value value = result; value && seen.insert(value).second;
       value = cause.lookup(value))
    steps.push_back(value);
  std::reverse(steps.begin(), steps.end());
  for (Value value = effect.lookup(result); value; value = effect.lookup(value))
    steps.push_back(value);
  for (auto [index, value] : llvm::enumerate(steps)) {
    Operation *step = value.getDefiningOp();
    Diagnostic &note = error.attachNote(value.getLoc());
    note << "path, step " << index << ": ";
    if (step)
      note << "'" << step->getName() << "'";
    else
      note << "block argument";
    if (value == result)
      note << ", where no derivative is defined";
  }
  return error;
}

//===----------------------------------------------------------------------===//
// Cotangents
//===----------------------------------------------------------------------===//

namespace {
/// Remembers what a builder inserted.
struct InsertionListener : OpBuilder::Listener {
  SmallVector<Operation *> operations;
  void notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) override {
    operations.push_back(op);
  }
};
} // namespace

/// Whether a later gradient is taken by this very value.
static bool isDifferentiatedBy(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    return isa<GradOp>(use.getOwner()) && use.getOperandNumber() > 0;
  });
}

void Gradient::propagate() {
  InsertionListener listener;
  OpBuilder builder(grad->getContext(), &listener);
  builder.setInsertionPoint(grad);
  TensorBuilder b(builder, grad.getLoc());

  Cotangents::Values values;
  if (effect.contains(grad.getValue()))
    values[grad.getValue()] = b.constantLike(grad.getValue(), 1);
  auto isWanted = [&](OpOperand &use) {
    return carriesDerivative(use) && cause.contains(use.get());
  };
  for (Operation *op : llvm::reverse(path)) {
    bool isZero = llvm::none_of(
        op->getResults(), [&](Value result) { return values.lookup(result); });
    if (isZero)
      continue;
    Cotangents cotangents(builder, op, values, isWanted);
    derivativeRules().apply(op, cotangents);
  }

  SmallVector<Operation *> created = std::move(listener.operations);
  for (auto [result, value] :
       llvm::zip_equal(grad.getResults(), grad.getWrt())) {
    Value cotangent = values.lookup(value);
    if (!cotangent)
      cotangent = b.constantLike(value, 0);
    // Two gradients may be one value; to differentiate by one is not to
    // differentiate by the other.
    if (isDifferentiatedBy(result))
      cotangent = ReshapeOp::create(builder, grad.getLoc(), result.getType(),
                                    cotangent);
    result.replaceAllUsesWith(cotangent);
  }
  grad.erase();
  foldNewOperations(created);
}

void Gradient::foldNewOperations(ArrayRef<Operation *> created) {
  for (Operation *op : created) {
    OpBuilder builder(op);
    SmallVector<Value> results;
    while (succeeded(builder.tryFold(op, results)))
      if (!results.empty()) {
        op->replaceAllUsesWith(results);
        op->erase();
        break;
      }
  }
}

namespace {
struct DifferentiatePass : gan::impl::DifferentiatePassBase<DifferentiatePass> {
  using Base::Base;

  void runOnOperation() override {
    // Functions, networks and programs that hold a gradient.
    llvm::SetVector<Operation *> roots;
    getOperation()->walk([&](GradOp grad) {
      roots.insert(grad->getParentWithTrait<OpTrait::IsIsolatedFromAbove>());
    });
    for (Operation *root : roots) {
      expandComposites(root);
      SmallVector<GradOp> grads;
      root->walk([&](GradOp grad) { grads.push_back(grad); });
      for (GradOp grad : grads) {
        if (failed(Gradient(grad).replace()))
          return signalPassFailure();
        ++numGradients;
      }
      eraseDeadOperations(root);
    }
  }
};
} // namespace
