//===- Passes.h - gan to kernel -------------------------------------------===//

#ifndef COMPILER_CONVERSIONS_GANTOKERNEL_PASSES_H
#define COMPILER_CONVERSIONS_GANTOKERNEL_PASSES_H

#include "dialects/kernel/IR/KernelOps.h"
#include "mlir/Pass/Pass.h"
#include <functional>

namespace gan {

/// Whether there is code for a kernel that is a chain of filters.
using ChainTest = std::function<bool(kernel::DefineOp kernel)>;

#define GEN_PASS_DECL
#include "compiler/conversions/GanToKernel/Passes.h.inc"

/// Forms the chains that there is code for.
std::unique_ptr<mlir::Pass> createConvertGanToKernelPass(ChainTest takesChain);

#define GEN_PASS_REGISTRATION
#include "compiler/conversions/GanToKernel/Passes.h.inc"

} // namespace gan

#endif // COMPILER_CONVERSIONS_GANTOKERNEL_PASSES_H
