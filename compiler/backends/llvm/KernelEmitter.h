//===- KernelEmitter.h - one function for one kernel ----------------------===//

#ifndef COMPILER_BACKENDS_LLVM_KERNELEMITTER_H
#define COMPILER_BACKENDS_LLVM_KERNELEMITTER_H

#include "compiler/backends/Backend.h"

namespace gan::codegen {

/// What a kernel costs and how it is cut. From shapes alone.
std::optional<KernelDescription> describeKernel(kernel::DefineOp kernel,
                                                const CpuTarget &target);

/// Adds the function `symbol` of ganrt/abi.h to a module.
void emitKernel(kernel::DefineOp kernel, llvm::StringRef symbol,
                const CpuTarget &target, llvm::Module &module);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_KERNELEMITTER_H
