/*===- cpu.h - which level of an artefact's code a CPU can run ------------===*/
#ifndef GANRT_CPU_H
#define GANRT_CPU_H

#include "ganrt/abi.h"
#include "ganrt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The highest level that this CPU has and its operating system keeps the
 * registers of. */
ganrt_cpu ganrt_cpu_highest(void);

/* "x86-64-v3"; NULL for an unknown number. */
const char *ganrt_cpu_name(uint32_t cpu);

/* The highest of the artefact's levels up to `highest`, or the one that `name`
 * names, unless that is NULL. The sentence says what the CPU lacks. */
GANRT_MUST_USE ganrt_status_t ganrt_level_choose(const ganrt_artefact *artefact,
                                                 ganrt_cpu highest,
                                                 const char *name,
                                                 const ganrt_level **out);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_CPU_H */
