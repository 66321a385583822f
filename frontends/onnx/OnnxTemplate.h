//===- OnnxTemplate.h - an ONNX file with gaps for its weights ------------===//

#ifndef FRONTENDS_ONNX_ONNXTEMPLATE_H
#define FRONTENDS_ONNX_ONNXTEMPLATE_H

#include "frontends/onnx/OnnxModel.h"

namespace gan {

/// A serialized model in inference form. `gaps` says where the little-endian
/// f32 bytes of an initializer belong, by its name in the file.
struct OnnxTemplate {
  std::string bytes;
  std::vector<std::pair<uint64_t, std::string>> gaps;
};

/// The file of `model`, of which a network was made, with a gap for each
/// parameter in `names`. Where an exporter merged initializers and the network
/// has several parameters, each gets an initializer of its own, by its name. A
/// parameter that the file computes is reported as an error.
mlir::FailureOr<OnnxTemplate>
makeOnnxTemplate(const OnnxModel &model, llvm::ArrayRef<std::string> names);

} // namespace gan

#endif // FRONTENDS_ONNX_ONNXTEMPLATE_H
