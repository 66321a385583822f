/*===- choice.h - which device a command line means -----------------------===*/
#ifndef RUNTIME_SRC_DEVICES_CHOICE_H
#define RUNTIME_SRC_DEVICES_CHOICE_H

#include "runtime/src/devices/device.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_device_choice {
  const ganrt_driver *driver;    /* NULL: the CPU */
  const ganrt_device_code *code; /* of the artefact, for it */
  uint32_t index;                /* of the device among the driver's */
} ganrt_device_choice;

/* What "cpu", "opencl" or "opencl:1" means; NULL is "cpu". Refuses what the
 * artefact has no code for; opens nothing. */
GANRT_MUST_USE ganrt_status_t ganrt_device_choose(
    const ganrt_artefact *artefact, const char *text, ganrt_device_choice *out);

/* A line for each device there is, and for each API why there is none. */
void ganrt_devices_list(const ganrt_artefact *artefact, ganrt_text *text);

/* Appends "cpu, opencl and vulkan": what a checked artefact has code for. */
void ganrt_devices_append(const ganrt_artefact *artefact, ganrt_text *text);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_DEVICES_CHOICE_H */
