/*===- npy.h - reading and writing numpy's array files --------------------===*/
#ifndef RUNTIME_SRC_FORMATS_NPY_H
#define RUNTIME_SRC_FORMATS_NPY_H

#include "ganrt/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a header says; the elements follow at data_offset. */
typedef struct ganrt_npy_header {
  uint32_t dtype;
  uint32_t rank;
  int64_t shape[GANRT_MAX_RANK];
  bool fortran_order; /* the first axis runs fastest */
  uint64_t data_offset;
  uint64_t data_bytes;
} ganrt_npy_header;

/* Enough bytes of the start of any file whose header we take. */
#define GANRT_NPY_MAX_HEADER 65536u

/* Reads the header of a file that starts with these bytes. Little-endian
 * numbers and booleans only; objects, strings and records are refused. */
GANRT_MUST_USE ganrt_status_t ganrt_npy_parse_header(const void *bytes,
                                                     uint64_t size,
                                                     ganrt_npy_header *out);

/* The array in these bytes, in C order. */
GANRT_MUST_USE ganrt_status_t ganrt_npy_parse(const ganrt_allocator *allocator,
                                              const void *bytes, uint64_t size,
                                              ganrt_tensor *out);

/* Reads a file, gzipped or not. */
GANRT_MUST_USE ganrt_status_t ganrt_npy_read(const ganrt_allocator *allocator,
                                             const char *path,
                                             ganrt_tensor *out);

/* Writes version 1.0. bf16 has no name in numpy and becomes f32. */
GANRT_MUST_USE ganrt_status_t ganrt_npy_write(const char *path,
                                              const ganrt_tensor *tensor);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_NPY_H */
