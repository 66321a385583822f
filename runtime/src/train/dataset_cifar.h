/*===- dataset_cifar.h - the binary form of CIFAR-10 ----------------------===*/
#ifndef RUNTIME_SRC_TRAIN_DATASET_CIFAR_H
#define RUNTIME_SRC_TRAIN_DATASET_CIFAR_H

#include "runtime/src/train/dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the folder holds data_batch_1.bin. */
bool ganrt_cifar_is(const char *path);

/* Reads data_batch_1.bin, data_batch_2.bin, … as far as they go: records of one
 * label and 3x32x32 bytes. */
GANRT_MUST_USE ganrt_status_t
ganrt_cifar_load(const char *path, const ganrt_dataset_limits *limits,
                 ganrt_dataset *dataset);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_DATASET_CIFAR_H */
