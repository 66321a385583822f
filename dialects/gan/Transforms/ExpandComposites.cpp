//===- ExpandComposites.cpp - composites become primitives ----------------===//
//
// Holds afterwards: no operation under the root implements an expansion.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"
#include "dialects/gan/Transforms/Passes.h"

namespace gan {
#define GEN_PASS_DEF_EXPANDCOMPOSITESPASS
#include "dialects/gan/Transforms/Passes.h.inc"
} // namespace gan

using namespace mlir;
using namespace gan;

/// Whether a gradient by this very value is wanted.
static bool isDifferentiatedBy(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    return isa<GradOp>(use.getOwner()) && use.getOperandNumber() > 0;
  });
}

static void expand(CompositeOpInterface op) {
  OpBuilder builder(op);
  SmallVector<Value> values = op.expand(builder);
  for (auto [result, value] : llvm::zip_equal(op->getResults(), values)) {
    // An operand passed through would be another value to differentiate by.
    if (isDifferentiatedBy(result) &&
        llvm::is_contained(op->getOperands(), value))
      value = ReshapeOp::create(builder, op->getLoc(), value.getType(), value);
    result.replaceAllUsesWith(value);
  }
  op->erase();
}

unsigned gan::expandComposites(Operation *root) {
  unsigned count = 0;
  SmallVector<CompositeOpInterface> found;
  do {
    found.clear();
    root->walk([&](CompositeOpInterface op) { found.push_back(op); });
    for (CompositeOpInterface op : found)
      expand(op);
    count += found.size();
  } while (!found.empty());
  return count;
}

namespace {
struct ExpandCompositesPass
    : gan::impl::ExpandCompositesPassBase<ExpandCompositesPass> {
  using Base::Base;

  void runOnOperation() override {
    numComposites += expandComposites(getOperation());
  }
};
} // namespace
