//===- KernelWrapper.h - bitcode of Halide as a kernel --------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_KERNELWRAPPER_H
#define COMPILER_BACKENDS_HALIDE_KERNELWRAPPER_H

#include "compiler/backends/halide/KernelPlan.h"

namespace gan::halide {

/// Joins bitcode with a module and makes of its function `inner` a part of the
/// function `symbol` of ganrt/abi.h. Returns false if the bitcode is not what
/// the plan says.
bool addKernel(const KernelPlan &plan, llvm::StringRef symbol,
               llvm::StringRef inner, llvm::StringRef bitcode,
               const CpuTarget &target, llvm::Module &module,
               std::string &problem);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_KERNELWRAPPER_H
