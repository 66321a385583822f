//===- Pipelines.h - which passes make which phase ------------------------===//

#ifndef COMPILER_PIPELINES_PIPELINES_H
#define COMPILER_PIPELINES_PIPELINES_H

#include "compiler/backends/Backend.h"
#include "compiler/pipelines/Phases.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"

namespace gan {

struct PipelineOptions {
  llvm::SmallVector<Backend *> backends;   // candidates, in order of preference
  llvm::SmallVector<CpuTarget, 2> targets; // that the artefact has code for
  std::string forced; // the backend of every kernel that it does; empty: none
  llvm::SmallVector<DeviceTarget> devices; // that it has code for, too
  uint64_t deviceBlock = 0; // bytes of a block of their memory; 0: no devices
  bool chains = true;       // filters behind one another may be one kernel
  /// Says what offers really cost, and may add variants of them; null: the
  /// estimates decide.
  std::function<void(kernel::DefineOp,
                     llvm::SmallVectorImpl<kernel::KernelOffer> &)>
      judge;
};

/// What a backend offers for a kernel on all levels, with its attributes as
/// they are; none if there is a level on which it does not do it.
std::optional<kernel::KernelOffer> offerOf(Backend &backend,
                                           kernel::DefineOp define,
                                           llvm::ArrayRef<CpuTarget> targets);

/// What all backends offer, for the CPU and for devices. The one that is forced
/// keeps its kernels to itself.
kernel::KernelOffers offersOf(const PipelineOptions &options);

/// Adds the passes of one phase on MLIR, `link` to `plan`.
void addPhase(mlir::OpPassManager &passes, Phase phase,
              const PipelineOptions &options);

} // namespace gan

#endif // COMPILER_PIPELINES_PIPELINES_H
