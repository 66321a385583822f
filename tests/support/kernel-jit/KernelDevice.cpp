//===- KernelDevice.cpp - kernels of a backend, run on a device -----------===//
//
// Every call lays its places side by side into one block, at multiples of the
// alignment that places have and with guard bytes between them.
//
//===----------------------------------------------------------------------===//

#include "tests/support/kernel-jit/KernelDevice.h"
#include "compiler/backends/Devices.h"
#include "ganrt/status.h"
#include "tests/support/kernel-jit/WarpDriver.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace gan;
using namespace gan::testing;
using llvm::ArrayRef;
using llvm::SmallVector;

std::optional<DeviceTarget> gan::testing::findDeviceTarget(llvm::StringRef name,
                                                           Numerics numerics) {
  auto [api, arch] = name.split(':');
  if (api == "opencl")
    return DeviceTarget{DeviceApi::OpenCL, "", numerics};
  if (api == "vulkan")
    return DeviceTarget{DeviceApi::Vulkan, "", numerics};
  if (arch.empty())
    arch = "sm_80";
  if ((api == "cuda" || api == "emulated") && findCudaArchitecture(arch))
    return DeviceTarget{DeviceApi::Cuda, arch.str(), numerics,
                        /*asBitcode=*/api == "emulated"};
  return std::nullopt;
}

static llvm::Error toError(ganrt_status_t status) {
  if (!status)
    return llvm::Error::success();
  llvm::Error error =
      llvm::createStringError(std::string(ganrt_status_message(status)));
  ganrt_status_free(status);
  return error;
}

//===----------------------------------------------------------------------===//
// OpenDevice
//===----------------------------------------------------------------------===//

static const ganrt_driver *findDriver(const DeviceTarget &target) {
  switch (target.api) {
  case DeviceApi::OpenCL:
    return &ganrt_opencl;
  case DeviceApi::Vulkan:
    return &ganrt_vulkan;
  case DeviceApi::Cuda:
    return target.asBitcode ? &warpDriver : nullptr;
  }
  llvm_unreachable("all APIs have drivers");
}

llvm::Expected<std::unique_ptr<OpenDevice>>
OpenDevice::create(const DeviceTarget &target) {
  std::unique_ptr<OpenDevice> result(new OpenDevice);
  result->driver = findDriver(target);
  if (!result->driver)
    return nullptr;
  if (llvm::Error error = toError(result->driver->open(0, &result->device)))
    return std::move(error);
  return result;
}

OpenDevice::~OpenDevice() {
  if (device)
    driver->close(device);
}

llvm::Expected<uint32_t> OpenDevice::getBlock(uint64_t bytes) {
  if (bytes > blockBytes) {
    // The old one stays until the device is closed.
    uint64_t wanted = llvm::PowerOf2Ceil(std::max<uint64_t>(bytes, 1 << 24));
    if (llvm::Error error = toError(driver->allocate(device, wanted, &block)))
      return std::move(error);
    blockBytes = wanted;
  }
  return block;
}

//===----------------------------------------------------------------------===//
// KernelDevice
//===----------------------------------------------------------------------===//

llvm::FailureOr<KernelDevice>
KernelDevice::create(kernel::DefineOp kernel, const DeviceTarget &target,
                     Backend &backend, std::optional<int64_t> rowElements,
                     OpenDevice *device) {
  auto description = backend.describeFor(kernel, target);
  if (!description)
    return kernel.emitError("not supported");
  llvm::FailureOr<DeviceKernel> made =
      backend.compileFor(kernel, "kernel", target, rowElements);
  if (failed(made))
    return llvm::failure();
  KernelDevice result;
  result.kernel = std::move(*made);
  result.description = *description;
  result.device = device;
  if (target.api == DeviceApi::Cuda && !target.asBitcode && hasPtxAssembler())
    for (const std::string &text : result.kernel.codes) {
      auto resources = assemblePtx(text, target.arch);
      if (!resources)
        return kernel.emitError(llvm::toString(resources.takeError()));
      for (const PtxResources &own : *resources)
        if (own.spillBytes)
          return kernel.emitError() << "'" << own.entry << "' spills "
                                    << own.spillBytes << " bytes of registers";
      llvm::append_range(result.resources, *resources);
    }
  if (!device)
    return result;
  for (auto [number, text] : llvm::enumerate(result.kernel.codes)) {
    std::vector<const char *> entries;
    for (const DeviceLaunch &launch : result.kernel.launches)
      if (launch.code == number)
        entries.push_back(launch.entry.c_str());
    ganrt_device_blob blob{reinterpret_cast<const uint8_t *>(text.data()),
                           text.size()};
    if (llvm::Error error = toError(
            device->driver->load(device->device, &blob, entries.data(),
                                 entries.size(), &result.codes.emplace_back())))
      return kernel.emitError(llvm::toString(std::move(error)));
  }
  return result;
}

bool KernelDevice::launch(ArrayRef<Memory *> places, size_t resultCount) const {
  llvm::ExitOnError orDie("device: ");
  // Regions of distinct memories, then of scratch.
  SmallVector<Memory *> memories;
  SmallVector<ganrt_region> regions, scratch;
  uint64_t end = GANRT_DEVICE_ALIGNMENT;
  auto place = [&](uint64_t bytes) {
    ganrt_region region{0, end, bytes};
    end = llvm::alignTo(end + bytes + 1, GANRT_DEVICE_ALIGNMENT);
    return region;
  };
  SmallVector<size_t> regionOf;
  for (Memory *memory : places) {
    auto *found = llvm::find(memories, memory);
    regionOf.push_back(found - memories.begin());
    if (found != memories.end())
      continue;
    memories.push_back(memory);
    regions.push_back(place(memory->size()));
  }
  for (uint64_t bytes : kernel.scratchBytes)
    scratch.push_back(place(bytes));
  uint32_t block = orDie(device->getBlock(end));
  for (ganrt_region &region : llvm::concat<ganrt_region>(regions, scratch))
    region.block = block;

  const ganrt_driver &driver = *device->driver;
  std::vector<char> image(end, Memory::guard);
  for (auto [memory, region] : llvm::zip_equal(memories, regions))
    std::copy_n(memory->base, region.bytes, &image[region.offset]);
  ganrt_region whole{block, 0, end};
  orDie(toError(driver.write(device->device, whole, image.data())));
  for (const DeviceLaunch &launch : kernel.launches) {
    ganrt_launch_row row{};
    row.entry = launch.entry.c_str();
    std::copy_n(launch.grid.begin(), 3, row.grid);
    std::copy_n(launch.group.begin(), 3, row.group);
    row.shared_bytes = launch.sharedBytes;
    row.argument_count = launch.arguments.size();
    row.arguments = launch.arguments.data();
    std::vector<ganrt_region> arguments;
    for (uint32_t argument : launch.arguments)
      arguments.push_back(argument < GANRT_SCRATCH
                              ? regions[regionOf[argument]]
                              : scratch[argument - GANRT_SCRATCH]);
    orDie(toError(driver.launch(device->device, codes[launch.code], &row,
                                arguments.data())));
  }
  std::vector<char> after(end);
  orDie(toError(driver.read(device->device, whole, after.data())));
  // Only results and scratch may have changed.
  auto forget = [&](ganrt_region region) {
    std::copy_n(&after[region.offset], region.bytes, &image[region.offset]);
  };
  for (size_t i = 0; i < resultCount; ++i)
    forget(regions[regionOf[i]]);
  for (ganrt_region region : scratch)
    forget(region);
  for (auto [memory, region] : llvm::zip_equal(memories, regions))
    std::copy_n(&after[region.offset], region.bytes, memory->base);
  if (after == image)
    return true;
  llvm::outs() << "  wrote outside a result\n";
  return false;
}

llvm::FailureOr<reference::Results>
KernelDevice::call(kernel::DefineOp kernel,
                   reference::Operands operands) const {
  std::vector<std::unique_ptr<Memory>> memories;
  SmallVector<Memory *> places;
  auto make = [&](mlir::Type type, ArrayRef<int64_t> layout) -> Memory & {
    memories.push_back(std::make_unique<Memory>(
        llvm::cast<mlir::RankedTensorType>(type), layout));
    places.push_back(memories.back().get());
    return *memories.back();
  };
  size_t count = kernel.getResultTypes().size();
  for (size_t i = 0; i < count; ++i)
    make(kernel.getResultTypes()[i], kernel.getResultLayout(i));
  for (size_t i = 0; i < operands.size(); ++i)
    make(kernel.getArgumentTypes()[i], kernel.getArgumentLayout(i))
        .fill(*operands[i]);
  if (!launch(places, count))
    return kernel.emitError("wrote outside a result");
  reference::Results results;
  for (size_t i = 0; i < count; ++i)
    results.push_back(memories[i]->toTensor());
  return results;
}
