//===- HalideBackend.cpp - kernels by Halide ------------------------------===//

#include "compiler/backends/Devices.h"
#include "compiler/backends/halide/HalideEmitter.h"
#include "compiler/backends/halide/KernelCost.h"
#include "compiler/backends/halide/KernelWrapper.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace gan;
using namespace gan::halide;

static std::string libraryPath() {
  llvm::SmallString<256> path(llvm::sys::path::parent_path(
      llvm::sys::fs::getMainExecutable(nullptr, nullptr)));
  llvm::sys::path::append(path, "..", "lib", "ganc", "libganc-halide.so");
  return std::string(path);
}

/// A function of the library beside this program, which is opened once.
template <typename Function>
static Function loadEmitter(const char *name, std::string &problem) {
  static std::string failure;
  static void *library = [] {
    void *opened = dlopen(libraryPath().c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!opened)
      failure = dlerror();
    return opened;
  }();
  problem = failure;
  void *found = library ? dlsym(library, name) : nullptr;
  if (library && !found)
    problem = dlerror();
  return reinterpret_cast<Function>(found);
}

static bool writesNothing(kernel::DefineOp kernel) {
  return llvm::all_of(kernel.getResultTypes(), [](mlir::Type type) {
    auto tensor = llvm::cast<mlir::RankedTensorType>(type);
    return tensor.hasStaticShape() && tensor.getNumElements() == 0;
  });
}

/// Halide 21 rounds the constants of doubles to floats in SPIR-V, and lets PTX
/// read for one result after another was stored, maybe in the same place.
static bool isLeftToLLVM(const KernelPlan &plan, DeviceApi api) {
  return (api == DeviceApi::Vulkan && needsDoubles(plan)) ||
         (api == DeviceApi::Cuda && plan.mayShare && plan.results.size() > 1);
}

namespace {
class HalideBackend final : public Backend {
public:
  llvm::StringRef getName() const override { return "halide"; }

  std::optional<KernelDescription> describe(kernel::DefineOp kernel,
                                            const CpuTarget &target) override {
    std::optional<KernelPlan> plan = planKernel(kernel);
    if (!plan)
      return std::nullopt;
    return describeKernel(kernel, *plan);
  }

  llvm::LogicalResult compile(kernel::DefineOp kernel, llvm::StringRef symbol,
                              const CpuTarget &target,
                              llvm::Module &module) override {
    auto fail = [&](llvm::StringRef problem) {
      return kernel.emitError("the halide backend made no code: ") << problem;
    };
    std::optional<KernelPlan> plan = planKernel(kernel);
    if (!plan)
      return fail("it does not do this kernel");
    std::string problem, bitcode, inner = (symbol + ".halide").str();
    auto emit = loadEmitter<EmitBitcode>(kEmitBitcodeName, problem);
    if (!emit || !emit(*plan, target, inner, bitcode, problem) ||
        !addKernel(*plan, symbol, inner, bitcode, target, module, problem))
      return fail(problem);
    llvm::raw_string_ostream stream(problem);
    llvm::Function *function = module.getFunction(symbol);
    if (!llvm::verifyFunction(*function, &stream))
      return llvm::success();
    function->eraseFromParent();
    return fail(problem);
  }

  std::optional<KernelDescription>
  describeFor(kernel::DefineOp kernel, const DeviceTarget &target) override {
    // Halide writes CUDA's code for capability 80.
    if (target.asBitcode ||
        (target.api == DeviceApi::Cuda &&
         findCudaArchitecture(target.arch)->capability < 80))
      return std::nullopt;
    if (writesNothing(kernel))
      return KernelDescription();
    std::optional<KernelPlan> plan = planForDevice(kernel, std::nullopt);
    if (!plan || isLeftToLLVM(*plan, target.api))
      return std::nullopt;
    return describeKernelFor(kernel, *plan);
  }

  mlir::FailureOr<DeviceKernel>
  compileFor(kernel::DefineOp kernel, llvm::StringRef symbol,
             const DeviceTarget &target,
             std::optional<int64_t> rowElements) override {
    auto fail = [&](llvm::StringRef problem) {
      return kernel.emitError("the halide backend made no code: ") << problem;
    };
    if (writesNothing(kernel))
      return DeviceKernel();
    std::optional<KernelPlan> plan = planForDevice(kernel, rowElements);
    if (!plan)
      return fail("it does not do this kernel");
    std::string problem;
    DeviceKernel made;
    auto emit = loadEmitter<EmitDeviceCode>(kEmitDeviceCodeName, problem);
    if (!emit || !emit(*plan, target, symbol, made, problem))
      return fail(problem);
    return made;
  }
};
} // namespace

std::unique_ptr<Backend> gan::createHalideBackend() {
  return std::make_unique<HalideBackend>();
}
