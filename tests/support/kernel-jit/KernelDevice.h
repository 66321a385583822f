//===- KernelDevice.h - kernels of a backend, run on a device -------------===//

#ifndef TESTS_SUPPORT_KERNEL_JIT_KERNELDEVICE_H
#define TESTS_SUPPORT_KERNEL_JIT_KERNELDEVICE_H

#include "runtime/src/devices/device.h"
#include "tests/support/kernel-jit/KernelJit.h"
#include "tests/support/kernel-jit/PtxAssembler.h"
#include "llvm/Support/Error.h"

namespace gan::testing {

/// The target that a name stands for, as in --device=vulkan, or with an
/// architecture, cuda:sm_90a; emulated:sm_90a runs the same code here. None for
/// an unknown one.
std::optional<DeviceTarget> findDeviceTarget(llvm::StringRef name,
                                             Numerics numerics);

/// The first device of a driver, and memory of it for one call at a time.
class OpenDevice {
public:
  /// Null for CUDA, whose code is made here and not run.
  static llvm::Expected<std::unique_ptr<OpenDevice>>
  create(const DeviceTarget &target);
  ~OpenDevice();
  OpenDevice(const OpenDevice &) = delete;

  const ganrt_driver *driver = nullptr;
  void *device = nullptr;

  /// A block of at least this size; what it holds is that of the last call.
  llvm::Expected<uint32_t> getBlock(uint64_t bytes);

private:
  OpenDevice() = default;
  uint32_t block = 0;
  uint64_t blockBytes = 0;
};

class KernelDevice {
public:
  /// Reports at the kernel why it cannot be compiled or loaded. Without a
  /// device it is only compiled.
  static llvm::FailureOr<KernelDevice>
  create(kernel::DefineOp kernel, const DeviceTarget &target, Backend &backend,
         std::optional<int64_t> rowElements, OpenDevice *device);

  DeviceKernel kernel;
  KernelDescription description;
  /// Of CUDA, if there is an assembler. Spilled registers are a failure.
  std::vector<PtxResources> resources;

  /// Runs all launches; places as in a call: results first. Places that have
  /// one memory lie in one place on the device. False, with a sentence printed,
  /// if something was written beside the results.
  bool launch(llvm::ArrayRef<Memory *> places, size_t resultCount) const;

  /// What a call of the kernel gives.
  llvm::FailureOr<reference::Results> call(kernel::DefineOp kernel,
                                           reference::Operands operands) const;

private:
  OpenDevice *device = nullptr;
  std::vector<uint32_t> codes; // the driver's numbers
};

} // namespace gan::testing

#endif // TESTS_SUPPORT_KERNEL_JIT_KERNELDEVICE_H
