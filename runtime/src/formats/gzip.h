/*===- gzip.h - unpacking gzip --------------------------------------------===*/
#ifndef RUNTIME_SRC_FORMATS_GZIP_H
#define RUNTIME_SRC_FORMATS_GZIP_H

#include "runtime/src/file.h"

#ifdef __cplusplus
extern "C" {
#endif

bool ganrt_gzip_is(const void *bytes, uint64_t size);

/* Unpacks all members of a gzip file into at most `limit` bytes. */
GANRT_MUST_USE ganrt_status_t
ganrt_gzip_unpack(const ganrt_allocator *allocator, const void *bytes,
                  uint64_t size, uint64_t limit, ganrt_bytes *out);

/* Bytes that a packed file may have when unpacked, whatever `limit` says: a
 * thousandth of it on disk is enough to ask for that much memory. */
#define GANRT_MAX_UNPACKED (UINT64_C(4) << 30)

/* Reads a file and unpacks it if it is gzip, whatever its name says. */
GANRT_MUST_USE ganrt_status_t ganrt_gzip_read(const ganrt_allocator *allocator,
                                              const char *path, uint64_t limit,
                                              ganrt_bytes *out);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_GZIP_H */
