//===- CheckItems.cpp - what must hold of each item of a game -------------===//

#include "dialects/game/IR/GameOps.h"
#include "frontends/game/Checker.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace gan::gamelang;
using llvm::StringRef;
using llvm::Twine;

static constexpr int64_t kLargestDimension = (int64_t(1) << 31) - 1;
static constexpr size_t kLargestRank = 16;

void Checker::checkItem(const Item &item) {
  switch (item.kind) {
  case Item::Kind::Const:
  case Item::Kind::Step:
  case Item::Kind::Allow:
    return;
  case Item::Kind::Option:
    checkOption(llvm::cast<OptionItem>(item));
    return;
  case Item::Kind::Network:
    checkNetwork(llvm::cast<NetworkItem>(item));
    return;
  case Item::Kind::Data:
    checkData(llvm::cast<DataItem>(item));
    return;
  case Item::Kind::Sample:
    checkSample(llvm::cast<SampleItem>(item));
    return;
  case Item::Kind::State:
    checkState(llvm::cast<StateItem>(item));
    return;
  case Item::Kind::Player:
    checkPlayer(llvm::cast<PlayerItem>(item));
    return;
  case Item::Kind::Ema:
    checkEma(llvm::cast<EmaItem>(item));
    return;
  case Item::Kind::Export:
    checkExport(llvm::cast<ExportItem>(item));
    return;
  case Item::Kind::Def:
    if (auto found = items.find(item.name.text);
        found != items.end() && found->second.item == &item)
      checkDef(found->second);
    return;
  case Item::Kind::Show:
    checkExpression(*llvm::cast<ShowItem>(item).value, Place::Item);
    return;
  case Item::Kind::Report:
    checkExpression(*llvm::cast<ReportItem>(item).value, Place::Item);
    return;
  case Item::Kind::Variable:
    checkVariable(llvm::cast<VariableItem>(item));
    return;
  case Item::Kind::Pool:
    checkPool(llvm::cast<PoolItem>(item));
    return;
  case Item::Kind::Augment:
    checkAugment(llvm::cast<AugmentItem>(item));
    return;
  case Item::Kind::Stage:
    notYet(item.name.range, describeItem(item.kind));
    return;
  }
}

/// What a name stands for among those of a kind; null after an error.
const Signature *Checker::known(SignatureKind kind, StringRef what,
                                const Identifier &name) {
  const Signature *signature = findSignature(kind, name.text);
  if (!signature)
    diagnostics.error(name.range, "unknown " + what + " " + quoted(name.text) +
                                      hereItIs(kind, name.text));
  return signature;
}

void Checker::checkInterval(const Interval &interval, StringRef what) {
  std::optional<double> low = constants.evaluate(*interval.low);
  std::optional<double> high = constants.evaluate(*interval.high);
  if (low && high && !(*low < *high))
    diagnostics.error(interval.range, "the lower bound of " + what +
                                          " is not below the upper one");
}

void Checker::checkOption(const OptionItem &option) {
  // Flags that every trainer has.
  static const StringRef flags[] = {
      "outdir", "data",   "seed",    "kimg",    "tick",   "metrics",
      "mirror", "cond",   "workers", "desc",    "snap",   "resume",
      "init",   "device", "threads", "options", "steps",  "record",
      "given",  "keep",   "profile", "help",    "version"};
  if (llvm::is_contained(flags, option.name.text))
    diagnostics.error(option.name.range,
                      "every trainer has a flag '--" + option.name.text +
                          "'; call the option something else");
  std::optional<double> value = constants.evaluate(*option.value);
  if (!option.interval)
    return;
  checkInterval(*option.interval, "the option");
  std::optional<double> low = constants.evaluate(*option.interval->low);
  std::optional<double> high = constants.evaluate(*option.interval->high);
  if (value && low && high && *low < *high && (*value < *low || *value > *high))
    diagnostics
        .error(option.value->range, "the default of " +
                                        quoted(option.name.text) +
                                        " is outside of its interval")
        .note(option.interval->range, "the interval is here");
}

void Checker::checkNetwork(const NetworkItem &network) {
  using Kind = NetworkAttribute::Kind;
  if (network.file.text.empty())
    diagnostics.error(network.file.range, "the name of the file is empty");
  for (StringRef other : {".pt", ".pth", ".pkl", ".ckpt", ".safetensors", ".h5",
                          ".keras", ".pb", ".tflite"})
    if (StringRef(network.file.text).ends_with_insensitive(other))
      diagnostics
          .error(network.file.range,
                 "a network is an ONNX file, not '" + other + "'")
          .note("PyTorch writes one by 'torch.onnx.export(…, "
                "optimize=False)'");
  const NetworkAttribute *frozen = nullptr, *variance = nullptr;
  llvm::StringMap<SourceRange> taps;
  for (const NetworkAttribute &attribute : network.attributes) {
    switch (attribute.kind) {
    case Kind::Frozen:
      frozen = &attribute;
      break;
    case Kind::Init: {
      const Signature *signature =
          known(SignatureKind::Initializer, "initializer", attribute.name);
      if (!signature)
        break;
      if (!signature->isSupported)
        notYet(attribute.name.range,
               "initializer '" + attribute.name.text + "'");
      bindArguments(*signature, attribute.arguments, attribute.range,
                    diagnostics);
      for (const Argument &argument : attribute.arguments)
        constants.evaluate(*argument.value);
      break;
    }
    case Kind::Variance: {
      static const StringRef kinds[] = {"population", "unbiased"};
      if (!llvm::is_contained(kinds, attribute.name.text))
        diagnostics.error(attribute.name.range,
                          "expected 'population' or 'unbiased' after "
                          "'variance', got " +
                              quoted(attribute.name.text));
      if (variance)
        diagnostics.error(attribute.range, "'variance' was already given");
      variance = &attribute;
      break;
    }
    case Kind::Trainable:
    case Kind::Constant:
      break;
    case Kind::With:
      checkParametrisation(attribute);
      break;
    case Kind::Share:
      checkShare(network, attribute);
      break;
    case Kind::Tap: {
      auto [other, isNew] =
          taps.try_emplace(attribute.name.text, attribute.range);
      if (!isNew)
        diagnostics
            .error(attribute.range,
                   "there is already a tap " + quoted(attribute.name.text))
            .note(other->second, "the other one is here");
      break;
    }
    }
  }
  if (!frozen)
    return;
  for (const NetworkAttribute &attribute : network.attributes)
    if (attribute.kind == Kind::Init || attribute.kind == Kind::With)
      diagnostics
          .error(attribute.range,
                 "a frozen network keeps the weights of its file; '" +
                     Twine(attribute.kind == Kind::Init ? "init" : "with") +
                     "' would change them")
          .note(frozen->range, "the network is frozen here");
}

/// `share A."trunk.*" as B."body.*"`, in A or in B.
void Checker::checkShare(const NetworkItem &network,
                         const NetworkAttribute &attribute) {
  std::vector<StringRef> known;
  for (const auto &entry : items)
    if (llvm::isa<NetworkItem>(entry.second.item))
      known.push_back(entry.getKey());
  bool isHere = false, isKnown = true;
  for (const Path *path : {&attribute.from, &attribute.to}) {
    isHere |= path->base.text == network.name.text;
    if (llvm::is_contained(known, path->base.text))
      continue;
    isKnown = false;
    diagnostics.error(path->base.range, "networks share parameters, and " +
                                            quoted(path->base.text) +
                                            " is none" +
                                            didYouMean(path->base.text, known));
  }
  if (!isKnown)
    return;
  if (!isHere || attribute.from.base.text == attribute.to.base.text) {
    diagnostics.error(attribute.range,
                      "'share' is between network " +
                          quoted(network.name.text) +
                          " and another one: 'share OTHER.\"trunk.*\" as " +
                          network.name.text + ".\"trunk.*\"'");
    return;
  }
  size_t stars = 0;
  for (const Path *path : {&attribute.from, &attribute.to}) {
    StringRef pattern = path->pattern ? StringRef(path->pattern.text) : "*";
    size_t count = pattern.count('*');
    bool isSecond = path == &attribute.to;
    if (count > 1 || pattern.find_first_of("?[]{}\\") != StringRef::npos ||
        (isSecond && count != stars))
      diagnostics.error(path->range,
                        "patterns of 'share' are two names, or have one '*' "
                        "each, which stands for the same text in both");
    stars = count;
  }
  const auto &from = llvm::cast<NetworkItem>(
      *items.find(attribute.from.base.text)->second.item);
  const auto &to =
      llvm::cast<NetworkItem>(*items.find(attribute.to.base.text)->second.item);
  if (from.isFrozen() != to.isFrozen())
    diagnostics.error(
        attribute.range,
        "network " + quoted(from.isFrozen() ? from.name.text : to.name.text) +
            " is frozen, and what it shares with " +
            quoted(from.isFrozen() ? to.name.text : from.name.text) +
            " could be trained");
}

/// `with spectral_norm("*", advance = application, iterations = 1)`
void Checker::checkParametrisation(const NetworkAttribute &attribute) {
  const Signature *signature =
      known(SignatureKind::Parametrisation, "parametrisation", attribute.name);
  if (!signature)
    return;
  std::optional<BoundArguments> bound = bindArguments(
      *signature, attribute.arguments, attribute.range, diagnostics);
  if (!bound)
    return;
  for (auto [name, argument] : llvm::zip(signature->options, bound->options)) {
    if (!argument)
      continue;
    const Expression &value = *argument->value;
    if (name == "advance") {
      const auto *word = llvm::dyn_cast<NameExpression>(&value);
      if (!word || (word->name != "update" && word->name != "application"))
        diagnostics.error(value.range, "expected 'update' or 'application' as "
                                       "'advance'");
    } else if (name == "iterations") {
      constants.integer(value, 1, 1000, "'iterations'");
    } else if (std::optional<double> number = constants.evaluate(value);
               number && !(*number > 0)) {
      diagnostics.error(value.range,
                        "expected a number above 0 as '" + name + "'");
    }
  }
}

void Checker::checkType(const TypeExpression &type, bool isData) {
  if (type.dimensions.size() > kLargestRank)
    diagnostics.error(type.range, "a tensor has at most " +
                                      Twine(kLargestRank) + " axes (limit)");
  for (const Dimension &dimension : type.dimensions) {
    if (!dimension.isBatch) {
      const auto *name = llvm::dyn_cast<NameExpression>(dimension.size.get());
      static const StringRef batches[] = {"None", "N", "batch", "batch_size"};
      if (name && llvm::is_contained(batches, name->name) &&
          !constants.find(name->name)) {
        diagnostics.error(dimension.range, quoted(name->name) +
                                               " is not a const; the batch is "
                                               "written 'B'");
        continue;
      }
      constants.integer(*dimension.size, 1, kLargestDimension, "a dimension");
      continue;
    }
    if (dimension.stream) {
      auto found = items.find(dimension.stream.text);
      if (found == items.end() || !llvm::isa<DataItem>(found->second.item)) {
        diagnostics.error(dimension.stream.range,
                          "'B." + dimension.stream.text +
                              "' needs a data stream of that name" +
                              didYouMean(dimension.stream.text, streamNames()));
      }
    } else if (streams.empty()) {
      // What is wrong with data is said there.
      if (!hasData)
        diagnostics.error(dimension.range,
                          "'B' is the batch of a data stream, and the game has "
                          "none; write a number");
    } else if (streams.size() > 1 && !isData) {
      const std::string &first = streams.front()->name.text;
      diagnostics
          .error(dimension.range, "there are " + Twine(streams.size()) +
                                      " data streams; write 'B." + first +
                                      "' for the batch of '" + first + "'")
          .note(streams.back()->name.range,
                "if these samples belong to those of '" + first +
                    "', write 'pairs " + first + "' here");
    }
  }
}

llvm::SmallVector<StringRef> Checker::streamNames() const {
  return llvm::map_to_vector(streams, [](const DataItem *stream) -> StringRef {
    return stream->name.text;
  });
}

/// `--batch=STREAM:SIZE` of the command line.
void Checker::checkBatch(llvm::StringRef stream) {
  for (const ItemPtr &item : game.items) {
    const auto *data = llvm::dyn_cast<DataItem>(item.get());
    if (!data || data->name.text != stream)
      continue;
    if (data->pairs)
      diagnostics.error(data->name.range,
                        "the command line sets the batch of " + quoted(stream) +
                            ", which has that of " + quoted(data->pairs.text));
    return;
  }
  diagnostics.error(game.name.range, "the command line sets the batch of " +
                                         quoted(stream) +
                                         ", which is no data stream of game " +
                                         quoted(game.name.text) +
                                         didYouMean(stream, streamNames()));
}

void Checker::checkData(const DataItem &data) {
  checkType(data.type, /*isData=*/true);
  const std::vector<Dimension> &dimensions = data.type.dimensions;
  if (dimensions.empty() || !dimensions.front().isBatch)
    diagnostics.error(dimensions.empty() ? data.type.range
                                         : dimensions.front().range,
                      "the first axis of a data stream is its batch: 'B'");
  for (const Dimension &dimension : dimensions)
    if (dimension.isBatch && &dimension != &dimensions.front())
      diagnostics.error(dimension.range,
                        "only the first axis of a data stream is its batch");
  if (data.interval) {
    checkInterval(*data.interval, "the range");
    if (data.type.element.text != "f32")
      diagnostics.error(data.interval->range,
                        "only f32 data has a range; integers are labels");
  }
  if (data.scope && data.scope.text == "stage")
    notYet(data.scope.range, "'per stage'");
  if (data.type.element.text == "bool")
    diagnostics.error(data.type.element.range,
                      "data is f32, i32 or i64; take labels 0 and 1 and "
                      "compare them");
  if (data.batch)
    constants.integer(*data.batch, 1, kLargestDimension, "a batch size");
  if (!data.pairs) {
    if (!data.batch && !overrides.batches.contains(data.name.text))
      diagnostics.error(data.name.range,
                        "data stream " + quoted(data.name.text) +
                            " has no batch size; write 'batch 64', or give "
                            "'--batch=" +
                            data.name.text + ":64'");
    return;
  }
  checkPairs(data);
}

/// A stream pairs one that is drawn for itself.
void Checker::checkPairs(const DataItem &data) {
  auto pairedWith = [this](const DataItem &stream) {
    auto found = items.find(stream.pairs.text);
    return found == items.end() ? nullptr
                                : llvm::dyn_cast<DataItem>(found->second.item);
  };
  const DataItem *other = pairedWith(data);
  if (!other || other == &data) {
    diagnostics.error(data.pairs.range,
                      "'pairs' needs another data stream, got " +
                          quoted(data.pairs.text) +
                          didYouMean(data.pairs.text, streamNames()));
    return;
  }
  if (other->pairs) {
    llvm::SmallVector<const DataItem *> chain = {&data};
    while (other && other->pairs && !llvm::is_contained(chain, other)) {
      chain.push_back(other);
      other = pairedWith(*other);
    }
    if (other && !other->pairs)
      diagnostics.error(data.pairs.range, quoted(data.pairs.text) +
                                              " is itself paired; pair with " +
                                              quoted(other->name.text));
    // Those that are wrong without this one are reported for themselves, and a
    // circle at its first stream.
    if (other != &data || llvm::any_of(chain, [&](const DataItem *stream) {
          return stream->range.begin < data.range.begin;
        }))
      return;
    std::vector<StringRef> names;
    for (const DataItem *stream : chain)
      names.push_back(stream->name.text);
    diagnostics.error(data.pairs.range, "streams " + listOf(names) +
                                            " pair one another; one of them "
                                            "has a batch and no 'pairs'");
    return;
  }
  if (data.batch)
    diagnostics.error(data.batch->range,
                      "a paired stream has the batch of the stream it is "
                      "paired with");
  else if (data.scope &&
           data.scope.text != (other->scope ? other->scope.text : "block"))
    diagnostics
        .error(data.scope.range, "a paired stream is drawn with the stream it "
                                 "is paired with")
        .note(other->name.range,
              quoted(other->name.text) + " is declared here");
}

void Checker::checkSample(const SampleItem &sample) {
  checkType(sample.type, /*isData=*/false);
  if (sample.scope && sample.scope.text == "stage")
    notYet(sample.scope.range, "'per stage'");
  StringRef name = sample.distribution.text;
  const Signature *signature =
      known(SignatureKind::Distribution, "distribution", sample.distribution);
  if (!signature)
    return;
  if (!signature->isSupported) {
    notYet(sample.distribution.range, "distribution '" + name + "'");
    return;
  }
  bindArguments(*signature, sample.arguments, sample.distribution.range,
                diagnostics);
  for (const Argument &argument : sample.arguments)
    constants.evaluate(*argument.value);
  // The first type is the one to take where nothing else is wanted.
  auto gives =
      llvm::StringSwitch<std::pair<StringRef, StringRef>>(name)
          .Cases({"integer", "categorical", "permutation"}, {"i32", "i64"})
          .Case("bernoulli", {"f32", "bool"})
          .Default({"f32", ""});
  StringRef element = sample.type.element.text;
  if (element != gives.first && element != gives.second)
    diagnostics.error(sample.type.element.range,
                      "distribution '" + name + "' gives " + gives.first +
                          (gives.second.empty() ? "" : " or ") + gives.second +
                          ", not " + element);
}

void Checker::checkPool(const PoolItem &pool) {
  constexpr int64_t kMostKept = 1 << 20;
  constants.integer(*pool.size, 1, kMostKept, "the size of a pool");
  std::optional<double> probability =
      pool.probability ? constants.evaluate(*pool.probability) : 0.5;
  if (probability && !(*probability >= 0 && *probability <= 1))
    diagnostics.error(pool.probability->range,
                      "a probability is between 0 and 1");
}

void Checker::checkAugment(const AugmentItem &augment) {
  for (const AugmentStep &step : augment.steps) {
    StringRef name = step.name.text;
    const Signature *signature =
        known(SignatureKind::Augmentation, "augmentation", step.name);
    if (!signature || !bindArguments(*signature, step.arguments,
                                     step.name.range, diagnostics))
      continue;
    // Probabilities, parts of an image, and how far from what it was.
    for (const Argument &argument : step.arguments)
      if (std::optional<double> amount = constants.evaluate(*argument.value);
          amount && !(*amount >= 0 && *amount <= 1))
        diagnostics.error(argument.value->range,
                          "an amount of '" + name + "' is between 0 and 1");
  }
}

void Checker::checkState(const StateItem &state) {
  checkType(state.type, /*isData=*/false);
  constants.evaluate(*state.value);
}

/// A variable starts as a number in every element, or as one draw of a sample.
void Checker::checkVariable(const VariableItem &variable) {
  checkType(variable.type, /*isData=*/false);
  if (variable.type.element.text != "f32")
    diagnostics.error(variable.type.element.range,
                      "a variable is f32; " + variable.type.element.text +
                          " can't be trained");
  const auto *name = llvm::dyn_cast<NameExpression>(variable.value.get());
  auto found = name ? items.find(name->name) : items.end();
  const auto *sample = found == items.end()
                           ? nullptr
                           : llvm::dyn_cast<SampleItem>(found->second.item);
  if (!sample) {
    constants.evaluate(*variable.value);
    return;
  }
  found->second.isUsed = true;
  if (sample->distribution.text != "normal" &&
      sample->distribution.text != "uniform")
    diagnostics
        .error(variable.value->range,
               "a variable starts as a number, or as a draw of a normal or "
               "uniform sample")
        .note(sample->distribution.range,
              quoted(name->name) + " is drawn otherwise");
}

void Checker::checkEma(const EmaItem &ema) {
  checkExpression(*ema.decay, Place::Schedule);
  if (ema.from)
    checkExpression(*ema.from, Place::Schedule);
  auto found = items.find(ema.source.text);
  if (found != items.end() && llvm::isa<NetworkItem>(found->second.item))
    return;
  if (found == items.end() && isNameless(Item::Kind::Network))
    return;
  std::vector<StringRef> networks;
  for (const auto &entry : items)
    if (llvm::isa<NetworkItem>(entry.second.item))
      networks.push_back(entry.getKey());
  diagnostics.error(ema.source.range,
                    quoted(ema.source.text) + " is no network" +
                        didYouMean(ema.source.text, networks));
}

void Checker::checkExport(const ExportItem &item) {
  checkExportedFile(item.file);
  auto found = items.find(item.name.text);
  if (found != items.end() &&
      llvm::isa<NetworkItem, EmaItem>(found->second.item)) {
    found->second.isUsed = true;
    return;
  }
  if (found == items.end() &&
      isNameless({Item::Kind::Network, Item::Kind::Ema}))
    return;
  std::vector<StringRef> networks;
  for (const auto &entry : items)
    if (llvm::isa<NetworkItem, EmaItem>(entry.second.item))
      networks.push_back(entry.getKey());
  diagnostics.error(item.name.range, "only networks and their averages are "
                                     "exported, and " +
                                         quoted(item.name.text) +
                                         " is neither" +
                                         didYouMean(item.name.text, networks));
}

/// A snapshot overwrites nothing, and leaves nothing outside of its folder.
void Checker::checkExportedFile(const Identifier &file) {
  if (!gan::game::isExportName(file.text)) {
    diagnostics.error(file.range,
                      "the name of an export has 1 to 64 letters, digits, "
                      "'.', '_' and '-', and begins with no '.'");
    return;
  }
  auto [earlier, isNew] =
      exportedFiles.try_emplace(StringRef(file.text).lower(), file.range);
  if (!isNew)
    diagnostics
        .error(file.range, "there is already an export " + quoted(file.text) +
                               "; capitals do not count")
        .note(earlier->second, "the other one is here");
}

//===----------------------------------------------------------------------===//
// Players
//===----------------------------------------------------------------------===//

void Checker::checkPlayer(const PlayerItem &player) {
  const Signature *signature =
      known(SignatureKind::Optimiser, "optimiser", player.optimiser);
  if (signature) {
    bindArguments(*signature, player.arguments, player.optimiser.range,
                  diagnostics);
    for (const Argument &argument : player.arguments) {
      if (!signature->has(argument))
        continue;
      const FixedOption *fixed = fixedOption(argument.name.text);
      if (fixed)
        constants.integer(*argument.value, fixed->low, fixed->high,
                          "'" + argument.name.text + "'");
      else
        checkExpression(*argument.value, Place::Schedule);
    }
  }
  const Postprocess *projection = nullptr;
  for (const Postprocess &post : player.postprocesses) {
    if (post.amount)
      if (auto amount = constants.evaluate(*post.amount); amount && *amount < 0)
        diagnostics.error(post.amount->range, "the amount of '" +
                                                  post.name.text +
                                                  "' is not negative");
    bool isProjection =
        post.name.text == "clip_weights" || post.name.text == "unit_norm";
    if (projection && !isProjection)
      diagnostics
          .error(post.range, "'" + post.name.text +
                                 "' acts on the gradient and stands before "
                                 "what acts on the parameters")
          .note(projection->range, "the parameters are changed here");
    if (isProjection)
      projection = &post;
  }
}
