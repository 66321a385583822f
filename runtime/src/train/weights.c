/*===- weights.c - networks out of and into a run -------------------------===*/
#include "runtime/src/train/weights.h"

#include "ganrt/allocator.h"
#include "runtime/src/file.h"
#include "runtime/src/formats/safetensors.h"
#include "runtime/src/train/run_directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ganrt_weights_is_network(const ganrt_state_tensor *tensor) {
  return strchr(tensor->name, '/') && !strchr(tensor->name, '@') &&
         strncmp(tensor->name, "state/", 6) != 0 &&
         strncmp(tensor->name, "pool/", 5) != 0;
}

/*===- Out ------------------------------------------------------------------===*/

static ganrt_status_t write_safetensors(const char *run, ganrt_program *program,
                                        const char *moment) {
  const ganrt_artefact *artefact = ganrt_program_artefact(program);
  const uint8_t *state = ganrt_program_state(program);
  char name[80], path[GANRT_PATH_MAX], step[24];
  snprintf(name, sizeof name, "network-snapshot-%.47s.safetensors", moment);
  snprintf(step, sizeof step, "%llu",
           (unsigned long long)ganrt_program_counters(program)->step);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(run, name, path));
  ganrt_safetensor_source *tensors =
      calloc((size_t)artefact->state_count + 1, sizeof *tensors);
  if (!tensors)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  uint64_t count = 0;
  for (uint32_t i = 0; i < artefact->state_count; ++i) {
    const ganrt_state_tensor *tensor = &artefact->states[i];
    if (ganrt_weights_is_network(tensor))
      tensors[count++] = (ganrt_safetensor_source){
          tensor->name,  tensor->dtype, tensor->rank,
          tensor->shape, tensor->bytes, state + tensor->offset};
  }
  ganrt_safetensor_metadata metadata[] = {
      {"game", artefact->name}, {"digest", artefact->digest}, {"step", step}};
  ganrt_status_t status =
      count ? ganrt_safetensors_write(path, tensors, count, metadata, 3)
            : GANRT_STATUS_OK;
  free(tensors);
  return status;
}

/* The template with the tensors in between: text, tensor, text, … Tensors that
 * the network does not compute with as they stand are in `folded`. */
static ganrt_status_t write_pieces(const char *run, ganrt_program *program,
                                   const ganrt_export *export,
                                   void *const *folded, const char *moment) {
  const ganrt_artefact *artefact = ganrt_program_artefact(program);
  const uint8_t *state = ganrt_program_state(program);
  char name[128], path[GANRT_PATH_MAX];
  snprintf(name, sizeof name, "%.64s-%.47s.onnx", export->name, moment);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(run, name, path));
  ganrt_piece *pieces =
      calloc(2 * (size_t)export->gap_count + 1, sizeof *pieces);
  if (!pieces)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  uint64_t count = 0, at = 0;
  for (uint32_t i = 0; i < export->gap_count; ++i) {
    const ganrt_export_gap *gap = &export->gaps[i];
    const ganrt_state_tensor *tensor = &artefact->states[gap->state];
    pieces[count++] =
        (ganrt_piece){export->template_bytes + at, gap->template_offset - at};
    pieces[count++] = (ganrt_piece){gap->folded ? folded[gap->folded - 1]
                                                : state + tensor->offset,
                                    tensor->bytes};
    at = gap->template_offset;
  }
  pieces[count++] =
      (ganrt_piece){export->template_bytes + at, export->template_size - at};
  ganrt_status_t status = ganrt_file_write(path, pieces, count);
  free(pieces);
  return status;
}

static ganrt_status_t write_export(const char *run, ganrt_program *program,
                                   const ganrt_export *export,
                                   const char *moment) {
  const ganrt_function *function =
      ganrt_artefact_export_function(ganrt_program_artefact(program), export);
  uint32_t count = function ? function->argument_count : 0;
  void **folded = calloc((size_t)count + 1, sizeof *folded);
  ganrt_status_t status =
      folded ? GANRT_STATUS_OK
             : ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  for (uint32_t i = 0; !status && i < count; ++i)
    status = ganrt_allocate(NULL, function->arguments[i].bytes, 1, &folded[i]);
  if (!status && count)
    status = ganrt_program_run(program, function, folded);
  if (!status)
    status = write_pieces(run, program, export, folded, moment);
  for (uint32_t i = 0; folded && i < count; ++i)
    ganrt_release(NULL, folded[i], function->arguments[i].bytes, 1);
  free(folded);
  return status;
}

ganrt_status_t ganrt_weights_write(const char *run, ganrt_program *program,
                                   const char *moment) {
  const ganrt_artefact *artefact = ganrt_program_artefact(program);
  GANRT_RETURN_IF_ERROR(ganrt_program_fetch(program));
  GANRT_RETURN_IF_ERROR(write_safetensors(run, program, moment));
  for (uint32_t i = 0; i < artefact->export_count; ++i)
    GANRT_RETURN_IF_ERROR(
        write_export(run, program, &artefact->exports[i], moment));
  return GANRT_STATUS_OK;
}

double ganrt_weights_bytes(const ganrt_artefact *artefact) {
  double bytes = 0;
  for (uint32_t i = 0; i < artefact->state_count; ++i)
    if (ganrt_weights_is_network(&artefact->states[i]))
      bytes += (double)artefact->states[i].bytes;
  for (uint32_t i = 0; i < artefact->export_count; ++i) {
    const ganrt_export *export = &artefact->exports[i];
    bytes += (double)export->template_size;
    for (uint32_t k = 0; k < export->gap_count; ++k)
      bytes += (double)artefact->states[export->gaps[k].state].bytes;
  }
  return bytes;
}

/*===- In -------------------------------------------------------------------===*/

static ganrt_status_t load_tensor(const ganrt_safetensors *file,
                                  const ganrt_safetensor *from,
                                  const ganrt_state_tensor *to,
                                  uint8_t *state) {
  char expected[200], got[200];
  bool equal = from->rank == to->rank;
  for (uint32_t i = 0; equal && i < to->rank; ++i)
    equal = from->shape[i] == to->shape[i];
  if (!equal)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "tensor '%s': expected %s, got %s",
                             ganrt_quote(to->name).text,
                             ganrt_shape_format(to->dtype, to->rank, to->shape,
                                                expected, sizeof expected),
                             ganrt_shape_format(from->dtype, from->rank,
                                                from->shape, got, sizeof got));
  ganrt_tensor read, converted;
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_create(NULL, from->dtype, from->rank, from->shape, &read));
  ganrt_status_t status = ganrt_safetensors_read(file, from, read.data);
  if (!status) {
    status = ganrt_tensor_convert(NULL, &read, to->dtype, &converted);
    if (!status) {
      memcpy(state + to->offset, converted.data, to->bytes);
      ganrt_tensor_destroy(&converted);
    }
  }
  ganrt_tensor_destroy(&read);
  return ganrt_status_annotate(status, "tensor '%s'",
                               ganrt_quote(to->name).text);
}

/* `loaded` tells, per tensor of the state, whether its value is known. */
static ganrt_status_t load_all(const ganrt_safetensors *file,
                               const ganrt_artefact *artefact, uint8_t *state,
                               bool *loaded, uint64_t *count) {
  for (uint32_t i = 0; i < artefact->state_count; ++i) {
    const ganrt_state_tensor *tensor = &artefact->states[i];
    const ganrt_safetensor *from = ganrt_safetensors_find(file, tensor->name);
    if (from && ganrt_weights_is_network(tensor)) {
      GANRT_RETURN_IF_ERROR(load_tensor(file, from, tensor, state));
      loaded[i] = true;
      ++*count;
    } else if (tensor->initializer == GANRT_INITIALIZE_COPY &&
               loaded[tensor->source]) {
      const ganrt_state_tensor *source = &artefact->states[tensor->source];
      memcpy(state + tensor->offset, state + source->offset, tensor->bytes);
      loaded[i] = true;
    }
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_weights_load(const char *path, ganrt_program *program,
                                  ganrt_text *notes) {
  const ganrt_artefact *artefact = ganrt_program_artefact(program);
  ganrt_safetensors *file;
  GANRT_RETURN_IF_ERROR(ganrt_safetensors_open(NULL, path, &file));
  bool *loaded = calloc((size_t)artefact->state_count + 1, sizeof *loaded);
  uint64_t count = 0, all = ganrt_safetensors_count(file);
  ganrt_status_t status =
      loaded ? load_all(file, artefact, ganrt_program_state(program), loaded,
                        &count)
             : ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  if (!status && !count)
    status = ganrt_status_make(
        GANRT_INVALID_ARGUMENT,
        "holds no tensor of the game's networks; a name would be '%s'",
        artefact->state_count ? ganrt_quote(artefact->states[0].name).text
                              : "none");
  for (uint32_t i = 0; !status && i < artefact->state_count; ++i)
    if (!loaded[i] && ganrt_weights_is_network(&artefact->states[i]))
      ganrt_text_append(notes, "%s is not in the file and starts fresh\n",
                        artefact->states[i].name);
  if (!status && count < all)
    ganrt_text_append(notes, "%llu tensors of the file are not used\n",
                      (unsigned long long)(all - count));
  free(loaded);
  ganrt_safetensors_close(file);
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}
