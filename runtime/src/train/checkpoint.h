/*===- checkpoint.h - saving a run so that nothing is ever lost -------------===
 *
 * checkpoint-KKKKKK/{state.safetensors, manifest.json, COMMIT} in the run's
 * folder. Invariants:
 *
 *  1. A folder with its final name was complete on the disk before it got it.
 *  2. The manifest's hashes cover every byte of the state file, and COMMIT holds
 *     the hash of the manifest: damage is found, not loaded.
 *  3. An older checkpoint is deleted only after a newer one is complete.
 *  4. Loading takes the newest checkpoint that verifies and says so when that
 *     isn't the newest there is.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_CHECKPOINT_H
#define RUNTIME_SRC_TRAIN_CHECKPOINT_H

#include "ganrt/tensor.h"
#include "runtime/src/text.h"
#include "runtime/src/train/run_directory.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One tensor of the state; `data` is read when saving, written when loading. */
typedef struct ganrt_checkpoint_tensor {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  const int64_t *shape;
  uint64_t bytes;
  void *data;
} ganrt_checkpoint_tensor;

/* What a stream was fed with. */
typedef struct ganrt_checkpoint_data {
  const char *stream;
  const char *fingerprint;
  uint64_t samples;
} ganrt_checkpoint_data;

/* A run as a checkpoint sees it. */
typedef struct ganrt_checkpoint {
  /* A checkpoint is refused if one of these differs. */
  const char *structure;
  const ganrt_checkpoint_data *data;
  uint32_t data_count;
  uint32_t tensor_count;
  const ganrt_checkpoint_tensor *tensors;
  /* It is accepted with a warning if one of these differs. */
  const char *game;
  const char *build;
  const char *numerics;
  const char *device;
  /* For people and for names. */
  uint64_t step;
  uint64_t images;
  const char *configuration; /* hash of the options' values */
} ganrt_checkpoint;

/* A checkpoint's folder and how far it is. */
typedef struct ganrt_checkpoint_found {
  char name[64];
  uint64_t step;
  bool is_whole; /* as far as the manifest tells */
} ganrt_checkpoint_found;

/* Newest first, broken ones last. */
typedef struct ganrt_checkpoint_list {
  ganrt_checkpoint_found *found;
  size_t count;
} ganrt_checkpoint_list;

/* What the files of the next checkpoint's moment are called: the thousand
 * images, and the step where there is a checkpoint of the same thousand. */
GANRT_MUST_USE ganrt_status_t ganrt_checkpoint_moment(const char *run,
                                                      uint64_t images,
                                                      uint64_t step,
                                                      char moment[48]);

/* Saves into the run's folder, then deletes all but the newest `keep` complete
 * checkpoints. On failure nothing but a warning's worth is lost: what was there
 * before is still there. */
GANRT_MUST_USE ganrt_status_t
ganrt_checkpoint_save(const char *run, const ganrt_checkpoint *checkpoint,
                      uint64_t keep, char name[64]);

/* Loads the newest checkpoint that verifies. `found->name` is empty if there is
 * none. Each line of `warnings` is a sentence for the user. */
GANRT_MUST_USE ganrt_status_t ganrt_checkpoint_load_newest(
    const char *run, const ganrt_checkpoint *checkpoint, ganrt_text *warnings,
    ganrt_checkpoint_found *found);

/* Loads exactly this checkpoint. */
GANRT_MUST_USE ganrt_status_t ganrt_checkpoint_load(
    const char *path, const ganrt_checkpoint *checkpoint, ganrt_text *warnings);

/* Finds the checkpoints in a run's folder and reads their manifests, not their
 * tensors. `warnings` may be NULL. */
GANRT_MUST_USE ganrt_status_t ganrt_checkpoint_list_make(
    const char *run, ganrt_text *warnings, ganrt_checkpoint_list *list);
void ganrt_checkpoint_list_destroy(ganrt_checkpoint_list *list);

/* Whether there is a checkpoint called `name`, or `name` with a step behind. */
GANRT_MUST_USE ganrt_status_t ganrt_checkpoint_is_taken(const char *run,
                                                        const char *name,
                                                        bool *is_taken);

/* Deletes all but the newest `keep` whole checkpoints up to `step`. Later ones
 * are there only if they were passed over as damaged; they don't count. */
GANRT_MUST_USE ganrt_status_t ganrt_checkpoint_prune(const char *run,
                                                     uint64_t step,
                                                     uint64_t keep);

/* Deletes what an earlier process left half-written. The run must be locked. */
GANRT_MUST_USE ganrt_status_t ganrt_checkpoint_clean(const char *run);

/* Bytes that saving will write, without the manifest. */
uint64_t ganrt_checkpoint_bytes(const ganrt_checkpoint *checkpoint);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_CHECKPOINT_H */
