//===- KernelContext.cpp - a kernel's function on a CPU -------------------===//

#include "compiler/backends/llvm/KernelContext.h"
#include "ganrt/abi.h"

using namespace gan;
using namespace gan::codegen;
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
    : KernelFunction(kernel, createFunction(symbol, target, module),
                     target.numerics),
      target(target) {
  bool isBatched = kernel.isBatched();
  size_t columns = isBatched ? *kernel.getColumns() : 0;
  size_t own = kernel.getResultTypes().size() + columns;
  if (isBatched)
    bindRow();
  // The places of a row have pointers of their own.
  bindBuffers([&](size_t place) {
    Value *bases = function->getArg(0);
    if (!isBatched)
      return loadPointer(bases, b.getInt64(place));
    return place < own ? loadPointer(row, b.getInt64(place))
                       : loadPointer(bases, b.getInt64(1 + place - own));
  });
}

Value *KernelContext::loadField(Value *base, uint64_t offset,
                                llvm::Type *type) {
  return b.CreateLoad(type, b.CreateConstGEP1_64(b.getInt8Ty(), base, offset));
}

Value *KernelContext::getWorkspace() {
  return loadField(function->getArg(1), offsetof(ganrt_launch, workspace),
                   b.getPtrTy());
}

KernelFunction::Workspace KernelContext::getWorkspace(mlir::Type word) {
  Buffer words;
  words.base = getWorkspace();
  words.elementType = word;
  return {words, b.index(0)};
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
