//===- TestNetworks.h - networks of a game out of an .mlir file -----------===//

#ifndef TESTS_SUPPORT_GAME_PARSE_TESTNETWORKS_H
#define TESTS_SUPPORT_GAME_PARSE_TESTNETWORKS_H

#include "frontends/game/GameImporter.h"

namespace gan::gamelang {

/// Stands in for the ONNX front end: a file holds `gan.network` operations, and
/// a network of the game is instantiated by the one whose `model` has its name
/// and whose arguments have the types asked for.
class TestNetworks {
public:
  /// Reads the file; false if it can't be parsed.
  bool load(llvm::StringRef path, mlir::MLIRContext *context);
  NetworkSource source();

private:
  void refuse(llvm::StringRef model,
              llvm::ArrayRef<mlir::RankedTensorType> types);

  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace gan::gamelang

#endif // TESTS_SUPPORT_GAME_PARSE_TESTNETWORKS_H
