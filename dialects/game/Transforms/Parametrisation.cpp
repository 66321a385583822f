//===- Parametrisation.cpp - formulas between tensors and weights ---------===//

#include "dialects/game/Transforms/Parametrisation.h"
#include "dialects/game/Transforms/NetworkState.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;
using namespace gan::game;
using gan::TensorBuilder;

/// Power iterations before the first step, as PyTorch's parametrisation makes.
static constexpr double kFirstIterations = 15;

static Value read(TensorBuilder &b, const Twine &name, Type type) {
  return ReadOp::create(b.builder, b.loc, type, b.builder.getStringAttr(name));
}

static void assign(TensorBuilder &b, const Twine &name, Value value) {
  AssignOp::create(b.builder, b.loc, b.builder.getStringAttr(name), value);
}

bool Parametrisation::concerns(ParametrisationAttr attribute, StringRef name,
                               const std::optional<WeightUse> &use) {
  bool takesTables = attribute.getKind() == ParametrisationKind::spectral_norm;
  return use && (takesTables || !use->isTable) &&
         matchesGlob(attribute.getPattern(), name);
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

int64_t Parametrisation::rows() const {
  int64_t rows = 1;
  for (int64_t axis : use.outputs)
    rows *= type.getDimSize(axis);
  return rows;
}

SmallVector<Parametrisation::Piece> Parametrisation::pieces() const {
  Builder b(type.getContext());
  auto make = [&](gan::InitializerKind kind, double x, double y) {
    return gan::InitializerAttr::get(b.getContext(), kind, b.getF64FloatAttr(x),
                                     b.getF64FloatAttr(y), {}, {});
  };
  switch (attribute.getKind()) {
  case ParametrisationKind::spectral_norm: {
    auto vector = [&](int64_t size) {
      return RankedTensorType::get({size}, type.getElementType());
    };
    return {{"#u", gan::StateKind::buffer, vector(rows()),
             make(gan::InitializerKind::normal, 0, 1)},
            {"#v", gan::StateKind::buffer,
             vector(type.getNumElements() / rows()),
             make(gan::InitializerKind::fill, 0, 0)}};
  }
  case ParametrisationKind::weight_norm: {
    SmallVector<int64_t> shape(type.getRank(), 1);
    for (int64_t axis : use.outputs)
      shape[axis] = type.getDimSize(axis);
    return {{"#g", gan::StateKind::parameter,
             RankedTensorType::get(shape, type.getElementType()),
             make(gan::InitializerKind::fill, 0, 0)}};
  }
  case ParametrisationKind::equalised:
    return {};
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

/// The weight as [outputs, rest].
Value Parametrisation::matrix(TensorBuilder &b, Value weight) const {
  SmallVector<int64_t> order(use.outputs);
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (!llvm::is_contained(use.outputs, axis))
      order.push_back(axis);
  if (!llvm::is_sorted(order))
    weight = b.transpose(weight, order);
  if (type.getRank() == 2)
    return weight;
  return b.reshape(weight, {rows(), type.getNumElements() / rows()});
}

/// The norm over all axes but the outputs', which stay as axes of length 1.
Value Parametrisation::rowNorm(TensorBuilder &b, Value weight) const {
  SmallVector<int64_t> rest;
  for (int64_t axis = 0; axis < type.getRank(); ++axis)
    if (!llvm::is_contained(use.outputs, axis))
      rest.push_back(axis);
  return b.reshape(b.sqrt(b.sum(b.square(weight), rest)),
                   pieces().front().type.getShape());
}

/// x / max(|x|, epsilon)
Value Parametrisation::normalised(TensorBuilder &b, Value vector) const {
  Value norm = b.sqrt(b.sumAll(b.square(vector)));
  Value least = b.constantLike(norm, attribute.getValue().getValueAsDouble());
  Value length =
      b.select(b.compare(gan::Comparison::lt, norm, least), least, norm);
  return b.div(vector, b.splat(length, gan::tensorType(vector).getShape()));
}

double Parametrisation::scale() const {
  return attribute.getValue().getValueAsDouble() / std::sqrt(use.fanIn);
}

Value Parametrisation::effective(OpBuilder &builder, Location loc,
                                 StringRef state) const {
  TensorBuilder b(builder, loc);
  Value raw = read(b, state, type);
  switch (attribute.getKind()) {
  case ParametrisationKind::spectral_norm: {
    auto parts = pieces();
    Value u = b.stop(read(b, state + "#u", parts[0].type));
    Value v = b.stop(read(b, state + "#v", parts[1].type));
    Value sigma =
        b.dot(u, b.dot(matrix(b, raw), v, {}, {}, {1}, {0}), {}, {}, {0}, {0});
    return b.div(raw, b.splat(sigma, type.getShape()));
  }
  case ParametrisationKind::weight_norm: {
    Value gain = read(b, state + "#g", pieces().front().type);
    Value factor = b.div(gain, rowNorm(b, raw));
    SmallVector<int64_t> rest, kept;
    for (int64_t axis = 0; axis < type.getRank(); ++axis) {
      if (llvm::is_contained(use.outputs, axis))
        kept.push_back(type.getDimSize(axis));
      else
        rest.push_back(axis);
    }
    return b.mul(raw,
                 b.broadcast(b.reshape(factor, kept), rest, type.getShape()));
  }
  case ParametrisationKind::equalised:
    return b.scale(raw, scale());
  }
  return raw;
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

void Parametrisation::advance(OpBuilder &builder, Location loc,
                              StringRef state) const {
  if (attribute.getKind() != ParametrisationKind::spectral_norm)
    return;
  TensorBuilder b(builder, loc);
  auto parts = pieces();
  Value weight = matrix(b, read(b, state, type));
  Value u = read(b, state + "#u", parts[0].type), v;
  for (int64_t i = 0; i < attribute.getIterations(); ++i) {
    v = normalised(b, b.dot(weight, u, {}, {}, {0}, {0}));
    u = normalised(b, b.dot(weight, v, {}, {}, {1}, {0}));
  }
  assign(b, state + "#v", v);
  assign(b, state + "#u", u);
}

void Parametrisation::start(OpBuilder &builder, Location loc, StringRef state,
                            bool fromFile) const {
  TensorBuilder b(builder, loc);
  switch (attribute.getKind()) {
  case ParametrisationKind::spectral_norm: {
    Type vector = pieces()[0].type;
    assign(b, state + "#u", normalised(b, read(b, state + "#u", vector)));
    Value count = arith::ConstantOp::create(
        builder, loc, builder.getF64FloatAttr(kFirstIterations));
    auto repeat = RepeatOp::create(builder, loc, count);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(&repeat.getBody().emplaceBlock());
    advance(builder, loc, state);
    return;
  }
  case ParametrisationKind::weight_norm:
    assign(b, state + "#g", rowNorm(b, read(b, state, type)));
    return;
  case ParametrisationKind::equalised:
    if (fromFile)
      assign(b, state, b.scale(read(b, state, type), 1 / scale()));
    return;
  }
}
