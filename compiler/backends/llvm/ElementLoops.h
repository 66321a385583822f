//===- ElementLoops.h - kernels that go element by element ----------------===//

#ifndef COMPILER_BACKENDS_LLVM_ELEMENTLOOPS_H
#define COMPILER_BACKENDS_LLVM_ELEMENTLOOPS_H

#include "compiler/backends/llvm/KernelContext.h"

namespace gan::codegen {

/// How the elements of the results are walked: the innermost `inner` axes in
/// memory are one run of vectors (0: one element at a time), the rest a
/// counter.
struct Walk {
  llvm::SmallVector<int64_t> shape, layout; // of the first result
  unsigned inner = 0;

  llvm::SmallVector<int64_t> extents(bool ofInner) const {
    llvm::SmallVector<int64_t> result;
    for (auto [place, axis] : llvm::enumerate(layout))
      if ((place >= layout.size() - inner) == ofInner)
        result.push_back(shape[axis]);
    return result;
  }
  int64_t count(bool ofInner) const {
    int64_t result = 1;
    for (int64_t extent : extents(ofInner))
      result *= extent;
    return result;
  }
};

/// The walk that reads and writes whole vectors, as far as there is one.
/// `cost`, if wanted, is what an element takes: 1 for a sixteenth of a load.
Walk chooseWalk(kernel::DefineOp kernel, const CpuTarget &target,
                llvm::Module &module, double *cost = nullptr);

/// Computes and stores this chunk's share of the results.
void emitElements(KernelContext &context, const Walk &walk);

/// Computes and stores this chunk's part of a batched kernel's row.
void emitRow(KernelContext &context);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_ELEMENTLOOPS_H
