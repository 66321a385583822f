//===- Reproducer.h - what is left behind by an internal error ------------===//

#ifndef COMPILER_DRIVER_REPRODUCER_H
#define COMPILER_DRIVER_REPRODUCER_H

#include "compiler/driver/Options.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace gan {

/// The module before the pass that fails or crashes in `passes`, with that pass
/// as its pipeline: MLIR's form, which `gan-opt --run-reproducer` replays. Kept
/// in memory until it is reported.
class Reproducer {
public:
  explicit Reproducer(mlir::PassManager &passes);

  /// Writes the file and says how to replay it; returns the exit status.
  int report(Phase phase, llvm::StringRef pass, const Options &options) const;

private:
  std::shared_ptr<std::string> text;
};

/// Leaves `module`, of which a kernel could not be written, as a dump to go on
/// from, and says how; returns the exit status.
int reportKernel(mlir::ModuleOp module, llvm::StringRef kernel,
                 const Options &options);

/// Where the reproducer of a phase goes: the folder of the dumps, else that of
/// the output.
std::string reproducerPath(Phase phase, const Options &options);

/// From here to its end, a crash of this process writes `text` to `path`,
/// prints `sentence` and exits with the status of an internal error.
class CrashGuard {
public:
  CrashGuard(std::string path, std::string text, std::string sentence);
  ~CrashGuard();
};

} // namespace gan

#endif // COMPILER_DRIVER_REPRODUCER_H
