//===- KernelCost.h - what a kernel takes in Halide's code ----------------===//

#ifndef COMPILER_BACKENDS_HALIDE_KERNELCOST_H
#define COMPILER_BACKENDS_HALIDE_KERNELCOST_H

#include "compiler/backends/halide/KernelPlan.h"

namespace gan::halide {

/// From shapes alone.
KernelDescription describeKernel(kernel::DefineOp kernel,
                                 const KernelPlan &plan);

/// The same on a device of 10 TFLOP/s and 1 TB/s that takes 3 us for a launch,
/// which all backends estimate for.
KernelDescription describeKernelFor(kernel::DefineOp kernel,
                                    const KernelPlan &plan);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_KERNELCOST_H
