/*===- two_libraries.c - two libraries and several threads at once ---------===
 *
 * Each thread has a model of each library; the models of a library share its
 * weights and one pool. One model used from two threads refuses one of them.
 *===----------------------------------------------------------------------===*/
#include "blend.h"
#include "shift.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 200, COUNT = 3 };

static ganrt_pool *pool;
static blend *shared;

static void *work(void *result) {
  blend_options options = {0};
  blend *first = NULL;
  shift *second = NULL;
  float z[COUNT * BLEND_Z_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, gain[1] = {2};
  float y[COUNT * BLEND_Y_SIZE], x[COUNT * SHIFT_WHILE_SIZE] = {1, 2, 3};
  ganrt_status_t status;
  int round, wrong = 0;
  options.pool = pool;
  status = blend_create(&options, &first);
  options.pool = NULL;
  options.threads = 1;
  if (!status)
    status = shift_create(&options, &second);
  for (round = 0; round < ROUNDS && !status; ++round) {
    status = blend_run(first, COUNT, z, gain, y);
    if (!status)
      status = shift_run(second, COUNT, x, x);
    wrong |= y[0] != -2 || y[1] != 11 || x[1] != 2 + 10 * (float)(round + 1);
    if (!status) {
      ganrt_status_t busy = blend_run(shared, COUNT, z, gain, y);
      if (busy && blend_status_code(busy) != GANRT_INVALID_ARGUMENT)
        wrong = 1;
      blend_status_free(busy);
    }
  }
  if (status)
    fprintf(stderr, "%s\n", blend_strerror(status));
  wrong |= status != NULL;
  blend_status_free(status);
  blend_destroy(first);
  shift_destroy(second);
  *(int *)result = wrong;
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS];
  int wrong[THREADS] = {1, 1, 1, 1}, i, all = 0;
  if (blend_pool_create(2, &pool) || blend_create(NULL, &shared))
    return 1;
  for (i = 0; i < THREADS; ++i)
    if (pthread_create(&threads[i], NULL, work, &wrong[i]))
      return 1;
  for (i = 0; i < THREADS; ++i) {
    pthread_join(threads[i], NULL);
    all |= wrong[i];
  }
  blend_destroy(shared);
  blend_pool_destroy(pool);
  return all;
}
