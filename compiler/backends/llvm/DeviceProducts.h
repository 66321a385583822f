//===- DeviceProducts.h - contractions in tiles on a device ---------------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICEPRODUCTS_H
#define COMPILER_BACKENDS_LLVM_DEVICEPRODUCTS_H

#include "compiler/backends/llvm/Contraction.h"
#include "compiler/backends/llvm/DeviceKernelWriter.h"

namespace gan::codegen {

/// A group of threads computes a tile of the result, `depth` steps of the sum
/// at a time, a thread a smaller tile of it.
struct TileShape {
  int64_t rows = 0, columns = 0, depth = 0, threadRows = 0, threadColumns = 0;
  unsigned groupSize() const {
    return rows / threadRows * (columns / threadColumns);
  }
};

/// How all products of a contraction are cut. A sum may be in `parts` parts,
/// one group each, that another launch adds up in order.
struct TilesPlan {
  Sides sides = Sides::AsWritten;
  TileShape shape;
  int64_t parts = 1;
  double seconds = 0;
  int64_t scratchNumbers = 0;
};

/// From shapes alone. None for what is no contraction.
std::optional<TilesPlan> planTiles(kernel::DefineOp kernel,
                                   mlir::Operation *root);

llvm::FailureOr<DeviceKernel> emitTiles(kernel::DefineOp kernel,
                                        mlir::Operation *root,
                                        llvm::StringRef symbol,
                                        const DeviceTarget &target,
                                        const TilesPlan &plan);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICEPRODUCTS_H
