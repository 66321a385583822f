//===- RandomFormulas.h - counter-based random numbers --------------------===//
//
// Philox and what is made of its words, to the same bits as the llvm backend,
// the runtime and the interpreter: every operation rounds by itself.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_RANDOMFORMULAS_H
#define COMPILER_BACKENDS_HALIDE_RANDOMFORMULAS_H

#include "compiler/backends/halide/Formulas.h"
#include "dialects/gan/IR/GanOps.h"

namespace gan::halide {

/// Number `element` of a draw, row-major, by the key's four words.
Halide::Expr drawElement(RandomOp op, const Halide::Expr &element,
                         const std::array<Halide::Expr, 4> &key,
                         const Products &products);

/// The number after `value` on the way to an element of a permutation, which is
/// the first of them below its size.
Halide::Expr permuteOnce(RandomOp op, const Halide::Expr &value,
                         const std::array<Halide::Expr, 4> &key,
                         const Products &products);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_RANDOMFORMULAS_H
