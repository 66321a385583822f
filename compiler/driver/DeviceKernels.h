//===- DeviceKernels.h - a planned module's kernels as code for devices ---===//

#ifndef COMPILER_DRIVER_DEVICEKERNELS_H
#define COMPILER_DRIVER_DEVICEKERNELS_H

#include "compiler/pipelines/Pipelines.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <map>

namespace gan {

/// Code of all kernels for every device of a module.
class DeviceKernels {
public:
  /// A kernel, and for a batched one the elements of a row: it has code for
  /// each size of its rows.
  using Key = std::pair<std::string, std::optional<int64_t>>;
  struct Device {
    DeviceTarget target;
    std::map<Key, DeviceKernel> kernels;
  };

  llvm::ArrayRef<Device> getDevices() const { return devices; }

  /// Has every kernel written by the backends that the plan names; where one
  /// fails, the plan is changed (compileByAny). Failure has been reported.
  mlir::LogicalResult generate(mlir::ModuleOp module,
                               const PipelineOptions &options);

  /// Makes cubins of what is PTX, by the program `ptxas`.
  llvm::Error assemble(llvm::StringRef ptxas, llvm::StringRef folder);

  /// Writes the code into a folder, a file for each: `k003_dot_f32.cl`.
  llvm::Error write(llvm::StringRef folder) const;

  /// How the code is launched, as attributes of the module's kernels.
  void attach(mlir::ModuleOp module) const;
  /// Takes these off again, and reads the code from the folder.
  llvm::Error read(mlir::ModuleOp module, llvm::StringRef folder,
                   llvm::ArrayRef<DeviceTarget> targets);

private:
  std::vector<Device> devices;
};

} // namespace gan

#endif // COMPILER_DRIVER_DEVICEKERNELS_H
