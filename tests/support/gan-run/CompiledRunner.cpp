//===- CompiledRunner.cpp - functions by the kernels of a backend ---------===//
//
//  1. A copy of every function becomes a program of fused kernels.
//  2. The interpreter runs the program; a call of a kernel runs compiled code:
//     of the backend that is tested, or of another where it does not do the
//     kernel, as ganc --backend chooses; with --device on that device. What no
//     backend does there fails.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/BackendRegistry.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/conversions/GanToKernel/Passes.h"
#include "dialects/gan/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "tests/support/gan-run/Runner.h"
#include "tests/support/kernel-jit/KernelDevice.h"
#include "llvm/Support/CommandLine.h"

using namespace mlir;
using namespace gan;
using namespace gan::testing;

static llvm::cl::opt<std::string>
    level("level", llvm::cl::init("native"),
          llvm::cl::desc("the CPUs that code is made for"));

static llvm::cl::opt<std::string>
    deviceName("device",
               llvm::cl::desc("opencl, vulkan, cuda or emulated instead "
                              "of the CPU"));

/// The function as a program of the same name; inputs and outputs are numbered.
static void convert(func::FuncOp function) {
  OpBuilder builder(function);
  SmallVector<Attribute> arguments, results;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    arguments.push_back(builder.getStringAttr("input " + Twine(i)));
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    results.push_back(builder.getStringAttr("output " + Twine(i)));
  auto program = ProgramOp::create(
      builder, function.getLoc(), function.getName(),
      builder.getArrayAttr(arguments), builder.getArrayAttr(results));
  program.getBody().takeBody(function.getBody());
  Operation *terminator = program.getBody().front().getTerminator();
  builder.setInsertionPoint(terminator);
  YieldOp::create(builder, terminator->getLoc(), terminator->getOperands());
  terminator->erase();
  function.erase();
}

namespace {
class CompiledRunner : public Runner {
public:
  static FailureOr<std::unique_ptr<Runner>> create(ModuleOp module,
                                                   StringRef backend);

  // f32, and polynomials for the transcendental functions.
  double tolerance() const override { return 1e-5; }

  FailureOr<Results> run(func::FuncOp function,
                         ArrayRef<Tensor> arguments) override {
    auto program = programs->lookupSymbol<ProgramOp>(function.getName());
    reference::Host host;
    host.parameter = parameterValue;
    host.foreign = [&](Operation *op, reference::Operands operands) {
      return runCall(op, operands);
    };
    return reference::Interpreter(host).runRegion(program.getBody(), arguments);
  }

private:
  FailureOr<Results> runCall(Operation *op, reference::Operands operands) {
    auto call = dyn_cast<kernel::CallOp>(op);
    if (!call)
      return op->emitOpError() << "is not known to this runner";
    auto callee =
        programs->lookupSymbol<kernel::DefineOp>(call.getCalleeAttr());
    if (deviceTarget) {
      FailureOr<const KernelDevice *> code = compileForDevice(callee);
      if (failed(code))
        return failure();
      if (openDevice)
        return (*code)->call(callee, operands);
    }
    auto found = kernels.find(callee);
    if (found == kernels.end()) {
      FailureOr<KernelJit> made = KernelJit::create(
          callee, target, backendOf([&](Backend &backend) {
            return backend.describe(callee, target).has_value();
          }));
      if (failed(made))
        return failure();
      found = kernels.try_emplace(callee, std::move(*made)).first;
    }
    return found->second.call(callee, operands);
  }

  FailureOr<const KernelDevice *> compileForDevice(kernel::DefineOp callee) {
    auto found = deviceKernels.find(callee);
    if (found == deviceKernels.end()) {
      FailureOr<KernelDevice> made = KernelDevice::create(
          callee, *deviceTarget, backendOf([&](Backend &backend) {
            return backend.describeFor(callee, *deviceTarget).has_value();
          }),
          std::nullopt, openDevice.get());
      if (failed(made))
        return failure();
      found = deviceKernels.try_emplace(callee, std::move(*made)).first;
    }
    return &found->second;
  }

  Backend &backendOf(llvm::function_ref<bool(Backend &)> does) {
    auto found =
        llvm::find_if(backends, [&](auto &backend) { return does(*backend); });
    return found == backends.end() ? *backends.front() : **found;
  }

  OwningOpRef<ModuleOp> programs;
  CpuTarget target;
  std::vector<std::unique_ptr<Backend>> backends; // the tested one first
  std::map<Operation *, KernelJit> kernels;
  std::optional<DeviceTarget> deviceTarget;
  std::unique_ptr<OpenDevice> openDevice;
  std::map<Operation *, KernelDevice> deviceKernels;
};
} // namespace

FailureOr<std::unique_ptr<Runner>> CompiledRunner::create(ModuleOp module,
                                                          StringRef backend) {
  auto runner = std::make_unique<CompiledRunner>();
  runner->backends = createBackends();
  auto tested = llvm::find_if(runner->backends, [&](auto &candidate) {
    return candidate->getName() == backend;
  });
  std::swap(*runner->backends.begin(), *tested);
  auto targets = makeCpuTargets(level, Numerics::Exact);
  if (!targets)
    return module.emitError() << llvm::toString(targets.takeError());
  runner->target = targets->back();
  if (!deviceName.empty()) {
    runner->deviceTarget = findDeviceTarget(deviceName, Numerics::Exact);
    if (!runner->deviceTarget)
      return module.emitError() << "unknown device '" << deviceName << "'";
    auto opened = OpenDevice::create(*runner->deviceTarget);
    if (!opened)
      return module.emitError() << llvm::toString(opened.takeError());
    runner->openDevice = std::move(*opened);
  }
  runner->programs = module.clone();
  for (auto function :
       llvm::make_early_inc_range(runner->programs->getOps<func::FuncOp>()))
    convert(function);
  PassManager manager(module.getContext());
  manager.addPass(createExpandCompositesPass());
  manager.addPass(createCSEPass());
  manager.addPass(createConvertGanToKernelPass());
  if (failed(manager.run(*runner->programs)))
    return failure();
  return std::unique_ptr<Runner>(std::move(runner));
}

RunnerFactory gan::testing::compiledRunner(StringRef backend) {
  if (!llvm::is_contained(backendNames(), backend))
    return nullptr;
  return [backend = backend.str()](ModuleOp module) {
    return CompiledRunner::create(module, backend);
  };
}
