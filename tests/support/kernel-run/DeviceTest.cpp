//===- DeviceTest.cpp - kernels of a module on a device -------------------===//

#include "tests/support/kernel-run/DeviceTest.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "tests/support/kernel-jit/KernelDevice.h"
#include "tests/support/kernel-run/KernelNumbers.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"

using namespace gan;
using namespace gan::testing;
using llvm::ArrayRef;
using llvm::SmallVector;

static llvm::cl::opt<unsigned>
    expectedSkips("skips", llvm::cl::desc("kernels without code for a device"));

static llvm::cl::opt<bool>
    showsCosts("costs", llvm::cl::desc("say what a kernel computes and moves"));

namespace {
class DeviceTest {
public:
  DeviceTest(const DeviceTarget &target, Backend &backend, OpenDevice *device,
             unsigned seed, bool dumps)
      : target(target), backend(backend), device(device), numbers(seed),
        dumps(dumps) {}
  bool run(kernel::DefineOp kernel);

  unsigned skipped = 0; // kernels that the backend has no code for

private:
  bool runRow(kernel::DefineOp kernel, std::optional<int64_t> rowElements);
  void describe(const KernelDevice &code);
  bool runInPlace(kernel::DefineOp kernel, const KernelDevice &code);

  const DeviceTarget &target;
  Backend &backend;
  OpenDevice *device;
  KernelNumbers numbers;
  bool dumps;
  std::vector<std::unique_ptr<Memory>> memories;
  SmallVector<Memory *> places;
};
} // namespace

/// Where the plan may put a result over an argument, the bits are the same
/// there.
bool DeviceTest::runInPlace(kernel::DefineOp kernel, const KernelDevice &code) {
  size_t count = kernel.getResultTypes().size();
  size_t end = kernel.isBatched() ? *kernel.getColumns()
                                  : kernel.getArgumentTypes().size();
  bool fine = true;
  for (size_t result = 0; result < count; ++result)
    for (size_t argument = 0; argument < end; ++argument) {
      if (!kernel::mayOverwrite(kernel, result, argument))
        continue;
      SmallVector<Memory *> own(places);
      Memory *shared = own[result] = own[count + argument];
      std::vector<char> saved = shared->bytes;
      fine &= code.launch(own, count);
      if (!std::equal(shared->base, shared->base + shared->size(),
                      places[result]->base)) {
        llvm::outs() << "  result " << result << " over argument " << argument
                     << ": other bits\n";
        fine = false;
      }
      shared->bytes = saved;
    }
  return fine;
}

/// Groups and threads of every launch, and what ptxas gave it.
void DeviceTest::describe(const KernelDevice &code) {
  // A dump holds nothing but code.
  if (dumps)
    return;
  for (auto [number, launch] : llvm::enumerate(code.kernel.launches)) {
    llvm::outs() << llvm::format(
        " %ux%ux%u*%u", launch.grid[0], launch.grid[1], launch.grid[2],
        launch.group[0] * launch.group[1] * launch.group[2]);
    if (!code.resources.empty())
      llvm::outs() << llvm::format(" %u registers %u shared",
                                   code.resources[launch.code].registers,
                                   code.resources[launch.code].sharedBytes);
  }
  if (showsCosts) {
    const KernelDescription &costs = code.description;
    bool usesUnits = llvm::any_of(code.kernel.codes, [](llvm::StringRef text) {
      return text.contains("mma.sync");
    });
    llvm::outs() << llvm::format(" flop %.6g bytes %.6g traffic %.6g%s",
                                 costs.flop, costs.bytes, costs.traffic,
                                 usesUnits ? " units" : "");
  }
  llvm::outs() << "\n";
}

bool DeviceTest::runRow(kernel::DefineOp kernel,
                        std::optional<int64_t> rowElements) {
  llvm::FailureOr<KernelDevice> code =
      KernelDevice::create(kernel, target, backend, rowElements, device);
  if (failed(code))
    return false;
  describe(*code);
  if (dumps)
    for (const std::string &text : code->kernel.codes)
      llvm::outs() << text;
  if (!device || dumps)
    return true;
  memories.clear();
  places.clear();
  size_t count = kernel.getResultTypes().size();
  auto make = [&](mlir::Type type, ArrayRef<int64_t> layout) {
    auto tensor = llvm::cast<mlir::RankedTensorType>(type);
    if (!tensor.hasStaticShape())
      tensor = tensor.clone(ArrayRef<int64_t>{*rowElements});
    memories.push_back(std::make_unique<Memory>(tensor, layout));
    places.push_back(memories.back().get());
  };
  for (auto [i, type] : llvm::enumerate(kernel.getResultTypes()))
    make(type, kernel.getResultLayout(i));
  for (auto [i, type] : llvm::enumerate(kernel.getArgumentTypes())) {
    make(type, kernel.getArgumentLayout(i));
    numbers.fill(kernel, i, *places.back());
  }
  bool fine = code->launch(places, count);
  SmallVector<std::vector<char>> first;
  for (Memory *result : ArrayRef(places).take_front(count))
    first.push_back(result->bytes);
  fine &= code->launch(places, count);
  for (auto [bytes, place] : llvm::zip(first, places))
    if (bytes != place->bytes) {
      llvm::outs() << "  the second run gives other bits\n";
      fine = false;
    }
  fine &= runInPlace(kernel, *code);
  // The interpreter takes shapes from types.
  kernel::DefineOp sized =
      rowElements ? kernel::cloneForRows(kernel, *rowElements) : kernel;
  ArrayRef<Memory *> all = places;
  fine &= agreesWithInterpreter(sized, all.drop_front(count),
                                all.take_front(count));
  if (rowElements)
    sized->destroy();
  return fine;
}

bool DeviceTest::run(kernel::DefineOp kernel) {
  if (!backend.describeFor(kernel, target)) {
    ++skipped;
    llvm::errs() << kernel.getSymName() << ": skipped\n";
    return true;
  }
  if (!dumps)
    llvm::outs() << kernel.getSymName() << ":";
  if (!kernel.isBatched())
    return runRow(kernel, std::nullopt);
  bool fine = true;
  for (int64_t length : {1, 17, 1000})
    fine &= runRow(kernel, length);
  return fine;
}

int gan::testing::runOnDevice(mlir::ModuleOp module, Backend &backend,
                              llvm::StringRef name, Numerics numerics,
                              unsigned seed, bool dumps) {
  std::optional<DeviceTarget> target = findDeviceTarget(name, numerics);
  if (!target) {
    llvm::errs() << "kernel-run: expected --device=opencl, vulkan, "
                    "cuda[:sm_80] or emulated[:sm_80], got '"
                 << name << "'\n";
    return 2;
  }
  std::unique_ptr<OpenDevice> device;
  llvm::ExitOnError orDie("kernel-run: ");
  if (!dumps)
    device = orDie(OpenDevice::create(*target));
  DeviceTest test(*target, backend, device.get(), seed, dumps);
  int failures = 0;
  module->walk([&](kernel::DefineOp kernel) {
    bool fine = test.run(kernel);
    if (!dumps)
      llvm::outs() << (fine ? "  same\n" : "  DIFFERENT\n");
    failures += !fine;
  });
  if (test.skipped != expectedSkips) {
    llvm::errs() << "kernel-run: expected " << expectedSkips
                 << " kernels without code, got " << test.skipped << "\n";
    return 1;
  }
  return failures != 0;
}
