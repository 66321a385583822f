/*===- random.c - the random numbers of kernels and runtime ----------------===
 *
 * Operation for operation what ganrt/random.h specifies. Compiled without
 * contraction (CMakeLists.txt), so each line rounds as it is written.
 *===----------------------------------------------------------------------===*/
#include "ganrt/random.h"

#include "runtime/src/crc32c.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "random numbers need strict IEEE arithmetic"
#endif

ganrt_random_key ganrt_random_key_make(uint64_t seed, uint32_t iteration,
                                       uint64_t step) {
  ganrt_random_key key = {
      .seed_low = (uint32_t)seed,
      .seed_high = (uint32_t)(seed >> 32),
      .iteration = iteration + (uint32_t)((step >> 32) << 20),
      .step = (uint32_t)step,
  };
  return key;
}

uint32_t ganrt_random_site(const char *name, uint32_t occurrence) {
  char suffix[16];
  int length = snprintf(suffix, sizeof(suffix), "#%u", occurrence);
  uint32_t crc = ganrt_crc32c(0, name, strlen(name));
  return ganrt_crc32c(crc, suffix, (size_t)length);
}

void ganrt_philox(const uint32_t counter[4], const uint32_t key[2],
                  uint32_t words[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = (uint64_t)GANRT_PHILOX_M0 * c0;
    uint64_t product1 = (uint64_t)GANRT_PHILOX_M1 * c2;
    c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)product1;
    c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)product0;
    k0 += GANRT_PHILOX_W0;
    k1 += GANRT_PHILOX_W1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

float ganrt_random_uniform(uint32_t word) {
  return (float)(word >> 8) * 0x1p-24f;
}

uint32_t ganrt_random_below(uint32_t word, uint32_t n) {
  return (uint32_t)(((uint64_t)word * n) >> 32);
}

float ganrt_random_log(float u) {
  uint32_t bits;
  memcpy(&bits, &u, sizeof(bits));
  int32_t exponent = (int32_t)(bits >> 23) - 126;
  bits = (bits & 0x007fffffu) | 0x3f000000u;
  float m;
  memcpy(&m, &bits, sizeof(m));
  float x;
  if (m < GANRT_LOG_SQRT_HALF) {
    exponent -= 1;
    x = (m + m) - 1.0f;
  } else {
    x = m - 1.0f;
  }
  float z = x * x;
  float p = GANRT_LOG_L0;
  p = p * x + GANRT_LOG_L1;
  p = p * x + GANRT_LOG_L2;
  p = p * x + GANRT_LOG_L3;
  p = p * x + GANRT_LOG_L4;
  p = p * x + GANRT_LOG_L5;
  p = p * x + GANRT_LOG_L6;
  p = p * x + GANRT_LOG_L7;
  p = p * x + GANRT_LOG_L8;
  float y = (p * x) * z;
  y = y + (float)exponent * GANRT_LOG_LN2_LOW;
  y = y + z * -0.5f;
  return (x + y) + (float)exponent * GANRT_LOG_LN2_HIGH;
}

void ganrt_random_sin_cos(uint32_t word, float *sine, float *cosine) {
  uint32_t k = word >> 8;
  uint32_t quarter = (k + 0x200000u) >> 22;
  int32_t offset = (int32_t)k - (int32_t)(quarter << 22);
  float x = ((float)offset * 0x1p-24f) * GANRT_TWO_PI;
  float z = x * x;
  float s =
      (((GANRT_SIN_S0 * z + GANRT_SIN_S1) * z + GANRT_SIN_S2) * z) * x + x;
  float c = ((((GANRT_COS_C0 * z + GANRT_COS_C1) * z + GANRT_COS_C2) * z) * z -
             z * 0.5f) +
            1.0f;
  float swap_sine = quarter & 1 ? c : s;
  float swap_cosine = quarter & 1 ? s : c;
  *sine = quarter & 2 ? -swap_sine : swap_sine;
  *cosine = (quarter + 1) & 2 ? -swap_cosine : swap_cosine;
}

void ganrt_random_normal(uint32_t first, uint32_t second, float normal[2]) {
  float u = (float)((first >> 8) + 1) * 0x1p-24f;
  float radius = sqrtf(-2.0f * ganrt_random_log(u));
  float sine, cosine;
  ganrt_random_sin_cos(second, &sine, &cosine);
  normal[0] = radius * cosine;
  normal[1] = radius * sine;
}

/* Calls for each group of four elements that a range touches: the words, the
 * position of word 0 in the output (maybe before its start), and the part of
 * the four that is wanted. */
typedef struct group {
  uint64_t index; /* element div 4 */
  unsigned begin, end;
} group;

static group group_of(uint64_t element, uint64_t last) {
  group g = {element / 4, (unsigned)(element % 4), 4};
  if (last - g.index * 4 < 4)
    g.end = (unsigned)(last - g.index * 4);
  return g;
}

static void words_of(ganrt_random_key key, uint32_t site, uint64_t index,
                     uint32_t words[4]) {
  uint32_t counter[4] = {(uint32_t)index, key.iteration, key.step, site};
  uint32_t seed[2] = {key.seed_low, key.seed_high};
  ganrt_philox(counter, seed, words);
}

void ganrt_random_fill_uniform(ganrt_random_key key, uint32_t site,
                               uint64_t first, uint64_t count, float low,
                               float width, float *out) {
  for (uint64_t e = first; e < first + count;) {
    group g = group_of(e, first + count);
    uint32_t words[4];
    words_of(key, site, g.index, words);
    for (unsigned i = g.begin; i < g.end; ++i)
      out[e++ - first] = width * ganrt_random_uniform(words[i]) + low;
  }
}

void ganrt_random_fill_normal(ganrt_random_key key, uint32_t site,
                              uint64_t first, uint64_t count, float mean,
                              float deviation, float *out) {
  for (uint64_t e = first; e < first + count;) {
    group g = group_of(e, first + count);
    uint32_t words[4];
    float normal[4];
    words_of(key, site, g.index, words);
    ganrt_random_normal(words[0], words[1], normal);
    ganrt_random_normal(words[2], words[3], normal + 2);
    for (unsigned i = g.begin; i < g.end; ++i)
      out[e++ - first] = deviation * normal[i] + mean;
  }
}

void ganrt_random_fill_below(ganrt_random_key key, uint32_t site,
                             uint64_t first, uint64_t count, uint32_t n,
                             int32_t *out) {
  for (uint64_t e = first; e < first + count;) {
    group g = group_of(e, first + count);
    uint32_t words[4];
    words_of(key, site, g.index, words);
    for (unsigned i = g.begin; i < g.end; ++i)
      out[e++ - first] = (int32_t)ganrt_random_below(words[i], n);
  }
}
