//===- OnnxModel.h - an ONNX file, and networks made of it ----------------===//
//
// What the driver sees of this folder. A model is opened and checked once; each
// call of `instantiate` makes the network for one list of argument types, with
// every shape a number.
//
//===----------------------------------------------------------------------===//

#ifndef FRONTENDS_ONNX_ONNXMODEL_H
#define FRONTENDS_ONNX_ONNXMODEL_H

#include "dialects/gan/IR/GanOps.h"
#include "llvm/ADT/StringMap.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gan {

class WeightStore;

/// What a model may hold at most. The flag `--limit-NAME` raises one.
struct OnnxLimits {
  uint64_t nodes = 1'000'000;
  uint64_t tensors = 1'000'000;
  uint64_t nameBytes = 4096;
  uint64_t nesting = 32;
  uint64_t foldBytes = 64 << 20; // of one constant that is computed

  /// `name` is `nodes`, `tensors`, `name-bytes`, `nesting` or `fold-bytes`;
  /// false if it is none of them.
  bool set(llvm::StringRef name, uint64_t value);
};

/// A dimension as the file has it: a number, a name, or neither.
struct OnnxDimension {
  std::optional<int64_t> size;
  std::string name;
};

/// An input or output of a model. Inputs that are initializers are not inputs.
struct OnnxPort {
  std::string name;
  mlir::Type elementType;
  bool hasShape = false;
  std::vector<OnnxDimension> dimensions;
};

/// An inner tensor that is a further result of a network.
struct OnnxTap {
  std::string name;   // of the result
  std::string tensor; // in the file
};

/// What `--batch` and `--shape` say.
struct OnnxBindings {
  std::optional<int64_t> batch;
  llvm::StringMap<llvm::SmallVector<int64_t>> shapes; // by input
};

class OnnxModel {
public:
  /// Reads and checks the file, appends its weights to `weights`, and reports
  /// all that is wrong with it through the context's diagnostics.
  static mlir::FailureOr<std::unique_ptr<OnnxModel>>
  open(llvm::StringRef path, mlir::MLIRContext *context, WeightStore &weights,
       const OnnxLimits &limits = {});
  ~OnnxModel();

  /// The model's file and those beside it that were read.
  llvm::ArrayRef<std::string> getFiles() const;
  llvm::ArrayRef<OnnxPort> getInputs() const;
  llvm::ArrayRef<OnnxPort> getOutputs() const;
  /// Names of inputs and of what nodes compute, in the order of the file.
  std::vector<std::string> getTensors() const;

  /// The argument types for inference: a free batch is 1 unless `bindings` says
  /// otherwise; every other free dimension must be given.
  mlir::FailureOr<llvm::SmallVector<mlir::RankedTensorType>>
  bind(const OnnxBindings &bindings) const;

  /// The network for these argument types, `@<name>.<shape>.<shape>…`; made at
  /// the builder's insertion point unless the module there has it already.
  /// Reports everything in the model that is not supported, together. `taps`,
  /// which name tensors that are there, are results behind the file's outputs.
  mlir::FailureOr<NetworkOp>
  instantiate(mlir::OpBuilder &builder, llvm::StringRef name,
              llvm::ArrayRef<mlir::RankedTensorType> argumentTypes,
              llvm::ArrayRef<OnnxTap> taps = {});

  struct Implementation;
  const Implementation &getImplementation() const { return *implementation; }

private:
  explicit OnnxModel(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

/// Prints which operators are read, in which versions: a table, or JSON.
void printSupportedOnnxOperators(llvm::raw_ostream &stream, bool json);

} // namespace gan

#endif // FRONTENDS_ONNX_ONNXMODEL_H
