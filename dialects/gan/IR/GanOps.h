//===- GanOps.h - operations of the gan dialect ---------------------------===//

#ifndef DIALECTS_GAN_IR_GANOPS_H
#define DIALECTS_GAN_IR_GANOPS_H

#include "dialects/gan/IR/GanAttrs.h"
#include "dialects/gan/IR/GanDialect.h"
#include "dialects/gan/IR/GanInterfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace gan {
class YieldOp;

/// The shape without the axes `dims` (distinct, increasing, in range).
llvm::SmallVector<int64_t> shapeWithout(llvm::ArrayRef<int64_t> shape,
                                        llvm::ArrayRef<int64_t> dims);

/// All axes of a rank but `dims`, in increasing order.
llvm::SmallVector<int64_t> otherDims(int64_t rank,
                                     llvm::ArrayRef<int64_t> dims);

/// The permutation that undoes `permutation`.
llvm::SmallVector<int64_t>
invertPermutation(llvm::ArrayRef<int64_t> permutation);

/// Emits `'op' op expected dims … (C1)` unless `dims` are distinct axes of a
/// tensor of rank `rank` in increasing order.
mlir::LogicalResult verifyDims(mlir::Operation *op,
                               llvm::ArrayRef<int64_t> dims, int64_t rank);
} // namespace gan

#define GET_OP_CLASSES
#include "dialects/gan/IR/GanOps.h.inc"

#endif // DIALECTS_GAN_IR_GANOPS_H
