//===- ElementwiseHandlers.cpp - arithmetic on every element --------------===//

#include "frontends/onnx/OpTable.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

static bool isFloat(Value value) {
  return tensorType(value).getElementType().isF32();
}

static Value negate(TensorBuilder &build, Value a) {
  return isFloat(a) ? build.neg(a) : build.scale(a, -1);
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

template <typename OpTy> static void importUnary(OnnxNode &node) {
  if (node.ready())
    node.set(0, node.build.unary<OpTy>(node.input(0)));
}

static void importNeg(OnnxNode &node) {
  if (node.ready())
    node.set(0, negate(node.build, node.input(0)));
}

static void importAbs(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  Value isNegative =
      isFloat(x) ? Value()
                 : build.compare(Comparison::lt, x, build.constantLike(x, 0));
  node.set(0, isFloat(x) ? build.abs(x)
                         : build.select(isNegative, negate(build, x), x));
}

static void importReciprocal(OnnxNode &node) {
  if (!node.ready())
    return;
  Value x = node.input(0);
  node.set(0, node.build.div(node.build.constantLike(x, 1), x));
}

//===----------------------------------------------------------------------===//
// Two or more operands
//===----------------------------------------------------------------------===//

template <typename Function>
static void importBinary(OnnxNode &node, Function f) {
  if (!node.ready())
    return;
  SmallVector<Value> values = node.stretchInputs();
  if (values.empty())
    return;
  Value result = values[0];
  for (Value value : llvm::drop_begin(values))
    result = f(node.build, result, value);
  node.set(0, result);
}

static bool isParameter(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa_and_nonnull<ReshapeOp, TransposeOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return isa_and_nonnull<ParameterOp>(op);
}

/// Whether an input has one element per output of the contraction that computes
/// the other one: so exporters write a layer whose operator takes no bias.
static bool isBias(OnnxNode &node, unsigned index) {
  if (!node.isInitializer(index))
    return false;
  Value sum = node.input(1 - index);
  Operation *op = sum.getDefiningOp();
  if (!isa_and_nonnull<DotOp, ConvOp, ConvGradInputOp>(op) ||
      llvm::none_of(op->getOperands(), isParameter))
    return false;
  RankedTensorType type = tensorType(sum);
  int64_t outputs = isa<DotOp>(op) ? type.getRank() - 1 : 1;
  int64_t behind = type.getRank() - node.rank(index);
  for (auto [axis, size] : llvm::enumerate(node.shape(index))) {
    bool isOutputs = int64_t(axis) + behind == outputs;
    if (size != (isOutputs ? type.getDimSize(outputs) : 1))
      return false;
  }
  return outputs >= behind;
}

static void importAdd(OnnxNode &node) {
  // Sum and Mean come here, too, with any number of inputs.
  if (node.inputs() == 2 && node.ready())
    for (unsigned i : {0u, 1u})
      if (isBias(node, i)) {
        TensorBuilder &build = node.build;
        Value sum = node.input(1 - i);
        node.set(0, build.add(sum, node.stretch(node.parameter(i, "bias"),
                                                tensorType(sum).getShape())));
        return;
      }
  importBinary(node, [](TensorBuilder &build, Value a, Value b) {
    return build.add(a, b);
  });
}

static void importSub(OnnxNode &node) {
  importBinary(node, [](TensorBuilder &build, Value a, Value b) {
    return build.add(a, negate(build, b));
  });
}

static void importMul(OnnxNode &node) {
  importBinary(node, [](TensorBuilder &build, Value a, Value b) {
    return build.mul(a, b);
  });
}

static void importDiv(OnnxNode &node) {
  importBinary(node, [](TensorBuilder &build, Value a, Value b) {
    return build.div(a, b);
  });
}

// The sign of the divisor, or with fmod that of the dividend, which is what the
// division of integers leaves.
static void importMod(OnnxNode &node) {
  bool isTruncated = node.flag("fmod", false);
  importBinary(node, [&](TensorBuilder &build, Value a, Value b) -> Value {
    Value rest = build.add(a, negate(build, build.mul(build.div(a, b), b)));
    if (isTruncated)
      return rest;
    Value zero = build.constantLike(rest, 0);
    auto isNegative = [&](Value x) {
      return build.compare(Comparison::lt, x, zero);
    };
    auto logical = [&](LogicalKind kind, Value x, Value y) -> Value {
      return LogicalOp::create(build.builder, build.loc, x.getType(), kind, x,
                               y);
    };
    Value differs =
        logical(LogicalKind::exclusive, isNegative(rest), isNegative(b));
    Value isLeft = build.compare(Comparison::ne, rest, zero);
    return build.select(logical(LogicalKind::conjunction, isLeft, differs),
                        build.add(rest, b), rest);
  });
}

template <typename OpTy, Comparison comparison>
static void importExtreme(OnnxNode &node) {
  importBinary(node, [](TensorBuilder &build, Value a, Value b) -> Value {
    if (isFloat(a))
      return OpTy::create(build.builder, build.loc, a.getType(), a, b);
    return build.select(build.compare(comparison, a, b), a, b);
  });
}

static void importMean(OnnxNode &node) {
  unsigned count = node.inputs();
  importAdd(node);
  if (node.result(0))
    node.set(0, node.build.div(node.result(0),
                               node.build.constantLike(node.result(0), count)));
}

//===----------------------------------------------------------------------===//
// Pow
//===----------------------------------------------------------------------===//

// |a|^b by logarithm, then what real powers do at zero and below it.
static Value powerOf(TensorBuilder &build, Value a, Value b) {
  auto number = [&](double value) { return build.constantLike(a, value); };
  Value zero = number(0), one = number(1);
  Value isZero = build.compare(Comparison::eq, a, zero);
  Value isNegative = build.compare(Comparison::lt, a, zero);
  Value safe = build.select(isZero, one, build.abs(a));
  Value size = build.exp(build.mul(b, build.log(safe)));
  Value half = build.scale(b, 0.5);
  Value isOdd = build.compare(Comparison::ne, build.unary<FloorOp>(half), half);
  Value isWhole = build.compare(Comparison::eq, build.unary<FloorOp>(b), b);
  Value below =
      build.select(isWhole, build.select(isOdd, build.neg(size), size),
                   number(std::nan("")));
  Value atZero = build.select(
      build.compare(Comparison::gt, b, zero), zero,
      build.select(build.compare(Comparison::eq, b, zero), one,
                   number(std::numeric_limits<double>::infinity())));
  return build.select(isZero, atZero, build.select(isNegative, below, size));
}

// Integers by repeated squaring, so that no digit is lost. An exponent beyond
// 63 overflows unless the base is 0, 1 or -1, whose powers only ask whether it
// is odd; below zero the power is the fraction's whole part.
static Value integerPower(TensorBuilder &build, Value a, Value b) {
  auto number = [&](Value like, double value) {
    return build.constantLike(like, value);
  };
  auto half = [&](Value x) { return build.div(x, number(x, 2)); };
  auto isOdd = [&](Value x) {
    Value rest = build.add(x, build.scale(half(x), -2));
    return build.compare(Comparison::ne, rest, number(x, 0));
  };
  Value isNegative = build.compare(Comparison::lt, b, number(b, 0));
  Value isLarge = build.compare(Comparison::gt, b, number(b, 63));
  Value odd = isOdd(b);
  Value bounded =
      build.select(isLarge, build.select(odd, number(b, 63), number(b, 62)),
                   build.select(isNegative, number(b, 0), b));
  Value rest = build.cast(bounded, tensorType(a).getElementType());
  Value zero = number(a, 0), one = number(a, 1), square = a, power = one;
  for (int bit = 0; bit < 6; ++bit) {
    power = build.select(isOdd(rest), build.mul(power, square), power);
    square = build.mul(square, square);
    rest = half(rest);
  }
  Value isOne = build.compare(Comparison::eq, a, one);
  Value isMinusOne = build.compare(Comparison::eq, a, number(a, -1));
  Value unit = build.select(odd, a, one);
  Value below = build.select(isOne, one, build.select(isMinusOne, unit, zero));
  return build.select(isNegative, below, power);
}

static void importPow(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  auto shape = node.broadcastShape(node.shape(0), node.shape(1));
  if (!shape)
    return;
  if (node.type(1).getElementType().isInteger(1))
    return node.reject("an exponent of type bool is not supported");
  Value base = node.stretch(node.input(0), *shape);
  const HostTensor *exponent = node.known(1);
  bool isOne = exponent && exponent->size() == 1;
  if (isFloat(base) && isOne && std::isfinite(exponent->number(0)))
    return node.set(0, build.pow(base, exponent->decimal(0)));
  if (isFloat(base)) {
    Value power = build.cast(node.stretch(node.input(1), *shape),
                             tensorType(base).getElementType());
    return node.set(0, powerOf(build, base, power));
  }
  Type element = tensorType(base).getElementType();
  Value power = node.stretch(node.input(1), *shape);
  if (!isFloat(power))
    return node.set(0, integerPower(build, base, power));
  Value real = build.cast(base, tensorType(power).getElementType());
  node.set(0, build.cast(powerOf(build, real, power), element));
}

void onnximport::addElementwiseOperators(OnnxOperators &operators) {
  const StringRef zero = "derivative (it is zero)";
  OnnxOperators rows = {
      {"Abs", {6, 13}, 1, 1, kNumber, importAbs},
      {"Add", {7, 13, 14}, 2, 2, kNumber, importAdd},
      {"Ceil", {6, 13}, 1, 1, kFloat, importUnary<CeilOp>, zero},
      {"Cos", {7, 22}, 1, 1, kFloat, importUnary<CosOp>},
      {"Div", {7, 13, 14}, 2, 2, kNumber, importDiv},
      {"Erf", {9, 13}, 1, 1, kFloat, importUnary<ErfOp>},
      {"Exp", {6, 13}, 1, 1, kFloat, importUnary<ExpOp>},
      {"Floor", {6, 13}, 1, 1, kFloat, importUnary<FloorOp>, zero},
      {"Log", {6, 13}, 1, 1, kFloat, importUnary<LogOp>},
      {"Max",
       {8, 12, 13},
       1,
       kVariadic,
       kNumber,
       importExtreme<MaximumOp, Comparison::gt>},
      {"Mean", {8, 13}, 1, kVariadic, kFloat, importMean},
      {"Min",
       {8, 12, 13},
       1,
       kVariadic,
       kNumber,
       importExtreme<MinimumOp, Comparison::lt>},
      {"Mod", {10, 13}, 2, 2, kInteger, importMod},
      {"Mul", {7, 13, 14}, 2, 2, kNumber, importMul},
      {"Neg", {6, 13}, 1, 1, kNumber, importNeg},
      {"Pow", {7, 12, 13, 15}, 2, 2, kNumber, importPow},
      {"Reciprocal", {6, 13}, 1, 1, kFloat, importReciprocal},
      {"Round", {11, 22}, 1, 1, kFloat, importUnary<RoundOp>, zero},
      {"Sign", {9, 13}, 1, 1, kFloat, importUnary<SignOp>, zero},
      {"Sin", {7, 22}, 1, 1, kFloat, importUnary<SinOp>},
      {"Sqrt", {6, 13}, 1, 1, kFloat, importUnary<SqrtOp>},
      {"Sub", {7, 13, 14}, 2, 2, kNumber, importSub},
      {"Sum", {8, 13}, 1, kVariadic, kFloat, importAdd},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
