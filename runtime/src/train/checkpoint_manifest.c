/*===- checkpoint_manifest.c - what a checkpoint says about itself --------===*/
#include "runtime/src/train/checkpoint_manifest.h"

#include "runtime/src/file.h"

#include <string.h>

enum { format_version = 1, hex_digits = 64 };

static const char hash_member[] = "  \"sha256\": \"";

static void append_string(ganrt_text *text, const char *key,
                          const char *value) {
  ganrt_text_append(text, "  \"%s\": ", key);
  ganrt_text_append_json_string(text, value);
  ganrt_text_append(text, ",\n");
}

static void append_count(ganrt_text *text, const char *key, uint64_t value) {
  ganrt_text_append(text, "  \"%s\": %llu,\n", key, (unsigned long long)value);
}

static void append_tensor(ganrt_text *text,
                          const ganrt_checkpoint_tensor *tensor,
                          uint64_t offset, const char *hash) {
  ganrt_text_append(text, "    {\"name\": ");
  ganrt_text_append_json_string(text, tensor->name);
  ganrt_text_append(text, ", \"dtype\": \"%s\", \"shape\": [",
                    ganrt_dtype_name(tensor->dtype));
  for (uint32_t i = 0; i < tensor->rank; ++i)
    ganrt_text_append(text, "%s%lld", i ? ", " : "",
                      (long long)tensor->shape[i]);
  ganrt_text_append(text, "], \"offset\": %llu, \"length\": %llu, ",
                    (unsigned long long)offset,
                    (unsigned long long)tensor->bytes);
  ganrt_text_append(text, "\"xxh3\": \"%s\"}", hash);
}

ganrt_status_t ganrt_manifest_write(const ganrt_checkpoint *checkpoint,
                                    const ganrt_checkpoint_file *file,
                                    ganrt_text *text, ganrt_sha256_hex hash) {
  ganrt_text_append(text, "{\n");
  append_count(text, "format", format_version);
  append_string(text, "byte_order", "little");
  append_count(text, "step", checkpoint->step);
  append_count(text, "images", checkpoint->images);
  append_string(text, "game", checkpoint->game);
  append_string(text, "structure", checkpoint->structure);
  append_string(text, "build", checkpoint->build);
  append_string(text, "numerics", checkpoint->numerics);
  append_string(text, "device", checkpoint->device);
  append_string(text, "configuration", checkpoint->configuration);
  ganrt_text_append(text, "  \"data\": [");
  for (uint32_t i = 0; i < checkpoint->data_count; ++i) {
    const ganrt_checkpoint_data *data = &checkpoint->data[i];
    ganrt_text_append(text, "%s\n    {\"stream\": ", i ? "," : "");
    ganrt_text_append_json_string(text, data->stream);
    ganrt_text_append(text, ", \"samples\": %llu, \"fingerprint\": ",
                      (unsigned long long)data->samples);
    ganrt_text_append_json_string(text, data->fingerprint);
    ganrt_text_append(text, "}");
  }
  ganrt_text_append(text, "\n  ],\n");
  append_count(text, "file_bytes", file->file_bytes);
  append_count(text, "header_bytes", file->header_bytes);
  append_string(text, "header_xxh3", file->header_hash);
  ganrt_text_append(text, "  \"tensors\": [");
  uint64_t offset = file->header_bytes;
  for (uint32_t i = 0; i < checkpoint->tensor_count; ++i) {
    ganrt_text_append(text, "%s\n", i ? "," : "");
    append_tensor(text, &checkpoint->tensors[i], offset,
                  file->tensor_hashes[i]);
    offset += checkpoint->tensors[i].bytes;
  }
  ganrt_text_append(text, "\n  ],\n");
  GANRT_RETURN_IF_ERROR(ganrt_text_status(text));
  ganrt_sha256_of(text->data, text->length, hash);
  ganrt_text_append(text, "%s%s\"\n}\n", hash_member, hash);
  GANRT_RETURN_IF_ERROR(ganrt_text_status(text));
  ganrt_sha256_of(text->data, text->length, hash);
  return GANRT_STATUS_OK;
}

void ganrt_manifest_destroy(ganrt_manifest *manifest) {
  ganrt_json_destroy(manifest->document);
  memset(manifest, 0, sizeof *manifest);
}

/* COMMIT holds the manifest's hash, the manifest the hash of what is before. */
static ganrt_status_t check_hashes(const ganrt_bytes *manifest,
                                   const ganrt_bytes *commit) {
  ganrt_sha256_hex hash;
  ganrt_sha256_of(manifest->data, manifest->size, hash);
  if (commit->size != hex_digits + 1 || commit->data[hex_digits] != '\n' ||
      memcmp(commit->data, hash, hex_digits) != 0)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "COMMIT is not the hash of manifest.json");
  size_t tail = sizeof hash_member - 1 + hex_digits + strlen("\"\n}\n");
  if (manifest->size < tail)
    return ganrt_status_make(GANRT_INVALID_DATA, "manifest.json is cut off");
  uint64_t covered = manifest->size - tail;
  const char *end = (const char *)manifest->data + covered;
  ganrt_sha256_of(manifest->data, covered, hash);
  if (memcmp(end, hash_member, sizeof hash_member - 1) != 0 ||
      memcmp(end + sizeof hash_member - 1, hash, hex_digits) != 0)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "manifest.json doesn't hold its own hash");
  return GANRT_STATUS_OK;
}

static ganrt_status_t read_form(ganrt_manifest *manifest) {
  int64_t format, step, images, header_bytes, file_bytes;
  const ganrt_json *root = manifest->root;
  const char *byte_order;
  GANRT_RETURN_IF_ERROR(
      ganrt_json_integer(root, "format", 0, INT64_MAX, &format));
  if (format != format_version)
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "expected manifest format %d, got %lld",
                             format_version, (long long)format);
  GANRT_RETURN_IF_ERROR(ganrt_json_string(root, "byte_order", &byte_order));
  if (strcmp(byte_order, "little") != 0)
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "expected byte_order 'little', got '%s'",
                             ganrt_quote(byte_order).text);
  GANRT_RETURN_IF_ERROR(ganrt_json_integer(root, "step", 0, INT64_MAX, &step));
  GANRT_RETURN_IF_ERROR(
      ganrt_json_integer(root, "images", 0, INT64_MAX, &images));
  GANRT_RETURN_IF_ERROR(
      ganrt_json_integer(root, "header_bytes", 8, 100000008, &header_bytes));
  GANRT_RETURN_IF_ERROR(
      ganrt_json_integer(root, "file_bytes", 8, INT64_MAX, &file_bytes));
  GANRT_RETURN_IF_ERROR(
      ganrt_json_member(root, "tensors", GANRT_JSON_ARRAY, &manifest->tensors));
  manifest->step = (uint64_t)step;
  manifest->images = (uint64_t)images;
  manifest->header_bytes = (uint64_t)header_bytes;
  manifest->file_bytes = (uint64_t)file_bytes;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_manifest_read(const char *folder,
                                   ganrt_manifest *manifest) {
  static const ganrt_json_limits limits = {1 << 28, 6, 1 << 24};
  char path[GANRT_PATH_MAX];
  ganrt_bytes text = {0}, commit = {0};
  memset(manifest, 0, sizeof *manifest);
  GANRT_RETURN_IF_ERROR(ganrt_path_join(folder, "COMMIT", path));
  GANRT_RETURN_IF_ERROR(ganrt_file_read(NULL, path, 4096, &commit));
  ganrt_status_t status = ganrt_path_join(folder, "manifest.json", path);
  if (!status)
    status = ganrt_file_read(NULL, path, limits.bytes, &text);
  if (!status) {
    status = check_hashes(&text, &commit);
    if (!status)
      status = ganrt_json_parse(NULL, (const char *)text.data, text.size,
                                limits, &manifest->document);
    if (!status) {
      manifest->root = ganrt_json_root(manifest->document);
      status = read_form(manifest);
    }
    ganrt_bytes_destroy(&text);
  }
  ganrt_bytes_destroy(&commit);
  if (status)
    ganrt_manifest_destroy(manifest);
  return status;
}

ganrt_status_t ganrt_manifest_tensor_read(const ganrt_json *element,
                                          uint64_t offset,
                                          ganrt_manifest_tensor *tensor) {
  const char *dtype;
  const ganrt_json *shape;
  int64_t begin, length;
  memset(tensor, 0, sizeof *tensor);
  GANRT_RETURN_IF_ERROR(ganrt_json_string(element, "name", &tensor->name));
  GANRT_RETURN_IF_ERROR(ganrt_json_string(element, "dtype", &dtype));
  GANRT_RETURN_IF_ERROR(ganrt_json_string(element, "xxh3", &tensor->hash));
  GANRT_RETURN_IF_ERROR(
      ganrt_json_member(element, "shape", GANRT_JSON_ARRAY, &shape));
  GANRT_RETURN_IF_ERROR(
      ganrt_json_integer(element, "offset", 0, INT64_MAX, &begin));
  GANRT_RETURN_IF_ERROR(
      ganrt_json_integer(element, "length", 0, INT64_MAX, &length));
  if (!ganrt_dtype_from_name(dtype, &tensor->dtype))
    return ganrt_status_make(GANRT_INVALID_DATA, "unknown dtype '%s'",
                             ganrt_quote(dtype).text);
  if (shape->count > GANRT_MAX_RANK)
    return ganrt_status_make(GANRT_LIMIT, "expected at most rank %u, got %llu",
                             GANRT_MAX_RANK, (unsigned long long)shape->count);
  for (const ganrt_json *axis = shape->first; axis; axis = axis->next) {
    if (axis->kind != GANRT_JSON_NUMBER || !axis->is_integer)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "expected whole numbers as shape");
    tensor->shape[tensor->rank++] = axis->integer;
  }
  uint64_t count;
  GANRT_RETURN_IF_ERROR(
      ganrt_shape_check(tensor->dtype, tensor->rank, tensor->shape, &count));
  tensor->offset = (uint64_t)begin;
  tensor->bytes = count * ganrt_dtype_bytes(tensor->dtype);
  if (tensor->offset != offset || tensor->bytes != (uint64_t)length)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "tensor '%s' doesn't lie where it should",
                             ganrt_quote(tensor->name).text);
  return GANRT_STATUS_OK;
}
