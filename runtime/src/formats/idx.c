/*===- idx.c - the files MNIST and its relatives come in --------------------===
 *
 * The header may claim any size; the elements are a view of bytes that are
 * already there, so nothing is taken on its word.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/formats/idx.h"

#include "runtime/src/formats/gzip.h"
#include "runtime/src/text.h"

#include <string.h>

enum { type_u8 = 0x08, max_header = 4 + 4 * 255 };

static uint32_t get32_big(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
         p[3];
}

ganrt_status_t ganrt_idx_parse(const ganrt_allocator *allocator,
                               const uint8_t *bytes, uint64_t size,
                               ganrt_tensor *out) {
  memset(out, 0, sizeof *out);
  int64_t shape[GANRT_MAX_RANK];
  if (size < 4 || bytes[0] || bytes[1])
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "not an idx file: it does not begin with 0, 0");
  if (bytes[2] != type_u8)
    return ganrt_status_make(
        GANRT_UNSUPPORTED,
        "expected idx element type 0x08 (unsigned byte), got 0x%02x", bytes[2]);
  uint32_t rank = bytes[3];
  if (rank == 0 || rank > GANRT_MAX_RANK)
    return ganrt_status_make(GANRT_LIMIT, "expected rank 1 to %u, got %u",
                             GANRT_MAX_RANK, rank);
  uint64_t header = 4 + 4 * (uint64_t)rank;
  if (size < header)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "the file ends within its dimensions");
  for (uint32_t i = 0; i < rank; ++i)
    shape[i] = get32_big(bytes + 4 + 4 * i);
  uint64_t count;
  GANRT_RETURN_IF_ERROR(ganrt_shape_check(GANRT_U8, rank, shape, &count));
  if (count != size - header) {
    char text[200];
    return ganrt_status_make(
        GANRT_INVALID_DATA, "expected %llu bytes for %s, got %llu",
        (unsigned long long)count,
        ganrt_shape_format(GANRT_U8, rank, shape, text, sizeof text),
        (unsigned long long)(size - header));
  }
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_create(allocator, GANRT_U8, rank, shape, out));
  memcpy(out->data, bytes + header, count);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_idx_read(const ganrt_allocator *allocator,
                              const char *path, uint64_t max_bytes,
                              ganrt_tensor *out) {
  memset(out, 0, sizeof *out);
  ganrt_bytes bytes;
  uint64_t limit =
      max_bytes > UINT64_MAX - max_header ? max_bytes : max_bytes + max_header;
  GANRT_RETURN_IF_ERROR(ganrt_gzip_read(allocator, path, limit, &bytes));
  ganrt_status_t status =
      ganrt_idx_parse(allocator, bytes.data, bytes.size, out);
  ganrt_bytes_destroy(&bytes);
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}
