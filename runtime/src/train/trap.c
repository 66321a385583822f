/*===- trap.c - which kernel made a number that is not finite -------------===*/
#include "runtime/src/train/trap.h"

#include "runtime/src/train/statistics.h"

#include <math.h>

/* The places and buffers of one row of a call; a plain call is one row. */
typedef struct row {
  const ganrt_place *places;
  void *const *buffers;
  uint32_t count;
} row;

static bool is_float(const ganrt_kernel *kernel, uint32_t index) {
  return index < 64 && (kernel->float_places >> index & 1);
}

static uint64_t elements_of(const row *r, uint32_t index) {
  return r->places[index].bytes / sizeof(float);
}

static void append_range(ganrt_text *report, const float *values,
                         uint64_t count) {
  double low = INFINITY, high = -INFINITY;
  uint64_t bad = 0;
  for (uint64_t i = 0; i < count; ++i) {
    bad += !isfinite(values[i]);
    low = fmin(low, isfinite(values[i]) ? values[i] : low);
    high = fmax(high, isfinite(values[i]) ? values[i] : high);
  }
  ganrt_text_append(report, "{\"elements\": %llu, \"not_finite\": %llu",
                    (unsigned long long)count, (unsigned long long)bad);
  ganrt_text_append(report, ", \"min\": ");
  ganrt_text_append_json_number(report, low);
  ganrt_text_append(report, ", \"max\": ");
  ganrt_text_append_json_number(report, high);
  ganrt_text_append(report, "}");
}

static ganrt_status_t tell(const ganrt_kernel *kernel, const row *r,
                           uint32_t result, uint64_t element,
                           ganrt_text *report) {
  const float *values = r->buffers[result];
  unsigned long long count = elements_of(r, result), at = element;
  const char *value = ganrt_format_not_finite(values[element]);
  ganrt_text_append(report, "{\"kernel\": ");
  ganrt_text_append_json_string(report, kernel->name);
  ganrt_text_append(report,
                    ", \"result\": %u, \"element\": %llu, \"elements\": %llu, "
                    "\"value\": \"%s\", \"operands\": [",
                    result, at, count, value);
  const char *separator = "";
  for (uint32_t i = kernel->result_count; i < r->count; ++i)
    if (is_float(kernel, i)) {
      ganrt_text_append(report, "%s\n    ", separator);
      append_range(report, r->buffers[i], elements_of(r, i));
      separator = ",";
    }
  ganrt_text_append(report, "]}");
  return ganrt_status_make(GANRT_NUMERIC,
                           "kernel '%s' made %s as element %llu of %llu",
                           ganrt_quote(kernel->name).text, value, at, count);
}

static ganrt_status_t check_row(const ganrt_kernel *kernel, const row *r,
                                ganrt_text *report) {
  for (uint32_t i = 0; i < kernel->result_count && i < r->count; ++i) {
    const float *values = r->buffers[i];
    uint64_t count = is_float(kernel, i) ? elements_of(r, i) : 0;
    for (uint64_t k = 0; k < count; ++k)
      if (!isfinite(values[k]))
        return tell(kernel, r, i, k, report);
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_trap_check(const ganrt_artefact *artefact,
                                const ganrt_call *call, ganrt_text *report) {
  const ganrt_kernel *kernel = &artefact->kernels[call->kernel];
  const ganrt_place *places = &artefact->places[call->first_place];
  if (places->space != GANRT_SPACE_TABLE) {
    row whole = {places, call->buffers, call->place_count};
    return check_row(kernel, &whole, report);
  }
  const ganrt_table *table = &artefact->tables[places->offset];
  const ganrt_batch *batch = call->buffers[0];
  for (uint32_t i = 0; i < table->rows; ++i) {
    row one = {&artefact->places[table->first_place + i * table->columns],
               batch->pointers + i * batch->columns, table->columns};
    GANRT_RETURN_IF_ERROR(check_row(kernel, &one, report));
  }
  return GANRT_STATUS_OK;
}
