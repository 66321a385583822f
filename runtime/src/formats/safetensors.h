/*===- safetensors.h - reading and writing named tensors --------------------===
 *
 * u64 length, a JSON header of that length, then the bytes of all tensors in C
 * order, little endian, without holes or overlaps.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_FORMATS_SAFETENSORS_H
#define RUNTIME_SRC_FORMATS_SAFETENSORS_H

#include "ganrt/tensor.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GANRT_SAFETENSORS_MAX_HEADER UINT64_C(100000000)

/* A tensor of a file. */
typedef struct ganrt_safetensor {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  int64_t shape[GANRT_MAX_RANK];
  uint64_t offset; /* in the file */
  uint64_t bytes;
} ganrt_safetensor;

typedef struct ganrt_safetensors ganrt_safetensors;

/* Checks the header of a file of `file_size` bytes, of which the first `size`
 * are given: all of the header at least. */
GANRT_MUST_USE ganrt_status_t ganrt_safetensors_parse(
    const ganrt_allocator *allocator, const void *bytes, uint64_t size,
    uint64_t file_size, ganrt_safetensors **out);

/* Opens a file and reads its header; tensors are read when asked for. */
GANRT_MUST_USE ganrt_status_t
ganrt_safetensors_open(const ganrt_allocator *allocator, const char *path,
                       ganrt_safetensors **out);
void ganrt_safetensors_close(ganrt_safetensors *file);

/* In the order of their offsets. */
uint64_t ganrt_safetensors_count(const ganrt_safetensors *file);
const ganrt_safetensor *ganrt_safetensors_at(const ganrt_safetensors *file,
                                             uint64_t index);
/* NULL if there is none of this name. */
const ganrt_safetensor *ganrt_safetensors_find(const ganrt_safetensors *file,
                                               const char *name);
/* A text of __metadata__, or NULL. */
const char *ganrt_safetensors_metadata(const ganrt_safetensors *file,
                                       const char *key);

/* Reads tensor->bytes bytes of an opened file. Any thread. */
GANRT_MUST_USE ganrt_status_t ganrt_safetensors_read(
    const ganrt_safetensors *file, const ganrt_safetensor *tensor, void *to);

/* A tensor to be written; `offset` is ignored, bytes must fit the shape. */
typedef struct ganrt_safetensor_source {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  const int64_t *shape;
  uint64_t bytes;
  const void *data;
} ganrt_safetensor_source;

typedef struct ganrt_safetensor_metadata {
  const char *key, *value;
} ganrt_safetensor_metadata;

/* Appends length and header for these tensors, written one after another; the
 * bytes begin at a multiple of 64. */
GANRT_MUST_USE ganrt_status_t
ganrt_safetensors_header(const ganrt_safetensor_source *tensors, uint64_t count,
                         const ganrt_safetensor_metadata *metadata,
                         uint64_t metadata_count, ganrt_text *out);

/* Writes a whole file. */
GANRT_MUST_USE ganrt_status_t ganrt_safetensors_write(
    const char *path, const ganrt_safetensor_source *tensors, uint64_t count,
    const ganrt_safetensor_metadata *metadata, uint64_t metadata_count);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_SAFETENSORS_H */
