//===- ResampleHandlers.cpp - Pad and Resize ------------------------------===//

#include "frontends/onnx/OpTable.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

// Takes elements `from` along an axis.
static Value take(OnnxNode &node, Value x, std::vector<int64_t> from,
                  int64_t axis) {
  return node.build.gather(x, node.indices(std::move(from), "indices"), axis);
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

// Where element `at` of a padded axis comes from.
static int64_t sourceOf(int64_t at, int64_t size, StringRef mode) {
  auto modulo = [](int64_t a, int64_t b) { return (a % b + b) % b; };
  if (mode == "edge")
    return std::clamp<int64_t>(at, 0, size - 1);
  if (mode == "wrap")
    return modulo(at, size);
  if (size == 1)
    return 0;
  int64_t folded =
      modulo(at, 2 * (size - 1)); // reflect, more than once if need be
  return folded < size ? folded : 2 * (size - 1) - folded;
}

// Zeros are the primitive's; another value stands wherever padded ones do not.
static Value padConstant(OnnxNode &node, Value x, ArrayRef<int64_t> low,
                         ArrayRef<int64_t> high) {
  TensorBuilder &build = node.build;
  SmallVector<int64_t> none(low.size(), 0);
  Value padded = build.pad(x, low, high, none);
  if (!node.hasInput(2))
    return padded;
  const HostTensor *value = node.known(2);
  if (value && value->number(0) == 0)
    return padded;
  auto type = tensorType(x).clone(build.builder.getI1Type());
  Value inside = build.pad(build.constant(type, 1), low, high, none);
  Value outside = build.splat(build.reshape(node.input(2), {}),
                              tensorType(padded).getShape());
  return build.select(inside, padded, outside);
}

static void importPad(OnnxNode &node) {
  SmallVector<StringRef> modes = {"constant", "reflect", "edge"};
  if (node.version() >= 19)
    modes.push_back("wrap");
  std::string mode = node.choice("mode", "constant", modes);
  if (!node.ready())
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  auto pads = node.constants(1);
  if (!pads)
    return;
  SmallVector<int64_t> axes = otherDims(shape.size(), {});
  if (node.hasInput(3)) {
    auto given = node.constants(3);
    if (!given)
      return;
    // In the order given, which is the order of the pads.
    if (!node.axes(*given, shape.size()))
      return;
    axes.clear();
    for (int64_t axis : *given)
      axes.push_back(*node.axis(axis, shape.size()));
  }
  if (pads->size() != 2 * axes.size())
    return node.reject("input 'pads' expected " + Twine(2 * axes.size()) +
                       " numbers, got " + Twine(pads->size()));
  SmallVector<int64_t> low(shape.size(), 0), high(shape.size(), 0),
      padded(shape);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    low[axis] = (*pads)[i];
    high[axis] = (*pads)[axes.size() + i];
    for (int64_t pad : {low[axis], high[axis]})
      if (pad > INT32_MAX || pad < -INT32_MAX)
        return node.reject("padding by " + Twine(pad) + " is out of range");
    padded[axis] += low[axis] + high[axis];
  }
  if (!node.fits(padded))
    return;
  if (node.hasInput(2) &&
      (node.type(2).getNumElements() != 1 ||
       node.type(2).getElementType() != node.type(0).getElementType()))
    return node.reject("input 'constant_value' expected one number of the "
                       "first input's type");
  Value x = node.input(0);
  if (mode == "constant")
    return node.set(0, padConstant(node, x, low, high));
  for (int64_t axis : axes) {
    if (low[axis] == 0 && high[axis] == 0)
      continue;
    if (shape[axis] == 0)
      return node.reject("an empty axis cannot be padded in mode " + mode);
    if (!node.isAffordable(padded[axis]))
      return;
    std::vector<int64_t> from;
    for (int64_t at = 0; at < padded[axis]; ++at)
      from.push_back(sourceOf(at - low[axis], shape[axis], mode));
    x = take(node, x, std::move(from), axis);
  }
  node.set(0, x);
}

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

namespace {
struct ResizedAxis {
  int64_t axis, in, out;
  double scale;
};
} // namespace

// The coordinate in the input that belongs to `at` in the output.
static double coordinateOf(int64_t at, const ResizedAxis &axis,
                           StringRef transformation) {
  double length = axis.scale * axis.in;
  double halfPixel = (at + 0.5) / axis.scale - 0.5;
  if (transformation == "asymmetric")
    return at / axis.scale;
  if (transformation == "align_corners")
    return length == 1 ? 0 : at * (axis.in - 1) / (length - 1);
  if (transformation == "pytorch_half_pixel")
    return axis.out == 1 ? 0 : halfPixel;
  if (transformation == "tf_half_pixel_for_nn")
    return (at + 0.5) / axis.scale;
  if (transformation == "half_pixel_symmetric")
    return axis.in / 2.0 * (1 - axis.out / length) + halfPixel;
  return halfPixel;
}

static int64_t nearest(double coordinate, int64_t size, StringRef mode) {
  double whole = mode == "floor"               ? std::floor(coordinate)
                 : mode == "ceil"              ? std::ceil(coordinate)
                 : mode == "round_prefer_ceil" ? std::floor(coordinate + 0.5)
                                               : std::ceil(coordinate - 0.5);
  return std::clamp<double>(whole, 0, size - 1);
}

// The output's size along each axis, from scales or sizes. False after an
// error.
static bool measure(OnnxNode &node, SmallVectorImpl<ResizedAxis> &axes,
                    StringRef policy) {
  constexpr unsigned scalesInput = 2, sizesInput = 3;
  bool hasScales = node.hasInput(scalesInput) &&
                   node.type(scalesInput).getNumElements() != 0;
  bool hasSizes = node.hasInput(sizesInput);
  if (hasScales == hasSizes) {
    node.reject("expected one of the inputs 'scales' and 'sizes'");
    return false;
  }
  if (hasScales) {
    const HostTensor *scales = node.constant(scalesInput);
    if (!scales)
      return false;
    if (!scales->isFloat() || scales->size() != (int64_t)axes.size()) {
      node.reject("input 'scales' expected " + Twine(axes.size()) +
                  " numbers, got " + Twine(scales->size()));
      return false;
    }
    for (auto [axis, scale] : llvm::zip(axes, scales->floats)) {
      float length = static_cast<float>(axis.in) * static_cast<float>(scale);
      if (!(scale > 0) || !(length < 2147483648.0f)) {
        node.reject("a scale of " + textOf(scale) + " is out of range");
        return false;
      }
      axis.scale = scale;
      axis.out = static_cast<int64_t>(std::floor(length));
    }
    return true;
  }
  auto sizes = node.constants(sizesInput);
  if (!sizes)
    return false;
  if (sizes->size() != axes.size()) {
    node.reject("input 'sizes' expected " + Twine(axes.size()) +
                " numbers, got " + Twine(sizes->size()));
    return false;
  }
  double common = policy == "not_larger" ? HUGE_VAL : 0;
  for (auto [axis, size] : llvm::zip(axes, *sizes)) {
    // The batch of the file may stand here as a number.
    auto rebatch = node.rebatch();
    if (rebatch && axis.axis == 0 && node.isBatched(0) &&
        !node.isBatched(sizesInput) && size == rebatch->first)
      size = rebatch->second;
    if (size < 0 || size > INT32_MAX || (axis.in == 0 && size != 0)) {
      node.reject("a size of " + Twine(size) + " is out of range");
      return false;
    }
    axis.out = size;
    axis.scale = axis.in == 0 ? 1 : static_cast<double>(size) / axis.in;
    common = policy == "not_larger" ? std::min(common, axis.scale)
                                    : std::max(common, axis.scale);
  }
  if (policy != "stretch")
    for (ResizedAxis &axis : axes) {
      axis.scale = common;
      axis.out = std::floor(std::min(common * axis.in, 4e9) + 0.5);
    }
  return true;
}

static void importResize(OnnxNode &node) {
  int version = node.version();
  node.choice("mode", "nearest", {"nearest"});
  SmallVector<StringRef> transformations = {
      "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"};
  if (version < 13)
    transformations.push_back("tf_half_pixel_for_nn");
  if (version >= 19)
    transformations.push_back("half_pixel_symmetric");
  std::string transformation = node.choice("coordinate_transformation_mode",
                                           "half_pixel", transformations);
  std::string rounding =
      node.choice("nearest_mode", "round_prefer_floor",
                  {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
  // These say how other modes weigh, or what lies outside of a region.
  for (StringRef name :
       {"cubic_coeff_a", "exclude_outside", "extrapolation_value"})
    node.ignore(name);
  std::string policy = "stretch";
  SmallVector<int64_t> given;
  if (version >= 18) {
    given = node.integers("axes");
    policy = node.choice("keep_aspect_ratio_policy", "stretch",
                         {"stretch", "not_larger", "not_smaller"});
    if (node.flag("antialias", false))
      node.reject("antialias=1 is not supported", {"supported: 0"});
  }
  if (!node.ready())
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  if (node.has("axes")) {
    if (!node.axes(given, shape.size()))
      return;
    for (int64_t &axis : given)
      axis = *node.axis(axis, shape.size());
  } else {
    given = otherDims(shape.size(), {});
  }
  SmallVector<ResizedAxis> axes;
  for (int64_t axis : given)
    axes.push_back({axis, shape[axis], shape[axis], 1.0});
  if (!measure(node, axes, policy))
    return;

  // Repeating every element f times is a broadcast; the rest chooses by index.
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  SmallVector<int64_t> result(shape), repeat(shape.size(), 1);
  SmallVector<std::pair<int64_t, std::vector<int64_t>>> chosen;
  for (const ResizedAxis &axis : axes) {
    result[axis.axis] = axis.out;
    if (!node.fits(result) || !node.isAffordable(axis.out))
      return;
    std::vector<int64_t> from;
    int64_t times = axis.in == 0 ? 1 : axis.out / axis.in;
    bool isRepeat = axis.out == times * axis.in;
    for (int64_t at = 0; at < axis.out; ++at) {
      from.push_back(
          nearest(coordinateOf(at, axis, transformation), axis.in, rounding));
      isRepeat &= times != 0 && from.back() == at / std::max<int64_t>(times, 1);
    }
    if (isRepeat)
      repeat[axis.axis] = times;
    else
      chosen.emplace_back(axis.axis, std::move(from));
  }
  for (auto &[axis, from] : chosen)
    x = take(node, x, std::move(from), axis);
  SmallVector<int64_t> spread, added;
  for (auto [axis, size] : llvm::enumerate(tensorType(x).getShape())) {
    spread.push_back(size);
    if (repeat[axis] == 1)
      continue;
    added.push_back(spread.size());
    spread.push_back(repeat[axis]);
  }
  node.set(0, build.reshape(build.broadcast(x, added, spread), result));
}

void onnximport::addResampleOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Pad",
       {11, 13, 18, 19, 21, 23, 24, 25},
       2,
       4,
       kAny,
       importPad,
       "",
       {{1, "pads"}, {3, "axes"}}},
      {"Resize",
       {11, 13, 18, 19},
       1,
       4,
       kAny,
       importResize,
       "mode linear and cubic, tf_crop_and_resize",
       {{2, "scales"}, {3, "sizes"}}},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
