//===- NetworkState.h - which initializers of a game are state ------------===//

#ifndef DIALECTS_GAME_TRANSFORMS_NETWORKSTATE_H
#define DIALECTS_GAME_TRANSFORMS_NETWORKSTATE_H

#include "dialects/game/Transforms/Parametrisation.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace gan::game {

/// One initializer of a network, over all its instances.
struct NetworkTensor {
  mutable gan::ParameterOp first; // one of its operations; all agree
  Role role;
  std::optional<Parametrisation> parametrisation;
  std::string state;     // its name; that of another network if shared
  bool isShared = false; // declared by the other network
};

/// A network of the game with its initializers in the order of the file.
struct NetworkInfo {
  mutable game::NetworkOp declaration; // a handle: reading it is not const
  bool hasState = false; // trained, parametrised or followed by an average
  llvm::MapVector<mlir::StringAttr, NetworkTensor> tensors;
};

using NetworkInfos = llvm::MapVector<mlir::StringAttr, NetworkInfo>;

/// The name in the other network that `game.share` pairs with `name` of its
/// `to`; none if `name` is not meant.
std::optional<std::string> sharedName(ShareOp share, llvm::StringRef name);

/// Collects networks and settles roles by `trainable` and `constant`; reports
/// all undecided initializers of trained networks together.
mlir::FailureOr<NetworkInfos> collectNetworks(mlir::ModuleOp module);

/// The `gan.state` declarations of networks, averages and `game.state`, and
/// what parametrisations do at the start and behind updates.
mlir::LogicalResult declareState(mlir::ModuleOp module,
                                 const NetworkInfos &networks);

/// True if `name` fits the glob `pattern` (`*` and `?`).
bool matchesGlob(llvm::StringRef pattern, llvm::StringRef name);

/// As matchesGlob; a piece `NAME#g` goes also with what `NAME` goes with.
bool matchesParameter(llvm::StringRef pattern, llvm::StringRef name);

} // namespace gan::game

#endif // DIALECTS_GAME_TRANSFORMS_NETWORKSTATE_H
