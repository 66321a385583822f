//===- KernelNumbers.h - inputs of kernels, and what they should give -----===//

#ifndef TESTS_SUPPORT_KERNEL_RUN_KERNELNUMBERS_H
#define TESTS_SUPPORT_KERNEL_RUN_KERNELNUMBERS_H

#include "tests/support/kernel-jit/KernelJit.h"
#include <random>

namespace gan::testing {

/// Makes inputs from a seed. Attributes of an argument: `test.low` and
/// `test.high` bound its numbers (-2 … 2, for i32 0 … 3); `test.special` mixes
/// in zeros, infinities and NaN.
class KernelNumbers {
public:
  explicit KernelNumbers(unsigned seed) : random(seed) {}
  void fill(kernel::DefineOp kernel, unsigned argument, Memory &memory);

private:
  std::mt19937 random;
};

/// Compares with the interpreter, within --tolerance or --relative, and prints
/// the first large difference.
bool agreesWithInterpreter(kernel::DefineOp kernel,
                           llvm::ArrayRef<Memory *> arguments,
                           llvm::ArrayRef<Memory *> results,
                           bool showsErrors = false);

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_RUN_KERNELNUMBERS_H
