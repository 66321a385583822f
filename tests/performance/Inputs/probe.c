/*===- probe.c - how fast is this core just now? ---------------------------===
 *
 * Multiplications and additions in registers, nothing else; about 2 ms of them.
 *===----------------------------------------------------------------------===*/
#include <time.h>

enum { ROUNDS = 400000, LANES = 16, SUMS = 12 };
typedef float vector __attribute__((vector_size(4 * LANES)));

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* GFLOP/s. */
double probe(void) {
  static volatile float factor = 0.999f, total;
  vector sums[SUMS], a, b;
  for (int lane = 0; lane < LANES; ++lane)
    a[lane] = factor, b[lane] = factor * 0.001f;
  for (int i = 0; i < SUMS; ++i)
    sums[i] = a;
  double start = now();
  for (int round = 0; round < ROUNDS; ++round)
#pragma GCC unroll 12
    for (int i = 0; i < SUMS; ++i)
      sums[i] = sums[i] * a + b;
  double seconds = now() - start;
  for (int i = 0; i < SUMS; ++i)
    total += sums[i][0];
  return 2e-9 * ROUNDS * LANES * SUMS / seconds;
}
