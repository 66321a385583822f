/*===- run_directory.h - the folder a training run lives in -----------------===
 *
 * NNNNN-<game>-<dataset>-b<batch>[-desc] under the output folder. A lock on the
 * folder keeps two trainers out of one run; it ends with the process, whatever
 * ends it.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_RUN_DIRECTORY_H
#define RUNTIME_SRC_TRAIN_RUN_DIRECTORY_H

#include "ganrt/status.h"
#include "runtime/src/text.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GANRT_PATH_MAX = 4096 };

typedef struct ganrt_run_directory {
  char path[GANRT_PATH_MAX];
  int lock; /* -1: not held */
} ganrt_run_directory;

/* Makes a new numbered folder below `outdir`, which is made too, and locks it.
 * `description` and `dataset` may be empty, `batch` 0. Characters that are
 * unusual in file names become '_'. */
GANRT_MUST_USE ganrt_status_t ganrt_run_directory_create(
    const char *outdir, const char *game, const char *dataset, uint32_t batch,
    const char *description, ganrt_run_directory *run);

/* Locks an existing run. */
GANRT_MUST_USE ganrt_status_t
ganrt_run_directory_open(const char *path, ganrt_run_directory *run);

void ganrt_run_directory_close(ganrt_run_directory *run);

/* Finds the folder with the highest number whose name is that of a run of
 * `game`; an empty `out` when there is none. */
GANRT_MUST_USE ganrt_status_t ganrt_run_directory_newest(
    const char *outdir, const char *game, char out[GANRT_PATH_MAX]);

/* Writes `text` as the file `name` of the run and destroys it. */
GANRT_MUST_USE ganrt_status_t ganrt_run_directory_write(
    const ganrt_run_directory *run, const char *name, ganrt_text *text);

/* path/name into `out`; fails when it doesn't fit. */
GANRT_MUST_USE ganrt_status_t ganrt_path_join(const char *path,
                                              const char *name,
                                              char out[GANRT_PATH_MAX]);

/* The last component of a path without suffix: what a data set is called. */
void ganrt_path_stem(const char *path, char *out, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_RUN_DIRECTORY_H */
