//===- ConstantHandlers.cpp - constants, shapes, casts --------------------===//

#include "frontends/onnx/OpTable.h"
#include "frontends/onnx/TensorReader.h"
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

static std::shared_ptr<const HostTensor>
vectorOf(MLIRContext *context, ArrayRef<int64_t> values, bool isScalar) {
  SmallVector<int64_t> shape;
  if (!isScalar)
    shape.push_back(values.size());
  auto type = RankedTensorType::get(shape, IntegerType::get(context, 64));
  return std::make_shared<const HostTensor>(
      HostTensor{type, {}, {values.begin(), values.end()}});
}

static std::shared_ptr<const HostTensor>
vectorOf(MLIRContext *context, std::vector<double> values, bool isScalar) {
  SmallVector<int64_t> shape;
  if (!isScalar)
    shape.push_back(values.size());
  auto type = RankedTensorType::get(shape, Float32Type::get(context));
  return std::make_shared<const HostTensor>(
      HostTensor{type, std::move(values), {}});
}

static int64_t product(ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

// `number` everywhere in `type`, which has its element type.
static Value fill(OnnxNode &node, RankedTensorType type,
                  const HostTensor &number) {
  if (number.isFloat())
    return node.build.constant(type, number.number(0));
  HostTensor scalar{number.type.clone(ArrayRef<int64_t>{}), {}, number.ints};
  return node.build.splat(node.literal(std::move(scalar), "value"),
                          type.getShape());
}

static void importConstant(OnnxNode &node) {
  MLIRContext *context = node.build.builder.getContext();
  auto tensor = node.tensor("value");
  unsigned count = tensor != nullptr;
  if (node.has("value_int")) {
    int64_t value = node.integer("value_int", 0, INT64_MAX);
    tensor = vectorOf(context, ArrayRef(value), true);
    ++count;
  }
  if (node.has("value_ints")) {
    tensor = vectorOf(context, node.integers("value_ints", INT64_MAX), false);
    ++count;
  }
  if (node.has("value_float")) {
    double value = node.number("value_float", 0);
    tensor = vectorOf(context, std::vector<double>{value}, true);
    ++count;
  }
  if (node.has("value_floats")) {
    tensor = vectorOf(context, node.numbers("value_floats"), false);
    ++count;
  }
  if (!node.ready())
    return;
  if (count != 1)
    return node.reject("expected one attribute that gives the value, got " +
                       Twine(count));
  node.set(0, tensor);
}

static void importConstantOfShape(OnnxNode &node) {
  auto value = node.tensor("value");
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  auto shape = node.constants(0);
  if (!shape || !node.fits(*shape))
    return;
  if (value && value->size() != 1)
    return node.reject("attribute 'value' expected one number");
  if (!value)
    return node.set(0, build.zeros(RankedTensorType::get(
                           *shape, build.builder.getF32Type())));
  auto type = RankedTensorType::get(*shape, value->type.getElementType());
  node.set(0, fill(node, type, *value));
}

static void importShape(OnnxNode &node) {
  int64_t start = 0, end = INT64_MAX;
  if (node.version() >= 15) {
    start = node.integer("start", 0, INT64_MAX);
    end = node.integer("end", INT64_MAX, INT64_MAX);
  }
  if (!node.ready())
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  int64_t rank = shape.size();
  auto place = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  int64_t from = place(start), to = std::max(from, place(end));
  MLIRContext *context = node.build.builder.getContext();
  auto part = [&](ArrayRef<int64_t> shape) {
    return shape.slice(from, to - from);
  };
  SmallVector<int64_t> other = node.otherShape(0);
  bool isSame = part(shape) == part(other);
  node.set(0, vectorOf(context, part(shape), false),
           isSame ? nullptr : vectorOf(context, part(other), false));
}

static void importSize(OnnxNode &node) {
  if (!node.ready())
    return;
  MLIRContext *context = node.build.builder.getContext();
  int64_t count = product(node.shape(0)), other = product(node.otherShape(0));
  node.set(0, vectorOf(context, ArrayRef(count), true),
           count == other ? nullptr : vectorOf(context, ArrayRef(other), true));
}

static void importRange(OnnxNode &node) {
  node.ignore("stash_type"); // how narrower floats are computed
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  const HostTensor *start = node.constant(0);
  const HostTensor *limit = node.constant(1);
  const HostTensor *delta = node.constant(2);
  if (!start || !limit || !delta)
    return;
  Type element = start->type.getElementType();
  for (const HostTensor *one : {start, limit, delta})
    if (one->size() != 1 || one->type.getElementType() != element)
      return node.reject("the inputs expected to be numbers of one type");
  if (delta->number(0) == 0)
    return node.reject("a step of 0 is not a step");
  double count =
      std::ceil((limit->number(0) - start->number(0)) / delta->number(0));
  if (std::isnan(count) || count > INT32_MAX)
    return node.reject("a range of " + textOf(count) +
                       " elements is out of range");
  auto type = RankedTensorType::get(
      {static_cast<int64_t>(std::max(count, 0.0))}, element);
  Value steps = build.mul(build.iota(type, 0), fill(node, type, *delta));
  node.set(0, build.add(steps, fill(node, type, *start)));
}

static void importCast(OnnxNode &node) {
  node.require("to");
  Type element = node.elementType("to", ::onnx::TensorProto::FLOAT, kAny);
  // How 8-bit floats are rounded, which are not supported.
  node.ignore("saturate");
  node.ignore("round_mode");
  if (node.ready())
    node.set(0, node.build.cast(node.input(0), element));
}

void onnximport::addConstantOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Cast",
       {9, 13, 19, 21, 23, 24, 25},
       1,
       1,
       kAny,
       importCast,
       "types other than float, int32, int64, bool"},
      {"Constant",
       {11, 12, 13, 19, 21, 23, 24, 25},
       0,
       0,
       kAny,
       importConstant,
       "strings and sparse tensors"},
      {"ConstantOfShape",
       {9, 20, 21, 23, 24, 25},
       1,
       1,
       kInt64,
       importConstantOfShape,
       "",
       {{0, "input"}}},
      {"Range",
       {11, 27},
       3,
       3,
       kNumber,
       importRange,
       "",
       {{0, "start"}, {1, "limit"}, {2, "delta"}}},
      {"Shape", {1, 13, 15, 19, 21, 23, 24, 25}, 1, 1, kAny, importShape},
      {"Size", {1, 13, 19, 21, 23, 24, 25}, 1, 1, kAny, importSize},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
