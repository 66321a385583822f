/*===- bench.c - how long runs take -----------------------------------------===
 *
 * Inputs are filled once, outputs allocated once; a time is that of one
 * ganrt_model_run and nothing else.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/infer/bench.h"

#include "runtime/src/clock.h"
#include "runtime/src/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

/* Times kept; longer measurements end here. */
enum { MOST_RUNS = 10000000 };

typedef struct times {
  double *items; /* milliseconds */
  uint64_t count, capacity;
} times;

/* The buffers of one run. */
typedef struct buffers {
  void **pointers; /* inputs, then outputs */
  uint64_t *bytes;
  uint32_t inputs, count;
} buffers;

static int compare_times(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double percentile(const double *sorted, uint64_t count, double percent) {
  uint64_t index = (uint64_t)ceil((double)count * percent / 100);
  return sorted[index ? index - 1 : 0];
}

ganrt_times_summary ganrt_times_summarize(double *items, uint64_t count) {
  qsort(items, count, sizeof(*items), compare_times);
  double sum = 0;
  for (uint64_t i = 0; i < count; ++i)
    sum += items[i];
  double middle = items[count / 2];
  if (count % 2 == 0)
    middle = (items[count / 2 - 1] + middle) / 2;
  ganrt_times_summary summary = {
      .min = items[0],
      .max = items[count - 1],
      .mean = sum / (double)count,
      .median = middle,
      .p90 = percentile(items, count, 90),
      .p95 = percentile(items, count, 95),
      .p99 = percentile(items, count, 99),
  };
  return summary;
}

/*===- Runs -----------------------------------------------------------------===*/

static ganrt_status_t create_buffers(ganrt_model *model, uint64_t rows,
                                     buffers *b) {
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, b->count, sizeof(void *), &memory));
  b->pointers = memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, b->count, sizeof(uint64_t), &memory));
  b->bytes = memory;
  for (uint32_t i = 0; i < b->count; ++i) {
    ganrt_model_argument argument =
        i < b->inputs ? ganrt_model_input(model, i)
                      : ganrt_model_output(model, i - b->inputs);
    uint64_t bytes;
    if (!ganrt_multiply(argument.row_bytes, argument.is_batched ? rows : 1,
                        &bytes))
      return ganrt_status_make(GANRT_LIMIT, "--batch: %llu is too large",
                               (ull)rows);
    GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, bytes, 1, &b->pointers[i]));
    b->bytes[i] = bytes;
  }
  return GANRT_STATUS_OK;
}

static void destroy_buffers(buffers *b) {
  for (uint32_t i = 0; b->pointers && b->bytes && i < b->count; ++i)
    ganrt_release(NULL, b->pointers[i], b->bytes[i], 1);
  ganrt_release(NULL, b->pointers, b->count, sizeof(void *));
  ganrt_release(NULL, b->bytes, b->count, sizeof(uint64_t));
}

/* Seeds 0, 1, ... for what isn't given; whole numbers stay 0. */
static ganrt_status_t fill_buffers(const ganrt_inputs *inputs, uint64_t rows,
                                   buffers *b) {
  for (uint32_t i = 0; i < b->inputs; ++i) {
    ganrt_model_argument argument = ganrt_model_input(inputs->model, i);
    if (inputs->given[i].data) {
      GANRT_RETURN_IF_ERROR(
          ganrt_inputs_fill(inputs, i, NULL, 0, rows, b->pointers[i]));
    } else if (argument.info->dtype == GANRT_F32) {
      uint64_t seeds = argument.is_batched ? rows : 1;
      for (uint64_t k = 0; k < seeds; ++k)
        ganrt_seeds_draw(
            k, argument.info, argument.row_bytes / 4,
            (float *)(void *)((char *)b->pointers[i] + k * argument.row_bytes));
    }
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t add_time(times *t, double time) {
  if (t->count == t->capacity) {
    uint64_t capacity = t->capacity ? t->capacity * 2 : 1024;
    void *items = t->items;
    GANRT_RETURN_IF_ERROR(
        ganrt_reallocate(NULL, t->capacity, capacity, sizeof(double), &items));
    t->items = items;
    t->capacity = capacity;
  }
  t->items[t->count++] = time;
  return GANRT_STATUS_OK;
}

static ganrt_status_t run_once(ganrt_model *model, uint64_t rows,
                               const buffers *b) {
  return ganrt_model_run(model, (size_t)rows, (const void *const *)b->pointers,
                         b->pointers + b->inputs);
}

static ganrt_status_t measure(ganrt_model *model,
                              const ganrt_infer_options *options, uint64_t rows,
                              const buffers *b, times *t) {
  for (uint64_t i = 0; i < options->warmup; ++i)
    GANRT_RETURN_IF_ERROR(run_once(model, rows, b));
  ganrt_kernel_time *kernels =
      ganrt_program_kernel_times(ganrt_model_program(model));
  if (kernels) /* the warm-up doesn't count */
    memset(kernels, 0,
           ganrt_program_artefact(ganrt_model_program(model))->kernel_count *
               sizeof(*kernels));
  double start = ganrt_seconds_now() * 1e3, last = start;
  while (t->count < MOST_RUNS &&
         (t->count == 0 || t->count < options->iterations ||
          last - start < options->duration * 1e3)) {
    GANRT_RETURN_IF_ERROR(run_once(model, rows, b));
    double time = ganrt_seconds_now() * 1e3;
    GANRT_RETURN_IF_ERROR(add_time(t, time - last));
    last = time;
  }
  return GANRT_STATUS_OK;
}

/*===- Reports --------------------------------------------------------------===*/

static ganrt_status_t write_text(const char *path, ganrt_text *text) {
  ganrt_status_t status = ganrt_text_status(text);
  if (!status) {
    ganrt_piece piece = {text->data, text->length};
    status = ganrt_file_write(path, &piece, 1);
  }
  ganrt_text_destroy(text);
  return status;
}

/* All times in their order: before they are sorted. */
static ganrt_status_t export_times(const char *path, const times *t) {
  ganrt_text text = {0};
  ganrt_text_append(&text, "[");
  for (uint64_t i = 0; i < t->count; ++i) {
    ganrt_text_append(&text,
                      i ? ",\n {\"latencyMs\": " : "\n {\"latencyMs\": ");
    ganrt_text_append_json_number(&text, t->items[i]);
    ganrt_text_append(&text, "}");
  }
  ganrt_text_append(&text, "\n]\n");
  return write_text(path, &text);
}

static ganrt_status_t export_profile(const char *path, ganrt_program *program) {
  const ganrt_artefact *a = ganrt_program_artefact(program);
  const ganrt_kernel_time *kernels = ganrt_program_kernel_times(program);
  double total = 0;
  for (uint32_t i = 0; i < a->kernel_count; ++i)
    total += kernels[i].seconds;
  ganrt_text text = {0};
  ganrt_text_append(&text, "[");
  bool first = true;
  for (uint32_t i = 0; i < a->kernel_count; ++i) {
    const ganrt_kernel *kernel = &a->kernels[i];
    if (kernels[i].calls == 0)
      continue;
    double calls = (double)kernels[i].calls, seconds = kernels[i].seconds;
    const struct {
      const char *name;
      double value;
    } numbers[] = {{"calls", calls},
                   {"timeMs", seconds * 1e3},
                   {"averageMs", seconds * 1e3 / calls},
                   {"percentage", total > 0 ? 100 * seconds / total : 0},
                   {"flop", kernel->flop},
                   {"bytes", kernel->bytes}};
    ganrt_text_append(&text, first ? "\n {\"name\": " : ",\n {\"name\": ");
    ganrt_text_append_json_string(&text, kernel->name);
    for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]); ++k) {
      ganrt_text_append(&text, ", \"%s\": ", numbers[k].name);
      ganrt_text_append_json_number(&text, numbers[k].value);
    }
    ganrt_text_append(&text, "}");
    first = false;
  }
  ganrt_text_append(&text, "\n]\n");
  return write_text(path, &text);
}

/* Machines get every digit, readers as many as a clock is good for. */
static void append_figure(ganrt_text *text, bool json, double value) {
  if (json)
    ganrt_text_append_json_number(text, value);
  else
    ganrt_text_append(text, "%.5g", value);
}

static void append_summary(ganrt_text *text, ganrt_report_form form,
                           const ganrt_times_summary *s, uint64_t runs,
                           uint64_t rows, uint32_t threads) {
  double throughput = (double)rows * 1e3 / s->mean;
  const struct {
    const char *name, *key;
    double value;
  } latencies[] = {
      {"min", "min", s->min},
      {"max", "max", s->max},
      {"mean", "mean", s->mean},
      {"median", "median", s->median},
      {"percentile(90%)", "p90", s->p90},
      {"percentile(95%)", "p95", s->p95},
      {"percentile(99%)", "p99", s->p99},
  };
  bool json = form == GANRT_FORM_JSON;
  ganrt_text_append(
      text,
      json ? "{\"batch\": %llu, \"threads\": %u, \"iterations\": %llu, "
             "\"throughput\": "
           : "Batch %llu, %u threads, %llu runs\n\n=== Performance summary "
             "===\nThroughput: ",
      (ull)rows, threads, (ull)runs);
  append_figure(text, json, throughput);
  ganrt_text_append(text,
                    json ? ", \"latency_ms\": {" : " per second\nLatency: ");
  for (size_t i = 0; i < sizeof(latencies) / sizeof(latencies[0]); ++i) {
    ganrt_text_append(text, i ? ", " : "");
    if (json)
      ganrt_text_append(text, "\"%s\": ", latencies[i].key);
    else
      ganrt_text_append(text, "%s = ", latencies[i].name);
    append_figure(text, json, latencies[i].value);
    ganrt_text_append(text, json ? "" : " ms");
  }
  ganrt_text_append(text, json ? "}}\n" : "\n");
}

static ganrt_status_t report(ganrt_model *model,
                             const ganrt_infer_options *options, uint64_t rows,
                             uint32_t threads, times *t, ganrt_text *text) {
  if (options->export_times)
    GANRT_RETURN_IF_ERROR(export_times(options->export_times, t));
  if (options->export_profile)
    GANRT_RETURN_IF_ERROR(
        export_profile(options->export_profile, ganrt_model_program(model)));
  ganrt_times_summary summary = ganrt_times_summarize(t->items, t->count);
  append_summary(text, options->bench, &summary, t->count, rows, threads);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_bench(ganrt_model *model, const ganrt_inputs *inputs,
                           const ganrt_infer_options *options, uint32_t threads,
                           ganrt_text *text) {
  uint64_t rows = options->batch;
  if (rows == 0)
    rows = inputs->rows > 1           ? inputs->rows
           : ganrt_model_batch(model) ? ganrt_model_batch(model)
                                      : 1;
  if (inputs->rows > 1 && rows != inputs->rows)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "--batch: expected the %llu rows of the inputs, "
                             "got %llu",
                             (ull)inputs->rows, (ull)rows);
  buffers b = {.inputs = inputs->count,
               .count = inputs->count + ganrt_model_output_count(model)};
  times t = {0};
  ganrt_status_t status = create_buffers(model, rows, &b);
  if (!status)
    status = fill_buffers(inputs, rows, &b);
  if (!status)
    status = measure(model, options, rows, &b, &t);
  if (!status)
    status = report(model, options, rows, threads, &t, text);
  ganrt_release(NULL, t.items, t.capacity, sizeof(double));
  destroy_buffers(&b);
  return status;
}
