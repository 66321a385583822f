//===- CheckParameters.cpp - every parameter has one trainer --------------===//

#include "dialects/game/Transforms/NetworkState.h"
#include "dialects/gan/IR/NetworkAttributes.h"
#include "frontends/game/Checker.h"
#include "frontends/game/GameChecks.h"
#include "frontends/game/ImportedValue.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/GlobPattern.h"
#include <deque>

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;

namespace {
/// Who trains a parameter, by `NETWORK/NAME` of the network that it is of.
using Owner = std::pair<const PlayerItem *, const Path *>;
using Owners = llvm::StringMap<std::vector<Owner>>;

/// The initializers of one network, over all of its instances.
class ParameterChecker {
public:
  ParameterChecker(const Game &game, const NetworkItem &network,
                   Diagnostics &diagnostics, Owners &owners)
      : game(game), network(network), diagnostics(diagnostics), owners(owners) {
  }

  void add(gan::NetworkOp instance);
  void readRoles();
  /// Pairs the tensors of this network that are another's too.
  void share(gan::game::ShareOp share, SourceRange range,
             const ParameterChecker &other);
  void readAttributes();
  void reportUndecided();
  void reportLost(mlir::ArrayAttr parts);
  StringRef name() const { return network.name.text; }

private:
  std::optional<llvm::GlobPattern> compile(const Identifier &pattern);
  bool addOwner(StringRef name, Owner owner);
  void readOwners();
  void readInits();
  void readPostprocesses(const PlayerItem &player, StringRef parameter);
  void readParametrisations();
  void parametrise(const NetworkAttribute &attribute,
                   const llvm::GlobPattern &glob);
  /// Of another network, if it is shared.
  std::string stateOf(StringRef parameter) const {
    auto found = shared.find(parameter);
    return found == shared.end() ? network.name.text + "/" + parameter.str()
                                 : found->second;
  }

  const Game &game;
  const NetworkItem &network;
  Diagnostics &diagnostics;
  llvm::MapVector<StringRef, gan::Role> roles;
  llvm::MapVector<StringRef, gan::ParameterOp> parameters;
  llvm::MapVector<StringRef, const NetworkAttribute *> parametrised;
  llvm::StringMap<std::string> shared;
  Owners &owners;
  bool isTrained = false;
};
} // namespace

void ParameterChecker::add(gan::NetworkOp instance) {
  instance.walk([&](gan::ParameterOp parameter) {
    roles.insert({parameter.getName(), parameter.getRole()});
    parameters.insert({parameter.getName(), parameter});
  });
}

/// A pattern that matches something; reports one that does not.
std::optional<llvm::GlobPattern>
ParameterChecker::compile(const Identifier &pattern) {
  llvm::Expected<llvm::GlobPattern> glob =
      llvm::GlobPattern::create(pattern.text, /*MaxSubPatterns=*/64);
  if (!glob) {
    diagnostics.error(pattern.range, "this is no pattern: " +
                                         llvm::toString(glob.takeError()));
    return std::nullopt;
  }
  if (llvm::none_of(
          roles, [&](const auto &entry) { return glob->match(entry.first); })) {
    std::vector<StringRef> names;
    for (const auto &[name, role] : roles)
      names.push_back(name);
    diagnostics
        .error(pattern.range, "no parameter of network " +
                                  quoted(network.name.text) + " matches " +
                                  quoted(pattern.text) +
                                  didYouMean(pattern.text, names))
        .note("parameters are " + listOf(names));
    return std::nullopt;
  }
  return *glob;
}

void ParameterChecker::readRoles() {
  if (roles.empty())
    return;
  llvm::MapVector<StringRef, const NetworkAttribute *> decided;
  for (const NetworkAttribute &attribute : network.attributes) {
    // A tap names a tensor.
    if (!attribute.pattern || attribute.kind == NetworkAttribute::Kind::Tap)
      continue;
    std::optional<llvm::GlobPattern> glob = compile(attribute.pattern);
    bool decides = attribute.kind == NetworkAttribute::Kind::Trainable ||
                   attribute.kind == NetworkAttribute::Kind::Constant;
    if (!glob || !decides)
      continue;
    for (auto &[name, role] : roles) {
      if (!glob->match(name))
        continue;
      auto [other, isNew] = decided.insert({name, &attribute});
      if (!isNew && other->second->kind != attribute.kind)
        diagnostics
            .error(attribute.range, "parameter " + quoted(name) +
                                        " is both trainable and constant")
            .note(other->second->range, "the other pattern is here");
      role = attribute.kind == NetworkAttribute::Kind::Trainable
                 ? gan::Role::parameter
                 : gan::Role::constant;
    }
  }
}

/// Adds an owner of a parameter; reports one beside whom it has another player,
/// if they do not both share.
bool ParameterChecker::addOwner(StringRef name, Owner owner) {
  std::vector<Owner> &others = owners[stateOf(name)];
  for (auto [player, path] : others) {
    bool isMeant =
        player == owner.first || (player->shared && owner.first->shared);
    if (isMeant)
      continue;
    diagnostics
        .error(owner.second->range,
               "parameter " + quoted(stateOf(name)) +
                   " has two players; if that is meant, each says 'shared'")
        .note(path->range, "it is trained here");
    return false;
  }
  others.push_back(owner);
  return true;
}

/// What a player's `then` can't do with a parameter that it trains.
void ParameterChecker::readPostprocesses(const PlayerItem &player,
                                         StringRef parameter) {
  auto type = cast<RankedTensorType>(parameters[parameter].getType());
  for (const Postprocess &post : player.postprocesses)
    if (post.name.text == "unit_norm" && type.getNumElements() < 2)
      diagnostics.error(post.range,
                        "'unit_norm' is for parameters of two elements or "
                        "more; " +
                            quoted(stateOf(parameter)) + " has " +
                            std::to_string(type.getNumElements()));
}

void ParameterChecker::readOwners() {
  for (const ItemPtr &item : game.items) {
    const auto *player = dyn_cast<PlayerItem>(item.get());
    if (!player)
      continue;
    for (const Path &path : player->paths) {
      if (path.base.text != network.name.text)
        continue;
      isTrained = true;
      std::optional<llvm::GlobPattern> glob;
      if (path.pattern)
        glob = compile(path.pattern);
      if (path.pattern && !glob)
        continue;
      bool any = false;
      for (const auto &[name, role] : roles) {
        if (role != gan::Role::parameter || (glob && !glob->match(name)))
          continue;
        any = true;
        if (!addOwner(name, {player, &path}))
          break;
        readPostprocesses(*player, name);
      }
      if (!any && llvm::none_of(roles, [](const auto &entry) {
            return entry.second == gan::Role::undecided;
          }))
        diagnostics.error(path.range, "network " + quoted(network.name.text) +
                                          " has no parameter that " +
                                          quoted(player->name.text) +
                                          " could train here");
    }
  }
}

/// Of the `init` clauses that name a parameter the last one decides. What has a
/// scale from inputs and outputs is for the weights of contractions.
void ParameterChecker::readInits() {
  llvm::MapVector<StringRef, const NetworkAttribute *> decided;
  for (const NetworkAttribute &attribute : network.attributes) {
    if (attribute.kind != NetworkAttribute::Kind::Init || !attribute.pattern)
      continue;
    // readRoles has reported patterns that are none.
    llvm::Expected<llvm::GlobPattern> glob =
        llvm::GlobPattern::create(attribute.pattern.text);
    if (!glob) {
      llvm::consumeError(glob.takeError());
      continue;
    }
    for (const auto &[name, role] : roles)
      if (role == gan::Role::parameter && glob->match(name))
        decided[name] = &attribute;
  }
  llvm::MapVector<const NetworkAttribute *, std::vector<StringRef>> wrong;
  for (auto &[name, attribute] : decided) {
    auto use = gan::game::weightUseOf(parameters[name]);
    bool isWeight = use && !use->isTable;
    if (!isWeight && llvm::is_contained({"kaiming", "orthogonal", "xavier"},
                                        attribute->name.text))
      wrong[attribute].push_back(name);
  }
  for (auto &[attribute, names] : wrong)
    diagnostics
        .error(attribute->pattern.range, "init '" + attribute->name.text +
                                             "' is for weights of "
                                             "contractions; " +
                                             quoted(attribute->pattern.text) +
                                             " matches also " + listOf(names))
        .note("without a pattern it is given to all weights, and to nothing "
              "else");
}

/// One `with`: something must be concerned, once, and its outputs known.
void ParameterChecker::parametrise(const NetworkAttribute &attribute,
                                   const llvm::GlobPattern &glob) {
  bool takesTables = attribute.name.text == "spectral_norm";
  bool any = false;
  llvm::SmallPtrSet<const NetworkAttribute *, 2> reported;
  for (auto &[name, parameter] : parameters) {
    auto use = gan::game::weightUseOf(parameter);
    // What is shared has the parametrisation of the network that owns it.
    if (!glob.match(name) || shared.contains(name) || !use ||
        (use->isTable && !takesTables) || roles[name] != gan::Role::parameter)
      continue;
    any = true;
    auto [other, isNew] = parametrised.insert({name, &attribute});
    if (!isNew) {
      // The other parameters of both are the same mistake.
      if (reported.insert(other->second).second)
        diagnostics
            .error(attribute.range,
                   "parameter " + quoted(name) + " has two parametrisations")
            .note(other->second->range, "the other one is here");
      continue;
    }
    size_t rank = cast<RankedTensorType>(parameter.getType()).getRank();
    if (use->outputs.empty() || use->outputs.size() == rank)
      diagnostics.error(attribute.range,
                        "'" + attribute.name.text + "' of " + quoted(name) +
                            ": the file reshapes it or uses it as a batch of "
                            "matrices, and which axes are outputs can't be "
                            "told");
  }
  if (!any)
    diagnostics
        .error(attribute.pattern.range,
               quoted(attribute.pattern.text) +
                   " matches no weight of a contraction in network " +
                   quoted(network.name.text))
        .note("biases and the parameters of normalisations are left alone");
}

void ParameterChecker::readParametrisations() {
  for (const NetworkAttribute &attribute : network.attributes) {
    if (attribute.kind != NetworkAttribute::Kind::With)
      continue;
    // readRoles has reported patterns that are none.
    llvm::Expected<llvm::GlobPattern> glob =
        llvm::GlobPattern::create(attribute.pattern.text);
    if (glob)
      parametrise(attribute, *glob);
    else
      llvm::consumeError(glob.takeError());
  }
}

void ParameterChecker::reportUndecided() {
  if (!isTrained)
    return;
  std::vector<StringRef> undecided, untrained;
  for (const auto &[name, role] : roles) {
    if (role == gan::Role::undecided)
      undecided.push_back(name);
    if (role == gan::Role::parameter && !owners.contains(stateOf(name)))
      untrained.push_back(name);
  }
  if (!undecided.empty())
    diagnostics
        .error(
            network.name.range,
            "the file of network " + quoted(network.name.text) +
                " does not say whether these are trained: " + listOf(undecided))
        .note("write 'trainable \"PATTERN\"' or 'constant \"PATTERN\"' behind "
              "the network for each");
  else if (!untrained.empty() && !diagnostics.hasErrors())
    diagnostics.warning("untrained-parameter", network.name.range,
                        "no player trains these parameters of network " +
                            quoted(network.name.text) + ": " +
                            listOf(untrained));
}

void ParameterChecker::readAttributes() {
  // A network that is never applied has no instance to look at.
  if (roles.empty())
    return;
  if (!diagnostics.hasErrors()) {
    readParametrisations();
    readInits();
  }
  readOwners();
}

void ParameterChecker::share(gan::game::ShareOp share, SourceRange range,
                             const ParameterChecker &other) {
  // A network that is never applied has nothing to share with.
  if (roles.empty() || other.roles.empty())
    return;
  bool any = false;
  for (auto &[name, parameter] : parameters) {
    std::optional<std::string> from = gan::game::sharedName(share, name);
    gan::Role role = roles[name];
    bool isState = role == gan::Role::parameter || role == gan::Role::buffer;
    if (!from || !isState)
      continue;
    any = true;
    auto found = other.parameters.find(*from);
    std::string theirs = other.network.name.text + "/" + *from;
    std::string ours = network.name.text + "/" + name.str();
    if (found == other.parameters.end()) {
      diagnostics.error(range, quoted(ours) + " should be " + quoted(theirs) +
                                   ", which is not there");
      return;
    }
    gan::ParameterOp owner = found->second;
    auto typeOf = [](gan::ParameterOp op) {
      return describeType(cast<RankedTensorType>(op.getType()));
    };
    if (owner.getType() != parameter.getType())
      diagnostics.error(range, quoted(theirs) + " is " + typeOf(owner) +
                                   " and " + quoted(ours) + " is " +
                                   typeOf(parameter) +
                                   "; only equal shapes are shared");
    else if (other.roles.lookup(*from) != role)
      diagnostics.error(range, quoted(theirs) + " and " + quoted(ours) +
                                   " have different roles");
    else if (other.shared.contains(*from) ||
             !shared.try_emplace(name, theirs).second)
      diagnostics.error(range, "of " + quoted(theirs) + " and " + quoted(ours) +
                                   " one is shared already; share with the "
                                   "network that owns it");
  }
  if (!any)
    diagnostics.error(range, "nothing is shared: no parameter of network " +
                                 quoted(network.name.text) + " matches " +
                                 quoted(share.getToPattern()));
}

/// Training would go on without what the exporter took out, in silence.
void ParameterChecker::reportLost(ArrayAttr parts) {
  if (!isTrained)
    return;
  for (auto part : parts.getAsRange<StringAttr>()) {
    bool isNorm = part.getValue().starts_with("the spectral norm");
    diagnostics
        .error(network.file.range, "network " + quoted(network.name.text) +
                                       " is trained, and its file has lost " +
                                       part.getValue())
        .note(isNorm ? "export the module without it, and write 'with "
                       "spectral_norm(\"*\")' behind the network"
                     : "export with torch.onnx.export(…, dynamo=False, "
                       "training=TrainingMode.PRESERVE, "
                       "do_constant_folding=False), or the module without it");
  }
}

void gan::gamelang::checkParameters(ModuleOp module, const Game &game,
                                    const SourceRecord &record,
                                    Diagnostics &diagnostics) {
  Owners owners;
  std::deque<ParameterChecker> checkers;
  for (const ItemPtr &item : game.items)
    if (const auto *network = dyn_cast<NetworkItem>(item.get())) {
      checkers.emplace_back(game, *network, diagnostics, owners);
      for (auto instance : module.getOps<gan::NetworkOp>())
        if (instance.getModel() == network->name.text)
          checkers.back().add(instance);
    }
  auto find = [&](StringRef name) -> ParameterChecker & {
    return *llvm::find_if(checkers, [&](const ParameterChecker &checker) {
      return checker.name() == name;
    });
  };
  for (ParameterChecker &checker : checkers)
    checker.readRoles();
  for (auto share : module.getOps<gan::game::ShareOp>())
    find(share.getTo())
        .share(share, record.placeOf(share), find(share.getFrom()));
  for (ParameterChecker &checker : checkers)
    checker.readAttributes();
  for (ParameterChecker &checker : checkers)
    checker.reportUndecided();
  llvm::StringSet<> reported;
  for (auto instance : module.getOps<gan::NetworkOp>())
    if (auto parts = instance->getAttrOfType<ArrayAttr>(gan::kLostName))
      if (reported.insert(instance.getModel()).second)
        find(instance.getModel()).reportLost(parts);
}
