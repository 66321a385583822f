/*===- profile.c - where the time of a step goes --------------------------===*/
#include "runtime/src/train/profile.h"

#include "runtime/src/clock.h"
#include "runtime/src/file.h"

#include <stdlib.h>
#include <unistd.h>

enum { max_slices = 1000000, table_rows = 20 };

typedef struct slice {
  uint32_t kernel;
  float duration; /* microseconds */
  double end;
} slice;

struct ganrt_profile {
  const ganrt_artefact *artefact;
  const ganrt_kernel_time *times;
  double *seen; /* seconds of each kernel that are in slices */
  slice *slices;
  uint64_t count, capacity;
  double start;
};

ganrt_status_t ganrt_profile_create(ganrt_program *program,
                                    ganrt_profile **out) {
  ganrt_profile *profile = calloc(1, sizeof *profile);
  *out = profile;
  if (!profile)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
  profile->artefact = ganrt_program_artefact(program);
  profile->times = ganrt_program_kernel_times(program);
  profile->seen =
      calloc((size_t)profile->artefact->kernel_count + 1, sizeof(double));
  profile->start = ganrt_seconds_now() * 1e6;
  if (profile->times && profile->seen)
    return GANRT_STATUS_OK;
  ganrt_profile_destroy(profile);
  *out = NULL;
  return ganrt_status_make(GANRT_OUT_OF_MEMORY, "out of memory");
}

void ganrt_profile_destroy(ganrt_profile *profile) {
  if (!profile)
    return;
  free(profile->seen);
  free(profile->slices);
  free(profile);
}

void ganrt_profile_called(ganrt_profile *profile, const ganrt_call *call) {
  double total = profile->times[call->kernel].seconds;
  double duration = total - profile->seen[call->kernel];
  profile->seen[call->kernel] = total;
  if (profile->count == profile->capacity) {
    uint64_t capacity = profile->capacity ? 2 * profile->capacity : 4096;
    if (profile->capacity >= max_slices)
      return;
    slice *slices = realloc(profile->slices, capacity * sizeof *slices);
    if (!slices)
      return;
    profile->slices = slices;
    profile->capacity = capacity;
  }
  profile->slices[profile->count++] =
      (slice){call->kernel, (float)(duration * 1e6), ganrt_seconds_now() * 1e6};
}

ganrt_status_t ganrt_profile_write(const ganrt_profile *profile,
                                   const char *path) {
  ganrt_text text = {0};
  ganrt_text_append(&text, "{\"traceEvents\":[");
  for (uint64_t i = 0; i < profile->count; ++i) {
    const slice *s = &profile->slices[i];
    ganrt_text_append(&text, "%s\n{\"name\":", i ? "," : "");
    ganrt_text_append_json_string(&text,
                                  profile->artefact->kernels[s->kernel].name);
    ganrt_text_append(&text, ",\"cat\":\"kernel\",\"ph\":\"X\",\"ts\":");
    ganrt_text_append_json_number(&text, s->end - profile->start - s->duration);
    ganrt_text_append(&text, ",\"dur\":");
    ganrt_text_append_json_number(&text, s->duration);
    ganrt_text_append(&text, ",\"pid\":%ld,\"tid\":0}", (long)getpid());
  }
  ganrt_text_append(&text, "\n]}\n");
  ganrt_status_t status = ganrt_text_status(&text);
  if (!status) {
    ganrt_piece piece = {text.data, text.length};
    status = ganrt_file_write(path, &piece, 1);
  }
  ganrt_text_destroy(&text);
  return status;
}

void ganrt_profile_table(const ganrt_profile *profile, ganrt_text *text) {
  const ganrt_artefact *artefact = profile->artefact;
  const ganrt_kernel_time *times = profile->times;
  double total = 0, limit = 1e300;
  for (uint32_t i = 0; i < artefact->kernel_count; ++i)
    total += times[i].seconds;
  ganrt_text_append(text, "%-40s %10s %10s %7s %9s\n", "kernel", "calls",
                    "seconds", "share", "GFLOP/s");
  /* Largest first, by looking for the next smaller one. */
  for (int row = 0; row < table_rows; ++row) {
    uint32_t best = artefact->kernel_count;
    for (uint32_t i = 0; i < artefact->kernel_count; ++i)
      if (times[i].calls && times[i].seconds < limit &&
          (best == artefact->kernel_count ||
           times[i].seconds > times[best].seconds))
        best = i;
    if (best == artefact->kernel_count)
      break;
    limit = times[best].seconds;
    double flop = artefact->kernels[best].flop * (double)times[best].calls;
    ganrt_text_append(text, "%-40.40s %10llu %10.3f %6.1f%% %9.2f\n",
                      artefact->kernels[best].name,
                      (unsigned long long)times[best].calls, limit,
                      total > 0 ? 100 * limit / total : 0,
                      limit > 0 ? flop * 1e-9 / limit : 0);
  }
}
