/*===- program.h - walks the functions of an artefact -----------------------===
 *
 * A program is an artefact with memory: one block that holds the state, the
 * derived buffers, the arena that all functions share, and each thread's
 * workspace; on a device most of it lies there. Every table is checked when the program is made; afterwards nothing
 * is allocated.
 *
 * One thread at a time uses a program; several programs may share an artefact
 * and a pool.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_PROGRAM_H
#define GANRT_PROGRAM_H

#include "ganrt/abi.h"
#include "ganrt/allocator.h"
#include "ganrt/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_program ganrt_program;

/* One call of a kernel that has just run. */
typedef struct ganrt_call {
  uint32_t kernel;
  uint32_t first_place, place_count; /* in the artefact's table of places */
  void *const *buffers; /* of these places; see called_with_values */
} ganrt_call;

/* What a trainer plugs in. Each may be NULL but draw_data, which must be there
 * if the program draws data. A failure ends the run and is its result. */
typedef struct ganrt_hooks {
  void *context;
  /* Fill `batch` with the next batch of a stream, or of scope run with the
   * first. */
  ganrt_status_t (*draw_data)(void *context, uint32_t stream, uint32_t draw,
                              ganrt_scope scope, void *batch, uint64_t bytes);
  /* A sample or a batch was drawn: look at it or overwrite it. */
  ganrt_status_t (*drawn)(void *context, uint32_t draw, void *values,
                          uint64_t bytes);
  /* A report has this value; the program has added it to the others. */
  ganrt_status_t (*reported)(void *context, uint32_t report, double value);
  /* A gradient or parameter to be recorded. */
  ganrt_status_t (*record)(void *context, uint32_t record, const void *values,
                           uint64_t bytes);
  /* After each call of a kernel; for finding the first NaN. */
  ganrt_status_t (*called)(void *context, const ganrt_call *call);
  /* `called` looks at the buffers. On a device they are copies, made for it, and
   * NULL otherwise. */
  bool called_with_values;
} ganrt_hooks;

typedef struct ganrt_program_options {
  const ganrt_allocator *allocator; /* NULL: the heap */
  ganrt_pool *pool;                 /* NULL: the calling thread alone */
  const ganrt_hooks *hooks;         /* copied; NULL: none */
  uint64_t seed;
  void *workspace;          /* NULL: allocated */
  uint64_t workspace_bytes; /* of `workspace` */
  uint64_t max_memory;      /* refuse to need more bytes than this; 0: any */
  uint64_t extra_bytes;     /* more memory in the block, for the caller */
  const char *cpu; /* level of the code, "x86-64-v3"; NULL: the best there is */
  const char *device; /* NULL or "cpu": the host; "opencl", "vulkan:1", ... */
  bool profile;       /* time each kernel */
} ganrt_program_options;

/* What counts while a program runs; part of what a checkpoint must hold. */
typedef struct ganrt_counters {
  uint64_t seed;
  uint64_t step;      /* finished steps */
  uint64_t images;    /* drawn from stream 0 */
  double stream_size; /* images of stream 0, for epochs; 0 until set */
  uint64_t *updates;  /* per player */
} ganrt_counters;

/* A report's values since it was last cleared. */
typedef struct ganrt_report {
  uint64_t count;
  double sum, sum_of_squares;
  double last;
} ganrt_report;

typedef struct ganrt_kernel_time {
  uint64_t calls;
  double seconds;
} ganrt_kernel_time;

/* Checks version, indices, sizes, alignment and nesting of all tables. The
 * sentence names what breaks which rule. */
GANRT_MUST_USE ganrt_status_t
ganrt_artefact_check(const ganrt_artefact *artefact);

/* The function of this name, or NULL; with several, the first after `after`,
 * which may be NULL. */
const ganrt_function *ganrt_artefact_function(const ganrt_artefact *artefact,
                                              const char *name,
                                              const ganrt_function *after);

/* The function whose results stand in gaps of the export, or NULL. */
const ganrt_function *
ganrt_artefact_export_function(const ganrt_artefact *artefact,
                               const ganrt_export *exported);

/* Bytes of the one block of a program with so many threads, without extra
 * memory; saturates. */
uint64_t ganrt_program_bytes(const ganrt_artefact *artefact, uint32_t threads);

/* Checks the artefact and takes memory. State is zero, options have their
 * defaults; ganrt_program_initialize or a checkpoint fills the state. */
GANRT_MUST_USE ganrt_status_t
ganrt_program_create(const ganrt_artefact *artefact,
                     const ganrt_program_options *options, ganrt_program **out);
void ganrt_program_destroy(ganrt_program *program);

/* Gives every state tensor its initial value: constants, copies, weights, and
 * random ones from the seed, step 0, iteration 0 and the tensor's site. */
void ganrt_program_initialize(ganrt_program *program);

/* Runs "start/weights", if there is one: once for a new run, right behind
 * ganrt_program_initialize, for weights that are made of drawn numbers.
 * Afterwards ganrt_program_state is up to date. */
GANRT_MUST_USE ganrt_status_t
ganrt_program_start_weights(ganrt_program *program);

/* Runs "start/state", if there is one: once for a new run, for what is made of
 * the weights it begins with. Afterwards ganrt_program_state is up to date. */
GANRT_MUST_USE ganrt_status_t ganrt_program_start(ganrt_program *program);

/* Runs "derive", if there is one: after the state was filled or changed from
 * outside. On a device that is also what brings the state there. */
GANRT_MUST_USE ganrt_status_t ganrt_program_derive(ganrt_program *program);

/* Runs one function. `arguments` has argument_count pointers, results first,
 * each to a buffer of the argument's bytes at a multiple of 64. */
GANRT_MUST_USE ganrt_status_t ganrt_program_run(ganrt_program *program,
                                                const ganrt_function *function,
                                                void *const *arguments);

/* Runs "step" and counts it. After a failure the state is what the instructions
 * up to there made of it. On a device reports are read when a function ends: one
 * that a hook refuses ends the run there. */
GANRT_MUST_USE ganrt_status_t ganrt_program_step(ganrt_program *program);

/* Views into the program; they live as long as it does. */
const ganrt_artefact *ganrt_program_artefact(const ganrt_program *program);
/* The code that it runs. */
const ganrt_level *ganrt_program_level(const ganrt_program *program);
/* On a device a copy: ganrt_program_fetch brings it up to date. */
uint8_t *ganrt_program_state(ganrt_program *program);
GANRT_MUST_USE ganrt_status_t ganrt_program_fetch(ganrt_program *program);
/* "cpu", or what the device calls itself. */
const char *ganrt_program_device(const ganrt_program *program);
double *ganrt_program_option_values(ganrt_program *program);
ganrt_counters *ganrt_program_counters(ganrt_program *program);
ganrt_report *ganrt_program_reports(ganrt_program *program);
/* The extra memory asked for, at a multiple of 64 bytes. */
uint8_t *ganrt_program_extra(ganrt_program *program);
/* NULL unless the program profiles. */
ganrt_kernel_time *ganrt_program_kernel_times(ganrt_program *program);
/* Replaces the hooks between two runs; NULL: none. */
void ganrt_program_set_hooks(ganrt_program *program, const ganrt_hooks *hooks);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_PROGRAM_H */
