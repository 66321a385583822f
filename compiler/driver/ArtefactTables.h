//===- ArtefactTables.h - a planned module as the tables of the ABI -------===//

#ifndef COMPILER_DRIVER_ARTEFACTTABLES_H
#define COMPILER_DRIVER_ARTEFACTTABLES_H

#include "dialects/gan/IR/GanAttrs.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <string>
#include <vector>

namespace gan {

class DeviceKernels;

/// What the tables cannot know from the module.
struct ArtefactNames {
  std::string name;      // of the game or network
  std::string symbol;    // of the ganrt_artefact
  std::string constants; // symbol of the weights' section; empty: none
  std::string digest;    // of sources and options, hex
  std::string numerics;
  /// CPU levels, from the lowest to the highest: the number in ganrt/abi.h and
  /// what the kernels' symbols end with.
  std::vector<std::pair<uint32_t, std::string>> levels;
  const DeviceKernels *devices = nullptr;
  std::function<llvm::Expected<std::vector<uint8_t>>(BlobAttr)> readBlob;
};

/// Writes the tables of ganrt/abi.h for a planned module into `target`: one
/// constant, `names.symbol`, and what it points to. Failure has been reported.
mlir::LogicalResult emitArtefactTables(mlir::ModuleOp module,
                                       const ArtefactNames &names,
                                       llvm::Module &target);

} // namespace gan

#endif // COMPILER_DRIVER_ARTEFACTTABLES_H
