//===- ElementLoops.h - kernels that go element by element ----------------===//

#ifndef COMPILER_BACKENDS_LLVM_ELEMENTLOOPS_H
#define COMPILER_BACKENDS_LLVM_ELEMENTLOOPS_H

#include "compiler/backends/llvm/KernelContext.h"
#include <functional>

namespace gan::codegen {

/// How the elements of a tensor are walked: the innermost `inner` axes in
/// memory are one run of vectors (0: one element at a time), the rest a
/// counter.
struct Walk {
  llvm::SmallVector<int64_t> shape, layout;
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

/// What is done at an index whose first `active` lanes are in use.
using WalkBody =
    std::function<void(KernelFunction &, IndexRef index, unsigned active)>;

/// A walk over the first result that computes and stores all results there.
Walk walkOfResults(kernel::DefineOp kernel);
WalkBody storeResults(kernel::DefineOp kernel);

/// What a walk does at an index, the body of each loop in it taken once.
struct WalkCost {
  double index = 0; // 1 for a sixteenth of a load
  AccessCounts accesses;
};

/// Chooses `inner`, so that whole vectors are read and written as far as there
/// are any.
WalkCost chooseInner(Walk &walk, const WalkBody &body, kernel::DefineOp kernel,
                     const CpuTarget &target, llvm::Module &module);

/// Whether some innermost axes in memory, of a multiple of `count` elements,
/// are such that neighbours along them read and write neighbours, or all the
/// same.
bool hasNeighbours(kernel::DefineOp kernel, int64_t count);

/// Does this chunk's share of a walk.
void emitWalk(KernelContext &context, const Walk &walk, const WalkBody &body);

/// Computes and stores this chunk's part of a batched kernel's row.
void emitRow(KernelContext &context);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_ELEMENTLOOPS_H
