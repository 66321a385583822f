//===- HalideEmitter.cpp - one pipeline for one kernel --------------------===//
//
// The only code that throws, because Halide does: everything is caught here.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/HalideEmitter.h"
#include "compiler/backends/halide/Schedules.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace gan;
using namespace gan::halide;
using Halide::Expr;

/// Without a runtime: nothing allocates, prints, checks or calls. Halide sees
/// one level for all, so that the same is fused in the code of each of them;
/// LLVM makes of its vectors what a level has.
static Halide::Target hostTarget() {
  using Halide::Target;
  return Target(Target::Linux, Target::X86, 64,
                {Target::NoRuntime, Target::NoAsserts, Target::NoBoundsQuery,
                 Target::StrictFloat, Target::SSE41, Target::AVX, Target::F16C,
                 Target::FMA, Target::AVX2, Target::AVX512,
                 Target::AVX512_Skylake});
}

/// The bounds that are known when compiling; those of the outermost loop are
/// the chunk's.
static void boundResult(Halide::OutputImageParam buffer, size_t result,
                        const KernelPlan &plan) {
  for (auto [dim, loop] : llvm::enumerate(plan.loops)) {
    Halide::Internal::Dimension own = buffer.dim(dim);
    own.set_stride(int32_t(plan.resultStride(result, loop)));
    if (result > 0 || plan.isBatched) // it has the bounds of the first
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

namespace {
/// Halide's estimates of what a tile reads are at times larger than what it
/// computes, and it warns of checks that are not there. So its warnings are
/// seen with its own debugging output only, from HL_DEBUG_CODEGEN=1 on.
class Reporter final : public Halide::CompileTimeErrorReporter {
public:
  void warning(const char *message) override {
    if (Halide::Internal::debug_is_active_impl(1, __FILE__, __func__, __LINE__))
      llvm::errs() << message;
  }
  void error(const char *message) override {
    throw Halide::CompileError(message);
  }
};
} // namespace

static Halide::Module buildModule(const KernelPlan &plan,
                                  const CpuTarget &target,
                                  llvm::StringRef symbol) {
  static Reporter reporter;
  Halide::set_custom_compile_time_error_reporter(&reporter);
  // A product that is fused into a sum is marked by an argument that is zero:
  // KernelWrapper finds it. Halide 21 has no operation for it.
  Halide::Param<uint32_t> seal("seal");
  Halide::Param<void *> workspace("workspace"); // for KernelWrapper, too
  ElementOptions options;
  if (target.numerics != Numerics::Portable)
    options.products.fuse = [seal](const Expr &x, const Expr &y,
                                   const Expr &sum) -> Expr {
      Expr product = x * y;
      if (product.type().bits() != 32)
        return product + sum;
      return Halide::reinterpret<float>(Halide::reinterpret<uint32_t>(product) ^
                                        seal) +
             sum;
    };
  options.products.zero = seal;
  Pipeline pipeline = buildPipeline(plan, std::move(options));
  std::vector<Halide::Argument> arguments(pipeline.inputs.begin(),
                                          pipeline.inputs.end());
  arguments.emplace_back(seal);
  arguments.emplace_back(pipeline.rowEnd);
  arguments.emplace_back(workspace);
  for (auto [i, buffer] : llvm::enumerate(pipeline.result.output_buffers()))
    boundResult(buffer, i, plan);
  scheduleForHost(pipeline, plan);
  return Halide::Pipeline(pipeline.result)
      .compile_to_module(arguments, symbol.str(), hostTarget(),
                         Halide::LinkageType::External);
}

extern "C" bool ganc_halide_emit_bitcode(const KernelPlan &plan,
                                         const CpuTarget &target,
                                         llvm::StringRef symbol,
                                         std::string &bitcode,
                                         std::string &problem) {
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
    buildModule(plan, target, symbol)
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
