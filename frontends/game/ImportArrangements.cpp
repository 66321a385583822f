//===- ImportArrangements.cpp - functions that rearrange a tensor ---------===//
//
// roll, shuffle, topk and interpolate: each element of the result is an element
// of the value, or a mixture of its neighbours.
//
//===----------------------------------------------------------------------===//

#include "frontends/game/Implementation.h"
#include <cmath>

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

/// The numbers in a matrix of weights that a program may hold.
constexpr int64_t kMostWeights = int64_t(1) << 22;

/// Moves every element by `steps` along an axis; what leaves comes in again.
static Value roll(gan::TensorBuilder &make, Value v, int64_t steps,
                  int64_t axis) {
  SmallVector<int64_t> shape(gan::tensorType(v).getShape());
  int64_t length = shape[axis];
  int64_t cut = length ? ((-steps) % length + length) % length : 0;
  if (cut == 0)
    return v;
  SmallVector<int64_t> none(shape.size(), 0), ones(shape.size(), 1);
  SmallVector<int64_t> start(none), stop(shape);
  start[axis] = stop[axis] = cut;
  Value back = make.slice(v, start, shape, ones);
  return make.concat({back, make.slice(v, none, stop, ones)}, axis);
}

/// The `count` largest along axis 0, the largest first.
static Value largest(gan::TensorBuilder &make, Value v, int64_t count) {
  int64_t last = gan::tensorType(v).getRank() - 1;
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(1, last + 1));
  order.push_back(0);
  Value lines = last == 0 ? v : make.transpose(v, order);
  Value places = gan::SortOp::create(make.builder, make.loc, lines, last, count,
                                     /*descending=*/true);
  Value found = make.gather(lines, places, last, last);
  return last == 0 ? found
                   : make.transpose(found, gan::invertPermutation(order));
}

/// Bilinear weights [to, from] with half-pixel centres; the edge goes on
/// beyond it.
static Value bilinearWeights(gan::TensorBuilder &make, int64_t to,
                             int64_t from) {
  std::vector<float> weights(to * from, 0);
  for (int64_t at = 0; at < to; ++at) {
    double coordinate = (at + 0.5) * from / to - 0.5;
    coordinate = std::clamp<double>(coordinate, 0, from - 1);
    auto low = static_cast<int64_t>(coordinate);
    int64_t high = std::min(low + 1, from - 1);
    weights[at * from + low] += 1 - (coordinate - low);
    weights[at * from + high] += coordinate - low;
  }
  auto type = RankedTensorType::get({to, from}, make.builder.getF32Type());
  return gan::ConstantOp::create(
      make.builder, make.loc, type,
      cast<ElementsAttr>(
          Attribute(DenseElementsAttr::get(type, ArrayRef<float>(weights)))));
}

ImportedValue GameImporter::interpolate(const CallExpression &call, Value v,
                                        int64_t height, int64_t width) {
  auto type = cast<RankedTensorType>(v.getType());
  if (type.getRank() != 4 || llvm::is_contained(type.getShape(), 0))
    return fail(call.arguments[0].value->range,
                "'interpolate' needs images [B, C, H, W], got " +
                    describeValue(ImportedValue::tensor(v)));
  gan::TensorBuilder make = tensors(call.range);
  for (auto [axis, size] :
       {std::pair<int64_t, int64_t>(2, height), {3, width}}) {
    int64_t from = type.getDimSize(axis);
    if (size == from)
      continue;
    if (size > kMostWeights / from)
      return fail(call.range, "interpolation from " + Twine(from) + " to " +
                                  Twine(size) + " pixels takes more than " +
                                  Twine(kMostWeights) + " weights (limit)");
    v = make.transform(v, bilinearWeights(make, size, from), axis);
  }
  return ImportedValue::tensor(v);
}

/// A fresh order of 0 … length - 1: a draw of the innermost block.
Value GameImporter::drawPermutation(int64_t length, SourceRange range) {
  auto type = RankedTensorType::get({length}, builder.getI32Type());
  std::string source = ("shuffle." + Twine(length)).str();
  Location loc = locationOf(range);
  OpBuilder::InsertionGuard guard(builder);
  if (!module->lookupSymbol(source)) {
    builder.setInsertionPointToStart(module->getBody());
    FloatAttr zero = builder.getF64FloatAttr(0);
    game::SampleOp::create(
        builder, loc, builder.getStringAttr(source),
        gan::DistributionAttr::get(context, gan::Distribution::permutation),
        zero, zero, TypeAttr::get(type));
  }
  if (drawBlock->statement)
    builder.setInsertionPoint(drawBlock->statement);
  else
    builder.setInsertionPointToEnd(drawBlock->block);
  return at(range,
            game::DrawOp::create(
                builder, loc, type, source, sites.next("shuffle"),
                isInStep ? gan::Scope::block : gan::Scope::run, "shuffle"));
}

ImportedValue GameImporter::arrange(const CallExpression &call, StringRef name,
                                    const BoundArguments &bound,
                                    const ImportedValue &operand) {
  SourceRange range = call.arguments[0].value->range;
  if (!operand.isTensor() || operand.type().getRank() == 0)
    return fail(range, "expected a tensor with a first axis, got " +
                           describeValue(operand));
  int64_t rank = operand.type().getRank(), length = operand.shape()[0];
  gan::TensorBuilder make = tensors(call.range);
  auto sizeOf = [&](unsigned parameter, int64_t low, int64_t high) {
    return constants.integer(*bound.parameters[parameter]->value, low, high,
                             "'" +
                                 findSignature(SignatureKind::Function, name)
                                     ->parameters[parameter] +
                                 "'");
  };
  if (name == "shuffle")
    return ImportedValue::tensor(
        make.gather(operand.value, drawPermutation(length, call.range), 0));
  if (name == "roll") {
    std::optional<int64_t> steps = sizeOf(1, -INT32_MAX, INT32_MAX);
    std::optional<int64_t> axis = axisOf(bound.options[0], rank, 0, call.range);
    if (!steps || !axis)
      return {};
    return ImportedValue::tensor(roll(make, operand.value, *steps, *axis));
  }
  Value v = floatTensor(operand, range, "'" + name + "'");
  if (!v)
    return {};
  if (name == "topk") {
    std::optional<int64_t> count = sizeOf(1, 1, INT32_MAX);
    if (!count)
      return {};
    if (*count > length)
      return fail(bound.parameters[1]->value->range,
                  "axis 0 of " + describeValue(operand) + " has no " +
                      Twine(*count) + " elements");
    return ImportedValue::tensor(largest(make, v, *count));
  }
  std::optional<int64_t> height = sizeOf(1, 1, INT32_MAX);
  std::optional<int64_t> width = sizeOf(2, 1, INT32_MAX);
  if (!height || !width)
    return {};
  return interpolate(call, v, *height, *width);
}
