//===- ObjectEmitter.cpp - LLVM modules to object code --------------------===//

#include "compiler/backends/llvm/ObjectEmitter.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include <mutex>
#include <set>

using namespace gan;

static void initialise() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

static CpuTarget makeTarget(unsigned level, Numerics numerics) {
  CpuTarget target{
      llvm::sys::getDefaultTargetTriple(),          "x86-64", "", level,
      level >= 4 ? 512u : level == 3 ? 256u : 128u, numerics};
  if (level > 1)
    target.cpu += "-v" + std::to_string(level);
  return target;
}

CpuTarget gan::baselineTarget() { return makeTarget(1, Numerics::Exact); }

/// Feature bits, never the name: virtual machines mask it.
static unsigned levelOfHost() {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  auto hasAll = [&](std::initializer_list<llvm::StringRef> names) {
    return llvm::all_of(
        names, [&](llvm::StringRef name) { return features.lookup(name); });
  };
  if (!hasAll({"avx2", "fma", "bmi", "bmi2", "f16c", "lzcnt", "movbe"}))
    return 1;
  return hasAll({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})
             ? 4
             : 3;
}

llvm::Expected<CpuTargets> gan::makeCpuTargets(llvm::StringRef levels,
                                               Numerics numerics) {
  std::set<unsigned> wanted;
  llvm::SmallVector<llvm::StringRef> names;
  levels.split(names, ',');
  for (llvm::StringRef name : names) {
    if (name == "x86-64-v3")
      wanted.insert(3);
    else if (name == "x86-64-v4")
      wanted.insert(4);
    else if (name == "native" || name == "all")
      wanted.insert(levelOfHost());
    else
      return llvm::createStringError(
          "unknown CPU level '%s', expected x86-64-v3, x86-64-v4 or native",
          name.str().c_str());
    if (name == "all" && levelOfHost() > 3)
      wanted.insert(3);
  }
  CpuTargets targets;
  for (unsigned level : wanted)
    targets.push_back(makeTarget(level, numerics));
  return targets;
}

std::string gan::symbolSuffix(const CpuTarget &target) {
  return "_v" + std::to_string(target.level);
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

/// Puts the users of every value in one order, which a text does not keep: a
/// module gives the same code whether it was just made or read from a dump.
static void orderUses(llvm::Module &module) {
  llvm::DenseMap<const llvm::User *, size_t> places;
  for (const llvm::Function &function : module)
    for (const llvm::Instruction &instruction : llvm::instructions(function))
      places.try_emplace(&instruction, places.size() + 1);
  auto isBefore = [&](const llvm::Use &a, const llvm::Use &b) {
    return std::pair(places.lookup(a.getUser()), a.getOperandNo()) >
           std::pair(places.lookup(b.getUser()), b.getOperandNo());
  };
  for (llvm::GlobalVariable &variable : module.globals())
    variable.sortUseList(isBefore);
  for (llvm::Function &function : module) {
    function.sortUseList(isBefore);
    for (llvm::Argument &argument : function.args())
      argument.sortUseList(isBefore);
    for (llvm::BasicBlock &block : function) {
      block.sortUseList(isBefore);
      for (llvm::Instruction &instruction : block)
        instruction.sortUseList(isBefore);
    }
  }
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

static void optimise(llvm::Module &module, const CpuTarget &target,
                     llvm::TargetMachine &machine) {
  module.setTargetTriple(llvm::Triple(target.triple));
  module.setDataLayout(machine.createDataLayout());
  orderUses(module);
  optimise(module, machine);
}

static llvm::Error emit(llvm::Module &module, llvm::TargetMachine &machine,
                        llvm::raw_pwrite_stream &out,
                        llvm::CodeGenFileType type) {
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr, type))
    return llvm::createStringError("no such files for " +
                                   module.getTargetTriple().str());
  passes.run(module);
  return llvm::Error::success();
}

llvm::Expected<llvm::SmallVector<char, 0>>
gan::emitObject(llvm::Module &module, const CpuTarget &target) {
  auto machine = makeTargetMachine(target);
  if (!machine)
    return machine.takeError();
  optimise(module, target, **machine);
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  if (llvm::Error error =
          emit(module, **machine, stream, llvm::CodeGenFileType::ObjectFile))
    return std::move(error);
  return object;
}

llvm::Error gan::optimizeModule(llvm::Module &module, const CpuTarget &target) {
  auto machine = makeTargetMachine(target);
  if (!machine)
    return machine.takeError();
  optimise(module, target, **machine);
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr("target-cpu", target.cpu);
  return llvm::Error::success();
}

llvm::Expected<std::string> gan::emitAssembly(llvm::Module &module) {
  auto machine = makeTargetMachine(baselineTarget());
  if (!machine)
    return machine.takeError();
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  if (llvm::Error error =
          emit(module, **machine, stream, llvm::CodeGenFileType::AssemblyFile))
    return std::move(error);
  return text.str().str();
}

llvm::Expected<std::vector<llvm::SmallVector<char, 0>>>
gan::emitObjects(llvm::ArrayRef<ObjectJob> jobs, unsigned threads) {
  std::vector<llvm::SmallVector<char, 0>> objects(jobs.size());
  llvm::Error failure = llvm::Error::success();
  std::mutex mutex;
  auto one = [&](size_t i) {
    auto object = emitObject(*jobs[i].module, *jobs[i].target);
    std::lock_guard<std::mutex> lock(mutex);
    if (object)
      objects[i] = std::move(*object);
    else
      failure = llvm::joinErrors(std::move(failure), object.takeError());
  };
  if (threads <= 1 || jobs.size() <= 1) {
    for (size_t i = 0; i < jobs.size(); ++i)
      one(i);
  } else {
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(threads));
    for (size_t i = 0; i < jobs.size(); ++i)
      pool.async(one, i);
    pool.wait();
  }
  if (failure)
    return std::move(failure);
  return std::move(objects);
}
