/*===- spirv.c - what a driver must know of SPIR-V before it takes it -----===*/
#include "runtime/src/devices/spirv.h"

#include "runtime/src/devices/driver.h"

#include <string.h>

enum {
  head_words = 5,
  magic = 0x07230203,
  op_entry_point = 15,
  op_capability = 17,
  op_function = 54,
  model_compute = 5
};

static const struct capability {
  uint32_t number;
  uint32_t feature;
  const char *words;
} capabilities[] = {
    {9, GANRT_SPIRV_FLOAT16, "16-bit floats"},
    {10, GANRT_SPIRV_FLOAT64, "64-bit floats"},
    {11, GANRT_SPIRV_INT64, "64-bit integers"},
    {22, GANRT_SPIRV_INT16, "16-bit integers"},
    {39, GANRT_SPIRV_INT8, "8-bit integers"},
    {4433, GANRT_SPIRV_STORAGE16, "buffers of 16-bit values"},
    {4434, GANRT_SPIRV_STORAGE16, "buffers of 16-bit values"},
    {4441, GANRT_SPIRV_VARIABLE_POINTERS, "variable pointers"},
    {4442, GANRT_SPIRV_VARIABLE_POINTERS, "variable pointers"},
    {4448, GANRT_SPIRV_STORAGE8, "buffers of 8-bit values"},
    {4449, GANRT_SPIRV_STORAGE8, "buffers of 8-bit values"},
    {5345, GANRT_SPIRV_MEMORY_MODEL, "Vulkan's memory model"},
    {5346, GANRT_SPIRV_MEMORY_MODEL, "Vulkan's memory model"},
};

static ganrt_status_t check_capability(uint32_t number, uint32_t features) {
  for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; ++i)
    if (capabilities[i].number == number &&
        !(features & capabilities[i].feature))
      return ganrt_status_make(GANRT_UNSUPPORTED,
                               "the code needs %s, which the device has not",
                               capabilities[i].words);
  return GANRT_STATUS_OK;
}

/* Does the entry point at `words` have this name? It is NUL-terminated within
 * the instruction. */
static bool is_entry(const uint32_t *words, uint32_t length, const char *name) {
  size_t room = (length - 3) * sizeof *words, size = strlen(name) + 1;
  return words[1] == model_compute && size <= room &&
         memcmp(words + 3, name, size) == 0;
}

/* Looks at each instruction in front of the first function: a step of the walk
 * is where `entry` is, or all capabilities are, if it is NULL. */
static ganrt_status_t walk(const uint32_t *words, uint64_t count,
                           uint32_t features, const char *entry) {
  for (uint64_t at = head_words; at < count;) {
    uint32_t length = words[at] >> 16, opcode = words[at] & 0xffff;
    if (length == 0 || length > count - at)
      break;
    if (opcode == op_function)
      return entry ? ganrt_device_no_entry(entry) : GANRT_STATUS_OK;
    if (entry && opcode == op_entry_point && length > 3 &&
        is_entry(words + at, length, entry))
      return GANRT_STATUS_OK;
    if (!entry && opcode == op_capability && length > 1)
      GANRT_RETURN_IF_ERROR(check_capability(words[at + 1], features));
    at += length;
  }
  return ganrt_status_make(GANRT_INVALID_DATA,
                           "the SPIR-V of the device code breaks off");
}

ganrt_status_t ganrt_spirv_check(const uint32_t *words, uint64_t count,
                                 const ganrt_spirv_target *target,
                                 const char *const *entries,
                                 uint32_t entry_count) {
  if (count < head_words || words[0] != magic)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "the device code is not SPIR-V");
  if (words[1] > target->version)
    return ganrt_status_make(
        GANRT_UNSUPPORTED, "the code is SPIR-V %u.%u, the device takes %u.%u",
        words[1] >> 16 & 0xff, words[1] >> 8 & 0xff,
        target->version >> 16 & 0xff, target->version >> 8 & 0xff);
  GANRT_RETURN_IF_ERROR(walk(words, count, target->features, NULL));
  for (uint32_t i = 0; i < entry_count; ++i)
    GANRT_RETURN_IF_ERROR(walk(words, count, target->features, entries[i]));
  return GANRT_STATUS_OK;
}
