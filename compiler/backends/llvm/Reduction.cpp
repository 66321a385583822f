//===- Reduction.cpp - reductions as partial results ----------------------===//

#include "compiler/backends/llvm/Reduction.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;
using Values = RegionEmitter::Values;

//===----------------------------------------------------------------------===//
// Walking the reduced axes
//===----------------------------------------------------------------------===//

const Buffer *gan::codegen::firstBuffer(const RegionEmitter &emitter,
                                        mlir::Value value) {
  if (const Buffer *buffer = emitter.getBuffer(value))
    return buffer;
  mlir::Operation *op = value.getDefiningOp();
  if (!op || !op->hasTrait<ElementwiseTrait>())
    return nullptr;
  for (mlir::Value operand : op->getOperands())
    if (const Buffer *buffer = firstBuffer(emitter, operand))
      return buffer;
  return nullptr;
}

ReductionWalk::ReductionWalk(RegionEmitter &emitter, mlir::Value input,
                             ArrayRef<int64_t> dims, IndexRef kept)
    : emitter(emitter), input(input), dims(dims), kept(kept) {
  order = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
  if (const Buffer *buffer = firstBuffer(emitter, input))
    llvm::sort(order, [&](int64_t a, int64_t b) {
      return std::make_pair(-buffer->strides[dims[a]], a) <
             std::make_pair(-buffer->strides[dims[b]], b);
    });
  for (int64_t place : order)
    extents.push_back(shapeOf(input)[dims[place]]);
  for (int64_t extent : extents)
    length *= extent;
  varies = llvm::any_of(
      kept, [](const IndexExpression &part) { return part.variesOverLanes(); });
  usesLanes = !emitter.b.isThread() && !varies && length >= kLanes;
}

Value *ReductionWalk::element(const IndexExpression &position) {
  Index parts = emitter.indices.delinearise(position, extents);
  Index reduced(dims.size());
  for (auto [place, part] : llvm::zip_equal(order, parts))
    reduced[place] = part;
  Value *value = emitter.emit(input, insertReduced(kept, reduced, dims));
  return varies || usesLanes ? emitter.b.splat(value) : value;
}

IndexExpression ReductionWalk::position(const IndexExpression &step,
                                        int64_t active) {
  if (stride > 1)
    return emitter.indices.makeVariable(
        length, emitter.b.evaluate(first + step * stride));
  if (!usesLanes)
    return step;
  return step * kLanes + emitter.indices.makeLane(active);
}

//===----------------------------------------------------------------------===//
// Blocks of blocks
//===----------------------------------------------------------------------===//

Reduction::Reduction(RegionEmitter &emitter, mlir::Operation *op, IndexRef kept,
                     int64_t block)
    : walk(emitter, op->getOperand(0),
           op->getAttrOfType<mlir::DenseI64ArrayAttr>("dims").asArrayRef(),
           kept),
      emitter(emitter), b(emitter.b), op(op), block(block) {}

llvm::Type *Reduction::carriedType(mlir::Type elementType) {
  llvm::Type *type = b.toType(elementType);
  return walk.varies || walk.usesLanes ? b.toVector(type) : type;
}

Values Reduction::reduce(Value *low, Value *high, int64_t most) {
  int64_t size = block;
  while (size < most)
    size *= block;
  return reduce(low, high, most, size, !llvm::isa<llvm::Constant>(high));
}

Values Reduction::reduce(Value *low, Value *high, int64_t most, int64_t size,
                         bool mayBeShorter) {
  if (size == block)
    return reduceBlock(low, high);
  int64_t part = size / block;
  return b.loop(
      low, high, part, identity(),
      [&](Value *start, ArrayRef<Value *> carried) {
        RegionEmitter::Scope scope(emitter);
        Value *end = b.CreateAdd(start, b.index(part));
        if (mayBeShorter || most % part != 0)
          end = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, end, high);
        return combine(carried, reduce(start, end, most, part, mayBeShorter));
      });
}

//===----------------------------------------------------------------------===//
// Sum, largest, smallest
//===----------------------------------------------------------------------===//

static llvm::Constant *identityOf(mlir::Operation *op, llvm::Type *type) {
  bool isFloat = type->isFPOrFPVectorTy();
  if (llvm::isa<ReduceSumOp>(op))
    return llvm::Constant::getNullValue(type);
  bool isMax = llvm::isa<ReduceMaxOp>(op);
  if (isFloat)
    return llvm::ConstantFP::getInfinity(type, /*Negative=*/isMax);
  unsigned width = type->getScalarSizeInBits();
  return llvm::ConstantInt::get(type,
                                isMax ? llvm::APInt::getSignedMinValue(width)
                                      : llvm::APInt::getSignedMaxValue(width));
}

static Value *combineTwo(VectorBuilder &b, mlir::Operation *op, Value *x,
                         Value *y) {
  bool isFloat = x->getType()->isFPOrFPVectorTy();
  if (llvm::isa<ReduceSumOp>(op))
    return isFloat ? b.CreateFAdd(x, y) : b.CreateAdd(x, y);
  bool isMax = llvm::isa<ReduceMaxOp>(op);
  if (!isFloat)
    return b.CreateBinaryIntrinsic(
        isMax ? llvm::Intrinsic::smax : llvm::Intrinsic::smin, x, y);
  // A NaN on either side stays.
  Value *takeY = isMax ? b.CreateFCmpOGT(y, x) : b.CreateFCmpOLT(y, x);
  return b.CreateSelect(b.CreateOr(takeY, b.CreateFCmpUNO(y, y)), y, x);
}

namespace {
class ExtremeOrSum : public Reduction {
public:
  ExtremeOrSum(RegionEmitter &emitter, mlir::Operation *op, IndexRef kept)
      : Reduction(emitter, op, kept, /*block=*/64),
        none(identityOf(op, carriedType(elementTypeOf(op->getResult(0))))) {}

  Values identity() const override { return {none}; }
  Values combine(ArrayRef<Value *> x, ArrayRef<Value *> y) override {
    return {combineTwo(b, op, x[0], y[0])};
  }

private:
  Values reduceBlock(Value *low, Value *high) override {
    return b.loop(low, high, 1, {none},
                  [&](Value *variable, ArrayRef<Value *> carried) {
                    RegionEmitter::Scope scope(emitter);
                    IndexExpression step =
                        emitter.indices.makeVariable(walk.steps(), variable);
                    Value *element = walk.element(walk.position(step, kLanes));
                    return combine(carried, {element});
                  });
  }

  llvm::Constant *none;
};
} // namespace

//===----------------------------------------------------------------------===//
// Moments
//===----------------------------------------------------------------------===//

Moments gan::codegen::mergeMoments(VectorBuilder &b, Moments x, Moments y) {
  Value *count = b.CreateFAdd(x.count, y.count);
  Value *weight = b.CreateFDiv(y.count, count);
  Value *both = b.CreateFMul(x.count, weight);
  Value *distance = b.CreateFSub(y.mean, x.mean);
  Value *mean = b.multiplyAdd(distance, weight, x.mean);
  Value *between = b.CreateFMul(distance, distance);
  Value *operands[] = {between, both};
  b.unify(operands);
  Value *squares = b.CreateFAdd(
      x.squares, b.multiplyAdd(operands[0], operands[1], y.squares));
  return {count, mean, squares};
}

Value *gan::codegen::divideMoments(VectorBuilder &b, Value *x, Value *y) {
  Value *operands[] = {x, y};
  b.unify(operands);
  return b.CreateFDiv(operands[0], operands[1]);
}

namespace {
class MomentsReduction : public Reduction {
public:
  MomentsReduction(RegionEmitter &emitter, mlir::Operation *op, IndexRef kept)
      : Reduction(emitter, op, kept, /*block=*/32),
        zero(llvm::Constant::getNullValue(
            carriedType(elementTypeOf(op->getResult(0))))) {}

  Values identity() const override {
    return {llvm::Constant::getNullValue(b.getFloatTy()), zero, zero};
  }
  Values combine(ArrayRef<Value *> x, ArrayRef<Value *> y) override {
    Moments both = mergeMoments(b, {x[0], x[1], x[2]}, {y[0], y[1], y[2]});
    return {both.count, both.mean, both.squares};
  }
  Values finish(ArrayRef<Value *> all) override {
    return {all[1], divideMoments(b, all[2], all[0])};
  }

private:
  // Distances are taken from a block's first element, which bounds what cancels
  // by the block's length.
  Values reduceBlock(Value *low, Value *high) override {
    auto elementAt = [&](Value *step) {
      return walk.element(walk.position(
          emitter.indices.makeVariable(walk.steps(), step), kLanes));
    };
    Value *first;
    {
      RegionEmitter::Scope scope(emitter);
      first = elementAt(low);
    }
    Values sums =
        b.loop(low, high, 1, {zero, zero},
               [&](Value *variable, ArrayRef<Value *> carried) {
                 RegionEmitter::Scope scope(emitter);
                 Value *distance = b.CreateFSub(elementAt(variable), first);
                 return Values{b.CreateFAdd(carried[0], distance),
                               b.multiplyAdd(distance, distance, carried[1])};
               });
    Value *count = b.CreateSIToFP(b.CreateSub(high, low), b.getFloatTy());
    Value *shift = divideMoments(b, sums[0], count);
    Value *squares = b.CreateFSub(sums[1], b.CreateFMul(sums[0], shift));
    squares = b.CreateSelect(b.CreateFCmpOLT(squares, zero), zero, squares);
    return {count, b.CreateFAdd(first, shift), squares};
  }

  llvm::Constant *zero;
};
} // namespace

std::unique_ptr<Reduction> gan::codegen::makeReduction(RegionEmitter &emitter,
                                                       mlir::Operation *op,
                                                       IndexRef kept) {
  if (llvm::isa<ReduceSumOp, ReduceMaxOp, ReduceMinOp>(op))
    return std::make_unique<ExtremeOrSum>(emitter, op, kept);
  if (llvm::isa<MomentsOp>(op))
    return std::make_unique<MomentsReduction>(emitter, op, kept);
  return nullptr;
}
