//===- LineLoops.h - kernels that go line by line -------------------------===//
//
// A running sum needs the elements of a line in order, a scatter all places of
// one at hand: both go along their axis once for each position of the others.
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
};

/// The lines of a kernel whose only result is a running sum or a scatter, or
/// that reshaped.
std::optional<Lines> findLines(kernel::DefineOp kernel);

} // namespace gan::codegen

#endif // COMPILER_BACKENDS_LLVM_LINELOOPS_H
