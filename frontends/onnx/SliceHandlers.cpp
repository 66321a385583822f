//===- SliceHandlers.cpp - parts of tensors -------------------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

//===----------------------------------------------------------------------===//
// Parts that start where a run says
//===----------------------------------------------------------------------===//

/// One element of a tensor, followed to where it comes from.
using Element = std::pair<Value, int64_t>;

static Element elementOf(Value value, int64_t index) {
  while (Operation *op = value.getDefiningOp()) {
    if (isa<ReshapeOp, CastOp>(op)) {
      value = op->getOperand(0);
    } else if (isa<BroadcastOp>(op) &&
               tensorType(op->getOperand(0)).getNumElements() == 1) {
      value = op->getOperand(0);
      index = 0;
    } else if (isa<ConcatOp>(op) && tensorType(value).getRank() == 1) {
      for (Value part : op->getOperands()) {
        value = part;
        int64_t count = tensorType(part).getNumElements();
        if (index < count)
          break;
        index -= count;
      }
    } else {
      break;
    }
  }
  return {value, index};
}

static std::optional<int64_t> constantOf(Element element) {
  auto op = element.first.getDefiningOp<ConstantOp>();
  auto values = op ? dyn_cast<DenseIntElementsAttr>(op.getValue())
                   : DenseIntElementsAttr();
  if (!values)
    return std::nullopt;
  return values.getValues<APInt>()[element.second].getSExtValue();
}

/// How far `end` lies behind `start`, if that is known.
static std::optional<int64_t> lengthBetween(Element start, Element end) {
  if (auto from = constantOf(start), to = constantOf(end); from && to)
    return *to - *from;
  auto sum = end.first.getDefiningOp<AddOp>();
  if (!sum)
    return std::nullopt;
  for (auto [one, other] : {std::pair(sum.getLhs(), sum.getRhs()),
                            std::pair(sum.getRhs(), sum.getLhs())})
    if (elementOf(one, end.second) == start)
      return constantOf(elementOf(other, end.second));
  return std::nullopt;
}

/// The size has to be known, as where `ends` is `starts` plus a constant.
static void importMovingSlice(OnnxNode &node, ArrayRef<int64_t> axes,
                              ArrayRef<int64_t> steps) {
  TensorBuilder &build = node.build;
  Value x = node.input(0), starts = node.input(1), ends = node.input(2);
  SmallVector<int64_t> shape(node.shape(0));
  int64_t rank = shape.size(), least = rank;
  Type i32 = build.builder.getI32Type();
  // Where the part starts along each axis.
  SmallVector<Value> places(rank);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    int64_t place = i, size = shape[axis];
    auto length =
        lengthBetween(elementOf(starts, place), elementOf(ends, place));
    if (!length || steps[i] != 1)
      return node.reject("inputs 'starts' and 'ends' must be known when "
                         "compiling, or a constant apart and 'steps' 1");
    if (*length < 0 || *length > size)
      return node.reject("a part of length " + Twine(*length) +
                         " is out of range");
    shape[axis] = *length;
    least = std::min(least, axis);
    // A negative number counts from behind.
    Value start = build.slice(starts, {place}, {place + 1}, {1});
    Value isNegative =
        build.compare(Comparison::lt, start, build.constantLike(start, 0));
    places[axis] = build.cast(
        build.select(isNegative, build.shift(start, size), start), i32);
  }
  auto one = RankedTensorType::get({1}, i32);
  for (Value &place : MutableArrayRef(places).drop_front(least))
    if (!place)
      place = build.zeros(one);
  auto type = tensorType(x).clone(shape);
  if (least == rank)
    return node.set(0, x);
  node.set(0, DynamicSliceOp::create(
                  build.builder, build.loc, type, x,
                  build.concat(ArrayRef(places).drop_front(least), 0)));
}

//===----------------------------------------------------------------------===//
// Parts that are known
//===----------------------------------------------------------------------===//

static void importSlice(OnnxNode &node) {
  if (!node.ready())
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  bool isRunning = !node.isKnown(1) && !node.isKnown(2);
  std::optional<SmallVector<int64_t>> starts, ends;
  if (isRunning) {
    starts = ends = SmallVector<int64_t>(node.type(1).getNumElements());
    ends->resize(node.type(2).getNumElements());
  } else {
    starts = node.constants(1);
    ends = node.constants(2);
  }
  if (!starts || !ends)
    return;
  SmallVector<int64_t> axes = otherDims(shape.size(), {});
  axes.truncate(std::min(axes.size(), starts->size()));
  SmallVector<int64_t> steps(starts->size(), 1);
  if (node.hasInput(3)) {
    auto given = node.constants(3);
    if (!given || !node.axes(*given, shape.size()))
      return;
    axes.clear();
    for (int64_t axis : *given)
      axes.push_back(*node.axis(axis, shape.size()));
  }
  if (node.hasInput(4)) {
    auto given = node.constants(4);
    if (!given)
      return;
    steps = *given;
  }
  if (starts->size() != axes.size() || ends->size() != axes.size() ||
      steps.size() != axes.size())
    return node.reject("inputs 'starts', 'ends', 'axes' and 'steps' have "
                       "different lengths");
  if (isRunning)
    return importMovingSlice(node, axes, steps);
  SmallVector<int64_t> first(shape.size(), 0), last(shape),
      stride(shape.size(), 1), reversed;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    int64_t size = shape[axis], step = steps[i];
    if (step == 0)
      return node.reject("a step of 0 is not a step");
    // Numbers beyond the ends mean the ends; a negative one counts from behind.
    bool isBackward = step < 0;
    auto place = [&](int64_t at) {
      at = at < 0 ? at + size : at;
      return isBackward ? std::clamp<int64_t>(at, -1, size - 1)
                        : std::clamp<int64_t>(at, 0, size);
    };
    int64_t from = place((*starts)[i]), to = place((*ends)[i]);
    // Going backward is going forward on the reversed axis.
    if (isBackward) {
      reversed.push_back(axis);
      from = size - 1 - std::max<int64_t>(from, size == 0 ? -1 : 0);
      to = size - 1 - to;
    }
    first[axis] = from;
    last[axis] = std::max(from, to);
    stride[axis] = step == INT64_MIN
                       ? INT32_MAX
                       : std::min<int64_t>(std::abs(step), INT32_MAX);
  }
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  llvm::sort(reversed);
  if (!reversed.empty())
    x = build.reverse(x, reversed);
  Value result = build.slice(x, first, last, stride);
  bool isFromCount = node.isFromCount(1) || node.isFromCount(2) ||
                     (node.hasInput(4) && node.isFromCount(4));
  if (isFromCount && tensorType(result).getShape() != shape)
    node.noteCount();
  node.set(0, result);
}

void onnximport::addSliceOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Slice",
       {11, 13},
       3,
       5,
       kAny,
       importSlice,
       "",
       {{1, "starts"}, {2, "ends"}, {3, "axes"}, {4, "steps"}}},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
