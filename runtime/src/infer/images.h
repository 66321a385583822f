/*===- images.h - images out of a network, and into it --------------------===*/
#ifndef RUNTIME_SRC_INFER_IMAGES_H
#define RUNTIME_SRC_INFER_IMAGES_H

#include "runtime/src/infer/inputs.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* True if an output of the network is an image: f32, batch x 1 ... 4 channels x
 * height x width. */
bool ganrt_images_are_made(const ganrt_model *model);

/* Makes the folder, and those above it, unless they are there. */
GANRT_MUST_USE ganrt_status_t ganrt_images_make_folder(const char *path);

/* One seedNNNN.png per seed and grid.png with all of them, or as many as fit
 * into 7680 x 4320 pixels; `notes` says so. Every image is written and looked
 * at; the first that is none is the result. */
GANRT_MUST_USE ganrt_status_t ganrt_images_of_seeds(ganrt_model *model,
                                                    const ganrt_inputs *inputs,
                                                    const ganrt_seeds *seeds,
                                                    const char *folder,
                                                    ganrt_text *notes);

/* A PNG file, or each of a folder, through the network into a file or folder.
 * Sizes and channels must be those of the network. */
GANRT_MUST_USE ganrt_status_t ganrt_images_of_files(ganrt_model *model,
                                                    ganrt_inputs *inputs,
                                                    const char *from,
                                                    const char *to);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_IMAGES_H */
