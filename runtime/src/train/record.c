/*===- record.c - writing down what happened in a step --------------------===
 *
 * The tensors wait in memory: a safetensors file begins with the list of them.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/record.h"

#include "runtime/src/formats/safetensors.h"
#include "runtime/src/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ganrt_recorder {
  const ganrt_artefact *artefact;
  ganrt_safetensor_source *tensors; /* names and data are owned */
  uint64_t count, capacity;
  uint64_t step;
  uint32_t *times; /* in this step: of draws, reports, records */
};

ganrt_status_t ganrt_recorder_create(const ganrt_artefact *artefact,
                                     ganrt_recorder **out) {
  ganrt_recorder *recorder = calloc(1, sizeof *recorder);
  size_t times = (size_t)artefact->draw_count + artefact->report_count +
                 artefact->record_count;
  *out = recorder;
  if (recorder) {
    recorder->artefact = artefact;
    recorder->times = calloc(times + 1, sizeof *recorder->times);
  }
  if (recorder && recorder->times)
    return GANRT_STATUS_OK;
  free(recorder);
  *out = NULL;
  return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
}

void ganrt_recorder_destroy(ganrt_recorder *recorder) {
  if (!recorder)
    return;
  for (uint64_t i = 0; i < recorder->count; ++i) {
    free((void *)(uintptr_t)recorder->tensors[i].name);
    free((void *)(uintptr_t)recorder->tensors[i].data);
  }
  free(recorder->tensors);
  free(recorder->times);
  free(recorder);
}

void ganrt_recorder_begin_step(ganrt_recorder *recorder, uint64_t step) {
  const ganrt_artefact *artefact = recorder->artefact;
  recorder->step = step;
  memset(recorder->times, 0,
         ((size_t)artefact->draw_count + artefact->report_count +
          artefact->record_count) *
             sizeof *recorder->times);
}

static ganrt_status_t grow(ganrt_recorder *recorder) {
  if (recorder->count < recorder->capacity)
    return GANRT_STATUS_OK;
  uint64_t capacity = recorder->capacity ? 2 * recorder->capacity : 256;
  void *tensors =
      realloc(recorder->tensors, capacity * sizeof *recorder->tensors);
  if (!tensors)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  recorder->tensors = tensors;
  recorder->capacity = capacity;
  return GANRT_STATUS_OK;
}

/* Copies one tensor. `group` ends in a slash or is empty. */
static ganrt_status_t add(ganrt_recorder *recorder, const char *group,
                          const char *name, uint32_t time, bool always_counted,
                          const ganrt_tensor_info *info, const void *values) {
  GANRT_RETURN_IF_ERROR(grow(recorder));
  ganrt_text text = {0};
  ganrt_text_append(&text, "step/%llu/%s%s", (unsigned long long)recorder->step,
                    group, name);
  if (time || always_counted)
    ganrt_text_append(&text, "#%u", time);
  char *key = text.failed ? NULL : strdup(text.data);
  ganrt_text_destroy(&text);
  void *data = malloc(info->bytes + 1);
  if (!key || !data) {
    free(key);
    free(data);
    return ganrt_status_make(GANRT_OUT_OF_MEMORY,
                             "no memory is left for --record; use --steps");
  }
  memcpy(data, values, info->bytes);
  recorder->tensors[recorder->count++] = (ganrt_safetensor_source){
      key, info->dtype, info->rank, info->shape, info->bytes, data};
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_recorder_draw(ganrt_recorder *recorder, uint32_t draw,
                                   const void *values) {
  const ganrt_tensor_info *info = &recorder->artefact->draws[draw];
  return add(recorder, "draw/", info->name, recorder->times[draw]++, true, info,
             values);
}

/* The report that counts for this one: a player's objectives ("Loss/d",
 * "Loss/d#1", ...) are counted together, in the order they are reached. */
static uint32_t counting_report(const ganrt_artefact *artefact, uint32_t report,
                                size_t length) {
  const char *name = artefact->reports[report];
  for (uint32_t i = 0; i < report; ++i)
    if (strncmp(artefact->reports[i], name, length) == 0 &&
        strcspn(artefact->reports[i], "#") == length)
      return i;
  return report;
}

ganrt_status_t ganrt_recorder_report(ganrt_recorder *recorder, uint32_t report,
                                     double value) {
  static const char loss[] = "Loss/";
  const ganrt_artefact *artefact = recorder->artefact;
  const char *name = artefact->reports[report];
  size_t length = strcspn(name, "#");
  uint32_t slot = counting_report(artefact, report, length);
  uint32_t time = recorder->times[artefact->draw_count + slot]++;
  float single = (float)value;
  ganrt_tensor_info info = {.dtype = GANRT_F32, .bytes = sizeof single};
  if (strncmp(name, loss, sizeof loss - 1) != 0)
    return add(recorder, "report/", name, time, false, &info, &single);
  ganrt_text player = {0};
  ganrt_text_append(&player, "%.*s", (int)(length - (sizeof loss - 1)),
                    name + sizeof loss - 1);
  ganrt_status_t status =
      player.failed
          ? ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory")
          : add(recorder, "loss/", player.data, time, false, &info, &single);
  ganrt_text_destroy(&player);
  return status;
}

ganrt_status_t ganrt_recorder_record(ganrt_recorder *recorder, uint32_t record,
                                     const void *values) {
  const ganrt_artefact *artefact = recorder->artefact;
  const ganrt_tensor_info *info = &artefact->records[record];
  uint32_t *time =
      &recorder->times[artefact->draw_count + artefact->report_count + record];
  return add(recorder, "", info->name, (*time)++, false, info, values);
}

ganrt_status_t ganrt_recorder_write(const ganrt_recorder *recorder,
                                    const char *path) {
  ganrt_safetensor_metadata metadata[] = {
      {"game", recorder->artefact->name},
      {"digest", recorder->artefact->digest},
  };
  return ganrt_safetensors_write(path, recorder->tensors, recorder->count,
                                 metadata, 2);
}
