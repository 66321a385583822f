//===- ShapeHandlers.cpp - operators that move elements -------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

//===----------------------------------------------------------------------===//
// The same elements in order, another shape
//===----------------------------------------------------------------------===//

static int64_t product(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

static std::string textOf(ArrayRef<int64_t> shape) {
  std::string text = "[";
  llvm::raw_string_ostream stream(text);
  llvm::interleaveComma(shape, stream);
  return text + "]";
}

static void importReshape(OnnxNode &node) {
  bool allowZero = node.version() >= 14 && node.flag("allowzero", false);
  if (!node.ready())
    return;
  auto wanted = node.constants(1);
  if (!wanted)
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  SmallVector<int64_t> target(*wanted);
  // A file that writes its batch as a number writes it here.
  auto rebatch = node.rebatch();
  if (rebatch && !target.empty() && target[0] == rebatch->first &&
      !shape.empty() && shape[0] == rebatch->second && node.isBatched(0) &&
      !node.isBatched(1))
    target[0] = rebatch->second;
  int64_t unknown = -1;
  SmallVector<int64_t> others;
  for (auto [i, size] : llvm::enumerate(target)) {
    if (size == -1) {
      if (unknown >= 0)
        return node.reject("input 'shape' has more than one -1");
      unknown = i;
      continue;
    }
    if (size == 0 && !allowZero) {
      if (i >= shape.size())
        return node.reject("input 'shape' copies an axis that is not there");
      size = shape[i];
    }
    others.push_back(size);
  }
  if (!node.fits(others))
    return;
  int64_t count = product(shape), rest = product(others);
  bool isEven = unknown < 0 ? count == rest : rest != 0 && count % rest == 0;
  if (!isEven)
    return node.reject("cannot reshape " + textOf(shape) + " to " +
                       textOf(*wanted));
  if (unknown >= 0)
    target[unknown] = count / rest;
  if (node.fits(target))
    node.set(0, node.build.reshape(node.input(0), target));
}

static void importFlatten(OnnxNode &node) {
  int64_t axis = node.integer("axis", 1);
  if (!node.ready())
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  int64_t rank = shape.size();
  if (axis < -rank || axis > rank)
    return node.reject("axis " + Twine(axis) +
                       " is not an axis of a tensor of rank " + Twine(rank));
  axis = axis < 0 ? axis + rank : axis;
  SmallVector<int64_t> target = {product(shape.take_front(axis)),
                                 product(shape.drop_front(axis))};
  if (node.fits(target))
    node.set(0, node.build.reshape(node.input(0), target));
}

// Axes are an attribute before opset 13 and an input since.
static std::optional<SmallVector<int64_t>> axesOf(OnnxNode &node,
                                                  ArrayRef<int64_t> attribute) {
  if (node.version() < 13)
    return SmallVector<int64_t>(attribute);
  if (!node.hasInput(1))
    return SmallVector<int64_t>();
  return node.constants(1);
}

static void importSqueeze(OnnxNode &node) {
  SmallVector<int64_t> attribute;
  if (node.version() < 13)
    attribute = node.integers("axes");
  if (!node.ready())
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  auto given = axesOf(node, attribute);
  if (!given)
    return;
  auto dims = node.axes(*given, shape.size());
  if (!dims)
    return;
  bool isAll = node.version() < 13 ? !node.has("axes") : !node.hasInput(1);
  for (auto [i, size] : llvm::enumerate(shape))
    if (isAll && size == 1)
      dims->push_back(i);
  for (int64_t dim : *dims)
    if (shape[dim] != 1)
      return node.reject("cannot remove axis " + Twine(dim) + " of length " +
                         Twine(shape[dim]));
  node.set(0, node.build.reshape(node.input(0), shapeWithout(shape, *dims)));
}

static void importUnsqueeze(OnnxNode &node) {
  SmallVector<int64_t> attribute;
  if (node.version() < 13) {
    node.require("axes");
    attribute = node.integers("axes");
  }
  if (!node.ready())
    return;
  auto given = axesOf(node, attribute);
  if (!given)
    return;
  SmallVector<int64_t> shape(node.shape(0));
  if (given->size() + shape.size() > kMostAxes)
    return node.reject("the result cannot be: rank " +
                       Twine(given->size() + shape.size()) + " is more than " +
                       Twine(kMostAxes));
  auto dims = node.axes(*given, shape.size() + given->size());
  if (!dims)
    return;
  for (int64_t dim : *dims)
    shape.insert(shape.begin() + dim, 1);
  node.set(0, node.build.reshape(node.input(0), shape));
}

static void importIdentity(OnnxNode &node) {
  if (node.ready())
    node.pass(0);
}

//===----------------------------------------------------------------------===//
// Order and repetition
//===----------------------------------------------------------------------===//

static void importTranspose(OnnxNode &node) {
  SmallVector<int64_t> permutation = node.integers("perm");
  if (!node.ready())
    return;
  int64_t rank = node.rank(0);
  if (!node.has("perm"))
    for (int64_t i = rank; i-- > 0;)
      permutation.push_back(i);
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (sorted != otherDims(rank, {}))
    return node.reject("attribute 'perm' is not a permutation of " +
                       Twine(rank) + " axes");
  node.set(0, node.build.transpose(node.input(0), permutation));
}

static void importExpand(OnnxNode &node) {
  if (!node.ready())
    return;
  auto wanted = node.constants(1);
  if (!wanted || !node.fits(*wanted))
    return;
  auto shape = node.broadcastShape(node.shape(0), *wanted);
  if (shape)
    node.set(0, node.stretch(node.input(0), *shape));
}

static void importTile(OnnxNode &node) {
  if (!node.ready())
    return;
  auto repeats = node.constants(1);
  if (!repeats)
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  if (repeats->size() != shape.size())
    return node.reject("input 'repeats' expected " + Twine(shape.size()) +
                       " numbers, got " + Twine(repeats->size()));
  if (!node.fits(*repeats))
    return;
  SmallVector<int64_t> result, spread, added;
  for (auto [size, times] : llvm::zip(shape, *repeats)) {
    result.push_back(size * times);
    if (times != 1) {
      added.push_back(spread.size());
      spread.push_back(times);
    }
    spread.push_back(size);
  }
  if (!node.fits(result))
    return;
  TensorBuilder &build = node.build;
  node.set(
      0, build.reshape(build.broadcast(node.input(0), added, spread), result));
}

// Blocks of space become channels, or channels blocks: both split axes, move
// them and merge them again.
static void importDepthToSpace(OnnxNode &node) {
  std::string mode = node.choice("mode", "DCR", {"DCR", "CRD"});
  node.require("blocksize");
  int64_t block = node.integer("blocksize", 1);
  if (!node.ready())
    return;
  ArrayRef<int64_t> s = node.shape(0);
  if (s.size() != 4 || block < 1 || s[1] % (block * block) != 0)
    return node.reject("blocks of " + Twine(block) + " do not fit " +
                       textOf(s));
  int64_t c = s[1] / (block * block);
  SmallVector<int64_t> result = {s[0], c, s[2] * block, s[3] * block};
  if (!node.fits(result))
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  if (mode == "DCR")
    x = build.transpose(build.reshape(x, {s[0], block, block, c, s[2], s[3]}),
                        {0, 3, 4, 1, 5, 2});
  else
    x = build.transpose(build.reshape(x, {s[0], c, block, block, s[2], s[3]}),
                        {0, 1, 4, 2, 5, 3});
  node.set(0, build.reshape(x, result));
}

static void importSpaceToDepth(OnnxNode &node) {
  node.require("blocksize");
  int64_t block = node.integer("blocksize", 1);
  if (!node.ready())
    return;
  ArrayRef<int64_t> s = node.shape(0);
  if (s.size() != 4 || block < 1 || s[2] % block != 0 || s[3] % block != 0)
    return node.reject("blocks of " + Twine(block) + " do not fit " +
                       textOf(s));
  int64_t h = s[2] / block, w = s[3] / block;
  SmallVector<int64_t> result = {s[0], s[1] * block * block, h, w};
  if (!node.fits(result))
    return;
  TensorBuilder &build = node.build;
  Value x = build.reshape(node.input(0), {s[0], s[1], h, block, w, block});
  x = build.transpose(x, {0, 3, 5, 1, 2, 4});
  node.set(0, build.reshape(x, result));
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

static void importConcat(OnnxNode &node) {
  node.require("axis");
  int64_t axis = node.integer("axis", 0);
  if (!node.ready())
    return;
  std::optional<int64_t> dim = node.axis(axis, node.rank(0));
  if (!dim)
    return;
  SmallVector<int64_t> result(node.shape(0));
  result[*dim] = 0;
  SmallVector<Value> values;
  for (unsigned i = 0; i < node.inputs(); ++i) {
    if (!node.hasInput(i))
      return node.reject("input " + Twine(i) + " is missing");
    SmallVector<int64_t> shape(node.shape(i));
    int64_t length = shape.size() == result.size() ? shape[*dim] : 0;
    if (shape.size() == result.size())
      shape[*dim] = result[*dim];
    if (shape != result ||
        node.type(i).getElementType() != node.type(0).getElementType())
      return node.reject("input " + Twine(i) + " does not fit the first one: " +
                         textOf(node.shape(i)) + " and " +
                         textOf(node.shape(0)) + " along axis " + Twine(*dim));
    result[*dim] += length;
    values.push_back(node.input(i));
  }
  if (node.fits(result))
    node.set(0, node.build.concat(values, *dim));
}

static Value slicePart(TensorBuilder &build, Value x, int64_t dim,
                       int64_t start, int64_t stop) {
  ArrayRef<int64_t> shape = tensorType(x).getShape();
  SmallVector<int64_t> starts(shape.size(), 0), stops(shape),
      strides(shape.size(), 1);
  starts[dim] = start;
  stops[dim] = stop;
  return build.slice(x, starts, stops, strides);
}

// What lies below, or above, a diagonal of each matrix becomes zero.
static void importTrilu(OnnxNode &node) {
  bool isUpper = node.flag("upper", true);
  if (!node.ready())
    return;
  int64_t rank = node.rank(0), shift = 0;
  if (node.hasInput(1)) {
    std::optional<double> given = node.scalar(1);
    if (!given)
      return;
    shift =
        static_cast<int64_t>(std::clamp<double>(*given, INT32_MIN, INT32_MAX));
  }
  if (rank < 2)
    return node.reject("expected matrices, got rank " + Twine(rank));
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  ArrayRef<int64_t> shape = node.shape(0);
  // Beyond the matrix a diagonal is as far as its sides.
  shift = std::clamp(shift, -shape[rank - 2], shape[rank - 1]);
  auto type = RankedTensorType::get(shape, build.builder.getI32Type());
  Value row = build.iota(type, rank - 2), column = build.iota(type, rank - 1);
  Value diagonal =
      build.add(row, build.constantLike(row, static_cast<double>(shift)));
  Value isKept = build.compare(isUpper ? Comparison::ge : Comparison::le,
                               column, diagonal);
  node.set(0, build.select(isKept, x, build.constantLike(x, 0)));
}

static void importSplit(OnnxNode &node) {
  int64_t axis = node.integer("axis", 0);
  SmallVector<int64_t> lengths;
  if (node.version() < 13)
    lengths = node.integers("split");
  int64_t count = node.outputs();
  if (node.version() >= 18 && node.has("num_outputs") &&
      node.integer("num_outputs", count) != count)
    node.reject("attribute 'num_outputs' differs from the number of outputs");
  if (!node.ready())
    return;
  std::optional<int64_t> dim = node.axis(axis, node.rank(0));
  if (!dim)
    return;
  if (node.version() >= 13 && node.hasInput(1)) {
    auto given = node.constants(1);
    if (!given)
      return;
    lengths = *given;
  }
  int64_t size = node.shape(0)[*dim];
  if (lengths.empty() && count > 0) {
    // Equal parts; since opset 18 the last may be smaller.
    int64_t part = (size + count - 1) / count;
    if (node.version() < 18 && size % count != 0)
      return node.reject("an axis of length " + Twine(size) + " has no " +
                         Twine(count) + " equal parts");
    for (int64_t i = 0; i < count; ++i)
      lengths.push_back(std::clamp<int64_t>(size - i * part, 0, part));
  }
  int64_t total = 0;
  for (int64_t length : lengths) {
    if (length < 0 || length > size)
      return node.reject("a part of length " + Twine(length) +
                         " is out of range");
    total += length;
  }
  if (total != size || static_cast<int64_t>(lengths.size()) != count)
    return node.reject(Twine(lengths.size()) + " parts of " + Twine(total) +
                       " elements do not fit " + Twine(count) +
                       " outputs and an axis of length " + Twine(size));
  int64_t start = 0;
  for (auto [i, length] : llvm::enumerate(lengths)) {
    if (node.hasOutput(i))
      node.set(
          i, slicePart(node.build, node.input(0), *dim, start, start + length));
    start += length;
  }
}

void onnximport::addShapeOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Concat", {11, 13}, 1, kVariadic, kAny, importConcat},
      {"DepthToSpace", {11, 13}, 1, 1, kAny, importDepthToSpace},
      {"Expand", {8, 13}, 2, 2, kAny, importExpand, "", {{1, "shape"}}},
      {"Flatten", {11, 13, 21, 23, 24, 25}, 1, 1, kAny, importFlatten},
      {"Identity",
       {1, 13, 14, 16, 19, 21, 23, 24, 25},
       1,
       1,
       kAny,
       importIdentity,
       "sequences and optionals"},
      {"Reshape",
       {5, 13, 14, 19, 21, 23, 24, 25},
       2,
       2,
       kAny,
       importReshape,
       "",
       {{1, "shape"}}},
      {"SpaceToDepth", {1, 13}, 1, 1, kAny, importSpaceToDepth},
      {"Split", {11, 13, 18}, 1, 2, kAny, importSplit, "", {{1, "split"}}},
      {"Squeeze",
       {11, 13, 21, 23, 24, 25},
       1,
       2,
       kAny,
       importSqueeze,
       "",
       {{1, "axes"}}},
      {"Tile", {6, 13}, 2, 2, kAny, importTile, "", {{1, "repeats"}}},
      {"Transpose", {1, 13, 21, 23, 24, 25}, 1, 1, kAny, importTranspose},
      {"Trilu", {14}, 1, 2, kAny, importTrilu, "", {{1, "k"}}},
      {"Unsqueeze",
       {11, 13, 21, 23, 24, 25},
       1,
       2,
       kAny,
       importUnsqueeze,
       "",
       {{1, "axes"}}},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
