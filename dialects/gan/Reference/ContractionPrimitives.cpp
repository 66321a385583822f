//===- ContractionPrimitives.cpp - dot and the convolution family ---------===//
//
// A convolution is a matrix product over columns: column (n, o) of the matrix
// [C/G * taps, columns] holds the inputs that output index o of image n meets.
// `conv` multiplies the weight by it, `conv_grad_input` adds the transposed
// product back to where the columns came from, `conv_grad_weight` multiplies
// the output by its transpose. So the geometry is written once, in `meetings`.
//
//===----------------------------------------------------------------------===//

#include "dialects/gan/Reference/Primitives.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace gan::reference {

//===----------------------------------------------------------------------===//
// Matrix product
//===----------------------------------------------------------------------===//

/// c[rows, columns] += a[rows, depth] * b[depth, columns]; the matrix a has any
/// strides, rows of b and c are contiguous. Four rows of c and a strip of
/// columns stay in the cache over the whole depth.
static void addProduct(int64_t rows, int64_t depth, int64_t columns,
                       const double *a, int64_t aRow, int64_t aColumn,
                       const double *b, int64_t bRow, double *c, int64_t cRow) {
  constexpr int64_t strip = 512;
  for (int64_t first = 0; first < columns; first += strip) {
    int64_t width = std::min(strip, columns - first);
    int64_t row = 0;
    for (; row + 4 <= rows; row += 4) {
      double *__restrict c0 = c + row * cRow + first;
      double *__restrict c1 = c0 + cRow;
      double *__restrict c2 = c1 + cRow;
      double *__restrict c3 = c2 + cRow;
      for (int64_t k = 0; k < depth; ++k) {
        const double *x = b + k * bRow + first;
        const double *w = a + row * aRow + k * aColumn;
        double w0 = w[0], w1 = w[aRow], w2 = w[2 * aRow], w3 = w[3 * aRow];
        for (int64_t j = 0; j < width; ++j) {
          c0[j] += w0 * x[j];
          c1[j] += w1 * x[j];
          c2[j] += w2 * x[j];
          c3[j] += w3 * x[j];
        }
      }
    }
    for (; row < rows; ++row) {
      double *__restrict target = c + row * cRow + first;
      for (int64_t k = 0; k < depth; ++k) {
        const double *x = b + k * bRow + first;
        double w = a[row * aRow + k * aColumn];
        for (int64_t j = 0; j < width; ++j)
          target[j] += w * x[j];
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// dot
//===----------------------------------------------------------------------===//

static Tensor dot(DotOp op, const Tensor &lhs, const Tensor &rhs) {
  // Both operands as [batch, row, depth] and [batch, depth, column].
  auto arrange = [](const Tensor &x, ShapeRef first, ShapeRef second,
                    ShapeRef third) {
    Shape order(first);
    order.append(second.begin(), second.end());
    order.append(third.begin(), third.end());
    return transposed(x, order);
  };
  auto free = [](const Tensor &x, ShapeRef batch, ShapeRef contract) {
    Shape used(batch);
    used.append(contract.begin(), contract.end());
    return otherDims(x.rank(), used);
  };
  auto product = [](const Tensor &x, ShapeRef dims) {
    int64_t result = 1;
    for (int64_t dim : dims)
      result *= x.shape[dim];
    return result;
  };
  auto lhsFree = free(lhs, op.getLhsBatch(), op.getLhsContract());
  auto rhsFree = free(rhs, op.getRhsBatch(), op.getRhsContract());
  Tensor a = arrange(lhs, op.getLhsBatch(), lhsFree, op.getLhsContract());
  Tensor b = arrange(rhs, op.getRhsBatch(), op.getRhsContract(), rhsFree);
  int64_t batch = product(lhs, op.getLhsBatch());
  int64_t rows = product(lhs, lhsFree), columns = product(rhs, rhsFree);
  int64_t depth = product(lhs, op.getLhsContract());

  Tensor result(cast<RankedTensorType>(op.getType()).getShape());
  for (int64_t i = 0; i < batch; ++i)
    addProduct(rows, depth, columns, a.data() + i * rows * depth, depth, 1,
               b.data() + i * depth * columns, columns,
               result.data() + i * rows * columns, columns);
  return result;
}

//===----------------------------------------------------------------------===//
// conv and its two derivatives
//===----------------------------------------------------------------------===//

namespace {
/// The sizes of x [N, C, in…], w [M, C/G, kernel…] and y [N, M, out…].
struct Convolution {
  GeometryAttr geometry;
  int64_t images, groups, inputs, outputs; // channels of one group
  Shape in, kernel, out;
  int64_t inSize, taps, outSize;

  Convolution(GeometryAttr geometry, ShapeRef x, ShapeRef w, ShapeRef y)
      : geometry(geometry), images(x[0]), groups(geometry.getGroups()),
        inputs(w[1]), outputs(w[0] / groups), in(x.drop_front(2)),
        kernel(w.drop_front(2)), out(y.drop_front(2)),
        inSize(countElements(in)), taps(countElements(kernel)),
        outSize(countElements(out)) {}

  int64_t depth() const { return inputs * taps; }

  /// Of one channel: (row of taps and output index, place in the image) for all
  /// pairs of tap and output index that meet an input, not padding.
  std::vector<std::pair<int64_t, int64_t>> meetings() const {
    std::vector<std::pair<int64_t, int64_t>> result;
    int64_t axes = in.size();
    Shape strides = stridesOf(in), tap(axes, 0), place(axes, 0);
    auto setIndex = [](int64_t flat, ShapeRef sizes, Shape &index) {
      for (int64_t axis = sizes.size() - 1; axis >= 0; --axis) {
        index[axis] = flat % sizes[axis];
        flat /= sizes[axis];
      }
    };
    for (int64_t k = 0; k < taps; ++k) {
      setIndex(k, kernel, tap);
      for (int64_t o = 0; o < outSize; ++o) {
        setIndex(o, out, place);
        int64_t offset = 0;
        bool inside = true;
        for (int64_t axis = 0; axis < axes; ++axis) {
          int64_t i = place[axis] * geometry.getStride()[axis] +
                      tap[axis] * geometry.getDilation()[axis] -
                      geometry.getLow()[axis];
          inside &= i >= 0 && i < in[axis];
          offset += i * strides[axis];
        }
        if (inside)
          result.push_back({k * outSize + o, offset});
      }
    }
    return result;
  }

  // Where group g of image n begins.
  int64_t xBegin(int64_t n, int64_t g) const {
    return (n * groups + g) * inputs * inSize;
  }
  int64_t wBegin(int64_t g) const { return g * outputs * depth(); }
  int64_t yBegin(int64_t n, int64_t g) const {
    return (n * groups + g) * outputs * outSize;
  }
};
} // namespace

static Tensor conv(const Convolution &sizes, const Tensor &x, const Tensor &w,
                   ShapeRef shape) {
  Tensor y(shape);
  auto meetings = sizes.meetings();
  std::vector<double> columns(sizes.depth() * sizes.outSize, 0.0);
  for (int64_t n = 0; n < sizes.images; ++n)
    for (int64_t g = 0; g < sizes.groups; ++g) {
      const double *image = x.data() + sizes.xBegin(n, g);
      for (int64_t c = 0; c < sizes.inputs; ++c)
        for (auto [row, place] : meetings)
          columns[c * sizes.taps * sizes.outSize + row] =
              image[c * sizes.inSize + place];
      addProduct(sizes.outputs, sizes.depth(), sizes.outSize,
                 w.data() + sizes.wBegin(g), sizes.depth(), 1, columns.data(),
                 sizes.outSize, y.data() + sizes.yBegin(n, g), sizes.outSize);
    }
  return y;
}

static Tensor convGradInput(const Convolution &sizes, const Tensor &w,
                            const Tensor &y, ShapeRef shape) {
  Tensor x(shape);
  auto meetings = sizes.meetings();
  std::vector<double> columns(sizes.depth() * sizes.outSize);
  for (int64_t n = 0; n < sizes.images; ++n)
    for (int64_t g = 0; g < sizes.groups; ++g) {
      std::fill(columns.begin(), columns.end(), 0.0);
      addProduct(sizes.depth(), sizes.outputs, sizes.outSize,
                 w.data() + sizes.wBegin(g), 1, sizes.depth(),
                 y.data() + sizes.yBegin(n, g), sizes.outSize, columns.data(),
                 sizes.outSize);
      double *image = x.data() + sizes.xBegin(n, g);
      for (int64_t c = 0; c < sizes.inputs; ++c)
        for (auto [row, place] : meetings)
          image[c * sizes.inSize + place] +=
              columns[c * sizes.taps * sizes.outSize + row];
    }
  return x;
}

static Tensor convGradWeight(const Convolution &sizes, const Tensor &x,
                             const Tensor &y, ShapeRef shape) {
  Tensor w(shape);
  auto meetings = sizes.meetings();
  // The columns lie transposed here: a row for each output index.
  int64_t depth = sizes.depth();
  for (auto &[row, place] : meetings)
    row = row % sizes.outSize * depth + row / sizes.outSize;
  std::vector<double> columns(depth * sizes.outSize, 0.0);
  for (int64_t n = 0; n < sizes.images; ++n)
    for (int64_t g = 0; g < sizes.groups; ++g) {
      const double *image = x.data() + sizes.xBegin(n, g);
      for (int64_t c = 0; c < sizes.inputs; ++c)
        for (auto [row, place] : meetings)
          columns[c * sizes.taps + row] = image[c * sizes.inSize + place];
      addProduct(sizes.outputs, sizes.outSize, depth,
                 y.data() + sizes.yBegin(n, g), sizes.outSize, 1,
                 columns.data(), depth, w.data() + sizes.wBegin(g), depth);
    }
  return w;
}

std::optional<Results> evaluateContraction(Operation *op, Operands operands) {
  auto shapeOf = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  };
  return llvm::TypeSwitch<Operation *, std::optional<Results>>(op)
      .Case([&](DotOp op) {
        return Results{dot(op, *operands[0], *operands[1])};
      })
      .Case([&](ConvOp op) {
        Convolution sizes(op.getGeometry(), shapeOf(op.getInput()),
                          shapeOf(op.getWeight()), shapeOf(op.getResult()));
        return Results{
            conv(sizes, *operands[0], *operands[1], shapeOf(op.getResult()))};
      })
      .Case([&](ConvGradInputOp op) {
        Convolution sizes(op.getGeometry(), shapeOf(op.getResult()),
                          shapeOf(op.getWeight()), shapeOf(op.getOutput()));
        return Results{convGradInput(sizes, *operands[0], *operands[1],
                                     shapeOf(op.getResult()))};
      })
      .Case([&](ConvGradWeightOp op) {
        Convolution sizes(op.getGeometry(), shapeOf(op.getInput()),
                          shapeOf(op.getResult()), shapeOf(op.getOutput()));
        return Results{convGradWeight(sizes, *operands[0], *operands[1],
                                      shapeOf(op.getResult()))};
      })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace gan::reference
