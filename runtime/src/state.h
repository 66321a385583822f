/*===- state.h - the initial values of state ------------------------------===*/
#ifndef RUNTIME_SRC_STATE_H
#define RUNTIME_SRC_STATE_H

#include "ganrt/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills the state block of a checked artefact. */
void ganrt_state_initialize(const ganrt_artefact *artefact, uint64_t seed,
                            uint8_t *state);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_STATE_H */
