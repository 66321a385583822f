//===- ShapePrimitives.cpp - primitives that move elements ----------------===//

#include "dialects/gan/Reference/Primitives.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace gan::reference {

static ShapeRef resultShape(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType()).getShape();
}

static Tensor reversed(const Tensor &x, ShapeRef dims) {
  Shape strides = stridesOf(x.shape);
  int64_t start = 0;
  for (int64_t dim : dims) {
    start += strides[dim] * (x.shape[dim] - 1);
    strides[dim] = -strides[dim];
  }
  return view(x, x.shape, start, strides);
}

static Tensor broadcast(const Tensor &x, ShapeRef dims, ShapeRef shape) {
  Shape own = stridesOf(x.shape), strides(shape.size(), 0);
  for (auto [from, to] : llvm::zip(own, otherDims(shape.size(), dims)))
    strides[to] = from;
  return view(x, shape, 0, strides);
}

static Tensor concatenated(Operands operands, int64_t dim, ShapeRef shape) {
  Tensor result(shape);
  int64_t outer = countElements(shape.take_front(dim));
  int64_t inner = countElements(shape.drop_front(dim + 1));
  double *target = result.data();
  for (int64_t o = 0; o < outer; ++o)
    for (const Tensor *x : operands) {
      int64_t run = x->shape[dim] * inner;
      target = std::copy_n(x->data() + o * run, run, target);
    }
  return result;
}

static Tensor sliced(const Tensor &x, ShapeRef start, ShapeRef stride,
                     ShapeRef shape) {
  Shape strides = stridesOf(x.shape);
  int64_t first = 0;
  for (auto [axis, step] : llvm::enumerate(strides)) {
    first += step * start[axis];
    step *= stride[axis];
  }
  return view(x, shape, first, strides);
}

/// Element i of an axis goes to `low + i * (interior + 1)`, if that is inside.
static Tensor padded(const Tensor &x, ShapeRef low, ShapeRef interior,
                     ShapeRef shape) {
  Tensor result(shape);
  Shape from = stridesOf(x.shape), to = stridesOf(shape);
  for (int64_t index = 0; index < x.size(); ++index) {
    int64_t rest = index, offset = 0;
    bool inside = true;
    for (int64_t axis = 0; axis < x.rank(); ++axis) {
      int64_t place = low[axis] + rest / from[axis] * (interior[axis] + 1);
      rest %= from[axis];
      inside &= place >= 0 && place < shape[axis];
      offset += place * to[axis];
    }
    if (inside)
      result.values[offset] = x.values[index];
  }
  return result;
}

std::optional<Results> evaluateShape(Operation *op, Operands operands) {
  return llvm::TypeSwitch<Operation *, std::optional<Results>>(op)
      .Case([&](ReshapeOp) {
        return Results{Tensor(resultShape(op), operands[0]->values)};
      })
      .Case([&](TransposeOp transpose) {
        return Results{transposed(*operands[0], transpose.getPermutation())};
      })
      .Case([&](ReverseOp reverse) {
        return Results{reversed(*operands[0], reverse.getDims())};
      })
      .Case([&](BroadcastOp op) {
        return Results{broadcast(*operands[0], op.getDims(), resultShape(op))};
      })
      .Case([&](ConcatOp concat) {
        return Results{
            concatenated(operands, concat.getDim(), resultShape(op))};
      })
      .Case([&](SliceOp slice) {
        return Results{sliced(*operands[0], slice.getStart(), slice.getStride(),
                              resultShape(op))};
      })
      .Case([&](PadOp pad) {
        return Results{padded(*operands[0], pad.getLow(), pad.getInterior(),
                              resultShape(op))};
      })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace gan::reference
