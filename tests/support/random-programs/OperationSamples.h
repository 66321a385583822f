//===- OperationSamples.h - every operation at points where it is smooth --===//
//
// One row for each primitive that has a derivative and for each composite: how
// to draw operands, in a neighbourhood of which the derivative exists, and
// attributes. Rules of derivatives are checked row by row, and random graphs
// are composed from rows, so a new operation joins both with its row.
//
//===----------------------------------------------------------------------===//

#ifndef TESTS_SUPPORT_RANDOM_PROGRAMS_OPERATIONSAMPLES_H
#define TESTS_SUPPORT_RANDOM_PROGRAMS_OPERATIONSAMPLES_H

#include "dialects/gan/IR/TensorBuilder.h"
#include "dialects/gan/Reference/Tensor.h"
#include <functional>
#include <random>

namespace gan::testing {

using Shape = llvm::SmallVector<int64_t>;

/// Draws shapes and numbers; the same ones for the same seed.
struct Dice {
  std::mt19937 engine;
  int64_t between(int64_t low, int64_t high) {
    return low + engine() % (high - low + 1);
  }
  double real(double low, double high) {
    return low + (high - low) * (engine() / 4294967296.0);
  }
  reference::Tensor tensor(llvm::ArrayRef<int64_t> shape, double low,
                           double high) {
    reference::Tensor result(shape);
    for (double &value : result.values)
      value = real(low, high);
    return result;
  }
  /// Numbers around 0 of which any two differ, for what picks one of them.
  reference::Tensor distinct(llvm::ArrayRef<int64_t> shape) {
    reference::Tensor result(shape);
    for (auto [index, place] : llvm::enumerate(permutation(result.size())))
      result.values[place] = 0.05 * (index - 0.5 * result.size());
    return result;
  }
  /// Numbers that differ from those of `other` at the same place.
  reference::Tensor apart(const reference::Tensor &other) {
    reference::Tensor result(other);
    for (double &value : result.values)
      value += (between(0, 1) ? 1 : -1) * real(0.05, 1);
    return result;
  }
  /// 1 to 3 axes; sizes are small, and prime as often as not.
  Shape shape(int64_t minRank = 1) {
    Shape result(between(minRank, 3));
    for (int64_t &size : result)
      size = between(1, 5);
    return result;
  }
  /// A subset of the axes, not empty, in order.
  Shape dims(int64_t rank) {
    Shape result;
    while (result.empty())
      for (int64_t dim = 0; dim < rank; ++dim)
        if (between(0, 1))
          result.push_back(dim);
    return result;
  }
  Shape permutation(int64_t rank) {
    Shape result = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    for (int64_t i = rank - 1; i > 0; --i)
      std::swap(result[i], result[between(0, i)]);
    return result;
  }
};

/// Numbers of the differentiable operands, and the function.
struct Sample {
  llvm::SmallVector<reference::Tensor> inputs;
  std::function<mlir::Value(TensorBuilder &, llvm::ArrayRef<mlir::Value>)>
      build;
};

struct SampleRow {
  std::string operation;
  std::function<Sample(Dice &)> generate;
};

/// An operation may have several rows.
const std::vector<SampleRow> &operationSamples();

/// Filters behind one another and what stands between them, mostly linear; the
/// first input is what they filter.
const SampleRow &chainSamples();

/// A literal of indices.
mlir::Value indices(TensorBuilder &b, llvm::ArrayRef<int64_t> shape,
                    llvm::ArrayRef<int32_t> values);

} // namespace gan::testing

#endif // TESTS_SUPPORT_RANDOM_PROGRAMS_OPERATIONSAMPLES_H
