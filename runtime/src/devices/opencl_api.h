/*===- opencl_api.h - what the driver uses of OpenCL 1.2 --------------------===
 *
 * The names, types and numbers are those of the OpenCL specification. They are
 * declared here so that the runtime builds on machines without its headers; a
 * test compares them with the headers where there are some.
 *===----------------------------------------------------------------------===*/
#ifndef RUNTIME_SRC_DEVICES_OPENCL_API_H
#define RUNTIME_SRC_DEVICES_OPENCL_API_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t cl_int;
typedef uint32_t cl_uint;
typedef uint64_t cl_ulong;
typedef cl_ulong cl_bitfield;

typedef struct _cl_platform_id *cl_platform_id;
typedef struct _cl_device_id *cl_device_id;
typedef struct _cl_context *cl_context;
typedef struct _cl_command_queue *cl_command_queue;
typedef struct _cl_mem *cl_mem;
typedef struct _cl_program *cl_program;
typedef struct _cl_kernel *cl_kernel;
typedef struct _cl_event *cl_event;

typedef struct _cl_buffer_region {
  size_t origin;
  size_t size;
} cl_buffer_region;

enum {
  GANRT_CL_SUCCESS = 0,
  GANRT_CL_DEVICE_NOT_FOUND = -1,
  GANRT_CL_INVALID_KERNEL_NAME = -46,
  GANRT_CL_PLATFORM_NOT_FOUND_KHR = -1001,
  GANRT_CL_FALSE = 0,
  GANRT_CL_DEVICE_TYPE_CPU = 1 << 1,
  GANRT_CL_DEVICE_TYPE_GPU = 1 << 2,
  GANRT_CL_DEVICE_TYPE_ACCELERATOR = 1 << 3,
  GANRT_CL_DEVICE_MAX_WORK_GROUP_SIZE = 0x1004,
  GANRT_CL_DEVICE_MAX_WORK_ITEM_SIZES = 0x1005,
  GANRT_CL_DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010,
  GANRT_CL_DEVICE_MAX_PARAMETER_SIZE = 0x1017,
  GANRT_CL_DEVICE_MEM_BASE_ADDR_ALIGN = 0x1019,
  GANRT_CL_DEVICE_SINGLE_FP_CONFIG = 0x101B,
  GANRT_CL_DEVICE_LOCAL_MEM_SIZE = 0x1023,
  GANRT_CL_DEVICE_NAME = 0x102B,
  GANRT_CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT = 1 << 7,
  GANRT_CL_MEM_READ_WRITE = 1 << 0,
  GANRT_CL_PROGRAM_BUILD_LOG = 0x1183,
  GANRT_CL_BUFFER_CREATE_TYPE_REGION = 0x1220
};

typedef struct ganrt_opencl_functions {
  cl_int (*clGetPlatformIDs)(cl_uint, cl_platform_id *, cl_uint *);
  cl_int (*clGetDeviceIDs)(cl_platform_id, cl_bitfield, cl_uint, cl_device_id *,
                           cl_uint *);
  cl_int (*clGetDeviceInfo)(cl_device_id, cl_uint, size_t, void *, size_t *);
  cl_context (*clCreateContext)(const intptr_t *, cl_uint, const cl_device_id *,
                                void (*)(const char *, const void *, size_t,
                                         void *),
                                void *, cl_int *);
  cl_int (*clReleaseContext)(cl_context);
  cl_command_queue (*clCreateCommandQueue)(cl_context, cl_device_id,
                                           cl_bitfield, cl_int *);
  cl_int (*clReleaseCommandQueue)(cl_command_queue);
  cl_mem (*clCreateBuffer)(cl_context, cl_bitfield, size_t, void *, cl_int *);
  cl_mem (*clCreateSubBuffer)(cl_mem, cl_bitfield, cl_uint, const void *,
                              cl_int *);
  cl_int (*clReleaseMemObject)(cl_mem);
  cl_program (*clCreateProgramWithSource)(cl_context, cl_uint, const char **,
                                          const size_t *, cl_int *);
  cl_int (*clBuildProgram)(cl_program, cl_uint, const cl_device_id *,
                           const char *, void (*)(cl_program, void *), void *);
  cl_int (*clGetProgramBuildInfo)(cl_program, cl_device_id, cl_uint, size_t,
                                  void *, size_t *);
  cl_int (*clReleaseProgram)(cl_program);
  cl_kernel (*clCreateKernel)(cl_program, const char *, cl_int *);
  cl_int (*clReleaseKernel)(cl_kernel);
  cl_int (*clSetKernelArg)(cl_kernel, cl_uint, size_t, const void *);
  cl_int (*clEnqueueNDRangeKernel)(cl_command_queue, cl_kernel, cl_uint,
                                   const size_t *, const size_t *,
                                   const size_t *, cl_uint, const cl_event *,
                                   cl_event *);
  cl_int (*clEnqueueReadBuffer)(cl_command_queue, cl_mem, cl_uint, size_t,
                                size_t, void *, cl_uint, const cl_event *,
                                cl_event *);
  cl_int (*clEnqueueWriteBuffer)(cl_command_queue, cl_mem, cl_uint, size_t,
                                 size_t, const void *, cl_uint,
                                 const cl_event *, cl_event *);
  cl_int (*clEnqueueCopyBuffer)(cl_command_queue, cl_mem, cl_mem, size_t,
                                size_t, size_t, cl_uint, const cl_event *,
                                cl_event *);
  cl_int (*clEnqueueFillBuffer)(cl_command_queue, cl_mem, const void *, size_t,
                                size_t, size_t, cl_uint, const cl_event *,
                                cl_event *);
  cl_int (*clFlush)(cl_command_queue);
  cl_int (*clFinish)(cl_command_queue);
} ganrt_opencl_functions;

#endif /* RUNTIME_SRC_DEVICES_OPENCL_API_H */
