//===- Primitives.h - one small function for every primitive --------------===//
//
// Each overload computes one primitive from the numbers of its operands, in the
// order of the operation's operands. Shapes are those of the IR, which the
// verifier has checked; only indices are checked here.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_REFERENCE_PRIMITIVES_H
#define DIALECTS_GAN_REFERENCE_PRIMITIVES_H

#include "dialects/gan/IR/GanOps.h"
#include "dialects/gan/Reference/Tensor.h"

namespace gan::reference {

using Operands = llvm::ArrayRef<const Tensor *>;
using Results = llvm::SmallVector<Tensor, 1>;

/// Evaluates one primitive. Fails with a diagnostic at the operation when it is
/// not a primitive or an index is out of range.
llvm::FailureOr<Results> evaluatePrimitive(mlir::Operation *op,
                                           Operands operands);

// By family; each returns nothing when the operation belongs to another one.
std::optional<Results> evaluateElementwise(mlir::Operation *op,
                                           Operands operands);
std::optional<Results> evaluateShape(mlir::Operation *op, Operands operands);
std::optional<Results> evaluateReduction(mlir::Operation *op,
                                         Operands operands);
std::optional<Results> evaluateOrder(mlir::Operation *op, Operands operands);
std::optional<Results> evaluateContraction(mlir::Operation *op,
                                           Operands operands);
std::optional<llvm::FailureOr<Results>> evaluateIndexing(mlir::Operation *op,
                                                         Operands operands);

/// A random key: seed low, seed high, iteration + 2^20 * (step div 2^32),
/// step mod 2^32.
using Key = std::array<uint32_t, 4>;

/// The elements of a draw, as the runtime computes them in f32, widened.
Tensor drawRandom(Distribution distribution, const Key &key, uint32_t site,
                  double a, double b, ShapeRef shape);

} // namespace gan::reference

#endif // DIALECTS_GAN_REFERENCE_PRIMITIVES_H
