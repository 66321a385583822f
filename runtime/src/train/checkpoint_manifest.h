/*===- checkpoint_manifest.h - what a checkpoint says about itself ----------===
 *
 * manifest.json lists every tensor with its place in state.safetensors and its
 * hash, and what the run was made of. Its last member is its own SHA-256, over
 * all bytes in front of that member; COMMIT holds the SHA-256 of the whole file.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_CHECKPOINT_MANIFEST_H
#define RUNTIME_SRC_TRAIN_CHECKPOINT_MANIFEST_H

#include "runtime/src/formats/sha256.h"
#include "runtime/src/formats/xxh3.h"
#include "runtime/src/json.h"
#include "runtime/src/train/checkpoint.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is known about state.safetensors once it is written. */
typedef struct ganrt_checkpoint_file {
  uint64_t header_bytes; /* up to the first tensor */
  uint64_t file_bytes;
  ganrt_xxh3_hex header_hash;
  ganrt_xxh3_hex *tensor_hashes; /* one per tensor, in their order */
} ganrt_checkpoint_file;

/* The manifest's text, and its hash for COMMIT. */
GANRT_MUST_USE ganrt_status_t ganrt_manifest_write(
    const ganrt_checkpoint *checkpoint, const ganrt_checkpoint_file *file,
    ganrt_text *text, ganrt_sha256_hex hash);

/* A manifest that is whole. */
typedef struct ganrt_manifest {
  ganrt_json_document *document;
  const ganrt_json *root;
  const ganrt_json *tensors; /* an array */
  uint64_t step;
  uint64_t images;
  uint64_t header_bytes;
  uint64_t file_bytes;
} ganrt_manifest;

/* Where one tensor lies, after all checks. */
typedef struct ganrt_manifest_tensor {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  int64_t shape[GANRT_MAX_RANK];
  uint64_t offset; /* in the file */
  uint64_t bytes;
  const char *hash;
} ganrt_manifest_tensor;

/* Reads COMMIT and manifest.json of a checkpoint's folder and checks hashes and
 * form. The caller destroys the manifest. */
GANRT_MUST_USE ganrt_status_t ganrt_manifest_read(const char *folder,
                                                  ganrt_manifest *manifest);
void ganrt_manifest_destroy(ganrt_manifest *manifest);

/* Checks one element of `tensors`, which must begin at `offset`. */
GANRT_MUST_USE ganrt_status_t ganrt_manifest_tensor_read(
    const ganrt_json *element, uint64_t offset, ganrt_manifest_tensor *tensor);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_CHECKPOINT_MANIFEST_H */
