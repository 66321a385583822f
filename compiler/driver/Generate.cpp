//===- Generate.cpp - from kernels to an artefact -------------------------===//

#include "compiler/backends/Numerics.h"
#include "compiler/backends/llvm/ObjectEmitter.h"
#include "compiler/driver/Compilation.h"
#include "compiler/driver/OutputCheck.h"
#include "compiler/driver/OutputFile.h"
#include "compiler/driver/Reproducer.h"
#include "compiler/driver/WeightsObject.h"
#include "dialects/kernel/Transforms/KernelCost.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace gan;

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
  if (failed(kernels.generate(*input.module, pipeline, kernel))) {
    if (kernel.empty())
      return kExitWrongInput;
    auto define = input.module->lookupSymbol<kernel::DefineOp>(kernel);
    refusesChain = pipeline.chains && kernel::isChain(define);
    return refusesChain ? kExitInternal
                        : reportKernel(*input.module, kernel, options);
  }
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
  llvm::FileRemover remover(made);
  if (llvm::Error error = write(made))
    return fail(underName(target, made, std::move(error)));
  if (std::error_code code = llvm::sys::fs::rename(made, target))
    return fail("cannot write '" + target + "': " + code.message(), kExitDisk);
  remover.releaseFile();
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
    if (job.form != Form::Executable && job.form != Form::Shared)
      return llvm::Error::success();
    auto permissions = fs::getPermissions(path);
    if (!permissions)
      return llvm::errorCodeToError(permissions.getError());
    return llvm::errorCodeToError(fs::setPermissions(
        path, static_cast<fs::perms>(*permissions | fs::owner_exe |
                                     fs::group_exe | fs::others_exe)));
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
