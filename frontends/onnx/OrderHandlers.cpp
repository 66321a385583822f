//===- OrderHandlers.cpp - ArgMax, ArgMin, TopK ---------------------------===//

#include "frontends/onnx/OpTable.h"

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

template <typename OpTy> static void importArgExtreme(OnnxNode &node) {
  int64_t given = node.integer("axis", 0);
  bool keep = node.flag("keepdims", true);
  bool last = node.version() >= 12 && node.flag("select_last_index", false);
  if (!node.ready())
    return;
  auto axis = node.axis(given, node.rank(0));
  if (!axis)
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  SmallVector<int64_t> shape(node.shape(0));
  int64_t length = std::exchange(shape[*axis], 1);
  if (length == 0)
    return node.reject("an empty axis has no largest or smallest element");
  if (last)
    x = build.reverse(x, {*axis});
  Value place = build.cast(OpTy::create(build.builder, build.loc, x, *axis),
                           build.builder.getI64Type());
  if (last) // length - 1 - place
    place = build.add(build.mul(place, build.constantLike(place, -1)),
                      build.constantLike(place, length - 1));
  node.set(0, keep ? build.reshape(place, shape) : place);
}

static void importTopK(OnnxNode &node) {
  int64_t given = node.integer("axis", -1);
  bool largest = node.flag("largest", true);
  // Any order will do where none is asked for.
  node.flag("sorted", true);
  if (!node.ready())
    return;
  auto axis = node.axis(given, node.rank(0));
  auto count = node.constants(1);
  if (!axis || !count)
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  if (count->size() != 1 || count->front() < 0 || count->front() > shape[*axis])
    return node.reject("input 'K' expected one number from 0 to " +
                       Twine(shape[*axis]));
  TensorBuilder &build = node.build;
  // Along the last axis, each line of which has places of its own.
  int64_t last = shape.size() - 1;
  SmallVector<int64_t> order = otherDims(shape.size(), {*axis});
  order.push_back(*axis);
  bool isLast = *axis == last;
  Value x = isLast ? node.input(0) : build.transpose(node.input(0), order);
  Value places = SortOp::create(build.builder, build.loc, x, last,
                                count->front(), largest);
  Value values = build.gather(x, places, last, last);
  places = build.cast(places, build.builder.getI64Type());
  for (auto [i, value] : {std::pair(0u, values), {1u, places}})
    node.set(i,
             isLast ? value : build.transpose(value, invertPermutation(order)));
}

void onnximport::addOrderOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"ArgMax", {11, 12, 13}, 1, 1, kNumber, importArgExtreme<ArgMaxOp>},
      {"ArgMin", {11, 12, 13}, 1, 1, kNumber, importArgExtreme<ArgMinOp>},
      {"TopK", {11, 24}, 2, 2, kNumber, importTopK, "", {{1, "K"}}},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
