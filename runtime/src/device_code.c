/*===- device_code.c - what an artefact has for devices ---------------------===
 *
 *  1. Every API is known and there once; its tables are there.
 *  2. Blobs have bytes; launches have code, a name, groups, threads, arguments
 *     and scratch buffers that exist.
 *  3. Places lie where a device can bind them.
 *  4. Every call of every function has launches, with arguments that are places
 *     of the call.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/device_code.h"

#include "ganrt/tensor.h"
#include "runtime/src/text.h"

#include <string.h>

#define INVALID(...) ganrt_status_make(GANRT_INVALID_DATA, __VA_ARGS__)
typedef unsigned long long ull;

const char *ganrt_api_name(uint32_t api) {
  switch (api) {
  case GANRT_API_OPENCL:
    return "opencl";
  case GANRT_API_VULKAN:
    return "vulkan";
  case GANRT_API_CUDA:
    return "cuda";
  default:
    return NULL;
  }
}

uint64_t ganrt_first_row(const ganrt_artefact *a, uint32_t table) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < table; ++i)
    rows += a->tables[i].rows;
  return rows;
}

/*===- Tables ---------------------------------------------------------------===*/

static ganrt_status_t check_launch(const ganrt_device_code *d,
                                   const ganrt_launch_row *l) {
  if (l->code >= d->blob_count)
    return INVALID("expected code below %u, got %u", d->blob_count, l->code);
  if (!l->entry || (l->argument_count && !l->arguments))
    return INVALID("the entry's name or the arguments are missing");
  for (int k = 0; k < 3; ++k)
    if (l->grid[k] == 0 || l->group[k] == 0)
      return INVALID("expected groups and threads, got %u of %u in dimension "
                     "%d",
                     l->grid[k], l->group[k], k);
  for (uint32_t k = 0; k < l->argument_count; ++k)
    if (l->arguments[k] >= GANRT_SCRATCH &&
        l->arguments[k] - GANRT_SCRATCH >= d->scratch_count)
      return INVALID("expected a scratch buffer below %u, got %u",
                     d->scratch_count, l->arguments[k] - GANRT_SCRATCH);
  return GANRT_STATUS_OK;
}

/* Boundaries of ranges of launches: `count` ranges in order. */
static ganrt_status_t check_ranges(const ganrt_device_code *d, const char *what,
                                   const uint32_t *ranges, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i)
    if (ranges[i] > ranges[i + 1])
      return INVALID("%s %llu: expected launches from %u to no less, got %u",
                     what, (ull)i, ranges[i], ranges[i + 1]);
  if (ranges[count] > d->launch_count)
    return INVALID("expected launches up to %u, got %u", d->launch_count,
                   ranges[count]);
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_code(const ganrt_artefact *a,
                                 const ganrt_device_code *d) {
  if (!d->target || !d->of_kernel || !d->of_row ||
      (d->blob_count && !d->blobs) || (d->launch_count && !d->launches) ||
      (d->scratch_count && !d->scratch_bytes))
    return INVALID("the target or a table is missing");
  for (uint32_t i = 0; i < d->blob_count; ++i)
    if (!d->blobs[i].bytes || d->blobs[i].size == 0)
      return INVALID("blob %u has no bytes", i);
  for (uint32_t i = 0; i < d->scratch_count; ++i)
    if (d->scratch_bytes[i] == 0)
      return INVALID("scratch buffer %u has no bytes", i);
  for (uint32_t i = 0; i < d->launch_count; ++i)
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        check_launch(d, &d->launches[i]), "launch %u", i));
  GANRT_RETURN_IF_ERROR(
      check_ranges(d, "kernel", d->of_kernel, a->kernel_count));
  return check_ranges(d, "row", d->of_row, ganrt_first_row(a, a->table_count));
}

static ganrt_status_t check_places(const ganrt_artefact *a) {
  uint64_t block = a->device_block_bytes;
  if (block == 0 || block % GANRT_DEVICE_ALIGNMENT)
    return INVALID("expected blocks of a multiple of %u bytes, got %llu",
                   GANRT_DEVICE_ALIGNMENT, (ull)block);
  for (uint32_t i = 0; i < a->place_count; ++i) {
    const ganrt_place *p = &a->places[i];
    if (p->space == GANRT_SPACE_TABLE)
      continue;
    if (p->space == GANRT_SPACE_ARGUMENT) {
      if (p->bytes > block)
        return INVALID("place %u: expected at most the %llu bytes of a block, "
                       "got %llu",
                       i, (ull)block, (ull)p->bytes);
      continue;
    }
    if (p->offset % GANRT_DEVICE_ALIGNMENT)
      return INVALID("place %u: expected a multiple of %u as offset, got %llu",
                     i, GANRT_DEVICE_ALIGNMENT, (ull)p->offset);
    if (p->bytes > block - p->offset % block)
      return INVALID("place %u lies in two blocks of %llu bytes: %llu + %llu",
                     i, (ull)block, (ull)p->offset, (ull)p->bytes);
  }
  return GANRT_STATUS_OK;
}

/*===- Calls ----------------------------------------------------------------===*/

/* Launches begin ... end - 1 of a call with so many places; the first
 * `result_count` of them, `results`, are written. */
static ganrt_status_t check_launches(const ganrt_device_code *d, uint32_t begin,
                                     uint32_t end, uint64_t place_count,
                                     const ganrt_place *results,
                                     uint32_t result_count) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < result_count; ++i)
    bytes += results[i].bytes;
  if (begin == end && bytes)
    return INVALID("there is no launch");
  for (uint32_t i = begin; i < end; ++i)
    for (uint32_t k = 0; k < d->launches[i].argument_count; ++k) {
      uint32_t argument = d->launches[i].arguments[k];
      if (argument < GANRT_SCRATCH && argument >= place_count)
        return INVALID("launch %u: expected an argument below %llu, got %u", i,
                       (ull)place_count, argument);
    }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_call(const ganrt_artefact *a,
                                 const ganrt_device_code *d,
                                 const ganrt_instruction *i) {
  const ganrt_place *places = a->places + i->b;
  uint32_t results = a->kernels[i->a].result_count;
  if (places->space != GANRT_SPACE_TABLE)
    return check_launches(d, d->of_kernel[i->a], d->of_kernel[i->a + 1], i->c,
                          places, results < i->c ? results : i->c);
  uint32_t table = (uint32_t)places->offset;
  const ganrt_table *t = &a->tables[table];
  const uint32_t *ranges = d->of_row + ganrt_first_row(a, table);
  for (uint32_t row = 0; row < t->rows; ++row)
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        check_launches(d, ranges[row], ranges[row + 1],
                       (uint64_t)t->columns + i->c - 1,
                       a->places + t->first_place + (uint64_t)row * t->columns,
                       results < t->columns ? results : t->columns),
        "row %u", row));
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_calls(const ganrt_artefact *a,
                                  const ganrt_device_code *d) {
  for (uint32_t k = 0; k < a->function_count; ++k) {
    const ganrt_function *f = &a->functions[k];
    for (uint32_t at = 0; at < f->instruction_count; ++at) {
      const ganrt_instruction *i = &f->instructions[at];
      if (i->opcode == GANRT_OP_CALL)
        GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
            check_call(a, d, i), "function '%s': call of '%s'",
            ganrt_quote(f->name).text,
            ganrt_quote(a->kernels[i->a].name).text));
    }
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_device_code_check(const ganrt_artefact *a) {
  if (a->device_count == 0)
    return GANRT_STATUS_OK;
  GANRT_RETURN_IF_ERROR(check_places(a));
  for (uint32_t i = 0; i < a->device_count; ++i) {
    const ganrt_device_code *d = &a->devices[i];
    const char *name = ganrt_api_name(d->api);
    if (!name)
      return INVALID("device %u: unknown API %u", i, d->api);
    for (uint32_t k = 0; k < i; ++k)
      if (a->devices[k].api == d->api)
        return INVALID("there is code for %s twice", name);
    GANRT_RETURN_IF_ERROR(
        ganrt_status_annotate(check_code(a, d), "code for %s", name));
    GANRT_RETURN_IF_ERROR(
        ganrt_status_annotate(check_calls(a, d), "code for %s", name));
  }
  return GANRT_STATUS_OK;
}
