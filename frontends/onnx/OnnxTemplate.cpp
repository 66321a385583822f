//===- OnnxTemplate.cpp - an ONNX file with gaps for its weights ----------===//
//
//  1. Part what the exporter merged: an initializer for each parameter, which
//     its nodes read.
//  2. Take the gaps' initializers out of the model, and training out of its
//     nodes.
//  3. Give the other initializers their bytes again, and serialize the rest.
//  4. Append the graph field once more with the initializers, written by hand
//     so that the place of their bytes is known: readers merge the two, as the
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

template <typename Field, typename Predicate>
static void eraseIf(Field *field, Predicate isErased) {
  field->erase(std::remove_if(field->begin(), field->end(), isErased),
               field->end());
}

// How often each value is read, also by the graphs inside nodes.
static void countReads(const ::onnx::GraphProto &graph,
                       llvm::StringMap<unsigned> &reads) {
  for (const auto &node : graph.node()) {
    for (const std::string &name : node.input())
      ++reads[name];
    for (const auto &attribute : node.attribute()) {
      countReads(attribute.g(), reads);
      for (const auto &inner : attribute.graphs())
        countReads(inner, reads);
    }
  }
  for (const auto &output : graph.output())
    ++reads[output.name()];
}

/// Takes out the initializers in `merged` that nothing reads any more, and the
/// nodes that only gave them other names.
static void removeUnread(::onnx::GraphProto &graph, llvm::StringSet<> merged) {
  llvm::StringMap<unsigned> reads;
  countReads(graph, reads);
  SmallVector<const ::onnx::NodeProto *> aliases;
  for (const auto &node : graph.node())
    if (node.op_type() == "Identity" && node.input_size() == 1 &&
        node.output_size() == 1 && merged.contains(node.input(0))) {
      merged.insert(node.output(0));
      aliases.push_back(&node);
    }
  for (const ::onnx::NodeProto *alias : llvm::reverse(aliases))
    if (reads.lookup(alias->output(0)) == 0)
      --reads[alias->input(0)];
  auto isUnread = [&](const std::string &name) {
    return merged.contains(name) && reads.lookup(name) == 0;
  };
  auto isNameUnread = [&](const auto &entry) { return isUnread(entry.name()); };
  eraseIf(graph.mutable_node(), [&](const ::onnx::NodeProto &node) {
    return node.output_size() == 1 && isUnread(node.output(0));
  });
  eraseIf(graph.mutable_initializer(), isNameUnread);
  eraseIf(graph.mutable_input(), isNameUnread);
  eraseIf(graph.mutable_value_info(), isNameUnread);
}

/// Gives each parameter that was made of a merged initializer its own; `index`
/// tells whose bytes it starts with.
static void partMerged(const OnnxModel::Implementation &file,
                       ::onnx::ModelProto &proto,
                       llvm::StringMap<unsigned> &index) {
  ::onnx::GraphProto &graph = *proto.mutable_graph();
  llvm::StringSet<> merged;
  for (const auto &[place, piece] : file.pieces) {
    graph.mutable_node(place.first)->set_input(place.second, piece.name);
    const Initializer &whole = file.initializers[piece.initializer];
    merged.insert(whole.name);
    if (!index.try_emplace(piece.name, piece.initializer).second)
      continue;
    graph.add_initializer()->set_name(piece.name);
    if (proto.ir_version() >= 4)
      continue;
    // Before, every initializer was the default of an input.
    ::onnx::ValueInfoProto &input = *graph.add_input();
    input.set_name(piece.name);
    auto &type = *input.mutable_type()->mutable_tensor_type();
    type.set_elem_type(whole.fileType);
    type.mutable_shape();
    for (int64_t size : whole.type.getShape())
      type.mutable_shape()->add_dim()->set_dim_value(size);
  }
  removeUnread(graph, std::move(merged));
}

/// A constant of the file: its bytes lie in the weights file if the message has
/// none.
static LogicalResult restore(const OnnxModel::Implementation &file,
                             const Initializer &initializer,
                             ::onnx::TensorProto &tensor) {
  if (tensor.data_type() != ::onnx::TensorProto::UNDEFINED)
    return success();
  auto bytes = file.weights.read(initializer.blob);
  if (!bytes) // no test: the file of weights was made by this process.
    return emitError(file.location) << llvm::toString(bytes.takeError());
  setContents(tensor, initializer.type, *bytes, initializer.fileType);
  return success();
}

static LogicalResult reportComputed(const OnnxModel::Implementation &file,
                                    StringRef name) {
  std::string maker;
  for (const auto &node : file.graph().node())
    for (const std::string &output : node.output())
      if (name == output || name.starts_with(output + "#"))
        maker = " by " + describe(file, node);
  InFlightDiagnostic error = emitError(file.location)
                             << "the trained network cannot be exported: '"
                             << name << "' is no initializer of its file but "
                             << "computed" << maker;
  error.attachNote() << "write 'constant \"" << name
                     << "\"' behind the network, or make it an initializer";
  return error;
}

FailureOr<OnnxTemplate> gan::makeOnnxTemplate(const OnnxModel &model,
                                              ArrayRef<std::string> names) {
  const auto &file = model.getImplementation();
  ::onnx::ModelProto proto = file.proto;
  llvm::StringMap<unsigned> index = file.initializerIndex;
  partMerged(file, proto, index);
  auto initializerOf = [&](StringRef name) -> const Initializer & {
    return file.initializers[index.lookup(name)];
  };

  llvm::StringSet<> wanted;
  for (const std::string &name : names) {
    if (!index.contains(name))
      return reportComputed(file, name);
    const Initializer &initializer = initializerOf(name);
    if (initializer.fileType != ::onnx::TensorProto::FLOAT)
      return emitError(file.location)
             << "the trained network cannot be exported: '" << initializer.name
             << "' is " << elementTypeName(initializer.fileType)
             << " in its file, and expected float of what is trained";
    wanted.insert(name);
  }
  auto *initializers = proto.mutable_graph()->mutable_initializer();
  eraseIf(initializers, [&](const ::onnx::TensorProto &tensor) {
    return wanted.contains(tensor.name());
  });
  for (::onnx::TensorProto &tensor : *initializers)
    if (failed(restore(file, initializerOf(tensor.name()), tensor)))
      return failure();
  for (auto &node : *proto.mutable_graph()->mutable_node())
    stopTraining(node);

  OnnxTemplate result;
  if (!proto.SerializeToString(&result.bytes))
    return emitError(file.location)
           << "the trained network cannot be exported: its file is too large";
  for (const std::string &name : names) {
    const Initializer &initializer = initializerOf(name);
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
