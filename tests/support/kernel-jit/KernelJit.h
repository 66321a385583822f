//===- KernelJit.h - kernels of a backend, compiled for this machine ------===//

#ifndef TESTS_SUPPORT_KERNEL_JIT_KERNELJIT_H
#define TESTS_SUPPORT_KERNEL_JIT_KERNELJIT_H

#include "compiler/backends/llvm/HostKernel.h"
#include "dialects/gan/Reference/Interpreter.h"

namespace gan::testing {

/// A tensor in the order of a layout, with guards around it, and its numbers
/// for the interpreter.
class Memory {
public:
  Memory(mlir::RankedTensorType type, llvm::ArrayRef<int64_t> layout);

  mlir::RankedTensorType type;
  std::vector<char> bytes; // with what lies around the tensor
  char *base;

  unsigned width() const;
  size_t size() const { return type.getNumElements() * width(); }
  /// Calls back with the index of every element and where it lies.
  void
  visit(llvm::function_ref<void(int64_t logical, char *place)> visitor) const;
  void put(char *place, double value);
  double get(const char *place) const;
  void fill(const reference::Tensor &tensor);
  reference::Tensor toTensor() const;
  /// Whether what lies around the tensor is as it was.
  bool guardsHold() const;
  static constexpr char guard = 0x7b;

private:
  llvm::SmallVector<int64_t> layout;
};

/// What a launch may write to beside the results; begins with 0xff bytes.
class Workspace {
public:
  explicit Workspace(size_t size) : bytes(size + 128, char(0xff)) {}
  void *base() {
    return reinterpret_cast<void *>(
        (reinterpret_cast<uintptr_t>(bytes.data()) + 63) & ~uintptr_t(63));
  }

private:
  std::vector<char> bytes;
};

class KernelJit : public HostKernel {
public:
  /// Reports at the kernel why it cannot be compiled.
  static llvm::FailureOr<KernelJit>
  create(kernel::DefineOp kernel, const CpuTarget &target, Backend &backend);

  /// Runs all chunks, the last one first, on a thread with little stack.
  void launch(llvm::ArrayRef<void *> buffers, unsigned chunks) const;

  /// What a call of the kernel gives: as many chunks as the backend asks for.
  reference::Results call(kernel::DefineOp kernel,
                          reference::Operands operands) const;

  /// What a `kernel.batch` gives: one launch, two pieces of each row.
  reference::Results callBatch(kernel::DefineOp kernel, kernel::BatchOp batch,
                               reference::Operands operands) const;

private:
  explicit KernelJit(HostKernel &&kernel) : HostKernel(std::move(kernel)) {}
};

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_JIT_KERNELJIT_H
