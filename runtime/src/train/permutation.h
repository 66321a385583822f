/*===- permutation.h - the order in which an epoch shows its samples ------===
 *
 * A keyed bijection of 0 … size-1. Nothing is stored: any position of any epoch
 * is computed alone, so a checkpoint needs only the position, and the order does
 * not depend on threads or on what was read ahead.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_PERMUTATION_H
#define RUNTIME_SRC_TRAIN_PERMUTATION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_permutation {
  uint64_t size;
  uint64_t seed;
  uint64_t epoch;
  uint32_t site;       /* of the stream: no two streams share an order */
  uint32_t left_bits;  /* of the network's two halves; together the least */
  uint32_t right_bits; /* number of bits that holds size-1 */
} ganrt_permutation;

ganrt_permutation ganrt_permutation_make(uint64_t seed, uint32_t site,
                                         uint64_t epoch, uint64_t size);

/* The sample shown at `position`, which is below `size`. */
uint64_t ganrt_permutation_at(const ganrt_permutation *permutation,
                              uint64_t position);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_PERMUTATION_H */
