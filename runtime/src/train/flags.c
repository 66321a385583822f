/*===- flags.c - the table of a training program's flags ------------------===*/
#include "runtime/src/train/flags.h"

#include "runtime/src/text.h"
#include "runtime/src/train/options.h"

#include <string.h>

#define FIELD(name) offsetof(ganrt_train_options, name)

const ganrt_flag ganrt_flags[] = {
    {"data", GANRT_FLAG_DATA, FIELD(data), "[NAME=]PATH",
     "images to learn from: a folder or zip of PNG, idx, npy, CIFAR-10; with "
     "the stream's name in front if there are several",
     NULL, 0, 0, GANRT_SAVED},
    {"mirror", GANRT_FLAG_SWITCH, FIELD(mirror), NULL,
     "use each image a second time, flipped from left to right", NULL, 0, 0,
     GANRT_SAVED},
    {"outdir", GANRT_FLAG_TEXT, FIELD(outdir), "DIR",
     "where run folders are made", "runs", 0, 0, GANRT_NOT_SAVED},
    {"desc", GANRT_FLAG_TEXT, FIELD(desc), "TEXT",
     "put at the end of the run folder's name", NULL, 0, 0, GANRT_SAVED},
    {"resume", GANRT_FLAG_TEXT, FIELD(resume), "RUN|CHECKPOINT|auto",
     "go on with a run, branch from a checkpoint into a new run, or go on with "
     "the newest run in --outdir if there is one",
     NULL, 0, 0, GANRT_NOT_SAVED},
    {"init", GANRT_FLAG_TEXT, FIELD(init), "FILE.safetensors",
     "start a new run from these weights; everything else starts fresh", NULL,
     0, 0, GANRT_SAVED_PATH},
    {"kimg", GANRT_FLAG_REAL, FIELD(kimg), "KIMG",
     "end after this many thousand images", "25000", 0, 1e12, GANRT_SAVED},
    {"steps", GANRT_FLAG_COUNT, FIELD(steps), "N", "end after this many steps",
     NULL, 0, 1e15, GANRT_SAVED},
    {"tick", GANRT_FLAG_REAL, FIELD(tick), "KIMG",
     "a status line each so many thousand images", "4", 1e-6, 1e12,
     GANRT_SAVED},
    {"snap", GANRT_FLAG_SNAP, FIELD(snap), "TIME|KIMGkimg|Nsteps",
     "a checkpoint, samples and the networks that often: 90s, 15m, 2h, "
     "200kimg, "
     "1000steps",
     "15m", 0, 0, GANRT_SAVED},
    {"keep", GANRT_FLAG_COUNT, FIELD(keep), "N",
     "checkpoints to keep, at least 2", "3", 2, 1e6, GANRT_SAVED},
    {"seed", GANRT_FLAG_COUNT, FIELD(seed), "N", "seed of all random numbers",
     "0", 0, 18446744073709551615.0, GANRT_SAVED},
    {"threads", GANRT_FLAG_COUNT, FIELD(threads), "N",
     "threads to compute with, 0 for one per processor; results don't depend "
     "on it",
     "0", 0, 1024, GANRT_NOT_SAVED},
    {"options", GANRT_FLAG_TEXT, FIELD(options_file), "FILE",
     "take what is not given here from a run's options.json", NULL, 0, 0,
     GANRT_NOT_SAVED},
    {"dry-run", GANRT_FLAG_SWITCH, FIELD(dry_run), NULL,
     "check everything, print all options and what the run will need (also -n)",
     NULL, 0, 0, GANRT_NOT_SAVED},
    {"record", GANRT_FLAG_TEXT, FIELD(record), "FILE.safetensors",
     "write draws, losses, gradients and parameters of every step; use it with "
     "--steps",
     NULL, 0, 0, GANRT_NOT_SAVED},
    {"given", GANRT_FLAG_GIVEN, FIELD(given), "FILE.safetensors|NAME=@FILE.npy",
     "take draws from a file, one after another along the first axis", NULL, 0,
     0, GANRT_NOT_SAVED},
    {"on-nan", GANRT_FLAG_CHOICE, 0, "stop",
     "what to do when a reported loss is not finite", "stop", 0, 0,
     GANRT_NOT_SAVED},
    {"trap-nan", GANRT_FLAG_SWITCH, FIELD(trap_nan), NULL,
     "find the kernel that makes the first number that is not finite; slow",
     NULL, 0, 0, GANRT_NOT_SAVED},
    {"max-save-failures", GANRT_FLAG_COUNT, FIELD(max_save_failures), "N",
     "failed checkpoints in a row before giving up with exit code 74", "3", 1,
     1e6, GANRT_SAVED},
    {"max-dataset-bytes", GANRT_FLAG_BYTES, FIELD(max_dataset_bytes), "SIZE",
     "refuse data that takes more memory than this", "half of the memory", 0, 0,
     GANRT_NOT_SAVED},
    {"exit-zero-on-signal", GANRT_FLAG_SWITCH, FIELD(exit_zero_on_signal), NULL,
     "exit with 0 after a signal and its checkpoint, for schedulers", NULL, 0,
     0, GANRT_NOT_SAVED},
    {"profile", GANRT_FLAG_SWITCH, FIELD(profile), NULL,
     "write trace.json with the time of every kernel", NULL, 0, 0,
     GANRT_NOT_SAVED},
    {"device", GANRT_FLAG_TEXT, FIELD(device), "NAME[:N]",
     "where to compute: cpu, opencl, vulkan or cuda, as the program has code "
     "for; with a number the N-th of them",
     "cpu", 0, 0, GANRT_SAVED},
    {"list-devices", GANRT_FLAG_SWITCH, FIELD(list_devices), NULL,
     "print the devices that there are", NULL, 0, 0, GANRT_NOT_SAVED},
    {"cpu", GANRT_FLAG_TEXT, FIELD(cpu), "LEVEL",
     "code to run, as in x86-64-v3; results don't depend on it", "the best", 0,
     0, GANRT_NOT_SAVED},
    {"help", GANRT_FLAG_SWITCH, FIELD(help), NULL, "print this text", NULL, 0,
     0, GANRT_NOT_SAVED},
    {"version", GANRT_FLAG_SWITCH, FIELD(version), NULL,
     "print what this program was made from", NULL, 0, 0, GANRT_NOT_SAVED},
};

const uint32_t ganrt_flag_count = sizeof ganrt_flags / sizeof ganrt_flags[0];

/* Flags of other trainers that people type, and what we have instead. */
static const struct {
  const char *name, *answer;
} foreign_flags[] = {
    {"batch", "the batch is fixed when compiling: ganc --batch=x:32"},
    {"batch-gpu", "the batch is fixed when compiling: ganc --batch=x:32"},
    {"batch-size", "the batch is fixed when compiling: ganc --batch=x:32"},
    {"gpus", "choose where to compute with --device and --threads"},
    {"workers", "images are read once, before training"},
    {"cfg", "the networks and the game are compiled in"},
    {"cond", "a game with labels reads them from the data set by itself"},
    {"metrics", "metrics are computed from the network snapshots afterwards"},
    {"epochs", "use --kimg or --steps"},
    {"lr", "this game has no such option"},
};

const ganrt_flag *ganrt_flag_find(const char *name) {
  for (uint32_t i = 0; i < ganrt_flag_count; ++i)
    if (strcmp(ganrt_flags[i].name, name) == 0)
      return &ganrt_flags[i];
  return NULL;
}

const ganrt_option *ganrt_option_find(const ganrt_artefact *artefact,
                                      const char *name) {
  for (uint32_t i = 0; i < artefact->option_count; ++i)
    if (strcmp(artefact->options[i].name, name) == 0)
      return &artefact->options[i];
  return NULL;
}

ganrt_status_t ganrt_flag_unknown(const ganrt_artefact *artefact,
                                  const char *name) {
  for (size_t i = 0; i < sizeof foreign_flags / sizeof foreign_flags[0]; ++i)
    if (strcmp(foreign_flags[i].name, name) == 0)
      return ganrt_status_make(GANRT_UNSUPPORTED, "there is no --%s: %s", name,
                               foreign_flags[i].answer);
  ganrt_suggestion suggestion = ganrt_suggestion_make(name);
  for (uint32_t i = 0; i < ganrt_flag_count; ++i)
    ganrt_suggestion_consider(&suggestion, ganrt_flags[i].name);
  for (uint32_t i = 0; i < artefact->option_count; ++i)
    ganrt_suggestion_consider(&suggestion, artefact->options[i].name);
  return ganrt_suggestion_unknown_option(&suggestion);
}
