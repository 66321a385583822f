//===- CheckStatements.cpp - blocks, lets, updates and draws --------------===//

#include "frontends/game/Checker.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace gan::gamelang;
using llvm::StringRef;

/// Iterations of a draw's block in one step are counted in 20 bits.
static constexpr int64_t kMostIterations = int64_t(1) << 20;

/// Nothing shadows anything: reports a name that is taken where it would be
/// declared.
bool Checker::mayDeclare(const Identifier &name) {
  if (name.text == "images" || name.text == "epoch") {
    diagnostics.error(name.range, quoted(name.text) +
                                      " counts the training and can't be "
                                      "declared");
    return false;
  }
  if (findSignature(SignatureKind::Function, name.text)) {
    reported.insert(name.text);
    diagnostics.error(name.range, quoted(name.text) +
                                      " is a built-in function and can't be "
                                      "declared");
    return false;
  }
  Symbol *taken = find(name.text);
  if (taken && taken->range == name.range)
    return true;
  if (!taken)
    return true;
  diagnostics
      .error(name.range, quoted(name.text) + " is already declared; nothing "
                                             "may hide another name")
      .note(taken->range, "the other " + quoted(name.text) + " is here");
  return false;
}

/// What a name of a block, loop or def stands for from here on.
Checker::Symbol Checker::declared(const Identifier &name, Symbol::Kind kind) {
  Symbol made;
  made.kind = mayDeclare(name) ? kind : Symbol::Kind::Refused;
  made.range = name.range;
  return made;
}

void Checker::checkStep(const StepItem &step) {
  checkBlock(step.body->statements, BlockKind::Step);
}

void Checker::checkBlock(llvm::ArrayRef<StatementPtr> statements,
                         BlockKind kind) {
  Block &ours = blocks.emplace_back();
  ours.parent = current;
  ours.kind = kind;
  current = &ours;
  for (const StatementPtr &statement : statements)
    if (const auto *let = llvm::dyn_cast<LetStatement>(statement.get()))
      ours.later.try_emplace(let->name.text, let->name.range);
  for (const StatementPtr &statement : statements)
    checkStatement(*statement);
  for (const auto &entry : ours.names) {
    const Symbol &symbol = entry.second;
    ended[entry.getKey()] = symbol.range;
    if (!symbol.isUsed)
      unusedLets.push_back(symbol.range);
  }
  current = ours.parent;
}

/// What follows `when` and `every`: with braces a block of its own, without a
/// statement of the surrounding one.
void Checker::checkBody(const Statement &body, BlockKind kind) {
  if (const auto *block = llvm::dyn_cast<BlockStatement>(&body))
    checkBlock(block->statements, kind);
  else
    checkStatement(body);
}

void Checker::checkStatement(const Statement &statement) {
  using Kind = Statement::Kind;
  if (joint && llvm::is_contained({Kind::Assign, Kind::Repeat, Kind::Every,
                                   Kind::When, Kind::Accumulate},
                                  statement.kind)) {
    diagnostics
        .error(statement.range,
               "'accumulate' holds lets, updates and reports; put this before "
               "or behind it")
        .note(joint->range, "it begins here");
    return;
  }
  switch (statement.kind) {
  case Kind::Let: {
    const auto &let = llvm::cast<LetStatement>(statement);
    checkLet(let.name, *let.value, Symbol::Kind::Let);
    return;
  }
  case Kind::Assign:
    checkAssign(llvm::cast<AssignStatement>(statement));
    return;
  case Kind::Draw:
    checkDraw(llvm::cast<DrawStatement>(statement));
    return;
  case Kind::Update:
    checkUpdate(llvm::cast<UpdateStatement>(statement));
    return;
  case Kind::Block:
    checkBlock(llvm::cast<BlockStatement>(statement).statements,
               BlockKind::Plain);
    return;
  case Kind::Report: {
    const auto &report = llvm::cast<ReportStatement>(statement);
    checkOutputName(report.name);
    checkExpression(*report.value, Place::Step);
    return;
  }
  case Kind::Repeat:
    checkRepeat(llvm::cast<RepeatStatement>(statement));
    return;
  case Kind::Together:
    checkTogether(llvm::cast<TogetherStatement>(statement));
    return;
  case Kind::Every:
    checkEvery(llvm::cast<EveryStatement>(statement));
    return;
  case Kind::When: {
    const auto &when = llvm::cast<WhenStatement>(statement);
    checkExpression(*when.condition, Place::Schedule);
    checkBody(*when.body, BlockKind::When);
    return;
  }
  case Kind::Accumulate:
    checkAccumulate(llvm::cast<AccumulateStatement>(statement));
    return;
  }
}

void Checker::checkLet(const Identifier &name, const Expression &value,
                       Symbol::Kind kind) {
  checkExpression(value, Place::Step);
  current->names[name.text] = declared(name, kind);
}

void Checker::checkAssign(const AssignStatement &assign) {
  checkExpression(*assign.value, Place::Step);
  Symbol *symbol = find(assign.name.text);
  if (symbol && (symbol->kind == Symbol::Kind::Refused ||
                 (symbol->item && llvm::isa<StateItem>(symbol->item))))
    return;
  if (!symbol && (isNameless(Item::Kind::State) ||
                  !reported.insert(assign.name.text).second))
    return;
  if (!symbol) {
    std::vector<StringRef> states;
    for (const auto &entry : items)
      if (llvm::isa<StateItem>(entry.second.item))
        states.push_back(entry.getKey());
    diagnostics
        .error(assign.name.range, "state " + quoted(assign.name.text) +
                                      " is not declared" +
                                      didYouMean(assign.name.text, states))
        .note("declare it outside of 'step': 'state " + assign.name.text +
              " : f32 = 0'");
    return;
  }
  StringRef what = symbol->kind == Symbol::Kind::Item
                       ? describeItem(symbol->item->kind)
                       : StringRef("a let");
  diagnostics
      .error(assign.name.range, "only a state can be assigned; " +
                                    quoted(assign.name.text) + " is " + what)
      .note(symbol->range, quoted(assign.name.text) + " is declared here");
}

void Checker::checkDraw(const DrawStatement &draw) {
  for (const Identifier &name : draw.names) {
    Symbol *symbol = find(name.text);
    if (symbol && symbol->kind == Symbol::Kind::Refused)
      continue;
    if (!symbol && isNameless({Item::Kind::Data, Item::Kind::Sample}))
      continue;
    if (!symbol) {
      std::vector<StringRef> drawn;
      for (const auto &entry : items)
        if (llvm::isa<DataItem, SampleItem>(entry.second.item))
          drawn.push_back(entry.getKey());
      diagnostics.error(name.range, "data stream or sample " +
                                        quoted(name.text) + " is not declared" +
                                        didYouMean(name.text, drawn));
      continue;
    }
    if (!symbol->item || !llvm::isa<DataItem, SampleItem>(symbol->item)) {
      diagnostics
          .error(name.range,
                 "only data and samples are drawn; " + quoted(name.text) +
                     " is " +
                     (symbol->item ? describeItem(symbol->item->kind)
                                   : StringRef("a let")))
          .note(symbol->range, quoted(name.text) + " is declared here");
      continue;
    }
    current->renewed.insert(name.text);
  }
}

void Checker::checkUpdate(const UpdateStatement &update) {
  Symbol *symbol = find(update.player.text);
  if (!symbol || !symbol->item || !llvm::isa<PlayerItem>(symbol->item)) {
    std::vector<StringRef> players;
    std::string trainers;
    for (const ItemPtr &item : game.items) {
      const auto *player = llvm::dyn_cast<PlayerItem>(item.get());
      if (!player)
        continue;
      players.push_back(player->name.text);
      for (const Path &path : player->paths)
        if (path.base.text == update.player.text)
          trainers = "; '" + player->name.text + "' trains it";
    }
    std::string near = didYouMean(update.player.text, players);
    if (symbol && symbol->kind != Symbol::Kind::Refused)
      diagnostics
          .error(update.player.range,
                 "only a player minimises; " + quoted(update.player.text) +
                     " is " +
                     (symbol->item ? describeItem(symbol->item->kind)
                                   : StringRef("a let")) +
                     trainers)
          .note(symbol->range,
                quoted(update.player.text) + " is declared here");
    else if (!symbol && !isNameless(Item::Kind::Player) &&
             reported.insert(update.player.text).second)
      diagnostics.error(
          update.player.range,
          "player " + quoted(update.player.text) + " is not declared" +
              (near.empty() && !players.empty()
                   ? "; players are '" + llvm::join(players, "', '") + "'"
                   : near));
  } else {
    symbol->isUsed = true;
    updates.push_back(&update);
  }
  if (joint) {
    auto [earlier, isNew] =
        joint->players.try_emplace(update.player.text, update.player.range);
    if (!isNew)
      diagnostics
          .error(update.player.range, "player " + quoted(update.player.text) +
                                          " has two updates in one '" +
                                          joint->word + "'; add the objectives")
          .note(earlier->second, "the other update is here");
  }
  // `where` names are lets of this update alone.
  llvm::StringMap<Symbol> saved = current->names;
  for (const WhereBinding &binding : update.bindings)
    checkLet(binding.name, *binding.value, Symbol::Kind::Where);
  checkExpression(*update.objective, Place::Step);
  for (const WhereBinding &binding : update.bindings) {
    auto found = current->names.find(binding.name.text);
    if (found == current->names.end())
      continue;
    if (auto hidden = saved.find(binding.name.text); hidden != saved.end()) {
      found->second = hidden->second;
      continue;
    }
    if (!found->second.isUsed)
      unusedLets.push_back(binding.name.range);
    ended[binding.name.text] = binding.name.range;
    current->names.erase(found);
  }
}

/// Each iteration is an instance of the block, with braces or without; so is
/// each pass of an `accumulate`.
void Checker::checkRepeat(const RepeatStatement &repeat) {
  if (llvm::isa<NumberExpression, UnaryExpression>(repeat.count.get()))
    constants.integer(*repeat.count, 0, kMostIterations,
                      "the number of iterations");
  else
    checkExpression(*repeat.count, Place::Schedule);
  checkBlock(statementsOf(repeat.body), BlockKind::Repeat);
}

void Checker::checkTogether(const TogetherStatement &together) {
  Joint ours{"together", together.range, {}};
  // Inside of an accumulation all updates are together anyway.
  Joint *outer = std::exchange(joint, joint ? joint : &ours);
  for (const auto &update : together.updates)
    checkUpdate(*update);
  joint = outer;
  if (together.updates.empty())
    diagnostics.error(together.range, "'together' holds no update");
}

void Checker::checkAccumulate(const AccumulateStatement &accumulate) {
  constants.integer(*accumulate.passes, 1, kMostIterations,
                    "the number of passes");
  SourceRange word = {accumulate.range.begin, accumulate.range.begin + 10};
  Joint ours{"accumulate", word, {}};
  joint = &ours;
  checkBlock(statementsOf(accumulate.body), BlockKind::Accumulate);
  joint = nullptr;
  // What is refused in it may have been meant as one.
  if (ours.players.empty() && !diagnostics.hasErrors())
    diagnostics.error(word, "'accumulate' holds no update");
}

void Checker::checkEvery(const EveryStatement &every) {
  constants.integer(*every.interval, 1, (int64_t(1) << 31) - 1,
                    "the interval of 'every'");
  if (every.gain)
    checkExpression(*every.gain, Place::Schedule);
  size_t first = updates.size();
  checkBody(*every.body, BlockKind::Every);
  if (!every.gain && updates.size() > first)
    withoutGain.push_back({&every, first, updates.size()});
}

/// A name drawn in a block and again in a plain, `when` or `every` block inside
/// it has two values there; a reader may expect one. The first such place of a
/// name tells its reader about all.
void Checker::warnDrawScopes() {
  llvm::StringSet<> warned;
  for (Block &block : blocks) {
    if (block.kind != BlockKind::Plain && block.kind != BlockKind::When &&
        block.kind != BlockKind::Every)
      continue;
    for (const auto &[name, range] : block.draws) {
      // `draw` says that the second value is wanted.
      if (block.renewed.contains(name) || warned.contains(name))
        continue;
      for (Block *outer = block.parent; outer; outer = outer->parent) {
        auto found = outer->draws.find(name);
        if (found != outer->draws.end()) {
          warned.insert(name);
          diagnostics
              .warning("draw-scope", range,
                       quoted(name) + " has a value of its own in this block")
              .note(found->second,
                    "the surrounding block draws another " + quoted(name) +
                        " here; 'per step' gives both the same, 'draw " + name +
                        "' says that two are wanted");
          break;
        }
        if (outer->kind == BlockKind::Repeat ||
            outer->kind == BlockKind::Accumulate)
          break;
      }
    }
  }
}

/// A player that also moves in other steps is regularised lazily; without a
/// gain the regulariser counts only 1/k of what it says.
void Checker::noteMissingGains() {
  for (const LazyStatement &lazy : withoutGain)
    for (size_t i = lazy.firstUpdate; i < lazy.lastUpdate; ++i) {
      bool movesElsewhere = false;
      for (size_t j = 0; j < updates.size(); ++j)
        movesElsewhere |= (j < lazy.firstUpdate || j >= lazy.lastUpdate) &&
                          updates[j]->player.text == updates[i]->player.text;
      if (!movesElsewhere)
        continue;
      std::string interval =
          diagnostics.source().text(lazy.every->interval->range).str();
      diagnostics.remark(lazy.every->range.through(lazy.every->interval->range),
                         "this update of " + quoted(updates[i]->player.text) +
                             " runs every " + interval +
                             " steps at full weight; 'every " + interval +
                             " gain " + interval +
                             "' gives it the weight it has in each step");
      break;
    }
}
