//===- KernelChecks.h - kernels of a program against the interpreter ------===//

#ifndef TESTS_SUPPORT_KERNEL_JIT_KERNELCHECKS_H
#define TESTS_SUPPORT_KERNEL_JIT_KERNELCHECKS_H

#include "mlir/IR/BuiltinOps.h"
#include "tests/support/kernel-jit/KernelJit.h"

namespace gan::testing {

/// Gives what the interpreter computes for the calls of kernels, and compares
/// it with what compiled code computes for the same operands in f32, by every
/// backend that has code for the kernel: the 2-norm of the difference against
/// that of the result.
class KernelChecks {
public:
  /// `backends` outlive it.
  KernelChecks(mlir::ModuleOp module, const CpuTarget &target,
               llvm::ArrayRef<std::unique_ptr<Backend>> backends,
               double tolerance);

  llvm::FailureOr<reference::Results> run(mlir::Operation *op,
                                          reference::Operands operands);

  /// What a draw gives in place of the generator's numbers. Compiled code is
  /// compared on the generator's.
  std::function<std::optional<reference::Tensor>(RandomOp,
                                                 const reference::Key &)>
      givenDraw;

  /// A difference that is none, for sums of what cancels.
  double rounding = 0;
  /// So many times what the result changes by when every operand changes in its
  /// last bit is no difference either.
  double conditioning = 0;

  /// Results compared, in order of the backends, and the worst relative
  /// difference of them.
  llvm::SmallVector<unsigned> counts;
  double worst = 0;

private:
  llvm::FailureOr<llvm::ArrayRef<KernelJit>> compiled(kernel::DefineOp kernel);
  llvm::LogicalResult interpret(mlir::Region &region,
                                reference::Operands operands, bool takesGiven,
                                reference::Results &results);
  llvm::LogicalResult compare(mlir::Operation *op, llvm::StringRef kernel,
                              const KernelJit &jit,
                              const reference::Results &got,
                              const reference::Results &want,
                              llvm::function_ref<reference::Results()> near);

  mlir::ModuleOp module;
  CpuTarget target;
  double tolerance;
  llvm::ArrayRef<std::unique_ptr<Backend>> backends;
  std::map<mlir::Operation *, std::vector<KernelJit>> kernels;
};

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_JIT_KERNELCHECKS_H
