//===- HalideBackend.cpp - kernels by Halide ------------------------------===//

#include "compiler/backends/halide/HalideEmitter.h"
#include "compiler/backends/halide/KernelCost.h"
#include "compiler/backends/halide/KernelWrapper.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace gan;
using namespace gan::halide;

/// Opens the library beside this program, once.
static EmitBitcode loadEmitter(std::string &problem) {
  static std::string failure;
  static EmitBitcode emitter = [] {
    llvm::SmallString<256> path(llvm::sys::path::parent_path(
        llvm::sys::fs::getMainExecutable(nullptr, nullptr)));
    llvm::sys::path::append(path, "..", "lib", "ganc", "libganc-halide.so");
    if (void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
      if (void *found = dlsym(library, kEmitBitcodeName))
        return reinterpret_cast<EmitBitcode>(found);
    failure = dlerror();
    return EmitBitcode(nullptr);
  }();
  problem = failure;
  return emitter;
}

namespace {
class HalideBackend final : public Backend {
public:
  llvm::StringRef getName() const override { return "halide"; }

  std::optional<KernelDescription> describe(kernel::DefineOp kernel,
                                            const CpuTarget &target) override {
    if (target.numerics == Numerics::Bf16)
      return std::nullopt;
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
    if (!plan || target.numerics == Numerics::Bf16)
      return fail("it does not do this kernel");
    std::string problem, bitcode, inner = (symbol + ".halide").str();
    EmitBitcode emit = loadEmitter(problem);
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
};
} // namespace

std::unique_ptr<Backend> gan::createHalideBackend() {
  return std::make_unique<HalideBackend>();
}
