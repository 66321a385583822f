//===- ObjectEmitter.cpp - LLVM modules to object code --------------------===//

#include "compiler/backends/llvm/ObjectEmitter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include <mutex>

using namespace gan;

static void initialise() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

llvm::Expected<CpuTarget> gan::makeCpuTarget(llvm::StringRef level,
                                             Numerics numerics) {
  CpuTarget target{llvm::sys::getDefaultTargetTriple(), level.str(), "", 256,
                   numerics};
  if (level == "x86-64-v3")
    return target;
  if (level == "x86-64-v4") {
    target.vectorBits = 512;
    return target;
  }
  if (level != "native")
    return llvm::createStringError(
        "unknown CPU level '%s', expected x86-64-v3, x86-64-v4 or native",
        level.str().c_str());
  // Feature bits, never the name: virtual machines mask it.
  target.cpu = "x86-64";
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  if (features.lookup("avx512f") && features.lookup("avx512vl") &&
      features.lookup("avx512dq") && features.lookup("avx512bw"))
    return makeCpuTarget("x86-64-v4", numerics);
  if (features.lookup("avx2") && features.lookup("fma"))
    return makeCpuTarget("x86-64-v3", numerics);
  target.vectorBits = 128;
  return target;
}

std::string gan::symbolSuffix(const CpuTarget &target) {
  llvm::StringRef cpu = target.cpu;
  return ("_" + (cpu.consume_front("x86-64-") ? cpu : "base")).str();
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
makeTargetMachine(const CpuTarget &target) {
  initialise();
  std::string problem;
  llvm::Triple triple(target.triple);
  const llvm::Target *found =
      llvm::TargetRegistry::lookupTarget(triple, problem);
  if (!found)
    return llvm::createStringError(problem);
  llvm::TargetOptions options;
  // A product and a sum stay two roundings unless written as one.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
      triple, target.cpu, target.features, options, llvm::Reloc::PIC_,
      std::nullopt, llvm::CodeGenOptLevel::Default));
  if (!machine)
    return llvm::createStringError("no code generator for " + target.triple);
  return machine;
}

/// The vectors are written already: neither the loop vectoriser nor the one for
/// straight-line code is asked.
static void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopUnrolling = true;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager cycles;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(cycles);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, cycles, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, modules);
}

llvm::Expected<llvm::SmallVector<char, 0>>
gan::emitObject(llvm::Module &module, const CpuTarget &target) {
  auto machine = makeTargetMachine(target);
  if (!machine)
    return machine.takeError();
  module.setTargetTriple(llvm::Triple(target.triple));
  module.setDataLayout((*machine)->createDataLayout());
  optimise(module, **machine);
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr,
                                      llvm::CodeGenFileType::ObjectFile))
    return llvm::createStringError("no object files for " + target.triple);
  passes.run(module);
  return object;
}

llvm::Expected<std::vector<llvm::SmallVector<char, 0>>>
gan::emitObjects(llvm::ArrayRef<llvm::Module *> modules,
                 const CpuTarget &target, unsigned threads) {
  std::vector<llvm::SmallVector<char, 0>> objects(modules.size());
  llvm::Error failure = llvm::Error::success();
  std::mutex mutex;
  auto one = [&](size_t i) {
    auto object = emitObject(*modules[i], target);
    std::lock_guard<std::mutex> lock(mutex);
    if (object)
      objects[i] = std::move(*object);
    else
      failure = llvm::joinErrors(std::move(failure), object.takeError());
  };
  if (threads <= 1 || modules.size() <= 1) {
    for (size_t i = 0; i < modules.size(); ++i)
      one(i);
  } else {
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(threads));
    for (size_t i = 0; i < modules.size(); ++i)
      pool.async(one, i);
    pool.wait();
  }
  if (failure)
    return std::move(failure);
  return std::move(objects);
}
