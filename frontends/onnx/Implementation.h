//===- Implementation.h - what OnnxModel holds ----------------------------===//

#ifndef FRONTENDS_ONNX_IMPLEMENTATION_H
#define FRONTENDS_ONNX_IMPLEMENTATION_H

#include "frontends/onnx/HostTensor.h"
#include "frontends/onnx/OnnxModel.h"
#include "frontends/onnx/Reporter.h"
#include "onnx.pb.h"
#include <map>

namespace gan::onnximport {

/// Versions of the default domain that are read.
constexpr int64_t kOldestOpset = 11;
constexpr int64_t kNewestOpset = 27;
constexpr int64_t kNewestIR = 13;
constexpr int64_t kMostAxes = 16;

/// A named tensor of the file. Floating point lies in the weights file; what is
/// small, and all integers, is also known to the importer.
struct Initializer {
  std::string name;
  mlir::RankedTensorType type;
  int32_t fileType = 0; // the element type of ONNX that the file has
  BlobAttr blob;
  std::shared_ptr<const HostTensor> host;
  bool uniform = false; // all elements have equal bits

  bool isFloat() const { return type.getElementType().isF32(); }
};

/// A parameter that is one of several made of an initializer.
struct Piece {
  std::string name;
  unsigned initializer; // index
};

} // namespace gan::onnximport

namespace gan {

struct OnnxModel::Implementation {
  Implementation(llvm::StringRef path, mlir::MLIRContext *context,
                 WeightStore &weights, const OnnxLimits &limits);

  std::string path;
  std::vector<std::string> files; // `path`, and what was read beside it
  mlir::MLIRContext *context;
  WeightStore &weights;
  OnnxLimits limits;
  mlir::Location location; // the file, for diagnostics

  ::onnx::ModelProto proto;
  uint64_t fileBytes = 0;
  llvm::StringMap<int64_t> opsets; // by domain; the default domain is ""
  std::vector<onnximport::Initializer> initializers;
  llvm::StringMap<unsigned> initializerIndex;
  std::vector<OnnxPort> inputs, outputs;
  /// By node and input, where exporters merged initializers and the networks
  /// made of this model have parameters of their own.
  std::map<std::pair<unsigned, unsigned>, onnximport::Piece> pieces;

  const ::onnx::GraphProto &graph() const { return proto.graph(); }
};

} // namespace gan

namespace gan::onnximport {

/// What to call a node in a sentence: `node 'x' (Conv, opset 17)`.
std::string describe(const OnnxModel::Implementation &model,
                     const ::onnx::NodeProto &node);

/// The name of a node, or of its first output if it has none.
llvm::StringRef nameOf(const ::onnx::NodeProto &node);

/// `ai.onnx` is the long spelling of the default domain.
inline llvm::StringRef domainOf(llvm::StringRef domain) {
  return domain == "ai.onnx" ? "" : domain;
}

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_IMPLEMENTATION_H
