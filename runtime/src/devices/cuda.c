/*===- cuda.c - devices through CUDA's driver API ---------------------------===
 *
 * The primary context of a device and one stream. The context is made current
 * for each call and the caller's own one is put back. Code is PTX, which the
 * driver compiles, or a cubin. Writes pass through page-locked memory that is
 * used anew after a wait, so that the copies need not wait themselves.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/devices/cuda_queue.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum {
  most_arguments = GANRT_CUDA_MOST_ARGUMENTS,
  /* Beyond this a kernel must ask for dynamic shared memory. */
  plain_shared_bytes = 48 << 10,
  log_bytes = 8192
};

typedef struct cuda_block {
  CUdeviceptr address;
  uint64_t bytes;
} cuda_block;

typedef struct cuda_device {
  void *library;
  ganrt_cuda_functions cu;
  ganrt_device_limits limits;
  CUdevice id;
  CUcontext context;
  CUstream stream;
  ganrt_cuda_queue queue;
  ganrt_staging staging;

  cuda_block *blocks;
  uint32_t block_count, block_capacity;
  ganrt_code_table code; /* modules are CUmodule, handles CUfunction */
} cuda_device;

static const ganrt_library library = {
    .api = "CUDA",
    .file = "libcuda.so.1",
    .variable = "GANRT_CUDA_LIBRARY",
};

#define SYMBOL(name) {#name, offsetof(ganrt_cuda_functions, name)}
static const ganrt_symbol symbols[] = {
    SYMBOL(cuInit),
    SYMBOL(cuDeviceGetCount),
    SYMBOL(cuDeviceGet),
    SYMBOL(cuDeviceGetName),
    SYMBOL(cuDeviceGetAttribute),
    SYMBOL(cuDeviceTotalMem_v2),
    SYMBOL(cuDevicePrimaryCtxRetain),
    SYMBOL(cuDevicePrimaryCtxRelease_v2),
    SYMBOL(cuCtxPushCurrent_v2),
    SYMBOL(cuCtxPopCurrent_v2),
    SYMBOL(cuStreamCreate),
    SYMBOL(cuStreamDestroy_v2),
    SYMBOL(cuStreamSynchronize),
    SYMBOL(cuMemAlloc_v2),
    SYMBOL(cuMemFree_v2),
    SYMBOL(cuMemAllocHost_v2),
    SYMBOL(cuMemFreeHost),
    SYMBOL(cuMemsetD32Async),
    SYMBOL(cuMemcpyHtoDAsync_v2),
    SYMBOL(cuMemcpyDtoHAsync_v2),
    SYMBOL(cuMemcpyDtoDAsync_v2),
    SYMBOL(cuModuleLoadDataEx),
    SYMBOL(cuModuleUnload),
    SYMBOL(cuModuleGetFunction),
    SYMBOL(cuFuncSetAttribute),
    SYMBOL(cuLaunchKernel),
    SYMBOL(cuStreamBeginCapture_v2),
    SYMBOL(cuStreamEndCapture),
    SYMBOL(cuGraphInstantiateWithFlags),
    SYMBOL(cuGraphLaunch),
    SYMBOL(cuGraphExecDestroy),
    SYMBOL(cuGraphDestroy),
};
#undef SYMBOL

static ganrt_status_t check(CUresult result, const char *call) {
  return result == GANRT_CUDA_SUCCESS
             ? GANRT_STATUS_OK
             : ganrt_library_failed(&library, call, result);
}

/* Between these the device's context is current. */
static ganrt_status_t enter(const cuda_device *d) {
  return check(d->cu.cuCtxPushCurrent_v2(d->context), "cuCtxPushCurrent");
}

static ganrt_status_t leave(const cuda_device *d, ganrt_status_t status) {
  CUcontext context;
  CUresult result = d->cu.cuCtxPopCurrent_v2(&context);
  return status ? status : check(result, "cuCtxPopCurrent");
}

/*===- Devices --------------------------------------------------------------===*/

/* *count may be 0. */
static ganrt_status_t open_library(cuda_device *d, uint32_t *count) {
  GANRT_RETURN_IF_ERROR(ganrt_library_open(&library, &d->library));
  GANRT_RETURN_IF_ERROR(ganrt_library_functions(
      &library, ganrt_library_lookup, d->library, symbols,
      sizeof symbols / sizeof *symbols, &d->cu));
  int devices = 0;
  CUresult result = d->cu.cuInit(0);
  if (result != GANRT_CUDA_ERROR_NO_DEVICE) {
    GANRT_RETURN_IF_ERROR(check(result, "cuInit"));
    GANRT_RETURN_IF_ERROR(
        check(d->cu.cuDeviceGetCount(&devices), "cuDeviceGetCount"));
  }
  *count = (uint32_t)devices;
  return GANRT_STATUS_OK;
}

static ganrt_status_t get(const cuda_device *d, int what, uint32_t *out) {
  int value = 0;
  GANRT_RETURN_IF_ERROR(check(d->cu.cuDeviceGetAttribute(&value, what, d->id),
                              "cuDeviceGetAttribute"));
  *out = (uint32_t)value;
  return GANRT_STATUS_OK;
}

static ganrt_status_t get_limits(cuda_device *d, uint32_t index) {
  ganrt_device_limits *limits = &d->limits;
  char name[200] = "";
  uint32_t major, minor;
  size_t memory;
  GANRT_RETURN_IF_ERROR(
      check(d->cu.cuDeviceGet(&d->id, (int)index), "cuDeviceGet"));
  GANRT_RETURN_IF_ERROR(check(d->cu.cuDeviceGetName(name, sizeof name, d->id),
                              "cuDeviceGetName"));
  GANRT_RETURN_IF_ERROR(
      check(d->cu.cuDeviceTotalMem_v2(&memory, d->id), "cuDeviceTotalMem"));
  GANRT_RETURN_IF_ERROR(
      get(d, GANRT_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &major));
  GANRT_RETURN_IF_ERROR(
      get(d, GANRT_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &minor));
  GANRT_RETURN_IF_ERROR(get(d, GANRT_CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK,
                            &limits->max_group));
  GANRT_RETURN_IF_ERROR(
      get(d, GANRT_CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN,
          &limits->shared_bytes));
  for (int i = 0; i < 3; ++i) {
    GANRT_RETURN_IF_ERROR(get(d, GANRT_CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X + i,
                              &limits->max_group_side[i]));
    GANRT_RETURN_IF_ERROR(get(d, GANRT_CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X + i,
                              &limits->max_groups[i]));
  }
  snprintf(limits->name, sizeof limits->name, "%s, sm_%u%u", name, major,
           minor);
  limits->block_bytes =
      memory / GANRT_DEVICE_ALIGNMENT * GANRT_DEVICE_ALIGNMENT;
  limits->alignment = 16; /* the widest access */
  limits->max_arguments = most_arguments;
  return GANRT_STATUS_OK;
}

/* All that lives in the context. */
static void destroy_contents(cuda_device *d) {
  const ganrt_cuda_functions *cu = &d->cu;
  if (d->stream) {
    cu->cuStreamSynchronize(d->stream);
    ganrt_cuda_queue_destroy(&d->queue);
    cu->cuStreamDestroy_v2(d->stream);
  }
  for (uint32_t i = 0; i < d->code.count; ++i)
    if (d->code.items[i].module)
      cu->cuModuleUnload(d->code.items[i].module);
  for (uint32_t i = 0; i < d->block_count; ++i)
    cu->cuMemFree_v2(d->blocks[i].address);
  if (d->staging.bytes)
    cu->cuMemFreeHost(d->staging.bytes);
}

static void cuda_close(void *device) {
  cuda_device *d = device;
  if (!d)
    return;
  if (d->context) {
    if (!ganrt_status_ignore(enter(d))) {
      destroy_contents(d);
      ganrt_status_free(leave(d, GANRT_STATUS_OK));
    }
    d->cu.cuDevicePrimaryCtxRelease_v2(d->id);
  }
  ganrt_code_destroy(&d->code);
  ganrt_release(NULL, d->blocks, d->block_capacity, sizeof *d->blocks);
  if (d->library)
    dlclose(d->library);
  ganrt_release(NULL, d, 1, sizeof *d);
}

static ganrt_status_t create_contents(cuda_device *d) {
  GANRT_RETURN_IF_ERROR(
      check(d->cu.cuStreamCreate(&d->stream, GANRT_CU_STREAM_NON_BLOCKING),
            "cuStreamCreate"));
  d->queue = (ganrt_cuda_queue){
      .library = &library, .cu = &d->cu, .stream = d->stream};
  void *staging;
  GANRT_RETURN_IF_ERROR(
      check(d->cu.cuMemAllocHost_v2(&staging, GANRT_STAGING_BYTES),
            "cuMemAllocHost"));
  d->staging = (ganrt_staging){.bytes = staging, .size = GANRT_STAGING_BYTES};
  return GANRT_STATUS_OK;
}

static ganrt_status_t open_device(cuda_device *d, uint32_t index) {
  uint32_t count;
  GANRT_RETURN_IF_ERROR(open_library(d, &count));
  GANRT_RETURN_IF_ERROR(ganrt_library_check_index(&library, index, count));
  GANRT_RETURN_IF_ERROR(get_limits(d, index));
  GANRT_RETURN_IF_ERROR(
      check(d->cu.cuDevicePrimaryCtxRetain(&d->context, d->id),
            "cuDevicePrimaryCtxRetain"));
  GANRT_RETURN_IF_ERROR(enter(d));
  return leave(d, create_contents(d));
}

static ganrt_status_t cuda_open(uint32_t index, void **device) {
  *device = NULL;
  void *memory;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, 1, sizeof(cuda_device), &memory));
  ganrt_status_t status = open_device(memory, index);
  if (status)
    cuda_close(memory);
  else
    *device = memory;
  return status;
}

static ganrt_status_t cuda_list(void *context, ganrt_device_visitor visit) {
  void *memory;
  uint32_t count = 0;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, 1, sizeof(cuda_device), &memory));
  cuda_device *d = memory;
  ganrt_status_t status = open_library(d, &count);
  if (!status)
    status = ganrt_library_check_index(&library, 0, count);
  for (uint32_t i = 0; !status && i < count; ++i) {
    status = get_limits(d, i);
    if (!status)
      visit(context, i, d->limits.name);
  }
  cuda_close(d);
  return status;
}

static void cuda_limits(void *device, ganrt_device_limits *out) {
  *out = ((cuda_device *)device)->limits;
}

/*===- Memory ---------------------------------------------------------------===*/

static ganrt_status_t finish(cuda_device *d) {
  GANRT_RETURN_IF_ERROR(ganrt_cuda_queue_flush(&d->queue));
  d->staging.used = 0;
  return check(d->cu.cuStreamSynchronize(d->stream), "cuStreamSynchronize");
}

static ganrt_status_t allocate(cuda_device *d, uint64_t bytes,
                               uint32_t *block) {
  if (bytes > d->limits.block_bytes)
    return ganrt_device_no_room(&d->limits, bytes);
  void *blocks = d->blocks;
  GANRT_RETURN_IF_ERROR(ganrt_grow(&blocks, d->block_count, &d->block_capacity,
                                   sizeof *d->blocks));
  d->blocks = blocks;
  cuda_block made = {.bytes = ganrt_block_round(bytes ? bytes : 1)};
  CUresult result = d->cu.cuMemAlloc_v2(&made.address, made.bytes);
  if (result == GANRT_CUDA_ERROR_OUT_OF_MEMORY)
    return ganrt_device_no_room(&d->limits, bytes);
  GANRT_RETURN_IF_ERROR(check(result, "cuMemAlloc"));
  *block = d->block_count++;
  d->blocks[*block] = made;
  return check(
      d->cu.cuMemsetD32Async(made.address, 0, made.bytes / 4, d->stream),
      "cuMemsetD32Async");
}

/* The address of a region. */
static ganrt_status_t find(const cuda_device *d, ganrt_region region,
                           CUdeviceptr *out) {
  bool known = region.block < d->block_count;
  GANRT_RETURN_IF_ERROR(
      ganrt_region_check(region, known ? d->blocks[region.block].bytes : 0));
  *out = d->blocks[region.block].address + region.offset;
  return GANRT_STATUS_OK;
}

static ganrt_status_t write_region(cuda_device *d, ganrt_region to,
                                   const uint8_t *from) {
  CUdeviceptr address;
  GANRT_RETURN_IF_ERROR(find(d, to, &address));
  for (uint64_t done = 0, bytes; done < to.bytes; done += bytes) {
    bytes =
        to.bytes - done < d->staging.size ? to.bytes - done : d->staging.size;
    uint64_t at = ganrt_staging_take(&d->staging, bytes);
    if (at == UINT64_MAX) {
      GANRT_RETURN_IF_ERROR(finish(d));
      at = ganrt_staging_take(&d->staging, bytes);
    }
    memcpy(d->staging.bytes + at, from + done, bytes);
    GANRT_RETURN_IF_ERROR(ganrt_cuda_queue_copy(
        &d->queue, (ganrt_cuda_command){.from_host = d->staging.bytes + at,
                                        .to = address + done,
                                        .bytes = bytes}));
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t read_region(cuda_device *d, ganrt_region from, void *to) {
  CUdeviceptr address;
  GANRT_RETURN_IF_ERROR(find(d, from, &address));
  GANRT_RETURN_IF_ERROR(ganrt_cuda_queue_flush(&d->queue));
  if (from.bytes)
    GANRT_RETURN_IF_ERROR(
        check(d->cu.cuMemcpyDtoHAsync_v2(to, address, from.bytes, d->stream),
              "cuMemcpyDtoHAsync"));
  return finish(d);
}

static ganrt_status_t copy_region(cuda_device *d, ganrt_region from,
                                  ganrt_region to) {
  CUdeviceptr source, target;
  GANRT_RETURN_IF_ERROR(find(d, from, &source));
  GANRT_RETURN_IF_ERROR(find(d, to, &target));
  if (from.bytes == 0)
    return GANRT_STATUS_OK;
  return ganrt_cuda_queue_copy(
      &d->queue,
      (ganrt_cuda_command){.from = source, .to = target, .bytes = from.bytes});
}

/*===- Code -----------------------------------------------------------------===*/

/* `text` is a zero-terminated copy of the blob, as PTX must be. */
static ganrt_status_t load_text(cuda_device *d, const void *text,
                                const char *const *entries, uint32_t count,
                                uint32_t *code) {
  GANRT_RETURN_IF_ERROR(ganrt_code_add(&d->code, entries, count, code));
  ganrt_code_object *object = &d->code.items[*code];
  char log[log_bytes] = "";
  int options[] = {GANRT_CU_JIT_ERROR_LOG_BUFFER,
                   GANRT_CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, (void *)(uintptr_t)(sizeof log - 1)};
  CUmodule module = NULL;
  if (d->cu.cuModuleLoadDataEx(&module, text, 2, options, values) !=
      GANRT_CUDA_SUCCESS)
    return ganrt_device_no_code(&d->limits, log);
  object->module = module;
  for (uint32_t i = 0; i < count; ++i) {
    ganrt_entry *entry = &object->entries[i];
    CUfunction function = NULL;
    CUresult result = d->cu.cuModuleGetFunction(&function, module, entry->name);
    if (result == GANRT_CUDA_ERROR_NOT_FOUND)
      return ganrt_device_no_entry(entry->name);
    GANRT_RETURN_IF_ERROR(check(result, "cuModuleGetFunction"));
    entry->handle = function;
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t load(cuda_device *d, const ganrt_device_blob *blob,
                           const char *const *entries, uint32_t count,
                           uint32_t *code) {
  void *text;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, blob->size + 1, 1, &text));
  memcpy(text, blob->bytes, blob->size);
  ganrt_status_t status = load_text(d, text, entries, count, code);
  ganrt_release(NULL, text, blob->size + 1, 1);
  return status;
}

static ganrt_status_t launch(cuda_device *d, uint32_t code,
                             const ganrt_launch_row *row,
                             const ganrt_region *arguments) {
  void *function;
  GANRT_RETURN_IF_ERROR(
      ganrt_code_find(&d->code, &d->limits, code, row, &function));
  CUdeviceptr addresses[most_arguments];
  for (uint32_t i = 0; i < row->argument_count; ++i) {
    ganrt_region region = arguments[i];
    GANRT_RETURN_IF_ERROR(find(d, region, &addresses[i]));
    GANRT_RETURN_IF_ERROR(
        ganrt_argument_check(&region, d->blocks[region.block].bytes));
  }
  if (row->shared_bytes > plain_shared_bytes)
    GANRT_RETURN_IF_ERROR(check(
        d->cu.cuFuncSetAttribute(
            function, GANRT_CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
            (int)row->shared_bytes),
        "cuFuncSetAttribute"));
  ganrt_cuda_command command = {.function = function,
                                .shared_bytes = row->shared_bytes,
                                .argument_count = row->argument_count};
  memcpy(command.grid, row->grid, sizeof command.grid);
  memcpy(command.group, row->group, sizeof command.group);
  return ganrt_cuda_queue_launch(&d->queue, command, addresses);
}

/*===- The table ------------------------------------------------------------===*/

static ganrt_status_t cuda_allocate(void *device, uint64_t bytes,
                                    uint32_t *block) {
  GANRT_RETURN_IF_ERROR(enter(device));
  return leave(device, allocate(device, bytes, block));
}

static ganrt_status_t cuda_load(void *device, const ganrt_device_blob *blob,
                                const char *const *entries, uint32_t count,
                                uint32_t *code) {
  GANRT_RETURN_IF_ERROR(enter(device));
  return leave(device, load(device, blob, entries, count, code));
}

static ganrt_status_t cuda_launch(void *device, uint32_t code,
                                  const ganrt_launch_row *row,
                                  const ganrt_region *arguments) {
  GANRT_RETURN_IF_ERROR(enter(device));
  return leave(device, launch(device, code, row, arguments));
}

static ganrt_status_t cuda_write(void *device, ganrt_region to,
                                 const void *from) {
  GANRT_RETURN_IF_ERROR(enter(device));
  return leave(device, write_region(device, to, from));
}

static ganrt_status_t cuda_read(void *device, ganrt_region from, void *to) {
  GANRT_RETURN_IF_ERROR(enter(device));
  return leave(device, read_region(device, from, to));
}

static ganrt_status_t cuda_copy(void *device, ganrt_region from,
                                ganrt_region to) {
  GANRT_RETURN_IF_ERROR(enter(device));
  return leave(device, copy_region(device, from, to));
}

static ganrt_status_t cuda_finish(void *device) {
  GANRT_RETURN_IF_ERROR(enter(device));
  return leave(device, finish(device));
}

const ganrt_driver ganrt_cuda = {
    .name = "cuda",
    .api = "CUDA",
    .list = cuda_list,
    .open = cuda_open,
    .close = cuda_close,
    .limits = cuda_limits,
    .allocate = cuda_allocate,
    .load = cuda_load,
    .launch = cuda_launch,
    .write = cuda_write,
    .read = cuda_read,
    .copy = cuda_copy,
    .finish = cuda_finish,
};
