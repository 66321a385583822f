//===- Formulas.cpp - transcendental functions as polynomials -------------===//
//
// Coefficients of exp, log and tanh are those of Cephes' single precision
// functions, of erf those of N. Juffa.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/Formulas.h"
#include <cmath>

using Halide::cast;
using Halide::Expr;
using Halide::reinterpret;
using Halide::select;

static Expr toBits(const Expr &x) { return reinterpret<uint32_t>(x); }
static Expr fromBits(const Expr &bits) { return reinterpret<float>(bits); }
static Expr bits(uint32_t value) { return Expr(value); }

/// ((c0 * x + c1) * x + …)
static Expr polynomial(const Expr &x, std::initializer_list<float> numbers) {
  Expr sum;
  for (float next : numbers)
    sum = sum.defined() ? sum * x + next : Expr(next);
  return sum;
}

static Expr copySign(const Expr &size, const Expr &sign) {
  return fromBits((toBits(size) & bits(0x7fffffff)) |
                  (toBits(sign) & bits(0x80000000)));
}

Expr gan::halide::magnitude(Expr x) {
  return fromBits(toBits(x) & bits(0x7fffffff));
}

Expr gan::halide::exponential(Expr x) {
  // Beyond these the result is infinity or zero anyway. NaN stays.
  x = select(x > 89.0f, 89.0f, x);
  x = select(x < -104.0f, -104.0f, x);
  // Adding 1.5 * 2^23 rounds to an integer, which stands in the low bits.
  const float magic = 12582912.0f;
  Expr shifted = x * 1.44269504088896341f + magic;
  Expr n = shifted - magic;
  Expr r = n * -0.693359375f + x;
  r = n * 2.12194440e-4f + r;
  Expr p =
      polynomial(r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                     4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f});
  Expr y = (p * (r * r) + r) + 1.0f;
  // Two factors, so that the product alone leaves the normal range.
  Expr exponent = reinterpret<int32_t>(toBits(shifted) - bits(0x4b400000));
  Expr half = exponent >> 1;
  Expr rest = exponent - half;
  for (const Expr &part : {half, rest})
    y = y * fromBits((reinterpret<uint32_t>(part) + bits(127)) << bits(23));
  return y;
}

/// Logarithm of a positive normal number.
static Expr logOfNormal(const Expr &x, const Expr &exponentOffset) {
  Expr word = toBits(x);
  Expr exponent = reinterpret<int32_t>((word >> bits(23)) - exponentOffset);
  Expr m = fromBits((word & bits(0x007fffff)) | bits(0x3f000000));
  Expr isSmall = m < 0.707106781186547524f;
  exponent = exponent - select(isSmall, 1, 0);
  Expr r = select(isSmall, m + m, m) - 1.0f;
  Expr z = r * r;
  Expr p =
      polynomial(r, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                     -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                     2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f});
  Expr e = cast<float>(exponent);
  Expr y = (p * r) * z;
  y = e * -2.12194440e-4f + y;
  y = z * -0.5f + y;
  return e * 0.693359375f + (r + y);
}

Expr gan::halide::logarithm(Expr x) {
  Expr isTiny = x < 0x1p-126f;
  Expr normal = select(isTiny, x * 0x1p23f, x);
  Expr y = logOfNormal(normal, select(isTiny, bits(126 + 23), bits(126)));
  // Infinity and NaN are their own logarithm.
  y = select(x < INFINITY, y, x);
  y = select(x < 0.0f, NAN, y);
  return select(x == 0.0f, -INFINITY, y);
}

Expr gan::halide::logarithm1p(Expr x) {
  // log(u) x / (u - 1) with u = 1 + x: the errors of u and log(u) cancel.
  Expr u = x + 1.0f;
  Expr y = logarithm(u) * (x / (u - 1.0f));
  y = select(u == 1.0f, x, y);
  return select(x == INFINITY, x, y);
}

Expr gan::halide::softplus(Expr x) {
  Expr e = exponential(-magnitude(x));
  return select(x < 0.0f || x == 0.0f, 0.0f, x) + logarithm1p(e);
}

Expr gan::halide::logistic(Expr x) {
  Expr e = exponential(-magnitude(x));
  return select(x < 0.0f, e, 1.0f) / (e + 1.0f);
}

Expr gan::halide::tangent(Expr x) {
  Expr size = magnitude(x);
  Expr z = x * x;
  Expr p =
      polynomial(z, {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f,
                     1.33314422036e-1f, -3.33332819422e-1f});
  Expr small = (p * z) * x + x;
  Expr large = 1.0f - 2.0f / (exponential(size + size) + 1.0f);
  return select(size < 0.625f, small, copySign(large, x));
}

Expr gan::halide::errorFunction(Expr x) {
  Expr t = magnitude(x);
  Expr s = x * x;
  Expr r = -1.72853470e-5f * t + 3.83197126e-4f;
  Expr u = -3.88396438e-3f * t + 2.42546219e-2f;
  r = r * s + u;
  for (float next : {-1.06777877e-1f, -6.34846687e-1f, -1.28717512e-1f})
    r = r * t + next;
  r = r * t + -t;
  Expr large = copySign(1.0f - exponential(r), x);
  // The polynomial turns upwards again where erf has long been 1.
  large = select(t > 4.0f, copySign(1.0f, x), large);
  Expr small = polynomial(s, {-5.96761703e-4f, 4.99119423e-3f, -2.67681349e-2f,
                              1.12819925e-1f, -3.76125336e-1f, 1.28379166e-1f});
  small = small * x + x;
  return select(t > 0.927734375f, large, small);
}

Expr gan::halide::integerPower(Expr x, int exponent) {
  if (exponent == 0)
    return 1.0f;
  Expr square = x * x, y;
  switch (std::abs(exponent)) {
  case 1:
    y = x;
    break;
  case 2:
    y = square;
    break;
  case 3:
    y = square * x;
    break;
  default:
    y = square * square;
  }
  return exponent < 0 ? 1.0f / y : y;
}
