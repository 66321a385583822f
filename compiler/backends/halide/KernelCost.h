//===- KernelCost.h - what a kernel takes in Halide's code ----------------===//

#ifndef COMPILER_BACKENDS_HALIDE_KERNELCOST_H
#define COMPILER_BACKENDS_HALIDE_KERNELCOST_H

#include "compiler/backends/halide/KernelPlan.h"

namespace gan::halide {

/// From shapes alone.
KernelDescription describeKernel(kernel::DefineOp kernel,
                                 const KernelPlan &plan);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_KERNELCOST_H
