/*===- infer.h - the command line of generated networks -------------------===*/
#ifndef RUNTIME_SRC_INFER_INFER_H
#define RUNTIME_SRC_INFER_INFER_H

#include "ganrt/abi.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does what the arguments ask for; results go to `out`, words to `words`. The
 * result is the exit code. */
int ganrt_infer_main(const ganrt_artefact *artefact, int argc,
                     const char *const *argv, FILE *out, FILE *words);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_INFER_H */
