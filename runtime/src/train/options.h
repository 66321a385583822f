/*===- options.h - what a training program was asked to do ------------------===
 *
 * One table of flags serves the command line, options.json and --help. Every
 * `option` of the game is a flag like the built-in ones.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_OPTIONS_H
#define RUNTIME_SRC_TRAIN_OPTIONS_H

#include "ganrt/abi.h"
#include "ganrt/status.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ganrt_snap_unit {
  GANRT_SNAP_SECONDS,
  GANRT_SNAP_KIMG,
  GANRT_SNAP_STEPS
} ganrt_snap_unit;

enum { GANRT_MAX_PATHS = 64 };

/* NAME=PATH; the name is NULL when only a path was given. */
typedef struct ganrt_named_path {
  char *name;
  char *path;
} ganrt_named_path;

/* Strings are owned; NULL means "not given". Start from zero. */
typedef struct ganrt_train_options {
  const ganrt_artefact *artefact;
  ganrt_named_path data[GANRT_MAX_PATHS];
  ganrt_named_path given[GANRT_MAX_PATHS];
  uint32_t data_count, given_count;
  char *outdir;
  char *resume;
  char *init;
  char *record;
  char *desc;
  char *options_file;
  char *cpu;
  char *device;
  char *resumed_from; /* what options.json says */
  uint64_t seed;
  uint64_t steps; /* UINT64_MAX: no such end */
  double kimg;
  double tick; /* kimg */
  double snap;
  ganrt_snap_unit snap_unit;
  uint64_t keep;
  uint64_t threads; /* 0: as many as there are */
  uint64_t max_save_failures;
  uint64_t max_dataset_bytes;
  bool mirror, dry_run, exit_zero_on_signal, profile, trap_nan, help, version,
      list_devices;
  double *values;     /* of the game's options */
  uint8_t *origins;   /* per flag and option: see options.c */
  ganrt_text changes; /* sentences: game options that differ from the file's */
} ganrt_train_options;

/* Defaults. `options` stays valid until it is destroyed. */
GANRT_MUST_USE ganrt_status_t ganrt_train_options_begin(
    const ganrt_artefact *artefact, ganrt_train_options *options);
void ganrt_train_options_destroy(ganrt_train_options *options);

/* Reads argv[1] … A later flag wins over an earlier one. */
GANRT_MUST_USE ganrt_status_t ganrt_train_options_parse(
    ganrt_train_options *options, int argc, const char *const *argv);

/* Whether the command line has it. */
bool ganrt_train_options_is_given(const ganrt_train_options *options,
                                  const char *flag);

/* Fills in what the command line left open from a run's options.json. */
GANRT_MUST_USE ganrt_status_t
ganrt_train_options_read(ganrt_train_options *options, const char *path);

/* The members of options.json that ganrt_train_options_read reads:
 * "train": {…}, "options": {…}. Paths are made absolute. */
void ganrt_train_options_write(const ganrt_train_options *options,
                               ganrt_text *text);

/* All options with their values, one per line, for --dry-run. */
void ganrt_train_options_print(const ganrt_train_options *options,
                               ganrt_text *text);

/* The text of --help. */
void ganrt_train_options_help(const ganrt_train_options *options,
                              const char *program, ganrt_text *text);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_OPTIONS_H */
