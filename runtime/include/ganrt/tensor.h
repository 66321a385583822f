/*===- tensor.h - a dense array in C order --------------------------------===*/
#ifndef GANRT_TENSOR_H
#define GANRT_TENSOR_H

#include "ganrt/abi.h"
#include "ganrt/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Limits of everything that comes from a file. */
#define GANRT_MAX_RANK 16u
#define GANRT_MAX_DIMENSION INT64_C(0x7fffffff)
#define GANRT_MAX_BYTES (UINT64_C(1) << 40)

/* Element types that occur in files only; they continue ganrt_dtype. */
enum {
  GANRT_U8 = 64,
  GANRT_I8 = 65,
  GANRT_U16 = 66,
  GANRT_I16 = 67,
  GANRT_U32 = 68,
  GANRT_F16 = 69
};

typedef struct ganrt_tensor {
  uint32_t dtype; /* ganrt_dtype or one of the above */
  uint32_t rank;
  int64_t shape[GANRT_MAX_RANK];
  uint64_t count; /* elements */
  uint64_t bytes;
  void *data; /* 64-byte aligned if owned */
  const ganrt_allocator *allocator;
  bool owned; /* false for a view */
} ganrt_tensor;

/* Bytes of one element; 0 for an unknown type. */
uint64_t ganrt_dtype_bytes(uint32_t dtype);

/* f32, i64, …; "?" for an unknown type. */
const char *ganrt_dtype_name(uint32_t dtype);

/* Finds a type by its name; false if there is none. */
bool ganrt_dtype_from_name(const char *name, uint32_t *out);

/* Checks rank, dimensions and byte count against the limits above and returns
 * the number of elements. */
GANRT_MUST_USE ganrt_status_t ganrt_shape_check(uint32_t dtype, uint32_t rank,
                                                const int64_t *shape,
                                                uint64_t *count);

/* Writes "2x3xf32"; always terminated. Returns `text`. */
char *ganrt_shape_format(uint32_t dtype, uint32_t rank, const int64_t *shape,
                         char *text, size_t capacity);

/* A zeroed tensor. */
GANRT_MUST_USE ganrt_status_t
ganrt_tensor_create(const ganrt_allocator *allocator, uint32_t dtype,
                    uint32_t rank, const int64_t *shape, ganrt_tensor *out);

/* Frees the data and leaves an empty tensor; an all-zero one is allowed. */
void ganrt_tensor_destroy(ganrt_tensor *tensor);

/* A new tensor of another element type. Floating point values become integers
 * only if they are whole and fit; any value becomes bool by != 0. */
GANRT_MUST_USE ganrt_status_t
ganrt_tensor_convert(const ganrt_allocator *allocator, const ganrt_tensor *from,
                     uint32_t dtype, ganrt_tensor *out);

/* One element as a real number; i64 beyond 2^53 is rounded. */
double ganrt_element_read(uint32_t dtype, const void *data, uint64_t index);

/* Stores `value`, which must fit, as one element. */
void ganrt_element_write(uint32_t dtype, void *data, uint64_t index,
                         double value);

/* Conversions of the half types, to nearest even. */
float ganrt_f16_to_f32(uint16_t bits);
uint16_t ganrt_f32_to_f16(float value);
float ganrt_bf16_to_f32(uint16_t bits);
uint16_t ganrt_f32_to_bf16(float value);

#ifdef __cplusplus
}
#endif

#endif /* GANRT_TENSOR_H */
