//===- Optimiser.cpp - updates as element-wise arithmetic -----------------===//

#include "compiler/conversions/GameToGan/Optimiser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringMap.h"

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

  Value gradientAfter(game::PostAttr post, Value gradient, Value parameter);
  LogicalResult clipNorm(MutableArrayRef<ParameterUpdate> updates,
                         double limit);
  LogicalResult prepareGradients(MutableArrayRef<ParameterUpdate> updates);
  LogicalResult projectWeights(MutableArrayRef<ParameterUpdate> updates);

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

Value Emitter::gradientAfter(game::PostAttr post, Value gradient,
                             Value parameter) {
  double value = post.getValue().getValueAsDouble();
  switch (post.getKind()) {
  case PostKind::replace_nan: {
    Value broken = b.compare(Comparison::ne, gradient, gradient);
    return b.select(broken, b.constantLike(gradient, value), gradient);
  }
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
      break; // after the step
    case PostKind::unit_norm:
    case PostKind::orthogonal:
      return player.emitOpError()
             << stringifyPostKind(post.getKind()) << " is not yet supported";
    default:
      for (ParameterUpdate &update : updates)
        update.gradient =
            gradientAfter(post, update.gradient, update.parameter);
    }
  }
  return success();
}

LogicalResult
Emitter::projectWeights(MutableArrayRef<ParameterUpdate> updates) {
  for (auto post : player.getThen().getAsRange<game::PostAttr>()) {
    if (post.getKind() != PostKind::clip_weights)
      continue;
    double bound = post.getValue().getValueAsDouble();
    for (ParameterUpdate &update : updates)
      update.parameter = ClipOp::create(
          builder, b.loc, update.parameter.getType(), update.parameter,
          builder.getF64FloatAttr(-bound), builder.getF64FloatAttr(bound));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The step
//===----------------------------------------------------------------------===//

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
    update.parameter = b.sub(update.parameter, times(velocity, *lr));
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
    Value root = b.add(b.sqrt(v), spread(*epsilon, v));
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
  Value t = UpdateCountOp::create(builder, b.loc, player.getSymName());
  auto correction = [&](Value beta) {
    return host<arith::SubFOp>(one, host<math::PowFOp>(beta, t));
  };
  Value step = host<arith::DivFOp>(*lr, correction(*beta1));
  Value secondRoot =
      math::SqrtOp::create(builder, b.loc, correction(*beta2)).getResult();
  Value inverseRoot = host<arith::DivFOp>(one, secondRoot);
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
    Value root = b.add(times(b.sqrt(v), inverseRoot), spread(*epsilon, v));
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
