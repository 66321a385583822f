//===- KernelContext.h - a kernel's function on a CPU ---------------------===//

#ifndef COMPILER_BACKENDS_LLVM_KERNELCONTEXT_H
#define COMPILER_BACKENDS_LLVM_KERNELCONTEXT_H

#include "compiler/backends/llvm/KernelFunction.h"

namespace gan::codegen {

/// A function with the calling convention of ganrt/abi.h, its base pointers
/// loaded and bound to the kernel's arguments.
class KernelContext : public KernelFunction {
public:
  KernelContext(kernel::DefineOp kernel, llvm::StringRef symbol,
                const CpuTarget &target, llvm::Module &module);

  /// This chunk's share of `units` pieces of work: from the first to below the
  /// second.
  std::pair<llvm::Value *, llvm::Value *> shareOf(int64_t units);
  /// The calling thread's scratch memory.
  llvm::Value *getWorkspace();
  Workspace getWorkspace(mlir::Type word) override;

  const CpuTarget &target;
  // Of a batched kernel: the pointers of the chunk's row and its elements.
  llvm::Value *row = nullptr, *begin = nullptr, *end = nullptr;

private:
  llvm::Value *loadPointer(llvm::Value *array, llvm::Value *place);
  llvm::Value *loadField(llvm::Value *base, uint64_t offset, llvm::Type *type);
  void bindRow();
};

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_KERNELCONTEXT_H
