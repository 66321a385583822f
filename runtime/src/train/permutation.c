/*===- permutation.c - the order in which an epoch shows its samples ------===
 *
 *  1. Write the position in the least number of bits that holds size-1, as a
 *     left and a right half.
 *  2. Six Feistel rounds: the halves change places, one is mixed with Philox of
 *     the other. Each round can be undone, so the whole is a bijection of all
 *     numbers of that many bits.
 *  3. A result that is not below size goes round again. That walks the cycle of
 *     the bijection, so what remains is a bijection of 0 … size-1; fewer than
 *     half of all numbers lie outside, so two walks are enough on average.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/permutation.h"

#include "ganrt/random.h"

enum { round_count = 6 };

ganrt_permutation ganrt_permutation_make(uint64_t seed, uint32_t site,
                                         uint64_t epoch, uint64_t size) {
  ganrt_permutation permutation = {
      .size = size, .seed = seed, .epoch = epoch, .site = site};
  uint32_t bits = 0;
  while (bits < 64 && size > 1 && (size - 1) >> bits)
    ++bits;
  permutation.left_bits = bits / 2;
  permutation.right_bits = bits - bits / 2;
  return permutation;
}

static uint64_t mask(uint32_t bits) {
  return ((uint64_t)1 << bits) - 1;
}

uint64_t ganrt_permutation_at(const ganrt_permutation *permutation,
                              uint64_t position) {
  if (permutation->size < 2)
    return 0;
  uint32_t key[2] = {(uint32_t)permutation->seed,
                     (uint32_t)(permutation->seed >> 32)};
  uint64_t value = position;
  do {
    uint32_t left_bits = permutation->left_bits;
    uint32_t right_bits = permutation->right_bits;
    for (uint32_t round = 0; round < round_count; ++round) {
      uint64_t left = value >> right_bits;
      uint64_t right = value & mask(right_bits);
      uint32_t counter[4] = {(uint32_t)right,
                             round | (uint32_t)(permutation->epoch >> 32) << 3,
                             (uint32_t)permutation->epoch, permutation->site};
      uint32_t words[4];
      ganrt_philox(counter, key, words);
      value = right << left_bits | ((left ^ words[0]) & mask(left_bits));
      uint32_t bits = left_bits;
      left_bits = right_bits;
      right_bits = bits;
    }
  } while (value >= permutation->size);
  return value;
}
