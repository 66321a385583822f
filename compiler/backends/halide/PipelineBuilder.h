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

  /// Of a chain: a phase of a stage, behind those that it reads. Number n of
  /// its variable is made of n * scale + first … n * scale + last of another's.
  struct StageRead {
    size_t function;
    struct Numbers {
      int64_t scale, first, last;
    };
    std::vector<Numbers> numbers; // of each variable
  };
  struct StageFunction {
    Halide::Func function;
    std::vector<Halide::Var> variables;
    std::vector<StageRead> reads;
  };
  std::vector<StageFunction> stages;
  std::vector<StageRead> stageReads; // of the result
  /// Numbers of the channels that lie in the lanes, for all of space.
  std::vector<std::pair<Halide::Func, Halide::Var>> channelTables;
};

/// Throws what Halide throws.
Pipeline buildPipeline(const KernelPlan &plan, ElementOptions options);

} // namespace gan::halide

#endif // COMPILER_BACKENDS_HALIDE_PIPELINEBUILDER_H
