/*===- tensor.c - a dense array in C order ----------------------------------===
 *
 * Shapes come from files and command lines, so every product is checked before
 * anything is allocated.
 *===----------------------------------------------------------------------===*/
#include "ganrt/tensor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
  uint32_t dtype;
  uint32_t bytes;
  const char *name;
} types[] = {
    {GANRT_F32, 4, "f32"}, {GANRT_F64, 8, "f64"},   {GANRT_I32, 4, "i32"},
    {GANRT_I64, 8, "i64"}, {GANRT_BOOL, 1, "bool"}, {GANRT_BF16, 2, "bf16"},
    {GANRT_U8, 1, "u8"},   {GANRT_I8, 1, "i8"},     {GANRT_U16, 2, "u16"},
    {GANRT_I16, 2, "i16"}, {GANRT_U32, 4, "u32"},   {GANRT_F16, 2, "f16"},
};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

uint64_t ganrt_dtype_bytes(uint32_t dtype) {
  for (size_t i = 0; i < TYPE_COUNT; ++i)
    if (types[i].dtype == dtype)
      return types[i].bytes;
  return 0;
}

const char *ganrt_dtype_name(uint32_t dtype) {
  for (size_t i = 0; i < TYPE_COUNT; ++i)
    if (types[i].dtype == dtype)
      return types[i].name;
  return "?";
}

bool ganrt_dtype_from_name(const char *name, uint32_t *out) {
  for (size_t i = 0; i < TYPE_COUNT; ++i)
    if (strcmp(types[i].name, name) == 0) {
      *out = types[i].dtype;
      return true;
    }
  return false;
}

ganrt_status_t ganrt_shape_check(uint32_t dtype, uint32_t rank,
                                 const int64_t *shape, uint64_t *count) {
  uint64_t size = ganrt_dtype_bytes(dtype);
  if (size == 0)
    return ganrt_status_make(GANRT_UNSUPPORTED, "unknown element type %u",
                             dtype);
  if (rank > GANRT_MAX_RANK)
    return ganrt_status_make(GANRT_LIMIT, "expected rank <= %u, got %u",
                             GANRT_MAX_RANK, rank);
  /* Without its zeros the product must fit too, so that no order of the
   * dimensions hides an overflow. */
  uint64_t product = 1;
  bool empty = false;
  for (uint32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0 || shape[i] > GANRT_MAX_DIMENSION)
      return ganrt_status_make(GANRT_LIMIT,
                               "expected dimension %u in 0 ... 2^31 - 1, got "
                               "%lld",
                               i, (long long)shape[i]);
    if (shape[i] == 0)
      empty = true;
    else if (!ganrt_multiply(product, (uint64_t)shape[i], &product) ||
             product > GANRT_MAX_BYTES / size)
      return ganrt_status_make(GANRT_LIMIT,
                               "expected at most 2^40 bytes, got a larger "
                               "shape");
  }
  *count = empty ? 0 : product;
  return GANRT_STATUS_OK;
}

char *ganrt_shape_format(uint32_t dtype, uint32_t rank, const int64_t *shape,
                         char *text, size_t capacity) {
  size_t used = 0;
  if (capacity)
    text[0] = 0;
  for (uint32_t i = 0; i < rank && used < capacity; ++i) {
    int length =
        snprintf(text + used, capacity - used, "%lldx", (long long)shape[i]);
    used += length > 0 ? (size_t)length : 0;
  }
  if (used < capacity)
    snprintf(text + used, capacity - used, "%s", ganrt_dtype_name(dtype));
  return text;
}

ganrt_status_t ganrt_tensor_create(const ganrt_allocator *allocator,
                                   uint32_t dtype, uint32_t rank,
                                   const int64_t *shape, ganrt_tensor *out) {
  ganrt_tensor tensor = {0};
  GANRT_RETURN_IF_ERROR(ganrt_shape_check(dtype, rank, shape, &tensor.count));
  tensor.dtype = dtype;
  tensor.rank = rank;
  if (rank)
    memcpy(tensor.shape, shape, rank * sizeof(*shape));
  tensor.bytes = tensor.count * ganrt_dtype_bytes(dtype);
  tensor.allocator = allocator;
  tensor.owned = true;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(allocator, tensor.bytes, 1, &tensor.data));
  *out = tensor;
  return GANRT_STATUS_OK;
}

void ganrt_tensor_destroy(ganrt_tensor *tensor) {
  if (tensor->owned)
    ganrt_release(tensor->allocator, tensor->data, tensor->bytes, 1);
  *tensor = (ganrt_tensor){0};
}

float ganrt_f16_to_f32(uint16_t bits) {
  uint32_t sign = (uint32_t)(bits & 0x8000u) << 16;
  uint32_t exponent = (bits >> 10) & 31u;
  uint32_t mantissa = bits & 0x3ffu;
  float value;
  if (exponent == 0) { /* zero and subnormals: mantissa * 2^-24, exact */
    value = (float)mantissa * 0x1p-24f;
    return sign ? -value : value;
  }
  uint32_t word = exponent == 31 ? 0x7f800000u | mantissa << 13
                                 : (exponent + 112) << 23 | mantissa << 13;
  word |= sign;
  memcpy(&value, &word, sizeof(value));
  return value;
}

uint16_t ganrt_f32_to_f16(float value) {
  uint32_t word;
  memcpy(&word, &value, sizeof(word));
  uint16_t sign = (uint16_t)(word >> 16 & 0x8000u);
  uint32_t magnitude = word & 0x7fffffffu;
  if (magnitude > 0x7f800000u) /* NaN, kept quiet */
    return (uint16_t)(sign | 0x7e00u);
  if (magnitude >= 0x477ff000u) /* rounds to 2^16 or more */
    return (uint16_t)(sign | 0x7c00u);
  if (magnitude < 0x38800000u) { /* subnormal: adding 0.5 rounds at 2^-24 */
    float positive;
    memcpy(&positive, &magnitude, sizeof(positive));
    positive += 0.5f;
    memcpy(&word, &positive, sizeof(word));
    return (uint16_t)(sign | (word - 0x3f000000u));
  }
  magnitude += 0xfffu + (magnitude >> 13 & 1u);
  return (uint16_t)(sign | ((magnitude - 0x38000000u) >> 13));
}

float ganrt_bf16_to_f32(uint16_t bits) {
  uint32_t word = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &word, sizeof(value));
  return value;
}

uint16_t ganrt_f32_to_bf16(float value) {
  uint32_t word;
  memcpy(&word, &value, sizeof(word));
  if ((word & 0x7fffffffu) > 0x7f800000u)
    return (uint16_t)(word >> 16 | 0x40u);
  return (uint16_t)((word + 0x7fffu + (word >> 16 & 1u)) >> 16);
}

/* Reads one element as the C type `type`. */
#define READ(type)                                                             \
  do {                                                                         \
    type element;                                                              \
    memcpy(&element, (const char *)data + index * sizeof(type), sizeof(type)); \
    return (double)element;                                                    \
  } while (0)

double ganrt_element_read(uint32_t dtype, const void *data, uint64_t index) {
  uint16_t half;
  switch (dtype) {
  case GANRT_F32:
    READ(float);
  case GANRT_F64:
    READ(double);
  case GANRT_I32:
    READ(int32_t);
  case GANRT_I64:
    READ(int64_t);
  case GANRT_BOOL:
  case GANRT_U8:
    READ(uint8_t);
  case GANRT_I8:
    READ(int8_t);
  case GANRT_U16:
    READ(uint16_t);
  case GANRT_I16:
    READ(int16_t);
  case GANRT_U32:
    READ(uint32_t);
  case GANRT_F16:
  case GANRT_BF16:
    memcpy(&half, (const char *)data + index * 2, 2);
    return dtype == GANRT_F16 ? ganrt_f16_to_f32(half)
                              : ganrt_bf16_to_f32(half);
  default:
    return NAN;
  }
}

/* Bounds of the integer types; false for the others. The upper bound of i64 is
 * exclusive, since 2^63 - 1 is no double. */
static bool integer_bounds(uint32_t dtype, double *low, double *high) {
  switch (dtype) {
  case GANRT_I32:
    *low = -0x1p31, *high = 0x1p31;
    return true;
  case GANRT_I64:
    *low = -0x1p63, *high = 0x1p63;
    return true;
  case GANRT_U8:
    *low = 0, *high = 0x1p8;
    return true;
  case GANRT_I8:
    *low = -0x1p7, *high = 0x1p7;
    return true;
  case GANRT_U16:
    *low = 0, *high = 0x1p16;
    return true;
  case GANRT_I16:
    *low = -0x1p15, *high = 0x1p15;
    return true;
  case GANRT_U32:
    *low = 0, *high = 0x1p32;
    return true;
  default:
    return false;
  }
}

void ganrt_element_write(uint32_t dtype, void *data, uint64_t index,
                         double value) {
  char *place = (char *)data + index * ganrt_dtype_bytes(dtype);
  float narrow = (float)value;
  int64_t whole;
  uint16_t half;
  switch (dtype) {
  case GANRT_F32:
    memcpy(place, &narrow, sizeof(narrow));
    return;
  case GANRT_F64:
    memcpy(place, &value, sizeof(value));
    return;
  case GANRT_BOOL:
    *place = value != 0;
    return;
  case GANRT_F16:
  case GANRT_BF16:
    half = dtype == GANRT_F16 ? ganrt_f32_to_f16(narrow)
                              : ganrt_f32_to_bf16(narrow);
    memcpy(place, &half, sizeof(half));
    return;
  default: /* integers: the low bytes, little endian */
    whole = (int64_t)value;
    memcpy(place, &whole, ganrt_dtype_bytes(dtype));
    return;
  }
}

ganrt_status_t ganrt_tensor_convert(const ganrt_allocator *allocator,
                                    const ganrt_tensor *from, uint32_t dtype,
                                    ganrt_tensor *out) {
  ganrt_tensor to;
  GANRT_RETURN_IF_ERROR(
      ganrt_tensor_create(allocator, dtype, from->rank, from->shape, &to));
  if (from->dtype == dtype) { /* also keeps every i64 */
    if (to.bytes)
      memcpy(to.data, from->data, to.bytes);
    *out = to;
    return GANRT_STATUS_OK;
  }
  double low, high;
  bool integer = integer_bounds(dtype, &low, &high);
  for (uint64_t i = 0; i < from->count; ++i) {
    double value = ganrt_element_read(from->dtype, from->data, i);
    if (integer && !(value >= low && value < high && value == floor(value))) {
      ganrt_tensor_destroy(&to);
      return ganrt_status_make(GANRT_INVALID_DATA,
                               "expected whole numbers that fit into %s, got "
                               "%g at element %llu",
                               ganrt_dtype_name(dtype), value,
                               (unsigned long long)i);
    }
    ganrt_element_write(dtype, to.data, i, value);
  }
  *out = to;
  return GANRT_STATUS_OK;
}
