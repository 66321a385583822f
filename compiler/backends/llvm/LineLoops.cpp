//===- LineLoops.cpp - kernels that go line by line -----------------------===//

#include "compiler/backends/llvm/LineLoops.h"

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;
using Values = RegionEmitter::Values;

static bool variesOverLanes(IndexRef index) {
  return llvm::any_of(index, [](const IndexExpression &part) {
    return part.variesOverLanes();
  });
}

/// The kernel's result as memory of the root's shape.
static Buffer resultOf(KernelFunction &context, mlir::Value root) {
  Buffer buffer = context.results[0];
  if (shapeOf(root) == shapeOf(context.kernel.getTerminator().getValues()[0]))
    return buffer;
  int64_t stride = 1;
  buffer.strides.resize(shapeOf(root).size());
  for (size_t axis = buffer.strides.size(); axis-- > 0;
       stride *= shapeOf(root)[axis])
    buffer.strides[axis] = stride;
  return buffer;
}

static void emitRunningSums(KernelFunction &context, CumsumOp op,
                            IndexRef start, unsigned active) {
  VectorBuilder &b = context.b;
  RegionEmitter &region = context.region;
  Buffer result = resultOf(context, op);
  int64_t dim = op.getDim();
  bool varies = variesOverLanes(start);
  llvm::Type *type = b.getFloatTy();
  Value *zero = llvm::Constant::getNullValue(varies ? b.toVector(type) : type);
  region.emitLoop(
      shapeOf(op)[dim], {zero},
      [&](const IndexExpression &position, ArrayRef<Value *> carried) {
        Index index(start);
        index[dim] = position;
        Value *next = region.emit(op.getInput(), index);
        Value *sum = b.CreateFAdd(carried[0], varies ? b.splat(next) : next);
        b.store(sum, result, result.offset(index), active);
        return Values{sum};
      });
}

/// Stores the base along a line: whole vectors where the line is a run.
static void emitBase(KernelFunction &context, ScatterAddOp op,
                     const Buffer &result, IndexRef start, unsigned active) {
  VectorBuilder &b = context.b;
  RegionEmitter &region = context.region;
  int64_t dim = op.getDim(), extent = shapeOf(op)[dim];
  auto storeAt = [&](const IndexExpression &position, unsigned lanes) {
    Index index(start);
    index[dim] = position;
    b.store(region.emit(op.getBase(), index), result, result.offset(index),
            lanes);
  };
  int64_t vectors = extent / kLanes, tail = extent % kLanes;
  bool isRun =
      !b.isThread() && !variesOverLanes(start) && result.strides[dim] == 1;
  region.emitLoop(
      isRun ? vectors : extent, {},
      [&](const IndexExpression &position, ArrayRef<Value *>) {
        if (isRun)
          storeAt(position * kLanes + context.indices.makeLane(kLanes), kLanes);
        else
          storeAt(position, active);
        return Values{};
      });
  if (isRun && tail) {
    RegionEmitter::MaskScope scope(region, b.prefixMask(tail));
    storeAt(context.indices.makeLane(tail) + vectors * kLanes, tail);
  }
}

static void emitScatter(KernelFunction &context, ScatterAddOp op,
                        IndexRef start, unsigned active) {
  VectorBuilder &b = context.b;
  RegionEmitter &region = context.region;
  Buffer result = resultOf(context, op);
  int64_t dim = op.getDim(), extent = shapeOf(op)[dim];
  Value *mask = active < kLanes ? b.prefixMask(active) : nullptr;
  emitBase(context, op, result, start, active);
  int64_t batch = op.getBatch(), count = 1;
  ArrayRef<int64_t> places = shapeOf(op.getIndex()).drop_front(batch);
  for (int64_t length : places)
    count *= length;
  /// Adds at a place that lies within; lanes off the mask add nothing.
  auto addAt = [&](IndexRef place, Value *chosen, Value *lanes) {
    RegionEmitter::Scope scope(region);
    Index from(start.take_front(dim)), to(start);
    from.append(place.begin(), place.end());
    from.append(start.begin() + dim + 1, start.end());
    to[dim] = context.indices.makeLoaded(extent, chosen,
                                         VectorBuilder::isVector(chosen));
    IndexExpression offset = result.offset(to);
    Value *operands[] = {b.load(result, offset, lanes),
                         region.emit(op.getUpdates(), from)};
    b.unify(operands);
    Value *sum = b.CreateFAdd(operands[0], operands[1]);
    if (lanes)
      b.storeWhere(lanes, sum, result, offset);
    else
      b.store(sum, result, offset);
  };
  region.emitLoop(
      count, {}, [&](const IndexExpression &position, ArrayRef<Value *>) {
        Index place = context.indices.delinearise(position, places);
        Index own(start.take_front(batch));
        own.append(place);
        Value *chosen = region.emit(op.getIndex(), own);
        // What lies outside goes nowhere.
        Value *isInside =
            b.CreateICmpULT(chosen, b.constant(chosen->getType(), extent));
        if (VectorBuilder::isVector(chosen))
          addAt(place, chosen, mask ? b.CreateAnd(mask, isInside) : isInside);
        else
          b.branch(isInside, [&] { addAt(place, chosen, mask); });
        return Values{};
      });
}

//===----------------------------------------------------------------------===//
// Sorting
//===----------------------------------------------------------------------===//

/// A word that is smaller the earlier the element comes; the same for equal
/// elements.
static Value *sortKey(VectorBuilder &b, Value *element, bool descending) {
  llvm::Type *word = b.toInteger(element->getType());
  unsigned width = word->getIntegerBitWidth();
  Value *sign = b.getInt(llvm::APInt::getSignMask(width));
  Value *ones = llvm::Constant::getAllOnesValue(word);
  Value *key;
  if (element->getType()->isFloatTy()) {
    // Zero has one sign; an addition would lose subnormals where a device
    // flushes them. The bits of negative numbers grow downwards.
    Value *bits = b.CreateBitCast(element, word);
    bits = b.CreateSelect(b.CreateICmpEQ(bits, sign),
                          llvm::Constant::getNullValue(word), bits);
    key = b.CreateXor(bits, b.CreateOr(b.CreateAShr(bits, width - 1), sign));
    key = b.CreateSelect(b.CreateFCmpUNO(element, element), ones, key);
  } else {
    key = b.CreateXor(element, sign);
  }
  return descending ? b.CreateNot(key) : key;
}

/// A key above a place: twice as wide as the element.
static mlir::Type sortWord(SortOp op) {
  return mlir::IntegerType::get(
      op.getContext(),
      2 * elementTypeOf(op.getInput()).getIntOrFloatBitWidth());
}

/// Merges runs of one, of two, of four … elements, each a key above its place,
/// from one half of the workspace into the other. No more than `count` elements
/// of a run are ever wanted.
static void emitSort(KernelFunction &context, SortOp op, IndexRef start) {
  VectorBuilder &b = context.b;
  RegionEmitter &region = context.region;
  int64_t dim = op.getDim(), extent = shapeOf(op.getInput())[dim];
  KernelFunction::Workspace workspace = context.getWorkspace(sortWord(op));
  llvm::Type *word = b.toType(sortWord(op));
  Value *length = b.index(extent), *most = b.index(op.getCount());
  Value *from = workspace.first;
  Value *to = b.CreateAdd(from, length);
  llvm::Align align(word->getIntegerBitWidth() / 8);
  auto at = [&](Value *first, Value *place) {
    return b.pointerTo(workspace.words, word, b.CreateAdd(first, place));
  };
  auto take = [&](Value *first, Value *place) {
    return b.CreateAlignedLoad(word, at(first, place), align);
  };
  auto put = [&](Value *value, Value *first, Value *place) {
    b.CreateAlignedStore(value, at(first, place), align);
  };
  auto least = [&](Value *x, Value *y) {
    return b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, x, y);
  };
  region.emitLoop(
      extent, {}, [&](const IndexExpression &position, ArrayRef<Value *>) {
        Index index(start);
        index[dim] = position;
        Value *key =
            sortKey(b, region.emit(op.getInput(), index), op.getDescending());
        Value *place = b.evaluate(position);
        put(b.CreateOr(b.CreateShl(b.CreateZExt(key, word), 32),
                       b.CreateZExt(place, word)),
            from, place);
        return Values{};
      });
  for (int64_t width = 1; width < extent; width *= 2) {
    b.loop(b.index(0), length, 2 * width, [&](Value *first) {
      Value *run = least(b.index(width), most);
      Value *second = least(b.CreateAdd(first, b.index(width)), length);
      Value *endOfFirst = least(b.CreateAdd(first, run), length);
      Value *endOfSecond = least(b.CreateAdd(second, run), length);
      Value *end =
          least(b.CreateAdd(first, least(b.index(2 * width), most)), length);
      b.loop(first, end, 1, {first, second},
             [&](Value *target, ArrayRef<Value *> next) {
               // Greater than any: what a run that has ended offers.
               auto offer = [&](Value *place, Value *end) {
                 Value *last = b.index(extent - 1);
                 Value *own = take(from, least(place, last));
                 return b.CreateSelect(b.CreateICmpSLT(place, end), own,
                                       llvm::Constant::getAllOnesValue(word));
               };
               Value *x = offer(next[0], endOfFirst);
               Value *y = offer(next[1], endOfSecond);
               Value *takesFirst = b.CreateICmpULT(x, y);
               put(b.CreateSelect(takesFirst, x, y), to, target);
               Value *step = b.CreateZExt(takesFirst, b.getIndexTy());
               return Values{
                   b.CreateAdd(next[0], step),
                   b.CreateAdd(next[1], b.CreateSub(b.index(1), step))};
             });
    });
    std::swap(from, to);
  }
  Buffer result = resultOf(context, op);
  region.emitLoop(op.getCount(), {},
                  [&](const IndexExpression &position, ArrayRef<Value *>) {
                    Index index(start);
                    index[dim] = position;
                    Value *place = b.CreateTrunc(
                        take(from, b.evaluate(position)), b.getInt32Ty());
                    b.store(place, result, result.offset(index));
                    return Values{};
                  });
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

std::optional<Lines> gan::codegen::findLines(kernel::DefineOp kernel) {
  if (kernel.isBatched() || kernel.getResultTypes().size() != 1)
    return std::nullopt;
  mlir::Value root = kernel.getTerminator().getValues()[0];
  SmallVector<int64_t> layout = kernel.getResultLayout(0);
  while (auto reshape = root.getDefiningOp<ReshapeOp>()) {
    if (!llvm::is_sorted(layout))
      return std::nullopt;
    root = reshape.getInput();
    layout = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(root).size()));
  }
  mlir::Operation *op = root.getDefiningOp();
  if (!llvm::isa_and_nonnull<CumsumOp, ScatterAddOp, SortOp>(op))
    return std::nullopt;
  int64_t dim = op->getAttrOfType<mlir::IntegerAttr>("dim").getInt();
  Lines lines;
  lines.walk.shape = llvm::to_vector(shapeOf(root));
  lines.walk.shape[dim] = 1;
  lines.walk.layout = layout;
  lines.body = [op](KernelFunction &context, IndexRef index, unsigned active) {
    RegionEmitter::MaskScope scope(
        context.region,
        active < kLanes ? context.b.prefixMask(active) : nullptr);
    if (auto sum = llvm::dyn_cast<CumsumOp>(op))
      emitRunningSums(context, sum, index, active);
    else if (auto sort = llvm::dyn_cast<SortOp>(op))
      emitSort(context, sort, index);
    else
      emitScatter(context, llvm::cast<ScatterAddOp>(op), index, active);
  };
  if (auto sort = llvm::dyn_cast<SortOp>(op)) {
    lines.isScalar = true;
    // Two words of twice the element for each.
    lines.workspaceBytes =
        shapeOf(sort.getInput())[dim] *
        elementTypeOf(sort.getInput()).getIntOrFloatBitWidth() / 2;
  }
  return lines;
}
