//===- LLVMBackend.cpp - kernels as LLVM IR -------------------------------===//

#include "compiler/backends/llvm/DeviceEmitter.h"
#include "compiler/backends/llvm/KernelEmitter.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "llvm/IR/Verifier.h"

using namespace gan;

namespace {
class LLVMBackend final : public Backend {
public:
  llvm::StringRef getName() const override { return "llvm"; }

  std::optional<KernelDescription> describe(kernel::DefineOp kernel,
                                            const CpuTarget &target) override {
    // Nothing is kept between the filters of a chain here.
    if (kernel::isChain(kernel))
      return std::nullopt;
    return codegen::describeKernel(kernel, target);
  }

  llvm::LogicalResult compile(kernel::DefineOp kernel, llvm::StringRef symbol,
                              const CpuTarget &target,
                              llvm::Module &module) override {
    codegen::emitKernel(kernel, symbol, target, module);
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    llvm::Function *function = module.getFunction(symbol);
    if (!llvm::verifyFunction(*function, &stream))
      return llvm::success();
    function->eraseFromParent();
    return kernel.emitError("the llvm backend made invalid code: ") << problem;
  }

  std::optional<KernelDescription>
  describeFor(kernel::DefineOp kernel, const DeviceTarget &target) override {
    if (kernel::isChain(kernel))
      return std::nullopt;
    return codegen::describeForDevice(kernel, target);
  }

  mlir::FailureOr<DeviceKernel>
  compileFor(kernel::DefineOp kernel, llvm::StringRef symbol,
             const DeviceTarget &target,
             std::optional<int64_t> rowElements) override {
    return codegen::emitForDevice(kernel, symbol, target, rowElements);
  }
};
} // namespace

std::unique_ptr<Backend> gan::createLLVMBackend() {
  return std::make_unique<LLVMBackend>();
}
