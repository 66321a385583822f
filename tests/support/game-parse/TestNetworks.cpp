//===- TestNetworks.cpp - networks of a game out of an .mlir file ---------===//

#include "tests/support/game-parse/TestNetworks.h"

#include "dialects/gan/IR/GanOps.h"
#include "frontends/game/ImportedValue.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Parser/Parser.h"

using namespace gan::gamelang;
using namespace mlir;

bool TestNetworks::load(llvm::StringRef path, MLIRContext *context) {
  context->loadDialect<gan::GanDialect>();
  module = parseSourceFile<ModuleOp>(path, context);
  return bool(module);
}

/// Says which input of the first instance does not fit, as the importer of a
/// file would.
void TestNetworks::refuse(llvm::StringRef model,
                          ArrayRef<RankedTensorType> types) {
  for (auto candidate : module->getOps<gan::NetworkOp>()) {
    if (candidate.getModel() != model)
      continue;
    for (auto [index, expected, given] :
         llvm::enumerate(candidate.getArgumentTypes(), types))
      if (expected != given)
        emitError(FileLineColLoc::get(module->getContext(),
                                      model.str() + ".onnx", 0, 0))
            << "input '" << candidate.getArgumentName(index) << "': expected "
            << describeType(cast<RankedTensorType>(expected)) << ", got "
            << describeType(given);
    return;
  }
}

/// An operation that the file marks as a tensor with a name.
static Operation *findTensor(gan::NetworkOp network, llvm::StringRef name) {
  for (Operation &op : network.getBody().front())
    if (auto mark = op.getAttrOfType<StringAttr>("test.tensor"))
      if (mark.getValue() == name)
        return &op;
  return nullptr;
}

/// Makes taps results of the network.
static void addTaps(gan::NetworkOp made, const NetworkItem &network) {
  Builder builder(made.getContext());
  Operation *end = made.getBody().front().getTerminator();
  SmallVector<Value> results(end->getOperands());
  SmallVector<Attribute> attributes;
  for (unsigned i = 0; i < results.size(); ++i)
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        "gan.name", builder.getStringAttr(made.getResultName(i)))));
  for (const NetworkAttribute &attribute : network.attributes) {
    if (attribute.kind != NetworkAttribute::Kind::Tap)
      continue;
    results.push_back(findTensor(made, attribute.pattern.text)->getResult(0));
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        "gan.name", builder.getStringAttr(attribute.name.text))));
  }
  end->setOperands(results);
  made.setFunctionType(builder.getFunctionType(made.getArgumentTypes(),
                                               TypeRange(ValueRange(results))));
  made.setResAttrsAttr(builder.getArrayAttr(attributes));
}

NetworkSource TestNetworks::source() {
  NetworkSource source;
  source.inputs = [this](const NetworkItem &network)
      -> std::optional<std::vector<std::string>> {
    for (auto candidate : module->getOps<gan::NetworkOp>()) {
      if (candidate.getModel() != network.name.text)
        continue;
      std::vector<std::string> names;
      for (unsigned i = 0; i < candidate.getArgumentTypes().size(); ++i)
        names.push_back(candidate.getArgumentName(i).str());
      return names;
    }
    return std::nullopt;
  };
  source.tensors = [this](const NetworkItem &network) {
    std::vector<std::string> names;
    for (auto candidate : module->getOps<gan::NetworkOp>())
      for (Operation &op : candidate.getBody().front())
        if (auto mark = op.getAttrOfType<StringAttr>("test.tensor"))
          if (candidate.getModel() == network.name.text)
            names.push_back(mark.str());
    return names;
  };
  source.instantiate = [this](OpBuilder &builder, const NetworkItem &network,
                              ArrayRef<RankedTensorType> types) {
    auto home = cast<ModuleOp>(builder.getBlock()->getParentOp());
    for (auto candidate : module->getOps<gan::NetworkOp>()) {
      if (candidate.getModel() != network.name.text ||
          !llvm::equal(candidate.getArgumentTypes(), types))
        continue;
      if (Operation *made =
              SymbolTable::lookupSymbolIn(home, candidate.getSymName()))
        return cast<gan::NetworkOp>(made);
      auto made = cast<gan::NetworkOp>(builder.clone(*candidate));
      addTaps(made, network);
      return made;
    }
    refuse(network.name.text, types);
    return gan::NetworkOp();
  };
  return source;
}
