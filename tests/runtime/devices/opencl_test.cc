//===- opencl_test.cc - the OpenCL driver ---------------------------------===//
#include "tests/runtime/devices/driver_conformance.h"

static const char kernels[] = R"cl(
kernel void scale(global float *out, global const float *in) {
  size_t i = get_global_id(0);
  out[i] = 3 * in[i] + 1;
}
kernel void advance(global int *sum, global const int *more) {
  sum[get_global_id(0)] += more[get_global_id(0)];
}
kernel void flip(global uchar *out, global const uchar *in) {
  out[get_global_id(0)] = 1 - in[get_global_id(0)];
}
kernel void reverse(global float *out, global const float *in,
                    local float *tile) {
  tile[get_local_id(0)] = in[get_global_id(0)];
  barrier(CLK_LOCAL_MEM_FENCE);
  out[get_global_id(0)] = tile[get_local_size(0) - 1 - get_local_id(0)];
}
kernel void number(global int *out) {
  size_t width = get_global_size(0), height = get_global_size(1);
  size_t i = get_global_id(0) +
             width * (get_global_id(1) + height * get_global_id(2));
  out[i] = i;
}
)cl";

INSTANTIATE_TEST_SUITE_P(OpenCL, DriverConformance,
                         testing::Values(DriverUnderTest{
                             &ganrt_opencl, kernels,
                             "kernel void scale() { undeclared = 1; }",
                             " refuses the code: ", true}),
                         [](const auto &) { return "opencl"; });
