//===- PipelineBuilder.h - the functions of a kernel's pipeline -----------===//
//
// What is computed, before anything is said about how: the result, and the
// stages of a fold before it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_BACKENDS_HALIDE_PIPELINEBUILDER_H
#define COMPILER_BACKENDS_HALIDE_PIPELINEBUILDER_H

#include "compiler/backends/halide/Folds.h"

namespace gan::halide {

struct Pipeline {
  std::vector<Halide::ImageParam> inputs;
  std::vector<Halide::Var> variables; // of the loops, innermost first
  Halide::Func result;
  /// All results before the first of them is stored; undefined: not needed.
  Halide::Func together;
  bool canCut = true;
  /// Of a batched kernel: the end of the chunk.
  Halide::Param<int32_t> rowEnd{"row_end"};

  // Of a fold. A block is folded by itself before it joins the whole.
  Halide::Func block, total;        // the block may be undefined
  std::vector<Halide::Func> halves; // of lanes, the first combines eight
  Halide::Var lane{"lane"};
  bool usesLane = false;
  Halide::RDom blockDomain, totalDomain; // undefined: one element
};

/// Throws what Halide throws.
Pipeline buildPipeline(const KernelPlan &plan, ElementOptions options);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_PIPELINEBUILDER_H
