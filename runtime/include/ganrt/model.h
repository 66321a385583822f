/*===- model.h - runs a compiled network ------------------------------------===
 *
 * What the generated foo.h wraps:
 *
 *   foo_options, foo        ganrt_model_options, ganrt_model
 *   foo_pool_create(n, &p)  ganrt_pool_create(NULL, n, &p)
 *   foo_pool_destroy(p)     ganrt_pool_destroy(p)
 *   foo_create(o, &m)       ganrt_model_create(&foo_artefact, o, &m)
 *   foo_run(m, n, z, image) ganrt_model_run(m, n, {z}, {image})
 *   foo_destroy(m)          ganrt_model_destroy(m)
 *   foo_workspace_bytes(o)  ganrt_model_workspace_bytes(&foo_artefact, o)
 *   foo_strerror(s)         ganrt_status_message(s)
 *   foo_status_code(s)      ganrt_status_code(s)
 *   foo_status_free(s)      ganrt_status_free(s)
 *
 * No globals, no output, no exit. One model serves one thread at a time; several
 * models share the artefact's weights and may share a pool.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_MODEL_H
#define GANRT_MODEL_H

#include "ganrt/abi.h"
#include "ganrt/allocator.h"
#include "ganrt/pool.h"
#include "ganrt/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_model ganrt_model;

/* Bytes that a workspace must have for these options; NULL options are the
 * default. UINT64_MAX if the artefact isn't one that can be run. */
uint64_t ganrt_model_workspace_bytes(const ganrt_artefact *artefact,
                                     const ganrt_model_options *options);

/* Checks the artefact, takes all memory and fills the derived buffers. */
GANRT_MUST_USE ganrt_status_t
ganrt_model_create(const ganrt_artefact *artefact,
                   const ganrt_model_options *options, ganrt_model **out);
void ganrt_model_destroy(ganrt_model *model);

/* Runs the network on `count` images, or whatever its first axis counts. Plans
 * for several batch sizes are used largest first. Each pointer is the caller's
 * and holds `count` rows of one input or output, in the order of the network,
 * without gaps; an argument without a batch is given once and used for all
 * images. Any alignment is right; multiples of 64 bytes save a copy. Refused
 * where ganrt_model_check_count refuses. */
GANRT_MUST_USE ganrt_status_t ganrt_model_run(ganrt_model *model, size_t count,
                                              const void *const *inputs,
                                              void *const *outputs);

/* Whether so many images can be run. The last run of a plan is filled up with
 * repetitions of an image, which is wrong where a result is made from all images
 * of its run: then every run must be full, and where such a result has no row
 * for each image, there must be one. */
GANRT_MUST_USE ganrt_status_t ganrt_model_check_count(const ganrt_model *model,
                                                      size_t count);

/* An input or output of the network. */
typedef struct ganrt_model_argument {
  const ganrt_tensor_info *info; /* of the largest plan */
  bool is_batched;               /* its first axis counts images */
  uint64_t row_bytes;            /* of one image, or of all if not batched */
} ganrt_model_argument;

uint32_t ganrt_model_input_count(const ganrt_model *model);
uint32_t ganrt_model_output_count(const ganrt_model *model);
ganrt_model_argument ganrt_model_input(const ganrt_model *model,
                                       uint32_t index);
ganrt_model_argument ganrt_model_output(const ganrt_model *model,
                                        uint32_t index);

/* Images of the largest plan. */
uint32_t ganrt_model_batch(const ganrt_model *model);

/* For profiles. */
ganrt_program *ganrt_model_program(ganrt_model *model);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_MODEL_H */
