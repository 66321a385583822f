/*===- opencl.c - devices through OpenCL 1.2 --------------------------------===
 *
 * One context, one in-order queue. A block is a buffer; an argument is a
 * sub-buffer of it, made when it is first used and kept. Writes pass through
 * staging memory that is used anew after a wait, so they need not wait
 * themselves; a queue that nobody waits for is finished now and then, or the
 * host would run ahead without bounds.
 *===----------------------------------------------------------------------===*/
#include "runtime/src/devices/driver.h"
#include "runtime/src/devices/opencl_api.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum {
  most_devices = 64,
  most_platforms = 16,
  flush_after = 64,   /* commands */
  finish_after = 4096 /* commands */
};

typedef struct opencl_block {
  cl_mem buffer;
  uint64_t bytes;
} opencl_block;

/* A sub-buffer and the region that it is. */
typedef struct opencl_view {
  ganrt_region region;
  cl_mem buffer; /* NULL: a free slot */
} opencl_view;

typedef struct opencl_device {
  void *library;
  ganrt_opencl_functions cl;
  ganrt_device_limits limits;
  const char *build_options;
  cl_device_id id;
  cl_context context;
  cl_command_queue queue;
  uint32_t commands; /* since the last wait */
  ganrt_staging staging;

  opencl_block *blocks;
  uint32_t block_count, block_capacity;
  opencl_view *views; /* a hash table, its size a power of two */
  uint32_t view_count, view_capacity;
  ganrt_code_table code;
} opencl_device;

/* The devices of all platforms, GPUs first. */
typedef struct opencl_devices {
  cl_device_id ids[most_devices];
  uint32_t count;
} opencl_devices;

static const ganrt_library library = {
    .api = "OpenCL",
    .file = "libOpenCL.so.1",
    .variable = "GANRT_OPENCL_LIBRARY",
};

#define SYMBOL(name) {#name, offsetof(ganrt_opencl_functions, name)}
static const ganrt_symbol symbols[] = {
    SYMBOL(clGetPlatformIDs),
    SYMBOL(clGetDeviceIDs),
    SYMBOL(clGetDeviceInfo),
    SYMBOL(clCreateContext),
    SYMBOL(clReleaseContext),
    SYMBOL(clCreateCommandQueue),
    SYMBOL(clReleaseCommandQueue),
    SYMBOL(clCreateBuffer),
    SYMBOL(clCreateSubBuffer),
    SYMBOL(clReleaseMemObject),
    SYMBOL(clCreateProgramWithSource),
    SYMBOL(clBuildProgram),
    SYMBOL(clGetProgramBuildInfo),
    SYMBOL(clReleaseProgram),
    SYMBOL(clCreateKernel),
    SYMBOL(clReleaseKernel),
    SYMBOL(clSetKernelArg),
    SYMBOL(clEnqueueNDRangeKernel),
    SYMBOL(clEnqueueReadBuffer),
    SYMBOL(clEnqueueWriteBuffer),
    SYMBOL(clEnqueueCopyBuffer),
    SYMBOL(clEnqueueFillBuffer),
    SYMBOL(clFlush),
    SYMBOL(clFinish),
};
#undef SYMBOL

static ganrt_status_t check(cl_int code, const char *call) {
  return code == GANRT_CL_SUCCESS ? GANRT_STATUS_OK
                                  : ganrt_library_failed(&library, call, code);
}

/*===- Devices --------------------------------------------------------------===*/

static ganrt_status_t open_library(void **handle, ganrt_opencl_functions *cl) {
  GANRT_RETURN_IF_ERROR(ganrt_library_open(&library, handle));
  ganrt_status_t status =
      ganrt_library_functions(&library, ganrt_library_lookup, *handle, symbols,
                              sizeof symbols / sizeof *symbols, cl);
  if (status) {
    dlclose(*handle);
    *handle = NULL;
  }
  return status;
}

static ganrt_status_t find_devices(const ganrt_opencl_functions *cl,
                                   opencl_devices *out) {
  cl_platform_id platforms[most_platforms];
  cl_uint platform_count = 0;
  cl_int code =
      cl->clGetPlatformIDs(most_platforms, platforms, &platform_count);
  out->count = 0;
  if (code == GANRT_CL_PLATFORM_NOT_FOUND_KHR)
    return GANRT_STATUS_OK;
  GANRT_RETURN_IF_ERROR(check(code, "clGetPlatformIDs"));
  if (platform_count > most_platforms)
    platform_count = most_platforms;
  const cl_bitfield types[] = {GANRT_CL_DEVICE_TYPE_GPU |
                                   GANRT_CL_DEVICE_TYPE_ACCELERATOR,
                               GANRT_CL_DEVICE_TYPE_CPU};
  for (int type = 0; type < 2; ++type)
    for (cl_uint i = 0; i < platform_count && out->count < most_devices; ++i) {
      cl_uint room = most_devices - out->count, count = 0;
      code = cl->clGetDeviceIDs(platforms[i], types[type], room,
                                out->ids + out->count, &count);
      if (code == GANRT_CL_DEVICE_NOT_FOUND)
        continue;
      GANRT_RETURN_IF_ERROR(check(code, "clGetDeviceIDs"));
      out->count += count < room ? count : room;
    }
  return GANRT_STATUS_OK;
}

static ganrt_status_t get(const ganrt_opencl_functions *cl, cl_device_id id,
                          cl_uint what, void *out, size_t bytes) {
  return check(cl->clGetDeviceInfo(id, what, bytes, out, NULL),
               "clGetDeviceInfo");
}

static ganrt_status_t get_name(const ganrt_opencl_functions *cl,
                               cl_device_id id, char *out, size_t bytes) {
  char name[512] = "";
  GANRT_RETURN_IF_ERROR(
      get(cl, id, GANRT_CL_DEVICE_NAME, name, sizeof name - 1));
  snprintf(out, bytes, "%s", name);
  return GANRT_STATUS_OK;
}

static uint32_t saturate(uint64_t value) {
  return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static ganrt_status_t get_limits(opencl_device *d) {
  size_t group, sides[8], parameters;
  cl_uint align_bits;
  cl_ulong block, local;
  cl_bitfield rounding;
  const ganrt_opencl_functions *cl = &d->cl;
  ganrt_device_limits *limits = &d->limits;
  GANRT_RETURN_IF_ERROR(get_name(cl, d->id, limits->name, sizeof limits->name));
  GANRT_RETURN_IF_ERROR(
      get(cl, d->id, GANRT_CL_DEVICE_MAX_MEM_ALLOC_SIZE, &block, sizeof block));
  GANRT_RETURN_IF_ERROR(get(cl, d->id, GANRT_CL_DEVICE_MEM_BASE_ADDR_ALIGN,
                            &align_bits, sizeof align_bits));
  GANRT_RETURN_IF_ERROR(get(cl, d->id, GANRT_CL_DEVICE_MAX_WORK_GROUP_SIZE,
                            &group, sizeof group));
  GANRT_RETURN_IF_ERROR(
      get(cl, d->id, GANRT_CL_DEVICE_MAX_WORK_ITEM_SIZES, sides, sizeof sides));
  GANRT_RETURN_IF_ERROR(get(cl, d->id, GANRT_CL_DEVICE_MAX_PARAMETER_SIZE,
                            &parameters, sizeof parameters));
  GANRT_RETURN_IF_ERROR(
      get(cl, d->id, GANRT_CL_DEVICE_LOCAL_MEM_SIZE, &local, sizeof local));
  GANRT_RETURN_IF_ERROR(get(cl, d->id, GANRT_CL_DEVICE_SINGLE_FP_CONFIG,
                            &rounding, sizeof rounding));
  limits->block_bytes = block / GANRT_DEVICE_ALIGNMENT * GANRT_DEVICE_ALIGNMENT;
  limits->alignment = align_bits / 8;
  limits->max_group = saturate(group);
  for (int i = 0; i < 3; ++i) {
    limits->max_groups[i] = UINT32_MAX;
    limits->max_group_side[i] = saturate(sides[i]);
  }
  limits->max_arguments = saturate(parameters / sizeof(cl_mem));
  limits->shared_bytes = saturate(local);
  d->build_options = rounding & GANRT_CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT
                         ? "-cl-fp32-correctly-rounded-divide-sqrt"
                         : "";
  return GANRT_STATUS_OK;
}

static ganrt_status_t opencl_list(void *context, ganrt_device_visitor visit) {
  void *handle;
  ganrt_opencl_functions cl;
  opencl_devices devices;
  GANRT_RETURN_IF_ERROR(open_library(&handle, &cl));
  ganrt_status_t status = find_devices(&cl, &devices);
  if (!status)
    status = ganrt_library_check_index(&library, 0, devices.count);
  for (uint32_t i = 0; !status && i < devices.count; ++i) {
    char name[sizeof((ganrt_device_limits *)0)->name];
    status = get_name(&cl, devices.ids[i], name, sizeof name);
    if (!status)
      visit(context, i, name);
  }
  dlclose(handle);
  return status;
}

static ganrt_status_t finish(opencl_device *d) {
  d->commands = 0;
  d->staging.used = 0;
  return check(d->cl.clFinish(d->queue), "clFinish");
}

/* After every command. */
static ganrt_status_t enqueued(opencl_device *d, cl_int code,
                               const char *call) {
  GANRT_RETURN_IF_ERROR(check(code, call));
  if (++d->commands == finish_after)
    return finish(d);
  return d->commands % flush_after == 0
             ? check(d->cl.clFlush(d->queue), "clFlush")
             : GANRT_STATUS_OK;
}

static void opencl_close(void *device) {
  opencl_device *d = device;
  if (!d)
    return;
  const ganrt_opencl_functions *cl = &d->cl;
  if (d->queue)
    cl->clFinish(d->queue);
  for (uint32_t i = 0; i < d->code.count; ++i) {
    const ganrt_code_object *code = &d->code.items[i];
    for (uint32_t j = 0; j < code->entry_count; ++j)
      if (code->entries[j].handle)
        cl->clReleaseKernel(code->entries[j].handle);
    if (code->module)
      cl->clReleaseProgram(code->module);
  }
  ganrt_code_destroy(&d->code);
  for (uint32_t i = 0; i < d->view_capacity; ++i)
    if (d->views[i].buffer)
      cl->clReleaseMemObject(d->views[i].buffer);
  ganrt_release(NULL, d->views, d->view_capacity, sizeof *d->views);
  for (uint32_t i = 0; i < d->block_count; ++i)
    cl->clReleaseMemObject(d->blocks[i].buffer);
  ganrt_release(NULL, d->blocks, d->block_capacity, sizeof *d->blocks);
  if (d->queue)
    cl->clReleaseCommandQueue(d->queue);
  if (d->context)
    cl->clReleaseContext(d->context);
  ganrt_release(NULL, d->staging.bytes, d->staging.size, 1);
  if (d->library)
    dlclose(d->library);
  ganrt_release(NULL, d, 1, sizeof *d);
}

static ganrt_status_t open_device(opencl_device *d, uint32_t index) {
  opencl_devices devices;
  GANRT_RETURN_IF_ERROR(open_library(&d->library, &d->cl));
  GANRT_RETURN_IF_ERROR(find_devices(&d->cl, &devices));
  GANRT_RETURN_IF_ERROR(
      ganrt_library_check_index(&library, index, devices.count));
  d->id = devices.ids[index];
  GANRT_RETURN_IF_ERROR(get_limits(d));
  cl_int code;
  d->context = d->cl.clCreateContext(NULL, 1, &d->id, NULL, NULL, &code);
  GANRT_RETURN_IF_ERROR(check(code, "clCreateContext"));
  d->queue = d->cl.clCreateCommandQueue(d->context, d->id, 0, &code);
  GANRT_RETURN_IF_ERROR(check(code, "clCreateCommandQueue"));
  void *staging;
  GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, GANRT_STAGING_BYTES, 1, &staging));
  d->staging = (ganrt_staging){.bytes = staging, .size = GANRT_STAGING_BYTES};
  return GANRT_STATUS_OK;
}

static ganrt_status_t opencl_open(uint32_t index, void **device) {
  GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, 1, sizeof(opencl_device), device));
  ganrt_status_t status = open_device(*device, index);
  if (status) {
    opencl_close(*device);
    *device = NULL;
  }
  return status;
}

static void opencl_limits(void *device, ganrt_device_limits *out) {
  *out = ((opencl_device *)device)->limits;
}

/*===- Memory ---------------------------------------------------------------===*/

static ganrt_status_t opencl_allocate(void *device, uint64_t bytes,
                                      uint32_t *block) {
  opencl_device *d = device;
  if (bytes > d->limits.block_bytes)
    return ganrt_device_no_room(&d->limits, bytes);
  void *blocks = d->blocks;
  GANRT_RETURN_IF_ERROR(ganrt_grow(&blocks, d->block_count, &d->block_capacity,
                                   sizeof *d->blocks));
  d->blocks = blocks;
  size_t rounded = ganrt_block_round(bytes ? bytes : 1);
  cl_int code;
  cl_mem buffer = d->cl.clCreateBuffer(d->context, GANRT_CL_MEM_READ_WRITE,
                                       rounded, NULL, &code);
  if (code != GANRT_CL_SUCCESS)
    return ganrt_device_no_room(&d->limits, bytes);
  const uint8_t zeros[16] = {0};
  *block = d->block_count++;
  d->blocks[*block] = (opencl_block){.buffer = buffer, .bytes = rounded};
  return enqueued(d,
                  d->cl.clEnqueueFillBuffer(d->queue, buffer, zeros,
                                            sizeof zeros, 0, rounded, 0, NULL,
                                            NULL),
                  "clEnqueueFillBuffer");
}

/* The buffer that a region lies in. */
static ganrt_status_t find_block(const opencl_device *d, ganrt_region region,
                                 cl_mem *out) {
  bool known = region.block < d->block_count;
  GANRT_RETURN_IF_ERROR(
      ganrt_region_check(region, known ? d->blocks[region.block].bytes : 0));
  *out = d->blocks[region.block].buffer;
  return GANRT_STATUS_OK;
}

/* The slot of a region, or the free slot where it belongs. */
static opencl_view *find_slot(opencl_view *views, uint32_t capacity,
                              ganrt_region region) {
  uint64_t hash = (region.offset / GANRT_DEVICE_ALIGNMENT + region.block) *
                      0x9e3779b97f4a7c15u +
                  region.bytes * 0xc2b2ae3d27d4eb4fu;
  for (uint64_t i = hash >> 32;; ++i) {
    opencl_view *view = &views[i & (capacity - 1)];
    if (!view->buffer || (view->region.block == region.block &&
                          view->region.offset == region.offset &&
                          view->region.bytes == region.bytes))
      return view;
  }
}

/* Keeps a quarter of the table free. */
static ganrt_status_t grow_views(opencl_device *d) {
  if (d->view_count < d->view_capacity / 4 * 3)
    return GANRT_STATUS_OK;
  uint32_t capacity = d->view_capacity ? 2 * d->view_capacity : 256;
  void *views;
  GANRT_RETURN_IF_ERROR(
      ganrt_allocate(NULL, capacity, sizeof *d->views, &views));
  for (uint32_t i = 0; i < d->view_capacity; ++i)
    if (d->views[i].buffer)
      *find_slot(views, capacity, d->views[i].region) = d->views[i];
  ganrt_release(NULL, d->views, d->view_capacity, sizeof *d->views);
  d->views = views;
  d->view_capacity = capacity;
  return GANRT_STATUS_OK;
}

/* The sub-buffer of an argument. */
static ganrt_status_t find_view(opencl_device *d, ganrt_region region,
                                cl_mem *out) {
  cl_mem block;
  GANRT_RETURN_IF_ERROR(find_block(d, region, &block));
  GANRT_RETURN_IF_ERROR(
      ganrt_argument_check(&region, d->blocks[region.block].bytes));
  GANRT_RETURN_IF_ERROR(grow_views(d));
  opencl_view *view = find_slot(d->views, d->view_capacity, region);
  if (!view->buffer) {
    const cl_buffer_region part = {region.offset, region.bytes};
    cl_int code;
    cl_mem buffer = d->cl.clCreateSubBuffer(block, GANRT_CL_MEM_READ_WRITE,
                                            GANRT_CL_BUFFER_CREATE_TYPE_REGION,
                                            &part, &code);
    GANRT_RETURN_IF_ERROR(check(code, "clCreateSubBuffer"));
    *view = (opencl_view){.region = region, .buffer = buffer};
    ++d->view_count;
  }
  *out = view->buffer;
  return GANRT_STATUS_OK;
}

static ganrt_status_t opencl_write(void *device, ganrt_region to,
                                   const void *from) {
  opencl_device *d = device;
  cl_mem buffer;
  GANRT_RETURN_IF_ERROR(find_block(d, to, &buffer));
  for (uint64_t done = 0, bytes; done < to.bytes; done += bytes) {
    bytes =
        to.bytes - done < d->staging.size ? to.bytes - done : d->staging.size;
    uint64_t at = ganrt_staging_take(&d->staging, bytes);
    if (at == UINT64_MAX) {
      GANRT_RETURN_IF_ERROR(finish(d));
      at = ganrt_staging_take(&d->staging, bytes);
    }
    memcpy(d->staging.bytes + at, (const uint8_t *)from + done, bytes);
    GANRT_RETURN_IF_ERROR(enqueued(
        d,
        d->cl.clEnqueueWriteBuffer(d->queue, buffer, GANRT_CL_FALSE,
                                   to.offset + done, bytes,
                                   d->staging.bytes + at, 0, NULL, NULL),
        "clEnqueueWriteBuffer"));
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t opencl_read(void *device, ganrt_region from, void *to) {
  opencl_device *d = device;
  cl_mem buffer;
  GANRT_RETURN_IF_ERROR(find_block(d, from, &buffer));
  if (from.bytes)
    GANRT_RETURN_IF_ERROR(check(
        d->cl.clEnqueueReadBuffer(d->queue, buffer, GANRT_CL_FALSE, from.offset,
                                  from.bytes, to, 0, NULL, NULL),
        "clEnqueueReadBuffer"));
  return finish(d);
}

static ganrt_status_t opencl_copy(void *device, ganrt_region from,
                                  ganrt_region to) {
  opencl_device *d = device;
  cl_mem source, target;
  GANRT_RETURN_IF_ERROR(find_block(d, from, &source));
  GANRT_RETURN_IF_ERROR(find_block(d, to, &target));
  if (from.bytes == 0)
    return GANRT_STATUS_OK;
  return enqueued(d,
                  d->cl.clEnqueueCopyBuffer(d->queue, source, target,
                                            from.offset, to.offset, from.bytes,
                                            0, NULL, NULL),
                  "clEnqueueCopyBuffer");
}

/*===- Code -----------------------------------------------------------------===*/

/* Why the program was not built. */
static ganrt_status_t refused(const opencl_device *d, cl_program program) {
  size_t bytes = 0;
  void *log = NULL;
  d->cl.clGetProgramBuildInfo(program, d->id, GANRT_CL_PROGRAM_BUILD_LOG, 0,
                              NULL, &bytes);
  GANRT_RETURN_IF_ERROR(ganrt_allocate(NULL, bytes + 1, 1, &log));
  d->cl.clGetProgramBuildInfo(program, d->id, GANRT_CL_PROGRAM_BUILD_LOG, bytes,
                              log, NULL);
  ganrt_status_t status = ganrt_device_no_code(&d->limits, log);
  ganrt_release(NULL, log, bytes + 1, 1);
  return status;
}

static ganrt_status_t opencl_load(void *device, const ganrt_device_blob *blob,
                                  const char *const *entries, uint32_t count,
                                  uint32_t *code) {
  opencl_device *d = device;
  GANRT_RETURN_IF_ERROR(ganrt_code_add(&d->code, entries, count, code));
  ganrt_code_object *object = &d->code.items[*code];
  const char *text = (const char *)blob->bytes;
  const size_t length = blob->size;
  cl_int error;
  cl_program program =
      d->cl.clCreateProgramWithSource(d->context, 1, &text, &length, &error);
  GANRT_RETURN_IF_ERROR(check(error, "clCreateProgramWithSource"));
  object->module = program;
  if (d->cl.clBuildProgram(program, 1, &d->id, d->build_options, NULL, NULL) !=
      GANRT_CL_SUCCESS)
    return refused(d, program);
  for (uint32_t i = 0; i < count; ++i) {
    ganrt_entry *entry = &object->entries[i];
    cl_kernel kernel = d->cl.clCreateKernel(program, entry->name, &error);
    if (error == GANRT_CL_INVALID_KERNEL_NAME)
      return ganrt_device_no_entry(entry->name);
    GANRT_RETURN_IF_ERROR(check(error, "clCreateKernel"));
    entry->handle = kernel;
  }
  return GANRT_STATUS_OK;
}

static ganrt_status_t opencl_launch(void *device, uint32_t code,
                                    const ganrt_launch_row *row,
                                    const ganrt_region *arguments) {
  opencl_device *d = device;
  void *kernel;
  GANRT_RETURN_IF_ERROR(
      ganrt_code_find(&d->code, &d->limits, code, row, &kernel));
  for (uint32_t i = 0; i < row->argument_count; ++i) {
    cl_mem view;
    GANRT_RETURN_IF_ERROR(find_view(d, arguments[i], &view));
    GANRT_RETURN_IF_ERROR(check(
        d->cl.clSetKernelArg(kernel, i, sizeof(cl_mem), (const void *)&view),
        "clSetKernelArg"));
  }
  if (row->shared_bytes)
    GANRT_RETURN_IF_ERROR(
        check(d->cl.clSetKernelArg(kernel, row->argument_count,
                                   row->shared_bytes, NULL),
              "clSetKernelArg"));
  size_t global[3], local[3];
  for (int i = 0; i < 3; ++i) {
    local[i] = row->group[i];
    global[i] = (size_t)row->grid[i] * row->group[i];
  }
  return enqueued(d,
                  d->cl.clEnqueueNDRangeKernel(d->queue, kernel, 3, NULL,
                                               global, local, 0, NULL, NULL),
                  "clEnqueueNDRangeKernel");
}

static ganrt_status_t opencl_finish(void *device) {
  return finish(device);
}

const ganrt_driver ganrt_opencl = {
    .name = "opencl",
    .api = "OpenCL",
    .list = opencl_list,
    .open = opencl_open,
    .close = opencl_close,
    .limits = opencl_limits,
    .allocate = opencl_allocate,
    .load = opencl_load,
    .launch = opencl_launch,
    .write = opencl_write,
    .read = opencl_read,
    .copy = opencl_copy,
    .finish = opencl_finish,
};
