/*===- command_line.c - a training program from argv to exit code ---------===*/
#include "ganrt/trainer.h"

#include "runtime/src/clock.h"
#include "runtime/src/devices/choice.h"
#include "runtime/src/file.h"
#include "runtime/src/train/signals.h"
#include "runtime/src/train/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *program_name(const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  return slash ? slash + 1 : path ? path : "train";
}

static int print_text(ganrt_text *text) {
  int code = text->failed || fputs(text->data, stdout) == EOF ? 70 : 0;
  ganrt_text_destroy(text);
  return code;
}

static int print_help(const ganrt_trainer *trainer, const char *program) {
  ganrt_text text = {0};
  ganrt_train_options_help(&trainer->options, program, &text);
  return print_text(&text);
}

static int print_version(const ganrt_artefact *artefact) {
  ganrt_text text = {0};
  ganrt_text_append(&text,
                    "trainer of the game '%s'\nbuild %s\nnumerics %s, code "
                    "for ",
                    artefact->name, artefact->digest, artefact->numerics);
  ganrt_devices_append(artefact, &text);
  ganrt_text_append(&text, ", abi %u\n", artefact->abi_version);
  return print_text(&text);
}

static int print_devices(const ganrt_artefact *artefact) {
  ganrt_text text = {0};
  ganrt_devices_list(artefact, &text);
  return print_text(&text);
}

static bool has_file(const char *folder, const char *name) {
  char path[GANRT_PATH_MAX];
  struct stat info;
  return !ganrt_status_ignore(ganrt_path_join(folder, name, path)) &&
         stat(path, &info) == 0;
}

/* checkpoint-latest names the newest checkpoint beside it. */
static ganrt_status_t follow_latest(char origin[GANRT_PATH_MAX]) {
  static const char latest[] = "/checkpoint-latest";
  size_t length = strlen(origin), tail = sizeof latest - 1;
  if (length < tail || strcmp(origin + length - tail, latest) != 0)
    return GANRT_STATUS_OK;
  ganrt_bytes bytes;
  GANRT_RETURN_IF_ERROR(ganrt_file_read(NULL, origin, 256, &bytes));
  char name[256] = {0}, folder[GANRT_PATH_MAX];
  memcpy(name, bytes.data, bytes.size < 256 ? bytes.size : 255);
  ganrt_bytes_destroy(&bytes);
  name[strcspn(name, "\n")] = 0;
  snprintf(folder, sizeof folder, "%.*s", (int)(length - tail), origin);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(folder, name, origin));
  if (*name && !strchr(name, '/') && has_file(origin, "manifest.json"))
    return GANRT_STATUS_OK;
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "--resume: checkpoint-latest names '%s', which is "
                           "no checkpoint beside it",
                           ganrt_quote(name).text);
}

/* A run goes on where it is. */
static ganrt_status_t check_folder(const ganrt_trainer *trainer) {
  const ganrt_train_options *options = &trainer->options;
  if (!ganrt_train_options_is_given(options, "outdir"))
    return GANRT_STATUS_OK;
  const char *name = strrchr(trainer->origin, '/');
  size_t length = name ? (size_t)(name - trainer->origin) : 0;
  char *folder = realpath(options->outdir, NULL);
  bool is_same = folder && strlen(folder) == length &&
                 memcmp(folder, trainer->origin, length) == 0;
  free(folder);
  return is_same ? GANRT_STATUS_OK
                 : ganrt_status_make(
                       GANRT_INVALID_ARGUMENT,
                       "--resume goes on in the run's own folder, and that is "
                       "not in --outdir=%s; a run there begins with one of its "
                       "checkpoints",
                       ganrt_quote(options->outdir).text);
}

/* Finds out where the run comes from. */
static ganrt_status_t choose_beginning(ganrt_trainer *trainer) {
  const ganrt_train_options *options = &trainer->options;
  const char *resume = options->resume;
  trainer->beginning = options->init ? GANRT_BEGIN_WEIGHTS : GANRT_BEGIN_NEW;
  if (!resume)
    return GANRT_STATUS_OK;
  if (options->init)
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "--resume and --init exclude each other: a resumed "
        "run has its own weights");
  if (options->options_file)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "--resume and --options exclude each other: a "
                             "resumed run has its own options");
  if (strcmp(resume, "auto") == 0) {
    GANRT_RETURN_IF_ERROR(ganrt_run_directory_newest(
        options->outdir, trainer->artefact->name, trainer->origin));
    ganrt_checkpoint_list list = {0};
    if (*trainer->origin)
      GANRT_RETURN_IF_ERROR(
          ganrt_checkpoint_list_make(trainer->origin, NULL, &list));
    if (list.count && list.found[0].is_whole)
      trainer->beginning = GANRT_BEGIN_RESUME;
    else
      trainer->origin[0] = 0;
    ganrt_checkpoint_list_destroy(&list);
    return GANRT_STATUS_OK;
  }
  char *resolved = realpath(resume, NULL);
  if (!resolved)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "--resume: there is no run or checkpoint '%s'",
                             ganrt_quote(resume).text);
  int size = snprintf(trainer->origin, sizeof trainer->origin, "%s", resolved);
  free(resolved);
  if (size < 0 || size >= GANRT_PATH_MAX)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "the path '%s' is too long",
                             ganrt_quote(resume).text);
  GANRT_RETURN_IF_ERROR(follow_latest(trainer->origin));
  if (has_file(trainer->origin, "manifest.json"))
    trainer->beginning = GANRT_BEGIN_BRANCH;
  else if (has_file(trainer->origin, "options.json"))
    trainer->beginning = GANRT_BEGIN_RESUME;
  else
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "--resume: '%s' is neither a run nor a checkpoint: it holds no "
        "options.json and no manifest.json",
        ganrt_quote(resume).text);
  return trainer->beginning == GANRT_BEGIN_RESUME ? check_folder(trainer)
                                                  : GANRT_STATUS_OK;
}

/* Options that the command line leaves open come from the run it goes on with,
 * or from the file it names. */
static ganrt_status_t complete_options(ganrt_trainer *trainer) {
  char path[GANRT_PATH_MAX];
  if (trainer->options.options_file)
    return ganrt_train_options_read(&trainer->options,
                                    trainer->options.options_file);
  switch (trainer->beginning) {
  case GANRT_BEGIN_RESUME:
    GANRT_RETURN_IF_ERROR(
        ganrt_path_join(trainer->origin, "options.json", path));
    return ganrt_train_options_read(&trainer->options, path);
  case GANRT_BEGIN_BRANCH:
    GANRT_RETURN_IF_ERROR(
        ganrt_path_join(trainer->origin, "../options.json", path));
    return has_file(trainer->origin, "../options.json")
               ? ganrt_train_options_read(&trainer->options, path)
               : GANRT_STATUS_OK;
  default:
    return GANRT_STATUS_OK;
  }
}

/* What is written whether training ended well or not. */
static ganrt_status_t write_reports(ganrt_trainer *trainer) {
  ganrt_status_t status = GANRT_STATUS_OK;
  if (trainer->recorder) {
    status = ganrt_recorder_write(trainer->recorder, trainer->options.record);
    if (!status)
      ganrt_trainer_say(trainer, "recorded in %s", trainer->options.record);
  }
  if (trainer->profile) {
    char path[GANRT_PATH_MAX];
    ganrt_text table = {0};
    ganrt_profile_table(trainer->profile, &table);
    if (!table.failed)
      ganrt_trainer_say(trainer, "%s", table.data);
    ganrt_text_destroy(&table);
    ganrt_status_t written =
        ganrt_path_join(trainer->run.path, "trace.json", path);
    if (!written)
      written = ganrt_profile_write(trainer->profile, path);
    ganrt_trainer_warn_of(trainer, written);
  }
  return status;
}

static ganrt_status_t train(ganrt_trainer *trainer) {
  GANRT_RETURN_IF_ERROR(choose_beginning(trainer));
  GANRT_RETURN_IF_ERROR(complete_options(trainer));
  if (trainer->options.dry_run) {
    ganrt_text text = {0};
    GANRT_RETURN_IF_ERROR(ganrt_trainer_preview(trainer, &text));
    fputs(text.data, stdout);
    ganrt_text_destroy(&text);
    return GANRT_STATUS_OK;
  }
  GANRT_RETURN_IF_ERROR(ganrt_trainer_open(trainer));
  ganrt_status_t status = ganrt_trainer_run(trainer);
  ganrt_status_t written = write_reports(trainer);
  if (!status)
    return written;
  ganrt_status_free(written);
  return status;
}

static int end(ganrt_trainer *trainer, const char *program,
               ganrt_status_t status) {
  int code = ganrt_status_exit_code(status);
  int signal = trainer->signal;
  bool stopped_early = status && ganrt_signals_pending() && !signal;
  bool exits_with_zero = trainer->options.exit_zero_on_signal;
  if (status) {
    fprintf(stderr, "%s: error: %s\n", program, ganrt_status_message(status));
    char line[4096];
    snprintf(line, sizeof line, "error: %s", ganrt_status_message(status));
    ganrt_status_ignore(ganrt_journal_add(&trainer->log, line));
  }
  /* A signal before there was anything to save. */
  if (stopped_early && *trainer->run.path == 0)
    signal = ganrt_signals_pending();
  ganrt_status_free(status);
  ganrt_trainer_close(trainer);
  free(trainer);
  if (signal && exits_with_zero)
    return 0;
  if (signal)
    ganrt_signals_raise(signal);
  return code;
}

int ganrt_train_main(const ganrt_artefact *artefact, int argc, char **argv) {
  const char *program = program_name(argc > 0 ? argv[0] : NULL);
  ganrt_trainer *trainer = calloc(1, sizeof *trainer);
  if (!trainer) {
    fprintf(stderr, "%s: error: out of memory\n", program);
    return 70;
  }
  trainer->artefact = artefact;
  trainer->tick_start = ganrt_seconds_now();
  trainer->log.descriptor = trainer->statistics.descriptor = -1;
  trainer->run.lock = -1;
  trainer->saved_step = UINT64_MAX;
  trainer->bad_report = GANRT_NONE;
  ganrt_signals_install();
  ganrt_status_t status =
      ganrt_train_options_begin(artefact, &trainer->options);
  if (!status)
    status = ganrt_train_options_parse(&trainer->options, argc,
                                       (const char *const *)argv);
  int code = -1;
  if (!status && trainer->options.help)
    code = print_help(trainer, argc > 0 ? argv[0] : "train");
  else if (!status && trainer->options.version)
    code = print_version(artefact);
  else if (!status && trainer->options.list_devices)
    code = print_devices(artefact);
  if (!status && code < 0)
    status = train(trainer);
  int ended = end(trainer, program, status);
  return code < 0 ? ended : code;
}
