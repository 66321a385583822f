/*===- expression.h - host expressions in f64 -----------------------------===*/
#ifndef RUNTIME_SRC_EXPRESSION_H
#define RUNTIME_SRC_EXPRESSION_H

#include "ganrt/program.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values that are on the stack at once, at most. */
#define GANRT_MAX_EXPRESSION_STACK 64u

/* What an expression may look at. */
typedef struct ganrt_expression_inputs {
  const double *options;
  const ganrt_counters *counters;
  const double *held;
} ganrt_expression_inputs;

/* Checks that the codes of an expression exist, find their operands and leave
 * one value. */
GANRT_MUST_USE ganrt_status_t
ganrt_expression_check(const ganrt_artefact *artefact, uint32_t index);

/* The value of a checked expression. */
double ganrt_expression_evaluate(const ganrt_artefact *artefact, uint32_t index,
                                 const ganrt_expression_inputs *inputs);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_EXPRESSION_H */
