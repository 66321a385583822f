/*===- inputs.c - what a run of the network is fed with ---------------------===
 *
 * Sources of an input, first that applies: --input, --class and --trunc, the
 * seeds. What is given may be of another element type if every value survives.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/infer/inputs.h"

#include "runtime/src/infer/literal.h"

#include <string.h>

typedef unsigned long long ull;

/*===- Given tensors --------------------------------------------------------===*/

/* "?x4xf32" for a batched input. */
static const char *expected_shape(const ganrt_model_argument *argument,
                                  char *text, size_t capacity) {
  const ganrt_tensor_info *info = argument->info;
  if (!argument->is_batched)
    return ganrt_shape_format(info->dtype, info->rank, info->shape, text,
                              capacity);
  text[0] = '?';
  text[1] = 'x';
  ganrt_shape_format(info->dtype, info->rank - 1, info->shape + 1, text + 2,
                     capacity - 2);
  return text;
}

static ganrt_status_t check_shape(const ganrt_model_argument *argument,
                                  const ganrt_tensor *tensor) {
  const ganrt_tensor_info *info = argument->info;
  bool fits = tensor->rank == info->rank;
  for (uint32_t i = 0; fits && i < info->rank; ++i)
    fits = i == 0 && argument->is_batched ? tensor->shape[0] > 0
                                          : tensor->shape[i] == info->shape[i];
  if (fits)
    return GANRT_STATUS_OK;
  char left[256], right[256];
  return ganrt_status_make(
      GANRT_INVALID_ARGUMENT, "input '%s': expected %s, got %s",
      ganrt_quote(info->name).text,
      expected_shape(argument, left, sizeof(left)),
      ganrt_shape_format(tensor->dtype, tensor->rank, tensor->shape, right,
                         sizeof(right)));
}

static ganrt_status_t set_converted(ganrt_inputs *inputs, uint32_t index,
                                    const ganrt_tensor *tensor) {
  ganrt_model_argument argument = ganrt_model_input(inputs->model, index);
  GANRT_RETURN_IF_ERROR(check_shape(&argument, tensor));
  if (inputs->given[index].data)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "input '%s' is given twice",
                             ganrt_quote(argument.info->name).text);
  uint64_t rows = argument.is_batched ? (uint64_t)tensor->shape[0] : 1;
  if (rows > 1 && inputs->rows > 1 && rows != inputs->rows)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "input '%s': expected %llu rows as before, got "
                             "%llu",
                             ganrt_quote(argument.info->name).text,
                             (ull)inputs->rows, (ull)rows);
  GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
      ganrt_tensor_convert(NULL, tensor, argument.info->dtype,
                           &inputs->given[index]),
      "input '%s'", ganrt_quote(argument.info->name).text));
  if (rows > 1)
    inputs->rows = rows;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_inputs_set(ganrt_inputs *inputs, uint32_t index,
                                ganrt_tensor tensor) {
  ganrt_status_t status = set_converted(inputs, index, &tensor);
  ganrt_tensor_destroy(&tensor);
  return status;
}

/* The input of a name, or the one whose turn it is. */
static ganrt_status_t find_input(const ganrt_inputs *inputs, const char *name,
                                 uint64_t length, uint32_t position,
                                 uint32_t *index) {
  for (uint32_t i = 0; name && i < inputs->count; ++i) {
    const char *other = ganrt_model_input(inputs->model, i).info->name;
    if (strlen(other) == length && memcmp(other, name, length) == 0) {
      *index = i;
      return GANRT_STATUS_OK;
    }
  }
  if (name)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "there is no input '%s'; see --model-info",
                             ganrt_quote_bytes(name, length).text);
  if (position >= inputs->count)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected at most %u inputs, got more",
                             inputs->count);
  *index = position;
  return GANRT_STATUS_OK;
}

static ganrt_status_t take_texts(ganrt_inputs *inputs,
                                 const ganrt_texts *texts) {
  uint32_t position = 0;
  for (uint32_t i = 0; i < texts->count; ++i) {
    const char *name;
    uint64_t length;
    const char *literal = ganrt_literal_split(texts->items[i], &name, &length);
    uint32_t index;
    GANRT_RETURN_IF_ERROR(find_input(inputs, name, length, position, &index));
    position = index + 1;
    ganrt_tensor tensor;
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        ganrt_literal_parse(NULL, literal, &tensor), "input '%s'",
        ganrt_quote(ganrt_model_input(inputs->model, index).info->name).text));
    GANRT_RETURN_IF_ERROR(ganrt_inputs_set(inputs, index, tensor));
  }
  return GANRT_STATUS_OK;
}

/*===- Classes and truncation -----------------------------------------------===*/

static bool name_is_one_of(const char *name, const char *const *names) {
  for (; *names; ++names)
    if (strcmp(name, *names) == 0)
      return true;
  return false;
}

/* One row of an input, all zero. */
static ganrt_status_t one_row(const ganrt_tensor_info *info, bool is_batched,
                              ganrt_tensor *row) {
  if (info->rank > GANRT_MAX_RANK)
    return ganrt_status_make(GANRT_LIMIT, "expected rank <= %u, got %u",
                             GANRT_MAX_RANK, info->rank);
  int64_t shape[GANRT_MAX_RANK];
  if (info->rank)
    memcpy(shape, info->shape, info->rank * sizeof(*shape));
  if (is_batched)
    shape[0] = 1;
  return ganrt_tensor_create(NULL, info->dtype, info->rank, shape, row);
}

/* An index of one element, or a one-hot row of f32. */
static ganrt_status_t take_class(ganrt_inputs *inputs, int64_t class_index) {
  static const char *const names[] = {
      "c", "y", "class", "classes", "label", "labels", "class_label", NULL};
  for (uint32_t i = 0; i < inputs->count; ++i) {
    ganrt_model_argument argument = ganrt_model_input(inputs->model, i);
    const ganrt_tensor_info *info = argument.info;
    bool whole = info->dtype == GANRT_I32 || info->dtype == GANRT_I64;
    uint64_t elements = argument.row_bytes / ganrt_dtype_bytes(info->dtype);
    bool one_hot = info->dtype == GANRT_F32 && info->rank == 2 && elements > 1;
    if (!name_is_one_of(info->name, names) ||
        !((whole && elements == 1) || one_hot))
      continue;
    if (class_index < 0 ||
        (one_hot ? (uint64_t)class_index >= elements : class_index > INT32_MAX))
      return ganrt_status_make(
          GANRT_INVALID_ARGUMENT, "--class: expected 0 ... %llu, got %lld",
          one_hot ? (ull)elements - 1 : (ull)INT32_MAX, (long long)class_index);
    ganrt_tensor row;
    GANRT_RETURN_IF_ERROR(one_row(info, argument.is_batched, &row));
    ganrt_element_write(info->dtype, row.data,
                        one_hot ? (uint64_t)class_index : 0,
                        one_hot ? 1 : (double)class_index);
    return ganrt_inputs_set(inputs, i, row);
  }
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "--class: the network takes no class");
}

static ganrt_status_t take_truncation(ganrt_inputs *inputs, double truncation) {
  static const char *const names[] = {"psi", "trunc", "truncation",
                                      "truncation_psi", NULL};
  for (uint32_t i = 0; i < inputs->count; ++i) {
    ganrt_model_argument argument = ganrt_model_input(inputs->model, i);
    if (!name_is_one_of(argument.info->name, names) ||
        argument.info->dtype != GANRT_F32 || argument.row_bytes != 4)
      continue;
    ganrt_tensor row;
    GANRT_RETURN_IF_ERROR(one_row(argument.info, argument.is_batched, &row));
    ganrt_element_write(GANRT_F32, row.data, 0, truncation);
    return ganrt_inputs_set(inputs, i, row);
  }
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "--trunc: the network takes no truncation");
}

/*===- Life and runs --------------------------------------------------------===*/

ganrt_status_t ganrt_inputs_create(const ganrt_model *model,
                                   const ganrt_infer_options *options,
                                   ganrt_inputs *out) {
  *out = (ganrt_inputs){
      .model = model, .count = ganrt_model_input_count(model), .rows = 1};
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, out->count, sizeof(ganrt_tensor), &memory));
  out->given = memory;
  GANRT_RETURN_IF_ERROR(take_texts(out, &options->inputs));
  if (options->has_class)
    GANRT_RETURN_IF_ERROR(take_class(out, options->class_index));
  if (options->has_truncation)
    GANRT_RETURN_IF_ERROR(take_truncation(out, options->truncation));
  return GANRT_STATUS_OK;
}

void ganrt_inputs_destroy(ganrt_inputs *inputs) {
  for (uint32_t i = 0; inputs->given && i < inputs->count; ++i)
    ganrt_tensor_destroy(&inputs->given[i]);
  ganrt_release(NULL, inputs->given, inputs->count, sizeof(ganrt_tensor));
  inputs->given = NULL;
}

ganrt_status_t ganrt_inputs_fill(const ganrt_inputs *inputs, uint32_t index,
                                 const ganrt_seeds *seeds, uint64_t first,
                                 uint64_t rows, void *to) {
  ganrt_model_argument argument = ganrt_model_input(inputs->model, index);
  const ganrt_tensor_info *info = argument.info;
  const ganrt_tensor *given = &inputs->given[index];
  uint64_t bytes = argument.row_bytes;
  /* Without a batch it is the same for all images, so no seed can draw it,
   * unless each image is a run of its own. */
  bool is_drawn = seeds && info->dtype == GANRT_F32 &&
                  (argument.is_batched || !ganrt_model_batch(inputs->model));
  if (!argument.is_batched)
    rows = 1;
  if (given->data) {
    bool shared = !argument.is_batched || given->shape[0] == 1;
    for (uint64_t i = 0; bytes && i < rows; ++i)
      memcpy((char *)to + i * bytes,
             (const char *)given->data + (shared ? 0 : first + i) * bytes,
             bytes);
    return GANRT_STATUS_OK;
  }
  if (!is_drawn)
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT, "input '%s' is not given: --input=%s=TENSOR%s",
        ganrt_quote(info->name).text, ganrt_quote(info->name).text,
        seeds ? "" : " or --seeds=0-3");
  for (uint64_t i = 0; i < rows; ++i)
    ganrt_seeds_draw(seeds->items[first + i], info, bytes / 4,
                     (float *)(void *)((char *)to + i * bytes));
  return GANRT_STATUS_OK;
}

/* A tensor of an argument with so many rows. */
static ganrt_status_t create_rows(ganrt_model_argument argument, uint64_t rows,
                                  ganrt_tensor *out) {
  const ganrt_tensor_info *info = argument.info;
  int64_t shape[GANRT_MAX_RANK];
  if (info->rank)
    memcpy(shape, info->shape, info->rank * sizeof(*shape));
  if (argument.is_batched)
    shape[0] = (int64_t)rows;
  return ganrt_status_annotate(
      ganrt_tensor_create(NULL, info->dtype, info->rank, shape, out), "'%s'",
      ganrt_quote(info->name).text);
}

/* A run under way: inputs, then outputs, and where they lie. */
typedef struct run {
  ganrt_tensor *tensors;
  void **pointers;
  uint32_t inputs, count;
} run;

static ganrt_status_t prepare(run *r, const ganrt_inputs *inputs,
                              const ganrt_model *model,
                              const ganrt_seeds *seeds, uint64_t first,
                              uint64_t rows) {
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, r->count, sizeof(ganrt_tensor), &memory));
  r->tensors = memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, r->count, sizeof(void *), &memory));
  r->pointers = memory;
  for (uint32_t i = 0; i < r->count; ++i) {
    bool is_input = i < r->inputs;
    GANRT_RETURN_IF_ERROR(
        create_rows(is_input ? ganrt_model_input(model, i)
                             : ganrt_model_output(model, i - r->inputs),
                    rows, &r->tensors[i]));
    if (is_input)
      GANRT_RETURN_IF_ERROR(
          ganrt_inputs_fill(inputs, i, seeds, first, rows, r->tensors[i].data));
    r->pointers[i] = r->tensors[i].data;
  }
  return GANRT_STATUS_OK;
}

static void finish(run *r) {
  for (uint32_t i = 0; r->tensors && i < r->count; ++i)
    ganrt_tensor_destroy(&r->tensors[i]);
  ganrt_release(NULL, r->pointers, r->count, sizeof(void *));
  ganrt_release(NULL, r->tensors, r->count, sizeof(ganrt_tensor));
}

/* Hands the output tensors over. */
static ganrt_status_t take_outputs(run *r, ganrt_outputs *out) {
  uint32_t count = r->count - r->inputs;
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, count, sizeof(ganrt_tensor), &memory));
  *out = (ganrt_outputs){memory, count};
  for (uint32_t i = 0; i < count; ++i) {
    out->items[i] = r->tensors[r->inputs + i];
    r->tensors[r->inputs + i] = (ganrt_tensor){0};
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_inputs_run(const ganrt_inputs *inputs, ganrt_model *model,
                                const ganrt_seeds *seeds, uint64_t first,
                                uint64_t rows, ganrt_outputs *out) {
  run r = {.inputs = inputs->count,
           .count = inputs->count + ganrt_model_output_count(model)};
  ganrt_status_t status = prepare(&r, inputs, model, seeds, first, rows);
  if (!status)
    status =
        ganrt_model_run(model, (size_t)rows, (const void *const *)r.pointers,
                        r.pointers + r.inputs);
  if (!status)
    status = take_outputs(&r, out);
  finish(&r);
  return status;
}

void ganrt_outputs_destroy(ganrt_outputs *outputs) {
  for (uint32_t i = 0; i < outputs->count; ++i)
    ganrt_tensor_destroy(&outputs->items[i]);
  ganrt_release(NULL, outputs->items, outputs->count, sizeof(ganrt_tensor));
  *outputs = (ganrt_outputs){0};
}
