//===- OpTable.h - which operators are read, and by whom ------------------===//

#ifndef FRONTENDS_ONNX_OPTABLE_H
#define FRONTENDS_ONNX_OPTABLE_H

#include "frontends/onnx/OnnxNode.h"

namespace gan::onnximport {

/// Sets of element types.
enum OnnxTypes : unsigned {
  kFloat = 1,
  kInt32 = 2,
  kInt64 = 4,
  kBool = 8,
  kInteger = kInt32 | kInt64,
  kNumber = kFloat | kInteger,
  kAny = kNumber | kBool
};

/// An input that decides shapes, by its place and its name in the schema.
struct KnownInput {
  unsigned index;
  llvm::StringRef name;
};

/// One row of the table.
struct OnnxOperator {
  llvm::StringRef name;
  /// The since-versions that the handler reads: every one that applies from
  /// opset 11 on. A newer opset that did not change the operator needs no
  /// entry.
  std::vector<int> versions;
  unsigned fewestInputs, mostInputs;
  /// What the first input may be.
  unsigned types;
  void (*handler)(OnnxNode &);
  /// What of the operator is not read, for the table that users see.
  llvm::StringRef limits = "";
  /// Inputs that must be known when compiling.
  std::vector<KnownInput> known = {};
  llvm::StringRef domain = "";
};

constexpr unsigned kVariadic = ~0u;

using OnnxOperators = std::vector<OnnxOperator>;

/// Each family adds its rows.
void addActivationOperators(OnnxOperators &operators);
void addConstantOperators(OnnxOperators &operators);
void addContractionOperators(OnnxOperators &operators);
void addConvolutionOperators(OnnxOperators &operators);
void addElementwiseOperators(OnnxOperators &operators);
void addGatherOperators(OnnxOperators &operators);
void addLogicOperators(OnnxOperators &operators);
void addNoiseOperators(OnnxOperators &operators);
void addNormalizationOperators(OnnxOperators &operators);
void addOrderOperators(OnnxOperators &operators);
void addPoolingOperators(OnnxOperators &operators);
void addReductionOperators(OnnxOperators &operators);
void addResampleOperators(OnnxOperators &operators);
void addResizeOperators(OnnxOperators &operators);
void addShapeOperators(OnnxOperators &operators);
void addSliceOperators(OnnxOperators &operators);
void addTrigonometryOperators(OnnxOperators &operators);

/// All rows, by name.
const OnnxOperators &onnxOperators();

/// The row of an operator, or null.
const OnnxOperator *findOnnxOperator(llvm::StringRef domain,
                                     llvm::StringRef name);

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_OPTABLE_H
