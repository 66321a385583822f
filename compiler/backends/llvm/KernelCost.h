//===- KernelCost.h - what a kernel computes, moves and takes -------------===//

#ifndef COMPILER_BACKENDS_LLVM_KERNELCOST_H
#define COMPILER_BACKENDS_LLVM_KERNELCOST_H

#include "compiler/backends/llvm/VectorBuilder.h"

namespace gan::codegen {

int64_t countElements(mlir::Type type);

/// The kernel's dot or convolution, or null.
mlir::Operation *findContraction(kernel::DefineOp kernel);

/// Floating-point operations of one run, transcendental ones counted as one.
double countFlop(kernel::DefineOp kernel);

/// Bytes of all arguments and results.
double countBytes(kernel::DefineOp kernel);

/// The products that element loops look at for a contraction. Where a stride
/// parts the taps, each result meets all of them and skips most.
double countProducts(mlir::Operation *contraction);

/// Seconds on one core of element loops, with `accesses` at an index, whose
/// results lie in lanes or come one by one.
double estimateSeconds(kernel::DefineOp kernel, const AccessCounts &accesses,
                       bool hasLanes);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_KERNELCOST_H
