/*===- clock.c - how long things take -------------------------------------===*/
#include "runtime/src/clock.h"

#include <time.h>

double ganrt_seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
