//===- RandomPrimitives.cpp - counter-based random numbers ----------------===//
//
// Operation for operation what the runtime and generated kernels compute, in
// f32: Philox 4x32-10 for the bits, Box-Muller with these polynomials for
// normal numbers. Only the finished number is widened. Compiled without
// contraction (CMakeLists.txt), so every operation rounds by itself. The
// specification stands in the runtime's header of random numbers; this is the
// second reading of it.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/Reference/Primitives.h"
#include <cmath>
#include <cstring>

namespace gan::reference {

using Words = std::array<uint32_t, 4>;

static Words philox(Words c, uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    uint64_t first = uint64_t(0xD2511F53) * c[0];
    uint64_t second = uint64_t(0xCD9E8D57) * c[2];
    c = {uint32_t(second >> 32) ^ c[1] ^ k0, uint32_t(second),
         uint32_t(first >> 32) ^ c[3] ^ k1, uint32_t(first)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return c;
}

static float unit(uint32_t word) { return float(word >> 8) * 0x1p-24f; }

static uint32_t below(uint32_t word, uint32_t n) {
  return uint32_t(uint64_t(word) * n >> 32);
}

/// The logarithm of u in [2^-24, 1]: Cephes' logf.
static float logarithm(float u) {
  uint32_t bits;
  std::memcpy(&bits, &u, sizeof(bits));
  int exponent = int(bits >> 23) - 126;
  bits = (bits & 0x7fffff) | 0x3f000000;
  float m;
  std::memcpy(&m, &bits, sizeof(m));
  float x = m - 1.0f;
  if (m < 0.707106781186547524f) {
    exponent -= 1;
    x = (m + m) - 1.0f;
  }
  float z = x * x;
  float p = 7.0376836292e-2f;
  for (float coefficient :
       {-1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
        1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f,
        -2.4999993993e-1f, 3.3333331174e-1f}) {
    float product = p * x;
    p = product + coefficient;
  }
  float y = (p * x) * z;
  float low = float(exponent) * -2.12194440e-4f;
  y = y + low;
  float half = z * -0.5f;
  y = y + half;
  float high = float(exponent) * 0.693359375f;
  return (x + y) + high;
}

/// Sine and cosine of 2 pi * (word >> 8) * 2^-24; the range is reduced in
/// integers: Cephes' sinf and cosf.
static std::pair<float, float> sineCosine(uint32_t word) {
  uint32_t k = word >> 8, quarter = (k + 0x200000) >> 22;
  float x = (float(int32_t(k) - int32_t(quarter << 22)) * 0x1p-24f) *
            6.28318530717958648f;
  float z = x * x;
  float s =
      ((((-1.9515295891e-4f * z + 8.3321608736e-3f) * z + -1.6666654611e-1f) *
        z) *
       x) +
      x;
  float c = (((((2.443315711809948e-5f * z + -1.388731625493765e-3f) * z +
                4.166664568298827e-2f) *
               z) *
              z) -
             z * 0.5f) +
            1.0f;
  switch (quarter % 4) {
  case 0:
    return {s, c};
  case 1:
    return {c, -s};
  case 2:
    return {-s, -c};
  default:
    return {-c, s};
  }
}

/// Two normal numbers from two words.
static std::pair<float, float> boxMuller(uint32_t first, uint32_t second) {
  float u = float((first >> 8) + 1) * 0x1p-24f;
  float radius = std::sqrt(-2.0f * logarithm(u));
  auto [sine, cosine] = sineCosine(second);
  return {radius * cosine, radius * sine};
}

static std::array<float, 4> normals(const Words &w) {
  auto [n0, n1] = boxMuller(w[0], w[1]);
  auto [n2, n3] = boxMuller(w[2], w[3]);
  return {n0, n1, n2, n3};
}

/// Element `position` of a permutation of 0 … size - 1, as the runtime's header
/// says: six Feistel rounds on its bits, again where the result is not below
/// size.
static uint32_t permuted(uint32_t position, uint32_t size, const Key &key,
                         uint32_t site) {
  if (size < 2)
    return 0;
  uint32_t bits = 0;
  while ((size - 1) >> bits)
    ++bits;
  uint32_t value = position;
  do {
    uint32_t left = bits / 2, right = bits - bits / 2;
    for (uint32_t round = 0; round < 6; ++round) {
      uint32_t low = value & ((1u << right) - 1), high = value >> right;
      uint32_t word =
          philox({low | round << 16, key[2], key[3], site}, key[0], key[1])[0];
      value = low << left | ((high ^ word) & ((1u << left) - 1));
      std::swap(left, right);
    }
  } while (value >= size);
  return value;
}

Tensor drawRandom(Distribution distribution, const Key &key, uint32_t site,
                  double a, double b, ShapeRef shape) {
  Tensor result(shape);
  if (distribution == Distribution::permutation) {
    for (int64_t i = 0; i < result.size(); ++i)
      result.values[i] = permuted(i, result.size(), key, site);
    return result;
  }
  float first = float(a), second = float(b), width = float(b - a);
  for (int64_t begin = 0; begin < result.size(); begin += 4) {
    Words words =
        philox({uint32_t(begin / 4), key[2], key[3], site}, key[0], key[1]);
    std::array<float, 4> normal = normals(words);
    for (int64_t i = 0; i < 4 && begin + i < result.size(); ++i) {
      double &element = result.values[begin + i];
      switch (distribution) {
      case Distribution::normal: {
        float scaled = second * normal[i];
        element = scaled + first;
        break;
      }
      case Distribution::uniform: {
        float scaled = width * unit(words[i]);
        element = scaled + first;
        break;
      }
      case Distribution::bernoulli:
        element = unit(words[i]) < first ? 1 : 0;
        break;
      case Distribution::integer:
        element = below(words[i], uint32_t(a));
        break;
      case Distribution::permutation:
        llvm_unreachable("done above");
      }
    }
  }
  return result;
}

} // namespace gan::reference
