/*===- trap.h - which kernel made a number that is not finite ---------------===
 *
 * --trap-nan looks at all f32 results of each kernel after each call. That takes
 * about as long as the kernels themselves, so it is for a run that ended with a
 * loss that is not finite and is done once more.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_TRAIN_TRAP_H
#define RUNTIME_SRC_TRAIN_TRAP_H

#include "ganrt/program.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* GANRT_NUMERIC if a result is not finite everywhere; `report` then gets a JSON
 * object: the kernel, the first such element, and the range of all operands, as
 * they are after the call. */
GANRT_MUST_USE ganrt_status_t ganrt_trap_check(const ganrt_artefact *artefact,
                                               const ganrt_call *call,
                                               ganrt_text *report);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_TRAIN_TRAP_H */
