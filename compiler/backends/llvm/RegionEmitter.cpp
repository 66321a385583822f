//===- RegionEmitter.cpp - the value of a tensor at an index --------------===//

#include "compiler/backends/llvm/RegionEmitter.h"
#include "compiler/backends/llvm/VectorMath.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Type;
using llvm::Value;

Index gan::codegen::insertReduced(IndexRef kept, IndexRef reduced,
                                  ArrayRef<int64_t> dims) {
  Index index(kept.begin(), kept.end());
  for (auto [dim, part] : llvm::zip_equal(dims, reduced))
    index.insert(index.begin() + dim, part);
  return index;
}

void RegionEmitter::bind(mlir::Value value, IndexRef index, Value *numbers) {
  scopes.back()[value].push_back({Index(index), numbers});
}

Value *RegionEmitter::lookUp(mlir::Value value, IndexRef index) const {
  for (const Knowledge &scope : llvm::reverse(scopes)) {
    auto found = scope.find(value);
    if (found == scope.end())
      continue;
    for (const Known &known : found->second)
      if (IndexRef(known.index) == index)
        return known.numbers;
  }
  return nullptr;
}

Value *RegionEmitter::emit(mlir::Value value, IndexRef index) {
  if (Value *known = lookUp(value, index))
    return known;
  if (const Buffer *buffer = getBuffer(value)) {
    Value *numbers = b.load(*buffer, buffer->offset(index), mask);
    bind(value, index, numbers);
    return numbers;
  }
  mlir::Operation *op = value.getDefiningOp();
  Values results = emitOperation(op, index);
  for (auto [result, numbers] : llvm::zip_equal(op->getResults(), results))
    bind(result, index, numbers);
  return results[llvm::cast<mlir::OpResult>(value).getResultNumber()];
}

RegionEmitter::Values RegionEmitter::emitLoop(
    int64_t extent, ArrayRef<Value *> initial,
    llvm::function_ref<Values(const IndexExpression &, ArrayRef<Value *>)>
        body) {
  if (extent <= 0)
    return Values(initial);
  if (extent == 1)
    return body(0, initial);
  return b.loop(b.index(0), b.index(extent), 1, initial,
                [&](Value *variable, ArrayRef<Value *> carried) {
                  Scope scope(*this);
                  return body(indices.makeVariable(extent, variable), carried);
                });
}

//===----------------------------------------------------------------------===//
// Guards
//===----------------------------------------------------------------------===//

/// Whether one element takes no more than a few operations and no loop, so that
/// a branch around it would save nothing.
static bool isCheap(const RegionEmitter &emitter, mlir::Value value,
                    int &budget) {
  if (emitter.getBuffer(value))
    return true;
  mlir::Operation *op = value.getDefiningOp();
  bool moves = llvm::isa<ReshapeOp, TransposeOp, ReverseOp, BroadcastOp,
                         SliceOp, IotaOp, ConstantOp, PadOp>(op);
  if (--budget < 0 || (!moves && !op->hasTrait<ElementwiseTrait>()) ||
      llvm::isa<DivOp, ExpOp, LogOp, Log1pOp, TanhOp, LogisticOp, SoftplusOp,
                SinOp, CosOp, ErfOp, PowOp>(op))
    return false;
  return llvm::all_of(op->getOperands(), [&](mlir::Value operand) {
    return isCheap(emitter, operand, budget);
  });
}

Conditions RegionEmitter::emitConditions(ArrayRef<Guard> guards,
                                         mlir::Value guarded) {
  int budget = 8;
  bool selects = b.isThread() && isCheap(*this, guarded, budget);
  Conditions conditions, never;
  never.isNever = true;
  for (const Guard &guard : guards) {
    auto require = [&](Value *condition) {
      if (!condition)
        return;
      Value *&all = selects || VectorBuilder::isVector(condition)
                        ? conditions.varying
                        : conditions.uniform;
      all = all ? b.CreateAnd(all, condition) : condition;
    };
    Range own = guard.expression.getRange();
    if (guard.range.high < guard.range.low || own.high < guard.range.low ||
        own.low > guard.range.high)
      return never;
    require(b.isWithin(guard.expression, guard.range));
    if (guard.divisor > 1) {
      IndexExpression rest = indices.remainder(guard.expression, guard.divisor);
      if (rest.isConstant()) {
        if (rest.getConstant() != 0)
          return never;
      } else {
        Value *number = b.evaluate(rest);
        require(b.CreateICmpEQ(number, b.constant(number->getType(), 0)));
      }
    }
  }
  return conditions;
}

Value *RegionEmitter::emitGuarded(ArrayRef<Guard> guards, mlir::Value value,
                                  IndexRef index) {
  auto [uniform, varying, isNever] = emitConditions(guards, value);
  if (isNever)
    return llvm::Constant::getNullValue(b.toType(elementTypeOf(value)));
  // A condition equal in all lanes becomes a branch.
  auto inside = [&, varying = varying] {
    MaskScope scope(*this, varying);
    Value *numbers = emit(value, index);
    if (!varying)
      return numbers;
    numbers = b.splat(numbers);
    return b.CreateSelect(varying, numbers,
                          llvm::Constant::getNullValue(numbers->getType()));
  };
  if (!uniform)
    return inside();
  return b.branch(
      uniform, [&] { return Values{inside()}; },
      [&] {
        return Values{
            llvm::Constant::getNullValue(b.toType(elementTypeOf(value)))};
      })[0];
}

Value *RegionEmitter::emitPad(PadOp op, IndexRef index) {
  SmallVector<Guard> guards;
  Index inner;
  for (auto [part, low, interior, extent] : llvm::zip_equal(
           index, op.getLow(), op.getInterior(), shapeOf(op.getInput()))) {
    IndexExpression position = part - low;
    guards.push_back(
        {position, {0, (extent - 1) * (interior + 1)}, interior + 1});
    inner.push_back(indices.quotient(position, interior + 1));
  }
  return emitGuarded(guards, op.getInput(), inner);
}

Value *RegionEmitter::emitConcat(ConcatOp op, IndexRef index) {
  int64_t dim = op.getDim(), start = 0;
  const IndexExpression &part = index[dim];
  Range range = part.getRange();
  struct Piece {
    mlir::Value value;
    int64_t start, end;
  };
  SmallVector<Piece> pieces;
  for (mlir::Value input : op.getInputs()) {
    int64_t end = start + shapeOf(input)[dim];
    if (range.low < end && start <= range.high && start < end)
      pieces.push_back({input, start, end});
    start = end;
  }
  auto piece = [&](const Piece &own) {
    Index inner(index);
    inner[dim] = part - own.start;
    return emit(own.value, inner);
  };
  auto isBefore = [&](int64_t end) {
    Value *position = b.evaluate(part);
    return b.CreateICmpSLT(position, b.constant(position->getType(), end));
  };
  int budget = 8;
  bool selects = b.isThread() && llvm::all_of(pieces, [&](const Piece &own) {
                   return isCheap(*this, own.value, budget);
                 });
  // The last piece needs no test; the others are tested from the front.
  std::function<Value *(size_t)> from = [&](size_t first) -> Value * {
    if (first + 1 == pieces.size())
      return piece(pieces[first]);
    Value *condition = isBefore(pieces[first].end);
    if (!selects && !VectorBuilder::isVector(condition))
      return b.branch(
          condition,
          [&] {
            Scope scope(*this);
            return Values{piece(pieces[first])};
          },
          [&] {
            Scope scope(*this);
            return Values{from(first + 1)};
          })[0];
    Value *parts[2];
    {
      MaskScope scope(*this, condition);
      parts[0] = piece(pieces[first]);
    }
    {
      MaskScope scope(*this, b.CreateNot(condition));
      parts[1] = from(first + 1);
    }
    return b.CreateSelect(condition, b.splat(parts[0]), b.splat(parts[1]));
  };
  return from(0);
}

//===----------------------------------------------------------------------===//
// Indices and constants
//===----------------------------------------------------------------------===//

Value *RegionEmitter::emitGather(GatherOp op, IndexRef index) {
  int64_t dim = op.getDim(), batch = op.getBatch();
  int64_t rank = shapeOf(op.getIndex()).size() - batch;
  Index place(index.take_front(batch));
  place.append(index.begin() + dim, index.begin() + dim + rank);
  Value *chosen = emit(op.getIndex(), place);
  // Whoever searched for the place knows what it found there.
  if (Value *found = lookUp(op, index))
    return found;
  Index inner(index.take_front(dim));
  inner.push_back(indices.makeLoaded(shapeOf(op.getInput())[dim], chosen,
                                     VectorBuilder::isVector(chosen)));
  inner.append(index.begin() + dim + rank, index.end());
  return emit(op.getInput(), inner);
}

/// Number `number` of the starts at an index, from 0 to `most`.
IndexExpression RegionEmitter::emitStart(mlir::Value start, int64_t number,
                                         int64_t most, IndexRef index) {
  if (most == 0)
    return 0;
  Index place(index.take_front(shapeOf(start).size() - 1));
  place.push_back(number);
  Value *first = emit(start, place);
  auto limit = [&](llvm::Intrinsic::ID id, int64_t bound) {
    first =
        b.CreateBinaryIntrinsic(id, first, b.constant(first->getType(), bound));
  };
  limit(llvm::Intrinsic::smax, 0);
  limit(llvm::Intrinsic::smin, most);
  return indices.makeLoaded(most + 1, first, VectorBuilder::isVector(first));
}

Value *RegionEmitter::emitDynamicSlice(DynamicSliceOp op, IndexRef index) {
  ArrayRef<int64_t> whole = shapeOf(op.getInput()), part = shapeOf(op);
  int64_t sliced = shapeOf(op.getStart()).back();
  Index inner(index);
  for (int64_t i = 0; i < sliced; ++i) {
    size_t axis = whole.size() - sliced + i;
    inner[axis] = inner[axis] +
                  emitStart(op.getStart(), i, whole[axis] - part[axis], index);
  }
  return emit(op.getInput(), inner);
}

Value *RegionEmitter::emitDynamicUpdateSlice(DynamicUpdateSliceOp op,
                                             IndexRef index) {
  ArrayRef<int64_t> whole = shapeOf(op), part = shapeOf(op.getUpdate());
  int64_t sliced = shapeOf(op.getStart()).back();
  Index inner(index);
  SmallVector<Guard> guards;
  for (int64_t i = 0; i < sliced; ++i) {
    size_t axis = whole.size() - sliced + i;
    inner[axis] = inner[axis] -
                  emitStart(op.getStart(), i, whole[axis] - part[axis], index);
    guards.push_back({inner[axis], {0, part[axis] - 1}});
  }
  auto [uniform, varying, isNever] = emitConditions(guards, op.getUpdate());
  if (isNever)
    return emit(op.getBase(), index);
  auto replaced = [&, varying = varying]() -> Value * {
    if (!varying) {
      Scope scope(*this);
      return emit(op.getUpdate(), inner);
    }
    Value *parts[2];
    {
      MaskScope scope(*this, varying);
      parts[0] = emit(op.getUpdate(), inner);
    }
    {
      MaskScope scope(*this, b.CreateNot(varying));
      parts[1] = emit(op.getBase(), index);
    }
    return b.CreateSelect(varying, b.splat(parts[0]), b.splat(parts[1]));
  };
  if (!uniform)
    return replaced();
  return b.branch(
      uniform, [&] { return Values{replaced()}; },
      [&] {
        Scope scope(*this);
        return Values{emit(op.getBase(), index)};
      })[0];
}

Value *RegionEmitter::emitIndexValue(const IndexExpression &index, Type *type) {
  Value *number = b.evaluate(index);
  Type *wanted = number->getType()->getWithNewType(type);
  if (type->isFloatTy())
    return b.CreateSIToFP(number, wanted);
  return b.CreateSExtOrTrunc(number, wanted);
}

Value *RegionEmitter::emitConstant(ConstantOp op, IndexRef index) {
  auto elements = llvm::cast<mlir::DenseElementsAttr>(op.getValue());
  mlir::Type elementType = elementTypeOf(op);
  auto number = [&](Type *type, auto element) -> llvm::Constant * {
    using Element = decltype(element);
    if constexpr (std::is_same_v<Element, llvm::APFloat>)
      return llvm::ConstantFP::get(b.getContext(), element);
    else
      return llvm::ConstantInt::get(
          type, element.zextOrTrunc(type->getIntegerBitWidth()));
  };
  bool isFloat = elementType.isF32();
  if (elements.isSplat()) {
    Type *type = b.toType(elementType);
    return isFloat ? number(type, elements.getSplatValue<llvm::APFloat>())
                   : number(type, elements.getSplatValue<llvm::APInt>());
  }
  Type *type = b.toMemoryType(elementType);
  SmallVector<llvm::Constant *> numbers;
  if (isFloat)
    for (const llvm::APFloat &element : elements.getValues<llvm::APFloat>())
      numbers.push_back(number(type, element));
  else
    for (const llvm::APInt &element : elements.getValues<llvm::APInt>())
      numbers.push_back(number(type, element));
  auto *array = llvm::ConstantArray::get(
      llvm::ArrayType::get(type, numbers.size()), numbers);
  llvm::GlobalVariable *global = b.createTable(array);
  global->setAlignment(llvm::Align(64));
  Buffer buffer;
  buffer.base = global;
  buffer.elementType = elementType;
  buffer.strides.resize(index.size());
  int64_t stride = 1;
  for (size_t axis = index.size(); axis-- > 0; stride *= shapeOf(op)[axis])
    buffer.strides[axis] = stride;
  setBuffer(op, buffer);
  return emit(op, index);
}

Value *RegionEmitter::emitDraw(RandomOp op, IndexRef index) {
  Values key;
  for (int64_t word = 0; word < 4; ++word)
    key.push_back(emit(op.getKey(), {IndexExpression(word)}));
  IndexExpression element = indices.linearise(index, shapeOf(op));
  return emitRandom(b, op, b.evaluate(element), key);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

RegionEmitter::Values RegionEmitter::emitOperation(mlir::Operation *op,
                                                   IndexRef index) {
  if (op->hasTrait<ElementwiseTrait>()) {
    Values operands;
    for (mlir::Value operand : op->getOperands())
      operands.push_back(emit(operand, index));
    b.unify(operands);
    return {emitElementwise(op, operands)};
  }
  if (auto moments = llvm::dyn_cast<MomentsOp>(op))
    return emitMoments(moments, index);
  return {
      llvm::TypeSwitch<mlir::Operation *, Value *>(op)
          .Case([&](ReshapeOp op) {
            IndexExpression position = indices.linearise(index, shapeOf(op));
            return emit(op.getInput(),
                        indices.delinearise(position, shapeOf(op.getInput())));
          })
          .Case([&](TransposeOp op) {
            Index inner(index.size());
            for (auto [part, axis] :
                 llvm::zip_equal(index, op.getPermutation()))
              inner[axis] = part;
            return emit(op.getInput(), inner);
          })
          .Case([&](ReverseOp op) {
            Index inner(index);
            for (int64_t dim : op.getDims())
              inner[dim] = IndexExpression(shapeOf(op)[dim] - 1) - index[dim];
            return emit(op.getInput(), inner);
          })
          .Case([&](BroadcastOp op) {
            Index inner;
            for (int64_t axis : otherDims(index.size(), op.getDims()))
              inner.push_back(index[axis]);
            return emit(op.getInput(), inner);
          })
          .Case([&](SliceOp op) {
            Index inner;
            for (auto [part, start, stride] :
                 llvm::zip_equal(index, op.getStart(), op.getStride()))
              inner.push_back(part * stride + start);
            return emit(op.getInput(), inner);
          })
          .Case([&](IotaOp op) {
            return emitIndexValue(index[op.getDim()],
                                  b.toType(elementTypeOf(op)));
          })
          .Case([&](ConstantOp op) { return emitConstant(op, index); })
          .Case([&](PadOp op) { return emitPad(op, index); })
          .Case([&](ConcatOp op) { return emitConcat(op, index); })
          .Case([&](GatherOp op) { return emitGather(op, index); })
          .Case([&](DynamicSliceOp op) { return emitDynamicSlice(op, index); })
          .Case([&](DynamicUpdateSliceOp op) {
            return emitDynamicUpdateSlice(op, index);
          })
          .Case([&](RandomOp op) { return emitDraw(op, index); })
          .Case<ReduceSumOp, ReduceMaxOp, ReduceMinOp>(
              [&](auto op) { return emitReduction(op, index); })
          .Case<ArgMaxOp, ArgMinOp>(
              [&](auto op) { return emitArgExtreme(op, index); })
          .Case([&](WindowArgMaxOp op) { return emitWindowArgMax(op, index); })
          .Case([&](WindowSumOp op) { return emitWindowSum(op, index); })
          .Case([&](CumsumOp op) { return emitRunningSum(op, index); })
          .Case([&](ScatterAddOp op) { return emitScatter(op, index); })
          .Case([&](DotOp op) { return emitDot(op, index); })
          .Case([&](ConvOp op) { return emitConv(op, index); })
          .Case(
              [&](ConvGradInputOp op) { return emitConvGradInput(op, index); })
          .Case([&](ConvGradWeightOp op) {
            return emitConvGradWeight(op, index);
          })};
}

static Value *emitDivision(VectorBuilder &b, Value *x, Value *y) {
  Type *type = x->getType();
  if (type->isFPOrFPVectorTy())
    return b.CreateFDiv(x, y);
  // Neither zero nor the overflow of min / -1 may trap.
  Value *zero = b.constant(type, 0), *minusOne = b.constant(type, -1);
  Value *isZero = b.CreateICmpEQ(y, zero);
  Value *isMinusOne = b.CreateICmpEQ(y, minusOne);
  Value *divisor =
      b.CreateSelect(b.CreateOr(isZero, isMinusOne), b.constant(type, 1), y);
  Value *quotient = b.CreateSDiv(x, divisor);
  quotient = b.CreateSelect(isMinusOne, b.CreateNeg(x), quotient);
  return b.CreateSelect(isZero, zero, quotient);
}

static Value *emitComparison(VectorBuilder &b, Comparison comparison, Value *x,
                             Value *y) {
  using llvm::CmpInst;
  bool isFloat = x->getType()->isFPOrFPVectorTy();
  auto predicate = [&]() -> CmpInst::Predicate {
    switch (comparison) {
    case Comparison::eq:
      return isFloat ? CmpInst::FCMP_OEQ : CmpInst::ICMP_EQ;
    case Comparison::ne:
      return isFloat ? CmpInst::FCMP_UNE : CmpInst::ICMP_NE;
    case Comparison::lt:
      return isFloat ? CmpInst::FCMP_OLT : CmpInst::ICMP_SLT;
    case Comparison::le:
      return isFloat ? CmpInst::FCMP_OLE : CmpInst::ICMP_SLE;
    case Comparison::gt:
      return isFloat ? CmpInst::FCMP_OGT : CmpInst::ICMP_SGT;
    case Comparison::ge:
      return isFloat ? CmpInst::FCMP_OGE : CmpInst::ICMP_SGE;
    }
    llvm_unreachable("all comparisons are handled");
  };
  return b.CreateCmp(predicate(), x, y);
}

static Value *emitCast(VectorBuilder &b, CastOp op, Value *x) {
  mlir::Type from = elementTypeOf(op.getInput()), to = elementTypeOf(op);
  Type *type = x->getType()->getWithNewType(b.toType(to));
  if (from == to)
    return x;
  if (to.isInteger(1)) {
    Value *zero = llvm::Constant::getNullValue(x->getType());
    return from.isF32() ? b.CreateFCmpUNE(x, zero) : b.CreateICmpNE(x, zero);
  }
  if (from.isInteger(1))
    return to.isF32() ? b.CreateUIToFP(x, type) : b.CreateZExt(x, type);
  if (to.isF32())
    return b.CreateSIToFP(x, type);
  if (from.isF32())
    return b.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {type, x->getType()},
                             {x});
  return b.CreateSExtOrTrunc(x, type);
}

static Value *emitSign(VectorBuilder &b, Value *x) {
  Type *type = x->getType();
  Value *zero = b.constant(type, 0);
  Value *y = b.CreateSelect(b.CreateFCmpOLT(x, zero), b.constant(type, -1), x);
  return b.CreateSelect(b.CreateFCmpOGT(x, zero), b.constant(type, 1), y);
}

Value *RegionEmitter::emitElementwise(mlir::Operation *op,
                                      ArrayRef<Value *> operands) {
  Value *x = operands[0];
  Value *y = operands.size() > 1 ? operands[1] : nullptr;
  bool isFloat = x->getType()->isFPOrFPVectorTy();
  namespace Intrinsic = llvm::Intrinsic;
  return llvm::TypeSwitch<mlir::Operation *, Value *>(op)
      .Case([&](AddOp) {
        return isFloat ? b.CreateFAdd(x, y) : b.CreateAdd(x, y);
      })
      .Case([&](MulOp) {
        return isFloat ? b.CreateFMul(x, y) : b.CreateMul(x, y);
      })
      .Case([&](DivOp) { return emitDivision(b, x, y); })
      .Case([&](NegOp) { return b.CreateFNeg(x); })
      .Case([&](ExpOp) { return emitExp(b, x); })
      .Case([&](LogOp) { return emitLog(b, x); })
      .Case([&](Log1pOp) { return emitLog1p(b, x); })
      .Case([&](SqrtOp) { return b.unary(Intrinsic::sqrt, x); })
      .Case([&](RsqrtOp) {
        return b.CreateFDiv(b.constant(x->getType(), 1.0),
                            b.unary(Intrinsic::sqrt, x));
      })
      .Case([&](TanhOp) { return emitTanh(b, x); })
      .Case([&](LogisticOp) { return emitLogistic(b, x); })
      .Case([&](SoftplusOp) { return emitSoftplus(b, x); })
      .Case([&](SinOp) { return emitSine(b, x); })
      .Case([&](CosOp) { return emitCosine(b, x); })
      .Case([&](ErfOp) { return emitErf(b, x); })
      .Case([&](AbsOp) { return b.unary(Intrinsic::fabs, x); })
      .Case([&](SignOp) { return emitSign(b, x); })
      .Case([&](FloorOp) { return b.unary(Intrinsic::floor, x); })
      .Case([&](CeilOp) { return b.unary(Intrinsic::ceil, x); })
      .Case([&](RoundOp) { return b.unary(Intrinsic::roundeven, x); })
      .Case([&](PowOp pow) {
        return emitPower(b, x, pow.getExponent().convertToDouble());
      })
      .Case([&](CompareOp compare) {
        return emitComparison(b, compare.getComparison(), x, y);
      })
      .Case([&](LogicalOp logical) {
        switch (logical.getKind()) {
        case LogicalKind::conjunction:
          return b.CreateAnd(x, y);
        case LogicalKind::disjunction:
          return b.CreateOr(x, y);
        case LogicalKind::exclusive:
          return b.CreateXor(x, y);
        }
        llvm_unreachable("all kinds are handled");
      })
      .Case([&](SelectOp) { return b.CreateSelect(x, y, operands[2]); })
      .Case([&](CastOp cast) { return emitCast(b, cast, x); })
      .Case<StopOp, ReverseGradientOp>([&](auto) { return x; });
}
