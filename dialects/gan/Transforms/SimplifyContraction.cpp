//===- SimplifyContraction.cpp - patterns of dot and convolutions ---------===//

#include "dialects/gan/Transforms/SimplifyPatterns.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace gan;

/// One operand of a dot and the roles of its axes.
namespace {
struct DotSide {
  Value value;
  SmallVector<int64_t> batch, contract;

  SmallVector<int64_t> freeDims() const {
    SmallVector<int64_t> used(batch);
    used.append(contract);
    return otherDims(tensorType(value).getRank(), used);
  }

  /// Goes through a transpose that leaves the free axes in order.
  bool absorbTranspose() {
    auto transpose = value.getDefiningOp<TransposeOp>();
    if (!transpose)
      return false;
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    auto inner = [&](ArrayRef<int64_t> dims) {
      return llvm::map_to_vector(dims,
                                 [&](int64_t dim) { return permutation[dim]; });
    };
    if (!llvm::is_sorted(inner(freeDims())))
      return false;
    batch = SmallVector<int64_t>(inner(batch));
    contract = SmallVector<int64_t>(inner(contract));
    value = transpose.getInput();
    return true;
  }
};
} // namespace

/// dot(transpose(a), b) ==> dot(a, b) with other axes.
static LogicalResult dotOfTranspose(DotOp op, PatternRewriter &rewriter) {
  DotSide lhs{op.getLhs(), SmallVector<int64_t>(op.getLhsBatch()),
              SmallVector<int64_t>(op.getLhsContract())};
  DotSide rhs{op.getRhs(), SmallVector<int64_t>(op.getRhsBatch()),
              SmallVector<int64_t>(op.getRhsContract())};
  bool isLhs = lhs.absorbTranspose(), isRhs = rhs.absorbTranspose();
  if (!isLhs && !isRhs)
    return rewriter.notifyMatchFailure(op, "no transpose to take in");
  rewriter.replaceOpWithNewOp<DotOp>(op, lhs.value, rhs.value, lhs.batch,
                                     rhs.batch, lhs.contract, rhs.contract);
  return success();
}

/// transpose(dot(a, b)) that exchanges the two groups of free axes ==> dot(b,
/// a).
static LogicalResult transposeOfDot(TransposeOp op, PatternRewriter &rewriter) {
  auto dot = op.getInput().getDefiningOp<DotOp>();
  if (!dot || !dot->hasOneUse())
    return rewriter.notifyMatchFailure(op, "not of a dot used once");
  DotSide lhs{dot.getLhs(), SmallVector<int64_t>(dot.getLhsBatch()),
              SmallVector<int64_t>(dot.getLhsContract())};
  int64_t rank = tensorType(op.getResult()).getRank();
  int64_t batches = lhs.batch.size(), lefts = lhs.freeDims().size();
  SmallVector<int64_t> exchanged;
  for (auto [begin, end] :
       {std::pair{int64_t(0), batches}, std::pair{batches + lefts, rank},
        std::pair{batches, batches + lefts}})
    llvm::append_range(exchanged, llvm::seq<int64_t>(begin, end));
  if (op.getPermutation() != ArrayRef(exchanged))
    return rewriter.notifyMatchFailure(op, "does not exchange the operands");
  rewriter.replaceOpWithNewOp<DotOp>(
      op, dot.getRhs(), dot.getLhs(), dot.getRhsBatch(), dot.getLhsBatch(),
      dot.getRhsContract(), dot.getLhsContract());
  return success();
}

//===----------------------------------------------------------------------===//
// Convolutions with one output position
//===----------------------------------------------------------------------===//

/// Whether one output position meets every input position with its own tap, and
/// nothing else.
static bool meetsEachTapOnce(Value input, Value weight, Value output,
                             GeometryAttr geometry) {
  ArrayRef<int64_t> in = tensorType(input).getShape().drop_front(2);
  ArrayRef<int64_t> kernel = tensorType(weight).getShape().drop_front(2);
  ArrayRef<int64_t> out = tensorType(output).getShape().drop_front(2);
  auto isZero = [](int64_t number) { return number == 0; };
  return geometry.getGroups() == 1 && in == kernel &&
         llvm::all_of(out, [](int64_t extent) { return extent == 1; }) &&
         llvm::all_of(geometry.getLow(), isZero) &&
         llvm::all_of(geometry.getDilation(),
                      [](int64_t step) { return step == 1; });
}

/// Without its space axes, all of length 1.
static Value dropSpace(Value value, PatternRewriter &rewriter) {
  RankedTensorType type = tensorType(value);
  return ReshapeOp::create(rewriter, value.getLoc(),
                           type.clone(type.getShape().take_front(2)), value);
}

/// y[n, m] = sum over c, k of x[n, c, k] * w[m, c, k].
static LogicalResult convToDot(ConvOp op, PatternRewriter &rewriter) {
  if (!meetsEachTapOnce(op.getInput(), op.getWeight(), op.getResult(),
                        op.getGeometry()))
    return rewriter.notifyMatchFailure(op, "several positions or taps unmet");
  auto summed = llvm::to_vector(
      llvm::seq<int64_t>(1, tensorType(op.getInput()).getRank()));
  auto dot =
      DotOp::create(rewriter, op.getLoc(), op.getInput(), op.getWeight(),
                    ArrayRef<int64_t>(), ArrayRef<int64_t>(), summed, summed);
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), dot.getResult());
  return success();
}

/// x[n, c, k] = sum over m of y[n, m] * w[m, c, k].
static LogicalResult convGradInputToDot(ConvGradInputOp op,
                                        PatternRewriter &rewriter) {
  if (!meetsEachTapOnce(op.getResult(), op.getWeight(), op.getOutput(),
                        op.getGeometry()))
    return rewriter.notifyMatchFailure(op, "several positions or taps unmet");
  int64_t left[] = {1}, right[] = {0};
  rewriter.replaceOpWithNewOp<DotOp>(op, dropSpace(op.getOutput(), rewriter),
                                     op.getWeight(), ArrayRef<int64_t>(),
                                     ArrayRef<int64_t>(), left, right);
  return success();
}

/// w[m, c, k] = sum over n of y[n, m] * x[n, c, k].
static LogicalResult convGradWeightToDot(ConvGradWeightOp op,
                                         PatternRewriter &rewriter) {
  if (!meetsEachTapOnce(op.getInput(), op.getResult(), op.getOutput(),
                        op.getGeometry()))
    return rewriter.notifyMatchFailure(op, "several positions or taps unmet");
  int64_t batch[] = {0};
  rewriter.replaceOpWithNewOp<DotOp>(op, dropSpace(op.getOutput(), rewriter),
                                     op.getInput(), ArrayRef<int64_t>(),
                                     ArrayRef<int64_t>(), batch, batch);
  return success();
}

//===----------------------------------------------------------------------===//
// Convolutions of which some positions count
//===----------------------------------------------------------------------===//

/// The geometry of the positions first, first + step, … of a convolution, as
/// many as `output` has: it starts further inside, steps further and ends
/// earlier, as far as padding leaves room for that; else none.
static GeometryAttr takePositions(GeometryAttr geometry, Value input,
                                  Value weight, Value output,
                                  ArrayRef<int64_t> first,
                                  ArrayRef<int64_t> step) {
  auto spaceOf = [](Value value) {
    return tensorType(value).getShape().drop_front(2);
  };
  SmallVector<int64_t> stride, low, high;
  for (size_t i = 0; i < geometry.getStride().size(); ++i) {
    int64_t own = geometry.getStride()[i], count = spaceOf(output)[i];
    stride.push_back(own * step[2 + i]);
    low.push_back(geometry.getLow()[i] - first[2 + i] * own);
    // What the last position needs behind the input.
    int64_t needed = (count - 1) * stride.back() +
                     (spaceOf(weight)[i] - 1) * geometry.getDilation()[i] + 1 -
                     spaceOf(input)[i] - low.back();
    high.push_back(std::max<int64_t>(needed, 0));
    if (count == 0 || low.back() < 0 || high.back() - needed >= stride.back())
      return nullptr;
  }
  return GeometryAttr::get(geometry.getContext(), stride,
                           geometry.getDilation(), low, high,
                           geometry.getGroups());
}

static bool haveSameChannels(Value a, Value b) {
  return tensorType(a).getShape().take_front(2) ==
         tensorType(b).getShape().take_front(2);
}

/// A slice of a convolution ==> a convolution of what is left.
static LogicalResult sliceOfConv(SliceOp op, PatternRewriter &rewriter) {
  auto conv = op.getInput().getDefiningOp<ConvOp>();
  if (!conv || !conv->hasOneUse() || !haveSameChannels(conv, op))
    return rewriter.notifyMatchFailure(op, "not of a convolution used once");
  GeometryAttr geometry =
      takePositions(conv.getGeometry(), conv.getInput(), conv.getWeight(),
                    op.getResult(), op.getStart(), op.getStride());
  if (!geometry)
    return rewriter.notifyMatchFailure(op, "leaves out part of the input");
  rewriter.replaceOpWithNewOp<ConvOp>(op, op.getType(), conv.getInput(),
                                      conv.getWeight(), geometry);
  return success();
}

/// A gradient of a convolution of zeros at some positions ==> of the others.
template <typename GradOp>
static LogicalResult convGradOfPad(GradOp op, PatternRewriter &rewriter) {
  auto pad = op.getOutput().template getDefiningOp<PadOp>();
  auto isCrop = [](int64_t number) { return number < 0; };
  if (!pad || !haveSameChannels(pad.getInput(), pad) ||
      llvm::any_of(pad.getLow(), isCrop) || llvm::any_of(pad.getHigh(), isCrop))
    return rewriter.notifyMatchFailure(op, "not of zeros at some positions");
  constexpr bool isOfInput = std::is_same_v<GradOp, ConvGradInputOp>;
  Value other = op->getOperand(0);
  SmallVector<int64_t> step;
  for (int64_t zeros : pad.getInterior())
    step.push_back(zeros + 1);
  GeometryAttr geometry = takePositions(
      op.getGeometry(), isOfInput ? op.getResult() : other,
      isOfInput ? other : op.getResult(), pad.getInput(), pad.getLow(), step);
  if (!geometry)
    return rewriter.notifyMatchFailure(op, "zeros beyond the padding");
  rewriter.replaceOpWithNewOp<GradOp>(op, op.getType(), other, pad.getInput(),
                                      geometry);
  return success();
}

void gan::addContractionPatterns(RewritePatternSet &patterns) {
  patterns.add(dotOfTranspose);
  patterns.add(transposeOfDot);
  patterns.add(convToDot);
  patterns.add(convGradInputToDot);
  patterns.add(convGradWeightToDot);
  patterns.add(sliceOfConv);
  patterns.add(convGradOfPad<ConvGradInputOp>);
  patterns.add(convGradOfPad<ConvGradWeightOp>);
}
