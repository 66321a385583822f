//===- NumberKernels.h - names of kernels ---------------------------------===//

#ifndef DIALECTS_KERNEL_TRANSFORMS_NUMBERKERNELS_H
#define DIALECTS_KERNEL_TRANSFORMS_NUMBERKERNELS_H

#include "dialects/kernel/IR/KernelOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace gan::kernel {

/// Numbers kernels in the order of their first call, puts them before the first
/// program in that order and removes those that nobody calls. Names are
/// k017_conv_select_f32: number, root, what ends the epilogue, element type.
/// Returns how many kernels there are.
unsigned numberKernels(mlir::ModuleOp module);

} // namespace gan::kernel

#endif // DIALECTS_KERNEL_TRANSFORMS_NUMBERKERNELS_H
