/*===- arguments.h - what a generated program was asked to do -------------===*/
#ifndef RUNTIME_SRC_INFER_ARGUMENTS_H
#define RUNTIME_SRC_INFER_ARGUMENTS_H

#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Text that a flag takes several times, in order. */
typedef struct ganrt_texts {
  const char **items;
  uint32_t count;
} ganrt_texts;

typedef enum ganrt_report_form {
  GANRT_FORM_NONE,
  GANRT_FORM_TEXT,
  GANRT_FORM_JSON
} ganrt_report_form;

/* Strings are those of argv; NULL means "not given". */
typedef struct ganrt_infer_options {
  const char *seeds, *outdir;
  ganrt_texts inputs, outputs, expected;
  bool has_class, has_truncation;
  int64_t class_index;
  double truncation;
  const char *image_in, *image_out;
  double relative, absolute; /* tolerances */
  ganrt_report_form bench, model_info;
  uint64_t warmup, iterations, batch;
  double duration; /* seconds */
  const char *export_times, *export_profile;
  const char *device, *cpu;
  uint64_t threads, max_memory;
  bool help, version, list_devices;
} ganrt_infer_options;

/* Reads argv[1] …; destroy the result also after a failure. */
GANRT_MUST_USE ganrt_status_t ganrt_infer_options_parse(
    int argc, const char *const *argv, ganrt_infer_options *options);
void ganrt_infer_options_destroy(ganrt_infer_options *options, int argc);

/* The text of --help. */
void ganrt_infer_options_help(const char *program, ganrt_text *text);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_ARGUMENTS_H */
