//===- Kernels.h - code of a planned module's kernels ---------------------===//

#ifndef COMPILER_DRIVER_KERNELS_H
#define COMPILER_DRIVER_KERNELS_H

#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/pipelines/Pipelines.h"
#include "mlir/IR/BuiltinOps.h"

namespace gan {

/// The kernels of one artefact as LLVM modules, before they are optimised.
/// There are as many modules for a level as processors, so that they are
/// optimised side by side; a kernel's module follows from its number, and the
/// bytes with it.
class KernelModules {
public:
  explicit KernelModules(const CpuTargets &targets);

  /// Has every kernel written by the backend that the plan chose; where that
  /// one fails, the plan is changed (compileByAny). Failure has been reported;
  /// `failed` is the kernel that could not be written; empty if the plan is
  /// wrong.
  mlir::LogicalResult generate(mlir::ModuleOp module,
                               const PipelineOptions &options,
                               std::string &failed);

  /// Reads what `write` has written for the kernels of `module`.
  llvm::Error read(mlir::ModuleOp module, llvm::StringRef folder);

  /// Writes one file for each kernel and level, `k000_dot_f32_v3.ll`.
  llvm::Error write(llvm::StringRef folder) const;

  /// Optimises all and makes objects of them.
  llvm::Expected<std::vector<llvm::SmallVector<char, 0>>> emit();

  /// All as one text, optimised: LLVM IR, or assembly.
  llvm::Expected<std::string> text(bool isAssembly);

private:
  using Visitor = llvm::function_ref<bool(mlir::Operation *kernel,
                                          llvm::ArrayRef<ObjectJob>)>;
  /// Every kernel with its places, one for each level; false as soon as `visit`
  /// says so.
  bool forEach(mlir::ModuleOp module, Visitor visit);

  std::vector<std::unique_ptr<llvm::LLVMContext>> contexts;
  std::vector<std::unique_ptr<llvm::Module>> modules;
  llvm::SmallVector<ObjectJob> jobs;
};

} // namespace gan

#endif // COMPILER_DRIVER_KERNELS_H
