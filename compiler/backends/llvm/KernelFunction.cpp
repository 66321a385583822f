//===- KernelFunction.cpp - a kernel's region bound to memory -------------===//

#include "compiler/backends/llvm/KernelFunction.h"
#include "llvm/ADT/SetVector.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

static Buffer makeBuffer(Value *base, mlir::Type type,
                         ArrayRef<int64_t> layout) {
  auto tensor = llvm::cast<mlir::RankedTensorType>(type);
  Buffer buffer;
  buffer.base = base;
  buffer.elementType = tensor.getElementType();
  buffer.strides.resize(layout.size());
  int64_t stride = 1;
  for (int64_t axis : llvm::reverse(layout)) {
    buffer.strides[axis] = stride;
    stride *= tensor.getDimSize(axis);
  }
  return buffer;
}

/// Whether a result may lie in the place of `argument`: only element-wise
/// operations and reshapes stand between it and every result.
static bool mayShare(kernel::DefineOp kernel, mlir::Value argument) {
  llvm::SetVector<mlir::Value> reached;
  reached.insert(argument);
  for (size_t i = 0; i < reached.size(); ++i)
    for (mlir::Operation *user : reached[i].getUsers()) {
      if (llvm::isa<kernel::ReturnOp>(user))
        continue;
      if (!user->hasTrait<ElementwiseTrait>() && !llvm::isa<ReshapeOp>(user))
        return false;
      reached.insert(user->result_begin(), user->result_end());
    }
  return true;
}

KernelFunction::KernelFunction(kernel::DefineOp kernel,
                               llvm::Function *function, Numerics numerics,
                               Machine machine)
    : kernel(kernel), function(function), b(function, numerics, machine),
      region(b, indices) {}

void KernelFunction::bindBuffers(
    llvm::function_ref<Value *(size_t place)> baseOf) {
  size_t resultCount = kernel.getResultTypes().size();
  // Scope 0 means none; results come first, then arguments.
  SmallVector<unsigned> resultScopes, apartFromResults;
  for (size_t i = 0; i < resultCount; ++i)
    resultScopes.push_back(1 + i);
  for (auto [i, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
    Buffer buffer = makeBuffer(baseOf(resultCount + i), argument.getType(),
                               kernel.getArgumentLayout(i));
    buffer.scope = 1 + resultCount + i;
    if (!mayShare(kernel, argument)) {
      buffer.apart.append(resultScopes.begin(), resultScopes.end());
      apartFromResults.push_back(buffer.scope);
    }
    region.setBuffer(argument, buffer);
  }
  for (size_t i = 0; i < resultCount; ++i) {
    Buffer buffer = makeBuffer(baseOf(i), kernel.getResultTypes()[i],
                               kernel.getResultLayout(i));
    buffer.scope = 1 + i;
    buffer.apart.append(apartFromResults.begin(), apartFromResults.end());
    for (unsigned scope : resultScopes)
      if (scope != buffer.scope)
        buffer.apart.push_back(scope);
    results.push_back(buffer);
  }
}

namespace {
struct Stored {
  Value *number;
  IndexExpression offset;
};
} // namespace

static SmallVector<Stored> computeResults(KernelFunction &context,
                                          IndexRef index,
                                          ArrayRef<int64_t> shape) {
  SmallVector<Stored> stored;
  IndexContext &indices = context.indices;
  for (auto [value, buffer] : llvm::zip_equal(
           context.kernel.getTerminator().getValues(), context.results)) {
    Index own(index);
    if (shapeOf(value) != shape)
      own =
          indices.delinearise(indices.linearise(index, shape), shapeOf(value));
    stored.push_back({context.region.emit(value, own), buffer.offset(own)});
  }
  return stored;
}

void KernelFunction::emitResults(IndexRef index, ArrayRef<int64_t> shape,
                                 unsigned active) {
  RegionEmitter::MaskScope scope(region, active < kLanes ? b.prefixMask(active)
                                                         : nullptr);
  for (auto [stored, buffer] :
       llvm::zip_equal(computeResults(*this, index, shape), results))
    b.store(stored.number, buffer, stored.offset, active);
}

void KernelFunction::emitNeighbours(ArrayRef<Index> neighbours,
                                    ArrayRef<int64_t> shape) {
  RegionEmitter::Scope scope(region);
  SmallVector<SmallVector<Stored>> all;
  for (const Index &index : neighbours)
    all.push_back(computeResults(*this, index, shape));
  for (auto [i, buffer] : llvm::enumerate(results))
    for (const SmallVector<Stored> &stored : all)
      b.store(stored[i].number, buffer, stored[i].offset);
}

void KernelFunction::emitResultsWhere(Value *mask, IndexRef index,
                                      ArrayRef<int64_t> shape) {
  RegionEmitter::MaskScope scope(region, mask);
  for (auto [stored, buffer] :
       llvm::zip_equal(computeResults(*this, index, shape), results))
    b.storeWhere(mask, stored.number, buffer, stored.offset);
}
