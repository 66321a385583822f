//===- KernelChecks.h - kernels of a program against the interpreter ------===//

#ifndef TESTS_SUPPORT_KERNEL_JIT_KERNELCHECKS_H
#define TESTS_SUPPORT_KERNEL_JIT_KERNELCHECKS_H

#include "mlir/IR/BuiltinOps.h"
#include "tests/support/kernel-jit/KernelJit.h"

namespace gan::testing {

/// Gives what the interpreter computes for the calls of kernels, and compares
/// it with what compiled code computes for the same operands in f32: the 2-norm
/// of the difference against that of the result.
class KernelChecks {
public:
  KernelChecks(mlir::ModuleOp module, const CpuTarget &target,
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

  /// Results compared, and the worst relative difference of them.
  unsigned count = 0;
  double worst = 0;

private:
  llvm::FailureOr<KernelJit *> compiled(kernel::DefineOp kernel);
  llvm::LogicalResult interpret(mlir::Region &region,
                                reference::Operands operands, bool takesGiven,
                                reference::Results &results);
  llvm::LogicalResult compare(mlir::Operation *op, llvm::StringRef kernel,
                              const reference::Results &got,
                              const reference::Results &want);

  mlir::ModuleOp module;
  CpuTarget target;
  double tolerance;
  std::unique_ptr<Backend> backend = createLLVMBackend();
  std::map<mlir::Operation *, KernelJit> kernels;
};

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_JIT_KERNELCHECKS_H
