/*===- png.c - reading and writing PNG images -------------------------------===
 *
 * libpng reports errors by longjmp. Each entry therefore keeps what it owns in a
 * struct of its caller, calls one function that sets the jump, and cleans up
 * outside of it; nothing that changes after setjmp is a local variable.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/formats/png.h"

#include "runtime/src/file.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

typedef struct session {
  jmp_buf jump;
  char message[80];
  /* reading */
  const uint8_t *bytes;
  uint64_t left;
  ganrt_image image;
  ganrt_status_t status;
  png_bytep *rows;
  /* writing */
  ganrt_text *out;
} session;

PNG_NORETURN static void on_error(png_structp png, png_const_charp message) {
  session *s = png_get_error_ptr(png);
  snprintf(s->message, sizeof(s->message), "%s", message);
  longjmp(s->jump, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

bool ganrt_png_is(const void *bytes, uint64_t size) {
  return size >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

/*===- Reading --------------------------------------------------------------===*/

static void on_read(png_structp png, png_bytep to, size_t count) {
  session *s = png_get_io_ptr(png);
  if (count > s->left)
    png_error(png, "the data ends early");
  memcpy(to, s->bytes, count);
  s->bytes += count;
  s->left -= count;
}

static void limit(png_structp png) {
  png_set_user_limits(png, 1u << 26, 1u << 26);
  png_set_chunk_cache_max(png, 16);
  png_set_chunk_malloc_max(png, 8 << 20);
#ifdef PNG_HANDLE_AS_UNKNOWN_SUPPORTED
  /* Nothing but what pixels need is parsed: no profiles, no text. */
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
#endif
}

/* Asks for 8 bits per channel without a palette. */
static void expand(png_structp png, png_infop info) {
  int depth = png_get_bit_depth(png, info);
  int colour = png_get_color_type(png, info);
  if (colour == PNG_COLOR_TYPE_PALETTE)
    png_set_palette_to_rgb(png);
  if (colour == PNG_COLOR_TYPE_GRAY && depth < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  if (png_get_valid(png, info, PNG_INFO_tRNS))
    png_set_tRNS_to_alpha(png);
  if (depth == 16)
    png_set_strip_16(png);
  (void)png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

static ganrt_status_t make_rows(session *s, png_structp png, png_infop info) {
  GANRT_RETURN_IF_ERROR(ganrt_image_create(
      s->image.allocator, png_get_image_width(png, info),
      png_get_image_height(png, info), png_get_channels(png, info), &s->image));
  uint64_t row_bytes = (uint64_t)s->image.width * s->image.channels;
  if (png_get_rowbytes(png, info) != row_bytes)
    return ganrt_status_make(
        GANRT_INTERNAL, "libpng wants rows of %zu bytes, expected %llu",
        png_get_rowbytes(png, info), (unsigned long long)row_bytes);
  void *memory;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(s->image.allocator, s->image.height,
                                       sizeof(png_bytep), &memory));
  s->rows = memory;
  for (uint32_t y = 0; y < s->image.height; ++y)
    s->rows[y] = s->image.pixels + y * row_bytes;
  return GANRT_STATUS_OK;
}

/* False if libpng or `status` says so. */
static bool decode(session *s, png_structp png, png_infop info) {
  if (setjmp(s->jump))
    return false;
  limit(png);
  png_set_read_fn(png, s, on_read);
  png_read_info(png, info);
  /* Refused before anything is allocated for it. */
  if ((uint64_t)png_get_image_width(png, info) *
          png_get_image_height(png, info) >
      GANRT_MAX_PIXELS) {
    s->status = ganrt_status_make(
        GANRT_LIMIT, "expected at most 64 megapixels, got %u x %u",
        png_get_image_width(png, info), png_get_image_height(png, info));
    return false;
  }
  expand(png, info);
  s->status = make_rows(s, png, info);
  if (s->status)
    return false;
  png_read_image(png, s->rows);
  png_read_end(png, NULL);
  return true;
}

ganrt_status_t ganrt_png_decode(const ganrt_allocator *allocator,
                                const void *bytes, uint64_t size,
                                ganrt_image *out) {
  if (!ganrt_png_is(bytes, size))
    return ganrt_status_make(GANRT_INVALID_DATA, "not a png file");
  session s = {.bytes = bytes, .left = size, .image.allocator = allocator};
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  bool good = info && decode(&s, png, info);
  ganrt_status_t status = s.status;
  if (!good && !status)
    status = info ? ganrt_status_make(GANRT_INVALID_DATA, "png: %s",
                                      ganrt_quote(s.message).text)
                  : ganrt_status_make(GANRT_OUT_OF_MEMORY,
                                      "out of memory in libpng");
  png_destroy_read_struct(&png, &info, NULL);
  ganrt_release(allocator, s.rows, s.image.height, sizeof(png_bytep));
  if (status)
    ganrt_image_destroy(&s.image);
  else
    *out = s.image;
  return status;
}

ganrt_status_t ganrt_png_read(const ganrt_allocator *allocator,
                              const char *path, ganrt_image *out) {
  ganrt_bytes bytes;
  GANRT_RETURN_IF_ERROR(
      ganrt_file_read(allocator, path, GANRT_MAX_IMAGE_BYTES, &bytes));
  ganrt_status_t status =
      ganrt_png_decode(allocator, bytes.data, bytes.size, out);
  ganrt_bytes_destroy(&bytes);
  return ganrt_status_annotate(status, "'%s'", ganrt_quote(path).text);
}

/*===- Writing --------------------------------------------------------------===*/

static void on_write(png_structp png, png_bytep from, size_t count) {
  session *s = png_get_io_ptr(png);
  ganrt_text_append_bytes(s->out, from, count);
  if (s->out->failed)
    png_error(png, "out of memory");
}

static void on_flush(png_structp png) {
  (void)png;
}

static bool encode(session *s, png_structp png, png_infop info,
                   const ganrt_image *image) {
  static const int colours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  if (setjmp(s->jump))
    return false;
  png_set_user_limits(png, 1u << 26, 1u << 26);
  png_set_write_fn(png, s, on_write, on_flush);
  png_set_IHDR(png, info, image->width, image->height, 8,
               colours[image->channels - 1], PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, 6);
  png_set_filter(png, 0, PNG_ALL_FILTERS);
  png_write_info(png, info);
  uint64_t row_bytes = (uint64_t)image->width * image->channels;
  for (uint32_t y = 0; y < image->height; ++y)
    png_write_row(png, image->pixels + y * row_bytes);
  png_write_end(png, NULL);
  return true;
}

ganrt_status_t ganrt_png_encode(const ganrt_image *image, ganrt_text *out) {
  if (image->channels < 1 || image->channels > 4)
    return ganrt_status_make(GANRT_INVALID_ARGUMENT,
                             "expected 1 ... 4 channels, got %u",
                             image->channels);
  session s = {.out = out};
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  bool good = info && encode(&s, png, info, image);
  png_destroy_write_struct(&png, &info);
  if (good)
    return GANRT_STATUS_OK;
  if (!info || out->failed)
    return ganrt_status_make(GANRT_OUT_OF_MEMORY,
                             "out of memory for a png of %u x %u pixels",
                             image->width, image->height);
  return ganrt_status_make(GANRT_INTERNAL, "png: %s",
                           ganrt_quote(s.message).text);
}

ganrt_status_t ganrt_png_write(const char *path, const ganrt_image *image) {
  ganrt_text text = {.allocator = image->allocator};
  ganrt_status_t status = ganrt_png_encode(image, &text);
  if (!status) {
    ganrt_piece piece = {text.data, text.length};
    status = ganrt_file_write(path, &piece, 1);
  }
  ganrt_text_destroy(&text);
  return status;
}
