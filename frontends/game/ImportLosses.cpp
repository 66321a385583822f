//===- ImportLosses.cpp - losses, contractions and shapes -----------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

static RankedTensorType tensorTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static Value meanOfAll(gan::TensorBuilder make, Value value) {
  return make.mean(value, llvm::to_vector(llvm::seq<int64_t>(
                              tensorTypeOf(value).getRank())));
}

//===----------------------------------------------------------------------===//
// Losses
//===----------------------------------------------------------------------===//

/// A number or a draw where the prediction of a network belongs, and a value
/// that was computed where the target belongs.
static bool isSwapped(const ImportedValue &prediction,
                      const ImportedValue &target) {
  auto isGiven = [](const ImportedValue &value) {
    return !value.isTensor() || value.value.getDefiningOp<gan::game::DrawOp>();
  };
  return isGiven(prediction) && !isGiven(target);
}

ImportedValue GameImporter::loss(const CallExpression &call, StringRef name,
                                 ArrayRef<ImportedValue> arguments) {
  if (name == "bce" && isSwapped(arguments[0], arguments[1]))
    return fail(call.range, "'bce' takes the logits first and the target "
                            "second, got " +
                                describeValue(arguments[0]) + " first");
  SmallVector<Value> operands;
  std::string what = ("'" + name + "'").str();
  if (!unify(call.range, what, arguments, operands) ||
      !floatTensor(ImportedValue::tensor(operands[0]), call.range, what))
    return {};
  gan::TensorBuilder make = tensors(call.range);
  Value a = operands[0], b = operands[1];
  Value result;
  if (name == "bce") {
    // softplus(t) - a t is the cross entropy of a Sigmoid's logit.
    Value likelihood = make.softplus(a);
    if (arguments[0].isTensor())
      record.logits.push_back(
          {arguments[0].value, call.arguments[0].value->range, "bce"});
    result = meanOfAll(make, make.sub(likelihood, make.mul(b, a)));
  } else if (name == "mse") {
    result = meanOfAll(make, make.square(make.sub(a, b)));
  } else if (name == "l1") {
    result = meanOfAll(make, make.abs(make.sub(a, b)));
  } else {
    // ½ Σ (m² + exp(v) - v - 1), summed over all but the batch.
    RankedTensorType type = tensorTypeOf(a);
    if (type.getRank() == 0)
      return fail(call.range, "'kl_normal' needs tensors with a batch");
    Value terms =
        make.shift(make.sub(make.add(make.square(a), make.exp(b)), b), -1);
    result = make.scale(make.sumAll(terms), 0.5 / type.getDimSize(0));
  }
  return ImportedValue::tensor(result);
}

/// f32[…, n] with 1 at the label.
ImportedValue GameImporter::oneHot(SourceRange range, Value labels,
                                   int64_t classes) {
  RankedTensorType type = tensorTypeOf(labels);
  if (!type.getElementType().isInteger(32) &&
      !type.getElementType().isInteger(64))
    return fail(range,
                "'onehot' needs integer labels, got " + describeType(type));
  if (!limitLabels(labels, classes, range))
    return {};
  gan::TensorBuilder make = tensors(range);
  SmallVector<int64_t> shape(type.getShape());
  shape.push_back(classes);
  int64_t last = shape.size() - 1;
  auto indexType = RankedTensorType::get(shape, builder.getI32Type());
  Value index =
      make.broadcast(make.cast(labels, builder.getI32Type()), {last}, shape);
  Value chosen =
      make.compare(gan::Comparison::eq, index, make.iota(indexType, last));
  return ImportedValue::tensor(make.cast(chosen, builder.getF32Type()));
}

/// Mean over all samples. Integers are class indices, floats a distribution;
/// the classes are on axis 1.
ImportedValue GameImporter::crossEntropy(const CallExpression &call,
                                         const ImportedValue &logits,
                                         const ImportedValue &labels) {
  bool areLabels = logits.isTensor() && !logits.isFloatTensor();
  if (areLabels || isSwapped(logits, labels))
    return fail(call.range, "'cross_entropy' takes the logits first and the "
                            "labels second, got " +
                                describeValue(logits) + " first");
  Value l =
      floatTensor(logits, call.arguments[0].value->range, "'cross_entropy'");
  if (!l)
    return {};
  RankedTensorType type = tensorTypeOf(l);
  if (type.getRank() < 2)
    return fail(call.arguments[0].value->range,
                "'cross_entropy' needs logits [batch, classes], got " +
                    describeType(type));
  if (!labels.isTensor())
    return fail(call.arguments[1].value->range,
                "'cross_entropy' needs labels, got a number");
  gan::TensorBuilder make = tensors(call.range);
  Value target = labels.value;
  if (!labels.isFloatTensor()) {
    SmallVector<int64_t> expected(type.getShape());
    expected.erase(expected.begin() + 1);
    if (labels.shape() != ArrayRef(expected))
      return fail(call.range, "logits " + describeType(type) + " need labels " +
                                  describeType(RankedTensorType::get(
                                      expected, builder.getI32Type())) +
                                  ", got " + describeValue(labels));
    target = oneHot(call.arguments[1].value->range, target, type.getDimSize(1))
                 .value;
    // onehot puts the classes last.
    SmallVector<int64_t> order = {0, type.getRank() - 1};
    for (int64_t i = 1; i < type.getRank() - 1; ++i)
      order.push_back(i);
    if (target && type.getRank() > 2)
      target = make.transpose(target, order);
  } else if (labels.shape() != type.getShape()) {
    bool isOneEach = labels.type().getRank() + 1 == type.getRank();
    return fail(call.range, "a distribution over the classes has the shape of "
                            "the logits, " +
                                describeType(type) + ", got " +
                                describeValue(labels) +
                                (isOneEach ? "; class indices are i32" : ""));
  }
  if (!target)
    return {};
  Value likelihood = gan::LogSoftmaxOp::create(builder, make.loc, type, l,
                                               builder.getI64IntegerAttr(1));
  record.logits.push_back({l, call.arguments[0].value->range, "cross_entropy",
                           /*takesClasses=*/true});
  Value perSample = make.neg(make.sum(make.mul(target, likelihood), {1}));
  return ImportedValue::tensor(meanOfAll(make, perSample));
}

//===----------------------------------------------------------------------===//
// Contractions and derivatives
//===----------------------------------------------------------------------===//

/// Matrix products over the last two axes, of one batch of axes before them.
ImportedValue GameImporter::dot(const CallExpression &call,
                                const ImportedValue &a,
                                const ImportedValue &b) {
  Value left = floatTensor(a, call.arguments[0].value->range, "'dot'");
  Value right = floatTensor(b, call.arguments[1].value->range, "'dot'");
  if (!left || !right)
    return {};
  RankedTensorType leftType = tensorTypeOf(left),
                   rightType = tensorTypeOf(right);
  int64_t leftRank = leftType.getRank(), rightRank = rightType.getRank();
  auto refuse = [&]() {
    return fail(call.range, "'dot' multiplies vectors and matrices whose inner "
                            "axes are equal, got " +
                                describeType(leftType) + " and " +
                                describeType(rightType));
  };
  SmallVector<int64_t> batch;
  if (leftRank == 0 || rightRank == 0)
    return refuse();
  if (leftRank > 2 || rightRank > 2) {
    if (leftRank != rightRank)
      return refuse();
    for (int64_t i = 0; i < leftRank - 2; ++i) {
      if (leftType.getDimSize(i) != rightType.getDimSize(i))
        return refuse();
      batch.push_back(i);
    }
  }
  int64_t leftAxis = leftRank - 1,
          rightAxis = rightRank == 1 ? 0 : rightRank - 2;
  if (leftType.getDimSize(leftAxis) != rightType.getDimSize(rightAxis))
    return refuse();
  return ImportedValue::tensor(
      tensors(call.range)
          .dot(left, right, batch, batch, {leftAxis}, {rightAxis}));
}

/// v, whose derivative is turned round and lambda times as large.
ImportedValue GameImporter::reverseGradient(const CallExpression &call,
                                            const ImportedValue &v,
                                            const ImportedValue &lambda) {
  Value value =
      floatTensor(v, call.arguments[0].value->range, "'reverse_grad'");
  if (!value)
    return {};
  gan::TensorBuilder make = tensors(call.range);
  auto reversed = [&](double factor) {
    return gan::ReverseGradientOp::create(builder, make.loc, value.getType(),
                                          value,
                                          builder.getF64FloatAttr(factor));
  };
  if (lambda.isConstant())
    return ImportedValue::tensor(reversed(lambda.number));
  // v + lambda (r - v) with r = v: a lambda that changes scales the slope
  // alone.
  SmallVector<Value> operands;
  if (!unify(call.range, "'reverse_grad'",
             {ImportedValue::tensor(value), lambda}, operands))
    return {};
  if (operands[0] != value)
    return fail(call.arguments[1].value->range,
                "the factor of 'reverse_grad' is one number for all");
  Value fixed = make.stop(value);
  Value zero = make.sub(reversed(1), fixed);
  return ImportedValue::tensor(
      make.add(fixed, make.mul(make.stop(operands[1]), zero)));
}

ImportedValue GameImporter::gradient(const CallExpression &call,
                                     const ImportedValue &y,
                                     const ImportedValue &u) {
  Value value = floatTensor(y, call.arguments[0].value->range, "'grad'");
  if (!u.isTensor())
    return fail(call.arguments[1].value->range,
                "'grad' needs a tensor second, got " + describeValue(u));
  Value wrt = floatTensor(u, call.arguments[1].value->range, "'grad'");
  if (!value || !wrt)
    return {};
  auto grad =
      at(call.range, gan::GradOp::create(builder, locationOf(call.range), value,
                                         ValueRange{wrt}));
  return ImportedValue::tensor(grad.getGradients().front());
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

ImportedValue GameImporter::concatenate(const CallExpression &call,
                                        const BoundArguments &bound,
                                        ArrayRef<ImportedValue> arguments,
                                        ArrayRef<SourceRange> ranges) {
  SmallVector<Value> values;
  for (auto [argument, range] : llvm::zip(arguments, ranges)) {
    bool isList = argument.isRecord() && argument.names.empty();
    for (const ImportedValue &value :
         isList ? ArrayRef(argument.fields) : ArrayRef(argument)) {
      if (!requireValue(value, range))
        return {};
      if (!value.isTensor())
        return fail(range, "'cat' joins tensors, got " + describeValue(value));
      values.push_back(value.value);
    }
  }
  RankedTensorType first = tensorTypeOf(values.front());
  std::optional<int64_t> axis =
      axisOf(bound.options[0], first.getRank(), 0, call.range);
  if (!axis)
    return {};
  for (Value value : ArrayRef(values).drop_front()) {
    RankedTensorType type = tensorTypeOf(value);
    bool fits = type.getRank() == first.getRank() &&
                type.getElementType() == first.getElementType();
    for (int64_t i = 0; fits && i < type.getRank(); ++i)
      fits = i == *axis || type.getDimSize(i) == first.getDimSize(i);
    if (!fits)
      return fail(call.range, "'cat' along axis " + Twine(*axis) +
                                  " needs all other axes equal, got " +
                                  describeType(first) + " and " +
                                  describeType(type));
  }
  return ImportedValue::tensor(tensors(call.range).concat(values, *axis));
}

/// `split(v, n)`: n equal parts of axis 0. With 0 the first of two (`half`).
ImportedValue GameImporter::split(const CallExpression &call,
                                  const ImportedValue &operand, int64_t parts) {
  bool isHalf = parts == 0;
  parts = isHalf ? 2 : parts;
  if (!operand.isTensor() || operand.type().getRank() == 0)
    return fail(call.arguments[0].value->range,
                "expected a tensor with a first axis, got " +
                    describeValue(operand));
  int64_t size = operand.shape()[0];
  if (size % parts != 0)
    return fail(call.range, "axis 0 of " + describeValue(operand) + " has no " +
                                Twine(parts) + " equal parts");
  gan::TensorBuilder make = tensors(call.range);
  SmallVector<int64_t> start(operand.type().getRank(), 0);
  SmallVector<int64_t> stop(operand.shape());
  SmallVector<int64_t> stride(start.size(), 1);
  std::vector<ImportedValue> fields;
  for (int64_t part = 0; part < (isHalf ? 1 : parts); ++part) {
    start[0] = part * (size / parts);
    stop[0] = start[0] + size / parts;
    fields.push_back(
        ImportedValue::tensor(make.slice(operand.value, start, stop, stride)));
  }
  return isHalf ? fields.front() : ImportedValue::record(std::move(fields));
}

/// `reshape(v, [B, -1])`: one size may be left open.
ImportedValue GameImporter::reshape(const CallExpression &call,
                                    const ImportedValue &operand,
                                    const Expression &shape) {
  if (!operand.isTensor())
    return fail(call.arguments[0].value->range,
                "'reshape' needs a tensor, got " + describeValue(operand));
  SmallVector<int64_t> sizes;
  int64_t known = 1, open = -1;
  for (const ExpressionPtr &element : cast<ListExpression>(shape).elements) {
    std::optional<int64_t> size =
        constants.integer(*element, -1, INT32_MAX, "a dimension");
    if (!size)
      return {};
    if (*size == 0 || (*size == -1 && open >= 0))
      return fail(element->range, *size == 0 ? "a dimension is at least 1"
                                             : "only one dimension may be -1");
    if (*size == -1)
      open = sizes.size();
    else
      known *= *size;
    sizes.push_back(*size);
    if (known > operand.type().getNumElements())
      break;
  }
  int64_t count = operand.type().getNumElements();
  if (open >= 0 && known <= count && count % known == 0)
    sizes[open] = count / known;
  else if (open >= 0 || known != count)
    return fail(call.range, describeValue(operand) + " has " + Twine(count) +
                                " elements, which do not fill this shape");
  return ImportedValue::tensor(
      tensors(call.range).reshape(operand.value, sizes));
}

ImportedValue GameImporter::transpose(const CallExpression &call,
                                      const ImportedValue &operand,
                                      const Expression &axes) {
  if (!operand.isTensor())
    return fail(call.arguments[0].value->range,
                "'transpose' needs a tensor, got " + describeValue(operand));
  int64_t rank = operand.type().getRank();
  SmallVector<int64_t> permutation;
  for (const ExpressionPtr &element : cast<ListExpression>(axes).elements) {
    std::optional<int64_t> axis = constants.integer(
        *element, 0, std::max<int64_t>(rank - 1, 0), "an axis");
    if (!axis)
      return {};
    permutation.push_back(*axis);
  }
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(rank)))
    return fail(axes.range, "expected each of the " + Twine(rank) +
                                " axes once, in their new order");
  return ImportedValue::tensor(
      tensors(call.range).transpose(operand.value, permutation));
}
