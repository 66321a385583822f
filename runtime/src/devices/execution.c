/*===- execution.c - a program's memory and calls on a device ---------------===
 *
 *  1. Each space of the artefact is a row of blocks on the device. Arguments are
 *     a space of their own, which every function cuts anew: one runs at a time.
 *  2. All code is compiled when the execution is made; a call enqueues its
 *     launches with the regions of its places.
 *  3. What a kernel may touch of a place is rounded up to GANRT_DEVICE_ALIGNMENT:
 *     the plan has left that much room, and words are read whole where values
 *     are bytes. A place without bytes is bound to memory that nobody uses.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/devices/execution.h"

#include "runtime/src/device_code.h"
#include "runtime/src/devices/driver.h"
#include "runtime/src/text.h"

#include <stdio.h>
#include <string.h>

typedef unsigned long long ull;

enum { SPACES = GANRT_SPACE_ARENA + 1, NOWHERE_BYTES = 256 };

struct ganrt_execution {
  const ganrt_artefact *artefact;
  const ganrt_device_code *code;
  const ganrt_driver *driver;
  const ganrt_allocator *allocator;
  void *device;
  ganrt_device_limits limits;
  char name[160];                    /* opencl (what it calls itself) */
  ganrt_device_space spaces[SPACES]; /* by ganrt_space */
  uint32_t log, nowhere;             /* blocks */
  uint32_t *codes;                   /* of the blobs */
  ganrt_region *scratch;
  ganrt_region *arguments;                  /* of the function that runs */
  ganrt_region *launching;                  /* of one launch */
  uint32_t argument_count, launching_count; /* room in these two */
  ganrt_execution_entry entries[GANRT_EXECUTION_LOG];
  uint32_t entry_count;
};

/*===- Places ---------------------------------------------------------------===*/

/* Where `bytes` behind `offset` may lie: at the alignment, in one block. */
static uint64_t fit(const ganrt_artefact *a, uint64_t offset, uint64_t bytes) {
  uint64_t block = a->device_block_bytes;
  offset = ganrt_block_round(offset);
  return bytes > block - offset % block ? (offset / block + 1) * block : offset;
}

static uint64_t argument_bytes(const ganrt_artefact *a,
                               const ganrt_function *f) {
  uint64_t end = 0;
  for (uint32_t i = 0; i < f->argument_count; ++i)
    end = fit(a, end, f->arguments[i].bytes) + f->arguments[i].bytes;
  return end;
}

/* The region of a place, `bytes` long. */
static ganrt_region region_of(const ganrt_execution *e,
                              const ganrt_place *place, uint64_t bytes) {
  if (bytes == 0)
    return (ganrt_region){e->nowhere, 0, NOWHERE_BYTES};
  if (place->space == GANRT_SPACE_ARGUMENT) {
    ganrt_region region = e->arguments[place->offset];
    region.bytes = bytes;
    return region;
  }
  return ganrt_device_space_region(&e->spaces[place->space], place->offset,
                                   bytes);
}

static ganrt_region exact_region(const ganrt_execution *e, uint32_t place) {
  const ganrt_place *p = &e->artefact->places[place];
  return region_of(e, p, p->bytes);
}

/*===- Making ---------------------------------------------------------------===*/

static ganrt_status_t make_spaces(ganrt_execution *e) {
  const ganrt_artefact *a = e->artefact;
  uint64_t arena = 0, arguments = 0;
  for (uint32_t i = 0; i < a->function_count; ++i) {
    const ganrt_function *f = &a->functions[i];
    uint64_t bytes = argument_bytes(a, f);
    arena = f->arena_bytes > arena ? f->arena_bytes : arena;
    arguments = bytes > arguments ? bytes : arguments;
    if (f->argument_count > e->argument_count)
      e->argument_count = f->argument_count;
  }
  const struct {
    ganrt_space space;
    const char *what;
    uint64_t bytes;
  } spaces[] = {
      {GANRT_SPACE_ARGUMENT, "inputs and outputs", arguments},
      {GANRT_SPACE_CONSTANT, "constants", a->constant_bytes},
      {GANRT_SPACE_STATE, "state", a->state_bytes},
      {GANRT_SPACE_DERIVED, "derived buffers", a->derived_bytes},
      {GANRT_SPACE_ARENA, "arena", arena},
  };
  for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; ++i)
    GANRT_RETURN_IF_ERROR(ganrt_device_space_create(
        e->driver, e->device, e->allocator, spaces[i].what,
        ganrt_block_round(spaces[i].bytes), a->device_block_bytes,
        &e->spaces[spaces[i].space]));
  GANRT_RETURN_IF_ERROR(
      e->driver->allocate(e->device, NOWHERE_BYTES, &e->nowhere));
  return e->driver->allocate(e->device, GANRT_EXECUTION_LOG * sizeof(float),
                             &e->log);
}

/* Before anything is loaded, rather than in the middle of the first step. */
static ganrt_status_t check_limits(const ganrt_execution *e) {
  if (e->limits.alignment > GANRT_DEVICE_ALIGNMENT)
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "'%s' wants buffers at multiples of %u bytes, "
                             "those of a program lie at multiples of %u",
                             ganrt_quote(e->limits.name).text,
                             e->limits.alignment, GANRT_DEVICE_ALIGNMENT);
  uint64_t largest = 0;
  for (uint32_t i = 0; i < e->artefact->place_count; ++i) {
    const ganrt_place *place = &e->artefact->places[i];
    if (place->space != GANRT_SPACE_TABLE && place->bytes > largest)
      largest = place->bytes;
  }
  if (largest > e->limits.block_bytes)
    return ganrt_status_make(GANRT_LIMIT,
                             "'%s' takes tensors of at most %llu bytes, the "
                             "largest of the program has %llu",
                             ganrt_quote(e->limits.name).text,
                             (ull)e->limits.block_bytes, (ull)largest);
  for (uint32_t i = 0; i < e->code->launch_count; ++i)
    GANRT_RETURN_IF_ERROR(
        ganrt_launch_check(&e->limits, &e->code->launches[i]));
  return GANRT_STATUS_OK;
}

static ganrt_status_t load_code(ganrt_execution *e) {
  const ganrt_device_code *c = e->code;
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(e->allocator, c->launch_count, sizeof(char *), &memory));
  const char **entries = (const char **)memory;
  ganrt_status_t status = GANRT_STATUS_OK;
  for (uint32_t i = 0; !status && i < c->blob_count; ++i) {
    uint32_t count = 0;
    for (uint32_t k = 0; k < c->launch_count; ++k) {
      const char *entry = c->launches[k].entry;
      bool known = c->launches[k].code != i;
      for (uint32_t j = 0; !known && j < count; ++j)
        known = strcmp(entries[j], entry) == 0;
      if (!known)
        entries[count++] = entry;
    }
    if (count)
      status = e->driver->load(e->device, &c->blobs[i], entries, count,
                               &e->codes[i]);
  }
  ganrt_release(e->allocator, memory, c->launch_count, sizeof(char *));
  return status;
}

static ganrt_status_t make_tables(ganrt_execution *e) {
  const ganrt_device_code *c = e->code;
  for (uint32_t i = 0; i < c->launch_count; ++i)
    if (c->launches[i].argument_count > e->launching_count)
      e->launching_count = c->launches[i].argument_count;
  const struct {
    void *table; /* address of a pointer */
    uint64_t count, size;
  } tables[] = {
      {(void *)&e->codes, c->blob_count, sizeof *e->codes},
      {(void *)&e->scratch, c->scratch_count, sizeof *e->scratch},
      {(void *)&e->arguments, e->argument_count, sizeof *e->arguments},
      {(void *)&e->launching, e->launching_count, sizeof *e->launching},
  };
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; ++i) {
    void *memory;
    GANRT_RETURN_IF_ERROR(
        ganrt_allocate(e->allocator, tables[i].count, tables[i].size, &memory));
    memcpy(tables[i].table, (const void *)&memory, sizeof memory);
  }
  for (uint32_t i = 0; i < c->scratch_count; ++i) {
    e->scratch[i].bytes = ganrt_block_round(c->scratch_bytes[i]);
    GANRT_RETURN_IF_ERROR(e->driver->allocate(e->device, e->scratch[i].bytes,
                                              &e->scratch[i].block));
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t make(ganrt_execution *e,
                           const ganrt_device_choice *choice) {
  GANRT_RETURN_IF_ERROR(e->driver->open(choice->index, &e->device));
  e->driver->limits(e->device, &e->limits);
  snprintf(e->name, sizeof e->name, "%s (%s)", e->driver->name, e->limits.name);
  GANRT_RETURN_IF_ERROR(check_limits(e));
  GANRT_RETURN_IF_ERROR(make_spaces(e));
  GANRT_RETURN_IF_ERROR(make_tables(e));
  GANRT_RETURN_IF_ERROR(load_code(e));
  return ganrt_device_space_write(&e->spaces[GANRT_SPACE_CONSTANT], 0,
                                  e->artefact->constant_bytes,
                                  e->artefact->constants);
}

ganrt_status_t ganrt_execution_create(const ganrt_artefact *artefact,
                                      const ganrt_device_choice *choice,
                                      const ganrt_allocator *allocator,
                                      ganrt_execution **out) {
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(allocator, 1, sizeof(ganrt_execution), &memory));
  ganrt_execution *e = memory;
  e->artefact = artefact;
  e->code = choice->code;
  e->driver = choice->driver;
  e->allocator = allocator;
  ganrt_status_t status = make(e, choice);
  if (status) {
    ganrt_execution_destroy(e);
    return ganrt_status_annotate(status, "%s", choice->driver->name);
  }
  *out = e;
  return GANRT_STATUS_OK;
}

void ganrt_execution_destroy(ganrt_execution *e) {
  if (!e)
    return;
  e->driver->close(e->device);
  for (int i = 0; i < SPACES; ++i)
    ganrt_device_space_destroy(&e->spaces[i]);
  ganrt_release(e->allocator, e->codes, e->code->blob_count, sizeof *e->codes);
  ganrt_release(e->allocator, e->scratch, e->code->scratch_count,
                sizeof *e->scratch);
  ganrt_release(e->allocator, e->arguments, e->argument_count,
                sizeof *e->arguments);
  ganrt_release(e->allocator, e->launching, e->launching_count,
                sizeof *e->launching);
  ganrt_release(e->allocator, e, 1, sizeof *e);
}

const char *ganrt_execution_device(const ganrt_execution *e) {
  return e->name;
}

/*===- Functions, calls, copies ---------------------------------------------===*/

/* Launches begin ... end - 1. Argument i is place i of `columns` as long as
 * there are so many, then of `shared`. */
static ganrt_status_t launch(ganrt_execution *e, uint32_t begin, uint32_t end,
                             const ganrt_place *columns, uint32_t column_count,
                             const ganrt_place *shared) {
  for (uint32_t i = begin; i < end; ++i) {
    const ganrt_launch_row *l = &e->code->launches[i];
    for (uint32_t k = 0; k < l->argument_count; ++k) {
      uint32_t number = l->arguments[k];
      if (number >= GANRT_SCRATCH) {
        e->launching[k] = e->scratch[number - GANRT_SCRATCH];
        continue;
      }
      const ganrt_place *place = number < column_count
                                     ? &columns[number]
                                     : &shared[number - column_count];
      e->launching[k] = region_of(e, place, ganrt_block_round(place->bytes));
    }
    GANRT_RETURN_IF_ERROR(
        e->driver->launch(e->device, e->codes[l->code], l, e->launching));
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_execution_call(ganrt_execution *e,
                                    const ganrt_instruction *i) {
  const ganrt_artefact *a = e->artefact;
  const ganrt_place *places = a->places + i->b;
  const uint32_t *ranges = e->code->of_kernel + i->a;
  if (places->space != GANRT_SPACE_TABLE)
    return launch(e, ranges[0], ranges[1], places, i->c, NULL);
  const ganrt_table *t = &a->tables[places->offset];
  ranges = e->code->of_row + ganrt_first_row(a, (uint32_t)places->offset);
  for (uint32_t row = 0; row < t->rows; ++row)
    GANRT_RETURN_IF_ERROR(
        launch(e, ranges[row], ranges[row + 1],
               a->places + t->first_place + (uint64_t)row * t->columns,
               t->columns, places + 1));
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_execution_begin(ganrt_execution *e,
                                     const ganrt_function *f,
                                     void *const *arguments) {
  uint64_t end = 0;
  e->entry_count = 0;
  for (uint32_t i = 0; i < f->argument_count; ++i) {
    uint64_t bytes = f->arguments[i].bytes;
    uint64_t offset = fit(e->artefact, end, bytes);
    end = offset + bytes;
    if (bytes == 0)
      continue; /* see region_of */
    e->arguments[i] = ganrt_device_space_region(
        &e->spaces[GANRT_SPACE_ARGUMENT], offset, bytes);
    if (i >= f->result_count)
      GANRT_RETURN_IF_ERROR(
          e->driver->write(e->device, e->arguments[i], arguments[i]));
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_execution_end(ganrt_execution *e, const ganrt_function *f,
                                   void *const *arguments) {
  for (uint32_t i = 0; i < f->result_count; ++i)
    if (f->arguments[i].bytes)
      GANRT_RETURN_IF_ERROR(
          e->driver->read(e->device, e->arguments[i], arguments[i]));
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_execution_copy(ganrt_execution *e, uint32_t from,
                                    uint32_t to) {
  ganrt_region source = exact_region(e, from), target = exact_region(e, to);
  /* The plan may have made the two one place. */
  if (source.block == target.block && source.offset == target.offset)
    return GANRT_STATUS_OK;
  return e->driver->copy(e->device, source, target);
}

ganrt_status_t ganrt_execution_write(ganrt_execution *e, uint32_t place,
                                     const void *from) {
  return e->artefact->places[place].bytes
             ? e->driver->write(e->device, exact_region(e, place), from)
             : GANRT_STATUS_OK;
}

ganrt_status_t ganrt_execution_read(ganrt_execution *e, uint32_t place,
                                    void *to) {
  return e->artefact->places[place].bytes
             ? e->driver->read(e->device, exact_region(e, place), to)
             : GANRT_STATUS_OK;
}

ganrt_status_t ganrt_execution_finish(ganrt_execution *e) {
  return e->driver->finish(e->device);
}

ganrt_status_t ganrt_execution_write_state(ganrt_execution *e,
                                           const uint8_t *state) {
  return ganrt_device_space_write(&e->spaces[GANRT_SPACE_STATE], 0,
                                  e->artefact->state_bytes, state);
}

ganrt_status_t ganrt_execution_read_state(ganrt_execution *e, uint8_t *state) {
  return ganrt_device_space_read(&e->spaces[GANRT_SPACE_STATE], 0,
                                 e->artefact->state_bytes, state);
}

/*===- Reports --------------------------------------------------------------===*/

ganrt_status_t ganrt_execution_report(ganrt_execution *e, uint32_t place,
                                      uint32_t report, bool *is_full) {
  uint32_t index = e->entry_count++;
  e->entries[index].report = report;
  *is_full = e->entry_count == GANRT_EXECUTION_LOG;
  return e->driver->copy(
      e->device, exact_region(e, place),
      (ganrt_region){e->log, index * sizeof(float), sizeof(float)});
}

ganrt_status_t
ganrt_execution_take_reports(ganrt_execution *e,
                             const ganrt_execution_entry **entries,
                             uint32_t *count) {
  float values[GANRT_EXECUTION_LOG];
  *entries = e->entries;
  *count = e->entry_count;
  e->entry_count = 0;
  if (*count == 0)
    return e->driver->finish(e->device);
  GANRT_RETURN_IF_ERROR(e->driver->read(
      e->device, (ganrt_region){e->log, 0, *count * sizeof(float)}, values));
  for (uint32_t i = 0; i < *count; ++i)
    e->entries[i].value = values[i];
  return GANRT_STATUS_OK;
}
