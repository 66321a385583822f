/*===- types.h - what every header of ganc and of its libraries shares ------===
 *
 * C99, no functions. ganc pastes this file into the header of each library it
 * writes, so that such a header stands alone; the guard makes several of them,
 * and the runtime's own headers, one.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_TYPES_H
#define GANRT_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* NULL is done. Everything else belongs to the caller, who frees it; it holds
 * one of these codes and a sentence. */
typedef struct ganrt_status_object *ganrt_status_t;

typedef enum ganrt_code {
  GANRT_OK = 0,
  GANRT_INVALID_ARGUMENT = 1, /* the caller's or the command line's mistake */
  GANRT_INVALID_DATA = 2,     /* a file or a table breaks its format */
  GANRT_UNSUPPORTED = 3,      /* well formed, but not something we do */
  GANRT_NOT_FOUND = 4,
  GANRT_LIMIT = 5, /* a stated limit was reached; the sentence names it */
  GANRT_OUT_OF_MEMORY = 6,
  GANRT_IO = 7,      /* the disk or a device failed */
  GANRT_NUMERIC = 8, /* NaN, infinity, a mismatch */
  GANRT_INTERNAL = 9
} ganrt_code;

#if defined(__GNUC__)
#define GANRT_MUST_USE __attribute__((warn_unused_result))
#else
#define GANRT_MUST_USE
#endif

/* An injected allocator. Both functions must be callable from the threads that
 * the object using it is used from. */
typedef struct ganrt_allocator {
  void *context;
  /* Returns `bytes` bytes at a multiple of `alignment`, a power of two, or
   * NULL. The bytes may hold anything. */
  void *(*allocate)(void *context, size_t bytes, size_t alignment);
  /* Gets what `allocate` gave, with the same number of bytes; never NULL. */
  void (*release)(void *context, void *pointer, size_t bytes);
} ganrt_allocator;

/* Threads that several models may share. */
typedef struct ganrt_pool ganrt_pool;

/* How to make a model. All zero is a good default. */
typedef struct ganrt_model_options {
  const ganrt_allocator *allocator; /* NULL: the heap */
  ganrt_pool *pool;                 /* NULL: a pool of its own */
  uint32_t threads;                 /* of its own pool; 0: one per processor */
  uint32_t profile;                 /* not 0: time each kernel */
  const char *device;               /* NULL or "cpu": the host; "opencl", ... */
  const char *cpu; /* "x86-64-v3": code of this level; NULL: the best */
  void *workspace; /* NULL: allocated; else used until destroyed */
  uint64_t workspace_bytes;
  uint64_t max_memory; /* refuse to need more bytes than this; 0: any */
} ganrt_model_options;

#endif /* GANRT_TYPES_H */
