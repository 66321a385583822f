//===- LineLoops.h - kernels that go line by line -------------------------===//
//
// A running sum needs the elements of a line in order, a scatter all places of
// one at hand, a sort all of its elements: they go along their axis once for
// each position of the others.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_LLVM_LINELOOPS_H
#define COMPILER_BACKENDS_LLVM_LINELOOPS_H

#include "compiler/backends/llvm/ElementLoops.h"

namespace gan::codegen {

/// Lines along one axis: a walk over the others, where the axis has extent 1.
struct Lines {
  Walk walk;
  WalkBody body;
  /// One line after the other, never sixteen of them at a time.
  bool isScalar = false;
  int64_t workspaceBytes = 0; // per thread
};

/// The lines of a kernel whose only result is a running sum, a scatter or a
/// sort, or that reshaped.
std::optional<Lines> findLines(kernel::DefineOp kernel);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_LINELOOPS_H
