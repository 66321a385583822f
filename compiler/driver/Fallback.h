//===- Fallback.h - a kernel whose backend makes no code of it ------------===//
//
// An estimate may choose a backend that then fails: its library is not there,
// or a case was never met. The next cheapest one gets the kernel, and a warning
// says so. Who is asked for by name gets no replacement. A chain of filters has
// no other backend: what it was made of is compiled without it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_FALLBACK_H
#define COMPILER_DRIVER_FALLBACK_H

#include "compiler/pipelines/Pipelines.h"
#include "mlir/IR/Diagnostics.h"

namespace gan {

/// Keeps what is said as long as it lives, for the thread that made it.
class HeldDiagnostics {
public:
  explicit HeldDiagnostics(mlir::MLIRContext *context);

  /// The first sentence.
  std::string str() const;
  /// From here on nothing is kept any more; all that was is said, or lost.
  void release();
  void drop() { handler.reset(); }

private:
  mlir::MLIRContext *context;
  std::vector<mlir::Diagnostic> held;
  std::optional<mlir::ScopedDiagnosticHandler> handler;
};

/// Has `compile` write a kernel by the backend `planned`, for the CPU or for a
/// device, or by the next one. Returns what was taken instead, if anything;
/// failure has been reported, that of a chain as a warning if `options` say
/// that there may be chains.
mlir::FailureOr<std::optional<kernel::KernelOffer>>
compileByAny(kernel::DefineOp define, Backend &planned, llvm::StringRef device,
             const PipelineOptions &options,
             llvm::function_ref<mlir::LogicalResult(Backend &)> compile);

} // namespace gan

#endif // COMPILER_DRIVER_FALLBACK_H
