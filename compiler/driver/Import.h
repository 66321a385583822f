//===- Import.h - an input file as a module -------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_H
#define COMPILER_DRIVER_IMPORT_H

#include "compiler/driver/Options.h"
#include "dialects/gan/IR/WeightStore.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace gan {

/// A module with the phase it stands after and the weights its blobs name.
struct Imported {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Phase phase = Phase::Import;
  std::unique_ptr<WeightStore> weights;
  std::string name;               // of the game or network
  std::vector<std::string> files; // that are read; none may be overwritten
  std::string missingWeights;     // of a dump: where they were looked for
  std::string folder; // of a dump: where the files beside the module are
};

/// In the folder of a dump that has code: the module, and all kernels.
inline constexpr llvm::StringLiteral kModuleName = "module.mlir";
inline constexpr llvm::StringLiteral kKernelsName = "kernels.o";

/// Names of the games that are found by name.
std::vector<std::string> libraryGames(llvm::StringRef executable);
/// The comment that such a game begins with.
std::string libraryTitle(llvm::StringRef executable, llvm::StringRef name);

/// The file that the input names: itself, a library game, or the module of a
/// dump's folder.
std::string inputPath(const Options &options);

/// Name of the file of weights beside a dump that was given its name.
std::string weightsOf(llvm::StringRef dump);

/// Refuses an input that no name of a file or game can be.
mlir::LogicalResult checkInputName(const Options &options);

/// Reads an ONNX model, a game or a dump. Weights go to a file in
/// `temporaryFolder`. Failure has been reported.
mlir::LogicalResult importInput(const Options &options,
                                llvm::StringRef temporaryFolder,
                                mlir::MLIRContext *context, Imported &result);

} // namespace gan

#endif // COMPILER_DRIVER_IMPORT_H
