/*===- grid.h - image grids of a run ----------------------------------------===
 *
 * reals.png shows what the first stream holds; every `show` of the game becomes
 * NAME_init.png and NAMEnnnnnn.png, with samples that are fixed for the run.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_GRID_H
#define RUNTIME_SRC_TRAIN_GRID_H

#include "ganrt/program.h"
#include "runtime/src/image.h"
#include "runtime/src/train/data.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lays out f32 images, N x C x H x W, in at most 7680 x 4320 pixels. The result
 * has no pixels if the tensor isn't that: C must be 1 or 3. */
GANRT_MUST_USE ganrt_status_t ganrt_grid_make(const ganrt_tensor_info *info,
                                              const float *values,
                                              ganrt_image *out);

/* Images that a grid of this size and these many can show. */
uint64_t ganrt_grid_cells(uint64_t count, uint64_t width, uint64_t height);

/* Writes reals.png into the run's folder. */
GANRT_MUST_USE ganrt_status_t
ganrt_grid_write_reals(const char *run, const ganrt_artefact *artefact,
                       ganrt_data *data, uint64_t seed);

/* Runs every "show/NAME" and writes NAME<suffix>.png. What shows draw has scope
 * run, so nothing moves. */
GANRT_MUST_USE ganrt_status_t ganrt_grid_write_shows(const char *run,
                                                     ganrt_program *program,
                                                     const char *suffix);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_GRID_H */
