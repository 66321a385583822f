//===- RegionReductions.cpp - reductions, windows, running sums -----------===//
//
// A reduction walks its axes in one fixed order. Where the wanted index is the
// same in all lanes, sixteen elements are taken at a time and the lanes
// combined in a tree at the end; else every lane reduces for itself. Sums are
// blocked, so that errors grow with the logarithm of the length.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/RegionEmitter.h"
#include <cmath>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;
using Values = RegionEmitter::Values;

//===----------------------------------------------------------------------===//
// Walking the reduced axes
//===----------------------------------------------------------------------===//

/// The first memory that a value reads through element-wise operations only.
static const Buffer *firstBuffer(const RegionEmitter &emitter,
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

/// Positions along the reduced axes, in memory order where that is known.
class RegionEmitter::Walk {
public:
  Walk(RegionEmitter &emitter, mlir::Value input, ArrayRef<int64_t> dims,
       IndexRef kept)
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
    varies = llvm::any_of(kept, [](const IndexExpression &part) {
      return part.variesOverLanes();
    });
    usesLanes = !varies && length >= kLanes;
  }

  /// The operand's element at a position.
  Value *element(const IndexExpression &position) {
    Index parts = emitter.indices.delinearise(position, extents);
    Index reduced(dims.size());
    for (auto [place, part] : llvm::zip_equal(order, parts))
      reduced[place] = part;
    Value *value = emitter.emit(input, insertReduced(kept, reduced, dims));
    return varies || usesLanes ? emitter.b.splat(value) : value;
  }

  /// What one step takes: a whole vector, or one element of every lane.
  int64_t steps() const { return usesLanes ? length / kLanes : length; }
  int64_t tail() const { return usesLanes ? length % kLanes : 0; }
  IndexExpression position(const IndexExpression &step, int64_t active) {
    if (!usesLanes)
      return step;
    return step * kLanes + emitter.indices.makeLane(active);
  }

  RegionEmitter &emitter;
  mlir::Value input;
  ArrayRef<int64_t> dims;
  IndexRef kept;
  SmallVector<int64_t> order, extents;
  int64_t length = 1;
  bool varies, usesLanes;
};

namespace {
/// Splits a long walk into blocks of blocks, and combines their results in
/// order.
struct BlockedLoop {
  RegionEmitter &emitter;
  int64_t steps, block;
  /// Reduces the steps from `low` to below `high`.
  llvm::function_ref<Values(Value *low, Value *high)> reduce;
  llvm::function_ref<Values(ArrayRef<Value *>, ArrayRef<Value *>)> combine;
  ArrayRef<Value *> identity;

  Values run() {
    VectorBuilder &b = emitter.b;
    int64_t size = block;
    while (size < steps)
      size *= block;
    return run(b.getInt64(0), b.getInt64(steps), size);
  }

  Values run(Value *low, Value *high, int64_t size) {
    VectorBuilder &b = emitter.b;
    if (size == block)
      return reduce(low, high);
    int64_t part = size / block;
    return b.loop(low, high, part, identity,
                  [&](Value *start, ArrayRef<Value *> carried) {
                    RegionEmitter::Scope scope(emitter);
                    Value *end = b.CreateAdd(start, b.getInt64(part));
                    if (steps % part != 0)
                      end = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, end,
                                                    high);
                    return combine(carried, run(start, end, part));
                  });
  }
};
} // namespace

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

Value *RegionEmitter::emitReduction(mlir::Operation *op, IndexRef index) {
  auto dims = op->getAttrOfType<mlir::DenseI64ArrayAttr>("dims").asArrayRef();
  Walk walk(*this, op->getOperand(0), dims, index);
  llvm::Type *type = b.toType(elementTypeOf(op->getResult(0)));
  if (walk.varies || walk.usesLanes)
    type = b.toVector(type);
  Value *identity = identityOf(op, type);
  auto reduce = [&](Value *low, Value *high) {
    return b.loop(low, high, 1, {identity},
                  [&](Value *variable, ArrayRef<Value *> carried) {
                    Scope scope(*this);
                    IndexExpression step =
                        indices.makeVariable(walk.steps(), variable);
                    Value *element = walk.element(walk.position(step, kLanes));
                    return Values{combineTwo(b, op, carried[0], element)};
                  });
  };
  auto combine = [&](ArrayRef<Value *> x, ArrayRef<Value *> y) {
    return Values{combineTwo(b, op, x[0], y[0])};
  };
  if (walk.steps() == 0)
    return identity;
  Value *result =
      BlockedLoop{*this, walk.steps(), 64, reduce, combine, {identity}}
          .run()[0];
  if (!walk.usesLanes)
    return result;
  if (int64_t tail = walk.tail()) {
    MaskScope scope(*this, b.prefixMask(tail));
    Value *element = walk.element(walk.position(walk.steps(), tail));
    element = b.CreateSelect(b.prefixMask(tail), element, identity);
    result = combineTwo(b, op, result, element);
  }
  return b.combineLanes(
      result, [&](Value *x, Value *y) { return combineTwo(b, op, x, y); });
}

//===----------------------------------------------------------------------===//
// The place of the largest or smallest
//===----------------------------------------------------------------------===//

Value *RegionEmitter::emitArgExtreme(mlir::Operation *op, IndexRef index) {
  int64_t dims[] = {op->getAttrOfType<mlir::IntegerAttr>("dim").getInt()};
  bool isMax = llvm::isa<ArgMaxOp>(op);
  Walk walk(*this, op->getOperand(0), dims, index);
  auto placeAt = [&](const IndexExpression &position) {
    Value *place = b.evaluate(position);
    place = b.CreateSExtOrTrunc(
        place, place->getType()->getWithNewType(b.getInt32Ty()));
    return walk.varies ? b.splat(place) : place;
  };
  IndexExpression start = walk.position(0, kLanes);
  Value *first = walk.element(start);
  Values found = b.loop(
      b.getInt64(1), b.getInt64(walk.steps()), 1, {first, placeAt(start)},
      [&](Value *variable, ArrayRef<Value *> carried) {
        Scope scope(*this);
        IndexExpression position =
            walk.position(indices.makeVariable(walk.steps(), variable), kLanes);
        Value *element = walk.element(position);
        Value *wins = emitWins(b, isMax, element, carried[0]);
        return Values{b.CreateSelect(wins, element, carried[0]),
                      b.CreateSelect(wins, placeAt(position), carried[1])};
      });
  if (int64_t tail = walk.tail()) {
    MaskScope scope(*this, b.prefixMask(tail));
    IndexExpression position = walk.position(walk.steps(), tail);
    Value *element = walk.element(position);
    Value *wins =
        b.CreateAnd(b.prefixMask(tail), emitWins(b, isMax, element, found[0]));
    found = {b.CreateSelect(wins, element, found[0]),
             b.CreateSelect(wins, placeAt(position), found[1])};
  }
  if (walk.usesLanes) {
    // Of lanes with equal elements the lower place wins.
    for (unsigned distance = kLanes / 2; distance > 0; distance /= 2) {
      Value *element = b.shiftLanes(found[0], distance);
      Value *place = b.shiftLanes(found[1], distance);
      Value *wins = b.CreateOr(
          emitWins(b, isMax, element, found[0]),
          b.CreateAnd(b.CreateNot(emitWins(b, isMax, found[0], element)),
                      b.CreateICmpSLT(place, found[1])));
      found = {b.CreateSelect(wins, element, found[0]),
               b.CreateSelect(wins, place, found[1])};
    }
    for (Value *&vector : found)
      vector = b.CreateExtractElement(vector, uint64_t(0));
  }
  bindFound(op, index, found[0]);
  return found[1];
}

//===----------------------------------------------------------------------===//
// Moments
//===----------------------------------------------------------------------===//

namespace {
/// A count, a mean, and the sum of squared distances from it.
struct Moments {
  Value *count, *mean, *squares;
};
} // namespace

static Moments merge(VectorBuilder &b, Moments x, Moments y) {
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

static Value *divide(VectorBuilder &b, Value *x, Value *y) {
  Value *operands[] = {x, y};
  b.unify(operands);
  return b.CreateFDiv(operands[0], operands[1]);
}

Values RegionEmitter::emitMoments(MomentsOp op, IndexRef index) {
  Walk walk(*this, op.getInput(), op.getDims(), index);
  llvm::Type *type = b.getFloatTy();
  if (walk.varies || walk.usesLanes)
    type = b.toVector(type);
  Value *zero = llvm::Constant::getNullValue(type);
  Value *none = llvm::Constant::getNullValue(b.getFloatTy());

  // Distances are taken from a block's first element, which bounds what cancels
  // by the block's length.
  auto reduce = [&](Value *low, Value *high) -> Values {
    Value *first;
    {
      Scope scope(*this);
      first = walk.element(
          walk.position(indices.makeVariable(walk.steps(), low), kLanes));
    }
    Values sums =
        b.loop(low, high, 1, {zero, zero},
               [&](Value *variable, ArrayRef<Value *> carried) {
                 Scope scope(*this);
                 IndexExpression step =
                     indices.makeVariable(walk.steps(), variable);
                 Value *element = walk.element(walk.position(step, kLanes));
                 Value *distance = b.CreateFSub(element, first);
                 return Values{b.CreateFAdd(carried[0], distance),
                               b.multiplyAdd(distance, distance, carried[1])};
               });
    Value *count = b.CreateSIToFP(b.CreateSub(high, low), b.getFloatTy());
    Value *shift = divide(b, sums[0], count);
    Value *squares = b.CreateFSub(sums[1], b.CreateFMul(sums[0], shift));
    squares = b.CreateSelect(b.CreateFCmpOLT(squares, zero), zero, squares);
    return {count, b.CreateFAdd(first, shift), squares};
  };
  auto combine = [&](ArrayRef<Value *> x, ArrayRef<Value *> y) -> Values {
    Moments both = merge(b, {x[0], x[1], x[2]}, {y[0], y[1], y[2]});
    return {both.count, both.mean, both.squares};
  };
  Values sums =
      BlockedLoop{*this, walk.steps(), 32, reduce, combine, {none, zero, zero}}
          .run();
  Moments all{sums[0], sums[1], sums[2]};
  if (walk.usesLanes) {
    for (unsigned distance = kLanes / 2; distance > 0; distance /= 2)
      all = merge(b, all,
                  {all.count, b.shiftLanes(all.mean, distance),
                   b.shiftLanes(all.squares, distance)});
    all.mean = b.CreateExtractElement(all.mean, uint64_t(0));
    all.squares = b.CreateExtractElement(all.squares, uint64_t(0));
  }
  if (int64_t tail = walk.tail()) {
    Value *active = b.prefixMask(tail);
    MaskScope scope(*this, active);
    Value *element = walk.element(walk.position(walk.steps(), tail));
    Value *count = b.constant(b.getFloatTy(), tail);
    auto sum = [&](Value *vector) {
      return b.combineLanes(
          b.CreateSelect(active, vector, zero),
          [&](Value *x, Value *y) { return b.CreateFAdd(x, y); });
    };
    Value *mean = b.CreateFDiv(sum(element), count);
    Value *distance = b.CreateFSub(element, b.splat(mean));
    all = merge(b, all, {count, mean, sum(b.CreateFMul(distance, distance))});
  }
  return {all.mean, divide(b, all.squares, all.count)};
}

//===----------------------------------------------------------------------===//
// Windows, running sums, scatter
//===----------------------------------------------------------------------===//

/// The sum of `count` terms, one after the other.
static Value *
sumInOrder(RegionEmitter &emitter, llvm::Type *type, IndexRef index,
           int64_t count,
           llvm::function_ref<Value *(const IndexExpression &)> term) {
  VectorBuilder &b = emitter.b;
  bool varies = llvm::any_of(index, [](const IndexExpression &part) {
    return part.variesOverLanes();
  });
  Value *zero = llvm::Constant::getNullValue(varies ? b.toVector(type) : type);
  return emitter.emitLoop(
      count, {zero},
      [&](const IndexExpression &position, ArrayRef<Value *> carried) {
        Value *next = term(position);
        if (varies)
          next = b.splat(next);
        return Values{b.CreateFAdd(carried[0], next)};
      })[0];
}

Value *RegionEmitter::emitWindowSum(WindowSumOp op, IndexRef index) {
  int64_t count = 1;
  for (int64_t extent : op.getWindow())
    count *= extent;
  return sumInOrder(*this, b.getFloatTy(), index, count,
                    [&](const IndexExpression &position) {
                      Index tap = indices.delinearise(position, op.getWindow());
                      Index inner;
                      for (auto [part, stride, offset] :
                           llvm::zip_equal(index, op.getStride(), tap))
                        inner.push_back(part * stride + offset);
                      return emit(op.getInput(), inner);
                    });
}

Value *RegionEmitter::emitRunningSum(CumsumOp op, IndexRef index) {
  int64_t dim = op.getDim();
  return sumInOrder(*this, b.getFloatTy(), index, shapeOf(op)[dim],
                    [&](const IndexExpression &position) {
                      Index inner(index);
                      inner[dim] = position;
                      Value *element = emit(op.getInput(), inner);
                      Value *distance = b.evaluate(index[dim] - position);
                      Value *isBefore = b.CreateICmpSGE(
                          distance, b.constant(distance->getType(), 0));
                      Value *operands[] = {isBefore, element};
                      b.unify(operands);
                      return b.CreateSelect(
                          operands[0], operands[1],
                          llvm::Constant::getNullValue(operands[1]->getType()));
                    });
}

Value *RegionEmitter::emitScatter(ScatterAddOp op, IndexRef index) {
  int64_t dim = op.getDim();
  ArrayRef<int64_t> places = shapeOf(op.getIndex());
  int64_t count = 1;
  for (int64_t extent : places)
    count *= extent;
  Value *base = emit(op.getBase(), index);
  bool varies = llvm::any_of(index, [](const IndexExpression &part) {
    return part.variesOverLanes();
  });
  if (varies)
    base = b.splat(base);
  return emitLoop(
      count, {base},
      [&](const IndexExpression &position, ArrayRef<Value *> carried) {
        Index place = indices.delinearise(position, places);
        Value *chosen = emit(op.getIndex(), place);
        Index inner(index.take_front(dim));
        inner.append(place);
        inner.append(index.begin() + dim + 1, index.end());
        Value *update = emit(op.getUpdates(), inner);
        Value *own = b.evaluate(index[dim]);
        Value *isHere;
        if (VectorBuilder::isVector(own))
          isHere = b.CreateICmpEQ(
              own, b.splat(b.CreateSExtOrTrunc(
                       chosen, own->getType()->getScalarType())));
        else
          isHere = b.CreateICmpEQ(own, b.CreateSExt(chosen, own->getType()));
        Value *operands[] = {isHere, update, carried[0]};
        b.unify(operands);
        Value *sum = b.CreateFAdd(operands[2], operands[1]);
        return Values{b.CreateSelect(operands[0], sum, operands[2])};
      })[0];
}
