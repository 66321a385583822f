//===- ImportPools.cpp - samples that a game keeps ------------------------===//
//
// `P.swap(v)` takes the samples of v one after another: while the pool is not
// full, each is kept and returned; then, with the pool's probability, the one
// at a random place is returned and the new one kept in its stead, else the new
// one is returned. What has to be known of that order is computed on numbers,
// one for each sample; the samples themselves are moved once.
//
//===----------------------------------------------------------------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using namespace mlir;

namespace {
/// Arithmetic on one number or condition for each sample.
struct Numbers : gan::TensorBuilder {
  using TensorBuilder::TensorBuilder;

  Value iota(ArrayRef<int64_t> shape, int64_t dim) {
    return TensorBuilder::iota(
        RankedTensorType::get(shape, builder.getF32Type()), dim);
  }
  Value both(Value a, Value b) {
    return gan::LogicalOp::create(builder, loc, a.getType(),
                                  gan::LogicalKind::conjunction, a, b);
  }
  Value either(Value a, Value b) {
    return gan::LogicalOp::create(builder, loc, a.getType(),
                                  gan::LogicalKind::disjunction, a, b);
  }
  /// Is `a` less than `limit`?
  Value isBelow(Value a, double limit) {
    return compare(gan::Comparison::lt, a, constantLike(a, limit));
  }
  Value isAbove(Value a, double limit) {
    return compare(gan::Comparison::gt, a, constantLike(a, limit));
  }
  /// The greatest number 1 + j of which column j of the row holds; 0: none
  /// does.
  Value last(Value holds) {
    auto shape = gan::tensorType(holds).getShape();
    Value number = shift(iota(shape, 1), 1);
    return max(select(holds, number, constantLike(number, 0)), {1});
  }
  /// The rows of `values` that the numbers name.
  Value rows(Value values, Value numbers) {
    return gather(values, cast(numbers, builder.getI32Type()), 0);
  }
  /// Row by row one or the other.
  Value choose(Value condition, Value onTrue, Value onFalse) {
    auto shape = gan::tensorType(onTrue).getShape();
    return select(alongAxis(condition, 0, shape), onTrue, onFalse);
  }
};
} // namespace

ImportedValue GameImporter::swap(const CallExpression &call,
                                 const PoolItem &pool, Place place) {
  const Argument &argument = call.arguments.front();
  ImportedValue given = evaluate(*argument.value, place);
  Value fresh = floatTensor(given, argument.value->range, "a pool");
  std::optional<int64_t> size =
      constants.integer(*pool.size, 1, INT32_MAX, "the size of a pool");
  double probability = pool.probability
                           ? constants.evaluate(*pool.probability).value_or(0)
                           : 0.5;
  if (!fresh || !size)
    return {};
  const std::string &name = pool.name.text;
  if (!isInStep)
    return fail(call.range, "a pool changes with each use, and only 'step' may "
                            "change what the game keeps");
  RankedTensorType type = gan::tensorType(fresh);
  if (type.getRank() == 0)
    return fail(argument.value->range,
                "a pool keeps samples along the first axis, got a number");
  SmallVector<int64_t> shape(type.getShape());
  int64_t count = std::exchange(shape.front(), *size);
  RankedTensorType keptType = type.clone(shape);
  auto declared = module->lookupSymbol<game::PoolOp>(name);
  if (!declared) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module->getBody());
    game::PoolOp::create(builder, locationOf(pool.range),
                         builder.getStringAttr(name), TypeAttr::get(keptType));
  } else if (declared.getType() != keptType) {
    diagnostics
        .error(call.range,
               "pool " + quoted(name) + " keeps samples of " +
                   describeType(cast<RankedTensorType>(declared.getType())) +
                   ", got " + describeType(type))
        .note(pool.name.range, quoted(name) + " is declared here");
    return {};
  }

  Location loc = locationOf(call.range);
  Numbers n(builder, loc);
  std::string prefix = name + "#" + std::to_string(++uses[name]);
  std::string samplesName = "pool/" + name + "/samples";
  std::string countName = "pool/" + name + "/count";
  auto numbers = RankedTensorType::get({count}, builder.getF32Type());
  Value slot = n.cast(hiddenDraw(call.range, prefix + "/slot",
                                 gan::Distribution::integer, *size, 0,
                                 numbers.clone(builder.getI32Type())),
                      builder.getF32Type());
  Value coin =
      hiddenDraw(call.range, prefix + "/swap", gan::Distribution::bernoulli,
                 probability, 0, numbers);
  Value kept =
      at(call.range, game::ReadOp::create(builder, loc, keptType, samplesName));
  Value filled =
      at(call.range,
         game::ReadOp::create(builder, loc,
                              RankedTensorType::get({}, builder.getF32Type()),
                              countName));
  Value v = n.stop(fresh);
  at(call.range, v.getDefiningOp<gan::StopOp>());

  // Who is kept, and where.
  Value position = n.add(n.splat(filled, {count}), n.iota({count}, 0));
  Value fills = n.isBelow(position, *size);
  slot = n.select(fills, position, slot);
  Value swaps =
      n.both(n.isAbove(coin, 0), n.compare(gan::Comparison::ge, position,
                                           n.constantLike(position, *size)));
  Value stays = n.either(fills, swaps);

  // Of what stood at a place before, the latest counts.
  SmallVector<int64_t> pairs = {count, count};
  Value isThere =
      n.both(n.both(n.compare(gan::Comparison::eq, n.alongAxis(slot, 0, pairs),
                              n.alongAxis(slot, 1, pairs)),
                    n.compare(gan::Comparison::lt, n.iota(pairs, 1),
                              n.iota(pairs, 0))),
             n.alongAxis(stays, 1, pairs));
  Value earlier = n.last(isThere);
  Value isEarlier = n.both(swaps, n.isAbove(earlier, 0));
  Value isOld = n.both(swaps, n.isBelow(earlier, 1));
  Value own = n.select(isEarlier, n.shift(earlier, -1), n.iota({count}, 0));
  Value returned = n.choose(isOld, n.rows(kept, slot), n.rows(v, own));

  // What the pool keeps from here on.
  SmallVector<int64_t> table = {*size, count};
  Value isKept = n.both(n.compare(gan::Comparison::eq, n.iota(table, 0),
                                  n.alongAxis(slot, 1, table)),
                        n.alongAxis(stays, 1, table));
  Value latest = n.last(isKept);
  Value changes = n.isAbove(latest, 0);
  Value source =
      n.select(changes, n.shift(latest, -1), n.constantLike(latest, 0));
  at(call.range,
     game::AssignOp::create(builder, loc, samplesName,
                            n.choose(changes, n.rows(v, source), kept)));
  Value more = n.shift(filled, count);
  Value full = n.constantLike(more, *size);
  Value isMore = n.compare(gan::Comparison::lt, more, full);
  at(call.range, game::AssignOp::create(builder, loc, countName,
                                        n.select(isMore, more, full)));
  return ImportedValue::tensor(n.stop(returned));
}
