/*===- xxh3.h - the XXH3 hash of 128 bits -----------------------------------===
 *
 * Finds damage at the speed of memory: checkpoints, data sets. Not a defence
 * against forgery; SHA-256 stands where that matters.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_FORMATS_XXH3_H
#define RUNTIME_SRC_FORMATS_XXH3_H

#include "ganrt/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 32 hex digits, high half first, as xxhsum -H2 prints them. */
typedef char ganrt_xxh3_hex[33];

void ganrt_xxh3_of(const void *bytes, uint64_t size, ganrt_xxh3_hex out);

/* The same over pieces. */
typedef struct ganrt_xxh3 ganrt_xxh3;

GANRT_MUST_USE ganrt_status_t ganrt_xxh3_begin(ganrt_xxh3 **out);
void ganrt_xxh3_add(ganrt_xxh3 *hash, const void *bytes, uint64_t size);
/* Ends and frees. */
void ganrt_xxh3_end(ganrt_xxh3 *hash, ganrt_xxh3_hex out);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_XXH3_H */
