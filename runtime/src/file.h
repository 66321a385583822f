/*===- file.h - reading and writing whole files ----------------------------===
 *
 * Short reads, short writes and interruptions are handled here once. A file is
 * written under a temporary name beside its own and renamed, so nobody ever
 * sees half of it.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_FILE_H
#define RUNTIME_SRC_FILE_H

#include "ganrt/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that someone owns. One more byte, a zero, follows `size`. */
typedef struct ganrt_bytes {
  const ganrt_allocator *allocator;
  uint8_t *data;
  uint64_t size;
} ganrt_bytes;

GANRT_MUST_USE ganrt_status_t ganrt_bytes_create(
    const ganrt_allocator *allocator, uint64_t size, ganrt_bytes *out);
void ganrt_bytes_destroy(ganrt_bytes *bytes);

/* Opens a regular file for reading. A pipe, a device or a folder is refused and
 * never waited for. */
GANRT_MUST_USE ganrt_status_t ganrt_file_open(const char *path, int *descriptor,
                                              uint64_t *size);

/* Reads a regular file of at most `limit` bytes. */
GANRT_MUST_USE ganrt_status_t ganrt_file_read(const ganrt_allocator *allocator,
                                              const char *path, uint64_t limit,
                                              ganrt_bytes *out);

/* All of `size` bytes from `offset`; the end of the file is an error. `name` is
 * for the sentence. */
GANRT_MUST_USE ganrt_status_t ganrt_descriptor_read(int descriptor,
                                                    const char *name,
                                                    uint64_t offset,
                                                    void *bytes, uint64_t size);

/* All of `size` bytes to the current position. */
GANRT_MUST_USE ganrt_status_t ganrt_descriptor_write(int descriptor,
                                                     const char *name,
                                                     const void *bytes,
                                                     uint64_t size);

/* Replaces `path` by a file of these pieces, one after another, or leaves it as
 * it was. What is there and no regular file, a device or a pipe, is written to
 * instead. */
typedef struct ganrt_piece {
  const void *bytes;
  uint64_t size;
} ganrt_piece;

GANRT_MUST_USE ganrt_status_t ganrt_file_write(const char *path,
                                               const ganrt_piece *pieces,
                                               uint64_t count);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FILE_H */
