//===- HaloPlan.cpp - how products from copies with a halo are cut --------===//

#include "compiler/backends/llvm/ProductPlan.h"
#include <cmath>
#include <map>

using namespace gan;
using namespace gan::codegen;
using llvm::ArrayRef;
using llvm::SmallVector;

/// Numbers in cache lines of one 4 KiB page lie in different sets; rows of a
/// tile that are multiples of it apart would share one.
static int64_t padded(int64_t channels) {
  if (channels < kLanes)
    return channels;
  channels = llvm::alignTo(channels, kLanes);
  return channels % 128 == 0 ? channels + kLanes : channels;
}

/// The block of so many samples and channels: extents, strides and what a digit
/// moves.
static void layBlock(const Halo &halo, int64_t samples, int64_t channels,
                     HaloPlan &cut) {
  size_t rank = halo.axes.size();
  cut.samples = samples;
  cut.extents.assign(rank, 1);
  cut.strides.assign(rank, 1);
  cut.rowShifts.assign(halo.rows.size(), 0);
  cut.stepShifts.assign(halo.steps.size(), 0);
  int64_t stride = 1;
  for (size_t axis = rank; axis-- > 0;) {
    const Halo::Axis &own = halo.axes[axis];
    int64_t extent = 1;
    if (own.row >= 0)
      extent += (halo.rows[own.row] - 1) * own.rowStride;
    if (own.step >= 0)
      extent += (halo.steps[own.step] - 1) * own.stepStride;
    if (axis == 0)
      extent = samples;
    if (axis + 1 == rank)
      extent = channels;
    cut.extents[axis] = extent;
    cut.strides[axis] = stride;
    if (own.row >= 0)
      cut.rowShifts[own.row] += own.rowStride * stride;
    if (own.step >= 0)
      cut.stepShifts[own.step] += own.stepStride * stride;
    stride *= axis + 1 == rank ? padded(extent) : extent;
  }
}

namespace {
struct Tiling {
  SmallVector<int64_t> tile;
  int64_t vectors = 1;
  double cycles = INFINITY;
};
} // namespace

/// The box of rows and the number of vectors that take the fewest cycles, or
/// those of a higher rank, no two of one size. With `wantsPanels`, panels are
/// all that two threads could share.
static Tiling chooseTile(ArrayRef<int64_t> rows, int64_t columns,
                         int64_t chained, bool wantsPanels, int64_t rank,
                         const CpuTarget &target) {
  bool isWide = target.vectorBits >= 512;
  // Of sixteen lanes; a vector is `parts` registers. Beside the sums there are
  // the vectors of a step and one factor.
  int64_t registers = isWide ? 32 : 16, parts = isWide ? 1 : 2;
  auto fits = [&](int64_t count, int64_t vectors) {
    return (count + 1) * vectors * parts < registers;
  };
  std::map<std::pair<int64_t, int64_t>, Tiling> best; // by count and vectors
  auto judge = [&](ArrayRef<int64_t> tile, int64_t count) {
    for (int64_t vectors = 1; fits(count, vectors) && vectors <= 6; ++vectors) {
      double fma = 0.5 * count * vectors * parts;
      double loads = 0.5 * (count + vectors * parts);
      // Half of what the second cache gives: the panel comes from there.
      double stream = 64.0 * vectors / 24;
      double step = std::max({fma, loads * 1.02, stream, 4.0}) + 0.25;
      double total = chained * step + 1.5 * count * vectors * parts + 12;
      int64_t panels = llvm::divideCeil(columns, vectors * kLanes);
      total *= panels;
      if (wantsPanels && panels == 1)
        total *= 2;
      for (auto [extent, part] : llvm::zip_equal(rows, tile))
        total *= llvm::divideCeil(extent, part);
      Tiling &known = best[{count, vectors}];
      if (total < known.cycles)
        known = {llvm::to_vector(tile), vectors, total};
    }
  };
  SmallVector<int64_t> tile(rows.size(), 1);
  std::function<void(size_t, int64_t)> from = [&](size_t digit, int64_t count) {
    for (int64_t part = 1; part <= rows[digit] && fits(count * part, 1);
         ++part) {
      tile[digit] = part;
      judge(tile, count * part);
      if (part == rows[digit] && digit > 0)
        from(digit - 1, count * part);
    }
    tile[digit] = 1;
  };
  from(rows.size() - 1, 1);
  std::multimap<double, Tiling> sorted;
  for (auto &[size, tiling] : best)
    sorted.emplace(tiling.cycles, std::move(tiling));
  return std::next(sorted.begin(), rank % sorted.size())->second;
}

/// Samples of a block: what the second cache holds, and for a weight gradient
/// no more steps than one chain of sums should have. None if one is too large.
static std::optional<int64_t> chooseSamples(const Contraction &c,
                                            int64_t sampleSize) {
  // Steps of a weight gradient's block: their part of a panel and of the copy
  // stay in the first cache for all taps.
  constexpr int64_t comfortable = 64 << 10, most = 384 << 10, longest = 256;
  if (sampleSize > most)
    return std::nullopt;
  const Halo &halo = *c.halo;
  int64_t batch = halo.samples();
  // The cells of a weight gradient share the channels out.
  if (!halo.samplesAreRows && halo.channels() >= 4 * kLanes)
    sampleSize /= 4;
  int64_t samples = comfortable / sampleSize;
  if (halo.samplesAreRows)
    samples = std::min<int64_t>(samples, llvm::divideCeil(batch, 4));
  else
    samples = std::min(samples, longest / (c.sum() / batch));
  samples = std::clamp<int64_t>(samples, 1, batch);
  return llvm::divideCeil(batch, llvm::divideCeil(batch, samples));
}

/// Cuts blocks or tiles of rows, and panels, into a few cells.
static void chooseCells(const Contraction &c, const ProductCosts &costs,
                        int64_t wanted, double compute, int64_t rowParts,
                        int64_t panels, double copied, ProductPlan &plan) {
  bool isConvolution = c.halo->samplesAreRows;
  compute /= c.groups;
  // Each cell of a weight gradient copies its own channels of every pixel.
  double perPixel = 15 * copied / padded(c.halo->channels());
  int64_t panelWidth = plan.tileVectors * kLanes;
  double packRight = costs.right * c.columns * c.sum();
  auto unevenness = [](int64_t total, int64_t parts) {
    return double(llvm::divideCeil(total, parts) * parts) / total;
  };
  int64_t least = std::min({wanted, int64_t(4), c.groups * rowParts * panels});
  double best = INFINITY;
  for (int64_t rows = 1; rows <= std::min(rowParts, wanted); ++rows)
    for (int64_t columns = 1; columns <= panels; ++columns) {
      int64_t units = c.groups * rows * columns;
      if (units < least || (units > wanted && units > least))
        continue;
      // Every column of cells copies the left operand again, every row packs
      // the right one. The last unit may keep others waiting.
      double cycles = columns * (costs.left * copied +
                                 perPixel * (isConvolution ? 1 : rows)) +
                      packRight * rows +
                      compute * unevenness(rowParts, rows) *
                          unevenness(panels, columns) * (1 + 0.5 / units);
      // More than the second cache holds.
      if (isConvolution &&
          double(llvm::divideCeil(panels, columns)) * panelWidth * c.sum() >
              512 << 10)
        cycles *= 1.3;
      if (cycles < best) {
        best = cycles;
        plan.rowCells = rows;
        plan.columnCells = columns;
      }
    }
}

std::optional<ProductPlan> gan::codegen::planHalo(const Contraction &c,
                                                  const CpuTarget &target,
                                                  const ProductCosts &costs,
                                                  int64_t wanted,
                                                  int64_t rank) {
  if (!c.halo || c.halo->axes.size() < 3 || c.sum() == 0)
    return std::nullopt;
  const Halo &halo = *c.halo;
  ProductPlan plan;
  HaloPlan cut;
  layBlock(halo, 1, halo.channels(), cut);
  std::optional<int64_t> samples =
      chooseSamples(c, cut.extents[0] * cut.strides[0]);
  if (!samples)
    return std::nullopt;
  layBlock(halo, *samples, halo.channels(), cut);
  int64_t batch = halo.samples(), blocks = llvm::divideCeil(batch, *samples);

  // Sums of a thousand steps or so, then added.
  SmallVector<int64_t> rows(halo.rows), steps(halo.steps);
  int64_t chained = c.sum();
  if (halo.samplesAreRows) {
    rows[0] = *samples;
    for (; chained > 1024 && cut.lead + 1 < steps.size(); ++cut.lead)
      chained /= steps[cut.lead];
  } else {
    steps[0] = *samples;
    chained = chained / batch * *samples;
  }
  bool wantsPanels =
      wanted > 1 && c.groups == 1 &&
      (halo.samplesAreRows ? blocks == 1 : halo.channels() < 2 * kLanes);
  Tiling tiling =
      chooseTile(rows, c.columns, chained, wantsPanels, rank, target);
  cut.tile = tiling.tile;
  plan.tileVectors = tiling.vectors;
  plan.tileRows = 1;
  for (auto [extent, part] : llvm::zip_equal(rows, cut.tile)) {
    cut.grid.push_back(llvm::divideCeil(extent, part));
    plan.tileRows *= part;
  }

  int64_t panelWidth = plan.tileVectors * kLanes;
  int64_t panels = llvm::divideCeil(c.columns, panelWidth);
  int64_t blockSize = cut.extents[0] * cut.strides[0];
  double copied = double(blockSize) * blocks;
  double compute = tiling.cycles * blocks * c.groups *
                   (halo.samplesAreRows ? c.sum() / chained : 1);
  chooseCells(c, costs, wanted, compute,
              halo.samplesAreRows ? blocks : cut.grid.back(), panels, copied,
              plan);

  int64_t cellPanels = llvm::divideCeil(panels, plan.columnCells);
  if (!halo.samplesAreRows) {
    // A cell has its own channels only.
    cut.grid.back() = llvm::divideCeil(cut.grid.back(), plan.rowCells);
    int64_t channels = cut.grid.back() * cut.tile.back();
    if (plan.rowCells > 1) // may begin and end within a vector
      channels += 2 * kLanes;
    layBlock(halo, *samples, std::min(halo.channels(), channels), cut);
  }
  int64_t slots = 1, reach = 1;
  for (size_t digit = 0; digit < cut.grid.size(); ++digit) {
    slots *= cut.grid[digit];
    reach += (cut.grid[digit] * cut.tile[digit] - 1) * cut.rowShifts[digit];
  }
  for (auto [extent, shift] : llvm::zip_equal(steps, cut.stepShifts))
    reach += (extent - 1) * shift;
  plan.leftSize = llvm::alignTo(
      std::max(reach, cut.extents[0] * cut.strides[0]) + 2 * kLanes, kLanes);
  plan.rightSize = cellPanels * panelWidth *
                   (halo.samplesAreRows ? c.sum() : c.sum() / batch * *samples);
  cut.slots = slots;
  plan.sumSize = slots * plan.tileRows * panelWidth *
                 (halo.samplesAreRows ? 1 : cellPanels);
  plan.cycles =
      c.groups * (costs.left * copied + costs.right * c.columns * c.sum() +
                  costs.store * c.rows * c.columns) +
      double(c.groups) * c.rows * llvm::alignTo(c.columns, kLanes) * c.sum() /
          kLanes;
  plan.halo = std::move(cut);
  return plan;
}
