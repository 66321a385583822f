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
  bool isArch = arch.consume_front("sm_") && arch.size() >= 2 &&
                llvm::all_of(arch.drop_back(), llvm::isDigit) &&
                llvm::isAlnum(arch.back());
  if (!isArch && text.contains(':'))
    return std::nullopt;
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
    for (const DeviceTarget &other : devices)
      if (other.api == device->api)
        return llvm::createStringError("--device names " + nameOf(device->api) +
                                       " twice");
    devices.push_back(*device);
  }
  return devices;
}
