//===- DeviceContext.h - one launch of a kernel on a device ---------------===//
//
// A function that every thread of a launch runs: PTX or SPIR-V, one entry to a
// module. Places of the call are pointers to global memory (PTX) or storage
// buffers with a binding each (SPIR-V).
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICECONTEXT_H
#define COMPILER_BACKENDS_LLVM_DEVICECONTEXT_H

#include "compiler/backends/llvm/KernelFunction.h"

namespace gan::codegen {

/// Memory between the launches of one kernel.
struct Scratch {
  mlir::Type elementType;
  int64_t elements;
};

class DeviceContext : public KernelFunction {
public:
  DeviceContext(kernel::DefineOp kernel, llvm::StringRef symbol,
                const DeviceTarget &target, unsigned groupSize,
                llvm::ArrayRef<Scratch> scratch, llvm::Module &module);

  /// Numbers of the calling thread, of its group in the launch.
  llvm::Value *getThread();
  llvm::Value *getGroup(unsigned axis);
  /// Memory that the threads of a group share.
  Buffer createShared(mlir::Type elementType, int64_t elements);
  /// Waits for all threads of the group, and for what they wrote to memory that
  /// they share.
  void emitBarrier();

  /// Scratch buffer `number` as memory of a shape, row by row.
  Buffer getScratch(unsigned number, llvm::ArrayRef<int64_t> shape);
  /// Buffer 0 of the scratch, from `first` on.
  Workspace getWorkspace(mlir::Type word) override;
  llvm::Value *firstWord = nullptr;

  /// Ends the function, and says how it is launched in this many groups.
  DeviceLaunch finish(std::array<uint32_t, 3> grid);

private:
  bool isVulkan() const { return target.api == DeviceApi::Vulkan; }
  llvm::Value *createBase(mlir::Type elementType, size_t place, bool isWritten);

  const DeviceTarget &target;
  unsigned groupSize;
  llvm::SmallVector<llvm::Value *> places; // all arguments that there may be
  llvm::SmallVector<mlir::Type> scratchTypes;
  size_t scratchFrom;
};

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICECONTEXT_H
