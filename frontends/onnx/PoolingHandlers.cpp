//===- PoolingHandlers.cpp - averages and maxima over windows -------------===//

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

namespace {
// The attributes that all pools have.
struct Pool {
  explicit Pool(OnnxNode &node, int dilatedSince)
      : autoPad(node.choice("auto_pad", "NOTSET",
                            {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"})),
        ceil(node.flag("ceil_mode", false)) {
    node.require("kernel_shape");
    kernel = node.integers("kernel_shape");
    strides = node.integers("strides");
    pads = node.integers("pads");
    if (node.version() >= dilatedSince)
      dilations = node.integers("dilations");
  }

  std::string autoPad;
  bool ceil;
  SmallVector<int64_t> kernel, strides, pads, dilations;
  // Of each space axis; low and high pad as far as windows go.
  SmallVector<Axis> axes;
  SmallVector<int64_t> low, high;

  // Puts the windows into the input, or reports why not.
  bool placeIn(OnnxNode &node);
};
} // namespace

bool Pool::placeIn(OnnxNode &node) {
  auto reject = [&](const Twine &message) {
    node.reject(message);
    return false;
  };
  ArrayRef<int64_t> x = node.shape(0);
  size_t space = kernel.size();
  if (space + 2 != x.size() || space == 0)
    return reject("attribute 'kernel_shape' expected " +
                  Twine(std::max<int64_t>(x.size() - 2, 1)) + " numbers, got " +
                  Twine(space));
  for (auto [name, list, count] : {std::tuple("strides", &strides, space),
                                   {"dilations", &dilations, space},
                                   {"pads", &pads, 2 * space}}) {
    if (list->empty())
      list->assign(count, list == &pads ? 0 : 1);
    if (list->size() != count)
      return reject("attribute '" + Twine(name) + "' expected " + Twine(count) +
                    " numbers, got " + Twine(list->size()));
    for (int64_t value : *list)
      if (value < (list == &pads ? 0 : 1))
        return reject("attribute '" + Twine(name) + "' has the value " +
                      Twine(value) + ", less than " +
                      Twine(list == &pads ? 0 : 1));
  }
  if (autoPad != "NOTSET" && llvm::any_of(pads, [](int64_t p) { return p; }))
    return reject("attributes 'pads' and 'auto_pad' exclude each other");
  if (llvm::is_contained(x, 0) ||
      llvm::any_of(kernel, [](int64_t k) { return k < 1; }))
    return reject("input and window may not be empty");

  SmallVector<int64_t> padded(x.take_front(2)), shape(x.take_front(2));
  for (size_t i = 0; i < space; ++i) {
    Axis axis{x[i + 2],     kernel[i], strides[i],
              dilations[i], pads[i],   pads[space + i]};
    if (!place(axis, autoPad, ceil))
      return reject("the kernel is larger than the padded input");
    int64_t end = axis.tap(axis.out - 1, axis.kernel - 1) + 1;
    low.push_back(axis.low);
    high.push_back(std::max<int64_t>(end - axis.in, 0));
    padded.push_back(axis.in + low.back() + high.back());
    shape.push_back(axis.out);
    axes.push_back(axis);
  }
  return node.fits(padded) && node.fits(shape);
}

static void importAveragePool(OnnxNode &node) {
  Pool pool(node, /*dilatedSince=*/19);
  bool withPadding = node.flag("count_include_pad", false);
  if (!node.ready() || !pool.placeIn(node))
    return;
  TensorBuilder &build = node.build;
  ArrayRef<int64_t> x = node.shape(0);
  SmallVector<int64_t> low = {0, 0}, high = {0, 0}, none(x.size(), 0);
  SmallVector<int64_t> window = {1, 1}, stride = {1, 1}, shape = {x[0], x[1]};
  low.append(pool.low);
  high.append(pool.high);
  bool isDilated = false;
  double taps = 1;
  for (const Axis &axis : pool.axes) {
    window.push_back(axis.kernel);
    stride.push_back(axis.stride);
    shape.push_back(axis.out);
    isDilated |= axis.dilation != 1;
    taps *= axis.kernel;
  }

  Value y;
  if (isDilated) {
    // A convolution of each channel with ones.
    SmallVector<int64_t> weight = {x[1], 1};
    weight.append(pool.kernel);
    if (!node.fits(weight))
      return;
    auto type = node.type(0);
    auto geometry =
        GeometryAttr::get(type.getContext(), pool.strides, pool.dilations,
                          pool.low, pool.high, x[1]);
    y = ConvOp::create(build.builder, build.loc, type.clone(shape),
                       node.input(0), build.constant(type.clone(weight), 1),
                       geometry);
  } else {
    y = WindowSumOp::create(build.builder, build.loc,
                            build.pad(node.input(0), low, high, none), window,
                            stride);
  }
  for (auto [i, axis] : llvm::enumerate(pool.axes)) {
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

// The place of each maximum in the whole tensor: space is counted row by row,
// or with column-major `columns` the other way round.
static Value wholePlaces(TensorBuilder &build, Value places,
                         ArrayRef<int64_t> x, bool columns) {
  auto type = tensorType(places).clone(build.builder.getI64Type());
  auto number = [&](int64_t n) { return build.constant(type, n); };
  places = build.cast(places, type.getElementType());
  int64_t elements = 1;
  for (int64_t extent : x.drop_front(2))
    elements *= extent;
  if (columns) {
    Value rest = places, place;
    int64_t stride = elements;
    for (int64_t extent : llvm::reverse(x.drop_front(2))) {
      stride /= extent;
      Value outer = build.div(rest, number(extent));
      // i - extent * (i / extent)
      Value own = build.add(rest, build.mul(outer, number(-extent)));
      Value term = build.mul(own, number(stride));
      place = place ? build.add(place, term) : term;
      rest = outer;
    }
    places = place;
  }
  Value image = build.mul(build.iota(type, 0), number(x[1] * elements));
  Value channel = build.mul(build.iota(type, 1), number(elements));
  return build.add(build.add(image, channel), places);
}

static void importMaxPool(OnnxNode &node) {
  Pool pool(node, /*dilatedSince=*/10);
  bool columns = node.flag("storage_order", false);
  if (!node.ready() || !pool.placeIn(node))
    return;
  for (const Axis &axis : pool.axes) {
    if (isFull(axis, /*withPadding=*/false))
      continue;
    if (!node.isAffordable(axis.out))
      return;
    if (llvm::is_contained(countsOf(axis, /*withPadding=*/false), 0))
      return node.reject("a window holds nothing but padding");
  }
  ArrayRef<int64_t> x = node.shape(0);
  int64_t places = 1;
  for (const Axis &axis : pool.axes)
    places = std::min<int64_t>(places * axis.in, int64_t(1) << 31);
  if (places >= int64_t(1) << 31)
    return node.reject("the input has 2^31 elements per channel or more");
  TensorBuilder &build = node.build;
  if (node.hasOutput(0))
    node.set(0, MaxPoolOp::create(build.builder, build.loc, node.input(0),
                                  pool.kernel, pool.strides, pool.dilations,
                                  pool.low, pool.high));
  if (node.hasOutput(1))
    node.set(1, wholePlaces(build,
                            WindowArgMaxOp::create(build.builder, build.loc,
                                                   node.input(0), pool.kernel,
                                                   pool.strides, pool.dilations,
                                                   pool.low, pool.high),
                            x, columns));
}

static bool hasSpace(OnnxNode &node) {
  if (!node.ready())
    return false;
  if (node.rank(0) < 3)
    node.reject("expected an input of rank 3 or more, got " +
                Twine(node.rank(0)));
  return node.rank(0) >= 3;
}

static void importGlobalMaxPool(OnnxNode &node) {
  if (!hasSpace(node))
    return;
  TensorBuilder &build = node.build;
  Value x = build.flatten(node.input(0), 2);
  if (tensorType(x).getDimSize(2) == 0)
    return node.reject("input and window may not be empty");
  SmallVector<int64_t> shape(node.shape(0).take_front(2));
  shape.resize(node.rank(0), 1);
  Value place = ArgMaxOp::create(build.builder, build.loc, x, 2);
  node.set(0, build.reshape(build.gather(x, place, 2, 2), shape));
}

static void importGlobalAveragePool(OnnxNode &node) {
  if (!hasSpace(node))
    return;
  TensorBuilder &build = node.build;
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
      {"GlobalMaxPool", {1, 22}, 1, 1, kFloat, importGlobalMaxPool},
      {"MaxPool", {11, 12, 22}, 1, 1, kFloat, importMaxPool},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
