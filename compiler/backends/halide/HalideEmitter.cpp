//===- HalideEmitter.cpp - one pipeline for one kernel --------------------===//
//
// The only code that throws, because Halide does: everything is caught here.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/HalideEmitter.h"
#include "compiler/backends/halide/PrimitiveTable.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace gan;
using namespace gan::halide;
using Halide::Expr;
using Halide::Func;
using Halide::TailStrategy;
using Halide::Var;

/// Without a runtime: nothing allocates, prints, checks or calls.
static Halide::Target targetFor(const CpuTarget &target) {
  using Halide::Target;
  Target halide(Target::Linux, Target::X86, 64,
                {Target::NoRuntime, Target::NoAsserts, Target::NoBoundsQuery,
                 Target::StrictFloat});
  if (target.vectorBits >= 256)
    halide.set_features(
        {Target::SSE41, Target::AVX, Target::F16C, Target::FMA, Target::AVX2});
  if (target.vectorBits >= 512)
    halide.set_features({Target::AVX512, Target::AVX512_Skylake});
  return halide;
}

/// The bounds that are known when compiling; those of the outermost loop are
/// the chunk's.
static void boundResult(Halide::OutputImageParam buffer, bool isFirst,
                        const KernelPlan &plan) {
  int64_t stride = 1;
  for (auto [dim, loop] : llvm::enumerate(plan.loops)) {
    Halide::Internal::Dimension own = buffer.dim(dim);
    own.set_stride(int32_t(stride));
    stride *= loop.extent;
    if (!isFirst) // it has the bounds of the first
      continue;
    if (dim + 1 < plan.loops.size()) {
      own.set_bounds(0, int32_t(loop.extent));
      continue;
    }
    if (int32_t unit = plan.chunkUnit; unit > 1) {
      own.set_min(own.min() / unit * unit);
      if (loop.extent % unit == 0)
        own.set_extent(own.extent() / unit * unit);
    }
  }
}

/// Vectors along the innermost loop, copies of the body for every remainder of
/// a period: conditions on it are then decided when compiling. No loop is
/// parallel: chunks are the runtime's. No element is computed twice, so a
/// result may lie where an operand does.
static void schedule(Func &func, const KernelPlan &plan,
                     std::vector<Var> &variables, bool isCut) {
  for (auto [dim, loop] : llvm::enumerate(plan.loops)) {
    Var &variable = variables[dim];
    if (loop.period > 1 && loop.extent > loop.period) {
      Var remainder(variable.name() + "_remainder");
      func.split(variable, variable, remainder, int32_t(loop.period),
                 TailStrategy::GuardWithIf)
          .unroll(remainder);
    }
    if (dim > 0)
      continue;
    if (!isCut)
      func.partition(variable, Halide::Partition::Never);
    int64_t extent = loop.extent / loop.period;
    int64_t lanes = kLanes;
    while (lanes > extent && lanes > 1)
      lanes /= 2;
    if (lanes > 1)
      func.vectorize(variable, int32_t(lanes), TailStrategy::GuardWithIf);
  }
}

static Halide::Module buildModule(kernel::DefineOp kernel,
                                  const KernelPlan &plan,
                                  const CpuTarget &target,
                                  llvm::StringRef symbol) {
  std::vector<Halide::ImageParam> inputs;
  std::vector<Halide::Argument> arguments;
  for (auto [i, value] : llvm::enumerate(plan.inputs)) {
    auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
    inputs.emplace_back(toMemory(type.getElementType()), 1,
                        "input" + std::to_string(i));
    inputs.back().dim(0).set_bounds(0, int32_t(type.getNumElements()));
    inputs.back().dim(0).set_stride(1);
    arguments.push_back(inputs.back());
  }
  std::vector<Var> variables;
  variables.reserve(plan.loops.size());
  for (size_t i = 0; i < plan.loops.size(); ++i)
    variables.emplace_back("loop" + std::to_string(i));
  ElementEmitter emitter(plan, inputs, variables);
  Index index = emitter.resultIndex();
  std::vector<Expr> elements;
  for (mlir::Value value : plan.results) {
    Expr element = emitter.at(value, index);
    // A bit is stored as a byte.
    if (element.type().is_bool())
      element = select(element, Expr(uint8_t(1)), Expr(uint8_t(0)));
    elements.push_back(element);
  }
  Func func("result");
  if (elements.size() == 1)
    func(variables) = elements.front();
  else
    func(variables) = Halide::Tuple(elements);
  for (auto [i, buffer] : llvm::enumerate(func.output_buffers()))
    boundResult(buffer, i == 0, plan);
  schedule(func, plan, variables, !emitter.skipsGuardedElements());
  return Halide::Pipeline(func).compile_to_module(
      arguments, symbol.str(), targetFor(target),
      Halide::LinkageType::External);
}

extern "C" bool
ganc_halide_emit_bitcode(kernel::DefineOp kernel, const KernelPlan &plan,
                         const CpuTarget &target, llvm::StringRef symbol,
                         std::string &bitcode, std::string &problem) {
  llvm::SmallString<128> path;
  if (std::error_code code =
          llvm::sys::fs::createTemporaryFile("ganc", "bc", path)) {
    problem = "no temporary file: " + code.message();
    return false;
  }
  llvm::scope_exit remove([&] {
    // What cannot be removed stays in the folder of temporary files.
    std::error_code ignored = llvm::sys::fs::remove(path);
    (void)ignored;
  });
  try {
    buildModule(kernel, plan, target, symbol)
        .compile({{Halide::OutputFileType::bitcode, std::string(path)}});
  } catch (const Halide::Error &error) {
    problem = error.what();
    return false;
  }
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    problem = "no bitcode: " + buffer.getError().message();
    return false;
  }
  bitcode = (*buffer)->getBuffer().str();
  return true;
}
