//===- Devices.cpp - what devices are called ------------------------------===//

#include "compiler/backends/Devices.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace gan;
using llvm::StringRef;

StringRef gan::nameOf(DeviceApi api) {
  switch (api) {
  case DeviceApi::OpenCL:
    return "opencl";
  case DeviceApi::Vulkan:
    return "vulkan";
  case DeviceApi::Cuda:
    return "cuda";
  }
  llvm_unreachable("all APIs have names");
}

StringRef gan::suffixOf(DeviceApi api) {
  switch (api) {
  case DeviceApi::OpenCL:
    return ".cl";
  case DeviceApi::Vulkan:
    return ".spv";
  case DeviceApi::Cuda:
    return ".ptx";
  }
  llvm_unreachable("all APIs have code");
}

std::string gan::spell(const DeviceTarget &target) {
  std::string name = nameOf(target.api).str();
  return target.arch.empty() ? name : name + ":" + target.arch;
}

/// From the oldest that CUDA's own assembler still knows; the version of PTX is
/// the oldest that LLVM wants for it, so that old drivers take it.
static constexpr CudaArchitecture kArchitectures[] = {
    {"sm_75", 75, "+ptx80"},    {"sm_80", 80, "+ptx80"},
    {"sm_86", 86, "+ptx80"},    {"sm_87", 87, "+ptx80"},
    {"sm_89", 89, "+ptx80"},    {"sm_90", 90, "+ptx80"},
    {"sm_90a", 90, "+ptx80"},   {"sm_100", 100, "+ptx86"},
    {"sm_100a", 100, "+ptx86"}, {"sm_120", 120, "+ptx87"},
    {"sm_120a", 120, "+ptx87"},
};

const CudaArchitecture *gan::findCudaArchitecture(StringRef name) {
  const auto *found =
      llvm::find_if(kArchitectures, [&](const CudaArchitecture &known) {
        return known.name == name;
      });
  return found == std::end(kArchitectures) ? nullptr : found;
}

static std::optional<DeviceTarget> parseDevice(StringRef text) {
  auto [name, arch] = text.split(':');
  auto api = llvm::StringSwitch<std::optional<DeviceApi>>(name)
                 .Case("opencl", DeviceApi::OpenCL)
                 .Case("vulkan", DeviceApi::Vulkan)
                 .Case("cuda", DeviceApi::Cuda)
                 .Default(std::nullopt);
  if (!api || (*api != DeviceApi::Cuda && text.contains(':')))
    return std::nullopt;
  DeviceTarget target{*api, arch.str(), Numerics::Fast};
  if (*api != DeviceApi::Cuda)
    return target;
  if (!text.contains(':'))
    target.arch = "sm_80";
  return target;
}

llvm::Expected<llvm::SmallVector<DeviceTarget>>
gan::parseDevices(StringRef text) {
  llvm::SmallVector<DeviceTarget> devices;
  llvm::SmallVector<StringRef> parts;
  text.split(parts, ',');
  for (StringRef part : parts) {
    if (part == "cpu")
      continue;
    auto device = parseDevice(part);
    if (!device)
      return llvm::createStringError(
          "--device expected cpu, opencl, vulkan, cuda or cuda:sm_80, got '" +
          part + "'");
    if (device->api == DeviceApi::Cuda && !findCudaArchitecture(device->arch)) {
      auto names =
          llvm::map_range(kArchitectures, [](const CudaArchitecture &known) {
            return known.name;
          });
      return llvm::createStringError(
          "--device expected one of " + llvm::join(names, ", ") +
          " behind cuda, got '" + device->arch + "'");
    }
    for (const DeviceTarget &other : devices)
      if (other.api == device->api)
        return llvm::createStringError("--device names " + nameOf(device->api) +
                                       " twice");
    devices.push_back(*device);
  }
  return devices;
}
