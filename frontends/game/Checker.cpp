//===- Checker.cpp - what must hold before networks are looked at ---------===//

#include "frontends/game/Checker.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace gan::gamelang;
using llvm::StringRef;
using llvm::Twine;

llvm::ArrayRef<StringRef> gan::gamelang::warningNames() {
  static const StringRef names[] = {
      "draw-scope",         "same-direction", "unused-let",
      "unused-data",        "unused-sample",  "unused-network",
      "unused-option",      "unused-state",   "unused-def",
      "unused-variable",    "unused-pool",    "unused-augment",
      "idle-player",        "untrained",      "double-sigmoid",
      "double-softmax",     "log-domain",     "batch-statistics",
      "untrained-parameter"};
  return names;
}

StringRef gan::gamelang::describeItem(Item::Kind kind) {
  switch (kind) {
  case Item::Kind::Const:
    return "a const";
  case Item::Kind::Option:
    return "an option";
  case Item::Kind::Network:
    return "a network";
  case Item::Kind::Data:
    return "a data stream";
  case Item::Kind::Sample:
    return "a sample";
  case Item::Kind::Variable:
    return "a variable";
  case Item::Kind::State:
    return "a state";
  case Item::Kind::Player:
    return "a player";
  case Item::Kind::Pool:
    return "a pool";
  case Item::Kind::Augment:
    return "an augment";
  case Item::Kind::Def:
    return "a def";
  case Item::Kind::Ema:
    return "an average of a network";
  case Item::Kind::Step:
    return "the step";
  case Item::Kind::Show:
    return "a show";
  case Item::Kind::Report:
    return "a report";
  case Item::Kind::Export:
    return "an export";
  case Item::Kind::Allow:
    return "an allow";
  case Item::Kind::Stage:
    return "a stage";
  }
  return "an item";
}

Checker::Checker(const Game &game, const Overrides &overrides,
                 Diagnostics &diagnostics)
    : game(game), overrides(overrides), diagnostics(diagnostics),
      constants(overrides, diagnostics) {
  constants.isHidden = [this](StringRef name) {
    Symbol *symbol = find(name);
    return symbol && (symbol->kind != Symbol::Kind::Item ||
                      llvm::isa<OptionItem, DataItem, SampleItem, VariableItem,
                                StateItem>(symbol->item));
  };
}

bool gan::gamelang::checkGame(const Game &game, const Overrides &overrides,
                              Diagnostics &diagnostics) {
  Checker(game, overrides, diagnostics).run();
  return !diagnostics.hasErrors();
}

void Checker::notYet(SourceRange range, const Twine &what) {
  diagnostics.error(range, what + " is not yet supported");
}

void Checker::run() {
  // Warnings may be allowed anywhere in the file.
  for (const ItemPtr &item : game.items)
    if (const auto *allow = llvm::dyn_cast<AllowItem>(item.get()))
      checkAllow(*allow);
  declareItems();
  constants.define(game);
  auto isSeen = [](const Item &item) {
    return llvm::isa<ShowItem>(item) || llvm::isa<ReportItem>(item);
  };
  for (const ItemPtr &item : game.items)
    if (!llvm::isa<StepItem>(item.get()) && !isSeen(*item))
      checkItem(*item);
  checkPaths();
  if (step)
    checkStep(*step);
  else
    diagnostics.error(game.name.range,
                      "game " + quoted(game.name.text) + " has no 'step'");
  // Behind the step, so that its lets are known for what they are.
  for (const ItemPtr &item : game.items)
    if (isSeen(*item))
      checkItem(*item);
  for (const auto &given : overrides.constants) {
    if (constants.isDefined(given.getKey()))
      continue;
    Diagnostic &error = diagnostics.error(
        game.name.range, "the command line sets " + quoted(given.getKey()) +
                             ", which is no const of game " +
                             quoted(game.name.text));
    auto named = items.find(given.getKey());
    if (named != items.end() && llvm::isa<OptionItem>(named->second.item))
      error.note(named->second.range,
                 quoted(given.getKey()) +
                     " is an option: the program that trains takes it as '--" +
                     given.getKey() + "'");
  }
  for (const auto &given : overrides.batches)
    checkBatch(given.getKey());
  // After an error most of these would only repeat it.
  if (diagnostics.hasErrors())
    return;
  useAveraged();
  warnUntrained();
  warnDrawScopes();
  noteMissingGains();
  warnUnused();
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

void Checker::declareItems() {
  for (const ItemPtr &item : game.items)
    declare(*item);
}

void Checker::declare(const Item &item) {
  switch (item.kind) {
  case Item::Kind::Step:
    if (step)
      diagnostics
          .error({item.range.begin, item.range.begin + 4},
                 "a game has one 'step'; this is the second")
          .note(step->range, "the first is here");
    else
      step = &llvm::cast<StepItem>(item);
    return;
  case Item::Kind::Report:
    checkOutputName(item.name);
    return;
  case Item::Kind::Show:
    checkOutputName(item.name);
    break;
  case Item::Kind::Export:
  case Item::Kind::Allow:
  case Item::Kind::Stage:
    return;
  default:
    break;
  }
  const auto *data = llvm::dyn_cast<DataItem>(&item);
  hasData |= data != nullptr;
  if (data && !data->pairs)
    streams.push_back(data);
  if (!mayDeclare(item.name)) {
    nameless.push_back(item.kind);
    if (auto other = items.find(item.name.text); other != items.end())
      other->second.kind = Symbol::Kind::Refused;
    return;
  }
  Symbol made;
  made.item = &item;
  made.range = item.name.range;
  items[item.name.text] = std::move(made);
}

/// Whether the name of such an item was taken by another one.
bool Checker::isNameless(llvm::ArrayRef<Item::Kind> kinds) const {
  return llvm::any_of(nameless, [&](Item::Kind kind) {
    return llvm::is_contained(kinds, kind);
  });
}

/// Shows and reports have a namespace of their own: that of the statistics.
void Checker::checkOutputName(const Identifier &name) {
  auto [earlier, isNew] = outputNames.try_emplace(name.text, name.range);
  if (!isNew)
    diagnostics
        .error(name.range,
               "there is already a show or report " + quoted(name.text))
        .note(earlier->second, "the other one is here");
}

void Checker::checkAllow(const AllowItem &allow) {
  if (llvm::is_contained(warningNames(), allow.name.text)) {
    diagnostics.accept(allow.name.text);
    return;
  }
  std::string near = didYouMean(allow.name.text, warningNames());
  Diagnostic &error =
      diagnostics.error(allow.name.range, "there is no warning " +
                                              quoted(allow.name.text) + near);
  if (near.empty())
    error.note("warnings are " + llvm::join(warningNames(), ", "));
}

//===----------------------------------------------------------------------===//
// All items together
//===----------------------------------------------------------------------===//

/// Who trains what: paths name networks and variables, and no parameter has two
/// players but those that share it.
void Checker::checkPaths() {
  llvm::StringMap<std::vector<std::pair<const PlayerItem *, const Path *>>>
      owners;
  for (const ItemPtr &item : game.items) {
    const auto *player = llvm::dyn_cast<PlayerItem>(item.get());
    if (!player)
      continue;
    for (const Path &path : player->paths) {
      auto found = items.find(path.base.text);
      const Item *base = found == items.end() ? nullptr : found->second.item;
      const auto *network = llvm::dyn_cast_or_null<NetworkItem>(base);
      if (!base && isNameless({Item::Kind::Network, Item::Kind::Variable}))
        continue;
      if (!network && !llvm::isa_and_nonnull<VariableItem>(base)) {
        std::vector<StringRef> networks;
        for (const auto &entry : items)
          if (llvm::isa<NetworkItem, VariableItem>(entry.second.item))
            networks.push_back(entry.getKey());
        diagnostics.error(path.base.range,
                          "a player trains networks and variables, and " +
                              quoted(path.base.text) +
                              (base
                                   ? (" is " + describeItem(base->kind)).str()
                                   : " is not declared" +
                                         didYouMean(path.base.text, networks)));
        continue;
      }
      if (!network && path.pattern)
        diagnostics
            .error(path.pattern.range,
                   "variable " + quoted(path.base.text) +
                       " is one tensor; a pattern chooses among the "
                       "parameters of a network")
            .note(base->name.range,
                  quoted(path.base.text) + " is declared here");
      if (network)
        for (const NetworkAttribute &attribute : network->attributes)
          if (attribute.kind == NetworkAttribute::Kind::Frozen)
            diagnostics
                .error(path.range, "network " + quoted(path.base.text) +
                                       " is frozen and can't be trained")
                .note(attribute.range, "it is frozen here");
      // Patterns may or may not meet; that is seen when the file is read.
      std::string key =
          path.base.text + (path.pattern ? "." + path.pattern.text : "");
      for (auto [other, where] : owners[key]) {
        if (other != player && other->shared && player->shared)
          continue;
        diagnostics
            .error(path.range, quoted(key) + " is already trained by " +
                                   quoted(other->name.text) +
                                   (other == player ? ""
                                                    : "; if two players are "
                                                      "meant, each says "
                                                      "'shared'"))
            .note(where->range, "it is trained here");
        break;
      }
      owners[key].emplace_back(player, &path);
    }
  }
}

//===----------------------------------------------------------------------===//
// What nothing uses
//===----------------------------------------------------------------------===//

/// An average that is used, uses its network.
void Checker::useAveraged() {
  for (const ItemPtr &item : game.items) {
    const auto *ema = llvm::dyn_cast<EmaItem>(item.get());
    auto found = ema ? items.find(ema->source.text) : items.end();
    if (found != items.end())
      found->second.isUsed |= items[ema->name.text].isUsed;
  }
}

void Checker::warnUntrained() {
  llvm::StringSet<> trained;
  for (const ItemPtr &item : game.items)
    if (const auto *player = llvm::dyn_cast<PlayerItem>(item.get()))
      for (const Path &path : player->paths)
        trained.insert(path.base.text);
  for (const ItemPtr &item : game.items) {
    // What is not used at all is said to be that.
    if (trained.contains(item->name.text) ||
        !items.lookup(item->name.text).isUsed)
      continue;
    if (llvm::isa<VariableItem>(item.get()))
      diagnostics.warning("untrained", item->name.range,
                          "no player trains variable " +
                              quoted(item->name.text) +
                              "; a 'state' holds what the game itself changes");
    const auto *network = llvm::dyn_cast<NetworkItem>(item.get());
    if (!network)
      continue;
    if (!network->isFrozen())
      diagnostics.warning("untrained", network->name.range,
                          "no player trains network " +
                              quoted(network->name.text) +
                              "; write 'frozen' if that is meant");
  }
}

void Checker::warnUnused() {
  llvm::sort(unusedLets,
             [](SourceRange a, SourceRange b) { return a.begin < b.begin; });
  for (SourceRange range : unusedLets)
    diagnostics.warning("unused-let", range,
                        "let '" + diagnostics.source().text(range) +
                            "' is never used");

  for (const ItemPtr &item : game.items) {
    auto found = items.find(item->name.text);
    if (found == items.end() || found->second.item != item.get() ||
        found->second.isUsed)
      continue;
    const Identifier &name = item->name;
    if (llvm::isa<PlayerItem>(item.get()))
      diagnostics.warning("idle-player", name.range,
                          "player " + quoted(name.text) +
                              " has no update in 'step'");
    static const std::pair<Item::Kind, StringRef> kinds[] = {
        {Item::Kind::Data, "data"},         {Item::Kind::Sample, "sample"},
        {Item::Kind::Network, "network"},   {Item::Kind::Option, "option"},
        {Item::Kind::State, "state"},       {Item::Kind::Def, "def"},
        {Item::Kind::Variable, "variable"}, {Item::Kind::Pool, "pool"},
        {Item::Kind::Augment, "augment"}};
    for (const auto &[kind, word] : kinds)
      if (item->kind == kind)
        diagnostics.warning(("unused-" + word).str(), name.range,
                            word + " " + quoted(name.text) + " is never used");
  }
}
