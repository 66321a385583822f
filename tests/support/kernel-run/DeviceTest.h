//===- DeviceTest.h - kernels of a module on a device ---------------------===//

#ifndef TESTS_SUPPORT_KERNEL_RUN_DEVICETEST_H
#define TESTS_SUPPORT_KERNEL_RUN_DEVICETEST_H

#include "compiler/backends/Backend.h"
#include "mlir/IR/BuiltinOps.h"

namespace gan::testing {

/// Runs every kernel on the device that `name` stands for and compares it with
/// the interpreter; the exit code of kernel-run. `dumps` prints code and runs
/// nothing.
int runOnDevice(mlir::ModuleOp module, Backend &backend, llvm::StringRef name,
                Numerics numerics, unsigned seed, bool dumps);

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_RUN_DEVICETEST_H
