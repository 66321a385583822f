//===- ImportItems.cpp - the declarations of a game -----------------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/StringSwitch.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

/// Elements a tensor may have; sizes are computed in 64 bits.
static constexpr int64_t kMostElements = int64_t(1) << 40;
static constexpr size_t kMostClasses = 1000;

void GameImporter::importItem(const Item &item) {
  switch (item.kind) {
  case Item::Kind::Option:
    importOption(cast<OptionItem>(item));
    return;
  case Item::Kind::Network:
    importNetwork(cast<NetworkItem>(item));
    return;
  case Item::Kind::Data:
    importData(cast<DataItem>(item));
    return;
  case Item::Kind::Sample:
    importSample(cast<SampleItem>(item));
    return;
  case Item::Kind::State:
    importState(cast<StateItem>(item));
    return;
  case Item::Kind::Variable:
    importVariable(cast<VariableItem>(item));
    return;
  case Item::Kind::Player:
    importPlayer(cast<PlayerItem>(item));
    return;
  case Item::Kind::Ema:
    importEma(cast<EmaItem>(item));
    return;
  case Item::Kind::Show:
    importShow(cast<ShowItem>(item));
    return;
  case Item::Kind::Export: {
    const auto &exported = cast<ExportItem>(item);
    game::ExportOp::create(builder, locationOf(item.range), exported.name.text,
                           exported.file.text, /*template_file=*/nullptr,
                           /*states=*/nullptr, /*offsets=*/nullptr);
    return;
  }
  default:
    // Consts and defs are used up; the step and reports come later.
    return;
  }
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// The stream whose batch `B` is, if it is the only one.
const DataItem *GameImporter::onlyStream() const {
  const DataItem *only = nullptr;
  for (const ItemPtr &item : game.items) {
    const auto *data = dyn_cast<DataItem>(item.get());
    if (!data || data->pairs)
      continue;
    if (only)
      return nullptr;
    only = data;
  }
  return only;
}

std::optional<int64_t> GameImporter::batchOf(const DataItem &data) {
  if (data.pairs)
    return batchOf(cast<DataItem>(*findItem(data.pairs.text)));
  if (auto given = overrides.batches.find(data.name.text);
      given != overrides.batches.end())
    return given->second;
  return constants.integer(*data.batch, 1, INT32_MAX, "a batch size");
}

/// The tensor type of a declaration; `stream` is set in that of a data stream,
/// whose `B` is its own batch.
RankedTensorType GameImporter::typeOf(const TypeExpression &type,
                                      const DataItem *stream) {
  if (refusedTypes.contains(&type))
    return {};
  SmallVector<int64_t> shape;
  int64_t elements = 1;
  for (const Dimension &dimension : type.dimensions) {
    std::optional<int64_t> size;
    if (!dimension.isBatch)
      size = constants.integer(*dimension.size, 1, INT32_MAX, "a dimension");
    else if (dimension.stream)
      size = batchOf(cast<DataItem>(*findItem(dimension.stream.text)));
    else
      size = batchOf(stream ? *stream : *onlyStream());
    if (!size)
      return {};
    if (*size > kMostElements / elements) {
      diagnostics.error(type.range, "a tensor has at most 2^40 elements "
                                    "(limit)");
      refusedTypes.insert(&type);
      return {};
    }
    elements *= *size;
    shape.push_back(*size);
  }
  Type element = llvm::StringSwitch<Type>(type.element.text)
                     .Case("f32", builder.getF32Type())
                     .Case("i32", builder.getI32Type())
                     .Case("i64", builder.getI64Type())
                     .Default(builder.getI1Type());
  return RankedTensorType::get(shape, element);
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

double GameImporter::constantOr(const Argument *argument, double otherwise) {
  if (!argument)
    return otherwise;
  return constants.evaluate(*argument->value).value_or(otherwise);
}

void GameImporter::importOption(const OptionItem &option) {
  FloatAttr low, high;
  if (option.interval) {
    low = builder.getF64FloatAttr(
        constants.evaluate(*option.interval->low).value_or(0));
    high = builder.getF64FloatAttr(
        constants.evaluate(*option.interval->high).value_or(0));
  }
  FloatAttr value =
      builder.getF64FloatAttr(constants.evaluate(*option.value).value_or(0));
  game::OptionOp::create(builder, locationOf(option.range),
                         builder.getStringAttr(option.name.text), value, low,
                         high, builder.getStringAttr(option.help.text));
}

gan::game::ParametrisationAttr
GameImporter::parametrisationOf(const NetworkAttribute &attribute) {
  StringRef kind = attribute.name.text;
  const Signature &signature =
      *findSignature(SignatureKind::Parametrisation, kind);
  std::optional<BoundArguments> bound = bindArguments(
      signature, attribute.arguments, attribute.range, diagnostics);
  auto find = [&](StringRef name) -> const Argument * {
    const auto *at = llvm::find(signature.options, name);
    return at == signature.options.end()
               ? nullptr
               : bound->options[at - signature.options.begin()];
  };
  const Argument *advance = find("advance");
  double value = kind == "spectral_norm" ? constantOr(find("epsilon"), 1e-12)
                 : kind == "equalised"
                     ? constantOr(find("gain"), std::sqrt(2.0))
                     : 0;
  return game::ParametrisationAttr::get(
      context, *game::symbolizeParametrisationKind(kind),
      attribute.pattern.text, builder.getF64FloatAttr(value),
      static_cast<int64_t>(constantOr(find("iterations"), 1)),
      advance
          ? *game::symbolizeAdvance(cast<NameExpression>(*advance->value).name)
          : game::Advance::update);
}

void GameImporter::importNetwork(const NetworkItem &network) {
  SmallVector<Attribute> inits, parametrised;
  SmallVector<StringRef> trainable, constant;
  bool isFrozen = false, isUnbiased = false;
  for (const NetworkAttribute &attribute : network.attributes) {
    switch (attribute.kind) {
    case NetworkAttribute::Kind::Frozen:
      isFrozen = true;
      break;
    case NetworkAttribute::Kind::Variance:
      isUnbiased = attribute.name.text == "unbiased";
      break;
    case NetworkAttribute::Kind::Trainable:
      trainable.push_back(attribute.pattern.text);
      break;
    case NetworkAttribute::Kind::Constant:
      constant.push_back(attribute.pattern.text);
      break;
    case NetworkAttribute::Kind::Init: {
      const Signature &signature =
          *findSignature(SignatureKind::Initializer, attribute.name.text);
      std::optional<BoundArguments> bound = bindArguments(
          signature, attribute.arguments, attribute.range, diagnostics);
      const Argument *first = bound->parameters[0];
      const Argument *second =
          bound->parameters.size() > 1 ? bound->parameters[1] : nullptr;
      double a = constantOr(first, 1), b = constantOr(second, 0);
      bool isBad = (attribute.name.text == "uniform" && !(a < b)) ||
                   (attribute.name.text == "normal" && !(b >= 0));
      if (isBad)
        diagnostics.error(attribute.range,
                          attribute.name.text == "uniform"
                              ? "the lower bound is not below the upper one"
                              : "a standard deviation is not negative");
      inits.push_back(game::InitAttr::get(
          context, *game::symbolizeInitKind(attribute.name.text),
          builder.getF64FloatAttr(a), builder.getF64FloatAttr(b),
          attribute.pattern.text));
      break;
    }
    case NetworkAttribute::Kind::With:
      parametrised.push_back(parametrisationOf(attribute));
      break;
    case NetworkAttribute::Kind::Share: {
      auto pattern = [](const Path &path) {
        return path.pattern ? path.pattern.text : "*";
      };
      at(attribute.range,
         game::ShareOp::create(
             builder, locationOf(attribute.range), attribute.from.base.text,
             pattern(attribute.from), attribute.to.base.text,
             pattern(attribute.to), /*names=*/nullptr, /*states=*/nullptr));
      break;
    }
    default:
      // The checker has refused the others.
      break;
    }
  }
  game::NetworkOp::create(
      builder, locationOf(network.range), network.name.text, network.file.text,
      builder.getArrayAttr(inits), builder.getStrArrayAttr(trainable),
      builder.getStrArrayAttr(constant),
      parametrised.empty() ? ArrayAttr() : builder.getArrayAttr(parametrised),
      isFrozen, isUnbiased);
}

void GameImporter::importData(const DataItem &data) {
  RankedTensorType type = typeOf(data.type, &data);
  if (!type)
    return;
  double low = 0, high = 0;
  if (data.interval) {
    low = constants.evaluate(*data.interval->low).value_or(0);
    high = constants.evaluate(*data.interval->high).value_or(0);
  }
  FlatSymbolRefAttr pairs;
  if (data.pairs)
    pairs = FlatSymbolRefAttr::get(context, data.pairs.text);
  game::DataOp::create(
      builder, locationOf(data.range), builder.getStringAttr(data.name.text),
      builder.getF64FloatAttr(low), builder.getF64FloatAttr(high), pairs,
      /*classes=*/nullptr, TypeAttr::get(type));
}

/// The arguments of a sample's distribution; none after an error.
std::optional<SmallVector<double>>
GameImporter::numbersOf(const SampleItem &sample) {
  std::optional<BoundArguments> bound = bindArguments(
      *findSignature(SignatureKind::Distribution, sample.distribution.text),
      sample.arguments, sample.distribution.range, diagnostics);
  if (!bound)
    return std::nullopt;
  SmallVector<double> numbers;
  for (const Argument *argument :
       llvm::concat<const Argument *>(bound->parameters, bound->rest)) {
    std::optional<double> number = constants.evaluate(*argument->value);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

void GameImporter::importSample(const SampleItem &sample) {
  RankedTensorType type = typeOf(sample.type, nullptr);
  StringRef name = sample.distribution.text;
  std::optional<SmallVector<double>> numbers = numbersOf(sample);
  if (!type || !numbers)
    return;
  double a = numbers->empty() ? 0 : (*numbers)[0];
  double b = numbers->size() < 2 ? 0 : (*numbers)[1];
  std::string wrong;
  if (name == "normal" && b < 0)
    wrong = "a standard deviation is not negative";
  else if (name == "uniform" && !(a < b))
    wrong = "the lower bound is not below the upper one";
  else if (name == "bernoulli" && !(a >= 0 && a <= 1))
    wrong = "a probability is between 0 and 1";
  else if (name == "integer" &&
           !(a >= 1 && a <= INT32_MAX && a == std::floor(a)))
    wrong = "expected a whole number from 1 to 2147483647";
  else if (name == "logistic" && !(b > 0))
    wrong = "a scale is positive";
  else if (name == "one_hot" && type.getRank() == 0)
    wrong = "'one_hot' needs an axis of classes, as in f32[B, 10]";
  else if (name == "permutation" && type.getRank() != 1)
    wrong = "'permutation' orders the numbers of one axis, as in i32[B]";
  else if (name == "categorical") {
    double total = 0;
    bool isBad = false;
    for (double weight : *numbers) {
      isBad |= weight < 0;
      total += weight;
    }
    if (numbers->size() < 2 || numbers->size() > kMostClasses)
      wrong = "expected from 2 to 1000 weights, one for each class";
    else if (isBad || total == 0)
      wrong = "weights are not negative, and one of them is positive";
  }
  if (!wrong.empty()) {
    diagnostics.error(sample.distribution.range, wrong);
    refusedTypes.insert(&sample.type);
    return;
  }
  // What others are made of: numbers in the middle of 2^24 parts of (0, 1), so
  // that neither they nor their distance from 1 is zero, or class numbers.
  gan::Distribution drawn =
      gan::symbolizeDistribution(name).value_or(gan::Distribution::uniform);
  if (name == "logistic" || name == "gumbel") {
    a = 0x1p-25;
    b = 1 - 0x1p-25;
  } else if (name == "categorical") {
    a = 0;
    b = 1;
  } else if (name == "one_hot") {
    drawn = gan::Distribution::integer;
    a = type.getShape().back();
  }
  game::SampleOp::create(builder, locationOf(sample.range),
                         builder.getStringAttr(sample.name.text),
                         gan::DistributionAttr::get(context, drawn),
                         builder.getF64FloatAttr(a), builder.getF64FloatAttr(b),
                         TypeAttr::get(drawnType(sample, type)));
}

void GameImporter::importState(const StateItem &state) {
  RankedTensorType type = typeOf(state.type, nullptr);
  std::optional<double> value = constants.evaluate(*state.value);
  if (!type || !value ||
      !requireHeld(ImportedValue::constant(*value), state.value->range,
                   type.getElementType()))
    return;
  game::StateOp::create(builder, locationOf(state.range),
                        builder.getStringAttr(state.name.text),
                        builder.getF64FloatAttr(*value), TypeAttr::get(type));
}

void GameImporter::importVariable(const VariableItem &variable) {
  RankedTensorType type = typeOf(variable.type, nullptr);
  if (!type)
    return;
  auto make = [&](gan::InitializerKind kind, double a, double b) {
    auto initializer = gan::InitializerAttr::get(
        context, kind, builder.getF64FloatAttr(a), builder.getF64FloatAttr(b),
        gan::BlobAttr(), StringAttr());
    game::VariableOp::create(builder, locationOf(variable.range),
                             builder.getStringAttr(variable.name.text),
                             initializer, TypeAttr::get(type));
  };
  const auto *name = dyn_cast<NameExpression>(variable.value.get());
  const auto *sample =
      name ? dyn_cast_or_null<SampleItem>(findItem(name->name)) : nullptr;
  if (!sample) {
    std::optional<double> value = constants.evaluate(*variable.value);
    if (value && requireHeld(ImportedValue::constant(*value),
                             variable.value->range, type.getElementType()))
      make(gan::InitializerKind::fill, *value, 0);
    return;
  }
  RankedTensorType drawn = typeOf(sample->type, nullptr);
  std::optional<BoundArguments> bound = bindArguments(
      *findSignature(SignatureKind::Distribution, sample->distribution.text),
      sample->arguments, sample->distribution.range, diagnostics);
  if (!drawn || !bound)
    return;
  if (drawn != type) {
    diagnostics
        .error(variable.value->range, "variable " + quoted(variable.name.text) +
                                          " is " + describeType(type) +
                                          ", got " + describeType(drawn))
        .note(sample->name.range,
              quoted(sample->name.text) + " is declared here");
    return;
  }
  make(sample->distribution.text == "normal" ? gan::InitializerKind::normal
                                             : gan::InitializerKind::uniform,
       constantOr(bound->parameters[0], 0),
       constantOr(bound->parameters[1], 1));
}

/// Fills the region of a declaration with numbers of the host.
void GameImporter::yieldNumbers(
    const std::vector<std::pair<SourceRange, ImportedValue>> &numbers) {
  SmallVector<Value> values;
  for (const auto &[range, number] : numbers) {
    Value value = hostNumber(number, range);
    if (!value)
      return;
    values.push_back(value);
  }
  game::YieldOp::create(builder, builder.getUnknownLoc(), values);
}

/// k if exactly one `every k gain g` holds updates of the player (rule 13).
int64_t GameImporter::lazyInterval(const PlayerItem &player) {
  std::vector<const EveryStatement *> found;
  std::function<bool(const Statement &)> moves =
      [&](const Statement &statement) -> bool {
    if (const auto *update = dyn_cast<UpdateStatement>(&statement))
      return update->player.text == player.name.text;
    bool any = false;
    if (const auto *block = dyn_cast<BlockStatement>(&statement))
      for (const StatementPtr &inner : block->statements)
        any |= moves(*inner);
    if (const auto *repeat = dyn_cast<RepeatStatement>(&statement))
      any = moves(*repeat->body);
    if (const auto *when = dyn_cast<WhenStatement>(&statement))
      any = moves(*when->body);
    if (const auto *accumulate = dyn_cast<AccumulateStatement>(&statement))
      any = moves(*accumulate->body);
    if (const auto *together = dyn_cast<TogetherStatement>(&statement))
      for (const auto &update : together->updates)
        any |= moves(*update);
    if (const auto *every = dyn_cast<EveryStatement>(&statement)) {
      any = moves(*every->body);
      if (any && every->gain)
        found.push_back(every);
    }
    return any;
  };
  moves(*step->body);
  if (found.size() != 1)
    return 1;
  return static_cast<int64_t>(
      constants.evaluate(*found.front()->interval).value_or(1));
}

/// What is wrong with a number of an optimiser, or nothing. Only numbers that
/// are known when compiling are looked at.
static StringRef wrongNumber(StringRef name, double number) {
  bool isShare =
      llvm::is_contained({"momentum", "alpha", "beta1", "beta2"}, name);
  if (isShare && !(number >= 0 && number < 1))
    return " is at least 0 and less than 1";
  return number < 0 ? " is not negative" : "";
}

void GameImporter::importPlayer(const PlayerItem &player) {
  // What an optimiser takes where the game says nothing.
  static const std::pair<StringRef, double> defaults[] = {
      {"momentum", 0.9}, {"alpha", 0.99},   {"beta1", 0.9},
      {"beta2", 0.999},  {"epsilon", 1e-8}, {"decay", 0.01}};
  SmallVector<std::string> trains;
  for (const Path &path : player.paths)
    trains.push_back(path.base.text +
                     (path.pattern ? "/" + path.pattern.text : ""));
  SmallVector<StringRef> trainRefs(trains.begin(), trains.end());
  SmallVector<Attribute> posts;
  for (const Postprocess &post : player.postprocesses) {
    double amount =
        post.amount ? constants.evaluate(*post.amount).value_or(0) : 0;
    posts.push_back(
        game::PostAttr::get(context, *game::symbolizePostKind(post.name.text),
                            builder.getF64FloatAttr(amount)));
  }

  const Signature &signature =
      *findSignature(SignatureKind::Optimiser, player.optimiser.text);
  std::optional<BoundArguments> bound = bindArguments(
      signature, player.arguments, player.optimiser.range, diagnostics);
  if (!bound)
    return;
  bool isAdam = signature.name.starts_with("adam");
  llvm::StringMap<int64_t> fixed = {{"lazy", isAdam ? lazyInterval(player) : 1},
                                    {"nesterov", 0},
                                    {"bias_correction", 1}};
  SmallVector<StringRef> names;
  SmallVector<const Argument *> given;
  for (auto [name, argument] :
       llvm::zip(signature.parameters, bound->parameters)) {
    names.push_back(name);
    given.push_back(argument);
  }
  for (auto [name, argument] : llvm::zip(signature.options, bound->options)) {
    if (!argument)
      continue;
    if (const FixedOption *option = fixedOption(name)) {
      fixed[name] = constants
                        .integer(*argument->value, option->low, option->high,
                                 "'" + name + "'")
                        .value_or(1);
      continue;
    }
    names.push_back(name);
    given.push_back(argument);
  }
  auto made = game::PlayerOp::create(
      builder, locationOf(player.range), player.name.text,
      builder.getStrArrayAttr(trainRefs),
      *game::symbolizeOptimiserKind(signature.name),
      builder.getStrArrayAttr(names), builder.getArrayAttr(posts),
      fixed["lazy"], fixed["nesterov"] != 0, fixed["bias_correction"] == 0,
      bool(player.shared));
  // An epsilon in the root stands for the one outside of it.
  bool isInRoot = llvm::is_contained(names, "root_epsilon");
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&made.getBody().emplaceBlock());
  std::vector<std::pair<SourceRange, ImportedValue>> numbers;
  for (auto [name, argument] : llvm::zip(names, given)) {
    if (argument) {
      ImportedValue number = evaluate(*argument->value, Place::Host);
      SourceRange range = argument->value->range;
      StringRef wrong =
          number.isConstant() ? wrongNumber(name, number.number) : StringRef();
      if (!wrong.empty())
        diagnostics.error(range, "'" + name + "'" + wrong);
      numbers.emplace_back(range, number);
      rates[player.name.text].push_back({name, range, number});
      continue;
    }
    const auto *entry = llvm::find_if(
        defaults, [name = name](const auto &d) { return d.first == name; });
    bool isReplaced = isInRoot && name == "epsilon";
    numbers.emplace_back(
        player.optimiser.range,
        ImportedValue::constant(isReplaced ? 0 : entry->second));
  }
  yieldNumbers(numbers);
}

void GameImporter::importEma(const EmaItem &ema) {
  auto made = game::EmaOp::create(builder, locationOf(ema.range), ema.name.text,
                                  ema.source.text);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&made.getBody().emplaceBlock());
  ImportedValue decay = evaluate(*ema.decay, Place::Host);
  if (decay.isConstant() && !(decay.number >= 0 && decay.number < 1))
    diagnostics.error(ema.decay->range,
                      "the decay of an average is at least 0 and less than 1");
  ImportedValue from =
      ema.from ? evaluate(*ema.from, Place::Host) : ImportedValue::constant(0);
  isInFirstStep = from.atFirst() && *from.atFirst() <= 0;
  requireFinite(decay, ema.decay->range, "the decay of an average");
  isInFirstStep = false;
  yieldNumbers({{ema.decay->range, decay},
                {ema.from ? ema.from->range : ema.decay->range, from}});
}

/// A grid of pictures [N, C, H, W] in -1 … 1. Values of the range of a data
/// stream of that shape are brought there.
void GameImporter::importShow(const ShowItem &show) {
  auto made =
      game::ShowOp::create(builder, locationOf(show.range), show.name.text);
  OpBuilder::InsertionGuard guard(builder);
  mlir::Block *body = &made.getBody().emplaceBlock();
  builder.setInsertionPointToEnd(body);
  DrawBlock draws;
  draws.block = body;
  drawBlock = &draws;
  ImportedValue picture = evaluate(*show.value, Place::Device);
  drawBlock = nullptr;
  SourceRange range = show.value->range;
  Value value = floatTensor(picture, range, "a show");
  if (!value)
    return;
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getRank() != 4 ||
      (type.getDimSize(1) != 1 && type.getDimSize(1) != 3)) {
    diagnostics.error(range, "a show is pictures f32[count, 1 or 3, height, "
                             "width], got " +
                                 describeType(type));
    return;
  }
  for (const ItemPtr &item : game.items) {
    const auto *data = dyn_cast<DataItem>(item.get());
    if (!data || !data->interval)
      continue;
    RankedTensorType like = typeOf(data->type, data);
    if (!like || like.getShape().drop_front() != type.getShape().drop_front())
      continue;
    double low = constants.evaluate(*data->interval->low).value_or(-1);
    double high = constants.evaluate(*data->interval->high).value_or(1);
    gan::TensorBuilder make = tensors(range);
    if (low != -1 || high != 1)
      value =
          make.shift(make.scale(make.shift(value, -low), 2 / (high - low)), -1);
    break;
  }
  game::YieldOp::create(builder, locationOf(range), value);
}
