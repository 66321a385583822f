/*===- device_code.h - what an artefact has for devices -------------------===*/
#ifndef RUNTIME_SRC_DEVICE_CODE_H
#define RUNTIME_SRC_DEVICE_CODE_H

#include "ganrt/abi.h"
#include "ganrt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "opencl", ...; NULL for what is no API of a device. */
const char *ganrt_api_name(uint32_t api);

/* Part of ganrt_artefact_check: everything else has been checked. */
GANRT_MUST_USE ganrt_status_t
ganrt_device_code_check(const ganrt_artefact *artefact);

/* Rows of the tables before this one: where its rows begin in of_row. */
uint64_t ganrt_first_row(const ganrt_artefact *artefact, uint32_t table);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_DEVICE_CODE_H */
