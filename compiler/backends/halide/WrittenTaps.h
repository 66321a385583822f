//===- WrittenTaps.h - small filters and windows, written out -------------===//
//
// One tap after the other, in one expression: which of them a border or a
// stride leaves out is decided when compiling.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_WRITTENTAPS_H
#define COMPILER_BACKENDS_HALIDE_WRITTENTAPS_H

#include "compiler/backends/halide/PrimitiveTable.h"

namespace gan::halide {

Halide::Expr writeConvolution(ElementEmitter &e, ConvOp op, IndexRef index);
Halide::Expr writeTransposedConvolution(ElementEmitter &e, ConvGradInputOp op,
                                        IndexRef index);
Halide::Expr writeWindowSum(ElementEmitter &e, WindowSumOp op, IndexRef index);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_WRITTENTAPS_H
