//===- ImportExpressions.cpp - typed values of expressions ----------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

#include "llvm/ADT/StringExtras.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

/// Defs and expressions inside one another, and uses of defs in all.
static constexpr unsigned kDeepest = 1000;
static constexpr unsigned kMostExpansions = 10000;

std::string gan::gamelang::describeType(RankedTensorType type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Type element = type.getElementType();
  if (element.isInteger(1))
    os << "bool";
  else
    os << element;
  if (type.getRank() == 0)
    return text;
  os << '[';
  llvm::interleaveComma(type.getShape(), os);
  os << ']';
  return text;
}

std::string gan::gamelang::describeValue(const ImportedValue &value) {
  switch (value.kind) {
  case ImportedValue::Kind::Tensor:
    return describeType(value.type());
  case ImportedValue::Kind::Condition:
    return "a condition";
  case ImportedValue::Kind::Record:
    if (value.names.empty())
      return "a list of " + std::to_string(value.fields.size()) + " values";
    return "several values (" + llvm::join(value.names, ", ") + ")";
  default:
    return "a number";
  }
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

bool GameImporter::requireValue(const ImportedValue &value, SourceRange range) {
  if (!value.isRecord())
    return bool(value);
  std::string names;
  for (const std::string &name : value.names)
    names += (names.empty() ? "." : ", .") + name;
  if (names.empty())
    diagnostics.error(range, "this is " + describeValue(value) +
                                 "; say which one is meant, as by '[0]', or "
                                 "join them by 'cat(…)'");
  else
    diagnostics.error(
        range, "this has several outputs; say which one is meant: " + names);
  return false;
}

/// Repeats axes of length 1, and all of a value without axes.
Value GameImporter::stretch(Value value, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  gan::TensorBuilder make(builder, value.getLoc());
  if (type.getShape() == shape)
    return value;
  if (type.getRank() == 0)
    return make.splat(value, shape);
  SmallVector<int64_t> kept, repeated;
  for (auto [axis, size] : llvm::enumerate(shape)) {
    if (type.getDimSize(axis) == size)
      kept.push_back(size);
    else
      repeated.push_back(axis);
  }
  return make.broadcast(make.reshape(value, kept), repeated, shape);
}

/// Reports a number that a tensor can't hold, or none that it is in the first
/// step, where that step comes here.
bool GameImporter::requireFinite(const ImportedValue &value, SourceRange range,
                                 const Twine &what) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  std::optional<double> number = value.atFirst();
  if (!number || std::abs(*number) <= kLargest ||
      (!value.isConstant() && !isInFirstStep))
    return true;
  std::string problem = std::isfinite(*number) ? " is beyond what f32 holds"
                                               : " is no finite number";
  diagnostics.error(
      range,
      what + problem +
          (value.isConstant() ? "" : " in the first step, where 'step' is 0"));
  return false;
}

/// Reports a number that elements of the type can't hold as it is.
bool GameImporter::requireHeld(const ImportedValue &value, SourceRange range,
                               Type elementType) {
  if (!elementType.isInteger())
    return requireFinite(value, range, "this");
  if (!value.isConstant())
    return true;
  // Numbers of the language are f64, which counts up to 2^53 without gaps.
  unsigned width = elementType.getIntOrFloatBitWidth();
  int64_t high = width == 1 ? 1 : llvm::maxIntN(std::min(width, 54U));
  int64_t low = width == 1 ? 0 : width == 32 ? llvm::minIntN(width) : -high;
  double number = value.number;
  if (number == std::floor(number) && number >= double(low) &&
      number <= double(high))
    return true;
  std::string type = describeType(RankedTensorType::get({}, elementType));
  diagnostics.error(range, width == 1
                               ? "expected true or false as " + Twine(type)
                               : "expected a whole number from " + Twine(low) +
                                     " to " + Twine(high) + " as " + type);
  return false;
}

Value GameImporter::materialise(const ImportedValue &value, SourceRange range,
                                Type elementType, ArrayRef<int64_t> shape) {
  if (value.isScalar())
    requireHeld(value, range, elementType);
  Location loc = builder.getUnknownLoc();
  if (value.isTensor()) {
    loc = value.value.getLoc();
    gan::TensorBuilder make(builder, loc);
    return stretch(make.cast(value.value, elementType), shape);
  }
  if (value.value)
    loc = value.value.getLoc();
  gan::TensorBuilder make(builder, loc);
  if (value.isConstant())
    return make.constant(RankedTensorType::get(shape, elementType),
                         value.number);
  Value number = ScalarBuilder(builder, loc).number(value);
  Value scalar = gan::ToTensorOp::create(builder, loc, number);
  return make.splat(make.cast(scalar, elementType), shape);
}

Type GameImporter::commonElement(SourceRange range, StringRef what,
                                 ArrayRef<ImportedValue> operands) {
  const ImportedValue *first = nullptr;
  for (const ImportedValue &operand : operands) {
    if (!operand.isTensor())
      continue;
    if (!first)
      first = &operand;
    if (first->type().getElementType() == operand.type().getElementType())
      continue;
    diagnostics.error(range, what + " mixes " + describeValue(*first) +
                                 " and " + describeValue(operand) +
                                 "; labels become floats by 'f32(…)'");
    return {};
  }
  return first ? first->type().getElementType() : builder.getF32Type();
}

std::optional<SmallVector<int64_t>>
GameImporter::commonShape(SourceRange range, StringRef what,
                          ArrayRef<ImportedValue> operands) {
  SmallVector<int64_t> shape;
  const ImportedValue *first = nullptr;
  for (const ImportedValue &operand : operands) {
    if (!operand.isTensor() || operand.type().getRank() == 0)
      continue;
    if (!first) {
      shape.assign(operand.shape().begin(), operand.shape().end());
      first = &operand;
      continue;
    }
    bool fits = shape.size() == operand.shape().size();
    for (size_t i = 0; fits && i < shape.size(); ++i) {
      int64_t size = operand.shape()[i];
      fits = shape[i] == size || shape[i] == 1 || size == 1;
      shape[i] = std::max(shape[i], size);
    }
    if (!fits) {
      bool ranks = first->type().getRank() != operand.type().getRank();
      diagnostics.error(range, what + " combines " + describeValue(*first) +
                                   " and " + describeValue(operand) +
                                   (ranks ? "; both need the same number of "
                                            "axes, or one none"
                                          : "; only axes of length 1 "
                                            "stretch"));
      return std::nullopt;
    }
  }
  return shape;
}

bool GameImporter::unify(SourceRange range, StringRef what,
                         ArrayRef<ImportedValue> operands,
                         SmallVectorImpl<Value> &unified) {
  for (const ImportedValue &operand : operands)
    if (!requireValue(operand, range))
      return false;
  Type element = commonElement(range, what, operands);
  if (!element)
    return false;
  auto shape = commonShape(range, what, operands);
  if (!shape)
    return false;
  for (const ImportedValue &operand : operands)
    unified.push_back(materialise(operand, range, element, *shape));
  return true;
}

Value GameImporter::floatTensor(const ImportedValue &value, SourceRange range,
                                const Twine &what) {
  if (!requireValue(value, range))
    return {};
  if (!value.isTensor())
    return materialise(value, range, builder.getF32Type(), {});
  if (value.isFloatTensor())
    return value.value;
  diagnostics.error(range, what + " needs floats, got " + describeValue(value) +
                               "; labels become floats by 'f32(…)'");
  return {};
}

Value GameImporter::hostNumber(const ImportedValue &value, SourceRange range) {
  if (!value)
    return {};
  if (value.isScalar())
    return scalars(range).number(value);
  bool isOne = value.isTensor() && value.type().getRank() == 0;
  // A condition is 1 where it holds, and 0 elsewhere.
  if (isOne && (value.isFloatTensor() || value.isBooleanTensor())) {
    Value number = tensors(range).cast(value.value, builder.getF32Type());
    return gan::ToHostOp::create(builder, locationOf(range), number);
  }
  diagnostics.error(range, "expected a number, got " + describeValue(value));
  return {};
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// What a state or variable holds at this place.
ImportedValue GameImporter::readState(const TypeExpression &type,
                                      const Twine &name, SourceRange range) {
  RankedTensorType read = typeOf(type, nullptr);
  if (!read)
    return {};
  return ImportedValue::tensor(
      at(range,
         game::ReadOp::create(builder, locationOf(range), read, name.str())));
}

ImportedValue GameImporter::evaluateName(const NameExpression &name,
                                         Place place) {
  for (NameScope *scope = nameScope; scope; scope = scope->parent)
    if (auto found = scope->names.find(name.name); found != scope->names.end())
      return found->second;
  const Item *item = findItem(name.name);
  Location loc = locationOf(name.range);
  if (!item && name.name == "B")
    return ImportedValue::constant(*batchOf(*onlyStream()));
  if (!item) {
    gan::ClockKind clock = name.name == "step"     ? gan::ClockKind::step
                           : name.name == "images" ? gan::ClockKind::images
                                                   : gan::ClockKind::epoch;
    return ImportedValue::host(
        gan::ClockOp::create(builder, loc, clock),
        clock == gan::ClockKind::step ? std::optional(0.0) : std::nullopt);
  }
  switch (item->kind) {
  case Item::Kind::Const:
    return ImportedValue::constant(*constants.find(name.name));
  case Item::Kind::Option:
    return ImportedValue::host(
        gan::OptionOp::create(builder, loc, name.name),
        constants.evaluate(*cast<OptionItem>(item)->value));
  case Item::Kind::State: {
    ImportedValue value = readState(cast<StateItem>(item)->type,
                                    "state/" + name.name, name.range);
    if (place == Place::Device)
      return value;
    Value number = hostNumber(value, name.range);
    return number ? ImportedValue::host(number) : ImportedValue();
  }
  case Item::Kind::Variable:
    return readState(cast<VariableItem>(item)->type, name.name + "/value",
                     name.range);
  default: {
    Value value = drawValue(*item, name.range);
    return value ? ImportedValue::tensor(value) : ImportedValue();
  }
  }
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static std::optional<gan::Comparison> comparisonOf(BinaryOperator op) {
  switch (op) {
  case BinaryOperator::Less:
    return gan::Comparison::lt;
  case BinaryOperator::LessEqual:
    return gan::Comparison::le;
  case BinaryOperator::Greater:
    return gan::Comparison::gt;
  case BinaryOperator::GreaterEqual:
    return gan::Comparison::ge;
  case BinaryOperator::Equal:
    return gan::Comparison::eq;
  case BinaryOperator::NotEqual:
    return gan::Comparison::ne;
  default:
    return std::nullopt;
  }
}

ImportedValue GameImporter::evaluateUnary(const UnaryExpression &unary,
                                          Place place) {
  ImportedValue operand = evaluate(*unary.operand, place);
  if (!requireValue(operand, unary.operand->range))
    return {};
  if (unary.op == UnaryOperator::Negate) {
    if (!operand.isTensor())
      return scalars(unary.range).negate(operand);
    Value value = floatTensor(operand, unary.range, "'-'");
    return value ? ImportedValue::tensor(tensors(unary.range).neg(value))
                 : ImportedValue();
  }
  if (!operand.isTensor())
    return scalars(unary.range).invert(operand);
  if (!operand.isBooleanTensor())
    return fail(unary.range,
                "'not' needs a condition, got " + describeValue(operand));
  gan::TensorBuilder make = tensors(unary.range);
  Value truth = make.constant(operand.type(), 1);
  return ImportedValue::tensor(gan::LogicalOp::create(
      builder, make.loc, operand.value.getType(), gan::LogicalKind::exclusive,
      operand.value, truth));
}

/// a^b. A norm to an even power has no root in it, so its derivative has none.
ImportedValue GameImporter::power(const BinaryExpression &binary,
                                  const ImportedValue &base,
                                  const ImportedValue &exponent) {
  gan::TensorBuilder make = tensors(binary.range);
  if (base.isTensor() && exponent.isConstant()) {
    Value value = floatTensor(base, binary.range, "'^'");
    if (!value)
      return {};
    double p = exponent.number;
    auto raised = [&](Value v, double p) {
      return ImportedValue::tensor(p == 1   ? v
                                   : p == 2 ? make.square(v)
                                            : make.pow(v, p));
    };
    auto norm = value.getDefiningOp<gan::NormOp>();
    if (norm && p > 0 && std::fmod(p, 2) == 0)
      return raised(make.sum(make.square(norm.getInput()), norm.getDims()),
                    p / 2);
    return raised(value, p);
  }
  SmallVector<Value> operands;
  if (!unify(binary.range, "'^'", {base, exponent}, operands) ||
      !floatTensor(ImportedValue::tensor(operands[0]), binary.range, "'^'"))
    return {};
  return ImportedValue::tensor(
      make.exp(make.mul(operands[1], make.log(operands[0]))));
}

/// An operator of which at least one operand is a tensor.
ImportedValue GameImporter::arithmetic(const BinaryExpression &binary,
                                       const ImportedValue &left,
                                       const ImportedValue &right) {
  std::string what = ("'" + spelling(binary.op) + "'").str();
  if (binary.op == BinaryOperator::Power)
    return power(binary, left, right);
  gan::TensorBuilder make = tensors(binary.range);
  if (binary.op == BinaryOperator::And || binary.op == BinaryOperator::Or) {
    SmallVector<Value> operands;
    for (const ImportedValue &operand : {left, right})
      if (operand.isTensor() && !operand.isBooleanTensor())
        return fail(binary.range,
                    what + " needs conditions, got " + describeValue(operand));
    if (!unify(binary.range, what, {left, right}, operands))
      return {};
    auto kind = binary.op == BinaryOperator::And
                    ? gan::LogicalKind::conjunction
                    : gan::LogicalKind::disjunction;
    return ImportedValue::tensor(
        gan::LogicalOp::create(builder, make.loc, operands[0].getType(), kind,
                               operands[0], operands[1]));
  }
  SmallVector<Value> operands;
  if (!unify(binary.range, what, {left, right}, operands))
    return {};
  Value a = operands[0], b = operands[1];
  Type element = cast<RankedTensorType>(a.getType()).getElementType();
  if (std::optional<gan::Comparison> comparison = comparisonOf(binary.op)) {
    if (element.isInteger(1))
      return fail(binary.range, what + " compares numbers, got conditions");
    return ImportedValue::tensor(make.compare(*comparison, a, b));
  }
  if (!floatTensor(ImportedValue::tensor(a), binary.range, what))
    return {};
  bool divides = binary.op == BinaryOperator::Divide ||
                 binary.op == BinaryOperator::Remainder;
  // A tensor of f32 divides by a number of f32.
  if (std::optional<double> divisor = right.atFirst();
      divides && divisor && static_cast<float>(*divisor) == 0 &&
      (right.isConstant() || isInFirstStep))
    return fail(binary.range,
                right.isConstant()
                    ? "division by zero"
                    : "division by zero in the first step, where 'step' is 0");
  switch (binary.op) {
  case BinaryOperator::Add:
    return ImportedValue::tensor(make.add(a, b));
  case BinaryOperator::Subtract:
    return ImportedValue::tensor(make.sub(a, b));
  case BinaryOperator::Multiply:
    return ImportedValue::tensor(make.mul(a, b));
  case BinaryOperator::Divide:
    return ImportedValue::tensor(make.div(a, b));
  default: {
    Value whole = make.unary<gan::FloorOp>(make.div(a, b));
    return ImportedValue::tensor(make.sub(a, make.mul(b, whole)));
  }
  }
}

ImportedValue GameImporter::evaluateBinary(const BinaryExpression &binary,
                                           Place place) {
  ImportedValue left = evaluate(*binary.left, place);
  ImportedValue right = evaluate(*binary.right, place);
  if (!requireValue(left, binary.left->range) ||
      !requireValue(right, binary.right->range))
    return {};
  if (left.isTensor() || right.isTensor())
    return arithmetic(binary, left, right);
  bool divides = binary.op == BinaryOperator::Divide ||
                 binary.op == BinaryOperator::Remainder;
  if (divides && right.isConstant() && right.number == 0)
    return fail(binary.range, "division by zero");
  return scalars(binary.range).binary(binary.op, left, right);
}

ImportedValue
GameImporter::evaluateConditional(const ConditionalExpression &conditional,
                                  Place place) {
  ImportedValue test = evaluate(*conditional.condition, place);
  ImportedValue whenTrue = evaluate(*conditional.whenTrue, place);
  ImportedValue whenFalse = evaluate(*conditional.whenFalse, place);
  if (!requireValue(test, conditional.condition->range) ||
      !requireValue(whenTrue, conditional.whenTrue->range) ||
      !requireValue(whenFalse, conditional.whenFalse->range))
    return {};
  return choose(conditional.range, "'? :'", test, conditional.condition->range,
                whenTrue, whenFalse);
}

/// One of two values, by a condition that stretches as they do: `c ? a : b` and
/// `select(c, a, b)`.
ImportedValue GameImporter::choose(SourceRange range, StringRef what,
                                   const ImportedValue &test,
                                   SourceRange testRange,
                                   const ImportedValue &whenTrue,
                                   const ImportedValue &whenFalse) {
  if (test.isTensor() && !test.isBooleanTensor())
    return fail(testRange, what +
                               " needs a condition such as 'x > 0' first, "
                               "got " +
                               describeValue(test));
  if (!test.isTensor() && !whenTrue.isTensor() && !whenFalse.isTensor())
    return scalars(range).choose(test, whenTrue, whenFalse);
  Type element = commonElement(range, what, {whenTrue, whenFalse});
  if (!element)
    return {};
  auto shape = commonShape(range, what, {test, whenTrue, whenFalse});
  if (!shape)
    return {};
  Value mask = materialise(test, testRange, builder.getI1Type(), *shape);
  Value a = materialise(whenTrue, range, element, *shape);
  Value b = materialise(whenFalse, range, element, *shape);
  return ImportedValue::tensor(tensors(range).select(mask, a, b));
}

//===----------------------------------------------------------------------===//
// Calls and defs
//===----------------------------------------------------------------------===//

ImportedValue GameImporter::evaluateDef(const CallExpression &call,
                                        const DefItem &def, Place place) {
  if (++expansions > kMostExpansions)
    return fail(call.range, "defs are used more than " +
                                Twine(kMostExpansions) +
                                " times when expanded (limit)");
  NameScope ours;
  bool good = true;
  for (auto [parameter, argument] : llvm::zip(def.parameters, call.arguments)) {
    ImportedValue value = evaluateArgument(argument, place);
    good &= bool(value);
    ours.names[parameter.text] = std::move(value);
  }
  if (!good)
    return {};
  // A def sees items and its parameters; draws are those of its use.
  NameScope *outer = std::exchange(nameScope, &ours);
  ImportedValue value = evaluate(*def.body, place);
  nameScope = outer;
  return value;
}

ImportedValue GameImporter::evaluateCall(const CallExpression &call,
                                         Place place) {
  // The only method there is: POOL.swap(v).
  if (const auto *member = dyn_cast<MemberExpression>(call.callee.get()))
    return swap(
        call,
        cast<PoolItem>(*findItem(cast<NameExpression>(*member->base).name)),
        place);
  const std::string &name = cast<NameExpression>(*call.callee).name;
  const Item *item = findItem(name);
  if (!item)
    return evaluateFunction(call, name, place);
  if (const auto *def = dyn_cast<DefItem>(item))
    return evaluateDef(call, *def, place);
  if (const auto *augmentation = dyn_cast<AugmentItem>(item))
    return augment(call, *augmentation, place);
  return apply(call, *item, place);
}

ImportedValue GameImporter::evaluate(const Expression &expression,
                                     Place place) {
  if (depth >= kDeepest)
    return fail(expression.range, "expressions and defs are nested more than " +
                                      Twine(kDeepest) + " deep (limit)");
  ++depth;
  ImportedValue value;
  using Kind = Expression::Kind;
  switch (expression.kind) {
  case Kind::Number:
    value = ImportedValue::constant(cast<NumberExpression>(expression).value);
    break;
  case Kind::Boolean:
    value = ImportedValue::constant(cast<BooleanExpression>(expression).value);
    break;
  case Kind::Name:
    value = evaluateName(cast<NameExpression>(expression), place);
    break;
  case Kind::Expectation: {
    const auto &mean = cast<ExpectationExpression>(expression);
    ImportedValue operand = evaluate(*mean.operand, place);
    if (!operand.isTensor()) {
      value = requireValue(operand, mean.operand->range) ? operand
                                                         : ImportedValue();
      break;
    }
    if (Value tensor = floatTensor(operand, mean.operand->range, "'E[…]'")) {
      gan::TensorBuilder make = tensors(mean.range);
      value = ImportedValue::tensor(make.mean(
          tensor, llvm::to_vector(llvm::seq<int64_t>(
                      cast<RankedTensorType>(tensor.getType()).getRank()))));
    }
    break;
  }
  case Kind::Unary:
    value = evaluateUnary(cast<UnaryExpression>(expression), place);
    break;
  case Kind::Binary:
    value = evaluateBinary(cast<BinaryExpression>(expression), place);
    break;
  case Kind::Conditional:
    value = evaluateConditional(cast<ConditionalExpression>(expression), place);
    break;
  case Kind::Call:
    value = evaluateCall(cast<CallExpression>(expression), place);
    break;
  case Kind::Index:
    value = evaluateIndex(cast<IndexExpression>(expression), place);
    break;
  case Kind::Member:
    value = evaluateMember(cast<MemberExpression>(expression), place);
    break;
  case Kind::List:
    value = evaluateList(cast<ListExpression>(expression), place);
    break;
  case Kind::String:
    // The checker has refused it.
    break;
  }
  --depth;
  if (value.isConstant() && !std::isfinite(value.number))
    return fail(expression.range, "this is no finite number");
  if (Operation *made =
          value.isTensor() ? value.value.getDefiningOp() : nullptr)
    record.places.try_emplace(made, expression.range);
  return value;
}
