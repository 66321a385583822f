/*===- clock.h - how long things take -------------------------------------===*/
#ifndef RUNTIME_SRC_CLOCK_H
#define RUNTIME_SRC_CLOCK_H

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds since some fixed moment; the date being set doesn't change it. */
double ganrt_seconds_now(void);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_CLOCK_H */
