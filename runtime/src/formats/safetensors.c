/*===- safetensors.c - reading and writing named tensors --------------------===
 *
 * What a header claims is believed only after all of it was checked: names once,
 * shapes within limits, bytes as the shape says, and, sorted by offset, each
 * tensor begins where the one before ended, from 0 to the end of the file.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/formats/safetensors.h"

#include "runtime/src/file.h"
#include "runtime/src/json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long long ull;

enum { MOST_DEPTH = 4, MOST_VALUES = 8000000, MOST_TENSORS = 1000000 };

static const struct {
  const char *name;
  uint32_t dtype;
} types[] = {
    {"F32", GANRT_F32},   {"F64", GANRT_F64}, {"F16", GANRT_F16},
    {"BF16", GANRT_BF16}, {"I64", GANRT_I64}, {"I32", GANRT_I32},
    {"I16", GANRT_I16},   {"I8", GANRT_I8},   {"U8", GANRT_U8},
    {"U16", GANRT_U16},   {"U32", GANRT_U32}, {"BOOL", GANRT_BOOL},
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

struct ganrt_safetensors {
  const ganrt_allocator *allocator;
  ganrt_json_document *document; /* owns the names */
  ganrt_safetensor *tensors;
  uint64_t count, capacity;
  char *path;
  uint64_t path_bytes;
  int descriptor; /* -1: none */
};

/*===- Reading --------------------------------------------------------------===*/

static ganrt_status_t parse_dtype(const ganrt_json *entry, uint32_t *dtype) {
  const char *name;
  GANRT_RETURN_IF_ERROR(ganrt_json_string(entry, "dtype", &name));
  for (size_t i = 0; i < TYPES; ++i)
    if (strcmp(types[i].name, name) == 0) {
      *dtype = types[i].dtype;
      return GANRT_STATUS_OK;
    }
  return ganrt_status_make(GANRT_UNSUPPORTED,
                           "element type '%s' is not supported",
                           ganrt_quote(name).text);
}

/* The numbers of an array, all in 0 ... 2^63 - 1. */
static ganrt_status_t parse_numbers(const ganrt_json *entry, const char *key,
                                    uint64_t most, int64_t *out,
                                    uint64_t *count) {
  const ganrt_json *array;
  GANRT_RETURN_IF_ERROR(
      ganrt_json_member(entry, key, GANRT_JSON_ARRAY, &array));
  if (array->count > most)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most %llu numbers in '%s', got %llu",
                             (ull)most, key, (ull)array->count);
  *count = 0;
  for (const ganrt_json *n = array->first; n; n = n->next) {
    if (n->kind != GANRT_JSON_NUMBER || !n->is_integer || n->integer < 0)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "expected natural numbers in '%s'", key);
    out[(*count)++] = n->integer;
  }
  return GANRT_STATUS_OK;
}

/* `offset` is still relative to the bytes behind the header. */
static ganrt_status_t parse_entry(const ganrt_json *entry, uint64_t data_bytes,
                                  ganrt_safetensor *out) {
  if (entry->kind != GANRT_JSON_OBJECT)
    return ganrt_status_make(GANRT_INVALID_DATA, "expected an object, got %s",
                             ganrt_json_kind_name(entry->kind));
  if (entry->count != 3)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected dtype, shape and data_offsets, got %llu "
                             "members",
                             (ull)entry->count);
  GANRT_RETURN_IF_ERROR(parse_dtype(entry, &out->dtype));
  uint64_t rank, two, elements;
  int64_t offsets[2];
  GANRT_RETURN_IF_ERROR(
      parse_numbers(entry, "shape", GANRT_MAX_RANK, out->shape, &rank));
  out->rank = (uint32_t)rank;
  GANRT_RETURN_IF_ERROR(
      ganrt_shape_check(out->dtype, out->rank, out->shape, &elements));
  GANRT_RETURN_IF_ERROR(parse_numbers(entry, "data_offsets", 2, offsets, &two));
  if (two != 2 || offsets[0] > offsets[1] || (uint64_t)offsets[1] > data_bytes)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected data_offsets in 0 ... %llu",
                             (ull)data_bytes);
  out->offset = (uint64_t)offsets[0];
  out->bytes = (uint64_t)(offsets[1] - offsets[0]);
  if (out->bytes != elements * ganrt_dtype_bytes(out->dtype))
    return ganrt_status_make(
        GANRT_INVALID_DATA, "expected %llu bytes, got %llu",
        (ull)(elements * ganrt_dtype_bytes(out->dtype)), (ull)out->bytes);
  return GANRT_STATUS_OK;
}

static ganrt_status_t check_metadata(const ganrt_json *metadata) {
  if (metadata->kind != GANRT_JSON_OBJECT)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected an object as '__metadata__', got %s",
                             ganrt_json_kind_name(metadata->kind));
  for (const ganrt_json *m = metadata->first; m; m = m->next)
    if (m->kind != GANRT_JSON_STRING)
      return ganrt_status_make(
          GANRT_INVALID_DATA, "expected a string as metadata '%s', got %s",
          ganrt_quote(m->key).text, ganrt_json_kind_name(m->kind));
  return GANRT_STATUS_OK;
}

static int compare_offsets(const void *a, const void *b) {
  const ganrt_safetensor *x = a, *y = b;
  if (x->offset != y->offset)
    return x->offset < y->offset ? -1 : 1;
  if (x->bytes != y->bytes) /* empty ones before what begins there */
    return x->bytes < y->bytes ? -1 : 1;
  return strcmp(x->name, y->name);
}

static ganrt_status_t parse_tensors(ganrt_safetensors *file,
                                    uint64_t header_bytes,
                                    uint64_t data_bytes) {
  const ganrt_json *root = ganrt_json_root(file->document);
  if (root->kind != GANRT_JSON_OBJECT)
    return ganrt_status_make(GANRT_INVALID_DATA, "expected an object, got %s",
                             ganrt_json_kind_name(root->kind));
  if (root->count > MOST_TENSORS)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most %d tensors, got %llu",
                             MOST_TENSORS, (ull)root->count);
  void *memory;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(file->allocator, root->count,
                                       sizeof(ganrt_safetensor), &memory));
  file->tensors = memory;
  file->capacity = root->count;
  for (const ganrt_json *entry = root->first; entry; entry = entry->next) {
    if (strcmp(entry->key, "__metadata__") == 0) {
      GANRT_RETURN_IF_ERROR(check_metadata(entry));
      continue;
    }
    ganrt_safetensor *tensor = &file->tensors[file->count++];
    tensor->name = entry->key;
    GANRT_RETURN_IF_ERROR(
        ganrt_status_annotate(parse_entry(entry, data_bytes, tensor),
                              "tensor '%s'", ganrt_quote(entry->key).text));
  }
  qsort(file->tensors, file->count, sizeof(ganrt_safetensor), compare_offsets);
  uint64_t end = 0;
  for (uint64_t i = 0; i < file->count; ++i) {
    ganrt_safetensor *tensor = &file->tensors[i];
    if (tensor->offset != end)
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "tensor '%s': expected to begin at %llu, got "
                               "%llu",
                               ganrt_quote(tensor->name).text, (ull)end,
                               (ull)tensor->offset);
    end += tensor->bytes;
    tensor->offset += header_bytes;
  }
  if (end != data_bytes)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected %llu bytes of tensors, got %llu",
                             (ull)data_bytes, (ull)end);
  return GANRT_STATUS_OK;
}

/* The header's length, checked against the file's. */
static ganrt_status_t parse_length(const uint8_t *bytes, uint64_t size,
                                   uint64_t file_size, uint64_t *length) {
  if (size < 8)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "not a safetensors file: it has %llu bytes",
                             (ull)size);
  *length = 0;
  for (int i = 0; i < 8; ++i)
    *length |= (uint64_t)bytes[i] << (8 * i);
  if (*length > GANRT_SAFETENSORS_MAX_HEADER)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "not a safetensors file: expected at most %llu "
                             "bytes of header, got %llu",
                             (ull)GANRT_SAFETENSORS_MAX_HEADER, (ull)*length);
  if (*length > file_size - 8)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected a header within %llu bytes, got %llu",
                             (ull)(file_size - 8), (ull)*length);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_safetensors_parse(const ganrt_allocator *allocator,
                                       const void *bytes, uint64_t size,
                                       uint64_t file_size,
                                       ganrt_safetensors **out) {
  uint64_t length;
  GANRT_RETURN_IF_ERROR(parse_length(bytes, size, file_size, &length));
  if (length > size - 8 || size > file_size)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected all of the header");
  const char *header = (const char *)bytes + 8;
  if (length == 0 || header[0] != '{')
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "not a safetensors file: expected a header that "
                             "starts with '{'");
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(allocator, 1, sizeof(ganrt_safetensors), &memory));
  ganrt_safetensors *file = memory;
  file->allocator = allocator;
  file->descriptor = -1;
  ganrt_json_limits limits = {length, MOST_DEPTH, MOST_VALUES};
  ganrt_status_t status =
      ganrt_json_parse(allocator, header, length, limits, &file->document);
  if (!status)
    status = parse_tensors(file, 8 + length, file_size - 8 - length);
  if (status) {
    ganrt_safetensors_close(file);
    return status;
  }
  *out = file;
  return GANRT_STATUS_OK;
}

/* Length and header of an open file. */
static ganrt_status_t read_header(const ganrt_allocator *allocator,
                                  int descriptor, const char *path,
                                  uint64_t size, ganrt_safetensors **out) {
  uint8_t start[8];
  uint64_t length;
  if (size >= 8)
    GANRT_RETURN_IF_ERROR(ganrt_descriptor_read(descriptor, path, 0, start, 8));
  GANRT_RETURN_IF_ERROR(
      parse_length(start, size < 8 ? size : 8, size, &length));
  ganrt_bytes header;
  GANRT_RETURN_IF_ERROR(ganrt_bytes_create(allocator, 8 + length, &header));
  ganrt_status_t status =
      ganrt_descriptor_read(descriptor, path, 0, header.data, header.size);
  /* Read again, so it might have changed. */
  if (!status && memcmp(header.data, start, 8) != 0)
    status = ganrt_status_make(GANRT_INVALID_DATA,
                               "the file changes while it is read");
  if (!status)
    status =
        ganrt_safetensors_parse(allocator, header.data, header.size, size, out);
  ganrt_bytes_destroy(&header);
  return status;
}

ganrt_status_t ganrt_safetensors_open(const ganrt_allocator *allocator,
                                      const char *path,
                                      ganrt_safetensors **out) {
  int descriptor;
  uint64_t size;
  GANRT_RETURN_IF_ERROR(ganrt_file_open(path, &descriptor, &size));
  ganrt_safetensors *file = NULL;
  ganrt_status_t status = read_header(allocator, descriptor, path, size, &file);
  if (status) {
    close(descriptor);
    return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
  }
  file->descriptor = descriptor;
  file->path_bytes = strlen(path) + 1;
  void *memory;
  status = ganrt_allocate(allocator, file->path_bytes, 1, &memory);
  if (status) {
    ganrt_safetensors_close(file);
    return status;
  }
  file->path = memcpy(memory, path, file->path_bytes);
  *out = file;
  return GANRT_STATUS_OK;
}

void ganrt_safetensors_close(ganrt_safetensors *file) {
  if (!file)
    return;
  const ganrt_allocator *allocator = file->allocator;
  if (file->descriptor >= 0)
    close(file->descriptor);
  ganrt_release(allocator, file->path, file->path_bytes, 1);
  ganrt_release(allocator, file->tensors, file->capacity,
                sizeof(ganrt_safetensor));
  ganrt_json_destroy(file->document);
  ganrt_release(allocator, file, 1, sizeof(*file));
}

uint64_t ganrt_safetensors_count(const ganrt_safetensors *file) {
  return file->count;
}

const ganrt_safetensor *ganrt_safetensors_at(const ganrt_safetensors *file,
                                             uint64_t index) {
  return &file->tensors[index];
}

const ganrt_safetensor *ganrt_safetensors_find(const ganrt_safetensors *file,
                                               const char *name) {
  for (uint64_t i = 0; i < file->count; ++i)
    if (strcmp(file->tensors[i].name, name) == 0)
      return &file->tensors[i];
  return NULL;
}

const char *ganrt_safetensors_metadata(const ganrt_safetensors *file,
                                       const char *key) {
  const ganrt_json *metadata =
      ganrt_json_find(ganrt_json_root(file->document), "__metadata__");
  const ganrt_json *value = metadata ? ganrt_json_find(metadata, key) : NULL;
  return value ? value->string : NULL;
}

ganrt_status_t ganrt_safetensors_read(const ganrt_safetensors *file,
                                      const ganrt_safetensor *tensor,
                                      void *to) {
  return ganrt_descriptor_read(file->descriptor, file->path, tensor->offset, to,
                               tensor->bytes);
}

/*===- Writing --------------------------------------------------------------===*/

static ganrt_status_t append_entry(const ganrt_safetensor_source *tensor,
                                   uint64_t begin, ganrt_text *out) {
  const char *type = NULL;
  for (size_t i = 0; i < TYPES; ++i)
    if (types[i].dtype == tensor->dtype)
      type = types[i].name;
  uint64_t elements;
  GANRT_RETURN_IF_ERROR(
      ganrt_shape_check(tensor->dtype, tensor->rank, tensor->shape, &elements));
  if (!type || tensor->bytes != elements * ganrt_dtype_bytes(tensor->dtype))
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT, "expected %llu bytes, got %llu",
        (ull)(elements * ganrt_dtype_bytes(tensor->dtype)), (ull)tensor->bytes);
  ganrt_text_append_json_string(out, tensor->name);
  ganrt_text_append(out, ":{\"dtype\":\"%s\",\"shape\":[", type);
  for (uint32_t i = 0; i < tensor->rank; ++i)
    ganrt_text_append(out, i ? ",%lld" : "%lld", (long long)tensor->shape[i]);
  ganrt_text_append(out, "],\"data_offsets\":[%llu,%llu]}", (ull)begin,
                    (ull)(begin + tensor->bytes));
  return GANRT_STATUS_OK;
}

ganrt_status_t
ganrt_safetensors_header(const ganrt_safetensor_source *tensors, uint64_t count,
                         const ganrt_safetensor_metadata *metadata,
                         uint64_t metadata_count, ganrt_text *out) {
  uint64_t start = out->length, offset = 0;
  ganrt_text_append_bytes(out, "\0\0\0\0\0\0\0\0{", 9);
  if (metadata_count) {
    ganrt_text_append(out, "\"__metadata__\":{");
    for (uint64_t i = 0; i < metadata_count; ++i) {
      if (i)
        ganrt_text_append(out, ",");
      ganrt_text_append_json_string(out, metadata[i].key);
      ganrt_text_append(out, ":");
      ganrt_text_append_json_string(out, metadata[i].value);
    }
    ganrt_text_append(out, count ? "}," : "}");
  }
  for (uint64_t i = 0; i < count; ++i) {
    if (i)
      ganrt_text_append(out, ",");
    GANRT_RETURN_IF_ERROR(ganrt_status_annotate(
        append_entry(&tensors[i], offset, out), "tensor '%s'",
        ganrt_quote(tensors[i].name).text));
    if (!ganrt_add(offset, tensors[i].bytes, &offset))
      return ganrt_status_make(GANRT_LIMIT, "too many bytes of tensors");
  }
  ganrt_text_append(out, "}");
  while ((out->length - start) % 64 && !out->failed)
    ganrt_text_append_bytes(out, " ", 1);
  GANRT_RETURN_IF_ERROR(ganrt_text_status(out));
  uint64_t length = out->length - start - 8;
  if (length > GANRT_SAFETENSORS_MAX_HEADER)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most %llu bytes of header, got %llu",
                             (ull)GANRT_SAFETENSORS_MAX_HEADER, (ull)length);
  for (int i = 0; i < 8; ++i)
    out->data[start + (uint64_t)i] = (char)(length >> (8 * i));
  return GANRT_STATUS_OK;
}

static ganrt_status_t write_file(const char *path, const ganrt_text *header,
                                 const ganrt_safetensor_source *tensors,
                                 uint64_t count) {
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, count + 1, sizeof(ganrt_piece), &memory));
  ganrt_piece *pieces = memory;
  pieces[0] = (ganrt_piece){header->data, header->length};
  for (uint64_t i = 0; i < count; ++i)
    pieces[i + 1] = (ganrt_piece){tensors[i].data, tensors[i].bytes};
  ganrt_status_t status = ganrt_file_write(path, pieces, count + 1);
  ganrt_release(NULL, memory, count + 1, sizeof(ganrt_piece));
  return status;
}

ganrt_status_t ganrt_safetensors_write(
    const char *path, const ganrt_safetensor_source *tensors, uint64_t count,
    const ganrt_safetensor_metadata *metadata, uint64_t metadata_count) {
  ganrt_text header = {0};
  ganrt_status_t status = ganrt_safetensors_header(tensors, count, metadata,
                                                   metadata_count, &header);
  if (!status)
    status = write_file(path, &header, tensors, count);
  ganrt_text_destroy(&header);
  return status;
}
