/*===- program.c - walks the functions of an artefact -----------------------===
 *
 *  1. The artefact is checked once; the walk below checks nothing again.
 *  2. All memory is one block, cut by plan_memory: state, derived buffers, the
 *     arena, a workspace per thread, and the small tables of the walk.
 *  3. `pointers` has the address of every place, made once. A call's buffers are
 *     then simply a range of it, and so are the operands of a batched call. Only
 *     places that are arguments change, at the start of a run.
 *  4. Functions run one at a time and share the arena.
 *===----------------------------------------------------------------------===*/
#include "ganrt/program.h"

#include "ganrt/cpu.h"
#include "ganrt/random.h"
#include "runtime/src/clock.h"
#include "runtime/src/expression.h"
#include "runtime/src/state.h"
#include "runtime/src/text.h"

#include <math.h>
#include <string.h>

/* Iterations of one block in a step: what the counter word has room for. */
#define MOST_ITERATIONS (1u << 20)

typedef unsigned long long ull;

struct ganrt_program {
  const ganrt_artefact *artefact;
  const ganrt_level *level; /* the code that runs */
  const ganrt_allocator *allocator;
  ganrt_pool *pool;
  ganrt_hooks hooks;
  ganrt_counters counters;

  uint8_t *block;
  uint64_t block_bytes;
  bool owns_block;

  uint8_t *state, *derived, *arena, *extra;
  uint8_t *workspaces; /* per thread */
  uint64_t workspace_bytes;
  void **pointers; /* per place */
  ganrt_batch *batches;
  double *options;
  double *held;
  uint32_t *iterations; /* per block, in this run */
  ganrt_report *reports;
  ganrt_kernel_time *times;
  bool profile;
};

/*===- Memory ---------------------------------------------------------------===*/

/* Offsets into the one block. */
typedef struct memory_plan {
  uint64_t state, derived, arena, workspaces, pointers, batches, options, held,
      iterations, updates, reports, times, extra;
  uint64_t workspace_bytes; /* of one thread */
  uint64_t bytes;           /* of all; UINT64_MAX if they don't fit */
} memory_plan;

/* Appends an aligned piece of count * size bytes; returns its offset. */
static uint64_t append(memory_plan *plan, uint64_t count, uint64_t size) {
  uint64_t offset = plan->bytes, bytes;
  if (!ganrt_multiply(count, size, &bytes) ||
      !ganrt_add(bytes, GANRT_ALIGNMENT - 1, &bytes) ||
      !ganrt_add(plan->bytes, bytes / GANRT_ALIGNMENT * GANRT_ALIGNMENT,
                 &plan->bytes))
    plan->bytes = UINT64_MAX - GANRT_ALIGNMENT; /* stays too large */
  return offset;
}

static memory_plan plan_memory(const ganrt_artefact *a, uint32_t threads,
                               uint64_t extra) {
  uint64_t arena = 0, workspace = 0;
  for (uint32_t i = 0; i < a->function_count; ++i)
    if (a->functions[i].arena_bytes > arena)
      arena = a->functions[i].arena_bytes;
  for (uint32_t i = 0; i < a->kernel_count; ++i)
    if (a->kernels[i].workspace_bytes > workspace)
      workspace = a->kernels[i].workspace_bytes;
  memory_plan plan = {0};
  plan.state = append(&plan, a->state_bytes, 1);
  plan.derived = append(&plan, a->derived_bytes, 1);
  plan.arena = append(&plan, arena, 1);
  /* No two threads write to one cache line. */
  plan.workspace_bytes =
      (workspace + GANRT_ALIGNMENT - 1) / GANRT_ALIGNMENT * GANRT_ALIGNMENT;
  plan.workspaces = append(&plan, plan.workspace_bytes, threads);
  plan.pointers = append(&plan, a->place_count, sizeof(void *));
  plan.batches = append(&plan, a->table_count, sizeof(ganrt_batch));
  plan.options = append(&plan, a->option_count, sizeof(double));
  plan.held = append(&plan, a->held_count, sizeof(double));
  plan.iterations = append(&plan, a->block_count, sizeof(uint32_t));
  plan.updates = append(&plan, a->player_count, sizeof(uint64_t));
  plan.reports = append(&plan, a->report_count, sizeof(ganrt_report));
  plan.times = append(&plan, a->kernel_count, sizeof(ganrt_kernel_time));
  plan.extra = append(&plan, extra, 1);
  return plan;
}

uint64_t ganrt_program_bytes(const ganrt_artefact *artefact, uint32_t threads) {
  return plan_memory(artefact, threads ? threads : 1, 0).bytes;
}

static ganrt_status_t take_block(ganrt_program *program,
                                 const ganrt_program_options *options,
                                 const memory_plan *plan) {
  if (options->max_memory && plan->bytes > options->max_memory)
    return ganrt_status_make(
        GANRT_LIMIT,
        "expected at most %llu bytes of memory, '%s' needs "
        "%llu",
        (ull)options->max_memory, ganrt_quote(program->artefact->name).text,
        (ull)plan->bytes);
  program->block_bytes = plan->bytes;
  if (options->workspace) {
    if ((uintptr_t)options->workspace % GANRT_ALIGNMENT)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "expected a workspace at a multiple of %u bytes",
                               GANRT_ALIGNMENT);
    if (options->workspace_bytes < plan->bytes)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                               "expected a workspace of %llu bytes, got %llu",
                               (ull)plan->bytes, (ull)options->workspace_bytes);
    program->block = options->workspace;
    memset(program->block, 0, plan->bytes);
    return GANRT_STATUS_OK;
  }
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(program->allocator, plan->bytes, 1, &memory));
  program->block = memory;
  program->owns_block = true;
  return GANRT_STATUS_OK;
}

static void cut_block(ganrt_program *program, const memory_plan *plan) {
  uint8_t *block = program->block;
  program->state = block + plan->state;
  program->derived = block + plan->derived;
  program->arena = block + plan->arena;
  program->extra = block + plan->extra;
  program->workspaces = block + plan->workspaces;
  program->workspace_bytes = plan->workspace_bytes;
  program->pointers = (void *)(block + plan->pointers);
  program->batches = (void *)(block + plan->batches);
  program->options = (void *)(block + plan->options);
  program->held = (void *)(block + plan->held);
  program->iterations = (void *)(block + plan->iterations);
  program->counters.updates = (void *)(block + plan->updates);
  program->reports = (void *)(block + plan->reports);
  program->times = (void *)(block + plan->times);
}

/* The address of a place that is no argument. */
static void *address_of(ganrt_program *program, const ganrt_place *place) {
  switch (place->space) {
  case GANRT_SPACE_CONSTANT: /* kernels only read these */
    return (void *)(uintptr_t)(program->artefact->constants + place->offset);
  case GANRT_SPACE_STATE:
    return program->state + place->offset;
  case GANRT_SPACE_DERIVED:
    return program->derived + place->offset;
  case GANRT_SPACE_ARENA:
    return program->arena + place->offset;
  case GANRT_SPACE_TABLE:
    return &program->batches[place->offset];
  default:
    return NULL;
  }
}

static void resolve(ganrt_program *program) {
  const ganrt_artefact *a = program->artefact;
  for (uint32_t i = 0; i < a->place_count; ++i)
    program->pointers[i] = address_of(program, &a->places[i]);
  for (uint32_t i = 0; i < a->table_count; ++i)
    program->batches[i] =
        (ganrt_batch){.pointers = program->pointers + a->tables[i].first_place,
                      .chunks = a->tables[i].chunks,
                      .columns = a->tables[i].columns};
}

ganrt_status_t ganrt_program_create(const ganrt_artefact *artefact,
                                    const ganrt_program_options *options,
                                    ganrt_program **out) {
  static const ganrt_program_options none = {0};
  if (!options)
    options = &none;
  GANRT_RETURN_IF_ERROR(ganrt_artefact_check(artefact));
  const ganrt_level *level;
  GANRT_RETURN_IF_ERROR(
      ganrt_level_choose(artefact, ganrt_cpu_highest(), options->cpu, &level));
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(options->allocator, 1, sizeof(ganrt_program), &memory));
  ganrt_program *program = memory;
  program->artefact = artefact;
  program->level = level;
  program->allocator = options->allocator;
  program->pool = options->pool;
  program->profile = options->profile;
  program->counters.seed = options->seed;
  ganrt_program_set_hooks(program, options->hooks);
  memory_plan plan = plan_memory(artefact, ganrt_pool_threads(options->pool),
                                 options->extra_bytes);
  ganrt_status_t status = take_block(program, options, &plan);
  if (status) {
    ganrt_program_destroy(program);
    return status;
  }
  cut_block(program, &plan);
  resolve(program);
  for (uint32_t i = 0; i < artefact->option_count; ++i)
    program->options[i] = artefact->options[i].value;
  *out = program;
  return GANRT_STATUS_OK;
}

void ganrt_program_destroy(ganrt_program *program) {
  if (!program)
    return;
  const ganrt_allocator *allocator = program->allocator;
  if (program->owns_block)
    ganrt_release(allocator, program->block, program->block_bytes, 1);
  ganrt_release(allocator, program, 1, sizeof(*program));
}

/*===- The walk -------------------------------------------------------------===*/

typedef struct kernel_call {
  ganrt_kernel_function function;
  void *const *buffers;
  uint32_t chunks;
  uint8_t *workspaces;
  uint64_t workspace_bytes;
} kernel_call;

static void run_chunk(void *context, uint32_t chunk, uint32_t worker) {
  const kernel_call *call = context;
  ganrt_launch launch = {chunk, call->chunks,
                         call->workspaces + worker * call->workspace_bytes};
  call->function(call->buffers, &launch);
}

static ganrt_status_t walk_call(ganrt_program *program,
                                const ganrt_instruction *i) {
  kernel_call call = {program->level->functions[i->a], program->pointers + i->b,
                      i->d, program->workspaces, program->workspace_bytes};
  double start = program->profile ? ganrt_seconds_now() : 0;
  ganrt_pool_run(program->pool, i->d, run_chunk, &call);
  if (program->profile) {
    program->times[i->a].calls += 1;
    program->times[i->a].seconds += ganrt_seconds_now() - start;
  }
  if (!program->hooks.called)
    return GANRT_STATUS_OK;
  ganrt_call done = {i->a, i->b, i->c, call.buffers};
  return program->hooks.called(program->hooks.context, &done);
}

static double evaluate(const ganrt_program *program, uint32_t expression) {
  ganrt_expression_inputs inputs = {program->options, &program->counters,
                                    program->held};
  return ganrt_expression_evaluate(program->artefact, expression, &inputs);
}

/* A count or a condition; a NaN decides nothing. */
static ganrt_status_t decide(const ganrt_program *program, const char *what,
                             uint32_t expression, double *value) {
  *value = evaluate(program, expression);
  if (isnan(*value))
    return ganrt_status_make(GANRT_NUMERIC,
                             "expected a number as %s (expression %u), got nan",
                             what, expression);
  return GANRT_STATUS_OK;
}

static ganrt_status_t walk_key(ganrt_program *program,
                               const ganrt_instruction *i) {
  uint32_t iteration = 0;
  if (i->b == GANRT_SCOPE_BLOCK) {
    iteration = program->iterations[i->a]++;
    if (iteration >= MOST_ITERATIONS)
      return ganrt_status_make(GANRT_LIMIT,
                               "expected at most %u iterations of block %u in "
                               "a step, got more",
                               MOST_ITERATIONS, i->a);
  }
  uint64_t step = i->b == GANRT_SCOPE_RUN ? 0 : program->counters.step;
  ganrt_random_key key =
      ganrt_random_key_make(program->counters.seed, iteration, step);
  memcpy(program->pointers[i->c], &key, sizeof(key));
  return GANRT_STATUS_OK;
}

static ganrt_status_t walk_draw_data(ganrt_program *program,
                                     const ganrt_instruction *i) {
  const ganrt_stream *stream = &program->artefact->streams[i->a];
  if (!program->hooks.draw_data)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "stream '%s' has no source",
                             ganrt_quote(stream->name).text);
  GANRT_RETURN_IF_ERROR(program->hooks.draw_data(
      program->hooks.context, i->a, i->c, (ganrt_scope)i->d,
      program->pointers[i->b], program->artefact->places[i->b].bytes));
  if (i->a == 0 && i->d != GANRT_SCOPE_RUN)
    program->counters.images += (uint64_t)stream->shape[0];
  return GANRT_STATUS_OK;
}

static ganrt_status_t walk_report(ganrt_program *program,
                                  const ganrt_instruction *i) {
  float value;
  memcpy(&value, program->pointers[i->b], sizeof(value));
  ganrt_report *report = &program->reports[i->a];
  report->count += 1;
  report->sum += value;
  report->sum_of_squares += (double)value * value;
  report->last = value;
  return program->hooks.reported
             ? program->hooks.reported(program->hooks.context, i->a, value)
             : GANRT_STATUS_OK;
}

/* An instruction without a body. */
static ganrt_status_t walk_instruction(ganrt_program *program,
                                       const ganrt_instruction *i) {
  const ganrt_place *places = program->artefact->places;
  const ganrt_hooks *hooks = &program->hooks;
  float scalar;
  switch (i->opcode) {
  case GANRT_OP_CALL:
    return walk_call(program, i);
  case GANRT_OP_DRAW_DATA:
    return walk_draw_data(program, i);
  case GANRT_OP_KEY:
    return walk_key(program, i);
  case GANRT_OP_SCALAR:
    scalar = (float)evaluate(program, i->a);
    memcpy(program->pointers[i->b], &scalar, sizeof(scalar));
    return GANRT_STATUS_OK;
  case GANRT_OP_HOLD:
    program->held[i->b] = evaluate(program, i->a);
    return GANRT_STATUS_OK;
  case GANRT_OP_READ:
    memcpy(&scalar, program->pointers[i->a], sizeof(scalar));
    program->held[i->b] = scalar;
    return GANRT_STATUS_OK;
  case GANRT_OP_REPORT:
    return walk_report(program, i);
  case GANRT_OP_COUNT:
    program->counters.updates[i->a] += 1;
    return GANRT_STATUS_OK;
  case GANRT_OP_COPY: /* the plan may have made the two one place */
    memmove(program->pointers[i->b], program->pointers[i->a],
            places[i->b].bytes);
    return GANRT_STATUS_OK;
  case GANRT_OP_DRAWN:
    return hooks->drawn
               ? hooks->drawn(hooks->context, i->a, program->pointers[i->b],
                              places[i->b].bytes)
               : GANRT_STATUS_OK;
  case GANRT_OP_RECORD:
    return hooks->record
               ? hooks->record(hooks->context, i->a, program->pointers[i->b],
                               places[i->b].bytes)
               : GANRT_STATUS_OK;
  default: /* GANRT_OP_END */
    return GANRT_STATUS_OK;
  }
}

static ganrt_status_t walk(ganrt_program *program,
                           const ganrt_function *function, uint32_t begin,
                           uint32_t end) {
  for (uint32_t at = begin; at < end;) {
    const ganrt_instruction *i = &function->instructions[at];
    double value;
    switch (i->opcode) {
    case GANRT_OP_REPEAT:
      GANRT_RETURN_IF_ERROR(decide(program, "count", i->a, &value));
      for (double k = 0; k < floor(value); ++k)
        GANRT_RETURN_IF_ERROR(walk(program, function, at + 1, i->b));
      at = i->b;
      break;
    case GANRT_OP_IF:
      GANRT_RETURN_IF_ERROR(decide(program, "condition", i->a, &value));
      GANRT_RETURN_IF_ERROR(value != 0 ? walk(program, function, at + 1, i->b)
                                       : walk(program, function, i->b, i->c));
      at = i->c;
      break;
    default:
      GANRT_RETURN_IF_ERROR(walk_instruction(program, i));
      ++at;
      break;
    }
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t bind_arguments(ganrt_program *program,
                                     const ganrt_function *function,
                                     void *const *arguments) {
  const ganrt_artefact *a = program->artefact;
  for (uint32_t i = 0; i < function->argument_count; ++i) {
    const char *problem = NULL;
    if (!arguments || !arguments[i])
      problem = "is null";
    else if ((uintptr_t)arguments[i] % GANRT_ALIGNMENT)
      problem = "is not aligned to 64 bytes";
    if (problem)
      return ganrt_status_make(GANRT_INVALID_ARGUMENT, "argument '%s' %s",
                               ganrt_quote(function->arguments[i].name).text,
                               problem);
  }
  for (uint32_t i = 0; i < a->place_count; ++i)
    if (a->places[i].space == GANRT_SPACE_ARGUMENT &&
        a->places[i].offset < function->argument_count)
      program->pointers[i] = arguments[a->places[i].offset];
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_program_run(ganrt_program *program,
                                 const ganrt_function *function,
                                 void *const *arguments) {
  if (function->argument_count)
    GANRT_RETURN_IF_ERROR(bind_arguments(program, function, arguments));
  if (program->artefact->block_count)
    memset(program->iterations, 0,
           program->artefact->block_count * sizeof(uint32_t));
  return walk(program, function, 0, function->instruction_count);
}

void ganrt_program_initialize(ganrt_program *program) {
  ganrt_state_initialize(program->artefact, program->counters.seed,
                         program->state);
}

static ganrt_status_t run_if_there(ganrt_program *program, const char *name) {
  const ganrt_function *function =
      ganrt_artefact_function(program->artefact, name, NULL);
  return function ? ganrt_program_run(program, function, NULL)
                  : GANRT_STATUS_OK;
}

ganrt_status_t ganrt_program_start_weights(ganrt_program *program) {
  return run_if_there(program, "start/weights");
}

ganrt_status_t ganrt_program_start(ganrt_program *program) {
  return run_if_there(program, "start/state");
}

ganrt_status_t ganrt_program_derive(ganrt_program *program) {
  return run_if_there(program, "derive");
}

ganrt_status_t ganrt_program_step(ganrt_program *program) {
  const ganrt_function *step =
      ganrt_artefact_function(program->artefact, "step", NULL);
  if (!step)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT, "'%s' has no step",
                             ganrt_quote(program->artefact->name).text);
  GANRT_RETURN_IF_ERROR(ganrt_program_run(program, step, NULL));
  program->counters.step += 1;
  return GANRT_STATUS_OK;
}

/*===- Views ----------------------------------------------------------------===*/

const ganrt_artefact *ganrt_program_artefact(const ganrt_program *program) {
  return program->artefact;
}

const ganrt_level *ganrt_program_level(const ganrt_program *program) {
  return program->level;
}

uint8_t *ganrt_program_state(ganrt_program *program) {
  return program->state;
}

uint8_t *ganrt_program_extra(ganrt_program *program) {
  return program->extra;
}

double *ganrt_program_option_values(ganrt_program *program) {
  return program->options;
}

ganrt_counters *ganrt_program_counters(ganrt_program *program) {
  return &program->counters;
}

ganrt_report *ganrt_program_reports(ganrt_program *program) {
  return program->reports;
}

ganrt_kernel_time *ganrt_program_kernel_times(ganrt_program *program) {
  return program->profile ? program->times : NULL;
}

void ganrt_program_set_hooks(ganrt_program *program, const ganrt_hooks *hooks) {
  program->hooks = hooks ? *hooks : (ganrt_hooks){0};
}
