//===- sample_conditional.h - a network with a class and a truncation -----===//
#ifndef TESTS_RUNTIME_INFER_SAMPLE_CONDITIONAL_H
#define TESTS_RUNTIME_INFER_SAMPLE_CONDITIONAL_H

#include "ganrt/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// y (?x4) = z (?x4) * psi (1) + index of class (?x3, one hot); one image a run.
extern const ganrt_artefact sample_conditional;

// image (1x1x2x2) = 1 - image (1x1x2x2); one image a run.
extern const ganrt_artefact sample_negative;

#ifdef __cplusplus
}
#endif

#endif // TESTS_RUNTIME_INFER_SAMPLE_CONDITIONAL_H
