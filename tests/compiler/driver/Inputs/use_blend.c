/*===- use_blend.c - runs a library, writes what went in and came out ------===
 *
 * usage: use_blend Z.bin Y.bin
 *===----------------------------------------------------------------------===*/
#include "blend.h"

#include <stdio.h>

enum { COUNT = 5 };

static int fail(ganrt_status_t status) {
  fprintf(stderr, "%s\n", blend_strerror(status));
  blend_status_free(status);
  return 1;
}

static int write_file(const char *path, const float *values, size_t count) {
  FILE *file = fopen(path, "wb");
  if (!file)
    return 1;
  count -= fwrite(values, sizeof(float), count, file);
  return fclose(file) != 0 || count != 0;
}

int main(int argc, char **argv) {
  static const int shape[BLEND_Y_RANK] = BLEND_Y_SHAPE;
  float z[COUNT * BLEND_Z_SIZE], y[COUNT * BLEND_Y_SIZE];
  const float gain[BLEND_GAIN_SIZE] = {0.3f};
  blend_options options = {0};
  blend *model = NULL;
  ganrt_status_t status;
  size_t i;
  if (argc != 3 || blend_abi_version() != BLEND_ABI_VERSION ||
      shape[1] != BLEND_Y_SIZE)
    return 1;
  for (i = 0; i < COUNT * BLEND_Z_SIZE; ++i)
    z[i] = 0.37f * (float)i - 2;
  options.threads = 2;
  status = blend_create(&options, &model);
  if (!status)
    status = blend_run(model, COUNT, z, gain, y);
  if (status)
    return fail(status);
  blend_destroy(model);
  return write_file(argv[1], z, COUNT * BLEND_Z_SIZE) ||
         write_file(argv[2], y, COUNT * BLEND_Y_SIZE);
}
