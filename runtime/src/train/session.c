/*===- session.c - opening and closing a training run ---------------------===
 *
 * Nothing is written before everything that can be wrong with the command line,
 * the data or the checkpoint has been found out.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/trainer.h"

#include "runtime/src/clock.h"
#include "runtime/src/train/grid.h"
#include "runtime/src/train/signals.h"
#include "runtime/src/train/statistics.h"
#include "runtime/src/train/trap.h"
#include "runtime/src/train/weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*===- What the program asks for --------------------------------------------===*/

/* A draw of a step can be given and is recorded; one of an image grid isn't. */
static ganrt_status_t note_draw(ganrt_trainer *trainer, uint32_t draw,
                                void *values) {
  if (trainer->is_showing)
    return GANRT_STATUS_OK;
  if (ganrt_given_has(trainer->given, draw))
    GANRT_RETURN_IF_ERROR(ganrt_given_next(trainer->given, draw, values));
  return trainer->recorder
             ? ganrt_recorder_draw(trainer->recorder, draw, values)
             : GANRT_STATUS_OK;
}

static ganrt_status_t draw_data(void *context, uint32_t stream, uint32_t draw,
                                ganrt_scope scope, void *batch,
                                uint64_t bytes) {
  ganrt_trainer *trainer = context;
  (void)bytes;
  ganrt_source_draw(trainer->data.sources, stream,
                    ganrt_program_counters(trainer->program)->seed, scope,
                    batch);
  return note_draw(trainer, draw, batch);
}

static ganrt_status_t drawn(void *context, uint32_t draw, void *values,
                            uint64_t bytes) {
  (void)bytes;
  return note_draw(context, draw, values);
}

static ganrt_status_t reported(void *context, uint32_t report, double value) {
  ganrt_trainer *trainer = context;
  if (!isfinite(value)) {
    trainer->bad_report = report;
    trainer->bad_value = value;
    return ganrt_status_make(GANRT_NUMERIC, "'%s' is %s",
                             trainer->artefact->reports[report],
                             ganrt_format_not_finite(value));
  }
  return trainer->recorder
             ? ganrt_recorder_report(trainer->recorder, report, value)
             : GANRT_STATUS_OK;
}

static ganrt_status_t record(void *context, uint32_t index, const void *values,
                             uint64_t bytes) {
  ganrt_trainer *trainer = context;
  (void)bytes;
  return ganrt_recorder_record(trainer->recorder, index, values);
}

static ganrt_status_t called(void *context, const ganrt_call *call) {
  ganrt_trainer *trainer = context;
  if (trainer->profile)
    ganrt_profile_called(trainer->profile, call);
  return trainer->options.trap_nan
             ? ganrt_trap_check(trainer->artefact, call, &trainer->trapped)
             : GANRT_STATUS_OK;
}

/*===- Opening --------------------------------------------------------------===*/

/* Tells how reading goes when it takes long. */
static bool should_stop(uint64_t done, uint64_t all) {
  static const double patience = 5; /* seconds */
  static double told;
  double now = ganrt_seconds_now();
  if (done <= 1)
    told = now;
  if (done && now - told > patience) {
    printf("reading data: %llu of %llu images\n", (unsigned long long)done,
           (unsigned long long)all);
    fflush(stdout);
    told = now;
  }
  return ganrt_signals_pending() != 0;
}

static ganrt_status_t open_program(ganrt_trainer *trainer) {
  const ganrt_train_options *options = &trainer->options;
  GANRT_RETURN_IF_ERROR(
      ganrt_pool_create(NULL, (uint32_t)options->threads, &trainer->pool));
  ganrt_program_options settings = {.pool = trainer->pool,
                                    .seed = options->seed,
                                    .cpu = options->cpu,
                                    .device = options->device,
                                    .profile = options->profile};
  GANRT_RETURN_IF_ERROR(
      ganrt_program_create(trainer->artefact, &settings, &trainer->program));
  if (options->record)
    GANRT_RETURN_IF_ERROR(
        ganrt_recorder_create(trainer->artefact, &trainer->recorder));
  if (options->profile)
    GANRT_RETURN_IF_ERROR(
        ganrt_profile_create(trainer->program, &trainer->profile));
  GANRT_RETURN_IF_ERROR(ganrt_given_open(options, &trainer->given));
  ganrt_hooks hooks = {
      .context = trainer,
      .draw_data = draw_data,
      .drawn = trainer->recorder || options->given_count ? drawn : NULL,
      .reported = reported,
      .record = trainer->recorder ? record : NULL,
      .called = trainer->profile || options->trap_nan ? called : NULL,
      .called_with_values = options->trap_nan,
  };
  ganrt_program_set_hooks(trainer->program, &hooks);
  ganrt_signals_on_crash(trainer->artefact->digest,
                         &ganrt_program_counters(trainer->program)->step);
  memcpy(ganrt_program_option_values(trainer->program), options->values,
         trainer->artefact->option_count * sizeof(double));
  ganrt_xxh3_of(options->values,
                trainer->artefact->option_count * sizeof(double),
                trainer->configuration);
  if (trainer->artefact->stream_count)
    ganrt_program_counters(trainer->program)->stream_size =
        (double)ganrt_source_size(&trainer->data.sources[0]);
  return ganrt_inventory_make(trainer->program, &trainer->data,
                              &trainer->progress, &trainer->inventory);
}

/* Warnings that came as lines of one text. */
static void warn_lines(ganrt_trainer *trainer, ganrt_text *lines) {
  for (const char *at = lines->length ? lines->data : ""; *at;) {
    size_t length = strcspn(at, "\n");
    ganrt_trainer_warn(trainer, "%.*s", (int)length, at);
    at += length + (at[length] == '\n');
  }
  ganrt_text_destroy(lines);
}

/* A run has the seed it began with. */
static void keep_seed(ganrt_trainer *trainer, ganrt_text *notes) {
  uint64_t seed = ganrt_program_counters(trainer->program)->seed;
  if (trainer->options.seed != seed)
    ganrt_text_append(
        notes, "--seed=%llu is not used: the run began with %llu\n",
        (unsigned long long)trainer->options.seed, (unsigned long long)seed);
  trainer->options.seed = seed;
}

/* What starts from weights starts from those of the file; what the file holds
 * of it counts all the same. */
static ganrt_status_t start_from_weights(ganrt_trainer *trainer,
                                         ganrt_text *notes) {
  const char *path = trainer->options.init;
  ganrt_text first = {0};
  ganrt_status_t status = ganrt_weights_load(path, trainer->program, &first);
  ganrt_text_destroy(&first);
  if (!status)
    status = ganrt_program_start(trainer->program);
  return status ? status : ganrt_weights_load(path, trainer->program, notes);
}

/* Fills the state, in one of four ways. */
static ganrt_status_t fill_state(ganrt_trainer *trainer, ganrt_text *notes) {
  ganrt_checkpoint view = ganrt_inventory_view(&trainer->inventory);
  ganrt_checkpoint_found found;
  switch (trainer->beginning) {
  case GANRT_BEGIN_RESUME:
    GANRT_RETURN_IF_ERROR(
        ganrt_checkpoint_load_newest(trainer->run.path, &view, notes, &found));
    if (!*found.name)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "'%s' holds no whole checkpoint to resume from",
                               ganrt_quote(trainer->run.path).text);
    memcpy(trainer->checkpoint, found.name, sizeof found.name);
    trainer->saved_step = found.step;
    ganrt_inventory_restore(&trainer->inventory);
    break;
  case GANRT_BEGIN_BRANCH:
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        ganrt_checkpoint_load(trainer->origin, &view, notes),
        "'%s' cannot be resumed", ganrt_quote(trainer->origin).text));
    ganrt_inventory_restore(&trainer->inventory);
    break;
  case GANRT_BEGIN_NEW:
    ganrt_program_initialize(trainer->program);
    GANRT_RETURN_IF_ERROR(ganrt_program_start_weights(trainer->program));
    GANRT_RETURN_IF_ERROR(ganrt_program_start(trainer->program));
    break;
  case GANRT_BEGIN_WEIGHTS:
    ganrt_program_initialize(trainer->program);
    GANRT_RETURN_IF_ERROR(ganrt_program_start_weights(trainer->program));
    GANRT_RETURN_IF_ERROR(start_from_weights(trainer, notes));
    break;
  }
  keep_seed(trainer, notes);
  return ganrt_program_derive(trainer->program);
}

static ganrt_status_t write_options(const ganrt_trainer *trainer) {
  const ganrt_artefact *artefact = trainer->artefact;
  ganrt_text text = {0};
  ganrt_text_append(&text, "{\n  \"game\": ");
  ganrt_text_append_json_string(&text, artefact->name);
  ganrt_text_append(&text, ",\n  \"structure\": ");
  ganrt_text_append_json_string(&text, artefact->structure);
  ganrt_text_append(&text, ",\n  \"build\": ");
  ganrt_text_append_json_string(&text, artefact->digest);
  ganrt_text_append(&text, ",\n  \"numerics\": ");
  ganrt_text_append_json_string(&text, artefact->numerics);
  ganrt_text_append(&text, ",\n  \"device\": ");
  ganrt_text_append_json_string(&text, ganrt_program_device(trainer->program));
  ganrt_text_append(&text, ",\n  \"abi\": %u", artefact->abi_version);
  const char *origin =
      trainer->beginning == GANRT_BEGIN_BRANCH   ? trainer->origin
      : trainer->beginning == GANRT_BEGIN_RESUME ? trainer->options.resumed_from
                                                 : NULL;
  if (origin) {
    ganrt_text_append(&text, ",\n  \"resumed_from\": ");
    ganrt_text_append_json_string(&text, origin);
  }
  ganrt_text_append(&text, ",\n  \"data\": [");
  for (uint32_t i = 0; i < artefact->stream_count; ++i) {
    const ganrt_checkpoint_data *info = &trainer->data.infos[i];
    ganrt_text_append(&text, "%s\n    {\"stream\": ", i ? "," : "");
    ganrt_text_append_json_string(&text, info->stream);
    ganrt_text_append(&text, ", \"samples\": %llu, \"fingerprint\": \"%s\"}",
                      (unsigned long long)info->samples, info->fingerprint);
  }
  ganrt_text_append(&text, "\n  ],\n  ");
  ganrt_train_options_write(&trainer->options, &text);
  ganrt_text_append(&text, "\n}\n");
  return ganrt_run_directory_write(&trainer->run, "options.json", &text);
}

/* A new numbered folder, named after game, data and batch. */
static ganrt_status_t make_folder(ganrt_trainer *trainer) {
  const ganrt_train_options *options = &trainer->options;
  const ganrt_artefact *artefact = trainer->artefact;
  char dataset[64] = "";
  uint32_t batch = 0;
  if (artefact->stream_count) {
    ganrt_path_stem(trainer->data.paths[0], dataset, sizeof dataset);
    batch = (uint32_t)trainer->data.sources[0].batch;
  }
  GANRT_RETURN_IF_ERROR(ganrt_run_directory_create(
      options->outdir, artefact->name, dataset, batch,
      options->desc ? options->desc : "", &trainer->run));
  return write_options(trainer);
}

static ganrt_status_t open_journals(ganrt_trainer *trainer) {
  char path[GANRT_PATH_MAX];
  GANRT_RETURN_IF_ERROR(ganrt_path_join(trainer->run.path, "log.txt", path));
  GANRT_RETURN_IF_ERROR(ganrt_journal_open(path, &trainer->log));
  GANRT_RETURN_IF_ERROR(
      ganrt_path_join(trainer->run.path, "stats.jsonl", path));
  return ganrt_statistics_open(path,
                               ganrt_program_counters(trainer->program)->step,
                               trainer->progress.tick, &trainer->statistics);
}

static void say_stream(ganrt_trainer *trainer, uint32_t index) {
  const ganrt_checkpoint_data *info = &trainer->data.infos[index];
  uint64_t batch = trainer->data.sources[index].batch;
  ganrt_trainer_say(trainer, "stream %s: %llu samples", info->stream,
                    (unsigned long long)info->samples);
  if (info->samples < batch)
    ganrt_trainer_warn(trainer,
                       "stream %s: a batch of %llu is more than all the data: "
                       "it holds samples several times",
                       info->stream, (unsigned long long)batch);
}

static void say_beginning(ganrt_trainer *trainer) {
  const ganrt_counters *counters = ganrt_program_counters(trainer->program);
  double kimg = (double)counters->images / 1000;
  unsigned long long step = counters->step;
  switch (trainer->beginning) {
  case GANRT_BEGIN_NEW:
    ganrt_trainer_say(trainer, "new run in %s", trainer->run.path);
    break;
  case GANRT_BEGIN_RESUME:
    ganrt_trainer_say(trainer,
                      "resumed %s from %s: step %llu, kimg %.1f; goes on in "
                      "the same folder",
                      trainer->run.path, trainer->checkpoint, step, kimg);
    break;
  case GANRT_BEGIN_BRANCH:
    ganrt_trainer_say(trainer,
                      "branched from %s: step %llu, kimg %.1f; goes on in the "
                      "new run %s",
                      trainer->origin, step, kimg, trainer->run.path);
    break;
  case GANRT_BEGIN_WEIGHTS:
    ganrt_trainer_say(trainer,
                      "new run in %s with the weights of %s: kimg 0, fresh "
                      "moments",
                      trainer->run.path, trainer->options.init);
    break;
  }
  ganrt_trainer_say(trainer, "device %s",
                    ganrt_program_device(trainer->program));
  for (uint32_t i = 0; i < trainer->artefact->stream_count; ++i)
    say_stream(trainer, i);
}

/* Draws that will not do are found out before there is a run. */
static ganrt_status_t check_given(const ganrt_trainer *trainer) {
  const ganrt_train_options *options = &trainer->options;
  uint64_t done = ganrt_program_counters(trainer->program)->step;
  bool ends_by_steps = options->steps != UINT64_MAX && options->steps > done &&
                       !ganrt_train_options_is_given(options, "kimg");
  return options->given_count && ends_by_steps
             ? ganrt_given_check(trainer->given, options->steps - done)
             : GANRT_STATUS_OK;
}

ganrt_status_t ganrt_trainer_open(ganrt_trainer *trainer) {
  ganrt_text notes = {0};
  GANRT_RETURN_IF_ERROR(
      ganrt_data_open(&trainer->options, should_stop, &trainer->data));
  GANRT_RETURN_IF_ERROR(open_program(trainer));
  /* A place that cannot be written is found out now, not after the training. */
  if (trainer->recorder)
    GANRT_RETURN_IF_ERROR(
        ganrt_recorder_write(trainer->recorder, trainer->options.record));
  bool is_resumed = trainer->beginning == GANRT_BEGIN_RESUME;
  ganrt_status_t status = GANRT_STATUS_OK;
  if (is_resumed) {
    status = ganrt_run_directory_open(trainer->origin, &trainer->run);
    if (!status)
      status = ganrt_checkpoint_clean(trainer->run.path);
  }
  if (!status)
    status = fill_state(trainer, &notes);
  if (!status)
    status = check_given(trainer);
  if (!status && !is_resumed)
    status = make_folder(trainer);
  if (!status)
    status = open_journals(trainer);
  if (status) {
    warn_lines(trainer, &notes);
    return status;
  }
  say_beginning(trainer);
  warn_lines(trainer, &notes);
  warn_lines(trainer, &trainer->options.changes);
  if (is_resumed) {
    /* The next resumption goes on with what was said now. */
    ganrt_trainer_warn_of(trainer, write_options(trainer));
    return GANRT_STATUS_OK;
  }
  uint64_t seed = ganrt_program_counters(trainer->program)->seed;
  ganrt_trainer_warn_of(trainer, ganrt_grid_write_reals(trainer->run.path,
                                                        trainer->artefact,
                                                        &trainer->data, seed));
  ganrt_trainer_warn_of(trainer, ganrt_trainer_write_shows(trainer, "_init"));
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_trainer_preview(ganrt_trainer *trainer, ganrt_text *text) {
  const ganrt_train_options *options = &trainer->options;
  GANRT_RETURN_IF_ERROR(ganrt_data_open(options, should_stop, &trainer->data));
  GANRT_RETURN_IF_ERROR(open_program(trainer));
  ganrt_checkpoint view = ganrt_inventory_view(&trainer->inventory);
  double data = 0;
  for (uint32_t i = 0; i < trainer->data.dataset_count; ++i)
    data += (double)(trainer->data.datasets[i].samples.bytes +
                     trainer->data.datasets[i].labels.bytes);
  uint32_t threads = ganrt_pool_threads(trainer->pool);
  double memory = (double)ganrt_program_bytes(trainer->artefact, threads);
  double state = (double)ganrt_checkpoint_bytes(&view);
  char program_size[32], data_size[32], one_size[32], all_size[32],
      network_size[32];
  ganrt_text_append(text, "options:\n");
  ganrt_train_options_print(options, text);
  for (uint32_t i = 0; i < trainer->artefact->stream_count; ++i)
    ganrt_text_append(text, "stream %s: %llu samples\n",
                      trainer->data.infos[i].stream,
                      (unsigned long long)trainer->data.infos[i].samples);
  ganrt_text_append(
      text,
      "threads: %u\n"
      "memory: %s for training, %s for data\n"
      "disk: %s for a checkpoint, %s for all that are kept, %s more for the "
      "networks at each snapshot; while saving, twice a checkpoint must be "
      "free\n",
      threads, ganrt_format_bytes(memory, program_size, sizeof program_size),
      ganrt_format_bytes(data, data_size, sizeof data_size),
      ganrt_format_bytes(state, one_size, sizeof one_size),
      ganrt_format_bytes(state * (double)(options->keep + 1), all_size,
                         sizeof all_size),
      ganrt_format_bytes(ganrt_weights_bytes(trainer->artefact), network_size,
                         sizeof network_size));
  return ganrt_text_status(text);
}

void ganrt_trainer_close(ganrt_trainer *trainer) {
  ganrt_journal_close(&trainer->log);
  ganrt_journal_close(&trainer->statistics);
  if (trainer->program)
    ganrt_inventory_destroy(&trainer->inventory);
  ganrt_recorder_destroy(trainer->recorder);
  ganrt_given_close(trainer->given);
  ganrt_profile_destroy(trainer->profile);
  ganrt_program_destroy(trainer->program);
  ganrt_pool_destroy(trainer->pool);
  ganrt_data_close(&trainer->data);
  ganrt_run_directory_close(&trainer->run);
  ganrt_train_options_destroy(&trainer->options);
  ganrt_text_destroy(&trainer->trapped);
}
