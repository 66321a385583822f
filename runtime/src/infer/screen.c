/*===- screen.c - looks at numbers before they are called results ---------===*/
#include "runtime/src/infer/screen.h"

#include <math.h>
#include <string.h>

typedef unsigned long long ull;

static bool is_real(uint32_t dtype) {
  return dtype == GANRT_F32 || dtype == GANRT_F64 || dtype == GANRT_F16 ||
         dtype == GANRT_BF16;
}

ganrt_status_t ganrt_screen_finite(uint32_t dtype, const void *values,
                                   uint64_t count) {
  if (!is_real(dtype))
    return GANRT_STATUS_OK;
  for (uint64_t i = 0; i < count; ++i) {
    double value = ganrt_element_read(dtype, values, i);
    if (!isfinite(value))
      return ganrt_status_make(GANRT_NUMERIC,
                               "expected numbers, got %s at element %llu",
                               isnan(value) ? "nan" : "infinity", (ull)i);
  }
  return GANRT_STATUS_OK;
}

ganrt_status_t ganrt_screen_image(const float *values, uint64_t count) {
  GANRT_RETURN_IF_ERROR(ganrt_screen_finite(GANRT_F32, values, count));
  for (uint64_t i = 1; i < count; ++i)
    if (values[i] != values[0])
      return GANRT_STATUS_OK;
  if (count <= 1)
    return GANRT_STATUS_OK;
  return ganrt_status_make(GANRT_NUMERIC,
                           "expected an image, got %g for all its values",
                           (double)values[0]);
}

static bool is_close(double got, double expected, double relative,
                     double absolute) {
  if (isnan(got) || isnan(expected))
    return isnan(got) && isnan(expected);
  if (isinf(got) || isinf(expected))
    return got == expected;
  return fabs(got - expected) <= absolute + relative * fabs(expected);
}

ganrt_status_t ganrt_screen_expected(const ganrt_tensor *got,
                                     const ganrt_tensor *expected,
                                     double relative, double absolute) {
  if (got->rank != expected->rank ||
      (got->rank && memcmp(got->shape, expected->shape,
                           got->rank * sizeof(*got->shape)) != 0)) {
    char left[256], right[256];
    return ganrt_status_make(
        GANRT_NUMERIC, "expected %s, got %s",
        ganrt_shape_format(expected->dtype, expected->rank, expected->shape,
                           left, sizeof(left)),
        ganrt_shape_format(got->dtype, got->rank, got->shape, right,
                           sizeof(right)));
  }
  uint64_t wrong = 0, first = 0;
  for (uint64_t i = 0; i < got->count; ++i)
    if (!is_close(ganrt_element_read(got->dtype, got->data, i),
                  ganrt_element_read(expected->dtype, expected->data, i),
                  relative, absolute) &&
        wrong++ == 0)
      first = i;
  if (wrong == 0)
    return GANRT_STATUS_OK;
  return ganrt_status_make(
      GANRT_NUMERIC,
      "expected %.9g at element %llu, got %.9g; %llu of %llu elements are "
      "beyond rtol %g, atol %g",
      ganrt_element_read(expected->dtype, expected->data, first), (ull)first,
      ganrt_element_read(got->dtype, got->data, first), (ull)wrong,
      (ull)got->count, relative, absolute);
}
