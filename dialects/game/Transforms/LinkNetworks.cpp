//===- LinkNetworks.cpp - inline applications and declare their state -----===//
//
//  1. Settle roles and declare the state (NetworkState).
//  2. Replace every game.apply by a clone of its instance: initializers become
//     reads of state, batch_norm and dropout take the application's mode, and
//     what a buffer would become is left beside it for the update that advances
//     it.
//  3. Say what the written files of parametrised networks hold.
//  4. Erase the instances.
// Holds afterwards: no game.apply and no instance of a game's network is left.
//
//===----------------------------------------------------------------------===//

#include "dialects/game/Transforms/NetworkState.h"
#include "dialects/game/Transforms/Passes.h"
#include "dialects/gan/IR/Site.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "mlir/IR/IRMapping.h"

#define DEBUG_TYPE "game-link-networks"

namespace gan::game {
#define GEN_PASS_DEF_LINKNETWORKS
#include "dialects/game/Transforms/Passes.h.inc"
} // namespace gan::game

using namespace mlir;
using namespace gan::game;
using gan::Role;
namespace game = gan::game;

namespace {

class ApplicationInliner {
public:
  ApplicationInliner(ApplyOp apply, const NetworkInfo &info, bool isAverage)
      : apply(apply), info(info), isAverage(isAverage), builder(apply) {}

  LogicalResult run(gan::NetworkOp instance);

private:
  /// Whether this application may change buffers.
  bool advances() {
    return !isAverage && info.hasState &&
           apply.getStatistics() == gan::Statistics::batch;
  }
  Value inlineParameter(gan::ParameterOp parameter);
  Value inlineDropout(gan::DropoutOp dropout);
  void inlineOther(Operation &op);
  std::string stateOf(StringAttr name);

  ApplyOp apply;
  const NetworkInfo &info;
  bool isAverage;
  OpBuilder builder;
  IRMapping mapping;
  int64_t dropouts = 0;
};

} // namespace

/// An average has tensors of its own.
std::string ApplicationInliner::stateOf(StringAttr name) {
  if (isAverage)
    return (apply.getNetwork() + "/" + name.getValue()).str();
  return info.tensors.find(name)->second.state;
}

Value ApplicationInliner::inlineParameter(gan::ParameterOp parameter) {
  const NetworkTensor &tensor =
      info.tensors.find(parameter.getNameAttr())->second;
  bool isState = info.hasState && tensor.role != Role::constant;
  if (!isState)
    return builder.clone(*parameter)->getResult(0);
  Location loc = parameter.getLoc();
  std::string state = stateOf(parameter.getNameAttr());
  if (!tensor.parametrisation)
    return ReadOp::create(builder, loc, parameter.getType(),
                          builder.getStringAttr(state));
  if (advances() && tensor.parametrisation->advancesWith(Advance::application))
    tensor.parametrisation->advance(builder, loc, state);
  return tensor.parametrisation->effective(builder, loc, state);
}

/// Draws its own uniform sample, so that it can be recorded and given like any
/// other draw of the game.
Value ApplicationInliner::inlineDropout(gan::DropoutOp dropout) {
  Value x = mapping.lookup(dropout.getInput());
  if (!apply.getDropout())
    return x;
  std::string name = apply.getNetwork().str() + "#" +
                     std::to_string(apply.getApplication()) + "/dropout#" +
                     std::to_string(++dropouts);
  auto module = apply->getParentOfType<ModuleOp>();
  OpBuilder atTop = OpBuilder::atBlockBegin(module.getBody());
  SampleOp::create(atTop, dropout.getLoc(), atTop.getStringAttr(name),
                   gan::DistributionAttr::get(atTop.getContext(),
                                              gan::Distribution::uniform),
                   atTop.getF64FloatAttr(0), atTop.getF64FloatAttr(1),
                   TypeAttr::get(x.getType()));
  Value u = DrawOp::create(
      builder, dropout.getLoc(), x.getType(), name, gan::siteOf(name),
      apply->getParentOfType<StepOp>() ? gan::Scope::block : gan::Scope::run,
      name);
  gan::TensorBuilder b(builder, dropout.getLoc());
  double keep = 1.0 - dropout.getRatio().convertToDouble();
  Value kept = b.compare(gan::Comparison::lt, u, b.constantLike(u, keep));
  return b.select(kept, b.scale(x, 1.0 / keep), b.constantLike(x, 0));
}

void ApplicationInliner::inlineOther(Operation &op) {
  Operation *clone = builder.clone(op, mapping);
  if (auto norm = dyn_cast<gan::BatchNormOp>(clone)) {
    norm.setStatistics(apply.getStatistics());
    norm.setUnbiased(info.declaration.getUnbiased() &&
                     apply.getStatistics() == gan::Statistics::batch);
  }
}

LogicalResult ApplicationInliner::run(gan::NetworkOp instance) {
  mapping.map(instance.getBody().getArguments(), apply.getOperands());
  for (Operation &op : instance.getBody().front().without_terminator()) {
    Operation *before = apply->getPrevNode();
    if (auto parameter = dyn_cast<gan::ParameterOp>(op))
      mapping.map(parameter.getResult(), inlineParameter(parameter));
    else if (auto dropout = dyn_cast<gan::DropoutOp>(op))
      mapping.map(dropout.getResult(), inlineDropout(dropout));
    else if (auto update = dyn_cast<gan::UpdateBufferOp>(op)) {
      if (advances())
        game::UpdateBufferOp::create(
            builder, update.getLoc(),
            builder.getStringAttr(stateOf(update.getNameAttr())),
            mapping.lookup(update.getValue()), apply.getApplicationAttr());
    } else
      inlineOther(op);
    // Everything that came to stand before the application belongs to it.
    for (Operation *made = apply->getPrevNode(); made && made != before;
         made = made->getPrevNode())
      made->setAttr(kApplicationName, apply.getApplicationAttr());
  }
  auto results = llvm::map_to_vector(
      instance.getBody().front().getTerminator()->getOperands(),
      [&](Value value) { return mapping.lookup(value); });
  apply.replaceAllUsesWith(results);
  apply.erase();
  return success();
}

namespace {

struct LinkNetworksPass
    : public gan::game::impl::LinkNetworksBase<LinkNetworksPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto networks = collectNetworks(module);
    if (failed(networks) || failed(declareState(module, *networks)))
      return signalPassFailure();

    SmallVector<ApplyOp> applications;
    module.walk([&](ApplyOp apply) { applications.push_back(apply); });
    for (ApplyOp apply : applications)
      if (failed(inlineApplication(apply, *networks)))
        return signalPassFailure();
    SmallVector<ExportOp> exports(module.getOps<ExportOp>());
    for (ExportOp exported : exports)
      foldExport(exported, *networks);
    for (auto instance :
         llvm::make_early_inc_range(module.getOps<gan::NetworkOp>()))
      if (networks->contains(instance.getModelAttr()))
        instance.erase();
  }

  /// The network that a name stands for, itself or through an average.
  static std::pair<NetworkInfos::const_iterator, EmaOp>
  resolve(Operation *op, FlatSymbolRefAttr name, const NetworkInfos &networks) {
    auto ema =
        dyn_cast_or_null<EmaOp>(SymbolTable::lookupNearestSymbolFrom(op, name));
    return {networks.find(ema ? ema.getOfAttr().getAttr() : name.getAttr()),
            ema};
  }

  /// A written file holds the weights that the network computes with.
  static void foldExport(ExportOp exported, const NetworkInfos &networks) {
    auto [found, ema] = resolve(exported, exported.getNetworkAttr(), networks);
    if (found == networks.end())
      return;
    std::vector<std::pair<std::string, const Parametrisation *>> weights;
    for (auto &[name, tensor] : found->second.tensors)
      if (tensor.parametrisation)
        weights.emplace_back(
            ema ? (ema.getSymName() + "/" + name.getValue()).str()
                : tensor.state,
            &*tensor.parametrisation);
    if (weights.empty())
      return;
    SmallVector<StringRef> names;
    for (auto &[state, formula] : weights)
      names.push_back(state);
    Location loc = exported.getLoc();
    OpBuilder builder(exported);
    builder.setInsertionPointAfter(exported);
    auto folded = FoldedOp::create(builder, loc, exported.getName(),
                                   builder.getStrArrayAttr(names));
    builder.setInsertionPointToEnd(&folded.getBody().emplaceBlock());
    SmallVector<Value> values;
    for (auto &[state, formula] : weights)
      values.push_back(formula->effective(builder, loc, state));
    game::YieldOp::create(builder, loc, values);
  }

  LogicalResult inlineApplication(ApplyOp apply, const NetworkInfos &networks) {
    auto [found, ema] = resolve(apply, apply.getNetworkAttr(), networks);
    auto instance = SymbolTable::lookupNearestSymbolFrom<gan::NetworkOp>(
        apply, apply.getInstanceAttr());
    if (found == networks.end() || !instance)
      return apply.emitOpError()
             << "expected '" << apply.getNetwork() << "' to be a network";
    return ApplicationInliner(apply, found->second, bool(ema)).run(instance);
  }
};

} // namespace
