//===- ResampleHandlers.cpp - Pad -----------------------------------------===//

#include "frontends/onnx/OpTable.h"

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
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
