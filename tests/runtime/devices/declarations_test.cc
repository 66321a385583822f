//===- declarations_test.cc - our declarations of APIs, and theirs --------===//
//
// The drivers declare what they use of an API themselves. Where its headers are
// installed, this compares numbers, layouts, and the sizes of what functions
// take and give. It is done when it compiles; what could not be compared is
// said.
//
//===----------------------------------------------------------------------===//
#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>

namespace ours {
#include "runtime/src/devices/opencl_api.h"
} // namespace ours

// The sizes of a function's result and parameters.
template <typename T> constexpr size_t sizeOf() {
  if constexpr (std::is_void_v<T>)
    return 0;
  else
    return sizeof(T);
}
template <typename Result, typename... Parameters>
constexpr std::array<size_t, sizeof...(Parameters) + 1>
sizes(Result (*)(Parameters...)) {
  return {sizeOf<Result>(), sizeOf<Parameters>()...};
}
template <typename Ours, typename Theirs>
constexpr bool sameSizes(Ours ours, Theirs theirs) {
  auto left = sizes(ours);
  auto right = sizes(theirs);
  if (left.size() != right.size())
    return false;
  for (size_t i = 0; i < left.size(); ++i)
    if (left[i] != right[i])
      return false;
  return true;
}

#define SAME_FUNCTION(table, name)                                             \
  static_assert(sameSizes(decltype(ours::table::name){nullptr},                \
                          static_cast<decltype(&::name)>(nullptr)),            \
                #name)
#define SAME_STRUCT(name) static_assert(sizeof(ours::name) == sizeof(::name))
#define SAME_FIELD(name, field)                                                \
  static_assert(offsetof(ours::name, field) == offsetof(::name, field) &&      \
                sizeof(ours::name::field) == sizeof(::name::field))

#if __has_include(<CL/cl.h>)
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#define SAME(name) static_assert(int64_t(ours::GANRT_##name) == int64_t(name))
SAME(CL_SUCCESS);
SAME(CL_DEVICE_NOT_FOUND);
SAME(CL_INVALID_KERNEL_NAME);
SAME(CL_FALSE);
SAME(CL_DEVICE_TYPE_CPU);
SAME(CL_DEVICE_TYPE_GPU);
SAME(CL_DEVICE_TYPE_ACCELERATOR);
SAME(CL_DEVICE_MAX_WORK_GROUP_SIZE);
SAME(CL_DEVICE_MAX_WORK_ITEM_SIZES);
SAME(CL_DEVICE_MAX_MEM_ALLOC_SIZE);
SAME(CL_DEVICE_MAX_PARAMETER_SIZE);
SAME(CL_DEVICE_MEM_BASE_ADDR_ALIGN);
SAME(CL_DEVICE_SINGLE_FP_CONFIG);
SAME(CL_DEVICE_LOCAL_MEM_SIZE);
SAME(CL_DEVICE_NAME);
SAME(CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT);
SAME(CL_MEM_READ_WRITE);
SAME(CL_PROGRAM_BUILD_LOG);
SAME(CL_BUFFER_CREATE_TYPE_REGION);
#undef SAME
SAME_FIELD(cl_buffer_region, origin);
SAME_FIELD(cl_buffer_region, size);
#define SAME(name) SAME_FUNCTION(ganrt_opencl_functions, name)
SAME(clGetPlatformIDs);
SAME(clGetDeviceIDs);
SAME(clGetDeviceInfo);
SAME(clCreateContext);
SAME(clReleaseContext);
SAME(clCreateCommandQueue);
SAME(clReleaseCommandQueue);
SAME(clCreateBuffer);
SAME(clCreateSubBuffer);
SAME(clReleaseMemObject);
SAME(clCreateProgramWithSource);
SAME(clBuildProgram);
SAME(clGetProgramBuildInfo);
SAME(clReleaseProgram);
SAME(clCreateKernel);
SAME(clReleaseKernel);
SAME(clSetKernelArg);
SAME(clEnqueueNDRangeKernel);
SAME(clEnqueueReadBuffer);
SAME(clEnqueueWriteBuffer);
SAME(clEnqueueCopyBuffer);
SAME(clEnqueueFillBuffer);
SAME(clFlush);
SAME(clFinish);
#undef SAME
TEST(Declarations, OfOpenCL) {}
#else
TEST(Declarations, OfOpenCL) { GTEST_SKIP() << "no header CL/cl.h"; }
#endif
