//===- Compile.cpp - from a file through the phases -----------------------===//

#include "compiler/backends/BackendRegistry.h"
#include "compiler/backends/Devices.h"
#include "compiler/driver/Compilation.h"
#include "compiler/driver/Inspect.h"
#include "compiler/driver/OutputCheck.h"
#include "compiler/driver/OutputFile.h"
#include "compiler/driver/Reproducer.h"
#include "dialects/game/IR/GameOps.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace gan;

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

int Compilation::prepare() {
  llvm::SmallString<128> folder;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("ganc", folder))
    return fail("cannot make a temporary folder: " + code.message(), kExitDisk);
  temporary = std::string(folder);

  registry.insert<GanDialect, game::GameDialect, kernel::KernelDialect,
                  arith::ArithDialect, math::MathDialect>();
  context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  diagnostics = std::make_unique<DiagnosticPrinter>(context.get());

  auto targets = makeCpuTargets(options.levels, options.numerics);
  if (!targets)
    return fail(targets.takeError(), kExitWrongInput);
  pipeline.targets = *targets;
  backends = createBackends();
  for (const std::unique_ptr<Backend> &backend : backends)
    pipeline.backends.push_back(backend.get());
  pipeline.forced = options.backend;
  if (int status = prepareTuning())
    return status;

  CrashGuard guard("", "",
                   "ganc: internal error in phase 'import'\n  note: replay it "
                   "with: ganc " +
                       options.input + " --stop-after=import -o -\n");
  if (failed(importInput(options, temporary, context.get(), input)))
    return input.weights && input.weights->hasFailed() ? kExitDisk
                                                       : kExitWrongInput;
  // Those of a dump are there to stay.
  pipeline.chains = options.chains && input.phase < Phase::Fuse;
  if (int status = checkLateFlags())
    return status;
  if (int status = chooseDevices())
    return status;
  if (int status = verifyPlan())
    return status;
  return dump(input.phase);
}

/// Memory is reserved and filled by what a dump says of itself.
int Compilation::verifyPlan() {
  if (input.phase < Phase::Plan)
    return kExitDone;
  PassManager passes(context.get());
  passes.addPass(kernel::createVerifyPlanPass());
  return succeeded(passes.run(*input.module)) ? kExitDone : kExitWrongInput;
}

/// The devices of the command line, or of a dump that was planned for some.
int Compilation::chooseDevices() {
  auto asked = options.devices.value_or(SmallVector<DeviceTarget>());
  auto spellAll = [](ArrayRef<DeviceTarget> devices) {
    return "cpu," + llvm::join(llvm::map_range(devices, spell), ",");
  };
  if (input.phase >= Phase::Plan) {
    SmallVector<StringRef> names = {"cpu"};
    if (auto planned =
            (*input.module)->getAttrOfType<ArrayAttr>(kernel::kDevicesName))
      llvm::append_range(names, planned.getAsValueRange<StringAttr>());
    auto devices = parseDevices(llvm::join(names, ","));
    if (!devices)
      return fail(devices.takeError(), kExitWrongInput);
    if (options.devices && spellAll(asked) != spellAll(*devices))
      return fail("'" + options.input +
                  "' is planned for --device=" + llvm::join(names, ",") +
                  ": expected a dump of an earlier phase for another");
    asked = *devices;
  }
  for (DeviceTarget &device : asked)
    device.numerics = options.numerics;
  bool hasCuda = llvm::any_of(asked, [](const DeviceTarget &device) {
    return device.api == DeviceApi::Cuda;
  });
  if (options.cubin && !hasCuda)
    return fail("--cubin is for a CUDA device: expected cuda among the names "
                "of --device");
  pipeline.devices = asked;
  pipeline.deviceBlock = asked.empty() ? 0 : options.deviceBlock;
  return kExitDone;
}

/// Refuses what acts in a phase that the input has behind it, and measures that
/// an earlier end leaves out.
int Compilation::checkLateFlags() {
  struct Flag {
    StringRef name;
    bool isGiven;
    Phase phase; // the last one that it acts in
  };
  const Flag flags[] = {
      {"--no-chains", !options.chains, Phase::Fuse},
      {"--device-block", options.deviceBlock != Options().deviceBlock,
       Phase::Plan},
      {"--tune", !options.tune.empty(), Phase::Plan},
      {"--tuned", !options.tuned.empty(), Phase::Plan},
      {"--cubin", options.cubin, Phase::Codegen},
      // Also about who may take the place of whom.
      {"--backend", !options.backend.empty(), Phase::Codegen},
  };
  for (const Flag &flag : flags)
    if (flag.isGiven && input.phase >= flag.phase)
      return fail("'" + options.input + "' stands after '" +
                  nameOf(input.phase) +
                  "': expected a dump of a phase before '" +
                  nameOf(flag.phase) + "' for " + flag.name);
  if (!options.tune.empty() && options.stopAfter &&
      *options.stopAfter < Phase::Plan)
    return fail("'--stop-after=" + nameOf(*options.stopAfter) +
                "' measures nothing: expected 'plan' or a later phase for "
                "--tune");
  return kExitDone;
}

/// What was measured, or is to be, decides where it is known.
int Compilation::prepareTuning() {
  if (options.tune.empty() && options.tuned.empty())
    return kExitDone;
  auto made = Tuning::create(pipeline);
  if (!made)
    return fail(made.takeError(), kExitWrongInput);
  tuning.emplace(std::move(*made));
  if (!options.tuned.empty())
    if (llvm::Error error = tuning->read(options.tuned))
      return fail(std::move(error), kExitWrongInput);
  pipeline.judge = [this](kernel::DefineOp define,
                          llvm::SmallVectorImpl<kernel::KernelOffer> &offers) {
    if (!options.tune.empty() && failed(tuning->measure(define, offers)))
      return; // it has been said at the kernel
    tuning->judge(define, offers);
  };
  return kExitDone;
}

int Compilation::writeModule(StringRef path, Phase phase) {
  ModuleOp module = *input.module;
  module->setAttr(kPhaseName, StringAttr::get(context.get(), nameOf(phase)));
  return writeOutput(path, [&](llvm::raw_ostream &out) {
    module.print(out);
    out << "\n";
  });
}

/// A regular file is replaced as a whole; a device or a pipe stays what it is.
int Compilation::writeOutput(
    StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  bool isOther =
      llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path);
  if (path != "-" && !isOther)
    return replaceOutput(
        path, [&](StringRef made) { return writeFile(made, write); });
  llvm::Error error = writeFile(path, write);
  return error ? fail(std::move(error)) : kExitDone;
}

int Compilation::copyWeights(StringRef folder, StringRef name) {
  if (!input.weights || input.weights->getSize() == 0)
    return kExitDone;
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, name);
  if (llvm::sys::fs::equivalent(input.weights->getPath(), path))
    return kExitDone;
  return replaceOutput(path, [&](StringRef made) -> llvm::Error {
    std::error_code code =
        llvm::sys::fs::copy_file(input.weights->getPath(), made);
    return code ? llvm::createStringError(code, "cannot write '" + made +
                                                    "': " + code.message())
                : llvm::Error::success();
  });
}

int Compilation::makeFolder(StringRef path) {
  namespace fs = llvm::sys::fs;
  // Who may read them, the umask says.
  if (std::error_code code =
          fs::create_directories(path, /*IgnoreExisting=*/true, fs::all_all))
    return fail("cannot make '" + path + "': " + code.message());
  return kExitDone;
}

/// Where --dump-dir puts what there is after a phase.
std::string Compilation::dumpPath(Phase phase, StringRef suffix) {
  llvm::SmallString<256> path(options.dumpDirectory);
  llvm::sys::path::append(path,
                          "0" + std::to_string(1 + static_cast<int>(phase)) +
                              "-" + nameOf(phase) + suffix);
  return std::string(path);
}

/// After the phases on MLIR: the module as text.
int Compilation::dump(Phase phase) {
  if (!options.dumpDirectory.empty()) {
    if (int status = makeFolder(options.dumpDirectory))
      return status;
    std::string path = dumpPath(phase, ".mlir");
    if (!isAmong(input.files, path)) // it is this dump
      if (int status = writeModule(path, phase))
        return status;
    if (int status =
            copyWeights(options.dumpDirectory, input.weights->getName()))
      return status;
  }
  if (options.stopAfter == phase && !options.output.empty()) {
    // The weights first: without them a module is of no use.
    if (options.output != "-")
      if (int status = copyWeights(llvm::sys::path::parent_path(options.output),
                                   weightsOf(options.output)))
        return status;
    return writeModule(options.output, phase);
  }
  return kExitDone;
}

/// After the phases that make code: a folder with the module and what `write`
/// puts there.
int Compilation::dumpFolder(Phase phase,
                            llvm::function_ref<llvm::Error(StringRef)> write) {
  deviceKernels.attach(*input.module);
  auto one = [&](StringRef folder) -> int {
    if (int status = makeFolder(folder))
      return status;
    llvm::SmallString<256> path(folder);
    llvm::sys::path::append(path, kModuleName);
    if (int status = writeModule(path, phase))
      return status;
    if (llvm::Error error = write(folder))
      return fail(std::move(error), kExitDisk);
    return kExitDone;
  };
  if (!options.dumpDirectory.empty()) // the weights are there already
    if (int status = one(dumpPath(phase, "")))
      return status;
  if (options.stopAfter == phase && !options.output.empty()) {
    if (options.output == "-")
      return fail("--stop-after=" + nameOf(phase) +
                  " writes a folder: expected its name for -o, got '-'");
    if (int status = one(options.output))
      return status;
    return copyWeights(options.output, input.weights->getName());
  }
  return kExitDone;
}

/// Whether a failure of this pass says that a device cannot run the program.
static bool refusesDevices(StringRef pass) {
  return pass == "ChooseDeviceBackendPass" || pass == "PlanMemoryPass";
}

/// Once kernels have been judged: a file that is not of this program says
/// nothing.
int Compilation::checkTuning() {
  if (options.tuned.empty())
    return kExitDone;
  if (llvm::Error error = tuning->check())
    return fail(std::move(error), kExitWrongInput);
  if (!tuning->isUsed())
    llvm::errs() << "ganc: warning: no kernel of this program stands in '"
                 << options.tuned << "'\n";
  return kExitDone;
}

int Compilation::runPhases(Phase last) {
  for (unsigned index = static_cast<unsigned>(input.phase) + 1;
       index <= static_cast<unsigned>(last); ++index) {
    auto phase = static_cast<Phase>(index);
    PassManager passes(context.get());
    passes.enableVerifier(true);
    addPhase(passes, phase, pipeline);
    if (options.addPasses)
      options.addPasses(phase, passes);
    if (options.printIr)
      passes.enableIRPrinting();
    unsigned errors = diagnostics->getErrors();
    Reproducer reproducer(passes);
    if (failed(passes.run(*input.module))) {
      // Until `grad` a game may be at fault, in `plan` the wish for a device;
      // a sentence has said so.
      bool isRefused =
          phase <= Phase::Grad || refusesDevices(diagnostics->getFailedPass());
      if (isRefused && diagnostics->getErrors() > errors)
        return kExitWrongInput;
      return reproducer.report(phase, diagnostics->getFailedPass(), options);
    }
    input.phase = phase;
    if (phase == Phase::Plan)
      if (int status = checkTuning())
        return status;
    if (int status = dump(phase))
      return status;
    if (phase == Phase::Plan && !options.tune.empty())
      if (int status = writeOutput(options.tune, [&](llvm::raw_ostream &out) {
            tuning->write(out);
          }))
        return status;
  }
  return kExitDone;
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

/// Without a name there is no place to write to.
int Compilation::checkOutputName() {
  if (options.output.empty() && options.dumpDirectory.empty()) {
    std::string print;
    if (options.stopAfter && *options.stopAfter <= Phase::Plan)
      print = ("; -o - prints what there is after '" +
               nameOf(*options.stopAfter) + "'")
                  .str();
    return fail("no output: say where it goes with -o FILE" + print);
  }
  if (options.output == "-" &&
      options.stopAfter.value_or(Phase::Package) == Phase::Package &&
      formOf(options) != Form::Header && !isKernelText(formOf(options)))
    return fail("expected the name of a file for -o, got '-': only text goes "
                "to the standard output");
  return kExitDone;
}

/// No output may be a file that is known to be read, or one without a place.
int Compilation::checkFiles() {
  SmallVector<Output> outputs = outputsOf(options);
  // The weights of a dump stay beside the next one.
  if (input.weights)
    llvm::erase_if(outputs, [&](const Output &output) {
      return output.kind == Output::Kind::Weights &&
             llvm::sys::fs::equivalent(output.path, input.weights->getPath());
    });
  llvm::Error error = checkOutputs(outputs, input.files);
  return error ? fail(std::move(error), kExitWrongInput) : kExitDone;
}

/// Up to what is compiled. Files are checked before the input is read, and with
/// all that it names before the work.
int Compilation::begin() {
  if (int status = checkFiles())
    return status;
  if (int status = prepare())
    return status;
  return checkFiles();
}

int Compilation::run() {
  if (failed(checkInputName(options)))
    return kExitWrongInput;
  if (int status = checkOutputName())
    return status;
  if (int status = begin())
    return status;
  if (options.stopAfter && *options.stopAfter < input.phase)
    return fail("'" + options.input + "' stands after '" + nameOf(input.phase) +
                "': expected a later phase for --stop-after, got '" +
                nameOf(*options.stopAfter) + "'");
  Phase last = options.stopAfter.value_or(Phase::Package);
  if (int status = runPhases(std::min(last, Phase::Plan)))
    return status;
  return last <= Phase::Plan ? kExitDone : generate();
}

int Compilation::runInspect() {
  if (failed(checkInputName(options)))
    return kExitWrongInput;
  if (int status = begin())
    return status;
  if (int status = runPhases(Phase::Plan))
    return status;
  if (options.json)
    inspectJson(*input.module, llvm::outs());
  else
    inspectText(*input.module, llvm::outs());
  return kExitDone;
}

int gan::compile(const Options &options) {
  {
    Compilation compilation(options);
    int status = compilation.run();
    if (!compilation.hasRefusedChain())
      return status;
  }
  Options apart(options);
  apart.chains = false;
  return Compilation(apart).run();
}

int gan::inspect(const Options &options) {
  return Compilation(options).runInspect();
}
