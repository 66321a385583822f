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

/// Applications that a value is computed from.
static llvm::DenseSet<int64_t> applicationsBehind(Value value) {
  llvm::DenseSet<int64_t> applications;
  llvm::SetVector<Operation *> work;
  auto push = [&](Value operand) {
    if (Operation *op = operand.getDefiningOp())
      work.insert(op);
  };
  push(value);
  for (size_t next = 0; next < work.size(); ++next) {
    Operation *op = work[next];
    if (auto application = applicationOf(op))
      applications.insert(*application);
    llvm::for_each(op->getOperands(), push);
  }
  return applications;
}

LogicalResult StepBuilder::collectBuffers(game::UpdateOp update,
                                          Value objective,
                                          const Names &parameters,
                                          PreparedUpdate &prepared) {
  SmallVector<Value> sources;
  for (StringAttr name : parameters)
    sources.push_back(environment.lookup(name));
  // Only the body of an application reads a parameter: its own network's.
  llvm::DenseSet<Value> isSource(sources.begin(), sources.end());
  llvm::DenseSet<int64_t> advancing;
  DifferentiatedPath path(objective, sources);
  for (Operation *op : path.getOperations())
    for (Value operand : op->getOperands())
      if (isSource.contains(operand))
        if (auto application = applicationOf(op))
          advancing.insert(*application);

  // All that the objective uses, derivative or not.
  llvm::DenseSet<int64_t> used;
  if (update.getTrackAll())
    used = applicationsBehind(objective);
  LogicalResult result = success();
  Region *here = builder.getInsertionBlock()->getParent();
  llvm::erase_if(pendingBuffers, [&](PendingBuffer &buffer) {
    bool isPassed = advancing.contains(buffer.application);
    bool isTracked = !isPassed && used.contains(buffer.application);
    if (!isPassed && !isTracked)
      return false;
    // In a block that may run several times or not at all, an application
    // outside of it would advance as often; passes are put together behind.
    if (isTracked && !accumulated && buffer.after.getParentRegion() != here &&
        succeeded(result)) {
      InFlightDiagnostic error =
          emitError(update.getLoc())
          << "'track all' in a block that may run several times or not at all "
             "would advance an application outside of it";
      error.attachNote(buffer.after.getLoc())
          << "write this application in the block";
      result = error;
    }
    prepared.buffers.push_back(buffer);
    return true;
  });
  return result;
}

/// Two applications advance one buffer one after the other: the later one
/// starts from what the earlier one left.
void StepBuilder::advanceBuffers(ArrayRef<PendingBuffer> buffers) {
  for (const PendingBuffer &buffer : buffers) {
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
    if (Operation *end = DifferentiatedPath::endOf(objective, sources))
      error.attachNote(end->getLoc())
          << "no derivative passes through '" << end->getName() << "'";
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
  if (failed(collectBuffers(update, objective, prepared.parameters, prepared)))
    return failure();
  return prepared;
}

/// Takes all gradients, then applies all updates; inside of an accumulation
/// adds the gradients to their sums.
LogicalResult StepBuilder::emitUpdates(ArrayRef<game::UpdateOp> updates) {
  SmallVector<PreparedUpdate> prepared;
  for (game::UpdateOp update : updates) {
    auto one = prepareUpdate(update);
    if (failed(one))
      return failure();
    prepared.push_back(*one);
  }
  for (PreparedUpdate &update : prepared) {
    if (!accumulated) {
      advanceBuffers(update.buffers);
      if (failed(applyUpdate(update)))
        return failure();
      continue;
    }
    // Applications outside of the passes advance once, behind them.
    Region *here = builder.getInsertionBlock()->getParent();
    SmallVector<PendingBuffer> inside;
    llvm::erase_if(update.buffers, [&](PendingBuffer &buffer) {
      bool isInside = buffer.after.getParentRegion() == here;
      if (isInside)
        inside.push_back(buffer);
      return isInside;
    });
    advanceBuffers(inside);
    auto player = symbols.lookup<game::PlayerOp>(update.op.getPlayer());
    TensorBuilder b(builder, update.op.getLoc());
    for (auto [parameter, gradient] :
         llvm::zip(update.parameters, update.gradients)) {
      Value &sum = environment[momentName(player, parameter, "sum")];
      sum = b.add(sum, gradient);
    }
    accumulated->push_back(update);
  }
  return success();
}

LogicalResult StepBuilder::applyUpdate(PreparedUpdate &prepared) {
  game::UpdateOp op = prepared.op;
  auto player = symbols.lookup<game::PlayerOp>(op.getPlayer());
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
  for (auto follow : module.getOps<game::FollowOp>())
    if (llvm::is_contained(prepared.parameters, follow.getParameterAttr()))
      if (failed(emitStatements(follow.getBody().front())))
        return failure();
  return success();
}
