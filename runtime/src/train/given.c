/*===- given.c - draws that come from files -------------------------------===
 *
 * Per draw a list of bytes that are handed out one draw at a time. A tensor
 * fits if it has the draw's type and shape, several draws along the first axis
 * or along one more axis in front.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/train/given.h"

#include "ganrt/program.h"
#include "runtime/src/formats/npy.h"
#include "runtime/src/formats/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct given_draw {
  uint8_t *bytes; /* NULL: not given */
  uint64_t size;
  uint64_t next;
} given_draw;

struct ganrt_given {
  const ganrt_artefact *artefact;
  given_draw *draws;
};

/* Whether `shape` is the draw's, with any multiple of the first axis or with
 * one more axis in front. */
static bool fits(const ganrt_tensor_info *info, uint32_t rank,
                 const int64_t *shape) {
  uint32_t front = rank == info->rank + 1;
  if (!info->bytes || rank != info->rank + front)
    return false;
  for (uint32_t i = 1 - front; i < info->rank; ++i)
    if (shape[i + front] != info->shape[i])
      return false;
  if (front)
    return shape[0] > 0;
  return rank == 0 || (shape[0] > 0 && shape[0] % info->shape[0] == 0);
}

/* Labels choose classes: one that there is not would be read from nowhere. */
static ganrt_status_t check_labels(const ganrt_tensor_info *info,
                                   const ganrt_tensor *tensor) {
  uint64_t count = tensor->bytes / ganrt_dtype_bytes(tensor->dtype);
  bool choose = info->dtype != GANRT_F32 && info->low < info->high;
  for (uint64_t i = 0; choose && i < count; ++i) {
    double label = ganrt_element_read(tensor->dtype, tensor->data, i);
    if (label < info->low || label > info->high)
      return ganrt_status_make(
          GANRT_INVALID_ARGUMENT,
          "draw '%s' expects labels from %.0f to %.0f, got %.0f",
          ganrt_quote(info->name).text, info->low, info->high, label);
  }
  return GANRT_STATUS_OK;
}

/* Appends a tensor to what a draw is given. */
static ganrt_status_t append(ganrt_given *given, uint32_t draw,
                             const ganrt_tensor *tensor) {
  const ganrt_tensor_info *info = &given->artefact->draws[draw];
  given_draw *list = &given->draws[draw];
  char expected[200], got[200];
  if (!fits(info, tensor->rank, tensor->shape))
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "draw '%s' expects %s, several of them along the first axis (a "
        "multiple of %lld) or along one more axis in front, got %s",
        ganrt_quote(info->name).text,
        ganrt_shape_format(info->dtype, info->rank, info->shape, expected,
                           sizeof expected),
        info->rank ? (long long)info->shape[0] : 1,
        ganrt_shape_format(tensor->dtype, tensor->rank, tensor->shape, got,
                           sizeof got));
  ganrt_tensor converted;
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_convert(NULL, tensor, info->dtype, &converted));
  ganrt_status_t status = check_labels(info, &converted);
  if (status) {
    ganrt_tensor_destroy(&converted);
    return status;
  }
  uint8_t *bytes = realloc(list->bytes, list->size + converted.bytes);
  if (bytes) {
    list->bytes = bytes;
    memcpy(bytes + list->size, converted.data, converted.bytes);
    list->size += converted.bytes;
  }
  ganrt_tensor_destroy(&converted);
  return bytes ? GANRT_STATUS_OK
               : ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
}

static ganrt_status_t find_draw(const ganrt_artefact *artefact,
                                const char *name, uint32_t *out) {
  ganrt_text names = {0};
  for (uint32_t i = 0; i < artefact->draw_count; ++i) {
    if (strcmp(artefact->draws[i].name, name) == 0) {
      *out = i;
      ganrt_text_destroy(&names);
      return GANRT_STATUS_OK;
    }
    ganrt_text_append(&names, "%s%s", i ? ", " : "", artefact->draws[i].name);
  }
  ganrt_status_t status = ganrt_status_make(
      GANRT_INVALID_ARGUMENT, "--given: there is no draw '%s'; possible: %s",
      ganrt_quote(name).text, names.data ? names.data : "none");
  ganrt_text_destroy(&names);
  return status;
}

static ganrt_status_t open_npy(ganrt_given *given, const char *name,
                               const char *path) {
  uint32_t draw;
  ganrt_tensor tensor;
  GANRT_RETURN_IF_ERROR(find_draw(given->artefact, name, &draw));
  GANRT_RETURN_IF_ERROR(ganrt_npy_read(NULL, path, &tensor));
  ganrt_status_t status = append(given, draw, &tensor);
  ganrt_tensor_destroy(&tensor);
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}

static ganrt_status_t append_from_file(ganrt_given *given, uint32_t draw,
                                       const ganrt_safetensors *file,
                                       const ganrt_safetensor *info) {
  ganrt_tensor tensor;
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_create(NULL, info->dtype, info->rank, info->shape, &tensor));
  ganrt_status_t status = ganrt_safetensors_read(file, info, tensor.data);
  if (!status)
    status = append(given, draw, &tensor);
  ganrt_tensor_destroy(&tensor);
  return status;
}

/* A recorded tensor of one draw, by where in the run it was drawn. */
typedef struct recorded {
  uint64_t step, time;
  const ganrt_safetensor *tensor;
} recorded;

static int compare_recorded(const void *left, const void *right) {
  const recorded *a = left, *b = right;
  if (a->step != b->step)
    return a->step < b->step ? -1 : 1;
  return a->time < b->time ? -1 : a->time > b->time;
}

/* Reads step/<n>/draw/<name>#<k>. */
static bool parse_recorded(const char *key, const char *name, recorded *out) {
  char step[24], time[24];
  const char *rest = strncmp(key, "step/", 5) == 0 ? key + 5 : NULL;
  const char *slash = rest ? strchr(rest, '/') : NULL;
  if (!slash || (size_t)(slash - rest) >= sizeof step)
    return false;
  memcpy(step, rest, (size_t)(slash - rest));
  step[slash - rest] = 0;
  size_t length = strlen(name);
  if (strncmp(slash, "/draw/", 6) != 0 ||
      strncmp(slash + 6, name, length) != 0 || slash[6 + length] != '#')
    return false;
  snprintf(time, sizeof time, "%s", slash + 7 + length);
  return ganrt_parse_u64(step, &out->step) && ganrt_parse_u64(time, &out->time);
}

/* All recorded draws of this name, in their order; how many, in `count`. */
static ganrt_status_t append_recorded(ganrt_given *given, uint32_t draw,
                                      const ganrt_safetensors *file,
                                      uint64_t *count) {
  const char *name = given->artefact->draws[draw].name;
  uint64_t total = ganrt_safetensors_count(file);
  recorded *list = malloc((total + 1) * sizeof *list);
  ganrt_status_t status = GANRT_STATUS_OK;
  *count = 0;
  if (!list)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  for (uint64_t i = 0; i < total; ++i) {
    list[*count].tensor = ganrt_safetensors_at(file, i);
    *count += parse_recorded(list[*count].tensor->name, name, &list[*count]);
  }
  if (*count)
    qsort(list, *count, sizeof *list, compare_recorded);
  for (uint64_t i = 0; !status && i < *count; ++i)
    status = append_from_file(given, draw, file, list[i].tensor);
  free(list);
  return status;
}

static ganrt_status_t open_safetensors(ganrt_given *given, const char *path) {
  const ganrt_artefact *artefact = given->artefact;
  ganrt_safetensors *file;
  GANRT_RETURN_IF_ERROR(ganrt_safetensors_open(NULL, path, &file));
  ganrt_status_t status = GANRT_STATUS_OK;
  uint64_t used = 0;
  for (uint32_t i = 0; !status && i < artefact->draw_count; ++i) {
    const ganrt_safetensor *whole =
        ganrt_safetensors_find(file, artefact->draws[i].name);
    uint64_t count = 1;
    status = whole ? append_from_file(given, i, file, whole)
                   : append_recorded(given, i, file, &count);
    used += count;
  }
  ganrt_safetensors_close(file);
  if (!status && !used)
    status = ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "holds none of the game's draws");
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}

ganrt_status_t ganrt_given_open(const ganrt_train_options *options,
                                ganrt_given **out) {
  ganrt_given *given = calloc(1, sizeof *given);
  *out = NULL;
  if (given) {
    given->artefact = options->artefact;
    given->draws =
        calloc((size_t)options->artefact->draw_count + 1, sizeof *given->draws);
  }
  ganrt_status_t status =
      given && given->draws
          ? GANRT_STATUS_OK
          : ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  for (uint32_t i = 0; !status && i < options->given_count; ++i) {
    const ganrt_named_path *path = &options->given[i];
    status = path->name ? open_npy(given, path->name, path->path)
                        : open_safetensors(given, path->path);
  }
  if (status)
    ganrt_given_close(given);
  else
    *out = given;
  return status;
}

void ganrt_given_close(ganrt_given *given) {
  if (!given)
    return;
  if (given->draws)
    for (uint32_t i = 0; i < given->artefact->draw_count; ++i)
      free(given->draws[i].bytes);
  free(given->draws);
  free(given);
}

bool ganrt_given_has(const ganrt_given *given, uint32_t draw) {
  return given && given->draws[draw].bytes;
}

static ganrt_status_t too_few(const ganrt_given *given, uint32_t draw) {
  const ganrt_tensor_info *info = &given->artefact->draws[draw];
  return ganrt_status_make(
      GANRT_INVALID_ARGUMENT,
      "--given holds %llu draws of '%s', the game needs more; use --steps",
      (unsigned long long)(given->draws[draw].size / info->bytes),
      ganrt_quote(info->name).text);
}

ganrt_status_t ganrt_given_check(const ganrt_given *given, uint64_t steps) {
  const ganrt_artefact *artefact = given->artefact;
  const ganrt_function *step = ganrt_artefact_function(artefact, "step", NULL);
  uint64_t *counts = calloc((size_t)artefact->draw_count + 1, sizeof *counts);
  if (!counts)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  for (uint32_t at = 0; step && at < step->instruction_count; ++at) {
    const ganrt_instruction *i = &step->instructions[at];
    if (i->opcode == GANRT_OP_REPEAT)
      at = i->b - 1;
    else if (i->opcode == GANRT_OP_IF)
      at = i->c - 1;
    else if (i->opcode == GANRT_OP_DRAWN)
      counts[i->a] += 1;
    else if (i->opcode == GANRT_OP_DRAW_DATA && i->c < artefact->draw_count)
      counts[i->c] += 1;
  }
  ganrt_status_t status = GANRT_STATUS_OK;
  for (uint32_t i = 0; !status && i < artefact->draw_count; ++i) {
    uint64_t held = given->draws[i].bytes
                        ? given->draws[i].size / artefact->draws[i].bytes
                        : UINT64_MAX;
    if (counts[i] && held / counts[i] < steps)
      status = too_few(given, i);
  }
  free(counts);
  return status;
}

ganrt_status_t ganrt_given_next(ganrt_given *given, uint32_t draw,
                                void *values) {
  const ganrt_tensor_info *info = &given->artefact->draws[draw];
  given_draw *list = &given->draws[draw];
  if (list->size - list->next < info->bytes)
    return too_few(given, draw);
  memcpy(values, list->bytes + list->next, info->bytes);
  list->next += info->bytes;
  return GANRT_STATUS_OK;
}
