/*===- sha256.h - the SHA-256 digest of bytes -----------------------------===
 *
 * Names what a file holds in manifests, logs and data fingerprints. No state is
 * shared: a context belongs to its caller.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_FORMATS_SHA256_H
#define RUNTIME_SRC_FORMATS_SHA256_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_sha256 {
  uint32_t state[8];
  uint64_t length; /* bytes so far */
  uint8_t block[64];
} ganrt_sha256;

/* Digest as text: 64 hex digits and the final zero. */
typedef char ganrt_sha256_hex[65];

void ganrt_sha256_begin(ganrt_sha256 *sha);
void ganrt_sha256_add(ganrt_sha256 *sha, const void *bytes, size_t size);
void ganrt_sha256_end(ganrt_sha256 *sha, uint8_t digest[32]);

/* The whole of `bytes` in one call. */
void ganrt_sha256_of(const void *bytes, size_t size, ganrt_sha256_hex out);
void ganrt_sha256_format(const uint8_t digest[32], ganrt_sha256_hex out);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_SHA256_H */
