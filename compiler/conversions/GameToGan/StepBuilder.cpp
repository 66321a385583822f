//===- StepBuilder.cpp - statements in text order become one pure region --===//
//
// The environment maps the name of every state to the value it has at the place
// that is being built. A read takes that value, an update or assignment
// replaces it, a repetition carries what changes inside. Values that a state
// had before are remembered: a derivative that would pass through one is
// refused.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversions/GameToGan/StepBuilder.h"
#include "compiler/conversions/GameToGan/DifferentiatedPath.h"
#include "dialects/game/Transforms/NetworkState.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace gan;

StepBuilder::StepBuilder(ModuleOp module)
    : module(module), symbols(module), builder(module.getContext()) {
  for (auto state : module.getOps<gan::StateOp>())
    states[state.getNameAttr()] = state;
  declareMoments();
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

StringAttr StepBuilder::momentName(game::PlayerOp player, StringAttr parameter,
                                   StringRef moment) {
  return builder.getStringAttr(player.getSymName() + "/" +
                               parameter.getValue() + "@" + moment);
}

void StepBuilder::declareMoments() {
  if (states.empty())
    return;
  Operation *last = states.back().second;
  for (auto player : module.getOps<game::PlayerOp>())
    for (StringAttr parameter : parametersOf(player))
      for (StringRef moment : momentNames(player)) {
        builder.setInsertionPointAfter(last);
        auto zero =
            InitializerAttr::get(builder.getContext(), InitializerKind::fill,
                                 builder.getF64FloatAttr(0), {}, {}, {});
        StringAttr name = momentName(player, parameter, moment);
        auto state = gan::StateOp::create(
            builder, player.getLoc(), name,
            StateKindAttr::get(builder.getContext(), StateKind::moment), zero,
            builder.getI32IntegerAttr(0), states[parameter].getTypeAttr());
        states[name] = state;
        last = state;
      }
}

StepBuilder::Names StepBuilder::parametersOf(game::PlayerOp player) {
  Names names;
  for (auto path : player.getTrains().getAsRange<StringAttr>()) {
    auto [network, pattern] = path.getValue().split('/');
    for (auto &[name, state] : states) {
      auto [owner, rest] = name.getValue().split('/');
      if (state.getKind() == StateKind::parameter && owner == network &&
          (pattern.empty() || game::matchesParameter(pattern, rest)) &&
          !llvm::is_contained(names, name))
        names.push_back(name);
    }
    addShared(network, pattern, names);
  }
  return names;
}

/// What the network has of another one, by the names of its own file.
void StepBuilder::addShared(StringRef network, StringRef pattern,
                            Names &names) {
  for (auto share : module.getOps<game::ShareOp>()) {
    if (share.getTo() != network || !share.getNames())
      continue;
    for (auto [name, state] :
         llvm::zip_equal(share.getNames()->getAsRange<StringAttr>(),
                         share.getStates()->getAsRange<StringAttr>())) {
      if (!pattern.empty() && !game::matchesParameter(pattern, name))
        continue;
      // With its pieces.
      for (auto &[known, declared] : states)
        if (declared.getKind() == StateKind::parameter &&
            (known == state ||
             known.getValue().starts_with((state.getValue() + "#").str())) &&
            !llvm::is_contained(names, known))
          names.push_back(known);
    }
  }
}

/// What statements of a block may change, nested blocks included.
StepBuilder::Names StepBuilder::changedIn(Block &block) {
  llvm::SetVector<StringAttr> names;
  block.walk([&](Operation *op) {
    if (auto assignment = dyn_cast<game::AssignOp>(op))
      names.insert(assignment.getNameAttr());
    auto update = dyn_cast<game::UpdateOp>(op);
    if (!update)
      return;
    auto player = symbols.lookup<game::PlayerOp>(update.getPlayer());
    for (StringAttr parameter : parametersOf(player)) {
      names.insert(parameter);
      for (StringRef moment : momentNames(player))
        names.insert(momentName(player, parameter, moment));
    }
    for (auto &[name, state] : states)
      if (state.getKind() == StateKind::buffer)
        names.insert(name);
  });
  return Names(names.begin(), names.end());
}

/// What is stored is a copy: no derivative passes through it (rules 1 and 6),
/// else a generator's gradient would see how the critic reacted to it.
void StepBuilder::assign(StringAttr name, Value value, Location loc) {
  Value &current = environment[name];
  if (current == value)
    return;
  stale.insert_or_assign(current, Change{name, loc});
  current = StopOp::create(builder, loc, value.getType(), value);
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

gan::ProgramOp StepBuilder::beginProgram(Location loc, StringRef name) {
  builder.setInsertionPointToEnd(module.getBody());
  auto empty = builder.getArrayAttr({});
  auto program = gan::ProgramOp::create(builder, loc, name, empty, empty);
  Block *block = builder.createBlock(&program.getBody());
  environment.clear();
  stale.clear();
  pendingBuffers.clear();
  mapping.clear();
  for (auto &[stateName, state] : states)
    environment[stateName] =
        block->addArgument(state.getType(), state.getLoc());
  builder.setInsertionPointToEnd(block);
  return program;
}

/// Draws of scope step and run share one key each, made where the program
/// begins.
void StepBuilder::makeSharedKeys(Operation *root) {
  sharedKeys.assign(3, Value());
  root->walk([&](game::DrawOp draw) {
    Value &key = sharedKeys[static_cast<int>(draw.getScope())];
    bool isSample = symbols.lookup<game::SampleOp>(draw.getSource()) != nullptr;
    if (draw.getScope() != Scope::block && isSample && !key)
      key = KeyOp::create(
          builder, draw.getLoc(), builder.getI32IntegerAttr(nextBlock++),
          ScopeAttr::get(builder.getContext(), draw.getScope()));
  });
}

/// Yields changed states and outputs; drops arguments that nothing reads.
void StepBuilder::finishProgram(gan::ProgramOp program, ValueRange outputs,
                                ArrayRef<Attribute> outputNames) {
  Block &block = program.getBody().front();
  SmallVector<Value> results;
  SmallVector<Attribute> resultNames, argumentNames;
  for (auto [index, entry] : llvm::enumerate(environment)) {
    if (entry.second == block.getArgument(index))
      continue;
    results.push_back(entry.second);
    resultNames.push_back(
        builder.getStringAttr("state " + entry.first.getValue()));
  }
  results.append(outputs.begin(), outputs.end());
  resultNames.append(outputNames.begin(), outputNames.end());
  gan::YieldOp::create(builder, program.getLoc(), results);

  llvm::BitVector unused(block.getNumArguments());
  for (auto [index, entry] : llvm::enumerate(environment)) {
    if (block.getArgument(index).use_empty())
      unused.set(index);
    else
      argumentNames.push_back(
          builder.getStringAttr("state " + entry.first.getValue()));
  }
  block.eraseArguments(unused);
  program.setArgumentNamesAttr(builder.getArrayAttr(argumentNames));
  program.setResultNamesAttr(builder.getArrayAttr(resultNames));
  program.walk([](Operation *op) { op->removeAttr(game::kApplicationName); });
}

LogicalResult StepBuilder::buildStep(game::StepOp step) {
  auto program = beginProgram(step.getLoc(), "step");
  makeSharedKeys(step);
  if (failed(emitBlock(step.getBody().front())) || failed(emitAverages()))
    return failure();
  finishProgram(program, {}, {});
  return success();
}

LogicalResult StepBuilder::buildStart(game::StartOp start) {
  auto program =
      beginProgram(start.getLoc(), ("start/" + start.getName()).str());
  if (failed(emitStatements(start.getBody().front())))
    return failure();
  finishProgram(program, {}, {});
  return success();
}

LogicalResult StepBuilder::buildFolded(game::FoldedOp folded) {
  auto program =
      beginProgram(folded.getLoc(), ("export/" + folded.getName()).str());
  Block &block = folded.getBody().front();
  if (failed(emitStatements(block)))
    return failure();
  SmallVector<Value> outputs;
  SmallVector<Attribute> names;
  for (auto [value, state] :
       llvm::zip_equal(block.getTerminator()->getOperands(),
                       folded.getStates().getAsRange<StringAttr>())) {
    outputs.push_back(mapping.lookup(value));
    names.push_back(builder.getStringAttr("output " + state.getValue()));
  }
  finishProgram(program, outputs, names);
  return success();
}

LogicalResult StepBuilder::buildShow(game::ShowOp show) {
  std::string name = ("show/" + show.getSymName()).str();
  auto program = beginProgram(show.getLoc(), name);
  makeSharedKeys(show);
  Block &block = show.getBody().front();
  if (failed(emitBlock(block)))
    return failure();
  Value output = mapping.lookup(block.getTerminator()->getOperand(0));
  finishProgram(program, output,
                {builder.getStringAttr("output " + show.getSymName())});
  return success();
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

/// Whether the block itself, not a block inside it, draws a sample of its own.
static bool drawsSamples(Block &block, SymbolTable &symbols) {
  for (Operation &op : block) {
    if (auto draw = dyn_cast<game::DrawOp>(op))
      if (draw.getScope() == Scope::block &&
          symbols.lookup<game::SampleOp>(draw.getSource()))
        return true;
    if (isa<game::UpdateOp, game::TogetherOp>(op) &&
        drawsSamples(op.getRegion(0).front(), symbols))
      return true;
  }
  return false;
}

/// A block of the game: its draws have a key of their own.
LogicalResult StepBuilder::emitBlock(Block &block) {
  Value outerKey = blockKey;
  if (drawsSamples(block, symbols))
    blockKey =
        KeyOp::create(builder, block.getParentOp()->getLoc(),
                      builder.getI32IntegerAttr(nextBlock++),
                      ScopeAttr::get(builder.getContext(), Scope::block));
  LogicalResult result = emitStatements(block);
  blockKey = outerKey;
  return result;
}

LogicalResult StepBuilder::emitStatements(Block &block) {
  for (Operation &op : block)
    if (failed(emitStatement(op)))
      return failure();
  return success();
}

FailureOr<Value> StepBuilder::stateHere(game::ReadOp read) {
  if (Value value = environment.lookup(read.getNameAttr()))
    return value;
  return read.emitOpError()
         << "expected '" << read.getName() << "' to be a state";
}

LogicalResult StepBuilder::emitStatement(Operation &op) {
  if (auto let = dyn_cast<game::LetOp>(op)) {
    mapping.map(let.getResult(), mapping.lookup(let.getValue()));
    return success();
  }
  if (auto read = dyn_cast<game::ReadOp>(op)) {
    FailureOr<Value> value = stateHere(read);
    if (failed(value))
      return failure();
    mapping.map(read.getResult(), *value);
    return success();
  }
  if (auto assignment = dyn_cast<game::AssignOp>(op)) {
    assign(assignment.getNameAttr(), mapping.lookup(assignment.getValue()),
           op.getLoc());
    return success();
  }
  if (auto buffer = dyn_cast<game::UpdateBufferOp>(op)) {
    pendingBuffers.push_back({buffer.getNameAttr(),
                              static_cast<int64_t>(buffer.getApplication()),
                              environment.lookup(buffer.getNameAttr()),
                              mapping.lookup(buffer.getValue())});
    return success();
  }
  if (auto draw = dyn_cast<game::DrawOp>(op))
    return emitDraw(draw);
  if (auto block = dyn_cast<game::ScopeOp>(op))
    return emitBlock(block.getBody().front());
  if (auto repeat = dyn_cast<game::RepeatOp>(op))
    return emitRepeat(repeat);
  if (auto when = dyn_cast<game::WhenOp>(op))
    return emitWhen(when);
  if (auto together = dyn_cast<game::TogetherOp>(op))
    return emitTogether(together);
  if (auto accumulate = dyn_cast<game::AccumulateOp>(op))
    return emitAccumulate(accumulate);
  if (auto update = dyn_cast<game::UpdateOp>(op))
    return emitUpdates(update);
  if (isa<game::ObjectiveOp, game::YieldOp>(op))
    return success();
  builder.clone(op, mapping);
  return success();
}

LogicalResult StepBuilder::emitDraw(game::DrawOp draw) {
  Operation *source = symbols.lookup(draw.getSource());
  if (isa_and_nonnull<game::DataOp>(source)) {
    auto batch = DrawDataOp::create(builder, draw.getLoc(), draw.getType(),
                                    draw.getSource());
    if (draw.getScope() == Scope::run)
      batch->setAttr(game::kOfRunName, builder.getUnitAttr());
    mapping.map(draw.getResult(), batch.getResult());
    return success();
  }
  auto sample = dyn_cast_or_null<game::SampleOp>(source);
  if (!sample)
    return draw.emitOpError()
           << "expected '" << draw.getSource() << "' to be data or a sample";
  Value key = draw.getScope() == Scope::block
                  ? blockKey
                  : sharedKeys[static_cast<int>(draw.getScope())];
  mapping.map(draw.getResult(),
              RandomOp::create(builder, draw.getLoc(), draw.getType(),
                               sample.getDistributionAttr(), key,
                               sample.getAAttr(), sample.getBAttr(),
                               draw.getSiteAttr(), draw.getNameAttr()));
  return success();
}

LogicalResult StepBuilder::emitRepeat(game::RepeatOp repeat) {
  return emitLoop(repeat, mapping.lookup(repeat.getCount()),
                  changedIn(repeat.getBody().front()));
}

/// Repeats the block of `loop`, carrying what it changes of `carried`.
LogicalResult StepBuilder::emitLoop(Operation *loop, Value count,
                                    const Names &carried) {
  Block &statements = loop->getRegion(0).front();
  SmallVector<Value> initial;
  for (StringAttr name : carried)
    initial.push_back(environment.lookup(name));
  auto types = llvm::to_vector(ValueRange(initial).getTypes());
  Location loc = loop->getLoc();

  // The body is built in place; carried values that it does not change are
  // dropped before the operation is made.
  auto here = builder.saveInsertionPoint();
  Region region;
  Block *body = builder.createBlock(&region, {}, types,
                                    SmallVector<Location>(types.size(), loc));
  auto outer = environment;
  auto outerPending = pendingBuffers;
  for (auto [name, argument] : llvm::zip(carried, body->getArguments())) {
    // In the second iteration the value from outside is a former one.
    if (auto state = states.lookup(name);
        state && state.getKind() != StateKind::buffer)
      stale.insert_or_assign(environment[name], Change{name, loc});
    environment[name] = argument;
  }
  if (failed(emitBlock(statements)))
    return failure();

  llvm::BitVector unchanged(carried.size());
  SmallVector<Value> yielded, keptInitial;
  Names kept;
  for (auto [index, name] : llvm::enumerate(carried)) {
    Value argument = body->getArgument(index), value = environment.lookup(name);
    if (value == argument) {
      argument.replaceAllUsesWith(initial[index]);
      stale.erase(initial[index]);
      unchanged.set(index);
      continue;
    }
    kept.push_back(name);
    yielded.push_back(value);
    keptInitial.push_back(initial[index]);
  }
  gan::YieldOp::create(builder, loc, yielded);
  body->eraseArguments(unchanged);

  environment = outer;
  pendingBuffers = outerPending;
  builder.restoreInsertionPoint(here);
  auto made = gan::RepeatOp::create(
      builder, loc, ValueRange(keptInitial).getTypes(), count, keptInitial);
  made.getBody().takeBody(region);
  for (auto [name, result] : llvm::zip(kept, made.getResults()))
    assign(name, result, loc);
  return success();
}

/// A loop that carries sums of gradients beside the buffers; then the updates.
LogicalResult StepBuilder::emitAccumulate(game::AccumulateOp accumulate) {
  Location loc = accumulate.getLoc();
  TensorBuilder b(builder, loc);
  double passes = accumulate.getPasses();
  Names carried;
  for (auto &[name, state] : states)
    if (state.getKind() == StateKind::buffer)
      carried.push_back(name);
  // Pools, the only state that an expression changes.
  accumulate.walk([&](game::AssignOp assignment) {
    if (!llvm::is_contained(carried, assignment.getNameAttr()))
      carried.push_back(assignment.getNameAttr());
  });
  size_t kept = carried.size();
  accumulate.walk([&](game::UpdateOp update) {
    if (auto player = symbols.lookup<game::PlayerOp>(update.getPlayer()))
      for (StringAttr parameter : parametersOf(player)) {
        carried.push_back(momentName(player, parameter, "sum"));
        environment[carried.back()] =
            b.constantLike(environment.lookup(parameter), 0);
      }
  });

  SmallVector<PreparedUpdate> updates;
  accumulated = &updates;
  Value count =
      arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(passes));
  LogicalResult result = emitLoop(accumulate, count, carried);
  accumulated = nullptr;
  if (failed(result))
    return failure();
  for (PreparedUpdate &update : updates) {
    auto player = symbols.lookup<game::PlayerOp>(update.op.getPlayer());
    for (auto [parameter, gradient] :
         llvm::zip(update.parameters, update.gradients))
      gradient = b.scale(
          environment.lookup(momentName(player, parameter, "sum")), 1 / passes);
  }
  for (StringAttr sum : ArrayRef(carried).drop_front(kept))
    environment.erase(sum);
  for (PreparedUpdate &update : updates) {
    advanceBuffers(update.buffers);
    llvm::erase_if(pendingBuffers, [&](const PendingBuffer &pending) {
      return llvm::any_of(update.buffers, [&](const PendingBuffer &advanced) {
        return pending.after == advanced.after;
      });
    });
    if (failed(applyUpdate(update)))
      return failure();
  }
  return success();
}

LogicalResult StepBuilder::emitWhen(game::WhenOp when) {
  Names changed = changedIn(when.getBody().front());
  SmallVector<Value> before;
  for (StringAttr name : changed)
    before.push_back(environment.lookup(name));
  Location loc = when.getLoc();
  auto made = gan::IfOp::create(builder, loc, ValueRange(before).getTypes(),
                                mapping.lookup(when.getCondition()));
  auto outer = environment;
  auto outerPending = pendingBuffers;
  builder.createBlock(&made.getThenRegion());
  if (failed(emitBlock(when.getBody().front())))
    return failure();
  SmallVector<Value> after;
  for (StringAttr name : changed)
    after.push_back(environment.lookup(name));
  gan::YieldOp::create(builder, loc, after);
  builder.createBlock(&made.getElseRegion());
  gan::YieldOp::create(builder, loc, before);

  environment = outer;
  pendingBuffers = outerPending;
  builder.setInsertionPointAfter(made);
  for (auto [index, name] : llvm::enumerate(changed))
    if (after[index] != before[index])
      assign(name, made.getResult(index), loc);
    else
      made.getResult(index).replaceAllUsesWith(before[index]);
  return success();
}

LogicalResult StepBuilder::emitTogether(game::TogetherOp together) {
  return emitUpdates(
      llvm::to_vector(together.getBody().front().getOps<game::UpdateOp>()));
}

/// What the region of a player or an average yields, evaluated at this place.
FailureOr<SmallVector<Value>> StepBuilder::evaluateSchedule(Block &block) {
  IRMapping schedule;
  for (Operation &op : block.without_terminator()) {
    auto read = dyn_cast<game::ReadOp>(op);
    if (!read) {
      builder.clone(op, schedule);
      continue;
    }
    FailureOr<Value> value = stateHere(read);
    if (failed(value))
      return failure();
    schedule.map(read.getResult(), *value);
  }
  return llvm::map_to_vector(
      block.getTerminator()->getOperands(),
      [&](Value value) { return schedule.lookup(value); });
}

LogicalResult StepBuilder::emitAverages() {
  for (auto ema : module.getOps<game::EmaOp>()) {
    auto schedule = evaluateSchedule(ema.getBody().front());
    if (failed(schedule))
      return failure();
    Location loc = ema.getLoc();
    TensorBuilder b(builder, loc);
    auto number = [&](double value) -> Value {
      return arith::ConstantOp::create(builder, loc,
                                       builder.getF64FloatAttr(value));
    };
    Value one = number(1);
    Value decay = (*schedule)[0], from = (*schedule)[1];
    // Before its first step the average is a copy: a weight of exactly 1, and
    // a + 1 (p - a) may differ from p in the last bit, so the choice is made on
    // the result.
    Value step = ClockOp::create(
        builder, loc,
        ClockKindAttr::get(builder.getContext(), ClockKind::step));
    Value copies = arith::CmpFOp::create(builder, loc,
                                         arith::CmpFPredicate::OLT, step, from);
    Value copying =
        arith::SelectOp::create(builder, loc, copies, one, number(0));
    Value weight = ToTensorOp::create(
        builder, loc,
        arith::SubFOp::create(builder, loc, one, decay).getResult());
    Value flag = ToTensorOp::create(builder, loc, copying);
    for (auto &[name, state] : states) {
      auto [owner, rest] = name.getValue().split('/');
      if (state.getKind() != StateKind::average || owner != ema.getSymName())
        continue;
      StringAttr source = state.getInitializer().getSource();
      Value a = environment.lookup(name), p = environment.lookup(source);
      Value value = p;
      if (states[source].getKind() == StateKind::parameter) {
        auto shape = tensorType(a).getShape();
        Value moved = b.add(a, b.mul(b.splat(weight, shape), b.sub(p, a)));
        Value isCopy = b.compare(Comparison::gt, flag, b.constantLike(flag, 0));
        value = b.select(b.splat(isCopy, shape), p, moved);
      }
      assign(name, value, loc);
    }
  }
  return success();
}
