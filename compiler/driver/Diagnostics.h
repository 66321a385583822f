//===- Diagnostics.h - what users read about MLIR's diagnostics -----------===//

#ifndef COMPILER_DRIVER_DIAGNOSTICS_H
#define COMPILER_DRIVER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include <string>

namespace gan {

/// Prints the diagnostics of a context to the standard error: place, severity,
/// sentence. Control characters are escaped. Lives as long as the context runs.
class DiagnosticPrinter {
public:
  explicit DiagnosticPrinter(mlir::MLIRContext *context);

  unsigned getErrors() const { return errors; }
  /// The pass that the pass manager named last, for example `CSEPass`.
  llvm::StringRef getFailedPass() const { return failedPass; }

private:
  unsigned errors = 0;
  std::string failedPass;
};

} // namespace gan

#endif // COMPILER_DRIVER_DIAGNOSTICS_H
