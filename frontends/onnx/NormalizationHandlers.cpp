//===- NormalizationHandlers.cpp - batch, instance, layer norm ------------===//

#include "frontends/onnx/OpTable.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::onnximport;

static bool areVectors(OnnxNode &node, unsigned first, unsigned last,
                       int64_t length) {
  for (unsigned i = first; i <= last; ++i)
    if (node.shape(i) != ArrayRef<int64_t>{length}) {
      node.reject("input " + Twine(i) + " expected a vector of " +
                  Twine(length) + " elements");
      return false;
    }
  return true;
}

static double epsilonOf(OnnxNode &node) {
  double epsilon = node.number("epsilon", 1e-5);
  if (epsilon < 0)
    node.reject("attribute 'epsilon' is negative");
  return epsilon;
}

// In which type statistics are computed.
static void checkStash(OnnxNode &node) {
  if (node.integer("stash_type", 1) != 1)
    node.reject("stash_type is not supported unless it is float",
                {"supported: 1"});
}

// Both forms of the file become the same operation: which statistics normalise
// is the mode of an application, and the file's form is only where it starts
// from.
static void importBatchNormalization(OnnxNode &node) {
  double epsilon = epsilonOf(node);
  double momentum = node.number("momentum", 0.9);
  bool isTraining = node.version() >= 14 && node.flag("training_mode", false);
  // Before opset 14, more than one output says so.
  if (node.version() < 14)
    isTraining =
        llvm::any_of(llvm::seq(1u, std::max(node.outputs(), 1u)),
                     [&](unsigned index) { return node.namesOutput(index); });
  if (!node.ready())
    return;
  if (node.rank(0) < 2)
    return node.reject("expected an input of rank 2 or more, got " +
                       Twine(node.rank(0)));
  if (!areVectors(node, 1, 4, node.shape(0)[1]))
    return;
  TensorBuilder &build = node.build;
  Value scale = node.parameter(1, "scale"), bias = node.parameter(2, "bias");
  Value mean = node.weight(3, Role::buffer, "mean");
  Value variance = node.weight(4, Role::buffer, "variance");
  auto op = BatchNormOp::create(
      build.builder, build.loc, node.type(0), node.type(1), node.type(1),
      StatisticsAttr::get(build.builder.getContext(),
                          isTraining ? Statistics::batch : Statistics::running),
      node.input(0), scale, bias, mean, variance,
      build.builder.getF64FloatAttr(epsilon),
      build.builder.getF64FloatAttr(momentum), /*unbiased=*/UnitAttr());
  node.update(mean, op.getNewMean());
  node.update(variance, op.getNewVariance());
  node.set(0, op.getResult());
  node.set(1, op.getNewMean());
  node.set(2, op.getNewVariance());
  // Saved statistics of old opsets; nobody reads them.
  if (node.version() < 14) {
    node.set(3, op.getNewMean());
    node.set(4, op.getNewVariance());
  }
}

static void importInstanceNormalization(OnnxNode &node) {
  double epsilon = epsilonOf(node);
  if (!node.ready())
    return;
  if (node.rank(0) < 3)
    return node.reject("expected an input of rank 3 or more, got " +
                       Twine(node.rank(0)));
  if (!areVectors(node, 1, 2, node.shape(0)[1]))
    return;
  TensorBuilder &build = node.build;
  node.set(0, InstanceNormOp::create(build.builder, build.loc, node.type(0),
                                     node.input(0), node.parameter(1, "scale"),
                                     node.parameter(2, "bias"),
                                     build.builder.getF64FloatAttr(epsilon))
                  .getResult());
}

// Each group of channels is one channel of an instance; scale and bias belong
// to channels, before opset 21 to groups.
static void importGroupNormalization(OnnxNode &node) {
  double epsilon = epsilonOf(node);
  node.require("num_groups");
  int64_t groups = node.integer("num_groups", 1);
  if (node.version() >= 21)
    checkStash(node);
  if (!node.ready())
    return;
  ArrayRef<int64_t> shape = node.shape(0);
  if (shape.size() < 3)
    return node.reject("expected an input of rank 3 or more, got " +
                       Twine(shape.size()));
  if (groups < 1 || shape[1] % groups != 0)
    return node.reject(Twine(groups) + " groups do not fit " + Twine(shape[1]) +
                       " channels");
  bool isPerGroup = node.version() < 21;
  if (!areVectors(node, 1, 2, isPerGroup ? groups : shape[1]))
    return;
  TensorBuilder &build = node.build;
  SmallVector<int64_t> grouped = {shape[0], groups, shape[1] / groups};
  llvm::append_range(grouped, shape.drop_front(2));
  Value x = build.reshape(node.input(0), grouped);
  Value scale = node.parameter(1, "scale"), bias = node.parameter(2, "bias");
  auto vector = node.type(0).clone(ArrayRef(groups));
  Value ones = build.constant(vector, 1), zeros = build.zeros(vector);
  Value y = InstanceNormOp::create(
      build.builder, build.loc, x.getType(), x, isPerGroup ? scale : ones,
      isPerGroup ? bias : zeros, build.builder.getF64FloatAttr(epsilon));
  y = build.reshape(y, shape);
  if (!isPerGroup)
    y = build.add(build.mul(y, build.alongAxis(scale, 1, shape)),
                  build.alongAxis(bias, 1, shape));
  node.set(0, y);
}

/// The first of the axes that are normalised; none if there is nothing to
/// build.
static std::optional<int64_t> firstNormalised(OnnxNode &node) {
  int64_t from = node.integer("axis", -1);
  checkStash(node);
  if (!node.ready())
    return std::nullopt;
  return node.axis(from, node.rank(0));
}

static void importLayerNormalization(OnnxNode &node) {
  double epsilon = epsilonOf(node);
  std::optional<int64_t> axis = firstNormalised(node);
  if (!axis)
    return;
  TensorBuilder &build = node.build;
  ArrayRef<int64_t> shape = node.shape(0), inner = shape.drop_front(*axis);
  Value scaleAndBias[2];
  for (unsigned i : {1, 2}) {
    if (!node.hasInput(i)) {
      scaleAndBias[i - 1] = build.zeros(node.type(0).clone(inner));
      continue;
    }
    auto both = node.broadcastShape(node.shape(i), inner);
    if (!both)
      return;
    if (ArrayRef(*both) != inner)
      return node.reject("input " + Twine(i) +
                         " is larger than the axes that are normalised");
    scaleAndBias[i - 1] =
        node.stretch(node.parameter(i, i == 1 ? "scale" : "bias"), inner);
  }
  Value x = node.input(0);
  node.set(0, LayerNormOp::create(build.builder, build.loc, x.getType(), x,
                                  scaleAndBias[0], scaleAndBias[1],
                                  build.builder.getI64IntegerAttr(*axis),
                                  build.builder.getF64FloatAttr(epsilon))
                  .getResult());
  if (!node.hasOutput(1) && !node.hasOutput(2))
    return;
  SmallVector<int64_t> dims, kept(shape);
  for (int64_t i = *axis, e = shape.size(); i < e; ++i) {
    dims.push_back(i);
    kept[i] = 1;
  }
  if (llvm::is_contained(inner, 0))
    return node.reject("the mean of nothing is not supported");
  auto moments = MomentsOp::create(build.builder, build.loc, x, dims);
  node.set(1, build.reshape(moments.getMean(), kept));
  node.set(
      2, build.reshape(build.rsqrt(build.shift(moments.getVariance(), epsilon)),
                       kept));
}

// Like layer normalization without a mean.
static void importRMSNormalization(OnnxNode &node) {
  double epsilon = epsilonOf(node);
  std::optional<int64_t> axis = firstNormalised(node);
  if (!axis)
    return;
  TensorBuilder &build = node.build;
  ArrayRef<int64_t> shape = node.shape(0);
  auto both = node.broadcastShape(node.shape(1), shape);
  if (!both)
    return;
  if (ArrayRef(*both) != shape)
    return node.reject("input 1 is larger than the axes that are normalised");
  SmallVector<int64_t> dims;
  for (int64_t i = *axis, e = shape.size(); i < e; ++i)
    dims.push_back(i);
  Value x = node.input(0);
  Value scale =
      build.rsqrt(build.shift(build.mean(build.square(x), dims), epsilon));
  Value y = build.mul(x, build.broadcast(scale, dims, shape));
  node.set(0, build.mul(y, node.stretch(node.parameter(1, "scale"), shape)));
}

/// x / length along `dims`; zero where the length is.
static Value perLength(TensorBuilder &build, Value x, Value length,
                       ArrayRef<int64_t> dims) {
  Value zero = build.constantLike(length, 0);
  Value vanishes = build.compare(Comparison::le, length, zero);
  Value safe = build.select(vanishes, build.constantLike(length, 1), length);
  return build.div(x, build.broadcast(safe, dims, tensorType(x).getShape()));
}

static Value lengthOf(TensorBuilder &build, Value x, ArrayRef<int64_t> dims) {
  return NormOp::create(build.builder, build.loc, x, dims);
}

static void importLpNormalization(OnnxNode &node) {
  int64_t along = node.integer("axis", -1), power = node.integer("p", 2);
  if (power != 1 && power != 2)
    node.reject("p=" + Twine(power) + " is not supported", {"supported: 1, 2"});
  if (!node.ready())
    return;
  std::optional<int64_t> dim = node.axis(along, node.rank(0));
  if (!dim)
    return;
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  Value length =
      power == 1 ? build.sum(build.abs(x), {*dim}) : lengthOf(build, x, {*dim});
  node.set(0, perLength(build, x, length, {*dim}));
}

// Divided by the deviation, which is the length of what is left without the
// mean: safe where all elements are equal.
static void importMeanVarianceNormalization(OnnxNode &node) {
  SmallVector<int64_t> given = node.integers("axes");
  if (!node.has("axes"))
    given = {0, 2, 3};
  if (!node.ready())
    return;
  auto dims = node.axes(given, node.rank(0));
  if (!dims)
    return;
  TensorBuilder &build = node.build;
  ArrayRef<int64_t> shape = node.shape(0);
  double count = 1;
  for (int64_t dim : *dims)
    count *= static_cast<double>(shape[dim]);
  Value x = node.input(0);
  Value mean = build.broadcast(build.mean(x, *dims), *dims, shape);
  Value centred = build.sub(x, mean);
  Value deviation =
      build.scale(lengthOf(build, centred, *dims), 1 / std::sqrt(count));
  Value wide = build.broadcast(build.shift(deviation, 1e-9), *dims, shape);
  node.set(0, build.div(centred, wide));
}

// Each element by a power of the squares of its neighbours among the channels.
static void importLRN(OnnxNode &node) {
  double alpha = node.number("alpha", 1e-4), beta = node.number("beta", 0.75);
  double bias = node.number("bias", 1);
  node.require("size");
  int64_t size = node.integer("size", 1);
  if (!node.ready())
    return;
  int64_t rank = node.rank(0);
  if (rank < 2 || size < 1)
    return node.reject("expected channels and a size of 1 or more");
  TensorBuilder &build = node.build;
  Value x = node.input(0);
  SmallVector<int64_t> low(rank, 0), high(rank, 0), none(rank, 0),
      window(rank, 1), stride(rank, 1);
  low[1] = (size - 1) / 2;
  high[1] = size - 1 - low[1];
  window[1] = size;
  Value squares = build.pad(build.square(x), low, high, none);
  Value sums = WindowSumOp::create(build.builder, build.loc, x.getType(),
                                   squares, window, stride);
  Value base =
      build.shift(build.scale(sums, alpha / static_cast<double>(size)), bias);
  node.set(0, build.mul(x, build.pow(base, -beta)));
}

void onnximport::addNormalizationOperators(OnnxOperators &operators) {
  OnnxOperators rows = {
      {"BatchNormalization",
       {9, 14, 15},
       5,
       5,
       kFloat,
       importBatchNormalization,
       "inputs of rank 1"},
      {"GroupNormalization",
       {18, 21},
       3,
       3,
       kFloat,
       importGroupNormalization,
       "stash_type other than float"},
      {"InstanceNormalization",
       {6, 22},
       3,
       3,
       kFloat,
       importInstanceNormalization,
       "inputs of rank 2"},
      {"LayerNormalization",
       {17},
       2,
       3,
       kFloat,
       importLayerNormalization,
       "stash_type other than float"},
      {"LRN", {1, 13}, 1, 1, kFloat, importLRN},
      {"LpNormalization", {1, 22}, 1, 1, kFloat, importLpNormalization},
      {"MeanVarianceNormalization",
       {9, 13},
       1,
       1,
       kFloat,
       importMeanVarianceNormalization},
      {"RMSNormalization",
       {23},
       2,
       2,
       kFloat,
       importRMSNormalization,
       "stash_type other than float"},
  };
  operators.insert(operators.end(), rows.begin(), rows.end());
}
