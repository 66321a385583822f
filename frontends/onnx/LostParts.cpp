//===- LostParts.cpp - what an exporter took out of a network -------------===//
//
// PyTorch's exporters write what a module computes when it is used. Two parts
// of training leave a trace:
//  - a dropout that is an Identity and whose node still names the module's
//  class;
//  - a spectral norm, W / (u^T M v), whose vectors are constants of the file:
//  they
//    are the last ones of the module and nothing advances them.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/LostParts.h"

using namespace gan;
using namespace gan::onnximport;
using llvm::StringRef;
using ::onnx::NodeProto;

namespace {
class Finder {
public:
  explicit Finder(const OnnxModel::Implementation &model) : model(model) {
    for (const NodeProto &node : model.graph().node())
      for (const std::string &output : node.output())
        writers[output] = &node;
  }
  std::vector<std::string> run() const;

private:
  bool isInitializer(StringRef name, size_t rank = 0) const;
  const NodeProto *writer(StringRef name, StringRef type) const;
  bool isSpectralNorm(const NodeProto &division) const;

  const OnnxModel::Implementation &model;
  llvm::StringMap<const NodeProto *> writers;
};
} // namespace

/// An initializer, of this rank unless it is 0.
bool Finder::isInitializer(StringRef name, size_t rank) const {
  auto found = model.initializerIndex.find(name);
  return found != model.initializerIndex.end() &&
         (rank == 0 ||
          model.initializers[found->second].type.getRank() == int64_t(rank));
}

const NodeProto *Finder::writer(StringRef name, StringRef type) const {
  const NodeProto *node = writers.lookup(name);
  return node && node->op_type() == type ? node : nullptr;
}

/// Div(W, MatMul(u, MatMul(M, v))), whatever M is: W itself, reshaped, or the
/// copy of it that constant folding made.
bool Finder::isSpectralNorm(const NodeProto &division) const {
  if (division.op_type() != "Div" || division.input_size() != 2 ||
      !isInitializer(division.input(0)))
    return false;
  const NodeProto *outer = writer(division.input(1), "MatMul");
  if (!outer || outer->input_size() != 2 || !isInitializer(outer->input(0), 1))
    return false;
  const NodeProto *inner = writer(outer->input(1), "MatMul");
  return inner && inner->input_size() == 2 && isInitializer(inner->input(1), 1);
}

static bool isDropout(const NodeProto &node) {
  for (const auto &entry : node.metadata_props())
    if (entry.key() == "pkg.torch.onnx.class_hierarchy" &&
        StringRef(entry.value()).contains("torch.nn.modules.dropout."))
      return true;
  return false;
}

std::vector<std::string> Finder::run() const {
  std::vector<std::string> lost;
  for (const NodeProto &node : model.graph().node()) {
    if (node.op_type() == "Identity" && isDropout(node))
      lost.push_back("the dropout '" + nameOf(node).str() + "'");
    if (isSpectralNorm(node))
      lost.push_back("the spectral norm of '" + node.input(0) + "'");
  }
  return lost;
}

std::vector<std::string>
onnximport::findLostParts(const OnnxModel::Implementation &model) {
  return Finder(model).run();
}
