//===- WarpDriver.h - CUDA's threads on the CPU ---------------------------===//
//
// Runs the bitcode that PTX would be made of (DeviceTarget::asBitcode): groups
// one after the other, all threads of a group side by side, and what only
// threads together do, barriers and the products of matrix units, as CUDA's
// documentation says. What is left to trust is LLVM's way from there to PTX,
// the assembler and the GPU.
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_KERNEL_JIT_WARPDRIVER_H
#define TESTS_SUPPORT_KERNEL_JIT_WARPDRIVER_H

#include "runtime/src/devices/device.h"

namespace gan::testing {

/// One device; a code is a module of bitcode. It does not list, copy or tell
/// limits.
extern const ganrt_driver warpDriver;

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_JIT_WARPDRIVER_H
