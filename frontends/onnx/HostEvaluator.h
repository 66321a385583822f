//===- HostEvaluator.h - runs small pieces of IR while importing ----------===//

#ifndef FRONTENDS_ONNX_HOSTEVALUATOR_H
#define FRONTENDS_ONNX_HOSTEVALUATOR_H

#include "frontends/onnx/HostTensor.h"
#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>

namespace gan::onnximport {

using HostValues =
    llvm::DenseMap<mlir::Value, std::shared_ptr<const HostTensor>>;

/// Computes every operation of `block`, whose arguments are in `values`, and
/// adds the results there. Fails without a word if an operation or an operand
/// is not one that can be computed here, a result is larger than `maxBytes`, or
/// an integer is divided by zero.
mlir::LogicalResult evaluate(mlir::Block &block, HostValues &values,
                             uint64_t maxBytes);

} // namespace gan::onnximport

#endif // FRONTENDS_ONNX_HOSTEVALUATOR_H
