/*===- embedding.c - a C99 program that embeds a network -------------------===
 *===----------------------------------------------------------------------===*/
#include "ganrt/ganrt.h"
#include "tests/runtime/samples.h"

#include <stdio.h>

int main(void) {
  ganrt_model_options options = {0};
  ganrt_model *model = NULL;
  float z[4] = {0.5f, 0.5f, 0.5f, 0.5f}, image[4];
  const void *inputs[1];
  void *outputs[1];
  ganrt_status_t status =
      ganrt_model_create(&sample_generator, &options, &model);
  inputs[0] = z;
  outputs[0] = image;
  if (!status)
    status = ganrt_model_run(model, 1, inputs, outputs);
  if (status) {
    fprintf(stderr, "%s\n", ganrt_status_message(status));
    ganrt_status_free(status);
    return 1;
  }
  ganrt_model_destroy(model);
  return image[0] == 0.5f && image[1] == 0.5f ? 0 : 65;
}
