//===- TensorReader.h - the bytes of a TensorProto ------------------------===//

#ifndef FRONTENDS_ONNX_TENSORREADER_H
#define FRONTENDS_ONNX_TENSORREADER_H

#include "frontends/onnx/ExternalData.h"
#include "frontends/onnx/Implementation.h"
#include "llvm/ADT/StringSet.h"

namespace gan::onnximport {

/// The element type in the IR of an element type of ONNX, which becomes f32 if
/// it is a float of another width; null if it is not supported.
mlir::Type elementTypeOf(mlir::MLIRContext *context, int32_t onnxType);

/// `float16`, `uint8`, …; `type 77` if it is unknown.
std::string elementTypeName(int32_t onnxType);

/// True if `shape` has a rank, dimensions and a size in bytes that the IR can
/// have. Otherwise `why` says what is wrong.
bool fitsLimits(llvm::ArrayRef<int64_t> shape, std::string &why);

/// Gives `tensor` a shape and its bytes, as `TensorReader::read` tells them, in
/// the element type `onnxType` that the file has.
void setContents(::onnx::TensorProto &tensor, mlir::RankedTensorType type,
                 llvm::ArrayRef<uint8_t> bytes, int32_t onnxType);

/// Reads tensors of one file.
class TensorReader {
public:
  TensorReader(OnnxModel::Implementation &model, Reporter &reporter)
      : model(model), reporter(reporter), external(model.path) {}

  /// The type of `tensor` and its bytes in that type. `subject` names it in
  /// errors: `initializer 'w'`.
  struct Contents {
    mlir::RankedTensorType type;
    std::vector<uint8_t> storage;
    llvm::ArrayRef<uint8_t> bytes; // of `storage` or of the message
  };
  mlir::FailureOr<Contents> read(const ::onnx::TensorProto &tensor,
                                 const std::string &subject);

private:
  mlir::LogicalResult readExternal(const ::onnx::TensorProto &tensor,
                                   const std::string &subject,
                                   uint64_t expected,
                                   std::vector<uint8_t> &bytes);
  mlir::LogicalResult readFields(const ::onnx::TensorProto &tensor,
                                 const std::string &subject, uint64_t count,
                                 std::vector<uint8_t> &bytes);

  OnnxModel::Implementation &model;
  Reporter &reporter;
  llvm::StringSet<> unknownKeys;
  ExternalData external;
};

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_TENSORREADER_H
