/*===- state.c - the initial values of state --------------------------------===
 *
 * Random values are draws like any other: the run's seed, step 0, iteration 0,
 * the tensor's own site, its elements in row-major order.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/state.h"

#include "ganrt/random.h"
#include "ganrt/tensor.h"

#include <string.h>

static void initialize(const ganrt_artefact *artefact,
                       const ganrt_state_tensor *tensor, uint64_t seed,
                       uint8_t *state) {
  uint8_t *to = state + tensor->offset;
  uint64_t count = tensor->bytes / ganrt_dtype_bytes(tensor->dtype);
  ganrt_random_key key = ganrt_random_key_make(seed, 0, 0);
  switch (tensor->initializer) {
  case GANRT_INITIALIZE_FILL:
    for (uint64_t i = 0; i < count; ++i)
      ganrt_element_write(tensor->dtype, to, i, tensor->a);
    break;
  case GANRT_INITIALIZE_WEIGHTS:
    if (tensor->bytes)
      memcpy(to, artefact->constants + tensor->source, tensor->bytes);
    break;
  case GANRT_INITIALIZE_COPY:
    memcpy(to, state + artefact->states[tensor->source].offset, tensor->bytes);
    break;
  case GANRT_INITIALIZE_NORMAL:
    ganrt_random_fill_normal(key, tensor->site, 0, count, (float)tensor->a,
                             (float)tensor->b, (float *)(void *)to);
    break;
  case GANRT_INITIALIZE_UNIFORM:
    ganrt_random_fill_uniform(key, tensor->site, 0, count, (float)tensor->a,
                              (float)(tensor->b - tensor->a),
                              (float *)(void *)to);
    break;
  default: /* GANRT_INITIALIZE_ZERO */
    memset(to, 0, tensor->bytes);
    break;
  }
}

void ganrt_state_initialize(const ganrt_artefact *artefact, uint64_t seed,
                            uint8_t *state) {
  for (uint32_t i = 0; i < artefact->state_count; ++i)
    initialize(artefact, &artefact->states[i], seed, state);
}
