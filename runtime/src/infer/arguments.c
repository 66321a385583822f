/*===- arguments.c - what a generated program was asked to do ---------------===
 *
 * One table of flags serves parsing, --help and the nearest name for a flag that
 * doesn't exist. --flag=VALUE and --flag VALUE mean the same.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/infer/arguments.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef enum kind {
  SWITCH, /* bool */
  TEXT,   /* const char * */
  TEXTS,  /* ganrt_texts */
  FORM,   /* ganrt_report_form; the value json is optional */
  COUNT,  /* uint64_t */
  REAL,   /* double, not negative */
  BYTES,  /* uint64_t with k, m, g */
  CLASS,
  TRUNCATION
} kind;

typedef struct flag {
  const char *name, *metavar, *help;
  kind kind;
  size_t offset;
} flag;

#define AT(field) offsetof(ganrt_infer_options, field)

static const flag flags[] = {
    {"seeds", "0,2,5-31", "images of these seeds, seedNNNN.png and grid.png",
     TEXT, AT(seeds)},
    {"outdir", "DIR", "where they go [default: .]", TEXT, AT(outdir)},
    {"class", "N", "the class, if the network takes one", CLASS,
     AT(class_index)},
    {"trunc", "PSI", "the truncation, if the network takes one", TRUNCATION,
     AT(truncation)},
    {"in", "PNG|DIR", "an image, or all of a folder, through the network (-i)",
     TEXT, AT(image_in)},
    {"out", "PNG|DIR", "where the results go (-o)", TEXT, AT(image_out)},
    {"input", "[NAME=]TENSOR",
     "an input: @x.npy, 2x3xf32=@x.bin or "
     "2x3xf32=[1 2 3][4 5 6]",
     TEXTS, AT(inputs)},
    {"output", "[NAME=]@FILE", "write an output to @y.npy or @y.bin", TEXTS,
     AT(outputs)},
    {"expected_output", "[NAME=]TENSOR", "compare an output; 65 if it differs",
     TEXTS, AT(expected)},
    {"rtol", "X", "relative tolerance of that [default: 1e-3]", REAL,
     AT(relative)},
    {"atol", "X", "absolute tolerance of that [default: 1e-7]", REAL,
     AT(absolute)},
    {"bench", "json", "measure how long runs take; =json for machines", FORM,
     AT(bench)},
    {"warmup", "N", "runs before measuring [default: 3]", COUNT, AT(warmup)},
    {"iterations", "N", "runs to measure at least [default: 10]", COUNT,
     AT(iterations)},
    {"duration", "SECONDS", "time to measure at least [default: 3]", REAL,
     AT(duration)},
    {"batch", "N", "images per run [default: the largest plan]", COUNT,
     AT(batch)},
    {"export-times", "FILE", "write every run's time as JSON", TEXT,
     AT(export_times)},
    {"export-profile", "FILE", "write the time of each kernel as JSON", TEXT,
     AT(export_profile)},
    {"threads", "N", "threads, 0 for one per processor [default: 0]", COUNT,
     AT(threads)},
    {"device", "NAME[:N]",
     "cpu, opencl, vulkan or cuda; the N-th of them [default: cpu]", TEXT,
     AT(device)},
    {"list-devices", "", "print the devices that there are", SWITCH,
     AT(list_devices)},
    {"cpu", "LEVEL", "code to run, as in x86-64-v3 [default: the best]", TEXT,
     AT(cpu)},
    {"max-memory", "SIZE", "refuse to need more than this, as in 500m or 2g",
     BYTES, AT(max_memory)},
    {"model-info", "json", "inputs, outputs, memory; =json for machines", FORM,
     AT(model_info)},
    {"help", "", "this text", SWITCH, AT(help)},
    {"version", "", "what this program was made from", SWITCH, AT(version)},
};

enum { FLAGS = sizeof(flags) / sizeof(flags[0]) };

static const flag *find_flag(const char *name, size_t length) {
  for (size_t i = 0; i < FLAGS; ++i)
    if (strlen(flags[i].name) == length &&
        memcmp(flags[i].name, name, length) == 0)
      return &flags[i];
  return NULL;
}

static ganrt_status_t unknown_flag(const char *argument, size_t length) {
  char name[64] = {0};
  memcpy(name, argument, length < 63 ? length : 63);
  ganrt_suggestion suggestion = ganrt_suggestion_make(name);
  for (size_t i = 0; i < FLAGS; ++i)
    ganrt_suggestion_consider(&suggestion, flags[i].name);
  return ganrt_suggestion_unknown_option(&suggestion);
}

static ganrt_status_t bad_value(const flag *f, const char *expected,
                                const char *got) {
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "--%s: expected %s, got '%s'", f->name, expected,
                           ganrt_quote(got).text);
}

/* 500, 500k, 64m, 2g; powers of 1024. */
static bool parse_bytes(const char *text, uint64_t *out) {
  char digits[24];
  size_t length = strlen(text);
  if (length == 0 || length >= sizeof(digits))
    return false;
  memcpy(digits, text, length + 1);
  static const char units[] = "kmgt";
  const char *unit = strchr(units, digits[length - 1] | 0x20);
  uint64_t scale = 1, number;
  if (unit && *unit) {
    scale = UINT64_C(1) << (10 * (unit - units + 1));
    digits[length - 1] = 0;
  }
  return ganrt_parse_u64(digits, &number) && ganrt_multiply(number, scale, out);
}

static ganrt_status_t append_text(ganrt_texts *texts, int argc,
                                  const char *value) {
  if (!texts->items) { /* one flag per argument at most */
    void *memory;
    GANRT_RETURN_IF_ERROR(
        ganrt_allocate(NULL, (uint64_t)argc, sizeof(char *), &memory));
    texts->items = memory;
  }
  texts->items[texts->count++] = value;
  return GANRT_STATUS_OK;
}

static ganrt_status_t set_flag(const flag *f, ganrt_infer_options *options,
                               int argc, const char *value) {
  void *place = (char *)options + f->offset;
  switch (f->kind) {
  case SWITCH:
    *(bool *)place = true;
    return value ? bad_value(f, "no value", value) : GANRT_STATUS_OK;
  case TEXT:
    *(const char **)place = value;
    return *value ? GANRT_STATUS_OK : bad_value(f, f->metavar, value);
  case TEXTS:
    return append_text(place, argc, value);
  case FORM:
    *(ganrt_report_form *)place = value ? GANRT_FORM_JSON : GANRT_FORM_TEXT;
    return value && strcmp(value, "json") != 0
               ? bad_value(f, "nothing or json", value)
               : GANRT_STATUS_OK;
  case COUNT:
    return ganrt_parse_u64(value, place)
               ? GANRT_STATUS_OK
               : bad_value(f, "a whole number", value);
  case BYTES:
    return parse_bytes(value, place)
               ? GANRT_STATUS_OK
               : bad_value(f, "a size such as 500m or 2g", value);
  case CLASS:
    options->has_class = true;
    return ganrt_parse_i64(value, place)
               ? GANRT_STATUS_OK
               : bad_value(f, "a whole number", value);
  default: /* REAL, TRUNCATION */
    options->has_truncation |= f->kind == TRUNCATION;
    if (!ganrt_parse_double(value, place) || !isfinite(*(double *)place) ||
        (f->kind == REAL && *(double *)place < 0))
      return bad_value(f, "a number", value);
    return GANRT_STATUS_OK;
  }
}

ganrt_status_t ganrt_infer_options_parse(int argc, const char *const *argv,
                                         ganrt_infer_options *options) {
  *options = (ganrt_infer_options){.relative = 1e-3,
                                   .absolute = 1e-7,
                                   .warmup = 3,
                                   .iterations = 10,
                                   .duration = 3};
  for (int i = 1; i < argc; ++i) {
    const char *argument = argv[i];
    static const char *const short_names[][2] = {
        {"-h", "--help"}, {"-i", "--in"}, {"-o", "--out"}};
    for (size_t k = 0; k < 3; ++k)
      if (strcmp(argument, short_names[k][0]) == 0)
        argument = short_names[k][1];
    if (strncmp(argument, "--", 2) != 0)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "unexpected argument '%s'; options begin with "
                               "--",
                               ganrt_quote(argument).text);
    const char *name = argument + 2, *equal = strchr(name, '=');
    size_t length = equal ? (size_t)(equal - name) : strlen(name);
    const flag *f = find_flag(name, length);
    if (!f)
      return unknown_flag(name, length);
    const char *value = equal ? equal + 1 : NULL;
    if (!value && f->kind != SWITCH && f->kind != FORM) {
      if (i + 1 == argc)
        return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                                 "--%s needs a value: --%s=%s", f->name,
                                 f->name, f->metavar);
      value = argv[++i];
    }
    GANRT_RETURN_IF_ERROR(set_flag(f, options, argc, value));
  }
  return GANRT_STATUS_OK;
}

void ganrt_infer_options_destroy(ganrt_infer_options *options, int argc) {
  ganrt_texts *lists[] = {&options->inputs, &options->outputs,
                          &options->expected};
  for (size_t i = 0; i < 3; ++i)
    ganrt_release(NULL, lists[i]->items, (uint64_t)argc, sizeof(char *));
}

void ganrt_infer_options_help(const char *program, ganrt_text *text) {
  ganrt_quoted quoted = ganrt_quote(program);
  const char *p = quoted.text;
  ganrt_text_append(text,
                    "%s --seeds=0-63 --outdir=out\n"
                    "%s --input=z=@z.npy --output=image=@image.npy\n"
                    "%s --bench --threads=2\n\n",
                    p, p, p);
  for (size_t i = 0; i < FLAGS; ++i) {
    const flag *f = &flags[i];
    uint64_t start = text->length;
    ganrt_text_append(text, "  --%s", f->name);
    if (f->kind == FORM)
      ganrt_text_append(text, "[=%s]", f->metavar);
    else if (f->metavar[0])
      ganrt_text_append(text, "=%s", f->metavar);
    uint64_t width = text->length - start;
    ganrt_text_append(text, "%*s%s\n", width < 34 ? (int)(34 - width) : 2, "",
                      f->help);
  }
  ganrt_text_append(text, "\nexit codes: 0 done, 1 wrong or unsupported input, "
                          "65 a number check failed,\n"
                          "70 internal error, 74 disk, memory or device "
                          "failed\n");
}
