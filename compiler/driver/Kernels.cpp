//===- Kernels.cpp - code of a planned module's kernels -------------------===//

#include "compiler/driver/Kernels.h"
#include "compiler/driver/Fallback.h"
#include "compiler/driver/OutputFile.h"
#include "dialects/kernel/IR/KernelOps.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace gan;

static constexpr unsigned kModules = 2; // for each level

KernelModules::KernelModules(const CpuTargets &targets) {
  for (const CpuTarget &target : targets)
    for (unsigned i = 0; i < kModules; ++i) {
      contexts.push_back(std::make_unique<llvm::LLVMContext>());
      modules.push_back(std::make_unique<llvm::Module>(
          "kernels" + std::to_string(i) + symbolSuffix(target),
          *contexts.back()));
      jobs.push_back({modules.back().get(), &target});
    }
}

bool KernelModules::forEach(ModuleOp module, Visitor visit) {
  unsigned number = 0;
  for (auto define : module.getOps<kernel::DefineOp>()) {
    llvm::SmallVector<ObjectJob> own;
    for (unsigned job = number++ % kModules; job < jobs.size(); job += kModules)
      own.push_back(jobs[job]);
    if (!visit(define, own))
      return false;
  }
  return true;
}

static std::string symbolOf(Operation *define, ObjectJob job) {
  return (cast<kernel::DefineOp>(define).getSymName() +
          symbolSuffix(*job.target))
      .str();
}

/// The backend that the calls of each kernel name.
static FailureOr<llvm::StringMap<Backend *>>
chosenBackends(ModuleOp module, ArrayRef<Backend *> backends) {
  llvm::StringMap<Backend *> chosen;
  auto choose = [&](auto call) {
    StringRef name = call.getBackend().value_or("");
    auto found = llvm::find_if(
        backends, [&](Backend *backend) { return backend->getName() == name; });
    if (found == backends.end()) {
      if (name.empty())
        call.emitError("the plan names no backend for this call");
      else
        call.emitError("the plan wants the backend '")
            << name << "', which this ganc does not have";
      return WalkResult::interrupt();
    }
    chosen[call.getCallee()] = *found;
    return WalkResult::advance();
  };
  WalkResult walked = module.walk([&](Operation *op) {
    if (auto call = dyn_cast<kernel::CallOp>(op))
      return choose(call);
    if (auto batch = dyn_cast<kernel::BatchOp>(op))
      return choose(batch);
    return WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return failure();
  return chosen;
}

/// On all levels, or none.
static LogicalResult compileFor(ArrayRef<ObjectJob> jobs,
                                kernel::DefineOp define, Backend &backend) {
  for (auto [index, job] : llvm::enumerate(jobs)) {
    if (succeeded(backend.compile(define, symbolOf(define, job), *job.target,
                                  *job.module)))
      continue;
    for (ObjectJob done : jobs.take_front(index))
      done.module->getFunction(symbolOf(define, done))->eraseFromParent();
    return failure();
  }
  return success();
}

LogicalResult KernelModules::generate(ModuleOp module,
                                      const PipelineOptions &options,
                                      std::string &failed) {
  auto chosen = chosenBackends(module, options.backends);
  if (mlir::failed(chosen))
    return failure();
  llvm::StringMap<kernel::KernelOffer> changed;
  bool isDone = forEach(module, [&](Operation *op, ArrayRef<ObjectJob> own) {
    auto define = cast<kernel::DefineOp>(op);
    // What nothing calls may be written by any of them.
    Backend *backend = chosen->lookup(define.getSymName());
    if (!backend)
      backend = options.backends.front();
    auto taken = compileByAny(
        define, *backend, /*device=*/"", options,
        [&](Backend &one) { return compileFor(own, define, one); });
    if (mlir::failed(taken)) {
      failed = define.getSymName().str();
      return false;
    }
    if (*taken)
      changed[define.getSymName()] = **taken;
    return true;
  });
  module.walk([&](Operation *op) {
    auto callee = op->getAttrOfType<FlatSymbolRefAttr>("callee");
    if (auto found = changed.find(callee ? callee.getValue() : StringRef());
        found != changed.end())
      kernel::takeOffer(op, found->second);
  });
  return success(isDone);
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static std::string fileOf(StringRef folder, StringRef symbol) {
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, symbol + ".ll");
  return std::string(path);
}

llvm::Error KernelModules::read(ModuleOp module, StringRef folder) {
  llvm::Error error = llvm::Error::success();
  forEach(module, [&](Operation *define, ArrayRef<ObjectJob> own) {
    for (ObjectJob job : own) {
      std::string symbol = symbolOf(define, job);
      llvm::SMDiagnostic problem;
      std::string path = fileOf(folder, symbol);
      auto kernel = llvm::parseIRFile(path, problem, job.module->getContext());
      if (kernel && kernel->getFunction(symbol) &&
          !llvm::Linker::linkModules(*job.module, std::move(kernel)))
        continue;
      std::string why = problem.getMessage().empty()
                            ? "expected the function '" + symbol + "'"
                            : problem.getMessage().str();
      llvm::consumeError(std::move(error));
      error = llvm::createStringError("'" + path + "': " + why);
      return false;
    }
    return true;
  });
  return error;
}

/// `function` with the tables that it reads, alone.
static std::unique_ptr<llvm::Module> extract(const llvm::Function &function) {
  llvm::ValueToValueMapTy map;
  auto alone = llvm::CloneModule(
      *function.getParent(), map, [&](const llvm::GlobalValue *value) {
        return value == &function || value->hasLocalLinkage();
      });
  alone->setModuleIdentifier(function.getName());
  auto dropUnused = [](auto &&globals) {
    for (auto &global : llvm::make_early_inc_range(globals))
      if (global.use_empty() &&
          (global.isDeclaration() || global.hasLocalLinkage()))
        global.eraseFromParent();
  };
  dropUnused(alone->functions());
  dropUnused(alone->globals());
  return alone;
}

llvm::Error KernelModules::write(StringRef folder) const {
  for (auto &module : modules)
    for (const llvm::Function &function : *module) {
      if (function.isDeclaration())
        continue;
      if (llvm::Error error = writeFile(
              fileOf(folder, function.getName()), [&](llvm::raw_ostream &out) {
                extract(function)->print(out, /*AAW=*/nullptr);
              }))
        return error;
    }
  return llvm::Error::success();
}

llvm::Expected<std::vector<llvm::SmallVector<char, 0>>> KernelModules::emit() {
  return emitObjects(jobs, kModules);
}

llvm::Expected<std::string> KernelModules::text(bool isAssembly) {
  llvm::LLVMContext context;
  llvm::Module whole("kernels", context);
  for (ObjectJob job : jobs) {
    if (llvm::Error error = optimizeModule(*job.module, *job.target))
      return std::move(error);
    // From its own context into the common one.
    llvm::SmallString<0> bitcode;
    llvm::raw_svector_ostream stream(bitcode);
    llvm::WriteBitcodeToFile(*job.module, stream);
    auto part = llvm::parseBitcodeFile(
        llvm::MemoryBufferRef(bitcode.str(), job.module->getName()), context);
    if (!part)
      return part.takeError();
    if (llvm::Linker::linkModules(whole, std::move(*part)))
      return llvm::createStringError("the kernels cannot be linked");
  }
  if (isAssembly)
    return emitAssembly(whole);
  std::string text;
  llvm::raw_string_ostream stream(text);
  whole.print(stream, /*AAW=*/nullptr);
  return text;
}
