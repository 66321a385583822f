//===- ImportDraws.cpp - values of data streams and samples ---------------===//

#include "frontends/game/Implementation.h"
#include "frontends/game/Parser.h"

using namespace gan::gamelang;
using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

/// How long a value of the name lives: as the file says, or as long as that of
/// the stream it is paired with.
gan::Scope GameImporter::scopeOf(const Item &item) const {
  const auto *data = dyn_cast<DataItem>(&item);
  if (data && data->pairs)
    return scopeOf(*findItem(data->pairs.text));
  const Identifier &word = data ? data->scope : cast<SampleItem>(item).scope;
  return word.text == "run"    ? gan::Scope::run
         : word.text == "step" ? gan::Scope::step
                               : gan::Scope::block;
}

/// What is drawn once per run is drawn alike wherever the game writes it.
int32_t GameImporter::siteOf(const Item &item) {
  if (isa<DataItem>(item))
    return 0;
  const std::string &name = item.name.text;
  if (scopeOf(item) != gan::Scope::run)
    return sites.next(name);
  auto [known, isNew] = runSites.try_emplace(name, 0);
  if (isNew)
    known->second = sites.next(name);
  return known->second;
}

/// What is drawn for a sample, as files give and record it: booleans as
/// numbers, all labels as i32, classes as their numbers, categories as a part
/// of (0, 1).
RankedTensorType GameImporter::drawnType(const SampleItem &sample,
                                         RankedTensorType type) {
  Type element = type.getElementType();
  if (sample.distribution.text == "one_hot")
    return RankedTensorType::get(type.getShape().drop_back(),
                                 builder.getI32Type());
  if (sample.distribution.text == "categorical" || element.isInteger(1))
    return type.clone(builder.getF32Type());
  return element.isInteger(64) ? type.clone(builder.getI32Type()) : type;
}

/// A sample's value, of what was drawn for it.
Value GameImporter::valueOf(const SampleItem &sample, Value drawn,
                            RankedTensorType type) {
  StringRef name = sample.distribution.text;
  gan::TensorBuilder make(builder, drawn.getLoc());
  if (name == "logistic") {
    SmallVector<double> numbers = *numbersOf(sample);
    Value rest = make.log(make.shift(make.neg(drawn), 1));
    return make.shift(make.scale(make.sub(make.log(drawn), rest), numbers[1]),
                      numbers[0]);
  }
  if (name == "gumbel")
    return make.neg(make.log(make.neg(make.log(drawn))));
  if (name == "one_hot")
    return oneHot(sample.name.range, drawn, type.getShape().back()).value;
  if (name != "categorical")
    return make.cast(drawn, type.getElementType());
  // How many sums of the first weights are not above what was drawn.
  SmallVector<double> weights = *numbersOf(sample);
  double total = 0, sum = 0;
  for (double weight : weights)
    total += weight;
  SmallVector<float> sums;
  for (double weight : ArrayRef(weights).drop_back())
    sums.push_back(static_cast<float>((sum += weight) / total));
  auto table =
      RankedTensorType::get({int64_t(sums.size())}, builder.getF32Type());
  Value bounds = gan::ConstantOp::create(
      builder, make.loc, table,
      DenseElementsAttr::get(table, ArrayRef<float>(sums)));
  SmallVector<int64_t> shape(type.getShape());
  int64_t last = shape.size();
  shape.push_back(sums.size());
  Value isReached =
      make.compare(gan::Comparison::ge, make.broadcast(drawn, {last}, shape),
                   make.alongAxis(bounds, last, shape));
  Value label =
      make.cast(make.sum(make.cast(isReached, builder.getF32Type()), {last}),
                type.getElementType());
  categories[label] = {int64_t(weights.size()), sample.name.text};
  return label;
}

/// Makes one value of a draw in a block of the language, before the statement
/// that is being imported there. A paired stream is drawn right behind its
/// leader, for it gives what belongs to the leader's last value.
Value GameImporter::newDraw(const Item &item, SourceRange range,
                            DrawBlock &block, gan::Scope scope) {
  OpBuilder::InsertionGuard guard(builder);
  const auto *data = dyn_cast<DataItem>(&item);
  if (data && data->pairs) {
    const Item &leader = *findItem(data->pairs.text);
    Value &first = block.draws[leader.name.text];
    if (!first)
      first = newDraw(leader, range, block, scope);
    if (!first)
      return {};
    builder.setInsertionPointAfter(first.getDefiningOp());
  } else if (block.statement) {
    builder.setInsertionPoint(block.statement);
  } else {
    builder.setInsertionPointToEnd(block.block);
  }
  RankedTensorType type = data ? typeOf(data->type, data)
                               : typeOf(cast<SampleItem>(item).type, nullptr);
  if (!type)
    return {};
  const std::string &name = item.name.text;
  Location loc = NameLoc::get(builder.getStringAttr(name), locationOf(range));
  const auto *sample = dyn_cast<SampleItem>(&item);
  // Its declaration was refused.
  if (sample && sample->distribution.text == "one_hot" && type.getRank() == 0)
    return {};
  auto draw =
      at(range, game::DrawOp::create(builder, loc,
                                     sample ? drawnType(*sample, type) : type,
                                     name, siteOf(item), scope, name));
  return sample ? valueOf(*sample, draw, type) : draw.getResult();
}

/// The value of a data stream or sample in the innermost block in which it is
/// written; `per step` and `per run` take the outermost. Outside of the step a
/// value lasts for the run.
Value GameImporter::drawValue(const Item &item, SourceRange range) {
  gan::Scope scope = isInStep ? scopeOf(item) : gan::Scope::run;
  DrawBlock *owner = drawBlock;
  if (scope != gan::Scope::block && isInStep)
    owner = stepBlock;
  Value &value = owner->draws[item.name.text];
  if (!value)
    value = newDraw(item, range, *owner, scope);
  return value;
}

/// A draw of something that the game uses and does not name, where it is used;
/// `name` is what files that give and record it call it.
Value GameImporter::hiddenDraw(SourceRange range, const Twine &name,
                               gan::Distribution distribution, double a,
                               double b, RankedTensorType type) {
  std::string text = name.str();
  Location loc = locationOf(range);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module->getBody());
    game::SampleOp::create(builder, loc, builder.getStringAttr(text),
                           gan::DistributionAttr::get(context, distribution),
                           builder.getF64FloatAttr(a),
                           builder.getF64FloatAttr(b), TypeAttr::get(type));
  }
  return game::DrawOp::create(builder, loc, type, text, sites.next(text),
                              isInStep ? gan::Scope::block : gan::Scope::run,
                              text);
}

void GameImporter::importDraw(const DrawStatement &draw) {
  llvm::StringSet<> renewed;
  for (const Identifier &name : draw.names) {
    const Item *item = findItem(name.text);
    // Streams that belong together get their new values together.
    const auto *data = dyn_cast<DataItem>(item);
    if (data && data->pairs)
      item = findItem(data->pairs.text);
    if (gan::Scope scope = scopeOf(*item); scope != gan::Scope::block) {
      const auto *stream = dyn_cast<DataItem>(item);
      diagnostics
          .error(name.range, quoted(name.text) + " has one value per " +
                                 gan::stringifyScope(scope) +
                                 " and can't be drawn again")
          .note((stream ? stream->scope : cast<SampleItem>(item)->scope).range,
                "it is declared so here");
      continue;
    }
    if (!renewed.insert(item->name.text).second)
      continue;
    for (const ItemPtr &other : game.items)
      if (const auto *follower = dyn_cast<DataItem>(other.get());
          follower && follower->pairs.text == item->name.text)
        drawBlock->draws.erase(follower->name.text);
    if (Value value = newDraw(*item, name.range, *drawBlock, gan::Scope::block))
      drawBlock->draws[item->name.text] = value;
  }
}

//===----------------------------------------------------------------------===//
// Labels
//===----------------------------------------------------------------------===//

/// Labels that choose one of so many classes: kernels look at no index, so they
/// are followed to where they come from. Data is looked at when it is read.
bool GameImporter::limitLabels(Value labels, int64_t classes,
                               SourceRange range) {
  auto refuse = [&](const Twine &what) {
    diagnostics.error(range, "expected labels from 0 to " + Twine(classes - 1) +
                                 ", got " + what);
    return false;
  };
  SmallVector<Value> open = {labels};
  llvm::DenseSet<Value> seen;
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (auto known = categories.find(value); known != categories.end()) {
      if (known->second.first > classes)
        return refuse("those of '" + Twine(known->second.second) +
                      "', which go up to " + Twine(known->second.first - 1));
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (isa<game::LetOp, gan::CastOp, gan::ReshapeOp, gan::TransposeOp,
            gan::BroadcastOp, gan::SliceOp, gan::ConcatOp>(op)) {
      llvm::append_range(open, op->getOperands());
      continue;
    }
    if (auto choice = dyn_cast<gan::SelectOp>(op)) {
      open.push_back(choice.getOnTrue());
      open.push_back(choice.getOnFalse());
      continue;
    }
    if (auto gather = dyn_cast<gan::GatherOp>(op)) {
      open.push_back(gather.getInput());
      continue;
    }
    if (auto constant = dyn_cast<gan::ConstantOp>(op)) {
      auto elements = dyn_cast<DenseIntElementsAttr>(constant.getValue());
      for (const APInt &label : elements.getValues<APInt>())
        if (label.isNegative() || label.sge(classes))
          return refuse(Twine(label.getSExtValue()));
      continue;
    }
    auto draw = dyn_cast<game::DrawOp>(op);
    Operation *source =
        draw ? SymbolTable::lookupSymbolIn(*module, draw.getSource()) : nullptr;
    if (auto data = dyn_cast_or_null<game::DataOp>(source)) {
      data.setClasses(
          std::min<uint64_t>(classes, data.getClasses().value_or(classes)));
      continue;
    }
    auto sample = dyn_cast_or_null<game::SampleOp>(source);
    if (!sample)
      return refuse("what comes from neither data nor a sample");
    if (*sample.getClasses() > uint64_t(classes))
      return refuse("those of '" + draw.getSource() + "', which go up to " +
                    Twine(*sample.getClasses() - 1));
  }
  return true;
}

/// `v[y]`: the slices of axis 0 that labels choose.
ImportedValue GameImporter::chooseRows(const IndexExpression &index,
                                       const ImportedValue &base,
                                       const ImportedValue &labels) {
  Type element = labels.type().getElementType();
  if (!element.isInteger(32) && !element.isInteger(64))
    return fail(index.index->range,
                "an index is a number or labels, got " + describeValue(labels));
  if (!requireValue(base, index.base->range))
    return {};
  if (!base.isTensor() || base.type().getRank() == 0)
    return fail(index.base->range, "labels choose along the first axis of a "
                                   "tensor, got " +
                                       describeValue(base));
  if (!limitLabels(labels.value, base.shape()[0], index.index->range))
    return {};
  gan::TensorBuilder make = tensors(index.range);
  Value rows = make.cast(labels.value, builder.getI32Type());
  return ImportedValue::tensor(make.gather(base.value, rows, 0));
}
