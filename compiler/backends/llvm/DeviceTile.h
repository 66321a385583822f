//===- DeviceTile.h - one tile of a product, by a group of threads --------===//

#ifndef COMPILER_BACKENDS_LLVM_DEVICETILE_H
#define COMPILER_BACKENDS_LLVM_DEVICETILE_H

#include "compiler/backends/llvm/DeviceProducts.h"

namespace gan::codegen {

/// Writes the code of a group that computes tiles of one product.
class TileWriter {
public:
  /// Where a group keeps a block of both operands: one place for all products
  /// of a launch.
  struct SharedMemory {
    std::optional<Buffer> left, right;
  };

  TileWriter(DeviceContext &context, mlir::Operation *root,
             const Contraction &c, const TilesPlan &plan, SharedMemory &shared);

  void emitTile(const IndexExpression &unit);
  /// Adds up the parts of one number, and stores what becomes of it.
  void emitWhole(const IndexExpression &number);

private:
  using Values = RegionEmitter::Values;
  /// One operand's part of a block in shared memory. A word holds one number,
  /// or as many neighbours along the sum as fit into 32 bits.
  struct Side {
    bool isLeft;
    int64_t extent; // of the tile along its rows or columns
    Buffer shared;
    bool alongSum;                // how its neighbours in memory lie
    int64_t ownStride, stepWords; // in words, of a row or column, of a step
  };
  Side makeSide(bool isLeft);
  bool liesAlongSum(bool isLeft);
  IndexExpression placeOf(const Side &side, const IndexExpression &own,
                          const IndexExpression &step);
  llvm::Value *loadWord(const Side &side, const IndexExpression &own,
                        const IndexExpression &word);
  Access accessTo(const Side &side, Position at, const IndexExpression &along,
                  const IndexExpression &step);
  /// A number on its way to shared memory; null conditions hold.
  struct Copy {
    llvm::Value *number, *condition;
    const Side *side;
    IndexExpression place;
  };
  void copyBlock(const Side &side, const IndexExpression &block,
                 llvm::SmallVector<Copy, 8> &copies);
  /// What stands in shared memory for a number.
  llvm::Value *roundFactor(llvm::Value *number);
  Values emitSums();
  /// Adds a block's products to the sums.
  Values multiply(const Side &left, const Side &right,
                  llvm::ArrayRef<llvm::Value *> sums);
  Values multiplyByUnits(const Side &left, const Side &right,
                         llvm::ArrayRef<llvm::Value *> sums);
  /// The row and the column of this thread's sum `number` in the tile.
  std::pair<IndexExpression, IndexExpression> sumAt(int64_t number) const;
  Buffer getParts();
  void storeResult(const Position &at, llvm::Value *sum);
  void whereInside(const Position &at, llvm::function_ref<void()> body);

  DeviceContext &context;
  VectorBuilder &b;
  IndexContext &indices;
  RegionEmitter &region;
  mlir::Operation *root;
  const Contraction &c;
  const TilesPlan &plan;
  const TileShape &shape;
  SharedMemory &shared;
  int64_t rowTiles, columnTiles, blocks;
  // Of the current tile and thread. A warp that uses matrix units has one tile
  // of its own: there `quad` and `inQuad` tell its threads apart.
  IndexExpression part, group, firstRow, firstColumn, thread, ownRow, ownColumn,
      quad, inQuad;
};

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_DEVICETILE_H
