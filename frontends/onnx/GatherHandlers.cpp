//===- GatherHandlers.cpp - elements chosen and changed by index ----------===//
//
// One axis is chosen from by gan.gather. Where indices say several axes, or
// each element says its own, those axes become one and the indices places in
// it.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/OpTable.h"
#include <numeric>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

// Indices that only the program knows are brought into range, so that no input
// can read beside the table.
static Value boundedIndex(TensorBuilder &build, Value index, int64_t size) {
  index = build.cast(index, build.builder.getI32Type());
  Value zero = build.constantLike(index, 0);
  Value last = build.constantLike(index, size - 1);
  index =
      build.select(build.compare(Comparison::lt, index, zero),
                   build.add(index, build.constantLike(index, size)), index);
  index = build.select(build.compare(Comparison::lt, index, zero), zero, index);
  return build.select(build.compare(Comparison::gt, index, last), last, index);
}

/// An index that is an input of the network: whoever runs the network can check
/// what kernels cannot. The smallest axis counts.
static void markIndex(Value index, int64_t size) {
  while (auto op = index.getDefiningOp()) {
    if (!isa<CastOp, ReshapeOp>(op))
      return;
    index = op->getOperand(0);
  }
  auto argument = cast<BlockArgument>(index);
  auto network = dyn_cast<NetworkOp>(argument.getOwner()->getParentOp());
  if (!network)
    return;
  unsigned number = argument.getArgNumber();
  if (auto known = network.getArgAttrOfType<IntegerAttr>(number, "gan.indexes"))
    size = std::min(size, known.getInt());
  network.setArgAttr(number, "gan.indexes",
                     Builder(network.getContext()).getI64IntegerAttr(size));
}

/// Input `input` as an index of type i32 into an axis of length `size`; null
/// after an error.
static Value indexInto(OnnxNode &node, unsigned input, int64_t size) {
  TensorBuilder &build = node.build;
  Type element = node.type(input).getElementType();
  if (!element.isInteger(32) && !element.isInteger(64)) {
    node.reject("indices expected type int32 or int64");
    return {};
  }
  if (const HostTensor *known = node.known(input)) {
    HostTensor bounded{
        RankedTensorType::get(node.shape(input), build.builder.getI32Type()),
        {},
        {}};
    for (int64_t at : known->ints) {
      if (at < -size || at >= size) {
        node.reject("index " + Twine(at) + " is not in an axis of length " +
                    Twine(size));
        return {};
      }
      bounded.ints.push_back(at < 0 ? at + size : at);
    }
    return node.literal(std::move(bounded), "indices");
  }
  if (size == 0) {
    node.reject("an empty axis cannot be indexed");
    return {};
  }
  markIndex(node.input(input), size);
  return boundedIndex(build, node.input(input), size);
}

static int64_t product(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// Adds `stride` times the place along axis `dim` to an index.
static Value addPlace(TensorBuilder &build, Value index, int64_t dim,
                      int64_t stride) {
  Value place = build.iota(tensorType(index), dim);
  return build.add(index, build.scale(place, static_cast<double>(stride)));
}

/// Whether places in so many elements are i32.
static bool countsPlaces(OnnxNode &node, int64_t elements) {
  if (elements <= INT32_MAX)
    return true;
  node.reject("places among " + Twine(elements) + " elements do not fit int32");
  return false;
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

static void importGather(OnnxNode &node) {
  int64_t axis = node.integer("axis", 0);
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  std::optional<int64_t> dim = node.axis(axis, node.rank(0));
  if (!dim)
    return;
  ArrayRef<int64_t> table = node.shape(0), indexShape = node.shape(1);
  int64_t size = table[*dim];
  SmallVector<int64_t> shape(table.take_front(*dim));
  shape.append(indexShape.begin(), indexShape.end());
  shape.append(table.begin() + *dim + 1, table.end());
  if (!node.fits(shape))
    return;
  if (Value index = indexInto(node, 1, size))
    node.set(0, build.gather(node.parameter(0, "table"), index, *dim));
}

/// For each element of input 1 the place in input 0, all its axes merged: its
/// own along every axis but `dim`, where it is the element itself.
static Value placesOf(OnnxNode &node, int64_t dim) {
  TensorBuilder &build = node.build;
  ArrayRef<int64_t> table = node.shape(0), shape = node.shape(1);
  bool fits = shape.size() == table.size();
  for (int64_t i = 0, e = shape.size(); fits && i < e; ++i)
    fits = i == dim || shape[i] <= table[i];
  if (!fits) {
    node.reject("the shape of the indices does not fit the first input");
    return {};
  }
  if (!countsPlaces(node, product(table)))
    return {};
  Value index = indexInto(node, 1, table[dim]);
  if (!index)
    return {};
  int64_t stride = product(table.drop_front(dim + 1));
  Value places = build.scale(index, static_cast<double>(stride));
  for (int64_t i = 0, e = shape.size(); i < e; ++i)
    if (i != dim)
      places = addPlace(build, places, i, product(table.drop_front(i + 1)));
  return build.reshape(places, {product(shape)});
}

static void importGatherElements(OnnxNode &node) {
  int64_t axis = node.integer("axis", 0);
  if (!node.ready())
    return;
  std::optional<int64_t> dim = node.axis(axis, node.rank(0));
  if (!dim)
    return;
  TensorBuilder &build = node.build;
  Value places = placesOf(node, *dim);
  if (!places)
    return;
  Value flat = build.reshape(node.input(0), {product(node.shape(0))});
  node.set(0, build.reshape(build.gather(flat, places, 0), node.shape(1)));
}

/// Input 1 holds along its last axis the indices of the axes of input 0 behind
/// `batch` common ones. Places of slices, those axes merged: a row for each
/// index of the common axes.
struct Slices {
  Value places;
  int64_t common = 0;          // indices of the common axes
  int64_t count = 0, size = 0; // of slices for each, of elements in a slice
  SmallVector<int64_t> shape;  // of one slice
};

static std::optional<Slices> slicesOf(OnnxNode &node, int64_t batch) {
  TensorBuilder &build = node.build;
  ArrayRef<int64_t> table = node.shape(0), shape = node.shape(1);
  int64_t rank = table.size(), width = shape.empty() ? -1 : shape.back();
  bool fits = width >= 0 && batch >= 0 && batch + width <= rank &&
              batch < static_cast<int64_t>(shape.size()) &&
              shape.take_front(batch) == table.take_front(batch);
  if (!fits) {
    node.reject("the shape of the indices does not fit the first input");
    return std::nullopt;
  }
  Slices result;
  ArrayRef<int64_t> inner = table.drop_front(batch + width);
  result.common = product(table.take_front(batch));
  result.count = product(table.slice(batch, width));
  result.size = product(inner);
  result.shape.assign(inner.begin(), inner.end());
  if (!countsPlaces(node, result.count))
    return std::nullopt;
  // Each column is bounded by its own axis.
  Value columns = node.input(1);
  if (!tensorType(columns).getElementType().isInteger(64) &&
      !tensorType(columns).getElementType().isInteger(32)) {
    node.reject("indices expected type int32 or int64");
    return std::nullopt;
  }
  const HostTensor *known = node.known(1);
  int64_t largest = 0;
  for (int64_t i = 0; i < width; ++i) {
    int64_t size = table[batch + i];
    largest = std::max(largest, size);
    for (int64_t k = i; known && k < known->size(); k += width)
      if (known->ints[k] < -size || known->ints[k] >= size) {
        node.reject("index " + Twine(known->ints[k]) +
                    " is not in an axis of length " + Twine(size));
        return std::nullopt;
      }
  }
  if (!known)
    markIndex(columns, largest);
  SmallVector<int64_t> outer(shape.drop_back());
  auto type = RankedTensorType::get(outer, build.builder.getI32Type());
  Value places = build.zeros(type);
  for (int64_t i = 0; i < width; ++i) {
    if (table[batch + i] == 0) {
      node.reject("an empty axis cannot be indexed");
      return std::nullopt;
    }
    SmallVector<int64_t> start(shape.size(), 0), stop(shape),
        stride(shape.size(), 1);
    start.back() = i;
    stop.back() = i + 1;
    Value column =
        build.reshape(build.slice(columns, start, stop, stride), outer);
    int64_t distance = product(table.slice(batch + i + 1, width - i - 1));
    places = build.add(
        places, build.scale(boundedIndex(build, column, table[batch + i]),
                            static_cast<double>(distance)));
  }
  result.places = build.reshape(
      places,
      {result.common, product(ArrayRef<int64_t>(outer).drop_front(batch))});
  return result;
}

static void importGatherND(OnnxNode &node) {
  int64_t batch = node.version() >= 12 ? node.integer("batch_dims", 0) : 0;
  if (!node.ready())
    return;
  auto slices = slicesOf(node, batch);
  if (!slices)
    return;
  TensorBuilder &build = node.build;
  SmallVector<int64_t> shape(node.shape(1).drop_back());
  llvm::append_range(shape, slices->shape);
  if (!node.fits(shape))
    return;
  Value table = build.reshape(node.input(0),
                              {slices->common, slices->count, slices->size});
  node.set(0, build.reshape(build.gather(table, slices->places, 1, 1), shape));
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

/// Updates take the place of elements, or are added to them.
static bool readReduction(OnnxNode &node) {
  if (node.version() < 16)
    return false;
  return node.choice("reduction", "none", {"none", "add"}) == "add";
}

/// `base` with `updates` at `places` of axis 0. Where they replace, what is
/// there becomes zero first; places are distinct then, as ONNX has it.
static Value scatter(TensorBuilder &build, Value base, Value places,
                     Value updates, bool isSum) {
  auto add = [&](Value to, Value values) -> Value {
    return ScatterAddOp::create(build.builder, build.loc, to, places, values,
                                int64_t(0));
  };
  if (!isSum) {
    Value zero = build.constantLike(base, 0);
    Value hits = add(zero, build.constantLike(updates, 1));
    base = build.select(build.compare(Comparison::gt, hits, zero), zero, base);
  }
  return add(base, updates);
}

static void importScatterElements(OnnxNode &node) {
  int64_t axis = node.integer("axis", 0);
  bool isSum = readReduction(node);
  if (!node.ready())
    return;
  std::optional<int64_t> dim = node.axis(axis, node.rank(0));
  if (!dim)
    return;
  if (node.type(2) != node.type(0).clone(node.shape(1)))
    return node.reject("input 'updates' expected the shape of the indices");
  TensorBuilder &build = node.build;
  Value places = placesOf(node, *dim);
  if (!places)
    return;
  Value flat = build.reshape(node.input(0), {product(node.shape(0))});
  Value updates = build.reshape(node.input(2), {product(node.shape(1))});
  node.set(0, build.reshape(scatter(build, flat, places, updates, isSum),
                            node.shape(0)));
}

static void importScatterND(OnnxNode &node) {
  bool isSum = readReduction(node);
  if (!node.ready())
    return;
  auto slices = slicesOf(node, 0);
  if (!slices)
    return;
  TensorBuilder &build = node.build;
  SmallVector<int64_t> shape(node.shape(1).drop_back());
  int64_t count = product(shape);
  llvm::append_range(shape, slices->shape);
  if (node.type(2) != node.type(0).clone(shape))
    return node.reject("input 'updates' expected the shape of the slices");
  Value table = build.reshape(node.input(0), {slices->count, slices->size});
  Value updates = build.reshape(node.input(2), {count, slices->size});
  Value places = build.reshape(slices->places, {count});
  node.set(0, build.reshape(scatter(build, table, places, updates, isSum),
                            node.shape(0)));
}

//===----------------------------------------------------------------------===//
// OneHot
//===----------------------------------------------------------------------===//

// Compared with every number below the depth; what is none of them is off.
static void importOneHot(OnnxNode &node) {
  int64_t along = node.integer("axis", -1);
  if (!node.ready())
    return;
  std::optional<double> depth = node.scalar(1);
  if (!depth)
    return;
  auto size = static_cast<int64_t>(*depth);
  std::optional<int64_t> dim = node.axis(along, node.rank(0) + 1);
  if (!dim)
    return;
  if (size < 0 || node.shape(2) != ArrayRef<int64_t>{2})
    return node.reject("expected a depth of 0 or more, and two values");
  SmallVector<int64_t> shape(node.shape(0));
  shape.insert(shape.begin() + *dim, size);
  if (!node.fits(shape))
    return;
  TensorBuilder &build = node.build;
  Value index = build.cast(node.input(0), build.builder.getI32Type());
  Value isNegative =
      build.compare(Comparison::lt, index, build.constantLike(index, 0));
  index = build.select(
      isNegative,
      build.add(index, build.constantLike(index, static_cast<double>(size))),
      index);
  index = build.broadcast(index, {*dim}, shape);
  Value isHot =
      build.compare(Comparison::eq, index, build.iota(tensorType(index), *dim));
  auto value = [&](int64_t at) {
    Value one = build.slice(node.input(2), {at}, {at + 1}, {1});
    return build.splat(build.reshape(one, {}), shape);
  };
  node.set(0, build.select(isHot, value(1), value(0)));
}

void onnximport::addGatherOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Gather", {11, 13}, 2, 2, kAny, importGather},
      {"GatherElements", {11, 13}, 2, 2, kAny, importGatherElements},
      {"GatherND", {11, 12, 13}, 2, 2, kAny, importGatherND},
      {"OneHot", {11}, 3, 3, kNumber, importOneHot, "", {{1, "depth"}}},
      {"ScatterElements",
       {11, 13, 16, 18},
       3,
       3,
       kFloat,
       importScatterElements,
       "reduction other than add"},
      {"ScatterND",
       {11, 13, 16, 18},
       3,
       3,
       kFloat,
       importScatterND,
       "reduction other than add"},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
