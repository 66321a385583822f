/*===- spirv.h - what a driver must know of SPIR-V before it takes it -------===
 *
 * Vulkan checks nothing: a module that a device cannot have, or an entry that is
 * not in it, ends in a crash. This reads the head of a module.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_DEVICES_SPIRV_H
#define RUNTIME_SRC_DEVICES_SPIRV_H

#include "ganrt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a device may have beyond the smallest one. */
enum {
  GANRT_SPIRV_FLOAT16 = 1 << 0,
  GANRT_SPIRV_FLOAT64 = 1 << 1,
  GANRT_SPIRV_INT8 = 1 << 2,
  GANRT_SPIRV_INT16 = 1 << 3,
  GANRT_SPIRV_INT64 = 1 << 4,
  GANRT_SPIRV_STORAGE8 = 1 << 5,
  GANRT_SPIRV_STORAGE16 = 1 << 6,
  GANRT_SPIRV_VARIABLE_POINTERS = 1 << 7,
  GANRT_SPIRV_MEMORY_MODEL = 1 << 8
};

/* 0x00010300 is SPIR-V 1.3, as in a module's head. */
typedef struct ganrt_spirv_target {
  uint32_t version;
  uint32_t features;
} ganrt_spirv_target;

/* Fails unless the words are a module whose version and capabilities the target
 * has, with a compute entry of each of these names. */
GANRT_MUST_USE ganrt_status_t ganrt_spirv_check(
    const uint32_t *words, uint64_t count, const ganrt_spirv_target *target,
    const char *const *entries, uint32_t entry_count);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_DEVICES_SPIRV_H */
