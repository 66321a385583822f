//===- ActivationHandlers.cpp - activations, softmax, dropout -------------===//

#include "frontends/onnx/OpTable.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

template <typename OpTy> static void importUnary(OnnxNode &node) {
  if (node.ready())
    node.set(0, node.build.unary<OpTy>(node.input(0)));
}

static FloatAttr f64(OnnxNode &node, double value) {
  return node.build.builder.getF64FloatAttr(value);
}

static void importLeakyRelu(OnnxNode &node) {
  double slope = node.number("alpha", 0.01);
  if (!node.ready())
    return;
  Value x = node.input(0);
  node.set(0, LeakyReluOp::create(node.build.builder, node.build.loc,
                                  x.getType(), x, f64(node, slope)));
}

// alpha * (exp(x) - 1) below zero; the argument of exp is made harmless where
// the other branch is taken, for the sake of derivatives.
static Value elu(TensorBuilder &build, Value x, double alpha) {
  Value zero = build.constantLike(x, 0);
  Value isPositive = build.compare(Comparison::gt, x, zero);
  Value below = build.shift(build.exp(build.select(isPositive, zero, x)), -1);
  return build.select(isPositive, x, build.scale(below, alpha));
}

static void importElu(OnnxNode &node) {
  double alpha = node.number("alpha", 1);
  if (node.ready())
    node.set(0, elu(node.build, node.input(0), alpha));
}

// The argument of exp is divided by alpha, so that both branches meet smoothly.
static void importCelu(OnnxNode &node) {
  double alpha = node.number("alpha", 1);
  if (alpha <= 0)
    node.reject("attribute 'alpha' is not positive");
  if (!node.ready())
    return;
  Value x = node.build.scale(node.input(0), 1 / alpha);
  node.set(0, node.build.scale(elu(node.build, x, 1), alpha));
}

static void importSelu(OnnxNode &node) {
  double alpha = node.number("alpha", 1.67326319217681884765625);
  double gamma = node.number("gamma", 1.05070102214813232421875);
  if (node.ready())
    node.set(0, node.build.scale(elu(node.build, node.input(0), alpha), gamma));
}

static Value clip(TensorBuilder &build, Value x, double low, double high) {
  return ClipOp::create(build.builder, build.loc, x.getType(), x,
                        build.builder.getF64FloatAttr(low),
                        build.builder.getF64FloatAttr(high));
}

static void importHardSigmoid(OnnxNode &node) {
  double alpha = node.number("alpha", 0.2);
  double beta = node.number("beta", 0.5);
  if (!node.ready())
    return;
  Value line = node.build.shift(node.build.scale(node.input(0), alpha), beta);
  node.set(0, clip(node.build, line, 0, 1));
}

static void importHardSwish(OnnxNode &node) {
  if (!node.ready())
    return;
  Value x = node.input(0);
  Value line = node.build.shift(node.build.scale(x, 1.0 / 6), 0.5);
  node.set(0, node.build.mul(x, clip(node.build, line, 0, 1)));
}

static void importMish(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  node.set(0, build.mul(x, build.tanh(build.softplus(x))));
}

static void importSwish(OnnxNode &node) {
  double alpha = node.number("alpha", 1);
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  node.set(0, build.mul(x, build.logistic(build.scale(x, alpha))));
}

// A slope for each channel, or what else stretches to the input's shape. As in
// relu, x <= 0 is false for NaN.
static void importPRelu(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  ArrayRef<int64_t> shape = node.shape(0);
  if (node.type(1).getElementType() != node.type(0).getElementType())
    return node.reject("the inputs have different element types");
  auto both = node.broadcastShape(shape, node.shape(1));
  if (!both)
    return;
  if (ArrayRef(*both) != shape)
    return node.reject("input 'slope' is larger than the first one");
  Value x = node.input(0), slope = node.parameter(1, "slope");
  Value below = build.mul(x, node.stretch(slope, shape));
  Value isBelow = build.compare(Comparison::le, x, build.constantLike(x, 0));
  node.set(0, build.select(isBelow, below, x));
}

static void importThresholdedRelu(OnnxNode &node) {
  double alpha = node.number("alpha", 1);
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  Value isBelow =
      build.compare(Comparison::le, x, build.constantLike(x, alpha));
  node.set(0, build.select(isBelow, build.constantLike(x, 0), x));
}

static void importShrink(OnnxNode &node) {
  double bias = node.number("bias", 0), lambda = node.number("lambd", 0.5);
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  Value isLow =
      build.compare(Comparison::lt, x, build.constantLike(x, -lambda));
  Value isHigh =
      build.compare(Comparison::gt, x, build.constantLike(x, lambda));
  Value rest =
      build.select(isHigh, build.shift(x, -bias), build.constantLike(x, 0));
  node.set(0, build.select(isLow, build.shift(x, bias), rest));
}

static void importSoftsign(OnnxNode &node) {
  if (!node.ready())
    return;
  Value x = node.input(0);
  node.set(0, node.build.div(x, node.build.shift(node.build.abs(x), 1)));
}

static void importGelu(OnnxNode &node) {
  std::string form = node.choice("approximate", "none", {"none", "tanh"});
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0), curve;
  if (form == "none") {
    curve = build.unary<ErfOp>(build.scale(x, std::sqrt(0.5)));
  } else {
    Value cube = build.scale(build.mul(build.square(x), x), 0.044715);
    curve = build.tanh(build.scale(build.add(x, cube), std::sqrt(2 / M_PI)));
  }
  node.set(0, build.scale(build.mul(x, build.shift(curve, 1)), 0.5));
}

// Bounds are inputs. Known ones are part of the operation; others are compared
// with, so that the derivative at an edge is 0 all the same.
static void importClip(OnnxNode &node) {
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  bool isFloat = tensorType(x).getElementType().isF32();
  double bounds[2] = {-std::numeric_limits<double>::infinity(),
                      std::numeric_limits<double>::infinity()};
  bool isKnown = isFloat;
  for (unsigned i : {1, 2}) {
    if (!node.hasInput(i))
      continue;
    if (node.type(i).getNumElements() != 1 ||
        node.type(i).getElementType() != node.type(0).getElementType())
      return node.reject("input '" + Twine(i == 1 ? "min" : "max") +
                         "' expected one number of the first input's type");
    const HostTensor *bound = node.known(i);
    isKnown &= bound && !std::isnan(bound->number(0));
    if (isKnown)
      bounds[i - 1] = bound->decimal(0);
  }
  if (isKnown)
    return node.set(0, clip(build, x, bounds[0], bounds[1]));
  ArrayRef<int64_t> shape = tensorType(x).getShape();
  for (unsigned i : {1, 2}) {
    if (!node.hasInput(i))
      continue;
    Value bound = build.splat(build.reshape(node.input(i), {}), shape);
    Comparison beyond = i == 1 ? Comparison::le : Comparison::ge;
    x = build.select(build.compare(beyond, x, bound), bound, x);
  }
  node.set(0, x);
}

// Before opset 13 the axes from `axis` on are one. `f` works along one axis.
template <typename Function>
static void importAlongAxis(OnnxNode &node, Function f) {
  bool isFlat = node.version() < 13;
  int64_t axis = node.integer("axis", isFlat ? 1 : -1);
  if (!node.ready())
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  ArrayRef<int64_t> shape = tensorType(x).getShape();
  std::optional<int64_t> dim = node.axis(axis, shape.size());
  if (!dim)
    return;
  if (isFlat) {
    int64_t rows = 1, columns = 1;
    for (auto [i, size] : llvm::enumerate(shape))
      (static_cast<int64_t>(i) < *dim ? rows : columns) *= size;
    x = build.reshape(x, {rows, columns});
    dim = 1;
  }
  node.set(0, build.reshape(f(build, x, *dim), shape));
}

template <typename OpTy> static void importSoftmax(OnnxNode &node) {
  importAlongAxis(node, [](TensorBuilder &build, Value x, int64_t dim) {
    return OpTy::create(build.builder, build.loc, x.getType(), x,
                        build.builder.getI64IntegerAttr(dim));
  });
}

// 1 at the first of the largest.
static void importHardmax(OnnxNode &node) {
  importAlongAxis(
      node, [](TensorBuilder &build, Value x, int64_t dim) -> Value {
        RankedTensorType type = tensorType(x);
        if (type.getNumElements() == 0)
          return x;
        Value largest = ArgMaxOp::create(build.builder, build.loc, x, dim);
        auto places = type.clone(build.builder.getI32Type());
        Value isLargest =
            build.compare(Comparison::eq, build.iota(places, dim),
                          build.broadcast(largest, {dim}, type.getShape()));
        return build.cast(isLargest, type.getElementType());
      });
}

// The operation stands in the network in both forms of the file: whether it
// acts is decided by the mode of the application.
static void importDropout(OnnxNode &node) {
  double ratio = node.version() < 12 ? node.number("ratio", 0.5) : 0.5;
  node.ignore("seed"); // draws have keys of their own
  if (!node.ready())
    return;
  bool isTraining = false;
  if (node.version() >= 12 && node.hasInput(1)) {
    std::optional<double> given = node.scalar(1);
    if (!given)
      return;
    ratio = *given;
  }
  if (node.version() >= 12 && node.hasInput(2)) {
    std::optional<double> given = node.scalar(2);
    if (!given)
      return;
    isTraining = *given != 0;
  }
  if (!(ratio >= 0 && ratio < 1))
    return node.reject("ratio " + textOf(ratio) + " is not in [0, 1)");
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  auto drop = [&](Value value) -> Value {
    if (ratio == 0)
      return value;
    return DropoutOp::create(
        build.builder, build.loc, value.getType(), value, f64(node, ratio),
        isTraining ? build.builder.getUnitAttr() : UnitAttr());
  };
  if (!node.hasOutput(1))
    return node.set(0, drop(x));
  // What is left of ones is the mask, and the factor of what is kept.
  Value factor = drop(build.constantLike(x, 1)),
        zero = build.constantLike(x, 0);
  Value mask = build.compare(Comparison::gt, factor, zero);
  node.set(0, build.select(mask, build.mul(x, factor), zero));
  node.set(1, mask);
}

void onnximport::addActivationOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"Celu", {12}, 1, 1, kFloat, importCelu},
      {"Clip", {11, 12, 13}, 1, 3, kNumber, importClip},
      {"Dropout",
       {10, 12, 13, 22},
       1,
       3,
       kFloat,
       importDropout,
       "seed is ignored",
       {{1, "ratio"}, {2, "training_mode"}}},
      {"Elu", {6, 22}, 1, 1, kFloat, importElu},
      {"Gelu", {20}, 1, 1, kFloat, importGelu},
      {"HardSigmoid", {6, 22}, 1, 1, kFloat, importHardSigmoid},
      {"HardSwish", {14, 22}, 1, 1, kFloat, importHardSwish},
      {"Hardmax",
       {11, 13},
       1,
       1,
       kFloat,
       importHardmax,
       "derivative (it is zero)"},
      {"LeakyRelu", {6, 16}, 1, 1, kFloat, importLeakyRelu},
      {"LogSoftmax", {11, 13}, 1, 1, kFloat, importSoftmax<LogSoftmaxOp>},
      {"Mish", {18, 22}, 1, 1, kFloat, importMish},
      {"PRelu", {9, 16}, 2, 2, kNumber, importPRelu},
      {"Relu", {6, 13, 14}, 1, 1, kFloat, importUnary<ReluOp>},
      {"Selu", {6, 22}, 1, 1, kFloat, importSelu},
      {"Shrink", {9}, 1, 1, kFloat, importShrink},
      {"Sigmoid", {6, 13}, 1, 1, kFloat, importUnary<LogisticOp>},
      {"Softmax", {11, 13}, 1, 1, kFloat, importSoftmax<SoftmaxOp>},
      {"Softplus", {1, 22}, 1, 1, kFloat, importUnary<SoftplusOp>},
      {"Softsign", {1, 22}, 1, 1, kFloat, importSoftsign},
      {"Swish", {24}, 1, 1, kFloat, importSwish},
      {"Tanh", {6, 13}, 1, 1, kFloat, importUnary<TanhOp>},
      {"ThresholdedRelu", {10, 22}, 1, 1, kFloat, importThresholdedRelu},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
