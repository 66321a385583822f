/*===- statistics.c - what a tick says ------------------------------------===*/
#include "runtime/src/train/statistics.h"

#include "runtime/src/file.h"
#include "runtime/src/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void ganrt_format_seconds(double seconds, char *text, size_t capacity) {
  unsigned long long s = seconds > 0 ? (unsigned long long)(seconds + 0.5) : 0;
  if (s < 60)
    snprintf(text, capacity, "%llus", s);
  else if (s < 60 * 60)
    snprintf(text, capacity, "%llum %02llus", s / 60, s % 60);
  else if (s < 24 * 60 * 60)
    snprintf(text, capacity, "%lluh %02llum %02llus", s / 3600, s / 60 % 60,
             s % 60);
  else
    snprintf(text, capacity, "%llud %02lluh %02llum", s / 86400, s / 3600 % 24,
             s / 60 % 60);
}

const char *ganrt_format_bytes(double bytes, char *text, size_t capacity) {
  static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  int unit = 0;
  for (; bytes >= 1024 && unit < 4; ++unit)
    bytes /= 1024;
  snprintf(text, capacity, unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
  return text;
}

const char *ganrt_format_not_finite(double value) {
  return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/* The most this process has used so far. */
static double memory_gigabytes(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0
             ? (double)usage.ru_maxrss / (1 << 20)
             : 0;
}

static double mean_of(const ganrt_report *report) {
  return report->count ? report->sum / (double)report->count : NAN;
}

static double deviation_of(const ganrt_report *report) {
  double mean = mean_of(report);
  double square = report->sum_of_squares / (double)report->count - mean * mean;
  return square > 0 ? sqrt(square) : 0;
}

/* "Loss/G" is printed as "loss/G". */
static void append_name(ganrt_text *line, const char *name) {
  static const char loss[] = "Loss/";
  bool is_loss = strncmp(name, loss, sizeof loss - 1) == 0;
  ganrt_text_append(line, " %s%s", is_loss ? "loss/" : "",
                    is_loss ? name + sizeof loss - 1 : name);
}

void ganrt_statistics_line(const ganrt_artefact *artefact,
                           const ganrt_report *reports, const ganrt_tick *tick,
                           ganrt_text *line) {
  char time_text[32];
  ganrt_format_seconds(tick->total_seconds, time_text, sizeof time_text);
  ganrt_text_append(line, "tick %-5llu kimg %-8.1f time %-12s sec/tick %-7.1f",
                    (unsigned long long)tick->number,
                    (double)tick->images / 1000, time_text, tick->seconds);
  if (tick->tick_images)
    ganrt_text_append(line, " sec/kimg %-7.2f",
                      tick->seconds * 1000 / (double)tick->tick_images);
  ganrt_text_append(line, " maintenance %-6.1f cpumem %-6.2f",
                    tick->maintenance_seconds, memory_gigabytes());
  ganrt_format_seconds(tick->left_seconds, time_text, sizeof time_text);
  ganrt_text_append(line, " eta %-11s", time_text);
  for (uint32_t i = 0; i < artefact->report_count; ++i) {
    if (!reports[i].count)
      continue;
    append_name(line, artefact->reports[i]);
    ganrt_text_append(line, " %-8.4g", mean_of(&reports[i]));
  }
}

static void append_entry(ganrt_text *line, const char *name, double count,
                         double mean, double deviation) {
  ganrt_text_append(line, "%s", line->length > 1 ? ", " : "");
  ganrt_text_append_json_string(line, name);
  ganrt_text_append(line, ": {\"num\": ");
  ganrt_text_append_json_number(line, count);
  ganrt_text_append(line, ", \"mean\": ");
  ganrt_text_append_json_number(line, mean);
  ganrt_text_append(line, ", \"std\": ");
  ganrt_text_append_json_number(line, deviation);
  ganrt_text_append(line, "}");
}

void ganrt_statistics_json(const ganrt_artefact *artefact,
                           const ganrt_report *reports, const ganrt_tick *tick,
                           ganrt_text *line) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  ganrt_text_append(line, "{");
  for (uint32_t i = 0; i < artefact->report_count; ++i)
    if (reports[i].count)
      append_entry(line, artefact->reports[i], (double)reports[i].count,
                   mean_of(&reports[i]), deviation_of(&reports[i]));
  append_entry(line, "Progress/tick", 1, (double)tick->number, 0);
  append_entry(line, "Progress/kimg", 1, (double)tick->images / 1000, 0);
  append_entry(line, "Timing/total_sec", 1, tick->total_seconds, 0);
  append_entry(line, "Timing/sec_per_tick", 1, tick->seconds, 0);
  if (tick->tick_images)
    append_entry(line, "Timing/sec_per_kimg", 1,
                 tick->seconds * 1000 / (double)tick->tick_images, 0);
  append_entry(line, "Timing/maintenance_sec", 1, tick->maintenance_seconds, 0);
  append_entry(line, "Timing/total_hours", 1, tick->total_seconds / 3600, 0);
  append_entry(line, "Timing/total_days", 1, tick->total_seconds / 86400, 0);
  append_entry(line, "Resources/cpu_mem_gb", 1, memory_gigabytes(), 0);
  ganrt_text_append(line, ", \"step\": %llu, \"timestamp\": ",
                    (unsigned long long)tick->step);
  ganrt_text_append_json_number(line, (double)now.tv_sec +
                                          (double)now.tv_nsec * 1e-9);
  ganrt_text_append(line, "}");
}

/* Whether a line belongs to a step up to `step` and a tick before `tick`. */
static bool is_kept(const char *line, uint64_t size, uint64_t step,
                    uint64_t tick) {
  static const ganrt_json_limits limits = {1 << 22, 4, 1 << 18};
  ganrt_json_document *document = NULL;
  int64_t of_step = 0, of_tick = 0;
  ganrt_status_t status = ganrt_json_parse(NULL, line, size, limits, &document);
  if (!status) {
    const ganrt_json *root = ganrt_json_root(document);
    status = ganrt_json_integer(root, "step", 0, INT64_MAX, &of_step);
    if (!status)
      status = ganrt_json_integer(ganrt_json_find(root, "Progress/tick"),
                                  "mean", 0, INT64_MAX, &of_tick);
    ganrt_json_destroy(document);
  }
  return !ganrt_status_ignore(status) && (uint64_t)of_step <= step &&
         (uint64_t)of_tick < tick;
}

ganrt_status_t ganrt_statistics_open(const char *path, uint64_t step,
                                     uint64_t tick, ganrt_journal *journal) {
  ganrt_bytes bytes;
  uint64_t kept = 0;
  GANRT_RETURN_IF_ERROR(ganrt_journal_open(path, journal));
  GANRT_RETURN_IF_ERROR(ganrt_file_read(NULL, path, UINT64_C(1) << 32, &bytes));
  const char *text = (const char *)bytes.data;
  for (const char *end; kept < bytes.size &&
                        (end = memchr(text + kept, '\n', bytes.size - kept));
       kept = (uint64_t)(end - text) + 1)
    if (!is_kept(text + kept, (uint64_t)(end - text) - kept, step, tick))
      break;
  ganrt_status_t status =
      kept < bytes.size ? ganrt_journal_cut(journal, kept) : GANRT_STATUS_OK;
  ganrt_bytes_destroy(&bytes);
  return status;
}
