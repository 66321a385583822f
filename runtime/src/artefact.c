/*===- artefact.c - what must hold before a program is walked ---------------===
 *
 * An artefact is code and trusted as such; these checks find what a broken
 * compiler, a stale library or a damaged file would otherwise turn into a crash
 * in the middle of a step. They follow every index once:
 *
 *  1. the version, before any other field is believed;
 *  2. counts have tables, names have text;
 *  3. kernels, tables, expressions, state, options, streams, exports;
 *  4. each function: nesting of its instructions, and every place they name, with
 *     the arena and the arguments of that function;
 *  5. code for devices, in device_code.c.
 *===----------------------------------------------------------------------===*/
#include "ganrt/cpu.h"
#include "ganrt/program.h"
#include "ganrt/tensor.h"
#include "runtime/src/device_code.h"
#include "runtime/src/expression.h"
#include "runtime/src/text.h"

#include <string.h>

/* Loops and conditions in each other. */
enum { MOST_NESTING = 64 };

#define INVALID(...) ganrt_status_make(GANRT_INVALID_DATA, __VA_ARGS__)
typedef unsigned long long ull;

const ganrt_function *ganrt_artefact_function(const ganrt_artefact *artefact,
                                              const char *name,
                                              const ganrt_function *after) {
  const ganrt_function *end = artefact->functions + artefact->function_count;
  for (const ganrt_function *f = after ? after + 1 : artefact->functions;
       f < end; ++f)
    if (strcmp(f->name, name) == 0)
      return f;
  return NULL;
}

const ganrt_function *
ganrt_artefact_export_function(const ganrt_artefact *artefact,
                               const ganrt_export *exported) {
  static const char prefix[] = "export/";
  size_t length = sizeof prefix - 1;
  for (uint32_t i = 0; i < artefact->function_count; ++i) {
    const ganrt_function *f = &artefact->functions[i];
    if (strncmp(f->name, prefix, length) == 0 &&
        strcmp(f->name + length, exported->name) == 0)
      return f;
  }
  return NULL;
}

static ganrt_status_t check_below(const char *what, uint64_t index,
                                  uint64_t end) {
  if (index >= end)
    return INVALID("expected %s below %llu, got %llu", what, (ull)end,
                   (ull)index);
  return GANRT_STATUS_OK;
}

/* A block of memory inside one of the spaces. */
static ganrt_status_t check_range(const char *space, uint64_t offset,
                                  uint64_t bytes, uint64_t size) {
  uint64_t end;
  if (!ganrt_add(offset, bytes, &end) || end > size)
    return INVALID("expected bytes below %llu in the %s, got %llu + %llu",
                   (ull)size, space, (ull)offset, (ull)bytes);
  if (offset % GANRT_ALIGNMENT)
    return INVALID("expected a multiple of %u as offset in the %s, got %llu",
                   GANRT_ALIGNMENT, space, (ull)offset);
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_tensor_bytes(uint32_t dtype, uint32_t rank,
                                         const int64_t *shape, uint64_t bytes) {
  uint64_t count;
  if (rank && !shape)
    return INVALID("there is no shape");
  GANRT_RETURN_IF_ERROR(ganrt_shape_check(dtype, rank, shape, &count));
  if (bytes != count * ganrt_dtype_bytes(dtype))
    return INVALID("expected %llu bytes, got %llu",
                   (ull)(count * ganrt_dtype_bytes(dtype)), (ull)bytes);
  return GANRT_STATUS_OK;
}

/*===- Tables ---------------------------------------------------------------===*/

static ganrt_status_t check_present(const ganrt_artefact *a) {
  const struct {
    const char *what;
    const void *table;
    uint64_t count;
  } tables[] = {
      {"kernels", a->kernels, a->kernel_count},
      {"levels", a->levels, a->level_count},
      {"places", a->places, a->place_count},
      {"tables", a->tables, a->table_count},
      {"expressions", a->expressions, a->expression_count},
      {"expression codes", a->expression_codes, a->expression_code_count},
      {"functions", a->functions, a->function_count},
      {"constants", a->constants, a->constant_bytes},
      {"state tensors", a->states, a->state_count},
      {"options", a->options, a->option_count},
      {"streams", a->streams, a->stream_count},
      {"players", a->players, a->player_count},
      {"reports", a->reports, a->report_count},
      {"draws", a->draws, a->draw_count},
      {"records", a->records, a->record_count},
      {"exports", a->exports, a->export_count},
      {"devices", a->devices, a->device_count},
  };
  for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); ++i)
    if (tables[i].count && !tables[i].table)
      return INVALID("there are %llu %s, but no table of them",
                     (ull)tables[i].count, tables[i].what);
  if (!a->name || !a->digest || !a->numerics || !a->structure)
    return INVALID("name, digest, numerics or structure is missing");
  const struct {
    const char *const *names;
    uint32_t count;
    const char *what;
  } lists[] = {{a->players, a->player_count, "player"},
               {a->reports, a->report_count, "report"}};
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); ++i)
    for (uint32_t k = 0; k < lists[i].count; ++k)
      if (!lists[i].names[k])
        return INVALID("%s %u has no name", lists[i].what, k);
  return GANRT_STATUS_OK;
}

static ganrt_status_t
check_infos(const char *what, const ganrt_tensor_info *infos, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (!infos[i].name)
      return INVALID("%s %u has no name", what, i);
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        check_tensor_bytes(infos[i].dtype, infos[i].rank, infos[i].shape,
                           infos[i].bytes),
        "%s '%s'", what, ganrt_quote(infos[i].name).text));
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_sizes(const ganrt_artefact *a) {
  if (a->state_bytes > GANRT_MAX_BYTES || a->derived_bytes > GANRT_MAX_BYTES ||
      a->constant_bytes > GANRT_MAX_BYTES)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most 2^40 bytes of state, derived "
                             "buffers and constants, got more");
  if ((uintptr_t)a->constants % GANRT_ALIGNMENT)
    return INVALID("the constants don't start at a multiple of %u bytes",
                   GANRT_ALIGNMENT);
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_kernels(const ganrt_artefact *a) {
  for (uint32_t i = 0; i < a->kernel_count; ++i) {
    const ganrt_kernel *k = &a->kernels[i];
    if (!k->name)
      return INVALID("kernel %u has no name", i);
    if (k->workspace_bytes > GANRT_MAX_BYTES)
      return ganrt_status_make(GANRT_LIMIT,
                               "kernel '%s': expected at most 2^40 bytes of "
                               "workspace, got %llu",
                               ganrt_quote(k->name).text,
                               (ull)k->workspace_bytes);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_levels(const ganrt_artefact *a) {
  if (a->level_count == 0)
    return INVALID("there is no code");
  for (uint32_t i = 0; i < a->level_count; ++i) {
    const ganrt_level *level = &a->levels[i];
    if (!ganrt_cpu_name(level->cpu) ||
        (i && level->cpu <= a->levels[i - 1].cpu))
      return INVALID("level %u: expected a CPU above that before, got %u", i,
                     level->cpu);
    for (uint32_t k = 0; k < a->kernel_count; ++k)
      if (!level->functions || !level->functions[k])
        return INVALID("kernel '%s' has no code for %s",
                       ganrt_quote(a->kernels[k].name).text,
                       ganrt_cpu_name(level->cpu));
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_table(const ganrt_artefact *a, uint32_t index) {
  const ganrt_table *t = &a->tables[index];
  if (t->rows == 0 || t->columns == 0)
    return INVALID("there are no rows or no columns");
  uint64_t places = (uint64_t)t->rows * t->columns;
  if (places > a->place_count || t->first_place > a->place_count - places)
    return INVALID("expected places below %u, got %u + %llu", a->place_count,
                   t->first_place, (ull)places);
  for (uint64_t i = 0; i < places; ++i)
    if (a->places[t->first_place + i].space == GANRT_SPACE_TABLE)
      return INVALID("place %llu is a table in a table",
                     (ull)(t->first_place + i));
  if (t->chunk_count && !t->chunks)
    return INVALID("there are no chunks");
  for (uint32_t i = 0; i < t->chunk_count; ++i) {
    const ganrt_batch_chunk *c = &t->chunks[i];
    if (c->row >= t->rows || c->begin > c->end)
      return INVALID("chunk %u covers [%llu, %llu) of row %u of %u", i,
                     (ull)c->begin, (ull)c->end, c->row, t->rows);
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_state(const ganrt_artefact *a, uint32_t index,
                                  uint64_t *end) {
  const ganrt_state_tensor *s = &a->states[index];
  GANRT_RETURN_IF_ERROR(
      check_tensor_bytes(s->dtype, s->rank, s->shape, s->bytes));
  GANRT_RETURN_IF_ERROR(
      check_range("state", s->offset, s->bytes, a->state_bytes));
  if (s->offset < *end)
    return INVALID("expected an offset of at least %llu behind the tensor "
                   "before, got %llu",
                   (ull)*end, (ull)s->offset);
  *end = s->offset + s->bytes;
  switch (s->initializer) {
  case GANRT_INITIALIZE_ZERO:
  case GANRT_INITIALIZE_FILL:
    return GANRT_STATUS_OK;
  case GANRT_INITIALIZE_WEIGHTS:
    return check_range("constants", s->source, s->bytes, a->constant_bytes);
  case GANRT_INITIALIZE_COPY:
    GANRT_RETURN_IF_ERROR(check_below("an earlier state", s->source, index));
    if (a->states[s->source].bytes != s->bytes)
      return INVALID("expected %llu bytes to copy, got %llu", (ull)s->bytes,
                     (ull)a->states[s->source].bytes);
    return GANRT_STATUS_OK;
  case GANRT_INITIALIZE_NORMAL:
  case GANRT_INITIALIZE_UNIFORM:
    if (s->dtype != GANRT_F32)
      return INVALID("expected f32 for random values, got %s",
                     ganrt_dtype_name(s->dtype));
    return GANRT_STATUS_OK;
  default:
    return INVALID("unknown initializer %u", s->initializer);
  }
}

static ganrt_status_t check_states(const ganrt_artefact *a) {
  uint64_t end = 0;
  for (uint32_t i = 0; i < a->state_count; ++i) {
    if (!a->states[i].name)
      return INVALID("state %u has no name", i);
    GANRT_RETURN_IF_ERROR(
        ganrt_status_annotate(check_state(a, i, &end), "state '%s'",
                              ganrt_quote(a->states[i].name).text));
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_stream(const ganrt_artefact *a,
                                   const ganrt_stream *s) {
  uint64_t count;
  if (s->rank == 0 || !s->shape)
    return INVALID("there is no batch");
  GANRT_RETURN_IF_ERROR(ganrt_shape_check(s->dtype, s->rank, s->shape, &count));
  if (s->pairs != GANRT_NONE)
    return check_below("a stream", s->pairs, a->stream_count);
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_options_and_streams(const ganrt_artefact *a) {
  for (uint32_t i = 0; i < a->option_count; ++i)
    if (!a->options[i].name)
      return INVALID("option %u has no name", i);
  for (uint32_t i = 0; i < a->stream_count; ++i) {
    if (!a->streams[i].name)
      return INVALID("stream %u has no name", i);
    GANRT_RETURN_IF_ERROR(
        ganrt_status_annotate(check_stream(a, &a->streams[i]), "stream '%s'",
                              ganrt_quote(a->streams[i].name).text));
  }
  return GANRT_STATUS_OK;
}

/* A gap that a result fills: all of the function's arguments are results. */
static ganrt_status_t check_folded(const ganrt_artefact *a,
                                   const ganrt_export *e,
                                   const ganrt_export_gap *gap) {
  const ganrt_function *f = ganrt_artefact_export_function(a, e);
  GANRT_RETURN_IF_ERROR(
      check_below("a result", gap->folded - 1, f ? f->result_count : 0));
  if (f->argument_count != f->result_count)
    return INVALID("expected no operands, got %u",
                   f->argument_count - f->result_count);
  uint64_t bytes = f->arguments[gap->folded - 1].bytes;
  if (bytes != a->states[gap->state].bytes)
    return INVALID("expected %llu bytes, got %llu",
                   (ull)a->states[gap->state].bytes, (ull)bytes);
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_exports(const ganrt_artefact *a) {
  for (uint32_t i = 0; i < a->export_count; ++i) {
    const ganrt_export *e = &a->exports[i];
    if (!e->name || (e->template_size && !e->template_bytes) ||
        (e->gap_count && !e->gaps))
      return INVALID("export %u has no name, no bytes or no gaps", i);
    uint64_t last = 0;
    for (uint32_t k = 0; k < e->gap_count; ++k) {
      const ganrt_export_gap *gap = &e->gaps[k];
      GANRT_RETURN_IF_ERROR(check_below("a state", gap->state, a->state_count));
      if (gap->template_offset < last ||
          gap->template_offset > e->template_size)
        return INVALID("export '%s': expected gap %u in %llu ... %llu, got "
                       "%llu",
                       ganrt_quote(e->name).text, k, (ull)last,
                       (ull)e->template_size, (ull)gap->template_offset);
      last = gap->template_offset;
      if (gap->folded)
        GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
            check_folded(a, e, gap), "export '%s'", ganrt_quote(e->name).text));
    }
  }
  return GANRT_STATUS_OK;
}

/*===- Functions ------------------------------------------------------------===*/

static ganrt_status_t check_place(const ganrt_artefact *a,
                                  const ganrt_function *f, uint32_t index) {
  const ganrt_place *p = &a->places[index];
  switch (p->space) {
  case GANRT_SPACE_ARGUMENT:
    GANRT_RETURN_IF_ERROR(
        check_below("an argument", p->offset, f->argument_count));
    if (p->bytes > f->arguments[p->offset].bytes)
      return INVALID("expected at most the %llu bytes of the argument, got "
                     "%llu",
                     (ull)f->arguments[p->offset].bytes, (ull)p->bytes);
    return GANRT_STATUS_OK;
  case GANRT_SPACE_CONSTANT:
    return check_range("constants", p->offset, p->bytes, a->constant_bytes);
  case GANRT_SPACE_STATE:
    return check_range("state", p->offset, p->bytes, a->state_bytes);
  case GANRT_SPACE_DERIVED:
    return check_range("derived buffers", p->offset, p->bytes,
                       a->derived_bytes);
  case GANRT_SPACE_ARENA:
    return check_range("arena", p->offset, p->bytes, f->arena_bytes);
  case GANRT_SPACE_TABLE:
    return check_below("a table", p->offset, a->table_count);
  default:
    return INVALID("unknown space %u", p->space);
  }
}

static ganrt_status_t check_places(const ganrt_artefact *a,
                                   const ganrt_function *f, uint64_t first,
                                   uint64_t count) {
  if (first + count > a->place_count)
    return INVALID("expected places below %u, got %llu + %llu", a->place_count,
                   (ull)first, (ull)count);
  for (uint64_t i = first; i < first + count; ++i)
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(check_place(a, f, (uint32_t)i),
                                                "place %llu", (ull)i));
  return GANRT_STATUS_OK;
}

/* A place that an instruction itself reads or writes: `bytes` long. */
static ganrt_status_t check_operand(const ganrt_artefact *a,
                                    const ganrt_function *f, uint32_t index,
                                    uint64_t bytes, bool written) {
  GANRT_RETURN_IF_ERROR(check_places(a, f, index, 1));
  const ganrt_place *p = &a->places[index];
  if (p->space == GANRT_SPACE_TABLE)
    return INVALID("place %u is a table", index);
  if (written && p->space == GANRT_SPACE_CONSTANT)
    return INVALID("place %u is written and constant", index);
  if (p->bytes != bytes)
    return INVALID("expected %llu bytes in place %u, got %llu", (ull)bytes,
                   index, (ull)p->bytes);
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_call(const ganrt_artefact *a,
                                 const ganrt_function *f,
                                 const ganrt_instruction *i) {
  GANRT_RETURN_IF_ERROR(check_below("a kernel", i->a, a->kernel_count));
  GANRT_RETURN_IF_ERROR(check_places(a, f, i->b, i->c));
  if (i->c == 0)
    return INVALID("a call without places");
  if (i->d == 0 || i->d > GANRT_MAX_CHUNKS)
    return INVALID("expected 1 ... %u chunks, got %u", GANRT_MAX_CHUNKS, i->d);
  for (uint32_t k = 1; k < i->c; ++k)
    if (a->places[i->b + k].space == GANRT_SPACE_TABLE)
      return INVALID("expected a table as first place only, got one as place "
                     "%u of the call",
                     k);
  if (a->places[i->b].space != GANRT_SPACE_TABLE)
    return GANRT_STATUS_OK;
  const ganrt_table *t = &a->tables[a->places[i->b].offset];
  if (t->chunk_count != i->d)
    return INVALID("expected the %u chunks of the table, got %u",
                   t->chunk_count, i->d);
  return check_places(a, f, t->first_place, (uint64_t)t->rows * t->columns);
}

static ganrt_status_t check_draw_data(const ganrt_artefact *a,
                                      const ganrt_function *f,
                                      const ganrt_instruction *i) {
  GANRT_RETURN_IF_ERROR(check_below("a stream", i->a, a->stream_count));
  GANRT_RETURN_IF_ERROR(check_below("a draw", i->c, a->draw_count));
  GANRT_RETURN_IF_ERROR(check_below("a scope", i->d, GANRT_SCOPE_RUN + 1));
  const ganrt_stream *s = &a->streams[i->a];
  uint64_t count;
  GANRT_RETURN_IF_ERROR(ganrt_shape_check(s->dtype, s->rank, s->shape, &count));
  uint64_t bytes = count * ganrt_dtype_bytes(s->dtype);
  if (a->draws[i->c].bytes != bytes)
    return INVALID("expected a draw of %llu bytes as the stream has, got %llu",
                   (ull)bytes, (ull)a->draws[i->c].bytes);
  return check_operand(a, f, i->b, bytes, true);
}

/* Everything but nesting. */
static ganrt_status_t check_instruction(const ganrt_artefact *a,
                                        const ganrt_function *f,
                                        const ganrt_instruction *i) {
  switch (i->opcode) {
  case GANRT_OP_END:
    return GANRT_STATUS_OK;
  case GANRT_OP_CALL:
    return check_call(a, f, i);
  case GANRT_OP_REPEAT:
  case GANRT_OP_IF:
    return check_below("an expression", i->a, a->expression_count);
  case GANRT_OP_DRAW_DATA:
    return check_draw_data(a, f, i);
  case GANRT_OP_KEY:
    GANRT_RETURN_IF_ERROR(check_below("a block", i->a, a->block_count));
    GANRT_RETURN_IF_ERROR(check_below("a scope", i->b, GANRT_SCOPE_RUN + 1));
    return check_operand(a, f, i->c, 16, true);
  case GANRT_OP_SCALAR:
    GANRT_RETURN_IF_ERROR(
        check_below("an expression", i->a, a->expression_count));
    return check_operand(a, f, i->b, 4, true);
  case GANRT_OP_HOLD:
    GANRT_RETURN_IF_ERROR(
        check_below("an expression", i->a, a->expression_count));
    return check_below("a held number", i->b, a->held_count);
  case GANRT_OP_READ:
    GANRT_RETURN_IF_ERROR(check_operand(a, f, i->a, 4, false));
    return check_below("a held number", i->b, a->held_count);
  case GANRT_OP_REPORT:
    GANRT_RETURN_IF_ERROR(check_below("a report", i->a, a->report_count));
    return check_operand(a, f, i->b, 4, false);
  case GANRT_OP_COUNT:
    return check_below("a player", i->a, a->player_count);
  case GANRT_OP_COPY:
    GANRT_RETURN_IF_ERROR(check_below("a place", i->a, a->place_count));
    GANRT_RETURN_IF_ERROR(
        check_operand(a, f, i->a, a->places[i->a].bytes, false));
    return check_operand(a, f, i->b, a->places[i->a].bytes, true);
  case GANRT_OP_DRAWN:
  case GANRT_OP_RECORD: {
    bool drawn = i->opcode == GANRT_OP_DRAWN;
    GANRT_RETURN_IF_ERROR(check_below(drawn ? "a draw" : "a record", i->a,
                                      drawn ? a->draw_count : a->record_count));
    const ganrt_tensor_info *infos = drawn ? a->draws : a->records;
    return check_operand(a, f, i->b, infos[i->a].bytes, drawn);
  }
  default:
    return INVALID("unknown opcode %u", i->opcode);
  }
}

/* Instructions begin ... end - 1, `depth` loops and conditions deep. */
static ganrt_status_t check_body(const ganrt_artefact *a,
                                 const ganrt_function *f, uint32_t begin,
                                 uint32_t end, unsigned depth) {
  if (depth > MOST_NESTING)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most %d levels of "
                             "nesting, got more",
                             MOST_NESTING);
  for (uint32_t at = begin; at < end;) {
    const ganrt_instruction *i = &f->instructions[at];
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(check_instruction(a, f, i),
                                                "instruction %u", at));
    if (i->opcode == GANRT_OP_REPEAT) {
      if (i->b <= at || i->b > end)
        return INVALID("instruction %u: expected a body up to %u at most, got "
                       "%u",
                       at, end, i->b);
      GANRT_RETURN_IF_ERROR(check_body(a, f, at + 1, i->b, depth + 1));
      at = i->b;
    } else if (i->opcode == GANRT_OP_IF) {
      if (i->b <= at || i->c < i->b || i->c > end)
        return INVALID("instruction %u: expected parts up to %u at most, got "
                       "%u and %u",
                       at, end, i->b, i->c);
      GANRT_RETURN_IF_ERROR(check_body(a, f, at + 1, i->b, depth + 1));
      GANRT_RETURN_IF_ERROR(check_body(a, f, i->b, i->c, depth + 1));
      at = i->c;
    } else if (i->opcode == GANRT_OP_END && (depth || at + 1 != end)) {
      return INVALID("instruction %u: an end before the end", at);
    } else {
      ++at;
    }
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_function(const ganrt_artefact *a,
                                     const ganrt_function *f) {
  if ((f->instruction_count && !f->instructions) ||
      (f->argument_count && !f->arguments))
    return INVALID("there are no instructions or no arguments");
  if (f->result_count > f->argument_count)
    return INVALID("expected at most %u results, got %u", f->argument_count,
                   f->result_count);
  if (f->arena_bytes > GANRT_MAX_BYTES)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most 2^40 bytes of arena, got %llu",
                             (ull)f->arena_bytes);
  for (uint32_t i = 0; i < f->argument_count; ++i) {
    const ganrt_tensor_info *t = &f->arguments[i];
    if (!t->name)
      return INVALID("argument %u has no name", i);
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        check_tensor_bytes(t->dtype, t->rank, t->shape, t->bytes),
        "argument '%s'", ganrt_quote(t->name).text));
    if (t->batched > 1 || (t->batched && (t->rank == 0 || f->batch == 0 ||
                                          t->shape[0] != f->batch)))
      return INVALID("argument '%s': expected the batch %u as axis 0",
                     ganrt_quote(t->name).text, f->batch);
    if (t->mixed > (i < f->result_count ? 1u : 0u))
      return INVALID(
          "argument '%s': expected mixed to be 0, or 1 for a result, got %u",
          ganrt_quote(t->name).text, t->mixed);
  }
  return check_body(a, f, 0, f->instruction_count, 0);
}

ganrt_status_t ganrt_artefact_check(const ganrt_artefact *a) {
  if (!a)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT, "the artefact is null");
  if (a->abi_version != GANRT_ABI_VERSION)
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "expected an artefact of version %u, got %u",
                             GANRT_ABI_VERSION, a->abi_version);
  GANRT_RETURN_IF_ERROR(check_present(a));
  GANRT_RETURN_IF_ERROR(check_infos("draw", a->draws, a->draw_count));
  GANRT_RETURN_IF_ERROR(check_infos("record", a->records, a->record_count));
  GANRT_RETURN_IF_ERROR(check_sizes(a));
  GANRT_RETURN_IF_ERROR(check_kernels(a));
  GANRT_RETURN_IF_ERROR(check_levels(a));
  for (uint32_t i = 0; i < a->table_count; ++i)
    GANRT_RETURN_IF_ERROR(
        ganrt_status_annotate(check_table(a, i), "table %u", i));
  for (uint32_t i = 0; i < a->expression_count; ++i)
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(ganrt_expression_check(a, i),
                                                "expression %u", i));
  GANRT_RETURN_IF_ERROR(check_states(a));
  GANRT_RETURN_IF_ERROR(check_options_and_streams(a));
  GANRT_RETURN_IF_ERROR(check_exports(a));
  for (uint32_t i = 0; i < a->function_count; ++i) {
    if (!a->functions[i].name)
      return INVALID("function %u has no name", i);
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        check_function(a, &a->functions[i]), "function '%s'",
        ganrt_quote(a->functions[i].name).text));
  }
  return ganrt_device_code_check(a);
}
