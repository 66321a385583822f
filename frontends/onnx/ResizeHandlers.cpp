//===- ResizeHandlers.cpp - Resize ----------------------------------------===//
//
// Every element of an axis is a weighted sum of some of the input's: where each
// is one element, the axis is repeated or chosen from, else multiplied by the
// matrix of weights.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/OpTable.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

namespace {
struct ResizedAxis {
  int64_t axis, in, out;
  double scale;
  // The part of the input that is looked at, as shares of its length.
  double start = 0, end = 1;
};

// What of the input an element is made of. Outside of it there is nothing.
struct Mixture {
  SmallVector<std::pair<int64_t, double>, 4> parts;
  bool isOutside = false;
};

struct Interpolation {
  std::string mode, transformation, rounding;
  double cubic = -0.75, extrapolation = 0;
  bool excludesOutside = false, antialias = false;

  double coordinateOf(int64_t at, const ResizedAxis &axis) const;
  int64_t nearest(double coordinate, int64_t size) const;
  double weightAt(double distance) const;
  Mixture mixtureAt(int64_t at, const ResizedAxis &axis) const;
};
} // namespace

// The coordinate in the input that belongs to `at` in the output.
double Interpolation::coordinateOf(int64_t at, const ResizedAxis &axis) const {
  // An axis that keeps its scale is not resized, like those of the images and
  // channels: only a crop still moves it.
  if (axis.scale == 1 && transformation != "tf_crop_and_resize")
    return at;
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
  if (transformation == "tf_crop_and_resize") {
    double share = axis.out == 1 ? 0.5 : double(at) / (axis.out - 1);
    return (axis.start + share * (axis.end - axis.start)) * (axis.in - 1);
  }
  return halfPixel;
}

int64_t Interpolation::nearest(double coordinate, int64_t size) const {
  double whole = rounding == "floor"  ? std::floor(coordinate)
                 : rounding == "ceil" ? std::ceil(coordinate)
                 : rounding == "round_prefer_ceil"
                     ? std::floor(coordinate + 0.5)
                     : std::ceil(coordinate - 0.5);
  return std::clamp<double>(whole, 0, size - 1);
}

// How much an element at a distance counts.
double Interpolation::weightAt(double distance) const {
  double x = std::fabs(distance), a = cubic;
  if (mode == "linear")
    return std::max(1 - x, 0.0);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}

Mixture Interpolation::mixtureAt(int64_t at, const ResizedAxis &axis) const {
  Mixture mixture;
  double coordinate = coordinateOf(at, axis);
  if (transformation == "tf_crop_and_resize" &&
      !(coordinate >= 0 && coordinate <= axis.in - 1)) {
    mixture.isOutside = true;
    return mixture;
  }
  if (mode == "nearest") {
    mixture.parts.push_back({nearest(coordinate, axis.in), 1});
    return mixture;
  }
  // Where the output is smaller, a wider part of the input counts.
  double scale = antialias ? std::min(axis.scale, 1.0) : 1;
  double reach = (mode == "linear" ? 1 : 2) / scale, total = 0;
  auto first = static_cast<int64_t>(std::floor(coordinate - reach)) + 1;
  auto last = static_cast<int64_t>(std::ceil(coordinate + reach)) - 1;
  for (int64_t from = first; from <= last; ++from) {
    double weight = weightAt((from - coordinate) * scale);
    bool isOutside = from < 0 || from >= axis.in;
    if (weight == 0 || (isOutside && excludesOutside))
      continue;
    total += weight;
    // Beyond the edges the outermost element goes on.
    int64_t inside = std::clamp<int64_t>(from, 0, axis.in - 1);
    if (!mixture.parts.empty() && mixture.parts.back().first == inside)
      mixture.parts.back().second += weight;
    else
      mixture.parts.push_back({inside, weight});
  }
  if (antialias || excludesOutside)
    for (auto &part : mixture.parts)
      part.second /= total;
  return mixture;
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

// The part of the input that is looked at, from the input 'roi'.
static bool crop(OnnxNode &node, MutableArrayRef<ResizedAxis> axes) {
  const HostTensor *roi = node.constant(1);
  if (!roi)
    return false;
  if (!roi->isFloat() || roi->size() != int64_t(2 * axes.size())) {
    node.reject("input 'roi' expected " + Twine(2 * axes.size()) +
                " numbers, got " + Twine(roi->size()));
    return false;
  }
  for (auto [i, axis] : llvm::enumerate(axes)) {
    axis.start = roi->floats[i];
    axis.end = roi->floats[axes.size() + i];
  }
  return true;
}

// Multiplies an axis by the matrix of its mixtures.
static Value mix(OnnxNode &node, Value x, const ResizedAxis &axis,
                 ArrayRef<Mixture> mixtures) {
  HostTensor matrix{RankedTensorType::get({axis.out, axis.in},
                                          node.build.builder.getF32Type()),
                    std::vector<double>(axis.out * axis.in),
                    {}};
  for (auto [at, mixture] : llvm::enumerate(mixtures))
    for (auto [from, weight] : mixture.parts)
      matrix.floats[at * axis.in + from] = weight;
  std::string kind = "weights" + std::to_string(axis.axis);
  return node.build.transform(x, node.literal(std::move(matrix), kind),
                              axis.axis);
}

// Another number wherever an axis lies outside of the input.
static Value extrapolate(OnnxNode &node, Value x, const ResizedAxis &axis,
                         ArrayRef<Mixture> mixtures, double number) {
  TensorBuilder &build = node.build;
  auto type = RankedTensorType::get({axis.out}, build.builder.getI32Type());
  std::vector<int64_t> flags;
  for (const Mixture &mixture : mixtures)
    flags.push_back(mixture.isOutside);
  Value vector =
      node.indices(std::move(flags), "outside" + std::to_string(axis.axis));
  Value isOutside = build.compare(Comparison::ne, vector, build.zeros(type));
  return build.select(
      build.alongAxis(isOutside, axis.axis, tensorType(x).getShape()),
      build.constantLike(x, number), x);
}

static void importResize(OnnxNode &node) {
  int version = node.version();
  Interpolation how;
  how.mode = node.choice("mode", "nearest", {"nearest", "linear", "cubic"});
  SmallVector<StringRef> transformations = {
      "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel",
      "tf_crop_and_resize"};
  if (version < 13)
    transformations.push_back("tf_half_pixel_for_nn");
  if (version >= 19)
    transformations.push_back("half_pixel_symmetric");
  how.transformation = node.choice("coordinate_transformation_mode",
                                   "half_pixel", transformations);
  how.rounding =
      node.choice("nearest_mode", "round_prefer_floor",
                  {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
  how.cubic = node.number("cubic_coeff_a", -0.75);
  how.excludesOutside = node.flag("exclude_outside", false);
  how.extrapolation = node.number("extrapolation_value", 0);
  std::string policy = "stretch";
  SmallVector<int64_t> given;
  if (version >= 18) {
    given = node.integers("axes");
    policy = node.choice("keep_aspect_ratio_policy", "stretch",
                         {"stretch", "not_larger", "not_smaller"});
    how.antialias = node.flag("antialias", false);
  }
  if (!node.ready())
    return;
  bool isNearest = how.mode == "nearest";
  if (!isNearest && !node.type(0).getElementType().isF32())
    return node.reject("mode " + Twine(how.mode) + " expected float elements");
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

  if (how.transformation == "tf_crop_and_resize" && !crop(node, axes))
    return;

  TensorBuilder &build = node.build;
  Value x = node.input(0);
  SmallVector<int64_t> result(shape), repeat(shape.size(), 1);
  struct Resized {
    const ResizedAxis *axis;
    std::vector<Mixture> mixtures;
  };
  std::vector<Resized> all;
  for (const ResizedAxis &axis : axes) {
    result[axis.axis] = axis.out;
    if (!node.fits(result) || !node.isAffordable(axis.out))
      return;
    Resized &resized = all.emplace_back(Resized{&axis, {}});
    for (int64_t at = 0; at < axis.out; ++at)
      resized.mixtures.push_back(how.mixtureAt(at, axis));
  }
  // What makes an axis shorter comes first.
  llvm::sort(all, [](const Resized &a, const Resized &b) {
    return std::pair(a.axis->scale, a.axis->axis) <
           std::pair(b.axis->scale, b.axis->axis);
  });
  for (auto &[axis, mixtures] : all) {
    bool chooses = llvm::all_of(mixtures, [](const Mixture &mixture) {
      return mixture.isOutside ||
             (mixture.parts.size() == 1 && mixture.parts[0].second == 1);
    });
    if (!chooses) {
      if (!node.isAffordable(axis->out * axis->in))
        return;
      x = mix(node, x, *axis, mixtures);
      continue;
    }
    // Repeating every element f times is a broadcast; the rest chooses by
    // index.
    std::vector<int64_t> from;
    int64_t times = axis->in == 0 ? 1 : axis->out / axis->in;
    bool isRepeat = axis->out == times * axis->in;
    for (auto [at, mixture] : llvm::enumerate(mixtures)) {
      from.push_back(mixture.isOutside ? 0 : mixture.parts[0].first);
      isRepeat &= times != 0 &&
                  from.back() == int64_t(at) / std::max<int64_t>(times, 1);
    }
    if (isRepeat)
      repeat[axis->axis] = times;
    else
      x = build.gather(x, node.indices(std::move(from), "indices"), axis->axis);
  }
  SmallVector<int64_t> spread, added;
  for (auto [axis, size] : llvm::enumerate(tensorType(x).getShape())) {
    spread.push_back(size);
    if (repeat[axis] == 1)
      continue;
    added.push_back(spread.size());
    spread.push_back(repeat[axis]);
  }
  x = build.reshape(build.broadcast(x, added, spread), result);
  for (auto &[axis, mixtures] : all)
    if (llvm::any_of(mixtures, [](const Mixture &m) { return m.isOutside; }))
      x = extrapolate(node, x, *axis, mixtures, how.extrapolation);
  node.set(0, x);
}

void onnximport::addResizeOperators(OnnxOperators &operators) {
  operators.push_back({"Resize",
                       {11, 13, 18, 19},
                       1,
                       4,
                       kAny,
                       importResize,
                       "",
                       {{1, "roi"}, {2, "scales"}, {3, "sizes"}}});
}
