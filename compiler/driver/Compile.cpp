//===- Compile.cpp - from file to artefact --------------------------------===//
//
//  1. Refuse an output that cannot be written, before anything else.
//  2. Import, then run the phases on MLIR, dumping after each where asked.
//  3. Generate code for every kernel, make objects, write tables and weights.
//  4. Link to a temporary name and rename.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/BackendRegistry.h"
#include "compiler/backends/Devices.h"
#include "compiler/backends/Numerics.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/driver/ArtefactTables.h"
#include "compiler/driver/DeviceKernels.h"
#include "compiler/driver/Diagnostics.h"
#include "compiler/driver/Import.h"
#include "compiler/driver/Inspect.h"
#include "compiler/driver/Kernels.h"
#include "compiler/driver/Library.h"
#include "compiler/driver/Link.h"
#include "compiler/driver/OutputCheck.h"
#include "compiler/driver/OutputFile.h"
#include "compiler/driver/Reproducer.h"
#include "compiler/driver/Tuning.h"
#include "compiler/driver/WeightsObject.h"
#include "compiler/pipelines/Pipelines.h"
#include "dialects/game/IR/GameOps.h"
#include "dialects/kernel/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace gan;

namespace {

/// One run of the compiler.
class Compilation {
public:
  explicit Compilation(const Options &options) : options(options) {
    input.files.push_back(inputPath(options));
    if (llvm::sys::fs::is_directory(options.input)) // a dump of code
      input.files.push_back(options.input);
    if (!options.tuned.empty())
      input.files.push_back(options.tuned);
  }
  ~Compilation() {
    if (!temporary.empty())
      llvm::sys::fs::remove_directories(temporary);
  }

  int run();
  int runInspect();

private:
  int checkOutputName();
  int checkFiles();
  int begin();
  int prepare();
  int prepareTuning();
  int checkTuning();
  int checkLateFlags();
  int runPhases(Phase last);
  int dump(Phase phase);
  int dumpFolder(Phase phase, llvm::function_ref<llvm::Error(StringRef)> write);
  std::string dumpPath(Phase phase, StringRef suffix);
  int makeFolder(StringRef path);
  int writeModule(StringRef path, Phase phase);
  int writeOutput(StringRef path,
                  llvm::function_ref<void(llvm::raw_ostream &)> write);
  int copyWeights(StringRef folder, StringRef name);
  int chooseDevices();
  int verifyPlan();
  int generate();
  int describe(Library &library);
  int package(LinkJob &job);
  int replaceOutput(const llvm::Twine &path,
                    llvm::function_ref<llvm::Error(StringRef)> write);
  int fail(const llvm::Twine &message, int status = kExitWrongInput) {
    llvm::errs() << "ganc: error: " << message << "\n";
    return status;
  }
  /// What the system could not do is no internal error.
  int fail(llvm::Error error, int status = kExitInternal) {
    std::string message;
    llvm::handleAllErrors(
        std::move(error), [&](const llvm::ErrorInfoBase &info) {
          message = info.message();
          if (status == kExitInternal &&
              info.convertToErrorCode() != llvm::inconvertibleErrorCode())
            status = kExitDisk;
        });
    return fail(message, status);
  }
  int writeKernels(KernelModules &kernels);
  int emitKernels(KernelModules &kernels, std::vector<std::string> &objects);
  int writeKernelText(KernelModules &kernels);
  int emitTables(ArtefactNames &names, const Library *library,
                 std::vector<std::string> &objects);
  int emitWeights(StringRef symbol, std::vector<std::string> &objects);
  int writeObject(StringRef name, ArrayRef<char> bytes,
                  std::vector<std::string> &objects);
  std::string inTemporary(StringRef name) {
    llvm::SmallString<256> path(temporary);
    llvm::sys::path::append(path, name);
    return std::string(path);
  }

  const Options &options;
  std::string temporary; // private folder
  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
  std::unique_ptr<DiagnosticPrinter> diagnostics;
  Imported input;
  std::vector<std::unique_ptr<Backend>> backends;
  PipelineOptions pipeline;
  DeviceKernels deviceKernels;
  std::optional<Tuning> tuning;
};

} // namespace

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
  pipeline.chains = options.chains;
  if (int status = prepareTuning())
    return status;

  CrashGuard guard("", "",
                   "ganc: internal error in phase 'import'\n  note: replay it "
                   "with: ganc " +
                       options.input + " --stop-after=import -o -\n");
  if (failed(importInput(options, temporary, context.get(), input)))
    return input.weights && input.weights->hasFailed() ? kExitDisk
                                                       : kExitWrongInput;
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
// Code, tables, weights
//===----------------------------------------------------------------------===//

int Compilation::writeObject(StringRef name, ArrayRef<char> bytes,
                             std::vector<std::string> &objects) {
  objects.push_back(inTemporary(name));
  llvm::Error error = writeFile(objects.back(), [&](llvm::raw_ostream &out) {
    out.write(bytes.data(), bytes.size());
  });
  return error ? fail(std::move(error)) : kExitDone;
}

/// The kernels as one text instead of objects.
int Compilation::writeKernelText(KernelModules &kernels) {
  auto text = kernels.text(formOf(options) == Form::Assembly);
  if (!text)
    return fail(text.takeError());
  return writeOutput(options.output,
                     [&](llvm::raw_ostream &out) { out << *text; });
}

/// Code of all kernels, for the CPU and for devices. The plan says afterwards
/// who wrote each of them.
int Compilation::writeKernels(KernelModules &kernels) {
  std::string kernel;
  if (failed(kernels.generate(*input.module, pipeline, kernel)))
    return kernel.empty() ? kExitWrongInput
                          : reportKernel(*input.module, kernel, options);
  return failed(deviceKernels.generate(*input.module, pipeline)) ? kExitInternal
                                                                 : kExitDone;
}

/// Objects of all kernels, from the phase that the input stands after.
int Compilation::emitKernels(KernelModules &kernels,
                             std::vector<std::string> &objects) {
  if (input.phase >= Phase::Object) {
    if (isKernelText(formOf(options)))
      return fail("'" + options.input +
                  "' has objects only: expected a dump of an earlier phase");
    llvm::SmallString<256> path(input.folder);
    llvm::sys::path::append(path, kKernelsName);
    objects.push_back(std::string(path));
    return kExitDone;
  }
  if (input.phase == Phase::Codegen) {
    if (llvm::Error error = kernels.read(*input.module, input.folder))
      return fail(std::move(error), kExitWrongInput);
  } else {
    if (options.cubin)
      if (llvm::Error error = deviceKernels.assemble("ptxas", temporary))
        return fail(std::move(error), kExitWrongInput);
    if (int status =
            dumpFolder(Phase::Codegen, [&](StringRef folder) -> llvm::Error {
              if (llvm::Error error = deviceKernels.write(folder))
                return error;
              return kernels.write(folder);
            }))
      return status;
  }
  if (options.stopAfter == Phase::Codegen)
    return kExitDone;
  if (isKernelText(formOf(options)))
    return writeKernelText(kernels);
  auto made = kernels.emit();
  if (!made)
    return fail(made.takeError());
  for (auto [index, bytes] : llvm::enumerate(*made))
    if (int status = writeObject("kernels" + std::to_string(index) + ".o",
                                 bytes, objects))
      return status;
  return dumpFolder(Phase::Object, [&](StringRef folder) {
    llvm::SmallString<256> path(folder);
    llvm::sys::path::append(path, kKernelsName);
    LinkJob job;
    job.form = Form::Relocatable;
    job.output = std::string(path);
    job.objects = objects;
    if (llvm::Error error = deviceKernels.write(folder))
      return error;
    return link(job, "");
  });
}

int Compilation::emitTables(ArtefactNames &names, const Library *library,
                            std::vector<std::string> &objects) {
  llvm::LLVMContext llvmContext;
  llvm::Module module("tables", llvmContext);
  names.readBlob = [&](gan::BlobAttr blob) {
    return input.weights->read(blob);
  };
  if (failed(emitArtefactTables(*input.module, names, module)))
    return kExitWrongInput;
  if (library) {
    addLibraryFunctions(*library, *module.getGlobalVariable(names.symbol));
  } else {
    llvm::InitializeNativeTargetAsmParser(); // for the start code
    module.setModuleInlineAsm(startCode());
  }
  auto object = emitObject(module, baselineTarget());
  if (!object)
    return fail(object.takeError());
  return writeObject("tables.o", *object, objects);
}

int Compilation::emitWeights(StringRef symbol,
                             std::vector<std::string> &objects) {
  auto bytesAttr =
      (*input.module)->getAttrOfType<IntegerAttr>(kernel::kConstantBytesName);
  std::vector<uint8_t> bytes(bytesAttr ? bytesAttr.getInt() : 0);
  auto fill = [&](kernel::PlaceAttr place, gan::BlobAttr blob,
                  RankedTensorType type) -> llvm::Error {
    auto content = input.weights->read(blob);
    if (!content)
      return content.takeError();
    uint8_t *out = bytes.data() + place.getOffset();
    if (place.getLayout().empty()) {
      std::copy(content->begin(), content->end(), out);
      return llvm::Error::success();
    }
    // From row-major to the order of the place.
    size_t width = content->size() / type.getNumElements();
    SmallVector<int64_t> strides = computeStrides(type.getShape());
    auto copy = [&](auto &&self, size_t number, size_t offset) -> void {
      if (number == place.getLayout().size()) {
        out = std::copy_n(content->begin() + offset * width, width, out);
        return;
      }
      int64_t axis = place.getLayout()[number];
      for (int64_t i = 0; i < type.getDimSize(axis); ++i)
        self(self, number + 1, offset + i * strides[axis]);
    };
    copy(copy, 0, 0);
    return llvm::Error::success();
  };
  llvm::Error error = llvm::Error::success();
  auto take = [&](Attribute place, gan::BlobAttr blob, Type type) {
    if (!error)
      error = fill(cast<kernel::PlaceAttr>(place), blob,
                   cast<RankedTensorType>(type));
  };
  input.module->walk([&](Operation *op) {
    auto places = op->getAttrOfType<ArrayAttr>(kernel::kPlacesName);
    if (auto parameter = dyn_cast<gan::ParameterOp>(op))
      take(places[0], parameter.getBlob(), parameter.getType());
    else if (auto state = dyn_cast<gan::StateOp>(op))
      if (gan::BlobAttr blob = state.getInitializer().getBlob())
        take(places[1], blob, state.getType());
  });
  if (error)
    return fail(std::move(error), kExitWrongInput);
  objects.push_back(inTemporary("weights.o"));
  if (llvm::Error written = writeWeightsObject(objects.back(), symbol, bytes))
    return fail(std::move(written), kExitDisk);
  return kExitDone;
}

/// What a library made of the module is; only networks become libraries.
int Compilation::describe(Library &library) {
  gan::ProgramOp infer;
  for (auto program : input.module->getOps<gan::ProgramOp>()) {
    if (program.getSymName() == "step")
      return fail("'" + options.input +
                  "' is a game: expected the name of a program for -o, got '" +
                  options.output + "'; libraries are made of networks");
    if (program.getSymName() == "infer")
      infer = program;
  }
  if (!infer)
    return fail("there is no network in '" + options.input + "'");
  library.prefix = identifierOf(nameOf(options));
  if (StringRef(library.prefix).starts_with("ganrt"))
    return fail("names that begin with ganrt belong to the runtime: give "
                "another one with --name, not '" +
                nameOf(options) + "'");
  library.source = llvm::sys::path::filename(options.input).str();
  library.numerics = nameOf(options.numerics).str();
  library.tensors = interfaceOf(infer);
  return kExitDone;
}

/// The user knows a temporary file by the name that it would have got.
static llvm::Error underName(StringRef target, StringRef made,
                             llvm::Error error) {
  std::error_code code = llvm::inconvertibleErrorCode();
  std::string message;
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    message = info.message();
    code = info.convertToErrorCode();
  });
  if (size_t at = message.find(made); at != std::string::npos)
    message.replace(at, made.size(), target);
  return llvm::createStringError(code, message);
}

/// Has `write` fill a temporary file beside `path`, then renames it.
int Compilation::replaceOutput(
    const llvm::Twine &path, llvm::function_ref<llvm::Error(StringRef)> write) {
  std::string target = path.str(), made = temporaryBeside(target);
  if (isAmong(input.files, target))
    return fail("cannot write '" + target + "': it is an input");
  llvm::sys::RemoveFileOnSignal(made);
  if (llvm::Error error = write(made)) {
    llvm::sys::fs::remove(made);
    return fail(underName(target, made, std::move(error)));
  }
  if (std::error_code code = llvm::sys::fs::rename(made, target)) {
    llvm::sys::fs::remove(made);
    return fail("cannot write '" + target + "': " + code.message(), kExitDisk);
  }
  return kExitDone;
}

int Compilation::package(LinkJob &job) {
  auto folder = runtimeFolder(options.executable);
  if (!folder)
    return fail(folder.takeError(), kExitInternal);
  return replaceOutput(options.output, [&](StringRef path) -> llvm::Error {
    namespace fs = llvm::sys::fs;
    job.output = path.str();
    if (llvm::Error error = link(job, *folder))
      return error;
    if (job.form == Form::Executable || job.form == Form::Shared)
      if (auto permissions = fs::getPermissions(path))
        fs::setPermissions(
            path, static_cast<fs::perms>(*permissions | fs::owner_exe |
                                         fs::group_exe | fs::others_exe));
    return llvm::Error::success();
  });
}

int Compilation::generate() {
  if (llvm::none_of(
          input.module->getOps<gan::ProgramOp>(), [](gan::ProgramOp program) {
            return llvm::is_contained({"infer", "step"}, program.getSymName());
          }))
    return fail("there is no network and no game in '" + options.input + "'");
  bool hasWeights =
      (*input.module)->hasAttr(kernel::kConstantBytesName) &&
      (*input.module)
              ->getAttrOfType<IntegerAttr>(kernel::kConstantBytesName)
              .getInt() > 0;

  // The same for every dump that is compiled on.
  if (input.phase >= Phase::Codegen)
    if (llvm::Error error =
            deviceKernels.read(*input.module, input.folder, pipeline.devices))
      return fail(std::move(error), kExitWrongInput);
  (*input.module)
      ->setAttr(kPhaseName,
                StringAttr::get(context.get(), nameOf(Phase::Plan)));
  std::string plan, text, reproducer = reproducerPath(Phase::Codegen, options);
  llvm::raw_string_ostream(plan) << *input.module;
  CrashGuard guard(reproducer, plan,
                   "ganc: internal error in phase 'codegen'\n  note: replay it "
                   "with: ganc " +
                       reproducer + " -o " + options.output + "\n");
  // Before the digest, for the plan may change.
  KernelModules kernels(pipeline.targets);
  if (input.phase < Phase::Codegen)
    if (int status = writeKernels(kernels))
      return status;
  llvm::raw_string_ostream(text) << *input.module;
  llvm::SHA256 hash;
  hash.update(text);
  hash.update(options.levels);
  ArtefactNames names;
  names.name = input.name;
  names.symbol = "ganrt_artefact_root";
  names.constants = hasWeights ? "ganc_weights" : "";
  names.digest = llvm::toHex(hash.final(), /*LowerCase=*/true);
  names.numerics = nameOf(options.numerics).str();
  names.devices = &deviceKernels;
  for (const CpuTarget &target : pipeline.targets)
    names.levels.emplace_back(target.level, symbolSuffix(target));

  // A dump of code has no form yet.
  bool isDump = options.output.empty() || isKernelText(formOf(options)) ||
                (options.stopAfter && *options.stopAfter <= Phase::Object);
  Form form = isDump ? Form::Executable : formOf(options);
  Library library;
  bool hasHeader = form != Form::Executable;
  if (hasHeader) {
    if (int status = describe(library))
      return status;
    library.digest = names.digest;
    names.symbol = library.prefix + "_artefact";
  }
  auto writeText = [&](llvm::raw_ostream &out) { out << writeHeader(library); };
  if (form == Form::Header)
    return writeOutput(options.output, writeText);

  LinkJob job;
  job.form = form;
  job.name = form == Form::Archive
                 ? library.prefix + ".o"
                 : llvm::sys::path::filename(options.output).str();
  if (int status = emitKernels(kernels, job.objects))
    return status;
  if (isDump)
    return kExitDone;
  if (hasWeights && !input.missingWeights.empty())
    return fail("cannot read '" + input.missingWeights +
                "', which holds the weights of '" + options.input + "'");
  if (int status =
          emitTables(names, hasHeader ? &library : nullptr, job.objects))
    return status;
  if (hasWeights)
    if (int status = emitWeights(names.constants, job.objects))
      return status;

  bool isTrainer = false;
  for (auto program : input.module->getOps<gan::ProgramOp>())
    isTrainer |= program.getSymName() == "step";
  job.commandLine = isTrainer ? "libganrt-train.a" : "libganrt-infer.a";
  if (int status = package(job))
    return status;
  if (!hasHeader)
    return kExitDone;
  return writeOutput(headerPath(options), writeText);
}

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

int gan::compile(const Options &options) { return Compilation(options).run(); }

int gan::inspect(const Options &options) {
  return Compilation(options).runInspect();
}
