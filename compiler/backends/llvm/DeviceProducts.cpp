//===- DeviceProducts.cpp - contractions in tiles on a device -------------===//
//
//  1. A group of threads owns a tile of the result. It goes along the sum in
//     blocks: all threads copy the block's part of both operands into shared
//     memory, each computed where it is read; then every thread adds up
//     products for its own small tile in registers, or every warp has its
//     matrix units do that (DeviceTile.cpp).
//  2. A product with few tiles and a long sum is cut along the sum as well;
//     parts lie in scratch memory until a second launch adds them in order.
//  3. Whatever stands behind the contraction is computed where its sum is.
//
// One thread owns a sum and adds in the order of the geometry, so every run
// gives the same bits.
//
//===----------------------------------------------------------------------===//

#include "compiler/backends/Devices.h"
#include "compiler/backends/llvm/DeviceTile.h"
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

// Of warps with matrix units; the depth is counted in words.
constexpr TileShape kUnitShapes[] = {
    {128, 128, 16, 64, 32}, {128, 64, 16, 32, 32}, {64, 128, 16, 32, 32},
    {64, 64, 16, 32, 32},   {128, 32, 16, 32, 32}, {32, 128, 16, 32, 32},
    {64, 32, 16, 32, 16},   {32, 64, 16, 16, 32},  {32, 32, 16, 16, 16},
    {128, 16, 16, 32, 16},  {16, 128, 16, 16, 32}, {256, 8, 16, 32, 8},
    {16, 32, 32, 16, 8},
};

static SmallVector<TileShape> shapesFor(Factors factors) {
  SmallVector<TileShape> shapes(std::begin(kShapes), std::end(kShapes));
  if (factors != Factors::F32)
    for (TileShape shape : kUnitShapes) {
      shape.factors = factors;
      shape.depth *= shape.numbersPerWord();
      shapes.push_back(shape);
    }
  return shapes;
}

// What plans are made for: a large GPU. Others get the same plan.
constexpr double kProcessors = 132, kClock = 1.7e9;
constexpr double kLaunchSeconds = 3e-6, kBytesPerSecond = 1e12;

Factors gan::codegen::factorsFor(const DeviceTarget &target) {
  if (target.api != DeviceApi::Cuda ||
      findCudaArchitecture(target.arch)->capability < 80)
    return Factors::F32;
  if (target.numerics == Numerics::Tf32)
    return Factors::Tf32;
  return target.numerics == Numerics::Bf16 ? Factors::Bf16 : Factors::F32;
}

double TileShape::productsPerClock() const {
  return usesMatrixUnits() ? 512.0 * numbersPerWord() : 128;
}

/// Of a processor, for one step of a tile's sum.
static double clocksOf(const TileShape &shape) {
  double products = double(shape.rows) * shape.columns,
         clocks = products / shape.productsPerClock();
  // A step takes products and reads of their factors.
  double reads = shape.ownRows + shape.ownColumns,
         share = reads / (double(shape.ownRows) * shape.ownColumns);
  if (!shape.usesMatrixUnits())
    return clocks * (1 + 2 * share);
  // A warp reads a number once, 32 words a clock. Products are so fast that
  // what it takes to bring a number there counts: eight instructions.
  return clocks + products * share / (32.0 * shape.numbersPerWord()) +
         8.0 * (shape.rows + shape.columns) / 128;
}

/// Of products in one launch.
static double secondsOf(llvm::ArrayRef<Contraction> products,
                        const TileShape &shape, int64_t parts) {
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
  // A tile is also stored.
  double tile = clocksOf(shape) * (longest + 16);
  return seconds + std::ceil(tiles / kProcessors) * tile / kClock;
}

/// Several products, which are polyphases, go in one launch; their sums are
/// short.
static TilesPlan planProducts(llvm::ArrayRef<Contraction> products,
                              Factors factors) {
  TilesPlan best;
  best.seconds = INFINITY;
  for (const TileShape &shape : shapesFor(factors))
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
                                                 mlir::Operation *root,
                                                 Factors factors) {
  std::optional<TilesPlan> best;
  for (Sides sides : {Sides::AsWritten, Sides::Exchanged, Sides::Stacked}) {
    IndexContext indices;
    std::vector<Contraction> contractions =
        makeContractions(root, sides, indices);
    if (contractions.empty())
      continue;
    TilesPlan plan = planProducts(contractions, factors);
    plan.sides = sides;
    for (const Contraction &c : contractions) {
      double numbers = double(c.groups) * c.rows * c.columns;
      if (!storesInOrder(kernel, root, c, indices))
        plan.seconds += 28 * numbers / kBytesPerSecond;
      plan.traffic +=
          4.0 * c.groups * c.sum() *
          (c.rows * llvm::divideCeil(c.columns, plan.shape.columns) +
           c.columns * llvm::divideCeil(c.rows, plan.shape.rows));
      if (plan.parts > 1) {
        plan.scratchNumbers = int64_t(plan.parts * numbers);
        plan.traffic += 8.0 * plan.scratchNumbers;
      }
    }
    if (!best || plan.seconds < best->seconds)
      best = std::move(plan);
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

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
