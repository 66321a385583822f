//===- KernelContext.h - the function of a kernel while it is made --------===//

#ifndef COMPILER_BACKENDS_LLVM_KERNELCONTEXT_H
#define COMPILER_BACKENDS_LLVM_KERNELCONTEXT_H

#include "compiler/backends/llvm/RegionEmitter.h"

namespace gan::codegen {

/// A function with the calling convention of ganrt/abi.h, its base pointers
/// loaded and bound to the kernel's arguments.
class KernelContext {
public:
  KernelContext(kernel::DefineOp kernel, llvm::StringRef symbol,
                const CpuTarget &target, llvm::Module &module);

  /// Computes all results at the row-major position that `index` has in
  /// `shape`, then stores them all: a result may lie in the place of an
  /// argument that is read at the same index.
  void emitResults(IndexRef index, llvm::ArrayRef<int64_t> shape,
                   unsigned active = kLanes);
  /// The same for lanes that a vector of i1 says.
  void emitResultsWhere(llvm::Value *mask, IndexRef index,
                        llvm::ArrayRef<int64_t> shape);

  /// This chunk's share of `units` pieces of work: from the first to below the
  /// second.
  std::pair<llvm::Value *, llvm::Value *> shareOf(int64_t units);
  /// The calling thread's scratch memory.
  llvm::Value *getWorkspace();

  kernel::DefineOp kernel;
  const CpuTarget &target;
  llvm::Function *function;
  VectorBuilder b;
  IndexContext indices;
  RegionEmitter region;
  llvm::SmallVector<Buffer> results;
  // Of a batched kernel: the pointers of the chunk's row and its elements.
  llvm::Value *row = nullptr, *begin = nullptr, *end = nullptr;

private:
  llvm::Value *loadPointer(llvm::Value *array, llvm::Value *place);
  llvm::Value *loadField(llvm::Value *base, uint64_t offset, llvm::Type *type);
  void bindRow();
  void bindBuffers();
};

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_KERNELCONTEXT_H
