//===- DeviceKernelWriter.h - the launches of one kernel ------------------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICEKERNELWRITER_H
#define COMPILER_BACKENDS_LLVM_DEVICEKERNELWRITER_H

#include "compiler/backends/llvm/DeviceContext.h"

namespace gan::codegen {

using Grid = std::array<uint32_t, 3>;

/// Makes code of one launch after the other.
class DeviceKernelWriter {
public:
  DeviceKernelWriter(kernel::DefineOp kernel, llvm::StringRef symbol,
                     const DeviceTarget &target,
                     llvm::ArrayRef<Scratch> scratch = {});

  /// Adds a launch of groups of `groupSize` threads whose function `body`
  /// writes. Failure has been reported.
  llvm::LogicalResult addLaunch(unsigned groupSize, Grid grid,
                                llvm::function_ref<void(DeviceContext &)> body);
  DeviceKernel take() { return std::move(result); }

private:
  kernel::DefineOp kernel;
  std::string symbol;
  const DeviceTarget &target;
  llvm::SmallVector<Scratch> scratch;
  DeviceKernel result;
};

/// Groups of `groupSize` threads for `count` units of work in a row. No device
/// takes fewer than 65,535 groups along an axis.
Grid gridFor(int64_t count, unsigned groupSize);
/// Calls `body` in the threads that have a unit, with its number.
void forUnit(DeviceContext &context, int64_t count, unsigned groupSize,
             llvm::function_ref<void(const IndexExpression &)> body);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICEKERNELWRITER_H
