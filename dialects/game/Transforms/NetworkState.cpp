//===- NetworkState.cpp - which initializers of a game are state ----------===//

#include "dialects/game/Transforms/NetworkState.h"
#include "dialects/gan/IR/Site.h"
#include "dialects/gan/IR/TensorBuilder.h"
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

FailureOr<NetworkInfos> gan::game::collectNetworks(ModuleOp module) {
  NetworkInfos infos;
  for (auto network : module.getOps<game::NetworkOp>())
    infos[network.getSymNameAttr()].declaration = network;
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
      info.tensors.insert(
          {parameter.getNameAttr(), {parameter, settledRole(info, parameter)}});
    });
  }
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

namespace {
/// How a contraction sees its weight.
struct Fan {
  double in, out;
};
} // namespace

/// Fan-in and fan-out if the parameter is the weight of a contraction, directly
/// or through reshape and transpose.
static std::optional<Fan> contractionFan(Value value, RankedTensorType type) {
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    double elements = type.getNumElements();
    if (isa<gan::ReshapeOp, gan::TransposeOp>(op)) {
      if (auto fan = contractionFan(op->getResult(0), type))
        return fan;
    } else if (auto conv = dyn_cast<gan::ConvOp>(op)) {
      if (use.getOperandNumber() == 1)
        return Fan{elements / type.getDimSize(0),
                   elements / type.getDimSize(1) /
                       conv.getGeometry().getGroups()};
    } else if (auto conv = dyn_cast<gan::ConvGradInputOp>(op)) {
      if (use.getOperandNumber() == 0)
        return Fan{elements / type.getDimSize(1) /
                       conv.getGeometry().getGroups(),
                   elements / type.getDimSize(0)};
    } else if (auto dot = dyn_cast<gan::DotOp>(op)) {
      bool isLhs = use.getOperandNumber() == 0;
      auto operandType = cast<RankedTensorType>(use.get().getType());
      double in = 1;
      for (int64_t dim : isLhs ? dot.getLhsContract() : dot.getRhsContract())
        in *= operandType.getDimSize(dim);
      return Fan{in, elements / in};
    }
  }
  return std::nullopt;
}

/// The `init` clause that decides a parameter: the last one that names it, else
/// the last one without a pattern if it is the weight of a contraction.
static InitAttr initOf(const NetworkInfo &info, StringRef name, bool isWeight) {
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
  if (tensor.role != Role::parameter)
    return fromFile;
  auto type = gan::tensorType(parameter.getResult());
  auto fan = contractionFan(parameter.getResult(), type);
  InitAttr init = initOf(info, name, fan.has_value());
  if (!init)
    return fromFile;
  double x = init.getA().getValueAsDouble(), y = init.getB().getValueAsDouble();
  auto needFan = [&]() -> LogicalResult {
    if (fan)
      return success();
    return emitError(info.declaration.getLoc())
           << "init of '" << name << "' expected the weight of a contraction";
  };
  switch (init.getKind()) {
  case InitKind::normal:
    return make(gan::InitializerKind::normal, x, y);
  case InitKind::uniform:
    return make(gan::InitializerKind::uniform, x, y);
  case InitKind::constant:
    return make(gan::InitializerKind::fill, x, 0);
  case InitKind::xavier: {
    if (failed(needFan()))
      return failure();
    double limit = x * std::sqrt(6.0 / (fan->in + fan->out));
    return make(gan::InitializerKind::uniform, -limit, limit);
  }
  case InitKind::kaiming:
    if (failed(needFan()))
      return failure();
    return make(gan::InitializerKind::normal, 0, x * std::sqrt(2.0 / fan->in));
  case InitKind::orthogonal:
    return emitError(info.declaration.getLoc())
           << "init orthogonal is not yet supported";
  }
  return failure();
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

LogicalResult gan::game::declareState(ModuleOp module,
                                      const NetworkInfos &networks) {
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToStart(module.getBody());
  auto declare = [&](Location loc, const Twine &name, gan::StateKind kind,
                     gan::InitializerAttr initializer, Type type) {
    std::string text = name.str();
    gan::StateOp::create(builder, loc, text, kind, initializer,
                         gan::siteOf(text), type);
  };
  for (auto &[network, info] : networks) {
    if (!info.hasState)
      continue;
    for (auto &[name, tensor] : info.tensors) {
      if (tensor.role == Role::constant)
        continue;
      auto initializer = initializerOf(info, name, tensor);
      if (failed(initializer))
        return failure();
      gan::ParameterOp parameter = tensor.first;
      declare(parameter.getLoc(), network.getValue() + "/" + name.getValue(),
              tensor.role == Role::buffer ? gan::StateKind::buffer
                                          : gan::StateKind::parameter,
              *initializer, parameter.getType());
    }
  }
  for (auto ema : module.getOps<EmaOp>()) {
    auto found = networks.find(ema.getOfAttr().getAttr());
    if (found == networks.end())
      return ema.emitOpError()
             << "expected '" << ema.getOf() << "' to be a network";
    for (auto &[name, tensor] : found->second.tensors) {
      if (tensor.role == Role::constant)
        continue;
      auto source = builder.getStringAttr(ema.getOf() + "/" + name.getValue());
      gan::ParameterOp parameter = tensor.first;
      declare(ema.getLoc(), ema.getSymName() + "/" + name.getValue(),
              gan::StateKind::average,
              gan::InitializerAttr::get(module.getContext(),
                                        gan::InitializerKind::copy, {}, {}, {},
                                        source),
              parameter.getType());
    }
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
