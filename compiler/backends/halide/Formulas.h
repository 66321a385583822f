//===- Formulas.h - transcendental functions as polynomials ---------------===//
//
// The formulas of the llvm backend, in Halide's expressions: straight-line code
// without calls, to a few ulp, with IEEE's NaN, infinities and zeros.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_FORMULAS_H
#define COMPILER_BACKENDS_HALIDE_FORMULAS_H

#include <Halide.h>
#include <functional>

namespace gan::halide {

Halide::Expr magnitude(const Halide::Expr &x);
Halide::Expr isNaN(const Halide::Expr &x);
/// To the nearest integer, of two the even one.
Halide::Expr roundToEven(const Halide::Expr &x);

/// How a target multiplies.
struct Products {
  /// x * y + sum, rounded once; none where products and sums round apart.
  std::function<Halide::Expr(const Halide::Expr &x, const Halide::Expr &y,
                             const Halide::Expr &sum)>
      fuse;
  /// A word of which only we know that it is zero, if there is one.
  Halide::Expr zero;
  /// Whether there are integers of 64 bits.
  bool hasWideIntegers = true;

  /// Both words of the product of two words.
  std::pair<Halide::Expr, Halide::Expr> highLow(const Halide::Expr &x,
                                                const Halide::Expr &y) const;
};

class Formulas {
public:
  explicit Formulas(Products products) : products(std::move(products)) {}

  Halide::Expr multiplyAdd(const Halide::Expr &x, const Halide::Expr &y,
                           const Halide::Expr &sum) const;
  /// Halide refuses to divide by what it knows to be zero.
  Halide::Expr divide(const Halide::Expr &x, const Halide::Expr &y) const;
  Halide::Expr exponential(Halide::Expr x) const;
  Halide::Expr logarithm(Halide::Expr x) const;
  Halide::Expr logarithm1p(Halide::Expr x) const;
  Halide::Expr tangent(Halide::Expr x) const; // hyperbolic
  Halide::Expr logistic(Halide::Expr x) const;
  Halide::Expr softplus(Halide::Expr x) const;
  Halide::Expr sine(Halide::Expr x) const;
  Halide::Expr cosine(Halide::Expr x) const;
  Halide::Expr errorFunction(Halide::Expr x) const;
  Halide::Expr power(Halide::Expr x, double exponent) const;
  /// Of a positive normal number.
  Halide::Expr logOfNormal(const Halide::Expr &x,
                           const Halide::Expr &exponentOffset) const;

  Products products;

private:
  /// ((c0 * x + c1) * x + …)
  Halide::Expr polynomial(const Halide::Expr &x,
                          std::initializer_list<double> numbers) const;
  /// x to an integer power of at most four.
  Halide::Expr integerPower(const Halide::Expr &x, int exponent) const;
  Halide::Expr sineShifted(const Halide::Expr &x, uint32_t quarters) const;
  Halide::Expr powerOfMagnitude(const Halide::Expr &size,
                                double exponent) const;
};

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_FORMULAS_H
