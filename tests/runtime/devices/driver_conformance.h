//===- driver_conformance.h - what every driver of devices must do --------===//
//
// One suite of tests, made for a driver by INSTANTIATE_TEST_SUITE_P with the
// driver's own form of these kernels; i is a thread's number in the launch.
//
//   scale(out f32, in f32)            out[i] = 3 in[i] + 1
//   advance(sum i32, more i32)        sum[i] += more[i]
//   flip(out i8, in i8)               out[i] = 1 - in[i]
//   reverse(out f32, in f32)          reverses each group of 7 through shared
//                                     memory: 28 bytes, the last argument in
//                                     OpenCL, dynamic in CUDA
//   number(out i32)                   out[i] = i, in three dimensions
//
// All but number have groups of 7 threads; number has 2 x 3 x 1.
//
//===----------------------------------------------------------------------===//
#ifndef TESTS_RUNTIME_DEVICES_DRIVER_CONFORMANCE_H
#define TESTS_RUNTIME_DEVICES_DRIVER_CONFORMANCE_H

#include "runtime/src/devices/device.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

struct DriverUnderTest {
  const ganrt_driver *driver;
  std::string kernels;
  std::string broken;      // code that does not compile
  std::string brokenWords; // a part of what is said about it
  bool sharedIsArgument;   // or the code declares it
};

inline std::string take(ganrt_status_t status) {
  std::string message = ganrt_status_message(status);
  ganrt_status_free(status);
  return message;
}

#define EXPECT_DONE(expression) EXPECT_EQ(take(expression), "done")
#define ASSERT_DONE(expression) ASSERT_EQ(take(expression), "done")

class DriverConformance : public testing::TestWithParam<DriverUnderTest> {
protected:
  void SetUp() override;
  void TearDown() override;

  uint32_t allocate(uint64_t bytes);
  void loadKernels();
  // Writes a vector to the start of a region.
  template <typename T>
  void write(ganrt_region to, const std::vector<T> &values) {
    to.bytes = values.size() * sizeof(T);
    EXPECT_DONE(driver->write(device, to, values.data()));
  }
  template <typename T> std::vector<T> read(ganrt_region from) {
    std::vector<T> values(from.bytes / sizeof(T));
    EXPECT_DONE(driver->read(device, from, values.data()));
    return values;
  }
  // Enqueues `groups` groups of 7 threads.
  std::string launch(const char *entry, uint32_t groups,
                     const std::vector<ganrt_region> &arguments);
  ganrt_launch_row row(const char *entry, uint32_t groups, size_t arguments);

  const ganrt_driver *driver = nullptr;
  void *device = nullptr;
  ganrt_device_limits limits = {};
  uint32_t code = 0;
};

#endif // TESTS_RUNTIME_DEVICES_DRIVER_CONFORMANCE_H
