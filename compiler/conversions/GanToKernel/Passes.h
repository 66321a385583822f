//===- Passes.h - gan to kernel -------------------------------------------===//

#ifndef COMPILER_CONVERSIONS_GANTOKERNEL_PASSES_H
#define COMPILER_CONVERSIONS_GANTOKERNEL_PASSES_H

#include "mlir/Pass/Pass.h"

namespace gan {

#define GEN_PASS_DECL
#include "compiler/conversions/GanToKernel/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/conversions/GanToKernel/Passes.h.inc"

} // namespace gan

#endif // COMPILER_CONVERSIONS_GANTOKERNEL_PASSES_H
