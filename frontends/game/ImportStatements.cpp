//===- ImportStatements.cpp - the step of a game --------------------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using namespace mlir;

namespace {
/// While an operation with a region is filled, draws of the block around it
/// stand before that operation.
class StatementScope {
public:
  StatementScope(DrawBlock *block, Operation *op) : block(block) {
    isOutermost = block && !block->statement;
    if (isOutermost)
      block->statement = op;
  }
  ~StatementScope() {
    if (isOutermost)
      block->statement = nullptr;
  }

private:
  DrawBlock *block;
  bool isOutermost;
};
} // namespace

/// The empty block of a new operation's region.
static mlir::Block *bodyOf(Operation *op) {
  Region &region = op->getRegion(0);
  if (region.empty())
    region.emplaceBlock();
  return &region.front();
}

void GameImporter::importStep(const StepItem &item) {
  auto made =
      at(item.range, game::StepOp::create(builder, locationOf(item.range)));
  mlir::Block *body = bodyOf(made);
  DrawBlock outermost;
  outermost.block = body;
  drawBlock = stepBlock = &outermost;
  NameScope names;
  nameScope = &names;
  isInStep = isInFirstStep = true;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(body);
  for (const StatementPtr &statement : item.body->statements)
    importStatement(*statement);
  // What is reported beside the step, is reported after it, in inference mode.
  for (const ItemPtr &other : game.items) {
    const auto *report = dyn_cast<ReportItem>(other.get());
    if (!report)
      continue;
    NameScope none;
    nameScope = &none;
    DrawBlock views;
    views.block = body;
    drawBlock = &views;
    isInStep = false;
    importReport(report->name, *report->value);
    isInStep = true;
  }
  isInStep = isInFirstStep = false;
  drawBlock = stepBlock = nullptr;
  nameScope = nullptr;
}

/// A block with draws and names of its own.
void GameImporter::importBlock(ArrayRef<StatementPtr> statements,
                               mlir::Block *into) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(into);
  DrawBlock draws;
  draws.parent = drawBlock;
  draws.block = into;
  NameScope names;
  names.parent = nameScope;
  DrawBlock *outerDraws = std::exchange(drawBlock, &draws);
  NameScope *outerNames = std::exchange(nameScope, &names);
  for (const StatementPtr &statement : statements)
    importStatement(*statement);
  drawBlock = outerDraws;
  nameScope = outerNames;
}

/// What stands behind `when` and `every`: braces make a block of the language,
/// without them the statement belongs to the block around it.
void GameImporter::importBody(const Statement &body, mlir::Block *into) {
  if (const auto *block = dyn_cast<BlockStatement>(&body)) {
    importBlock(block->statements, into);
    return;
  }
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(into);
  importStatement(body);
}

void GameImporter::importStatement(const Statement &statement) {
  using Kind = Statement::Kind;
  switch (statement.kind) {
  case Kind::Let: {
    const auto &let = cast<LetStatement>(statement);
    importLet(let.name, *let.value);
    return;
  }
  case Kind::Assign:
    importAssign(cast<AssignStatement>(statement));
    return;
  case Kind::Draw:
    importDraw(cast<DrawStatement>(statement));
    return;
  case Kind::Update:
    importUpdate(cast<UpdateStatement>(statement));
    return;
  case Kind::Block: {
    auto made = game::ScopeOp::create(builder, locationOf(statement.range));
    StatementScope scope(drawBlock, made);
    importBlock(cast<BlockStatement>(statement).statements, bodyOf(made));
    return;
  }
  case Kind::Report: {
    const auto &report = cast<ReportStatement>(statement);
    importReport(report.name, *report.value);
    return;
  }
  case Kind::Repeat:
    importRepeat(cast<RepeatStatement>(statement));
    return;
  case Kind::Together:
    importTogether(cast<TogetherStatement>(statement));
    return;
  case Kind::Every:
    importEvery(cast<EveryStatement>(statement));
    return;
  case Kind::When:
    importWhen(cast<WhenStatement>(statement));
    return;
  case Kind::Accumulate:
    importAccumulate(cast<AccumulateStatement>(statement));
    return;
  }
}

/// After an error the name stands for nothing, and its uses are silent.
void GameImporter::importLet(const Identifier &name, const Expression &value) {
  nameScope->names[name.text] =
      named(evaluate(value, Place::Device), name.range, name.text);
}

void GameImporter::importAssign(const AssignStatement &assign) {
  ImportedValue value = evaluate(*assign.value, Place::Device);
  const auto &state = cast<StateItem>(*findItem(assign.name.text));
  RankedTensorType type = typeOf(state.type, nullptr);
  if (!type || !requireValue(value, assign.value->range))
    return;
  // A number or a value without axes fills the state.
  bool fits = !value.isTensor() ||
              (value.type().getElementType() == type.getElementType() &&
               (value.type() == type || value.type().getRank() == 0));
  if (!fits) {
    diagnostics
        .error(assign.value->range, "state " + quoted(assign.name.text) +
                                        " is " + describeType(type) + ", got " +
                                        describeValue(value))
        .note(state.name.range, quoted(state.name.text) + " is declared here");
    return;
  }
  Value stored = materialise(value, assign.value->range, type.getElementType(),
                             type.getShape());
  at(assign.range, game::AssignOp::create(builder, locationOf(assign.range),
                                          "state/" + assign.name.text, stored));
}

void GameImporter::importUpdate(const UpdateStatement &update) {
  auto made = at(update.range,
                 game::UpdateOp::create(builder, locationOf(update.range),
                                        update.player.text, update.trackAll));
  StatementScope scope(drawBlock, made);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(bodyOf(made));
  NameScope names;
  names.parent = nameScope;
  nameScope = &names;
  for (const WhereBinding &binding : update.bindings)
    importLet(binding.name, *binding.value);
  ImportedValue objective = evaluate(*update.objective, Place::Device);
  nameScope = names.parent;
  for (const auto &[name, where, number] : rates[update.player.text])
    requireFinite(number, where, "'" + name + "'");

  SourceRange range = update.objective->range;
  Value value = floatTensor(objective, range, "an objective");
  if (value && cast<RankedTensorType>(value.getType()).getRank() != 0) {
    diagnostics
        .error(range,
               "an objective is one number, got " + describeValue(objective))
        .note("'mean(…)' makes one number of it");
    value = {};
  }
  gan::TensorBuilder make = tensors(range);
  if (value && gain) {
    ImportedValue weight = evaluate(*gain, Place::Host);
    value = weight ? make.mul(materialise(weight, gain->range,
                                          builder.getF32Type(), {}),
                              value)
                   : Value();
  }
  if (!value)
    value = make.zeros(RankedTensorType::get({}, builder.getF32Type()));
  if (update.maximises)
    value = make.neg(value);
  at(range, game::ObjectiveOp::create(builder, make.loc, value,
                                      update.maximises ? -1 : 1));
}

void GameImporter::importReport(const Identifier &name,
                                const Expression &expression) {
  ImportedValue report = evaluate(expression, Place::Device);
  Value value = floatTensor(report, expression.range, "a report");
  if (!value)
    return;
  if (cast<RankedTensorType>(value.getType()).getRank() != 0) {
    diagnostics
        .error(expression.range,
               "a report is one number, got " + describeValue(report))
        .note("'mean(…)' makes one number of it");
    return;
  }
  gan::ReportOp::create(builder, locationOf(name.range), name.text, value);
}

void GameImporter::importRepeat(const RepeatStatement &repeat) {
  ImportedValue count = evaluate(*repeat.count, Place::Host);
  Value number = hostNumber(count, repeat.count->range);
  if (!number)
    return;
  requireFinite(count, repeat.count->range, "the number of iterations");
  auto made = game::RepeatOp::create(builder, locationOf(repeat.range), number);
  StatementScope scope(drawBlock, made);
  std::optional<double> first = count.atFirst();
  bool outer =
      std::exchange(isInFirstStep, isInFirstStep && first && *first >= 1);
  importBlock(statementsOf(repeat.body), bodyOf(made));
  isInFirstStep = outer;
}

void GameImporter::importTogether(const TogetherStatement &together) {
  auto made = at(together.range,
                 game::TogetherOp::create(builder, locationOf(together.range)));
  StatementScope scope(drawBlock, made);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(bodyOf(made));
  for (const auto &update : together.updates)
    importUpdate(*update);
}

/// `every k` runs when step mod k = 0; its gain multiplies the objectives.
void GameImporter::importEvery(const EveryStatement &every) {
  std::optional<int64_t> interval =
      constants.integer(*every.interval, 1, INT32_MAX, "the interval");
  if (!interval)
    return;
  ScalarBuilder make = scalars(every.range);
  ImportedValue step = ImportedValue::host(gan::ClockOp::create(
      builder, locationOf(every.range), gan::ClockKind::step));
  ImportedValue rest = make.binary(BinaryOperator::Remainder, step,
                                   ImportedValue::constant(*interval));
  ImportedValue isDue =
      make.binary(BinaryOperator::Equal, rest, ImportedValue::constant(0));
  auto made = game::WhenOp::create(builder, locationOf(every.range),
                                   make.condition(isDue),
                                   builder.getI64IntegerAttr(*interval));
  StatementScope scope(drawBlock, made);
  const Expression *outer = gain;
  if (every.gain)
    gain = every.gain.get();
  importBody(*every.body, bodyOf(made));
  gain = outer;
}

void GameImporter::importWhen(const WhenStatement &when) {
  ImportedValue test = evaluate(*when.condition, Place::Host);
  if (!requireValue(test, when.condition->range))
    return;
  auto made = game::WhenOp::create(
      builder, locationOf(when.range),
      scalars(when.condition->range).condition(test), IntegerAttr());
  StatementScope scope(drawBlock, made);
  std::optional<double> first = test.atFirst();
  bool outer =
      std::exchange(isInFirstStep, isInFirstStep && first && *first != 0);
  importBody(*when.body, bodyOf(made));
  isInFirstStep = outer;
}

void GameImporter::importAccumulate(const AccumulateStatement &accumulate) {
  std::optional<int64_t> passes =
      constants.integer(*accumulate.passes, 1, INT32_MAX, "the passes");
  if (!passes)
    return;
  auto made = game::AccumulateOp::create(builder, locationOf(accumulate.range),
                                         *passes);
  StatementScope scope(drawBlock, made);
  importBlock(statementsOf(accumulate.body), bodyOf(made));
}
