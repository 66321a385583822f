/*===- misuse_blend.c - every mistake gets a status and a sentence ---------===
 *===----------------------------------------------------------------------===*/
#include "blend.h"

#include <stdio.h>
#include <stdlib.h>

static void *refuse(void *context, size_t bytes, size_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  return NULL;
}
static void release(void *context, void *pointer, size_t bytes) {
  (void)context, (void)pointer, (void)bytes;
}

static void say(const char *what, ganrt_status_t status) {
  printf("%s: %d %s\n", what, (int)blend_status_code(status),
         blend_strerror(status));
  blend_status_free(status);
}

static void create_with(const char *what, blend_options options) {
  blend *model = NULL;
  options.threads = 1;
  say(what, blend_create(&options, &model));
  blend_destroy(model);
}

int main(void) {
  static const blend_options none = {0};
  const ganrt_allocator poor = {NULL, refuse, release};
  blend_options options = none;
  blend *model = NULL;
  float z[3] = {1, 2, 3}, gain[1] = {1}, y[4];
  char *memory;

  say("no place", blend_create(NULL, NULL));
  options.device = "cuda\033[2J";
  create_with("device", options);
  options = none;
  options.max_memory = 1;
  create_with("memory", options);
  options = none;
  options.allocator = &poor;
  create_with("allocator", options);

  options = none;
  options.threads = 1;
  options.workspace_bytes = blend_workspace_bytes(&options);
  memory = malloc((size_t)options.workspace_bytes + 128);
  options.workspace = memory + 64 - (size_t)memory % 64;
  create_with("workspace", options);
  --options.workspace_bytes;
  create_with("short workspace", options);
  ++options.workspace_bytes;
  options.workspace = (char *)options.workspace + 1;
  create_with("crooked workspace", options);
  free(memory);

  say("no model", blend_run(NULL, 1, z, gain, y));
  say("create", blend_create(NULL, &model));
  say("no z", blend_run(model, 1, NULL, gain, y));
  say("no gain", blend_run(model, 1, z, NULL, y));
  say("no y", blend_run(model, 1, z, gain, NULL));
  say("nothing to do", blend_run(model, 0, NULL, NULL, NULL));
  say("run", blend_run(model, 1, z, gain, y));
  blend_destroy(model);
  blend_destroy(NULL);
  blend_pool_destroy(NULL);
  return 0;
}
