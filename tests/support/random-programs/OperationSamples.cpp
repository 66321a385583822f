//===- OperationSamples.cpp - every operation at points where it is smooth ===//

#include "tests/support/random-programs/OperationSamples.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;
using gan::reference::Tensor;

namespace {

//===----------------------------------------------------------------------===//
// Samples by family
//===----------------------------------------------------------------------===//

/// One operand with elements from an interval where the function is smooth.
template <typename OpTy> SampleRow unary(double low, double high) {
  return {OpTy::getOperationName().str(), [=](Dice &dice) {
            return Sample{{dice.tensor(dice.shape(), low, high)},
                          [](TensorBuilder &b, ArrayRef<Value> x) {
                            return b.unary<OpTy>(x[0]);
                          }};
          }};
}

Sample add(Dice &dice) {
  Shape shape = dice.shape();
  return {
      {dice.tensor(shape, -1, 1), dice.tensor(shape, -1, 1)},
      [](TensorBuilder &b, ArrayRef<Value> x) { return b.add(x[0], x[1]); }};
}

Sample mul(Dice &dice) {
  Shape shape = dice.shape();
  if (dice.between(0, 2) == 0) // One value twice.
    return {{dice.tensor(shape, -1, 1)},
            [](TensorBuilder &b, ArrayRef<Value> x) {
              return b.mul(b.square(x[0]), x[0]);
            }};
  return {
      {dice.tensor(shape, -1, 1), dice.tensor(shape, -1, 1)},
      [](TensorBuilder &b, ArrayRef<Value> x) { return b.mul(x[0], x[1]); }};
}

Sample div(Dice &dice) {
  Shape shape = dice.shape();
  return {
      {dice.tensor(shape, -1, 1), dice.tensor(shape, 0.5, 2)},
      [](TensorBuilder &b, ArrayRef<Value> x) { return b.div(x[0], x[1]); }};
}

Sample pow(Dice &dice) {
  const double exponents[] = {-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6};
  double exponent = exponents[dice.between(0, 11)];
  bool isInteger = exponent == std::floor(exponent);
  double low = isInteger && exponent > 0 ? -2 : 0.5;
  return {{dice.tensor(dice.shape(), low, 2)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.pow(x[0], exponent);
          }};
}

Sample select(Dice &dice) {
  Tensor a = dice.tensor(dice.shape(), -1, 1);
  return {{a, dice.apart(a)}, [](TensorBuilder &b, ArrayRef<Value> x) {
            Value mask = b.compare(Comparison::lt, x[0], x[1]);
            return b.select(mask, b.exp(x[0]), b.square(x[1]));
          }};
}

Sample cast(Dice &dice) {
  return {{dice.tensor(dice.shape(), -1, 1)},
          [](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            Value y = b.square(x[0]);
            return CastOp::create(b.builder, b.loc, y.getType(), y);
          }};
}

Sample reshape(Dice &dice) {
  int64_t a = dice.between(1, 4), c = dice.between(1, 4),
          d = dice.between(1, 3);
  return {{dice.tensor({a, c * d}, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.square(b.reshape(x[0], {a * c, 1, d}));
          }};
}

Sample transpose(Dice &dice) {
  Shape shape = dice.shape(2), permutation = dice.permutation(shape.size());
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.exp(b.transpose(x[0], permutation));
          }};
}

Sample reverse(Dice &dice) {
  Shape shape = dice.shape(), dims = dice.dims(shape.size());
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.exp(b.reverse(x[0], dims));
          }};
}

Sample broadcast(Dice &dice) {
  Shape shape = dice.shape(2), dims = dice.dims(shape.size());
  Shape small(shapeWithout(shape, dims));
  return {{dice.tensor(small, -1, 1), dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.mul(b.square(b.broadcast(x[0], dims, shape)), x[1]);
          }};
}

Sample concat(Dice &dice) {
  Shape shape = dice.shape();
  int64_t dim = dice.between(0, shape.size() - 1);
  Shape other = shape;
  other[dim] = dice.between(1, 4);
  return {{dice.tensor(shape, -1, 1), dice.tensor(other, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.exp(b.concat({x[0], x[1], x[0]}, dim));
          }};
}

Sample slice(Dice &dice) {
  Shape shape = dice.shape(), start, stop, stride;
  for (int64_t &size : shape) {
    size += 3;
    start.push_back(dice.between(0, size - 1));
    stop.push_back(dice.between(start.back(), size));
    stride.push_back(dice.between(1, 3));
  }
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.exp(b.slice(x[0], start, stop, stride));
          }};
}

Sample pad(Dice &dice) {
  Shape shape = dice.shape(), low, high, interior;
  bool mayCrop = dice.between(0, 1), isPlain = dice.between(0, 1);
  for (int64_t &size : shape) {
    size += 2;
    // Never crops more than there is.
    low.push_back(dice.between(mayCrop ? -1 : 0, 2));
    high.push_back(dice.between(mayCrop ? -2 : 0, 2));
    interior.push_back(isPlain ? 0 : dice.between(0, 2));
  }
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.exp(b.pad(x[0], low, high, interior));
          }};
}

Sample sum(Dice &dice) {
  Shape shape = dice.shape(), dims = dice.dims(shape.size());
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.sqrt(b.shift(b.sum(b.square(x[0]), dims), 1));
          }};
}

template <typename OpTy> Sample extreme(Dice &dice) {
  Shape shape = dice.shape(), dims = dice.dims(shape.size());
  return {{dice.distinct(shape)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.exp(OpTy::create(b.builder, b.loc, x[0], dims));
          }};
}

Sample moments(Dice &dice) {
  Shape shape = dice.shape(), dims = dice.dims(shape.size());
  int64_t which = dice.between(0, 2);
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            auto op = MomentsOp::create(b.builder, b.loc, x[0], dims);
            if (which == 0)
              return b.exp(op.getMean());
            if (which == 1)
              return b.exp(op.getVariance());
            return b.mul(b.exp(op.getMean()),
                         b.rsqrt(b.shift(op.getVariance(), 0.25)));
          }};
}

Sample windowSum(Dice &dice) {
  Shape shape = dice.shape(), window, stride;
  for (int64_t &size : shape) {
    size += 4;
    window.push_back(dice.between(1, 4));
    stride.push_back(dice.between(1, 3));
  }
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.square(
                WindowSumOp::create(b.builder, b.loc, x[0], window, stride));
          }};
}

Sample cumsum(Dice &dice) {
  Shape shape = dice.shape();
  int64_t dim = dice.between(0, shape.size() - 1);
  return {{dice.tensor(shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.exp(CumsumOp::create(b.builder, b.loc, x[0].getType(),
                                          x[0],
                                          b.builder.getI64IntegerAttr(dim)));
          }};
}

struct IndexSample {
  Shape shape, indexShape, updateShape;
  SmallVector<int32_t> index;
  int64_t dim, batch;
  explicit IndexSample(Dice &dice) : shape(dice.shape()) {
    dim = dice.between(0, shape.size() - 1);
    batch = dice.between(0, dim);
    indexShape.append(shape.begin(), shape.begin() + batch);
    for (int64_t axes = dice.between(0, 2); axes > 0; --axes)
      indexShape.push_back(dice.between(1, 4));
    for (int64_t i = 0; i < reference::countElements(indexShape); ++i)
      index.push_back(dice.between(0, shape[dim] - 1));
    updateShape.append(shape.begin(), shape.begin() + dim);
    updateShape.append(indexShape.begin() + batch, indexShape.end());
    updateShape.append(shape.begin() + dim + 1, shape.end());
  }
};

Sample gather(Dice &dice) {
  IndexSample s(dice);
  return {{dice.tensor(s.shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.exp(b.gather(x[0], indices(b, s.indexShape, s.index),
                                  s.dim, s.batch));
          }};
}

Sample scatterAdd(Dice &dice) {
  IndexSample s(dice);
  return {{dice.tensor(s.shape, -1, 1), dice.tensor(s.updateShape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.exp(ScatterAddOp::create(b.builder, b.loc, x[0],
                                              indices(b, s.indexShape, s.index),
                                              x[1], s.dim, s.batch));
          }};
}

/// A part of the last axes, with starts for every position of the first ones,
/// some out of range.
struct PartSample {
  Shape whole, part, startShape;
  SmallVector<int32_t> start;
  explicit PartSample(Dice &dice) : whole(dice.shape()) {
    int64_t sliced = dice.between(1, whole.size());
    int64_t batch = dice.between(0, whole.size() - sliced);
    part = whole;
    for (int64_t &size : MutableArrayRef(part).take_back(sliced))
      size = dice.between(1, size);
    startShape.append(whole.begin(), whole.begin() + batch);
    startShape.push_back(sliced);
    for (int64_t i = 0; i < reference::countElements(startShape); ++i)
      start.push_back(dice.between(-1, 4));
  }
};

Sample dynamicSlice(Dice &dice) {
  PartSample s(dice);
  return {{dice.tensor(s.whole, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.unary<SinOp>(DynamicSliceOp::create(
                b.builder, b.loc, tensorType(x[0]).clone(s.part), x[0],
                indices(b, s.startShape, s.start)));
          }};
}

Sample dynamicUpdateSlice(Dice &dice) {
  PartSample s(dice);
  return {{dice.tensor(s.whole, -1, 1), dice.tensor(s.part, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.unary<SinOp>(DynamicUpdateSliceOp::create(
                b.builder, b.loc, x[0].getType(), x[0], x[1],
                indices(b, s.startShape, s.start)));
          }};
}

Sample dot(Dice &dice) {
  // Some batch, contracted and free axes, in any order on both sides.
  auto sizes = [&](int64_t most) {
    Shape result(dice.between(0, most));
    for (int64_t &size : result)
      size = dice.between(1, 5);
    return result;
  };
  struct Side {
    Shape shape, batch, contract;
  };
  Shape batch = sizes(2), contract = sizes(2);
  auto side = [&](ArrayRef<int64_t> free) {
    Shape all(batch);
    all.append(contract);
    all.append(free.begin(), free.end());
    Shape permutation = dice.permutation(all.size());
    Side result;
    for (int64_t dim : permutation)
      result.shape.push_back(all[dim]);
    Shape places = invertPermutation(permutation);
    result.batch.append(places.begin(), places.begin() + batch.size());
    result.contract.append(places.begin() + batch.size(),
                           places.begin() + batch.size() + contract.size());
    return result;
  };
  Side l = side(sizes(2)), r = side(sizes(2));
  return {{dice.tensor(l.shape, -1, 1), dice.tensor(r.shape, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.square(
                b.dot(x[0], x[1], l.batch, r.batch, l.contract, r.contract));
          }};
}

/// Types of x, w and y for a random geometry.
struct ConvSample {
  Shape x, w, y, stride, dilation, low, high;
  int64_t groups;
  explicit ConvSample(Dice &dice) {
    int64_t axes = dice.between(1, 2);
    groups = dice.between(1, 3);
    int64_t images = dice.between(1, 2);
    int64_t inputs = dice.between(1, 2), outputs = groups * dice.between(1, 2);
    x = {images, groups * inputs};
    w = {outputs, inputs};
    y = {images, outputs};
    for (int64_t axis = 0; axis < axes; ++axis) {
      const int64_t primes[] = {3, 5, 7};
      int64_t in = primes[dice.between(0, 2)], kernel = dice.between(1, 3);
      stride.push_back(dice.between(1, 3));
      dilation.push_back(dice.between(1, 2));
      low.push_back(dice.between(0, 2));
      high.push_back(dice.between(0, 2));
      int64_t span =
          in + low.back() + high.back() - (kernel - 1) * dilation.back() - 1;
      if (span < 0) {
        high.back() -= span;
        span = 0;
      }
      x.push_back(in);
      w.push_back(kernel);
      y.push_back(span / stride.back() + 1);
    }
  }
  GeometryAttr geometry(OpBuilder &builder) const {
    return GeometryAttr::get(builder.getContext(), stride, dilation, low, high,
                             groups);
  }
};

Type type(TensorBuilder &b, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, b.builder.getF32Type());
}

Sample conv(Dice &dice) {
  ConvSample s(dice);
  return {{dice.tensor(s.x, -1, 1), dice.tensor(s.w, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> v) -> Value {
            return b.square(ConvOp::create(b.builder, b.loc, type(b, s.y), v[0],
                                           v[1], s.geometry(b.builder)));
          }};
}

Sample convGradInput(Dice &dice) {
  ConvSample s(dice);
  return {{dice.tensor(s.w, -1, 1), dice.tensor(s.y, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> v) -> Value {
            return b.square(ConvGradInputOp::create(b.builder, b.loc,
                                                    type(b, s.x), v[0], v[1],
                                                    s.geometry(b.builder)));
          }};
}

Sample convGradWeight(Dice &dice) {
  ConvSample s(dice);
  return {{dice.tensor(s.x, -1, 1), dice.tensor(s.y, -1, 1)},
          [=](TensorBuilder &b, ArrayRef<Value> v) -> Value {
            return b.square(ConvGradWeightOp::create(b.builder, b.loc,
                                                     type(b, s.w), v[0], v[1],
                                                     s.geometry(b.builder)));
          }};
}

//===----------------------------------------------------------------------===//
// Composites: their expansions
//===----------------------------------------------------------------------===//

Sample leakyRelu(Dice &dice) {
  bool isPositive = dice.between(0, 1);
  Tensor x =
      dice.tensor(dice.shape(), isPositive ? 0.1 : -2, isPositive ? 2 : -0.1);
  return {{x}, [](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.square(
                LeakyReluOp::create(b.builder, b.loc, x[0].getType(), x[0],
                                    b.builder.getF64FloatAttr(0.25)));
          }};
}

Sample clip(Dice &dice) {
  // Below, between and above the bounds.
  const double starts[] = {-2, -0.9, 1.1};
  double low = starts[dice.between(0, 2)];
  return {{dice.tensor(dice.shape(), low, low + 0.9)},
          [](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.square(ClipOp::create(b.builder, b.loc, x[0].getType(),
                                           x[0], b.builder.getF64FloatAttr(-1),
                                           b.builder.getF64FloatAttr(1)));
          }};
}

template <typename OpTy> Sample choice(Dice &dice) {
  Tensor a = dice.tensor(dice.shape(), -1, 1);
  return {{a, dice.apart(a)}, [](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.exp(
                OpTy::create(b.builder, b.loc, x[0].getType(), x[0], x[1]));
          }};
}

template <typename OpTy> Sample softmax(Dice &dice) {
  Shape shape = dice.shape();
  int64_t dim = dice.between(0, shape.size() - 1);
  return {{dice.tensor(shape, -2, 2)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return OpTy::create(b.builder, b.loc, x[0].getType(), x[0],
                                b.builder.getI64IntegerAttr(dim));
          }};
}

Sample logSumExp(Dice &dice) {
  Shape shape = dice.shape();
  int64_t dim = dice.between(0, shape.size() - 1);
  return {{dice.tensor(shape, -2, 2)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return LogSumExpOp::create(b.builder, b.loc, x[0], dim);
          }};
}

Sample maxPool(Dice &dice) {
  Shape shape, window, stride, dilation, low, high;
  if (dice.between(0, 1))
    shape.push_back(dice.between(1, 2));
  for (int64_t axes = dice.between(1, 2); axes > 0; --axes) {
    shape.push_back(dice.between(5, 6));
    window.push_back(dice.between(1, 3));
    stride.push_back(dice.between(1, 3));
    dilation.push_back(dice.between(1, 2));
    // Less than the window, so that each meets an element.
    low.push_back(dice.between(0, window.back() - 1));
    high.push_back(dice.between(0, window.back() - 1));
  }
  return {{dice.distinct(shape)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return b.unary<SinOp>(MaxPoolOp::create(
                b.builder, b.loc, x[0], window, stride, dilation, low, high));
          }};
}

/// A product over axes, some factors exactly zero.
Sample product(Dice &dice) {
  Shape shape = dice.shape(), dims = dice.dims(shape.size());
  Tensor x = dice.tensor(shape, -1, 1);
  for (double &value : x.values)
    if (dice.between(0, 3) == 0)
      value = 0;
  // Squared, since the product of one number multiplies nothing.
  return {{x}, [=](TensorBuilder &b, ArrayRef<Value> x) {
            return b.square(b.product(x[0], dims));
          }};
}

Sample norm(Dice &dice) {
  Shape shape = dice.shape(), dims = dice.dims(shape.size());
  return {{dice.tensor(shape, 0.5, 2)},
          [=](TensorBuilder &b, ArrayRef<Value> x) -> Value {
            return NormOp::create(b.builder, b.loc, x[0], dims);
          }};
}

/// An operand, scale and bias; epsilon keeps one element's variance smooth.
struct NormSample {
  Shape x;
  Sample operator()(
      Dice &dice, Shape vector,
      std::function<Value(TensorBuilder &, ArrayRef<Value>, FloatAttr epsilon)>
          build) const {
    return {{dice.tensor(x, -1, 1), dice.tensor(vector, 0.5, 1.5),
             dice.tensor(vector, -1, 1)},
            [=](TensorBuilder &b, ArrayRef<Value> v) {
              return b.square(build(b, v, b.builder.getF64FloatAttr(0.25)));
            }};
  }
};

Sample batchNorm(Dice &dice) {
  NormSample s{dice.shape(2)};
  auto statistics =
      dice.between(0, 1) ? Statistics::batch : Statistics::running;
  return s(
      dice, {s.x[1]},
      [=](TensorBuilder &b, ArrayRef<Value> v, FloatAttr epsilon) {
        // With running statistics, scale and bias are those too.
        auto op = BatchNormOp::create(
            b.builder, b.loc, v[0].getType(), v[1].getType(), v[1].getType(),
            StatisticsAttr::get(b.builder.getContext(), statistics), v[0], v[1],
            v[2], v[2], v[1], epsilon, b.builder.getF64FloatAttr(0.75),
            /*unbiased=*/UnitAttr());
        return Value(op.getResult());
      });
}

Sample instanceNorm(Dice &dice) {
  NormSample s{dice.shape(3)};
  return s(dice, {s.x[1]},
           [](TensorBuilder &b, ArrayRef<Value> v, FloatAttr epsilon) -> Value {
             return InstanceNormOp::create(b.builder, b.loc, v[0].getType(),
                                           v[0], v[1], v[2], epsilon);
           });
}

Sample layerNorm(Dice &dice) {
  NormSample s{dice.shape()};
  int64_t axis = dice.between(0, s.x.size() - 1);
  return s(
      dice, Shape(ArrayRef<int64_t>(s.x).drop_front(axis)),
      [=](TensorBuilder &b, ArrayRef<Value> v, FloatAttr epsilon) -> Value {
        return LayerNormOp::create(b.builder, b.loc, v[0].getType(), v[0], v[1],
                                   v[2], b.builder.getI64IntegerAttr(axis),
                                   epsilon);
      });
}

std::vector<SampleRow> allRows() {
  return {
      {"gan.add", add},
      unary<NegOp>(-1, 1),
      {"gan.mul", mul},
      {"gan.div", div},
      unary<ExpOp>(-2, 1),
      unary<LogOp>(0.5, 3),
      unary<Log1pOp>(-0.5, 2),
      unary<SqrtOp>(0.5, 3),
      unary<RsqrtOp>(0.5, 3),
      {"gan.pow", pow},
      unary<TanhOp>(-2, 2),
      unary<LogisticOp>(-4, 4),
      unary<SoftplusOp>(-4, 4),
      unary<SinOp>(-4, 4),
      unary<CosOp>(-4, 4),
      unary<ErfOp>(-2, 2),
      unary<AbsOp>(0.1, 2),
      unary<AbsOp>(-2, -0.1),
      {"gan.select", select},
      {"gan.cast", cast},
      {"gan.reshape", reshape},
      {"gan.transpose", transpose},
      {"gan.reverse", reverse},
      {"gan.broadcast", broadcast},
      {"gan.concat", concat},
      {"gan.slice", slice},
      {"gan.pad", pad},
      {"gan.reduce_sum", sum},
      {"gan.reduce_max", extreme<ReduceMaxOp>},
      {"gan.reduce_min", extreme<ReduceMinOp>},
      {"gan.moments", moments},
      {"gan.window_sum", windowSum},
      {"gan.cumsum", cumsum},
      {"gan.gather", gather},
      {"gan.scatter_add", scatterAdd},
      {"gan.dynamic_slice", dynamicSlice},
      {"gan.dynamic_update_slice", dynamicUpdateSlice},
      {"gan.dot", dot},
      {"gan.conv", conv},
      {"gan.conv_grad_input", convGradInput},
      {"gan.conv_grad_weight", convGradWeight},
      // Composites.
      unary<ReluOp>(0.1, 2),
      unary<ReluOp>(-2, -0.1),
      {"gan.leaky_relu", leakyRelu},
      {"gan.clip", clip},
      {"gan.max_pool", maxPool},
      {"gan.mul", product},
      {"gan.maximum", choice<MaximumOp>},
      {"gan.minimum", choice<MinimumOp>},
      {"gan.softmax", softmax<SoftmaxOp>},
      {"gan.log_softmax", softmax<LogSoftmaxOp>},
      {"gan.log_sum_exp", logSumExp},
      {"gan.norm", norm},
      {"gan.batch_norm", batchNorm},
      {"gan.instance_norm", instanceNorm},
      {"gan.layer_norm", layerNorm},
  };
}

} // namespace

Value gan::testing::indices(TensorBuilder &b, ArrayRef<int64_t> shape,
                            ArrayRef<int32_t> values) {
  auto type = RankedTensorType::get(shape, b.builder.getI32Type());
  return ConstantOp::create(b.builder, b.loc, type,
                            DenseIntElementsAttr::get(type, values));
}

const std::vector<SampleRow> &gan::testing::operationSamples() {
  static const std::vector<SampleRow> rows = allRows();
  return rows;
}
