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

/// The file of `model` with a gap for each initializer in `names`. A name that
/// the file does not have (one initializer that stands for several parameters)
/// is reported as an error at the model's location.
mlir::FailureOr<OnnxTemplate>
makeOnnxTemplate(const OnnxModel &model, llvm::ArrayRef<std::string> names);

} // namespace gan

#endif // FRONTENDS_ONNX_ONNXTEMPLATE_H
