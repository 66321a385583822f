//===- Inline.cpp - calls become what their kernels compute ---------------===//
//
// Holds afterwards: programs hold primitives and no calls; no kernel is left.
//
//===----------------------------------------------------------------------===//

#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

namespace gan::kernel {
#define GEN_PASS_DEF_INLINEPASS
#include "dialects/kernel/Transforms/Passes.h.inc"
} // namespace gan::kernel

namespace {

/// Puts the body of `kernel` in place of some results of `op`; operands come in
/// with the kernel's argument types.
SmallVector<Value> inlineBody(OpBuilder &builder, DefineOp kernel,
                              ValueRange operands) {
  IRMapping mapping;
  mapping.map(kernel.getBody().getArguments(), operands);
  for (Operation &op : kernel.getBody().front().without_terminator())
    builder.clone(op, mapping);
  return llvm::map_to_vector(
      kernel.getTerminator().getValues(),
      [&](Value value) { return mapping.lookup(value); });
}

/// One row of a batch: its tensors become one axis of known length.
SmallVector<Value> inlineRow(OpBuilder &builder, DefineOp kernel,
                             ValueRange columns, ValueRange shared,
                             TypeRange resultTypes) {
  int64_t length = cast<RankedTensorType>(resultTypes[0]).getNumElements();
  auto flat = [&](Type type) {
    return RankedTensorType::get({length},
                                 cast<RankedTensorType>(type).getElementType());
  };
  SmallVector<Value> operands;
  for (Value column : columns)
    operands.push_back(ReshapeOp::create(builder, column.getLoc(),
                                         flat(column.getType()), column));
  llvm::append_range(operands, shared);
  IRMapping mapping;
  mapping.map(kernel.getBody().getArguments(), operands);
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    Operation *copy = builder.clone(op, mapping);
    for (Value result : copy->getResults())
      if (cast<RankedTensorType>(result.getType()).getRank())
        result.setType(flat(result.getType()));
  }
  SmallVector<Value> results;
  for (auto [value, type] :
       llvm::zip(kernel.getTerminator().getValues(), resultTypes))
    results.push_back(ReshapeOp::create(builder, value.getLoc(), type,
                                        mapping.lookup(value)));
  return results;
}

class InlinePass final : public gan::kernel::impl::InlinePassBase<InlinePass> {
public:
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    for (auto program : module.getOps<ProgramOp>())
      program.walk([&](Operation *op) {
        OpBuilder builder(op);
        SmallVector<Value> results;
        if (auto call = dyn_cast<CallOp>(op)) {
          results =
              inlineBody(builder, symbols.lookup<DefineOp>(call.getCallee()),
                         call.getOperands());
        } else if (auto batch = dyn_cast<BatchOp>(op)) {
          auto callee = symbols.lookup<DefineOp>(batch.getCallee());
          size_t width = callee.getResultTypes().size();
          size_t columns = *callee.getColumns();
          for (size_t row = 0; row * width < batch.getNumResults(); ++row)
            llvm::append_range(
                results,
                inlineRow(
                    builder, callee,
                    batch.getRowOperands().slice(row * columns, columns),
                    batch.getShared(),
                    TypeRange(batch.getResults()).slice(row * width, width)));
        } else if (auto copy = dyn_cast<CopyOp>(op)) {
          results = {copy.getInput()};
        } else {
          op->removeAttr(kPlacesName);
          op->removeAttr(kArgumentPlacesName);
          op->removeAttr(kArenaBytesName);
          return;
        }
        op->replaceAllUsesWith(results);
        op->erase();
      });
    for (auto define : llvm::make_early_inc_range(module.getOps<DefineOp>()))
      define->erase();
  }
};

} // namespace
