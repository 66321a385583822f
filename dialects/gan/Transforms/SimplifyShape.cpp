//===- SimplifyShape.cpp - patterns of shape operations and sums ----------===//

#include "dialects/gan/Transforms/SimplifyPatterns.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace gan;

static ArrayRef<int64_t> shapeOf(Value value) {
  return tensorType(value).getShape();
}

/// Where each axis of `dims` lies among the axes `kept`.
static SmallVector<int64_t> placesIn(ArrayRef<int64_t> kept,
                                     ArrayRef<int64_t> dims) {
  SmallVector<int64_t> places;
  for (int64_t dim : dims)
    places.push_back(llvm::find(kept, dim) - kept.begin());
  return places;
}

//===----------------------------------------------------------------------===//
// Axes of length 1: a reshape says the same
//===----------------------------------------------------------------------===//

/// A transpose that moves no axis longer than 1 past another ==> reshape.
static LogicalResult transposeToReshape(TransposeOp op,
                                        PatternRewriter &rewriter) {
  int64_t last = -1;
  for (int64_t dim : op.getPermutation()) {
    if (shapeOf(op.getInput())[dim] == 1)
      continue;
    if (dim < last)
      return rewriter.notifyMatchFailure(op, "moves elements");
    last = dim;
  }
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
  return success();
}

/// A broadcast that repeats once ==> reshape.
static LogicalResult broadcastToReshape(BroadcastOp op,
                                        PatternRewriter &rewriter) {
  if (tensorType(op.getInput()).getNumElements() !=
      tensorType(op.getResult()).getNumElements())
    return rewriter.notifyMatchFailure(op, "repeats elements");
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
  return success();
}

/// A sum of one element each ==> reshape.
static LogicalResult sumToReshape(ReduceSumOp op, PatternRewriter &rewriter) {
  if (tensorType(op.getInput()).getNumElements() !=
      tensorType(op.getResult()).getNumElements())
    return rewriter.notifyMatchFailure(op, "adds elements");
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
  return success();
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// A sum over repeated axes counts them; over others it goes before the
/// repetition.
static LogicalResult sumOfBroadcast(ReduceSumOp op, PatternRewriter &rewriter) {
  auto broadcast = op.getInput().getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return rewriter.notifyMatchFailure(op, "not a sum of a broadcast");
  auto type = tensorType(op.getInput());
  SmallVector<int64_t> kept = otherDims(type.getRank(), broadcast.getDims());
  SmallVector<int64_t> before, repeated;
  double count = 1;
  for (int64_t dim : op.getDims())
    if (llvm::is_contained(broadcast.getDims(), dim))
      count *= type.getDimSize(dim);
    else
      before.push_back(dim);
  SmallVector<int64_t> left = otherDims(type.getRank(), op.getDims());
  for (int64_t dim : broadcast.getDims())
    if (llvm::is_contained(left, dim))
      repeated.push_back(dim);
  TensorBuilder b(rewriter, op.getLoc());
  Value sum = broadcast.getInput();
  if (!before.empty())
    sum = b.sum(sum, placesIn(kept, before));
  if (count != 1)
    sum = b.scale(sum, count);
  rewriter.replaceOp(
      op, b.broadcast(sum, placesIn(left, repeated), shapeOf(op.getResult())));
  return success();
}

/// A sum of a sum ==> one sum.
static LogicalResult sumOfSum(ReduceSumOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<ReduceSumOp>();
  if (!inner)
    return rewriter.notifyMatchFailure(op, "not a sum of a sum");
  int64_t rank = tensorType(inner.getInput()).getRank();
  SmallVector<int64_t> kept = otherDims(rank, inner.getDims());
  SmallVector<int64_t> dims(inner.getDims());
  for (int64_t dim : op.getDims())
    dims.push_back(kept[dim]);
  llvm::sort(dims);
  rewriter.replaceOpWithNewOp<ReduceSumOp>(op, inner.getInput(), dims);
  return success();
}

namespace {
/// A product, taken apart into what is equal along some axes and what is not.
struct Factors {
  ArrayRef<int64_t> dims;
  SmallVector<Value> equal, rest; // literals and broadcasts; others
  bool isNegative = false;

  void collect(Value value) {
    constexpr unsigned most = 16;
    if (equal.size() + rest.size() < most) {
      if (auto product = value.getDefiningOp<MulOp>()) {
        collect(product.getLhs());
        return collect(product.getRhs());
      }
      if (auto negation = value.getDefiningOp<NegOp>()) {
        isNegative = !isNegative;
        return collect(negation.getInput());
      }
    }
    auto broadcast = value.getDefiningOp<BroadcastOp>();
    bool isEqual = broadcast && llvm::all_of(dims, [&](int64_t dim) {
                     return llvm::is_contained(broadcast.getDims(), dim);
                   });
    (isEqual || splatOf(value) ? equal : rest).push_back(value);
  }
};
} // namespace

/// sum(x * a * y), a equal along the summed axes ==> sum(x * y) * a. What stays
/// is multiplied in one order, so that sums that differ in such factors only
/// are found equal.
static LogicalResult sumOfScaled(ReduceSumOp op, PatternRewriter &rewriter) {
  Factors factors{op.getDims(), {}, {}};
  factors.collect(op.getInput());
  if (factors.rest.empty() || (factors.equal.empty() && !factors.isNegative))
    return rewriter.notifyMatchFailure(op, "nothing to take out");
  // Arguments first, operations of one block as they stand.
  auto isBefore = [](Value a, Value b) {
    Operation *first = a.getDefiningOp(), *second = b.getDefiningOp();
    if (!first || !second)
      return !first && (second || cast<BlockArgument>(a).getArgNumber() <
                                      cast<BlockArgument>(b).getArgNumber());
    return first->isBeforeInBlock(second);
  };
  if (llvm::all_equal(llvm::map_range(
          factors.rest, [](Value value) { return value.getParentBlock(); })))
    llvm::sort(factors.rest, isBefore);
  TensorBuilder b(rewriter, op.getLoc());
  Value product = factors.rest.front();
  for (Value next : llvm::drop_begin(factors.rest))
    product = b.mul(product, next);
  Value sum = b.sum(product, op.getDims());
  SmallVector<int64_t> left =
      otherDims(tensorType(op.getInput()).getRank(), op.getDims());
  for (Value factor : factors.equal) {
    if (std::optional<double> number = splatOf(factor)) {
      sum = b.scale(sum, *number);
      continue;
    }
    auto broadcast = factor.getDefiningOp<BroadcastOp>();
    SmallVector<int64_t> repeated;
    for (int64_t dim : broadcast.getDims())
      if (llvm::is_contained(left, dim))
        repeated.push_back(dim);
    sum = b.mul(sum, b.broadcast(broadcast.getInput(), placesIn(left, repeated),
                                 shapeOf(op.getResult())));
  }
  rewriter.replaceOp(op, factors.isNegative ? b.neg(sum) : sum);
  return success();
}

/// A sum of transposed axes ==> the sum, and a transpose of what is left.
static LogicalResult sumOfTranspose(ReduceSumOp op, PatternRewriter &rewriter) {
  auto transpose = op.getInput().getDefiningOp<TransposeOp>();
  if (!transpose)
    return rewriter.notifyMatchFailure(op, "not a sum of a transpose");
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  SmallVector<int64_t> dims, rest;
  for (auto [axis, dim] : llvm::enumerate(permutation))
    (llvm::is_contained(op.getDims(), axis) ? dims : rest).push_back(dim);
  llvm::sort(dims);
  TensorBuilder b(rewriter, op.getLoc());
  SmallVector<int64_t> kept = otherDims(permutation.size(), dims);
  Value sum = b.sum(transpose.getInput(), dims);
  rewriter.replaceOp(op, b.transpose(sum, placesIn(kept, rest)));
  return success();
}

//===----------------------------------------------------------------------===//
// Transposes and reverses
//===----------------------------------------------------------------------===//

/// transpose(broadcast(x)) ==> broadcast(transpose(x)).
static LogicalResult transposeOfBroadcast(TransposeOp op,
                                          PatternRewriter &rewriter) {
  auto broadcast = op.getInput().getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return rewriter.notifyMatchFailure(op, "not of a broadcast");
  ArrayRef<int64_t> permutation = op.getPermutation();
  SmallVector<int64_t> dims, rest;
  for (auto [axis, dim] : llvm::enumerate(permutation))
    if (llvm::is_contained(broadcast.getDims(), dim))
      dims.push_back(axis);
    else
      rest.push_back(dim);
  SmallVector<int64_t> kept =
      otherDims(permutation.size(), broadcast.getDims());
  TensorBuilder b(rewriter, op.getLoc());
  Value inner = b.transpose(broadcast.getInput(), placesIn(kept, rest));
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), inner, dims);
  return success();
}

/// reverse(reverse(x)) over the same axes ==> x.
static LogicalResult reverseTwice(ReverseOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<ReverseOp>();
  if (!inner || inner.getDims() != op.getDims())
    return rewriter.notifyMatchFailure(op, "not reversed twice");
  rewriter.replaceOp(op, inner.getInput());
  return success();
}

//===----------------------------------------------------------------------===//
// Slices and pads
//===----------------------------------------------------------------------===//

static bool isZero(int64_t number) { return number == 0; }

/// A pad that only crops ==> slice.
static LogicalResult cropToSlice(PadOp op, PatternRewriter &rewriter) {
  auto isCrop = [](int64_t number) { return number <= 0; };
  if (!llvm::all_of(op.getInterior(), isZero) ||
      !llvm::all_of(op.getLow(), isCrop) || !llvm::all_of(op.getHigh(), isCrop))
    return rewriter.notifyMatchFailure(op, "adds zeros");
  SmallVector<int64_t> start, stop, ones(op.getLow().size(), 1);
  for (auto [low, high, size] :
       llvm::zip_equal(op.getLow(), op.getHigh(), shapeOf(op.getInput()))) {
    start.push_back(-low);
    stop.push_back(size + high);
  }
  rewriter.replaceOpWithNewOp<SliceOp>(op, op.getInput(), start, stop, ones);
  return success();
}

/// pad(pad(x)) ==> one pad, where the inner one crops nothing and neither puts
/// zeros between what the other adds.
static LogicalResult padOfPad(PadOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<PadOp>();
  auto isCrop = [](int64_t number) { return number < 0; };
  if (!inner || llvm::any_of(inner.getLow(), isCrop) ||
      llvm::any_of(inner.getHigh(), isCrop) ||
      !llvm::all_of(op.getInterior(), isZero))
    return rewriter.notifyMatchFailure(op, "not a pad of a plain pad");
  SmallVector<int64_t> low, high;
  for (size_t i = 0; i < op.getLow().size(); ++i) {
    low.push_back(op.getLow()[i] + inner.getLow()[i]);
    high.push_back(op.getHigh()[i] + inner.getHigh()[i]);
  }
  rewriter.replaceOpWithNewOp<PadOp>(op, inner.getInput(), low, high,
                                     inner.getInterior());
  return success();
}

/// slice(slice(x)) ==> one slice.
static LogicalResult sliceOfSlice(SliceOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<SliceOp>();
  if (!inner)
    return rewriter.notifyMatchFailure(op, "not a slice of a slice");
  SmallVector<int64_t> start, stop, stride;
  for (size_t i = 0; i < op.getStart().size(); ++i) {
    int64_t step = inner.getStride()[i], first = inner.getStart()[i];
    int64_t count = shapeOf(op.getResult())[i];
    stride.push_back(op.getStride()[i] * step);
    start.push_back(first + op.getStart()[i] * step);
    // Just behind the last element, so that it stays inside the operand.
    stop.push_back(count ? start.back() + (count - 1) * stride.back() + 1
                         : start.back());
    if (stop.back() > shapeOf(inner.getInput())[i])
      return rewriter.notifyMatchFailure(op, "an empty slice at the end");
  }
  rewriter.replaceOpWithNewOp<SliceOp>(op, inner.getInput(), start, stop,
                                       stride);
  return success();
}

/// A slice of a pad that steps from element to element, or has no interior
/// zeros to step over ==> pad of x, or of a slice where elements are left out.
static LogicalResult sliceOfPad(SliceOp op, PatternRewriter &rewriter) {
  auto pad = op.getInput().getDefiningOp<PadOp>();
  if (!pad)
    return rewriter.notifyMatchFailure(op, "not a slice of a pad");
  SmallVector<int64_t> low, high, none(op.getStart().size(), 0);
  for (size_t i = 0; i < none.size(); ++i) {
    int64_t step = pad.getInterior()[i] + 1;
    // Element k of x lies at low + k * step; the slice takes start + j * step.
    int64_t before = pad.getLow()[i] - op.getStart()[i];
    if (op.getStride()[i] != step || before % step != 0)
      return rewriter.notifyMatchFailure(op, "steps beside the elements");
    low.push_back(before / step);
    high.push_back(shapeOf(op.getResult())[i] - low.back() -
                   shapeOf(pad.getInput())[i]);
  }
  rewriter.replaceOpWithNewOp<PadOp>(op, pad.getInput(), low, high, none);
  return success();
}

/// Axes of `longer` by those of `shorter`, of which some are joined to one: of
/// each, the first axis and how many. Empty where they do not correspond.
static SmallVector<std::pair<int64_t, int64_t>>
joinedAxes(ArrayRef<int64_t> longer, ArrayRef<int64_t> shorter) {
  SmallVector<std::pair<int64_t, int64_t>> joined;
  int64_t next = 0, rank = longer.size();
  for (auto [axis, extent] : llvm::enumerate(shorter)) {
    int64_t first = next, product = 1;
    // An axis of length 1 belongs to the one before it, unless it is the next.
    bool isOneNext = axis + 1 < shorter.size() && shorter[axis + 1] == 1;
    while (next < rank && (next == first || product < extent ||
                           (longer[next] == 1 && !isOneNext)))
      product *= longer[next++];
    if (next == first || product != extent)
      return {};
    joined.push_back({first, next - first});
  }
  if (next != rank)
    return {};
  return joined;
}

/// The extents of `shape` with axes joined.
static SmallVector<int64_t> joined(ArrayRef<int64_t> shape,
                                   ArrayRef<std::pair<int64_t, int64_t>> axes) {
  SmallVector<int64_t> extents;
  for (auto [first, count] : axes) {
    extents.push_back(1);
    for (int64_t extent : shape.slice(first, count))
      extents.back() *= extent;
  }
  return extents;
}

/// reshape(pad(x)) that adds zeros along an axis of one element and joins it
/// with the one before ==> pad of the joined x with zeros between elements.
static LogicalResult reshapeOfPad(ReshapeOp op, PatternRewriter &rewriter) {
  auto pad = op.getInput().getDefiningOp<PadOp>();
  if (!pad || !llvm::all_of(pad.getInterior(), isZero))
    return rewriter.notifyMatchFailure(op, "not of a pad");
  auto axes = joinedAxes(shapeOf(pad.getResult()), shapeOf(op.getResult()));
  SmallVector<int64_t> low, high, interior;
  for (auto [first, count] : axes) {
    int64_t added = first + count - 1; // the last one of those that are joined
    auto isPlain = [&](int64_t place) {
      return pad.getLow()[place] == 0 && pad.getHigh()[place] == 0;
    };
    if (!llvm::all_of(llvm::seq(first, added), isPlain))
      return rewriter.notifyMatchFailure(op, "zeros along an outer part");
    low.push_back(pad.getLow()[added]);
    high.push_back(pad.getHigh()[added]);
    interior.push_back(0);
    if (count == 1 || isPlain(added))
      continue;
    if (shapeOf(pad.getInput())[added] != 1 || low.back() < 0 ||
        high.back() < 0)
      return rewriter.notifyMatchFailure(op, "not one element between zeros");
    interior.back() = low.back() + high.back();
  }
  if (llvm::all_of(interior, isZero))
    return rewriter.notifyMatchFailure(op, "puts nothing between");
  TensorBuilder b(rewriter, op.getLoc());
  Value input =
      b.reshape(pad.getInput(), joined(shapeOf(pad.getInput()), axes));
  rewriter.replaceOpWithNewOp<PadOp>(op, input, low, high, interior);
  return success();
}

/// reshape(slice(x)) that takes one number along an axis and joins it with the
/// one before ==> slice of the joined x with steps.
static LogicalResult reshapeOfSlice(ReshapeOp op, PatternRewriter &rewriter) {
  auto slice = op.getInput().getDefiningOp<SliceOp>();
  auto isOne = [](int64_t number) { return number == 1; };
  if (!slice || !llvm::all_of(slice.getStride(), isOne))
    return rewriter.notifyMatchFailure(op, "not of a slice");
  ArrayRef<int64_t> from = shapeOf(slice.getInput());
  auto axes = joinedAxes(shapeOf(slice.getResult()), shapeOf(op.getResult()));
  SmallVector<int64_t> whole = joined(from, axes), start, stop, stride;
  for (auto [axis, part] : llvm::enumerate(axes)) {
    auto [first, count] = part;
    int64_t taken = first + count - 1;
    auto isWhole = [&](int64_t place) {
      return shapeOf(slice.getResult())[place] == from[place];
    };
    if (!llvm::all_of(llvm::seq(first, taken), isWhole))
      return rewriter.notifyMatchFailure(op, "takes parts of an outer part");
    bool isPart = count > 1 && !isWhole(taken);
    if (isPart && shapeOf(slice.getResult())[taken] != 1)
      return rewriter.notifyMatchFailure(op, "takes several of each run");
    start.push_back(count == 1 || isPart ? slice.getStart()[taken] : 0);
    stride.push_back(isPart ? from[taken] : 1);
    stop.push_back(count == 1 ? slice.getStop()[taken] : whole[axis]);
  }
  if (llvm::all_of(stride, isOne))
    return rewriter.notifyMatchFailure(op, "leaves out no runs");
  TensorBuilder b(rewriter, op.getLoc());
  rewriter.replaceOpWithNewOp<SliceOp>(op, b.reshape(slice.getInput(), whole),
                                       start, stop, stride);
  return success();
}

/// A slice that lies within one operand of a concat ==> slice of that operand.
static LogicalResult sliceOfConcat(SliceOp op, PatternRewriter &rewriter) {
  auto concat = op.getInput().getDefiningOp<ConcatOp>();
  if (!concat)
    return rewriter.notifyMatchFailure(op, "not a slice of a concat");
  int64_t dim = concat.getDim(), begin = 0;
  for (Value input : concat.getInputs()) {
    int64_t end = begin + shapeOf(input)[dim];
    if (op.getStart()[dim] >= begin && op.getStop()[dim] <= end) {
      SmallVector<int64_t> start(op.getStart()), stop(op.getStop());
      start[dim] -= begin;
      stop[dim] -= begin;
      rewriter.replaceOpWithNewOp<SliceOp>(op, input, start, stop,
                                           op.getStride());
      return success();
    }
    begin = end;
  }
  return rewriter.notifyMatchFailure(op, "takes from several operands");
}

void gan::addShapePatterns(RewritePatternSet &patterns) {
  patterns.add(transposeToReshape);
  patterns.add(broadcastToReshape);
  patterns.add(sumToReshape);
  patterns.add(sumOfBroadcast);
  patterns.add(sumOfSum);
  patterns.add(sumOfScaled);
  patterns.add(sumOfTranspose);
  patterns.add(transposeOfBroadcast);
  patterns.add(reverseTwice);
  patterns.add(cropToSlice);
  patterns.add(padOfPad);
  patterns.add(sliceOfSlice);
  patterns.add(sliceOfPad);
  patterns.add(reshapeOfPad);
  patterns.add(reshapeOfSlice);
  patterns.add(sliceOfConcat);
}
