//===- ArtefactTables.cpp - a planned module as the tables of the ABI -----===//
//
// Every function here writes one struct of ganrt/abi.h, field by field, in its
// order. The ABI's version changes with any change of it.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/ArtefactTables.h"
#include "compiler/driver/ConstantWriter.h"
#include "compiler/driver/DeviceKernels.h"
#include "compiler/driver/Interface.h"
#include "compiler/driver/ProgramTables.h"
#include "dialects/game/IR/GameOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace gan;
namespace game = gan::game;

using Constant = llvm::Constant *;
using Constants = llvm::SmallVector<llvm::Constant *>;

namespace {

class Writer {
public:
  Writer(ModuleOp module, const ArtefactNames &names, llvm::Module &target)
      : module(module), names(names), w(target), tables(module) {}

  LogicalResult run();

private:
  Constant tensorInfo(StringRef name, RankedTensorType type, double low = 0,
                      double high = 0, bool isBatched = false,
                      bool isMixed = false);
  Constant function(const FunctionTable &function);
  FailureOr<Constant> stateTensor(gan::StateOp state,
                                  const llvm::StringMap<uint32_t> &indices);
  FailureOr<Constant> states(uint32_t &count);
  Constant options(uint32_t &count);
  FailureOr<Constant> streams(uint32_t &count);
  FailureOr<Constant> exports(uint32_t &count);
  Constant kernels();
  Constant levels();
  Constant places();
  Constant batches();
  Constant deviceCode(const DeviceKernels::Device &device);
  Constant devices();
  Constant namedTensors(ArrayRef<NamedTensor> list);
  Constant texts(ArrayRef<std::string> list);
  std::string structure();

  ModuleOp module;
  const ArtefactNames &names;
  ConstantWriter w;
  ProgramTables tables;
};

} // namespace

static uint32_t dtypeOf(Type element) {
  if (element.isF32())
    return GANRT_F32;
  if (element.isF64())
    return GANRT_F64;
  if (element.isInteger(32))
    return GANRT_I32;
  if (element.isInteger(64))
    return GANRT_I64;
  return GANRT_BOOL;
}

static uint64_t bytesOf(RankedTensorType type) {
  return type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8);
}

static uint64_t byteCount(Operation *op, StringRef name) {
  auto value = op->getAttrOfType<IntegerAttr>(name);
  return value ? value.getInt() : 0;
}

/// What labels of so many classes lie in. Equal ends would be no range at all.
static std::pair<double, double> labelRange(std::optional<uint64_t> classes) {
  if (!classes)
    return {0, 0};
  return {*classes > 1 ? 0 : -0.5, double(*classes - 1)};
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

Constant Writer::tensorInfo(StringRef name, RankedTensorType type, double low,
                            double high, bool isBatched, bool isMixed) {
  return w.structure({w.string(name), w.u32(dtypeOf(type.getElementType())),
                      w.u32(type.getRank()), w.numbers(type.getShape()),
                      w.u64(bytesOf(type)), w.f64(low), w.f64(high),
                      w.u32(isBatched), w.u32(isMixed)});
}

Constant Writer::function(const FunctionTable &function) {
  gan::ProgramOp program = function.program;
  Constants instructions, arguments;
  for (const ganrt_instruction &i : function.instructions)
    instructions.push_back(w.structure(
        {w.u32(i.opcode), w.u32(i.a), w.u32(i.b), w.u32(i.c), w.u32(i.d)}));
  uint32_t results = 0;
  SmallVector<InterfaceTensor> tensors = interfaceOf(program);
  for (const InterfaceTensor &tensor : tensors) {
    arguments.push_back(tensorInfo(tensor.name, tensor.type, tensor.low,
                                   tensor.high, tensor.isBatched,
                                   tensor.isMixed));
    results += tensor.isOutput;
  }
  return w.structure({w.string(function.name), w.array(instructions),
                      w.u32(instructions.size()), w.u32(results),
                      w.u32(arguments.size()), w.u32(batchOf(tensors)),
                      w.array(arguments),
                      w.u64(byteCount(program, kernel::kArenaBytesName))});
}

Constant Writer::kernels() {
  Constants rows;
  for (auto [define, workspace, cost] : llvm::zip_equal(
           tables.kernels, tables.kernelWorkspaces, tables.kernelCosts)) {
    uint64_t floatPlaces = 0;
    auto addPlaces = [&, index = 0u](TypeRange types) mutable {
      for (Type type : types)
        if (unsigned bit = index++; bit < 64)
          floatPlaces |= uint64_t(getElementTypeOrSelf(type).isF32()) << bit;
    };
    addPlaces(define.getResultTypes());
    addPlaces(define.getArgumentTypes());
    rows.push_back(
        w.structure({w.string(define.getSymName()), w.u64(workspace),
                     w.f64(cost.flop), w.f64(cost.bytes), w.u64(floatPlaces),
                     w.u32(define.getResultTypes().size()), w.u32(0)}));
  }
  return w.array(rows);
}

Constant Writer::levels() {
  Constants rows;
  for (const auto &[cpu, suffix] : names.levels) {
    Constants functions;
    for (kernel::DefineOp define : tables.kernels)
      functions.push_back(w.external((define.getSymName() + suffix).str(),
                                     llvm::Type::getInt8Ty(w.context)));
    rows.push_back(w.structure({w.u32(cpu), w.u32(0), w.array(functions)}));
  }
  return w.array(rows);
}

Constant Writer::places() {
  Constants rows;
  for (const ganrt_place &place : tables.places)
    rows.push_back(w.structure({w.u32(place.space), w.u32(0),
                                w.u64(place.offset), w.u64(place.bytes)}));
  return w.array(rows);
}

Constant Writer::batches() {
  Constants rows;
  for (const BatchTable &table : tables.tables) {
    Constants chunks;
    for (const ganrt_batch_chunk &chunk : table.chunks)
      chunks.push_back(w.structure(
          {w.u32(chunk.row), w.u32(0), w.u64(chunk.begin), w.u64(chunk.end)}));
    rows.push_back(w.structure({w.u32(table.firstPlace), w.u32(table.rows),
                                w.u32(table.columns), w.u32(chunks.size()),
                                w.array(chunks)}));
  }
  return w.array(rows);
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

static uint32_t apiOf(DeviceApi api) {
  switch (api) {
  case DeviceApi::OpenCL:
    return GANRT_API_OPENCL;
  case DeviceApi::Vulkan:
    return GANRT_API_VULKAN;
  case DeviceApi::Cuda:
    return GANRT_API_CUDA;
  }
  llvm_unreachable("the ABI has all APIs");
}

static StringRef versionOf(const DeviceTarget &target) {
  switch (target.api) {
  case DeviceApi::OpenCL:
    return "OpenCL C 1.2";
  case DeviceApi::Vulkan:
    return "Vulkan 1.2";
  case DeviceApi::Cuda:
    return target.arch;
  }
  llvm_unreachable("all APIs have versions");
}

Constant Writer::deviceCode(const DeviceKernels::Device &device) {
  // Equal code is there once.
  Constants blobs, launches;
  llvm::StringMap<uint32_t> blobOf;
  SmallVector<uint64_t> scratch;
  auto addBlob = [&](StringRef code) {
    auto [entry, isNew] = blobOf.try_emplace(code, blobs.size());
    if (isNew)
      blobs.push_back(w.structure({w.blob(code), w.u64(code.size())}));
    return entry->second;
  };
  auto addKernel = [&](const DeviceKernel &kernel) {
    scratch.resize(std::max(scratch.size(), kernel.scratchBytes.size()));
    for (auto [all, one] : llvm::zip(scratch, kernel.scratchBytes))
      all = std::max(all, one);
    for (const DeviceLaunch &launch : kernel.launches)
      launches.push_back(w.structure(
          {w.u32(addBlob(kernel.codes[launch.code])), w.string(launch.entry),
           w.u32x3(launch.grid), w.u32x3(launch.group),
           w.u32(launch.sharedBytes), w.u32(launch.arguments.size()),
           w.u32s(launch.arguments)}));
  };
  SmallVector<uint32_t> ofKernel, ofRow;
  std::vector<bool> isBatched(tables.kernels.size());
  for (const BatchTable &table : tables.tables)
    isBatched[table.kernel] = true;
  for (auto [index, define] : llvm::enumerate(tables.kernels)) {
    ofKernel.push_back(launches.size());
    if (!isBatched[index])
      addKernel(device.kernels.at({define.getSymName().str(), std::nullopt}));
  }
  ofKernel.push_back(launches.size());
  for (const BatchTable &table : tables.tables)
    for (int64_t elements : table.rowElements) {
      ofRow.push_back(launches.size());
      addKernel(device.kernels.at(
          {tables.kernels[table.kernel].getSymName().str(), elements}));
    }
  ofRow.push_back(launches.size());
  Constants scratchBytes;
  for (uint64_t bytes : scratch)
    scratchBytes.push_back(w.u64(bytes));
  return w.structure({w.u32(apiOf(device.target.api)), w.u32(blobs.size()),
                      w.u32(launches.size()), w.u32(scratch.size()),
                      w.string(versionOf(device.target)), w.array(blobs),
                      w.array(launches), w.u32s(ofKernel), w.u32s(ofRow),
                      w.array(scratchBytes)});
}

Constant Writer::devices() {
  Constants rows;
  for (const DeviceKernels::Device &device : names.devices->getDevices())
    rows.push_back(deviceCode(device));
  return w.array(rows);
}

Constant Writer::namedTensors(ArrayRef<NamedTensor> list) {
  SymbolTable symbols(module);
  Constants rows;
  for (const NamedTensor &tensor : list) {
    // Of draws that are labels, how many classes there are.
    std::optional<uint64_t> classes;
    Operation *source = symbols.lookup(tensor.name);
    if (auto data = dyn_cast_or_null<game::DataOp>(source))
      classes = data.getClasses();
    if (auto sample = dyn_cast_or_null<game::SampleOp>(source))
      classes = sample.getClasses();
    auto [low, high] = labelRange(classes);
    rows.push_back(tensorInfo(tensor.name, tensor.type, low, high));
  }
  return w.array(rows);
}

Constant Writer::texts(ArrayRef<std::string> list) {
  Constants rows;
  for (const std::string &text : list)
    rows.push_back(w.string(text));
  return w.array(rows);
}

//===----------------------------------------------------------------------===//
// State, options, streams
//===----------------------------------------------------------------------===//

FailureOr<Constant>
Writer::stateTensor(gan::StateOp state,
                    const llvm::StringMap<uint32_t> &indices) {
  auto type = cast<RankedTensorType>(state.getType());
  auto placeList = state->getAttrOfType<ArrayAttr>(kernel::kPlacesName);
  if (!placeList || placeList.empty())
    return state.emitOpError() << "expected a place from the plan";
  auto place = cast<kernel::PlaceAttr>(placeList[0]);
  InitializerAttr start = state.getInitializer();
  auto number = [](FloatAttr value) {
    return value ? value.getValueAsDouble() : 0.0;
  };
  uint32_t kind = GANRT_INITIALIZE_ZERO;
  uint64_t source = 0;
  switch (start.getKind()) {
  case InitializerKind::fill:
    kind = GANRT_INITIALIZE_FILL;
    break;
  case InitializerKind::normal:
    kind = GANRT_INITIALIZE_NORMAL;
    break;
  case InitializerKind::uniform:
    kind = GANRT_INITIALIZE_UNIFORM;
    break;
  case InitializerKind::weights:
    if (placeList.size() < 2)
      return state.emitOpError() << "expected a place for its weights";
    kind = GANRT_INITIALIZE_WEIGHTS;
    source = cast<kernel::PlaceAttr>(placeList[1]).getOffset();
    break;
  case InitializerKind::copy: {
    auto found = indices.find(start.getSource().getValue());
    if (found == indices.end())
      return state.emitOpError()
             << "expected " << start.getSource() << " to be declared before it";
    kind = GANRT_INITIALIZE_COPY;
    source = found->second;
    break;
  }
  }
  return w.structure(
      {w.string(state.getName()), w.u32(dtypeOf(type.getElementType())),
       w.u32(type.getRank()), w.numbers(type.getShape()),
       w.u64(place.getOffset()), w.u64(bytesOf(type)), w.u32(kind),
       w.u32(static_cast<uint32_t>(state.getSite())),
       w.f64(number(start.getA())), w.f64(number(start.getB())),
       w.u64(source)});
}

FailureOr<Constant> Writer::states(uint32_t &count) {
  Constants rows;
  llvm::StringMap<uint32_t> indices;
  for (auto state : module.getOps<gan::StateOp>()) {
    auto row = stateTensor(state, indices);
    if (failed(row))
      return failure();
    indices[state.getName()] = rows.size();
    rows.push_back(*row);
  }
  count = rows.size();
  return w.array(rows);
}

Constant Writer::options(uint32_t &count) {
  // Those that programs read come first, in the order of their indices.
  for (auto option : module.getOps<game::OptionOp>())
    tables.options.indexOf(option.getSymName());
  SymbolTable symbols(module);
  Constants rows;
  for (const std::string &name : tables.options.getNames()) {
    auto option = symbols.lookup<game::OptionOp>(name);
    double value = option ? option.getValue().convertToDouble() : 0;
    bool bounded = option && option.getLow();
    rows.push_back(w.structure(
        {w.string(name), w.string(option ? option.getHelp() : ""), w.f64(value),
         w.f64(bounded ? option.getLow()->convertToDouble() : 1),
         w.f64(bounded ? option.getHigh()->convertToDouble() : 0)}));
  }
  count = rows.size();
  return w.array(rows);
}

FailureOr<Constant> Writer::streams(uint32_t &count) {
  SymbolTable symbols(module);
  Constants rows;
  for (size_t i = 0; i < tables.streams.getNames().size(); ++i) {
    auto data = symbols.lookup<game::DataOp>(tables.streams.getNames()[i]);
    if (!data)
      return module.emitError()
             << "expected data '" << tables.streams.getNames()[i]
             << "' to be declared";
    auto type = cast<RankedTensorType>(data.getType());
    uint32_t pairs = GANRT_NONE;
    if (auto other = data.getPairs())
      pairs = tables.streams.indexOf(*other);
    double low = data.getLow().convertToDouble();
    double high = data.getHigh().convertToDouble();
    if (data.getClasses())
      std::tie(low, high) = labelRange(data.getClasses());
    rows.push_back(w.structure(
        {w.string(data.getSymName()), w.u32(dtypeOf(type.getElementType())),
         w.u32(type.getRank()), w.numbers(type.getShape()), w.f64(low),
         w.f64(high), w.u32(pairs), w.u32(0)}));
  }
  count = rows.size();
  return w.array(rows);
}

FailureOr<Constant> Writer::exports(uint32_t &count) {
  llvm::StringMap<std::pair<uint32_t, uint64_t>> indicesAndBytes;
  for (auto state : module.getOps<gan::StateOp>()) {
    uint32_t index = indicesAndBytes.size();
    indicesAndBytes[state.getName()] = {
        index, bytesOf(cast<RankedTensorType>(state.getType()))};
  }
  Constants rows;
  for (auto exported : module.getOps<game::ExportOp>()) {
    if (!exported.getTemplateFile())
      return exported.emitError()
             << "expected a template: exports get one when a game is imported";
    auto bytes = names.readBlob(*exported.getTemplateFile());
    if (!bytes)
      return exported.emitError() << llvm::toString(bytes.takeError());
    // The tensors' bytes come from the state, or from a program where the
    // network computes with something else: they are left out here.
    llvm::StringMap<uint32_t> folded;
    if (auto program = module.lookupSymbol<gan::ProgramOp>(
            ("export/" + exported.getName()).str()))
      for (auto name : program.getResultNames().getAsRange<StringAttr>())
        folded.insert({name.getValue().substr(StringRef("output ").size()),
                       folded.size() + 1});
    Constants gaps;
    std::vector<uint8_t> text;
    ArrayRef<uint8_t> whole(*bytes);
    uint64_t at = 0;
    for (auto [name, offset] :
         llvm::zip(exported.getStates()->getAsRange<StringAttr>(),
                   *exported.getOffsets())) {
      auto found = indicesAndBytes.find(name.getValue());
      if (found == indicesAndBytes.end())
        return exported.emitError()
               << "expected state " << name << " to be declared";
      auto [index, size] = found->second;
      llvm::append_range(text, whole.slice(at, offset - at));
      at = offset + size;
      gaps.push_back(w.structure({w.u64(text.size()), w.u32(index),
                                  w.u32(folded.lookup(name.getValue()))}));
    }
    llvm::append_range(text, whole.drop_front(at));
    rows.push_back(w.structure({w.string(exported.getName()), w.data(text),
                                w.u64(text.size()), w.array(gaps),
                                w.u32(gaps.size()), w.u32(0)}));
  }
  count = rows.size();
  return w.array(rows);
}

/// What two artefacts must share to read each other's checkpoints.
std::string Writer::structure() {
  llvm::SHA256 hash;
  auto add = [&](StringRef text) {
    hash.update(text);
    hash.update(StringRef("\n"));
  };
  for (auto state : module.getOps<gan::StateOp>()) {
    std::string type;
    llvm::raw_string_ostream(type) << state.getType();
    add(state.getName());
    add(type);
  }
  for (const NamedTensor &draw : tables.draws)
    add(draw.name);
  for (const std::string &player : tables.players.getNames())
    add(player);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

//===----------------------------------------------------------------------===//
// The artefact
//===----------------------------------------------------------------------===//

LogicalResult Writer::run() {
  for (auto program : module.getOps<gan::ProgramOp>())
    if (failed(tables.addProgram(program)))
      return failure();
  bool isTrainer = llvm::any_of(tables.functions, [](const FunctionTable &f) {
    return f.name == "step";
  });

  Constants functions, expressions, codes;
  for (const FunctionTable &one : tables.functions)
    functions.push_back(function(one));
  for (const ganrt_expression &e : tables.expressions)
    expressions.push_back(
        w.structure({w.u32(e.first_code), w.u32(e.code_count)}));
  for (const ganrt_expression_code &code : tables.codes)
    codes.push_back(w.structure(
        {w.u32(code.opcode), w.u32(code.index), w.f64(code.value)}));
  uint32_t stateCount, optionCount, streamCount, exportCount;
  auto stateRows = states(stateCount);
  auto streamRows = streams(streamCount);
  auto exportRows = exports(exportCount);
  if (failed(stateRows) || failed(streamRows) || failed(exportRows))
    return failure();
  Constant optionRows = options(optionCount);
  uint64_t constantBytes = byteCount(module, kernel::kConstantBytesName);
  Constant constants =
      names.constants.empty()
          ? w.null()
          : w.external(names.constants, llvm::Type::getInt8Ty(w.context));

  Constant root =
      w.structure({w.u32(GANRT_ABI_VERSION),
                   w.u32(isTrainer),
                   w.string(names.name),
                   w.string(names.digest),
                   w.string(names.numerics),
                   w.string(structure()),
                   kernels(),
                   places(),
                   batches(),
                   w.array(expressions),
                   w.array(codes),
                   w.array(functions),
                   w.u32(tables.kernels.size()),
                   w.u32(tables.places.size()),
                   w.u32(tables.tables.size()),
                   w.u32(expressions.size()),
                   w.u32(codes.size()),
                   w.u32(functions.size()),
                   constants,
                   w.u64(constantBytes),
                   w.u64(byteCount(module, kernel::kStateBytesName)),
                   w.u64(0),
                   *stateRows,
                   optionRows,
                   *streamRows,
                   texts(tables.players.getNames()),
                   texts(tables.reports.getNames()),
                   namedTensors(tables.draws),
                   namedTensors(tables.records),
                   *exportRows,
                   w.u32(stateCount),
                   w.u32(optionCount),
                   w.u32(streamCount),
                   w.u32(tables.players.getNames().size()),
                   w.u32(tables.reports.getNames().size()),
                   w.u32(tables.draws.size()),
                   w.u32(tables.records.size()),
                   w.u32(exportCount),
                   w.u32(tables.blockCount),
                   w.u32(tables.heldCount),
                   w.u32(names.levels.size()),
                   w.u32(0),
                   levels(),
                   devices(),
                   w.u64(byteCount(module, kernel::kDeviceBlockName)),
                   w.u32(names.devices->getDevices().size()),
                   w.u32(0)});
  auto *global = new llvm::GlobalVariable(
      w.module, root->getType(), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, root, names.symbol);
  global->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return success();
}

LogicalResult gan::emitArtefactTables(ModuleOp module,
                                      const ArtefactNames &names,
                                      llvm::Module &target) {
  return Writer(module, names, target).run();
}
