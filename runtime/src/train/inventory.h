/*===- inventory.h - all that a run must remember ---------------------------===
 *
 * The list of tensors of a checkpoint: the state block of the program, and what
 * the runtime counts beside it. If something that a later step depends on is not
 * in this list, a resumed run differs from one that never stopped.
 *
 *   run/@step run/@images run/@seed run/@tick run/@tick_start run/@elapsed
 *   <player>/@t               updates of a player
 *   data/<stream>/@cursor     position of a stream
 *   report/<name>/@pending    count, sum, sum of squares, last
 *   and every tensor of the state by its own name
 *
 * The fixed samples of image grids follow from the seed and need no place.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_INVENTORY_H
#define RUNTIME_SRC_TRAIN_INVENTORY_H

#include "ganrt/program.h"
#include "runtime/src/train/checkpoint.h"
#include "runtime/src/train/data.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the training loop counts. */
typedef struct ganrt_progress {
  uint64_t tick;       /* number of the current one */
  uint64_t tick_start; /* progress at which it began */
  double elapsed;      /* seconds of training before this process */
} ganrt_progress;

typedef struct ganrt_inventory {
  ganrt_program *program;
  ganrt_data *data;
  ganrt_progress *progress;
  ganrt_checkpoint_tensor *tensors;
  uint32_t count;
  char **names;    /* of the runtime's own tensors; the state has its names */
  int64_t *counts; /* their values: whole numbers, then */
  double (*sums)[4];
} ganrt_inventory;

/* Lists what there is; everything given must outlive the inventory. */
GANRT_MUST_USE ganrt_status_t ganrt_inventory_make(ganrt_program *program,
                                                   ganrt_data *data,
                                                   ganrt_progress *progress,
                                                   ganrt_inventory *out);
void ganrt_inventory_destroy(ganrt_inventory *inventory);

/* Brings the tensors up to date, before saving. */
GANRT_MUST_USE ganrt_status_t
ganrt_inventory_collect(ganrt_inventory *inventory);

/* Takes over what was loaded into the tensors. */
void ganrt_inventory_restore(const ganrt_inventory *inventory);

/* The run as a checkpoint sees it, as of now; the hash of the options is left
 * to the caller. */
ganrt_checkpoint ganrt_inventory_view(const ganrt_inventory *inventory);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_INVENTORY_H */
