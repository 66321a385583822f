//===- GanConvOps.cpp - contractions --------------------------------------===//

#include "dialects/gan/IR/TensorBuilder.h"

using namespace mlir;
using namespace gan;

//===----------------------------------------------------------------------===//
// dot
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> dotShape(RankedTensorType lhs, RankedTensorType rhs,
                                     ArrayRef<int64_t> lhsBatch,
                                     ArrayRef<int64_t> rhsBatch,
                                     ArrayRef<int64_t> lhsContract,
                                     ArrayRef<int64_t> rhsContract) {
  SmallVector<int64_t> shape;
  for (int64_t dim : lhsBatch)
    shape.push_back(lhs.getDimSize(dim));
  auto addFree = [&](RankedTensorType type, ArrayRef<int64_t> batch,
                     ArrayRef<int64_t> contract) {
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (!llvm::is_contained(batch, dim) && !llvm::is_contained(contract, dim))
        shape.push_back(type.getDimSize(dim));
  };
  addFree(lhs, lhsBatch, lhsContract);
  addFree(rhs, rhsBatch, rhsContract);
  return shape;
}

void DotOp::build(OpBuilder &builder, OperationState &state, Value lhs,
                  Value rhs, ArrayRef<int64_t> lhsBatch,
                  ArrayRef<int64_t> rhsBatch, ArrayRef<int64_t> lhsContract,
                  ArrayRef<int64_t> rhsContract) {
  auto shape = dotShape(tensorType(lhs), tensorType(rhs), lhsBatch, rhsBatch,
                        lhsContract, rhsContract);
  build(builder, state, tensorType(lhs).clone(shape), lhs, rhs, lhsBatch,
        rhsBatch, lhsContract, rhsContract);
}

LogicalResult DotOp::verify() {
  auto lhs = tensorType(getLhs()), rhs = tensorType(getRhs());
  auto distinctAxes = [](ArrayRef<int64_t> a, ArrayRef<int64_t> b,
                         int64_t rank) {
    SmallVector<bool> seen(rank, false);
    for (ArrayRef<int64_t> list : {a, b})
      for (int64_t dim : list) {
        if (dim < 0 || dim >= rank || seen[dim])
          return false;
        seen[dim] = true;
      }
    return true;
  };
  if (!distinctAxes(getLhsBatch(), getLhsContract(), lhs.getRank()) ||
      !distinctAxes(getRhsBatch(), getRhsContract(), rhs.getRank()))
    return emitOpError() << "expected distinct axes in batch and contract (C1)";
  auto paired = [&](ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
    return a.size() == b.size() &&
           llvm::all_of(llvm::zip(a, b), [&](auto pair) {
             return lhs.getDimSize(std::get<0>(pair)) ==
                    rhs.getDimSize(std::get<1>(pair));
           });
  };
  if (!paired(getLhsBatch(), getRhsBatch()) ||
      !paired(getLhsContract(), getRhsContract()))
    return emitOpError() << "expected paired axes of equal length (C2), got "
                         << lhs << " and " << rhs;
  auto shape = dotShape(lhs, rhs, getLhsBatch(), getRhsBatch(),
                        getLhsContract(), getRhsContract());
  if (tensorType(getResult()).getShape() != ArrayRef(shape))
    return emitOpError() << "expected result shape [" << shape
                         << "] (C3), got ["
                         << tensorType(getResult()).getShape() << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// conv and its two derivatives
//===----------------------------------------------------------------------===//

static LogicalResult verifyConvolution(Operation *op, RankedTensorType x,
                                       RankedTensorType w, RankedTensorType y,
                                       GeometryAttr geometry) {
  int64_t axes = geometry.getStride().size();
  int64_t groups = geometry.getGroups();
  for (auto [what, type] :
       {std::pair{"input", x}, {"weight", w}, {"output", y}})
    if (type.getRank() != axes + 2)
      return op->emitOpError()
             << "expected " << what << " of rank " << axes + 2
             << ", two more than the geometry's axes (C1), got " << type;
  int64_t inputs = x.getDimSize(1), outputs = w.getDimSize(0);
  if (inputs % groups || outputs % groups ||
      w.getDimSize(1) != inputs / groups || y.getDimSize(1) != outputs ||
      y.getDimSize(0) != x.getDimSize(0))
    return op->emitOpError()
           << "expected channels that fit " << groups << " groups (C2), got "
           << x << ", " << w << " and " << y;
  for (int64_t axis = 0; axis < axes; ++axis) {
    int64_t span = x.getDimSize(axis + 2) + geometry.getLow()[axis] +
                   geometry.getHigh()[axis] -
                   (w.getDimSize(axis + 2) - 1) * geometry.getDilation()[axis] -
                   1;
    int64_t size = span < 0 ? 0 : span / geometry.getStride()[axis] + 1;
    if (size < 1 || y.getDimSize(axis + 2) != size)
      return op->emitOpError()
             << "expected output size " << size << ", positive, on space axis "
             << axis << " (C3), got " << y.getDimSize(axis + 2);
  }
  return success();
}

LogicalResult ConvOp::verify() {
  return verifyConvolution(*this, tensorType(getInput()),
                           tensorType(getWeight()), tensorType(getResult()),
                           getGeometry());
}

LogicalResult ConvGradInputOp::verify() {
  return verifyConvolution(*this, tensorType(getResult()),
                           tensorType(getWeight()), tensorType(getOutput()),
                           getGeometry());
}

LogicalResult ConvGradWeightOp::verify() {
  return verifyConvolution(*this, tensorType(getInput()),
                           tensorType(getResult()), tensorType(getOutput()),
                           getGeometry());
}
