//===- RegionReductions.cpp - reductions, windows, running sums -----------===//
//
// A reduction walks its axes in one fixed order. Where the wanted index is the
// same in all lanes, sixteen elements are taken at a time and the lanes
// combined in a tree at the end; else every lane reduces for itself. Sums are
// blocked, so that errors grow with the logarithm of the length.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/Reduction.h"
#include <cmath>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::Value;
using Values = RegionEmitter::Values;

//===----------------------------------------------------------------------===//
// Sum, largest, smallest
//===----------------------------------------------------------------------===//

Value *RegionEmitter::emitReduction(mlir::Operation *op, IndexRef index) {
  std::unique_ptr<Reduction> reduction = makeReduction(*this, op, index);
  ReductionWalk &walk = reduction->walk;
  Values none = reduction->identity();
  if (walk.steps() == 0)
    return none[0];
  Values result =
      reduction->reduce(b.index(0), b.index(walk.steps()), walk.steps());
  if (!walk.usesLanes)
    return result[0];
  if (int64_t tail = walk.tail()) {
    MaskScope scope(*this, b.prefixMask(tail));
    Value *element = walk.element(walk.position(walk.steps(), tail));
    element = b.CreateSelect(b.prefixMask(tail), element, none[0]);
    result = reduction->combine(result, {element});
  }
  return b.combineLanes(result[0], [&](Value *x, Value *y) {
    return reduction->combine({x}, {y})[0];
  });
}

//===----------------------------------------------------------------------===//
// The place of the largest or smallest
//===----------------------------------------------------------------------===//

Value *RegionEmitter::emitArgExtreme(mlir::Operation *op, IndexRef index) {
  int64_t dims[] = {op->getAttrOfType<mlir::IntegerAttr>("dim").getInt()};
  bool isMax = llvm::isa<ArgMaxOp>(op);
  ReductionWalk walk(*this, op->getOperand(0), dims, index);
  auto placeAt = [&](const IndexExpression &position) {
    Value *place = b.evaluate(position);
    place = b.CreateSExtOrTrunc(
        place, place->getType()->getWithNewType(b.getInt32Ty()));
    return walk.varies ? b.splat(place) : place;
  };
  IndexExpression start = walk.position(0, kLanes);
  Value *first = walk.element(start);
  Values found = b.loop(
      b.index(1), b.index(walk.steps()), 1, {first, placeAt(start)},
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

Values RegionEmitter::emitMoments(MomentsOp op, IndexRef index) {
  std::unique_ptr<Reduction> reduction = makeReduction(*this, op, index);
  ReductionWalk &walk = reduction->walk;
  Value *zero = reduction->identity()[1];
  Values sums =
      reduction->reduce(b.index(0), b.index(walk.steps()), walk.steps());
  Moments all{sums[0], sums[1], sums[2]};
  if (walk.usesLanes) {
    for (unsigned distance = kLanes / 2; distance > 0; distance /= 2)
      all = mergeMoments(b, all,
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
    all = mergeMoments(b, all,
                       {count, mean, sum(b.CreateFMul(distance, distance))});
  }
  return {all.mean, divideMoments(b, all.squares, all.count)};
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
