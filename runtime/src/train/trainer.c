/*===- trainer.c - the loop of a training run -----------------------------===
 *
 *  while the end is not reached and no signal came:
 *    1. a step
 *    2. a status line and a line of statistics, if the tick is over
 *    3. a snapshot, if one is due: sample images, networks, checkpoint
 *  then a last checkpoint, with everything else unless a signal hurries us.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/trainer.h"

#include "runtime/src/clock.h"
#include "runtime/src/train/grid.h"
#include "runtime/src/train/signals.h"
#include "runtime/src/train/statistics.h"
#include "runtime/src/train/weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/*===- Words ----------------------------------------------------------------===*/

static void log_line(ganrt_trainer *trainer, const char *line) {
  ganrt_status_t status = ganrt_journal_add(&trainer->log, line);
  if (status)
    fprintf(stderr, "warning: log.txt: %s; training goes on\n",
            ganrt_status_message(status));
  ganrt_status_free(status);
}

/* One line to `out` and the log, `prefix` in front. */
GANRT_PRINTF(4, 0)
static void tell(ganrt_trainer *trainer, FILE *out, const char *prefix,
                 const char *format, va_list arguments) {
  char line[4096];
  int length = snprintf(line, sizeof line, "%s", prefix);
  vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
  fprintf(out, "%s\n", line);
  fflush(out);
  log_line(trainer, line);
}

void ganrt_trainer_say(ganrt_trainer *trainer, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  tell(trainer, stdout, "", format, arguments);
  va_end(arguments);
}

void ganrt_trainer_warn(ganrt_trainer *trainer, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  tell(trainer, stderr, "warning: ", format, arguments);
  va_end(arguments);
}

void ganrt_trainer_warn_of(ganrt_trainer *trainer, ganrt_status_t status) {
  if (status)
    ganrt_trainer_warn(trainer, "%s", ganrt_status_message(status));
  ganrt_status_free(status);
}

/*===- Progress -------------------------------------------------------------===*/

/* Images, or steps for a game without data. */
static uint64_t progress_of(const ganrt_trainer *trainer) {
  const ganrt_counters *counters = ganrt_program_counters(trainer->program);
  return trainer->artefact->stream_count ? counters->images : counters->step;
}

static bool is_finished(const ganrt_trainer *trainer) {
  const ganrt_counters *counters = ganrt_program_counters(trainer->program);
  return counters->step >= trainer->options.steps ||
         (double)progress_of(trainer) >= trainer->options.kimg * 1000;
}

static double elapsed_seconds(const ganrt_trainer *trainer) {
  return trainer->progress.elapsed + ganrt_seconds_now() - trainer->start;
}

/* The first tick is the first step, so that people see a line soon. */
static bool tick_is_over(const ganrt_trainer *trainer) {
  const ganrt_progress *progress = &trainer->progress;
  return progress->tick == 0 ||
         (double)(progress_of(trainer) - progress->tick_start) >=
             trainer->options.tick * 1000;
}

/* Until the end, at the pace of this tick. */
static double left_seconds(const ganrt_trainer *trainer, double tick_seconds) {
  const ganrt_train_options *options = &trainer->options;
  uint64_t done = progress_of(trainer);
  uint64_t step = ganrt_program_counters(trainer->program)->step;
  double tick = (double)(done - trainer->tick_from);
  if (is_finished(trainer) || tick == 0)
    return 0;
  double steps = (double)(options->steps - step) * (double)done / (double)step;
  return fmin(options->kimg * 1000 - (double)done, steps) * tick_seconds / tick;
}

/* Tells how it goes. */
static void print_tick(ganrt_trainer *trainer) {
  const ganrt_progress *progress = &trainer->progress;
  const ganrt_report *reports = ganrt_program_reports(trainer->program);
  double now = ganrt_seconds_now();
  ganrt_tick tick = {
      .number = progress->tick,
      .step = ganrt_program_counters(trainer->program)->step,
      .images = progress_of(trainer),
      .tick_images = progress_of(trainer) - trainer->tick_from,
      .total_seconds = elapsed_seconds(trainer),
      .seconds = now - trainer->tick_start,
      .maintenance_seconds = trainer->maintenance,
      .left_seconds = left_seconds(trainer, now - trainer->tick_start),
  };
  ganrt_text line = {0}, json = {0};
  ganrt_statistics_line(trainer->artefact, reports, &tick, &line);
  ganrt_statistics_json(trainer->artefact, reports, &tick, &json);
  if (!line.failed)
    ganrt_trainer_say(trainer, "%s", line.data);
  if (!json.failed)
    ganrt_trainer_warn_of(
        trainer, ganrt_status_annotate(
                     ganrt_journal_add(&trainer->statistics, json.data),
                     "stats.jsonl: training goes on"));
  ganrt_text_destroy(&line);
  ganrt_text_destroy(&json);
}

static void begin_tick(ganrt_trainer *trainer) {
  memset(ganrt_program_reports(trainer->program), 0,
         trainer->artefact->report_count * sizeof(ganrt_report));
  trainer->progress.tick += 1;
  trainer->progress.tick_start = progress_of(trainer);
  trainer->tick_from = trainer->progress.tick_start;
  trainer->tick_start = ganrt_seconds_now();
  trainer->maintenance = 0;
}

/*===- Snapshots ------------------------------------------------------------===*/

static bool crosses(uint64_t before, uint64_t after, double unit) {
  return floor((double)before / unit) != floor((double)after / unit);
}

/* `before` and `ended_tick` describe the step that was just taken. */
static bool snapshot_is_due(const ganrt_trainer *trainer, uint64_t before,
                            bool ended_tick) {
  const ganrt_train_options *options = &trainer->options;
  uint64_t step = ganrt_program_counters(trainer->program)->step;
  if (ended_tick && trainer->progress.tick == 2)
    return true; /* the first one soon: it shows that saving works */
  switch (options->snap_unit) {
  case GANRT_SNAP_STEPS:
    return step % (uint64_t)options->snap == 0;
  case GANRT_SNAP_KIMG:
    return crosses(before, progress_of(trainer), options->snap * 1000);
  default:
    return ganrt_seconds_now() - trainer->snapshot_time >=
           (trainer->save_failures
                ? fmin(options->snap, 30.0 * (double)trainer->save_failures)
                : options->snap);
  }
}

static ganrt_status_t save_checkpoint(ganrt_trainer *trainer) {
  char name[64];
  double elapsed = trainer->progress.elapsed;
  if (ganrt_program_counters(trainer->program)->step == trainer->saved_step)
    return GANRT_STATUS_OK;
  trainer->progress.elapsed = elapsed_seconds(trainer);
  ganrt_status_t status = ganrt_inventory_collect(&trainer->inventory);
  trainer->progress.elapsed = elapsed;
  GANRT_RETURN_IF_ERROR(status);
  ganrt_checkpoint view = ganrt_inventory_view(&trainer->inventory);
  view.configuration = trainer->configuration;
  GANRT_RETURN_IF_ERROR(ganrt_checkpoint_save(trainer->run.path, &view,
                                              trainer->options.keep, name));
  trainer->saved_step = view.step;
  memcpy(trainer->checkpoint, name, sizeof name);
  return GANRT_STATUS_OK;
}

/* Saves, and forgives some failures in a row unless this is the last chance. */
static ganrt_status_t save_or_go_on(ganrt_trainer *trainer, bool is_last) {
  ganrt_status_t status = save_checkpoint(trainer);
  if (!status) {
    trainer->save_failures = 0;
    return GANRT_STATUS_OK;
  }
  trainer->save_failures += 1;
  if (!is_last && trainer->save_failures < trainer->options.max_save_failures) {
    ganrt_trainer_warn(
        trainer, "no checkpoint was saved: %s; training goes on%s%s",
        ganrt_status_message(status),
        *trainer->checkpoint ? ", the newest is " : "", trainer->checkpoint);
    ganrt_status_free(status);
    return GANRT_STATUS_OK;
  }
  /* Whatever the reason: what failed is the disk, for the caller. */
  ganrt_status_t final = ganrt_status_make(
      GANRT_IO, "no checkpoint could be saved, %llu failure%s in a row: %s",
      (unsigned long long)trainer->save_failures,
      trainer->save_failures == 1 ? "" : "s", ganrt_status_message(status));
  ganrt_status_free(status);
  return final;
}

ganrt_status_t ganrt_trainer_write_shows(ganrt_trainer *trainer,
                                         const char *suffix) {
  trainer->is_showing = true;
  ganrt_status_t status =
      ganrt_grid_write_shows(trainer->run.path, trainer->program, suffix);
  trainer->is_showing = false;
  return status;
}

/* What stands behind `checkpoint-` in the name of the newest one. */
static const char *saved_moment(const ganrt_trainer *trainer) {
  return trainer->checkpoint + sizeof "checkpoint-" - 1;
}

/* Images and networks, called like the checkpoint of their moment. */
static ganrt_status_t write_for_people(ganrt_trainer *trainer) {
  const ganrt_counters *counters = ganrt_program_counters(trainer->program);
  char moment[48];
  if (*trainer->checkpoint && counters->step == trainer->saved_step)
    snprintf(moment, sizeof moment, "%.47s", saved_moment(trainer));
  else
    GANRT_RETURN_IF_ERROR(ganrt_checkpoint_moment(
        trainer->run.path, counters->images, counters->step, moment));
  ganrt_trainer_warn_of(trainer, ganrt_trainer_write_shows(trainer, moment));
  return ganrt_signals_pending()
             ? GANRT_STATUS_OK
             : ganrt_weights_write(trainer->run.path, trainer->program, moment);
}

/* The checkpoint comes last: where there is one, images and networks of its
 * moment are there too, however the process ends. */
static ganrt_status_t take_snapshot(ganrt_trainer *trainer, bool is_last) {
  double begin = ganrt_seconds_now();
  if (!ganrt_signals_pending())
    /* They are for people: a failure is a warning. */
    ganrt_trainer_warn_of(trainer, write_for_people(trainer));
  ganrt_status_t status = save_or_go_on(trainer, is_last);
  double end = ganrt_seconds_now();
  trainer->maintenance += end - begin;
  trainer->tick_start += end - begin;
  trainer->snapshot_time = end;
  return status;
}

/*===- Numbers that are not finite ------------------------------------------===*/

/* The tensors of the state that are spoiled already, with how much of them. */
static void append_spoiled(const ganrt_trainer *trainer, ganrt_text *text) {
  const ganrt_artefact *artefact = trainer->artefact;
  const uint8_t *state = ganrt_program_state(trainer->program);
  const char *separator = "";
  ganrt_text_append(text, ",\n  \"state\": [");
  for (uint32_t i = 0; i < artefact->state_count; ++i) {
    const ganrt_state_tensor *tensor = &artefact->states[i];
    uint64_t count = tensor->bytes / sizeof(float), bad = 0;
    for (uint64_t k = 0; tensor->dtype == GANRT_F32 && k < count; ++k) {
      float value;
      memcpy(&value, state + tensor->offset + k * sizeof value, sizeof value);
      bad += !isfinite(value);
    }
    if (!bad)
      continue;
    ganrt_text_append(text, "%s\n    {\"name\": ", separator);
    ganrt_text_append_json_string(text, tensor->name);
    ganrt_text_append(text, ", \"elements\": %llu, \"not_finite\": %llu}",
                      (unsigned long long)count, (unsigned long long)bad);
    separator = ",";
  }
  ganrt_text_append(text, "]");
}

/* The newest value of each report; null is one that isn't finite. */
static void append_last_reports(const ganrt_trainer *trainer,
                                ganrt_text *text) {
  const ganrt_report *reports = ganrt_program_reports(trainer->program);
  const char *separator = "";
  ganrt_text_append(text, ",\n  \"reports\": {");
  for (uint32_t i = 0; i < trainer->artefact->report_count; ++i) {
    if (!reports[i].count)
      continue;
    ganrt_text_append(text, "%s", separator);
    ganrt_text_append_json_string(text, trainer->artefact->reports[i]);
    ganrt_text_append(text, ": ");
    ganrt_text_append_json_number(text, reports[i].last);
    separator = ", ";
  }
  ganrt_text_append(text, "}");
}

static void write_nan_report(ganrt_trainer *trainer) {
  const ganrt_counters *counters = ganrt_program_counters(trainer->program);
  ganrt_trainer_warn_of(trainer, ganrt_program_fetch(trainer->program));
  ganrt_text text = {0};
  ganrt_text_append(&text, "{\n  \"step\": %llu,\n  \"images\": %llu",
                    (unsigned long long)counters->step,
                    (unsigned long long)counters->images);
  if (trainer->bad_report != GANRT_NONE) {
    ganrt_text_append(&text, ",\n  \"report\": ");
    ganrt_text_append_json_string(
        &text, trainer->artefact->reports[trainer->bad_report]);
    ganrt_text_append(&text, ",\n  \"value\": \"%s\"",
                      ganrt_format_not_finite(trainer->bad_value));
  }
  if (trainer->trapped.length)
    ganrt_text_append(&text, ",\n  \"operation\": %s", trainer->trapped.data);
  append_last_reports(trainer, &text);
  append_spoiled(trainer, &text);
  ganrt_text_append(&text, ",\n  \"checkpoint\": ");
  ganrt_text_append_json_string(&text, trainer->checkpoint);
  ganrt_text_append(&text, "\n}\n");
  ganrt_trainer_warn_of(trainer, ganrt_run_directory_write(
                                     &trainer->run, "nan-report.json", &text));
}

/* The state is of no use any more: it isn't saved. */
static ganrt_status_t explain_failure(ganrt_trainer *trainer,
                                      ganrt_status_t status) {
  if (ganrt_status_code(status) != GANRT_NUMERIC)
    return status;
  write_nan_report(trainer);
  ganrt_status_t told = ganrt_status_make(
      GANRT_NUMERIC, "step %llu: %s; see %s/nan-report.json%s%s%s",
      (unsigned long long)ganrt_program_counters(trainer->program)->step,
      ganrt_status_message(status), trainer->run.path,
      *trainer->checkpoint ? ", the newest checkpoint is " : "",
      trainer->checkpoint,
      trainer->options.trap_nan ? "" : "; --trap-nan finds what made it");
  ganrt_status_free(status);
  return told;
}

/*===- The loop -------------------------------------------------------------===*/

static ganrt_status_t finish(ganrt_trainer *trainer) {
  trainer->signal = ganrt_signals_pending();
  if (trainer->signal)
    ganrt_trainer_say(trainer, "%s: saving a checkpoint, then ending",
                      ganrt_signals_name(trainer->signal));
  GANRT_RETURN_IF_ERROR(take_snapshot(trainer, true));
  if (!ganrt_signals_pending())
    ganrt_trainer_say(trainer, "images and networks: %s/*%s.*",
                      trainer->run.path, saved_moment(trainer));
  if (trainer->signal || *trainer->checkpoint)
    ganrt_trainer_say(trainer, "saved %s; go on with --resume=%s",
                      trainer->checkpoint, trainer->run.path);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_trainer_run(ganrt_trainer *trainer) {
  trainer->start = ganrt_seconds_now();
  trainer->maintenance += trainer->start - trainer->tick_start;
  trainer->tick_start = trainer->start;
  trainer->tick_from = progress_of(trainer);
  trainer->snapshot_time = trainer->start;
  if (is_finished(trainer) && trainer->beginning == GANRT_BEGIN_RESUME) {
    ganrt_trainer_say(trainer, "nothing is left to do: the run has reached its "
                               "end; give a larger --kimg or --steps");
    return GANRT_STATUS_OK;
  }
  while (!is_finished(trainer) && !ganrt_signals_pending()) {
    uint64_t before = progress_of(trainer);
    if (trainer->recorder)
      ganrt_recorder_begin_step(trainer->recorder,
                                ganrt_program_counters(trainer->program)->step);
    ganrt_status_t status = ganrt_program_step(trainer->program);
    if (status)
      return explain_failure(trainer, status);
    bool ends_tick = tick_is_over(trainer);
    if (ends_tick || is_finished(trainer))
      print_tick(trainer);
    /* A tick that the end cuts short goes on when the run is resumed. */
    if (ends_tick)
      begin_tick(trainer);
    if (!is_finished(trainer) && !ganrt_signals_pending() &&
        snapshot_is_due(trainer, before, ends_tick))
      GANRT_RETURN_IF_ERROR(take_snapshot(trainer, false));
  }
  return finish(trainer);
}
