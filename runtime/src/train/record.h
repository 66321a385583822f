/*===- record.h - writing down what happened in a step ----------------------===
 *
 * Everything goes into one safetensors file, so that the same steps can be
 * computed with other tools, or again with --given:
 *
 *   step/<n>/draw/<name>#<k>    the k-th draw of that name in step n
 *   step/<n>/loss/<player>      a reported objective; other reports as
 *   step/<n>/report/<name>      and, when it comes more than once, with #<k>
 *   step/<n>/<name>             a gradient or parameter, likewise
 *
 * All counts begin at 0.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_RECORD_H
#define RUNTIME_SRC_TRAIN_RECORD_H

#include "ganrt/abi.h"
#include "ganrt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_recorder ganrt_recorder;

GANRT_MUST_USE ganrt_status_t
ganrt_recorder_create(const ganrt_artefact *artefact, ganrt_recorder **out);
void ganrt_recorder_destroy(ganrt_recorder *recorder);

/* What comes now belongs to step `step`. */
void ganrt_recorder_begin_step(ganrt_recorder *recorder, uint64_t step);

GANRT_MUST_USE ganrt_status_t ganrt_recorder_draw(ganrt_recorder *recorder,
                                                  uint32_t draw,
                                                  const void *values);
GANRT_MUST_USE ganrt_status_t ganrt_recorder_report(ganrt_recorder *recorder,
                                                    uint32_t report,
                                                    double value);
GANRT_MUST_USE ganrt_status_t ganrt_recorder_record(ganrt_recorder *recorder,
                                                    uint32_t record,
                                                    const void *values);

/* Writes all of it. */
GANRT_MUST_USE ganrt_status_t
ganrt_recorder_write(const ganrt_recorder *recorder, const char *path);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_RECORD_H */
