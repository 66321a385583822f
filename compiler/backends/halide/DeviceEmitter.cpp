//===- DeviceEmitter.cpp - the device code of a kernel --------------------===//
//
// Halide makes a module of host code around device code. The device code and
// the one launch of it are taken; the rest, and Halide's runtime that it would
// call, are thrown away.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/halide/HalideEmitter.h"
#include "compiler/backends/halide/Schedules.h"
#include "compiler/backends/halide/SpirvMending.h"

using namespace gan;
using namespace gan::halide;
using Halide::DeviceAPI;
using Halide::Expr;
using Halide::Target;

//===----------------------------------------------------------------------===//
// Targets
//===----------------------------------------------------------------------===//

static DeviceAPI apiOf(const DeviceTarget &target) {
  switch (target.api) {
  case DeviceApi::OpenCL:
    return DeviceAPI::OpenCL;
  case DeviceApi::Vulkan:
    return DeviceAPI::Vulkan;
  case DeviceApi::Cuda:
    return DeviceAPI::CUDA;
  }
  llvm_unreachable("all interfaces are handled");
}

static Target targetFor(const DeviceTarget &target, const KernelPlan &plan) {
  Target halide(Target::Linux, Target::X86, 64,
                {Target::NoRuntime, Target::NoAsserts, Target::NoBoundsQuery,
                 Target::StrictFloat});
  switch (target.api) {
  case DeviceApi::OpenCL:
    halide.set_feature(Target::OpenCL);
    if (needsDoubles(plan))
      halide.set_feature(Target::CLDoubles);
    break;
  case DeviceApi::Vulkan:
    halide.set_features({Target::Vulkan, Target::VulkanV12, Target::VulkanInt8,
                         Target::VulkanInt64});
    break;
  case DeviceApi::Cuda: // the last one that Halide 21 knows
    halide.set_features({Target::CUDA, Target::CUDACapability80});
    break;
  }
  return halide;
}

static ElementOptions optionsFor(const DeviceTarget &target) {
  ElementOptions options;
  options.hasMasks = false;
  options.cutsLoops = false;
  options.hasMemoryOfConstants = false;
  if (target.numerics == Numerics::Portable || target.api == DeviceApi::Vulkan)
    return options;
  // An operation of the language, on numbers of any width.
  bool isText = target.api == DeviceApi::OpenCL;
  options.products.fuse = [isText](const Expr &x, const Expr &y,
                                   const Expr &sum) -> Expr {
    Halide::Type type = sum.type();
    std::string name = isText              ? "fma"
                       : type.bits() == 64 ? "llvm.fma.f64"
                                           : "llvm.fma.f32";
    return Halide::Internal::Call::make(type, name, {x, y, sum},
                                        Halide::Internal::Call::PureExtern);
  };
  return options;
}

//===----------------------------------------------------------------------===//
// The launch
//===----------------------------------------------------------------------===//

namespace {
/// Halide calculates before a launch what is the same for all threads, and
/// would pass it as a number. Back into the kernel with it.
class HostNumbers : public Halide::Internal::IRMutator {
  using IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::LetStmt *op) override {
    if (op->value.type().is_handle() || !Halide::Internal::is_pure(op->value))
      return IRMutator::visit(op);
    return mutate(Halide::Internal::substitute(op->name, op->value, op->body));
  }
  Halide::Internal::Stmt visit(const Halide::Internal::For *op) override {
    if (op->for_type == Halide::Internal::ForType::GPUBlock)
      return op;
    return IRMutator::visit(op);
  }
};

/// Finds the call that would launch a kernel.
class LaunchFinder : public Halide::Internal::IRVisitor {
public:
  explicit LaunchFinder(const Pipeline &pipeline, size_t resultCount)
      : pipeline(pipeline), resultCount(resultCount) {}

  std::vector<DeviceLaunch> launches;
  std::string problem;

private:
  using IRVisitor::visit;
  void visit(const Halide::Internal::LetStmt *op) override {
    known[op->name] = op->value;
    IRVisitor::visit(op);
  }
  void visit(const Halide::Internal::Let *op) override {
    known[op->name] = op->value;
    IRVisitor::visit(op);
  }
  void visit(const Halide::Internal::Call *op) override {
    llvm::StringRef name = op->name;
    if (name.starts_with("halide_") && name.ends_with("_run"))
      take(op->args);
    IRVisitor::visit(op);
  }

  Expr valueOf(Expr e) const {
    while (const auto *variable = e.as<Halide::Internal::Variable>()) {
      auto found = known.find(variable->name);
      if (found == known.end())
        break;
      e = found->second;
    }
    return Halide::Internal::simplify(e);
  }
  uint32_t count(const Expr &e) {
    if (auto number = Halide::Internal::as_const_int(valueOf(e)))
      return uint32_t(*number);
    problem = "the size of a launch is not a number";
    return 0;
  }
  /// The state, the kernel's name, three extents of the grid and three of a
  /// group, shared memory, and the arguments' types, places and kinds.
  void take(const std::vector<Expr> &arguments) {
    DeviceLaunch &launch = launches.emplace_back();
    const auto *name = valueOf(arguments[1]).as<Halide::Internal::StringImm>();
    if (!name)
      problem = "a launch has no name";
    else
      launch.entry = name->value;
    for (size_t i = 0; i < 3; ++i) {
      launch.grid[i] = count(arguments[2 + i]);
      launch.group[i] = count(arguments[5 + i]);
    }
    launch.sharedBytes = count(arguments[8]);
    Expr places = valueOf(arguments[10]);
    const auto *list = places.as<Halide::Internal::Call>();
    for (const Expr &place : list->args) {
      const auto *variable = place.as<Halide::Internal::Variable>();
      if (!variable)
        continue; // the end
      llvm::StringRef own = variable->name;
      own.consume_back(".buffer");
      launch.arguments.push_back(placeOf(own));
    }
    // A number among them would have no place.
    if (launch.arguments.size() + 1 != list->args.size())
      problem = "a launch takes more than buffers";
  }
  uint32_t placeOf(llvm::StringRef name) {
    for (auto [i, input] : llvm::enumerate(pipeline.inputs))
      if (name == input.name())
        return uint32_t(resultCount + i);
    if (name.consume_front(pipeline.result.name())) {
      unsigned number = 0;
      name.consume_front(".");
      name.getAsInteger(10, number);
      return number;
    }
    problem = "a launch takes '" + name.str() + "'";
    return 0;
  }

  const Pipeline &pipeline;
  size_t resultCount;
  std::map<std::string, Expr> known;
};
} // namespace

static void boundResults(Pipeline &pipeline, const KernelPlan &plan) {
  for (auto [i, buffer] : llvm::enumerate(pipeline.result.output_buffers()))
    for (auto [dim, loop] : llvm::enumerate(plan.loops)) {
      Halide::Internal::Dimension own = buffer.dim(int(dim));
      own.set_stride(int32_t(plan.resultStride(i, loop)));
      if (i == 0) // the others have them, too
        own.set_bounds(0, int32_t(loop.extent));
    }
}

static void replaceAll(std::string &text, llvm::StringRef from,
                       llvm::StringRef to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size())
    text.replace(at, from.size(), to);
}

/// What Halide's text says otherwise than we mean it: products and sums round
/// apart, results may lie where operands do, and no memory of a group is passed
/// where none is needed.
static void mendText(std::string &text, const DeviceLaunch &launch) {
  replaceAll(text, "FP_CONTRACT ON", "FP_CONTRACT OFF");
  replaceAll(text, "restrict ", "");
  if (launch.sharedBytes > 0)
    return;
  size_t last = text.find(",\n __local int16* ");
  if (last != std::string::npos)
    text.erase(last, text.find(')', last) - last);
}

static bool emitDeviceCode(const KernelPlan &plan, const DeviceTarget &target,
                           llvm::StringRef symbol, DeviceKernel &kernel,
                           std::string &problem) {
  Pipeline pipeline = buildPipeline(plan, optionsFor(target));
  boundResults(pipeline, plan);
  scheduleForDevice(pipeline, plan, apiOf(target));
  std::vector<Halide::Argument> arguments(pipeline.inputs.begin(),
                                          pipeline.inputs.end());
  HostNumbers numbers;
  Halide::Pipeline whole(pipeline.result);
  whole.add_custom_lowering_pass(&numbers, nullptr);
  Halide::Module module =
      whole.compile_to_module(arguments, symbol.str(), targetFor(target, plan),
                              Halide::LinkageType::External);
  LaunchFinder finder(pipeline, plan.results.size());
  for (const Halide::Internal::LoweredFunc &function : module.functions())
    function.body.accept(&finder);
  problem = finder.problem;
  if (problem.empty() && finder.launches.size() != 1)
    problem =
        "expected one launch, got " + std::to_string(finder.launches.size());
  Halide::Buffer<> code = module.get_device_code_buffer();
  if (problem.empty() && !code.defined())
    problem = "there is no device code";
  if (!problem.empty())
    return false;
  std::string text(static_cast<const char *>(code.data()),
                   code.size_in_bytes());
  if (target.api == DeviceApi::Vulkan) {
    if (!takeSpirv(text)) {
      problem = "expected SPIR-V";
      return false;
    }
  } else {
    text = text.c_str(); // up to its end
    if (target.api == DeviceApi::OpenCL)
      mendText(text, finder.launches.front());
    std::string entry = symbol.str() + "_run"; // no word of the language
    replaceAll(text, finder.launches.front().entry, entry);
    finder.launches.front().entry = entry;
    if (plan.mayShare) // what it reads is not constant
      replaceAll(text, "ld.global.nc", "ld.global");
  }
  kernel.codes.push_back(std::move(text));
  kernel.launches = std::move(finder.launches);
  return true;
}

extern "C" bool ganc_halide_emit_device_code(const KernelPlan &plan,
                                             const DeviceTarget &target,
                                             llvm::StringRef symbol,
                                             DeviceKernel &kernel,
                                             std::string &problem) {
  try {
    return emitDeviceCode(plan, target, symbol, kernel, problem);
  } catch (const Halide::Error &error) {
    problem = error.what();
    return false;
  }
}
