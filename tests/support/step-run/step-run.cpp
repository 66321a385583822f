//===- step-run.cpp - steps of a game by the reference interpreter --------===//
//
// Or one run of a network: --given then has its inputs, OUT gets its outputs.
//
// step-run FILE [--steps=N] [--given=DRAWS] [--init=WEIGHTS] [--record=OUT]
//          [--kernels=TOLERANCE] [--level=x86-64-v3] [--differences]
//
// FILE is a dump of ganc after `grad`, with its weights beside it. Draws come
// from a file as a trainer's `--given` reads it, and what happens is written as
// `--record` does, both in f64; beside it the state after each step, as
// step/N/state/NAME. WEIGHTS, as a trainer's `--init` reads them, are what the
// states of their names begin with. With --kernels the dump is simplified and
// fused first, and every result of every kernel is compared with that of
// compiled code. With --differences FILE is the dump after `link`, and every
// gradient of every step is compared with finite differences: Differences.h.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/conversions/GameToGan/Passes.h"
#include "compiler/pipelines/Pipelines.h"
#include "dialects/game/IR/GameOps.h"
#include "dialects/gan/IR/WeightStore.h"
#include "dialects/gan/Transforms/Passes.h"
#include "dialects/kernel/IR/KernelDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "tests/support/kernel-jit/KernelChecks.h"
#include "tests/support/step-run/Differences.h"
#include "tests/support/step-run/Tensors.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include <cmath>
#include <cstring>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using reference::Host;
using reference::Tensor;
namespace cl = llvm::cl;

static cl::opt<std::string> inputFile(cl::Positional, cl::Required);
static cl::opt<unsigned> steps("steps", cl::init(1), cl::desc("how many"));
static cl::opt<std::string> given("given", cl::desc("draws, safetensors"));
static cl::opt<std::string> init("init", cl::desc("first values of states"));
static cl::opt<std::string> recordFile("record", cl::desc("what happened"));
static cl::opt<double> kernels("kernels", cl::init(0),
                               cl::desc("compare compiled kernels"));
static cl::opt<std::string> level("level", cl::init("native"),
                                  cl::desc("what they are compiled for"));

static cl::opt<bool> differences("differences",
                                 cl::desc("compare all gradients"));

namespace {
/// What a trainer would see and write down.
class Recorder {
public:
  NamedTensors draws, recorded;
  std::unique_ptr<WeightStore> weights;

  void attach(Host &host);
  /// The same draws again.
  void restartStep() { times.clear(); }
  void finishStep(const reference::State &state);

private:
  Tensor draw(StringRef name);
  /// The key of what happens for the `time`th time in this step.
  std::string key(StringRef group, StringRef name, bool alwaysCounted = false);

  unsigned step = 0;
  llvm::StringMap<unsigned> times;
};
} // namespace

std::string Recorder::key(StringRef group, StringRef name, bool alwaysCounted) {
  std::string text = (group + name).str();
  unsigned time = times[text]++;
  text = "step/" + std::to_string(step) + "/" + text;
  return time || alwaysCounted ? text + "#" + std::to_string(time) : text;
}

Tensor Recorder::draw(StringRef name) {
  std::string where = key("draw/", name, /*alwaysCounted=*/true);
  auto found = draws.find(where);
  if (found == draws.end())
    llvm::report_fatal_error(llvm::Twine("nobody gives ") + where);
  return found->second;
}

void Recorder::attach(Host &host) {
  host.drawData = [this](StringRef name, RankedTensorType) {
    return draw(name);
  };
  host.givenDraw = [this](RandomOp op, const reference::Key &) {
    return std::optional(draw(op.getName()));
  };
  host.weights = [this](gan::BlobAttr blob, RankedTensorType type) -> Tensor {
    std::vector<uint8_t> bytes = llvm::cantFail(weights->read(blob));
    Tensor tensor(type.getShape());
    for (int64_t i = 0; i < tensor.size(); ++i) {
      float value;
      memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
      tensor.values[i] = value;
    }
    return tensor;
  };
  host.report = [this](StringRef name, double value) {
    StringRef rest = name;
    // As a trainer does: counted by player, whichever statement it is.
    std::string where = rest.consume_front("Loss/")
                            ? key("loss/", rest.split('#').first)
                            : key("report/", name);
    recorded[where] = Tensor(reference::ShapeRef(), value);
  };
  host.record = [this](StringRef name, const Tensor &tensor) {
    recorded[key("", name)] = tensor;
  };
}

void Recorder::finishStep(const reference::State &state) {
  for (auto &entry : state)
    recorded["step/" + std::to_string(step) + "/state/" +
             entry.getKey().str()] = entry.getValue();
  ++step;
  times.clear();
}

static LogicalResult fuse(ModuleOp module, const CpuTarget &target) {
  PassManager manager(module.getContext());
  PipelineOptions options;
  options.targets = {target};
  addPhase(manager, Phase::Simplify, options);
  addPhase(manager, Phase::Fuse, options);
  return manager.run(module);
}

static FailureOr<reference::State>
startState(reference::Interpreter &interpreter, ModuleOp module) {
  FailureOr<reference::State> state = interpreter.startState(module);
  if (failed(state) || init.empty())
    return state;
  llvm::ExitOnError orDie("step-run: ");
  for (auto &[name, tensor] : orDie(readTensors(init))) {
    if (!state->contains(name))
      return module.emitError() << "there is no state '" << name << "'";
    (*state)[name] = tensor;
  }
  for (StateOp op : module.getOps<StateOp>())
    if (auto source = op.getInitializer().getSource())
      (*state)[op.getName()] = Tensor(state->lookup(source.getValue()));
  return state;
}

/// As the phase `grad`, but for what only makes it smaller.
static LogicalResult differentiate(ModuleOp module, Differences &differences) {
  PassManager convert(module.getContext()), rules(module.getContext());
  convert.addPass(createConvertGameToGan());
  rules.addPass(createDifferentiatePass());
  if (failed(convert.run(module)))
    return failure();
  if (auto program = module.lookupSymbol<ProgramOp>("step"))
    differences.mark(program);
  return rules.run(module);
}

/// Inputs and outputs have the names that are the last word in the program.
static LogicalResult runNetwork(ProgramOp program, Recorder &recorder) {
  auto nameOf = [](Attribute described) {
    return cast<StringAttr>(described).getValue().rsplit(' ').second.str();
  };
  SmallVector<Tensor> inputs;
  for (Attribute described : program.getArgumentNames()) {
    auto found = recorder.draws.find(nameOf(described));
    if (found == recorder.draws.end())
      return program.emitError() << "nobody gives " << described;
    inputs.push_back(found->second);
  }
  Host host;
  recorder.attach(host);
  reference::State none;
  auto outputs = reference::Interpreter(host).runProgram(program, none, inputs);
  if (failed(outputs))
    return failure();
  for (auto [described, output] :
       llvm::zip_equal(program.getResultNames(), *outputs))
    recorder.recorded[nameOf(described)] = std::move(output);
  return success();
}

static LogicalResult runSteps(ModuleOp module, Recorder &recorder) {
  llvm::ExitOnError orDie("step-run: ");
  CpuTarget target = orDie(makeCpuTargets(level, Numerics::Exact)).back();
  std::vector<std::unique_ptr<Backend>> backends;
  backends.push_back(createLLVMBackend());
  KernelChecks checks(module, target, backends, kernels);
  Host host;
  recorder.attach(host);
  host.option = [&](StringRef name) {
    auto option = module.lookupSymbol<game::OptionOp>(name);
    return option ? option.getValue().convertToDouble() : std::nan("");
  };
  if (kernels > 0) {
    if (failed(fuse(module, target)))
      return failure();
    checks.givenDraw = host.givenDraw;
    host.foreign = [&](Operation *op, reference::Operands operands) {
      return checks.run(op, operands);
    };
  }
  Differences slopes;
  if (differences && failed(differentiate(module, slopes)))
    return failure();
  reference::Interpreter interpreter(host);
  auto program = module.lookupSymbol<ProgramOp>("step");
  if (!program)
    return module.emitError() << "expected a program 'step'";
  FailureOr<reference::State> state = startState(interpreter, module);
  for (unsigned i = 0; succeeded(state) && i < steps; ++i) {
    auto runAgain = [&](Host &host) -> LogicalResult {
      recorder.restartStep();
      reference::State start = *state;
      return reference::Interpreter(host).runProgram(program, start, {});
    };
    if (differences && failed(slopes.check(host, runAgain)))
      return failure();
    recorder.restartStep();
    if (failed(interpreter.runProgram(program, *state, {})))
      return failure();
    recorder.finishStep(*state);
    host.finishStep();
  }
  if (kernels > 0)
    llvm::outs() << checks.counts.front()
                 << " results of kernels, worst difference "
                 << llvm::format("%.2g\n", checks.worst);
  if (differences && failed(slopes.finish(program)))
    return failure();
  return state;
}

int main(int argc, char **argv) {
  llvm::InitLLVM initialise(argc, argv);
  cl::ParseCommandLineOptions(argc, argv, "runs steps of a game\n");
  DialectRegistry registry;
  registry.insert<GanDialect, game::GameDialect, kernel::KernelDialect,
                  arith::ArithDialect, math::MathDialect>();
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  llvm::ExitOnError orDie("step-run: ");
  Recorder recorder;
  llvm::SmallString<256> path(llvm::sys::path::parent_path(inputFile));
  llvm::sys::path::append(path, "weights.bin");
  // A game of variables alone has no weights.
  if (llvm::sys::fs::exists(path))
    recorder.weights = orDie(WeightStore::open(path));
  if (!given.empty())
    recorder.draws = orDie(readTensors(given));
  auto module = parseSourceFile<ModuleOp>(inputFile, &context);
  if (!module)
    return 1;
  auto network = module->lookupSymbol<ProgramOp>("infer");
  if (failed(network ? runNetwork(network, recorder)
                     : runSteps(*module, recorder)))
    return 1;
  if (!recordFile.empty())
    orDie(writeTensors(recordFile, recorder.recorded));
  return 0;
}
