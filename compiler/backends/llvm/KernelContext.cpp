//===- KernelContext.cpp - the function of a kernel while it is made ------===//

#include "compiler/backends/llvm/KernelContext.h"
#include "ganrt/abi.h"
#include "llvm/ADT/SetVector.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

static llvm::Function *createFunction(llvm::StringRef symbol,
                                      const CpuTarget &target,
                                      llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *pointer = llvm::PointerType::get(context, 0);
  auto *function = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                              {pointer, pointer}, false),
      llvm::GlobalValue::ExternalLinkage, symbol, module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr("target-cpu", target.cpu);
  if (!target.features.empty())
    function->addFnAttr("target-features", target.features);
  function->addFnAttr("prefer-vector-width", std::to_string(target.vectorBits));
  for (unsigned argument : {0u, 1u}) {
    function->addParamAttr(argument, llvm::Attribute::NoAlias);
    function->addParamAttr(argument, llvm::Attribute::ReadOnly);
  }
  return function;
}

KernelContext::KernelContext(kernel::DefineOp kernel, llvm::StringRef symbol,
                             const CpuTarget &target, llvm::Module &module)
    : kernel(kernel), target(target),
      function(createFunction(symbol, target, module)),
      b(function, target.numerics), region(b, indices) {
  bindBuffers();
}

Value *KernelContext::loadField(Value *base, uint64_t offset,
                                llvm::Type *type) {
  return b.CreateLoad(type, b.CreateConstGEP1_64(b.getInt8Ty(), base, offset));
}

Value *KernelContext::getWorkspace() {
  return loadField(function->getArg(1), offsetof(ganrt_launch, workspace),
                   b.getPtrTy());
}

std::pair<Value *, Value *> KernelContext::shareOf(int64_t units) {
  auto field = [&](uint64_t offset) {
    return b.CreateZExt(loadField(function->getArg(1), offset, b.getInt32Ty()),
                        b.getInt64Ty());
  };
  Value *chunk = field(offsetof(ganrt_launch, chunk));
  Value *chunks = field(offsetof(ganrt_launch, chunks));
  auto boundary = [&](Value *number) {
    return b.CreateUDiv(b.CreateMul(number, b.getInt64(units)), chunks);
  };
  return {boundary(chunk), boundary(b.CreateAdd(chunk, b.getInt64(1)))};
}

Value *KernelContext::loadPointer(Value *array, Value *place) {
  auto *pointer =
      b.CreateLoad(b.getPtrTy(), b.CreateGEP(b.getPtrTy(), array, place));
  auto *node = llvm::MDNode::get(b.getContext(), {});
  pointer->setMetadata(llvm::LLVMContext::MD_invariant_load, node);
  return pointer;
}

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

/// Finds the row of this chunk and its part of the row.
void KernelContext::bindRow() {
  Value *batch = loadPointer(function->getArg(0), b.getInt64(0));
  Value *chunk =
      b.CreateZExt(loadField(function->getArg(1), offsetof(ganrt_launch, chunk),
                             b.getInt32Ty()),
                   b.getInt64Ty());
  Value *list = loadField(batch, offsetof(ganrt_batch, chunks), b.getPtrTy());
  Value *own =
      b.CreateGEP(b.getInt8Ty(), list,
                  b.CreateMul(chunk, b.getInt64(sizeof(ganrt_batch_chunk))));
  begin = loadField(own, offsetof(ganrt_batch_chunk, begin), b.getInt64Ty());
  end = loadField(own, offsetof(ganrt_batch_chunk, end), b.getInt64Ty());
  Value *number = b.CreateZExt(
      loadField(own, offsetof(ganrt_batch_chunk, row), b.getInt32Ty()),
      b.getInt64Ty());
  Value *columns =
      loadField(batch, offsetof(ganrt_batch, columns), b.getInt64Ty());
  row = b.CreateGEP(
      b.getPtrTy(),
      loadField(batch, offsetof(ganrt_batch, pointers), b.getPtrTy()),
      b.CreateMul(number, columns));
}

void KernelContext::bindBuffers() {
  bool isBatched = kernel.isBatched();
  size_t columns = isBatched ? *kernel.getColumns() : 0;
  size_t resultCount = kernel.getResultTypes().size();
  if (isBatched)
    bindRow();
  Value *bases = function->getArg(0);
  auto pointer = [&](Value *array, size_t place) {
    return loadPointer(array, b.getInt64(place));
  };
  // Scope 0 means none; results come first, then arguments.
  SmallVector<unsigned> resultScopes, apartFromResults;
  for (size_t i = 0; i < resultCount; ++i)
    resultScopes.push_back(1 + i);
  for (auto [i, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
    Value *base = i < columns ? pointer(row, resultCount + i)
                  : isBatched ? pointer(bases, 1 + i - columns)
                              : pointer(bases, resultCount + i);
    Buffer buffer =
        makeBuffer(base, argument.getType(), kernel.getArgumentLayout(i));
    buffer.scope = 1 + resultCount + i;
    if (!mayShare(kernel, argument)) {
      buffer.apart.append(resultScopes.begin(), resultScopes.end());
      apartFromResults.push_back(buffer.scope);
    }
    region.setBuffer(argument, buffer);
  }
  for (size_t i = 0; i < resultCount; ++i) {
    Buffer buffer =
        makeBuffer(pointer(isBatched ? row : bases, i),
                   kernel.getResultTypes()[i], kernel.getResultLayout(i));
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

static SmallVector<Stored> computeResults(KernelContext &context,
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

void KernelContext::emitResults(IndexRef index, ArrayRef<int64_t> shape,
                                unsigned active) {
  RegionEmitter::MaskScope scope(region, active < kLanes ? b.prefixMask(active)
                                                         : nullptr);
  for (auto [stored, buffer] :
       llvm::zip_equal(computeResults(*this, index, shape), results))
    b.store(stored.number, buffer, stored.offset, active);
}

void KernelContext::emitResultsWhere(Value *mask, IndexRef index,
                                     ArrayRef<int64_t> shape) {
  RegionEmitter::MaskScope scope(region, mask);
  for (auto [stored, buffer] :
       llvm::zip_equal(computeResults(*this, index, shape), results))
    b.storeWhere(mask, stored.number, buffer, stored.offset);
}
