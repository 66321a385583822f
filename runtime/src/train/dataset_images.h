/*===- dataset_images.h - folders and archives of PNG ---------------------===*/
#ifndef RUNTIME_SRC_TRAIN_DATASET_IMAGES_H
#define RUNTIME_SRC_TRAIN_DATASET_IMAGES_H

#include "runtime/src/train/dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads all PNG below `path`, in order of their names; all must have the size
 * and the channels of the first. A symbolic link below `path` is refused. */
GANRT_MUST_USE ganrt_status_t
ganrt_images_load_folder(const char *path, const ganrt_dataset_limits *limits,
                         ganrt_dataset *dataset);

/* The same from a zip archive. */
GANRT_MUST_USE ganrt_status_t
ganrt_images_load_zip(const char *path, const ganrt_dataset_limits *limits,
                      ganrt_dataset *dataset);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_DATASET_IMAGES_H */
