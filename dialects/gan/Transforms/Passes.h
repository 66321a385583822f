//===- Passes.h - passes from gan to gan ----------------------------------===//

#ifndef DIALECTS_GAN_TRANSFORMS_PASSES_H
#define DIALECTS_GAN_TRANSFORMS_PASSES_H

#include "dialects/gan/IR/GanOps.h"
#include "mlir/Pass/Pass.h"

namespace gan {

#define GEN_PASS_DECL
#include "dialects/gan/Transforms/Passes.h.inc"

/// Expands every composite under `root`, outermost results first, and returns
/// how many there were.
unsigned expandComposites(mlir::Operation *root);

/// Erases operations under `root` whose results nobody uses.
void eraseDeadOperations(mlir::Operation *root);

#define GEN_PASS_REGISTRATION
#include "dialects/gan/Transforms/Passes.h.inc"

} // namespace gan

#endif // DIALECTS_GAN_TRANSFORMS_PASSES_H
