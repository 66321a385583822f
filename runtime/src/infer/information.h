/*===- information.h - what --model-info says -----------------------------===*/
#ifndef RUNTIME_SRC_INFER_INFORMATION_H
#define RUNTIME_SRC_INFER_INFORMATION_H

#include "ganrt/model.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Inputs and outputs with shapes and ranges, plans, memory, digest; both forms
 * say the same. */
void ganrt_information_text(ganrt_text *text, ganrt_model *model,
                            uint32_t threads);
void ganrt_information_json(ganrt_text *text, ganrt_model *model,
                            uint32_t threads);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_INFORMATION_H */
