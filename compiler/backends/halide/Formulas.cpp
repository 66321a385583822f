//===- Formulas.cpp - transcendental functions as polynomials -------------===//
//
// Coefficients of exp, log, tanh, sin and cos are those of Cephes' single
// precision functions, of erf those of N. Juffa.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/Formulas.h"
#include <cmath>

using gan::halide::Formulas;
using Halide::cast;
using Halide::Expr;
using Halide::reinterpret;
using Halide::select;

static Expr toBits(const Expr &x) { return reinterpret<uint32_t>(x); }
static Expr fromBits(const Expr &bits) { return reinterpret<float>(bits); }
static Expr bits(uint32_t value) { return Expr(value); }

Expr Formulas::polynomial(const Expr &x,
                          std::initializer_list<double> numbers) const {
  Expr sum;
  for (double next : numbers) {
    Expr number = Halide::Internal::make_const(x.type(), next);
    sum = sum.defined() ? multiplyAdd(sum, x, number) : number;
  }
  return sum;
}

static Expr copySign(const Expr &size, const Expr &sign) {
  return fromBits((toBits(size) & bits(0x7fffffff)) |
                  (toBits(sign) & bits(0x80000000)));
}

Expr gan::halide::magnitude(const Expr &x) {
  return fromBits(toBits(x) & bits(0x7fffffff));
}

Expr gan::halide::isNaN(const Expr &x) {
  return toBits(magnitude(x)) > bits(0x7f800000);
}

Expr gan::halide::roundToEven(const Expr &x) {
  // Where a float has no room for a fraction it is none already.
  const float whole = 0x1p23f;
  Expr size = magnitude(x);
  Expr rounded = (size + whole) - whole;
  return select(size < whole, copySign(rounded, x), x);
}

Expr Formulas::multiplyAdd(const Expr &x, const Expr &y,
                           const Expr &sum) const {
  if (products.fuse)
    return products.fuse(x, y, sum);
  return x * y + sum;
}

Expr Formulas::divide(const Expr &x, const Expr &y) const {
  return products.zero.defined() ? x / fromBits(toBits(y) ^ products.zero)
                                 : x / y;
}

Expr Formulas::exponential(Expr x) const {
  // Beyond these the result is infinity or zero anyway. NaN stays.
  x = select(x > 89.0f, 89.0f, x);
  x = select(x < -104.0f, -104.0f, x);
  // Adding 1.5 * 2^23 rounds to an integer, which stands in the low bits.
  const float magic = 12582912.0f;
  Expr shifted = multiplyAdd(x, 1.44269504088896341f, magic);
  Expr n = shifted - magic;
  Expr r = multiplyAdd(n, -0.693359375f, x);
  r = multiplyAdd(n, 2.12194440e-4f, r);
  Expr p =
      polynomial(r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                     4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f});
  Expr y = multiplyAdd(p, r * r, r) + 1.0f;
  // Two factors, so that the product alone leaves the normal range.
  Expr exponent = reinterpret<int32_t>(toBits(shifted) - bits(0x4b400000));
  Expr half = exponent >> 1;
  Expr rest = exponent - half;
  for (const Expr &part : {half, rest})
    y = y * fromBits((reinterpret<uint32_t>(part) + bits(127)) << bits(23));
  return y;
}

/// Logarithm of a positive normal number.
Expr Formulas::logOfNormal(const Expr &x, const Expr &exponentOffset) const {
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
  y = multiplyAdd(e, -2.12194440e-4f, y);
  y = multiplyAdd(z, -0.5f, y);
  return multiplyAdd(e, 0.693359375f, r + y);
}

Expr Formulas::logarithm(Expr x) const {
  Expr isTiny = x < 0x1p-126f;
  Expr normal = select(isTiny, x * 0x1p23f, x);
  Expr y = logOfNormal(normal, select(isTiny, bits(126 + 23), bits(126)));
  // Infinity and NaN are their own logarithm.
  y = select(x < INFINITY, y, x);
  y = select(x < 0.0f, NAN, y);
  return select(x == 0.0f, -INFINITY, y);
}

Expr Formulas::logarithm1p(Expr x) const {
  // log(u) x / (u - 1) with u = 1 + x: the errors of u and log(u) cancel.
  Expr u = x + 1.0f;
  Expr y = logarithm(u) * divide(x, u - 1.0f);
  y = select(u == 1.0f, x, y);
  return select(x == INFINITY, x, y);
}

Expr Formulas::softplus(Expr x) const {
  Expr e = exponential(-magnitude(x));
  return select(x < 0.0f || x == 0.0f, 0.0f, x) + logarithm1p(e);
}

Expr Formulas::logistic(Expr x) const {
  Expr e = exponential(-magnitude(x));
  return select(x < 0.0f, e, 1.0f) / (e + 1.0f);
}

Expr Formulas::tangent(Expr x) const {
  Expr size = magnitude(x);
  Expr z = x * x;
  Expr p =
      polynomial(z, {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f,
                     1.33314422036e-1f, -3.33332819422e-1f});
  Expr small = multiplyAdd(p * z, x, x);
  Expr large = 1.0f - 2.0f / (exponential(size + size) + 1.0f);
  return select(size < 0.625f, small, copySign(large, x));
}

Expr Formulas::errorFunction(Expr x) const {
  Expr t = magnitude(x);
  Expr s = x * x;
  Expr r = multiplyAdd(-1.72853470e-5f, t, 3.83197126e-4f);
  Expr u = multiplyAdd(-3.88396438e-3f, t, 2.42546219e-2f);
  r = multiplyAdd(r, s, u);
  for (float next : {-1.06777877e-1f, -6.34846687e-1f, -1.28717512e-1f})
    r = multiplyAdd(r, t, next);
  r = multiplyAdd(r, t, -t);
  Expr large = copySign(1.0f - exponential(r), x);
  // The polynomial turns upwards again where erf has long been 1.
  large = select(t > 4.0f, copySign(1.0f, x), large);
  Expr small = polynomial(s, {-5.96761703e-4f, 4.99119423e-3f, -2.67681349e-2f,
                              1.12819925e-1f, -3.76125336e-1f, 1.28379166e-1f});
  small = multiplyAdd(small, x, x);
  return select(t > 0.927734375f, large, small);
}

//===----------------------------------------------------------------------===//
// Sine and cosine
//===----------------------------------------------------------------------===//

/// The argument is reduced exactly, in integers: its 24 bits times the 96
/// digits of 2/pi that matter at its exponent, modulo 4.
Expr Formulas::sineShifted(const Expr &x, uint32_t quarters) const {
  static constexpr uint32_t digits[] = {0,          0xA2F9836E, 0x4E441529,
                                        0xFC2757D1, 0xF534DDC0, 0xDB629599,
                                        0x3C439041, 0xFE5163AB};
  Expr size = magnitude(x);
  Expr word = toBits(size);
  Expr mantissa = (word & bits(0x007fffff)) | bits(0x00800000);
  // Of |x| >= 0.5, that is, from exponent -1 on.
  Expr place = max(word >> bits(23), bits(126)) - bits(126) + bits(6);
  Expr first = place >> bits(5), shift = place & bits(31);
  auto digit = [&](uint32_t offset) {
    Expr found = bits(digits[offset]);
    for (uint32_t i = 1; i + 3 < std::size(digits); ++i)
      found = select(first == bits(i), bits(digits[i + offset]), found);
    return found;
  };
  auto window = [&](uint32_t offset) {
    Expr next = digit(offset + 1);
    return (digit(offset) << shift) | ((next >> bits(1)) >> (bits(31) - shift));
  };
  auto [high2, low2] = products.highLow(mantissa, window(2));
  auto [high1, low1] = products.highLow(mantissa, window(1));
  Expr middle = low1 + high2;
  Expr top =
      mantissa * window(0) + high1 + select(middle < low1, bits(1), bits(0));
  // Two bits of quarter turns before the point; to the nearest of them.
  Expr index = (top + bits(0x20000000)) >> bits(30);
  Expr rest = reinterpret<int32_t>(top - (index << bits(30)));
  Expr turns = multiplyAdd(cast<float>(rest), 0x1p-30f,
                           cast<float>(middle >> bits(8)) * 0x1p-54f);
  Expr isSmall = size < 0.785f;
  Expr angle = select(isSmall, size, turns * 1.57079632679489662f);
  index = select(isSmall, bits(0), index) + bits(quarters);
  Expr z = angle * angle;
  Expr s =
      polynomial(z, {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f});
  s = multiplyAdd(s * z, angle, angle);
  Expr k = polynomial(z, {2.443315711809948e-5f, -1.388731625493765e-3f,
                          4.166664568298827e-2f});
  k = multiplyAdd(k * z, z, multiplyAdd(z, -0.5f, 1.0f));
  Expr y = select((index & bits(1)) != bits(0), k, s);
  Expr sign = (index & bits(2)) << bits(30);
  if (quarters == 0) // sine is odd, cosine even
    sign = sign ^ (toBits(x) & bits(0x80000000));
  y = fromBits(toBits(y) ^ sign);
  return select(size < INFINITY, y, NAN);
}

Expr Formulas::sine(Expr x) const { return sineShifted(x, 0); }
Expr Formulas::cosine(Expr x) const { return sineShifted(x, 1); }

//===----------------------------------------------------------------------===//
// Powers
//===----------------------------------------------------------------------===//

/// 2 ^ (exponent * log2(size)) in double precision, rounded once.
Expr Formulas::powerOfMagnitude(const Expr &size, double exponent) const {
  auto wide = [](uint64_t value) { return Expr(value); };
  Expr word = reinterpret<uint64_t>(cast<double>(size));
  Expr e = reinterpret<int64_t>((word >> wide(52)) - wide(1022));
  Expr m = reinterpret<double>((word & wide((1ull << 52) - 1)) |
                               wide(1022ull << 52));
  Expr isSmall = m < Expr(0.707106781186547524);
  e = e - select(isSmall, Expr(int64_t(1)), Expr(int64_t(0)));
  m = select(isSmall, m + m, m);
  // log(m) = 2 artanh(s)
  Expr s = (m - Expr(1.0)) / (m + Expr(1.0));
  Expr z = s * s;
  Expr p = polynomial(z, {1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7,
                          1.0 / 5, 1.0 / 3, 1.0});
  Expr log2 = multiplyAdd(p * s, Expr(2 * 1.44269504088896341),
                          cast<double>(cast<int32_t>(e)));
  Expr y = log2 * Expr(exponent);
  y = select(y > Expr(200.0), Expr(200.0), y);
  y = select(y < Expr(-200.0), Expr(-200.0), y);
  // As in exponential, with 1.5 * 2^52.
  Expr magic = Expr(6755399441055744.0);
  Expr shifted = y + magic;
  Expr f = (y - (shifted - magic)) * Expr(0.693147180559945309);
  Expr q = polynomial(f, {1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
                          1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0});
  Expr n = reinterpret<uint64_t>(shifted) - reinterpret<uint64_t>(magic);
  Expr scale = reinterpret<double>((n + wide(1023)) << wide(52));
  return cast<float>(q * scale);
}

Expr Formulas::integerPower(const Expr &x, int exponent) const {
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
  return exponent < 0 ? divide(1.0f, y) : y;
}

Expr Formulas::power(Expr x, double exponent) const {
  bool isInteger = std::floor(exponent) == exponent;
  if (isInteger && std::fabs(exponent) <= 4)
    return integerPower(x, int(exponent));
  Expr size = magnitude(x);
  Expr isInfinite = size == INFINITY;
  Expr y = powerOfMagnitude(size, exponent);
  y = select(size == 0.0f, exponent > 0 ? 0.0f : INFINITY, y);
  y = select(isInfinite, exponent > 0 ? INFINITY : 0.0f, y);
  if (isInteger && std::fmod(std::fabs(exponent), 2.0) == 1.0)
    y = copySign(y, x);
  else if (!isInteger)
    // The power of negative infinity is that of infinity.
    y = select(x < 0.0f && !isInfinite, NAN, y);
  return select(isNaN(x), x, y);
}
