//===- RandomFormulas.cpp - counter-based random numbers ------------------===//

#include "compiler/backends/halide/RandomFormulas.h"
#include "llvm/Support/MathExtras.h"

using namespace gan;
using namespace gan::halide;
using Halide::cast;
using Halide::Expr;
using Halide::reinterpret;
using Halide::select;
using Words = std::array<Expr, 4>;

static Expr word(uint32_t value) { return Expr(value); }

std::pair<Expr, Expr> Products::highLow(const Expr &x, const Expr &y) const {
  if (hasWideIntegers) {
    Expr product = cast<uint64_t>(x) * cast<uint64_t>(y);
    return {cast<uint32_t>(product >> Expr(uint64_t(32))),
            cast<uint32_t>(product)};
  }
  // By halves of words.
  Expr half = word(16), mask = word(0xffff);
  Expr x0 = x & mask, x1 = x >> half, y0 = y & mask, y1 = y >> half;
  Expr low = x0 * y0, cross = x1 * y0 + (low >> half);
  Expr other = x0 * y1 + (cross & mask);
  return {x1 * y1 + (cross >> half) + (other >> half), x * y};
}

static Words philox(Words c, Expr k0, Expr k1, const Products &products) {
  for (int round = 0; round < 10; ++round) {
    auto [high0, low0] = products.highLow(c[0], word(0xD2511F53));
    auto [high1, low1] = products.highLow(c[2], word(0xCD9E8D57));
    c = {high1 ^ c[1] ^ k0, low1, high0 ^ c[3] ^ k1, low0};
    k0 = k0 + word(0x9E3779B9);
    k1 = k1 + word(0xBB67AE85);
  }
  return c;
}

/// From the upper 24 bits of a word, which a float holds.
static Expr toFloat(const Expr &bits) {
  return cast<float>(reinterpret<int32_t>(bits));
}
static Expr unit(const Expr &w) { return toFloat(w >> word(8)) * 0x1p-24f; }

static Expr separate(const Expr &x, const Expr &y, const Expr &z) {
  return x * y + z;
}

/// cos of the angle that `second` stands for, or sin where `isSine`.
static Expr normal(const Expr &first, const Expr &second, const Expr &isSine) {
  Expr u = toFloat((first >> word(8)) + word(1)) * 0x1p-24f;
  Expr log = Formulas(Products()).logOfNormal(u, word(126));
  Expr radius = sqrt(-2.0f * log);
  Expr k = second >> word(8);
  Expr quarter = (k + word(0x200000)) >> word(22);
  Expr offset = k - (quarter << word(22));
  Expr x = (toFloat(offset) * 0x1p-24f) * 6.28318530717958648f;
  Expr z = x * x;
  Expr s = -1.9515295891e-4f;
  s = separate(s, z, 8.3321608736e-3f);
  s = separate(s, z, -1.6666654611e-1f);
  s = separate(s * z, x, x);
  Expr c = 2.443315711809948e-5f;
  c = separate(c, z, -1.388731625493765e-3f);
  c = separate(c, z, 4.166664568298827e-2f);
  c = (c * z) * z;
  c = (c - z * 0.5f) + 1.0f;
  auto bit = [](const Expr &w, uint32_t mask) {
    return (w & word(mask)) != word(0);
  };
  Expr isOdd = bit(quarter, 1);
  Expr y = select(isSine, select(isOdd, c, s), select(isOdd, s, c));
  Expr isNegative = select(isSine, bit(quarter, 2), bit(quarter + word(1), 2));
  Expr sign = select(isNegative, word(0x80000000), word(0));
  return radius * reinterpret<float>(reinterpret<uint32_t>(y) ^ sign);
}

Expr gan::halide::drawElement(RandomOp op, const Expr &element,
                              const Words &key, const Products &products) {
  Expr place = reinterpret<uint32_t>(element);
  Words w = philox({place >> word(2), key[2], key[3], word(op.getSite())},
                   key[0], key[1], products);
  Expr isOdd = (place & word(1)) != word(0);
  Expr isUpper = (place & word(2)) != word(0);
  auto pick = [&](unsigned low, unsigned high) {
    return select(isUpper, w[high], w[low]);
  };
  double a = op.getA().convertToDouble(), b = op.getB().convertToDouble();
  if (op.getDistribution() == Distribution::normal)
    return separate(float(b), normal(pick(0, 2), pick(1, 3), isOdd), float(a));
  Expr own = select(isOdd, pick(1, 3), pick(0, 2));
  switch (op.getDistribution()) {
  case Distribution::uniform:
    return separate(float(b - a), unit(own), float(a));
  case Distribution::bernoulli:
    return select(unit(own) < float(a), 1.0f, 0.0f);
  default:
    return reinterpret<int32_t>(products.highLow(own, word(uint32_t(a))).first);
  }
}

Expr gan::halide::permuteOnce(RandomOp op, const Expr &from, const Words &key,
                              const Products &products) {
  auto size =
      uint32_t(llvm::cast<mlir::RankedTensorType>(op.getType()).getDimSize(0));
  uint32_t bits = llvm::Log2_32_Ceil(size);
  uint32_t left = bits / 2, right = bits - bits / 2;
  Expr value = from;
  for (uint32_t round = 0; round < 6; ++round) {
    Expr low = value & word((1u << right) - 1);
    Expr high = value >> word(right);
    Expr own =
        philox({low | word(round << 16), key[2], key[3], word(op.getSite())},
               key[0], key[1], products)[0];
    value = (low << word(left)) | ((high ^ own) & word((1u << left) - 1));
    std::swap(left, right);
  }
  return value;
}
