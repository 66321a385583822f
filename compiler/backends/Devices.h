//===- Devices.h - what devices are called --------------------------------===//

#ifndef COMPILER_BACKENDS_DEVICES_H
#define COMPILER_BACKENDS_DEVICES_H

#include "compiler/backends/Backend.h"
#include "llvm/Support/Error.h"

namespace gan {

/// "opencl", "vulkan", "cuda".
llvm::StringRef nameOf(DeviceApi api);

/// What code of the API is called in files: ".cl", ".spv", ".ptx".
llvm::StringRef suffixOf(DeviceApi api);

/// As on the command line: "vulkan", "cuda:sm_80".
std::string spell(const DeviceTarget &target);

/// An architecture of CUDA that there is code for.
struct CudaArchitecture {
  llvm::StringRef name; // "sm_90a"
  unsigned capability;  // 90
  llvm::StringRef ptx;  // LLVM's feature for the version of PTX, "+ptx80"
};
const CudaArchitecture *findCudaArchitecture(llvm::StringRef name);

/// Reads a list of what `spell` writes; "cpu" may stand in it. CUDA without an
/// architecture is sm_80.
llvm::Expected<llvm::SmallVector<DeviceTarget>>
parseDevices(llvm::StringRef text);

} // namespace gan

#endif // COMPILER_BACKENDS_DEVICES_H
