//===- GameChecks.h - checks of a game that follow values -----------------===//

#ifndef FRONTENDS_GAME_GAMECHECKS_H
#define FRONTENDS_GAME_GAMECHECKS_H

#include "frontends/game/Ast.h"

#include "dialects/game/IR/GameOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

namespace gan::gamelang {

/// What the importer remembers of the text for the checks behind it.
struct SourceRecord {
  llvm::DenseMap<mlir::Operation *, SourceRange> places;

  struct Use {
    mlir::Value value;
    SourceRange range;
    /// Function whose argument it is.
    llvm::StringRef function;
    /// Whether that takes logits of classes, or one logit of a probability.
    bool takesClasses = false;
  };
  /// Arguments of losses, `sigmoid` and the softmaxes, which take logits.
  std::vector<Use> logits;
  /// Arguments of `log`.
  std::vector<Use> logarithms;

  SourceRange placeOf(mlir::Operation *op) const { return places.lookup(op); }
};

/// Checks an imported game and reports: objectives that depend on nothing their
/// player trains; values differentiated after a parameter on their path was
/// updated; gradients without a path.
void checkDerivatives(mlir::ModuleOp module, const Game &game,
                      const SourceRecord &record, Diagnostics &diagnostics);

/// Reports players of whom one maximises what moves the other the same way.
void checkDirections(mlir::ModuleOp module, const SourceRecord &record,
                     Diagnostics &diagnostics);

/// Reports logarithms and losses of values outside of their domain.
void checkDomains(mlir::ModuleOp module, const SourceRecord &record,
                  Diagnostics &diagnostics);

/// Reports parameters that nobody or too many train, those whose role the game
/// must decide, patterns that match nothing, and pairs that can't be shared.
void checkParameters(mlir::ModuleOp module, const Game &game,
                     const SourceRecord &record, Diagnostics &diagnostics);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_GAMECHECKS_H
