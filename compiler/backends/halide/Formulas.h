//===- Formulas.h - transcendental functions as polynomials ---------------===//
//
// The formulas of the llvm backend, in Halide's expressions: straight-line code
// without calls, to a few ulp, with IEEE's NaN, infinities and zeros.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_FORMULAS_H
#define COMPILER_BACKENDS_HALIDE_FORMULAS_H

#include <Halide.h>

namespace gan::halide {

Halide::Expr exponential(Halide::Expr x);
Halide::Expr logarithm(Halide::Expr x);
Halide::Expr logarithm1p(Halide::Expr x);
Halide::Expr tangent(Halide::Expr x); // hyperbolic
Halide::Expr logistic(Halide::Expr x);
Halide::Expr softplus(Halide::Expr x);
Halide::Expr errorFunction(Halide::Expr x);
Halide::Expr magnitude(Halide::Expr x);
/// x to an integer power of at most four.
Halide::Expr integerPower(Halide::Expr x, int exponent);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_FORMULAS_H
