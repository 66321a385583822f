/*===- statistics.h - what a tick says --------------------------------------===
 *
 * One line for people, one object in stats.jsonl for programs, both with the
 * names that StyleGAN's trainers use. Reports count from tick to tick.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_STATISTICS_H
#define RUNTIME_SRC_TRAIN_STATISTICS_H

#include "ganrt/program.h"
#include "runtime/src/text.h"
#include "runtime/src/train/journal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the loop knows at the end of a tick. */
typedef struct ganrt_tick {
  uint64_t number;
  uint64_t step;
  uint64_t images;
  uint64_t tick_images; /* within this tick and process, as its seconds */
  double total_seconds;
  double seconds;             /* of this tick, without maintenance */
  double maintenance_seconds; /* before it: images, checkpoints */
  double left_seconds;        /* until the end of the run; 0: there */
} ganrt_tick;

/* tick 0 kimg 0.0 time 1m 05s sec/tick 6.6 … loss/G 0.7 */
void ganrt_statistics_line(const ganrt_artefact *artefact,
                           const ganrt_report *reports, const ganrt_tick *tick,
                           ganrt_text *line);

/* {"Loss/G": {"num": …, "mean": …, "std": …}, …, "timestamp": …} */
void ganrt_statistics_json(const ganrt_artefact *artefact,
                           const ganrt_report *reports, const ganrt_tick *tick,
                           ganrt_text *line);

/* Opens stats.jsonl and cuts off the lines of steps after `step` and of tick
 * `tick`, which goes on, and a last line that is not whole. */
GANRT_MUST_USE ganrt_status_t ganrt_statistics_open(const char *path,
                                                    uint64_t step,
                                                    uint64_t tick,
                                                    ganrt_journal *journal);

/* "1m 05s", "2h 03m 09s", "1d 00h 10m" */
void ganrt_format_seconds(double seconds, char *text, size_t capacity);

/* "12 bytes", "3.4 MiB"; returns `text`. */
const char *ganrt_format_bytes(double bytes, char *text, size_t capacity);

/* "nan", "inf" or "-inf" */
const char *ganrt_format_not_finite(double value);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_STATISTICS_H */
