//===- DeviceKernels.cpp - a planned module's kernels as code for devices -===//
//
// Between codegen and package the launches stand in the module and the code in
// files beside it, so that a dump can be compiled on.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/DeviceKernels.h"
#include "compiler/backends/Devices.h"
#include "compiler/driver/Fallback.h"
#include "compiler/driver/InputFile.h"
#include "compiler/driver/OutputFile.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <set>

using namespace mlir;
using namespace gan;

static constexpr llvm::StringLiteral kDeviceCodeName = "kernel.device_code";

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

namespace {
/// What each kernel is called with: sizes of rows, or none for a plain call.
using KernelSizes =
    llvm::MapVector<Operation *, std::set<std::optional<int64_t>>>;
} // namespace

static KernelSizes sizesOf(ModuleOp module) {
  SymbolTable symbols(module);
  KernelSizes sizes;
  module.walk([&](Operation *op) {
    if (auto call = dyn_cast<kernel::CallOp>(op)) {
      sizes[symbols.lookup(call.getCallee())].insert(std::nullopt);
    } else if (auto batch = dyn_cast<kernel::BatchOp>(op)) {
      Operation *callee = symbols.lookup(batch.getCallee());
      for (Type type : batch.getResultTypes())
        sizes[callee].insert(cast<RankedTensorType>(type).getNumElements());
    }
  });
  return sizes;
}

/// What the code of a kernel is called.
static std::string symbolOf(const DeviceKernels::Key &key) {
  return key.second ? key.first + "_" + std::to_string(*key.second) : key.first;
}

/// Writes another name for who has code of a kernel for a device.
static void renameBackend(kernel::DefineOp define, StringRef device,
                          StringRef backend) {
  NamedAttrList names(
      define->getAttrOfType<DictionaryAttr>(kernel::kDeviceBackendsName));
  names.set(device, StringAttr::get(define.getContext(), backend));
  define->setAttr(kernel::kDeviceBackendsName,
                  names.getDictionary(define.getContext()));
}

LogicalResult DeviceKernels::generate(ModuleOp module,
                                      const PipelineOptions &options) {
  KernelSizes sizes = options.devices.empty() ? KernelSizes() : sizesOf(module);
  for (const DeviceTarget &target : options.devices) {
    Device &device = devices.emplace_back(Device{target, {}});
    for (auto &[op, all] : sizes) {
      auto define = cast<kernel::DefineOp>(op);
      auto chosen =
          define->getAttrOfType<DictionaryAttr>(kernel::kDeviceBackendsName);
      auto name = chosen ? chosen.getAs<StringAttr>(spell(target)) : nullptr;
      auto found = llvm::find_if(options.backends, [&](Backend *backend) {
        return name && backend->getName() == name.getValue();
      });
      if (found == options.backends.end())
        return define.emitError("the plan names no backend that this ganc has "
                                "for ")
               << spell(target);
      // All sizes of rows by one backend.
      auto compile = [&, &all = all](Backend &backend) -> LogicalResult {
        for (std::optional<int64_t> elements : all) {
          Key key{define.getSymName().str(), elements};
          auto made =
              backend.compileFor(define, symbolOf(key), target, elements);
          if (failed(made))
            return failure();
          device.kernels[key] = std::move(*made);
        }
        return success();
      };
      auto taken =
          compileByAny(define, **found, spell(target), options, compile);
      if (failed(taken))
        return failure();
      if (*taken)
        renameBackend(define, spell(target), (*taken)->backend);
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Cubins
//===----------------------------------------------------------------------===//

llvm::Error DeviceKernels::assemble(StringRef ptxas, StringRef folder) {
  auto program = llvm::sys::findProgramByName(ptxas);
  if (!program)
    return llvm::createStringError("--cubin needs ptxas of the CUDA toolkit, "
                                   "and there is no '" +
                                   ptxas + "'");
  llvm::SmallString<128> text(folder), cubin(folder), words(folder);
  llvm::sys::path::append(text, "kernel.ptx");
  llvm::sys::path::append(cubin, "kernel.cubin");
  llvm::sys::path::append(words, "ptxas.txt");
  for (Device &device : devices) {
    if (device.target.api != DeviceApi::Cuda)
      continue;
    for (auto &[name, kernel] : device.kernels)
      for (std::string &code : kernel.codes) {
        if (llvm::Error error =
                writeFile(text, [&](llvm::raw_ostream &out) { out << code; }))
          return error;
        std::string architecture = "-arch=" + device.target.arch, problem;
        StringRef arguments[] = {*program, architecture, "-o", cubin, text};
        std::optional<StringRef> redirects[] = {StringRef(), StringRef(words),
                                                StringRef(words)};
        int status = llvm::sys::ExecuteAndWait(
            *program, arguments, std::nullopt, redirects, 0, 0, &problem);
        auto said = llvm::MemoryBuffer::getFile(words);
        if (status != 0)
          return llvm::createStringError(
              "ptxas refuses the code of '" + name.first + "': " + problem +
              (said ? (*said)->getBuffer().split('\n').first : ""));
        auto bytes = llvm::MemoryBuffer::getFile(cubin);
        if (!bytes)
          return llvm::createStringError(bytes.getError(),
                                         "cannot read what ptxas has made");
        code = (*bytes)->getBuffer().str();
      }
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Files and attributes
//===----------------------------------------------------------------------===//

static std::string fileOf(StringRef folder, const DeviceTarget &target,
                          const DeviceKernels::Key &key, size_t index) {
  llvm::SmallString<256> path(folder);
  std::string number = index ? "." + std::to_string(index) : "";
  llvm::sys::path::append(path, symbolOf(key) + number + suffixOf(target.api));
  return std::string(path);
}

llvm::Error DeviceKernels::write(StringRef folder) const {
  for (const Device &device : devices)
    for (const auto &[key, kernel] : device.kernels)
      for (size_t i = 0; i < kernel.codes.size(); ++i) {
        const std::string &code = kernel.codes[i];
        if (llvm::Error error =
                writeFile(fileOf(folder, device.target, key, i),
                          [&](llvm::raw_ostream &out) { out << code; }))
          return error;
      }
  return llvm::Error::success();
}

static Attribute attributeOf(Builder &builder,
                             std::optional<int64_t> rowElements,
                             const DeviceKernel &kernel) {
  SmallVector<Attribute> launches;
  for (const DeviceLaunch &launch : kernel.launches) {
    auto numbers = [&](ArrayRef<uint32_t> list) {
      return builder.getDenseI64ArrayAttr(
          SmallVector<int64_t>(list.begin(), list.end()));
    };
    launches.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("entry", builder.getStringAttr(launch.entry)),
         builder.getNamedAttr("grid", numbers(launch.grid)),
         builder.getNamedAttr("group", numbers(launch.group)),
         builder.getNamedAttr("shared_bytes",
                              builder.getI64IntegerAttr(launch.sharedBytes)),
         builder.getNamedAttr("arguments", numbers(launch.arguments)),
         builder.getNamedAttr("code",
                              builder.getI64IntegerAttr(launch.code))}));
  }
  SmallVector<int64_t> scratch(kernel.scratchBytes.begin(),
                               kernel.scratchBytes.end());
  return builder.getDictionaryAttr(
      {builder.getNamedAttr(
           "row_elements", builder.getI64IntegerAttr(rowElements.value_or(-1))),
       builder.getNamedAttr("codes",
                            builder.getI64IntegerAttr(kernel.codes.size())),
       builder.getNamedAttr("launches", builder.getArrayAttr(launches)),
       builder.getNamedAttr("scratch_bytes",
                            builder.getDenseI64ArrayAttr(scratch))});
}

void DeviceKernels::attach(ModuleOp module) const {
  Builder builder(module.getContext());
  for (auto define : module.getOps<kernel::DefineOp>()) {
    SmallVector<NamedAttribute> all;
    for (const Device &device : devices) {
      SmallVector<Attribute> sizes;
      for (const auto &[key, kernel] : device.kernels)
        if (key.first == define.getSymName())
          sizes.push_back(attributeOf(builder, key.second, kernel));
      all.push_back(builder.getNamedAttr(spell(device.target),
                                         builder.getArrayAttr(sizes)));
    }
    if (!all.empty())
      define->setAttr(kDeviceCodeName, builder.getDictionaryAttr(all));
  }
}

/// Reads what `attributeOf` has written; none if it is something else.
static std::optional<std::pair<std::optional<int64_t>, DeviceKernel>>
kernelOf(Attribute attribute) {
  auto whole = dyn_cast<DictionaryAttr>(attribute);
  if (!whole)
    return std::nullopt;
  auto elements = whole.getAs<IntegerAttr>("row_elements");
  auto codes = whole.getAs<IntegerAttr>("codes");
  auto launches = whole.getAs<ArrayAttr>("launches");
  auto scratch = whole.getAs<DenseI64ArrayAttr>("scratch_bytes");
  if (!elements || !codes || !launches || !scratch)
    return std::nullopt;
  DeviceKernel kernel;
  kernel.codes.resize(codes.getInt());
  llvm::append_range(kernel.scratchBytes, scratch.asArrayRef());
  for (Attribute one : launches) {
    auto row = dyn_cast<DictionaryAttr>(one);
    if (!row)
      return std::nullopt;
    auto entry = row.getAs<StringAttr>("entry");
    auto grid = row.getAs<DenseI64ArrayAttr>("grid");
    auto group = row.getAs<DenseI64ArrayAttr>("group");
    auto shared = row.getAs<IntegerAttr>("shared_bytes");
    auto arguments = row.getAs<DenseI64ArrayAttr>("arguments");
    auto code = row.getAs<IntegerAttr>("code");
    if (!entry || !grid || !group || !shared || !arguments || !code ||
        grid.size() != 3 || group.size() != 3 ||
        code.getValue().uge(kernel.codes.size()))
      return std::nullopt;
    DeviceLaunch &launch = kernel.launches.emplace_back();
    launch.entry = entry.str();
    llvm::copy(grid.asArrayRef(), launch.grid.begin());
    llvm::copy(group.asArrayRef(), launch.group.begin());
    launch.sharedBytes = shared.getInt();
    llvm::append_range(launch.arguments, arguments.asArrayRef());
    launch.code = code.getInt();
  }
  std::optional<int64_t> rowElements;
  if (elements.getInt() >= 0)
    rowElements = elements.getInt();
  return std::pair{rowElements, std::move(kernel)};
}

llvm::Error DeviceKernels::read(ModuleOp module, StringRef folder,
                                ArrayRef<DeviceTarget> targets) {
  for (const DeviceTarget &target : targets)
    devices.push_back({target, {}});
  for (auto define : module.getOps<kernel::DefineOp>()) {
    auto all = define->getAttrOfType<DictionaryAttr>(kDeviceCodeName);
    define->removeAttr(kDeviceCodeName);
    for (Device &device : devices) {
      auto sizes =
          all ? all.getAs<ArrayAttr>(spell(device.target)) : ArrayAttr();
      if (!sizes)
        return llvm::createStringError("'" + folder + "' has no code of '" +
                                       define.getSymName() + "' for " +
                                       spell(device.target));
      for (Attribute attribute : sizes) {
        auto kernel = kernelOf(attribute);
        if (!kernel)
          return llvm::createStringError(
              "'" + folder + "': the launches of '" + define.getSymName() +
              "' for " + spell(device.target) + " cannot be read");
        Key key{define.getSymName().str(), kernel->first};
        for (auto [index, code] : llvm::enumerate(kernel->second.codes)) {
          std::string path = fileOf(folder, device.target, key, index);
          auto bytes = readFile(path);
          if (!bytes)
            return bytes.takeError();
          code = (*bytes)->getBuffer().str();
        }
        device.kernels[key] = std::move(kernel->second);
      }
    }
  }
  return llvm::Error::success();
}
