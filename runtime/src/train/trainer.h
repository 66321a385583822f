/*===- trainer.h - a training run from its first to its last step -----------===
 *
 * session.c opens a run, new or resumed, and closes it; trainer.c takes the
 * steps, and between two steps does what is due: status lines, snapshots,
 * signals.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_TRAINER_H
#define RUNTIME_SRC_TRAIN_TRAINER_H

#include "ganrt/program.h"
#include "runtime/src/train/data.h"
#include "runtime/src/train/given.h"
#include "runtime/src/train/inventory.h"
#include "runtime/src/train/journal.h"
#include "runtime/src/train/options.h"
#include "runtime/src/train/profile.h"
#include "runtime/src/train/record.h"
#include "runtime/src/train/run_directory.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a run begins. */
typedef enum ganrt_beginning {
  GANRT_BEGIN_NEW,
  GANRT_BEGIN_RESUME, /* in the same folder */
  GANRT_BEGIN_BRANCH, /* from a checkpoint, in a new folder */
  GANRT_BEGIN_WEIGHTS /* only weights, everything else fresh */
} ganrt_beginning;

typedef struct ganrt_trainer {
  ganrt_train_options options;
  const ganrt_artefact *artefact;
  ganrt_pool *pool;
  ganrt_program *program;
  ganrt_data data;
  ganrt_progress progress;
  ganrt_inventory inventory;
  ganrt_run_directory run;
  ganrt_journal log, statistics;
  ganrt_recorder *recorder; /* NULL: not asked for */
  ganrt_given *given;
  ganrt_profile *profile;

  ganrt_beginning beginning;
  char origin[GANRT_PATH_MAX]; /* run or checkpoint it comes from */
  char checkpoint[64];         /* the newest; empty if there is none */
  uint64_t saved_step;         /* of the newest; UINT64_MAX: none */
  ganrt_xxh3_hex configuration;

  double start;           /* of this process's training, seconds */
  double tick_start;      /* of this tick */
  uint64_t tick_from;     /* images or steps at that moment */
  double maintenance;     /* seconds within this tick or before the first */
  double snapshot_time;   /* of the last snapshot or the last try */
  uint64_t save_failures; /* in a row */
  uint32_t bad_report;    /* that was not finite */
  double bad_value;
  ganrt_text trapped; /* what --trap-nan found, as JSON */
  bool is_showing;    /* draws belong to an image grid, not to a step */
  int signal;         /* that ended training, or 0 */
} ganrt_trainer;

/*===- session.c ------------------------------------------------------------===*/

/* Opens data, program and run folder as the options say; the options belong to
 * the trainer already. */
GANRT_MUST_USE ganrt_status_t ganrt_trainer_open(ganrt_trainer *trainer);

/* Everything is checked and counted, nothing is written: for --dry-run. */
GANRT_MUST_USE ganrt_status_t ganrt_trainer_preview(ganrt_trainer *trainer,
                                                    ganrt_text *text);

void ganrt_trainer_close(ganrt_trainer *trainer);

/*===- trainer.c ------------------------------------------------------------===*/

/* Trains until the end is reached or a signal comes. */
GANRT_MUST_USE ganrt_status_t ganrt_trainer_run(ganrt_trainer *trainer);

/* Writes the image grids of the game's shows. */
GANRT_MUST_USE ganrt_status_t ganrt_trainer_write_shows(ganrt_trainer *trainer,
                                                        const char *suffix);

/* A line on the terminal and in log.txt. */
void ganrt_trainer_say(ganrt_trainer *trainer, const char *format, ...)
    GANRT_PRINTF(2, 3);
void ganrt_trainer_warn(ganrt_trainer *trainer, const char *format, ...)
    GANRT_PRINTF(2, 3);
/* A failure that training survives; frees it. */
void ganrt_trainer_warn_of(ganrt_trainer *trainer, ganrt_status_t status);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_TRAINER_H */
