/*===- idx.h - the files MNIST and its relatives come in ------------------===
 *
 * Big-endian: 0, 0, element type, rank, then one u32 per dimension, then the
 * elements. Read plain or gzipped, whatever the file's name says.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_FORMATS_IDX_H
#define RUNTIME_SRC_FORMATS_IDX_H

#include "ganrt/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A whole file's bytes as a tensor of GANRT_U8. The caller destroys it. */
GANRT_MUST_USE ganrt_status_t ganrt_idx_parse(const ganrt_allocator *allocator,
                                              const uint8_t *bytes,
                                              uint64_t size, ganrt_tensor *out);

/* Reads a file of unsigned bytes as a tensor of GANRT_U8 with at most
 * `max_bytes` bytes. The caller destroys it. */
GANRT_MUST_USE ganrt_status_t ganrt_idx_read(const ganrt_allocator *allocator,
                                             const char *path,
                                             uint64_t max_bytes,
                                             ganrt_tensor *out);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_IDX_H */
