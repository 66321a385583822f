//===- Checker.cpp - what must hold before a model is imported ------------===//
//
//  1. Versions: the IR's, one of the default domain that is read.
//  2. Limits: nodes, tensors, names, nesting.
//  3. Ports: named once, tensors, with dimensions that can be.
//  4. Nodes: every input is there before, every output is new.
//  5. Attributes: named once, with the field that their type promises.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Checker.h"
#include "frontends/onnx/TensorReader.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;

namespace {
class Checker {
public:
  Checker(OnnxModel::Implementation &model, Reporter &reporter)
      : model(model), reporter(reporter) {}

  LogicalResult run() {
    if (failed(checkVersions()) || failed(checkLimits(model.graph(), 1)))
      return failure();
    checkInputs();
    checkNodes();
    checkOutputs();
    return failure(reporter.failed());
  }

private:
  LogicalResult checkVersions();
  LogicalResult checkLimits(const GraphProto &graph, uint64_t depth);
  void checkInputs();
  void checkNodes();
  void checkOutputs();
  void checkAttributes(const NodeProto &node);
  void checkName(StringRef name, const Twine &what);
  OnnxPort portOf(const ::onnx::ValueInfoProto &info, const Twine &what);
  void define(StringRef name, const Twine &where);

  LogicalResult reject(const Twine &what) {
    reporter.error(what);
    return failure();
  }

  OnnxModel::Implementation &model;
  Reporter &reporter;
  uint64_t nodes = 0, tensors = 0;
  llvm::StringSet<> defined;
};
} // namespace

//===----------------------------------------------------------------------===//
// Versions and limits
//===----------------------------------------------------------------------===//

LogicalResult Checker::checkVersions() {
  const ::onnx::ModelProto &proto = model.proto;
  if (!proto.has_ir_version() || !proto.has_graph())
    return reject("not an ONNX model: it has no " +
                  Twine(proto.has_graph() ? "ir_version" : "graph"));
  if (proto.ir_version() < 3 || proto.ir_version() > kNewestIR)
    return reject("IR version " + Twine(proto.ir_version()) +
                  " is not supported; supported: 3 to " + Twine(kNewestIR));
  for (const auto &opset : proto.opset_import()) {
    StringRef domain = domainOf(opset.domain());
    if (opset.version() < 1 || opset.version() > INT32_MAX)
      return reject("opset version " + Twine(opset.version()) + " of domain " +
                    quoted(domain) + " is not a version");
    if (!model.opsets.try_emplace(domain, opset.version()).second)
      return reject("domain " + quoted(domain) + " is imported twice");
  }
  auto found = model.opsets.find("");
  if (found == model.opsets.end())
    return reject("no opset of the default domain is imported");
  if (found->second < kOldestOpset || found->second > kNewestOpset)
    return reject("opset " + Twine(found->second) +
                  " is not supported; supported: " + Twine(kOldestOpset) +
                  " to " + Twine(kNewestOpset));
  return success();
}

// Counts what is in a graph and the graphs inside it. Protobuf has bounded the
// depth of this recursion.
LogicalResult Checker::checkLimits(const GraphProto &graph, uint64_t depth) {
  const OnnxLimits &limits = model.limits;
  if (depth > limits.nesting)
    return reject("graphs are nested more than " + Twine(limits.nesting) +
                  " deep (--limit-nesting)");
  nodes += graph.node_size();
  tensors += graph.initializer_size() + graph.input_size();
  if (nodes > limits.nodes)
    return reject("more than " + Twine(limits.nodes) +
                  " nodes (--limit-nodes)");
  for (const NodeProto &node : graph.node()) {
    tensors += node.output_size();
    for (const AttributeProto &attribute : node.attribute()) {
      tensors += attribute.tensors_size() + attribute.has_t();
      if (attribute.has_g() && failed(checkLimits(attribute.g(), depth + 1)))
        return failure();
      for (const GraphProto &inner : attribute.graphs())
        if (failed(checkLimits(inner, depth + 1)))
          return failure();
    }
  }
  if (tensors > limits.tensors)
    return reject("more than " + Twine(limits.tensors) +
                  " tensors (--limit-tensors)");
  return success();
}

void Checker::checkName(StringRef name, const Twine &what) {
  if (name.size() > model.limits.nameBytes)
    reporter.error(what + " has a name of " + Twine(name.size()) +
                   " bytes, more than " + Twine(model.limits.nameBytes) +
                   " (--limit-name-bytes)");
  else if (!llvm::json::isUTF8(name))
    reporter.error(what + " " + quoted(name) +
                   " has a name that is not valid UTF-8");
}

void Checker::define(StringRef name, const Twine &where) {
  if (!defined.insert(name).second)
    reporter.error(where + ": the value " + quoted(name) + " is defined twice");
}

//===----------------------------------------------------------------------===//
// Ports
//===----------------------------------------------------------------------===//

OnnxPort Checker::portOf(const ::onnx::ValueInfoProto &info,
                         const Twine &what) {
  OnnxPort port;
  port.name = info.name();
  std::string subject = (what + " " + quoted(info.name())).str();
  checkName(info.name(), what);
  if (info.name().empty()) {
    reporter.error(what + " without a name");
    return port;
  }
  if (!info.type().has_tensor_type()) {
    reporter.error(subject + ": expected the type of a tensor");
    return port;
  }
  const auto &type = info.type().tensor_type();
  port.elementType = elementTypeOf(model.context, type.elem_type());
  // Other widths of float are converted in weights, not in what users pass.
  bool isOtherFloat = port.elementType && port.elementType.isF32() &&
                      type.elem_type() != ::onnx::TensorProto::FLOAT;
  if (!port.elementType || isOtherFloat) {
    reporter.error(subject + ": element type " +
                       elementTypeName(type.elem_type()) + " is not supported",
                   {"supported: float, int32, int64, bool"});
    port.elementType = Type();
  }
  port.hasShape = type.has_shape();
  if (type.shape().dim_size() > kMostAxes) {
    reporter.error(subject + ": rank " + Twine(type.shape().dim_size()) +
                   " is more than " + Twine(kMostAxes));
    return port;
  }
  SmallVector<int64_t> sizes;
  for (const auto &dim : type.shape().dim()) {
    OnnxDimension &dimension = port.dimensions.emplace_back();
    if (dim.has_dim_value())
      sizes.push_back(*(dimension.size = dim.dim_value()));
    dimension.name = dim.dim_param();
    checkName(dim.dim_param(), "dimension of " + Twine(subject));
  }
  std::string why;
  if (!fitsLimits(sizes, why))
    reporter.error(subject + ": " + why);
  return port;
}

void Checker::checkInputs() {
  llvm::StringSet<> initializers;
  for (const auto &tensor : model.graph().initializer()) {
    checkName(tensor.name(), "initializer");
    if (tensor.name().empty())
      reporter.error("initializer without a name");
    define(tensor.name(), "initializer");
    initializers.insert(tensor.name());
  }
  if (model.graph().sparse_initializer_size() != 0)
    reporter.error("sparse initializers are not supported");
  // It is there all the same: its readers are right.
  for (const auto &tensor : model.graph().sparse_initializer())
    defined.insert(tensor.values().name());
  llvm::StringSet<> names;
  for (const auto &info : model.graph().input()) {
    if (!names.insert(info.name()).second) {
      reporter.error("input " + quoted(info.name()) + " is given twice");
      continue;
    }
    // An input with an initializer has a default, and keeps it.
    if (initializers.contains(info.name()))
      continue;
    model.inputs.push_back(portOf(info, "input"));
    define(info.name(), "input");
  }
}

void Checker::checkOutputs() {
  llvm::StringSet<> names;
  for (const auto &info : model.graph().output()) {
    model.outputs.push_back(portOf(info, "output"));
    if (!names.insert(info.name()).second)
      reporter.error("output " + quoted(info.name()) + " is given twice");
    else if (!info.name().empty() && !defined.contains(info.name()))
      reporter.error("output " + quoted(info.name()) +
                     " is written by no node");
  }
  if (model.graph().output_size() == 0)
    reporter.error("the model has no outputs");
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void Checker::checkNodes() {
  // Who writes a value later, for the sentence about order.
  llvm::StringMap<const NodeProto *> writers;
  for (const NodeProto &node : model.graph().node())
    for (const std::string &name : node.output())
      writers.try_emplace(name, &node);
  llvm::StringSet<> reported; // once is enough
  for (const NodeProto &node : model.graph().node()) {
    checkName(node.name(), "node");
    checkName(node.op_type(), "operator");
    checkName(node.domain(), "domain");
    std::string subject = describe(model, node);
    if (node.op_type().empty())
      reporter.error(subject + ": the operator has no name");
    for (const std::string &name : node.input()) {
      if (name.empty() || defined.contains(name) ||
          !reported.insert(name).second)
        continue;
      auto writer = writers.find(name);
      if (writer == writers.end())
        reporter.error(subject + ": the value " + quoted(name) +
                       " is read but written by nothing");
      else
        reporter.error(subject + ": the value " + quoted(name) +
                       " is read before node " +
                       quoted(nameOf(*writer->second)) +
                       " writes it: a cycle, or nodes out of order");
    }
    for (const std::string &name : node.output()) {
      checkName(name, "value");
      if (!name.empty())
        define(name, subject);
    }
    checkAttributes(node);
  }
}

// The field that a type of attribute promises, and whether another one is set.
static bool hasPromisedField(const AttributeProto &attribute) {
  bool lists = attribute.floats_size() || attribute.ints_size() ||
               attribute.strings_size() || attribute.tensors_size() ||
               attribute.graphs_size();
  unsigned single = attribute.has_f() + attribute.has_i() + attribute.has_s() +
                    attribute.has_t() + attribute.has_g();
  switch (attribute.type()) {
  case AttributeProto::FLOAT:
    return attribute.has_f() && single == 1 && !lists;
  case AttributeProto::INT:
    return attribute.has_i() && single == 1 && !lists;
  case AttributeProto::STRING:
    return attribute.has_s() && single == 1 && !lists;
  case AttributeProto::TENSOR:
    return attribute.has_t() && single == 1 && !lists;
  case AttributeProto::GRAPH:
    return attribute.has_g() && single == 1 && !lists;
  // A list may be empty; then no field is set.
  case AttributeProto::FLOATS:
    return single == 0 && (attribute.floats_size() || !lists);
  case AttributeProto::INTS:
    return single == 0 && (attribute.ints_size() || !lists);
  case AttributeProto::STRINGS:
    return single == 0 && (attribute.strings_size() || !lists);
  case AttributeProto::TENSORS:
    return single == 0 && (attribute.tensors_size() || !lists);
  case AttributeProto::GRAPHS:
    return single == 0 && (attribute.graphs_size() || !lists);
  case AttributeProto::SPARSE_TENSOR:
  case AttributeProto::SPARSE_TENSORS:
  case AttributeProto::TYPE_PROTO:
  case AttributeProto::TYPE_PROTOS:
    return single == 0 && !lists;
  default:
    return false;
  }
}

void Checker::checkAttributes(const NodeProto &node) {
  llvm::StringSet<> names;
  for (const AttributeProto &attribute : node.attribute()) {
    std::string subject =
        describe(model, node) + ": attribute " + quoted(attribute.name());
    checkName(attribute.name(), "attribute");
    if (!names.insert(attribute.name()).second)
      reporter.error(subject + " is given twice");
    if (attribute.has_ref_attr_name())
      reporter.error(subject + " refers to a function's attribute outside a "
                               "function");
    else if (!hasPromisedField(attribute))
      reporter.error(subject + " has no value of its type");
  }
}

LogicalResult onnximport::checkModel(OnnxModel::Implementation &model,
                                     Reporter &reporter) {
  return Checker(model, reporter).run();
}
