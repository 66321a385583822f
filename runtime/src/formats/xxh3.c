/*===- xxh3.c - the XXH3 hash of 128 bits ---------------------------------===*/
#include "runtime/src/formats/xxh3.h"

#include <stdio.h>

/* The library's code becomes part of ours; nothing is linked. */
#define XXH_INLINE_ALL
#include <xxhash.h>

static void format(XXH128_hash_t hash, ganrt_xxh3_hex out) {
  snprintf(out, sizeof(ganrt_xxh3_hex), "%016llx%016llx",
           (unsigned long long)hash.high64, (unsigned long long)hash.low64);
}

void ganrt_xxh3_of(const void *bytes, uint64_t size, ganrt_xxh3_hex out) {
  format(XXH3_128bits(bytes, size), out);
}

ganrt_status_t ganrt_xxh3_begin(ganrt_xxh3 **out) {
  XXH3_state_t *state = XXH3_createState();
  *out = (ganrt_xxh3 *)state;
  if (!state || XXH3_128bits_reset(state) != XXH_OK)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  return GANRT_STATUS_OK;
}

void ganrt_xxh3_add(ganrt_xxh3 *hash, const void *bytes, uint64_t size) {
  XXH3_128bits_update((XXH3_state_t *)hash, bytes, size);
}

void ganrt_xxh3_end(ganrt_xxh3 *hash, ganrt_xxh3_hex out) {
  XXH3_state_t *state = (XXH3_state_t *)hash;
  format(XXH3_128bits_digest(state), out);
  XXH3_freeState(state);
}
