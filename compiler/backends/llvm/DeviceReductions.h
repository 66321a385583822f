//===- DeviceReductions.h - reductions by groups of threads ---------------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICEREDUCTIONS_H
#define COMPILER_BACKENDS_LLVM_DEVICEREDUCTIONS_H

#include "compiler/backends/llvm/DeviceKernelWriter.h"

namespace gan::codegen {

/// A group computes `across` results, which are neighbours in memory where the
/// operand is read, with `team` threads each. With parts, a walk is shared by
/// that many groups, and another launch combines what they found.
struct TeamPlan {
  llvm::SmallVector<mlir::Operation *> roots; // of one shape and axes
  llvm::SmallVector<int64_t> order;           // of the results' axes
  int64_t results = 0, length = 0;
  int64_t across = 1, team = 1, parts = 1;
};

/// From shapes alone. None where a thread alone for each result is as good.
std::optional<TeamPlan> planTeams(kernel::DefineOp kernel);

llvm::FailureOr<DeviceKernel> emitTeams(kernel::DefineOp kernel,
                                        llvm::StringRef symbol,
                                        const DeviceTarget &target,
                                        const TeamPlan &plan);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICEREDUCTIONS_H
