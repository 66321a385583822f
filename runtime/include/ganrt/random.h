/*===- random.h - the random numbers of kernels and runtime ----------------===
 *
 * The contract for everything that draws: this library, generated kernels and
 * the reference interpreter perform the operations below in this order and get
 * the same bits.
 *
 * Bits. Philox 4x32-10 (Salmon et al. 2011): ten rounds on a counter
 * (c0, c1, c2, c3) with a key (k0, k1); one round is
 *     (h0, l0) = 0xD2511F53 * c0          high and low word of the product
 *     (h1, l1) = 0xCD9E8D57 * c2
 *     c = (h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0)
 * and between rounds k0 += 0x9E3779B9, k1 += 0xBB67AE85. All modulo 2^32.
 *     key     = low, high word of the 64-bit seed
 *     counter = element div 4, iteration + 2^20 * (step div 2^32),
 *               step mod 2^32, site
 * Element e takes word w[e mod 4] of the four.
 *
 * uniform in [0, 1):    (float)(w >> 8) * 2^-24                         exact
 * below(n) in [0, n):   high word of w * n
 * permutation of 0 … n - 1, n < 2^31: with b the least number of bits that holds
 * n - 1, the place in a high half of l = b div 2 bits and a low half of r = b - l
 * goes through six rounds i = 0 … 5,
 *     (high, low) = (low, high ^ w[0] mod 2^l)
 *     with the counter low + 2^16 * i, iteration …, step …, site as above,
 * in each of which l and r change places; a result of n or more goes through all
 * six again.
 * normal: Box-Muller on the word pairs (w0, w1) and (w2, w3); of each pair the
 * first element is r * cos(t), the second r * sin(t), with
 *     u1 = (float)((w_first >> 8) + 1) * 2^-24       in (0, 1], exact
 *     r  = sqrt(-2 * log(u1))
 *     t  = 2 pi * (w_second >> 8) * 2^-24
 * Affine draws, as initializers use them: deviation * n + mean, and for uniform
 * from a to b: width * u + a, where width = b - a is computed in f64 and rounded
 * to f32 once.
 *
 * All arithmetic is f32, round to nearest even, every operation rounded by
 * itself: there is NO fused multiply-add anywhere, so the bits are those of any
 * IEEE machine. Products and sums are written out below in evaluation order;
 * `sqrt` is the correctly rounded IEEE operation. No input is a NaN, an
 * infinity, zero or subnormal.
 *
 * log(u), u in [2^-24, 1] (coefficients of Cephes logf):
 *     b = bits of u;  e = (b >> 23) - 126
 *     m = float of ((b & 0x7fffff) | 0x3f000000)            in [0.5, 1)
 *     if m < 0.707106781186547524f:  e = e - 1,  x = (m + m) - 1
 *     else:                                     x = m - 1
 *     z = x * x
 *     p = L0;  for i in 1 ... 8:  p = p * x + Li
 *     y = (p * x) * z
 *     y = y + (float)e * -2.12194440e-4f
 *     y = y + z * -0.5f
 *     log = (x + y) + (float)e * 0.693359375f
 *
 * sin and cos of 2 pi * k * 2^-24, k = w_second >> 8; the range reduction is in
 * integers and exact (coefficients of Cephes sinf and cosf):
 *     q = (k + 2^21) >> 22                                  in 0 ... 4
 *     x = ((float)(int)(k - (q << 22)) * 2^-24) * 6.28318530717958648f
 *     z = x * x                                         |x| <= pi / 4
 *     s = ((((S0 * z + S1) * z + S2) * z) * x) + x
 *     c = (((((C0 * z + C1) * z + C2) * z) * z) - z * 0.5f) + 1
 *     q mod 4:   0: (sin, cos) = (s, c)     1: (c, -s)
 *                2: (-s, -c)                3: (-c, s)
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_RANDOM_H
#define GANRT_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANRT_PHILOX_M0 0xD2511F53u
#define GANRT_PHILOX_M1 0xCD9E8D57u
#define GANRT_PHILOX_W0 0x9E3779B9u
#define GANRT_PHILOX_W1 0xBB67AE85u

#define GANRT_LOG_SQRT_HALF 0.707106781186547524f
#define GANRT_LOG_L0 7.0376836292e-2f
#define GANRT_LOG_L1 -1.1514610310e-1f
#define GANRT_LOG_L2 1.1676998740e-1f
#define GANRT_LOG_L3 -1.2420140846e-1f
#define GANRT_LOG_L4 1.4249322787e-1f
#define GANRT_LOG_L5 -1.6668057665e-1f
#define GANRT_LOG_L6 2.0000714765e-1f
#define GANRT_LOG_L7 -2.4999993993e-1f
#define GANRT_LOG_L8 3.3333331174e-1f
#define GANRT_LOG_LN2_LOW -2.12194440e-4f
#define GANRT_LOG_LN2_HIGH 0.693359375f

#define GANRT_TWO_PI 6.28318530717958648f
#define GANRT_SIN_S0 -1.9515295891e-4f
#define GANRT_SIN_S1 8.3321608736e-3f
#define GANRT_SIN_S2 -1.6666654611e-1f
#define GANRT_COS_C0 2.443315711809948e-5f
#define GANRT_COS_C1 -1.388731625493765e-3f
#define GANRT_COS_C2 4.166664568298827e-2f

/* A place in the stream of random numbers: what a key buffer holds
 * (GANRT_OP_KEY) and the site of the draw. */
typedef struct ganrt_random_key {
  uint32_t seed_low, seed_high;
  uint32_t iteration; /* iteration + 2^20 * (step div 2^32) */
  uint32_t step;      /* step mod 2^32 */
} ganrt_random_key;

/* The key of iteration `iteration` < 2^20 of step `step`. */
ganrt_random_key ganrt_random_key_make(uint64_t seed, uint32_t iteration,
                                       uint64_t step);

/* The site of the `occurrence`th block that draws `name`:
 * CRC-32C of "name#occurrence". */
uint32_t ganrt_random_site(const char *name, uint32_t occurrence);

void ganrt_philox(const uint32_t counter[4], const uint32_t key[2],
                  uint32_t words[4]);

float ganrt_random_uniform(uint32_t word);
uint32_t ganrt_random_below(uint32_t word, uint32_t n);
/* normal[0] = r * cos(t), normal[1] = r * sin(t). */
void ganrt_random_normal(uint32_t first, uint32_t second, float normal[2]);

/* The two pieces of the above. */
float ganrt_random_log(float u);
void ganrt_random_sin_cos(uint32_t word, float *sine, float *cosine);

/* Elements first ... first + count - 1 of a draw. first + count <= 2^34. */
void ganrt_random_fill_uniform(ganrt_random_key key, uint32_t site,
                               uint64_t first, uint64_t count, float low,
                               float width, float *out);
void ganrt_random_fill_normal(ganrt_random_key key, uint32_t site,
                              uint64_t first, uint64_t count, float mean,
                              float deviation, float *out);
void ganrt_random_fill_below(ganrt_random_key key, uint32_t site,
                             uint64_t first, uint64_t count, uint32_t n,
                             int32_t *out);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_RANDOM_H */
