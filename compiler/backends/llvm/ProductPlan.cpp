//===- ProductPlan.cpp - how contractions are cut into blocks -------------===//

#include "compiler/backends/llvm/ProductPlan.h"
#include <cmath>
#include <map>
#include <numeric>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::Value;

//===----------------------------------------------------------------------===//
// What packing costs
//===----------------------------------------------------------------------===//

namespace {
/// Cycles per element that each way of reading an operand takes.
struct PackingCost {
  double leftRows, leftSteps, right, store;
};
enum class Along { Row, Column, Inner };
} // namespace

/// Cycles for one element of an operand, with the lanes along an axis. The code
/// is made and thrown away.
static double
costOfAccess(kernel::DefineOp kernel, const CpuTarget &target,
             llvm::Module &module, Along along,
             llvm::function_ref<void(KernelContext &, const Position &)> emit,
             const Contraction &extents) {
  llvm::Module scratch("trial", module.getContext());
  KernelContext trial(kernel, "trial", target, scratch);
  VectorBuilder &b = trial.b;
  // Values that no constant folds.
  auto unknown = [&](int64_t extent) {
    Value *value = b.CreateLoad(b.getInt64Ty(), trial.function->getArg(1));
    return trial.indices.makeVariable(std::max<int64_t>(extent, 1), value);
  };
  int64_t active = kLanes;
  auto axis = [&](Along own, int64_t extent) -> IndexExpression {
    if (own != along)
      return unknown(extent);
    active = std::min<int64_t>(extent, kLanes);
    if (extent < kLanes)
      return trial.indices.makeLane(extent);
    return unknown(extent / kLanes) * kLanes + trial.indices.makeLane(kLanes);
  };
  Position at;
  at.group = unknown(extents.groups);
  at.row = axis(Along::Row, extents.rows);
  at.column = axis(Along::Column, extents.columns);
  at.outer = unknown(extents.outer);
  at.inner = axis(Along::Inner, extents.inner);
  unsigned before = trial.function->getInstructionCount();
  emit(trial, at);
  AccessCounts counts = b.accesses;
  double cycles = 1.5 * counts.contiguous + 20.0 * counts.scattered +
                  counts.uniform +
                  0.15 * (trial.function->getInstructionCount() - before);
  return cycles / active;
}

/// Cycles for one element of a copy with its halo.
static double
costOfCopy(kernel::DefineOp kernel, const CpuTarget &target,
           llvm::Module &module, const Contraction &c,
           llvm::function_ref<Contraction(IndexContext &)> makeOwn) {
  return costOfAccess(
      kernel, target, module, Along::Inner,
      [&](KernelContext &trial, const Position &at) {
        Contraction own = makeOwn(trial.indices);
        const Halo &halo = *own.halo;
        // `at.inner` are the lanes, `at.outer` a place along the other axes.
        Index place{at.row};
        for (size_t axis = 1; axis + 1 < halo.axes.size(); ++axis)
          place.push_back(at.outer + halo.axes[axis].origin);
        if (halo.channels() < kLanes)
          place.back() = at.inner + halo.axes[place.size() - 1].origin;
        place.push_back(halo.channels() < kLanes ? at.column : at.inner);
        Access access = halo.read(at.group, place);
        trial.region.emitGuarded(access.guards, access.value, access.index);
      },
      [&] {
        const Halo &halo = *c.halo;
        Contraction extents;
        extents.groups = c.groups;
        extents.rows = halo.samples();
        extents.columns = halo.channels();
        extents.outer = 4;
        extents.inner = halo.channels();
        if (halo.channels() < kLanes)
          extents.inner = 2 * kLanes;
        return extents;
      }());
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

/// Takes the tile of the lowest estimate, or of a higher one by its rank.
static void chooseTile(const Contraction &c, const CpuTarget &target,
                       int64_t rank, ProductPlan &plan) {
  struct Tile {
    int64_t rows, vectors;
    double speed;
  };
  const Tile narrow[] = {{6, 1, 1.0}, {3, 2, 0.98}, {5, 1, 0.97},
                         {4, 1, 0.9}, {2, 3, 0.9},  {1, 6, 0.8}};
  const Tile wide[] = {{14, 2, 1.0}, {12, 2, 0.99}, {28, 1, 0.98}, {9, 3, 0.99},
                       {6, 4, 0.99}, {4, 6, 0.95},  {2, 8, 0.8},   {1, 8, 0.6}};
  ArrayRef<Tile> tiles =
      target.vectorBits >= 512 ? ArrayRef<Tile>(wide) : ArrayRef<Tile>(narrow);
  std::multimap<double, Tile> judged;
  for (const Tile &tile : tiles) {
    int64_t rows = llvm::alignTo(c.rows, tile.rows);
    int64_t columns = llvm::alignTo(c.columns, tile.vectors * kLanes);
    judged.emplace(double(rows) * columns / tile.speed, tile);
  }
  const Tile &tile = std::next(judged.begin(), rank % judged.size())->second;
  plan.tileRows = tile.rows;
  plan.tileVectors = tile.vectors;
}

static void chooseBlocks(const Contraction &c, ProductPlan &plan) {
  constexpr int64_t wantedRows = 96, wantedSteps = 256;
  // Rows: few equal blocks of whole tiles.
  int64_t unit =
      plan.packsRows ? plan.tileRows : std::lcm<int64_t>(plan.tileRows, kLanes);
  int64_t blocks = llvm::divideCeil(c.rows, wantedRows);
  plan.rowBlock = llvm::alignTo(llvm::divideCeil(c.rows, blocks), unit);
  // Steps of the sum.
  plan.outerBlock = std::max<int64_t>(c.outer, 1);
  plan.piece = std::max<int64_t>(c.inner, 1);
  if (c.sum() <= 2 * wantedSteps)
    return;
  if (c.inner > wantedSteps * 3 / 2) {
    int64_t pieces = llvm::divideCeil(c.inner, wantedSteps);
    plan.piece = llvm::alignTo(llvm::divideCeil(c.inner, pieces), kLanes);
    plan.outerBlock = 1;
    return;
  }
  int64_t parts =
      llvm::divideCeil(c.outer, std::max<int64_t>(wantedSteps / c.inner, 1));
  plan.outerBlock = llvm::divideCeil(c.outer, parts);
}

/// Cuts the product into about `wanted` parts: along rows, which packs the
/// right operand again, or along columns, which packs the left one again.
static void chooseCells(const Contraction &c, const PackingCost &cost,
                        int64_t wanted, ProductPlan &plan) {
  int64_t rowBlocks = llvm::divideCeil(c.rows, plan.rowBlock);
  int64_t panels = llvm::divideCeil(c.columns, plan.tileVectors * kLanes);
  double rowsPadded = llvm::alignTo(c.rows, plan.tileRows);
  double columnsPadded = panels * plan.tileVectors * kLanes;
  double compute = c.groups * rowsPadded * columnsPadded * c.sum() / kLanes;
  double leftCost = plan.packsRows ? cost.leftRows : cost.leftSteps;
  double packLeft = leftCost * c.groups * c.rows * c.sum();
  double packRight = cost.right * c.groups * c.columns * c.sum();
  double store = (cost.store + 0.15) * c.groups * c.rows * c.columns;
  auto unevenness = [](int64_t total, int64_t parts) {
    return double(llvm::divideCeil(total, parts) * parts) / total;
  };
  int64_t possible = std::min(wanted, c.groups * rowBlocks * panels);
  double best = INFINITY;
  for (int64_t rows = 1; rows <= std::min(rowBlocks, wanted); ++rows)
    for (int64_t columns = 1; columns <= std::min(panels, wanted); ++columns) {
      int64_t units = c.groups * rows * columns;
      if (units < possible && !(rows == rowBlocks && columns == panels))
        continue;
      double cycles =
          packLeft * columns + packRight * rows + store +
          compute * unevenness(rowBlocks, rows) * unevenness(panels, columns);
      if (cycles < best) {
        best = cycles;
        plan.rowCells = rows;
        plan.columnCells = columns;
      }
    }
  plan.cycles = packLeft + packRight + store +
                double(c.groups) * c.rows * llvm::alignTo(c.columns, kLanes) *
                    c.sum() / kLanes;
}

static void chooseWorkspace(const Contraction &c, ProductPlan &plan) {
  int64_t panelWidth = plan.tileVectors * kLanes;
  int64_t cellPanels = llvm::divideCeil(llvm::divideCeil(c.columns, panelWidth),
                                        plan.columnCells);
  int64_t cellBlocks =
      llvm::divideCeil(llvm::divideCeil(c.rows, plan.rowBlock), plan.rowCells);
  int64_t steps = plan.outerBlock * plan.piece;
  bool hasManyBlocks = c.sum() > steps;
  int64_t allRight = cellPanels * panelWidth * c.sum();
  int64_t blockSums = plan.rowBlock * panelWidth;
  int64_t allSums = blockSums * cellPanels * cellBlocks;
  constexpr int64_t comfortable = 768 << 10;
  plan.keepsRight = !hasManyBlocks || allRight <= comfortable ||
                    allRight <= allSums + cellPanels * panelWidth * steps;
  plan.leftSize =
      plan.packsRows ? plan.rowBlock * (steps + kLanes) : plan.rowBlock * steps;
  plan.leftSize = llvm::alignTo(plan.leftSize, kLanes);
  plan.rightSize = plan.keepsRight ? allRight : cellPanels * panelWidth * steps;
  plan.sumSize = !hasManyBlocks    ? blockSums
                 : plan.keepsRight ? blockSums * cellPanels
                                   : allSums;
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

static ProductsPlan planSides(kernel::DefineOp kernel, mlir::Operation *op,
                              const CpuTarget &target, llvm::Module &module,
                              Sides sides) {
  ProductsPlan all;
  all.sides = sides;
  IndexContext indices;
  std::vector<Contraction> contractions = makeContractions(op, sides, indices);
  double work = 0;
  for (const Contraction &c : contractions)
    work += double(c.groups) * c.rows * c.columns * (c.sum() + 8);
  for (auto [number, c] : llvm::enumerate(contractions)) {
    auto cost = [&, number = number, &c = c](Along along, auto emit) {
      return costOfAccess(
          kernel, target, module, along,
          [&](KernelContext &trial, const Position &at) {
            emit(trial, makeContractions(op, sides, trial.indices)[number], at);
          },
          c);
    };
    auto read = [](auto side) {
      return [side](KernelContext &trial, const Contraction &own,
                    const Position &at) {
        Access access = (own.*side)(at);
        trial.region.emitGuarded(access.guards, access.value, access.index);
      };
    };
    PackingCost packing{
        cost(Along::Inner, read(&Contraction::left)),
        cost(Along::Row, read(&Contraction::left)),
        cost(Along::Column, read(&Contraction::right)),
        cost(Along::Column, [&](KernelContext &trial, const Contraction &own,
                                const Position &at) {
          emitResult(trial, op, own, at,
                     llvm::Constant::getNullValue(
                         trial.b.toVector(trial.b.getFloatTy())),
                     std::min<int64_t>(own.columns, kLanes));
        })};
    ProductPlan plan;
    plan.packsRows = packing.leftRows <= packing.leftSteps;
    chooseTile(c, target, variantOf(kernel, target), plan);
    chooseBlocks(c, plan);
    // About ten microseconds at least, sixteen pieces at most.
    double share = double(c.groups) * c.rows * c.columns * (c.sum() + 8) / work;
    int64_t wanted = std::clamp<int64_t>(int64_t(work / kLanes / 40000), 1, 16);
    wanted = std::max<int64_t>(1, std::llround(wanted * share));
    chooseCells(c, packing, wanted, plan);
    chooseWorkspace(c, plan);
    if (c.halo) {
      ProductCosts costs{costOfCopy(kernel, target, module, c,
                                    [&, number = number](IndexContext &own) {
                                      return makeContractions(op, sides,
                                                              own)[number];
                                    }),
                         packing.right, packing.store + 0.15};
      std::optional<ProductPlan> copied =
          planHalo(c, target, costs, wanted, variantOf(kernel, target));
      if (copied && copied->cycles < plan.cycles)
        plan = std::move(*copied);
    }
    all.units += c.groups * plan.rowCells * plan.columnCells;
    all.workspaceBytes = std::max(all.workspaceBytes, plan.workspaceBytes());
    all.cycles += plan.cycles;
    all.products.push_back(plan);
  }
  return all;
}

std::optional<ProductsPlan> gan::codegen::planProducts(kernel::DefineOp kernel,
                                                       mlir::Operation *op,
                                                       const CpuTarget &target,
                                                       double elementCycles) {
  if (!llvm::isa<DotOp, ConvOp, ConvGradInputOp, ConvGradWeightOp>(op) ||
      elementCycles < 2000)
    return std::nullopt;
  llvm::LLVMContext context;
  llvm::Module module("plans", context);
  ProductsPlan best = planSides(kernel, op, target, module, Sides::AsWritten);
  for (Sides sides : {Sides::Exchanged, Sides::Stacked}) {
    ProductsPlan other = planSides(kernel, op, target, module, sides);
    if (!other.products.empty() && other.cycles < best.cycles)
      best = std::move(other);
  }
  if (elementCycles <= best.cycles)
    return std::nullopt;
  return best;
}
