/*===- data.h - the data sets of a run and the streams they feed ----------===*/
#ifndef RUNTIME_SRC_TRAIN_DATA_H
#define RUNTIME_SRC_TRAIN_DATA_H

#include "runtime/src/train/checkpoint.h"
#include "runtime/src/train/options.h"
#include "runtime/src/train/stream.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_data {
  uint32_t stream_count;
  ganrt_source *sources;        /* one per stream */
  ganrt_checkpoint_data *infos; /* one per stream */
  ganrt_dataset *datasets;      /* each path once */
  char **paths;                 /* of the data sets */
  uint32_t dataset_count;
} ganrt_data;

/* Finds out which path feeds which stream, reads the data and connects it.
 * Labels that have no path of their own come with the images they belong to. */
GANRT_MUST_USE ganrt_status_t ganrt_data_open(
    const ganrt_train_options *options,
    bool (*should_stop)(uint64_t done, uint64_t all), ganrt_data *out);
void ganrt_data_close(ganrt_data *data);

/* Draws one batch of stream 0 after another from the beginning of the first
 * epoch, without moving any position. `count` batches. */
void ganrt_data_preview(ganrt_data *data, uint64_t seed, uint64_t count,
                        uint64_t batch_bytes, void *out);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_DATA_H */
