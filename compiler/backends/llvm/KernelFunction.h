//===- KernelFunction.h - a kernel's region bound to memory ---------------===//
//
// What the functions of all processors share while they are made: the region
// with its arguments and results bound to buffers, and the stores of results.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_KERNELFUNCTION_H
#define COMPILER_BACKENDS_LLVM_KERNELFUNCTION_H

#include "compiler/backends/llvm/RegionEmitter.h"

namespace gan::codegen {

class KernelFunction {
public:
  virtual ~KernelFunction() = default;

  /// Computes all results at the row-major position that `index` has in
  /// `shape`, then stores them all: a result may lie in the place of an
  /// argument that is read at the same index.
  void emitResults(IndexRef index, llvm::ArrayRef<int64_t> shape,
                   unsigned active = kLanes);
  /// Results at several indices: all are computed before one is stored, so that
  /// reads of neighbours stand beside each other.
  void emitNeighbours(llvm::ArrayRef<Index> neighbours,
                      llvm::ArrayRef<int64_t> shape);
  /// The same for lanes that a vector of i1 says.
  void emitResultsWhere(llvm::Value *mask, IndexRef index,
                        llvm::ArrayRef<int64_t> shape);

  /// Scratch memory of whoever runs the function, as words of a type.
  struct Workspace {
    Buffer words;
    llvm::Value *first; // the number of the first word
  };
  virtual Workspace getWorkspace(mlir::Type word) = 0;

  kernel::DefineOp kernel;
  llvm::Function *function;
  VectorBuilder b;
  IndexContext indices;
  RegionEmitter region;
  llvm::SmallVector<Buffer> results;

protected:
  KernelFunction(kernel::DefineOp kernel, llvm::Function *function,
                 Numerics numerics, Machine machine = {});
  /// `baseOf` gives where a place of the call lies: results first, then
  /// arguments.
  void bindBuffers(llvm::function_ref<llvm::Value *(size_t place)> baseOf);
};

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_KERNELFUNCTION_H
