//===- RegionSearches.cpp - the place of the largest element --------------===//
//
// A search carries the best element beside its place, so that a gather by that
// place has its value without reading again.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/RegionEmitter.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::Value;
using Values = RegionEmitter::Values;

/// Windows of more taps are loops.
constexpr int64_t kMostUnrolled = 32;

Value *gan::codegen::emitWins(VectorBuilder &b, bool isMax, Value *y,
                              Value *x) {
  if (!x->getType()->isFPOrFPVectorTy())
    return isMax ? b.CreateICmpSGT(y, x) : b.CreateICmpSLT(y, x);
  Value *isBetter = isMax ? b.CreateFCmpUGT(y, x) : b.CreateFCmpULT(y, x);
  return b.CreateAnd(isBetter, b.CreateFCmpORD(x, x));
}

static mlir::Value withoutReshapes(mlir::Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getInput();
  return value;
}

/// Binds what gathers by the place that a search has found take there.
void RegionEmitter::bindFound(mlir::Operation *search, IndexRef index,
                              Value *found) {
  mlir::Value input = search->getOperand(0);
  int64_t rank = shapeOf(input).size(), searched = 1;
  if (auto window = llvm::dyn_cast<WindowArgMaxOp>(search))
    searched = window.getWindow().size();
  else if (search->getAttrOfType<mlir::IntegerAttr>("dim").getInt() != rank - 1)
    return;
  for (mlir::OpOperand &use : search->getUses())
    if (auto gather = llvm::dyn_cast<GatherOp>(use.getOwner());
        gather && gather.takesElements() &&
        int64_t(gather.getBatch()) == rank - searched &&
        withoutReshapes(gather.getInput()) == withoutReshapes(input))
      bind(gather, index, found);
}

Value *RegionEmitter::emitWindowArgMax(WindowArgMaxOp op, IndexRef index) {
  ArrayRef<int64_t> window = op.getWindow();
  size_t outer = index.size() - window.size();
  ArrayRef<int64_t> space = shapeOf(op.getInput()).drop_front(outer);
  bool varies = llvm::any_of(index, [](const IndexExpression &part) {
    return part.variesOverLanes();
  });
  auto everywhere = [&](Value *value) {
    return varies ? b.splat(value) : value;
  };
  int64_t count = 1;
  for (int64_t extent : window)
    count *= extent;

  bool hasOne = false; // whichever way the search went
  auto tryTap = [&](IndexRef tap, ArrayRef<Value *> carried) -> Values {
    llvm::SmallVector<Guard> guards;
    Index inner(index.take_front(outer));
    for (size_t i = 0; i < window.size(); ++i) {
      inner.push_back(index[outer + i] * op.getStride()[i] +
                      tap[i] * op.getDilation()[i] - op.getLow()[i]);
      guards.push_back({inner.back(), {0, space[i] - 1}});
    }
    auto [uniform, varying, isNever] = emitConditions(guards, op.getInput());
    if (isNever)
      return Values(carried);
    auto inside = [&, varying = varying]() -> Values {
      MaskScope scope(*this, varying);
      Value *element = everywhere(emit(op.getInput(), inner));
      Value *place = b.evaluate(
          indices.linearise(IndexRef(inner).drop_front(outer), space));
      place = everywhere(b.CreateSExtOrTrunc(
          place, place->getType()->getWithNewType(b.getInt32Ty())));
      Value *wins = emitWins(b, /*isMax=*/true, element, carried[0]);
      if (!hasOne)
        wins = b.CreateOr(
            wins,
            b.CreateICmpSLT(carried[1], b.constant(carried[1]->getType(), 0)));
      if (varying)
        wins = b.CreateAnd(wins, varying);
      return {b.CreateSelect(wins, element, carried[0]),
              b.CreateSelect(wins, place, carried[1])};
    };
    if (uniform)
      return b.branch(uniform, inside, [&] { return Values(carried); });
    Values found = inside();
    hasOne |= !varying;
    return found;
  };

  Values found = {
      everywhere(llvm::ConstantFP::getInfinity(b.getFloatTy(), true)),
      everywhere(b.getInt32(-1))};
  if (count <= kMostUnrolled) {
    for (int64_t tap = 0; tap < count; ++tap)
      found = tryTap(indices.delinearise(tap, window), found);
  } else {
    found =
        emitLoop(count, found,
                 [&](const IndexExpression &tap, ArrayRef<Value *> carried) {
                   hasOne = false;
                   return tryTap(indices.delinearise(tap, window), carried);
                 });
  }
  bindFound(op, index, found[0]);
  return found[1];
}
