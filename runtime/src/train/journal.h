/*===- journal.h - files that only grow -------------------------------------===
 *
 * log.txt and stats.jsonl. A full disk doesn't stop training: what could not be
 * written waits in memory, is tried again with every later line, and is given
 * up, whole lines, beyond a bound.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_JOURNAL_H
#define RUNTIME_SRC_TRAIN_JOURNAL_H

#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_journal {
  int descriptor; /* -1: closed, lines are dropped */
  bool is_failing;
  ganrt_text waiting; /* not yet in the file */
} ganrt_journal;

/* Opens `path` for appending and makes it if need be. */
GANRT_MUST_USE ganrt_status_t ganrt_journal_open(const char *path,
                                                 ganrt_journal *journal);
void ganrt_journal_close(ganrt_journal *journal);

/* Appends `line` and a line break. Reports a failure only the first time, so
 * that a full disk gives one warning; the line is kept either way. */
GANRT_MUST_USE ganrt_status_t ganrt_journal_add(ganrt_journal *journal,
                                                const char *line);

/* Cuts the file behind its first `bytes` bytes and drops what waits. */
GANRT_MUST_USE ganrt_status_t ganrt_journal_cut(ganrt_journal *journal,
                                                uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_JOURNAL_H */
