//===- CheckDerivatives.cpp - what objectives and gradients reach ---------===//
//
//  1. Number the operations of the step; operands come before their users.
//  2. For each update, mark what depends on a parameter of its player (forward)
//     and what the objective reads (backward); both together are the path.
//  3. The same for each `grad`, from the value it differentiates by.
//  4. A parameter that the path reads must not have been updated between its
//     application and the place that differentiates, and a state that it reads
//     must not have been assigned. What an application computed from its inputs
//     is a number, which may be used at any time.
//
//===----------------------------------------------------------------------===//

#include "frontends/game/GameChecks.h"
#include "frontends/game/Parser.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/GlobPattern.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;

namespace {
class DerivativeChecker {
public:
  DerivativeChecker(ModuleOp module, const Game &game,
                    const SourceRecord &record, Diagnostics &diagnostics)
      : module(module), symbols(module), game(game), record(record),
        diagnostics(diagnostics) {}

  void run();

private:
  using Marks = llvm::DenseSet<Operation *>;

  Marks reaching(llvm::function_ref<bool(Operation *)> isSource) const;
  Marks readFrom(Value value, Operation *source = nullptr,
                 bool past = false) const;
  void noteEnd(gan::gamelang::Diagnostic &error, Value value,
               const Marks &dependent) const;
  void checkUpdate(gan::game::UpdateOp update);
  void checkGrad(gan::GradOp grad);
  void checkCurrent(const Marks &path, const Marks &dependent, Operation *user,
                    SourceRange place, const std::string &subject,
                    const PlayerItem *mover = nullptr);
  std::vector<StringRef> parametersOnPath(gan::game::ApplyOp application,
                                          const Marks &path,
                                          const Marks &dependent,
                                          const PlayerItem *mover);
  Operation *changeBetween(Operation *made, Operation *user,
                           llvm::function_ref<bool(Operation *)> changes);
  bool trains(gan::game::UpdateOp update, StringRef network) const;
  const PlayerItem *playerOf(StringRef name) const;

  mutable ModuleOp module; // a handle: reading it is not const
  SymbolTable symbols;
  const Game &game;
  const SourceRecord &record;
  Diagnostics &diagnostics;
  std::vector<Operation *> order;
  llvm::DenseMap<Operation *, size_t> numbers;
  std::vector<gan::game::UpdateOp> updates;
  /// Updates and assignments.
  std::vector<Operation *> changes;
};
} // namespace

/// The network or variable whose parameters an operation reads; empty if it is
/// no reader of parameters.
static StringRef ownerOf(Operation *op) {
  if (auto application = dyn_cast<gan::game::ApplyOp>(op))
    return application.getNetwork();
  if (auto read = dyn_cast<gan::game::ReadOp>(op))
    return read.getName().split('/').first;
  return {};
}

static bool blocksDerivative(Operation *op) {
  return isa<gan::StopOp>(op) || op->hasTrait<gan::NoDerivativeTrait>();
}

const PlayerItem *DerivativeChecker::playerOf(StringRef name) const {
  for (const ItemPtr &item : game.items)
    if (const auto *player = dyn_cast<PlayerItem>(item.get()))
      if (player->name.text == name)
        return player;
  return nullptr;
}

/// Whether the player may change a parameter of the network, which may be one
/// that it has in common with another network.
bool DerivativeChecker::trains(gan::game::UpdateOp update,
                               StringRef network) const {
  llvm::SmallVector<StringRef> names = {network};
  for (auto share : module.getOps<gan::game::ShareOp>()) {
    if (share.getFrom() == network)
      names.push_back(share.getTo());
    if (share.getTo() == network)
      names.push_back(share.getFrom());
  }
  return llvm::any_of(playerOf(update.getPlayer())->paths,
                      [&](const Path &path) {
                        return llvm::is_contained(names, path.base.text);
                      });
}

static bool trainsParameter(const PlayerItem &player, StringRef network,
                            StringRef parameter) {
  return llvm::any_of(player.paths, [&](const Path &path) {
    if (path.base.text != network)
      return false;
    auto glob = llvm::GlobPattern::create(path.pattern.text);
    if (!glob)
      llvm::consumeError(glob.takeError());
    return !path.pattern || (glob && glob->match(parameter));
  });
}

/// Parameters that the operations of a derivative through the application read,
/// each itself or in what is made of parameters alone. `mover` is the player
/// whose parameters are sources too.
std::vector<StringRef>
DerivativeChecker::parametersOnPath(gan::game::ApplyOp application,
                                    const Marks &path, const Marks &dependent,
                                    const PlayerItem *mover) {
  auto instance = symbols.lookup<gan::NetworkOp>(application.getInstance());
  mlir::Block &body = instance.getBody().front();
  // Forwards: what the inputs decide, and what the sources reach.
  llvm::DenseSet<Value> fromInputs, reached, needed, read;
  for (auto [argument, operand] :
       llvm::zip(body.getArguments(), application.getOperands())) {
    fromInputs.insert(argument);
    if (dependent.contains(operand.getDefiningOp()))
      reached.insert(argument);
  }
  auto contains = [](const llvm::DenseSet<Value> &set, auto values) {
    return llvm::any_of(values,
                        [&](Value value) { return set.contains(value); });
  };
  for (Operation &op : body) {
    auto parameter = dyn_cast<gan::ParameterOp>(op);
    bool isReached =
        parameter
            ? mover && trainsParameter(*mover, application.getNetwork(),
                                       parameter.getName())
            : !blocksDerivative(&op) && contains(reached, op.getOperands());
    if (isReached)
      reached.insert(op.result_begin(), op.result_end());
    if (contains(fromInputs, op.getOperands()))
      fromInputs.insert(op.result_begin(), op.result_end());
  }
  // Backwards: the path, and what it reads.
  for (auto [result, returned] :
       llvm::zip(application.getResults(), body.getTerminator()->getOperands()))
    if (llvm::any_of(result.getUsers(), [&](Operation *user) {
          return path.contains(user) ||
                 isa<gan::game::ObjectiveOp, gan::GradOp>(user);
        }))
      needed.insert(returned);
  std::vector<StringRef> names;
  for (Operation &op : llvm::reverse(body.without_terminator())) {
    bool isOnPath =
        contains(needed, op.getResults()) && contains(reached, op.getResults());
    bool isRead = contains(read, op.getResults());
    if (auto parameter = dyn_cast<gan::ParameterOp>(op); parameter && isRead)
      names.push_back(parameter.getName());
    for (Value operand : op.getOperands()) {
      if (isOnPath && reached.contains(operand))
        needed.insert(operand);
      if ((isOnPath || isRead) && !fromInputs.contains(operand))
        read.insert(operand);
    }
  }
  return names;
}

/// Operations whose derivative by the sources may differ from zero.
DerivativeChecker::Marks DerivativeChecker::reaching(
    llvm::function_ref<bool(Operation *)> isSource) const {
  Marks marks;
  for (Operation *op : order) {
    if (isSource(op)) {
      marks.insert(op);
      continue;
    }
    if (blocksDerivative(op))
      continue;
    if (llvm::any_of(op->getOperands(), [&](Value operand) {
          return marks.contains(operand.getDefiningOp());
        }))
      marks.insert(op);
  }
  return marks;
}

/// Operations that a derivative of the value may run through, down to the one
/// that it is taken by; also `past` those through which none runs.
DerivativeChecker::Marks
DerivativeChecker::readFrom(Value value, Operation *source, bool past) const {
  Marks marks;
  std::vector<Operation *> work;
  auto push = [&](Value read) {
    Operation *op = read.getDefiningOp();
    if (op && op != source && (past || !blocksDerivative(op)) &&
        marks.insert(op).second)
      work.push_back(op);
  };
  push(value);
  while (!work.empty()) {
    Operation *op = work.back();
    work.pop_back();
    for (Value operand : op->getOperands())
      push(operand);
  }
  return marks;
}

/// A change that may happen after a value was made and before its derivative
/// is taken at `user`.
Operation *DerivativeChecker::changeBetween(
    Operation *made, Operation *user,
    llvm::function_ref<bool(Operation *)> isChange) {
  size_t first = numbers.lookup(made), last = numbers.lookup(user);
  // Once around a loop that holds the user, and not the value, all of the loop
  // has run.
  Operation *loop = nullptr;
  for (Operation *outer = user->getParentOp(); outer;
       outer = outer->getParentOp())
    if (isa<gan::game::RepeatOp>(outer) && !outer->isAncestor(made))
      loop = outer;
  for (Operation *change : changes) {
    if (!isChange(change))
      continue;
    if (loop && loop->isAncestor(change))
      return change;
    size_t number = numbers.lookup(change);
    // Updates of one `together` or `accumulate` apply when all gradients are
    // there.
    Operation *joint = change->getParentOfType<gan::game::AccumulateOp>();
    if (!joint)
      joint = change->getParentOfType<gan::game::TogetherOp>();
    bool isLater = joint && joint->isAncestor(user);
    if (first < number && number < last && !change->isAncestor(user) &&
        !isLater)
      return change;
  }
  return nullptr;
}

/// The state that a value is, names and stretching aside.
static gan::game::ReadOp stateBehind(Value value) {
  Operation *op = value.getDefiningOp();
  while (
      isa_and_nonnull<gan::game::LetOp, gan::BroadcastOp, gan::ReshapeOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return dyn_cast_or_null<gan::game::ReadOp>(op);
}

/// `path` holds what the value is made of, `dependent` what depends on the
/// sources; a derivative walks through what is in both.
void DerivativeChecker::checkCurrent(const Marks &path, const Marks &dependent,
                                     Operation *user, SourceRange place,
                                     const std::string &subject,
                                     const PlayerItem *mover) {
  for (Operation *op : order) {
    if (!path.contains(op) || !dependent.contains(op))
      continue;
    for (Value operand : op->getOperands()) {
      gan::game::ReadOp read = stateBehind(operand);
      if (!read)
        continue;
      Operation *change = changeBetween(read, user, [&](Operation *change) {
        if (auto assign = dyn_cast<gan::game::AssignOp>(change))
          return assign.getName() == read.getName();
        return trains(cast<gan::game::UpdateOp>(change), ownerOf(read));
      });
      if (!change)
        continue;
      if (isa<gan::game::UpdateOp>(change)) {
        std::string variable = quoted(ownerOf(read));
        diagnostics
            .error(place, subject +
                              " differentiates a former value of variable " +
                              variable)
            .note(record.placeOf(read), variable + " is read here")
            .note(record.placeOf(change),
                  "it is updated here; read it again behind this to see the "
                  "new value");
        return;
      }
      std::string state = quoted(read.getName().split('/').second);
      diagnostics
          .error(place, subject + " differentiates a value made with state " +
                            state + ", which has been assigned since")
          .note(record.placeOf(read), state + " is read here")
          .note(record.placeOf(change),
                "it is assigned here; write the expression again behind this "
                "to see the new value, or 'stop(…)' around the old one");
      return;
    }
    auto application = dyn_cast<gan::game::ApplyOp>(op);
    if (!application)
      continue;
    std::vector<StringRef> parameters;
    Operation *update = changeBetween(op, user, [&](Operation *change) {
      auto update = dyn_cast<gan::game::UpdateOp>(change);
      if (!update || !trains(update, application.getNetwork()))
        return false;
      if (parameters.empty())
        parameters = parametersOnPath(application, path, dependent, mover);
      return llvm::any_of(parameters, [&](StringRef parameter) {
        return trainsParameter(*playerOf(update.getPlayer()),
                               application.getNetwork(), parameter);
      });
    });
    if (!update)
      continue;
    std::string network = quoted(application.getNetwork());
    diagnostics
        .error(place, subject + " differentiates an application of " + network +
                          " whose parameters have been updated since")
        .note(record.placeOf(op), network + " is applied here")
        .note(record.placeOf(update),
              "its parameters are updated here; write the application again "
              "behind this to see the new ones");
    return;
  }
}

/// Where the value depends on the sources after all, and no derivative passes.
void DerivativeChecker::noteEnd(gan::gamelang::Diagnostic &error, Value value,
                                const Marks &dependent) const {
  Marks read = readFrom(value, nullptr, /*past=*/true);
  for (Operation *op : order) {
    bool isEnd = blocksDerivative(op) && read.contains(op) &&
                 llvm::any_of(op->getOperands(), [&](Value operand) {
                   return dependent.contains(operand.getDefiningOp());
                 });
    SourceRange place = record.placeOf(op);
    if (!isEnd || place == SourceRange())
      continue;
    error.note(place, isa<gan::StopOp>(op) ? "the derivative ends here"
                                           : "the derivative of this is zero");
    return;
  }
}

void DerivativeChecker::checkUpdate(gan::game::UpdateOp update) {
  auto objective =
      cast<gan::game::ObjectiveOp>(update.getBody().front().getTerminator());
  std::string name = quoted(update.getPlayer());
  Marks dependent =
      reaching([&](Operation *op) { return trains(update, ownerOf(op)); });
  if (!dependent.contains(objective.getValue().getDefiningOp())) {
    const PlayerItem &player = *playerOf(update.getPlayer());
    std::string trained;
    for (const Path &path : player.paths)
      trained += (trained.empty() ? "" : ", ") + path.base.text;
    noteEnd(diagnostics
                .error(record.placeOf(objective),
                       "objective of " + name +
                           " does not depend on any parameter it trains")
                .note(player.name.range, name + " trains " + trained),
            objective.getValue(), dependent);
    return;
  }
  checkCurrent(readFrom(objective.getValue()), dependent, objective,
               record.placeOf(objective), "objective of " + name,
               playerOf(update.getPlayer()));
}

void DerivativeChecker::checkGrad(gan::GradOp grad) {
  SourceRange place = record.placeOf(grad);
  Operation *source = grad.getWrt().front().getDefiningOp();
  // Each time a variable is written it is read, and all reads are one value.
  auto variable = dyn_cast<gan::game::ReadOp>(source);
  Marks dependent = reaching([&](Operation *op) {
    auto read = dyn_cast<gan::game::ReadOp>(op);
    return op == source ||
           (read && variable && read.getName() == variable.getName());
  });
  if (!dependent.contains(grad.getValue().getDefiningOp())) {
    noteEnd(diagnostics.error(place, "the first argument of 'grad' does not "
                                     "depend on the second"),
            grad.getValue(), dependent);
    return;
  }
  Marks path = readFrom(grad.getValue(), source);
  for (Operation *op : order) {
    auto application = dyn_cast<gan::game::ApplyOp>(op);
    if (!path.contains(op) || !dependent.contains(op) || !application ||
        application.getStatistics() != gan::Statistics::batch)
      continue;
    auto instance = symbols.lookup<gan::NetworkOp>(application.getInstance());
    bool mixes = false;
    instance.walk([&](gan::BatchNormOp) { mixes = true; });
    if (mixes)
      diagnostics
          .warning("batch-statistics", place,
                   "network " + quoted(application.getNetwork()) +
                       " normalises over the batch, so this gradient is not "
                       "per sample")
          .note(record.placeOf(application), "it is applied here");
  }
  checkCurrent(path, dependent, grad, place, "'grad'");
}

void DerivativeChecker::run() {
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<gan::NetworkOp>(op))
      return WalkResult::skip();
    numbers[op] = order.size();
    order.push_back(op);
    if (auto update = dyn_cast<gan::game::UpdateOp>(op))
      updates.push_back(update);
    if (isa<gan::game::UpdateOp, gan::game::AssignOp>(op))
      changes.push_back(op);
    return WalkResult::advance();
  });
  for (gan::game::UpdateOp update : updates)
    checkUpdate(update);
  for (Operation *op : order)
    if (auto grad = dyn_cast<gan::GradOp>(op))
      checkGrad(grad);
}

void gan::gamelang::checkDerivatives(ModuleOp module, const Game &game,
                                     const SourceRecord &record,
                                     Diagnostics &diagnostics) {
  DerivativeChecker(module, game, record, diagnostics).run();
}
