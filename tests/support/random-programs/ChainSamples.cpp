//===- ChainSamples.cpp - filters behind one another, as in StyleGAN ------===//
//
// What becomes a chain (docs/rationale/Rationale-Chains.md): zeros between
// elements and around them, depthwise filters of one axis or two, transposed
// filters, windows, elements that are repeated, crops, element-wise operations.
// At times a convolution of all channels stands before, so that channels lie
// last in memory.
//
//===----------------------------------------------------------------------===//

#include "tests/support/random-programs/OperationSamples.h"
#include <cmath>

using namespace mlir;
using namespace gan;
using namespace gan::testing;

namespace {

class ChainWriter {
public:
  explicit ChainWriter(Dice &dice) : dice(dice) {}

  Sample write();

private:
  using Link = std::function<Value(TensorBuilder &, ArrayRef<Value>, Value)>;

  // Each adds a link, or draws a size that does not fit and adds none.
  bool zeros();
  bool zerosByReshape();
  bool repeat();
  bool crop();
  bool filter();
  bool transposedFilter();
  bool window();
  bool bias();
  bool choice();
  bool rectify();
  bool sine();
  void convolution();

  /// A number for each axis of space.
  Shape numbers(int64_t least, int64_t most) {
    Shape result(space());
    for (int64_t &number : result)
      number = dice.between(least, most);
    return result;
  }
  /// All the same, mostly `usual`.
  Shape mostly(int64_t usual, int64_t other) {
    return Shape(space(), dice.between(0, 3) == 0 ? other : usual);
  }
  /// With the axes of images and channels.
  static Shape withChannels(int64_t number, ArrayRef<int64_t> ofSpace) {
    Shape result{number, number};
    result.append(ofSpace.begin(), ofSpace.end());
    return result;
  }
  size_t space() const { return shape.size() - 2; }
  /// The sizes of space, each so many times as large.
  Shape enlarged(int64_t factor) const {
    Shape result(ArrayRef(shape).drop_front(2));
    for (int64_t &size : result)
      size *= factor;
    return result;
  }
  /// Values become those of `link`, at most so large.
  bool add(ArrayRef<int64_t> sizes, double most, Link link);
  unsigned input(reference::Tensor tensor) {
    inputs.push_back(std::move(tensor));
    return inputs.size() - 1;
  }
  /// A filter for each channel, or one of `inputs` for all of them.
  unsigned weight(ArrayRef<int64_t> kernel, int64_t outputs, int64_t inputs);

  Dice &dice;
  Shape shape;
  double bound = 1; // of the numbers
  llvm::SmallVector<reference::Tensor> inputs;
  std::vector<Link> links;
};

int64_t countTaps(ArrayRef<int64_t> kernel) {
  return reference::countElements(kernel);
}

} // namespace

bool ChainWriter::add(ArrayRef<int64_t> sizes, double most, Link link) {
  if (llvm::any_of(sizes, [](int64_t size) { return size < 2 || size > 40; }))
    return false;
  shape.truncate(2);
  shape.append(sizes.begin(), sizes.end());
  bound = most;
  links.push_back(std::move(link));
  return true;
}

unsigned ChainWriter::weight(ArrayRef<int64_t> kernel, int64_t outputs,
                             int64_t inputs) {
  Shape all{outputs, inputs};
  all.append(kernel.begin(), kernel.end());
  double most = 1.5 / std::sqrt(double(inputs * countTaps(kernel)));
  return input(dice.tensor(all, -most, most));
}

//===----------------------------------------------------------------------===//
// More and fewer elements
//===----------------------------------------------------------------------===//

bool ChainWriter::zeros() {
  Shape low = numbers(-1, 4), high = numbers(-1, 4);
  Shape interior = dice.between(0, 2) ? mostly(1, 3) : numbers(0, 2);
  Shape sizes;
  for (size_t i = 0; i < space(); ++i)
    sizes.push_back(low[i] + high[i] + shape[2 + i] +
                    (shape[2 + i] - 1) * interior[i]);
  return add(sizes, bound, [=](TensorBuilder &b, ArrayRef<Value>, Value x) {
    return b.pad(x, withChannels(0, low), withChannels(0, high),
                 withChannels(0, interior));
  });
}

/// Behind each axis of space one of `factor` elements, made by `enlarge` from
/// one element.
template <typename Enlarge>
static Value enlargeByReshape(TensorBuilder &b, Value x, int64_t factor,
                              Enlarge enlarge) {
  Shape parted, whole;
  SmallVector<int64_t> added;
  for (auto [axis, size] : llvm::enumerate(tensorType(x).getShape())) {
    parted.push_back(size);
    whole.push_back(axis < 2 ? size : size * factor);
    if (axis < 2)
      continue;
    added.push_back(parted.size());
    parted.push_back(1);
  }
  return b.reshape(enlarge(x, parted, added), whole);
}

bool ChainWriter::zerosByReshape() {
  int64_t factor = dice.between(2, 3);
  return add(enlarged(factor), bound,
             [=](TensorBuilder &b, ArrayRef<Value>, Value x) {
               auto pad = [&](Value x, Shape parted, ArrayRef<int64_t> added) {
                 Shape none(parted.size(), 0), high(none);
                 for (int64_t axis : added)
                   high[axis] = factor - 1;
                 return b.pad(b.reshape(x, parted), none, high, none);
               };
               return enlargeByReshape(b, x, factor, pad);
             });
}

bool ChainWriter::repeat() {
  int64_t factor = dice.between(2, 3);
  return add(
      enlarged(factor), bound, [=](TensorBuilder &b, ArrayRef<Value>, Value x) {
        auto broadcast = [&](Value x, Shape parted, ArrayRef<int64_t> added) {
          for (int64_t axis : added)
            parted[axis] = factor;
          return b.broadcast(x, added, parted);
        };
        return enlargeByReshape(b, x, factor, broadcast);
      });
}

bool ChainWriter::crop() {
  Shape start = numbers(0, 2), stop, stride = mostly(2, 1), sizes;
  for (size_t i = 0; i < space(); ++i) {
    stop.push_back(shape[2 + i] - dice.between(0, 2));
    sizes.push_back((stop[i] - start[i] + stride[i] - 1) / stride[i]);
  }
  Shape last{shape[0], shape[1]};
  last.append(stop);
  return add(sizes, bound, [=](TensorBuilder &b, ArrayRef<Value>, Value x) {
    return b.slice(x, withChannels(0, start), last, withChannels(1, stride));
  });
}

//===----------------------------------------------------------------------===//
// Filters
//===----------------------------------------------------------------------===//

bool ChainWriter::filter() {
  // As long as those of StyleGAN3 now and then.
  int64_t most = dice.between(0, 5) ? 4 : 12;
  Shape kernel = numbers(1, most), low = numbers(0, 3), high = numbers(0, 3);
  Shape stride = mostly(1, 2), dilation = mostly(1, 2), sizes;
  if (dice.between(0, 1)) // along one axis
    for (auto [i, extent] : llvm::enumerate(kernel))
      if (i + 1 != space())
        extent = 1;
  if (dice.between(0, 1))
    std::swap(kernel.front(), kernel.back());
  for (size_t i = 0; i < space(); ++i) {
    int64_t span =
        shape[2 + i] + low[i] + high[i] - (kernel[i] - 1) * dilation[i] - 1;
    sizes.push_back(span < 0 ? 0 : span / stride[i] + 1);
  }
  int64_t images = shape[0], channels = shape[1];
  unsigned number = inputs.size();
  Shape result{images, channels};
  result.append(sizes);
  bool isAdded = add(
      sizes, 1.5 * bound * std::sqrt(double(countTaps(kernel))),
      [=](TensorBuilder &b, ArrayRef<Value> inputs, Value x) -> Value {
        return ConvOp::create(b.builder, b.loc, tensorType(x).clone(result), x,
                              inputs[number],
                              GeometryAttr::get(b.builder.getContext(), stride,
                                                dilation, low, high, channels));
      });
  if (isAdded)
    weight(kernel, channels, 1);
  return isAdded;
}

bool ChainWriter::transposedFilter() {
  Shape kernel = numbers(2, dice.between(0, 5) ? 4 : 12);
  Shape low = numbers(0, 1), high = numbers(0, 1);
  Shape stride = mostly(2, 1), ones = numbers(1, 1), sizes;
  for (size_t i = 0; i < space(); ++i)
    sizes.push_back((shape[2 + i] - 1) * stride[i] + kernel[i] - low[i] -
                    high[i]);
  int64_t images = shape[0], channels = shape[1];
  unsigned number = inputs.size();
  Shape result{images, channels};
  result.append(sizes);
  bool isAdded = add(
      sizes, 1.5 * bound * std::sqrt(double(countTaps(kernel))),
      [=](TensorBuilder &b, ArrayRef<Value> inputs, Value x) -> Value {
        return ConvGradInputOp::create(
            b.builder, b.loc, tensorType(x).clone(result), inputs[number], x,
            GeometryAttr::get(b.builder.getContext(), stride, ones, low, high,
                              channels));
      });
  if (isAdded)
    weight(kernel, channels, 1);
  return isAdded;
}

bool ChainWriter::window() {
  Shape extents = numbers(1, 3), stride = numbers(1, 2), sizes;
  for (size_t i = 0; i < space(); ++i)
    sizes.push_back(shape[2 + i] < extents[i]
                        ? 0
                        : (shape[2 + i] - extents[i]) / stride[i] + 1);
  double share = 1.0 / double(countTaps(extents));
  return add(sizes, bound,
             [=](TensorBuilder &b, ArrayRef<Value>, Value x) -> Value {
               Value sum = WindowSumOp::create(b.builder, b.loc, x,
                                               withChannels(1, extents),
                                               withChannels(1, stride));
               return b.scale(sum, share);
             });
}

/// Of all channels, 3 by 3 numbers of space.
void ChainWriter::convolution() {
  int64_t outputs = dice.between(1, 20);
  unsigned number = weight(Shape(space(), 3), outputs, shape[1]);
  double most = 1.5 * bound * std::sqrt(shape[1] * std::pow(3, space()));
  shape[1] = outputs;
  Shape result(shape), ones = numbers(1, 1);
  add(Shape(ArrayRef(shape).drop_front(2)), most,
      [=](TensorBuilder &b, ArrayRef<Value> inputs, Value x) -> Value {
        return ConvOp::create(b.builder, b.loc, tensorType(x).clone(result), x,
                              inputs[number],
                              GeometryAttr::get(b.builder.getContext(), ones,
                                                ones, ones, ones, 1));
      });
}

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

bool ChainWriter::bias() {
  unsigned number = input(dice.tensor({shape[1]}, -1, 1));
  return add(Shape(ArrayRef(shape).drop_front(2)), bound + 1,
             [=](TensorBuilder &b, ArrayRef<Value> inputs, Value x) {
               return b.add(
                   x, b.alongAxis(inputs[number], 1, tensorType(x).getShape()));
             });
}

/// By the sign of other numbers, as in the derivative of a rectifier.
bool ChainWriter::choice() {
  reference::Tensor zero(shape);
  unsigned number = input(dice.apart(zero));
  return add(Shape(ArrayRef(shape).drop_front(2)), bound,
             [=](TensorBuilder &b, ArrayRef<Value> inputs, Value x) {
               Value mask = b.compare(Comparison::le, inputs[number],
                                      b.constantLike(x, 0));
               return b.select(mask, b.scale(x, 0.25), x);
             });
}

/// Away from zero: what is added differs in sign between channels.
bool ChainWriter::rectify() {
  if (bound > 12)
    return false;
  reference::Tensor shift({shape[1]});
  for (double &value : shift.values)
    value = (dice.between(0, 1) ? 1 : -1) * (bound + 0.5);
  unsigned number = input(shift);
  return add(Shape(ArrayRef(shape).drop_front(2)), 2 * bound + 0.5,
             [=](TensorBuilder &b, ArrayRef<Value> inputs, Value x) -> Value {
               Value y = b.add(
                   x, b.alongAxis(inputs[number], 1, tensorType(x).getShape()));
               return LeakyReluOp::create(b.builder, b.loc, y.getType(), y,
                                          b.builder.getF64FloatAttr(0.25));
             });
}

bool ChainWriter::sine() {
  return add(Shape(ArrayRef(shape).drop_front(2)), 1,
             [](TensorBuilder &b, ArrayRef<Value>, Value x) {
               return b.unary<SinOp>(x);
             });
}

//===----------------------------------------------------------------------===//
// All together
//===----------------------------------------------------------------------===//

Sample ChainWriter::write() {
  const int64_t channels[] = {1, 2, 3, 5, 8, 16, 20};
  shape = {dice.between(1, 2), channels[dice.between(0, 6)]};
  for (int64_t axes = dice.between(0, 3) ? 2 : 1; axes > 0; --axes)
    shape.push_back(dice.between(3, 16));
  input(dice.tensor(shape, -1, 1));
  if (dice.between(0, 2) == 0)
    convolution();
  using Step = bool (ChainWriter::*)();
  const Step filters[] = {&ChainWriter::filter, &ChainWriter::filter,
                          &ChainWriter::transposedFilter, &ChainWriter::window};
  const Step others[] = {&ChainWriter::zeros,   &ChainWriter::zerosByReshape,
                         &ChainWriter::crop,    &ChainWriter::crop,
                         &ChainWriter::bias,    &ChainWriter::choice,
                         &ChainWriter::rectify, &ChainWriter::sine,
                         &ChainWriter::repeat};
  int64_t wanted = dice.between(2, 3);
  for (int64_t tries = 0; wanted > 0 && tries < 20; ++tries) {
    bool isFilter = dice.between(0, 1);
    Step step =
        isFilter ? filters[dice.between(0, 3)] : others[dice.between(0, 8)];
    if ((this->*step)() && isFilter)
      --wanted;
  }
  while (dice.between(0, 1))
    (this->*others[dice.between(2, 7)])();
  return {inputs, [links = links](TensorBuilder &b, ArrayRef<Value> inputs) {
            Value x = inputs[0];
            for (const Link &link : links)
              x = link(b, inputs, x);
            return x;
          }};
}

const SampleRow &gan::testing::chainSamples() {
  static const SampleRow row = {
      "chain", [](Dice &dice) { return ChainWriter(dice).write(); }};
  return row;
}
