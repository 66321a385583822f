//===- Passes.h - from the game dialect to gan ----------------------------===//

#ifndef COMPILER_CONVERSIONS_GAMETOGAN_PASSES_H
#define COMPILER_CONVERSIONS_GAMETOGAN_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace gan {
#define GEN_PASS_DECL_CONVERTGAMETOGAN
#define GEN_PASS_REGISTRATION
#include "compiler/conversions/GameToGan/Passes.h.inc"
} // namespace gan

#endif // COMPILER_CONVERSIONS_GAMETOGAN_PASSES_H
