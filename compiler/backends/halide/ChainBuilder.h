//===- ChainBuilder.h - the functions of a chain of filters ---------------===//

#ifndef COMPILER_BACKENDS_HALIDE_CHAINBUILDER_H
#define COMPILER_BACKENDS_HALIDE_CHAINBUILDER_H

#include "compiler/backends/halide/PipelineBuilder.h"

namespace gan::halide {

/// The elements of a chain's results; adds the functions of its stages.
std::vector<Halide::Expr> buildChain(ElementEmitter &emitter,
                                     Pipeline &pipeline);

/// Stages are computed a part at a time, just before they are read.
void scheduleChain(Pipeline &pipeline, const KernelPlan &plan);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_CHAINBUILDER_H
