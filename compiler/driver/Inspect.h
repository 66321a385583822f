//===- Inspect.h - what `ganc inspect` says -------------------------------===//

#ifndef COMPILER_DRIVER_INSPECT_H
#define COMPILER_DRIVER_INSPECT_H

#include "mlir/IR/BuiltinOps.h"

namespace gan {

/// Inputs, outputs, kernels and memory of a planned module, as a table.
void inspectText(mlir::ModuleOp module, llvm::raw_ostream &out);

/// The same as JSON, with every number whole.
void inspectJson(mlir::ModuleOp module, llvm::raw_ostream &out);

} // namespace gan

#endif // COMPILER_DRIVER_INSPECT_H
