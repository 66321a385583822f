//===- Import.cpp - an input file as a module -----------------------------===//

#include "compiler/driver/Import.h"
#include "compiler/driver/InputFile.h"
#include "dialects/game/IR/GameOps.h"
#include "dialects/game/Transforms/NetworkState.h"
#include "frontends/game/GameImporter.h"
#include "frontends/game/Lexer.h"
#include "frontends/onnx/OnnxTemplate.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

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

static LogicalResult importOnnx(const Options &options, Imported &result,
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
  llvm::append_range(result.files, (*model)->getFiles());
  return success();
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

  /// The model of a network that was opened before.
  OnnxModel *find(StringRef name) {
    auto found = models.find(name);
    return found == models.end() ? nullptr : found->second.get();
  }

  /// What was read.
  std::vector<std::string> files() const {
    std::vector<std::string> files;
    for (auto &entry : models)
      if (entry.second)
        llvm::append_range(files, entry.second->getFiles());
    return files;
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
    source.tensors = [this](const gamelang::NetworkItem &network) {
      OnnxModel *model = open(network);
      return model ? model->getTensors() : std::vector<std::string>();
    };
    source.instantiate = [this](OpBuilder &builder,
                                const gamelang::NetworkItem &network,
                                ArrayRef<RankedTensorType> types) -> NetworkOp {
      OnnxModel *model = open(network);
      if (!model)
        return nullptr;
      std::vector<OnnxTap> taps;
      for (const gamelang::NetworkAttribute &attribute : network.attributes)
        if (attribute.kind == gamelang::NetworkAttribute::Kind::Tap)
          taps.push_back({attribute.name.text, attribute.pattern.text});
      auto made = model->instantiate(builder, network.name.text, types, taps);
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

/// Gives a game without `export` its default: the first average, else every
/// network that is applied and that a player trains.
static LogicalResult addDefaultExports(ModuleOp module) {
  if (!module.getOps<game::ExportOp>().empty())
    return success();
  OpBuilder builder(module.getBodyRegion());
  for (auto ema : module.getOps<game::EmaOp>()) {
    game::ExportOp::create(builder, ema.getLoc(), ema.getSymName(),
                           "network-snapshot", /*template_file=*/nullptr,
                           /*states=*/nullptr, /*offsets=*/nullptr);
    return success();
  }
  llvm::StringSet<> applied;
  for (auto instance : module.getOps<gan::NetworkOp>())
    applied.insert(instance.getModel());
  SmallVector<StringRef> trained;
  for (auto player : module.getOps<game::PlayerOp>())
    for (auto path : player.getTrains().getAsRange<StringAttr>()) {
      StringRef network = path.getValue().split('/').first;
      if (applied.contains(network) && !llvm::is_contained(trained, network))
        trained.push_back(network);
    }
  for (StringRef network : trained) {
    std::string name = ("network-snapshot-" + network).str();
    if (name.size() > game::kMostExportName)
      return module.emitError()
             << "the name of network '" << network
             << "' is too long for the file of its snapshots: expected "
                "'export "
             << network << " as \"NAME\"'";
    game::ExportOp::create(builder, module.getLoc(), network, name,
                           /*template_file=*/nullptr, /*states=*/nullptr,
                           /*offsets=*/nullptr);
  }
  return success();
}

/// Gives an export the network's file with a gap for each tensor that will be
/// state. Done now, since a dump is compiled on without the networks' files.
static LogicalResult addTemplate(game::ExportOp exported, Networks &networks,
                                 const game::NetworkInfos &infos,
                                 WeightStore &weights) {
  auto module = exported->getParentOfType<ModuleOp>();
  StringRef model = exported.getNetwork();
  bool isAverage = false;
  for (auto ema : module.getOps<game::EmaOp>())
    if (ema.getSymName() == exported.getNetwork()) {
      model = ema.getOf();
      isAverage = true;
    }
  OnnxModel *file = networks.find(model);
  if (!file)
    return exported.emitError() << "expected '" << exported.getNetwork()
                                << "' to be a network or an average of one";
  Builder builder(exported.getContext());
  SmallVector<Attribute> states;
  std::vector<std::string> names;
  const game::NetworkInfo &info =
      infos.find(builder.getStringAttr(model))->second;
  for (auto &[name, tensor] : info.tensors)
    if (info.hasState && tensor.role != Role::constant) {
      states.push_back(builder.getStringAttr(
          isAverage ? exported.getNetwork() + "/" + name.getValue()
                    : Twine(tensor.state)));
      names.push_back(name.str());
    }
  auto made = makeOnnxTemplate(*file, names);
  if (failed(made))
    return failure();
  auto blob = weights.append(
      exported.getContext(),
      ArrayRef(reinterpret_cast<const uint8_t *>(made->bytes.data()),
               made->bytes.size()));
  if (!blob)
    return report(blob.takeError());
  SmallVector<int64_t> offsets;
  for (auto &[offset, name] : made->gaps)
    offsets.push_back(offset);
  exported.setTemplateFileAttr(*blob);
  exported.setStatesAttr(builder.getArrayAttr(states));
  exported.setOffsets(offsets);
  return success();
}

static LogicalResult importGame(const Options &options, StringRef path,
                                Imported &result, MLIRContext *context) {
  auto buffer = readFile(path, gamelang::Limits().fileBytes);
  if (!buffer)
    return report(buffer.takeError());
  gamelang::SourceFile file(path.str(), (*buffer)->getBuffer().str());
  gamelang::Overrides overrides;
  for (auto &entry : options.constants)
    overrides.constants[entry.getKey()] = entry.getValue();
  for (auto &entry : options.batches)
    overrides.batches[entry.getKey()] = entry.getValue();
  Networks networks(path, context, *result.weights);
  gamelang::Diagnostics diagnostics(file);
  for (const std::string &name : options.acceptedWarnings)
    diagnostics.accept(name);
  result.module = gamelang::loadGame(file, overrides, networks.source(),
                                     context, diagnostics);
  diagnostics.print(llvm::errs());
  if (!result.module)
    return failure();
  if (options.warningsAreErrors && diagnostics.hasWarnings()) {
    llvm::errs() << "ganc: error: warnings are errors (-Werror)\n";
    return failure();
  }
  if (failed(addDefaultExports(*result.module)))
    return failure();
  auto infos = game::collectNetworks(*result.module);
  if (failed(infos))
    return failure();
  for (auto exported : result.module->getOps<game::ExportOp>())
    if (failed(addTemplate(exported, networks, *infos, *result.weights)))
      return failure();
  llvm::append_range(result.files, networks.files());
  // Its own, whatever the file is called: a dump knows no other.
  if (auto name = result.module->getSymName())
    result.name = name->str();
  return success();
}

/// The folder of the games that are found by name, beside this program.
static std::string libraryFolder(StringRef executable) {
  llvm::SmallString<256> path(llvm::sys::path::parent_path(executable));
  llvm::sys::path::append(path, "../share/ganc/games");
  return std::string(path);
}

static std::string libraryFile(StringRef executable, StringRef name) {
  llvm::SmallString<256> path(libraryFolder(executable));
  llvm::sys::path::append(path, name + ".game");
  return std::string(path);
}

std::vector<std::string> gan::libraryGames(StringRef executable) {
  std::vector<std::string> names;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator entry(libraryFolder(executable), code),
       end;
       !code && entry != end; entry.increment(code))
    if (llvm::sys::path::extension(entry->path()) == ".game")
      names.push_back(llvm::sys::path::stem(entry->path()).str());
  llvm::sort(names);
  return names;
}

std::string gan::libraryTitle(StringRef executable, StringRef name) {
  auto buffer = readFile(libraryFile(executable, name));
  if (!buffer) {
    llvm::consumeError(buffer.takeError());
    return "";
  }
  StringRef line = (*buffer)->getBuffer().split('\n').first;
  return line.consume_front("#") ? line.trim().str() : std::string();
}

std::string gan::inputPath(const Options &options) {
  std::string path = options.input;
  if (llvm::sys::path::extension(path).empty() &&
      !llvm::sys::fs::is_directory(path)) {
    std::string game = libraryFile(options.executable, path);
    if (llvm::sys::fs::exists(game))
      return game;
  }
  // A dump of code is a folder, a network or a game never is.
  if (llvm::sys::fs::is_directory(path) &&
      !llvm::is_contained({".onnx", ".game"},
                          llvm::sys::path::extension(path))) {
    llvm::SmallString<256> module(path);
    llvm::sys::path::append(module, kModuleName);
    return std::string(module);
  }
  return path;
}

/// Refuses what the command line says of another kind of input.
static LogicalResult checkFlags(const Options &options, StringRef suffix) {
  StringRef kind = suffix == ".onnx"   ? "a network"
                   : suffix == ".game" ? "a game"
                                       : "a dump";
  auto check = [&](bool isGiven, StringRef flag, StringRef of,
                   StringRef hint = "") {
    if (!isGiven || of == kind)
      return success();
    llvm::errs() << "ganc: error: " << flag << " is for " << of << ", and '"
                 << options.input << "' is " << kind
                 << (kind == "a game" ? hint : "") << "\n";
    return failure();
  };
  return success(
      succeeded(check(!options.constants.empty(), "-D", "a game")) &&
      succeeded(
          check(!options.acceptedWarnings.empty(), "-Wno-NAME", "a game")) &&
      succeeded(check(options.warningsAreErrors, "-Werror", "a game")) &&
      succeeded(
          check(!options.batches.empty(), "--batch=STREAM:N", "a game")) &&
      succeeded(check(options.batch.has_value(), "--batch=N", "a network",
                      "; the batch of a data stream is --batch=STREAM:N")) &&
      succeeded(check(!options.shapes.empty(), "--shape", "a network")));
}

//===----------------------------------------------------------------------===//
// Dumps
//===----------------------------------------------------------------------===//

std::string gan::weightsOf(StringRef dump) {
  return (llvm::sys::path::stem(dump) + "." + kWeightsName).str();
}

/// The code beside a module, which is read when it is needed.
static void addCodeFiles(Imported &result) {
  std::error_code code;
  llvm::sys::fs::directory_iterator entry(
      result.folder.empty() ? "." : result.folder, code),
      end;
  for (; !code && entry != end; entry.increment(code))
    if (llvm::sys::path::filename(entry->path()) == kKernelsName ||
        llvm::is_contained({".ll", ".cl", ".spv", ".ptx"},
                           llvm::sys::path::extension(entry->path())))
      result.files.push_back(entry->path());
}

static LogicalResult importDump(StringRef input, Imported &result,
                                MLIRContext *context) {
  auto buffer = readFile(input);
  if (!buffer)
    return report(buffer.takeError());
  llvm::SourceMgr source;
  source.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  result.module = parseSourceFile<ModuleOp>(source, context);
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
  result.folder = llvm::sys::path::parent_path(input).str();
  if (result.phase > Phase::Plan)
    addCodeFiles(result);
  // Beside the module; a folder of --dump-dir has its own beside itself.
  std::string own = weightsOf(input);
  SmallVector<StringRef> names = {own, kWeightsName};
  if (result.phase > Phase::Plan)
    names.push_back("../weights.bin");
  for (StringRef name : names) {
    llvm::SmallString<256> path(result.folder);
    llvm::sys::path::append(path, name);
    if (!llvm::sys::fs::exists(path))
      continue;
    auto weights = WeightStore::open(path, kWeightsName);
    if (!weights)
      return report(weights.takeError());
    result.weights = std::move(*weights);
    result.files.push_back(std::string(path));
    return success();
  }
  llvm::SmallString<256> path(result.folder);
  llvm::sys::path::append(path, kWeightsName);
  result.missingWeights = std::string(path);
  return success();
}

LogicalResult gan::checkInputName(const Options &options) {
  std::string path = inputPath(options);
  if (llvm::is_contained({".onnx", ".game", ".mlir", ".mlirbc"},
                         llvm::sys::path::extension(path)))
    return success();
  std::vector<std::string> games = libraryGames(options.executable);
  llvm::errs() << "ganc: error: expected a .onnx, .game or .mlir file or the "
                  "name of a library game (see --list-games), got '"
               << options.input << "'"
               << gamelang::didYouMean(
                      options.input,
                      SmallVector<StringRef>(games.begin(), games.end()))
               << "\n";
  return failure();
}

LogicalResult gan::importInput(const Options &options,
                               StringRef temporaryFolder, MLIRContext *context,
                               Imported &result) {
  llvm::SmallString<256> path(temporaryFolder);
  llvm::sys::path::append(path, kWeightsName);
  auto weights = WeightStore::create(path, kWeightsName);
  if (!weights)
    return report(weights.takeError());
  result.weights = std::move(*weights);
  std::string input = inputPath(options);
  result.name = llvm::sys::path::stem(input).str();
  StringRef suffix = llvm::sys::path::extension(input);
  if (failed(checkFlags(options, suffix)))
    return failure();
  LogicalResult imported = failure();
  if (suffix == ".onnx")
    imported = importOnnx(options, result, context);
  else if (suffix == ".game")
    imported = importGame(options, input, result, context);
  else
    imported = importDump(input, result, context);
  if (succeeded(imported) && !result.module->getSymName())
    result.module->setSymName(result.name);
  return imported;
}
