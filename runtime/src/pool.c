/*===- pool.c - threads that share the chunks of a call ---------------------===
 *
 * One word, `turn`, holds {generation, chunks left}; claiming a chunk is one
 * compare-and-swap on it. A generation is one run.
 *
 *   caller                               worker
 *   write task, context, chunks          read turn -> {g, n}, n > 0
 *   pending = chunks                     read task, context, chunks
 *   turn = {g, chunks}                   turn: {g, n} -> {g, n - 1}
 *   claim like a worker                  run chunk chunks - n
 *   wait until pending == 0              pending -= 1
 *
 * 1. A claim succeeds only if generation g still has chunks left, and the caller
 *    writes the next task only after all of them are done. So what was read
 *    before a successful claim belongs to g. The fields are atomic because a
 *    claim that fails may read them while the next run is written.
 * 2. `pending` counts chunks, not threads: a worker that sleeps through a run is
 *    not waited for.
 * 3. A worker looks for work for a while and then parks. It announces itself in
 *    `parked` before it looks a last time, the caller publishes `turn` before it
 *    looks at `parked`, all sequentially consistent: one of the two sees the
 *    other.
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE /* sched_getaffinity */
#include "ganrt/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
  /* Looks before a worker parks: tens of microseconds, longer than the gap
   * between two kernels, short enough to leave the core to others. */
  SPINS = 2000,
  CHUNK_BITS = 24, /* of `turn`; the rest is the generation */
  MOST_THREADS = 4096
};

#define CHUNK_MASK ((UINT64_C(1) << CHUNK_BITS) - 1)

typedef struct worker {
  ganrt_pool *pool;
  pthread_t thread;
  uint32_t index;
} worker;

struct ganrt_pool {
  /* What everybody writes in every run, in cache lines of their own. */
  _Alignas(64) _Atomic uint64_t turn;
  _Alignas(64) _Atomic uint32_t pending;
  _Alignas(64) _Atomic(ganrt_pool_task) task;
  _Atomic(void *) context;
  _Atomic uint32_t chunks;
  _Atomic bool busy; /* one run at a time has the threads */
  _Alignas(64) _Atomic uint32_t parked;
  _Atomic bool stop;
  pthread_mutex_t mutex;
  pthread_cond_t wake;

  const ganrt_allocator *allocator;
  uint32_t threads; /* the caller included */
  uint32_t started; /* workers that run */
  worker *workers;  /* threads - 1 */
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Claims and runs chunks until none is left; returns the turn that said so. */
static uint64_t work(ganrt_pool *pool, uint32_t index) {
  uint64_t turn = atomic_load(&pool->turn);
  for (;;) {
    uint32_t left = (uint32_t)(turn & CHUNK_MASK);
    if (left == 0)
      return turn;
    ganrt_pool_task task =
        atomic_load_explicit(&pool->task, memory_order_relaxed);
    void *context = atomic_load_explicit(&pool->context, memory_order_relaxed);
    uint32_t chunks = atomic_load_explicit(&pool->chunks, memory_order_relaxed);
    if (!atomic_compare_exchange_weak(&pool->turn, &turn, turn - 1))
      continue;
    task(context, chunks - left, index);
    atomic_fetch_sub_explicit(&pool->pending, 1, memory_order_acq_rel);
    turn = atomic_load(&pool->turn);
  }
}

/* Waits until the turn differs from `seen` or the pool stops. */
static void wait_for_turn(ganrt_pool *pool, uint64_t seen) {
  for (int spin = 0; spin < SPINS; ++spin) {
    if (atomic_load(&pool->turn) != seen)
      return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->parked, 1);
  while (atomic_load(&pool->turn) == seen && !atomic_load(&pool->stop))
    pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->parked, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void *worker_main(void *argument) {
  worker *self = argument;
  while (!atomic_load(&self->pool->stop))
    wait_for_turn(self->pool, work(self->pool, self->index));
  return NULL;
}

static void wake_all(ganrt_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

uint32_t ganrt_processor_count(void) {
  cpu_set_t set;
  long count = sched_getaffinity(0, sizeof(set), &set) == 0
                   ? CPU_COUNT(&set)
                   : sysconf(_SC_NPROCESSORS_ONLN); /* beyond the set's size */
  return count > 0 ? (uint32_t)count : 1;
}

/* Signals belong to the program's own threads: new ones inherit a full mask. */
static ganrt_status_t start_workers(ganrt_pool *pool) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = 0;
  for (uint32_t i = 0; i + 1 < pool->threads && !error; ++i) {
    worker *w = &pool->workers[i];
    w->pool = pool;
    w->index = i + 1;
    error = pthread_create(&w->thread, NULL, worker_main, w);
    if (!error)
      ++pool->started;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error)
    return ganrt_status_from_errno(error, "cannot start thread %u of %u",
                                   pool->started + 1, pool->threads);
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_pool_create(const ganrt_allocator *allocator,
                                 uint32_t threads, ganrt_pool **out) {
  if (threads == 0)
    threads = ganrt_processor_count();
  if (threads > MOST_THREADS)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected at most %d threads, got %u",
                             MOST_THREADS, threads);
  void *memory;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(allocator, 1, sizeof(ganrt_pool), &memory));
  ganrt_pool *pool = memory;
  pool->allocator = allocator;
  pool->threads = threads;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  ganrt_status_t status =
      ganrt_allocate(allocator, threads - 1, sizeof(worker), &memory);
  if (!status) {
    pool->workers = memory;
    status = start_workers(pool);
  }
  if (status) {
    ganrt_pool_destroy(pool);
    return status;
  }
  *out = pool;
  return GANRT_STATUS_OK;
}

void ganrt_pool_destroy(ganrt_pool *pool) {
  if (!pool)
    return;
  atomic_store(&pool->stop, true);
  /* A new generation without chunks ends the looking of those not parked. */
  atomic_store(&pool->turn, (atomic_load(&pool->turn) | CHUNK_MASK) + 1);
  wake_all(pool);
  for (uint32_t i = 0; i < pool->started; ++i)
    pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  const ganrt_allocator *allocator = pool->allocator;
  ganrt_release(allocator, pool->workers, pool->threads - 1, sizeof(worker));
  ganrt_release(allocator, pool, 1, sizeof(*pool));
}

uint32_t ganrt_pool_threads(const ganrt_pool *pool) {
  return pool ? pool->threads : 1;
}

static void run_alone(uint32_t chunks, ganrt_pool_task task, void *context) {
  for (uint32_t i = 0; i < chunks; ++i)
    task(context, i, 0);
}

void ganrt_pool_run(ganrt_pool *pool, uint32_t chunks, ganrt_pool_task task,
                    void *context) {
  /* One chunk isn't worth waking anybody. */
  if (!pool || pool->threads == 1 || chunks <= 1 || chunks > GANRT_MAX_CHUNKS ||
      atomic_exchange(&pool->busy, true)) {
    run_alone(chunks, task, context);
    return;
  }
  atomic_store_explicit(&pool->task, task, memory_order_relaxed);
  atomic_store_explicit(&pool->context, context, memory_order_relaxed);
  atomic_store_explicit(&pool->chunks, chunks, memory_order_relaxed);
  atomic_store_explicit(&pool->pending, chunks, memory_order_relaxed);
  uint64_t generation = (atomic_load(&pool->turn) >> CHUNK_BITS) + 1;
  atomic_store(&pool->turn, generation << CHUNK_BITS | chunks);
  if (atomic_load(&pool->parked) > 0)
    wake_all(pool);
  work(pool, 0);
  /* Others finish their last chunks. A core that runs one of them may be busy
   * with something else, so give it ours after a while. */
  for (int spin = 0;
       atomic_load_explicit(&pool->pending, memory_order_acquire) > 0; ++spin) {
    if (spin < SPINS)
      relax();
    else
      sched_yield();
  }
  atomic_store(&pool->busy, false);
}
