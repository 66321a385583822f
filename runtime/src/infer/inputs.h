/*===- inputs.h - what a run of the network is fed with -------------------===*/
#ifndef RUNTIME_SRC_INFER_INPUTS_H
#define RUNTIME_SRC_INFER_INPUTS_H

#include "ganrt/model.h"
#include "ganrt/tensor.h"
#include "runtime/src/infer/arguments.h"
#include "runtime/src/infer/seeds.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One tensor per input of the model; data is NULL where nothing was given. A
 * batched one has either `rows` rows or a single one that all share. */
typedef struct ganrt_inputs {
  const ganrt_model *model;
  ganrt_tensor *given;
  uint32_t count;
  uint64_t rows; /* 1 if nothing says otherwise */
} ganrt_inputs;

/* Takes --input, --class and --trunc. Destroy the result also after a failure. */
GANRT_MUST_USE ganrt_status_t
ganrt_inputs_create(const ganrt_model *model,
                    const ganrt_infer_options *options, ganrt_inputs *out);
void ganrt_inputs_destroy(ganrt_inputs *inputs);

/* Sets one input from outside; takes the tensor. */
GANRT_MUST_USE ganrt_status_t ganrt_inputs_set(ganrt_inputs *inputs,
                                               uint32_t index,
                                               ganrt_tensor tensor);

/* Fills rows first ... first + rows - 1 of one input into `to`: given ones are
 * copied, others drawn from the seeds of these rows; without seeds it is an
 * error not to be given. An input without a batch is written once. */
GANRT_MUST_USE ganrt_status_t ganrt_inputs_fill(const ganrt_inputs *inputs,
                                                uint32_t index,
                                                const ganrt_seeds *seeds,
                                                uint64_t first, uint64_t rows,
                                                void *to);

/* The results of one run, in the order of the network. */
typedef struct ganrt_outputs {
  ganrt_tensor *items;
  uint32_t count;
} ganrt_outputs;

/* Runs rows first ... first + rows - 1 at once. */
GANRT_MUST_USE ganrt_status_t ganrt_inputs_run(const ganrt_inputs *inputs,
                                               ganrt_model *model,
                                               const ganrt_seeds *seeds,
                                               uint64_t first, uint64_t rows,
                                               ganrt_outputs *out);
void ganrt_outputs_destroy(ganrt_outputs *outputs);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_INPUTS_H */
