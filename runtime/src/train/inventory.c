/*===- inventory.c - all that a run must remember -------------------------===*/
#include "runtime/src/train/inventory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { run_step, run_images, run_seed, run_tick, run_tick_start, run_count };

static const char *const run_names[run_count] = {
    "run/@step", "run/@images", "run/@seed", "run/@tick", "run/@tick_start"};

static const int64_t four[1] = {4};

static const ganrt_artefact *artefact_of(const ganrt_inventory *inventory) {
  return ganrt_program_artefact(inventory->program);
}

/* Appends one tensor of the runtime's own; false when memory is short. */
GANRT_PRINTF(6, 7)
static bool add(ganrt_inventory *inventory, uint32_t dtype, uint32_t rank,
                uint64_t bytes, void *data, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *name = length < 0 ? NULL : malloc((size_t)length + 1);
  if (!name)
    return false;
  va_start(arguments, format);
  vsnprintf(name, (size_t)length + 1, format, arguments);
  va_end(arguments);
  inventory->names[inventory->count] = name;
  inventory->tensors[inventory->count++] =
      (ganrt_checkpoint_tensor){name, dtype, rank, four, bytes, data};
  return true;
}

static bool add_all(ganrt_inventory *inventory) {
  const ganrt_artefact *artefact = artefact_of(inventory);
  int64_t *next = inventory->counts;
  bool done = true;
  for (int i = 0; done && i < run_count; ++i)
    done = add(inventory, GANRT_I64, 0, 8, next++, "%s", run_names[i]);
  for (uint32_t i = 0; done && i < artefact->player_count; ++i)
    done =
        add(inventory, GANRT_I64, 0, 8, next++, "%s/@t", artefact->players[i]);
  for (uint32_t i = 0; done && i < artefact->stream_count; ++i)
    done = add(inventory, GANRT_I64, 0, 8, next++, "data/%s/@cursor",
               artefact->streams[i].name);
  done = done &&
         add(inventory, GANRT_F64, 0, 8, inventory->sums[0], "run/@elapsed");
  for (uint32_t i = 0; done && i < artefact->report_count; ++i)
    done = add(inventory, GANRT_F64, 1, 32, inventory->sums[i + 1],
               "report/%s/@pending", artefact->reports[i]);
  uint8_t *state = ganrt_program_state(inventory->program);
  for (uint32_t i = 0; done && i < artefact->state_count; ++i) {
    const ganrt_state_tensor *tensor = &artefact->states[i];
    inventory->tensors[inventory->count++] = (ganrt_checkpoint_tensor){
        tensor->name,  tensor->dtype, tensor->rank,
        tensor->shape, tensor->bytes, state + tensor->offset};
  }
  return done;
}

ganrt_status_t ganrt_inventory_make(ganrt_program *program, ganrt_data *data,
                                    ganrt_progress *progress,
                                    ganrt_inventory *out) {
  const ganrt_artefact *artefact = ganrt_program_artefact(program);
  size_t counts =
      run_count + (size_t)artefact->player_count + artefact->stream_count;
  size_t sums = 1 + (size_t)artefact->report_count;
  *out =
      (ganrt_inventory){.program = program, .data = data, .progress = progress};
  out->tensors =
      calloc(counts + sums + artefact->state_count, sizeof *out->tensors);
  out->names = calloc(counts + sums + 1, sizeof *out->names);
  out->counts = calloc(counts, sizeof *out->counts);
  out->sums = calloc(sums, sizeof *out->sums);
  if (out->tensors && out->names && out->counts && out->sums && add_all(out))
    return GANRT_STATUS_OK;
  ganrt_inventory_destroy(out);
  return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
}

void ganrt_inventory_destroy(ganrt_inventory *inventory) {
  if (inventory->names)
    for (uint32_t i = 0; inventory->names[i]; ++i)
      free(inventory->names[i]);
  free(inventory->names);
  free(inventory->tensors);
  free(inventory->counts);
  free(inventory->sums);
  memset(inventory, 0, sizeof *inventory);
}

ganrt_status_t ganrt_inventory_collect(ganrt_inventory *inventory) {
  const ganrt_artefact *artefact = artefact_of(inventory);
  const ganrt_counters *counters = ganrt_program_counters(inventory->program);
  const ganrt_report *reports = ganrt_program_reports(inventory->program);
  int64_t *counts = inventory->counts;
  counts[run_step] = (int64_t)counters->step;
  counts[run_images] = (int64_t)counters->images;
  counts[run_seed] = (int64_t)counters->seed;
  counts[run_tick] = (int64_t)inventory->progress->tick;
  counts[run_tick_start] = (int64_t)inventory->progress->tick_start;
  counts += run_count;
  for (uint32_t i = 0; i < artefact->player_count; ++i)
    *counts++ = (int64_t)counters->updates[i];
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    *counts++ = inventory->data->sources[i].position;
  inventory->sums[0][0] = inventory->progress->elapsed;
  for (uint32_t i = 0; i < artefact->report_count; ++i) {
    double *sums = inventory->sums[i + 1];
    sums[0] = (double)reports[i].count;
    sums[1] = reports[i].sum;
    sums[2] = reports[i].sum_of_squares;
    sums[3] = reports[i].last;
  }
  return ganrt_program_fetch(inventory->program);
}

void ganrt_inventory_restore(const ganrt_inventory *inventory) {
  const ganrt_artefact *artefact = artefact_of(inventory);
  ganrt_counters *counters = ganrt_program_counters(inventory->program);
  ganrt_report *reports = ganrt_program_reports(inventory->program);
  const int64_t *counts = inventory->counts;
  counters->step = (uint64_t)counts[run_step];
  counters->images = (uint64_t)counts[run_images];
  counters->seed = (uint64_t)counts[run_seed];
  inventory->progress->tick = (uint64_t)counts[run_tick];
  inventory->progress->tick_start = (uint64_t)counts[run_tick_start];
  counts += run_count;
  for (uint32_t i = 0; i < artefact->player_count; ++i)
    counters->updates[i] = (uint64_t)*counts++;
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    inventory->data->sources[i].position = *counts++;
  inventory->progress->elapsed = inventory->sums[0][0];
  for (uint32_t i = 0; i < artefact->report_count; ++i) {
    const double *sums = inventory->sums[i + 1];
    reports[i].count = sums[0] > 0 && sums[0] < 1e18 ? (uint64_t)sums[0] : 0;
    reports[i].sum = sums[1];
    reports[i].sum_of_squares = sums[2];
    reports[i].last = sums[3];
  }
}

ganrt_checkpoint ganrt_inventory_view(const ganrt_inventory *inventory) {
  const ganrt_artefact *artefact = artefact_of(inventory);
  const ganrt_counters *counters = ganrt_program_counters(inventory->program);
  return (ganrt_checkpoint){
      .structure = artefact->structure,
      .data = inventory->data->infos,
      .data_count = artefact->stream_count,
      .tensor_count = inventory->count,
      .tensors = inventory->tensors,
      .game = artefact->name,
      .build = artefact->digest,
      .numerics = artefact->numerics,
      .device = ganrt_program_device(inventory->program),
      .step = counters->step,
      .images = counters->images,
  };
}
