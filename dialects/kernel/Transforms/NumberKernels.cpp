//===- NumberKernels.cpp - names of kernels -------------------------------===//

#include "dialects/kernel/Transforms/NumberKernels.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace gan;
using namespace gan::kernel;

static std::string nameOf(DefineOp define, unsigned number) {
  std::string name = llvm::formatv("k{0,0+3}", number).str();
  auto append = [&](Operation *op) {
    name += '_';
    name += op->getName().stripDialect();
  };
  Operation *root = rootOf(define), *tail = nullptr;
  ValueRange results = define.getTerminator().getValues();
  if (!results.empty())
    tail = results.back().getDefiningOp();
  if (root)
    append(root);
  if (root && tail && root != tail && isRoot(root))
    append(tail);
  if (define.isBatched())
    name += "_batch";
  if (!results.empty())
    llvm::raw_string_ostream(name)
        << '_' << cast<RankedTensorType>(results[0].getType()).getElementType();
  return name;
}

unsigned kernel::numberKernels(ModuleOp module) {
  SymbolTable symbols(module);
  llvm::MapVector<DefineOp, std::string> names;
  auto programs = llvm::to_vector(module.getOps<ProgramOp>());
  for (ProgramOp program : programs)
    program.walk([&](Operation *op) {
      FlatSymbolRefAttr callee;
      if (auto call = dyn_cast<CallOp>(op))
        callee = call.getCalleeAttr();
      else if (auto batch = dyn_cast<BatchOp>(op))
        callee = batch.getCalleeAttr();
      else
        return;
      auto define = symbols.lookup<DefineOp>(callee.getValue());
      auto it = names.find(define);
      if (it == names.end()) {
        it = names.insert({define, nameOf(define, names.size())}).first;
        define->moveBefore(programs.front());
      }
      op->setAttr("callee",
                  FlatSymbolRefAttr::get(op->getContext(), it->second));
    });
  for (auto define : llvm::make_early_inc_range(module.getOps<DefineOp>()))
    if (!names.contains(define))
      define->erase();
  // All at once: an old name may be another kernel's new one.
  for (auto &[define, name] : names)
    DefineOp(define).setSymName(name);
  return names.size();
}
