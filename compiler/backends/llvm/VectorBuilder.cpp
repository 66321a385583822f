//===- VectorBuilder.cpp - LLVM IR on vectors of sixteen lanes ------------===//

#include "compiler/backends/llvm/VectorBuilder.h"
#include "llvm/IR/IntrinsicsSPIRV.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Type;
using llvm::Value;

IndexExpression Buffer::offset(IndexRef index) const {
  IndexExpression offset;
  for (auto [part, stride] : llvm::zip_equal(index, strides))
    offset = offset + part * stride;
  return offset;
}

VectorBuilder::VectorBuilder(llvm::Function *function, Numerics numerics,
                             Machine machine)
    : IRBuilder<>(function->getContext()), function(function),
      numerics(numerics), machine(machine) {
  SetInsertPoint(
      llvm::BasicBlock::Create(function->getContext(), "entry", function));
}

//===----------------------------------------------------------------------===//
// Types and constants
//===----------------------------------------------------------------------===//

Type *VectorBuilder::toType(mlir::Type elementType) {
  if (elementType.isF32())
    return getFloatTy();
  return getIntNTy(elementType.getIntOrFloatBitWidth());
}

Type *VectorBuilder::toMemoryType(mlir::Type elementType) {
  return elementType.isInteger(1) ? getInt8Ty() : toType(elementType);
}

llvm::VectorType *VectorBuilder::toVector(Type *scalar) {
  return llvm::FixedVectorType::get(scalar, machine.lanes);
}

Value *VectorBuilder::splat(Value *value) {
  return isVector(value) || isThread()
             ? value
             : CreateVectorSplat(machine.lanes, value);
}

void VectorBuilder::unify(llvm::MutableArrayRef<Value *> values) {
  if (llvm::any_of(values, isVector))
    for (Value *&value : values)
      value = splat(value);
}

Value *VectorBuilder::constant(Type *like, double value) {
  if (like->isFPOrFPVectorTy())
    return llvm::ConstantFP::get(like, value);
  return llvm::ConstantInt::getSigned(like, static_cast<int64_t>(value));
}

Value *VectorBuilder::constantBits(Type *like, uint64_t bits) {
  return llvm::ConstantInt::get(like, bits);
}

Type *VectorBuilder::toInteger(Type *like) {
  return like->getWithNewType(getIntNTy(like->getScalarSizeInBits()));
}

llvm::GlobalVariable *VectorBuilder::createTable(llvm::Constant *numbers,
                                                 const llvm::Twine &name) {
  auto *table = new llvm::GlobalVariable(
      *GetInsertBlock()->getModule(), numbers->getType(), /*isConstant=*/true,
      llvm::GlobalValue::PrivateLinkage, numbers, name, nullptr,
      llvm::GlobalValue::NotThreadLocal, machine.constantSpace);
  return table;
}

Value *VectorBuilder::prefixMask(unsigned active) {
  SmallVector<llvm::Constant *> bits;
  for (unsigned lane = 0; lane < machine.lanes; ++lane)
    bits.push_back(getInt1(lane < active));
  return llvm::ConstantVector::get(bits);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value *VectorBuilder::multiplyAdd(Value *a, Value *b, Value *c) {
  Value *operands[] = {a, b, c};
  unify(operands);
  if (numerics == Numerics::Portable)
    return CreateFAdd(CreateFMul(operands[0], operands[1]), operands[2]);
  return CreateIntrinsic(llvm::Intrinsic::fma, {operands[0]->getType()},
                         operands);
}

Value *VectorBuilder::shiftLanes(Value *vector, unsigned distance) {
  SmallVector<int> from;
  for (unsigned lane = 0; lane < machine.lanes; ++lane)
    from.push_back(lane + distance < machine.lanes ? lane + distance : -1);
  return CreateShuffleVector(vector, from);
}

Value *VectorBuilder::combineLanes(
    Value *vector, llvm::function_ref<Value *(Value *, Value *)> combine) {
  for (unsigned distance = machine.lanes / 2; distance > 0; distance /= 2)
    vector = combine(vector, shiftLanes(vector, distance));
  return CreateExtractElement(vector, uint64_t(0));
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

Value *VectorBuilder::evaluateAtom(const Atom *atom, Type *type) {
  switch (atom->kind) {
  case Atom::Kind::Lane: {
    SmallVector<llvm::Constant *> lanes;
    for (unsigned lane = 0; lane < machine.lanes; ++lane)
      lanes.push_back(llvm::ConstantInt::get(type->getScalarType(), lane));
    return llvm::ConstantVector::get(lanes);
  }
  case Atom::Kind::Variable:
  case Atom::Kind::Loaded: {
    Value *value = atom->value;
    if (type->isVectorTy() && !isVector(value))
      return splat(CreateSExtOrTrunc(value, type->getScalarType()));
    return CreateSExtOrTrunc(value, type);
  }
  case Atom::Kind::Quotient:
  case Atom::Kind::Remainder:
    break;
  }
  Value *operand = evaluateTerms(atom->operand, /*varying=*/true, type);
  Value *divisor = constant(type, atom->divisor);
  return atom->kind == Atom::Kind::Quotient ? CreateUDiv(operand, divisor)
                                            : CreateURem(operand, divisor);
}

/// The whole expression, or without `varying` the part equal in all lanes.
Value *VectorBuilder::evaluateTerms(const IndexExpression &expression,
                                    bool varying, Type *type) {
  // Neighbours must be seen as such through the extension of indices.
  bool exact = isThread();
  Value *sum = nullptr;
  for (auto [atom, coefficient] : expression.getTerms()) {
    if (atom->varies && !varying)
      continue;
    Value *term;
    if (type->isVectorTy() && !atom->varies)
      term = splat(evaluateAtom(atom, type->getScalarType()));
    else
      term = evaluateAtom(atom, type);
    if (coefficient != 1)
      term = CreateMul(term, constant(type, coefficient), "", false, exact);
    sum = sum ? CreateAdd(sum, term, "", false, exact) : term;
  }
  Value *start = constant(type, expression.getConstant());
  if (!sum)
    return start;
  return expression.getConstant() ? CreateAdd(sum, start, "", false, exact)
                                  : sum;
}

static bool fitsShort(const IndexExpression &expression) {
  constexpr int64_t limit = int64_t(1) << 30;
  for (auto [atom, coefficient] : expression.getTerms())
    if (atom->range.low < -limit || atom->range.high > limit ||
        !fitsShort(atom->operand))
      return false;
  Range range = expression.getRange();
  return -limit < range.low && range.high < limit;
}

Value *VectorBuilder::evaluate(const IndexExpression &expression) {
  if (!expression.variesOverLanes() && !isThread())
    return evaluateTerms(expression, true, getInt64Ty());
  Type *element = fitsShort(expression) ? getInt32Ty() : getInt64Ty();
  return evaluateTerms(expression, true,
                       isThread() ? element : toVector(element));
}

Value *VectorBuilder::isWithin(const IndexExpression &expression, Range range) {
  Range own = expression.getRange();
  if (range.contains(own.low, own.high))
    return nullptr;
  Value *index = evaluate(expression);
  // One unsigned comparison tests both ends.
  Value *above = CreateSub(index, constant(index->getType(), range.low));
  return CreateICmpULE(above,
                       constant(index->getType(), range.high - range.low));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

llvm::MDNode *VectorBuilder::scopesOf(ArrayRef<unsigned> numbers) {
  llvm::MDBuilder metadata(getContext());
  if (!domain)
    domain = metadata.createAnonymousAliasScopeDomain(function->getName());
  SmallVector<llvm::Metadata *> nodes;
  for (unsigned number : numbers) {
    while (scopes.size() <= number)
      scopes.push_back(metadata.createAnonymousAliasScope(domain));
    nodes.push_back(scopes[number]);
  }
  return llvm::MDNode::get(getContext(), nodes);
}

void VectorBuilder::annotate(Value *access, const Buffer &buffer) {
  if (!buffer.scope)
    return;
  auto *instruction = llvm::cast<llvm::Instruction>(access);
  instruction->setMetadata(llvm::LLVMContext::MD_alias_scope,
                           scopesOf(buffer.scope));
  if (!buffer.apart.empty())
    instruction->setMetadata(llvm::LLVMContext::MD_noalias,
                             scopesOf(buffer.apart));
}

Value *VectorBuilder::pointerTo(const Buffer &buffer, Type *memory,
                                Value *index) {
  Type *type = buffer.base->getType();
  if (type->isTargetExtTy())
    return CreateIntrinsic(
        llvm::PointerType::get(getContext(), 11),
        llvm::Intrinsic::spv_resource_getpointer,
        {buffer.base, CreateSExtOrTrunc(index, getInt32Ty())});
  // Arrays of the module keep their type where memory has no plain addresses.
  if (auto *array = llvm::dyn_cast<llvm::GlobalVariable>(buffer.base);
      array && isThread())
    return Insert(llvm::GetElementPtrInst::CreateInBounds(
        array->getValueType(), array, {getInt32(0), index}));
  return CreateGEP(memory, buffer.base, index);
}

/// The offset without its lanes' contiguous part is a scalar displacement.
Value *VectorBuilder::address(const Buffer &buffer, Type *elementType,
                              const IndexExpression &offset, Value *mask) {
  Type *memory = elementType;
  if (!isThread() && offset.getLaneStride() && *offset.getLaneStride() <= 1 &&
      *offset.getLaneStride() >= 0)
    return CreateGEP(memory, buffer.base,
                     evaluateTerms(offset, false, getInt64Ty()));
  Value *index = evaluate(offset);
  if (mask)
    index = CreateSelect(mask, index, constant(index->getType(), 0));
  return pointerTo(buffer, memory, index);
}

Value *VectorBuilder::load(const Buffer &buffer, const IndexExpression &offset,
                           Value *mask) {
  Type *memory = toMemoryType(buffer.elementType);
  llvm::Align align(memory->getScalarSizeInBits() / 8);
  Value *pointer = address(buffer, memory, offset, mask);
  Value *value;
  if (!offset.variesOverLanes()) {
    ++accesses.uniform;
    value = CreateAlignedLoad(memory, pointer, align);
  } else if (!isVector(pointer)) {
    ++accesses.contiguous;
    llvm::VectorType *type = toVector(memory);
    value = mask
                ? CreateMaskedLoad(type, pointer, align, mask,
                                   llvm::Constant::getNullValue(type))
                : static_cast<Value *>(CreateAlignedLoad(type, pointer, align));
  } else {
    ++accesses.scattered;
    value = CreateMaskedGather(toVector(memory), pointer, align);
  }
  annotate(value, buffer);
  if (buffer.elementType.isInteger(1))
    value = CreateICmpNE(value, constant(value->getType(), 0));
  return value;
}

void VectorBuilder::store(Value *value, const Buffer &buffer,
                          const IndexExpression &offset, unsigned active) {
  Type *memory = toMemoryType(buffer.elementType);
  llvm::Align align(memory->getScalarSizeInBits() / 8);
  if (buffer.elementType.isInteger(1))
    value = CreateZExt(value, value->getType()->getWithNewType(memory));
  if (!offset.variesOverLanes()) {
    ++accesses.uniform;
    if (isVector(value)) // of which one lane is in use
      value = CreateExtractElement(value, uint64_t(0));
    annotate(CreateAlignedStore(value, address(buffer, memory, offset, nullptr),
                                align),
             buffer);
    return;
  }
  value = splat(value);
  Value *pointer = address(buffer, memory, offset, nullptr);
  if (!isVector(pointer)) {
    ++accesses.contiguous;
    if (active == machine.lanes)
      annotate(CreateAlignedStore(value, pointer, align), buffer);
    else
      annotate(CreateMaskedStore(value, pointer, align, prefixMask(active)),
               buffer);
    return;
  }
  ++accesses.scattered;
  std::optional<int64_t> stride = offset.getLaneStride();
  Value *base = nullptr;
  if (stride)
    base = CreateGEP(memory, buffer.base,
                     evaluateTerms(offset, false, getInt64Ty()));
  for (unsigned lane = 0; lane < active; ++lane) {
    Value *place = stride ? CreateConstGEP1_64(memory, base, lane * *stride)
                          : CreateExtractElement(pointer, lane);
    annotate(
        CreateAlignedStore(CreateExtractElement(value, lane), place, align),
        buffer);
  }
}

void VectorBuilder::storeWhere(Value *mask, Value *value, const Buffer &buffer,
                               const IndexExpression &offset) {
  Type *memory = toMemoryType(buffer.elementType);
  llvm::Align align(memory->getScalarSizeInBits() / 8);
  if (buffer.elementType.isInteger(1))
    value = CreateZExt(value, value->getType()->getWithNewType(memory));
  value = splat(value);
  Value *pointer = address(buffer, memory, offset, nullptr);
  if (!isVector(pointer)) {
    ++accesses.contiguous;
    annotate(CreateMaskedStore(value, pointer, align, mask), buffer);
    return;
  }
  ++accesses.scattered;
  annotate(CreateMaskedScatter(value, pointer, align, mask), buffer);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

SmallVector<Value *> VectorBuilder::carry(ArrayRef<Value *> initial,
                                          llvm::BasicBlock *before) {
  SmallVector<Value *> carried;
  for (Value *value : initial) {
    llvm::PHINode *phi = CreatePHI(value->getType(), 2);
    phi->addIncoming(value, before);
    carried.push_back(phi);
  }
  return carried;
}

void VectorBuilder::carryOn(ArrayRef<Value *> carried, ArrayRef<Value *> next) {
  for (auto [phi, value] : llvm::zip_equal(carried, next))
    llvm::cast<llvm::PHINode>(phi)->addIncoming(value, GetInsertBlock());
}

SmallVector<Value *> VectorBuilder::loop(Value *low, Value *high, int64_t step,
                                         ArrayRef<Value *> initial,
                                         LoopBody body) {
  llvm::BasicBlock *before = GetInsertBlock();
  auto *header = llvm::BasicBlock::Create(getContext(), "loop", function);
  auto *inside = llvm::BasicBlock::Create(getContext(), "body", function);
  auto *after = llvm::BasicBlock::Create(getContext(), "end", function);
  CreateBr(header);
  SetInsertPoint(header);
  llvm::PHINode *variable = CreatePHI(low->getType(), 2);
  variable->addIncoming(low, before);
  SmallVector<Value *> carried = carry(initial, before);
  CreateCondBr(CreateICmpSLT(variable, high), inside, after);
  SetInsertPoint(inside);
  SmallVector<Value *> next = body(variable, carried);
  variable->addIncoming(CreateAdd(variable, constant(low->getType(), step), "",
                                  /*NUW=*/true,
                                  /*NSW=*/true),
                        GetInsertBlock());
  carryOn(carried, next);
  CreateBr(header);
  SetInsertPoint(after);
  return carried;
}

void VectorBuilder::loop(Value *low, Value *high, int64_t step,
                         llvm::function_ref<void(Value *)> body) {
  loop(low, high, step, {}, [&](Value *variable, ArrayRef<Value *>) {
    body(variable);
    return SmallVector<Value *>();
  });
}

SmallVector<Value *> VectorBuilder::repeat(
    ArrayRef<Value *> initial,
    llvm::function_ref<
        std::pair<SmallVector<Value *>, Value *>(ArrayRef<Value *>)>
        body) {
  llvm::BasicBlock *before = GetInsertBlock();
  auto *inside = llvm::BasicBlock::Create(getContext(), "again", function);
  auto *after = llvm::BasicBlock::Create(getContext(), "end", function);
  CreateBr(inside);
  SetInsertPoint(inside);
  SmallVector<Value *> carried = carry(initial, before);
  auto [next, condition] = body(carried);
  carryOn(carried, next);
  CreateCondBr(condition, inside, after);
  SetInsertPoint(after);
  return next;
}

SmallVector<Value *>
VectorBuilder::branch(Value *condition,
                      llvm::function_ref<SmallVector<Value *>()> then,
                      llvm::function_ref<SmallVector<Value *>()> otherwise) {
  auto *yes = llvm::BasicBlock::Create(getContext(), "then", function);
  auto *no = llvm::BasicBlock::Create(getContext(), "else", function);
  auto *join = llvm::BasicBlock::Create(getContext(), "join", function);
  CreateCondBr(condition, yes, no);
  SetInsertPoint(yes);
  SmallVector<Value *> first = then();
  llvm::BasicBlock *endOfYes = GetInsertBlock();
  SetInsertPoint(no);
  SmallVector<Value *> second = otherwise();
  llvm::BasicBlock *endOfNo = GetInsertBlock();
  // One side may have made vectors where the other has scalars.
  for (auto [a, b] : llvm::zip_equal(first, second)) {
    if (isVector(a) == isVector(b))
      continue;
    SetInsertPoint(isVector(a) ? endOfNo : endOfYes);
    (isVector(a) ? b : a) = splat(isVector(a) ? b : a);
  }
  SetInsertPoint(endOfYes);
  CreateBr(join);
  SetInsertPoint(endOfNo);
  CreateBr(join);
  SetInsertPoint(join);
  SmallVector<Value *> results;
  for (auto [a, b] : llvm::zip_equal(first, second)) {
    llvm::PHINode *phi = CreatePHI(a->getType(), 2);
    phi->addIncoming(a, endOfYes);
    phi->addIncoming(b, endOfNo);
    results.push_back(phi);
  }
  return results;
}

void VectorBuilder::branch(Value *condition, llvm::function_ref<void()> then) {
  branch(
      condition,
      [&] {
        then();
        return SmallVector<Value *>();
      },
      [] { return SmallVector<Value *>(); });
}
