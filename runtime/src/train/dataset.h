/*===- dataset.h - what a stream of data is read from -----------------------===
 *
 * Everything is read once, before training: images stay bytes, channels first,
 * and become numbers when they are drawn. What a path holds is found out from
 * its content:
 *
 *   folder with *-images-idx3-ubyte[.gz]   MNIST and its relatives
 *   folder with data_batch_1.bin, …        CIFAR-10
 *   folder                                 all PNG below it, in order of names
 *   zip of PNG                             the same
 *   idx, idx.gz, npy                       one array, samples first
 *
 * Labels come from *-labels-idx1-ubyte beside the images, from a dataset.json in
 * the folder or archive, or from its folders: one for each class, in the order of
 * their names.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_DATASET_H
#define RUNTIME_SRC_TRAIN_DATASET_H

#include "ganrt/tensor.h"
#include "runtime/src/formats/xxh3.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_dataset {
  ganrt_tensor samples; /* samples first; images are GANRT_U8, N x C x H x W */
  ganrt_tensor labels;  /* GANRT_I32, N; no data if there are none */
  ganrt_xxh3_hex fingerprint; /* of types, shapes, samples and labels */
} ganrt_dataset;

/* What the loader may ask and must obey. */
typedef struct ganrt_dataset_limits {
  uint64_t max_bytes; /* of samples and labels together */
  /* Called now and then with the images read and all there are, 0 while that
   * is not known; true ends the loading. NULL: never. */
  bool (*should_stop)(uint64_t done, uint64_t all);
} ganrt_dataset_limits;

/* Reads all of `path`. The caller destroys the result. */
GANRT_MUST_USE ganrt_status_t ganrt_dataset_load(
    const char *path, const ganrt_dataset_limits *limits, ganrt_dataset *out);

void ganrt_dataset_destroy(ganrt_dataset *dataset);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_DATASET_H */
