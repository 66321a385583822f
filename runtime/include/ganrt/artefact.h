/*===- artefact.h - the artefact a program is linked with ------------------===
 *
 * The compiler defines this symbol in every program it writes, once. Libraries
 * name their artefacts after themselves, so several fit into one process.
 *===----------------------------------------------------------------------===*/
#ifndef GANRT_ARTEFACT_H
#define GANRT_ARTEFACT_H

#include "ganrt/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ganrt_artefact ganrt_artefact_root;

#ifdef __cplusplus
}
#endif

#endif /* GANRT_ARTEFACT_H */
