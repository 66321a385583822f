/*===- program.c - walks the functions of an artefact -----------------------===
 *
 *  1. The artefact is checked once; the walk below checks nothing again.
 *  2. All memory is one block, cut by plan_memory: state, derived buffers, the
 *     arena, a workspace per thread, and the small tables of the walk.
 *  3. `pointers` has the address of every place, made once. A call's buffers are
 *     then simply a range of it, and so are the operands of a batched call. Only
 *     places that are arguments change, at the start of a run.
 *  4. Functions run one at a time and share the arena.
 *  5. On a device (devices/execution.h) the block holds a copy of the state, and
 *     instead of the arena a buffer for what the host reads or writes there: it
 *     does one thing at a time. The walk is the same; `engine` has what differs.
 *===----------------------------------------------------------------------===*/
#include "ganrt/program.h"

#include "ganrt/cpu.h"
#include "ganrt/random.h"
#include "runtime/src/clock.h"
#include "runtime/src/devices/execution.h"
#include "runtime/src/expression.h"
#include "runtime/src/state.h"
#include "runtime/src/text.h"

#include <math.h>
#include <string.h>

/* Iterations of one block in a step: what the counter word has room for. */
#define MOST_ITERATIONS (1u << 20)

typedef unsigned long long ull;

/* What differs between the host and a device. A place is an index. */
typedef struct engine {
  ganrt_status_t (*begin)(ganrt_program *program,
                          const ganrt_function *function,
                          void *const *arguments);
  ganrt_status_t (*call)(ganrt_program *program, const ganrt_instruction *call);
  ganrt_status_t (*copy)(ganrt_program *program, uint32_t from, uint32_t to);
  /* The host is about to read the place at its pointer. */
  ganrt_status_t (*read)(ganrt_program *program, uint32_t place);
  /* The host has written it. */
  ganrt_status_t (*written)(ganrt_program *program, uint32_t place);
  ganrt_status_t (*report)(ganrt_program *program, const ganrt_instruction *i);
  ganrt_status_t (*end)(ganrt_program *program, const ganrt_function *function,
                        void *const *arguments);
} engine;

struct ganrt_program {
  const ganrt_artefact *artefact;
  const engine *engine;
  ganrt_execution *execution; /* NULL on the host */
  const ganrt_level *level;   /* the code that runs */
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

/* What the host itself reads or writes of an arena at once. */
static uint64_t staging_bytes(const ganrt_artefact *a) {
  uint64_t most = sizeof(ganrt_random_key);
  for (uint32_t i = 0; i < a->draw_count; ++i)
    most = a->draws[i].bytes > most ? a->draws[i].bytes : most;
  for (uint32_t i = 0; i < a->record_count; ++i)
    most = a->records[i].bytes > most ? a->records[i].bytes : most;
  return most;
}

static memory_plan plan_memory(const ganrt_artefact *a, uint32_t threads,
                               uint64_t extra, bool on_device) {
  uint64_t arena = on_device ? staging_bytes(a) : 0, workspace = 0;
  for (uint32_t i = 0; !on_device && i < a->function_count; ++i)
    if (a->functions[i].arena_bytes > arena)
      arena = a->functions[i].arena_bytes;
  for (uint32_t i = 0; !on_device && i < a->kernel_count; ++i)
    if (a->kernels[i].workspace_bytes > workspace)
      workspace = a->kernels[i].workspace_bytes;
  memory_plan plan = {0};
  plan.state = append(&plan, a->state_bytes, 1);
  plan.derived = append(&plan, on_device ? 0 : a->derived_bytes, 1);
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
  return plan_memory(artefact, threads ? threads : 1, 0, false).bytes;
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
    return program->execution ? program->arena
                              : program->derived + place->offset;
  case GANRT_SPACE_ARENA:
    return program->arena + (program->execution ? 0 : place->offset);
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

/*===- Reports and profiles --------------------------------------------------===*/

static ganrt_status_t note_report(ganrt_program *program, uint32_t index,
                                  float value) {
  ganrt_report *report = &program->reports[index];
  report->count += 1;
  report->sum += value;
  report->sum_of_squares += (double)value * value;
  report->last = value;
  return program->hooks.reported
             ? program->hooks.reported(program->hooks.context, index, value)
             : GANRT_STATUS_OK;
}

/* A call of this kernel has begun at `start`. */
static void note_time(ganrt_program *program, uint32_t kernel, double start) {
  program->times[kernel].calls += 1;
  program->times[kernel].seconds += ganrt_seconds_now() - start;
}

/*===- On the host ----------------------------------------------------------===*/

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

static ganrt_status_t host_call(ganrt_program *program,
                                const ganrt_instruction *i) {
  kernel_call call = {program->level->functions[i->a], program->pointers + i->b,
                      i->d, program->workspaces, program->workspace_bytes};
  double start = program->profile ? ganrt_seconds_now() : 0;
  ganrt_pool_run(program->pool, i->d, run_chunk, &call);
  if (program->profile)
    note_time(program, i->a, start);
  if (!program->hooks.called)
    return GANRT_STATUS_OK;
  ganrt_call done = {i->a, i->b, i->c, call.buffers};
  return program->hooks.called(program->hooks.context, &done);
}

static ganrt_status_t host_copy(ganrt_program *program, uint32_t from,
                                uint32_t to) {
  /* The plan may have made the two one place. */
  memmove(program->pointers[to], program->pointers[from],
          program->artefact->places[to].bytes);
  return GANRT_STATUS_OK;
}

static ganrt_status_t host_report(ganrt_program *program,
                                  const ganrt_instruction *i) {
  float value;
  memcpy(&value, program->pointers[i->b], sizeof(value));
  return note_report(program, i->a, value);
}

/* Values lie where the host finds them. */
static ganrt_status_t host_place(ganrt_program *program, uint32_t place) {
  (void)program, (void)place;
  return GANRT_STATUS_OK;
}

static ganrt_status_t host_function(ganrt_program *program,
                                    const ganrt_function *function,
                                    void *const *arguments) {
  (void)program, (void)function, (void)arguments;
  return GANRT_STATUS_OK;
}

static const engine on_host = {host_function, host_call,  host_copy,
                               host_place,    host_place, host_report,
                               host_function};

/*===- On a device ----------------------------------------------------------===*/

/* All values of a call, brought to the host for a hook that looks at them. */
static ganrt_status_t show_values(ganrt_program *program,
                                  const ganrt_instruction *i) {
  const ganrt_artefact *a = program->artefact;
  const ganrt_place *first = &a->places[i->b];
  const ganrt_table *table =
      first->space == GANRT_SPACE_TABLE ? &a->tables[first->offset] : NULL;
  uint32_t cells = table ? table->rows * table->columns : 0;
  uint64_t count = (uint64_t)cells + i->c, bytes = 0;
  for (uint64_t k = 0; k < count; ++k)
    bytes +=
        a->places[k < cells ? table->first_place + k : i->b + k - cells].bytes;
  void *memory, *values;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(program->allocator, count, sizeof(void *), &memory));
  void **pointers = memory;
  ganrt_status_t status = ganrt_allocate(
      program->allocator, bytes + count * GANRT_ALIGNMENT, 1, &values);
  uint8_t *at = status ? NULL : values;
  for (uint64_t k = 0; !status && k < count; ++k) {
    uint32_t place =
        (uint32_t)(k < cells ? table->first_place + k : i->b + k - cells);
    if (a->places[place].space == GANRT_SPACE_TABLE)
      continue;
    pointers[k] = at;
    status = ganrt_execution_read(program->execution, place, at);
    at += (a->places[place].bytes + GANRT_ALIGNMENT - 1) / GANRT_ALIGNMENT *
          GANRT_ALIGNMENT;
  }
  if (!status) {
    ganrt_batch batch = {pointers, table ? table->chunks : NULL,
                         table ? table->columns : 0};
    if (table)
      pointers[cells] = &batch;
    ganrt_call done = {i->a, i->b, i->c, pointers + cells};
    status = program->hooks.called(program->hooks.context, &done);
  }
  if (at)
    ganrt_release(program->allocator, values, bytes + count * GANRT_ALIGNMENT,
                  1);
  ganrt_release(program->allocator, memory, count, sizeof(void *));
  return status;
}

static ganrt_status_t device_call(ganrt_program *program,
                                  const ganrt_instruction *i) {
  ganrt_execution *execution = program->execution;
  double start = 0;
  if (program->profile) {
    GANRT_RETURN_IF_ERROR(ganrt_execution_finish(execution));
    start = ganrt_seconds_now();
  }
  GANRT_RETURN_IF_ERROR(ganrt_execution_call(execution, i));
  if (program->profile) {
    GANRT_RETURN_IF_ERROR(ganrt_execution_finish(execution));
    note_time(program, i->a, start);
  }
  if (!program->hooks.called)
    return GANRT_STATUS_OK;
  if (program->hooks.called_with_values)
    return show_values(program, i);
  ganrt_call done = {i->a, i->b, i->c, NULL};
  return program->hooks.called(program->hooks.context, &done);
}

static ganrt_status_t device_copy(ganrt_program *program, uint32_t from,
                                  uint32_t to) {
  return ganrt_execution_copy(program->execution, from, to);
}

static ganrt_status_t device_read(ganrt_program *program, uint32_t place) {
  return ganrt_execution_read(program->execution, place,
                              program->pointers[place]);
}

static ganrt_status_t device_written(ganrt_program *program, uint32_t place) {
  return ganrt_execution_write(program->execution, place,
                               program->pointers[place]);
}

static ganrt_status_t take_reports(ganrt_program *program) {
  const ganrt_execution_entry *entries;
  uint32_t count;
  GANRT_RETURN_IF_ERROR(
      ganrt_execution_take_reports(program->execution, &entries, &count));
  for (uint32_t i = 0; i < count; ++i)
    GANRT_RETURN_IF_ERROR(
        note_report(program, entries[i].report, entries[i].value));
  return GANRT_STATUS_OK;
}

static ganrt_status_t device_report(ganrt_program *program,
                                    const ganrt_instruction *i) {
  bool is_full;
  GANRT_RETURN_IF_ERROR(
      ganrt_execution_report(program->execution, i->b, i->a, &is_full));
  return is_full ? take_reports(program) : GANRT_STATUS_OK;
}

static ganrt_status_t device_begin(ganrt_program *program,
                                   const ganrt_function *function,
                                   void *const *arguments) {
  return ganrt_execution_begin(program->execution, function, arguments);
}

static ganrt_status_t device_end(ganrt_program *program,
                                 const ganrt_function *function,
                                 void *const *arguments) {
  GANRT_RETURN_IF_ERROR(take_reports(program));
  return ganrt_execution_end(program->execution, function, arguments);
}

static const engine on_device = {device_begin, device_call,    device_copy,
                                 device_read,  device_written, device_report,
                                 device_end};

/*===- The walk -------------------------------------------------------------===*/

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
  return program->engine->written(program, i->c);
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
  return program->engine->written(program, i->b);
}

static ganrt_status_t walk_drawn(ganrt_program *program,
                                 const ganrt_instruction *i) {
  const ganrt_hooks *hooks = &program->hooks;
  if (!hooks->drawn)
    return GANRT_STATUS_OK;
  GANRT_RETURN_IF_ERROR(program->engine->read(program, i->b));
  GANRT_RETURN_IF_ERROR(hooks->drawn(hooks->context, i->a,
                                     program->pointers[i->b],
                                     program->artefact->places[i->b].bytes));
  return program->engine->written(program, i->b);
}

static ganrt_status_t walk_record(ganrt_program *program,
                                  const ganrt_instruction *i) {
  const ganrt_hooks *hooks = &program->hooks;
  if (!hooks->record)
    return GANRT_STATUS_OK;
  GANRT_RETURN_IF_ERROR(program->engine->read(program, i->b));
  return hooks->record(hooks->context, i->a, program->pointers[i->b],
                       program->artefact->places[i->b].bytes);
}

/* An instruction without a body. */
static ganrt_status_t walk_instruction(ganrt_program *program,
                                       const ganrt_instruction *i) {
  const engine *on = program->engine;
  float scalar;
  switch (i->opcode) {
  case GANRT_OP_CALL:
    return on->call(program, i);
  case GANRT_OP_DRAW_DATA:
    return walk_draw_data(program, i);
  case GANRT_OP_KEY:
    return walk_key(program, i);
  case GANRT_OP_SCALAR:
    scalar = (float)evaluate(program, i->a);
    memcpy(program->pointers[i->b], &scalar, sizeof(scalar));
    return on->written(program, i->b);
  case GANRT_OP_HOLD:
    program->held[i->b] = evaluate(program, i->a);
    return GANRT_STATUS_OK;
  case GANRT_OP_READ:
    GANRT_RETURN_IF_ERROR(on->read(program, i->a));
    memcpy(&scalar, program->pointers[i->a], sizeof(scalar));
    program->held[i->b] = scalar;
    return GANRT_STATUS_OK;
  case GANRT_OP_REPORT:
    return on->report(program, i);
  case GANRT_OP_COUNT:
    program->counters.updates[i->a] += 1;
    return GANRT_STATUS_OK;
  case GANRT_OP_COPY:
    return on->copy(program, i->a, i->b);
  case GANRT_OP_DRAWN:
    return walk_drawn(program, i);
  case GANRT_OP_RECORD:
    return walk_record(program, i);
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
  GANRT_RETURN_IF_ERROR(program->engine->begin(program, function, arguments));
  GANRT_RETURN_IF_ERROR(
      walk(program, function, 0, function->instruction_count));
  return program->engine->end(program, function, arguments);
}

void ganrt_program_initialize(ganrt_program *program) {
  ganrt_state_initialize(program->artefact, program->counters.seed,
                         program->state);
}

ganrt_status_t ganrt_program_fetch(ganrt_program *program) {
  return program->execution
             ? ganrt_execution_read_state(program->execution, program->state)
             : GANRT_STATUS_OK;
}

/* Runs a function on the state that the host has filled. */
static ganrt_status_t run_on_host_state(ganrt_program *program,
                                        const char *name) {
  if (program->execution)
    GANRT_RETURN_IF_ERROR(
        ganrt_execution_write_state(program->execution, program->state));
  const ganrt_function *function =
      ganrt_artefact_function(program->artefact, name, NULL);
  return function ? ganrt_program_run(program, function, NULL)
                  : GANRT_STATUS_OK;
}

ganrt_status_t ganrt_program_start_weights(ganrt_program *program) {
  GANRT_RETURN_IF_ERROR(run_on_host_state(program, "start/weights"));
  return ganrt_program_fetch(program);
}

ganrt_status_t ganrt_program_start(ganrt_program *program) {
  GANRT_RETURN_IF_ERROR(run_on_host_state(program, "start/state"));
  return ganrt_program_fetch(program);
}

ganrt_status_t ganrt_program_derive(ganrt_program *program) {
  return run_on_host_state(program, "derive");
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

/*===- Making ---------------------------------------------------------------===*/

static ganrt_status_t make(ganrt_program *program,
                           const ganrt_program_options *options) {
  const ganrt_artefact *artefact = program->artefact;
  ganrt_device_choice choice;
  GANRT_RETURN_IF_ERROR(
      ganrt_device_choose(artefact, options->device, &choice));
  memory_plan plan = plan_memory(artefact, ganrt_pool_threads(options->pool),
                                 options->extra_bytes, choice.driver);
  GANRT_RETURN_IF_ERROR(take_block(program, options, &plan));
  cut_block(program, &plan);
  program->engine = choice.driver ? &on_device : &on_host;
  if (choice.driver)
    GANRT_RETURN_IF_ERROR(ganrt_execution_create(
        artefact, &choice, options->allocator, &program->execution));
  resolve(program);
  for (uint32_t i = 0; i < artefact->option_count; ++i)
    program->options[i] = artefact->options[i].value;
  return GANRT_STATUS_OK;
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
  ganrt_status_t status = make(program, options);
  if (status) {
    ganrt_program_destroy(program);
    return status;
  }
  *out = program;
  return GANRT_STATUS_OK;
}

void ganrt_program_destroy(ganrt_program *program) {
  if (!program)
    return;
  const ganrt_allocator *allocator = program->allocator;
  ganrt_execution_destroy(program->execution);
  if (program->owns_block)
    ganrt_release(allocator, program->block, program->block_bytes, 1);
  ganrt_release(allocator, program, 1, sizeof(*program));
}

/*===- Views ----------------------------------------------------------------===*/

const ganrt_artefact *ganrt_program_artefact(const ganrt_program *program) {
  return program->artefact;
}

const ganrt_level *ganrt_program_level(const ganrt_program *program) {
  return program->level;
}

const char *ganrt_program_device(const ganrt_program *program) {
  return program->execution ? ganrt_execution_device(program->execution)
                            : "cpu";
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
