//===- backend_choice_test.cc - who writes a kernel -----------------------===//
//
// Two backends that offer the same kernel, on the CPU and on a device: the
// cheapest one gets it, another one if that fails, and none but the one that
// was asked for by name.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/DeviceKernels.h"
#include "compiler/driver/Kernels.h"
#include "dialects/gan/IR/GanOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/IR/IRBuilder.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace gan;

namespace {

/// Offers every kernel for what it is told, and writes a function that does
/// nothing.
class SampleBackend final : public Backend {
public:
  SampleBackend(const char *name, double cpu, double device)
      : name(name), cpuCost(cpu), deviceCost(device) {}
  StringRef getName() const override { return name; }

  std::optional<KernelDescription> describe(kernel::DefineOp,
                                            const CpuTarget &) override {
    return offer(cpuCost);
  }
  std::optional<KernelDescription> describeFor(kernel::DefineOp,
                                               const DeviceTarget &) override {
    return offer(deviceCost);
  }
  LogicalResult compile(kernel::DefineOp kernel, StringRef symbol,
                        const CpuTarget &target,
                        llvm::Module &module) override {
    if (target.level == failsOnLevel)
      return kernel.emitError("not today");
    llvm::IRBuilder<> b(module.getContext());
    auto *function = llvm::Function::Create(
        llvm::FunctionType::get(b.getVoidTy(), false),
        llvm::GlobalValue::ExternalLinkage, symbol, module);
    b.SetInsertPoint(
        llvm::BasicBlock::Create(module.getContext(), "entry", function));
    b.CreateRetVoid();
    return success();
  }
  FailureOr<DeviceKernel> compileFor(kernel::DefineOp kernel, StringRef,
                                     const DeviceTarget &,
                                     std::optional<int64_t>) override {
    if (failsOnDevice)
      return kernel.emitError("not there");
    DeviceKernel made;
    made.codes.push_back(name);
    return made;
  }

  unsigned failsOnLevel = 0;
  bool failsOnDevice = false;

private:
  static KernelDescription offer(double cost) {
    KernelDescription description;
    description.cost = cost;
    description.chunks = int64_t(cost);
    return description;
  }

  const char *name;
  double cpuCost, deviceCost;
};

class BackendChoice : public ::testing::Test {
protected:
  BackendChoice() {
    context.loadDialect<GanDialect, kernel::KernelDialect>();
    options.backends = {&first, &second};
    options.targets =
        llvm::cantFail(makeCpuTargets("x86-64-v3,x86-64-v4", Numerics::Exact));
    options.devices = {{DeviceApi::Vulkan, "", Numerics::Exact}};
    options.deviceBlock = 1 << 20;
  }

  void plan() {
    module = parseSourceString<ModuleOp>(R"(
kernel.define @k000_neg_f32(%a: tensor<16xf32>) -> tensor<16xf32> {
  %y = gan.neg %a : tensor<16xf32>
  kernel.return %y : tensor<16xf32>
}
gan.program @infer(%x: tensor<16xf32>) arguments ["input x"] results ["output y"] {
  %y = kernel.call @k000_neg_f32(%x) : (tensor<16xf32>) -> tensor<16xf32>
  gan.yield %y : tensor<16xf32>
})",
                                         &context);
    PassManager passes(&context);
    addPhase(passes, Phase::Plan, options);
    ASSERT_TRUE(succeeded(passes.run(*module)));
  }

  /// Code of all, and what was said.
  bool generate() {
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      said.push_back((diagnostic.getSeverity() == DiagnosticSeverity::Error
                          ? "error: "
                          : "warning: ") +
                     diagnostic.str());
      return success();
    });
    KernelModules kernels(options.targets);
    std::string kernel;
    return succeeded(kernels.generate(*module, options, kernel)) &&
           succeeded(devices.generate(*module, options));
  }

  kernel::CallOp call() {
    auto program = *module->getOps<ProgramOp>().begin();
    return *program.getOps<kernel::CallOp>().begin();
  }
  std::string onDevice() {
    auto define = *module->getOps<kernel::DefineOp>().begin();
    return define->getAttrOfType<DictionaryAttr>(kernel::kDeviceBackendsName)
        .getAs<StringAttr>("vulkan")
        .str();
  }

  MLIRContext context;
  SampleBackend first{"first", 2, 3}, second{"second", 4, 1};
  PipelineOptions options;
  OwningOpRef<ModuleOp> module;
  DeviceKernels devices;
  std::vector<std::string> said;
};

TEST_F(BackendChoice, TakesTheCheapestEverywhere) {
  plan();
  EXPECT_EQ(call().getBackend(), "first");
  EXPECT_EQ(call().getChunks(), 2);
  EXPECT_EQ(onDevice(), "second");
  auto define = *module->getOps<kernel::DefineOp>().begin();
  auto offers =
      define->getAttrOfType<DictionaryAttr>(kernel::kDeviceOffersName);
  EXPECT_EQ(offers.getAs<StringAttr>("vulkan").str(),
            "second 1000000.0 us, first 3000000.0 us; estimated");
  EXPECT_TRUE(generate());
  EXPECT_TRUE(said.empty());
}

TEST_F(BackendChoice, TakesTheOneThatIsAskedFor) {
  options.forced = "second";
  plan();
  EXPECT_EQ(call().getBackend(), "second");
  options.forced = "first";
  plan();
  EXPECT_EQ(onDevice(), "first");
}

TEST_F(BackendChoice, GoesToTheNextOneThatHasCode) {
  plan();
  first.failsOnLevel = 4; // not on the one that is written before
  second.failsOnDevice = true;
  EXPECT_TRUE(generate());
  EXPECT_EQ(said,
            (std::vector<std::string>{
                "warning: kernel 'k000_neg_f32' goes to the second backend: "
                "not today",
                "warning: kernel 'k000_neg_f32' goes to the first backend for "
                "vulkan: not there"}));
  EXPECT_EQ(call().getBackend(), "second");
  EXPECT_EQ(call().getChunks(), 4);
  EXPECT_EQ(onDevice(), "first");
  EXPECT_EQ(devices.getDevices()[0].kernels.begin()->second.codes[0], "first");
}

TEST_F(BackendChoice, FailsWhereNoneHasCode) {
  plan();
  first.failsOnLevel = second.failsOnLevel = 3;
  EXPECT_FALSE(generate());
  EXPECT_EQ(said.back(), "error: not today");
}

TEST_F(BackendChoice, FailsWhereTheOneThatIsAskedForHasNoCode) {
  options.forced = "first";
  plan();
  first.failsOnLevel = 3;
  EXPECT_FALSE(generate());
  EXPECT_EQ(said, std::vector<std::string>{"error: not today"});
}

} // namespace
