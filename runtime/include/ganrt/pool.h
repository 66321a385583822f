/*===- pool.h - threads that share the chunks of a call ---------------------===
 *
 * A call is cut into chunks whose boundaries the problem fixes; whoever is free
 * claims the next one. Results therefore don't depend on how many threads there
 * are or who is quick, and nobody waits for a thread that is still asleep.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_POOL_H
#define GANRT_POOL_H

#include "ganrt/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Chunks of one call. */
#define GANRT_MAX_CHUNKS 0xffffffu

/* `worker` is below the number of threads and belongs to the calling thread for
 * the length of the call. */
typedef void (*ganrt_pool_task)(void *context, uint32_t chunk, uint32_t worker);

/* How many processors this process may use. */
uint32_t ganrt_processor_count(void);

/* A pool of `threads` threads, the caller of ganrt_pool_run among them; 0 means
 * ganrt_processor_count. The threads take no signals and read no environment. */
GANRT_MUST_USE ganrt_status_t ganrt_pool_create(
    const ganrt_allocator *allocator, uint32_t threads, ganrt_pool **out);

/* No run may be under way. NULL is allowed. */
void ganrt_pool_destroy(ganrt_pool *pool);

/* 1 for NULL, which stands for the calling thread alone. */
uint32_t ganrt_pool_threads(const ganrt_pool *pool);

/* Runs `task` for chunks 0 ... chunks - 1 and returns when all are done. Any
 * thread may call, also several at once: one gets the pool's threads, the others
 * work alone meanwhile, as worker 0. A task may not call this with its pool. */
void ganrt_pool_run(ganrt_pool *pool, uint32_t chunks, ganrt_pool_task task,
                    void *context);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_POOL_H */
