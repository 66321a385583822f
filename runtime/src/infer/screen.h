/*===- screen.h - looks at numbers before they are called results ---------===*/
#ifndef RUNTIME_SRC_INFER_SCREEN_H
#define RUNTIME_SRC_INFER_SCREEN_H

#include "ganrt/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* GANRT_NUMERIC if a value is NaN or infinite. */
GANRT_MUST_USE ganrt_status_t ganrt_screen_finite(uint32_t dtype,
                                                  const void *values,
                                                  uint64_t count);

/* The same for an image, of which moreover not all values may be equal. */
GANRT_MUST_USE ganrt_status_t ganrt_screen_image(const float *values,
                                                 uint64_t count);

/* GANRT_NUMERIC unless |got - expected| <= absolute + relative * |expected| for
 * every element; NaN equals NaN. Shapes must be equal, types need not. */
GANRT_MUST_USE ganrt_status_t
ganrt_screen_expected(const ganrt_tensor *got, const ganrt_tensor *expected,
                      double relative, double absolute);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_INFER_SCREEN_H */
