//===- OnnxTemplate.cpp - an ONNX file with gaps for its weights ----------===//
//
//  1. Take the gaps' initializers out of the model, and training out of its
//  nodes.
//  2. Give the other initializers their bytes again, and serialize the rest.
//  3. Append the graph field once more with the initializers, written by hand
//  so
//     that the place of their bytes is known: readers merge the two, as the
//     wire format defines for a message field that occurs twice.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/OnnxTemplate.h"
#include "dialects/gan/IR/WeightStore.h"
#include "frontends/onnx/TensorReader.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

// Field numbers of onnx.proto and wire types of Protobuf.
static constexpr unsigned kModelGraph = 7, kGraphInitializer = 5;
static constexpr unsigned kTensorDims = 1, kTensorType = 2, kTensorName = 8,
                          kTensorRaw = 9;
static constexpr unsigned kVarint = 0, kBytes = 2;

static void appendVarint(std::string &out, uint64_t value) {
  while (value >= 128) {
    out.push_back(static_cast<char>(value | 128));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

static void appendTag(std::string &out, unsigned field, unsigned wireType) {
  appendVarint(out, field << 3 | wireType);
}

/// A node in inference form: without training_mode, and of a normalization its
/// first result.
static void stopTraining(::onnx::NodeProto &node) {
  if (node.op_type() == "Dropout")
    while (node.input_size() > 2)
      node.mutable_input()->RemoveLast();
  if (node.op_type() != "BatchNormalization")
    return;
  while (node.output_size() > 1)
    node.mutable_output()->RemoveLast();
  for (auto &attribute : *node.mutable_attribute())
    if (attribute.name() == "training_mode")
      attribute.set_i(0);
}

/// A constant of the file: its bytes lie in the weights file if the message has
/// none.
static LogicalResult restore(const OnnxModel::Implementation &file,
                             ::onnx::TensorProto &tensor) {
  if (tensor.data_type() != ::onnx::TensorProto::UNDEFINED)
    return success();
  const Initializer &initializer =
      file.initializers[file.initializerIndex.lookup(tensor.name())];
  auto bytes = file.weights.read(initializer.blob);
  if (!bytes) // no test: the file of weights was made by this process.
    return emitError(file.location) << llvm::toString(bytes.takeError());
  setContents(tensor, initializer.type, *bytes, initializer.fileType);
  return success();
}

FailureOr<OnnxTemplate> gan::makeOnnxTemplate(const OnnxModel &model,
                                              ArrayRef<std::string> names) {
  const auto &file = model.getImplementation();
  llvm::StringSet<> wanted;
  for (const std::string &name : names) {
    if (!file.initializerIndex.contains(name))
      return emitError(file.location)
             << "the trained network cannot be exported: its file has no "
                "initializer of its own for '"
             << name << "'";
    int32_t type =
        file.initializers[file.initializerIndex.lookup(name)].fileType;
    if (type != ::onnx::TensorProto::FLOAT)
      return emitError(file.location)
             << "the trained network cannot be exported: '" << name << "' is "
             << elementTypeName(type)
             << " in its file, and expected float of what is trained";
    wanted.insert(name);
  }

  ::onnx::ModelProto proto = file.proto;
  auto *initializers = proto.mutable_graph()->mutable_initializer();
  for (int i = initializers->size() - 1; i >= 0; --i) {
    ::onnx::TensorProto &tensor = *initializers->Mutable(i);
    if (wanted.contains(tensor.name()))
      initializers->DeleteSubrange(i, 1);
    else if (failed(restore(file, tensor)))
      return failure();
  }
  for (auto &node : *proto.mutable_graph()->mutable_node())
    stopTraining(node);

  OnnxTemplate result;
  if (!proto.SerializeToString(&result.bytes))
    return emitError(file.location)
           << "the trained network cannot be exported: its file is too large";
  for (const std::string &name : names) {
    const auto &initializer =
        file.initializers[file.initializerIndex.lookup(name)];
    std::string head;
    for (int64_t size : initializer.type.getShape()) {
      appendTag(head, kTensorDims, kVarint);
      appendVarint(head, size);
    }
    appendTag(head, kTensorType, kVarint);
    appendVarint(head, ::onnx::TensorProto::FLOAT);
    appendTag(head, kTensorName, kBytes);
    appendVarint(head, name.size());
    head += name;
    uint64_t bytes = initializer.type.getNumElements() * sizeof(float);
    appendTag(head, kTensorRaw, kBytes);
    appendVarint(head, bytes);

    std::string tensor;
    appendTag(tensor, kGraphInitializer, kBytes);
    appendVarint(tensor, head.size() + bytes);
    tensor += head;
    appendTag(result.bytes, kModelGraph, kBytes);
    appendVarint(result.bytes, tensor.size() + bytes);
    result.bytes += tensor;
    result.gaps.push_back({result.bytes.size(), name});
    result.bytes.append(bytes, '\0');
  }
  return result;
}
