/*===- options_text.c - options as people and files read them ---------------===
 *
 * --help, --dry-run and options.json, all from the one table of flags.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/flags.h"
#include "runtime/src/train/options.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { help_column = 30, help_width = 100 };

static void cut(ganrt_text *text, uint64_t length) {
  text->length = length;
  if (text->data)
    text->data[length] = 0;
}

static const void *field(const ganrt_train_options *options,
                         const ganrt_flag *flag) {
  return (const char *)options + flag->offset;
}

/* Breaks `help` into lines behind a margin, the first of which has begun. */
static void append_wrapped(ganrt_text *text, unsigned column,
                           const char *help) {
  if (column + 1 >= help_column) {
    ganrt_text_append(text, "\n");
    column = 0;
  }
  ganrt_text_append(text, "%*s", (int)(help_column - column), "");
  column = help_column;
  while (*help) {
    size_t length = strcspn(help, " ");
    if (column > help_column && column + 1 + length > help_width) {
      ganrt_text_append(text, "\n%*s", help_column, "");
      column = help_column;
    } else if (column > help_column) {
      ganrt_text_append(text, " ");
      ++column;
    }
    ganrt_text_append(text, "%.*s", (int)length, help);
    column += (unsigned)length;
    help += length;
    help += *help == ' ';
  }
  ganrt_text_append(text, "\n");
}

static void append_flag_help(ganrt_text *text, const char *name,
                             const char *metavar, const char *help,
                             const char *default_text) {
  char left[96], right[512];
  int length = snprintf(left, sizeof left, "  --%s%s%s", name,
                        metavar ? "=" : "", metavar ? metavar : "");
  ganrt_text_append(text, "%s", left);
  snprintf(right, sizeof right, "%s%s%s%s", help,
           default_text ? " [default: " : "", default_text ? default_text : "",
           default_text ? "]" : "");
  append_wrapped(text, length < 0 ? 0 : (unsigned)length, right);
}

/* Grey or coloured, of more than one row and column. */
static bool is_picture(const ganrt_stream *stream) {
  return stream->dtype == GANRT_F32 && stream->rank == 4 &&
         (stream->shape[1] == 1 || stream->shape[1] == 3) &&
         stream->shape[2] > 1 && stream->shape[3] > 1;
}

/* Labels come with the pictures that they pair. */
static bool needs_data(const ganrt_artefact *artefact, uint32_t index) {
  const ganrt_stream *stream = &artefact->streams[index];
  return stream->pairs == GANRT_NONE || stream->rank != 1 ||
         !is_picture(&artefact->streams[stream->pairs]);
}

/* --data=… of a worked example, for each stream that needs one; `pictures`, if
 * there is one stream only. */
static void append_data_example(ganrt_text *text,
                                const ganrt_artefact *artefact,
                                const char *pictures) {
  uint32_t needed = 0;
  for (uint32_t i = 0; i < artefact->stream_count; ++i)
    needed += needs_data(artefact, i);
  for (uint32_t i = 0; i < artefact->stream_count; ++i) {
    const ganrt_stream *stream = &artefact->streams[i];
    if (!needs_data(artefact, i))
      continue;
    const char *suffix = is_picture(stream) ? "zip" : "npy";
    if (needed > 1)
      ganrt_text_append(text, " --data=%s=%s.%s", stream->name, stream->name,
                        suffix);
    else if (is_picture(stream))
      ganrt_text_append(text, " --data=%s", pictures);
    else
      ganrt_text_append(text, " --data=%s.%s", stream->name, suffix);
  }
}

/* What Debian has of data fits grey pictures of 28 x 28 alone. */
static const char *example_pictures(const ganrt_artefact *artefact) {
  for (uint32_t i = 0; i < artefact->stream_count; ++i) {
    const ganrt_stream *stream = &artefact->streams[i];
    if (needs_data(artefact, i) && is_picture(stream) &&
        stream->shape[1] == 1 && stream->shape[2] == 28 &&
        stream->shape[3] == 28)
      return "/usr/share/datasets/fashion-mnist";
  }
  return "images.zip";
}

static void append_stream(ganrt_text *text, const ganrt_stream *stream) {
  ganrt_text_append(text, " %s", stream->name);
  for (uint32_t i = 1; i < stream->rank; ++i)
    ganrt_text_append(text, "%s%lld", i == 1 ? " of " : "x",
                      (long long)stream->shape[i]);
  ganrt_text_append(text, " (batch %lld)",
                    (long long)(stream->rank ? stream->shape[0] : 1));
}

void ganrt_train_options_help(const ganrt_train_options *options,
                              const char *program, ganrt_text *text) {
  const ganrt_artefact *artefact = options->artefact;
  ganrt_text_append(text, "usage: %s [--option=value ...]\n\n", program);
  ganrt_text_append(text, "Trains the game '%s'", artefact->name);
  for (uint32_t i = 0; i < artefact->stream_count; ++i) {
    ganrt_text_append(text, "%s", i == 0 ? " on" : ",");
    append_stream(text, &artefact->streams[i]);
  }
  ganrt_text_append(text, ". For example:\n\n  %s", program);
  append_data_example(text, artefact, example_pictures(artefact));
  ganrt_text_append(text, "\n  %s", program);
  append_data_example(text, artefact, "images.zip");
  if (artefact->option_count) {
    ganrt_text_append(text, " --%s=", artefact->options[0].name);
    ganrt_text_append_json_number(text, artefact->options[0].value);
  }
  ganrt_text_append(text, " --outdir=runs --kimg=1000 --snap=200kimg\n  %s",
                    program);
  append_data_example(text, artefact, "images.zip");
  ganrt_text_append(text, " --outdir=runs --resume=auto\n\n");
  for (uint32_t i = 0; i < ganrt_flag_count; ++i)
    append_flag_help(text, ganrt_flags[i].name, ganrt_flags[i].metavar,
                     ganrt_flags[i].help, ganrt_flags[i].default_text);
  if (artefact->option_count)
    ganrt_text_append(text, "\nOptions of the game:\n");
  for (uint32_t i = 0; i < artefact->option_count; ++i) {
    const ganrt_option *option = &artefact->options[i];
    char metavar[64], value[32];
    snprintf(value, sizeof value, "%g", option->value);
    if (option->low <= option->high)
      snprintf(metavar, sizeof metavar, "%g...%g", option->low, option->high);
    append_flag_help(text, option->name,
                     option->low <= option->high ? metavar : "NUMBER",
                     option->help ? option->help : "", value);
  }
}

static void append_snap(ganrt_text *text, const ganrt_train_options *options) {
  static const char *const units[] = {"s", "kimg", "steps"};
  const char *unit = units[options->snap_unit];
  double value = options->snap;
  if (options->snap_unit == GANRT_SNAP_SECONDS && fmod(value, 60) == 0) {
    bool is_hours = fmod(value, 3600) == 0;
    unit = is_hours ? "h" : "m";
    value /= is_hours ? 3600 : 60;
  }
  ganrt_text_append_json_number(text, value);
  ganrt_text_append(text, "%s", unit);
}

/* The path as one that holds in another working directory too. */
static void append_absolute(ganrt_text *text, const char *path) {
  char resolved[PATH_MAX];
  ganrt_text_append_json_string(text,
                                realpath(path, resolved) ? resolved : path);
}

/* The value as JSON; false if there is nothing to say. */
static bool append_value(ganrt_text *text, const ganrt_train_options *options,
                         const ganrt_flag *flag) {
  const void *place = field(options, flag);
  switch (flag->kind) {
  case GANRT_FLAG_SWITCH:
    ganrt_text_append(text, "%s", *(const bool *)place ? "true" : "false");
    return true;
  case GANRT_FLAG_TEXT: {
    const char *value = *(char *const *)place;
    if (!value)
      return false;
    if (flag->saving == GANRT_SAVED_PATH)
      append_absolute(text, value);
    else
      ganrt_text_append_json_string(text, value);
    return true;
  }
  case GANRT_FLAG_DATA:
  case GANRT_FLAG_GIVEN: {
    bool is_data = flag->kind == GANRT_FLAG_DATA;
    uint32_t count = is_data ? options->data_count : options->given_count;
    if (!count)
      return false;
    ganrt_text_append(text, "[");
    for (uint32_t i = 0; i < count; ++i) {
      const ganrt_named_path *path = place;
      ganrt_text_append(text, "%s{", i ? ", " : "");
      if (path[i].name) {
        ganrt_text_append(text, "\"name\": ");
        ganrt_text_append_json_string(text, path[i].name);
        ganrt_text_append(text, ", ");
      }
      ganrt_text_append(text, "\"path\": ");
      append_absolute(text, path[i].path);
      ganrt_text_append(text, "}");
    }
    ganrt_text_append(text, "]");
    return true;
  }
  case GANRT_FLAG_COUNT:
  case GANRT_FLAG_BYTES: {
    uint64_t value = *(const uint64_t *)place;
    bool is_absent = value == UINT64_MAX && !flag->default_text;
    if (is_absent || (double)value < flag->low)
      return false; /* was not given */
    /* Readers of JSON lose digits beyond that. */
    const char *quote = value > INT64_MAX ? "\"" : "";
    ganrt_text_append(text, "%s%llu%s", quote, (unsigned long long)value,
                      quote);
    return true;
  }
  case GANRT_FLAG_REAL:
    ganrt_text_append_json_number(text, *(const double *)place);
    return true;
  case GANRT_FLAG_SNAP:
    ganrt_text_append(text, "\"");
    append_snap(text, options);
    ganrt_text_append(text, "\"");
    return true;
  case GANRT_FLAG_CHOICE:
    ganrt_text_append_json_string(text, flag->metavar);
    return true;
  }
  return false;
}

void ganrt_train_options_write(const ganrt_train_options *options,
                               ganrt_text *text) {
  const char *separator = "";
  ganrt_text_append(text, "\"train\": {");
  for (uint32_t i = 0; i < ganrt_flag_count; ++i) {
    const ganrt_flag *flag = &ganrt_flags[i];
    uint64_t before = text->length;
    if (flag->saving == GANRT_NOT_SAVED)
      continue;
    ganrt_text_append(text, "%s\n    \"%s\": ", separator, flag->name);
    if (append_value(text, options, flag))
      separator = ",";
    else
      cut(text, before);
  }
  separator = "";
  ganrt_text_append(text, "\n  },\n  \"options\": {");
  for (uint32_t i = 0; i < options->artefact->option_count; ++i) {
    ganrt_text_append(text, "%s\n    ", separator);
    ganrt_text_append_json_string(text, options->artefact->options[i].name);
    ganrt_text_append(text, ": ");
    ganrt_text_append_json_number(text, options->values[i]);
    separator = ",";
  }
  ganrt_text_append(text, "\n  }");
}

void ganrt_train_options_print(const ganrt_train_options *options,
                               ganrt_text *text) {
  for (uint32_t i = 0; i < ganrt_flag_count; ++i) {
    const ganrt_flag *flag = &ganrt_flags[i];
    uint64_t before = text->length;
    ganrt_text_append(text, "  %-22s", flag->name);
    if (flag->kind == GANRT_FLAG_SWITCH && !*(const bool *)field(options, flag))
      cut(text, before);
    else if (append_value(text, options, flag))
      ganrt_text_append(text, "\n");
    else
      cut(text, before);
  }
  for (uint32_t i = 0; i < options->artefact->option_count; ++i) {
    ganrt_text_append(text, "  %-22s", options->artefact->options[i].name);
    ganrt_text_append_json_number(text, options->values[i]);
    ganrt_text_append(text, "\n");
  }
}
