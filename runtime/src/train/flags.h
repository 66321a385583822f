/*===- flags.h - the table of a training program's flags ------------------===*/
#ifndef RUNTIME_SRC_TRAIN_FLAGS_H
#define RUNTIME_SRC_TRAIN_FLAGS_H

#include "ganrt/abi.h"
#include "ganrt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ganrt_flag_kind {
  GANRT_FLAG_SWITCH, /* bool */
  GANRT_FLAG_TEXT,   /* char * */
  GANRT_FLAG_DATA,
  GANRT_FLAG_GIVEN,
  GANRT_FLAG_COUNT, /* uint64_t */
  GANRT_FLAG_REAL,  /* double */
  GANRT_FLAG_SNAP,
  GANRT_FLAG_BYTES, /* uint64_t */
  GANRT_FLAG_CHOICE /* one possible value: metavar */
} ganrt_flag_kind;

/* Whether options.json holds the flag. */
typedef enum ganrt_flag_saving {
  GANRT_NOT_SAVED,
  GANRT_SAVED,
  GANRT_SAVED_PATH /* made absolute */
} ganrt_flag_saving;

typedef struct ganrt_flag {
  const char *name;
  ganrt_flag_kind kind;
  size_t offset; /* in ganrt_train_options */
  const char *metavar;
  const char *help;
  const char *default_text; /* NULL: none to show */
  double low, high;
  ganrt_flag_saving saving;
} ganrt_flag;

extern const ganrt_flag ganrt_flags[];
extern const uint32_t ganrt_flag_count;

/* NULL if there is no such flag. */
const ganrt_flag *ganrt_flag_find(const char *name);
const ganrt_option *ganrt_option_find(const ganrt_artefact *artefact,
                                      const char *name);

/* The error for a flag that doesn't exist: what to use instead, if it is one of
 * a well-known trainer, or the nearest name. */
GANRT_MUST_USE ganrt_status_t ganrt_flag_unknown(const ganrt_artefact *artefact,
                                                 const char *name);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_FLAGS_H */
