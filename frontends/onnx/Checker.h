//===- Checker.h - what must hold before a model is imported --------------===//

#ifndef FRONTENDS_ONNX_CHECKER_H
#define FRONTENDS_ONNX_CHECKER_H

#include "frontends/onnx/Implementation.h"

namespace gan::onnximport {

/// Checks versions, limits, names, types, and that every value is written once
/// and before it is read; fills the model's opsets, inputs and outputs. Reads
/// no weights. What an operator makes of its attributes is checked by its
/// handler.
mlir::LogicalResult checkModel(OnnxModel::Implementation &model,
                               Reporter &reporter);

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_CHECKER_H
