/*===- options.c - what a training program was asked to do ------------------===
 *
 * A value reaches its field through one function, whether it stood on the
 * command line or in a file; the origin kept beside it says who wins.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/options.h"

#include "runtime/src/file.h"
#include "runtime/src/json.h"
#include "runtime/src/train/flags.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Later ones win. */
enum { from_default, from_file, from_command_line };

static void *field(const ganrt_train_options *options, const ganrt_flag *flag) {
  return (char *)options + flag->offset;
}

ganrt_status_t ganrt_train_options_begin(const ganrt_artefact *artefact,
                                         ganrt_train_options *options) {
  memset(options, 0, sizeof *options);
  options->artefact = artefact;
  options->values = calloc(artefact->option_count + 1, sizeof(double));
  options->origins = calloc(ganrt_flag_count + artefact->option_count + 1, 1);
  if (!options->values || !options->origins)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  for (uint32_t i = 0; i < artefact->option_count; ++i) {
    options->values[i] = artefact->options[i].value;
    if (ganrt_flag_find(artefact->options[i].name))
      return ganrt_status_make(
          GANRT_INVALID_DATA,
          "the game's option '%s' has the name of a built-in flag",
          ganrt_quote(artefact->options[i].name).text);
  }
  options->steps = UINT64_MAX;
  options->kimg = 25000;
  options->tick = 4;
  options->snap = 15 * 60;
  options->snap_unit = GANRT_SNAP_SECONDS;
  options->keep = 3;
  options->max_save_failures = 3;
  /* Half of the memory: the other half is for the step. */
  options->max_dataset_bytes =
      (uint64_t)sysconf(_SC_PHYS_PAGES) / 2 * (uint64_t)sysconf(_SC_PAGESIZE);
  options->outdir = strdup("runs");
  options->device = strdup("cpu");
  return options->outdir && options->device
             ? GANRT_STATUS_OK
             : ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
}

static void clear_paths(ganrt_named_path *paths, uint32_t *count) {
  for (uint32_t i = 0; i < *count; ++i) {
    free(paths[i].name);
    free(paths[i].path);
  }
  *count = 0;
}

void ganrt_train_options_destroy(ganrt_train_options *options) {
  clear_paths(options->data, &options->data_count);
  clear_paths(options->given, &options->given_count);
  for (uint32_t i = 0; i < ganrt_flag_count; ++i)
    if (ganrt_flags[i].kind == GANRT_FLAG_TEXT)
      free(*(char **)field(options, &ganrt_flags[i]));
  free(options->resumed_from);
  free(options->values);
  free(options->origins);
  ganrt_text_destroy(&options->changes);
  memset(options, 0, sizeof *options);
}

static ganrt_status_t expected(const char *name, const char *what,
                               const char *got) {
  return ganrt_status_make(GANRT_INVALID_ARGUMENT, "--%s expects %s, got '%s'",
                           name, what, ganrt_quote(got).text);
}

/* A number with one of the suffixes in `units`, whose factors follow. */
static bool parse_with_unit(const char *text, const char *const *units,
                            const double *factors, unsigned unit_count,
                            double *value, unsigned *unit) {
  for (unsigned i = 0; i < unit_count; ++i) {
    size_t length = strlen(text), suffix = strlen(units[i]);
    char digits[64];
    if (length <= suffix || length - suffix >= sizeof digits ||
        strcmp(text + length - suffix, units[i]) != 0)
      continue;
    memcpy(digits, text, length - suffix);
    digits[length - suffix] = 0;
    if (!ganrt_parse_double(digits, value) || !isfinite(*value) || *value <= 0)
      continue;
    *value *= factors[i];
    *unit = i;
    return true;
  }
  return false;
}

static bool parse_snap(const char *text, ganrt_train_options *options) {
  static const char *const units[] = {"steps", "kimg", "s", "m", "h"};
  static const double factors[] = {1, 1, 1, 60, 3600};
  unsigned unit;
  double value;
  if (!parse_with_unit(text, units, factors, 5, &value, &unit))
    return false;
  if (unit == 0 && (value != floor(value) || value > 1e15))
    return false;
  options->snap = value;
  options->snap_unit = unit == 0   ? GANRT_SNAP_STEPS
                       : unit == 1 ? GANRT_SNAP_KIMG
                                   : GANRT_SNAP_SECONDS;
  return true;
}

static bool parse_bytes(const char *text, uint64_t *out) {
  static const char *const units[] = {"k", "m", "g", "t", ""};
  static const double factors[] = {1024.0, 1048576.0, 1073741824.0,
                                   1099511627776.0, 1};
  unsigned unit;
  double value;
  if (!parse_with_unit(text, units, factors, 5, &value, &unit) || value > 1e15)
    return false;
  *out = (uint64_t)value;
  return true;
}

/* NAME=PATH if NAME is what `is_name` accepts, else PATH. */
static ganrt_status_t add_path(ganrt_named_path *paths, uint32_t *count,
                               const char *flag, const char *value,
                               size_t name_length, size_t skip) {
  if (*count == GANRT_MAX_PATHS)
    return ganrt_status_make(GANRT_LIMIT, "--%s was given more than %d times",
                             flag, GANRT_MAX_PATHS);
  ganrt_named_path *path = &paths[*count];
  path->name = skip ? strndup(value, name_length) : NULL;
  path->path = strdup(value + skip);
  if (!path->path || (skip && !path->name)) {
    free(path->name);
    free(path->path);
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  }
  ++*count;
  return path->path[0] ? GANRT_STATUS_OK : expected(flag, "a path", value);
}

static ganrt_status_t add_data(ganrt_train_options *options,
                               const char *value) {
  const ganrt_artefact *artefact = options->artefact;
  const char *equal = strchr(value, '=');
  size_t length = equal ? (size_t)(equal - value) : 0;
  for (uint32_t i = 0; equal && i < artefact->stream_count; ++i)
    if (strlen(artefact->streams[i].name) == length &&
        memcmp(artefact->streams[i].name, value, length) == 0)
      return add_path(options->data, &options->data_count, "data", value,
                      length, length + 1);
  return add_path(options->data, &options->data_count, "data", value, 0, 0);
}

static ganrt_status_t add_given(ganrt_train_options *options,
                                const char *value) {
  const char *mark = strstr(value, "=@");
  size_t length = mark ? (size_t)(mark - value) : 0;
  return add_path(options->given, &options->given_count, "given", value, length,
                  mark ? length + 2 : 0);
}

/* Range of a flag, for a message. */
static ganrt_status_t out_of_range(const char *name, double low, double high,
                                   const char *got) {
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "--%s expects a number from %g to %g, got '%s'",
                           name, low, high, ganrt_quote(got).text);
}

static ganrt_status_t set_flag(ganrt_train_options *options,
                               const ganrt_flag *flag, const char *value) {
  void *place = field(options, flag);
  switch (flag->kind) {
  case GANRT_FLAG_SWITCH:
    if (value && strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
      return expected(flag->name, "no value, 0 or 1", value);
    *(bool *)place = !value || strcmp(value, "1") == 0;
    return GANRT_STATUS_OK;
  case GANRT_FLAG_TEXT: {
    if (!*value)
      return expected(flag->name, flag->metavar, value);
    char *copy = strdup(value);
    if (!copy)
      return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
    free(*(char **)place);
    *(char **)place = copy;
    return GANRT_STATUS_OK;
  }
  case GANRT_FLAG_DATA:
    return add_data(options, value);
  case GANRT_FLAG_GIVEN:
    return add_given(options, value);
  case GANRT_FLAG_COUNT: {
    uint64_t number;
    bool is_whole = *value && strspn(value, "0123456789") == strlen(value);
    if (!is_whole)
      return expected(flag->name, "a whole number", value);
    if (!ganrt_parse_u64(value, &number) || (double)number < flag->low ||
        (double)number > flag->high)
      return out_of_range(flag->name, flag->low, flag->high, value);
    *(uint64_t *)place = number;
    return GANRT_STATUS_OK;
  }
  case GANRT_FLAG_REAL: {
    double number;
    if (!ganrt_parse_double(value, &number) || !isfinite(number))
      return expected(flag->name, "a number", value);
    if (number < flag->low || number > flag->high)
      return out_of_range(flag->name, flag->low, flag->high, value);
    *(double *)place = number;
    return GANRT_STATUS_OK;
  }
  case GANRT_FLAG_SNAP:
    if (!parse_snap(value, options))
      return expected(flag->name,
                      "a time or a count such as 15m, 90s, 2h, 200kimg or "
                      "1000steps",
                      value);
    return GANRT_STATUS_OK;
  case GANRT_FLAG_BYTES:
    if (!parse_bytes(value, (uint64_t *)place))
      return expected(flag->name, "a size such as 500m or 16g", value);
    return GANRT_STATUS_OK;
  case GANRT_FLAG_CHOICE:
    if (strcmp(value, flag->metavar) != 0)
      return ganrt_status_make(
          GANRT_UNSUPPORTED, "--%s=%s is not supported; possible: %s",
          flag->name, ganrt_quote(value).text, flag->metavar);
    return GANRT_STATUS_OK;
  }
  return ganrt_status_make(GANRT_INTERNAL, "--%s has no kind", flag->name);
}

/* The R1 weight that the stylegan2-ada family uses for this resolution. */
static double automatic_gamma(const ganrt_artefact *artefact, bool *is_known) {
  *is_known = artefact->stream_count && artefact->streams[0].rank == 4;
  if (!*is_known)
    return 0;
  const int64_t *shape = artefact->streams[0].shape;
  return 0.0002 * (double)(shape[3] * shape[3]) / (double)shape[0];
}

static ganrt_status_t set_value(ganrt_train_options *options, uint32_t index,
                                const char *text) {
  const ganrt_option *option = &options->artefact->options[index];
  double value;
  bool is_known = false;
  if (strcmp(text, "auto") == 0 && strcmp(option->name, "gamma") == 0)
    value = automatic_gamma(options->artefact, &is_known);
  if (!is_known && (!ganrt_parse_double(text, &value) || !isfinite(value)))
    return expected(option->name, "a number", text);
  if (option->low <= option->high &&
      (value < option->low || value > option->high))
    return out_of_range(option->name, option->low, option->high, text);
  options->values[index] = value;
  return GANRT_STATUS_OK;
}

/* Remembers that the command line says something else than the file. */
static void note_change(ganrt_train_options *options, uint32_t index,
                        const char *value) {
  double number;
  if (!ganrt_parse_double(value, &number) || number == options->values[index])
    return;
  ganrt_text_append(&options->changes, "%s is %g from here on, it was %g\n",
                    options->artefact->options[index].name,
                    options->values[index], number);
}

bool ganrt_train_options_is_given(const ganrt_train_options *options,
                                  const char *flag) {
  return options->origins[ganrt_flag_find(flag) - ganrt_flags] ==
         from_command_line;
}

/* How long to train is one question with two flags: who answers it on the command
 * line doesn't mean the other answer of a file. */
static bool is_answered(const ganrt_train_options *options, const char *name) {
  const char *other = strcmp(name, "kimg") == 0    ? "steps"
                      : strcmp(name, "steps") == 0 ? "kimg"
                                                   : NULL;
  return other && ganrt_train_options_is_given(options, other);
}

/* Sets what is called `name` unless a stronger origin has set it before. */
static ganrt_status_t set(ganrt_train_options *options, const char *name,
                          const char *value, uint8_t origin) {
  const ganrt_artefact *artefact = options->artefact;
  const ganrt_flag *flag = ganrt_flag_find(name);
  uint32_t index = 0;
  if (flag)
    index = (uint32_t)(flag - ganrt_flags);
  else
    for (; index < artefact->option_count; ++index)
      if (strcmp(artefact->options[index].name, name) == 0)
        break;
  if (!flag && index == artefact->option_count)
    return ganrt_flag_unknown(artefact, name);
  uint8_t *known = &options->origins[flag ? index : ganrt_flag_count + index];
  if (*known > origin) {
    if (!flag)
      note_change(options, index, value);
    return GANRT_STATUS_OK;
  }
  if (flag && *known < origin) {
    if (flag->kind == GANRT_FLAG_DATA)
      clear_paths(options->data, &options->data_count);
    if (flag->kind == GANRT_FLAG_GIVEN)
      clear_paths(options->given, &options->given_count);
  }
  if (origin == from_file && is_answered(options, name))
    return GANRT_STATUS_OK;
  *known = origin;
  if (!flag)
    return set_value(options, index, value);
  return set_flag(options, flag, value);
}

ganrt_status_t ganrt_train_options_parse(ganrt_train_options *options, int argc,
                                         const char *const *argv) {
  for (int i = 1; i < argc; ++i) {
    const char *argument = argv[i], *value = NULL;
    char name[128];
    if (strcmp(argument, "-n") == 0)
      argument = "--dry-run";
    else if (strcmp(argument, "-h") == 0)
      argument = "--help";
    if (strncmp(argument, "--", 2) != 0)
      return ganrt_status_make(
          GANRT_INVALID_ARGUMENT,
          "unexpected argument '%s'; options begin with --, data is named with "
          "--data=PATH",
          ganrt_quote(argument).text);
    const char *equal = strchr(argument, '=');
    size_t length =
        equal ? (size_t)(equal - argument) - 2 : strlen(argument) - 2;
    if (length >= sizeof name)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT, "unknown option '%s'",
                               ganrt_quote(argument).text);
    memcpy(name, argument + 2, length);
    name[length] = 0;
    const ganrt_flag *flag = ganrt_flag_find(name);
    if (equal)
      value = equal + 1;
    else if (!flag || flag->kind != GANRT_FLAG_SWITCH) {
      if (!flag && !ganrt_option_find(options->artefact, name))
        return ganrt_flag_unknown(options->artefact, name);
      if (i + 1 == argc)
        return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                                 "--%s needs a value: --%s=%s", name, name,
                                 flag ? flag->metavar : "NUMBER");
      value = argv[++i];
    }
    GANRT_RETURN_IF_ERROR(set(options, name, value, from_command_line));
  }
  return GANRT_STATUS_OK;
}

/* A member of options.json as the text that the command line would have. */
static ganrt_status_t read_member(ganrt_train_options *options,
                                  const ganrt_json *member) {
  ganrt_text text = {0};
  switch (member->kind) {
  case GANRT_JSON_STRING:
    return set(options, member->key, member->string, from_file);
  case GANRT_JSON_BOOL:
    return set(options, member->key, member->boolean ? "1" : "0", from_file);
  case GANRT_JSON_NUMBER: {
    if (member->is_integer)
      ganrt_text_append(&text, "%lld", (long long)member->integer);
    else
      ganrt_text_append_json_number(&text, member->number);
    ganrt_status_t status = ganrt_text_status(&text);
    if (!status)
      status = set(options, member->key, text.data, from_file);
    ganrt_text_destroy(&text);
    return status;
  }
  case GANRT_JSON_ARRAY: /* paths */
    for (const ganrt_json *item = member->first; item; item = item->next) {
      const ganrt_json *name = ganrt_json_find(item, "name");
      const char *path;
      GANRT_RETURN_IF_ERROR(ganrt_json_string(item, "path", &path));
      text.length = 0;
      if (name && name->kind == GANRT_JSON_STRING)
        ganrt_text_append(&text, "%s=", name->string);
      ganrt_text_append(&text, "%s", path);
      ganrt_status_t status = ganrt_text_status(&text);
      if (!status)
        status = set(options, member->key, text.data, from_file);
      if (status) {
        ganrt_text_destroy(&text);
        return status;
      }
    }
    ganrt_text_destroy(&text);
    return GANRT_STATUS_OK;
  default:
    return ganrt_status_make(
        GANRT_INVALID_DATA, "expected a value for '%s', got %s",
        ganrt_quote(member->key).text, ganrt_json_kind_name(member->kind));
  }
}

static ganrt_status_t read_members(ganrt_train_options *options,
                                   const ganrt_json *root) {
  const char *game;
  GANRT_RETURN_IF_ERROR(ganrt_json_string(root, "game", &game));
  if (strcmp(game, options->artefact->name) != 0)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected options of the game '%s', got those of "
                             "'%s'",
                             options->artefact->name, ganrt_quote(game).text);
  const ganrt_json *origin = ganrt_json_find(root, "resumed_from");
  if (origin && origin->kind == GANRT_JSON_STRING && !options->resumed_from)
    options->resumed_from = strdup(origin->string);
  static const char *const groups[] = {"train", "options"};
  for (unsigned i = 0; i < 2; ++i) {
    const ganrt_json *group;
    GANRT_RETURN_IF_ERROR(
        ganrt_json_member(root, groups[i], GANRT_JSON_OBJECT, &group));
    for (const ganrt_json *member = group->first; member; member = member->next)
      GANRT_RETURN_IF_ERROR(read_member(options, member));
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_train_options_read(ganrt_train_options *options,
                                        const char *path) {
  static const ganrt_json_limits limits = {1 << 22, 8, 1 << 16};
  ganrt_bytes bytes;
  GANRT_RETURN_IF_ERROR(ganrt_file_read(NULL, path, limits.bytes, &bytes));
  ganrt_json_document *document = NULL;
  ganrt_status_t status = ganrt_json_parse(NULL, (const char *)bytes.data,
                                           bytes.size, limits, &document);
  if (!status)
    status = read_members(options, ganrt_json_root(document));
  ganrt_json_destroy(document);
  ganrt_bytes_destroy(&bytes);
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}
