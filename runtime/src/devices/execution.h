/*===- execution.h - a program's memory and calls on a device -------------===*/
#ifndef RUNTIME_SRC_DEVICES_EXECUTION_H
#define RUNTIME_SRC_DEVICES_EXECUTION_H

#include "runtime/src/devices/choice.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganrt_execution ganrt_execution;

/* Opens the device, makes the spaces of a checked artefact there, compiles its
 * code and copies its constants. The state is zero. */
GANRT_MUST_USE ganrt_status_t ganrt_execution_create(
    const ganrt_artefact *artefact, const ganrt_device_choice *choice,
    const ganrt_allocator *allocator, ganrt_execution **out);
void ganrt_execution_destroy(ganrt_execution *execution);

/* "opencl (what the device calls itself)". */
const char *ganrt_execution_device(const ganrt_execution *execution);

/* Begins a function: copies its operands to the device. From here on places
 * that are arguments are its own. `arguments` are as for ganrt_program_run. */
GANRT_MUST_USE ganrt_status_t
ganrt_execution_begin(ganrt_execution *execution,
                      const ganrt_function *function, void *const *arguments);
/* Ends it: waits for its results. */
GANRT_MUST_USE ganrt_status_t
ganrt_execution_end(ganrt_execution *execution, const ganrt_function *function,
                    void *const *arguments);

/* Enqueues the launches of a GANRT_OP_CALL. */
GANRT_MUST_USE ganrt_status_t ganrt_execution_call(
    ganrt_execution *execution, const ganrt_instruction *instruction);
/* Enqueues a copy from one place to another of the same size. */
GANRT_MUST_USE ganrt_status_t ganrt_execution_copy(ganrt_execution *execution,
                                                   uint32_t from, uint32_t to);
/* Enqueues a copy of the values, which it has taken when it returns. */
GANRT_MUST_USE ganrt_status_t ganrt_execution_write(ganrt_execution *execution,
                                                    uint32_t place,
                                                    const void *from);
/* Waits for the values of a place. */
GANRT_MUST_USE ganrt_status_t ganrt_execution_read(ganrt_execution *execution,
                                                   uint32_t place, void *to);
/* Waits for everything. */
GANRT_MUST_USE ganrt_status_t
ganrt_execution_finish(ganrt_execution *execution);

/* Copies the whole state to the device, and back. */
GANRT_MUST_USE ganrt_status_t
ganrt_execution_write_state(ganrt_execution *execution, const uint8_t *state);
GANRT_MUST_USE ganrt_status_t
ganrt_execution_read_state(ganrt_execution *execution, uint8_t *state);

/* Reports wait on the device, so that a step waits for it once. */
enum { GANRT_EXECUTION_LOG = 256 };

typedef struct ganrt_execution_entry {
  uint32_t report;
  float value;
} ganrt_execution_entry;

/* Enqueues that the number in `place` is the next entry. There must be room:
 * true is returned when there is no more. */
GANRT_MUST_USE ganrt_status_t ganrt_execution_report(ganrt_execution *execution,
                                                     uint32_t place,
                                                     uint32_t report,
                                                     bool *is_full);
/* Waits for the entries since the last time, in their order. They are valid
 * until the next one is added. */
GANRT_MUST_USE ganrt_status_t ganrt_execution_take_reports(
    ganrt_execution *execution, const ganrt_execution_entry **entries,
    uint32_t *count);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_DEVICES_EXECUTION_H */
