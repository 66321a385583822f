//===- Import.cpp - an input file as a module -----------------------------===//

#include "compiler/driver/Import.h"
#include "frontends/game/GameImporter.h"
#include "frontends/onnx/OnnxModel.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace gan;

/// Name of the weights' file beside a dump.
static constexpr StringLiteral kWeightsName = "weights.bin";

static LogicalResult report(llvm::Error error) {
  llvm::errs() << "ganc: error: " << llvm::toString(std::move(error)) << "\n";
  return failure();
}

//===----------------------------------------------------------------------===//
// ONNX
//===----------------------------------------------------------------------===//

static FailureOr<Imported> importOnnx(const Options &options, Imported result,
                                      MLIRContext *context) {
  auto model = OnnxModel::open(options.input, context, *result.weights);
  if (failed(model))
    return failure();
  OnnxBindings bindings;
  bindings.batch = options.batch;
  for (auto &entry : options.shapes)
    bindings.shapes[entry.getKey()] = entry.getValue();
  auto types = (*model)->bind(bindings);
  if (failed(types))
    return failure();
  result.module = ModuleOp::create(UnknownLoc::get(context));
  OpBuilder builder(result.module->getBodyRegion());
  if (failed((*model)->instantiate(builder, result.name, *types)))
    return failure();
  return result;
}

//===----------------------------------------------------------------------===//
// Games
//===----------------------------------------------------------------------===//

namespace {

/// Opens the networks of one game, each once.
class Networks {
public:
  Networks(StringRef gameFile, MLIRContext *context, WeightStore &weights)
      : folder(llvm::sys::path::parent_path(gameFile)), context(context),
        weights(weights) {}

  OnnxModel *open(const gamelang::NetworkItem &network) {
    std::string name(network.name.text);
    auto &model = models[name];
    if (!model && !refused[name]) {
      llvm::SmallString<256> path(folder);
      llvm::sys::path::append(path, network.file.text);
      if (llvm::sys::path::is_absolute(network.file.text))
        path = network.file.text;
      auto opened = OnnxModel::open(path, context, weights);
      refused[name] = failed(opened);
      if (succeeded(opened))
        model = std::move(*opened);
    }
    return model.get();
  }

  gamelang::NetworkSource source() {
    gamelang::NetworkSource source;
    source.inputs = [this](const gamelang::NetworkItem &network)
        -> std::optional<std::vector<std::string>> {
      OnnxModel *model = open(network);
      if (!model)
        return std::nullopt;
      std::vector<std::string> names;
      for (const OnnxPort &input : model->getInputs())
        names.push_back(input.name);
      return names;
    };
    source.instantiate = [this](OpBuilder &builder,
                                const gamelang::NetworkItem &network,
                                ArrayRef<RankedTensorType> types) -> NetworkOp {
      OnnxModel *model = open(network);
      if (!model)
        return nullptr;
      auto made = model->instantiate(builder, network.name.text, types);
      return succeeded(made) ? *made : nullptr;
    };
    return source;
  }

private:
  std::string folder;
  MLIRContext *context;
  WeightStore &weights;
  llvm::StringMap<std::unique_ptr<OnnxModel>> models;
  llvm::StringMap<bool> refused;
};

} // namespace

static FailureOr<Imported> importGame(const Options &options, StringRef path,
                                      Imported result, MLIRContext *context) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    llvm::errs() << "ganc: error: cannot read '" << path
                 << "': " << buffer.getError().message() << "\n";
    return failure();
  }
  gamelang::SourceFile file(path.str(), (*buffer)->getBuffer().str());
  gamelang::Overrides overrides;
  for (auto &entry : options.constants)
    overrides.constants[entry.getKey()] = entry.getValue();
  for (auto &entry : options.batches)
    overrides.batches[entry.getKey()] = entry.getValue();
  Networks networks(path, context, *result.weights);
  gamelang::Diagnostics diagnostics(file);
  result.module = gamelang::loadGame(file, overrides, networks.source(),
                                     context, diagnostics);
  diagnostics.print(llvm::errs());
  if (!result.module)
    return failure();
  return result;
}

/// The input as a file, else a game of the library beside this program.
static std::string findGame(const Options &options) {
  if (llvm::sys::fs::exists(options.input))
    return options.input;
  llvm::SmallString<256> folder(
      llvm::sys::path::parent_path(options.executable));
  for (StringRef place : {"../share/ganc/games", "../library"}) {
    llvm::SmallString<256> path(folder);
    llvm::sys::path::append(path, place, options.input + ".game");
    if (llvm::sys::fs::exists(path))
      return std::string(path);
  }
  return options.input;
}

//===----------------------------------------------------------------------===//
// Dumps
//===----------------------------------------------------------------------===//

static FailureOr<Imported> importDump(const Options &options, Imported result,
                                      MLIRContext *context) {
  result.module = parseSourceFile<ModuleOp>(options.input, context);
  if (!result.module)
    return failure();
  auto phase =
      result.module->getOperation()->getAttrOfType<StringAttr>(kPhaseName);
  auto known = phase ? phaseOf(phase.getValue()) : Phase::Import;
  if (!known)
    return result.module->emitError() << "unknown phase " << phase;
  result.phase = *known;
  if (auto name = result.module->getSymName())
    result.name = name->str();
  llvm::SmallString<256> path(llvm::sys::path::parent_path(options.input));
  llvm::sys::path::append(path, kWeightsName);
  if (llvm::sys::fs::exists(path)) {
    auto weights = WeightStore::open(path, kWeightsName);
    if (!weights)
      return report(weights.takeError());
    result.weights = std::move(*weights);
  }
  return result;
}

FailureOr<Imported> gan::importInput(const Options &options,
                                     StringRef temporaryFolder,
                                     MLIRContext *context) {
  llvm::SmallString<256> path(temporaryFolder);
  llvm::sys::path::append(path, kWeightsName);
  auto weights = WeightStore::create(path, kWeightsName);
  if (!weights)
    return report(weights.takeError());
  Imported result;
  result.weights = std::move(*weights);
  std::string input = findGame(options);
  result.name = llvm::sys::path::stem(input).str();
  StringRef suffix = llvm::sys::path::extension(input);
  FailureOr<Imported> imported = failure();
  if (suffix == ".onnx")
    imported = importOnnx(options, std::move(result), context);
  else if (suffix == ".game")
    imported = importGame(options, input, std::move(result), context);
  else if (suffix == ".mlir" || suffix == ".mlirbc")
    imported = importDump(options, std::move(result), context);
  else
    llvm::errs()
        << "ganc: error: expected a .onnx, .game or .mlir file or the name "
           "of a library game, got '"
        << options.input << "'\n";
  if (succeeded(imported) && !imported->module->getSymName())
    imported->module->setSymName(imported->name);
  return imported;
}
