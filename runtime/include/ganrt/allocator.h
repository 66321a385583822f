/*===- allocator.h - where memory comes from --------------------------------===
 *
 * Every block starts at a multiple of 64 bytes (GANRT_ALIGNMENT) and is zeroed.
 * Functions take a `const ganrt_allocator *`; NULL means the default, which is
 * the C library's heap, with advice for huge pages on large blocks.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_ALLOCATOR_H
#define GANRT_ALLOCATOR_H

#include "ganrt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The C library's heap. */
const ganrt_allocator *ganrt_allocator_default(void);

/* A zeroed block of count * size bytes in *out; the product is checked. No
 * bytes give a valid pointer that must be released too. */
GANRT_MUST_USE ganrt_status_t ganrt_allocate(const ganrt_allocator *allocator,
                                             uint64_t count, uint64_t size,
                                             void **out);

/* Grows the block at *pointer from old_count to new_count elements and zeroes
 * what is new. On failure the old block stays. */
GANRT_MUST_USE ganrt_status_t ganrt_reallocate(const ganrt_allocator *allocator,
                                               uint64_t old_count,
                                               uint64_t new_count,
                                               uint64_t size, void **pointer);

/* Gives back a block of count * size bytes; NULL is allowed. */
void ganrt_release(const ganrt_allocator *allocator, void *pointer,
                   uint64_t count, uint64_t size);

/* *out = a * b or a + b; false when it doesn't fit. */
bool ganrt_multiply(uint64_t a, uint64_t b, uint64_t *out);
bool ganrt_add(uint64_t a, uint64_t b, uint64_t *out);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_ALLOCATOR_H */
