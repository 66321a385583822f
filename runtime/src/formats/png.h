/*===- png.h - reading and writing PNG images -----------------------------===*/
#ifndef RUNTIME_SRC_FORMATS_PNG_H
#define RUNTIME_SRC_FORMATS_PNG_H

#include "runtime/src/image.h"
#include "runtime/src/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* True for the eight bytes every PNG file starts with. */
bool ganrt_png_is(const void *bytes, uint64_t size);

/* Decodes to 8 bits per channel: palettes and fewer bits are expanded, 16 bits
 * lose their low byte; grey, grey with alpha, RGB or RGBA stay what they are.
 * Colour profiles and all else are ignored. */
GANRT_MUST_USE ganrt_status_t ganrt_png_decode(const ganrt_allocator *allocator,
                                               const void *bytes, uint64_t size,
                                               ganrt_image *out);
GANRT_MUST_USE ganrt_status_t ganrt_png_read(const ganrt_allocator *allocator,
                                             const char *path,
                                             ganrt_image *out);

/* Encodes; the same pixels give the same bytes. `out` is appended to. */
GANRT_MUST_USE ganrt_status_t ganrt_png_encode(const ganrt_image *image,
                                               ganrt_text *out);
GANRT_MUST_USE ganrt_status_t ganrt_png_write(const char *path,
                                              const ganrt_image *image);

#ifdef __cplusplus
}
#endif

#endif /* RUNTIME_SRC_FORMATS_PNG_H */
