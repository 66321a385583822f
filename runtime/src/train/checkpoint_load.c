/*===- checkpoint_load.c - reading a checkpoint back ------------------------===
 *
 * Damage and strangeness are two different things: a damaged checkpoint is
 * passed over for the one before, a checkpoint of another game or data set is
 * refused, because the run would not be what the user means.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/file.h"
#include "runtime/src/train/checkpoint_manifest.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static ganrt_status_t refuse(const char *field, const char *expected,
                             const char *got) {
  return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                           "it is from another run: expected %s '%s', got '%s'",
                           field, ganrt_quote(expected).text,
                           ganrt_quote(got).text);
}

static ganrt_status_t warn_if_different(const ganrt_manifest *manifest,
                                        const char *key, const char *expected,
                                        ganrt_text *warnings) {
  const char *value;
  GANRT_RETURN_IF_ERROR(ganrt_json_string(manifest->root, key, &value));
  if (strcmp(value, expected) != 0)
    ganrt_text_append(warnings,
                      "the checkpoint's %s is '%s', ours is '%s': training "
                      "goes on, but not to the bit\n",
                      key, ganrt_quote(value).text, ganrt_quote(expected).text);
  return GANRT_STATUS_OK;
}

static ganrt_status_t match_data(const ganrt_checkpoint *checkpoint,
                                 const ganrt_manifest *manifest) {
  const ganrt_json *list;
  GANRT_RETURN_IF_ERROR(
      ganrt_json_member(manifest->root, "data", GANRT_JSON_ARRAY, &list));
  const ganrt_json *element = list->first;
  for (uint32_t i = 0; i < checkpoint->data_count; ++i) {
    const ganrt_checkpoint_data *data = &checkpoint->data[i];
    if (!element)
      return refuse("data of stream", data->stream, "none");
    const char *stream, *fingerprint;
    int64_t samples;
    GANRT_RETURN_IF_ERROR(ganrt_json_string(element, "stream", &stream));
    GANRT_RETURN_IF_ERROR(
        ganrt_json_integer(element, "samples", 0, INT64_MAX, &samples));
    GANRT_RETURN_IF_ERROR(
        ganrt_json_string(element, "fingerprint", &fingerprint));
    if (strcmp(stream, data->stream) != 0)
      return refuse("data of stream", data->stream, stream);
    if (strcmp(fingerprint, data->fingerprint) != 0 ||
        (uint64_t)samples != data->samples)
      return ganrt_status_make(
          GANRT_INVALID_ARGUMENT,
          "it is from another data set: stream '%s' had %lld samples with hash "
          "%s, now %llu with hash %s",
          data->stream, (long long)samples, ganrt_quote(fingerprint).text,
          (unsigned long long)data->samples, data->fingerprint);
    element = element->next;
  }
  return element ? refuse("number of streams", "as now", "more")
                 : GANRT_STATUS_OK;
}

static ganrt_status_t match_tensor(const ganrt_checkpoint_tensor *expected,
                                   const ganrt_manifest_tensor *got) {
  if (strcmp(expected->name, got->name) != 0)
    return refuse("tensor", expected->name, got->name);
  if (expected->dtype == got->dtype && expected->rank == got->rank &&
      (got->rank == 0 || memcmp(expected->shape, got->shape,
                                got->rank * sizeof *got->shape) == 0))
    return GANRT_STATUS_OK;
  char field[160], left[160], right[160];
  snprintf(field, sizeof field, "tensor '%s' of shape",
           ganrt_quote(got->name).text);
  return refuse(field,
                ganrt_shape_format(expected->dtype, expected->rank,
                                   expected->shape, left, sizeof left),
                ganrt_shape_format(got->dtype, got->rank, got->shape, right,
                                   sizeof right));
}

/* Everything but the bytes of the state file. A checkpoint of something else is
 * GANRT_INVALID_ARGUMENT. */
static ganrt_status_t match(const ganrt_checkpoint *checkpoint,
                            const ganrt_manifest *manifest,
                            ganrt_text *warnings) {
  const char *structure;
  const ganrt_json *element = manifest->tensors->first;
  uint64_t offset = manifest->header_bytes;
  for (uint32_t i = 0; i < checkpoint->tensor_count; ++i) {
    ganrt_manifest_tensor tensor;
    if (!element)
      return refuse("tensor", checkpoint->tensors[i].name, "none");
    GANRT_RETURN_IF_ERROR(ganrt_manifest_tensor_read(element, offset, &tensor));
    GANRT_RETURN_IF_ERROR(match_tensor(&checkpoint->tensors[i], &tensor));
    offset += tensor.bytes;
    element = element->next;
  }
  if (element)
    return refuse("number of tensors", "as now", "more");
  if (offset != manifest->file_bytes)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "the tensors don't fill the file");
  GANRT_RETURN_IF_ERROR(
      ganrt_json_string(manifest->root, "structure", &structure));
  if (strcmp(structure, checkpoint->structure) != 0)
    return refuse("structure", checkpoint->structure, structure);
  GANRT_RETURN_IF_ERROR(match_data(checkpoint, manifest));
  GANRT_RETURN_IF_ERROR(
      warn_if_different(manifest, "game", checkpoint->game, warnings));
  GANRT_RETURN_IF_ERROR(
      warn_if_different(manifest, "build", checkpoint->build, warnings));
  GANRT_RETURN_IF_ERROR(
      warn_if_different(manifest, "numerics", checkpoint->numerics, warnings));
  return warn_if_different(manifest, "device", checkpoint->device, warnings);
}

static ganrt_status_t check_hash(const char *what, const void *bytes,
                                 uint64_t size, const char *expected) {
  ganrt_xxh3_hex hash;
  ganrt_xxh3_of(bytes, size, hash);
  if (strcmp(hash, expected) == 0)
    return GANRT_STATUS_OK;
  return ganrt_status_make(GANRT_INVALID_DATA,
                           "the bytes of '%s' are not those that were saved",
                           ganrt_quote(what).text);
}

/* Reads every byte of the file and checks every hash. */
static ganrt_status_t read_tensors(int descriptor,
                                   const ganrt_checkpoint *checkpoint,
                                   const ganrt_manifest *manifest) {
  static const char name[] = "state.safetensors";
  const char *hash;
  ganrt_bytes header;
  GANRT_RETURN_IF_ERROR(
      ganrt_json_string(manifest->root, "header_xxh3", &hash));
  GANRT_RETURN_IF_ERROR(
      ganrt_bytes_create(NULL, manifest->header_bytes, &header));
  ganrt_status_t status =
      ganrt_descriptor_read(descriptor, name, 0, header.data, header.size);
  if (!status)
    status = check_hash("the header", header.data, header.size, hash);
  ganrt_bytes_destroy(&header);
  const ganrt_json *element = manifest->tensors->first;
  uint64_t offset = manifest->header_bytes;
  for (uint32_t i = 0; !status && i < checkpoint->tensor_count; ++i) {
    const ganrt_checkpoint_tensor *tensor = &checkpoint->tensors[i];
    status = ganrt_json_string(element, "xxh3", &hash);
    if (!status)
      status = ganrt_descriptor_read(descriptor, name, offset, tensor->data,
                                     tensor->bytes);
    if (!status)
      status = check_hash(tensor->name, tensor->data, tensor->bytes, hash);
    offset += tensor->bytes;
    element = element->next;
  }
  return status;
}

ganrt_status_t ganrt_checkpoint_load(const char *path,
                                     const ganrt_checkpoint *checkpoint,
                                     ganrt_text *warnings) {
  char file[GANRT_PATH_MAX];
  ganrt_manifest manifest;
  uint64_t size;
  int descriptor;
  GANRT_RETURN_IF_ERROR(ganrt_path_join(path, "state.safetensors", file));
  GANRT_RETURN_IF_ERROR(ganrt_manifest_read(path, &manifest));
  ganrt_status_t status = match(checkpoint, &manifest, warnings);
  if (!status)
    status = ganrt_file_open(file, &descriptor, &size);
  if (!status) {
    if (size != manifest.file_bytes)
      status = ganrt_status_make(
          GANRT_INVALID_DATA,
          "state.safetensors: expected %llu bytes, got %llu",
          (unsigned long long)manifest.file_bytes, (unsigned long long)size);
    else
      status = read_tensors(descriptor, checkpoint, &manifest);
    close(descriptor);
  }
  ganrt_manifest_destroy(&manifest);
  return status;
}

ganrt_status_t ganrt_checkpoint_load_newest(const char *run,
                                            const ganrt_checkpoint *checkpoint,
                                            ganrt_text *warnings,
                                            ganrt_checkpoint_found *found) {
  memset(found, 0, sizeof *found);
  ganrt_checkpoint_list list;
  GANRT_RETURN_IF_ERROR(ganrt_checkpoint_list_make(run, warnings, &list));
  ganrt_status_t status = GANRT_STATUS_OK;
  for (size_t i = 0; i < list.count && list.found[i].is_whole; ++i) {
    char path[GANRT_PATH_MAX];
    status = ganrt_path_join(run, list.found[i].name, path);
    if (!status)
      status = ganrt_checkpoint_load(path, checkpoint, warnings);
    if (!status) {
      *found = list.found[i];
      break;
    }
    if (ganrt_status_code(status) == GANRT_INVALID_ARGUMENT) {
      status = ganrt_status_annotate(status, "'%s' cannot be resumed",
                                     ganrt_quote(path).text);
      break;
    }
    ganrt_text_append(warnings, "%s is damaged and was passed over: %s\n",
                      list.found[i].name, ganrt_status_message(status));
    ganrt_status_free(status);
    status = GANRT_STATUS_OK;
  }
  ganrt_checkpoint_list_destroy(&list);
  return status;
}
