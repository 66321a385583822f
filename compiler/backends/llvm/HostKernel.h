//===- HostKernel.h - a kernel compiled into this process -----------------===//

#ifndef COMPILER_BACKENDS_LLVM_HOSTKERNEL_H
#define COMPILER_BACKENDS_LLVM_HOSTKERNEL_H

#include "compiler/backends/Backend.h"
#include "ganrt/abi.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace llvm::orc {
class LLJIT;
}

namespace gan {

/// Seconds that the calling thread has computed, whoever else did meanwhile.
double threadSeconds();

/// What tuning and tests run. The target must be one that this machine has.
class HostKernel {
public:
  /// Reports at the kernel why it cannot be compiled.
  static llvm::FailureOr<HostKernel>
  create(kernel::DefineOp kernel, const CpuTarget &target, Backend &backend);
  HostKernel(HostKernel &&);
  ~HostKernel();

  std::string backend; // its name
  KernelDescription description;
  std::string llvmText;
  llvm::SmallVector<char, 0> object;

  void runChunk(llvm::ArrayRef<void *> buffers,
                const ganrt_launch &chunk) const {
    function(buffers.data(), &chunk);
  }
  /// Runs every chunk and keeps the least time that each has taken: what one
  /// undisturbed thread would take.
  void time(llvm::ArrayRef<void *> buffers, void *workspace,
            llvm::MutableArrayRef<double> shortest) const;

private:
  HostKernel();
  std::unique_ptr<llvm::orc::LLJIT> jit;
  ganrt_kernel_function function = nullptr;
};

} // namespace gan

#endif // COMPILER_BACKENDS_LLVM_HOSTKERNEL_H
