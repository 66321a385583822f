/*===- allocator.c - where memory comes from --------------------------------===
 *
 * Blocks of four mebibytes and more start at a huge page and are advised to use
 * them: an arena is touched from end to end in every step.
 *===----------------------------------------------------------------------===*/
#include "ganrt/allocator.h"

#include "ganrt/abi.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

static void *heap_allocate(void *context, size_t bytes, size_t alignment) {
  (void)context;
  bool large = bytes >= 2 * (size_t)HUGE_PAGE;
  void *pointer = NULL;
  if (posix_memalign(&pointer, large ? HUGE_PAGE : alignment, bytes) != 0)
    return NULL;
#ifdef MADV_HUGEPAGE
  if (large) /* only advice: a kernel without huge pages is as right */
    (void)madvise(pointer, bytes - bytes % HUGE_PAGE, MADV_HUGEPAGE);
#endif
  return pointer;
}

static void heap_release(void *context, void *pointer, size_t bytes) {
  (void)context;
  (void)bytes;
  free(pointer);
}

static const ganrt_allocator heap = {NULL, heap_allocate, heap_release};

const ganrt_allocator *ganrt_allocator_default(void) {
  return &heap;
}

bool ganrt_multiply(uint64_t a, uint64_t b, uint64_t *out) {
  if (b != 0 && a > UINT64_MAX / b)
    return false;
  *out = a * b;
  return true;
}

bool ganrt_add(uint64_t a, uint64_t b, uint64_t *out) {
  if (a > UINT64_MAX - b)
    return false;
  *out = a + b;
  return true;
}

/* What is asked of the allocator for a block: never 0 bytes. */
static size_t block_bytes(uint64_t count, uint64_t size) {
  uint64_t bytes = count * size;
  return bytes ? (size_t)bytes : 1;
}

ganrt_status_t ganrt_allocate(const ganrt_allocator *allocator, uint64_t count,
                              uint64_t size, void **out) {
  if (!allocator)
    allocator = &heap;
  uint64_t bytes;
  if (!ganrt_multiply(count, size, &bytes) || bytes > PTRDIFF_MAX)
    return ganrt_status_make(GANRT_LIMIT,
                             "%llu elements of %llu bytes are more than memory "
                             "can address",
                             (unsigned long long)count,
                             (unsigned long long)size);
  size_t block = block_bytes(count, size);
  void *pointer =
      allocator->allocate(allocator->context, block, GANRT_ALIGNMENT);
  if (!pointer)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY,
                             "out of memory for %llu bytes",
                             (unsigned long long)bytes);
  memset(pointer, 0, block);
  *out = pointer;
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_reallocate(const ganrt_allocator *allocator,
                                uint64_t old_count, uint64_t new_count,
                                uint64_t size, void **pointer) {
  void *grown = NULL;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(allocator, new_count, size, &grown));
  uint64_t kept = old_count < new_count ? old_count : new_count;
  if (*pointer && kept)
    memcpy(grown, *pointer, (size_t)(kept * size));
  ganrt_release(allocator, *pointer, old_count, size);
  *pointer = grown;
  return GANRT_STATUS_OK;
}

void ganrt_release(const ganrt_allocator *allocator, void *pointer,
                   uint64_t count, uint64_t size) {
  if (!allocator)
    allocator = &heap;
  if (pointer)
    allocator->release(allocator->context, pointer, block_bytes(count, size));
}
