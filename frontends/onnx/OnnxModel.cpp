//===- OnnxModel.cpp - an ONNX file, and networks made of it --------------===//

#include "frontends/onnx/OnnxModel.h"
#include "dialects/gan/IR/WeightStore.h"
#include "frontends/onnx/Checker.h"
#include "frontends/onnx/Importer.h"
#include "frontends/onnx/TensorReader.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

// Constants of at most this many floats may be limits, scales or exponents.
static constexpr int64_t kMostKnownFloats = 4096;

bool OnnxLimits::set(StringRef name, uint64_t value) {
  uint64_t *limit = llvm::StringSwitch<uint64_t *>(name)
                        .Case("nodes", &nodes)
                        .Case("tensors", &tensors)
                        .Case("name-bytes", &nameBytes)
                        .Case("nesting", &nesting)
                        .Case("fold-bytes", &foldBytes)
                        .Default(nullptr);
  if (!limit)
    return false;
  *limit = value;
  return true;
}

OnnxModel::Implementation::Implementation(StringRef path, MLIRContext *context,
                                          WeightStore &weights,
                                          const OnnxLimits &limits)
    : path(path), files{path.str()}, context(context), weights(weights),
      limits(limits), location(FileLineColLoc::get(context, path, 0, 0)) {
  context->loadDialect<GanDialect>();
}

OnnxModel::OnnxModel(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
OnnxModel::~OnnxModel() = default;

ArrayRef<std::string> OnnxModel::getFiles() const {
  return implementation->files;
}
ArrayRef<OnnxPort> OnnxModel::getInputs() const {
  return implementation->inputs;
}
ArrayRef<OnnxPort> OnnxModel::getOutputs() const {
  return implementation->outputs;
}

StringRef onnximport::nameOf(const ::onnx::NodeProto &node) {
  if (!node.name().empty() || node.output_size() == 0)
    return node.name();
  return node.output(0);
}

std::string onnximport::describe(const OnnxModel::Implementation &model,
                                 const ::onnx::NodeProto &node) {
  StringRef domain = domainOf(node.domain());
  std::string text = "node " + quoted(nameOf(node)) + " (";
  if (!domain.empty())
    text += StringRef(quoted(domain)).drop_front().drop_back().str() + ".";
  text += StringRef(quoted(node.op_type())).drop_front().drop_back();
  auto opset = model.opsets.find(domain);
  if (opset != model.opsets.end())
    text += ", opset " + std::to_string(opset->second);
  return text + ")";
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static LogicalResult readFile(OnnxModel::Implementation &model,
                              Reporter &reporter) {
  auto reject = [&](const Twine &what) {
    reporter.error(what);
    return failure();
  };
  int file = ::open(model.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return reject("cannot open the model: " + Twine(strerror(errno)));
  google::protobuf::io::FileInputStream stream(file);
  stream.SetCloseOnDelete(true);
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    return reject(S_ISDIR(status.st_mode)
                      ? "cannot read the model: it is a folder"
                      : "cannot read the model: not a regular file");
  if (status.st_size == 0)
    return reject("not an ONNX model: the file is empty");
  if (status.st_size > INT32_MAX)
    return reject("a model file has at most 2 GiB; store the weights as "
                  "external data");
  model.fileBytes = status.st_size;
  // What is wrong is said here, not on Protobuf's own log.
  google::protobuf::LogSilencer silence;
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(INT32_MAX);
  coded.SetRecursionLimit(100);
  if (!model.proto.ParseFromCodedStream(&coded) ||
      !coded.ConsumedEntireMessage() ||
      coded.CurrentPosition() != status.st_size)
    return reject("not an ONNX model: the file is damaged or cut short");
  return success();
}

static bool isUniform(ArrayRef<uint8_t> bytes, size_t width) {
  for (size_t i = width; i < bytes.size(); ++i)
    if (bytes[i] != bytes[i - width])
      return false;
  return true;
}

// Moves the initializers' bytes into the weights file. What is small stays in
// the message too, in its own type, for the files that are made of it.
static void readInitializers(OnnxModel::Implementation &model,
                             Reporter &reporter) {
  TensorReader reader(model, reporter);
  for (::onnx::TensorProto &tensor :
       *model.proto.mutable_graph()->mutable_initializer()) {
    auto contents = reader.read(tensor, "initializer " + quoted(tensor.name()));
    if (failed(contents))
      continue;
    Initializer initializer;
    initializer.name = tensor.name();
    initializer.type = contents->type;
    initializer.fileType = tensor.data_type();
    int64_t count = contents->type.getNumElements();
    bool isKnown = initializer.isFloat()
                       ? count <= kMostKnownFloats
                       : contents->bytes.size() <= model.limits.foldBytes;
    if (isKnown)
      initializer.host = std::make_shared<const HostTensor>(
          HostTensor::fromBytes(contents->type, contents->bytes));
    if (initializer.isFloat() || !isKnown) {
      auto blob = model.weights.append(model.context, contents->bytes);
      if (!blob) {
        // no test: the disk is full.
        reporter.error(llvm::toString(blob.takeError()));
        return;
      }
      initializer.blob = *blob;
      initializer.uniform = isUniform(contents->bytes, sizeof(float));
    }
    model.initializerIndex[initializer.name] = model.initializers.size();
    model.initializers.push_back(std::move(initializer));
    bool isExternal = tensor.data_location() == ::onnx::TensorProto::EXTERNAL;
    if (isKnown && !isExternal)
      continue;
    std::string name = tensor.name();
    int32_t fileType = tensor.data_type();
    tensor.Clear();
    tensor.set_name(name);
    if (isKnown)
      setContents(tensor, contents->type, contents->bytes, fileType);
  }
}

FailureOr<std::unique_ptr<OnnxModel>>
OnnxModel::open(StringRef path, MLIRContext *context, WeightStore &weights,
                const OnnxLimits &limits) {
  auto model = std::make_unique<Implementation>(path, context, weights, limits);
  Reporter reporter(model->location);
  if (failed(readFile(*model, reporter)) ||
      failed(checkModel(*model, reporter)))
    return failure();
  readInitializers(*model, reporter);
  if (reporter.failed())
    return failure();
  return std::unique_ptr<OnnxModel>(new OnnxModel(std::move(model)));
}

//===----------------------------------------------------------------------===//
// Instances
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<RankedTensorType>>
OnnxModel::bind(const OnnxBindings &bindings) const {
  Reporter reporter(implementation->location);
  ArrayRef<OnnxPort> inputs = getInputs();
  for (const auto &entry : bindings.shapes)
    if (llvm::none_of(inputs, [&](const OnnxPort &port) {
          return port.name == entry.getKey();
        }))
      reporter.error("--shape names an input " + quoted(entry.getKey()) +
                     " that the model does not have");
  std::optional<int64_t> number = fixedBatch(inputs);
  auto countsImages = [&](const OnnxPort &port) {
    ArrayRef<OnnxDimension> dimensions = port.dimensions;
    return !dimensions.empty() &&
           (!dimensions[0].size ||
            (dimensions.size() > 1 && dimensions[0].size == number));
  };
  SmallVector<RankedTensorType> types;
  for (const OnnxPort &port : inputs) {
    auto given = bindings.shapes.find(port.name);
    SmallVector<int64_t> shape;
    if (given != bindings.shapes.end()) {
      shape = given->second;
      if (bindings.batch && countsImages(port) && shape[0] != *bindings.batch)
        reporter.error("--shape gives input " + quoted(port.name) +
                       " the batch " + Twine(shape[0]) + ", and --batch says " +
                       Twine(*bindings.batch));
    } else if (!port.hasShape) {
      reporter.error("input " + quoted(port.name) +
                     " has no shape in the file: give --shape");
    } else {
      for (auto [axis, dimension] : llvm::enumerate(port.dimensions)) {
        bool isBatch = axis == 0 && countsImages(port);
        if (isBatch && (bindings.batch || !dimension.size))
          shape.push_back(bindings.batch.value_or(1));
        else if (dimension.size)
          shape.push_back(*dimension.size);
        else
          reporter.error("dimension " + Twine(axis) + " of input " +
                         quoted(port.name) +
                         " is free in the file: give --shape");
      }
    }
    std::string why;
    if (!fitsLimits(shape, why))
      reporter.error("input " + quoted(port.name) + ": " + why);
    else
      types.push_back(RankedTensorType::get(shape, port.elementType));
  }
  if (reporter.failed())
    return failure();
  return types;
}

// `G.64x100`, and the element type of what is not f32: `D.64x1x28x28.64xi64`.
static std::string symbolOf(StringRef name, ArrayRef<RankedTensorType> types) {
  std::string symbol;
  llvm::raw_string_ostream stream(symbol);
  stream << name;
  for (RankedTensorType type : types) {
    stream << '.';
    llvm::interleave(type.getShape(), stream, "x");
    if (type.getRank() == 0 || !type.getElementType().isF32())
      stream << (type.getRank() == 0 ? "" : "x") << type.getElementType();
  }
  return symbol;
}

std::vector<std::string> OnnxModel::getTensors() const {
  std::vector<std::string> names;
  for (const OnnxPort &input : implementation->inputs)
    names.push_back(input.name);
  for (const auto &node : implementation->graph().node())
    for (const std::string &output : node.output())
      if (!output.empty())
        names.push_back(output);
  return names;
}

FailureOr<NetworkOp>
OnnxModel::instantiate(OpBuilder &builder, StringRef name,
                       ArrayRef<RankedTensorType> argumentTypes,
                       ArrayRef<OnnxTap> taps) {
  std::string symbol = symbolOf(name, argumentTypes);
  Operation *table = builder.getInsertionBlock()->getParentOp();
  if (table && table->hasTrait<OpTrait::SymbolTable>())
    if (Operation *made = SymbolTable::lookupSymbolIn(table, symbol))
      if (auto network = dyn_cast<NetworkOp>(made))
        return network;
  Importer importer(*implementation, builder, argumentTypes, taps);
  return importer.run(symbol, name);
}
