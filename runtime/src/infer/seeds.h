/*===- seeds.h - lists of seeds and what is drawn from them ---------------===*/
#ifndef RUNTIME_SRC_INFER_SEEDS_H
#define RUNTIME_SRC_INFER_SEEDS_H

#include "ganrt/abi.h"
#include "ganrt/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GANRT_MAX_SEEDS 10000000u

typedef struct ganrt_seeds {
  uint64_t *items;
  uint64_t count;
} ganrt_seeds;

/* Reads 0,2,5-31. */
GANRT_MUST_USE ganrt_status_t ganrt_seeds_parse(const char *text,
                                                ganrt_seeds *out);
void ganrt_seeds_destroy(ganrt_seeds *seeds);

/* The first row of an input for one seed: standard normal numbers of step 0 at
 * the site "<input>#1", or uniform ones of the input's range. Each image is drawn
 * alone, whatever the batch. */
void ganrt_seeds_draw(uint64_t seed, const ganrt_tensor_info *input,
                      uint64_t count, float *values);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_SEEDS_H */
