//===- gan-run.cpp - run the cases of a file on a backend -----------------===//
//
// gan-run FILE [--backend=reference] [--function=NAME] [--all]
//         [--passes=PIPELINE] [--sizes=1,7,…] [--level=x86-64-v3]
//
// Gradients are expanded, then the passes run, then every case is compared with
// what it expects; see Cases.h for how a function says that. With sizes the
// file is run once for each, which its `${N}` stand for; see Sizes.h.
//
//===----------------------------------------------------------------------===//

#include "dialects/game/IR/GameDialect.h"
#include "dialects/gan/IR/GanDialect.h"
#include "dialects/gan/Transforms/Passes.h"
#include "dialects/kernel/IR/KernelDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/ToolUtilities.h"
#include "mlir/Transforms/Passes.h"
#include "tests/support/gan-run/Cases.h"
#include "tests/support/gan-run/Sizes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace gan::testing;
namespace cl = llvm::cl;

static cl::opt<std::string> inputFile(cl::Positional, cl::init("-"));
static cl::opt<std::string> backend("backend", cl::init("reference"),
                                    cl::desc("what runs the functions"));
static cl::opt<std::string> function("function",
                                     cl::desc("run this function only"));
static cl::opt<std::string> passes("passes", cl::desc("pipeline under test"));
static cl::list<int64_t> sizes("sizes", cl::CommaSeparated,
                               cl::desc("values of N, one after another"));
static cl::opt<bool> printResults("print", cl::desc("print the results"));
static cl::opt<bool> all("all", cl::desc("functions without cases too"));
static cl::opt<bool> verify("verify-diagnostics",
                            cl::desc("compare with 'expected-…' comments"));
static cl::opt<bool> split("split-input-file",
                           cl::desc("several modules, divided by '// -----'"));

static LogicalResult runPasses(ModuleOp module, StringRef pipeline) {
  PassManager manager(module.getContext());
  if (failed(parsePassPipeline(pipeline, manager)))
    return failure();
  return manager.run(module);
}

static LogicalResult runOn(const std::shared_ptr<llvm::SourceMgr> &source,
                           MLIRContext &context, unsigned &count) {
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(*source, ParserConfig(&context));
  if (!module || failed(runPasses(*module, "gan-differentiate")))
    return failure();
  OwningOpRef<ModuleOp> original = module->clone();
  if (!passes.empty() && failed(runPasses(*module, passes)))
    return failure();
  RunnerFactory factory = findRunner(backend);
  if (!factory)
    return module->emitError() << "unknown backend '" << backend << "'";
  auto runner = factory(*module);
  if (failed(runner))
    return failure();
  return runCases({*original, *module, **runner, printResults, all}, function,
                  count);
}

static LogicalResult runBuffer(std::unique_ptr<llvm::MemoryBuffer> buffer,
                               DialectRegistry &registry, unsigned &count) {
  auto source = std::make_shared<llvm::SourceMgr>();
  source->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  if (!verify) {
    SourceMgrDiagnosticHandler handler(*source, &context);
    return runOn(source, context, count);
  }
  SourceMgrDiagnosticVerifierHandler handler(*source, &context);
  (void)runOn(source, context, count);
  return handler.verify();
}

/// The chunk for every size, or as it stands.
static LogicalResult runSizes(std::unique_ptr<llvm::MemoryBuffer> buffer,
                              DialectRegistry &registry, unsigned &count) {
  if (sizes.empty())
    return runBuffer(std::move(buffer), registry, count);
  LogicalResult result = success();
  for (int64_t size : sizes) {
    std::string error;
    auto text = substituteSize(buffer->getBuffer(), size, error);
    if (!text) {
      llvm::errs() << "cannot read the size '" << error << "'\n";
      return failure();
    }
    auto copy = llvm::MemoryBuffer::getMemBufferCopy(
        *text, (inputFile + " with N = " + llvm::Twine(size)).str());
    if (failed(runBuffer(std::move(copy), registry, count)))
      result = failure();
  }
  return result;
}

int main(int argc, char **argv) {
  llvm::InitLLVM initialise(argc, argv);
  registerTransformsPasses();
  gan::registerGanPasses();
  cl::ParseCommandLineOptions(argc, argv, "runs the cases of a file\n");
  DialectRegistry registry;
  registry.insert<gan::GanDialect, gan::game::GameDialect,
                  gan::kernel::KernelDialect, arith::ArithDialect,
                  func::FuncDialect, math::MathDialect>();
  std::string error;
  auto buffer = openInputFile(inputFile, &error);
  if (!buffer) {
    llvm::errs() << error << "\n";
    return 1;
  }
  unsigned count = 0;
  LogicalResult result = splitAndProcessBuffer(
      std::move(buffer),
      [&](std::unique_ptr<llvm::MemoryBuffer> chunk, llvm::raw_ostream &) {
        return runSizes(std::move(chunk), registry, count);
      },
      llvm::outs(), split ? kDefaultSplitMarker : "");
  if (failed(result))
    return 1;
  // A file whose cases nobody finds proves nothing.
  if (count == 0 && !verify) {
    llvm::errs() << "no cases\n";
    return 1;
  }
  llvm::outs() << count << " cases agree\n";
  return 0;
}
