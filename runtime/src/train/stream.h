/*===- stream.h - drawing batches of data -----------------------------------===
 *
 * A stream walks through its data set epoch by epoch, each in an order of its
 * own (permutation.h); a batch may cross into the next epoch and is never short.
 * The position is all there is to save.
 *
 * Streams that pair another walk with it: the leader moves on with each draw,
 * and a follower takes the batch that the leader drew last. Draws of scope run
 * take the first batch of the first epoch and move nothing.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_STREAM_H
#define RUNTIME_SRC_TRAIN_STREAM_H

#include "ganrt/abi.h"
#include "runtime/src/train/dataset.h"
#include "runtime/src/train/permutation.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_source {
  const ganrt_stream *stream;
  const ganrt_dataset *dataset;
  const ganrt_tensor *values; /* the data set's samples or labels */
  bool is_mirrored; /* the second half of the samples is the first, flipped */
  uint64_t batch;
  uint64_t elements;  /* of one sample */
  uint32_t leader;    /* index; its own if it pairs nothing */
  uint32_t site;      /* of the leader */
  float numbers[256]; /* what bytes stand for */
  int64_t position;   /* of a leader: samples drawn */
} ganrt_source;

/* The stream at the end of a chain of pairs; its own index if it pairs none. */
uint32_t ganrt_stream_leader(const ganrt_artefact *artefact, uint32_t index);

/* Connects a stream to its data; with `mirror`, each image is there twice, once
 * flipped from left to right. The sentence names what the stream expects and what there is. */
GANRT_MUST_USE ganrt_status_t ganrt_source_make(const ganrt_artefact *artefact,
                                                uint32_t index,
                                                const ganrt_dataset *dataset,
                                                bool takes_labels, bool mirror,
                                                ganrt_source *source);

/* Draws the next batch of sources[index], or the first one, into `batch`. */
void ganrt_source_draw(ganrt_source *sources, uint32_t index, uint64_t seed,
                       ganrt_scope scope, void *batch);

/* Samples of the data set, mirrored ones included. */
uint64_t ganrt_source_size(const ganrt_source *source);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_STREAM_H */
