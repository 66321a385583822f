//===- DeviceProducts.h - contractions in tiles on a device ---------------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICEPRODUCTS_H
#define COMPILER_BACKENDS_LLVM_DEVICEPRODUCTS_H

#include "compiler/backends/llvm/Contraction.h"
#include "compiler/backends/llvm/DeviceKernelWriter.h"

namespace gan::codegen {

constexpr int64_t kWarp = 32; // threads of CUDA that go together

/// What the factors of products are. Those that are no f32 are rounded on their
/// way to matrix units; sums are f32.
enum class Factors { F32, Tf32, Bf16 };

/// The smallest that the numerics class allows and the device has units for.
Factors factorsFor(const DeviceTarget &target);

/// A group of threads computes a tile of the result, `depth` steps of the sum
/// at a time, a thread a smaller tile of it; with matrix units, a warp.
struct TileShape {
  int64_t rows = 0, columns = 0, depth = 0, ownRows = 0, ownColumns = 0;
  Factors factors = Factors::F32;

  bool usesMatrixUnits() const { return factors != Factors::F32; }
  int64_t numbersPerWord() const { return factors == Factors::Bf16 ? 2 : 1; }
  int64_t threadsPerTile() const { return usesMatrixUnits() ? kWarp : 1; }
  int64_t sumsPerThread() const {
    return ownRows * ownColumns / threadsPerTile();
  }
  unsigned groupSize() const {
    return rows / ownRows * (columns / ownColumns) * threadsPerTile();
  }
  /// Of a processor of the device that plans are made for.
  double productsPerClock() const;
};

/// How all products of a contraction are cut. A sum may be in `parts` parts,
/// one group each, that another launch adds up in order.
struct TilesPlan {
  Sides sides = Sides::AsWritten;
  TileShape shape;
  int64_t parts = 1;
  double seconds = 0;
  int64_t scratchNumbers = 0;
  double traffic = 0; // bytes of operands and of parts that all groups ask for
};

/// From shapes alone. None for what is no contraction.
std::optional<TilesPlan> planTiles(kernel::DefineOp kernel,
                                   mlir::Operation *root, Factors factors);

llvm::FailureOr<DeviceKernel> emitTiles(kernel::DefineOp kernel,
                                        mlir::Operation *root,
                                        llvm::StringRef symbol,
                                        const DeviceTarget &target,
                                        const TilesPlan &plan);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICEPRODUCTS_H
