//===- vulkan_test.cc - the Vulkan driver ---------------------------------===//
#include "tests/runtime/devices/driver_conformance.h"
#include "tests/runtime/devices/spirv_kernels.h"

static const std::string kernels(reinterpret_cast<const char *>(spirvKernels),
                                 sizeof spirvKernels);

INSTANTIATE_TEST_SUITE_P(Vulkan, DriverConformance,
                         testing::Values(DriverUnderTest{
                             &ganrt_vulkan, kernels, kernels.substr(0, 400),
                             "the SPIR-V of the device code breaks off",
                             false}),
                         [](const auto &) { return "vulkan"; });
