//===- DeviceEmitter.h - kernels as launches on a device ------------------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICEEMITTER_H
#define COMPILER_BACKENDS_LLVM_DEVICEEMITTER_H

#include "compiler/backends/Backend.h"

namespace gan::codegen {

/// What a kernel costs on a device, or none if there is no code for it.
std::optional<KernelDescription> describeForDevice(kernel::DefineOp kernel,
                                                   const DeviceTarget &target);

/// Its code; `rowElements` stands for '?' in the types of a batched kernel.
llvm::FailureOr<DeviceKernel> emitForDevice(kernel::DefineOp kernel,
                                            llvm::StringRef symbol,
                                            const DeviceTarget &target,
                                            std::optional<int64_t> rowElements);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICEEMITTER_H
