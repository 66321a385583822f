/*===- stand_in_cuda.c - a driver of CUDA for machines without a GPU --------===
 *
 * What the driver uses of libcuda.so.1, over plain memory. It is as lazy as a
 * GPU may be: what is enqueued happens when somebody waits, so whoever uses
 * memory too early or too late gets wrong numbers. It knows the kernels of
 * driver_conformance.h by name and reads no PTX beyond its entries.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/devices/cuda_api.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef struct work {
  struct work *next;
  void *to;         /* of a copy or fill; NULL: a launch */
  const void *from; /* NULL: a fill with zeros */
  size_t bytes;
  CUfunction function;
  unsigned grid[3], group[3], shared;
  CUdeviceptr arguments[4];
} work;

struct CUctx_st {
  int uses;
};
struct CUfunc_st {
  void (*run)(const work *);
  unsigned argument_count;
};
struct CUmod_st {
  char *text;
};
struct CUstream_st {
  work *first, **end;
  CUgraph captured; /* or NULL: what is enqueued happens */
};
struct CUgraph_st {
  work *first, **end;
};
struct CUgraphExec_st {
  work *first;
};

/* Of the one device and the one thread. */
static struct CUctx_st context;
static int depth; /* how often the context was pushed */

/*===- The kernels
 * ----------------------------------------------------------===*/

static unsigned threads(const work *w) {
  return w->grid[0] * w->grid[1] * w->grid[2] * w->group[0] * w->group[1] *
         w->group[2];
}

static void *argument(const work *w, int i) {
  return (void *)(uintptr_t)w->arguments[i];
}

static void scale(const work *w) {
  float *out = argument(w, 0);
  const float *in = argument(w, 1);
  for (unsigned i = 0; i < threads(w); ++i)
    out[i] = 3 * in[i] + 1;
}

static void advance(const work *w) {
  uint32_t *sum = argument(w, 0);
  const uint32_t *more = argument(w, 1);
  for (unsigned i = 0; i < threads(w); ++i)
    sum[i] += more[i];
}

static void flip(const work *w) {
  uint8_t *out = argument(w, 0);
  const uint8_t *in = argument(w, 1);
  for (unsigned i = 0; i < threads(w); ++i)
    out[i] = (uint8_t)(1 - in[i]);
}

static void reverse(const work *w) {
  float *out = argument(w, 0);
  const float *in = argument(w, 1);
  unsigned size = w->shared / sizeof(float);
  for (unsigned i = 0; size && i < threads(w); ++i)
    out[i] = in[i / size * size + size - 1 - i % size];
}

static void number(const work *w) {
  int32_t *out = argument(w, 0);
  for (unsigned i = 0; i < threads(w); ++i)
    out[i] = (int32_t)i;
}

static struct kernel {
  const char *name;
  struct CUfunc_st function;
} kernels[] = {{"scale", {scale, 2}},
               {"advance", {advance, 2}},
               {"flip", {flip, 2}},
               {"reverse", {reverse, 2}},
               {"number", {number, 1}}};

/*===- Devices and contexts
 * -------------------------------------------------===*/

EXPORT CUresult cuInit(unsigned flags) { return flags ? 1 : 0; }

EXPORT CUresult cuDeviceGetCount(int *count) {
  *count = 1;
  return 0;
}

EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  *device = 40;
  return ordinal ? 101 : 0;
}

EXPORT CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
  snprintf(name, (size_t)length, "stand-in");
  return device == 40 ? 0 : 101;
}

EXPORT CUresult cuDeviceGetAttribute(int *value, int attribute,
                                     CUdevice device) {
  switch (attribute) {
  case 75:
    *value = 8;
    break;
  case 76:
    *value = 0;
    break;
  case 97:
    *value = 99 << 10;
    break;
  case 4: /* the depth of a group */
    *value = 64;
    break;
  case 5: /* the width of the grid */
    *value = INT32_MAX;
    break;
  case 6:
  case 7:
    *value = 65535;
    break;
  case 1:
  case 2:
  case 3:
    *value = 1024;
    break;
  default:
    return 1;
  }
  return device == 40 ? 0 : 101;
}

EXPORT CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  *bytes = (size_t)1 << 30;
  return device == 40 ? 0 : 101;
}

EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext *out, CUdevice device) {
  ++context.uses;
  *out = &context;
  return device == 40 ? 0 : 101;
}

EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  return device == 40 && context.uses-- > 0 ? 0
                                            : GANRT_CUDA_ERROR_INVALID_CONTEXT;
}

EXPORT CUresult cuCtxPushCurrent_v2(CUcontext pushed) {
  ++depth;
  return pushed == &context && context.uses ? 0
                                            : GANRT_CUDA_ERROR_INVALID_CONTEXT;
}

EXPORT CUresult cuCtxPopCurrent_v2(CUcontext *popped) {
  *popped = &context;
  return depth-- > 0 ? 0 : GANRT_CUDA_ERROR_INVALID_CONTEXT;
}

#define NEED_CONTEXT                                                           \
  if (depth != 1)                                                              \
  return GANRT_CUDA_ERROR_INVALID_CONTEXT

/*===- The stream
 * -----------------------------------------------------------===*/

EXPORT CUresult cuStreamCreate(CUstream *stream, unsigned flags) {
  NEED_CONTEXT;
  *stream = calloc(1, sizeof **stream);
  (*stream)->end = &(*stream)->first;
  return flags == GANRT_CU_STREAM_NON_BLOCKING ? 0 : 1;
}

EXPORT CUresult cuStreamSynchronize(CUstream stream) {
  NEED_CONTEXT;
  if (stream->captured)
    return GANRT_CUDA_ERROR_INVALID_CONTEXT;
  for (work *w = stream->first, *next; w; w = next) {
    next = w->next;
    if (!w->to)
      w->function->run(w);
    else if (w->from)
      memcpy(w->to, w->from, w->bytes);
    else
      memset(w->to, 0, w->bytes);
    free(w);
  }
  stream->first = NULL;
  stream->end = &stream->first;
  return 0;
}

EXPORT CUresult cuStreamDestroy_v2(CUstream stream) {
  CUresult result = stream->first ? 1 : 0;
  free(stream);
  return result;
}

static CUresult enqueue(CUstream stream, work what) {
  NEED_CONTEXT;
  work *w = malloc(sizeof *w);
  *w = what;
  w->next = NULL;
  work ***end = stream->captured ? &stream->captured->end : &stream->end;
  **end = w;
  *end = &w->next;
  return 0;
}

/*===- Graphs
 * ---------------------------------------------------------------===*/

EXPORT unsigned stand_in_graphs, stand_in_graph_launches;

static void free_list(work *w) {
  for (work *next; w; w = next) {
    next = w->next;
    free(w);
  }
}

EXPORT CUresult cuStreamBeginCapture_v2(CUstream stream, int mode) {
  NEED_CONTEXT;
  stream->captured = calloc(1, sizeof *stream->captured);
  stream->captured->end = &stream->captured->first;
  return mode == GANRT_CU_STREAM_CAPTURE_MODE_THREAD_LOCAL ? 0 : 1;
}

EXPORT CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  NEED_CONTEXT;
  *graph = stream->captured;
  stream->captured = NULL;
  return *graph ? 0 : 1;
}

EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph,
                                            unsigned long long flags) {
  NEED_CONTEXT;
  *exec = calloc(1, sizeof **exec);
  (*exec)->first = graph->first;
  graph->first = NULL;
  ++stand_in_graphs;
  return flags ? 1 : 0;
}

EXPORT CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream) {
  ++stand_in_graph_launches;
  for (const work *w = exec->first; w; w = w->next)
    if (enqueue(stream, *w))
      return GANRT_CUDA_ERROR_INVALID_CONTEXT;
  return 0;
}

EXPORT CUresult cuGraphExecDestroy(CUgraphExec exec) {
  NEED_CONTEXT;
  free_list(exec->first);
  free(exec);
  return 0;
}

EXPORT CUresult cuGraphDestroy(CUgraph graph) {
  NEED_CONTEXT;
  free_list(graph->first);
  free(graph);
  return 0;
}

/*===- Memory
 * ---------------------------------------------------------------===*/

EXPORT CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  NEED_CONTEXT;
  void *memory = malloc(bytes);
  memset(memory, 0xcd, bytes);
  *address = (uintptr_t)memory;
  return 0;
}

EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
  NEED_CONTEXT;
  free((void *)(uintptr_t)address);
  return 0;
}

EXPORT CUresult cuMemAllocHost_v2(void **out, size_t bytes) {
  NEED_CONTEXT;
  *out = malloc(bytes);
  return 0;
}

EXPORT CUresult cuMemFreeHost(void *memory) {
  NEED_CONTEXT;
  free(memory);
  return 0;
}

EXPORT CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count,
                                 CUstream stream) {
  return value ? 1
               : enqueue(stream, (work){.to = (void *)(uintptr_t)to,
                                        .bytes = count * 4});
}

EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from,
                                     size_t bytes, CUstream stream) {
  return enqueue(
      stream,
      (work){.to = (void *)(uintptr_t)to, .from = from, .bytes = bytes});
}

EXPORT CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes,
                                     CUstream stream) {
  return enqueue(
      stream,
      (work){.to = to, .from = (void *)(uintptr_t)from, .bytes = bytes});
}

EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from,
                                     size_t bytes, CUstream stream) {
  return enqueue(stream, (work){.to = (void *)(uintptr_t)to,
                                .from = (void *)(uintptr_t)from,
                                .bytes = bytes});
}

/*===- Code
 * -----------------------------------------------------------------===*/

EXPORT CUresult cuModuleLoadDataEx(CUmodule *module, const void *image,
                                   unsigned count, int *options,
                                   void **values) {
  NEED_CONTEXT;
  if (!strstr(image, ".version")) {
    for (unsigned i = 0; i < count; ++i)
      if (options[i] == GANRT_CU_JIT_ERROR_LOG_BUFFER)
        snprintf(values[i], 64, "ptxas error: missing .version");
    return GANRT_CUDA_ERROR_INVALID_PTX;
  }
  *module = malloc(sizeof **module);
  (*module)->text = malloc(strlen(image) + 1);
  strcpy((*module)->text, image);
  return 0;
}

EXPORT CUresult cuModuleUnload(CUmodule module) {
  NEED_CONTEXT;
  free(module->text);
  free(module);
  return 0;
}

EXPORT CUresult cuModuleGetFunction(CUfunction *function, CUmodule module,
                                    const char *name) {
  NEED_CONTEXT;
  char entry[64];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  if (strstr(module->text, entry))
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; ++i)
      if (strcmp(kernels[i].name, name) == 0) {
        *function = &kernels[i].function;
        return 0;
      }
  return GANRT_CUDA_ERROR_NOT_FOUND;
}

EXPORT CUresult cuFuncSetAttribute(CUfunction function, int attribute,
                                   int value) {
  NEED_CONTEXT;
  return function &&
                 attribute ==
                     GANRT_CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES &&
                 value > 48 << 10
             ? 0
             : 1;
}

EXPORT CUresult cuLaunchKernel(CUfunction function, unsigned grid_x,
                               unsigned grid_y, unsigned grid_z,
                               unsigned group_x, unsigned group_y,
                               unsigned group_z, unsigned shared,
                               CUstream stream, void **parameters,
                               void **extra) {
  work w = {.function = function,
            .grid = {grid_x, grid_y, grid_z},
            .group = {group_x, group_y, group_z},
            .shared = shared};
  for (unsigned i = 0; i < function->argument_count; ++i)
    memcpy(&w.arguments[i], parameters[i], sizeof w.arguments[i]);
  return extra ? 1 : enqueue(stream, w);
}
