/*===- npy.c - reading and writing numpy's array files ----------------------===
 *
 * "\x93NUMPY", major, minor, the header's length (u16 in version 1, u32 in 2 and
 * 3), then a Python dictionary with exactly the keys descr, fortran_order and
 * shape, then the elements. The dictionary is read by the few productions below
 * and never evaluated.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/formats/npy.h"

#include "runtime/src/file.h"
#include "runtime/src/formats/gzip.h"
#include "runtime/src/text.h"

#include <ctype.h>
#include <string.h>

typedef unsigned long long ull;

static const struct {
  const char *descr;
  uint32_t dtype;
} descriptions[] = {
    {"<f4", GANRT_F32}, {"<f8", GANRT_F64},  {"<f2", GANRT_F16},
    {"<i8", GANRT_I64}, {"<i4", GANRT_I32},  {"<i2", GANRT_I16},
    {"|i1", GANRT_I8},  {"|u1", GANRT_U8},   {"<u2", GANRT_U16},
    {"<u4", GANRT_U32}, {"|b1", GANRT_BOOL},
};

enum { DESCRIPTIONS = sizeof(descriptions) / sizeof(descriptions[0]) };

/*===- The header -----------------------------------------------------------===*/

typedef struct cursor {
  const char *at, *end;
} cursor;

static void skip_space(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t'))
    ++c->at;
}

static bool take(cursor *c, const char *word) {
  skip_space(c);
  size_t length = strlen(word);
  if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
    return false;
  c->at += length;
  return true;
}

/* A string in either quotes, without escapes. */
static bool take_string(cursor *c, const char **text, size_t *length) {
  const char *quote = take(c, "'") ? "'" : take(c, "\"") ? "\"" : NULL;
  if (!quote)
    return false;
  const char *close = memchr(c->at, *quote, (size_t)(c->end - c->at));
  if (!close || memchr(c->at, '\\', (size_t)(close - c->at)))
    return false;
  *text = c->at;
  *length = (size_t)(close - c->at);
  c->at = close + 1;
  return true;
}

static ganrt_status_t bad_header(const char *expected) {
  return ganrt_status_make(GANRT_INVALID_DATA, "expected %s in the npy header",
                           expected);
}

static ganrt_status_t take_dimension(cursor *c, int64_t *out) {
  int64_t value = 0;
  skip_space(c);
  const char *start = c->at;
  for (; c->at < c->end && isdigit((unsigned char)*c->at); ++c->at) {
    value = value * 10 + (*c->at - '0');
    if (value > GANRT_MAX_DIMENSION)
      return ganrt_status_make(GANRT_LIMIT,
                               "expected dimensions below 2^31 in the npy "
                               "header");
  }
  if (c->at == start)
    return bad_header("a dimension");
  *out = value;
  return GANRT_STATUS_OK;
}

static ganrt_status_t take_shape(cursor *c, ganrt_npy_header *header) {
  if (!take(c, "("))
    return bad_header("a shape");
  while (!take(c, ")")) {
    if (header->rank == GANRT_MAX_RANK)
      return ganrt_status_make(GANRT_LIMIT, "expected rank <= %u, got more",
                               GANRT_MAX_RANK);
    GANRT_RETURN_IF_ERROR(take_dimension(c, &header->shape[header->rank++]));
    if (!take(c, ",")) {
      if (header->rank == 1 || !take(c, ")"))
        return bad_header("',' or ')'");
      break;
    }
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t take_descr(cursor *c, ganrt_npy_header *header) {
  const char *text;
  size_t length;
  if (!take_string(c, &text, &length))
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "expected numbers or booleans, got a record or "
                             "something else");
  for (size_t i = 0; i < DESCRIPTIONS; ++i)
    if (strlen(descriptions[i].descr) == length &&
        memcmp(descriptions[i].descr, text, length) == 0) {
      header->dtype = descriptions[i].dtype;
      return GANRT_STATUS_OK;
    }
  return ganrt_status_make(GANRT_UNSUPPORTED,
                           "element type '%s' is not supported; supported: "
                           "<f4 <f8 <f2 <i8 <i4 <i2 |i1 |u1 <u2 <u4 |b1",
                           ganrt_quote_bytes(text, length).text);
}

static ganrt_status_t take_truth(cursor *c, bool *out) {
  *out = take(c, "True");
  return *out || take(c, "False") ? GANRT_STATUS_OK
                                  : bad_header("True or False");
}

static ganrt_status_t take_dictionary(cursor *c, ganrt_npy_header *header) {
  static const char *const names[] = {"descr", "fortran_order", "shape"};
  unsigned seen = 0;
  if (!take(c, "{"))
    return bad_header("a dictionary");
  while (!take(c, "}")) {
    const char *key;
    size_t length;
    if (!take_string(c, &key, &length) || !take(c, ":"))
      return bad_header("a key");
    unsigned k = 0;
    while (k < 3 &&
           (strlen(names[k]) != length || memcmp(names[k], key, length) != 0))
      ++k;
    if (k == 3 || (seen & 1u << k))
      return bad_header("descr, fortran_order and shape once");
    seen |= 1u << k;
    GANRT_RETURN_IF_ERROR(k == 0   ? take_descr(c, header)
                          : k == 1 ? take_truth(c, &header->fortran_order)
                                   : take_shape(c, header));
    if (!take(c, ",")) {
      if (!take(c, "}"))
        return bad_header("',' or '}'");
      break;
    }
  }
  if (seen != 7)
    return bad_header("descr, fortran_order and shape");
  skip_space(c);
  return c->at == c->end ? GANRT_STATUS_OK : bad_header("the end");
}

ganrt_status_t ganrt_npy_parse_header(const void *bytes, uint64_t size,
                                      ganrt_npy_header *out) {
  const uint8_t *b = bytes;
  if (size < 10 || memcmp(b, "\x93NUMPY", 6) != 0)
    return ganrt_status_make(GANRT_INVALID_DATA, "not an npy file");
  if (b[6] < 1 || b[6] > 3)
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "expected npy version 1, 2 or 3, got %u", b[6]);
  uint64_t start = b[6] == 1 ? 10 : 12;
  uint64_t length = b[8] | (uint64_t)b[9] << 8;
  if (b[6] > 1) {
    if (size < 12)
      return ganrt_status_make(GANRT_INVALID_DATA, "the npy header ends early");
    length |= (uint64_t)b[10] << 16 | (uint64_t)b[11] << 24;
  }
  if (start + length > GANRT_NPY_MAX_HEADER)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most %u bytes of npy header, got "
                             "%llu",
                             GANRT_NPY_MAX_HEADER, (ull)(start + length));
  if (start + length > size)
    return ganrt_status_make(GANRT_INVALID_DATA, "the npy header ends early");
  ganrt_npy_header header = {0};
  cursor c = {(const char *)b + start, (const char *)b + start + length};
  GANRT_RETURN_IF_ERROR(take_dictionary(&c, &header));
  uint64_t count;
  GANRT_RETURN_IF_ERROR(
      ganrt_shape_check(header.dtype, header.rank, header.shape, &count));
  header.data_offset = start + length;
  header.data_bytes = count * ganrt_dtype_bytes(header.dtype);
  *out = header;
  return GANRT_STATUS_OK;
}

/*===- Arrays ---------------------------------------------------------------===*/

/* Copies elements whose first axis runs fastest into C order. */
static void transpose(const uint8_t *from, ganrt_tensor *to) {
  uint64_t size = ganrt_dtype_bytes(to->dtype);
  int64_t index[GANRT_MAX_RANK] = {0};
  uint64_t strides[GANRT_MAX_RANK]; /* of `from`, in elements */
  uint64_t stride = 1;
  for (uint32_t i = 0; i < to->rank; ++i) {
    strides[i] = stride;
    stride *= (uint64_t)to->shape[i];
  }
  uint64_t at = 0;
  for (uint64_t k = 0; k < to->count; ++k) {
    memcpy((uint8_t *)to->data + k * size, from + at * size, size);
    for (uint32_t i = to->rank; i-- > 0;) {
      at += strides[i];
      if (++index[i] < to->shape[i])
        break;
      at -= strides[i] * (uint64_t)to->shape[i];
      index[i] = 0;
    }
  }
}

ganrt_status_t ganrt_npy_parse(const ganrt_allocator *allocator,
                               const void *bytes, uint64_t size,
                               ganrt_tensor *out) {
  ganrt_npy_header header;
  GANRT_RETURN_IF_ERROR(ganrt_npy_parse_header(bytes, size, &header));
  if (size - header.data_offset != header.data_bytes)
    return ganrt_status_make(
        GANRT_INVALID_DATA, "expected %llu bytes of elements, got %llu",
        (ull)header.data_bytes, (ull)(size - header.data_offset));
  ganrt_tensor tensor;
  GANRT_RETURN_IF_ERROR(ganrt_tensor_create(
      allocator, header.dtype, header.rank, header.shape, &tensor));
  const uint8_t *from = (const uint8_t *)bytes + header.data_offset;
  if (header.fortran_order && header.rank > 1)
    transpose(from, &tensor);
  else if (tensor.bytes)
    memcpy(tensor.data, from, tensor.bytes);
  if (header.dtype == GANRT_BOOL) /* other bytes than 0 and 1 mean true */
    for (uint64_t i = 0; i < tensor.count; ++i)
      ((uint8_t *)tensor.data)[i] = ((uint8_t *)tensor.data)[i] != 0;
  *out = tensor;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_npy_read(const ganrt_allocator *allocator,
                              const char *path, ganrt_tensor *out) {
  ganrt_bytes bytes;
  GANRT_RETURN_IF_ERROR(ganrt_gzip_read(
      allocator, path, GANRT_MAX_BYTES + GANRT_NPY_MAX_HEADER, &bytes));
  ganrt_status_t status =
      ganrt_npy_parse(allocator, bytes.data, bytes.size, out);
  ganrt_bytes_destroy(&bytes);
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}

ganrt_status_t ganrt_npy_write(const char *path, const ganrt_tensor *tensor) {
  if (tensor->dtype == GANRT_BF16) {
    ganrt_tensor wide;
    GANRT_RETURN_IF_ERROR(
        ganrt_tensor_convert(tensor->allocator, tensor, GANRT_F32, &wide));
    ganrt_status_t status = ganrt_npy_write(path, &wide);
    ganrt_tensor_destroy(&wide);
    return status;
  }
  const char *descr = NULL;
  for (size_t i = 0; i < DESCRIPTIONS; ++i)
    if (descriptions[i].dtype == tensor->dtype)
      descr = descriptions[i].descr;
  if (!descr)
    return ganrt_status_make(
        GANRT_UNSUPPORTED, "element type %u has no name in npy", tensor->dtype);
  ganrt_text header = {.allocator = tensor->allocator};
  ganrt_text_append_bytes(&header, "\x93NUMPY\1\0..", 10);
  ganrt_text_append(&header,
                    "{'descr': '%s', 'fortran_order': False, "
                    "'shape': (",
                    descr);
  for (uint32_t i = 0; i < tensor->rank; ++i)
    ganrt_text_append(&header,
                      tensor->rank == 1 ? "%lld,"
                      : i               ? ", %lld"
                                        : "%lld",
                      (long long)tensor->shape[i]);
  ganrt_text_append(&header, "), }");
  while ((header.length + 1) % 64 && !header.failed)
    ganrt_text_append_bytes(&header, " ", 1);
  ganrt_text_append_bytes(&header, "\n", 1);
  ganrt_status_t status = ganrt_text_status(&header);
  if (!status) {
    header.data[8] = (char)((header.length - 10) & 0xff);
    header.data[9] = (char)((header.length - 10) >> 8);
    ganrt_piece pieces[] = {{header.data, header.length},
                            {tensor->data, tensor->bytes}};
    status = ganrt_file_write(path, pieces, 2);
  }
  ganrt_text_destroy(&header);
  return status;
}
