/*===- model.c - runs a compiled network ------------------------------------===
 *
 *  1. The functions called "infer" are plans of one network for several batch
 *     sizes; they are sorted, largest first, and must agree in all but the batch.
 *  2. The compiler says which arguments have a batch; the plans agree in it.
 *  3. A run uses the largest plan that still fits; the rest, smaller than every
 *     plan, goes through the smallest one with the last row repeated.
 *  4. Kernels want buffers at multiples of 64 bytes. A pointer that isn't one, or
 *     rows that don't fill a plan, pass through the staging buffers.
 *
 * Staging and the tables below live in the program's block.
 *===----------------------------------------------------------------------===*/
#include "ganrt/model.h"

#include "runtime/src/text.h"

#include <stdatomic.h>
#include <string.h>

typedef unsigned long long ull;

struct ganrt_model {
  const ganrt_allocator *allocator;
  ganrt_pool *own_pool;
  ganrt_program *program;
  uint32_t plan_count;
  uint32_t argument_count, result_count;
  const ganrt_function **plans; /* largest batch first */
  uint8_t **staging;            /* per argument, results first: room for the
                                   largest plan */
  void **pointers;              /* of one run of a plan */
  _Atomic bool busy;            /* a thread is in ganrt_model_run */
};

static const ganrt_model_options no_options = {0};

/*===- Memory ---------------------------------------------------------------===*/

static uint64_t aligned(uint64_t bytes) {
  return (bytes + GANRT_ALIGNMENT - 1) / GANRT_ALIGNMENT * GANRT_ALIGNMENT;
}

/* The largest an argument gets in any plan. */
static uint64_t staging_bytes(const ganrt_artefact *a, uint32_t index) {
  uint64_t most = 0;
  const ganrt_function *f = NULL;
  while ((f = ganrt_artefact_function(a, "infer", f)))
    if (index < f->argument_count && f->arguments[index].bytes > most)
      most = f->arguments[index].bytes;
  return aligned(most);
}

/* What a model adds to its program's block. Nothing overflows: a checked
 * artefact has at most 2^40 bytes per argument and 2^32 entries per table. */
static uint64_t extra_bytes(const ganrt_artefact *a) {
  const ganrt_function *infer = ganrt_artefact_function(a, "infer", NULL);
  uint64_t count = infer->argument_count, bytes;
  bytes = aligned(a->function_count * sizeof(ganrt_function *)) +
          2 * aligned(count * sizeof(void *));
  for (uint32_t i = 0; i < infer->argument_count; ++i)
    if (!ganrt_add(bytes, staging_bytes(a, i), &bytes))
      return UINT64_MAX / 2;
  return bytes;
}

static void cut_extra(ganrt_model *model, const ganrt_artefact *a) {
  uint8_t *at = ganrt_program_extra(model->program);
  uint64_t count = model->argument_count;
  model->plans = (void *)at;
  at += aligned(a->function_count * sizeof(ganrt_function *));
  model->staging = (void *)at;
  at += aligned(count * sizeof(void *));
  model->pointers = (void *)at;
  at += aligned(count * sizeof(void *));
  for (uint32_t i = 0; i < model->argument_count; ++i) {
    model->staging[i] = at;
    at += staging_bytes(a, i);
  }
}

uint64_t ganrt_model_workspace_bytes(const ganrt_artefact *artefact,
                                     const ganrt_model_options *options) {
  if (!options)
    options = &no_options;
  if (ganrt_status_ignore(ganrt_artefact_check(artefact)) ||
      !ganrt_artefact_function(artefact, "infer", NULL))
    return UINT64_MAX;
  uint32_t threads = options->pool      ? ganrt_pool_threads(options->pool)
                     : options->threads ? options->threads
                                        : ganrt_processor_count();
  uint64_t bytes;
  return ganrt_add(ganrt_program_bytes(artefact, threads),
                   aligned(extra_bytes(artefact)), &bytes)
             ? bytes
             : UINT64_MAX;
}

/*===- Plans ----------------------------------------------------------------===*/

/* Two plans agree in an argument but for its batch. */
static bool same_argument(const ganrt_tensor_info *a,
                          const ganrt_tensor_info *b) {
  if (strcmp(a->name, b->name) != 0 || a->dtype != b->dtype ||
      a->rank != b->rank || a->batched != b->batched)
    return false;
  for (uint32_t i = a->batched; i < a->rank; ++i)
    if (a->shape[i] != b->shape[i])
      return false;
  return true;
}

static void sort_plans(ganrt_model *model, const ganrt_artefact *a) {
  const ganrt_function *f = NULL;
  while ((f = ganrt_artefact_function(a, "infer", f))) {
    uint32_t at = model->plan_count++;
    for (; at > 0 && model->plans[at - 1]->batch < f->batch; --at)
      model->plans[at] = model->plans[at - 1];
    model->plans[at] = f;
  }
}

static ganrt_status_t compare_plans(ganrt_model *model) {
  const ganrt_function *first = model->plans[0];
  for (uint32_t p = 0; p < model->plan_count; ++p)
    if (model->plans[p]->argument_count != first->argument_count ||
        model->plans[p]->result_count != first->result_count)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "the plans for batch %u and %u differ in the "
                               "number of arguments",
                               first->batch, model->plans[p]->batch);
  for (uint32_t i = 0; i < model->argument_count; ++i) {
    for (uint32_t p = 1; p < model->plan_count; ++p)
      if (!same_argument(&first->arguments[i], &model->plans[p]->arguments[i]))
        return ganrt_status_make(GANRT_INVALID_DATA,
                                 "the plans for batch %u and %u differ in '%s'",
                                 first->batch, model->plans[p]->batch,
                                 ganrt_quote(first->arguments[i].name).text);
  }
  return GANRT_STATUS_OK;
}

/*===- Life -----------------------------------------------------------------===*/

static ganrt_status_t create_program(ganrt_model *model,
                                     const ganrt_artefact *artefact,
                                     const ganrt_model_options *options) {
  ganrt_pool *pool = options->pool;
  if (!pool) {
    GANRT_RETURN_IF_ERROR(ganrt_pool_create(
        options->allocator, options->threads, &model->own_pool));
    pool = model->own_pool;
  }
  ganrt_program_options program_options = {
      .allocator = options->allocator,
      .pool = pool,
      .workspace = options->workspace,
      .workspace_bytes = options->workspace_bytes,
      .max_memory = options->max_memory,
      .extra_bytes = extra_bytes(artefact),
      .cpu = options->cpu,
      .device = options->device,
      .profile = options->profile != 0,
  };
  GANRT_RETURN_IF_ERROR(
      ganrt_program_create(artefact, &program_options, &model->program));
  const ganrt_function *infer =
      ganrt_artefact_function(artefact, "infer", NULL);
  model->argument_count = infer->argument_count;
  model->result_count = infer->result_count;
  cut_extra(model, artefact);
  sort_plans(model, artefact);
  GANRT_RETURN_IF_ERROR(compare_plans(model));
  ganrt_program_initialize(model->program);
  return ganrt_program_derive(model->program);
}

ganrt_status_t ganrt_model_create(const ganrt_artefact *artefact,
                                  const ganrt_model_options *options,
                                  ganrt_model **out) {
  if (!options)
    options = &no_options;
  if (!out)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT, "the place for the model "
                                                     "is null");
  GANRT_RETURN_IF_ERROR(ganrt_artefact_check(artefact));
  if (!ganrt_artefact_function(artefact, "infer", NULL))
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "'%s' can't be run: it has no function 'infer'",
                             ganrt_quote(artefact->name).text);
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(options->allocator, 1, sizeof(ganrt_model), &memory));
  ganrt_model *model = memory;
  model->allocator = options->allocator;
  ganrt_status_t status = create_program(model, artefact, options);
  if (status) {
    ganrt_model_destroy(model);
    return status;
  }
  *out = model;
  return GANRT_STATUS_OK;
}

void ganrt_model_destroy(ganrt_model *model) {
  if (!model)
    return;
  ganrt_program_destroy(model->program);
  ganrt_pool_destroy(model->own_pool);
  ganrt_release(model->allocator, model, 1, sizeof(*model));
}

/*===- Runs -----------------------------------------------------------------===*/

/* The rows of one argument that one run of a plan handles. */
typedef struct window {
  uint8_t *user;      /* the first of them, the caller's */
  uint64_t row_bytes; /* 0 if not batched */
  uint64_t rows;
  uint64_t bytes; /* of the caller's rows */
  bool direct;    /* kernels may use the caller's buffer */
} window;

static window window_of(const ganrt_function *plan, uint32_t index,
                        const void *base, uint64_t first, uint64_t rows) {
  const ganrt_tensor_info *info = &plan->arguments[index];
  window w = {.user = (uint8_t *)(uintptr_t)base, .bytes = info->bytes};
  bool full = true;
  if (info->batched) {
    w.row_bytes = info->bytes / plan->batch;
    w.rows = rows;
    w.user += first * w.row_bytes;
    w.bytes = rows * w.row_bytes;
    full = rows == plan->batch;
  }
  w.direct = full && (uintptr_t)w.user % GANRT_ALIGNMENT == 0;
  return w;
}

/* Copies rows in and repeats the last one up to the plan's batch: neighbours of
 * real images are never read from, but must not raise floating point traps. */
static void stage(const window *w, uint8_t *staging, uint64_t plan_bytes) {
  if (w->bytes)
    memcpy(staging, w->user, w->bytes);
  for (uint64_t at = w->bytes; at < plan_bytes; at += w->row_bytes)
    memcpy(staging + at, w->user + w->bytes - w->row_bytes, w->row_bytes);
}

static ganrt_status_t run_plan(ganrt_model *model, const ganrt_function *plan,
                               uint64_t first, uint64_t rows,
                               const void *const *inputs,
                               void *const *outputs) {
  for (uint32_t i = 0; i < model->argument_count; ++i) {
    bool result = i < model->result_count;
    const void *base = result ? outputs[i] : inputs[i - model->result_count];
    window w = window_of(plan, i, base, first, rows);
    model->pointers[i] = w.direct ? w.user : model->staging[i];
    if (!w.direct && !result)
      stage(&w, model->staging[i], plan->arguments[i].bytes);
  }
  GANRT_RETURN_IF_ERROR(
      ganrt_program_run(model->program, plan, model->pointers));
  for (uint32_t i = 0; i < model->result_count; ++i) {
    window w = window_of(plan, i, outputs[i], first, rows);
    if (!w.direct && w.bytes)
      memcpy(w.user, model->staging[i], w.bytes);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_pointers(const ganrt_model *model,
                                     const void *const *inputs,
                                     void *const *outputs) {
  for (uint32_t i = 0; i < model->argument_count; ++i) {
    bool result = i < model->result_count;
    if (result ? !outputs || !outputs[i]
               : !inputs || !inputs[i - model->result_count])
      return ganrt_status_make(
          GANRT_INVALID_ARGUMENT, "%s '%s' is null",
          result ? "output" : "input",
          ganrt_quote(model->plans[0]->arguments[i].name).text);
  }
  return GANRT_STATUS_OK;
}

/* A kernel cannot refuse an index: it is checked here. */
static ganrt_status_t check_ranges(const ganrt_model *model, uint64_t count,
                                   const void *const *inputs) {
  for (uint32_t i = 0; i < ganrt_model_input_count(model); ++i) {
    ganrt_model_argument argument = ganrt_model_input(model, i);
    const ganrt_tensor_info *info = argument.info;
    bool wide = info->dtype == GANRT_I64;
    if (!(info->low < info->high) || (!wide && info->dtype != GANRT_I32))
      continue;
    uint64_t rows = argument.is_batched ? count : 1;
    uint64_t elements = rows * (argument.row_bytes / (wide ? 8 : 4));
    for (uint64_t k = 0; k < elements; ++k) {
      int64_t value = wide ? ((const int64_t *)inputs[i])[k]
                           : ((const int32_t *)inputs[i])[k];
      if (value < (int64_t)info->low || value > (int64_t)info->high)
        return ganrt_status_make(
            GANRT_INVALID_ARGUMENT,
            "input '%s': expected numbers from %lld to %lld, got %lld",
            ganrt_quote(info->name).text, (long long)info->low,
            (long long)info->high, (long long)value);
    }
  }
  return GANRT_STATUS_OK;
}

/* The largest plan that `left` images fill, or the smallest. */
static const ganrt_function *next_plan(const ganrt_model *model,
                                       uint64_t left) {
  uint32_t p = 0;
  while (p + 1 < model->plan_count && model->plans[p]->batch > left)
    ++p;
  return model->plans[p];
}

/* `rows` images are left for the last run of `count` ones. */
static ganrt_status_t check_mixed(const ganrt_function *plan,
                                  const ganrt_tensor_info *result,
                                  uint64_t count, uint64_t rows) {
  if (!result->batched && count != plan->batch)
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "output '%s' is one for all images of a run: expected %u images, got "
        "%llu; compile with --batch=%llu to run so many",
        ganrt_quote(result->name).text, plan->batch, (ull)count, (ull)count);
  if (result->batched && rows < plan->batch)
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "output '%s': the images of a run change each other, so that runs of "
        "%u must be full: got %llu images, which leave %llu; run a multiple, "
        "or compile with --batch=%llu",
        ganrt_quote(result->name).text, plan->batch, (ull)count, (ull)rows,
        (ull)count);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_model_check_count(const ganrt_model *model, size_t count) {
  if (model->plans[0]->batch == 0)
    return count <= 1 ? GANRT_STATUS_OK
                      : ganrt_status_make(
                            GANRT_INVALID_ARGUMENT,
                            "expected a count of 1 for a network without a "
                            "batch, got %llu",
                            (ull)count);
  /* Only the last run may be less than full. */
  const ganrt_function *plan = next_plan(model, count);
  uint64_t rows = count;
  for (; rows > plan->batch; plan = next_plan(model, rows))
    rows = (rows - 1) % plan->batch + 1;
  /* A result for all images first: it leaves the fewest counts. */
  for (uint32_t batched = 0; count && batched < 2; ++batched)
    for (uint32_t i = 0; i < model->result_count; ++i)
      if (plan->arguments[i].mixed && plan->arguments[i].batched == batched)
        GANRT_RETURN_IF_ERROR(
            check_mixed(plan, &plan->arguments[i], count, rows));
  return GANRT_STATUS_OK;
}

static ganrt_status_t run_plans(ganrt_model *model, uint64_t count,
                                const void *const *inputs,
                                void *const *outputs) {
  for (uint64_t first = 0; first < count;) {
    const ganrt_function *plan = next_plan(model, count - first);
    uint64_t rows = plan->batch ? plan->batch : 1;
    if (rows > count - first)
      rows = count - first;
    GANRT_RETURN_IF_ERROR(run_plan(model, plan, first, rows, inputs, outputs));
    first += rows;
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_model_run(ganrt_model *model, size_t count,
                               const void *const *inputs,
                               void *const *outputs) {
  if (!model)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT, "the model is null");
  if (count == 0)
    return GANRT_STATUS_OK;
  GANRT_RETURN_IF_ERROR(check_pointers(model, inputs, outputs));
  GANRT_RETURN_IF_ERROR(ganrt_model_check_count(model, count));
  GANRT_RETURN_IF_ERROR(check_ranges(model, count, inputs));
  if (atomic_exchange(&model->busy, true))
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "the model is in use by another thread");
  ganrt_status_t status = run_plans(model, count, inputs, outputs);
  atomic_store(&model->busy, false);
  return status;
}

/*===- Description ----------------------------------------------------------===*/

static ganrt_model_argument describe(const ganrt_model *model, uint32_t index) {
  const ganrt_function *plan = model->plans[0];
  const ganrt_tensor_info *info = &plan->arguments[index];
  ganrt_model_argument result = {info, info->batched != 0, info->bytes};
  if (result.is_batched)
    result.row_bytes /= plan->batch;
  return result;
}

uint32_t ganrt_model_input_count(const ganrt_model *model) {
  return model->argument_count - model->result_count;
}

uint32_t ganrt_model_output_count(const ganrt_model *model) {
  return model->result_count;
}

ganrt_model_argument ganrt_model_input(const ganrt_model *model,
                                       uint32_t index) {
  return describe(model, model->result_count + index);
}

ganrt_model_argument ganrt_model_output(const ganrt_model *model,
                                        uint32_t index) {
  return describe(model, index);
}

uint32_t ganrt_model_batch(const ganrt_model *model) {
  return model->plans[0]->batch;
}

ganrt_program *ganrt_model_program(ganrt_model *model) {
  return model->program;
}
