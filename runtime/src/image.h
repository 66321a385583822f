/*===- image.h - pixels, tensors and grids --------------------------------===*/
#ifndef RUNTIME_SRC_IMAGE_H
#define RUNTIME_SRC_IMAGE_H

#include "ganrt/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Limits of everything that is decoded or laid out. */
#define GANRT_MAX_PIXELS (UINT64_C(64) << 20)
#define GANRT_MAX_IMAGE_BYTES (UINT64_C(256) << 20)

/* Rows from top to bottom, channels side by side: 1 grey, 2 grey and alpha,
 * 3 RGB, 4 RGBA. */
typedef struct ganrt_image {
  const ganrt_allocator *allocator;
  uint32_t width, height, channels;
  uint8_t *pixels;
} ganrt_image;

/* A black image; refuses one beyond the limits above. */
GANRT_MUST_USE ganrt_status_t
ganrt_image_create(const ganrt_allocator *allocator, uint32_t width,
                   uint32_t height, uint32_t channels, ganrt_image *out);
void ganrt_image_destroy(ganrt_image *image);
uint64_t ganrt_image_bytes(const ganrt_image *image);

/* One value of a tensor as a pixel: [low, high] becomes 0 ... 255 by
 * floor(x * scale + bias) clamped, which for [-1, 1] is floor(x * 127.5 + 128),
 * the rule of the StyleGAN scripts. A NaN is 0. low == high means [-1, 1]. */
typedef struct ganrt_pixel_range {
  float scale, bias;
} ganrt_pixel_range;

ganrt_pixel_range ganrt_pixel_range_make(double low, double high);
uint8_t ganrt_pixel_from_value(ganrt_pixel_range range, float value);

/* Writes one image of f32 values, channels x height x width, into a cell of
 * `to` with its upper left corner at (x, y). Cell and channels must fit. */
void ganrt_image_put(ganrt_image *to, uint32_t x, uint32_t y,
                     const float *values, uint32_t height, uint32_t width,
                     ganrt_pixel_range range);

/* Columns of a grid for so many cells: as square as possible. */
uint32_t ganrt_grid_columns(uint64_t cells);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_IMAGE_H */
