//===- RegionContractions.cpp - elements of contractions ------------------===//
//
// One element of a contraction at a time: the plain definition. The contraction
// engine takes over where it is worth it.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/RegionEmitter.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

static int64_t product(ArrayRef<int64_t> extents) {
  int64_t result = 1;
  for (int64_t extent : extents)
    result *= extent;
  return result;
}

/// A sum of products over two nested axes, the outer one first. Where the index
/// is the same in all lanes, the inner axis is taken sixteen elements at a
/// time.
static Value *sumOfProducts(
    RegionEmitter &emitter, IndexRef index, int64_t outer, int64_t inner,
    llvm::function_ref<std::pair<Value *, Value *>(const IndexExpression &,
                                                   const IndexExpression &)>
        factors) {
  VectorBuilder &b = emitter.b;
  bool varies = llvm::any_of(index, [](const IndexExpression &part) {
    return part.variesOverLanes();
  });
  bool usesLanes = !b.isThread() && !varies && inner >= kLanes;
  llvm::Type *type = b.getFloatTy();
  Value *zero = llvm::Constant::getNullValue(
      varies || usesLanes ? b.toVector(type) : type);
  using Values = RegionEmitter::Values;
  IndexContext &indices = emitter.indices;
  Value *sum = emitter.emitLoop(
      outer, {zero},
      [&](const IndexExpression &first, ArrayRef<Value *> carried) {
        auto step = [&](const IndexExpression &second, Value *sum) {
          auto [x, y] = factors(first, second);
          if (varies || usesLanes)
            x = b.splat(x);
          return b.multiplyAdd(x, y, sum);
        };
        if (!usesLanes)
          return emitter.emitLoop(
              inner, carried,
              [&](const IndexExpression &second, ArrayRef<Value *> sums) {
                return Values{step(second, sums[0])};
              });
        Values sums = emitter.emitLoop(
            inner / kLanes, carried,
            [&](const IndexExpression &block, ArrayRef<Value *> sums) {
              return Values{
                  step(block * kLanes + indices.makeLane(kLanes), sums[0])};
            });
        if (int64_t tail = inner % kLanes) {
          Value *active = b.prefixMask(tail);
          RegionEmitter::MaskScope scope(emitter, active);
          Value *more = step(indices.makeLane(tail) + (inner - tail), sums[0]);
          sums[0] = b.CreateSelect(active, more, sums[0]);
        }
        return sums;
      })[0];
  if (!usesLanes)
    return sum;
  return b.combineLanes(sum,
                        [&](Value *x, Value *y) { return b.CreateFAdd(x, y); });
}

Value *RegionEmitter::emitDot(DotOp op, IndexRef index) {
  ArrayRef<int64_t> left = shapeOf(op.getLhs()), right = shapeOf(op.getRhs());
  size_t batches = op.getLhsBatch().size();
  SmallVector<int64_t> extents;
  for (int64_t axis : op.getLhsContract())
    extents.push_back(left[axis]);
  auto operandIndex = [&](size_t rank, ArrayRef<int64_t> batch,
                          ArrayRef<int64_t> contract, size_t &next,
                          IndexRef summed) {
    Index own(rank);
    SmallVector<bool> isFree(rank, true);
    for (auto [place, axis] : llvm::enumerate(batch)) {
      own[axis] = index[place];
      isFree[axis] = false;
    }
    for (auto [axis, part] : llvm::zip_equal(contract, summed)) {
      own[axis] = part;
      isFree[axis] = false;
    }
    for (size_t axis = 0; axis < rank; ++axis)
      if (isFree[axis])
        own[axis] = index[next++];
    return own;
  };
  return sumOfProducts(
      *this, index, 1, product(extents),
      [&](const IndexExpression &, const IndexExpression &position) {
        Index summed = indices.delinearise(position, extents);
        size_t next = batches;
        Index x = operandIndex(left.size(), op.getLhsBatch(),
                               op.getLhsContract(), next, summed);
        Index y = operandIndex(right.size(), op.getRhsBatch(),
                               op.getRhsContract(), next, summed);
        return std::make_pair(emit(op.getLhs(), x), emit(op.getRhs(), y));
      });
}

Value *RegionEmitter::emitConv(ConvOp op, IndexRef index) {
  GeometryAttr geometry = op.getGeometry();
  ArrayRef<int64_t> input = shapeOf(op.getInput()),
                    weight = shapeOf(op.getWeight());
  ArrayRef<int64_t> kernel = weight.drop_front(2);
  int64_t outputs = weight[0] / geometry.getGroups();
  IndexExpression group = indices.quotient(index[1], outputs);
  return sumOfProducts(
      *this, index, product(kernel), weight[1],
      [&](const IndexExpression &position, const IndexExpression &channel) {
        Index tap = indices.delinearise(position, kernel);
        Index x{index[0], group * weight[1] + channel}, w{index[1], channel};
        SmallVector<Guard> guards;
        for (size_t axis = 0; axis < tap.size(); ++axis) {
          IndexExpression at = index[axis + 2] * geometry.getStride()[axis] +
                               tap[axis] * geometry.getDilation()[axis] -
                               geometry.getLow()[axis];
          guards.push_back({at, {0, input[axis + 2] - 1}});
          x.push_back(at);
          w.push_back(tap[axis]);
        }
        return std::make_pair(emitGuarded(guards, op.getInput(), x),
                              emit(op.getWeight(), w));
      });
}

Value *RegionEmitter::emitConvGradInput(ConvGradInputOp op, IndexRef index) {
  GeometryAttr geometry = op.getGeometry();
  ArrayRef<int64_t> output = shapeOf(op.getOutput()),
                    weight = shapeOf(op.getWeight());
  ArrayRef<int64_t> kernel = weight.drop_front(2);
  int64_t outputs = weight[0] / geometry.getGroups();
  IndexExpression group = indices.quotient(index[1], weight[1]);
  IndexExpression channel = indices.remainder(index[1], weight[1]);
  return sumOfProducts(
      *this, index, product(kernel), outputs,
      [&](const IndexExpression &position, const IndexExpression &feature) {
        Index tap = indices.delinearise(position, kernel);
        IndexExpression m = group * outputs + feature;
        Index y{index[0], m}, w{m, channel};
        SmallVector<Guard> guards;
        for (size_t axis = 0; axis < tap.size(); ++axis) {
          int64_t stride = geometry.getStride()[axis];
          IndexExpression at = index[axis + 2] + geometry.getLow()[axis] -
                               tap[axis] * geometry.getDilation()[axis];
          guards.push_back({at, {0, (output[axis + 2] - 1) * stride}, stride});
          y.push_back(indices.quotient(at, stride));
          w.push_back(tap[axis]);
        }
        return std::make_pair(emitGuarded(guards, op.getOutput(), y),
                              emit(op.getWeight(), w));
      });
}

Value *RegionEmitter::emitConvGradWeight(ConvGradWeightOp op, IndexRef index) {
  GeometryAttr geometry = op.getGeometry();
  ArrayRef<int64_t> input = shapeOf(op.getInput()),
                    output = shapeOf(op.getOutput());
  int64_t outputs = output[1] / geometry.getGroups();
  int64_t channels = input[1] / geometry.getGroups();
  ArrayRef<int64_t> space = output.drop_front(2);
  IndexExpression group = indices.quotient(index[0], outputs);
  return sumOfProducts(
      *this, index, output[0], product(space),
      [&](const IndexExpression &sample, const IndexExpression &position) {
        Index pixel = indices.delinearise(position, space);
        Index x{sample, group * channels + index[1]}, y{sample, index[0]};
        SmallVector<Guard> guards;
        for (size_t axis = 0; axis < pixel.size(); ++axis) {
          IndexExpression at = pixel[axis] * geometry.getStride()[axis] +
                               index[axis + 2] * geometry.getDilation()[axis] -
                               geometry.getLow()[axis];
          guards.push_back({at, {0, input[axis + 2] - 1}});
          x.push_back(at);
          y.push_back(pixel[axis]);
        }
        return std::make_pair(emitGuarded(guards, op.getInput(), x),
                              emit(op.getOutput(), y));
      });
}
