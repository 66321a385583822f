//===- ImportFunctions.cpp - built-in functions as tensor operations ------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

static SmallVector<int64_t> allDims(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(rank));
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

/// `axes = [1, -1]` in increasing order; all of them without the argument.
std::optional<SmallVector<int64_t>>
GameImporter::axesOf(const Argument *argument, int64_t rank,
                     SourceRange range) {
  if (!argument)
    return allDims(rank);
  SmallVector<int64_t> axes;
  for (const ExpressionPtr &element :
       cast<ListExpression>(*argument->value).elements) {
    std::optional<int64_t> axis =
        constants.integer(*element, -16, INT32_MAX, "an axis");
    if (!axis)
      return std::nullopt;
    if (*axis < -rank || *axis >= rank) {
      diagnostics.error(element->range, "there is no axis " + Twine(*axis) +
                                            "; the value has " + Twine(rank));
      return std::nullopt;
    }
    axes.push_back(*axis < 0 ? *axis + rank : *axis);
  }
  llvm::sort(axes);
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
    diagnostics.error(argument->range, "an axis stands twice in the list");
    return std::nullopt;
  }
  return axes;
}

std::optional<int64_t> GameImporter::axisOf(const Argument *argument,
                                            int64_t rank, int64_t otherwise,
                                            SourceRange range) {
  std::optional<int64_t> axis = otherwise;
  if (argument)
    axis = constants.integer(*argument->value, -16, INT32_MAX, "an axis");
  if (!axis)
    return std::nullopt;
  if (*axis < -rank || *axis >= rank) {
    diagnostics.error(argument ? argument->value->range : range,
                      "there is no axis " + Twine(*axis) + "; the value has " +
                          Twine(rank));
    return std::nullopt;
  }
  return *axis < 0 ? *axis + rank : *axis;
}

//===----------------------------------------------------------------------===//
// Element-wise functions
//===----------------------------------------------------------------------===//

ImportedValue GameImporter::elementwise(const CallExpression &call,
                                        StringRef name,
                                        const ImportedValue &operand) {
  Value v =
      floatTensor(operand, call.arguments[0].value->range, "'" + name + "'");
  if (!v)
    return {};
  gan::TensorBuilder make = tensors(call.range);
  using Unary = Value (*)(gan::TensorBuilder &, Value);
  Unary function =
      llvm::StringSwitch<Unary>(name)
          .Case("log", [](auto &make, Value v) -> Value { return make.log(v); })
          .Case("exp", [](auto &make, Value v) -> Value { return make.exp(v); })
          .Case("sqrt",
                [](auto &make, Value v) -> Value { return make.sqrt(v); })
          .Case("abs", [](auto &make, Value v) -> Value { return make.abs(v); })
          .Case("sign",
                [](auto &make, Value v) -> Value { return make.sign(v); })
          .Case("tanh",
                [](auto &make, Value v) -> Value { return make.tanh(v); })
          .Case("sigmoid",
                [](auto &make, Value v) -> Value { return make.logistic(v); })
          .Case("softplus",
                [](auto &make, Value v) -> Value { return make.softplus(v); })
          .Case("relu",
                [](auto &make, Value v) -> Value {
                  return make.template unary<gan::ReluOp>(v);
                })
          .Case("floor",
                [](auto &make, Value v) -> Value {
                  return make.template unary<gan::FloorOp>(v);
                })
          // log p - log(1 - p), which undoes a Sigmoid exactly once `link` has
          // seen it.
          .Case("logit",
                [](auto &make, Value v) -> Value {
                  Value rest = make.log(make.shift(make.neg(v), 1));
                  return make.sub(make.log(v), rest);
                })
          .Case("stop",
                [](auto &make, Value v) -> Value { return make.stop(v); })
          .Default(nullptr);
  if (name == "sigmoid")
    record.logits.push_back({v, call.arguments[0].value->range, "sigmoid"});
  if (name == "log")
    record.logarithms.push_back({v, call.arguments[0].value->range, "log"});
  return ImportedValue::tensor(function(make, v));
}

ImportedValue GameImporter::extremum(const CallExpression &call, bool isMax,
                                     const ImportedValue &a,
                                     const ImportedValue &b) {
  SmallVector<Value> operands;
  if (!unify(call.range, isMax ? "'max'" : "'min'", {a, b}, operands) ||
      !floatTensor(ImportedValue::tensor(operands[0]), call.range,
                   isMax ? "'max'" : "'min'"))
    return {};
  Location loc = locationOf(call.range);
  Type type = operands[0].getType();
  return ImportedValue::tensor(
      isMax
          ? gan::MaximumOp::create(builder, loc, type, operands[0], operands[1])
                .getResult()
          : gan::MinimumOp::create(builder, loc, type, operands[0], operands[1])
                .getResult());
}

ImportedValue GameImporter::clip(const CallExpression &call,
                                 ArrayRef<ImportedValue> arguments) {
  Value v = floatTensor(arguments[0], call.range, "'clip'");
  if (!v)
    return {};
  gan::TensorBuilder make = tensors(call.range);
  if (arguments[1].isConstant() && arguments[2].isConstant())
    return ImportedValue::tensor(
        gan::ClipOp::create(builder, make.loc, v.getType(), v,
                            builder.getF64FloatAttr(arguments[1].number),
                            builder.getF64FloatAttr(arguments[2].number)));
  // As the composite: derivative 0 at the edges, the upper bound wins.
  SmallVector<Value> operands;
  if (!unify(call.range, "'clip'",
             {ImportedValue::tensor(v), arguments[1], arguments[2]}, operands))
    return {};
  Value low = operands[1], high = operands[2];
  Value above = make.select(make.compare(gan::Comparison::le, operands[0], low),
                            low, operands[0]);
  return ImportedValue::tensor(
      make.select(make.compare(gan::Comparison::ge, above, high), high, above));
}

ImportedValue GameImporter::lerp(const CallExpression &call,
                                 ArrayRef<ImportedValue> arguments) {
  SmallVector<Value> operands;
  if (!unify(call.range, "'lerp'", arguments, operands) ||
      !floatTensor(ImportedValue::tensor(operands[0]), call.range, "'lerp'"))
    return {};
  gan::TensorBuilder make = tensors(call.range);
  Value way = make.sub(operands[1], operands[0]);
  return ImportedValue::tensor(
      make.add(operands[0], make.mul(operands[2], way)));
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

ImportedValue GameImporter::reduction(const CallExpression &call,
                                      StringRef name,
                                      const BoundArguments &bound,
                                      const ImportedValue &operand) {
  Value v =
      floatTensor(operand, call.arguments[0].value->range, "'" + name + "'");
  if (!v)
    return {};
  auto type = cast<RankedTensorType>(v.getType());
  std::optional<SmallVector<int64_t>> axes =
      axesOf(bound.options[0], type.getRank(), call.range);
  if (!axes)
    return {};
  // A norm is per sample.
  if (name == "norm" && !bound.options[0] && !axes->empty())
    axes->erase(axes->begin());
  gan::TensorBuilder make = tensors(call.range);
  Value result;
  if (axes->empty()) {
    result = name == "norm"                   ? make.abs(v)
             : name == "var" || name == "std" ? make.constantLike(v, 0)
                                              : v;
  } else if (name == "mean") {
    result = make.mean(v, *axes);
  } else if (name == "sum") {
    result = make.sum(v, *axes);
  } else if (name == "prod") {
    result = make.product(v, *axes);
  } else if (name == "max") {
    result = make.max(v, *axes);
  } else if (name == "min") {
    result = make.min(v, *axes);
  } else if (name == "norm") {
    result = gan::NormOp::create(builder, make.loc, v, *axes);
  } else if (name == "var") {
    result = gan::MomentsOp::create(builder, make.loc, v, *axes).getVariance();
  } else {
    // As a norm, for its derivative at 0 is 0.
    SmallVector<int64_t> kept(type.getShape());
    double count = 1;
    for (int64_t axis : *axes) {
      count *= kept[axis];
      kept[axis] = 1;
    }
    Value mean =
        stretch(make.reshape(make.mean(v, *axes), kept), type.getShape());
    Value distance =
        gan::NormOp::create(builder, make.loc, make.sub(v, mean), *axes);
    result = make.scale(distance, 1 / std::sqrt(count));
  }
  bool keep = false;
  if (bound.options[1]) {
    std::optional<int64_t> number =
        constants.integer(*bound.options[1]->value, 0, 1, "'keep'");
    if (!number)
      return {};
    keep = *number == 1;
  }
  if (keep) {
    SmallVector<int64_t> shape(type.getShape());
    for (int64_t axis : *axes)
      shape[axis] = 1;
    result = make.reshape(result, shape);
  }
  return ImportedValue::tensor(result);
}

ImportedValue GameImporter::softmaxLike(const CallExpression &call,
                                        StringRef name,
                                        const BoundArguments &bound,
                                        const ImportedValue &operand) {
  Value v =
      floatTensor(operand, call.arguments[0].value->range, "'" + name + "'");
  if (!v)
    return {};
  int64_t rank = cast<RankedTensorType>(v.getType()).getRank();
  std::optional<int64_t> axis = axisOf(bound.options[0], rank, -1, call.range);
  if (!axis)
    return {};
  Location loc = locationOf(call.range);
  record.logits.push_back({v, call.arguments[0].value->range,
                           findSignature(SignatureKind::Function, name)->name,
                           /*takesClasses=*/true});
  if (name == "logsumexp")
    return ImportedValue::tensor(
        gan::LogSumExpOp::create(builder, loc, v, *axis));
  IntegerAttr dim = builder.getI64IntegerAttr(*axis);
  if (name == "softmax")
    return ImportedValue::tensor(
        gan::SoftmaxOp::create(builder, loc, v.getType(), v, dim));
  return ImportedValue::tensor(
      gan::LogSoftmaxOp::create(builder, loc, v.getType(), v, dim));
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

ImportedValue GameImporter::evaluateFunction(const CallExpression &call,
                                             StringRef name, Place place) {
  const Signature &signature = *findSignature(SignatureKind::Function, name);
  std::optional<BoundArguments> bound =
      bindArguments(signature, call.arguments, call.range, diagnostics);
  if (!bound)
    return {};
  // What is fixed when compiling is read where it is needed.
  // Schedules are numbers of the host, also where a state is read.
  bool isSchedule = name == "ramp" || name == "cosine";
  Place reads = isSchedule ? Place::Host : place;
  bool isSized = llvm::is_contained({"reshape", "transpose", "split", "onehot",
                                     "roll", "topk", "interpolate"},
                                    name);
  SmallVector<ImportedValue> values;
  SmallVector<SourceRange> ranges;
  for (auto [index, argument] : llvm::enumerate(bound->parameters)) {
    if (!argument || (isSized && index >= 1))
      continue;
    values.push_back(evaluateArgument(*argument, reads));
    ranges.push_back(argument->value->range);
  }
  for (const Argument *argument : bound->rest) {
    values.push_back(evaluateArgument(*argument, reads));
    ranges.push_back(argument->value->range);
  }
  if (llvm::any_of(values, [](const auto &value) { return !value; }))
    return {};
  if (name == "zip")
    return zip(call, values, ranges);
  if (name == "cat")
    return concatenate(call, *bound, values, ranges);
  bool reducesLists = llvm::is_contained({"sum", "mean", "max", "min"}, name);
  if (reducesLists && values.size() == 1 && values[0].isRecord() &&
      values[0].names.empty())
    return listReduction(call, name, *bound, values[0]);
  bool anyTensor = false;
  for (auto [value, range] : llvm::zip(values, ranges)) {
    if (!requireValue(value, range))
      return {};
    anyTensor |= value.isTensor();
    if (isSchedule && value.isTensor())
      return fail(range,
                  "'" + name + "' takes numbers, got " + describeValue(value));
  }

  SmallVector<std::optional<double>> known;
  for (const ImportedValue &value : values)
    known.push_back(value.isConstant() ? std::optional(value.number)
                                       : std::nullopt);
  if (std::string wrong = wrongNumbers(name, known); !wrong.empty())
    return fail(call.range, wrong);
  if (name == "ramp")
    return scalars(call.range).ramp(values[0], values[1]);
  if (name == "cosine")
    return scalars(call.range).cosine(values[0], values[1]);
  bool isExtremum = name == "max" || name == "min";
  bool reduces = isExtremum && values.size() == 1;
  if (!anyTensor && !reduces)
    if (ImportedValue value = scalars(call.range).call(name, values))
      return value;
  if (isExtremum && !reduces)
    return extremum(call, name == "max", values[0], values[1]);
  if (reduces ||
      llvm::is_contained({"mean", "sum", "prod", "norm", "std", "var"}, name))
    return reduction(call, name, *bound, values[0]);
  if (llvm::is_contained({"softmax", "log_softmax", "logsumexp"}, name))
    return softmaxLike(call, name, *bound, values[0]);
  if (llvm::is_contained({"bce", "mse", "l1", "kl_normal"}, name))
    return loss(call, name, values);
  if (name == "cross_entropy")
    return crossEntropy(call, values[0], values[1]);
  if (name == "onehot" || name == "split") {
    std::optional<int64_t> count =
        constants.integer(*bound->parameters[1]->value, 1, INT32_MAX, "'n'");
    if (!count)
      return {};
    if (name == "split")
      return split(call, values[0], *count);
    if (!values[0].isTensor())
      return fail(ranges[0], "'onehot' needs labels, got a number");
    return oneHot(ranges[0], values[0].value, *count);
  }
  if (llvm::is_contained({"roll", "topk", "interpolate", "shuffle"}, name))
    return arrange(call, name, *bound, values[0]);
  if (name == "clip")
    return clip(call, values);
  if (name == "select")
    return choose(call.range, "'select'", values[0], ranges[0], values[1],
                  values[2]);
  if (name == "lerp")
    return lerp(call, values);
  if (name == "dot")
    return dot(call, values[0], values[1]);
  if (name == "grad")
    return gradient(call, values[0], values[1]);
  if (name == "reverse_grad")
    return reverseGradient(call, values[0], values[1]);
  if (name == "half")
    return split(call, values[0], 0);
  if (name == "reshape")
    return reshape(call, values[0], *bound->parameters[1]->value);
  if (name == "transpose")
    return transpose(call, values[0], *bound->parameters[1]->value);
  if (name == "f32") {
    if (!values[0].isTensor())
      return values[0];
    return ImportedValue::tensor(
        tensors(call.range).cast(values[0].value, builder.getF32Type()));
  }
  return elementwise(call, name, values[0]);
}
