//===- Inspect.cpp - what `ganc inspect` says -----------------------------===//

#include "compiler/driver/Inspect.h"
#include "compiler/driver/Interface.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace gan;

static int64_t integerOf(Operation *op, StringRef name) {
  auto attribute = op->getAttrOfType<IntegerAttr>(name);
  return attribute ? attribute.getInt() : 0;
}

//===----------------------------------------------------------------------===//
// For people
//===----------------------------------------------------------------------===//

void gan::inspectText(ModuleOp module, llvm::raw_ostream &out) {
  for (auto program : module.getOps<gan::ProgramOp>())
    for (const InterfaceTensor &tensor : interfaceOf(program)) {
      out << (tensor.isOutput ? "output " : "input ") << tensor.name << ": ";
      for (auto [axis, size] : llvm::enumerate(tensor.type.getShape()))
        out << (axis == 0 && tensor.isBatched ? "N=" : "") << size << "x";
      out << tensor.dtype();
      if (tensor.isMixed)
        out << ", from all images of a run";
      out << "\n";
    }
  kernel::printPlan(module, out);
}

//===----------------------------------------------------------------------===//
// For machines
//===----------------------------------------------------------------------===//

namespace {

class JsonWriter {
public:
  JsonWriter(ModuleOp module, llvm::raw_ostream &out)
      : module(module), symbols(module), json(out, /*IndentSize=*/1) {}

  void run();

private:
  void tensors(gan::ProgramOp program, bool isOutput);
  void call(Operation *op, kernel::DefineOp define);
  void program(gan::ProgramOp program);

  ModuleOp module;
  SymbolTable symbols;
  llvm::json::OStream json;
};

} // namespace

void JsonWriter::tensors(gan::ProgramOp program, bool isOutput) {
  for (const InterfaceTensor &tensor : interfaceOf(program)) {
    if (tensor.isOutput != isOutput)
      continue;
    json.object([&] {
      json.attribute("name", llvm::json::fixUTF8(tensor.name));
      json.attribute("dtype", tensor.dtype());
      json.attribute("batched", tensor.isBatched);
      if (tensor.isOutput)
        json.attribute("mixed", tensor.isMixed);
      json.attributeArray("shape", [&] {
        for (int64_t size : tensor.type.getShape())
          json.value(size);
      });
    });
  }
}

void JsonWriter::call(Operation *op, kernel::DefineOp define) {
  kernel::KernelCost cost = kernel::costOfCall(op, define);
  Operation *root = kernel::rootOf(define);
  json.object([&] {
    json.attribute("kernel", define.getSymName());
    json.attribute("root", root ? root->getName().stripDialect() : "");
    json.attribute("operations",
                   int64_t(define.getBody().front().getOperations().size()) -
                       1);
    json.attribute("flop", cost.flop);
    json.attribute("bytes", cost.bytes);
    json.attribute("chunks", integerOf(op, "chunks"));
    json.attribute("workspace_bytes", integerOf(op, "workspace"));
    if (auto backend = op->getAttrOfType<StringAttr>("backend"))
      json.attribute("backend", backend.getValue());
    if (auto devices =
            define->getAttrOfType<DictionaryAttr>(kernel::kDeviceBackendsName))
      json.attributeObject("devices", [&] {
        for (NamedAttribute device : devices)
          json.attribute(device.getName().getValue(),
                         cast<StringAttr>(device.getValue()).getValue());
      });
  });
}

void JsonWriter::program(gan::ProgramOp program) {
  json.object([&] {
    json.attribute("name", program.getSymName());
    json.attribute("arena_bytes", integerOf(program, kernel::kArenaBytesName));
    json.attributeArray("inputs", [&] { tensors(program, false); });
    json.attributeArray("outputs", [&] { tensors(program, true); });
    // In the order of the program; those in loops and branches once.
    json.attributeArray("calls", [&] {
      program.walk<WalkOrder::PreOrder>([&](Operation *op) {
        StringRef callee;
        if (auto one = dyn_cast<kernel::CallOp>(op))
          callee = one.getCallee();
        else if (auto batch = dyn_cast<kernel::BatchOp>(op))
          callee = batch.getCallee();
        else
          return;
        call(op, symbols.lookup<kernel::DefineOp>(callee));
      });
    });
  });
}

void JsonWriter::run() {
  json.object([&] {
    json.attribute("name", module.getSymName().value_or(""));
    json.attribute("state_bytes", integerOf(module, kernel::kStateBytesName));
    json.attribute("constant_bytes",
                   integerOf(module, kernel::kConstantBytesName));
    json.attribute("device_block_bytes",
                   integerOf(module, kernel::kDeviceBlockName));
    json.attributeArray("programs", [&] {
      for (auto one : module.getOps<gan::ProgramOp>())
        program(one);
    });
  });
}

void gan::inspectJson(ModuleOp module, llvm::raw_ostream &out) {
  JsonWriter(module, out).run();
  out << "\n";
}
