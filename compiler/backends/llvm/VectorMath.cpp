//===- VectorMath.cpp - transcendental functions as polynomials -----------===//
//
// Coefficients of exp, log, tanh, sin and cos are those of Cephes' single
// precision functions, of erf those of N. Juffa.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/VectorMath.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace gan;
using namespace gan::codegen;
using llvm::Type;
using llvm::Value;

namespace {
/// Numbers beside one operand: its type, and constants of it.
struct Numbers {
  VectorBuilder &b;
  Type *type;

  Value *operator()(double value) { return b.constant(type, value); }
  Value *bits(uint32_t value) {
    return b.constantBits(b.toInteger(type), value);
  }
  Value *toBits(Value *x) { return b.CreateBitCast(x, b.toInteger(type)); }
  Value *fromBits(Value *x) { return b.CreateBitCast(x, type); }
  /// ((c0 * x + c1) * x + …)
  Value *polynomial(Value *x, llvm::ArrayRef<double> coefficients) {
    Value *sum = (*this)(coefficients.front());
    for (double next : coefficients.drop_front())
      sum = b.multiplyAdd(sum, x, (*this)(next));
    return sum;
  }
  Value *absolute(Value *x) { return b.unary(llvm::Intrinsic::fabs, x); }
  Value *copySign(Value *magnitude, Value *sign) {
    return b.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, magnitude, sign);
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Exponential and logarithm
//===----------------------------------------------------------------------===//

Value *gan::codegen::emitExp(VectorBuilder &b, Value *x) {
  Numbers c{b, x->getType()};
  // Beyond these the result is infinity or zero anyway. NaN stays.
  x = b.CreateSelect(b.CreateFCmpOGT(x, c(89.0)), c(89.0), x);
  x = b.CreateSelect(b.CreateFCmpOLT(x, c(-104.0)), c(-104.0), x);
  // Adding 1.5 * 2^23 rounds to an integer, which stands in the low bits.
  Value *magic = c(12582912.0);
  Value *shifted = b.multiplyAdd(x, c(1.44269504088896341), magic);
  Value *n = b.CreateFSub(shifted, magic);
  Value *r = b.multiplyAdd(n, c(-0.693359375), x);
  r = b.multiplyAdd(n, c(2.12194440e-4), r);
  Value *p =
      c.polynomial(r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3,
                       4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1});
  Value *y = b.CreateFAdd(b.multiplyAdd(p, b.CreateFMul(r, r), r), c(1.0));
  // Two factors, so that the product alone leaves the normal range.
  Value *exponent = b.CreateSub(c.toBits(shifted), c.toBits(magic));
  Value *half = b.CreateAShr(exponent, c.bits(1));
  Value *rest = b.CreateSub(exponent, half);
  for (Value *part : {half, rest})
    y = b.CreateFMul(
        y, c.fromBits(b.CreateShl(b.CreateAdd(part, c.bits(127)), c.bits(23))));
  return y;
}

/// Logarithm of a positive normal number. `multiplyAdd` decides on fusing.
template <typename MultiplyAdd>
static Value *logOfNormal(VectorBuilder &b, Value *x, Value *exponentOffset,
                          MultiplyAdd multiplyAdd) {
  Numbers c{b, x->getType()};
  Value *bits = c.toBits(x);
  Value *exponent = b.CreateSub(b.CreateLShr(bits, c.bits(23)), exponentOffset);
  Value *m = c.fromBits(
      b.CreateOr(b.CreateAnd(bits, c.bits(0x007fffff)), c.bits(0x3f000000)));
  Value *isSmall = b.CreateFCmpOLT(m, c(0.707106781186547524f));
  exponent = b.CreateAdd(exponent, b.CreateSExt(isSmall, exponent->getType()));
  Value *r =
      b.CreateFSub(b.CreateSelect(isSmall, b.CreateFAdd(m, m), m), c(1.0));
  Value *z = b.CreateFMul(r, r);
  Value *p = c(7.0376836292e-2f);
  for (float next : {-1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
                     1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f,
                     -2.4999993993e-1f, 3.3333331174e-1f})
    p = multiplyAdd(p, r, c(next));
  Value *e = b.CreateSIToFP(exponent, x->getType());
  Value *y = b.CreateFMul(b.CreateFMul(p, r), z);
  y = multiplyAdd(e, c(-2.12194440e-4f), y);
  y = multiplyAdd(z, c(-0.5), y);
  return multiplyAdd(e, c(0.693359375), b.CreateFAdd(r, y));
}

Value *gan::codegen::emitLog(VectorBuilder &b, Value *x) {
  Numbers c{b, x->getType()};
  Value *isTiny = b.CreateFCmpOLT(x, c(0x1p-126));
  Value *normal = b.CreateSelect(isTiny, b.CreateFMul(x, c(0x1p23)), x);
  Value *offset = b.CreateSelect(isTiny, c.bits(126 + 23), c.bits(126));
  Value *y = logOfNormal(b, normal, offset, [&](Value *p, Value *q, Value *s) {
    return b.multiplyAdd(p, q, s);
  });
  // Infinity and NaN are their own logarithm.
  y = b.CreateSelect(b.CreateFCmpOLT(x, c(INFINITY)), y, x);
  y = b.CreateSelect(b.CreateFCmpOLT(x, c(0)), c(NAN), y);
  return b.CreateSelect(b.CreateFCmpOEQ(x, c(0)), c(-INFINITY), y);
}

Value *gan::codegen::emitLog1p(VectorBuilder &b, Value *x) {
  Numbers c{b, x->getType()};
  // log(u) x / (u - 1) with u = 1 + x: the errors of u and log(u) cancel.
  Value *u = b.CreateFAdd(x, c(1.0));
  Value *distance = b.CreateFSub(u, c(1.0));
  Value *y = b.CreateFMul(emitLog(b, u), b.CreateFDiv(x, distance));
  y = b.CreateSelect(b.CreateFCmpOEQ(u, c(1.0)), x, y);
  return b.CreateSelect(b.CreateFCmpOEQ(x, c(INFINITY)), x, y);
}

Value *gan::codegen::emitSoftplus(VectorBuilder &b, Value *x) {
  Numbers c{b, x->getType()};
  Value *e = emitExp(b, b.CreateFNeg(c.absolute(x)));
  Value *above = b.CreateSelect(b.CreateFCmpOLE(x, c(0)), c(0), x);
  return b.CreateFAdd(above, emitLog1p(b, e));
}

Value *gan::codegen::emitLogistic(VectorBuilder &b, Value *x) {
  Numbers c{b, x->getType()};
  Value *e = emitExp(b, b.CreateFNeg(c.absolute(x)));
  Value *numerator = b.CreateSelect(b.CreateFCmpOLT(x, c(0)), e, c(1.0));
  return b.CreateFDiv(numerator, b.CreateFAdd(e, c(1.0)));
}

Value *gan::codegen::emitTanh(VectorBuilder &b, Value *x) {
  Numbers c{b, x->getType()};
  Value *magnitude = c.absolute(x);
  Value *z = b.CreateFMul(x, x);
  Value *p =
      c.polynomial(z, {-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2,
                       1.33314422036e-1, -3.33332819422e-1});
  Value *small = b.multiplyAdd(b.CreateFMul(p, z), x, x);
  Value *e = emitExp(b, b.CreateFAdd(magnitude, magnitude));
  Value *large =
      b.CreateFSub(c(1.0), b.CreateFDiv(c(2.0), b.CreateFAdd(e, c(1.0))));
  Value *isSmall = b.CreateFCmpOLT(magnitude, c(0.625));
  return b.CreateSelect(isSmall, small, c.copySign(large, x));
}

//===----------------------------------------------------------------------===//
// Sine and cosine
//===----------------------------------------------------------------------===//

/// 2^e * 2/pi modulo 4 as two doubles, the first of 29 bits, for e from -24 on.
static std::pair<double, double> twoOverPi(int exponent) {
  constexpr unsigned width = 216;
  llvm::APInt digits(
      width, "A2F9836E4E441529FC2757D1F534DDC0DB6295993C439041FE5163", 16);
  llvm::APInt wide = digits.zext(2 * width);
  wide = exponent >= 0 ? wide.shl(exponent) : wide.lshr(-exponent);
  wide = wide & llvm::APInt::getLowBitsSet(2 * width, width + 2);
  llvm::APInt first =
      wide & ~llvm::APInt::getLowBitsSet(2 * width, wide.getActiveBits() - 29);
  auto scaled = [](const llvm::APInt &value) {
    unsigned below = std::max(int(value.getActiveBits()) - 64, 0);
    return std::ldexp(double(value.lshr(below).getZExtValue()),
                      int(below) - int(width));
  };
  return {scaled(first), scaled(wide - first)};
}

static llvm::GlobalVariable *twoOverPiTable(VectorBuilder &b) {
  llvm::Module *module = b.GetInsertBlock()->getModule();
  const char *name = "gan.two_over_pi";
  if (llvm::GlobalVariable *known = module->getGlobalVariable(name, true))
    return known;
  llvm::SmallVector<double> table;
  for (int exponent = -24; exponent <= 104; ++exponent) {
    auto [first, second] = twoOverPi(exponent);
    table.append({first, second});
  }
  auto *values = llvm::ConstantDataArray::get(b.getContext(), table);
  return b.createTable(values, name);
}

/// The sine, or with `quarters` = 1 the cosine, of any float: the argument is
/// reduced exactly, by multiplying its 24 bits with the digits of 2/pi that
/// matter at its exponent.
static Value *sineShifted(VectorBuilder &b, Value *x, uint32_t quarters) {
  Numbers c{b, x->getType()};
  Type *wide = x->getType()->getWithNewType(b.getDoubleTy());
  Numbers d{b, wide};
  Value *magnitude = c.absolute(x);
  Value *bits = c.toBits(magnitude);
  // magnitude = mantissa * 2^(row - 24), for the rows of the table.
  Value *biased = b.CreateLShr(bits, c.bits(23));
  Value *mantissa = b.CreateUIToFP(
      b.CreateOr(b.CreateAnd(bits, c.bits(0x007fffff)), c.bits(0x00800000)),
      wide);
  Value *row = b.CreateSub(biased, c.bits(150 - 24));
  row = b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, row, c.bits(0));
  row = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, row, c.bits(128));
  Buffer table;
  table.base = twoOverPiTable(b);
  auto entry = [&](uint32_t column) -> Value * {
    Value *index = b.CreateAdd(b.CreateShl(row, c.bits(1)), c.bits(column));
    Value *pointer = b.pointerTo(table, b.getDoubleTy(), index);
    if (VectorBuilder::isVector(pointer))
      return b.CreateMaskedGather(wide, pointer, llvm::Align(8));
    return b.CreateLoad(b.getDoubleTy(), pointer);
  };
  // In quarter turns. The product of 24 and 29 bits is exact.
  Value *turns = b.CreateFMul(mantissa, entry(0));
  Value *whole =
      b.unary(llvm::Intrinsic::roundeven, b.CreateFMul(turns, d(0.25)));
  turns = b.CreateFSub(turns, b.CreateFMul(whole, d(4.0)));
  turns = b.CreateFAdd(turns, b.CreateFMul(mantissa, entry(1)));
  Value *quarter = b.unary(llvm::Intrinsic::roundeven, turns);
  Value *angle = b.CreateFPTrunc(
      b.CreateFMul(b.CreateFSub(turns, quarter), d(1.57079632679489662)),
      x->getType());
  Value *index = b.CreateFPToSI(quarter, c.toBits(x)->getType());
  // Near zero the argument is the angle.
  Value *isSmall = b.CreateFCmpOLT(magnitude, c(0.785));
  angle = b.CreateSelect(isSmall, magnitude, angle);
  index = b.CreateSelect(isSmall, c.bits(0), index);
  index = b.CreateAdd(index, c.bits(quarters));

  Value *z = b.CreateFMul(angle, angle);
  Value *s =
      c.polynomial(z, {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f});
  s = b.multiplyAdd(b.CreateFMul(s, z), angle, angle);
  Value *k = c.polynomial(z, {2.443315711809948e-5f, -1.388731625493765e-3f,
                              4.166664568298827e-2f});
  k = b.multiplyAdd(b.CreateFMul(k, z), z, b.multiplyAdd(z, c(-0.5), c(1.0)));
  Value *isOdd = b.CreateICmpNE(b.CreateAnd(index, c.bits(1)), c.bits(0));
  Value *y = b.CreateSelect(isOdd, k, s);
  Value *sign = b.CreateShl(b.CreateAnd(index, c.bits(2)), c.bits(30));
  if (quarters == 0) // sine is odd, cosine even
    sign = b.CreateXor(sign, b.CreateAnd(c.toBits(x), c.bits(0x80000000)));
  y = c.fromBits(b.CreateXor(c.toBits(y), sign));
  return b.CreateSelect(b.CreateFCmpOLT(magnitude, c(INFINITY)), y, c(NAN));
}

Value *gan::codegen::emitSine(VectorBuilder &b, Value *x) {
  return sineShifted(b, x, 0);
}
Value *gan::codegen::emitCosine(VectorBuilder &b, Value *x) {
  return sineShifted(b, x, 1);
}

//===----------------------------------------------------------------------===//
// Error function, power
//===----------------------------------------------------------------------===//

Value *gan::codegen::emitErf(VectorBuilder &b, Value *x) {
  Numbers c{b, x->getType()};
  Value *t = c.absolute(x);
  Value *s = b.CreateFMul(x, x);
  Value *r = b.multiplyAdd(c(-1.72853470e-5f), t, c(3.83197126e-4f));
  Value *u = b.multiplyAdd(c(-3.88396438e-3f), t, c(2.42546219e-2f));
  r = b.multiplyAdd(r, s, u);
  for (float next : {-1.06777877e-1f, -6.34846687e-1f, -1.28717512e-1f})
    r = b.multiplyAdd(r, t, c(next));
  r = b.multiplyAdd(r, t, b.CreateFNeg(t));
  Value *large = c.copySign(b.CreateFSub(c(1.0), emitExp(b, r)), x);
  // The polynomial turns upwards again where erf has long been 1.
  large =
      b.CreateSelect(b.CreateFCmpOGT(t, c(4.0)), c.copySign(c(1.0), x), large);
  Value *small =
      c.polynomial(s, {-5.96761703e-4f, 4.99119423e-3f, -2.67681349e-2f,
                       1.12819925e-1f, -3.76125336e-1f, 1.28379166e-1f});
  small = b.multiplyAdd(small, x, x);
  return b.CreateSelect(b.CreateFCmpOGT(t, c(0.927734375)), large, small);
}

/// 2 ^ (exponent * log2(magnitude)) in double precision, rounded once.
static Value *powerOfMagnitude(VectorBuilder &b, Value *magnitude,
                               double exponent) {
  Type *type = magnitude->getType()->getWithNewType(b.getDoubleTy());
  Numbers d{b, type};
  auto bits = [&](uint64_t value) {
    return b.constantBits(b.toInteger(type), value);
  };
  Value *x = b.CreateFPExt(magnitude, type);
  Value *word = d.toBits(x);
  Value *e = b.CreateSub(b.CreateLShr(word, bits(52)), bits(1022));
  Value *m = d.fromBits(b.CreateOr(b.CreateAnd(word, bits((1ull << 52) - 1)),
                                   bits(1022ull << 52)));
  Value *isSmall = b.CreateFCmpOLT(m, d(0.707106781186547524));
  e = b.CreateAdd(e, b.CreateSExt(isSmall, e->getType()));
  m = b.CreateSelect(isSmall, b.CreateFAdd(m, m), m);
  // log(m) = 2 artanh(s)
  Value *s = b.CreateFDiv(b.CreateFSub(m, d(1.0)), b.CreateFAdd(m, d(1.0)));
  Value *z = b.CreateFMul(s, s);
  Value *p = d.polynomial(z, {1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7,
                              1.0 / 5, 1.0 / 3, 1.0});
  Value *log2 = b.multiplyAdd(b.CreateFMul(p, s), d(2 * 1.44269504088896341),
                              b.CreateSIToFP(e, type));
  Value *y = b.CreateFMul(log2, d(exponent));
  y = b.CreateSelect(b.CreateFCmpOGT(y, d(200.0)), d(200.0), y);
  y = b.CreateSelect(b.CreateFCmpOLT(y, d(-200.0)), d(-200.0), y);
  // As in emitExp, with 1.5 * 2^52.
  Value *magic = d(6755399441055744.0);
  Value *shifted = b.CreateFAdd(y, magic);
  Value *f = b.CreateFMul(b.CreateFSub(y, b.CreateFSub(shifted, magic)),
                          d(0.693147180559945309));
  Value *q = d.polynomial(f, {1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
                              1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0});
  Value *n = b.CreateSub(d.toBits(shifted), d.toBits(magic));
  Value *scale = d.fromBits(b.CreateShl(b.CreateAdd(n, bits(1023)), bits(52)));
  return b.CreateFPTrunc(b.CreateFMul(q, scale), magnitude->getType());
}

Value *gan::codegen::emitPower(VectorBuilder &b, Value *x, double exponent) {
  Numbers c{b, x->getType()};
  bool isInteger = std::floor(exponent) == exponent;
  if (exponent == 0)
    return c(1.0);
  if (exponent == 1)
    return x;
  if (isInteger && std::fabs(exponent) <= 4) {
    Value *square = b.CreateFMul(x, x);
    Value *y = std::fabs(exponent) == 4   ? b.CreateFMul(square, square)
               : std::fabs(exponent) == 3 ? b.CreateFMul(square, x)
               : std::fabs(exponent) == 2 ? square
                                          : x;
    return exponent < 0 ? b.CreateFDiv(c(1.0), y) : y;
  }
  Value *magnitude = c.absolute(x);
  Value *y = powerOfMagnitude(b, magnitude, exponent);
  Value *isZero = b.CreateFCmpOEQ(magnitude, c(0));
  Value *isInfinite = b.CreateFCmpOEQ(magnitude, c(INFINITY));
  y = b.CreateSelect(isZero, c(exponent > 0 ? 0.0 : INFINITY), y);
  y = b.CreateSelect(isInfinite, c(exponent > 0 ? INFINITY : 0.0), y);
  bool isOdd = isInteger && std::fmod(std::fabs(exponent), 2.0) == 1.0;
  if (isOdd)
    y = c.copySign(y, x);
  else if (!isInteger)
    // The power of negative infinity is that of infinity.
    y = b.CreateSelect(
        b.CreateAnd(b.CreateFCmpOLT(x, c(0)), b.CreateNot(isInfinite)), c(NAN),
        y);
  return b.CreateSelect(b.CreateFCmpUNO(x, x), x, y);
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

namespace {
/// Philox and what is made of its words. Every operation rounds by itself.
struct RandomBuilder {
  VectorBuilder &b;
  Type *wordType;
  Type *floatType;

  Value *word(uint32_t value) { return b.constantBits(wordType, value); }
  Value *number(double value) { return b.constant(floatType, value); }

  std::pair<Value *, Value *> highLow(Value *x, uint32_t factor) {
    Type *wide = wordType->getWithNewType(b.getInt64Ty());
    Value *product =
        b.CreateMul(b.CreateZExt(x, wide), b.constantBits(wide, factor));
    return {b.CreateTrunc(b.CreateLShr(product, b.constantBits(wide, 32)),
                          wordType),
            b.CreateTrunc(product, wordType)};
  }

  std::array<Value *, 4> philox(std::array<Value *, 4> c, Value *k0,
                                Value *k1) {
    for (int round = 0; round < 10; ++round) {
      auto [high0, low0] = highLow(c[0], 0xD2511F53);
      auto [high1, low1] = highLow(c[2], 0xCD9E8D57);
      c = {b.CreateXor(b.CreateXor(high1, c[1]), k0), low1,
           b.CreateXor(b.CreateXor(high0, c[3]), k1), low0};
      k0 = b.CreateAdd(k0, word(0x9E3779B9));
      k1 = b.CreateAdd(k1, word(0xBB67AE85));
    }
    return c;
  }

  Value *unit(Value *w) {
    return b.CreateFMul(b.CreateUIToFP(b.CreateLShr(w, word(8)), floatType),
                        number(0x1p-24));
  }

  Value *separate(Value *x, Value *y, Value *z) {
    return b.CreateFAdd(b.CreateFMul(x, y), z);
  }

  /// cos of the angle that `second` stands for, or sin where `isSine`.
  Value *normal(Value *first, Value *second, Value *isSine) {
    Value *u = b.CreateFMul(
        b.CreateUIToFP(b.CreateAdd(b.CreateLShr(first, word(8)), word(1)),
                       floatType),
        number(0x1p-24));
    Value *log =
        logOfNormal(b, u, word(126), [&](Value *x, Value *y, Value *z) {
          return separate(x, y, z);
        });
    Value *radius =
        b.unary(llvm::Intrinsic::sqrt, b.CreateFMul(number(-2.0), log));
    Value *k = b.CreateLShr(second, word(8));
    Value *quarter = b.CreateLShr(b.CreateAdd(k, word(0x200000)), word(22));
    Value *offset = b.CreateSub(k, b.CreateShl(quarter, word(22)));
    Value *x = b.CreateFMul(
        b.CreateFMul(b.CreateSIToFP(offset, floatType), number(0x1p-24)),
        number(6.28318530717958648f));
    Value *z = b.CreateFMul(x, x);
    Value *s = number(-1.9515295891e-4f);
    s = separate(s, z, number(8.3321608736e-3f));
    s = separate(s, z, number(-1.6666654611e-1f));
    s = separate(b.CreateFMul(s, z), x, x);
    Value *c = number(2.443315711809948e-5f);
    c = separate(c, z, number(-1.388731625493765e-3f));
    c = separate(c, z, number(4.166664568298827e-2f));
    c = b.CreateFMul(b.CreateFMul(c, z), z);
    c = b.CreateFAdd(b.CreateFSub(c, b.CreateFMul(z, number(0.5))),
                     number(1.0));
    auto bit = [&](Value *w, uint32_t mask) {
      return b.CreateICmpNE(b.CreateAnd(w, word(mask)), word(0));
    };
    Value *isOdd = bit(quarter, 1);
    Value *useSine = b.CreateXor(isOdd, isSine);
    Value *y = b.CreateSelect(useSine, s, c);
    Value *isNegative = b.CreateSelect(isSine, bit(quarter, 2),
                                       bit(b.CreateAdd(quarter, word(1)), 2));
    y = b.CreateSelect(isNegative, b.CreateFNeg(y), y);
    return b.CreateFMul(radius, y);
  }
};
} // namespace

/// Element `position` of a permutation of 0 … size - 1: six Feistel rounds on
/// its bits, again where the result is not below size.
static Value *emitPermutation(RandomBuilder r, Value *position, uint32_t size,
                              uint32_t site,
                              llvm::function_ref<Value *(unsigned)> key) {
  VectorBuilder &b = r.b;
  if (size < 2)
    return r.word(0);
  uint32_t bits = llvm::Log2_32_Ceil(size);
  auto again = [&](llvm::ArrayRef<Value *> carried)
      -> std::pair<llvm::SmallVector<Value *>, Value *> {
    Value *value = carried[0];
    uint32_t left = bits / 2, right = bits - bits / 2;
    for (uint32_t round = 0; round < 6; ++round) {
      Value *low = b.CreateAnd(value, r.word((1u << right) - 1));
      Value *high = b.CreateLShr(value, r.word(right));
      Value *word = r.philox(
          {b.CreateOr(low, r.word(round << 16)), key(2), key(3), r.word(site)},
          key(0), key(1))[0];
      value = b.CreateOr(
          b.CreateShl(low, r.word(left)),
          b.CreateAnd(b.CreateXor(high, word), r.word((1u << left) - 1)));
      std::swap(left, right);
    }
    // Lanes that are done keep what they have.
    value = b.CreateSelect(carried[1], value, carried[0]);
    Value *isOutside =
        b.CreateAnd(carried[1], b.CreateICmpUGE(value, r.word(size)));
    Value *any = VectorBuilder::isVector(isOutside)
                     ? b.CreateOrReduce(isOutside)
                     : isOutside;
    return {{value, isOutside}, any};
  };
  // Lanes behind the end would never come to one.
  Value *isPlace = b.CreateICmpULT(position, r.word(size));
  return b.repeat({position, isPlace}, again)[0];
}

Value *gan::codegen::emitRandom(VectorBuilder &b, RandomOp op, Value *element,
                                llvm::ArrayRef<Value *> key) {
  Type *wordType = element->getType()->getWithNewType(b.getInt32Ty());
  RandomBuilder r{b, wordType, wordType->getWithNewType(b.getFloatTy())};
  auto everywhere = [&](Value *scalar) {
    return wordType->isVectorTy() ? b.splat(scalar) : scalar;
  };
  if (op.getDistribution() == Distribution::permutation)
    return emitPermutation(
        r, b.CreateZExtOrTrunc(element, wordType),
        llvm::cast<mlir::RankedTensorType>(op.getType()).getDimSize(0),
        op.getSite(), [&](unsigned word) { return everywhere(key[word]); });
  Type *indexType = element->getType();
  Value *group = b.CreateZExtOrTrunc(
      b.CreateLShr(element, b.constantBits(indexType, 2)), wordType);
  Value *place = b.CreateAnd(b.CreateZExtOrTrunc(element, wordType), r.word(3));
  std::array<Value *, 4> w = r.philox(
      {group, everywhere(key[2]), everywhere(key[3]), r.word(op.getSite())},
      everywhere(key[0]), everywhere(key[1]));
  auto bit = [&](uint32_t mask) {
    return b.CreateICmpNE(b.CreateAnd(place, r.word(mask)), r.word(0));
  };
  Value *isOdd = bit(1), *isUpper = bit(2);
  auto pick = [&](unsigned low, unsigned high) {
    return b.CreateSelect(isUpper, w[high], w[low]);
  };
  double a = op.getA().convertToDouble(), c = op.getB().convertToDouble();
  if (op.getDistribution() == Distribution::normal) {
    Value *normal = r.normal(pick(0, 2), pick(1, 3), isOdd);
    return r.separate(r.number(float(c)), normal, r.number(float(a)));
  }
  Value *own = b.CreateSelect(isOdd, pick(1, 3), pick(0, 2));
  switch (op.getDistribution()) {
  case Distribution::uniform:
    return r.separate(r.number(float(c - a)), r.unit(own), r.number(float(a)));
  case Distribution::bernoulli:
    return b.CreateSelect(b.CreateFCmpOLT(r.unit(own), r.number(float(a))),
                          r.number(1.0), r.number(0.0));
  default:
    return r.highLow(own, uint32_t(a)).first;
  }
}
