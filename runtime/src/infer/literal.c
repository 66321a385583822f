/*===- literal.c - tensors on a command line ------------------------------===*/
#include "runtime/src/infer/literal.h"

#include "runtime/src/file.h"
#include "runtime/src/formats/npy.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

typedef struct tensor_type {
  uint32_t dtype;
  uint32_t rank;
  int64_t shape[GANRT_MAX_RANK];
} tensor_type;

/* Reads 2x3xf32 from `length` bytes; false if it isn't a type. */
static bool parse_type(const char *text, uint64_t length, tensor_type *type) {
  char token[24];
  type->rank = 0;
  for (uint64_t at = 0; at <= length;) {
    uint64_t end = at;
    while (end < length && text[end] != 'x')
      ++end;
    if (end - at >= sizeof(token))
      return false;
    memcpy(token, text + at, end - at);
    token[end - at] = 0;
    if (end == length)
      return ganrt_dtype_from_name(token, &type->dtype);
    if (type->rank == GANRT_MAX_RANK ||
        !ganrt_parse_i64(token, &type->shape[type->rank]) || token[0] == '-')
      return false;
    ++type->rank;
    at = end + 1;
  }
  return false;
}

static ganrt_status_t read_raw(const char *path, ganrt_tensor *tensor) {
  ganrt_bytes bytes;
  GANRT_RETURN_IF_ERROR(
      ganrt_file_read(tensor->allocator, path, GANRT_MAX_BYTES, &bytes));
  ganrt_status_t status = GANRT_STATUS_OK;
  if (bytes.size != tensor->bytes)
    status = ganrt_status_make(
        GANRT_INVALID_DATA, "expected %llu bytes in '%s', got %llu",
        (unsigned long long)tensor->bytes, ganrt_quote(path).text,
        (unsigned long long)bytes.size);
  else if (bytes.size)
    memcpy(tensor->data, bytes.data, bytes.size);
  ganrt_bytes_destroy(&bytes);
  return status;
}

/* One number of `length` bytes as an element. */
static ganrt_status_t set_element(ganrt_tensor *tensor, uint64_t index,
                                  const char *text, uint64_t length) {
  char number[64];
  double value;
  int64_t whole;
  bool good = length < sizeof(number);
  if (good) {
    memcpy(number, text, length);
    number[length] = 0;
    if (tensor->dtype == GANRT_I64 && ganrt_parse_i64(number, &whole)) {
      memcpy((int64_t *)tensor->data + index, &whole, sizeof(whole));
      return GANRT_STATUS_OK;
    }
    good = ganrt_parse_double(number, &value);
  }
  if (!good)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected a number, got '%s'",
                             ganrt_quote_bytes(text, length).text);
  /* The range of the type is checked where all conversions are. */
  ganrt_tensor one = {
      .dtype = GANRT_F64, .count = 1, .bytes = 8, .data = &value};
  ganrt_tensor converted;
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_convert(tensor->allocator, &one, tensor->dtype, &converted));
  uint64_t size = ganrt_dtype_bytes(tensor->dtype);
  memcpy((char *)tensor->data + index * size, converted.data, size);
  ganrt_tensor_destroy(&converted);
  return GANRT_STATUS_OK;
}

static ganrt_status_t parse_elements(const char *text, ganrt_tensor *tensor) {
  uint64_t count = 0;
  for (;;) {
    text += strspn(text, " ,[]\t\n");
    uint64_t length = strcspn(text, " ,[]\t\n");
    if (length == 0)
      break;
    if (count < tensor->count)
      GANRT_RETURN_IF_ERROR(set_element(tensor, count, text, length));
    ++count;
    text += length;
  }
  if (count == 1 && tensor->count > 1) {
    uint64_t size = ganrt_dtype_bytes(tensor->dtype);
    for (uint64_t i = 1; i < tensor->count; ++i)
      memcpy((char *)tensor->data + i * size, tensor->data, size);
  } else if (count != tensor->count) {
    return ganrt_status_make(
        GANRT_INVALID_ARGUMENT, "expected %llu elements, got %llu",
        (unsigned long long)tensor->count, (unsigned long long)count);
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_literal_parse(const ganrt_allocator *allocator,
                                   const char *text, ganrt_tensor *out) {
  if (text[0] == '@') {
    ganrt_status_t status = ganrt_npy_read(allocator, text + 1, out);
    if (ganrt_status_code(status) != GANRT_INVALID_DATA)
      return status;
    return ganrt_status_annotate(status, "what is no npy file needs a type in "
                                         "front, as 2x3xf32=@FILE");
  }
  const char *equal = strchr(text, '=');
  tensor_type type;
  if (!equal || !parse_type(text, (uint64_t)(equal - text), &type))
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected @FILE.npy, 2x3xf32=@FILE or "
                             "2x3xf32=[1 2 3 ...], got '%s'",
                             ganrt_quote(text).text);
  ganrt_tensor tensor;
  GANRT_RETURN_IF_ERROR(ganrt_tensor_create(allocator, type.dtype, type.rank,
                                            type.shape, &tensor));
  ganrt_status_t status = equal[1] == '@' ? read_raw(equal + 2, &tensor)
                                          : parse_elements(equal + 1, &tensor);
  if (status) {
    ganrt_tensor_destroy(&tensor);
    return status;
  }
  *out = tensor;
  return GANRT_STATUS_OK;
}

const char *ganrt_literal_split(const char *text, const char **name,
                                uint64_t *name_length) {
  const char *equal = strchr(text, '=');
  tensor_type type;
  *name = NULL;
  *name_length = 0;
  if (text[0] == '@' || !equal ||
      parse_type(text, (uint64_t)(equal - text), &type))
    return text;
  *name = text;
  *name_length = (uint64_t)(equal - text);
  return equal + 1;
}

void ganrt_literal_append(ganrt_text *text, const ganrt_tensor *tensor,
                          uint64_t most) {
  char type[256];
  ganrt_text_append(text, "%s=",
                    ganrt_shape_format(tensor->dtype, tensor->rank,
                                       tensor->shape, type, sizeof(type)));
  uint64_t row = tensor->rank ? (uint64_t)tensor->shape[tensor->rank - 1] : 1;
  for (uint64_t i = 0; i < tensor->count; ++i) {
    if (i == most) {
      ganrt_text_append(text, " ...");
      return;
    }
    double value = ganrt_element_read(tensor->dtype, tensor->data, i);
    int64_t whole;
    ganrt_text_append(text, tensor->rank == 0 ? "" : i % row ? " " : "[");
    if (tensor->dtype == GANRT_I64) {
      memcpy(&whole, (const int64_t *)tensor->data + i, sizeof(whole));
      ganrt_text_append(text, "%lld", (long long)whole);
    } else if (!isfinite(value)) {
      ganrt_text_append(text, isnan(value) ? "nan"
                              : value < 0  ? "-inf"
                                           : "inf");
    } else {
      ganrt_text_append(text, "%.*g", tensor->dtype == GANRT_F64 ? 17 : 9,
                        value);
    }
    if (tensor->rank && i % row == row - 1)
      ganrt_text_append(text, "]");
  }
}

ganrt_status_t ganrt_literal_write(const char *path,
                                   const ganrt_tensor *tensor) {
  size_t length = strlen(path);
  if (length >= 4 && strcmp(path + length - 4, ".npy") == 0)
    return ganrt_npy_write(path, tensor);
  ganrt_piece piece = {tensor->data, tensor->bytes};
  return ganrt_file_write(path, &piece, 1);
}
