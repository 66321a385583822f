//===- KernelCost.h - what a kernel computes, moves and takes -------------===//

#ifndef COMPILER_BACKENDS_LLVM_KERNELCOST_H
#define COMPILER_BACKENDS_LLVM_KERNELCOST_H

#include "compiler/backends/Backend.h"

namespace gan::codegen {

int64_t countElements(mlir::Type type);

/// The kernel's dot or convolution, or null.
mlir::Operation *findContraction(kernel::DefineOp kernel);

/// Floating-point operations of one run, transcendental ones counted as one.
double countFlop(kernel::DefineOp kernel);

/// Bytes of all arguments and results.
double countBytes(kernel::DefineOp kernel);

/// Seconds on one core, roughly.
double estimateSeconds(kernel::DefineOp kernel);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_KERNELCOST_H
