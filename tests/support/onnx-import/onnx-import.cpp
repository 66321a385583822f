//===- onnx-import.cpp - run the front end of .onnx files alone -----------===//

#include "dialects/gan/IR/WeightStore.h"
#include "frontends/onnx/OnnxModel.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "tests/support/Damage.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace gan;
namespace cl = llvm::cl;

static cl::opt<std::string> input(cl::Positional, cl::desc("MODEL"));
static cl::opt<std::string> weightsPath("weights", cl::init(""),
                                        cl::desc("file that gets the weights"));
static cl::opt<std::string> name("name", cl::init("G"));
static cl::opt<int64_t> batch("batch", cl::init(-1));
static cl::list<std::string> shapes("shape", cl::CommaSeparated,
                                    cl::desc("INPUT:1x3x64x64"));
static cl::list<std::string> limits("limit", cl::desc("NAME=VALUE"));
static cl::opt<bool> ports("ports", cl::desc("print inputs and outputs only"));
static cl::opt<bool> printSupported("print-supported-ops");
static cl::opt<bool> json("json");
static cl::opt<uint64_t>
    damage("damage", cl::desc("import every beginning of the model and so many "
                              "damaged versions"));

// `model.onnx: error: …`, notes without a place indented below.
static LogicalResult print(Diagnostic &diagnostic) {
  static const llvm::StringRef words[] = {"note", "warning", "error", "remark"};
  llvm::raw_ostream &os = llvm::errs();
  if (auto file = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
    os << llvm::sys::path::filename(file.getFilename().getValue()) << ": ";
  os << words[static_cast<int>(diagnostic.getSeverity())] << ": " << diagnostic
     << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    os << "  note: " << note << '\n';
  return success();
}

static SmallVector<int64_t> numbersOf(StringRef text) {
  SmallVector<int64_t> numbers;
  SmallVector<StringRef> parts;
  text.split(parts, 'x', -1, /*KeepEmpty=*/false);
  for (StringRef part : parts)
    part.getAsInteger(10, numbers.emplace_back(-1));
  return numbers;
}

static void printPorts(StringRef title, ArrayRef<OnnxPort> list) {
  for (const OnnxPort &port : list) {
    llvm::outs() << title << " '" << port.name << "' " << port.elementType;
    for (const OnnxDimension &dimension : port.dimensions)
      llvm::outs() << ' '
                   << (dimension.size ? std::to_string(*dimension.size)
                                      : "?" + dimension.name);
    llvm::outs() << '\n';
  }
}

static LogicalResult import(StringRef path, MLIRContext &context,
                            WeightStore &weights) {
  OnnxLimits chosen;
  for (StringRef limit : limits) {
    auto [which, text] = limit.split('=');
    uint64_t value = 0;
    if (text.getAsInteger(10, value) || !chosen.set(which, value)) {
      llvm::errs() << "no limit '" << limit << "'\n";
      return failure();
    }
  }
  auto model = OnnxModel::open(path, &context, weights, chosen);
  if (failed(model))
    return failure();
  if (ports) {
    printPorts("input", (*model)->getInputs());
    printPorts("output", (*model)->getOutputs());
    return success();
  }
  OnnxBindings bindings;
  if (batch >= 0)
    bindings.batch = batch;
  for (StringRef shape : shapes) {
    auto [port, text] = shape.rsplit(':');
    bindings.shapes[port] = numbersOf(text);
  }
  auto types = (*model)->bind(bindings);
  if (failed(types))
    return failure();
  OwningOpRef<ModuleOp> module(ModuleOp::create(UnknownLoc::get(&context)));
  OpBuilder builder(module->getBodyRegion());
  if (failed((*model)->instantiate(builder, name, *types)))
    return failure();
  if (!damage) {
    module->print(llvm::outs());
    llvm::outs() << '\n';
  }
  return success();
}

// A version of the model is refused with a sentence about the file, or it is
// imported without one. What ends this program is left in `path`.
static int runDamaged(MLIRContext &context, WeightStore &weights,
                      StringRef path) {
  auto model = llvm::MemoryBuffer::getFile(input);
  if (!model) {
    llvm::errs() << input << ": " << model.getError().message() << '\n';
    return 1;
  }
  unsigned errors = 0, lost = 0, imported = 0;
  context.getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    auto file = dyn_cast<FileLineColLoc>(diagnostic.getLocation());
    lost += !file || file.getFilename() != path;
    return success();
  });
  auto take = [&](const std::string &bytes, bool mustFail,
                  const std::string &what) {
    std::error_code code;
    llvm::raw_fd_ostream(path, code) << bytes;
    errors = lost = 0;
    bool isImported = succeeded(import(path, context, weights));
    imported += isImported;
    bool isRight = !code && lost == 0 && isImported == (errors == 0) &&
                   !(isImported && mustFail);
    if (!isRight)
      llvm::errs() << what << ": " << (isImported ? "imported" : "refused")
                   << ", " << errors << " errors, " << lost
                   << " not about the file\n";
    return isRight;
  };
  unsigned failures = gan::forEachDamage((*model)->getBuffer(), damage, take);
  llvm::outs() << (*model)->getBufferSize() << " beginnings and " << damage
               << " damaged versions, " << imported << " imported, " << failures
               << " failures\n";
  return failures != 0;
}

int main(int argc, char **argv) {
  registerAsmPrinterCLOptions();
  cl::ParseCommandLineOptions(argc, argv, "imports an ONNX model\n");
  if (printSupported) {
    printSupportedOnnxOperators(llvm::outs(), json);
    return 0;
  }
  llvm::SmallString<128> path(weightsPath);
  if (weightsPath.empty()) {
    llvm::sys::fs::createUniqueDirectory("onnx-import", path);
    llvm::sys::path::append(path, "weights.bin");
  }
  auto weights = WeightStore::create(path);
  if (!weights) {
    llvm::errs() << llvm::toString(weights.takeError()) << '\n';
    return 1;
  }
  MLIRContext context(MLIRContext::Threading::DISABLED);
  int status;
  if (damage) {
    std::string damagedPath = (path + ".onnx").str();
    status = runDamaged(context, **weights, damagedPath);
    llvm::sys::fs::remove(damagedPath);
  } else {
    context.getDiagEngine().registerHandler(print);
    status = succeeded(import(input, context, **weights)) ? 0 : 1;
  }
  if (weightsPath.empty())
    llvm::sys::fs::remove_directories(llvm::sys::path::parent_path(path));
  return status;
}
