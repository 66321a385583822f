//===- DeviceProducts.cpp - contractions in tiles on a device -------------===//
//
//  1. A group of threads owns a tile of the result. It goes along the sum in
//     blocks: all threads copy the block's part of both operands into shared
//     memory, each computed where it is read; then every thread adds up
//     products for its own small tile in registers.
//  2. A product with few tiles and a long sum is cut along the sum as well;
//     parts lie in scratch memory until a second launch adds them in order.
//  3. Whatever stands behind the contraction is computed where its sum is.
//
// One thread owns a sum and adds in the order of the geometry, so every run
// gives the same bits.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/llvm/DeviceProducts.h"
#include <cmath>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;
using Values = RegionEmitter::Values;

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

constexpr TileShape kShapes[] = {
    {128, 128, 16, 8, 8}, {128, 64, 16, 8, 4}, {64, 128, 16, 4, 8},
    {64, 64, 16, 4, 4},   {128, 32, 16, 4, 4}, {32, 128, 16, 4, 4},
    {64, 32, 16, 4, 4},   {32, 64, 16, 4, 4},  {128, 16, 16, 4, 4},
    {16, 128, 16, 4, 4},  {256, 8, 16, 4, 4},  {8, 256, 16, 4, 4},
    {128, 4, 8, 4, 1},    {4, 128, 8, 1, 4},   {32, 32, 32, 4, 2},
    {16, 16, 32, 2, 1},
};

// What plans are made for: a large GPU. Others get the same plan.
constexpr double kProcessors = 132, kFmaPerSecond = 128 * 1.7e9;
constexpr double kLaunchSeconds = 3e-6, kBytesPerSecond = 1e12;

/// Of products in one launch.
static double secondsOf(llvm::ArrayRef<Contraction> products,
                        const TileShape &shape, int64_t parts) {
  // A step takes products and reads of their factors; a tile is also stored.
  double fma = shape.threadRows * shape.threadColumns,
         reads = shape.threadRows + shape.threadColumns;
  double tiles = 0, longest = 0, seconds = kLaunchSeconds;
  for (const Contraction &c : products) {
    tiles += double(c.groups) * llvm::divideCeil(c.rows, shape.rows) *
             llvm::divideCeil(c.columns, shape.columns) * parts;
    longest = std::max<double>(
        longest, llvm::divideCeil(c.sum(), shape.depth * parts) * shape.depth);
    if (parts > 1)
      seconds += kLaunchSeconds +
                 8.0 * parts * c.groups * c.rows * c.columns / kBytesPerSecond;
  }
  double tile = double(shape.rows) * shape.columns * (longest + 16) *
                (fma + 2 * reads) / fma;
  return seconds + std::ceil(tiles / kProcessors) * tile / kFmaPerSecond;
}

/// Several products, which are polyphases, go in one launch; their sums are
/// short.
static TilesPlan planProducts(llvm::ArrayRef<Contraction> products) {
  TilesPlan best;
  best.seconds = INFINITY;
  for (const TileShape &shape : kShapes)
    for (int64_t parts = 1; parts <= 64; parts *= 2) {
      if (parts > 1 &&
          (products.size() > 1 || products[0].sum() < parts * shape.depth * 4))
        break;
      double seconds = secondsOf(products, shape, parts);
      if (seconds < best.seconds) {
        best.shape = shape;
        best.parts = parts;
        best.seconds = seconds;
      }
    }
  return best;
}

/// Whether neighbouring columns are neighbours in the first result.
static bool storesInOrder(kernel::DefineOp kernel, mlir::Operation *root,
                          const Contraction &c, IndexContext &indices) {
  if (shapeOf(root->getResult(0)) !=
      shapeOf(kernel.getTerminator().getValues()[0]))
    return true;
  SmallVector<int64_t> layout = kernel.getResultLayout(0);
  if (layout.empty() || c.columns == 1)
    return true;
  Position at{indices.makeVariable(c.groups), indices.makeVariable(c.rows),
              indices.makeVariable(c.columns), 0, 0};
  return c.result(at)[layout.back()].getStride(at.column.getTerms()[0].first) ==
         1;
}

std::optional<TilesPlan> gan::codegen::planTiles(kernel::DefineOp kernel,
                                                 mlir::Operation *root) {
  std::optional<TilesPlan> best;
  for (Sides sides : {Sides::AsWritten, Sides::Exchanged, Sides::Stacked}) {
    IndexContext indices;
    std::vector<Contraction> contractions =
        makeContractions(root, sides, indices);
    if (contractions.empty())
      continue;
    TilesPlan plan = planProducts(contractions);
    plan.sides = sides;
    for (const Contraction &c : contractions) {
      double numbers = double(c.groups) * c.rows * c.columns;
      if (!storesInOrder(kernel, root, c, indices))
        plan.seconds += 28 * numbers / kBytesPerSecond;
      if (plan.parts > 1)
        plan.scratchNumbers = int64_t(plan.parts * numbers);
    }
    if (!best || plan.seconds < best->seconds)
      best = std::move(plan);
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

namespace {
/// Writes the function of one product's tiles.
class TileWriter {
public:
  /// Where a group keeps a block of both operands: one place for all products
  /// of a launch.
  struct SharedMemory {
    std::optional<Buffer> left, right;
  };

  TileWriter(DeviceContext &context, mlir::Operation *root,
             const Contraction &c, const TilesPlan &plan, SharedMemory &shared)
      : context(context), b(context.b), indices(context.indices),
        region(context.region), root(root), c(c), plan(plan), shape(plan.shape),
        shared(shared), rowTiles(llvm::divideCeil(c.rows, shape.rows)),
        columnTiles(llvm::divideCeil(c.columns, shape.columns)),
        blocks(llvm::divideCeil(c.sum(), shape.depth)) {}

  int64_t units() const {
    return plan.parts * c.groups * rowTiles * columnTiles;
  }
  void emitTile(const IndexExpression &unit);
  /// Adds up the parts of one number, and stores what becomes of it.
  void emitWhole(const IndexExpression &number);

private:
  /// One operand's part of a block in shared memory, step by step.
  struct Side {
    bool isLeft;
    int64_t extent, padded; // of the tile along its rows or columns
    Buffer shared;
    bool alongSum; // how its neighbours in memory lie
  };
  Side makeSide(bool isLeft);
  Access accessTo(const Side &side, Position at, const IndexExpression &along,
                  const IndexExpression &step);
  /// A number on its way to shared memory; null conditions hold.
  struct Copy {
    Value *number, *condition;
    const Side *side;
    IndexExpression place;
  };
  void copyBlock(const Side &side, const IndexExpression &block,
                 SmallVector<Copy, 8> &copies);
  Values emitSums();
  Buffer getParts();
  void storeResult(const Position &at, Value *sum);
  void whereInside(const Position &at, llvm::function_ref<void()> body);

  DeviceContext &context;
  VectorBuilder &b;
  IndexContext &indices;
  RegionEmitter &region;
  mlir::Operation *root;
  const Contraction &c;
  const TilesPlan &plan;
  const TileShape &shape;
  SharedMemory &shared;
  int64_t rowTiles, columnTiles, blocks;
  // Of the current tile and thread.
  IndexExpression part, group, firstRow, firstColumn, thread, ownRow, ownColumn;
};
} // namespace

/// The element of an operand that step `step` of the sum takes at a place of
/// the tile; zero beyond the ends.
Access TileWriter::accessTo(const Side &side, Position at,
                            const IndexExpression &along,
                            const IndexExpression &step) {
  (side.isLeft ? at.row : at.column) = along;
  at.outer = indices.quotient(step, c.inner);
  at.inner = indices.remainder(step, c.inner);
  Access access = side.isLeft ? c.left(at) : c.right(at);
  access.guards.push_back({along, {0, (side.isLeft ? c.rows : c.columns) - 1}});
  access.guards.push_back({step, {0, c.sum() - 1}});
  return access;
}

TileWriter::Side TileWriter::makeSide(bool isLeft) {
  Side side{isLeft, isLeft ? shape.rows : shape.columns, 0, {}, true};
  // Threads that store along the sum would otherwise meet in one bank.
  side.padded = side.extent + 4;
  std::optional<Buffer> &memory = isLeft ? shared.left : shared.right;
  if (!memory)
    memory = context.createShared(mlir::Float32Type::get(root->getContext()),
                                  shape.depth * side.padded);
  side.shared = *memory;
  auto strideAlong = [&](bool sum) -> std::optional<int64_t> {
    IndexExpression variable =
        indices.makeVariable(sum ? c.inner : (isLeft ? c.rows : c.columns));
    if (variable.isConstant())
      return std::nullopt;
    Position at{0, 0, 0, 0, 0};
    (sum ? at.inner : isLeft ? at.row : at.column) = variable;
    Access access = isLeft ? c.left(at) : c.right(at);
    const Buffer *buffer = firstBuffer(region, access.value);
    if (!buffer || buffer->strides.size() != access.index.size())
      return std::nullopt;
    return buffer->offset(access.index).getStride(variable.getTerms()[0].first);
  };
  side.alongSum = strideAlong(true) == 1 || strideAlong(false) != 1;
  return side;
}

/// Reads this thread's share of a block's operand.
void TileWriter::copyBlock(const Side &side, const IndexExpression &block,
                           SmallVector<Copy, 8> &copies) {
  int64_t size = side.extent * shape.depth, threads = shape.groupSize();
  for (int64_t first = 0; first < size; first += threads) {
    IndexExpression number = thread + first, own, step;
    if (side.alongSum) {
      own = indices.quotient(number, shape.depth);
      step = indices.remainder(number, shape.depth);
    } else {
      step = indices.quotient(number, side.extent);
      own = indices.remainder(number, side.extent);
    }
    Access access = accessTo(side, {group, 0, 0, 0, 0},
                             (side.isLeft ? firstRow : firstColumn) + own,
                             block * shape.depth + step);
    // The last threads may have no share.
    access.guards.push_back({number, {0, size - 1}});
    copies.push_back(
        {region.emitGuarded(access.guards, access.value, access.index),
         b.isWithin(number, {0, size - 1}), &side, step * side.padded + own});
  }
}

Values TileWriter::emitSums() {
  size_t count = shape.threadRows * shape.threadColumns;
  Values sums(count, b.constant(b.getFloatTy(), 0));
  if (c.sum() == 0)
    return sums;
  Side left = makeSide(true), right = makeSide(false);
  int64_t share = llvm::divideCeil(blocks, plan.parts);
  Value *low = b.evaluate(part * share);
  Value *high = b.index(blocks);
  if (plan.parts > 1)
    high = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, high,
                                   b.evaluate(part * share + share));
  return b.loop(low, high, 1, sums, [&](Value *number, ArrayRef<Value *> sums) {
    RegionEmitter::Scope scope(region);
    IndexExpression block = indices.makeVariable(blocks, number);
    SmallVector<Copy, 8> copies;
    copyBlock(left, block, copies);
    copyBlock(right, block, copies);
    for (const Copy &copy : copies) {
      auto store = [&] { b.store(copy.number, copy.side->shared, copy.place); };
      if (copy.condition)
        b.branch(copy.condition, store);
      else
        store();
    }
    context.emitBarrier();
    Values next = b.loop(
        b.index(0), b.index(shape.depth), 1, sums,
        [&](Value *step, ArrayRef<Value *> sums) {
          IndexExpression at = indices.makeVariable(shape.depth, step);
          Values x, y, result;
          for (int64_t i = 0; i < shape.threadRows; ++i)
            x.push_back(b.load(left.shared, at * left.padded + ownRow + i));
          for (int64_t j = 0; j < shape.threadColumns; ++j)
            y.push_back(
                b.load(right.shared, at * right.padded + ownColumn + j));
          for (size_t i = 0; i < count; ++i)
            result.push_back(b.multiplyAdd(x[i / shape.threadColumns],
                                           y[i % shape.threadColumns],
                                           sums[i]));
          return result;
        });
    context.emitBarrier();
    return next;
  });
}

void TileWriter::whereInside(const Position &at,
                             llvm::function_ref<void()> body) {
  SmallVector<Guard, 4> guards{{at.row, {0, c.rows - 1}},
                               {at.column, {0, c.columns - 1}}};
  if (c.resultGuards)
    guards.append(c.resultGuards(at));
  Value *inside = nullptr;
  for (const Guard &guard : guards)
    if (Value *within = b.isWithin(guard.expression, guard.range))
      inside = inside ? b.CreateAnd(inside, within) : within;
  RegionEmitter::Scope scope(region);
  if (inside)
    b.branch(inside, body);
  else
    body();
}

Buffer TileWriter::getParts() {
  return context.getScratch(0, {plan.parts, c.groups, c.rows, c.columns});
}

void TileWriter::storeResult(const Position &at, Value *sum) {
  Index index = c.result(at);
  region.bind(root->getResult(0), index, sum);
  context.emitResults(index, shapeOf(root->getResult(0)));
}

void TileWriter::emitTile(const IndexExpression &unit) {
  Index parts =
      indices.delinearise(unit, {plan.parts, c.groups, rowTiles, columnTiles});
  part = parts[0];
  group = parts[1];
  firstRow = parts[2] * shape.rows;
  firstColumn = parts[3] * shape.columns;
  thread = indices.makeVariable(shape.groupSize(), context.getThread());
  int64_t across = shape.columns / shape.threadColumns;
  ownRow = indices.quotient(thread, across) * shape.threadRows;
  ownColumn = indices.remainder(thread, across) * shape.threadColumns;
  Values sums = emitSums();
  for (auto [number, sum] : llvm::enumerate(sums)) {
    int64_t i = number / shape.threadColumns, j = number % shape.threadColumns;
    Position at{group, firstRow + ownRow + i, firstColumn + ownColumn + j, 0,
                0};
    whereInside(at, [&, sum = sum] {
      if (plan.parts == 1)
        return storeResult(at, sum);
      Buffer parts = getParts();
      b.store(sum, parts, parts.offset({part, at.group, at.row, at.column}));
    });
  }
}

void TileWriter::emitWhole(const IndexExpression &number) {
  Index place = indices.delinearise(number, {c.groups, c.rows, c.columns});
  Buffer parts = getParts();
  auto read = [&](const IndexExpression &part) {
    return b.load(parts, parts.offset({part, place[0], place[1], place[2]}));
  };
  Value *sum = read(0);
  for (int64_t i = 1; i < plan.parts; ++i)
    sum = b.CreateFAdd(sum, read(i));
  Position at{place[0], place[1], place[2], 0, 0};
  whereInside(at, [&] { storeResult(at, sum); });
}

/// The tiles of one product follow those of the other.
static void emitUnit(DeviceContext &context, mlir::Operation *root,
                     const TilesPlan &plan, ArrayRef<int64_t> units,
                     const IndexExpression &unit) {
  VectorBuilder &b = context.b;
  std::vector<Contraction> products =
      makeContractions(root, plan.sides, context.indices);
  TileWriter::SharedMemory shared;
  std::function<void(size_t, int64_t)> from = [&](size_t number,
                                                  int64_t first) {
    int64_t end = first + units[number];
    auto tile = [&] {
      RegionEmitter::Scope scope(context.region);
      IndexExpression own = unit - first;
      // Its range is known by now.
      if (products.size() > 1)
        own = context.indices.makeVariable(units[number], b.evaluate(own));
      TileWriter(context, root, products[number], plan, shared).emitTile(own);
      return Values{};
    };
    if (number + 1 == products.size()) {
      tile();
      return;
    }
    Value *isOwn = b.isWithin(unit, {first, end - 1});
    b.branch(isOwn, tile, [&] {
      from(number + 1, end);
      return Values{};
    });
  };
  from(0, 0);
}

llvm::FailureOr<DeviceKernel>
gan::codegen::emitTiles(kernel::DefineOp kernel, mlir::Operation *root,
                        llvm::StringRef symbol, const DeviceTarget &target,
                        const TilesPlan &plan) {
  SmallVector<Scratch> scratch;
  if (plan.scratchNumbers)
    scratch.push_back(
        {mlir::Float32Type::get(kernel.getContext()), plan.scratchNumbers});
  DeviceKernelWriter writer(kernel, symbol, target, scratch);
  IndexContext counting;
  SmallVector<int64_t> units; // of each product
  int64_t all = 0;
  std::vector<Contraction> shapes =
      makeContractions(root, plan.sides, counting);
  for (const Contraction &c : shapes) {
    units.push_back(plan.parts * c.groups *
                    llvm::divideCeil(c.rows, plan.shape.rows) *
                    llvm::divideCeil(c.columns, plan.shape.columns));
    all += units.back();
  }
  if (failed(writer.addLaunch(
          plan.shape.groupSize(), gridFor(all, 1), [&](DeviceContext &context) {
            forUnit(context, all, 1, [&](const IndexExpression &unit) {
              emitUnit(context, root, plan, units, unit);
            });
          })))
    return llvm::failure();
  if (plan.parts == 1)
    return writer.take();
  constexpr unsigned groupSize = 128;
  int64_t whole = shapes[0].groups * shapes[0].rows * shapes[0].columns;
  if (failed(writer.addLaunch(
          groupSize, gridFor(whole, groupSize), [&](DeviceContext &context) {
            std::vector<Contraction> own =
                makeContractions(root, plan.sides, context.indices);
            TileWriter::SharedMemory none;
            TileWriter tiles(context, root, own[0], plan, none);
            forUnit(context, whole, groupSize,
                    [&](const IndexExpression &number) {
                      tiles.emitWhole(number);
                    });
          })))
    return llvm::failure();
  return writer.take();
}
