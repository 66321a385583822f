//===- DeviceCode.cpp - LLVM modules to PTX and SPIR-V --------------------===//
//
// Vulkan has no plain addresses: what is read must be seen as element i of a
// buffer all the way. So passes that make pointers of indices stay away, which
// are most: loop strength reduction and with it LLVM's levels of optimisation
// in code generation, combining of instructions, memory functions. Switches
// have no code there either, so branches stay as they are. Drivers
// optimise by themselves; what is left here removes what was emitted twice.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/DeviceCode.h"
#include "compiler/backends/Devices.h"
#include "compiler/backends/llvm/VulkanCode.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/CodeGen/CodeGenTargetMachineImpl.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Scalar/ADCE.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/InstSimplifyPass.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include <mutex>

using namespace gan;
using namespace gan::codegen;

static void initialise() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    LLVMInitializeSPIRVTargetInfo();
    LLVMInitializeSPIRVTarget();
    LLVMInitializeSPIRVTargetMC();
    LLVMInitializeSPIRVAsmPrinter();
  });
}

static std::unique_ptr<llvm::TargetMachine>
makeTargetMachine(const DeviceTarget &target) {
  initialise();
  bool isVulkan = target.api == DeviceApi::Vulkan;
  llvm::Triple triple(isVulkan ? "spirv1.5-unknown-vulkan1.2-compute"
                               : "nvptx64-nvidia-cuda");
  std::string problem;
  const llvm::Target *found =
      llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!found)
    llvm::reportFatalInternalError(llvm::StringRef(problem));
  llvm::TargetOptions options;
  // A product and a sum stay two roundings unless written as one.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
      triple, isVulkan ? "" : target.arch,
      isVulkan ? "" : findCudaArchitecture(target.arch)->ptx, options,
      std::nullopt, std::nullopt,
      isVulkan ? llvm::CodeGenOptLevel::None
               : llvm::CodeGenOptLevel::Aggressive));
  return machine;
}

static llvm::FunctionPassManager vulkanPasses() {
  llvm::FunctionPassManager passes;
  auto simplify = [&] {
    passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    passes.addPass(llvm::InstSimplifyPass());
  };
  simplify();
  llvm::LoopPassManager loops;
  loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops),
                                                       /*UseMemorySSA=*/true));
  simplify();
  passes.addPass(llvm::ADCEPass());
  return passes;
}

static void optimise(llvm::Module &module, llvm::TargetMachine &machine,
                     bool isVulkan) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager cycles;
  llvm::ModuleAnalysisManager modules;
  // Devices have no library whose functions a loop could become.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(cycles);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, cycles, modules);
  llvm::ModulePassManager passes;
  if (isVulkan)
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(vulkanPasses()));
  else
    passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2);
  passes.run(module, modules);
}

/// Functions that the code calls, but LLVM's intrinsics, would have to come
/// from somewhere.
static llvm::Error checkCalls(const llvm::Module &module) {
  for (const llvm::Function &function : module)
    if (function.isDeclaration() && !function.isIntrinsic())
      return llvm::createStringError("a call of '" + function.getName() +
                                     "', which no device has");
  return llvm::Error::success();
}

/// Everything that LLVM's own list of passes has but the one that frees
/// functions: LLVM 22 numbers the blocks of a module by the address of their
/// function, in a table that it keeps, so that no address may come again. That
/// table also is why one module goes at a time.
static void emitVulkan(llvm::Module &module, llvm::TargetMachine &machine,
                       llvm::raw_pwrite_stream &out) {
  static std::mutex mutex;
  static auto &kept =
      *new std::vector<std::unique_ptr<llvm::legacy::PassManager>>;
  std::lock_guard<std::mutex> lock(mutex);
  auto &passes =
      *kept.emplace_back(std::make_unique<llvm::legacy::PassManager>());
  auto &target = static_cast<llvm::CodeGenTargetMachineImpl &>(machine);
  auto *functions = new llvm::MachineModuleInfoWrapperPass(&target);
  llvm::TargetPassConfig *config = target.createPassConfig(passes);
  passes.add(config);
  passes.add(functions);
  if (config->addISelPasses())
    llvm::reportFatalInternalError("no code generation for this device");
  config->addMachinePasses();
  config->setInitialized();
  if (target.addAsmPrinter(passes, out, nullptr,
                           llvm::CodeGenFileType::ObjectFile,
                           functions->getMMI().getContext()))
    llvm::reportFatalInternalError("no code generation for this device");
  passes.run(module);
}

static void emitPtx(llvm::Module &module, llvm::TargetMachine &machine,
                    llvm::raw_pwrite_stream &out) {
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr,
                                  llvm::CodeGenFileType::AssemblyFile))
    llvm::reportFatalInternalError("no code generation for this device");
  passes.run(module);
}

llvm::Expected<std::string>
gan::codegen::emitDeviceCode(llvm::Module &module, const DeviceTarget &target) {
  std::unique_ptr<llvm::TargetMachine> machine = makeTargetMachine(target);
  bool isVulkan = target.api == DeviceApi::Vulkan;
  module.setTargetTriple(machine->getTargetTriple());
  module.setDataLayout(machine->createDataLayout());
  optimise(module, *machine, isVulkan);
  if (isVulkan)
    lowerForVulkan(module);
  if (llvm::Error error = checkCalls(module))
    return std::move(error);
  llvm::SmallString<0> code;
  llvm::raw_svector_ostream stream(code);
  if (target.asBitcode) {
    llvm::WriteBitcodeToFile(module, stream);
    return code.str().str();
  }
  (isVulkan ? emitVulkan : emitPtx)(module, *machine, stream);
  if (isVulkan)
    return finishVulkanCode(code);
  // Code generation may have put calls in the place of operations.
  if (code.str().contains(".extern"))
    return llvm::createStringError("something that the code does not hold");
  return code.str().str();
}
