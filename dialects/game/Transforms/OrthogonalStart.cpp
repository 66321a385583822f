//===- OrthogonalStart.cpp - weights with orthogonal rows or columns ------===//
//
// The orthogonal matrix next to a normal one M is its polar factor, (M
// Mt)^(-1/2) M. Its directions are as evenly spread as those of a QR
// factorisation, which is one dependent step per row. X <- 3/2 X - 1/2 (X Xt) X
// goes there by contractions alone and takes each singular value s to (3 s -
// s^3) / 2: those near 0 grow by half, those near 1 come twice as near, and
// none may begin above sqrt 3.
//
//===----------------------------------------------------------------------===//

#include "dialects/game/Transforms/OrthogonalStart.h"
#include "dialects/gan/IR/TensorBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace gan::game;

void gan::game::startOrthogonal(OpBuilder &builder, Location loc,
                                StringRef name, RankedTensorType type,
                                double gain) {
  TensorBuilder b(builder, loc);
  StringAttr state = builder.getStringAttr(name);
  auto read = [&](OpBuilder &at) -> Value {
    return ReadOp::create(at, loc, type, state);
  };
  int64_t rows = type.getDimSize(0), columns = type.getNumElements() / rows;
  double few = std::sqrt(std::min(rows, columns));
  double many = std::sqrt(std::max(rows, columns));
  // The singular values lie between many - few and many + few, by and large;
  // the length of M, about few * many, is above all of them, far above in large
  // ones.
  double factor = std::max(1.0, 0.8 * few * many / (many + few));
  Value drawn = read(builder);
  Value length = b.sqrt(b.sumAll(b.square(drawn)));
  Value scaled =
      b.scale(b.div(drawn, b.splat(length, type.getShape())), factor);
  AssignOp::create(builder, loc, state, scaled);
  // The least one, that of a square matrix is smaller once in 10,000; then
  // to 1.
  double least = std::max(many - few - 2, 1e-4 / many) * factor / (few * many);
  double count = std::ceil(std::log(1 / least) / std::log(1.5)) + 8;
  auto repeat = RepeatOp::create(
      builder, loc,
      arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(count)));
  {
    OpBuilder inside = OpBuilder::atBlockEnd(&repeat.getBody().emplaceBlock());
    TensorBuilder in(inside, loc);
    Value x = in.reshape(read(inside), {rows, columns});
    bool byRows = rows <= columns;
    Value square = byRows ? in.dot(x, x, {}, {}, {1}, {1})
                          : in.dot(x, x, {}, {}, {0}, {0});
    Value cubic = byRows ? in.dot(square, x, {}, {}, {1}, {0})
                         : in.dot(x, square, {}, {}, {1}, {0});
    Value next = in.sub(in.scale(x, 1.5), in.scale(cubic, 0.5));
    AssignOp::create(inside, loc, state, in.reshape(next, type.getShape()));
  }
  if (gain != 1)
    AssignOp::create(builder, loc, state, b.scale(read(builder), gain));
}
