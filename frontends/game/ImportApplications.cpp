//===- ImportApplications.cpp - networks applied to values ----------------===//

#include "dialects/gan/IR/NetworkAttributes.h"
#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/StringExtras.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

namespace {
/// Keeps what is said about a network's file: it becomes the reason of an error
/// in the game.
class Reasons {
public:
  explicit Reasons(MLIRContext *context)
      : handler(context, [this](mlir::Diagnostic &diagnostic) -> LogicalResult {
          if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
            return failure();
          keep(diagnostic);
          for (mlir::Diagnostic &note : diagnostic.getNotes())
            texts.push_back(note.str());
          return success();
        }) {}

  void addTo(gan::gamelang::Diagnostic &error) const {
    for (const std::string &text : texts)
      error.note(text);
  }

private:
  void keep(mlir::Diagnostic &diagnostic) {
    auto file = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>();
    std::string place = file ? file.getFilename().str() + ": " : "";
    texts.push_back(place + diagnostic.str());
  }

  ScopedDiagnosticHandler handler;
  std::vector<std::string> texts;
};
} // namespace

/// True if a player trains a parameter of the network; such a network trains
/// where the step applies it (rule 5).
bool GameImporter::isTrained(StringRef network) const {
  for (const ItemPtr &item : game.items)
    if (const auto *player = dyn_cast<PlayerItem>(item.get()))
      for (const Path &path : player->paths)
        if (path.base.text == network)
          return true;
  return false;
}

/// Names of the inputs of a network's file; none after an error.
const std::optional<std::vector<std::string>> &
GameImporter::inputsOf(const NetworkItem &network) {
  auto [entry, isNew] = inputNames.try_emplace(network.name.text);
  std::optional<std::vector<std::string>> &names = entry->second;
  if (isNew) {
    Reasons reasons(context);
    names = networks.inputs(network);
    if (!names)
      reasons.addTo(diagnostics.error(network.file.range,
                                      "network " + quoted(network.name.text) +
                                          " can't be read"));
  }
  return names;
}

/// The arguments of an application in the order of the file's inputs.
bool GameImporter::bindInputs(const CallExpression &call,
                              const NetworkItem &network, Place place,
                              SmallVectorImpl<Value> &operands) {
  const std::optional<std::vector<std::string>> &names = inputsOf(network);
  if (!names)
    return false;
  std::vector<StringRef> known(names->begin(), names->end());
  std::string list = "inputs are '" + llvm::join(known, "', '") + "'";
  operands.assign(known.size(), Value());
  size_t position = 0;
  bool good = true;
  for (const Argument &argument : call.arguments) {
    ImportedValue value = evaluateArgument(argument, place);
    if (!requireValue(value, argument.value->range)) {
      good = false;
      continue;
    }
    size_t slot = position;
    if (argument.name) {
      slot = llvm::find(known, argument.name.text) - known.begin();
      if (slot == known.size()) {
        static const StringRef modes[] = {"training", "train", "is_training",
                                          "deterministic"};
        diagnostics
            .error(argument.name.range,
                   "network " + quoted(network.name.text) + " has no input " +
                       quoted(argument.name.text) +
                       (llvm::is_contained(modes, argument.name.text)
                            ? "; a mode stands behind ';': 'mode = infer'"
                            : didYouMean(argument.name.text, known)))
            .note(list);
        good = false;
        continue;
      }
    } else if (position++ >= known.size()) {
      diagnostics
          .error(argument.range, "network " + quoted(network.name.text) +
                                     " has only " + Twine(known.size()) +
                                     (known.size() == 1 ? " input" : " inputs"))
          .note(list);
      return false;
    }
    if (operands[slot]) {
      diagnostics.error(argument.range,
                        "input " + quoted(known[slot]) + " was already given");
      good = false;
      continue;
    }
    operands[slot] = value.isTensor()
                         ? value.value
                         : materialise(value, argument.value->range,
                                       builder.getF32Type(), {});
  }
  if (!good)
    return false;
  for (auto [index, operand] : llvm::enumerate(operands))
    if (!operand) {
      diagnostics
          .error(call.range, "input " + quoted(known[index]) + " of network " +
                                 quoted(network.name.text) + " is not given")
          .note(list);
      return false;
    }
  return true;
}

/// Taps of a network name tensors of its file, and nothing that an output is
/// called.
bool GameImporter::checkTaps(const NetworkItem &network) {
  auto [known, isNew] = goodTaps.try_emplace(network.name.text, true);
  if (!isNew)
    return known->second;
  std::vector<std::string> names;
  for (const NetworkAttribute &attribute : network.attributes) {
    if (attribute.kind != NetworkAttribute::Kind::Tap)
      continue;
    if (names.empty())
      names = networks.tensors(network);
    if (llvm::is_contained(names, attribute.pattern.text))
      continue;
    known->second = false;
    std::vector<StringRef> candidates(names.begin(), names.end());
    std::string near = didYouMean(attribute.pattern.text, candidates);
    gan::gamelang::Diagnostic &error = diagnostics.error(
        attribute.pattern.range,
        "the file of network " + quoted(network.name.text) + " has no tensor " +
            quoted(attribute.pattern.text) + near);
    if (near.empty())
      error.note("tensors are " + listOf(candidates));
  }
  return known->second;
}

ImportedValue GameImporter::apply(const CallExpression &call,
                                  const Item &callee, Place place) {
  const auto *ema = dyn_cast<EmaItem>(&callee);
  const auto &network =
      cast<NetworkItem>(ema ? *findItem(ema->source.text) : callee);
  SmallVector<Value> operands;
  if (!bindInputs(call, network, place, operands) || !checkTaps(network))
    return {};

  SmallVector<RankedTensorType> types;
  std::string given;
  for (Value operand : operands) {
    types.push_back(cast<RankedTensorType>(operand.getType()));
    given += (given.empty() ? "" : ", ") + describeType(types.back());
  }
  // Another application to the same types is the same mistake.
  std::string attempt = network.name.text + "(" + given + ")";
  if (refused.contains(attempt))
    return {};
  gan::NetworkOp instance;
  Reasons reasons(context);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module->getBody());
    instance = networks.instantiate(builder, network, types);
  }
  if (!instance) {
    refused.insert(attempt);
    reasons.addTo(
        diagnostics.error(call.range, "network " + quoted(network.name.text) +
                                          " can't be applied to " + given));
    return {};
  }

  // The file indexes by these: what is out of range would be read from nowhere.
  for (auto [index, operand] : llvm::enumerate(operands))
    if (auto length =
            instance.getArgAttrOfType<IntegerAttr>(index, "gan.indexes"))
      if (!limitLabels(operand, length.getInt(), call.range))
        return {};

  // Behind the file's inputs there is the noise that the network asks for.
  for (unsigned i = operands.size(); i < instance.getNumArguments(); ++i)
    operands.push_back(hiddenDraw(
        call.range,
        callee.name.text + "#" + Twine(applications) + "/" +
            instance.getArgumentName(i),
        instance.getArgAttrOfType<gan::DistributionAttr>(i, gan::kNoiseName)
            .getValue(),
        0, 1, cast<RankedTensorType>(instance.getArgumentTypes()[i])));

  bool trains = isInStep && !ema && isTrained(network.name.text);
  bool usesBatch = trains, drops = trains;
  for (const ModeSetting &setting : call.settings) {
    if (setting.name.text == "mode")
      usesBatch = drops = setting.value.text == "train";
    else if (setting.name.text == "statistics")
      usesBatch = setting.value.text == "batch";
    else
      drops = setting.value.text == "on";
  }
  auto applied =
      at(call.range,
         game::ApplyOp::create(
             builder, locationOf(call.range), instance.getResultTypes(),
             callee.name.text, instance.getSymName(), operands, applications++,
             usesBatch ? gan::Statistics::batch : gan::Statistics::running,
             drops));

  size_t taps =
      llvm::count_if(network.attributes, [](const NetworkAttribute &attribute) {
        return attribute.kind == NetworkAttribute::Kind::Tap;
      });
  size_t outputs = applied.getNumResults() - taps;
  ImportedValue value;
  llvm::StringSet<> known;
  for (auto [index, result] : llvm::enumerate(applied.getResults())) {
    std::string name = instance.getResultName(index).str();
    if (!known.insert(name).second)
      return fail(call.range, "network " + quoted(network.name.text) +
                                  " has two outputs or taps " + quoted(name));
    if (index >= outputs) {
      value.taps.emplace_back(name, result);
      continue;
    }
    value.names.push_back(name);
    value.fields.push_back(ImportedValue::tensor(result));
  }
  value.kind = ImportedValue::Kind::Record;
  // Taps do not make a record of one output (rule 11).
  if (outputs == 1) {
    value.kind = ImportedValue::Kind::Tensor;
    value.value = value.fields.front().value;
    value.fields.clear();
  }
  return value;
}
