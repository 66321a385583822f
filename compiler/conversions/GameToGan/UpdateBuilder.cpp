//===- UpdateBuilder.cpp - one player's move ------------------------------===//
//
//  1. Build the objective and take its gradient by the parameters as they are
//  here;
//     refuse one that would pass through a state that has changed since.
//  2. Find which applications advance their running statistics (rule 5).
//  3. Count the update, emit the optimiser, and replace parameters and moments.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GameToGan/DifferentiatedPath.h"
#include "compiler/conversions/GameToGan/StepBuilder.h"

using namespace mlir;
using namespace gan;

static std::optional<int64_t> applicationOf(Operation *op) {
  if (auto number = op->getAttrOfType<IntegerAttr>(game::kApplicationName))
    return number.getInt();
  return std::nullopt;
}

LogicalResult StepBuilder::checkCurrent(game::UpdateOp update, Value objective,
                                        const Names &parameters) {
  // A trained parameter's former value that reaches the objective: its part of
  // the derivative would silently be missing.
  SmallVector<Value> former, current;
  for (auto &[value, change] : stale)
    if (llvm::is_contained(parameters, change.state) &&
        environment.lookup(change.state) != value)
      former.push_back(value);
  for (StringAttr name : parameters)
    current.push_back(environment.lookup(name));
  auto refuse = [&](Value value, Location at) {
    Change change = stale.find(value)->second;
    InFlightDiagnostic error =
        emitError(update.getLoc())
        << "objective of '" << update.getPlayer()
        << "' differentiates a value that was computed before '"
        << change.state.getValue() << "' changed";
    error.attachNote(at) << "computed here; write the application again to see "
                            "the new value";
    error.attachNote(change.loc) << "changed here";
    return error;
  };
  DifferentiatedPath formerPath(objective, former);
  for (Operation *op : formerPath.getOperations())
    for (OpOperand &operand : op->getOpOperands())
      if (llvm::is_contained(former, operand.get()))
        return refuse(operand.get(), op->getLoc());

  DifferentiatedPath path(objective, current);
  for (Operation *op : path.getOperations())
    for (OpOperand &operand : op->getOpOperands()) {
      auto found = stale.find(operand.get());
      if (found != stale.end() && DifferentiatedPath::passes(operand) &&
          environment.lookup(found->second.state) != operand.get())
        return refuse(operand.get(), op->getLoc());
    }
  return success();
}

void StepBuilder::collectBuffers(game::UpdateOp update, Value objective,
                                 const Names &parameters,
                                 PreparedUpdate &prepared) {
  llvm::DenseMap<Value, StringRef> network; // of each parameter's value
  SmallVector<Value> sources;
  for (StringAttr name : parameters) {
    sources.push_back(environment.lookup(name));
    network[sources.back()] = name.getValue().split('/').first;
  }
  llvm::DenseSet<std::pair<int64_t, StringRef>> advancing;
  DifferentiatedPath path(objective, sources);
  for (Operation *op : path.getOperations())
    for (Value operand : op->getOperands())
      if (auto found = network.find(operand); found != network.end())
        if (auto application = applicationOf(op))
          advancing.insert({*application, found->second});

  llvm::DenseSet<int64_t> inside; // applications written in the update itself
  if (update.getTrackAll())
    update.walk([&](Operation *op) {
      if (auto application = applicationOf(op))
        inside.insert(*application);
    });
  llvm::erase_if(pendingBuffers, [&](const PendingBuffer &buffer) {
    StringRef owner = buffer.name.getValue().split('/').first;
    if (!advancing.contains({buffer.application, owner}) &&
        !inside.contains(buffer.application))
      return false;
    prepared.buffers.push_back(buffer);
    return true;
  });
}

/// Two applications advance one buffer one after the other: the later one
/// starts from what the earlier one left.
void StepBuilder::advanceBuffer(const PendingBuffer &buffer) {
  Value current = environment.lookup(buffer.name), after = buffer.after;
  if (current != buffer.before) {
    Operation *definition = after.getDefiningOp();
    unsigned index = cast<OpResult>(after).getResultNumber();
    IRMapping chained;
    chained.map(buffer.before, current);
    after = builder.clone(*definition, chained)->getResult(index);
  }
  environment[buffer.name] =
      StopOp::create(builder, after.getLoc(), after.getType(), after);
}

std::string StepBuilder::reportName(StringRef player) {
  unsigned earlier = objectives[player]++;
  std::string name = ("Loss/" + player).str();
  return earlier ? name + "#" + std::to_string(earlier) : name;
}

FailureOr<StepBuilder::PreparedUpdate>
StepBuilder::prepareUpdate(game::UpdateOp update) {
  auto player = symbols.lookup<game::PlayerOp>(update.getPlayer());
  if (!player)
    return update.emitOpError()
           << "expected '" << update.getPlayer() << "' to be a player";
  Block &body = update.getBody().front();
  if (failed(emitStatements(body)))
    return failure();
  auto objectiveOp = cast<game::ObjectiveOp>(body.getTerminator());
  Value objective = mapping.lookup(objectiveOp.getValue());
  Location loc = update.getLoc();

  Names all = parametersOf(player);
  if (failed(checkCurrent(update, objective, all)))
    return failure();
  SmallVector<Value> sources;
  for (StringAttr name : all)
    sources.push_back(environment.lookup(name));
  DifferentiatedPath path(objective, sources);
  PreparedUpdate prepared{update, {}, {}, {}};
  SmallVector<Value> wrt;
  for (auto [name, source] : llvm::zip(all, sources))
    if (path.reaches(source)) {
      prepared.parameters.push_back(name);
      wrt.push_back(source);
    }
  if (wrt.empty()) {
    InFlightDiagnostic error =
        emitError(objectiveOp.getLoc())
        << "objective of '" << update.getPlayer()
        << "' does not depend on any parameter it trains";
    error.attachNote(player.getLoc())
        << "'" << update.getPlayer() << "' is declared here";
    return failure();
  }

  TensorBuilder b(builder, loc);
  bool isNegated = objectiveOp.getSignAttr().getInt() < 0;
  ReportOp::create(builder, loc, reportName(update.getPlayer()),
                   isNegated ? b.neg(objective) : objective);
  // A path through a gradient may end in it: a penalty on the slope does not
  // depend on the last layer's bias. Its derivative is zero.
  auto grad =
      GradOp::create(builder, loc, objective, wrt, /*zeroWithoutPath=*/true);
  prepared.gradients.assign(grad.result_begin(), grad.result_end());
  collectBuffers(update, objective, prepared.parameters, prepared);
  return prepared;
}

LogicalResult StepBuilder::applyUpdate(PreparedUpdate &prepared) {
  game::UpdateOp op = prepared.op;
  auto player = symbols.lookup<game::PlayerOp>(op.getPlayer());
  for (const PendingBuffer &buffer : prepared.buffers)
    advanceBuffer(buffer);

  auto record = [&](StringRef what, StringAttr name, Value value) {
    RecordOp::create(
        builder, op.getLoc(),
        (op.getPlayer() + "/" + what + "/" + name.getValue()).str(), value);
  };
  SmallVector<ParameterUpdate> updates;
  for (auto [name, gradient] :
       llvm::zip(prepared.parameters, prepared.gradients)) {
    record("gradient", name, gradient);
    ParameterUpdate update{environment.lookup(name), gradient, {}};
    for (StringRef moment : momentNames(player))
      update.moments.push_back(
          environment.lookup(momentName(player, name, moment)));
    updates.push_back(update);
  }
  CountUpdateOp::create(builder, op.getLoc(), op.getPlayer());
  auto numbers = evaluateSchedule(player.getBody().front());
  if (failed(numbers) ||
      failed(emitOptimiser(builder, player, *numbers, updates)))
    return failure();
  for (auto [name, update] : llvm::zip(prepared.parameters, updates)) {
    assign(name, update.parameter, op.getLoc());
    for (auto [moment, value] : llvm::zip(momentNames(player), update.moments))
      assign(momentName(player, name, moment), value, op.getLoc());
    record("parameter", name, update.parameter);
  }
  return success();
}
