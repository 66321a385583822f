/*===- profile.h - where the time of a step goes ----------------------------===
 *
 * --profile: trace.json for trace viewers, one slice per call of a kernel, and a
 * table of all kernels.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_PROFILE_H
#define RUNTIME_SRC_TRAIN_PROFILE_H

#include "ganrt/program.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_profile ganrt_profile;

/* For a program that was made to profile. */
GANRT_MUST_USE ganrt_status_t ganrt_profile_create(ganrt_program *program,
                                                   ganrt_profile **out);
void ganrt_profile_destroy(ganrt_profile *profile);

/* A kernel has just run; the first million calls are kept. */
void ganrt_profile_called(ganrt_profile *profile, const ganrt_call *call);

/* Writes trace.json. */
GANRT_MUST_USE ganrt_status_t ganrt_profile_write(const ganrt_profile *profile,
                                                  const char *path);

/* The kernels that took most, with calls, time, share and speed. */
void ganrt_profile_table(const ganrt_profile *profile, ganrt_text *text);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_PROFILE_H */
