//===- TensorBuilder.h - writes tensor arithmetic as it is said -----------===//
//
// For expansions, derivative rules and frontends: each function creates one
// operation at the builder's insertion point and returns its value. Shapes must
// fit; nothing broadcasts silently.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_GAN_IR_TENSORBUILDER_H
#define DIALECTS_GAN_IR_TENSORBUILDER_H

#include "dialects/gan/IR/GanOps.h"

namespace gan {

inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

class TensorBuilder {
public:
  TensorBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;

  using Value = mlir::Value;
  using Dims = llvm::ArrayRef<int64_t>;

  // Constants of the shape and element type of `like`.
  Value constant(mlir::RankedTensorType type, double value);
  Value constantLike(Value like, double value) {
    return constant(tensorType(like), value);
  }
  Value zeros(mlir::RankedTensorType type) { return constant(type, 0.0); }

  // Arithmetic.
  Value add(Value a, Value b);
  Value sub(Value a, Value b) { return add(a, neg(b)); }
  Value mul(Value a, Value b);
  Value div(Value a, Value b);
  Value neg(Value a);
  Value scale(Value a, double factor) {
    return mul(a, constantLike(a, factor));
  }
  Value shift(Value a, double term) { return add(a, constantLike(a, term)); }
  Value square(Value a) { return mul(a, a); }
  Value pow(Value a, double exponent);

  // One operand, one result of its type: unary<ExpOp>(x).
  template <typename OpTy> Value unary(Value a) {
    return OpTy::create(builder, loc, a.getType(), a);
  }
  Value exp(Value a);
  Value log(Value a);
  Value log1p(Value a);
  Value sqrt(Value a);
  Value rsqrt(Value a);
  Value tanh(Value a);
  Value logistic(Value a);
  Value softplus(Value a);
  Value abs(Value a);
  Value sign(Value a);
  Value stop(Value a);

  // Choice.
  Value compare(Comparison comparison, Value a, Value b);
  Value select(Value condition, Value onTrue, Value onFalse);
  Value cast(Value a, mlir::Type elementType);

  // Shape.
  Value reshape(Value a, Dims shape);
  /// The axes from `first` on as one.
  Value flatten(Value a, int64_t first);
  Value transpose(Value a, Dims permutation);
  Value reverse(Value a, Dims dims);
  /// Repeats `a` along the new axes `dims` so that the result has `shape`.
  Value broadcast(Value a, Dims dims, Dims shape);
  /// A rank-0 tensor as a tensor of `shape`.
  Value splat(Value scalar, Dims shape);
  /// A vector along axis `axis` of `shape`.
  Value alongAxis(Value vector, int64_t axis, Dims shape);
  Value concat(mlir::ValueRange values, int64_t dim);
  Value slice(Value a, Dims start, Dims stop, Dims stride);
  Value pad(Value a, Dims low, Dims high, Dims interior);

  // Reductions; the axes disappear.
  Value sum(Value a, Dims dims);
  Value sumAll(Value a);
  /// A tree of products, without a division: right where factors are zero.
  Value product(Value a, Dims dims);
  Value mean(Value a, Dims dims);
  Value max(Value a, Dims dims);
  Value min(Value a, Dims dims);

  // Contractions and indices.
  Value dot(Value a, Value b, Dims aBatch, Dims bBatch, Dims aContract,
            Dims bContract);
  /// Multiplies every line along `axis` by a matrix [new length, old length].
  Value transform(Value a, Value matrix, int64_t axis);
  Value gather(Value a, Value index, int64_t dim, int64_t batch = 0);
  Value iota(mlir::RankedTensorType type, int64_t dim);
};

} // namespace gan

#endif // DIALECTS_GAN_IR_TENSORBUILDER_H
