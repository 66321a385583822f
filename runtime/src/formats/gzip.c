/*===- gzip.c - unpacking gzip ---------------------------------------------===
 *
 * The output grows as it comes, so a file that claims or expands to too much is
 * refused after `limit` bytes and never costs more memory than twice that.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/formats/gzip.h"

#include "runtime/src/text.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

bool ganrt_gzip_is(const void *bytes, uint64_t size) {
  return size >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
}

/* Doubles the room behind what is written; at most limit + 1 bytes, the last
 * one to notice that there is more than the limit. */
static ganrt_status_t grow(ganrt_bytes *out, uint64_t used, uint64_t limit) {
  if (used < out->size)
    return GANRT_STATUS_OK;
  uint64_t size = out->size < 32768 ? 65536 : out->size * 2;
  if (size > limit + 1)
    size = limit + 1;
  void *data = out->data;
  GANRT_RETURN_IF_ERROR(
      ganrt_reallocate(out->allocator, out->size + 1, size + 1, 1, &data));
  out->data = data;
  out->size = size;
  return GANRT_STATUS_OK;
}

static ganrt_status_t inflate_all(z_stream *stream, const uint8_t *bytes,
                                  uint64_t size, uint64_t limit,
                                  ganrt_bytes *out, uint64_t *used) {
  uint64_t consumed = 0;
  for (;;) {
    GANRT_RETURN_IF_ERROR(grow(out, *used, limit));
    uint64_t in = size - consumed, room = out->size - *used;
    stream->next_in = (z_const Bytef *)(bytes + consumed);
    stream->avail_in = in < INT_MAX ? (uInt)in : INT_MAX;
    stream->next_out = out->data + *used;
    stream->avail_out = room < INT_MAX ? (uInt)room : INT_MAX;
    uInt in_before = stream->avail_in, out_before = stream->avail_out;
    int result = inflate(stream, Z_NO_FLUSH);
    consumed += in_before - stream->avail_in;
    *used += out_before - stream->avail_out;
    if (*used > limit)
      return ganrt_status_make(
          GANRT_LIMIT, "expected at most %llu bytes when unpacked, got more",
          (unsigned long long)limit);
    if (result == Z_STREAM_END) {
      if (!ganrt_gzip_is(bytes + consumed, size - consumed))
        return GANRT_STATUS_OK; /* padding after the last member is ignored */
      if (inflateReset(stream) != Z_OK)
        return ganrt_status_make(GANRT_INTERNAL, "zlib cannot start again");
    } else if (result == Z_MEM_ERROR) {
      return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory in zlib");
    } else if (result == Z_BUF_ERROR ||
               (result == Z_OK && consumed == size && *used < out->size)) {
      return ganrt_status_make(GANRT_INVALID_DATA, "gzip data ends early");
    } else if (result != Z_OK) {
      return ganrt_status_make(GANRT_INVALID_DATA, "gzip data is damaged");
    }
  }
}

ganrt_status_t ganrt_gzip_unpack(const ganrt_allocator *allocator,
                                 const void *bytes, uint64_t size,
                                 uint64_t limit, ganrt_bytes *out) {
  if (limit > PTRDIFF_MAX / 2)
    limit = PTRDIFF_MAX / 2;
  z_stream stream = {0};
  /* 16: gzip with its checksum and nothing else. */
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory in zlib");
  ganrt_bytes unpacked;
  uint64_t used = 0;
  ganrt_status_t status = ganrt_bytes_create(allocator, 0, &unpacked);
  if (!status) {
    status = inflate_all(&stream, bytes, size, limit, &unpacked, &used);
    if (!status) { /* exact size, so that its owner releases what it is */
      void *data = unpacked.data;
      status =
          ganrt_reallocate(allocator, unpacked.size + 1, used + 1, 1, &data);
      unpacked.data = data;
      if (!status) {
        unpacked.size = used;
        unpacked.data[used] = 0;
      }
    }
    if (status)
      ganrt_bytes_destroy(&unpacked);
  }
  inflateEnd(&stream);
  if (!status)
    *out = unpacked;
  return status;
}

ganrt_status_t ganrt_gzip_read(const ganrt_allocator *allocator,
                               const char *path, uint64_t limit,
                               ganrt_bytes *out) {
  ganrt_bytes packed;
  GANRT_RETURN_IF_ERROR(ganrt_file_read(allocator, path, limit, &packed));
  if (!ganrt_gzip_is(packed.data, packed.size)) {
    *out = packed;
    return GANRT_STATUS_OK;
  }
  if (limit > GANRT_MAX_UNPACKED)
    limit = GANRT_MAX_UNPACKED;
  ganrt_status_t status =
      ganrt_gzip_unpack(allocator, packed.data, packed.size, limit, out);
  ganrt_bytes_destroy(&packed);
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}
