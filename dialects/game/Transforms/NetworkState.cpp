//===- NetworkState.cpp - which initializers of a game are state ----------===//

#include "dialects/game/Transforms/NetworkState.h"
#include "dialects/game/Transforms/OrthogonalStart.h"
#include "dialects/gan/IR/Site.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/GlobPattern.h"
#include <cmath>

using namespace mlir;
using namespace gan::game;
using gan::Role;
namespace game = gan::game;

bool gan::game::matchesGlob(StringRef pattern, StringRef name) {
  auto glob = llvm::GlobPattern::create(pattern);
  if (!glob) {
    llvm::consumeError(glob.takeError());
    return pattern == name;
  }
  return glob->match(name);
}

bool gan::game::matchesParameter(StringRef pattern, StringRef name) {
  return matchesGlob(pattern, name) ||
         (name.contains('#') && matchesGlob(pattern, name.rsplit('#').first));
}

/// The network's name in `NETWORK` or `NETWORK/GLOB`.
static StringRef networkOfPath(StringRef path) { return path.split('/').first; }

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

static bool matchesAny(ArrayAttr patterns, StringRef name) {
  return llvm::any_of(
      patterns.getAsRange<StringAttr>(),
      [&](StringAttr pattern) { return matchesGlob(pattern, name); });
}

static Role settledRole(const NetworkInfo &info, gan::ParameterOp parameter) {
  game::NetworkOp network = info.declaration;
  if (matchesAny(network.getTrainable(), parameter.getName()))
    return Role::parameter;
  if (matchesAny(network.getConstant(), parameter.getName()))
    return Role::constant;
  return parameter.getRole();
}

/// The one that the game puts on a trained tensor; two of one tensor, and axes
/// that can't be told, are refused by the frontend, which has the text.
static std::optional<Parametrisation>
parametrisationOf(const NetworkInfo &info, const NetworkTensor &tensor) {
  game::NetworkOp network = info.declaration;
  if (!network.getParametrised() || tensor.role != Role::parameter)
    return std::nullopt;
  auto use = weightUseOf(tensor.first);
  for (auto attribute :
       network.getParametrised()->getAsRange<ParametrisationAttr>())
    if (Parametrisation::concerns(attribute, tensor.first.getName(), use))
      return Parametrisation(attribute, *use,
                             gan::tensorType(tensor.first.getResult()));
  return std::nullopt;
}

static LogicalResult reportUndecided(const NetworkInfo &info) {
  SmallVector<StringRef> undecided;
  for (auto &[name, tensor] : info.tensors)
    if (tensor.role == Role::undecided)
      undecided.push_back(name.getValue());
  if (undecided.empty())
    return success();
  InFlightDiagnostic error =
      emitError(info.declaration.getLoc())
      << "network '" << info.declaration.getSymName()
      << "' is trained, but the file does not say whether "
         "these initializers are parameters: ";
  llvm::interleaveComma(undecided, error);
  error.attachNote()
      << "claim each by trainable \"pattern\" or constant \"pattern\"";
  return error;
}

std::optional<std::string> gan::game::sharedName(ShareOp share,
                                                 StringRef name) {
  auto [head, tail] = share.getToPattern().split('*');
  bool isName = !share.getToPattern().contains('*');
  StringRef middle = name;
  if (isName)
    return name == head ? std::optional(share.getFromPattern().str())
                        : std::nullopt;
  if (name.size() < head.size() + tail.size() || !middle.consume_front(head) ||
      !middle.consume_back(tail))
    return std::nullopt;
  auto [otherHead, otherTail] = share.getFromPattern().split('*');
  return (otherHead + middle + otherTail).str();
}

/// Gives shared tensors the state of the other network. That pairs exist, fit
/// and make no circle is checked by the frontend, which has the text.
static void shareTensors(ModuleOp module, NetworkInfos &infos) {
  for (auto share : module.getOps<ShareOp>()) {
    auto from = infos.find(share.getFromAttr().getAttr());
    auto to = infos.find(share.getToAttr().getAttr());
    if (from == infos.end() || to == infos.end())
      continue;
    bool hasState = from->second.hasState || to->second.hasState;
    from->second.hasState = to->second.hasState = hasState;
    for (auto &[name, tensor] : to->second.tensors) {
      auto other = sharedName(share, name);
      auto *found = other ? from->second.tensors.find(
                                StringAttr::get(module.getContext(), *other))
                          : from->second.tensors.end();
      if (found == from->second.tensors.end())
        continue;
      tensor.state = found->second.state;
      tensor.parametrisation = found->second.parametrisation;
      tensor.isShared = true;
    }
  }
}

FailureOr<NetworkInfos> gan::game::collectNetworks(ModuleOp module) {
  NetworkInfos infos;
  for (auto network : module.getOps<game::NetworkOp>()) {
    NetworkInfo &info = infos[network.getSymNameAttr()];
    info.declaration = network;
    info.hasState = network.getParametrised().has_value();
  }
  for (auto player : module.getOps<PlayerOp>())
    for (auto path : player.getTrains().getAsRange<StringAttr>()) {
      auto name = StringAttr::get(module.getContext(), networkOfPath(path));
      if (auto found = infos.find(name); found != infos.end())
        found->second.hasState = true;
    }
  for (auto ema : module.getOps<EmaOp>())
    if (auto found = infos.find(ema.getOfAttr().getAttr());
        found != infos.end())
      found->second.hasState = true;

  for (auto instance : module.getOps<gan::NetworkOp>()) {
    auto found = infos.find(instance.getModelAttr());
    if (found == infos.end())
      continue;
    NetworkInfo &info = found->second;
    instance.walk([&](gan::ParameterOp parameter) {
      if (info.tensors.contains(parameter.getNameAttr()))
        return;
      NetworkTensor tensor{
          parameter,
          settledRole(info, parameter),
          {},
          (instance.getModel() + "/" + parameter.getName()).str()};
      tensor.parametrisation = parametrisationOf(info, tensor);
      info.tensors.insert({parameter.getNameAttr(), std::move(tensor)});
    });
  }
  shareTensors(module, infos);
  bool failed = false;
  for (auto &[name, info] : infos)
    if (info.hasState)
      failed |= mlir::failed(reportUndecided(info));
  if (failed)
    return failure();
  return infos;
}

//===----------------------------------------------------------------------===//
// Initial values
//===----------------------------------------------------------------------===//

/// The `init` clause that decides a parameter: the last one that names it, else
/// the last one without a pattern if it is the weight of a contraction.
static InitAttr initOf(const NetworkInfo &info, StringRef name,
                       const NetworkTensor &tensor) {
  if (tensor.role != Role::parameter)
    return {};
  auto use = weightUseOf(tensor.first);
  bool isWeight = use && !use->isTable;
  InitAttr general, named;
  game::NetworkOp network = info.declaration;
  for (auto init : network.getInit().getAsRange<InitAttr>()) {
    if (init.getPattern().empty())
      general = init;
    else if (matchesGlob(init.getPattern(), name))
      named = init;
  }
  return named ? named : isWeight ? general : InitAttr();
}

static FailureOr<gan::InitializerAttr>
initializerOf(const NetworkInfo &info, StringRef name,
              const NetworkTensor &tensor) {
  Builder b(info.declaration->getContext());
  gan::ParameterOp parameter = tensor.first;
  auto make = [&](gan::InitializerKind kind, double x, double y) {
    return gan::InitializerAttr::get(b.getContext(), kind, b.getF64FloatAttr(x),
                                     b.getF64FloatAttr(y), {}, {});
  };
  auto fromFile =
      gan::InitializerAttr::get(b.getContext(), gan::InitializerKind::weights,
                                {}, {}, parameter.getBlob(), {});
  InitAttr init = initOf(info, name, tensor);
  if (!init)
    return fromFile;
  auto use = weightUseOf(parameter);
  bool isWeight = use && !use->isTable;
  double x = init.getA().getValueAsDouble(), y = init.getB().getValueAsDouble();
  auto needFan = [&]() -> LogicalResult {
    if (isWeight)
      return success();
    return emitError(info.declaration.getLoc())
           << "init of '" << name << "' expected the weight of a contraction";
  };
  switch (init.getKind()) {
  case InitKind::normal:
    return make(gan::InitializerKind::normal, x, y);
  case InitKind::orthogonal:
    // Of these numbers startOrthogonal makes the weight.
    if (failed(needFan()))
      return failure();
    return make(gan::InitializerKind::normal, 0, 1);
  case InitKind::uniform:
    return make(gan::InitializerKind::uniform, x, y);
  case InitKind::constant:
    return make(gan::InitializerKind::fill, x, 0);
  case InitKind::xavier: {
    if (failed(needFan()))
      return failure();
    double limit = x * std::sqrt(6.0 / (use->fanIn + use->fanOut));
    return make(gan::InitializerKind::uniform, -limit, limit);
  }
  case InitKind::kaiming:
    if (failed(needFan()))
      return failure();
    return make(gan::InitializerKind::normal, 0,
                x * std::sqrt(2.0 / use->fanIn));
  }
  return failure();
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

namespace {

class StateDeclarer {
public:
  StateDeclarer(ModuleOp module, const NetworkInfos &networks)
      : module(module), networks(networks), builder(module.getContext()),
        statements(module.getContext()) {
    builder.setInsertionPointToStart(module.getBody());
    statements.setInsertionPointToEnd(module.getBody());
  }

  LogicalResult run();

private:
  gan::StateOp declare(Location loc, const Twine &name, gan::StateKind kind,
                       gan::InitializerAttr initializer, Type type);
  LogicalResult declareNetwork(const NetworkInfo &info);
  void declareAverage(EmaOp ema, const NetworkInfo &info);
  OpBuilder atStart(StringRef name, Location loc);
  gan::InitializerAttr copyOf(StringRef state);

  ModuleOp module;
  const NetworkInfos &networks;
  OpBuilder builder, statements;
  llvm::StringMap<StartOp> starts;
  /// States that a start may give other values than they were declared with.
  llvm::StringSet<> changed;
};

} // namespace

gan::StateOp StateDeclarer::declare(Location loc, const Twine &name,
                                    gan::StateKind kind,
                                    gan::InitializerAttr initializer,
                                    Type type) {
  std::string text = name.str();
  return gan::StateOp::create(builder, loc, text, kind, initializer,
                              gan::siteOf(text), type);
}

gan::InitializerAttr StateDeclarer::copyOf(StringRef state) {
  return gan::InitializerAttr::get(module.getContext(),
                                   gan::InitializerKind::copy, {}, {}, {},
                                   builder.getStringAttr(state));
}

/// Where statements of the start of that name go.
OpBuilder StateDeclarer::atStart(StringRef name, Location loc) {
  StartOp &start = starts[name];
  if (!start) {
    start = StartOp::create(statements, loc, statements.getStringAttr(name));
    start.getBody().emplaceBlock();
  }
  return OpBuilder::atBlockEnd(&start.getBody().front());
}

LogicalResult StateDeclarer::declareNetwork(const NetworkInfo &info) {
  for (auto &[name, tensor] : info.tensors) {
    if (tensor.role == Role::constant || tensor.isShared)
      continue;
    auto initializer = initializerOf(info, name, tensor);
    if (failed(initializer))
      return failure();
    gan::ParameterOp parameter = tensor.first;
    Location loc = parameter.getLoc();
    StringRef state = tensor.state;
    declare(loc, state,
            tensor.role == Role::buffer ? gan::StateKind::buffer
                                        : gan::StateKind::parameter,
            *initializer, parameter.getType());
    if (InitAttr init = initOf(info, name, tensor);
        init && init.getKind() == InitKind::orthogonal) {
      OpBuilder inside = atStart("weights", loc);
      changed.insert(state);
      startOrthogonal(inside, loc, state, gan::tensorType(parameter),
                      init.getA().getValueAsDouble());
    }
    if (!tensor.parametrisation)
      continue;
    changed.insert(state);
    for (const auto &piece : tensor.parametrisation->pieces()) {
      declare(loc, state + Twine(piece.suffix), piece.kind, piece.start,
              piece.type);
      changed.insert((state + Twine(piece.suffix)).str());
    }
    OpBuilder inside = atStart("state", loc);
    tensor.parametrisation->start(inside, loc, state,
                                  initializer->getKind() ==
                                      gan::InitializerKind::weights);
    if (!tensor.parametrisation->advancesWith(Advance::update))
      continue;
    auto follow = FollowOp::create(statements, loc, state);
    inside = OpBuilder::atBlockEnd(&follow.getBody().emplaceBlock());
    tensor.parametrisation->advance(inside, loc, state);
  }
  return success();
}

/// An average starts as its network does.
void StateDeclarer::declareAverage(EmaOp ema, const NetworkInfo &info) {
  for (auto &[name, tensor] : info.tensors) {
    if (tensor.role == Role::constant)
      continue;
    gan::ParameterOp parameter = tensor.first;
    SmallVector<std::pair<StringRef, Type>> parts = {{"", parameter.getType()}};
    if (tensor.parametrisation)
      for (const auto &piece : tensor.parametrisation->pieces())
        parts.push_back({piece.suffix, piece.type});
    for (auto [suffix, type] : parts) {
      std::string source = (Twine(tensor.state) + suffix).str();
      std::string state =
          (ema.getSymName() + "/" + name.getValue() + suffix).str();
      declare(ema.getLoc(), state, gan::StateKind::average, copyOf(source),
              type);
      if (!changed.contains(source))
        continue;
      OpBuilder inside = atStart("state", ema.getLoc());
      Value value = ReadOp::create(inside, ema.getLoc(), type,
                                   inside.getStringAttr(source));
      AssignOp::create(inside, ema.getLoc(), inside.getStringAttr(state),
                       value);
    }
  }
}

LogicalResult StateDeclarer::run() {
  for (auto &[network, info] : networks)
    if (info.hasState && failed(declareNetwork(info)))
      return failure();
  for (auto ema : module.getOps<EmaOp>()) {
    auto found = networks.find(ema.getOfAttr().getAttr());
    if (found == networks.end())
      return ema.emitOpError()
             << "expected '" << ema.getOf() << "' to be a network";
    declareAverage(ema, found->second);
  }
  for (auto variable : module.getOps<game::VariableOp>())
    declare(variable.getLoc(), variable.getSymName() + "/value",
            gan::StateKind::parameter, variable.getInitializer(),
            variable.getType());
  auto fill = [&](FloatAttr value) {
    return gan::InitializerAttr::get(
        module.getContext(), gan::InitializerKind::fill, value, {}, {}, {});
  };
  for (auto state : module.getOps<game::StateOp>())
    declare(state.getLoc(), "state/" + state.getSymName(),
            gan::StateKind::variable, fill(state.getValueAttr()),
            state.getType());
  for (auto pool : module.getOps<PoolOp>()) {
    auto zero = fill(builder.getF64FloatAttr(0));
    std::string prefix = ("pool/" + pool.getSymName() + "/").str();
    declare(pool.getLoc(), prefix + "samples", gan::StateKind::variable, zero,
            pool.getType());
    declare(pool.getLoc(), prefix + "count", gan::StateKind::variable, zero,
            RankedTensorType::get({}, builder.getF32Type()));
  }
  return success();
}

/// Which states players of the one network find under names of the other.
static void notePairs(ModuleOp module, const NetworkInfos &networks) {
  for (auto share : module.getOps<ShareOp>()) {
    auto to = networks.find(share.getToAttr().getAttr());
    if (to == networks.end())
      continue;
    SmallVector<StringRef> names, states;
    for (auto &[name, tensor] : to->second.tensors)
      if (tensor.isShared && sharedName(share, name)) {
        names.push_back(name);
        states.push_back(tensor.state);
      }
    Builder b(module.getContext());
    share.setNamesAttr(b.getStrArrayAttr(names));
    share.setStatesAttr(b.getStrArrayAttr(states));
  }
}

LogicalResult gan::game::declareState(ModuleOp module,
                                      const NetworkInfos &networks) {
  notePairs(module, networks);
  return StateDeclarer(module, networks).run();
}
