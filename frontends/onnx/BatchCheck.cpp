//===- BatchCheck.cpp - what the batch is, and whether it may change ------===//
//
// A file may say `64` where it means the batch. Another number may stand there
// only if every operation treats the elements of axis 0 one by one: then the
// network means the same for every batch.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/IR/NetworkAttributes.h"
#include "dialects/gan/IR/RowDependence.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "frontends/onnx/Importer.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

std::optional<int64_t> onnximport::fixedBatch(ArrayRef<OnnxPort> inputs) {
  for (const OnnxPort &port : inputs)
    if (!port.dimensions.empty() && !port.dimensions[0].size)
      return std::nullopt;
  for (const OnnxPort &port : inputs)
    if (port.dimensions.size() > 1)
      return port.dimensions[0].size;
  return std::nullopt;
}

bool onnximport::isBatched(const OnnxPort &port, RankedTensorType type,
                           int64_t batch, std::optional<int64_t> fileBatch) {
  // An empty axis counts nothing.
  if (type.getRank() == 0 || type.getDimSize(0) != batch || batch == 0)
    return false;
  if (port.dimensions.empty()) // not in the file
    return type.getRank() > 1;
  std::optional<int64_t> size = port.dimensions[0].size;
  return !size ||
         (fileBatch && size == fileBatch && (type.getRank() > 1 || *size > 1));
}

int64_t onnximport::batchOf(ArrayRef<OnnxPort> inputs,
                            ArrayRef<RankedTensorType> types) {
  std::optional<int64_t> fileBatch = fixedBatch(inputs);
  for (int64_t least : {2, 1})
    for (auto [port, type] : llvm::zip(inputs, types))
      if (type.getRank() >= least &&
          isBatched(port, type, type.getDimSize(0), fileBatch))
        return type.getDimSize(0);
  return 0;
}

LogicalResult onnximport::checkBatch(NetworkOp network,
                                     const std::vector<bool> &isRebatched,
                                     int64_t fileBatch, Reporter &reporter) {
  Block &body = network.getBody().front();
  int64_t batch = 0;
  for (BlockArgument argument : body.getArguments())
    if (isRebatched[argument.getArgNumber()])
      batch = tensorType(argument).getDimSize(0);
  RowDependence rows(batch);
  for (BlockArgument argument : body.getArguments())
    if (isRebatched[argument.getArgNumber()])
      rows.setBatched(argument);
  for (Operation &operation : body.without_terminator()) {
    rows.visit(&operation);
    if (operation.getNumResults() == 0)
      continue;
    Value result = operation.getResult(0);
    if (isa<BatchNormOp>(operation) && rows.isBatched(result)) {
      // Statistics of a batch are meant to be those of whatever batch it is.
      rows.setBatched(result);
      for (Value statistic : operation.getResults().drop_front())
        rows.set(statistic, {});
    }
    // What the importer made for this batch is made anew for another one.
    if (operation.hasAttr(kFromCountName) || !rows.of(result).depends)
      for (Value made : operation.getResults())
        rows.set(made, {});
    Rows known = rows.of(result);
    if (!known.depends || (rows.isBatched(result) && !known.mixes))
      continue;
    auto name = dyn_cast<NameLoc>(operation.getLoc());
    reporter.error("node " +
                       quoted(name ? name.getName().getValue() : StringRef()) +
                       " mixes axis 0 with other elements, so the batch " +
                       Twine(fileBatch) +
                       " that the file has as a number cannot be replaced",
                   {"export the model with a dynamic batch axis"});
    return failure();
  }
  return success();
}
