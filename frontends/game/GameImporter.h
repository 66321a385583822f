//===- GameImporter.h - a checked game becomes a game module --------------===//

#ifndef FRONTENDS_GAME_GAMEIMPORTER_H
#define FRONTENDS_GAME_GAMEIMPORTER_H

#include "dialects/gan/IR/GanOps.h"
#include "frontends/game/Checker.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>

namespace gan::gamelang {

/// How the driver gives networks to a game. This folder knows no file format.
struct NetworkSource {
  /// Names of the inputs of a network's file, in its order; none after the
  /// reason was reported through the context's diagnostics.
  std::function<std::optional<std::vector<std::string>>(
      const NetworkItem &network)>
      inputs;
  /// Names of the tensors of a network's file that can be tapped; empty after
  /// the reason was reported.
  std::function<std::vector<std::string>(const NetworkItem &network)> tensors;
  /// The instance for these argument types, made at the builder's insertion
  /// point unless the module has it; null after the reason was reported. Taps
  /// of the network are results behind the file's outputs.
  std::function<gan::NetworkOp(mlir::OpBuilder &builder,
                               const NetworkItem &network,
                               llvm::ArrayRef<mlir::RankedTensorType> types)>
      instantiate;
};

/// Imports a game for which `checkGame` found no error. What needs the types of
/// networks is checked on the way; a module comes back only if all is well.
mlir::OwningOpRef<mlir::ModuleOp> importGame(const Game &game,
                                             const Overrides &overrides,
                                             const NetworkSource &networks,
                                             mlir::MLIRContext *context,
                                             Diagnostics &diagnostics);

/// Parses, checks and imports; what the driver calls.
mlir::OwningOpRef<mlir::ModuleOp> loadGame(const SourceFile &file,
                                           const Overrides &overrides,
                                           const NetworkSource &networks,
                                           mlir::MLIRContext *context,
                                           Diagnostics &diagnostics);

} // namespace gan::gamelang

#endif // FRONTENDS_GAME_GAMEIMPORTER_H
