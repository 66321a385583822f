//===- GanOps.cpp - what the operation families share ---------------------===//

#include "dialects/gan/IR/GanOps.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;

SmallVector<int64_t> gan::shapeWithout(ArrayRef<int64_t> shape,
                                       ArrayRef<int64_t> dims) {
  SmallVector<int64_t> result;
  for (int64_t dim : otherDims(shape.size(), dims))
    result.push_back(shape[dim]);
  return result;
}

SmallVector<int64_t> gan::otherDims(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> result;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      result.push_back(dim);
  return result;
}

SmallVector<int64_t> gan::invertPermutation(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> result(permutation.size());
  for (auto [index, dim] : llvm::enumerate(permutation))
    result[dim] = index;
  return result;
}

LogicalResult gan::verifyDims(Operation *op, ArrayRef<int64_t> dims,
                              int64_t rank) {
  int64_t last = -1;
  for (int64_t dim : dims) {
    if (dim <= last || dim >= rank)
      return op->emitOpError()
             << "expected dims to be distinct axes of rank " << rank
             << " in increasing order (C1), got [" << dims << "]";
    last = dim;
  }
  return success();
}

// (types), of which there may be none.
static ParseResult parseTypeList(OpAsmParser &parser,
                                 SmallVectorImpl<Type> &types) {
  return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&] {
    return parser.parseType(types.emplace_back());
  });
}
static void printTypeList(OpAsmPrinter &printer, Operation *, TypeRange types) {
  printer << '(' << types << ')';
}

#define GET_OP_CLASSES
#include "dialects/gan/IR/GanOps.cpp.inc"
