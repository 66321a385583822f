//===- PoolingHandlers.cpp - averages over windows ------------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

namespace {
// The window of one space axis.
struct Axis {
  int64_t in, kernel, stride, dilation, low, high;
  int64_t out = 0;

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
  int64_t tap(int64_t at, int64_t k) const {
    return at * stride - low + k * dilation;
  }
};
} // namespace

// False if the window fits nowhere.
static bool place(Axis &axis, StringRef autoPad, bool ceil) {
  if (autoPad.starts_with("SAME")) {
    axis.out = (axis.in + axis.stride - 1) / axis.stride;
    int64_t total = std::max<int64_t>(
        (axis.out - 1) * axis.stride + axis.reach() - axis.in, 0);
    axis.low = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
    axis.high = total - axis.low;
    return true;
  }
  int64_t rest = axis.in + axis.low + axis.high - axis.reach();
  if (rest < 0)
    return false;
  axis.out =
      (ceil ? (rest + axis.stride - 1) / axis.stride : rest / axis.stride) + 1;
  // A window that would start in the padding behind is left out.
  if (ceil && (axis.out - 1) * axis.stride >= axis.in + axis.low)
    --axis.out;
  return axis.out > 0;
}

// Each window's number of elements along an axis.
static std::vector<int64_t> countsOf(const Axis &axis, bool withPadding) {
  int64_t begin = withPadding ? -axis.low : 0;
  int64_t end = axis.in + (withPadding ? axis.high : 0);
  std::vector<int64_t> counts;
  for (int64_t at = 0; at < axis.out; ++at) {
    // The taps in [begin, end) are a run.
    int64_t start = axis.tap(at, 0), first = 0, last = axis.kernel - 1;
    if (start < begin)
      first = (begin - start + axis.dilation - 1) / axis.dilation;
    if (axis.tap(at, last) >= end)
      last = end <= start ? -1 : (end - 1 - start) / axis.dilation;
    counts.push_back(std::max<int64_t>(last - first + 1, 0));
  }
  return counts;
}

// Whether every window along an axis is whole.
static bool isFull(const Axis &axis, bool withPadding) {
  int64_t end = axis.in + (withPadding ? axis.high : 0);
  return (axis.low == 0 || withPadding) &&
         axis.tap(axis.out - 1, axis.kernel - 1) < end;
}

static void importAveragePool(OnnxNode &node) {
  std::string autoPad = node.choice(
      "auto_pad", "NOTSET", {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"});
  node.require("kernel_shape");
  SmallVector<int64_t> kernel = node.integers("kernel_shape");
  SmallVector<int64_t> strides = node.integers("strides");
  SmallVector<int64_t> pads = node.integers("pads");
  SmallVector<int64_t> dilations;
  if (node.version() >= 19)
    dilations = node.integers("dilations");
  bool ceil = node.flag("ceil_mode", false);
  bool withPadding = node.flag("count_include_pad", false);
  if (!node.ready())
    return;

  TensorBuilder &build = node.build;
  ArrayRef<int64_t> x = node.shape(0);
  size_t space = kernel.size();
  if (space + 2 != x.size() || space == 0)
    return node.reject("attribute 'kernel_shape' expected " +
                       Twine(std::max<int64_t>(x.size() - 2, 1)) +
                       " numbers, got " + Twine(space));
  for (auto [name, list, count] : {std::tuple("strides", &strides, space),
                                   {"dilations", &dilations, space},
                                   {"pads", &pads, 2 * space}}) {
    if (list->empty())
      list->assign(count, list == &pads ? 0 : 1);
    if (list->size() != count)
      return node.reject("attribute '" + Twine(name) + "' expected " +
                         Twine(count) + " numbers, got " + Twine(list->size()));
    for (int64_t value : *list)
      if (value < (list == &pads ? 0 : 1))
        return node.reject("attribute '" + Twine(name) + "' has the value " +
                           Twine(value) + ", less than " +
                           Twine(list == &pads ? 0 : 1));
  }
  if (autoPad != "NOTSET" && llvm::any_of(pads, [](int64_t p) { return p; }))
    return node.reject("attributes 'pads' and 'auto_pad' exclude each other");
  if (llvm::is_contained(x, 0) ||
      llvm::any_of(kernel, [](int64_t k) { return k < 1; }))
    return node.reject("input and window may not be empty");

  SmallVector<Axis> axes;
  SmallVector<int64_t> low(x.size(), 0), high(x.size(), 0), none(x.size(), 0);
  SmallVector<int64_t> window = {1, 1}, stride = {1, 1};
  SmallVector<int64_t> padded(x), shape = {x[0], x[1]};
  bool isDilated = false;
  double taps = 1;
  for (size_t i = 0; i < space; ++i) {
    Axis axis{x[i + 2],     kernel[i], strides[i],
              dilations[i], pads[i],   pads[space + i]};
    if (!place(axis, autoPad, ceil))
      return node.reject("the kernel is larger than the padded input");
    // As far as the last window goes.
    int64_t end = axis.tap(axis.out - 1, axis.kernel - 1) + 1;
    low[i + 2] = axis.low;
    high[i + 2] = std::max<int64_t>(end - axis.in, 0);
    padded[i + 2] += low[i + 2] + high[i + 2];
    window.push_back(axis.kernel);
    stride.push_back(axis.stride);
    shape.push_back(axis.out);
    isDilated |= axis.dilation != 1;
    taps *= axis.kernel;
    axes.push_back(axis);
  }
  if (!node.fits(padded) || !node.fits(shape))
    return;

  Value y;
  if (isDilated) {
    // A convolution of each channel with ones.
    SmallVector<int64_t> weight = {x[1], 1};
    weight.append(kernel);
    if (!node.fits(weight))
      return;
    auto type = node.type(0);
    auto geometry = GeometryAttr::get(type.getContext(), strides, dilations,
                                      ArrayRef(low).drop_front(2),
                                      ArrayRef(high).drop_front(2), x[1]);
    y = ConvOp::create(build.builder, build.loc, type.clone(shape),
                       node.input(0), build.constant(type.clone(weight), 1),
                       geometry);
  } else {
    y = WindowSumOp::create(build.builder, build.loc,
                            build.pad(node.input(0), low, high, none), window,
                            stride);
  }
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (isFull(axis, withPadding))
      continue;
    if (!node.isAffordable(axis.out))
      return;
    taps /= axis.kernel;
    HostTensor counts{
        RankedTensorType::get({axis.out}, build.builder.getF32Type()), {}, {}};
    for (int64_t count : countsOf(axis, withPadding))
      counts.floats.push_back(count);
    Value vector = node.literal(std::move(counts), "count");
    y = build.div(y, build.alongAxis(vector, i + 2, shape));
  }
  node.set(0, taps == 1 ? y : build.div(y, build.constantLike(y, taps)));
}

static void importGlobalAveragePool(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  if (node.rank(0) < 3)
    return node.reject("expected an input of rank 3 or more, got " +
                       Twine(node.rank(0)));
  SmallVector<int64_t> dims, shape(node.shape(0));
  for (int64_t i = 2; i < node.rank(0); ++i) {
    dims.push_back(i);
    shape[i] = 1;
  }
  node.set(0, build.reshape(build.mean(node.input(0), dims), shape));
}

void onnximport::addPoolingOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"AveragePool", {11, 19, 22}, 1, 1, kFloat, importAveragePool},
      {"GlobalAveragePool", {1, 22}, 1, 1, kFloat, importGlobalAveragePool},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
