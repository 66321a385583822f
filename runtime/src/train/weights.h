/*===- weights.h - networks out of and into a run ---------------------------===
 *
 * A snapshot holds the networks' tensors under the names they have in the state
 * (G/0.weight, Gs/0.weight), without what only training needs; and each export
 * of the game as ONNX.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_WEIGHTS_H
#define RUNTIME_SRC_TRAIN_WEIGHTS_H

#include "ganrt/program.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a tensor of the state belongs to a network: not a moment, a counter, a
 * pool or a `state` of the game. */
bool ganrt_weights_is_network(const ganrt_state_tensor *tensor);

/* Writes network-snapshot-<moment>.safetensors and <export>-<moment>.onnx. */
GANRT_MUST_USE ganrt_status_t ganrt_weights_write(const char *run,
                                                  ganrt_program *program,
                                                  const char *moment);

/* Bytes of all that is written then. */
double ganrt_weights_bytes(const ganrt_artefact *artefact);

/* Loads the tensors of `path` into the state by their names, after it was
 * initialised; copies of what was loaded follow unless the file has them too.
 * What stays as it was is told in `notes`. */
GANRT_MUST_USE ganrt_status_t ganrt_weights_load(const char *path,
                                                 ganrt_program *program,
                                                 ganrt_text *notes);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_WEIGHTS_H */
