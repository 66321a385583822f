/*===- bench.h - how long runs take ---------------------------------------===*/
#ifndef RUNTIME_SRC_INFER_BENCH_H
#define RUNTIME_SRC_INFER_BENCH_H

#include "runtime/src/infer/inputs.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is said about a list of times, in milliseconds. */
typedef struct ganrt_times_summary {
  double min, max, mean, median, p90, p95, p99;
} ganrt_times_summary;

/* Sorts `times`. Percentiles are the smallest time that so many per cent don't
 * exceed. count > 0. */
ganrt_times_summary ganrt_times_summarize(double *times, uint64_t count);

/* Runs the network on the given inputs, random ones where none is given, until
 * both --iterations and --duration are reached; appends the summary. */
GANRT_MUST_USE ganrt_status_t ganrt_bench(ganrt_model *model,
                                          const ganrt_inputs *inputs,
                                          const ganrt_infer_options *options,
                                          uint32_t threads, ganrt_text *text);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_BENCH_H */
