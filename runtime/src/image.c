/*===- image.c - pixels, tensors and grids --------------------------------===*/
#include "runtime/src/image.h"

#include <math.h>

ganrt_status_t ganrt_image_create(const ganrt_allocator *allocator,
                                  uint32_t width, uint32_t height,
                                  uint32_t channels, ganrt_image *out) {
  uint64_t pixels = (uint64_t)width * height;
  if (width == 0 || height == 0)
    return ganrt_status_make(GANRT_INVALID_DATA,
                             "expected an image with pixels, got %u x %u",
                             width, height);
  if (pixels > GANRT_MAX_PIXELS)
    return ganrt_status_make(GANRT_LIMIT,
                             "expected at most 64 megapixels, got %u x %u",
                             width, height);
  if (channels < 1 || channels > 4)
    return ganrt_status_make(GANRT_UNSUPPORTED,
                             "expected 1 ... 4 channels, got %u", channels);
  void *memory;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(allocator, pixels, channels, &memory));
  *out = (ganrt_image){allocator, width, height, channels, memory};
  return GANRT_STATUS_OK;
}

uint64_t ganrt_image_bytes(const ganrt_image *image) {
  return (uint64_t)image->width * image->height * image->channels;
}

void ganrt_image_destroy(ganrt_image *image) {
  ganrt_release(image->allocator, image->pixels, ganrt_image_bytes(image), 1);
  *image = (ganrt_image){.allocator = image->allocator};
}

ganrt_pixel_range ganrt_pixel_range_make(double low, double high) {
  if (!(low < high)) {
    low = -1;
    high = 1;
  }
  double scale = 255 / (high - low);
  ganrt_pixel_range range = {(float)scale, (float)(0.5 - low * scale)};
  return range;
}

uint8_t ganrt_pixel_from_value(ganrt_pixel_range range, float value) {
  float pixel = floorf(value * range.scale + range.bias);
  if (!(pixel > 0))
    return 0;
  return pixel < 255 ? (uint8_t)pixel : 255;
}

void ganrt_image_put(ganrt_image *to, uint32_t x, uint32_t y,
                     const float *values, uint32_t height, uint32_t width,
                     ganrt_pixel_range range) {
  for (uint32_t c = 0; c < to->channels; ++c)
    for (uint32_t row = 0; row < height; ++row) {
      uint64_t pixel = (uint64_t)(y + row) * to->width + x;
      uint8_t *at = to->pixels + pixel * to->channels + c;
      for (uint32_t column = 0; column < width; ++column) {
        *at = ganrt_pixel_from_value(range, *values++);
        at += to->channels;
      }
    }
}

uint32_t ganrt_grid_columns(uint64_t cells) {
  uint32_t columns = 1;
  while ((uint64_t)columns * columns < cells)
    ++columns;
  return columns;
}
