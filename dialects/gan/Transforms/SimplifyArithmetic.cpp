//===- SimplifyArithmetic.cpp - patterns of element-wise operations -------===//

#include "dialects/gan/Transforms/SimplifyPatterns.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;
using namespace gan;

//===----------------------------------------------------------------------===//
// Selects, as derivatives make them
//===----------------------------------------------------------------------===//

/// select(m, a, 0) + select(m, 0, b) ==> select(m, a, b): the two cotangents of
/// a select meet again where both its branches came from one value.
static LogicalResult joinSelects(AddOp op, PatternRewriter &rewriter) {
  auto first = op.getLhs().getDefiningOp<SelectOp>();
  auto second = op.getRhs().getDefiningOp<SelectOp>();
  if (!first || !second || first.getCondition() != second.getCondition())
    return rewriter.notifyMatchFailure(op, "not two selects by one condition");
  if (splatOf(first.getOnTrue()) == 0.0)
    std::swap(first, second);
  if (splatOf(first.getOnFalse()) != 0.0 || splatOf(second.getOnTrue()) != 0.0)
    return rewriter.notifyMatchFailure(op, "no zeros in opposite branches");
  rewriter.replaceOpWithNewOp<SelectOp>(op, op.getType(), first.getCondition(),
                                        first.getOnTrue(), second.getOnFalse());
  return success();
}

/// select(m, select(m, a, b), c) ==> select(m, a, c), and so for the other
/// branch.
static LogicalResult flattenSelect(SelectOp op, PatternRewriter &rewriter) {
  auto inner = [&](Value branch) {
    auto select = branch.getDefiningOp<SelectOp>();
    return select && select.getCondition() == op.getCondition() ? select
                                                                : SelectOp();
  };
  SelectOp onTrue = inner(op.getOnTrue()), onFalse = inner(op.getOnFalse());
  if (!onTrue && !onFalse)
    return rewriter.notifyMatchFailure(op, "no inner select");
  rewriter.modifyOpInPlace(op, [&] {
    if (onTrue)
      op.getOnTrueMutable().assign(onTrue.getOnTrue());
    if (onFalse)
      op.getOnFalseMutable().assign(onFalse.getOnFalse());
  });
  return success();
}

/// select(m, a, 0) * c ==> select(m, a * c, 0 * c), and so for the other
/// branch: the slope of a leaky rectifier, whose two cotangents then meet.
static LogicalResult scaleInsideSelect(MulOp op, PatternRewriter &rewriter) {
  auto select = op.getLhs().getDefiningOp<SelectOp>();
  Value factor = op.getRhs();
  if (!select) {
    select = op.getRhs().getDefiningOp<SelectOp>();
    factor = op.getLhs();
  }
  std::optional<double> number = splatOf(factor);
  if (!select || !select->hasOneUse() || !number || !std::isfinite(*number))
    return rewriter.notifyMatchFailure(op, "not a select once by a number");
  TensorBuilder b(rewriter, op.getLoc());
  auto scaled = [&](Value branch) {
    return splatOf(branch) == 0.0 ? b.constantLike(branch, 0.0 * *number)
                                  : b.mul(branch, factor);
  };
  Value onTrue = select.getOnTrue(), onFalse = select.getOnFalse();
  if (splatOf(onTrue) != 0.0 && splatOf(onFalse) != 0.0)
    return rewriter.notifyMatchFailure(op, "no branch is zero");
  rewriter.replaceOp(
      op, b.select(select.getCondition(), scaled(onTrue), scaled(onFalse)));
  return success();
}

//===----------------------------------------------------------------------===//
// Signs, powers, divisors
//===----------------------------------------------------------------------===//

/// (-a) * (-b) ==> a * b, and for a quotient.
template <typename OpTy>
static LogicalResult cancelSigns(OpTy op, PatternRewriter &rewriter) {
  auto a = op.getLhs().template getDefiningOp<NegOp>();
  auto b = op.getRhs().template getDefiningOp<NegOp>();
  if (!a || !b)
    return rewriter.notifyMatchFailure(op, "not two negated operands");
  rewriter.replaceOpWithNewOp<OpTy>(op, op.getType(), a.getInput(),
                                    b.getInput());
  return success();
}

/// x * -1 ==> -x.
static LogicalResult negateByFactor(MulOp op, PatternRewriter &rewriter) {
  for (auto [x, factor] : {std::pair{op.getLhs(), op.getRhs()},
                           std::pair{op.getRhs(), op.getLhs()}})
    if (splatOf(factor) == -1.0) {
      rewriter.replaceOpWithNewOp<NegOp>(op, op.getType(), x);
      return success();
    }
  return rewriter.notifyMatchFailure(op, "no factor of -1");
}

/// x / 2^k ==> x * 2^-k, which is the same number.
static LogicalResult multiplyByInverse(DivOp op, PatternRewriter &rewriter) {
  std::optional<double> divisor = splatOf(op.getRhs());
  int exponent = 0;
  if (!divisor || std::fabs(std::frexp(*divisor, &exponent)) != 0.5 ||
      std::abs(exponent) > 100)
    return rewriter.notifyMatchFailure(op, "not divided by a power of two");
  TensorBuilder b(rewriter, op.getLoc());
  rewriter.replaceOp(op, b.scale(op.getLhs(), 1 / *divisor));
  return success();
}

/// Small integer powers by multiplication, roots by their operations.
static LogicalResult expandPower(PowOp op, PatternRewriter &rewriter) {
  TensorBuilder b(rewriter, op.getLoc());
  Value x = op.getInput();
  double p = op.getExponent().convertToDouble();
  Value result;
  if (p == 2)
    result = b.square(x);
  else if (p == 3)
    result = b.mul(b.square(x), x);
  else if (p == 4)
    result = b.square(b.square(x));
  else if (p == -1)
    result = b.div(b.constantLike(x, 1), x);
  else if (p == 0.5)
    result = b.sqrt(x);
  else if (p == -0.5)
    result = b.rsqrt(x);
  else
    return rewriter.notifyMatchFailure(op, "no shorter form");
  rewriter.replaceOp(op, result);
  return success();
}

//===----------------------------------------------------------------------===//
// Broadcasts move behind arithmetic
//===----------------------------------------------------------------------===//

/// What a value is before it is repeated along `dims`: the operand of the
/// broadcast, or a smaller literal.
static Value beforeBroadcast(PatternRewriter &rewriter, Value value,
                             ArrayRef<int64_t> dims) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    return broadcast.getInput();
  auto type = tensorType(value);
  auto small = type.clone(shapeWithout(type.getShape(), dims));
  auto literal =
      cast<DenseElementsAttr>(value.getDefiningOp<ConstantOp>().getValue());
  return ConstantOp::create(rewriter, value.getLoc(), small,
                            literal.resizeSplat(small));
}

namespace {
/// f(broadcast(a), broadcast(b), literal) ==> broadcast(f(a, b, literal)):
/// fewer elements to compute, and sums find the broadcast.
struct ComputeBeforeBroadcast : RewritePattern {
  explicit ComputeBeforeBroadcast(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!op->hasTrait<ElementwiseTrait>())
      return rewriter.notifyMatchFailure(op, "not element-wise");
    BroadcastOp first;
    for (Value operand : op->getOperands())
      if (auto broadcast = operand.getDefiningOp<BroadcastOp>())
        first = broadcast;
    if (!first)
      return rewriter.notifyMatchFailure(op, "no broadcast operand");
    // All or nothing: ask before anything is built.
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      auto constant = operand.getDefiningOp<ConstantOp>();
      bool isSplat = constant && isa<SplatElementsAttr>(constant.getValue());
      if (!isSplat && !(broadcast && broadcast.getDims() == first.getDims()))
        return rewriter.notifyMatchFailure(op, "operands differ in dims");
    }
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(beforeBroadcast(rewriter, operand, first.getDims()));
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    auto small = type.clone(shapeWithout(type.getShape(), first.getDims()));
    Operation *inner =
        rewriter.create(op->getLoc(), op->getName().getIdentifier(), operands,
                        TypeRange(small), op->getAttrs());
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, inner->getResult(0),
                                             first.getDims());
    return success();
  }
};
} // namespace

void gan::addArithmeticPatterns(RewritePatternSet &patterns) {
  patterns.add(joinSelects);
  patterns.add(flattenSelect);
  patterns.add(scaleInsideSelect);
  patterns.add(cancelSigns<MulOp>);
  patterns.add(cancelSigns<DivOp>);
  patterns.add(negateByFactor);
  patterns.add(multiplyByInverse);
  patterns.add(expandPower);
  patterns.add<ComputeBeforeBroadcast>(patterns.getContext());
}
