//===- Optimiser.cpp - updates as element-wise arithmetic -----------------===//

#include "compiler/conversions/GameToGan/Optimiser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringMap.h"
#include <limits>

using namespace mlir;
using namespace gan;
using game::OptimiserKind;
using game::PostKind;

SmallVector<StringRef> gan::momentNames(game::PlayerOp player) {
  switch (player.getOptimiser()) {
  case OptimiserKind::sgd:
    return {};
  case OptimiserKind::momentum:
    return {"m"};
  case OptimiserKind::rmsprop:
    return {"v"};
  case OptimiserKind::adam:
  case OptimiserKind::adamw:
    return {"m", "v"};
  }
  return {};
}

namespace {

/// Emits the arithmetic of one update.
class Emitter {
public:
  Emitter(OpBuilder &builder, game::PlayerOp player, ValueRange numbers)
      : builder(builder), b(builder, player.getLoc()), player(player) {
    for (auto [name, number] : llvm::zip_equal(
             player.getArgumentNames().getAsRange<StringAttr>(), numbers))
      arguments[name.getValue()] = number;
  }

  LogicalResult run(MutableArrayRef<ParameterUpdate> updates);

private:
  // Host arithmetic.
  Value host(double value) {
    return arith::ConstantOp::create(builder, b.loc,
                                     builder.getF64FloatAttr(value));
  }
  template <typename OpTy> Value host(Value x, Value y) {
    return OpTy::create(builder, b.loc, x, y);
  }
  /// An argument of the optimiser, e.g. lr.
  FailureOr<Value> argument(StringRef name);
  LogicalResult applyLazyInterval();

  /// A host number in every element of a tensor like `like`. One number is
  /// brought to the device once.
  Value spread(Value number, Value like) {
    Value &scalar = scalars[number];
    if (!scalar)
      scalar = ToTensorOp::create(builder, b.loc, number);
    return b.splat(scalar, tensorType(like).getShape());
  }
  Value times(Value x, Value number) { return b.mul(x, spread(number, x)); }

  bool has(StringRef name) const { return arguments.contains(name); }

  Value gradientAfter(game::PostAttr post, Value gradient, Value parameter);
  Value offDiagonal(Value weight);
  LogicalResult clipNorm(MutableArrayRef<ParameterUpdate> updates,
                         double limit);
  LogicalResult prepareGradients(MutableArrayRef<ParameterUpdate> updates);
  LogicalResult projectWeights(MutableArrayRef<ParameterUpdate> updates);

  Value rootFactor(Value correction);
  Value rootOf(Value v, Value factor, Value epsilon);
  LogicalResult sgd(MutableArrayRef<ParameterUpdate> updates);
  LogicalResult momentum(MutableArrayRef<ParameterUpdate> updates);
  LogicalResult rmsprop(MutableArrayRef<ParameterUpdate> updates);
  LogicalResult adam(MutableArrayRef<ParameterUpdate> updates, bool decoupled);

  OpBuilder &builder;
  TensorBuilder b;
  game::PlayerOp player;
  llvm::StringMap<Value> arguments;
  DenseMap<Value, Value> scalars;
};

} // namespace

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

FailureOr<Value> Emitter::argument(StringRef name) {
  if (Value value = arguments.lookup(name))
    return value;
  return player.emitOpError()
         << "expected its optimiser to have an argument '" << name << "'";
}

/// arXiv 1912.04958, appendix B: an update made every k steps keeps the time
/// constants of one made every step with lr k/(k+1) and beta^(k/(k+1)).
LogicalResult Emitter::applyLazyInterval() {
  double interval = player.getLazy();
  if (interval <= 1)
    return success();
  Value factor = host(interval / (interval + 1));
  for (StringRef name : {"lr", "beta1", "beta2"}) {
    auto value = argument(name);
    if (failed(value))
      return failure();
    arguments[name] = name == "lr" ? host<arith::MulFOp>(*value, factor)
                                   : host<math::PowFOp>(*value, factor);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Before and after the step
//===----------------------------------------------------------------------===//

/// 2 ((W W') o (1 - I)) W with W = [axis 0, all others]: the derivative of half
/// the squared products of different rows (arXiv 1809.11096).
Value Emitter::offDiagonal(Value weight) {
  auto shape = tensorType(weight).getShape();
  int64_t rows = shape[0], columns = tensorType(weight).getNumElements() / rows;
  Value matrix = b.reshape(weight, {rows, columns});
  Value products = b.dot(matrix, matrix, {}, {}, {1}, {1});
  auto indices =
      RankedTensorType::get({rows, rows}, builder.getIntegerType(32));
  Value differ =
      b.compare(Comparison::ne, b.iota(indices, 0), b.iota(indices, 1));
  Value off = b.select(differ, products, b.constantLike(products, 0));
  return b.reshape(b.scale(b.dot(off, matrix, {}, {}, {1}, {0}), 2), shape);
}

Value Emitter::gradientAfter(game::PostAttr post, Value gradient,
                             Value parameter) {
  double value = post.getValue().getValueAsDouble();
  switch (post.getKind()) {
  case PostKind::replace_nan: {
    // As StyleGAN2 does, in which gradients of this size are cut.
    const double infinity = std::numeric_limits<double>::infinity();
    for (auto [bad, good] : {std::pair(infinity, 1e5), {-infinity, -1e5}}) {
      Value isBad =
          b.compare(Comparison::eq, gradient, b.constantLike(gradient, bad));
      gradient = b.select(isBad, b.constantLike(gradient, good), gradient);
    }
    Value isNumber = b.compare(Comparison::eq, gradient, gradient);
    return b.select(isNumber, gradient, b.constantLike(gradient, 0));
  }
  case PostKind::orthogonal:
    return tensorType(parameter).getRank() < 2
               ? gradient
               : b.add(gradient, b.scale(offDiagonal(parameter), value));
  case PostKind::clip_value:
    return ClipOp::create(builder, b.loc, gradient.getType(), gradient,
                          builder.getF64FloatAttr(-value),
                          builder.getF64FloatAttr(value));
  case PostKind::decay:
    return b.add(gradient, b.scale(parameter, value));
  default:
    return {};
  }
}

/// Scales all gradients by min(1, limit / ||g||), the norm over all of them.
LogicalResult Emitter::clipNorm(MutableArrayRef<ParameterUpdate> updates,
                                double limit) {
  Value total;
  for (ParameterUpdate &update : updates) {
    Value square = b.sumAll(b.square(update.gradient));
    total = total ? b.add(total, square) : square;
  }
  Value norm = b.sqrt(total), bound = b.constantLike(norm, limit);
  Value factor = b.select(b.compare(Comparison::gt, norm, bound),
                          b.div(bound, norm), b.constantLike(norm, 1));
  for (ParameterUpdate &update : updates)
    update.gradient =
        b.mul(update.gradient,
              b.splat(factor, tensorType(update.gradient).getShape()));
  return success();
}

LogicalResult
Emitter::prepareGradients(MutableArrayRef<ParameterUpdate> updates) {
  for (auto post : player.getThen().getAsRange<game::PostAttr>()) {
    switch (post.getKind()) {
    case PostKind::clip_norm:
      if (failed(clipNorm(updates, post.getValue().getValueAsDouble())))
        return failure();
      break;
    case PostKind::clip_weights:
    case PostKind::unit_norm:
      break; // after the step
    default:
      for (ParameterUpdate &update : updates)
        update.gradient =
            gradientAfter(post, update.gradient, update.parameter);
    }
  }
  return success();
}

/// Mean 0 and mean square 1; elements that are all equal become 0.
static Value standardised(TensorBuilder b, Value x) {
  auto type = tensorType(x);
  auto moments = MomentsOp::create(
      b.builder, b.loc, x, llvm::to_vector(llvm::seq<int64_t>(type.getRank())));
  Value variance = moments.getVariance(), zero = b.constantLike(variance, 0);
  Value varies = b.compare(Comparison::gt, variance, zero);
  Value safe = b.select(varies, variance, b.constantLike(variance, 1));
  Value factor = b.select(varies, b.rsqrt(safe), zero);
  return b.mul(b.sub(x, b.splat(moments.getMean(), type.getShape())),
               b.splat(factor, type.getShape()));
}

LogicalResult
Emitter::projectWeights(MutableArrayRef<ParameterUpdate> updates) {
  for (auto post : player.getThen().getAsRange<game::PostAttr>())
    for (ParameterUpdate &update : updates) {
      Value &p = update.parameter;
      double bound = post.getValue().getValueAsDouble();
      if (post.getKind() == PostKind::clip_weights)
        p = ClipOp::create(builder, b.loc, p.getType(), p,
                           builder.getF64FloatAttr(-bound),
                           builder.getF64FloatAttr(bound));
      if (post.getKind() != PostKind::unit_norm)
        continue;
      if (tensorType(p).getNumElements() < 2)
        return player.emitOpError()
               << "expected parameters of two elements or more for unit_norm";
      p = standardised(b, p);
    }
  return success();
}

//===----------------------------------------------------------------------===//
// The step
//===----------------------------------------------------------------------===//

/// What v is divided by for Adam's bias becomes a factor of the root, or where
/// an epsilon stands in the root, of v itself.
Value Emitter::rootFactor(Value correction) {
  Value divisor = has("root_epsilon")
                      ? correction
                      : math::SqrtOp::create(builder, b.loc, correction);
  return host<arith::DivFOp>(host(1), divisor);
}

/// sqrt(v) factor + epsilon, or sqrt(v factor + root_epsilon) + epsilon.
Value Emitter::rootOf(Value v, Value factor, Value epsilon) {
  auto scaled = [&](Value x) { return factor ? times(x, factor) : x; };
  Value root =
      has("root_epsilon")
          ? b.sqrt(b.add(scaled(v), spread(arguments["root_epsilon"], v)))
          : scaled(b.sqrt(v));
  return b.add(root, spread(epsilon, root));
}

LogicalResult Emitter::sgd(MutableArrayRef<ParameterUpdate> updates) {
  auto lr = argument("lr");
  if (failed(lr))
    return failure();
  for (ParameterUpdate &update : updates)
    update.parameter = b.sub(update.parameter, times(update.gradient, *lr));
  return success();
}

LogicalResult Emitter::momentum(MutableArrayRef<ParameterUpdate> updates) {
  auto lr = argument("lr"), momentum = argument("momentum");
  if (failed(lr) || failed(momentum))
    return failure();
  for (ParameterUpdate &update : updates) {
    Value velocity =
        b.add(times(update.moments[0], *momentum), update.gradient);
    update.moments[0] = velocity;
    Value direction = player.getNesterov()
                          ? b.add(update.gradient, times(velocity, *momentum))
                          : velocity;
    update.parameter = b.sub(update.parameter, times(direction, *lr));
  }
  return success();
}

LogicalResult Emitter::rmsprop(MutableArrayRef<ParameterUpdate> updates) {
  auto lr = argument("lr"), alpha = argument("alpha"),
       epsilon = argument("epsilon");
  if (failed(lr) || failed(alpha) || failed(epsilon))
    return failure();
  Value rest = host<arith::SubFOp>(host(1), *alpha);
  for (ParameterUpdate &update : updates) {
    Value v = b.add(times(update.moments[0], *alpha),
                    times(b.square(update.gradient), rest));
    update.moments[0] = v;
    Value root = rootOf(v, Value(), *epsilon);
    update.parameter =
        b.sub(update.parameter, times(b.div(update.gradient, root), *lr));
  }
  return success();
}

LogicalResult Emitter::adam(MutableArrayRef<ParameterUpdate> updates,
                            bool decoupled) {
  auto lr = argument("lr"), beta1 = argument("beta1"),
       beta2 = argument("beta2"), epsilon = argument("epsilon");
  if (failed(lr) || failed(beta1) || failed(beta2) || failed(epsilon))
    return failure();
  Value one = host(1);
  Value step = *lr, factor;
  if (!player.getUncorrected()) {
    Value t = UpdateCountOp::create(builder, b.loc, player.getSymName());
    auto correction = [&](Value beta) {
      return host<arith::SubFOp>(one, host<math::PowFOp>(beta, t));
    };
    step = host<arith::DivFOp>(*lr, correction(*beta1));
    factor = rootFactor(correction(*beta2));
  }
  Value rest1 = host<arith::SubFOp>(one, *beta1);
  Value rest2 = host<arith::SubFOp>(one, *beta2);
  Value shrink;
  if (decoupled) {
    auto decay = argument("decay");
    if (failed(decay))
      return failure();
    shrink = host<arith::SubFOp>(one, host<arith::MulFOp>(*lr, *decay));
  }
  for (ParameterUpdate &update : updates) {
    Value g = update.gradient;
    Value m = b.add(times(update.moments[0], *beta1), times(g, rest1));
    Value v =
        b.add(times(update.moments[1], *beta2), times(b.square(g), rest2));
    update.moments[0] = m;
    update.moments[1] = v;
    Value root = rootOf(v, factor, *epsilon);
    Value p = shrink ? times(update.parameter, shrink) : update.parameter;
    update.parameter = b.sub(p, times(b.div(m, root), step));
  }
  return success();
}

LogicalResult Emitter::run(MutableArrayRef<ParameterUpdate> updates) {
  if (failed(applyLazyInterval()) || failed(prepareGradients(updates)))
    return failure();
  LogicalResult result = failure();
  switch (player.getOptimiser()) {
  case OptimiserKind::sgd:
    result = sgd(updates);
    break;
  case OptimiserKind::momentum:
    result = momentum(updates);
    break;
  case OptimiserKind::rmsprop:
    result = rmsprop(updates);
    break;
  case OptimiserKind::adam:
    result = adam(updates, /*decoupled=*/false);
    break;
  case OptimiserKind::adamw:
    result = adam(updates, /*decoupled=*/true);
    break;
  }
  if (failed(result))
    return failure();
  return projectWeights(updates);
}

LogicalResult gan::emitOptimiser(OpBuilder &builder, game::PlayerOp player,
                                 ValueRange numbers,
                                 MutableArrayRef<ParameterUpdate> updates) {
  return Emitter(builder, player, numbers).run(updates);
}
